package report

import (
	"cmp"
	"slices"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/workflow"
)

// funnel is how many applications came how far, by call.
func funnel() *Report {
	return &Report{
		Kind: "funnel", Title: "Round funnel", One: "step", Many: "steps", Action: access.ReportProgress,
		About:   "How many applications of each call came how far: started, submitted, eligible, assessed, successful, agreed. An application that was withdrawn or left out counts in the steps that it reached.",
		Sources: "The moves of applications in the audit trail, and the awards.",
		Columns: []Column{
			{Name: "call", Label: "Call", Type: Text, Meaning: "The reference of the call"},
			{Name: "step", Label: "Step", Type: Text, Meaning: "How far applications came"},
			{Name: "reached", Label: "Applications", Type: Number, Meaning: "How many applications ever reached the step"},
			{Name: "share", Label: "Of submitted, %", Type: Decimal, Meaning: "Their share of those that were submitted, in percent"},
			{Name: "requested", Label: "Requested", Type: Money, Meaning: "What those applications ask for, in pounds"},
			{Name: "awarded", Label: "Awarded", Type: Money, Meaning: "What those applications were awarded and have not lost, in pounds"},
		},
		Filters: []Filter{callFilter()},
		rows:    whole(funnelRows),
	}
}

// whole makes a reader of a report that is small enough to be made at once.
func whole(all func(*Reading) ([]Row, error)) func(*Reading, string, int) ([]Row, error) {
	return func(r *Reading, after string, n int) ([]Row, error) {
		rows, there := r.made[r.barred]
		if !there {
			var err error
			if rows, err = all(r); err != nil {
				return nil, err
			}
			r.made[r.barred] = rows
		}
		from := 0
		if after != "" {
			from = slices.IndexFunc(rows, func(row Row) bool { return row.Key == after }) + 1
		}
		return rows[from:min(len(rows), from+n)], nil
	}
}

// step is a place in the funnel: reached by being in one of its states, or by what came of the award.
type step struct {
	name   string
	states []workflow.ApplicationState
	agreed bool
	shut   bool // tells of proposals before their release
}

func steps() []step {
	later := []workflow.ApplicationState{workflow.Assessment, workflow.Moderation, workflow.Assessed}
	return []step{
		{name: "Started", states: []workflow.ApplicationState{workflow.Draft}},
		{name: "Submitted", states: []workflow.ApplicationState{workflow.Submitted}},
		{name: "Eligible", states: []workflow.ApplicationState{workflow.Eligible}},
		{name: "In assessment", states: later},
		{name: "Assessed", states: []workflow.ApplicationState{workflow.Assessed}},
		{name: "Proposed for funding", states: []workflow.ApplicationState{workflow.ProposedFund}, shut: true},
		{name: "Successful", states: []workflow.ApplicationState{workflow.Successful}},
		{name: "Award agreed", agreed: true},
	}
}

// funnelled are the figures of a step of a call.
type funnelled struct {
	reached            int64
	requested, awarded money.Pence
}

func funnelRows(r *Reading) ([]Row, error) {
	all := map[ident.Call][]funnelled{}
	for _, c := range r.inCalls() {
		all[c.ID] = make([]funnelled, len(steps()))
	}
	err := r.histories(func(h history) error {
		for i, st := range steps() {
			if f := all[h.call]; f != nil && st.reached(h) {
				f[i].reached++
				f[i].requested += h.requested
				f[i].awarded += h.awarded
			}
		}
		return nil
	})
	return r.funnelLines(all), err
}

// funnelLines are the steps of every call that is asked for.
func (r *Reading) funnelLines(all map[ident.Call][]funnelled) []Row {
	var rows []Row
	for _, c := range r.inCalls() {
		for i, st := range steps() {
			cells := all[c.ID][i].cells(string(c.Ref), st.name, all[c.ID][1].reached)
			if i == 0 {
				cells[3] = nil // drafts are not a share of what was submitted
			}
			if st.shut && !r.sees(c.ID) {
				cells[2], cells[3], cells[4], cells[5] = nil, nil, nil, nil
			}
			rows = append(rows, Row{Key: string(c.Ref) + " " + st.name, Count: 1, Cells: cells})
		}
	}
	return rows
}

