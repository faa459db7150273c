package retention

import "slices"

// Holdings is what the database holds of people, table by table: the one place from which removal and the access of people to their own data
// follow. A test compares it with the schema. The order is that of a removal: what refers comes before what it refers to.
func Holdings() []Holding {
	return slices.Concat(accounts(), applicationsGone(), applicationsKept(), fundsOwn())
}

// accounts are the tables of accounts. The rows of those that are an account's own go with it.
func accounts() []Holding {
	return []Holding{
		{Table: "sessions", Label: "Sessions", Fate: Own, About: "person", Words: "agent", Secret: "digest", Plain: "id application application_ref"},
		{Table: "links", Label: "Links sent to you", Fate: Own, About: "person", Secret: "digest", Plain: "purpose"},
		{Table: "recovery_codes", Label: "Recovery codes", Fate: Own, About: "person", Secret: "digest"},
		{Table: "held_forms", Label: "Forms held while a session had ended", Fate: Own, About: "person", Words: "body", Plain: "id path"},
		{Table: "mail_preferences", Label: "Choice of mails", Fate: Own, About: "person"},
		{Table: "saved_views", Label: "Views of lists that you kept", Fate: Own, About: "person", Words: "name query", Plain: "id list"},
		{Table: "batch_results", Label: "Results of work on several applications at once", Fate: Own, About: "person", Words: "results", Plain: "id deed"},
		{Table: "representatives", Label: "Organisations that you act for", Fate: Own, About: "person", By: "settled_by", Plain: "ods_code settled"},
		{Table: "report_schedules", Label: "Reports that you are sent", Fate: Own, About: "person", Words: "query", Plain: "id round_id kind format every"},
		{Table: "persons", Label: "Account", Fate: Stays, About: "id", Words: "email name", Secret: "password factor_secret"},
		{Table: "grants", Label: "Roles", Fate: Stays, About: "person", By: "granted_by revoked_by", Plain: "id role round_id call_id"},
		{Table: "mails", Label: "Mails to you", Fate: Stays, About: "person", Words: "address subject body", Secret: "stop", Plain: "id dedupe kind"},
	}
}

