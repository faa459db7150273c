package product

import (
	"context"
	"errors"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
)

// Typed is what was typed in a section: by the names of the inputs, with the revision that it was read at.
type Typed struct {
	Values   map[string][]string
	Revision int
	Strict   bool // to go on, what is missing is named too; to save, only what is wrong
	Typing   bool // sent while somebody types, not by a button: one after another these are one event
}

// errOvertaken says that another save came in between: to be tried again on what stands now.
var errOvertaken = errors.New("another save came first")

const (
	overtakings = 8                // how often a save is tried again
	typingLasts = 10 * time.Minute // how long what one person types in one section is one event
)

// tried writes, again where another save came in between.
func (s *Service) tried(ctx context.Context, do func(tx *work.Tx) error) error {
	var err error
	for range overtakings {
		if err = s.gate.Write(ctx, do); !errors.Is(err, errOvertaken) {
			break
		}
	}
	return err //nolint:wrapcheck // the use case has said what it was doing
}

// SaveSection keeps what was typed in a section of a return, right or wrong: nothing that was typed is lost. The fault then says what
// is wrong. What somebody else changed meanwhile is not overwritten: changes of different questions are merged, and where both changed
// the same one what stands now stays, and the fault carries both.
func (s *Service) SaveSection(ctx context.Context, id ident.Product, formID, section string, in Typed) (Space, error) {
	var sp Space
	err := s.tried(ctx, func(tx *work.Tx) error {
		var err error
		if sp, err = s.space(tx, id, formID, section, access.AnswerReturn); err != nil {
			return err
		}
		if sp.Section == nil {
			return work.NotFound("section")
		}
		return s.keep(tx, &sp, in)
	})
	switch {
	case err != nil:
		sp.Problems, sp.Clashes = nil, nil // they are about what was kept
	case len(sp.Clashes) > 0:
		err = fault.Stale(sp.Clashes, "Someone else changed the same answers after you opened this section")
	default:
		err = fault.Fields(sp.Problems)
	}
	return sp, err
}

// keep saves what was typed in a section and says what is wrong with it.
func (s *Service) keep(tx *work.Tx, sp *Space, in Typed) error {
	stands := sp.Return.Body.Answers
	mine, foreign := form.Bind(sp.Section, in.Values, stands)
	if len(foreign) > 0 {
		return fault.Fields(foreign)
	}
	var base form.Answers
	if in.Revision == sp.Return.Revision {
		base = stands
	}
	merge := form.Reconcile(sp.Section, in.Values, mine, stands, base)
	sp.Return.Body.Answers, sp.Others = merge.Answers, in.Revision != sp.Return.Revision
	if err := sound(sp); err != nil {
		return err
	}
	if err := sp.attribute(tx, merge.Clashes); err != nil {
		return err
	}
	mode := form.Partial
	if in.Strict {
		mode = form.Complete
	}
	sp.Problems = form.Check(sp.Form, sp.Section, merge.Answers, form.How{Mode: mode, Today: today(tx), Evidence: attached(sp.Return.Body)})
	if (in.Typing || len(merge.Clashes) > 0) && len(form.Changed(sp.Section, stands, merge.Answers)) == 0 {
		return nil // it is there already
	}
	if err := s.complete(tx, sp); err != nil {
		return err
	}
	if in.Typing {
		return saveTyping(tx, sp)
	}
	return save(tx, sp, map[string]any{"section": sp.Section.Path()})
}

// attribute says of each clash who saved the return last, and when.
func (sp *Space) attribute(tx *work.Tx, clashes []form.Clash) error {
	sp.Clashes = clashes
	by := ident.Person(sp.Return.SavedBy)
	if len(clashes) == 0 || sp.Return.SavedAt == nil {
		return nil
	}
	names, err := people.Names(tx, by)
	for i := range sp.Clashes {
		sp.Clashes[i].Who, sp.Clashes[i].At = names[by], *sp.Return.SavedAt
	}
	return err
}

// saveTyping keeps what goes on being typed: in the event with which the same person began to type in the section, if nobody came between.
func saveTyping(tx *work.Tx, sp *Space) error {
	r := sp.Return
	e, err := sp.saved(map[string]any{"section": sp.Section.Path(), "way": "typing"})
	if err != nil {
		return err
	}
	since, same := r.TypingSince, r.SavedBy == actor(tx) && r.TypingSection == sp.Section.Path()
	r.changed(tx)
	r.TypingSection, r.TypingSince = sp.Section.Path(), &tx.Now
	if same && since != nil && tx.Now.Sub(*since) < typingLasts {
		r.TypingSince = since
		tx.GoesOn(e, *since)
	} else {
		tx.Record(e)
	}
	return saveReturn(tx, r)
}

// saved is the event of a change to the return as it is now.
func (sp *Space) saved(facts map[string]any) (audit.Event, error) {
	digest, err := sp.Return.Body.digest()
	facts["form"], facts["digest"] = sp.Form.ID, digest
	return event(sp.Product.ID, string(access.AnswerReturn), facts), err
}

// save keeps the body of a return with its event.
func save(tx *work.Tx, sp *Space, facts map[string]any) error {
	e, err := sp.saved(facts)
	if err != nil {
		return err
	}
	tx.Record(e)
	if err := dropUnnamed(tx, sp.Return); err != nil {
		return err
	}
	sp.Return.changed(tx)
	return saveReturn(tx, sp.Return)
}

// changed notes who changes the return, by a button or otherwise than by typing.
func (r *Return) changed(tx *work.Tx) {
	r.SavedBy, r.SavedAt = actor(tx), &tx.Now
	r.endTyping()
}

func (r *Return) endTyping() { r.TypingSection, r.TypingSince = "", nil }

// edit changes the body of a return inside one unit of work, whatever somebody else saved meanwhile.
func (s *Service) edit(ctx context.Context, id ident.Product, formID, what string, change func(tx *work.Tx, sp *Space) error) error {
	return s.tried(ctx, func(tx *work.Tx) error {
		sp, err := s.space(tx, id, formID, "", access.AnswerReturn)
		if err != nil {
			return err
		}
		if err := change(tx, &sp); err != nil {
			return err
		}
		if err := sound(&sp); err != nil {
			return err
		}
		return save(tx, &sp, map[string]any{"change": what})
	})
}

// sound refuses what no page of ours sends: options and kinds of evidence that the form does not have.
func sound(sp *Space) error {
	if err := status.Validate(sp.Form, sp.Return.Body.of(sp.Product, status.Settings{}, nil)); err != nil {
		return fault.Wrap(fault.Invalid, err, "This return names something that the form does not have")
	}
	return nil
}
