// Package retention is for how long data is kept, what must not be removed, how what is past its period is removed, and what the fund holds
// about a person.
//
// It owns the periods, legal holds, lists of removal with their approval, the one table that says of each column of the database what it holds
// of people, and the access of people to their own data. It leaves the digests by which removed rows are told from tampered ones to audit.
package retention

import (
	"slices"
	"time"

	"adoptionfund/internal/config"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Kind is a kind of data that has a period.
type Kind string

// The kinds.
const (
	NotSubmitted Kind = "not_submitted"
	Unsuccessful Kind = "unsuccessful"
	Award        Kind = "award"
	Invitation   Kind = "invitation"
	Account      Kind = "account"
	Mail         Kind = "mail"
)

// KindInfo describes a kind for people.
type KindInfo struct {
	Kind    Kind
	Label   string
	Years   int    // for how many it is kept
	From    string // what these are counted from
	Removes string // what is taken away
	Keeps   string // what stays
}

const (
	statistics = "Reference, call, lead organisation, region, amounts, scores, outcome, DTAC status and dates: what reports add up"
	written    = "Names, answers, files, free text of all sides, letters and signatures"
)

// Periods are for how long data is kept.
type Periods struct{ years config.Retention }

// NewPeriods makes the periods of an installation.
func NewPeriods(years config.Retention) Periods { return Periods{years} }

// Kinds are all kinds, in the order in which they are listed.
func (p Periods) Kinds() []KindInfo {
	return []KindInfo{
		{NotSubmitted, "Applications not submitted", p.years.NotSubmittedYears, "the close of the call", written, "Reference, call, lead organisation and state"},
		{Unsuccessful, "Applications not funded", p.years.UnsuccessfulYears, "the decision", written, statistics},
		{Award, "Awards that have ended", p.years.AwardYears, "the end of the award", written, statistics + "; the title, which was published"},
		{Invitation, "Invitations not accepted", p.years.InvitationYears, "their end", "The invitation with name and address", "The event in the audit trail, without a name"},
		{Account, "Accounts that nothing refers to", p.years.AccountYears, "the last sign-in", "Name, address, password, sessions and settings", "An account without a name, to which the audit trail and past roles refer"},
		{Mail, "Copies of mails that were sent", p.years.MailYears, "the day of the mail", "The copy of the mail with its address", "Nothing: letters on decisions are kept with their application"},
	}
}

// Info describes a kind.
func (p Periods) Info(k Kind) KindInfo {
	for _, info := range p.Kinds() {
		if info.Kind == k {
			return info
		}
	}
	return KindInfo{Kind: k, Label: string(k)}
}

// Due is when the period of a kind ends that began at a moment: so many years later, when that day is over in the United Kingdom.
func (p Periods) Due(k Kind, began time.Time) time.Time {
	at := began.In(uktime.Zone())
	return time.Date(at.Year()+p.Info(k).Years, at.Month(), at.Day()+1, 0, 0, 0, 0, uktime.Zone()).UTC()
}

// Standing is what the period of an application follows from.
type Standing struct {
	State      workflow.ApplicationState
	StateAt    time.Time
	Submitted  bool // it was, at least once
	CallClosed time.Time
	Deadline   *time.Time // its own, where that is not the call's
	Award      workflow.AwardState
	AwardAt    *time.Time // since when the award stands so; nil: there is none
}

// Began is which kind of data an application is and when its period began; ok is false for one that is not over.
func (s Standing) Began() (k Kind, began time.Time, ok bool) {
	withdrawn := s.State == workflow.Withdrawn
	switch {
	case s.State == workflow.NotSubmitted, withdrawn && !s.Submitted:
		return NotSubmitted, s.closed(), true
	case withdrawn, slices.Contains(notFunded(), s.State):
		return Unsuccessful, s.StateAt, true
	case s.State == workflow.Successful && s.AwardAt != nil && slices.Contains(awardsOver(), s.Award):
		return Award, *s.AwardAt, true
	}
	return "", time.Time{}, false
}

// notFunded are the states of an application about which was decided that it gets nothing.
func notFunded() []workflow.ApplicationState {
	return []workflow.ApplicationState{workflow.Ineligible, workflow.NotShortlisted, workflow.Unsuccessful}
}

// awardsOver are the states of an award that ended: it was closed with its money reconciled, or came to nothing.
func awardsOver() []workflow.AwardState {
	return []workflow.AwardState{workflow.AwardClosed, workflow.NotOffered, workflow.OfferDeclined, workflow.Lapsed, workflow.OfferWithdrawn}
}

// closed is when nothing more could be submitted: the call's close, or a later deadline of this application.
func (s Standing) closed() time.Time {
	at := s.CallClosed
	if s.Deadline != nil && s.Deadline.After(at) {
		at = *s.Deadline
	}
	return at
}

// Service is the use cases of retention.
type Service struct {
	gate    *work.Gate
	periods Periods
}

// NewService makes the service.
func NewService(gate *work.Gate, periods Periods) *Service { return &Service{gate, periods} }
