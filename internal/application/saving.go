package application

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// Typed is what was typed in a section: by the names of the inputs, with the version that it was read at.
type Typed struct {
	Values  map[string][]string
	Version int
	Strict  bool // to go on, what is missing is named too; to save, only what is wrong
	Typing  bool // sent while somebody types, not by a button: one after another these are one change in the history
}

// errOvertaken says that another save came in between: to be tried again on what stands now.
var errOvertaken = errors.New("another save came first")

// overtakings is how often a save is tried again.
const overtakings = 8

// Save keeps what was typed in a section, right or wrong: nothing that was typed is lost. The fault then says what is wrong. What
// somebody else changed meanwhile is not overwritten: changes of different questions are merged, and where both changed the same one
// what stands now stays, the typed version is set aside in the history, and the fault carries both.
func (s *Service) Save(ctx context.Context, ref ident.Ref, code string, in Typed) (Page, error) {
	var p Page
	var err error
	for range overtakings {
		if p, err = s.saveOnce(ctx, ref, code, in); !errors.Is(err, errOvertaken) {
			break
		}
	}
	if err == nil && len(p.Problems) > 0 {
		err = fault.Fields(p.Problems)
	}
	if len(p.Clashes) > 0 && (err == nil || fault.Is(err, fault.Invalid)) {
		err = fault.Stale(p.Clashes, "Someone else changed the same answers after you opened this section")
	}
	return p, err
}

func (s *Service) saveOnce(ctx context.Context, ref ident.Ref, code string, in Typed) (Page, error) {
	var p Page
	err := s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := Permitted(tx, ref, access.ViewApplication) // before anything is read for it
		if err != nil {
			return err
		}
		p, err = s.open(tx, a, code)
		if err != nil {
			return err
		}
		if err := writable(tx, a, p.Section); err != nil {
			return err
		}
		p.Problems, err = s.keep(tx, a, &p, in)
		return err
	})
	if err != nil {
		p.Problems, p.Clashes = nil, nil // they are about what was kept
	}
	return p, err
}

// writable refuses unless the one who acts may change a section of an application that can be changed.
func writable(tx *work.Tx, a *Application, sec *form.Section) error {
	if err := tx.Require(access.EditApplication, section{a, sec.Path()}); err != nil {
		return err
	}
	if !a.Writable() {
		return fault.New(fault.Conflict, "The application can no longer be changed")
	}
	return nil
}

// keep saves what was typed in a section and says what is wrong with it.
func (s *Service) keep(tx *work.Tx, a *Application, p *Page, in Typed) (fault.Problems, error) {
	stands := p.Answers
	mine, foreign := form.Bind(p.Section, in.Values, stands)
	if len(foreign) > 0 {
		return nil, fault.Fields(foreign)
	}
	if !in.Typing { // what is being typed is not finished for it
		recognised, err := recognise(tx, p.Section, mine)
		if err != nil {
			return nil, err
		}
		mine = recognised
	}
	base, err := readAt(tx, p, in.Version)
	if err != nil {
		return nil, err
	}
	merge := form.Reconcile(p.Section, in.Values, mine, stands, base)
	p.Answers, p.Others = merge.Answers, in.Version != p.Version
	mode := form.Partial
	if in.Strict {
		mode = form.Complete
	}
	wrong := form.Check(p.Form, p.Section, p.Answers, s.how(tx, a, p.Form, mode))
	if err := dropFiles(tx, a, p, stands); err != nil {
		return nil, err
	}
	if err := setAside(tx, a, p, merge.Clashes); err != nil {
		return nil, err
	}
	if err := agree(tx, a, p, merge); err != nil {
		return nil, err
	}
	if (in.Typing || len(merge.Clashes) > 0) && len(form.Changed(p.Section, stands, p.Answers)) == 0 {
		return wrong, nil // it is there already
	}
	way := wayOfButton
	if in.Typing {
		way = wayOfTyping
	}
	return wrong, s.putBy(tx, a, p, way)
}

