package oversee

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"adoptionfund/internal/money"
	"adoptionfund/internal/report"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/panel"
	"adoptionfund/web/page/shared"
)

// Report is the allocation report of a round.
type Report struct {
	Report  report.Allocation
	Exports []report.Export // those that the reader may have
}

// Head is what the frame shows.
func (p Report) Head() shared.Head {
	return shared.Head{Title: "Allocation report", Caption: string(p.Report.Round) + ": " + p.Report.Title, Wide: true, Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}}}
}

func (p Report) totals() nhs.SummaryList {
	t := p.Report.Totals
	return nhs.SummaryList{Rows: []nhs.SummaryRow{
		{Key: "Applications submitted", Value: strconv.Itoa(t.Applications)}, {Key: "Budget", Value: p.Report.Budget.String()},
		{Key: "Requested", Value: t.Requested.String()}, {Key: "Proposed", Value: t.Proposed.String()}, {Key: "Awarded", Value: t.Awarded.String()},
	}}
}

func groups(caption, id string, by map[string]report.Figures, label func(string) string) nhs.Table {
	t := nhs.Table{ID: id, Caption: caption, CaptionSize: nhs.Medium, RowHeaders: true,
		Columns: []nhs.Column{{Heading: "Group"}, {Heading: "Applications", Numeric: true}, {Heading: "Requested", Numeric: true}, {Heading: "Proposed", Numeric: true}, {Heading: "Awarded", Numeric: true}},
		Empty:   "No application was submitted."}
	var sum report.Figures
	for _, key := range slices.Sorted(maps.Keys(by)) {
		f := by[key]
		sum.Applications += f.Applications
		sum.Requested += f.Requested
		sum.Proposed += f.Proposed
		sum.Awarded += f.Awarded
		t.Rows = append(t.Rows, figures(label(key), f))
	}
	if len(t.Rows) > 0 {
		t.Foot = figures("Total", sum)
	}
	return t
}

func figures(label string, f report.Figures) []nhs.Cell {
	return nhs.Cells(label, strconv.Itoa(f.Applications), f.Requested.String(), f.Proposed.String(), f.Awarded.String())
}

func same(s string) string { return s }

func kind(s string) string {
	if k, ok := map[string]string{"icb": "Integrated care board", "trust": "Trust"}[s]; ok {
		return k
	}
	return s
}

func dtac(s string) string { return panel.DTACLabel(s) }

func (p Report) rows() nhs.Table {
	t := nhs.Table{ID: "applications", Caption: "Every application that was submitted", CaptionSize: nhs.Medium, RowHeaders: true, Scroll: true, Compact: true,
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Title"}, {Heading: "Lead"}, {Heading: "Region"}, {Heading: "State"}, {Heading: "DTAC"}, {Heading: "Score", Numeric: true}, {Heading: "Requested", Numeric: true}, {Heading: "Proposed", Numeric: true}, {Heading: "Awarded", Numeric: true}, {Heading: "Reason"}},
		Empty:   "No application was submitted."}
	for _, r := range p.Report.Rows {
		score := ""
		if r.Scores != nil {
			score = r.Scores.Total.String()
		}
		t.Rows = append(t.Rows, nhs.Cells(string(r.Application), r.Title, r.LeadOrganisation, r.Region, r.State, dtac(r.DTACStatus), score, r.Requested.String(), optional(r.Proposed), optional(r.Awarded), r.Reason))
	}
	return t
}

func optional(p *money.Pence) string {
	if p == nil {
		return ""
	}
	return p.String()
}

func (p Report) made() string {
	return fmt.Sprintf("Round %s, made %s by %s. No filter. Marking: official, sensitive until the release.", p.Report.Round, uktime.Moment(p.Report.Made), p.Report.Maker)
}

func (p Report) href(e report.Export, format string) string {
	return "/exports/" + string(p.Report.Round) + "/" + e.Kind + "." + format
}
