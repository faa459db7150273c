package oversee

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/money"
	"adoptionfund/internal/report"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// ReportIndex lists the reports of a round.
type ReportIndex struct {
	Index report.Index
}

// Head is what the frame shows.
func (p ReportIndex) Head() shared.Head {
	return shared.Head{
		Title: "Reports of " + string(p.Index.Round.Ref), Caption: p.Index.Round.Title, Wide: true,
		Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}, {Href: "/reports", Text: "Reports"}},
	}
}

func (p ReportIndex) path(kind string) string {
	return "/reports/" + string(p.Index.Round.Ref) + "/" + kind
}

func (p ReportIndex) table() nhs.Table {
	t := nhs.Table{ID: "reports", Caption: "What you may see", CaptionSize: nhs.Medium, CaptionHidden: true, RowHeaders: true,
		Columns: []nhs.Column{{Heading: "Report"}, {Heading: "What it says"}, {Heading: "Download"}}, Empty: "There is no report that you may see."}
	for _, l := range p.Index.Reports {
		t.Rows = append(t.Rows, []nhs.Cell{{Text: l.Title, Href: p.path(l.Kind)}, {Text: l.About}, {Content: downloads(string(p.Index.Round.Ref), l.Report, l.Formats, "")}})
	}
	return t
}

// download is a link to a file of a report.
func download(round string, r *report.Report, f report.Format, query string) string {
	address := "/exports/" + round + "/" + r.Kind + "." + f.Name
	if query != "" {
		address += "?" + query
	}
	return address
}

func title(kind string) string {
	if r, ok := report.Find(kind); ok {
		return r.Title
	}
	return kind
}

func formatTitle(name string) string {
	for _, f := range report.Formats() {
		if f.Name == name {
			return f.Title
		}
	}
	return name
}

// Report is a report of a round.
type Report struct {
	Report   report.Page
	Asked    url.Values // the filter and the columns, as they stand in the address
	Kept     bool       // the columns are those that the reader keeps
	Schedule bool       // the reader may be sent links
	Problems fault.Problems
	Typed    func(name, stored string) string
}

// Head is what the frame shows.
func (p Report) Head() shared.Head {
	return shared.Head{
		Title: p.Report.Report.Title, Caption: p.Report.Round + ": " + p.Report.Title, Wide: true,
		Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}, {Href: "/reports", Text: "Reports"}, {Href: "/reports/" + p.Report.Round, Text: p.Report.Round}},
	}
}

func (p Report) path() string { return "/reports/" + p.Report.Round + "/" + p.Report.Report.Kind }

func (p Report) next() string {
	if p.Report.Next == "" {
		return ""
	}
	q := maps.Clone(p.Asked)
	if q == nil {
		q = url.Values{}
	}
	q.Set("after", p.Report.Next)
	return p.path() + "?" + q.Encode()
}

func (p Report) made() string {
	text := fmt.Sprintf("Round %s, made %s by %s. Filter: %s. Marking: %s.", p.Report.Round, uktime.Moment(p.Report.Made), p.Report.Maker, p.Report.Statement.Filter, p.Report.Marking)
	if p.Report.Embargo {
		text += " What is proposed is kept back until the decisions are released."
	}
	return text
}

func (p Report) options(f report.FilterShown) []nhs.Option {
	options := make([]nhs.Option, len(f.Values))
	for i, v := range f.Values {
		options[i] = nhs.Option{Value: v.Value, Label: v.Label}
	}
	return options
}

// sums are the columns that are added up, with their sums.
func (p Report) sums() []report.Column {
	var all []report.Column
	for _, c := range p.Report.Report.Columns {
		if c.Sum {
			all = append(all, c)
		}
	}
	return all
}

func sum(c report.Column, f *report.Figures, n int) string {
	if c.Type == report.Money {
		return money.Pence(f.Sums[n]).String()
	}
	return strconv.FormatInt(f.Sums[n], 10)
}

