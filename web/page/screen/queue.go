package screen

import (
	"net/url"
	"strconv"

	"adoptionfund/internal/application"
	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/people"
	"adoptionfund/internal/rules"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Queue is the list of applications that wait for an eligibility officer.
type Queue struct {
	eligibility.Listing
	Asked    url.Values // what the list is narrowed and sorted by
	Next     string     // address of the next page
	Views    []people.View
	Problems fault.Problems
	Typed    Typed
}

// Head is what the frame shows.
func (p Queue) Head() shared.Head {
	return shared.Head{Title: "Eligibility", Wide: true, Crumbs: home()}
}

func (p Queue) states() []nhs.Option {
	var options []nhs.Option
	for _, s := range append(eligibility.Waiting(), workflow.Eligible, workflow.Ineligible) {
		options = append(options, nhs.Option{Value: string(s), Label: workflow.Applications().Info(s).Label})
	}
	return options
}

func (p Queue) calls() []nhs.Option {
	options := make([]nhs.Option, len(p.Calls))
	for i, c := range p.Calls {
		options[i] = nhs.Option{Value: string(c.Ref), Label: string(c.Ref) + " " + c.Title}
	}
	return options
}

func (p Queue) officers() []nhs.Option {
	options := []nhs.Option{{Value: eligibility.Mine, Label: "Me"}, {Value: eligibility.Nobody, Label: "Nobody"}}
	for _, o := range p.Officers {
		if o.ID != p.Me {
			options = append(options, nhs.Option{Value: string(o.ID), Label: o.Name})
		}
	}
	return options
}

// sort is the address of the list sorted by an order.
func (p Queue) sort(o application.Order) string {
	q := url.Values{}
	for name, values := range p.Asked {
		q[name] = values
	}
	q.Set("sort", string(o))
	return "/screening?" + q.Encode()
}

// sorted is how a column that an order sorts by is marked.
func (p Queue) sorted(o application.Order, heading, way string) nhs.Column {
	c := nhs.Column{Heading: heading, Sort: "none", Href: p.sort(o)}
	if application.Order(p.Asked.Get("sort")) == o {
		c.Sort = way
	}
	return c
}

func (p Queue) table() nhs.Table {
	amount := p.sorted(application.Largest, "Asked for", "descending")
	amount.Numeric = true
	t := nhs.Table{
		ID: "queue", Caption: "Applications", CaptionHidden: true, RowHeaders: true, Compact: true, Empty: "No application waits here.",
		Columns: []nhs.Column{
			p.sorted(application.ByReference, "Reference", "ascending"), {Heading: "Application"}, amount,
			{Heading: "Criteria"}, p.sorted(application.Longest, "State since", "descending"), {Heading: "Who has it"},
		},
	}
	if p.May {
		t.Columns = append(t.Columns, nhs.Column{Heading: "Select"})
	}
	for _, r := range p.Rows {
		row := []nhs.Cell{
			{Text: string(r.Ref), Href: "/screening/" + string(r.Ref)}, {Content: what(r)}, {Text: r.Requested.String()},
			{Content: glance(r)}, {Content: where(r)}, {Text: p.holder(r)},
		}
		if p.May {
			row = append(row, nhs.Cell{Content: pick(r)})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (p Queue) holder(r eligibility.Row) string {
	switch r.Officer {
	case "":
		return "Nobody"
	case p.Me:
		return "You"
	}
	return p.Name(r.Officer)
}

// masked is the one line that stands for the cases from which the reader is recused.
func (p Queue) masked() string {
	switch p.Masked {
	case 0:
		return ""
	case 1:
		return "1 application, handled by the deputy: you are recused from it."
	}
	return strconv.FormatInt(p.Masked, 10) + " applications, handled by the deputy: you are recused from them."
}

// glanceOf is how a criterion stands in a row: what was decided of it, else what the rules found.
func glanceOf(r eligibility.Row, criterion string) nhs.Tag {
	if d := r.Decided[criterion]; d != "" {
		t := decisionTag(d)
		t.Text = criterion + " " + string(d)
		return t
	}
	found, ran := r.Found[criterion], r.Found != nil
	switch {
	case !ran:
		return nhs.Tag{Text: criterion + " –", Colour: nhs.Grey}
	case found.Fail > 0:
		return nhs.Tag{Text: criterion + " " + strconv.Itoa(found.Fail) + " against", Colour: nhs.Orange}
	case found.Refer > 0:
		return nhs.Tag{Text: criterion + " look at " + strconv.Itoa(found.Refer), Colour: nhs.Blue}
	}
	return nhs.Tag{Text: criterion + " open", Colour: nhs.Grey}
}

func criteria() []string { return rules.Criteria() }

// days is how long it has been in its state.
func days(r eligibility.Row) string {
	switch r.Days {
	case 0:
		return "Since today"
	case 1:
		return "1 day"
	}
	return strconv.Itoa(r.Days) + " days"
}

func due(r eligibility.Row) string {
	if r.DueAt == nil {
		return ""
	}
	return "Answer due " + uktime.Date(*r.DueAt)
}

func deeds() []nhs.Option {
	var options []nhs.Option
	for _, d := range eligibility.Deeds() {
		options = append(options, nhs.Option{Value: string(d), Label: d.Label()})
	}
	return options
}

// queueKeys are the shortcuts of the list.
func queueKeys() nhs.Shortcuts {
	return nhs.Shortcuts{Keys: []nhs.Shortcut{
		{Key: "j", Does: "Go to the next application in the list", Step: 1, Target: "#queue tbody th a"},
		{Key: "k", Does: "Go to the one before", Step: -1, Target: "#queue tbody th a"},
		{Key: "x", Does: "Select or clear the application that you are at", Tick: true, Target: ".af-pick"},
		{Key: "/", Does: "Search", Target: "#search"},
	}}
}
