package panel

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"adoptionfund/internal/allocation"
	"adoptionfund/internal/allocation/solve"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Scenario is one scenario.
type Scenario struct {
	Shown    *allocation.View
	Problems fault.Problems
	Typed    Typed
}

// Head is what the frame shows.
func (p Scenario) Head() shared.Head {
	h := head(p.Shown.Name, p.Shown.Call)
	h.Crumbs = append(h.Crumbs, nhs.Link{Href: allocationPath(p.Shown.Call.Ref, ""), Text: "Allocation"})
	return h
}

func (p Scenario) path(tail string) string { return scenarioPath(p.Shown.Call.Ref, p.Shown.ID) + tail }

// outcomeList is what a scenario comes to.
func outcomeList(v *allocation.View) nhs.SummaryList {
	rows := []nhs.SummaryRow{
		{Key: "Result", Value: resultWords(v.Kept)},
		{Key: "Funds", Value: fmt.Sprintf("%d applications with %s of %s", len(v.Result.Funded), v.Result.Spent, v.Ask.Budget)},
		{Key: "Worth", Value: worthWords(v)},
		{Key: "Computed", Value: uktime.Moment(v.MadeAt) + "; its fingerprint begins with " + v.Fingerprint[:12]},
	}
	if v.Note != "" {
		rows = append(rows, nhs.SummaryRow{Key: "Note", Value: v.Note})
	}
	if len(v.Departs) > 0 {
		rows = append(rows, nhs.SummaryRow{Key: "Departs from the published method", Value: strings.Join(v.Departs, "; ")})
	}
	return nhs.SummaryList{Rows: rows}
}

// worthWords say what a scenario is worth, on the scale of its objective.
func worthWords(v *allocation.View) string {
	if v.Ask.Strategy == solve.Portfolio && v.Ask.Objective == solve.ByScore {
		return fmt.Sprintf("%.2f: the sum of the scores of what is funded", v.Result.Value)
	}
	mean := 0.0
	if v.Result.Spent > 0 {
		mean = v.Result.Value * 100 / float64(v.Result.Spent)
	}
	return fmt.Sprintf("A mean score of %.2f for each pound", mean)
}

func (p Scenario) uses() nhs.Table {
	t := nhs.Table{
		ID: "uses", Caption: "Limits and what is used of them", CaptionSize: nhs.Medium, RowHeaders: true,
		Columns: []nhs.Column{{Heading: "Limit"}, {Heading: "Used", Numeric: true}, {Heading: "Awards", Numeric: true}, {Heading: "Left", Numeric: true}, {Heading: "Binds"}},
	}
	for _, u := range p.Shown.Uses {
		binds := "No"
		if u.AtMost {
			binds = "Yes: nothing else fits"
		}
		t.Rows = append(t.Rows, nhs.Cells(u.Limit, u.Used.String(), strconv.Itoa(u.Count), u.Left, binds))
	}
	return t
}

func (p Scenario) held() nhs.Table {
	t := nhs.Table{
		ID: "held", Caption: "Funded or kept out by hand", CaptionSize: nhs.Medium, RowHeaders: true,
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "What"}, {Heading: "Reason"}, {Heading: "Approval"}},
	}
	for _, h := range p.Shown.Held {
		what := map[string]string{solve.MustFund: "Direct award", solve.MustReject: "Not to be funded"}[h.Way]
		t.Rows = append(t.Rows, nhs.Cells(string(h.Ref), what, h.Reason, h.Approval))
	}
	return t
}

