package panel

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/people"
	"adoptionfund/internal/review"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Service is the use cases of those who plan, hold and minute meetings.
type Service struct {
	gate    *work.Gate
	reviews *review.Service
}

// NewService makes the service.
func NewService(gate *work.Gate, reviews *review.Service) *Service { return &Service{gate, reviews} }

// Planning is a meeting as it is typed.
type Planning struct {
	Title string
	Day   string // as 2026-11-28
	Clock string // as 10:00, UK time
	Place string
	Notes string
}

const (
	longestTitle = 200
	longestPlace = 500
	longestNotes = 4000
)

// read understands what was typed.
func (p *Planning) read() (time.Time, fault.Problems) {
	problems := fault.Problems{}
	p.Title, p.Place, p.Notes = strings.TrimSpace(p.Title), strings.TrimSpace(p.Place), strings.TrimSpace(p.Notes)
	if n := form.Characters(p.Title); n == 0 || n > longestTitle {
		problems["title"] = "Enter what the meeting is called, in 200 characters or fewer"
	}
	if n := form.Characters(p.Place); n == 0 || n > longestPlace {
		problems["place"] = "Enter where the meeting is, or the address of the video call, in 500 characters or fewer"
	}
	if form.Characters(p.Notes) > longestNotes {
		problems["notes"] = "The notes must be 4,000 characters or fewer"
	}
	if _, err := uktime.Parse(p.Day); err != nil {
		problems["day"] = "Enter the day of the meeting, such as 3 12 2026"
	}
	clock, ok := uktime.ReadClock(p.Clock)
	if !ok {
		problems["clock"] = "Enter the time at which it starts, such as 10:30"
	}
	at, ok := uktime.At(p.Day, clock)
	if !ok && len(problems) == 0 {
		problems["clock"] = "There is no such time on that day"
	}
	return at, problems
}

// Plan plans a meeting: its members are the panel, its agenda the applications in moderation. The members are told.
func (s *Service) Plan(ctx context.Context, call ident.CallRef, p Planning) (string, error) {
	var id string
	err := s.gate.Write(ctx, func(tx *work.Tx) error {
		c, err := fund.PermittedCall(tx, call, access.PrepareMeeting)
		if err != nil {
			return err
		}
		at, problems := p.read()
		if len(problems) == 0 && at.Before(tx.Now) {
			problems["day"] = "The meeting must be in the future"
		}
		if err := fault.Fields(problems); err != nil {
			return err
		}
		m := &Meeting{ID: ident.New[string](), CallID: c.ID, Title: p.Title, StartsAt: at, Place: p.Place, Notes: p.Notes, PlannedBy: tx.By.ID, PlannedAt: tx.Now, Version: 1, call: c}
		id = m.ID
		if err := work.Add(tx, m); err != nil {
			return err
		}
		members, err := s.convene(tx, m)
		if err != nil {
			return err
		}
		if err := s.suggest(tx, m); err != nil {
			return err
		}
		record(tx, m, event{verb: access.PrepareMeeting, facts: map[string]any{"starts_at": at, "members": len(members)}})
		return tell(tx, m, members)
	})
	return id, err
}

// convene makes the panel the members, each of the kind as which they review in the round.
func (s *Service) convene(tx *work.Tx, m *Meeting) ([]people.Person, error) {
	panel, err := people.WhoMay(tx, access.OpenModeration, m.call.Scope())
	if err != nil {
		return nil, err
	}
	reviewers, err := assignment.ReviewersIn(tx, m.call.RoundID)
	if err != nil {
		return nil, err
	}
	for _, p := range panel {
		member := &Member{ID: ident.New[string](), MeetingID: m.ID, Person: p.ID}
		for _, r := range reviewers {
			if r.Person == p.ID {
				member.Kind = r.Kind
			}
		}
		if err := work.Add(tx, member); err != nil {
			return nil, err
		}
	}
	return panel, nil
}

// suggest puts the applications in moderation on the agenda, in the order that keeps recusals together.
func (s *Service) suggest(tx *work.Tx, m *Meeting) error {
	apps, err := application.InCall(tx, m.call, workflow.Moderation)
	if err != nil {
		return err
	}
	return s.put(tx, m, apps)
}

