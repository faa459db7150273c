package panel

import (
	"cmp"
	"context"
	"slices"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/review"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Meetings are the meetings of a call.
type Meetings struct {
	Call     *fund.Call
	Meetings []Meeting
	Plans    bool
}

// In gives the meetings of a call to its panel and observers.
func (s *Service) In(ctx context.Context, ref ident.CallRef) (Meetings, error) {
	var v Meetings
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		c, err := fund.PermittedCall(tx, ref, access.ViewMeeting)
		if err != nil {
			return err
		}
		v.Call = c
		if v.Plans, err = tx.May(access.PrepareMeeting, c); err != nil {
			return err
		}
		v.Meetings, err = inCall(tx, c)
		return err
	})
	return v, err
}

// View is a meeting as the one who looks may see it: nothing of an application from which they are barred but that there is one.
type View struct {
	Meeting  *Meeting
	Rubric   *rubric.Rubric
	Items    []ItemView
	Current  *ItemView
	StepOut  bool // the present item is none for the one who looks: they are asked to leave
	Masked   int  // items from which they are barred
	Members  []MemberView
	Others   []MemberView // who may come besides, and whether they are there
	Declared []DeclarationView
	Records  bool // may record of the meeting as a whole
	Prepares bool
	Quorum   map[string]int
	Steps    int // how many times somebody leaves or comes back by this agenda; for those who prepare it
}

// ItemView is an item on the agenda.
type ItemView struct {
	Item

	Ref      ident.Ref
	Title    string
	Lead     string
	State    workflow.ApplicationState
	Totals   *review.Totals // nil where the one who looks does not see scores
	Led      string
	Leaves   []string // members who are recused
	Missing  []string // what a decision lacks now
	Outcomes []OutcomeInfo
	Records  bool
	Papers   bool // they may read its moderation
}

// MemberView is somebody at a meeting.
type MemberView struct {
	Member

	Name  string
	Leads bool
	There bool
	Times string
}

// DeclarationView is a declaration with its names.
type DeclarationView struct {
	Declaration

	Who string
	Ref ident.Ref
}

// View gives a meeting.
func (s *Service) View(ctx context.Context, at At) (View, error) {
	var v View
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		m, err := byID(tx, at)
		if err != nil {
			return err
		}
		if err := tx.Require(access.ViewMeeting, m); err != nil {
			return err
		}
		tx.Saw("meeting", m.ID)
		r, err := s.enter(tx, m)
		if err != nil {
			return err
		}
		v = View{Meeting: m, Quorum: m.call.Settings.Review.NeededToDecide()}
		if v.Rubric, err = s.reviews.Rubric(m.call); err != nil {
			return err
		}
		return v.fill(tx, r, s.title(m))
	})
	return v, err
}

// Now is the version of a meeting, for those who wait for what comes next.
func (s *Service) Now(ctx context.Context, at At) (int, error) {
	version := 0
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		m, err := byID(tx, at)
		if err != nil {
			return err
		}
		version = m.Version
		return tx.Require(access.ViewMeeting, m)
	})
	return version, err
}

func (v *View) fill(tx *work.Tx, r *room, title func(string) string) error {
	var err error
	if v.Records, err = tx.May(access.RecordMeeting, r.meeting); err != nil {
		return err
	}
	if v.Prepares, err = tx.May(access.PrepareMeeting, r.meeting); err != nil {
		return err
	}
	if err := v.agenda(tx, r, title); err != nil {
		return err
	}
	if v.Prepares && v.Masked == 0 {
		v.Steps = Steps(r.barred(r.items))
	}
	v.people(r)
	v.declared(tx, r)
	return nil
}

// agenda fills in the items that the one who looks may see.
func (v *View) agenda(tx *work.Tx, r *room, title func(string) string) error {
	for i := range r.items {
		a := r.apps[r.items[i].ApplicationID]
		if a.Bars(tx.By.ID) {
			v.Masked++
			v.StepOut = v.StepOut || r.items[i].Open()
			continue
		}
		line, err := r.line(tx, &r.items[i], a, title)
		if err != nil {
			return err
		}
		v.Items = append(v.Items, line)
		if line.Open() {
			v.Current = &line
		}
	}
	return nil
}

func (v *View) declared(tx *work.Tx, r *room) {
	for _, d := range r.declared {
		line := DeclarationView{Declaration: d, Who: r.names[d.Person]}
		if d.ApplicationID != nil {
			a := r.apps[*d.ApplicationID]
			if a == nil || a.Bars(tx.By.ID) {
				continue
			}
			line.Ref = a.Ref
		}
		v.Declared = append(v.Declared, line)
	}
}

func (r *room) line(tx *work.Tx, i *Item, a *application.Application, title func(string) string) (ItemView, error) {
	line := ItemView{Item: *i, Ref: a.Ref, Title: a.Title, Lead: a.LeadName, State: a.State}
	var err error
	if line.Records, err = tx.May(access.RecordMeeting, a); err != nil {
		return line, err
	}
	if line.Papers, err = tx.May(access.ViewModeration, a); err != nil {
		return line, err
	}
	waits := slices.Contains(a.With(application.Assigned), tx.By.ID) && !slices.Contains(a.With(application.Reviewed), tx.By.ID)
	line.Papers = line.Papers && !waits // who has a review to write sees no scores before it is sent
	if t, there := r.totals[a.ID]; there && line.Papers {
		line.Totals = &t
	}
	if i.LedBy != nil {
		line.Led = r.names[*i.LedBy]
	}
	var out []ident.Person
	for _, m := range r.members {
		if a.Bars(m.Person) {
			out = append(out, m.Person)
		}
	}
	line.Leaves = r.called(out)
	if i.Open() {
		here, _ := r.here(a)
		line.Missing = Missing(r.meeting.call.Settings.Review.NeededToDecide(), here, title)
		line.Outcomes = allowed(a.State, r.totals[a.ID])
	}
	return line, nil
}

// people fills in who belongs to the meeting, and who may come besides.
func (v *View) people(r *room) {
	there := r.there()
	view := func(m Member, name string) MemberView {
		return MemberView{Member: m, Name: name, Leads: slices.Contains(r.chairs, m.Person), There: slices.Contains(there, m.Person), Times: r.times(m.Person)}
	}
	for _, m := range r.members {
		v.Members = append(v.Members, view(m, r.names[m.Person]))
	}
	slices.SortFunc(v.Members, func(a, b MemberView) int { return cmp.Compare(a.Name, b.Name) })
	for _, p := range r.invited {
		if r.member(p.ID) == nil {
			v.Others = append(v.Others, view(Member{Person: p.ID}, p.Name))
		}
	}
	for _, id := range r.others() {
		if !slices.ContainsFunc(r.invited, func(p people.Person) bool { return p.ID == id }) {
			v.Others = append(v.Others, view(Member{Person: id}, r.names[id]))
		}
	}
}
