package workflow

// When is a date that what happens next has, if it is known.
type When string

// The dates.
const (
	WhenNone    When = ""
	WhenCloses  When = "closes"  // the deadline that applies to the application
	WhenAnswer  When = "answer"  // by which the fund's questions are to be answered
	WhenRelease When = "release" // at which the outcomes of the call are told
	WhenOffer   When = "offer"   // by which an offer is to be accepted
)

// Telling is what the applicant's side is told of a state: how it stands, what happens next, and the words before the date of that.
type Telling struct {
	State     ApplicationState
	Stands    string
	Next      string
	When      When
	WhenWords string
}

// underReviewTelling is the same from eligible to the release, so that nothing tells what was proposed.
func underReviewTelling(s ApplicationState) Telling {
	return Telling{
		s, "Your application is eligible, and is being assessed.",
		"Reviewers score it, a panel compares all applications of the call, and an approver decides. Every applicant of the call is told at the same time. You need do nothing.",
		WhenRelease, "Outcomes are told on",
	}
}

// checkTelling is the same for the whole of the eligibility check.
func checkTelling(s ApplicationState) Telling {
	return Telling{
		s, "The fund has your application and checks whether it is eligible.",
		"If something is unclear, the fund asks you once more by email, and you answer on a page here. Otherwise you need do nothing.",
		WhenRelease, "Outcomes of the call are told on",
	}
}

// Tellings are what the applicant's side is told of each state, in the order of the states.
func Tellings() []Telling {
	return []Telling{
		{Draft, "You are writing this application.", "Answer every section, have both signatories sign, and submit it.", WhenCloses, "Submit before"},
		{
			NotSubmitted, "The deadline passed before this application was submitted. It is not considered.",
			"You can read it, and copy it into another call. If the service failed, or something serious kept you from submitting, write to the fund.", WhenNone, "",
		},
		{
			Submitted, "Your application is submitted, and you have its receipt.",
			"Until the deadline you can change it, have it signed again and submit it again: the last signed submission stands. After the deadline the fund checks whether it is eligible.",
			WhenCloses, "The deadline is",
		},
		checkTelling(Screening),
		{Clarification, "The fund has a question for you.", "Answer it on its page. If no answer comes in time, the fund decides on what it knows.", WhenAnswer, "Answer before"},
		checkTelling(IneligibleProposed),
		{Ineligible, "Your application is not eligible, and is not considered further.", "The outcome page gives the reasons.", WhenNone, ""},
		underReviewTelling(Eligible),
		{NotShortlisted, "Your application was not shortlisted, and is not considered further.", "The outcome page gives the reasons.", WhenNone, ""},
		underReviewTelling(Assessment),
		underReviewTelling(Moderation),
		underReviewTelling(Assessed),
		underReviewTelling(ProposedFund),
		underReviewTelling(ProposedReserve),
		underReviewTelling(ProposedNotFund),
		{
			Successful, "Your application was successful.",
			"The award has a page of its own. The fund makes its checks and then an offer, which both signatories accept before the agreement is signed.", WhenOffer, "Accept the offer before",
		},
		{Reserve, "Your application is on the reserve list.", "If money becomes free it may be funded later, and you are told. You can withdraw it if you no longer need the money.", WhenNone, ""},
		{Unsuccessful, "Your application was not successful.", "The outcome page has the letter with the reasons and feedback.", WhenNone, ""},
		{Withdrawn, "This application was withdrawn, and is not considered further.", "There is nothing more to do. You can copy it into another call.", WhenNone, ""},
	}
}

// Tell gives what the applicant's side is told of a state.
func Tell(s ApplicationState) Telling {
	for _, t := range Tellings() {
		if t.State == s {
			return t
		}
	}
	return Telling{State: s}
}