// put adds applications to the end of the agenda; those that are on it already stay where they are.
func (s *Service) put(tx *work.Tx, m *Meeting, apps []*application.Application) error {
	r, err := s.enter(tx, m)
	if err != nil {
		return err
	}
	var fresh []Item
	for _, a := range apps {
		if r.item(a.Ref) == nil {
			r.apps[a.ID] = a
			fresh = append(fresh, Item{ID: ident.New[string](), MeetingID: m.ID, ApplicationID: a.ID, Version: 1})
		}
	}
	next := 0
	for _, i := range r.items {
		next = max(next, i.Position)
	}
	for _, i := range r.together(fresh) {
		next++
		i.Position = next
		if err := work.Add(tx, &i); err != nil {
			return err
		}
	}
	return nil
}

// event is something that happened to a meeting, or to one of its applications, with the sections of the minutes that it changed.
type event struct {
	verb     access.Action
	about    *application.Application
	facts    map[string]any
	sections []Section
}

func record(tx *work.Tx, m *Meeting, e event) {
	kept := audit.Event{Verb: string(e.verb), Kind: "meeting", Subject: m.ID, Round: m.call.RoundID, Call: m.call.ID, Facts: e.facts}
	if e.about != nil {
		kept.Application = e.about.ID
	}
	for _, s := range e.sections {
		kept.Guards = append(kept.Guards, audit.Row{Table: "meeting_minutes", Key: s.ID})
	}
	tx.Record(kept)
}

// tell sends the members when and where the meeting is.
func tell(tx *work.Tx, m *Meeting, to []people.Person) error {
	for _, p := range to {
		fields := fund.Fields(m.call)
		fields["name"], fields["title"], fields["when"], fields["place"], fields["meeting"] = p.Name, m.Title, uktime.Moment(m.StartsAt), m.Place, m.ID
		key := fmt.Sprintf("%s:%s:%s", m.ID, m.StartsAt.Format(time.RFC3339), audit.Digest([]byte(m.Place))[:12])
		if err := tx.Notify(notify.Message{Kind: "meeting_planned", Person: p.ID, Address: p.Email, Key: key, Fields: fields}); err != nil {
			return err
		}
	}
	return nil
}

// Changing is what a fund manager changes of a meeting before it ends.
type Changing struct {
	Planning

	Kinds   map[ident.Person]string // as which kind each member counts
	Version int
}

// Change changes date, place, notes and as what members count. Members are told of another date or place.
func (s *Service) Change(ctx context.Context, which At, c Changing) error {
	return s.prepared(ctx, which, func(tx *work.Tx, r *room) error {
		m := r.meeting
		if c.Version != m.Version {
			return fault.Stale(map[string]string{"title": m.Title, "place": m.Place, "notes": m.Notes}, "The meeting was changed after you opened it")
		}
		at, problems := c.read()
		if err := fault.Fields(problems); err != nil {
			return err
		}
		elsewhere := !at.Equal(m.StartsAt) || c.Place != m.Place
		m.Title, m.StartsAt, m.Place, m.Notes = c.Title, at, c.Place, c.Notes
		if err := r.count(tx, c.Kinds); err != nil {
			return err
		}
		if err := work.Save(tx, m, &m.Version); err != nil {
			return err
		}
		record(tx, m, event{verb: access.PrepareMeeting, facts: map[string]any{"starts_at": at}})
		if !elsewhere {
			return nil
		}
		return r.tellAll(tx)
	})
}