func first(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

func (p Report) totals() nhs.SummaryList {
	l := nhs.SummaryList{Rows: []nhs.SummaryRow{{Key: first(p.Report.Report.Many), Value: strconv.Itoa(p.Report.Totals.Count)}}}
	if p.Report.Report.Kind == "allocations" {
		l.Rows = append(l.Rows, nhs.SummaryRow{Key: "Budget of the round", Value: p.Report.Budget.String()})
	}
	for n, c := range p.sums() {
		l.Rows = append(l.Rows, nhs.SummaryRow{Key: c.Label, Value: sum(c, &p.Report.Totals.Figures, n)})
	}
	return l
}

// group is the totals by the n-th group of the report.
func (p Report) group(n int) nhs.Table {
	g := p.Report.Report.Groups[n]
	t := nhs.Table{ID: strings.ReplaceAll(g.Name, "_", "-"), Caption: g.Title, CaptionSize: nhs.Medium, RowHeaders: true,
		Columns: []nhs.Column{{Heading: "Group"}, {Heading: first(p.Report.Report.Many), Numeric: true}}, Empty: "There is nothing to add up."}
	row := func(name string, f *report.Figures) []nhs.Cell {
		cells := nhs.Cells(name, strconv.Itoa(f.Count))
		for i, c := range p.sums() {
			cells = append(cells, nhs.Cell{Text: sum(c, f, i)})
		}
		return cells
	}
	for _, c := range p.sums() {
		t.Columns = append(t.Columns, nhs.Column{Heading: c.Label, Numeric: true})
	}
	for _, name := range p.names(n) {
		t.Rows = append(t.Rows, row(g.Shown(name), p.Report.Totals.Groups[n][name]))
	}
	if len(t.Rows) > 0 {
		t.Foot = row("Total", &p.Report.Totals.Figures)
	}
	return t
}

func (p Report) names(group int) []string {
	return slices.Sorted(maps.Keys(p.Report.Totals.Groups[group]))
}

// chart draws the sums of money of a group, if the report has them drawn.
func (p Report) chart(n int) nhs.Bars {
	g := p.Report.Report.Groups[n]
	b := nhs.Bars{ID: "chart-" + strings.ReplaceAll(g.Name, "_", "-"), Title: g.Title}
	if !slices.Contains(p.Report.Report.Charts, g.Name) {
		return b
	}
	var at []int
	for i, c := range p.sums() {
		if c.Type == report.Money && len(at) < 3 {
			b.Series, at = append(b.Series, c.Label), append(at, i)
		}
	}
	for _, name := range p.names(n) {
		f := p.Report.Totals.Groups[n][name]
		group := nhs.BarGroup{Label: g.Shown(name)}
		for _, i := range at {
			group.Values, group.Texts = append(group.Values, float64(f.Sums[i])), append(group.Texts, money.Pence(f.Sums[i]).String())
		}
		b.Groups = append(b.Groups, group)
	}
	b.Description = fmt.Sprintf("Bars of %s for %d groups", strings.ToLower(strings.Join(b.Series, ", ")), len(b.Groups))
	return b
}

func (p Report) rows() nhs.Table {
	r := p.Report.Report
	t := nhs.Table{ID: "lines", Caption: first(r.Many), CaptionSize: nhs.Medium, RowHeaders: true, Scroll: true, Compact: true, Empty: "There are no " + r.Many + " in this report."}
	for _, i := range p.Report.Columns {
		t.Columns = append(t.Columns, nhs.Column{Heading: r.Columns[i].Label, Numeric: r.Columns[i].Type.Numeric()})
	}
	for _, row := range p.Report.Rows {
		cells := make([]nhs.Cell, len(p.Report.Columns))
		for n, i := range p.Report.Columns {
			cells[n] = nhs.Cell{Text: r.Columns[i].Shown(row.Cells[i])}
		}
		t.Rows = append(t.Rows, cells)
	}
	return t
}

// chosen are the columns that are shown, and those that there are.
func (p Report) chosen() nhs.Checkboxes {
	c := nhs.Checkboxes{Name: "column", Legend: "Columns", Hint: "The page shows these, and so do the files that you download from it.", Compact: true, Size: nhs.Small}
	for i, column := range p.Report.Report.Columns {
		c.Options = append(c.Options, nhs.Option{Value: column.Name, Label: column.Label, Hint: column.Meaning})
		if slices.Contains(p.Report.Columns, i) {
			c.Values = append(c.Values, column.Name)
		}
	}
	return c
}

func (p Report) formats() []nhs.Option {
	options := make([]nhs.Option, len(p.Report.Formats))
	for i, f := range p.Report.Formats {
		options[i] = nhs.Option{Value: f.Name, Label: f.Title}
	}
	return options
}

func everies() []nhs.Option {
	return []nhs.Option{
		{Value: string(report.Daily), Label: first(report.Scheduled{Every: report.Daily}.Words())}, {Value: string(report.Weekly), Label: first(report.Scheduled{Every: report.Weekly}.Words())},
	}
}

func scheduled(s report.Scheduled) string {
	return title(s.Kind) + ", " + formatTitle(s.Format) + ", " + s.Words() + ", next on " + uktime.Moment(s.NextAt)
}
