package review

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Progress is how far the assessment of a call is.
type Progress struct {
	Call   *fund.Call
	Rubric *rubric.Rubric
	Sums   Sums
	Rows   []ProgressRow // a page of those that are asked for
	Found  int           // how many are asked for
	Masked int           // applications from which the one who looks is barred
	Chosen *ProgressRow  // the application that the filter chooses, if it is there
	May    map[access.Action]bool
}

// Sums are the figures of all applications of a call that the one who looks may see.
type Sums struct {
	States  map[workflow.ApplicationState]int
	Sent    int
	Asked   int
	Overdue int
	Ready   int // applications whose assessment can be closed
	Apart   int // applications in assessment with scores that differ by more than the limit
}

// ProgressRow is an application.
type ProgressRow struct {
	Ref     ident.Ref
	Title   string
	Lead    string
	State   workflow.ApplicationState
	Asked   int
	Totals  Totals
	Apart   []rubric.PartTotal
	Overdue int
	May     bool // close its assessment

	id ident.Application
}

// Ready reports whether the assessment can be closed.
func (r ProgressRow) Ready() bool {
	return r.State == workflow.Assessment && len(r.Totals.Missing) == 0 && len(r.Apart) == 0
}

// Shown narrows the applications on the desk.
type Shown string

// What can be shown.
const (
	ShowAll     Shown = ""
	ShowOverdue Shown = "overdue"
	ShowApart   Shown = "apart"
	ShowReady   Shown = "ready"
	ShowMissing Shown = "missing"
)

// Sorting is the order of the applications on the desk.
type Sorting string

// The orders.
const (
	SortReference Sorting = ""
	SortOverdue   Sorting = "overdue" // most overdue reviews first
	SortTotal     Sorting = "total"   // best first
	SortSpread    Sorting = "spread"  // widest differences first
)

// Filter says which applications the desk shows, in which order, from which on. What it does not know narrows nothing.
type Filter struct {
	In       workflow.ApplicationState // empty: in any state
	Show     Shown
	Search   string // part of the reference, the title or the lead's name
	Reviewer ident.Person
	Sort     Sorting
	From     int // how many come before
	Limit    int // 0: all
	Chosen   ident.Ref
}

// Progress gives how far the assessment of a call is, by application.
func (s *Service) Progress(ctx context.Context, ref ident.CallRef, f Filter) (Progress, error) {
	var p Progress
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		d, err := s.desk(tx, ref, access.ViewProgress)
		if err != nil {
			return err
		}
		tx.Saw("progress", string(d.call.Ref))
		p = Progress{Call: d.call, Rubric: d.rubric, Masked: d.masked, May: map[access.Action]bool{}}
		for _, act := range []access.Action{access.CloseAssessment, access.RemindReviewer, access.ReplaceReviewer, access.ViewSeverity} {
			if p.May[act], err = tx.May(act, d.call); err != nil {
				return err
			}
		}
		return p.fill(tx, d, f)
	})
	return p, err
}

// desk is what the pages of a call's assessment are made from: what the one who looks may see, and nothing of what they are barred from.
type desk struct {
	call   *fund.Call
	rubric *rubric.Rubric
	apps   []*figure // in the order of their references
	masked int
	now    time.Time
}

// desk reads it for somebody who may do an action in the call.
func (s *Service) desk(tx *work.Tx, ref ident.CallRef, act access.Action) (*desk, error) {
	c, err := fund.PermittedCall(tx, ref, act)
	if err != nil {
		return nil, err
	}
	return s.deskOf(tx, c)
}

// deskOf reads it for somebody whose permission was asked.
func (s *Service) deskOf(tx *work.Tx, c *fund.Call) (*desk, error) {
	d := &desk{call: c, now: tx.Now}
	var err error
	if d.rubric, err = s.rubric(c); err != nil {
		return nil, err
	}
	all, err := s.figures(tx, c)
	if err != nil {
		return nil, err
	}
	barred, err := barredFrom(tx, c.ID, tx.By.ID)
	if err != nil {
		return nil, err
	}
	for _, a := range all.apps {
		if barred[a.id] {
			d.masked++
			continue
		}
		d.apps = append(d.apps, a)
	}
	slices.SortFunc(d.apps, func(a, b *figure) int { return cmp.Compare(a.ref, b.ref) })
	return d, nil
}