// applicationsGone are the tables whose rows go with the application that they belong to.
func applicationsGone() []Holding {
	return []Holding{
		{Table: "upload_pieces", Label: "Pieces of uploads", of: ofUpload, Fate: Removed, Plain: "upload_id digest"},
		{Table: "uploads", Label: "Uploads under way", of: ofApplication, Fate: Removed, About: "person", Words: "name", Plain: "id application_id product_id form section question"},
		{Table: "amendments", Label: "Answers changed at a question of the fund", of: ofApplication, Fate: Removed, About: "person", Words: "before_answer after_answer", Plain: "id application_id submission_id clarification_id question"},
		{Table: "answer_changes", Label: "History of answers", of: ofApplication, Fate: Removed, About: "person", Words: "changes answers", Plain: "id application_id section way"},
		{Table: "application_sections", Label: "Answers", of: ofApplication, Fate: Removed, About: "saved_by", Words: "answers", Plain: "application_id section"},
		{Table: "application_invitations", Label: "Invitations to applications", of: ofApplication, Fate: Removed, About: "person", By: "invited_by", Words: "email name reason", Plain: "id application_id kind sections organisation"},
		{Table: "supplier_invitations", Label: "Invitations of suppliers", of: ofApplication, Fate: Removed, About: "person", By: "invited_by", Words: "email name", Plain: "id application_id product supplier version"},
		{Table: "signing_links", Label: "Links to sign from a mail", of: ofApplication, Fate: Removed, About: "person", Secret: "digest code_digest", Plain: "application_id answers_digest"},
		{Table: "signatory_deputies", Label: "Deputies of signatories", of: ofApplication, Fate: Removed, About: "person", By: "named_by", Words: "reason", Plain: "id application_id part"},
		{Table: "signatures", Label: "Signatures", of: ofApplication, Fate: Removed, About: "person signed_for", By: "cleared_by", Words: "typed_name", Plain: "id application_id part digest given cleared_section"},
		{Table: "reminders", Label: "Reminders sent", of: ofApplication, Fate: Removed, Plain: "application_id deadline"},
		{Table: "files", Label: "Evidence files", of: ofApplication, Fate: Removed, About: "uploaded_by", Words: "name", Plain: "id application_id question media_type digest scan found"},
		{Table: "rule_runs", Label: "What rules found", of: ofApplication, Fate: Removed, Words: "found", Plain: "application_id rules"},
		{Table: "screening_notes", Label: "Notes of officers", of: ofApplication, Fate: Removed, About: "person", Words: "body", Plain: "id application_id"},
		{Table: "feedback_versions", Label: "Versions of feedback", of: ofApplication, Fate: Removed, By: "edited_by", Words: "body confirmed", Plain: "application_id"},
		{Table: "letter_corrections", Label: "Corrections of letters", of: ofApplication, Fate: Removed, By: "proposed_by settled_by", Words: "subject body reason note", Plain: "id letter_id application_id settled"},
		{Table: "letter_looks", Label: "Looks at letters", of: ofDecision, Fate: Removed, By: "person", Plain: "decision_id digest"},
		{Table: "meeting_declarations", Label: "Declarations at meetings", of: ofApplication, Fate: Removed, About: "person", Words: "statement", Plain: "id meeting_id application_id"},
		{Table: "moderation_posts", Label: "Posts in discussions", of: ofApplication, Fate: Removed, About: "person", Words: "text withdrawn_why", Plain: "id application_id answers part"},
		{Table: "review_versions", Label: "Earlier versions of reviews", of: ofReview, Fate: Removed, Words: "marks comments feedback", Plain: "review_id"},
		{Table: "other_funding_matches", Label: "Matches of other funding", of: ofApplication, Fate: Removed, Words: "title organisation product funder reasons", Plain: "application_id identity source other_id list currency from_day to_day"},
		{Table: "other_funding_searches", Label: "Searches for other funding", of: ofApplication, Fate: Removed, Plain: "application_id submission_id"},
		{Table: "other_funding_settlements", Label: "Conclusions on other funding", of: ofApplication, Fate: Removed, By: "person", Words: "about reason", Plain: "id application_id identity source other_id conclusion"},
		{Table: "kept_files", Label: "Files of awards", of: ofAwardFile, Fate: Removed, About: "uploaded_by", Words: "name", Plain: "id subject place media_type digest scan found"},
		{Table: "award_reminders", Label: "Reminders of awards", of: ofAward, Fate: Removed, Plain: "award_id what"},
		{Table: "deeds", Label: "Deeds that bar others", of: ofDeed, Fate: Removed, About: "person", Plain: "subject deed"},
		{Table: "application_people", Label: "Parts in applications", of: ofApplication, Fate: Removed, About: "person", Plain: "application_id relation sections organisation"},
	}
}

