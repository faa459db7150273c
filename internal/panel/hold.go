package panel

import (
	"context"
	"errors"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
)

// errAgain ends a change that was made already: nothing is written, and nothing went wrong.
var errAgain = errors.New("panel: this was recorded already")

// unlessAgain takes out that a change was made already.
func unlessAgain(err error) error {
	if errors.Is(err, errAgain) {
		return nil
	}
	return err
}

// held runs a change of what is recorded of a meeting as a whole.
func (s *Service) held(ctx context.Context, at At, change func(*work.Tx, *room) error) error {
	return unlessAgain(s.gate.Write(ctx, func(tx *work.Tx) error {
		m, err := byID(tx, at)
		if err != nil {
			return err
		}
		if err := tx.Require(access.RecordMeeting, m); err != nil {
			return err
		}
		if err := moved(tx, m); err != nil {
			return err
		}
		r, err := s.enter(tx, m)
		if err != nil {
			return err
		}
		return change(tx, r)
	}))
}

// running refuses what is recorded of a meeting only while it is held.
func (m *Meeting) running() error {
	switch m.Stage() {
	case Running:
		return nil
	case Planned:
		return fault.New(fault.Conflict, "The meeting has not been started")
	case Ended, Signed:
	}
	return fault.New(fault.Conflict, "The meeting has ended")
}

// Start notes that the meeting begins.
func (s *Service) Start(ctx context.Context, at At) error {
	return s.held(ctx, at, func(tx *work.Tx, r *room) error {
		m := r.meeting
		if m.StartedAt != nil {
			return errAgain
		}
		m.StartedAt = &tx.Now
		record(tx, m, event{verb: access.RecordMeeting, facts: map[string]any{"step": "start"}})
		return work.Save(tx, m, &m.Version)
	})
}

// End notes that it is over: everybody has left, and the minutes are composed from what was recorded. An item under discussion is closed first.
func (s *Service) End(ctx context.Context, at At) error {
	return s.held(ctx, at, func(tx *work.Tx, r *room) error {
		m := r.meeting
		if err := m.running(); err != nil {
			return err
		}
		if r.open() != nil {
			return fault.New(fault.Conflict, "An item is under discussion. Record what was decided, or defer it, then end the meeting")
		}
		m.EndedAt = &tx.Now
		if err := gone(tx, m, ""); err != nil {
			return err
		}
		if err := work.Save(tx, m, &m.Version); err != nil {
			return err
		}
		var err error
		if r.presence, err = presenceOf(tx, m.ID); err != nil {
			return err
		}
		sections := r.compose(tx)
		record(tx, m, event{verb: access.RecordMeeting, facts: map[string]any{"step": "end", "sections": len(sections)}, sections: sections})
		return addSections(tx, sections)
	})
}

// Coming is somebody who comes or goes.
type Coming string

// What can be noted of somebody.
const (
	Arrives  Coming = "arrives"
	Leaves   Coming = "leaves"
	Excuses  Coming = "excuses" // they sent apologies
	Expected Coming = "expected"
)

// Noted is what is noted of somebody.
type Noted struct {
	Person ident.Person
	What   Coming
	Words  string // with apologies
}

// Note notes that somebody who may see the meeting came or left, or that a member sent apologies. To note it again changes nothing.
func (s *Service) Note(ctx context.Context, at At, n Noted) error {
	return s.held(ctx, at, func(tx *work.Tx, r *room) error {
		if r.member(n.Person) == nil && !slices.ContainsFunc(r.invited, func(p people.Person) bool { return p.ID == n.Person }) {
			return fault.Fields(fault.Problems{"person": "Select somebody who may come to the meeting"})
		}
		record(tx, r.meeting, event{verb: access.RecordMeeting, facts: map[string]any{"step": n.What, "person": n.Person}})
		switch n.What {
		case Arrives, Leaves:
			return r.move(tx, n.Person, n.What)
		case Excuses, Expected:
			return r.excuse(tx, n)
		}
		return fault.Fields(fault.Problems{"person": "Select what is to be noted"})
	})
}

