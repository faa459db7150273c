package award

import (
	"context"

	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/files"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Settings are what an installation sets for its awards.
type Settings struct {
	// MinimalAssistance is the ceiling of minimal financial assistance over this financial year and the two before it.
	MinimalAssistance money.Pence
}

// Service is the use cases of awards.
type Service struct {
	gate     *work.Gate
	library  *fund.Library
	files    *files.Store
	settings Settings
}

// NewService makes the service.
func NewService(gate *work.Gate, library *fund.Library, store *files.Store, settings Settings) *Service {
	return &Service{gate, library, store, settings}
}

// Move is the one place where an award's state changes.
func Move(tx *work.Tx, a *Award, on workflow.Event, guards work.Guards, facts map[string]any) error {
	move, err := work.Step(tx, workflow.Awards(), a.State, on, a, guards)
	if err != nil {
		return err
	}
	a.State, a.StateAt = move.To, tx.Now
	if err := Save(tx, a); err != nil {
		return err
	}
	tx.Record(Event(a, move.Effects.Record, facts))
	return tell(tx, a, move.Effects.Notices)
}

// Save keeps what changed of an award besides its state.
func Save(tx *work.Tx, a *Award) error { return work.Save(tx, a, &a.Version) }

// Event is something that happened to an award, for the audit trail, with the rows that are protected.
func Event(a *Award, verb string, facts map[string]any) audit.Event {
	id := string(a.ID)
	return audit.Event{
		Verb: verb, Kind: "award", Subject: id, Round: a.RoundID, Call: a.CallID, Application: a.ApplicationID, Facts: facts,
		Guards: []audit.Row{{Table: "awards", Key: id}, {Table: "award_terms", Key: id}, {Table: "award_agreements", Key: id}},
	}
}

// Create makes the award of a successful application: a job, queued by the release. Making it again changes nothing.
func (s *Service) Create(ctx context.Context, id ident.Application) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		if there, err := exists(tx, id); err != nil || there {
			return err
		}
		app, err := application.ByID(tx, id)
		if err != nil {
			return err
		}
		d, err := decision.Of(tx, id)
		if err != nil {
			return err
		}
		a := &Award{
			ID: ident.New[ident.Award](), ApplicationID: id, RoundID: app.RoundID, CallID: app.CallID, Ref: app.Ref,
			StateAt: tx.Now, Recipient: app.Recipient, CreatedAt: tx.Now, Version: 1, application: app,
		}
		successful := app.State == workflow.Successful && d != nil && d.Outcome == decision.Successful
		move, err := work.Step(tx, workflow.Awards(), "", workflow.CreateAward, a, work.Guards{workflow.ApplicationSuccessful: work.Holds(successful)})
		if err != nil {
			return err
		}
		a.State, a.Amount = move.To, d.Amount
		if err := work.Add(tx, a); err != nil {
			return err
		}
		tx.Record(Event(a, move.Effects.Record, map[string]any{"amount": a.Amount}))
		if err := begin(tx, a, d); err != nil {
			return err
		}
		return tell(tx, a, move.Effects.Notices)
	})
}

// begin gives a new award its terms, and the condition that goes with a DTAC position that lapsed since it was proposed.
func begin(tx *work.Tx, a *Award, d *decision.Decision) error {
	if _, err := makeTerms(tx, a); err != nil {
		return err
	}
	return conditionLapse(tx, a, d)
}