// applicationsKept are the tables whose rows stay without people when an application's data is removed.
func applicationsKept() []Holding {
	return []Holding{
		{Table: "application_extensions", Label: "Extensions of applications", of: ofApplication, Fate: Kept, By: "proposed_by confirmed_by refused_by", Words: "note", Plain: "id application_id reason"},
		{Table: "applications", Label: "Applications", of: ofItself, Fate: Kept, About: "main_contact", Words: "title!", Plain: "id ref round_id call_id theme lead lead_name lead_kind region ics recipient state submission_id", Unsaid: "state state_at version"},
		{Table: "approval_lines", Label: "Applications excepted or held at an approval", of: ofApplication, Fate: Kept, By: "ended_by", Words: "end_reason", Plain: "id approval_id proposal_id application_id way"},
		{Table: "assessment_minutes", Label: "Minutes of the assessment", of: ofApplication, Fate: Kept, By: "person", Words: "reason", Plain: "id application_id event"},
		{Table: "assignments", Label: "Assignments", of: ofApplication, Fate: Kept, About: "person~", By: "assigned_by", Words: "note", Plain: "id application_id kind state reason"},
		{Table: "award_acceptances", Label: "Acceptances of awards", of: ofAward, Fate: Kept, About: "person", Words: "typed_name!", Plain: "award_id part"},
		{Table: "award_agreements", Label: "Agreements", of: ofAwardItself, Fate: Kept, By: "signed_by countersigned_by", Words: "content{} signed_name countersigned_name", Plain: "id kind digest"},
		{Table: "award_checks", Label: "Checks before awards", of: ofAward, Fate: Kept, By: "person", Words: "note answers{} read", Plain: "award_id kind result"},
		{Table: "award_closings", Label: "Closings of awards", of: ofAwardItself, Fate: Kept, By: "proposed_by closed_by", Words: "note", Plain: "id"},
		{Table: "award_conditions", Label: "Conditions of awards", of: ofAward, Fate: Kept, By: "met_by reported_by", Words: "text! owner report answer", Plain: "id award_id due source"},
		{Table: "award_payments", Label: "Payments that awards set out", of: ofAward, Fate: Kept, By: "met_by cleared_by", Words: "condition! met_note", Plain: "id award_id due"},
		{Table: "award_plans", Label: "Revised plans", of: ofAward, Fate: Kept, By: "asked_by sent_by answered_by", Words: "ask lines= explanation reason", Plain: "award_id answer"},
		{Table: "award_returns", Label: "Returns on awards", of: ofAward, Fate: Kept, By: "sent_by answered_by", Words: "answers{} reason", Plain: "id award_id year quarter due state"},
		{Table: "award_terms", Label: "Terms of awards", of: ofAwardItself, Fate: Kept, Words: "plan= reason", Plain: "id starts_on ends_on held_from"},
		{Table: "award_variations", Label: "Variations of awards", of: ofAward, Fate: Kept, By: "proposed_by answered_by", Words: "change reason! answer_reason", Plain: "id award_id ends_on was_ends_on recipient was_recipient answer"},
		{Table: "awards", Label: "Awards", of: ofApplication, Fate: Kept, Words: "agreement", Plain: "id application_id round_id call_id ref state recipient"},
		{Table: "clarifications", Label: "Questions of the fund", of: ofApplication, Fate: Kept, About: "answered_by", By: "asked_by", Words: "body! answer", Plain: "id application_id question"},
		{Table: "decision_reviews", Label: "Reviews of decisions", of: ofApplication, Fate: Kept, About: "asked_by", By: "settled_by", Words: "statement! reason", Plain: "id application_id call_id decided_state grounds outcome"},
		{Table: "decisions", Label: "Decisions", of: ofApplication, Fate: Kept, Words: "letter_subject letter reason=", Plain: "id application_id proposal_id outcome"},
		{Table: "findings", Label: "Findings", of: ofApplication, Fate: Kept, By: "person", Words: "reason! rules=", Plain: "id application_id submission_id criterion decision"},
		{Table: "interests", Label: "Interests", of: ofApplication, Fate: Kept, About: "person~", By: "settled_by withdrawn_by", Words: "statement note basis=", Plain: "id application_id kind source severity settled_as"},
		{Table: "letters", Label: "Letters", of: ofApplication, Fate: Kept, Words: "subject! body!", Plain: "id application_id call_id decision_id kind correction_id"},
		{Table: "meeting_items", Label: "Items of meetings", of: ofApplication, Fate: Kept, By: "led_by recorded_by", Words: "note present[] stepped_out[]", Plain: "id meeting_id application_id outcome"},
		{Table: "meeting_minutes", Label: "Minutes of meetings", of: ofApplication, Fate: Kept, By: "edited_by signed_by", Words: "heading= text", Plain: "id meeting_id application_id"},
		{Table: "proposal_lines", Label: "Lines of proposals", of: ofApplication, Fate: Kept, Words: "reason=", Plain: "proposal_id application_id outcome dtac_status"},
		{Table: "reopenings", Label: "Reopened eligibility", of: ofApplication, Fate: Kept, By: "proposed_by confirmed_by", Words: "reason!", Plain: "id application_id"},
		{Table: "reviews", Label: "Reviews", of: ofApplication, Fate: Kept, About: "person~", Words: "marks{} comments feedback", Plain: "id assignment_id application_id kind state"},
		{Table: "scores", Label: "Scores", of: ofApplication, Fate: Kept, About: "person~", By: "confirmed_by", Words: "reason", Plain: "id application_id part kind review_id mark source state"},
		{Table: "shortlist_lines", Label: "Shortlisting", of: ofApplication, Fate: Kept, By: "proposed_by settled_by", Words: "feedback! note", Plain: "id application_id call_id settled"},
		{Table: "submissions", Label: "Submissions", of: ofApplication, Fate: Kept, About: "submitted_by", Words: "snapshot=", Plain: "id application_id digest replaces"},
		{Table: "withdrawals", Label: "Withdrawals", of: ofApplication, Fate: Kept, About: "person", Words: "reason!", Plain: "id application_id what"},
	}
}