// count notes as what members count from now on.
func (r *room) count(tx *work.Tx, kinds map[ident.Person]string) error {
	for i := range r.members {
		if kind, there := kinds[r.members[i].Person]; there && kind != r.members[i].Kind {
			r.members[i].Kind = kind
			if err := counted(tx, &r.members[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *room) tellAll(tx *work.Tx) error {
	ids := make([]ident.Person, len(r.members))
	for i, member := range r.members {
		ids[i] = member.Person
	}
	to, err := people.ByIDs(tx, ids)
	if err != nil {
		return err
	}
	return tell(tx, r.meeting, to)
}

// prepared runs a change of a meeting that has not ended, by somebody who prepares it.
func (s *Service) prepared(ctx context.Context, at At, change func(*work.Tx, *room) error) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		m, err := byID(tx, at)
		if err != nil {
			return err
		}
		if err := tx.Require(access.PrepareMeeting, m); err != nil {
			return err
		}
		if m.EndedAt != nil {
			return fault.New(fault.Conflict, "The meeting has ended: it cannot be changed any more")
		}
		r, err := s.enter(tx, m)
		if err != nil {
			return err
		}
		return change(tx, r)
	})
}

// AddItems puts applications on the agenda: those that are named, and all that are assessed if that is asked.
func (s *Service) AddItems(ctx context.Context, at At, refs []ident.Ref, assessed bool) error {
	return s.prepared(ctx, at, func(tx *work.Tx, r *room) error {
		apps, err := application.InCall(tx, r.meeting.call, workflow.Assessment, workflow.Moderation, workflow.Assessed)
		if err != nil {
			return err
		}
		for _, ref := range refs {
			if !slices.ContainsFunc(apps, func(a *application.Application) bool { return a.Ref == ref }) {
				return fault.Fields(fault.Problems{"refs": fmt.Sprintf("%s is not an application of this call that is assessed", ref)})
			}
		}
		chosen := slices.DeleteFunc(apps, func(a *application.Application) bool {
			return !slices.Contains(refs, a.Ref) && (!assessed || a.State != workflow.Assessed)
		})
		if len(chosen) == 0 {
			return fault.Fields(fault.Problems{"refs": "Enter the references of applications, such as " + string(r.meeting.call.Ref[:4]) + "-0001"})
		}
		if err := s.put(tx, r.meeting, chosen); err != nil {
			return err
		}
		record(tx, r.meeting, event{verb: access.PrepareMeeting, facts: map[string]any{"added": len(chosen)}})
		return moved(tx, r.meeting)
	})
}

// Arranging is a new order of the agenda, or items that are taken off it.
type Arranging struct {
	Positions map[ident.Ref]int // where each is to stand; those without stay where they were
	Off       []ident.Ref
	Together  bool // in the order that keeps recusals together, whatever the positions
}

// Arrange puts the items that were not opened yet into another order, after those that were.
func (s *Service) Arrange(ctx context.Context, at At, a Arranging) error {
	return s.prepared(ctx, at, func(tx *work.Tx, r *room) error {
		done, left, err := r.sorted(tx, a)
		if err != nil {
			return err
		}
		for i, item := range slices.Concat(done, left) {
			item.Position = i + 1
			if err := placed(tx, &item); err != nil {
				return err
			}
		}
		record(tx, r.meeting, event{verb: access.PrepareMeeting, facts: map[string]any{"items": len(done) + len(left), "off": len(a.Off)}})
		return moved(tx, r.meeting)
	})
}

// sorted gives the items that were opened, and the others in their new order. Those that go are taken off. Of two that are to stand in one
// place, the one that is moved there comes first.
func (r *room) sorted(tx *work.Tx, a Arranging) (done, left []Item, err error) {
	rank := map[string]int{}
	for _, item := range r.items {
		ref := r.apps[item.ApplicationID].Ref
		switch at, there := a.Positions[ref]; {
		case item.OpenedAt != nil:
			done = append(done, item)
			continue
		case slices.Contains(a.Off, ref):
			if err := takenOff(tx, &item); err != nil {
				return nil, nil, err
			}
			continue
		case there && at < item.Position:
			rank[item.ID] = 2*at - 1
		case there && at > item.Position:
			rank[item.ID] = 2*at + 1
		default:
			rank[item.ID] = 2 * item.Position
		}
		left = append(left, item)
	}
	slices.SortStableFunc(left, func(a, b Item) int { return cmp.Compare(rank[a.ID], rank[b.ID]) })
	if a.Together {
		left = r.together(left)
	}
	return done, left, nil
}

// together is a list of items in the order that keeps recusals together.
func (r *room) together(items []Item) []Item {
	ordered := make([]Item, 0, len(items))
	for _, ref := range Order(r.barred(items)) {
		for _, i := range items {
			if r.apps[i.ApplicationID].Ref == ref {
				ordered = append(ordered, i)
			}
		}
	}
	return ordered
}