func (r *room) move(tx *work.Tx, person ident.Person, what Coming) error {
	if err := r.meeting.running(); err != nil {
		return err
	}
	there := slices.Contains(r.there(), person)
	switch {
	case what == Leaves:
		return gone(tx, r.meeting, person)
	case there:
		return nil
	}
	if m := r.member(person); m != nil && m.ApologiesAt != nil {
		m.ApologiesAt, m.Apologies = nil, ""
		if err := counted(tx, m); err != nil {
			return err
		}
	}
	return work.Add(tx, &Presence{ID: ident.New[string](), MeetingID: r.meeting.ID, Person: person, JoinedAt: tx.Now})
}

func (r *room) excuse(tx *work.Tx, n Noted) error {
	m := r.member(n.Person)
	switch {
	case m == nil:
		return fault.Fields(fault.Problems{"person": "Apologies are noted of members"})
	case r.meeting.EndedAt != nil:
		return fault.New(fault.Conflict, "The meeting has ended")
	case form.Characters(n.Words) > 500:
		return fault.Fields(fault.Problems{"words": "The apologies must be 500 characters or fewer"})
	}
	m.ApologiesAt, m.Apologies = &tx.Now, strings.TrimSpace(n.Words)
	if n.What == Expected {
		m.ApologiesAt, m.Apologies = nil, ""
	}
	return counted(tx, m)
}

// Declaring is a declaration as it is typed.
type Declaring struct {
	Person    ident.Person
	About     ident.Ref // empty: in general
	Statement string
}

// Declare notes what a member declared at the meeting, about an application on the agenda or in general. That somebody has a conflict is
// declared under interests: this bars nobody.
func (s *Service) Declare(ctx context.Context, at At, in Declaring) error {
	return s.held(ctx, at, func(tx *work.Tx, r *room) error {
		if r.meeting.EndedAt != nil {
			return fault.New(fault.Conflict, "The meeting has ended")
		}
		d := &Declaration{ID: ident.New[string](), MeetingID: r.meeting.ID, Person: in.Person, Statement: strings.TrimSpace(in.Statement), At: tx.Now}
		problems := r.checkDeclaration(d)
		if i := r.item(in.About); in.About != "" && (i == nil || r.apps[i.ApplicationID].Bars(tx.By.ID)) {
			problems["about"] = "Select an application on the agenda"
		} else if i != nil {
			d.ApplicationID = &i.ApplicationID
		}
		if err := fault.Fields(problems); err != nil {
			return err
		}
		record(tx, r.meeting, event{verb: access.RecordMeeting, facts: map[string]any{"step": "declaration", "person": d.Person, "digest": audit.Digest([]byte(d.Statement))}})
		return work.Add(tx, d)
	})
}

func (r *room) checkDeclaration(d *Declaration) fault.Problems {
	problems := fault.Problems{}
	if r.member(d.Person) == nil {
		problems["declares"] = "Select a member of the meeting"
	}
	if n := form.Characters(d.Statement); n == 0 || n > 2000 {
		problems["statement"] = "Enter what was declared, in 2,000 characters or fewer"
	}
	return problems
}

// led runs a change of one item of a running meeting. Who is recused from its application does not learn that it is on the agenda; where the
// chair is recused, the deputy records.
func (s *Service) led(ctx context.Context, at At, ref ident.Ref, change func(*work.Tx, *room, *Item) error) error {
	return unlessAgain(s.gate.Write(ctx, func(tx *work.Tx) error {
		m, err := byID(tx, at)
		if err != nil {
			return err
		}
		if err := moved(tx, m); err != nil { // one after the other: two who record at once do not open two items
			return err
		}
		r, err := s.enter(tx, m)
		if err != nil {
			return err
		}
		i := r.item(ref)
		if i == nil || r.apps[i.ApplicationID].Bars(tx.By.ID) {
			return work.NotFound("item on the agenda")
		}
		if err := tx.Require(access.RecordMeeting, r.apps[i.ApplicationID]); err != nil {
			return err
		}
		if err := m.running(); err != nil {
			return err
		}
		return change(tx, r, i)
	}))
}