// fundsOwn are the tables of rounds, calls and products, and those of the program.
func fundsOwn() []Holding {
	return []Holding{
		{Table: "receipts", Label: "Receipts", Fate: Stays, Words: "receipt=", Plain: "submission_id"},
		{Table: "other_funding_records", Label: "Index of other funding", Fate: Stays, Words: "title description organisation product supplier funder", Plain: "source list identity application_id codes currency from_day to_day"},
		{Table: "approvals", Label: "Approvals", Fate: Stays, By: "person", Words: "reason", Plain: "id proposal_id step"},
		{Table: "assignment_plans", Label: "Plans of assignments", Fate: Stays, By: "proposed_by approved_by", Words: "problem result pairs changes", Plain: "id call_id state"},
		{Table: "briefings", Label: "Briefing lists", Fate: Stays, About: "person", By: "given_by ended_by", Words: "reason", Plain: "id call_id"},
		{Table: "call_changes", Label: "Extensions and reopenings of calls", Fate: Stays, By: "proposed_by confirmed_by refused_by", Words: "reason", Plain: "id call_id kind"},
		{Table: "call_questions", Label: "Questions about calls", Fate: Stays, About: "asked_by", By: "answered_by", Words: "text published answer", Plain: "id call_id code"},
		{Table: "calls", Label: "Calls", Fate: Stays, By: "author approved_by asked_by returned_by", Words: "settings published return_reason", Plain: "id round_id ref theme title state published_digest copied_from"},
		{Table: "computations", Label: "Computations", Fate: Stays, By: "asked_by", Words: "name asked step", Plain: "id call_id kind state result"},
		{Table: "deviations", Label: "Deviations", Fate: Stays, By: "accepted_by approved_by", Words: "reason departs", Plain: "id"},
		{Table: "dtac_assessments", Label: "DTAC assessments", Fate: Stays, By: "assessed_by", Words: "reason what owner carried", Plain: "return_id question result due"},
		{Table: "dtac_register", Label: "DTAC register", Fate: Stays, Words: "person_name", Plain: "product_id provisional holds_until forms position_id status reviewed_on expires"},
		{Table: "dtac_sections", Label: "DTAC sections taken", Fate: Stays, About: "person", By: "given_by ended_by", Words: "person_name", Plain: "id return_id section"},
		{Table: "letter_templates", Label: "Templates of letters", Fate: Stays, By: "saved_by", Words: "subject body", Plain: "id round_id kind"},
		{Table: "lots", Label: "Draws", Fate: Stays, By: "entered_by", Words: "entered", Plain: "id call_id"},
		{Table: "meeting_members", Label: "Membership of meetings", Fate: Stays, About: "person", Words: "apologies", Plain: "id meeting_id kind"},
		{Table: "meeting_presence", Label: "Presence at meetings", Fate: Stays, About: "person", Plain: "id meeting_id"},
		{Table: "meetings", Label: "Meetings", Fate: Stays, By: "planned_by", Words: "title place notes", Plain: "id call_id digest"},
		{Table: "other_funding_imports", Label: "Lists of other funding", Fate: Stays, By: "imported_by", Words: "list", Plain: "id source digest state"},
		{Table: "position_proposals", Label: "Proposed DTAC positions", Fate: Stays, By: "person", Words: "person_name settled_name reason", Plain: "id product_id return_id call_id status decided outcome"},
		{Table: "positions", Label: "DTAC positions", Fate: Stays, By: "person", Words: "person_name result", Plain: "id product_id return_id round_id call_id form status provisional sent_digest reviewed_on expires"},
		{Table: "product_people", Label: "Products that you act for", Fate: Stays, About: "person", By: "confirmed_by", Plain: "product_id"},
		{Table: "product_releases", Label: "New releases of products", Fate: Stays, By: "declared_by", Words: "affected", Plain: "product_id from_id"},
		{Table: "products", Label: "Products", Fate: Stays, By: "created_by", Words: "name supplier", Plain: "id supplier_ods version identity merged_into filled_for stands_for answered"},
		{Table: "proposal_seals", Label: "Seals of proposals", Fate: Stays, Words: "content", Plain: "id proposal_id part digest"},
		{Table: "proposals", Label: "Proposals", Fate: Stays, By: "made_by", Words: "note void_why", Plain: "id call_id scenario_id state"},
		{Table: "ranking_freezes", Label: "Frozen rankings", Fate: Stays, By: "frozen_by ended_by", Words: "ended_why", Plain: "id call_id ranking_id"},
		{Table: "rankings", Label: "Rankings", Fate: Stays, By: "made_by", Words: "problem result", Plain: "id call_id digest seed software"},
		{Table: "recognised_positions", Label: "Assessments relied on", Fate: Stays, By: "person", Words: "body officer reference reason person_name", Plain: "id product_id round_id call_id product_version form status assessed_on expires"},
		{Table: "return_files", Label: "DTAC evidence", Fate: Stays, About: "uploaded_by", Words: "name", Plain: "id product_id form question media_type digest scan found"},
		{Table: "return_imports", Label: "DTAC forms read in", Fate: Stays, About: "person", Words: "name reading", Plain: "product_id form digest"},
		{Table: "returns", Label: "DTAC returns", Fate: Stays, About: "submitted_by", By: "saved_by", Words: "body sent", Plain: "id product_id form product_version sent_digest typing_section"},
		{Table: "review_reminders", Label: "Reminders of reviews", Fate: Stays, About: "person", By: "sent_by", Plain: "id call_id day"},
		{Table: "reviewers", Label: "Reviewer profiles", Fate: Stays, About: "person", Words: "answer_note away training", Plain: "id round_id kind ods themes answer trained_on"},
		{Table: "rounds", Label: "Rounds", Fate: Stays, By: "created_by", Words: "title senior_officer notice", Plain: "id ref copied_from"},
		{Table: "scenario_details", Label: "Details of scenarios", Fate: Stays, Words: "note asked sensitivity", Plain: "id ranking_id"},
		{Table: "scenarios", Label: "Scenarios", Fate: Stays, By: "made_by", Words: "name problem result", Plain: "id call_id fingerprint"},
		{Table: "legal_holds", Label: "Legal holds", Fate: Stays, By: "set_by lifted_by", Words: "label reason lift_reason subject", Plain: "id kind"},
		{Table: "removal_lists", Label: "Lists of what is removed", Fate: Stays, By: "made_by settled_by", Words: "reason content", Secret: "salt", Plain: "id digest state"},
		{Table: "audit_events", Label: "Audit trail", Fate: Stays, By: "by_id", Words: "facts guarded", Plain: "by_kind verb kind subject round call application prev digest"},
		{Table: "read_blocks", Label: "Log of what was read", Fate: Stays, Words: "entries", Plain: "prev digest"},
		{Table: "jobs", Label: "Work that waits", Fate: Stays, Words: "dedupe payload last_error", Plain: "id kind"},
	}
}

// WithoutPeople are the tables that hold nothing of people.
func WithoutPeople() []string {
	return []string{
		"application_organisations", "application_products", "audit_heads", "dtac_warnings", "installation", "mail_domains", "organisations", "other_funding_words", "trail_checks",
		"removal_items", "goose_db_version",
	}
}
