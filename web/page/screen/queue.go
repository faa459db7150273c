package screen

import (
	"strconv"
	"strings"

	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/rules"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Queue is the list of applications that wait for an eligibility officer.
type Queue struct {
	Rows   []eligibility.Row
	Search string
	State  string
	Next   string // address of the next page
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

func (p Queue) table() nhs.Table {
	t := nhs.Table{
		ID: "queue", Caption: "Applications, in the order of their references", RowHeaders: true, Empty: "No application waits here.",
		Columns: []nhs.Column{
			{Heading: "Reference"}, {Heading: "Title"}, {Heading: "Lead organisation"}, {Heading: "Theme"}, {Heading: "Criteria"}, {Heading: "State"}, {Heading: "Days in it", Numeric: true},
		},
	}
	for _, r := range p.Rows {
		t.Rows = append(t.Rows, []nhs.Cell{
			{Text: string(r.Ref), Href: "/screening/" + string(r.Ref)}, {Text: r.Title}, {Text: r.LeadName}, {Text: r.Theme},
			{Content: glance(r)}, {Content: where(r)}, {Text: strconv.Itoa(r.Days)},
		})
	}
	return t
}

// words are the decisions of a row: "EV pass, DT not decided".
func words(r eligibility.Row) string {
	criteria := rules.Criteria()
	texts := make([]string, 0, len(criteria))
	for _, c := range criteria {
		label := "–"
		if d := r.Decided[c]; d != "" {
			label = string(d)
		}
		texts = append(texts, c+" "+label)
	}
	return strings.Join(texts, ", ")
}

func due(r eligibility.Row) string {
	if r.DueAt == nil {
		return ""
	}
	return "Answer due " + uktime.Date(*r.DueAt)
}
