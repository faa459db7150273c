package panel

import (
	"slices"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/review"
	"adoptionfund/internal/work"
)

// room is a meeting with all that belongs to it, as the transaction sees it.
type room struct {
	meeting  *Meeting
	members  []Member
	presence []Presence
	items    []Item
	declared []Declaration
	apps     map[ident.Application]*application.Application
	names    map[ident.Person]string
	chairs   []ident.Person // who lead, unless they are recused
	invited  []people.Person
	totals   map[ident.Application]review.Totals
}

// enter reads it.
func (s *Service) enter(tx *work.Tx, m *Meeting) (*room, error) {
	r := &room{meeting: m}
	var err error
	if r.members, err = membersOf(tx, m.ID); err != nil {
		return nil, err
	}
	if r.presence, err = presenceOf(tx, m.ID); err != nil {
		return nil, err
	}
	if r.items, err = itemsOf(tx, m.ID); err != nil {
		return nil, err
	}
	if r.declared, err = declarationsOf(tx, m.ID); err != nil {
		return nil, err
	}
	ids := make([]ident.Application, len(r.items))
	for i, item := range r.items {
		ids[i] = item.ApplicationID
	}
	if r.apps, err = application.ByIDs(tx, ids); err != nil {
		return nil, err
	}
	if r.totals, err = s.reviews.Standing(tx, m.call); err != nil {
		return nil, err
	}
	if r.chairs, err = chairs(tx, m.call); err != nil {
		return nil, err
	}
	if r.invited, err = people.WhoMay(tx, access.ViewMeeting, m.call.Scope()); err != nil {
		return nil, err
	}
	return r, r.name(tx)
}

// chairs are those of the panel who see how far its assessment is: the chair. A deputy acts for one application at a time.
func chairs(tx *work.Tx, c *fund.Call) ([]ident.Person, error) {
	panel, err := people.WhoMay(tx, access.OpenModeration, c.Scope())
	if err != nil {
		return nil, err
	}
	desk, err := people.WhoMay(tx, access.ViewProgress, c.Scope())
	if err != nil {
		return nil, err
	}
	var ids []ident.Person
	for _, p := range panel {
		if slices.ContainsFunc(desk, func(other people.Person) bool { return other.ID == p.ID }) {
			ids = append(ids, p.ID)
		}
	}
	return ids, nil
}

// name reads the names of everybody who appears.
func (r *room) name(tx *work.Tx) error {
	var ids []ident.Person
	for _, m := range r.members {
		ids = append(ids, m.Person)
	}
	for _, p := range r.presence {
		ids = append(ids, p.Person)
	}
	for _, d := range r.declared {
		ids = append(ids, d.Person)
	}
	for _, i := range r.items {
		ids = append(ids, i.Present...)
		ids = append(ids, i.SteppedOut...)
		if i.LedBy != nil {
			ids = append(ids, *i.LedBy)
		}
	}
	slices.Sort(ids)
	var err error
	r.names, err = people.Names(tx, slices.Compact(ids)...)
	return err
}

// item is the item of an application, nil if it is not on the agenda.
func (r *room) item(ref ident.Ref) *Item {
	for i := range r.items {
		if a := r.apps[r.items[i].ApplicationID]; a != nil && a.Ref == ref {
			return &r.items[i]
		}
	}
	return nil
}

// open is the item under discussion, nil if there is none.
func (r *room) open() *Item {
	for i := range r.items {
		if r.items[i].Open() {
			return &r.items[i]
		}
	}
	return nil
}

func (r *room) member(person ident.Person) *Member {
	for i := range r.members {
		if r.members[i].Person == person {
			return &r.members[i]
		}
	}
	return nil
}

// there are the people who are at the meeting now, each once.
func (r *room) there() []ident.Person {
	var ids []ident.Person
	for _, p := range r.presence {
		if p.LeftAt == nil && !slices.Contains(ids, p.Person) {
			ids = append(ids, p.Person)
		}
	}
	return ids
}

// here are the members who are at the meeting and may stay for an application, and those who step out for it.
func (r *room) here(a *application.Application) (here []Here, out []ident.Person) {
	for _, id := range r.there() {
		m := r.member(id)
		switch {
		case m == nil:
		case a.Bars(id):
			out = append(out, id)
		default:
			here = append(here, Here{id, m.Kind, slices.Contains(r.chairs, id) || slices.Contains(a.With(application.Deputy), id)})
		}
	}
	return here, out
}

// leads is who leads the discussion of an application: the chair, or the deputy where the chair is recused or not there.
func (r *room) leads(here []Here) *ident.Person {
	var deputy *ident.Person
	for _, h := range here {
		if h.Leads && slices.Contains(r.chairs, h.Person) {
			return &h.Person
		}
		if h.Leads && deputy == nil {
			deputy = &h.Person
		}
	}
	return deputy
}

// barred is the agenda with the members who must leave for each item.
func (r *room) barred(items []Item) []Barred {
	list := make([]Barred, 0, len(items))
	for _, i := range items {
		a := r.apps[i.ApplicationID]
		b := Barred{Ref: a.Ref}
		for _, m := range r.members {
			if a.Bars(m.Person) {
				b.Away = append(b.Away, m.Person)
			}
		}
		list = append(list, b)
	}
	return list
}

func (r *room) called(ids []ident.Person) []string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = r.names[id]
	}
	slices.Sort(names)
	return names
}