// groupTable is what groups of a kind get.
func groupTable(views []*allocation.View, by, caption string) nhs.Table {
	t := nhs.Table{ID: "by-" + by, Caption: caption, CaptionSize: nhs.Small, RowHeaders: true, Compact: true, Columns: []nhs.Column{{Heading: strings.ToUpper(by[:1]) + by[1:]}}}
	var keys []string
	for i, v := range views {
		t.Columns = append(t.Columns, nhs.Column{Heading: heading(views, i), Numeric: true})
		for _, key := range v.Sums.Keys(by) {
			if !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		row := []string{key}
		if key == "" {
			row[0] = "Not said"
		}
		for _, v := range views {
			sum := v.Sums[by][key]
			row = append(row, fmt.Sprintf("%s (%d)", sum.Spent, sum.Count))
		}
		t.Rows = append(t.Rows, nhs.Cells(row...))
	}
	return t
}

// heading names a scenario among others.
func heading(views []*allocation.View, i int) string {
	if len(views) == 1 {
		return "Spent (awards)"
	}
	return fmt.Sprintf("%s: %s", []string{"First", "Second", "Third"}[i], views[i].Name)
}

func (p Scenario) sensitivity() nhs.Table {
	v := p.Shown
	t := nhs.Table{
		ID: "sensitivity", Caption: "What would be otherwise", CaptionSize: nhs.Medium, RowHeaders: true,
		Columns: []nhs.Column{{Heading: "If there were"}, {Heading: "Spent", Numeric: true}, {Heading: "Worth", Numeric: true}, {Heading: "Enter"}, {Heading: "Leave"}},
		Empty:   "Nothing was tried.",
	}
	for _, c := range slices.Concat(one(v.Sensitivity.More), one(v.Sensitivity.Less), v.Sensitivity.Prices) {
		worth := "no change"
		if v.Result.Value > 0 && c.Value != 0 {
			worth = fmt.Sprintf("%+.2f%%", 100*c.Value/v.Result.Value)
		}
		spent := c.Spent.String()
		if c.Spent > 0 {
			spent = "+" + spent
		}
		t.Rows = append(t.Rows, nhs.Cells(c.Words, spent, worth, refs(&v.Mask, c.Enter), refs(&v.Mask, c.Leave)))
	}
	return t
}

func one(c *allocation.Change) []allocation.Change {
	if c == nil {
		return nil
	}
	return []allocation.Change{*c}
}

// chances says from how many draws the shares are.
func (p Scenario) chances() string {
	s := p.Shown.Sensitivity
	said := fmt.Sprintf("“Funded in” is the share of %d draws from the calibrated ranking in which an application would be funded by this scenario’s rules, if each draw were the truth.", s.Draws)
	if s.Draws == 0 {
		said = "How often each application would be funded by chance is not known: the ranking was not computed, or is out of date."
	}
	if s.Cut {
		said += " Time ended before everything was tried."
	}
	return said
}

// Compare are two or three scenarios side by side.
type Compare struct {
	Views []*allocation.View
}

// Head is what the frame shows.
func (p Compare) Head() shared.Head {
	h := head("Scenarios compared", p.Views[0].Call)
	h.Crumbs = append(h.Crumbs, nhs.Link{Href: allocationPath(p.Views[0].Call.Ref, ""), Text: "Allocation"})
	return h
}

func (p Compare) overview() nhs.Table {
	t := nhs.Table{ID: "overview", Caption: "At a glance", CaptionSize: nhs.Medium, RowHeaders: true, Compact: true, Columns: []nhs.Column{{Heading: "What"}}}
	rows := map[string]func(*allocation.View) string{
		"Result":  func(v *allocation.View) string { return resultWords(v.Kept) },
		"Budget":  func(v *allocation.View) string { return v.Ask.Budget.String() },
		"Spent":   func(v *allocation.View) string { return v.Result.Spent.String() },
		"Funded":  func(v *allocation.View) string { return strconv.Itoa(len(v.Result.Funded)) + " applications" },
		"Worth":   worthWords,
		"Departs": func(v *allocation.View) string { return orNone(strings.Join(v.Departs, "; ")) },
		"Enter":   func(v *allocation.View) string { enter, _ := p.exchanged(v); return refs(&v.Mask, enter) },
		"Leave":   func(v *allocation.View) string { _, leave := p.exchanged(v); return refs(&v.Mask, leave) },
		"Passed":  func(v *allocation.View) string { return strconv.Itoa(len(v.Better)) + " better scored but not funded" },
		"Scenario": func(v *allocation.View) string {
			return fmt.Sprintf("Number %d, %s", v.Number, uktime.Moment(v.MadeAt))
		},
	}
	for i := range p.Views {
		t.Columns = append(t.Columns, nhs.Column{Heading: heading(p.Views, i)})
	}
	for _, name := range []string{"Scenario", "Result", "Departs", "Budget", "Spent", "Funded", "Worth", "Enter", "Leave", "Passed"} {
		label := name
		if name == "Enter" || name == "Leave" {
			label += ", beside the first"
		}
		cells := []string{label}
		for _, v := range p.Views {
			cells = append(cells, rows[name](v))
		}
		t.Rows = append(t.Rows, nhs.Cells(cells...))
	}
	return t
}

func orNone(s string) string {
	if s == "" {
		return "Nowhere"
	}
	return s
}

// exchanged are those who enter and leave beside the first scenario.
func (p Compare) exchanged(v *allocation.View) (enter, leave []string) {
	first := p.Views[0]
	for ref := range v.Amounts {
		if first.Amounts[ref] == 0 {
			enter = append(enter, ref)
		}
	}
	for ref := range first.Amounts {
		if v.Amounts[ref] == 0 {
			leave = append(leave, ref)
		}
	}
	return enter, leave
}

// table is every application that some scenario funds, and what each gives it.
func (p Compare) table() nhs.Table {
	t := nhs.Table{ID: "amounts", Caption: "Who gets what", CaptionSize: nhs.Medium, RowHeaders: true, Scroll: true, Compact: true, Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Title"}}}
	for i := range p.Views {
		t.Columns = append(t.Columns, nhs.Column{Heading: heading(p.Views, i), Numeric: true})
	}
	order, titles := p.funded()
	for _, ref := range order {
		row := []string{string(ref), titles[ref]}
		for _, v := range p.Views {
			amount := "not funded"
			if got := v.Amounts[string(ref)]; got > 0 {
				amount = got.String()
			}
			row = append(row, amount)
		}
		t.Rows = append(t.Rows, nhs.Cells(row...))
	}
	if n := p.Views[0].Masked; n > 0 {
		row := []string{masked(n), ""}
		for _, v := range p.Views {
			row = append(row, v.MaskedSpent.String())
		}
		t.Rows = append(t.Rows, nhs.Cells(row...))
	}
	foot := []string{"Together", ""}
	for _, v := range p.Views {
		foot = append(foot, v.Result.Spent.String())
	}
	t.Foot = nhs.Cells(foot...)
	return t
}

// funded are the applications that some scenario funds, with their titles, in the order of the first that does.
func (p Compare) funded() ([]ident.Ref, map[ident.Ref]string) {
	var order []ident.Ref
	titles := map[ident.Ref]string{}
	for _, v := range p.Views {
		for _, r := range v.Ranked {
			ref := r.Application.Ref
			if v.Amounts[string(ref)] > 0 && titles[ref] == "" {
				titles[ref] = r.Application.Title
				order = append(order, ref)
			}
		}
	}
	return order, titles
}