// reached reports whether an application ever came so far.
func (st step) reached(h history) bool {
	return st.agreed && h.agreed || slices.ContainsFunc(h.stays, func(s stay) bool { return slices.Contains(st.states, s.state) })
}

func (f funnelled) cells(call, name string, submitted int64) []any {
	cells := []any{call, name, f.reached, nil, f.requested, f.awarded}
	if submitted > 0 {
		cells[3] = 100 * float64(f.reached) / float64(submitted)
	}
	return cells
}

// times is how long applications stay in each state.
func times() *Report {
	return &Report{
		Kind: "times", Title: "Time in each state", One: "state", Many: "states", Action: access.ReportProgress,
		About:   "How long applications of each call stayed in each state, and how long those that are in it now have been there.",
		Sources: "The moves of applications in the audit trail. A state that an application came back to counts again.",
		Columns: []Column{
			{Name: "call", Label: "Call", Type: Text, Meaning: "The reference of the call"},
			{Name: "state", Label: "State", Type: Label, Meaning: "A state of applications", Words: stateWords},
			{Name: "stays", Label: "Times left", Type: Number, Meaning: "How often an application was in the state and left it"},
			{Name: "median_days", Label: "Median, days", Type: Decimal, Meaning: "The median of those stays, in days, to the hour"},
			{Name: "most_days", Label: "Nine in ten, days", Type: Decimal, Meaning: "Nine of ten of those stays were not longer, in days, to the hour"},
			{Name: "longest_days", Label: "Longest, days", Type: Decimal, Meaning: "The longest of those stays, in days, to the hour"},
			{Name: "now", Label: "In it now", Type: Number, Meaning: "How many applications are in the state now"},
			{Name: "now_median_days", Label: "So far, days", Type: Decimal, Meaning: "The median of how long those have been in it, in days"},
		},
		Filters: []Filter{callFilter()},
		rows:    whole(timeRows),
	}
}

// hours counts stays by their length in whole hours, so that a hundred thousand applications need no more room than a few.
type hours struct {
	counts map[int]int
	n      int
}

func (h *hours) add(d time.Duration) {
	if h.counts == nil {
		h.counts = map[int]int{}
	}
	h.counts[int(max(d, 0)/time.Hour)]++
	h.n++
}

// days gives the length that a share of the stays does not exceed; nil where there are none.
func (h *hours) days(share float64) any {
	if h.n == 0 {
		return nil
	}
	lengths := make([]int, 0, len(h.counts))
	for length := range h.counts {
		lengths = append(lengths, length)
	}
	slices.Sort(lengths)
	upTo := max(1, int(share*float64(h.n)+0.999999))
	seen := 0
	for _, length := range lengths {
		if seen += h.counts[length]; seen >= upTo {
			return float64(length) / 24
		}
	}
	return float64(lengths[len(lengths)-1]) / 24
}

type placeOfStay struct {
	call  ident.Call
	state workflow.ApplicationState
}

func timeRows(r *Reading) ([]Row, error) {
	left, now := map[placeOfStay]*hours{}, map[placeOfStay]*hours{}
	count := func(in map[placeOfStay]*hours, at placeOfStay, d time.Duration) {
		if in[at] == nil {
			in[at] = &hours{}
		}
		in[at].add(d)
	}
	err := r.histories(func(h history) error {
		for _, s := range h.told(r) {
			if at := (placeOfStay{h.call, s.state}); s.until.IsZero() {
				count(now, at, r.tx.Now.Sub(s.from))
			} else {
				count(left, at, s.until.Sub(s.from))
			}
		}
		return nil
	})
	var rows []Row
	for _, c := range r.inCalls() {
		for _, info := range workflow.Applications().States() {
			at := placeOfStay{c.ID, info.State}
			was, is := cmp.Or(left[at], &hours{}), cmp.Or(now[at], &hours{})
			if was.n+is.n == 0 {
				continue
			}
			rows = append(rows, Row{Key: string(c.Ref) + " " + string(info.State), Count: 1, Cells: []any{
				string(c.Ref), string(info.State), int64(was.n), was.days(0.5), was.days(0.9), was.days(1), int64(is.n), is.days(0.5),
			}})
		}
	}
	return rows, err
}