// Take opens an item: everybody sees it, and those who are recused are asked to leave.
func (s *Service) Take(ctx context.Context, at At, ref ident.Ref) error {
	return s.led(ctx, at, ref, func(tx *work.Tx, r *room, i *Item) error {
		switch other := r.open(); {
		case i.Open():
			return errAgain
		case other != nil && r.apps[other.ApplicationID].Bars(tx.By.ID):
			return fault.New(fault.Conflict, "The item before is not closed yet")
		case other != nil:
			return fault.New(fault.Conflict, "%s is under discussion. Record what was decided, or defer it", r.apps[other.ApplicationID].Ref)
		}
		i.OpenedAt, i.ClosedAt, i.Outcome, i.Note = &tx.Now, nil, "", ""
		a := r.apps[i.ApplicationID]
		record(tx, r.meeting, event{verb: access.RecordMeeting, about: a, facts: map[string]any{"step": "open", "item": i.ID}})
		return work.Save(tx, i, &i.Version)
	})
}

// Decision is what was decided of an item.
type Decision struct {
	Outcome Outcome
	Note    string
	Version int // of the item, as it was read
}

// Decide records what was decided of the item under discussion, and closes it. Without a quorum nothing but a deferral can be recorded.
func (s *Service) Decide(ctx context.Context, at At, ref ident.Ref, d Decision) error {
	return s.led(ctx, at, ref, func(tx *work.Tx, r *room, i *Item) error {
		a := r.apps[i.ApplicationID]
		switch {
		case !i.Open():
			return fault.New(fault.Conflict, "%s is not under discussion", a.Ref)
		case d.Version != i.Version:
			return fault.Stale(map[string]string{"note": i.Note}, "The item was changed after you opened it")
		}
		if err := r.check(a, &d); err != nil {
			return err
		}
		here, out := r.here(a)
		if missing := Missing(r.meeting.call.Settings.Review.NeededToDecide(), here, s.title(r.meeting)); len(missing) > 0 && d.Outcome != Deferred {
			return fault.Fields(fault.Problems{"outcome": lacks(missing)})
		}
		i.ClosedAt, i.Outcome, i.Note, i.LedBy, i.RecordedBy = &tx.Now, d.Outcome, d.Note, r.leads(here), &tx.By.ID
		i.Present, i.SteppedOut = nil, out
		for _, h := range here {
			i.Present = append(i.Present, h.Person)
		}
		record(tx, r.meeting, event{verb: access.RecordMeeting, about: a, facts: map[string]any{"step": "decide", "item": i.ID, "outcome": d.Outcome, "present": len(here), "digest": audit.Digest([]byte(d.Note))}})
		return work.Save(tx, i, &i.Version)
	})
}

// check refuses an outcome that an application cannot have, or one that lacks its reason.
func (r *room) check(a *application.Application, d *Decision) error {
	d.Note = strings.TrimSpace(d.Note)
	problems := fault.Problems{}
	list := allowed(a.State, r.totals[a.ID])
	at := slices.IndexFunc(list, func(info OutcomeInfo) bool { return info.Outcome == d.Outcome })
	switch {
	case at < 0:
		problems["outcome"] = "Select what was decided"
	case list[at].NeedsNote && d.Note == "":
		problems["note"] = "Enter the reason, as the minutes will show it"
	}
	if form.Characters(d.Note) > longestNotes {
		problems["note"] = "The note must be 4,000 characters or fewer"
	}
	return fault.Fields(problems)
}

// title gives the words for a kind of reviewer in a call.
func (s *Service) title(m *Meeting) func(string) string {
	r, err := s.reviews.Rubric(m.call)
	return func(kind string) string {
		if err != nil {
			return kind
		}
		return r.KindTitle(kindOf(kind))
	}
}
