package letter

import (
	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/review"
	"adoptionfund/internal/work"
)

// Service makes letters, and is the use cases of those who write their templates and correct them.
type Service struct {
	gate    *work.Gate
	reviews *review.Service
	sender  Sender
}

// Sender is who writes the letters.
type Sender struct {
	Service string // its name
	Contact string // the address for questions and complaints
	Public  string // the address of the service, without a slash at its end
}

// NewService makes the service.
func NewService(gate *work.Gate, reviews *review.Service, sender Sender) *Service {
	return &Service{gate, reviews, sender}
}

// own is the program's own template of a kind, from configs/letters/decision.yaml.
func own(tx *work.Tx, kind Kind) (Template, error) {
	t := Template{Kind: kind}
	var err error
	t.Subject, t.Body, err = tx.Render(notify.Message{Kind: notify.Kind("letter_" + string(kind))})
	return t, err
}

// templatesOf gives the templates by which the letters of a round are made: its own, else the program's.
func templatesOf(tx *work.Tx, round ident.Round) (map[Kind]Template, error) {
	set, err := latestTemplates(tx, round)
	if err != nil {
		return nil, err
	}
	for _, info := range Kinds() {
		if _, there := set[info.Kind]; there {
			continue
		}
		if set[info.Kind], err = own(tx, info.Kind); err != nil {
			return nil, err
		}
	}
	return set, nil
}

// State says how far the texts of a round's letters are.
type State struct {
	Own   []string // letters for which the round has set no text, so that the program's own is used
	Wrong []string // what is wrong with the texts
}

// Readiness gives how far the texts of a round's letters are.
func Readiness(tx *work.Tx, round ident.Round) (State, error) {
	var state State
	set, err := latestTemplates(tx, round)
	if err != nil {
		return state, err
	}
	for _, info := range Kinds() {
		t, there := set[info.Kind]
		if !there {
			state.Own = append(state.Own, info.Label)
			continue
		}
		problems := Check(info.Kind, t.Subject, t.Body)
		for _, name := range problems.Names() {
			state.Wrong = append(state.Wrong, info.Label+": "+problems[name])
		}
	}
	return state, nil
}

// CopyTemplates gives a round the texts of another round's letters, as their first versions.
func CopyTemplates(tx *work.Tx, from ident.Round, to *fund.Round) error {
	if err := tx.Require(access.DraftLetters, to); err != nil {
		return err //nolint:wrapcheck // a fault for the person
	}
	set, err := latestTemplates(tx, from)
	if err != nil {
		return err
	}
	for _, info := range Kinds() {
		t, there := set[info.Kind]
		if !there {
			continue
		}
		row := &Template{ID: ident.New[string](), RoundID: to.ID, Kind: t.Kind, Version: 1, Subject: t.Subject, Body: t.Body, SavedBy: tx.By.ID, SavedAt: tx.Now}
		tx.Record(audit.Event{Verb: "letter.set_template", Kind: "round", Subject: string(to.ID), Round: to.ID, Facts: map[string]any{
			"kind": t.Kind, "version": 1, "after": row.digest(), "copied_from": from,
		}})
		if err := work.Add(tx, row); err != nil {
			return err //nolint:wrapcheck // says what it was doing
		}
	}
	return nil
}
