package application

import (
	"slices"
	"strconv"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/people"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Move is the one place where an application's state changes. The room that asks brings the guards that it knows, and the facts
// for the audit trail.
func Move(tx *work.Tx, a *Application, on workflow.Event, guards work.Guards, facts map[string]any) error {
	move, err := work.Step(tx, workflow.Applications(), a.State, on, a, guards)
	if err != nil {
		return err
	}
	a.State, a.StateAt = move.To, tx.Now
	if err := work.Save(tx, a, &a.Version); err != nil {
		return err
	}
	tx.Record(Event(a, move.Effects.Record, facts))
	for _, n := range move.Effects.Notices {
		if err := tell(tx, a, n); err != nil {
			return err
		}
	}
	for _, job := range move.Effects.Jobs {
		if err := tx.Enqueue(string(job), string(job)+":"+string(a.ID)+":"+strconv.Itoa(a.Version), string(a.ID), tx.Now); err != nil {
			return err
		}
	}
	return nil
}

// Event is something that happened to an application, for the audit trail.
func Event(a *Application, verb string, facts map[string]any) audit.Event {
	return audit.Event{Verb: verb, Kind: "application", Subject: string(a.ID), Round: a.RoundID, Call: a.CallID, Application: a.ID, Facts: facts}
}

// audience is whom a notice about an application is for: people with a relation to it, or staff who may do what comes next.
type audience struct {
	relations []Relation
	staff     access.Action
}

func audienceOf(n workflow.Notice) audience {
	team := []Relation{MainContact, Contributor}
	all := applicantSide()
	switch n { //nolint:exhaustive // the others are about calls and awards
	case workflow.TellClarificationAnswered, workflow.TellClarificationOverdue, workflow.TellIneligibleReturned, workflow.TellEligibilityReopened:
		return audience{staff: access.RecordFinding}
	case workflow.TellIneligibleProposed:
		return audience{staff: access.ConfirmIneligible}
	case workflow.TellReviewToDo, workflow.TellModerationOpened:
		return audience{relations: []Relation{Assigned}}
	case workflow.TellClarificationAsked:
		return audience{relations: team}
	default:
		return audience{relations: all}
	}
}

// tell sends a notice of a move, one mail to each person, none to those who are barred from the application.
func tell(tx *work.Tx, a *Application, n workflow.Notice) error {
	readers, err := audienceOf(n).readers(tx, a)
	if err != nil {
		return err
	}
	for _, p := range readers {
		fields := Fields(a)
		fields["name"] = p.Name
		m := notify.Message{Kind: notify.Kind(n), Person: p.ID, Address: p.Email, Key: string(a.ID) + ":" + tx.Now.Format(time.RFC3339Nano), Fields: fields}
		if err := tx.Notify(m); err != nil {
			return err
		}
	}
	return nil
}

// readers are the people to whom a notice goes: those with a relation, but for reviewers with a conflict, and staff, but for those who
// are recused.
func (to audience) readers(tx *work.Tx, a *Application) ([]people.Person, error) {
	var ids []ident.Person
	for _, r := range to.relations {
		ids = append(ids, a.With(r)...)
	}
	related, err := people.ByIDs(tx, ids)
	if err != nil {
		return nil, err
	}
	conflicted := a.With(Conflicted)
	readers := slices.DeleteFunc(related, func(p people.Person) bool { return slices.Contains(conflicted, p.ID) })
	if to.staff == "" {
		return readers, nil
	}
	staff, err := Staff(tx, a, to.staff)
	return append(readers, staff...), err
}

// Side are the people on the applicant's side: main contact, contributors and signatories.
func Side(tx *work.Tx, a *Application) ([]people.Person, error) {
	return audience{relations: applicantSide()}.readers(tx, a)
}

// Staff are those of the fund's people who hold a role that lets them do an action to an application and are not barred from it.
func Staff(tx *work.Tx, a *Application, act access.Action) ([]people.Person, error) {
	staff, err := people.WhoMay(tx, act, access.Scope{Round: a.RoundID, Call: a.CallID})
	return slices.DeleteFunc(staff, func(p people.Person) bool { return a.Bars(p.ID) }), err
}

// Fields are what messages about an application may say.
func Fields(a *Application) map[string]string {
	fields := fund.Fields(a.call)
	fields["ref"], fields["title"], fields["deadline"] = string(a.Ref), a.Title, uktime.Deadline(a.ClosesAt())
	if fields["title"] == "" {
		fields["title"] = "your application"
	}
	return fields
}
