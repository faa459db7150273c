package workflow

import (
	"database/sql/driver"
	"fmt"
)

// CallState is where a call stands.
type CallState string

// The states of a call.
const (
	CallDraft    CallState = "draft"
	CallApproved CallState = "approved"
	CallOpen     CallState = "open"
	CallClosed   CallState = "closed"
	CallDecided  CallState = "decided"
	CallReleased CallState = "released"
	CallArchived CallState = "archived"
)

// Known reports whether the state is one of the table.
func (s CallState) Known() bool {
	switch s {
	case CallDraft, CallApproved, CallOpen, CallClosed, CallDecided, CallReleased, CallArchived:
		return true
	}
	return false
}

// Scan reads a state from the database and refuses one that the table does not name.
func (s *CallState) Scan(v any) error { return scan(s, v) }

// Value writes a state to the database and refuses one that the table does not name.
func (s CallState) Value() (driver.Value, error) { return value(s) }

// ApplicationState is where an application stands.
type ApplicationState string

// The states of an application.
const (
	Draft              ApplicationState = "draft"
	NotSubmitted       ApplicationState = "not_submitted"
	Submitted          ApplicationState = "submitted"
	Screening          ApplicationState = "screening"
	Clarification      ApplicationState = "clarification"
	IneligibleProposed ApplicationState = "ineligible_proposed"
	Ineligible         ApplicationState = "ineligible"
	Eligible           ApplicationState = "eligible"
	NotShortlisted     ApplicationState = "not_shortlisted"
	Assessment         ApplicationState = "assessment"
	Moderation         ApplicationState = "moderation"
	Assessed           ApplicationState = "assessed"
	ProposedFund       ApplicationState = "proposed_fund"
	ProposedReserve    ApplicationState = "proposed_reserve"
	ProposedNotFund    ApplicationState = "proposed_not_fund"
	Successful         ApplicationState = "successful"
	Reserve            ApplicationState = "reserve"
	Unsuccessful       ApplicationState = "unsuccessful"
	Withdrawn          ApplicationState = "withdrawn"
)

// Known reports whether the state is one of the table.
func (s ApplicationState) Known() bool {
	switch s {
	case Draft, NotSubmitted, Submitted, Screening, Clarification, IneligibleProposed, Ineligible, Eligible, NotShortlisted,
		Assessment, Moderation, Assessed, ProposedFund, ProposedReserve, ProposedNotFund, Successful, Reserve, Unsuccessful, Withdrawn:
		return true
	}
	return false
}

// Scan reads a state from the database and refuses one that the table does not name.
func (s *ApplicationState) Scan(v any) error { return scan(s, v) }

// Value writes a state to the database and refuses one that the table does not name.
func (s ApplicationState) Value() (driver.Value, error) { return value(s) }

// AwardState is where an award stands.
type AwardState string

// The states of an award.
const (
	PreAwardChecks AwardState = "pre_award_checks"
	NotOffered     AwardState = "not_offered"
	OnHold         AwardState = "on_hold"
	Offered        AwardState = "offered"
	Lapsed         AwardState = "lapsed"
	OfferWithdrawn AwardState = "offer_withdrawn"
	OfferDeclined  AwardState = "offer_declined"
	Accepted       AwardState = "accepted"
	Active         AwardState = "active"
	Suspended      AwardState = "suspended"
	Terminated     AwardState = "terminated"
	Completed      AwardState = "completed"
	AwardClosed    AwardState = "closed"
)

// Known reports whether the state is one of the table.
func (s AwardState) Known() bool {
	switch s {
	case PreAwardChecks, NotOffered, OnHold, Offered, Lapsed, OfferWithdrawn, OfferDeclined, Accepted, Active, Suspended, Terminated,
		Completed, AwardClosed:
		return true
	}
	return false
}

// Scan reads a state from the database and refuses one that the table does not name.
func (s *AwardState) Scan(v any) error { return scan(s, v) }

// Value writes a state to the database and refuses one that the table does not name.
func (s AwardState) Value() (driver.Value, error) { return value(s) }

// state is what the three kinds of states have in common.
type state interface {
	~string
	Known() bool
}

func scan[S state](s *S, v any) error {
	var text string
	switch t := v.(type) {
	case string:
		text = t
	case []byte:
		text = string(t)
	default:
		return fmt.Errorf("workflow: a state is text, not %T", v)
	}
	if !S(text).Known() {
		return fmt.Errorf("workflow: unknown state %q", text)
	}
	*s = S(text)
	return nil
}

func value[S state](s S) (driver.Value, error) {
	if !s.Known() {
		return nil, fmt.Errorf("workflow: unknown state %q", string(s))
	}
	return string(s), nil
}