// agree notes that somebody typed what another had typed already. From now on it is the word of two: what the other types over it is
// a change of its own. The section is held meanwhile, so that what the other is sending comes before or after.
func agree(tx *work.Tx, a *Application, p *Page, merge form.Merge) error {
	if !merge.Agreed || p.Version == 0 {
		return nil
	}
	held, err := holdSection(tx, a.ID, p.Section.Code, p.Version)
	if err != nil {
		return err
	}
	if !held {
		return fault.Wrap(fault.Conflict, errOvertaken, "Someone else saved this section after you opened it")
	}
	tx.Record(Event(a, string(access.EditApplication), map[string]any{"section": p.Section.Code, "version": p.Version, "way": "agreed"}))
	return endTyping(tx, a.ID, p.Section.Code)
}

// readAt gives the answers that a page was read at by its version: those that stand, or those that the history has; nil if it has
// them no more.
func readAt(tx *work.Tx, p *Page, version int) (form.Answers, error) {
	if version == p.Version {
		return p.stands, nil
	}
	row, err := changeAt(tx, p.Application.ID, p.Section.Code, version)
	if err != nil || row == nil {
		return nil, err
	}
	return parsed(row)
}

// put saves the section's answers, keeps what lists need of them, and clears signatures that no longer fit.
func (s *Service) put(tx *work.Tx, a *Application, p *Page) error {
	return s.putBy(tx, a, p, wayOfButton)
}

func (s *Service) putBy(tx *work.Tx, a *Application, p *Page, w way) error {
	e := edit{section: p.Section, before: p.stands, after: own(p.Section, p.Answers), seen: p.Version, way: w}
	if err := e.write(tx, a); err != nil {
		return err
	}
	p.Version++
	if a.SubmissionID == nil {
		err := s.summarise(tx, a, p.Form, p.Answers)
		if fault.Is(err, fault.Conflict) {
			return fault.Wrap(fault.Conflict, errOvertaken, "Someone else changed the application at the same moment. Save again")
		}
		if err != nil {
			return err
		}
	}
	return clearSignatures(tx, a, p.Section, p.Answers)
}

// own are the answers to the questions of a section.
func own(sec *form.Section, all form.Answers) form.Answers {
	answers := form.Answers{}
	for _, q := range sec.Questions {
		if v, ok := all[q.Code]; ok {
			answers[q.Code] = v
		}
	}
	return answers
}

// edit is a change of a section's answers from what they were read as.
type edit struct {
	section       *form.Section
	before, after form.Answers
	seen          int // the version that was read
	way           way
}

// write replaces the answers, notes the change in the history and records it. The event of what goes on being typed is the one with
// which the typing began.
func (e edit) write(tx *work.Tx, a *Application) error {
	text, err := json.Marshal(e.after)
	if err != nil {
		return fmt.Errorf("writing section %s: %w", e.section.Code, err)
	}
	row := saved{ApplicationID: a.ID, Section: string(e.section.Code), Answers: string(text), SavedBy: string(tx.By.ID), SavedAt: tx.Now}
	done, err := saveSection(tx, row, e.seen)
	if err != nil {
		return err
	}
	if !done {
		return fault.Wrap(fault.Conflict, errOvertaken, "Someone else saved this section after you opened it")
	}
	begun, err := e.note(tx, a, string(text))
	if err != nil {
		return err
	}
	event := Event(a, string(access.EditApplication), map[string]any{"section": e.section.Code, "version": e.seen + 1, "digest": digestOf(e.after), "way": e.way})
	switch {
	case e.way == wayOfTyping && begun != nil:
		tx.GoesOn(event, begun.BeganAt)
	case e.way != wayOfStart: // the start is an event of its own
		tx.Record(event)
	}
	return nil
}

// putSection writes the first answers of a section, when an application begins with some.
func putSection(tx *work.Tx, a *Application, sec *form.Section, answers form.Answers) error {
	return edit{section: sec, before: form.Answers{}, after: answers, way: wayOfStart}.write(tx, a)
}

func digestOf(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return audit.Digest(text)
}
