package explain

import (
	"cmp"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
)

// deed says in words what an event of the trail was.
func deed(verb string) string { return cmp.Or(deeds()[verb], application.InWords(verb)) }

// deeds are the events of an application and its award in words, but for those that applicants are told of: application has the words for
// them.
func deeds() map[string]string {
	all := map[string]string{
		"submission.keep": "The submission was kept, and its receipt signed", "application.name_products": "Its products were named", "eligibility.record": "Findings on criteria were recorded",
		"shortlist.return": "The proposal to leave it off the shortlist was returned", "moderation.withdraw_post": "Took back what they had written in the discussion",
		"letter.write": "The letter was written", "letter.look": "The letter was looked at before its release", "letter.return_correction": "The correction of the letter was returned",
		"position.record": "The position on a product was recorded",
	}
	for verb, words := range assessmentDeeds() {
		all[verb] = words
	}
	for verb, words := range awardDeeds() {
		all[verb] = words
	}
	for act, words := range map[access.Action]string{
		access.InviteToApplication: "Invited somebody, or asked the signatories to sign", access.EditApplication: "Saved answers",
		access.StrikeReview: "A review was struck because of a conflict", access.SettleMatch: "Concluded on a match with other funding", access.SaveReview: "Worked on a review", access.SubmitReview: "Sent a review",
		access.ReviseReview: "Revised a review", access.RequestDecisionReview: "Asked for the decision to be looked at again", access.ReplaceReviewer: "A reviewer was replaced",
		access.RecordFinding: "Decided on criteria, with reasons", access.ProposeShortlist: "Proposed to leave it off the shortlist", access.ProposeEligibilityReopening: "Proposed to look at eligibility again",
		access.MatchOtherFunding: "Other funding was searched", access.FindInterests: "Interests were searched", access.EditFeedback: "Edited the feedback to the applicant",
		access.DiscussModeration: "Wrote in the discussion", access.DeclineAssignment: "Declined to review it", access.DeclareInterest: "Declared an interest, or that there is none",
		access.SettleInterest: "Settled an interest", access.WithdrawInterest: "Withdrew an interest as made in error", access.CorrectLetter: "Proposed a correction of the letter",
		access.ApproveCorrection: "Approved the corrected letter", access.AssignCase: "Gave the case to an officer", access.ApproveTargeted: "Approved a further review", access.AppointDeputy: "Appointed a deputy",
		access.ProposeFU1: "Proposed the score for additionality (FU1)", access.ConfirmFU1: "Confirmed the score for additionality (FU1)", access.ScoreDT1: "Scored DTAC (DT1)",
		access.RecordConsensus: "Recorded the consensus on parts", access.ExplainApplication: "A copy of this explanation was made",
	} {
		all[string(act)] = words
	}
	return all
}

func assessmentDeeds() map[string]string {
	return map[string]string{
		"application.pass": "Found eligible on all four criteria", "application.propose_ineligible": "Proposed as not eligible", "application.return_ineligible": "Sent back to the eligibility check",
		"application.start_assessment": "The assignment of reviewers was approved, and the assessment began", "application.close_assessment": "The assessment was closed, all reviews being in",
		"application.close_short": "The assessment was closed with fewer reviews than asked for", "application.open_moderation": "Moderation was opened, since scores are apart",
		"application.choose_moderation": "Moderation was opened by choice of the chair", "application.record_consensus": "The moderation ended with a consensus",
		"application.request_reviews": "Further reviews were asked for", "application.take_to_panel": "Taken to the panel", "application.reopen_eligibility": "Eligibility is looked at again",
		"application.propose_fund": "Proposed for funding", "application.propose_reserve": "Proposed for the reserve list", "application.propose_not_fund": "Proposed not to be funded",
		"application.return_proposal": "Its proposal was returned by an approver", "application.void_proposal": "Its proposal became void", "application.except": "Excepted from its proposal by an approver",
	}
}

func awardDeeds() map[string]string {
	return map[string]string{
		"award.create": "The award was created, and its checks began", "award.pass_checks": "The checks passed, and the offer was made", "award.refuse": "The offer was refused, since a check failed",
		"award.resume_checks": "The checks went on", "award.resume_offer": "The offer stands again", "award.accept": "The offer was accepted", "award.lapse": "The offer lapsed",
		"award.withdraw_offer": "The offer was withdrawn", "award.hold": "The award was put on hold", "award.decline": "The offer was declined", "award.countersign": "The agreement was countersigned",
		"award.vary": "The award was varied", "award.suspend": "The award was suspended", "award.lift_suspension": "The suspension was lifted", "award.complete": "The award was completed",
		"award.terminate": "The award was terminated", "award.close": "The award was closed",
	}
}