func (d *desk) row(a *figure) ProgressRow {
	return ProgressRow{
		Ref: a.ref, Title: a.title, Lead: a.lead, State: a.state, Asked: a.totals.Reviews + a.totals.Pending, Totals: a.totals,
		Apart: a.totals.Apart(d.call.Settings.Review.ApartBy), Overdue: a.late(d.now), id: a.id,
	}
}

// fill makes the sums, and the page of rows that are asked for.
func (p *Progress) fill(tx *work.Tx, d *desk, f Filter) error {
	p.Sums.States = map[workflow.ApplicationState]int{}
	search := strings.ToLower(strings.TrimSpace(f.Search))
	for _, a := range d.apps {
		r := d.row(a)
		p.Sums.add(r)
		if r.Ref == f.Chosen {
			p.Chosen = &r
		}
		if f.shows(r) && f.from(a) && r.says(search) {
			p.Rows = append(p.Rows, r)
		}
	}
	p.Found = len(p.Rows)
	f.Sort.sort(p.Rows)
	p.Rows = p.Rows[min(max(f.From, 0), p.Found):]
	if f.Limit > 0 {
		p.Rows = p.Rows[:min(f.Limit, len(p.Rows))]
	}
	return p.ask(tx)
}

func (s *Sums) add(r ProgressRow) {
	s.States[r.State]++
	s.Sent, s.Asked, s.Overdue = s.Sent+r.Totals.Reviews, s.Asked+r.Asked, s.Overdue+r.Overdue
	if r.Ready() {
		s.Ready++
	}
	if r.State == workflow.Assessment && len(r.Apart) > 0 {
		s.Apart++
	}
}

// shows reports whether a row is among those that the filter wants, by its state and figures.
func (f Filter) shows(r ProgressRow) bool {
	if f.In != "" && f.In != r.State {
		return false
	}
	switch f.Show {
	case ShowOverdue:
		return r.Overdue > 0
	case ShowApart:
		return len(r.Apart) > 0
	case ShowReady:
		return r.Ready()
	case ShowMissing:
		return len(r.Totals.Missing) > 0
	case ShowAll:
	}
	return true
}

// from reports whether the reviewer that the filter names is among the application's.
func (f Filter) from(a *figure) bool {
	return f.Reviewer == "" || slices.ContainsFunc(a.seats, func(s assignment.Assignment) bool { return s.Person == f.Reviewer })
}

func (r ProgressRow) says(search string) bool {
	return search == "" || strings.Contains(strings.ToLower(string(r.Ref)+"\n"+r.Title+"\n"+r.Lead), search)
}

// sort sorts rows that are in the order of their references.
func (o Sorting) sort(rows []ProgressRow) {
	switch o {
	case SortOverdue:
		slices.SortStableFunc(rows, func(a, b ProgressRow) int { return cmp.Compare(b.Overdue, a.Overdue) })
	case SortTotal:
		slices.SortStableFunc(rows, func(a, b ProgressRow) int { return cmp.Compare(b.Totals.Total, a.Totals.Total) })
	case SortSpread:
		slices.SortStableFunc(rows, func(a, b ProgressRow) int { return cmp.Compare(b.widest(), a.widest()) })
	case SortReference:
	}
}

// widest is the largest difference between two scores of one part.
func (r ProgressRow) widest() int {
	most := 0
	for _, p := range r.Totals.Parts {
		most = max(most, p.Spread())
	}
	return most
}

// ask finds of the rows on the page, and of the one that is chosen, whose assessment the one who looks may close.
func (p *Progress) ask(tx *work.Tx) error {
	if !tx.Policy().MayAnywhere(tx.By, access.CloseAssessment) {
		return nil
	}
	ids := make([]ident.Application, len(p.Rows))
	for i, r := range p.Rows {
		ids[i] = r.id
	}
	if p.Chosen != nil {
		ids = append(ids, p.Chosen.id)
	}
	apps, err := application.ByIDs(tx, ids)
	if err != nil {
		return err
	}
	for i := range p.Rows {
		if p.Rows[i].May, err = tx.May(access.CloseAssessment, apps[p.Rows[i].id]); err != nil {
			return err
		}
	}
	if p.Chosen != nil {
		p.Chosen.May, err = tx.May(access.CloseAssessment, apps[p.Chosen.id])
	}
	return err
}
