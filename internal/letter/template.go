package letter

import (
	"context"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
)

// Set is the templates of a round, one of each kind as it stands.
type Set struct {
	Round     *fund.Round
	Templates []Template
	Names     map[ident.Person]string
}

// Templates gives the templates by which the letters of a round are made.
func (s *Service) Templates(ctx context.Context, ref ident.RoundRef) (Set, error) {
	var set Set
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		round, err := permitted(tx, ref, access.ViewLetters)
		if err != nil {
			return err
		}
		set = Set{Round: round}
		by, err := templatesOf(tx, round.ID)
		if err != nil {
			return err
		}
		for _, info := range Kinds() {
			set.Templates = append(set.Templates, by[info.Kind])
		}
		set.Names, err = savers(tx, set.Templates)
		return err
	})
	return set, err
}

// Editing is one template of a round, to be edited.
type Editing struct {
	Round    *fund.Round
	Template Template   // as it stands
	Versions []Template // that the round has set, the newest first
	Own      Template   // the program's
	Names    map[ident.Person]string
	May      bool // change it
}

// Template gives one template of a round with its versions.
func (s *Service) Template(ctx context.Context, ref ident.RoundRef, kind Kind) (Editing, error) {
	var e Editing
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		if !kind.Known() {
			return work.NotFound("letter")
		}
		round, err := permitted(tx, ref, access.ViewLetters)
		if err != nil {
			return err
		}
		e = Editing{Round: round}
		if e.Own, err = own(tx, kind); err != nil {
			return err
		}
		if e.Versions, err = versionsOf(tx, round.ID, kind); err != nil {
			return err
		}
		e.Template = e.Own
		if len(e.Versions) > 0 {
			e.Template = e.Versions[0]
		}
		if e.May, err = tx.May(access.DraftLetters, round); err != nil {
			return err
		}
		e.Names, err = savers(tx, e.Versions)
		return err
	})
	return e, err
}

// Text is a template as somebody typed it.
type Text struct {
	Subject string
	Body    string
	Version int // that it was read at
}

func (t *Text) tidy() {
	t.Subject = strings.TrimSpace(t.Subject)
	lines := strings.Split(strings.ReplaceAll(t.Body, "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \t\r")
	}
	t.Body = strings.TrimSpace(strings.Join(lines, "\n")) + "\n"
}

// SetTemplate keeps a new version of a round's template. Its fields are checked first; what is wrong is named with its line. Letters that are
// released keep the version that they were made from.
func (s *Service) SetTemplate(ctx context.Context, ref ident.RoundRef, kind Kind, in Text) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error { //nolint:wrapcheck // the use case has said what it was doing
		if !kind.Known() {
			return work.NotFound("letter")
		}
		round, err := permitted(tx, ref, access.DraftLetters)
		if err != nil {
			return err
		}
		in.tidy()
		if err := fault.Fields(Check(kind, in.Subject, in.Body)); err != nil {
			return err //nolint:wrapcheck // words for the person
		}
		by, err := templatesOf(tx, round.ID)
		if err != nil {
			return err
		}
		now := by[kind]
		if now.Version != in.Version {
			return fault.Stale(map[string]string{"subject": now.Subject, "body": now.Body}, "Somebody else changed this letter after you opened it")
		}
		if now.Subject == in.Subject && now.Body == in.Body {
			return nil
		}
		row := &Template{ID: ident.New[string](), RoundID: round.ID, Kind: kind, Version: now.Version + 1, Subject: in.Subject, Body: in.Body, SavedBy: tx.By.ID, SavedAt: tx.Now}
		tx.Record(audit.Event{Verb: "letter.set_template", Kind: "round", Subject: string(round.ID), Round: round.ID, Facts: map[string]any{
			"kind": kind, "version": row.Version, "before": now.digest(), "after": row.digest(),
		}})
		err = work.Add(tx, row)
		if fault.Is(err, fault.Conflict) {
			return fault.Wrap(fault.Conflict, err, "Somebody else changed this letter at the same moment. Open it again")
		}
		return err
	})
}

func (t Template) digest() string { return audit.Digest([]byte(t.Subject + "\n" + t.Body)) }

// Preview makes a letter from a template that is being written, with an application of the round: as if it were decided so today, with all
// that it asked for.
func (s *Service) Preview(ctx context.Context, ref ident.RoundRef, kind Kind, in Text, with ident.Ref) (Draft, error) {
	var d Draft
	in.tidy()
	if problems := Check(kind, in.Subject, in.Body); len(problems) > 0 {
		return d, fault.Fields(problems) //nolint:wrapcheck // words for the person
	}
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		round, err := permitted(tx, ref, access.DraftLetters)
		if err != nil {
			return err
		}
		a, err := ofRound(tx, round, with)
		if err != nil {
			return err
		}
		tx.Saw("letter", string(a.Ref))
		held := Held{Application: a, Kind: kind}
		if kind == Successful {
			held.Amount = a.Requested
		}
		m, err := s.material(tx, a.Call(), []Held{held})
		if err != nil {
			return err
		}
		m.told = ToldAt(a.Call(), tx.Now)
		m.templates[kind] = Template{Kind: kind, Subject: in.Subject, Body: in.Body}
		d = m.draft(held)
		return nil
	})
	return d, err
}

// ofRound gives a submitted application of a round whose letter the one who acts may see.
func ofRound(tx *work.Tx, round *fund.Round, ref ident.Ref) (*application.Application, error) {
	a, err := application.ByRef(tx, ref)
	if err == nil && (a.RoundID != round.ID || a.SubmissionID == nil || a.Bars(tx.By.ID)) {
		err = work.NotFound("application")
	}
	if fault.Is(err, fault.NotFound) {
		return nil, fault.Fields(fault.Problems{"application": "Enter the reference of a submitted application of this round"}) //nolint:wrapcheck // words for the person
	}
	if err != nil {
		return nil, err //nolint:wrapcheck // application has said what it was doing
	}
	return a, tx.Require(access.ViewLetters, a)
}

// ToldAt is when the letters of a call are released, as far as that is known: at the time that is set, else now.
func ToldAt(c *fund.Call, now time.Time) time.Time {
	if c.ReleaseAt != nil && c.ReleaseAt.After(now) {
		return *c.ReleaseAt
	}
	return now
}

func permitted(tx *work.Tx, ref ident.RoundRef, act access.Action) (*fund.Round, error) {
	round, err := fund.RoundByRef(tx, ref)
	if err != nil {
		return nil, err //nolint:wrapcheck // fund has said what it was doing
	}
	return round, tx.Require(act, round)
}

func savers(tx *work.Tx, templates []Template) (map[ident.Person]string, error) {
	var ids []ident.Person
	for _, t := range templates {
		if t.SavedBy != "" {
			ids = append(ids, t.SavedBy)
		}
	}
	return people.Names(tx, ids...)
}
