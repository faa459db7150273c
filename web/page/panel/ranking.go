package panel

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"adoptionfund/internal/allocation"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Ranking is the calibrated ranking of a call beside the scores as given.
type Ranking struct {
	Pages    []nhs.Link
	Desk     allocation.RankingDesk
	Region   string // that the tables are narrowed to
	Only     string // moved, band or everything
	Problems fault.Problems
	Typed    Typed
}

// What the tables are narrowed to.
const (
	OnlyMoved = "moved"
	OnlyBand  = "band"
)

// Head is what the frame shows.
func (p Ranking) Head() shared.Head { return head("Ranking", p.Desk.Call) }

func (p Ranking) path(tail string) string {
	return "/panel/" + string(p.Desk.Call.Ref) + "/ranking" + tail
}

// stands says how the ranking stands.
func (p Ranking) stands() nhs.SummaryList {
	d, k := p.Desk, p.Desk.Kept
	m := d.Call.Settings.Method
	rows := []nhs.SummaryRow{{Key: "The call ranks", Value: m.RankingWords()}, {Key: "Near the line", Value: m.BandWords()}}
	if k == nil {
		return nhs.SummaryList{Rows: append(rows, nhs.SummaryRow{Key: "Stands", Value: "Not computed yet"})}
	}
	state := "Computed, not frozen"
	if d.Frozen != nil {
		state = fmt.Sprintf("Frozen on %s by %s. Scenarios rest on it", uktime.Moment(d.Frozen.FrozenAt), d.People[d.Frozen.FrozenBy])
	}
	rows = append(rows, nhs.SummaryRow{Key: "Stands", Value: state}, nhs.SummaryRow{Key: "Computed", Value: uktime.Moment(k.MadeAt) + ", with " + strconv.Itoa(k.Draws) + " draws"})
	switch {
	case d.Lined:
		band := fmt.Sprintf("%d applications cannot be told apart from it", len(d.Band))
		if d.MaskedBand > 0 {
			band += fmt.Sprintf(", and %d handled by the deputy", d.MaskedBand)
		}
		rows = append(rows, nhs.SummaryRow{Key: "Funding line", Value: fmt.Sprintf("%.2f, where %s runs out going down the ranking. %s", d.Line, d.Budget, band)})
	default:
		rows = append(rows, nhs.SummaryRow{Key: "Funding line", Value: "None: " + d.Budget.String() + " suffices for all that can be funded"})
	}
	return nhs.SummaryList{Rows: rows}
}

// record is what somebody needs who repeats the ranking.
func (p Ranking) record() nhs.SummaryList {
	k := p.Desk.Kept
	rows := []nhs.SummaryRow{
		{Key: "Digest of the scores", Value: k.Digest}, {Key: "Seed", Value: k.Seed + ", which follows from the scores, so that nobody chooses it"}, {Key: "Program", Value: k.Software},
	}
	for _, f := range p.Desk.Freezes {
		words := fmt.Sprintf("%s by %s", uktime.Moment(f.FrozenAt), p.Desk.People[f.FrozenBy])
		if f.EndedAt != nil {
			words += fmt.Sprintf("; unfrozen %s by %s: %s", uktime.Moment(*f.EndedAt), p.Desk.People[*f.EndedBy], f.EndedWhy)
		}
		rows = append(rows, nhs.SummaryRow{Key: "Frozen", Value: words})
	}
	return nhs.SummaryList{Rows: rows}
}

// known are the applications of which a total could be estimated.
func (p Ranking) known() []allocation.Ranked {
	return slices.DeleteFunc(slices.Clone(p.Desk.Ranked), func(r allocation.Ranked) bool { return r.Calibrated == nil })
}

// plot draws them.
func (p Ranking) plot() shared.IntervalPlot {
	d := p.Desk
	plot := shared.IntervalPlot{
		ID: "ranking-plot", Title: "Calibrated totals with their 90% intervals",
		Description: fmt.Sprintf("One row for each of %d applications, in the order of their calibrated totals. A point is the total, the line through it the interval that holds it with a probability of 90%%. The same figures are in the table below.", len(p.known())),
	}
	for _, r := range p.known() {
		plot.Rows = append(plot.Rows, shared.Interval{Label: string(r.Application.Ref), Mean: r.Calibrated.Mean, Lower: r.Calibrated.Lower, Upper: r.Calibrated.Upper, Marked: d.InBand(r.Application.Ref)})
	}
	if d.Lined {
		line := d.Line
		plot.Line, plot.LineLabel = &line, fmt.Sprintf("Funding line %.1f", line)
		plot.Description += fmt.Sprintf(" The funding line is at %.2f; %d applications whose interval holds it are on a shaded row with a hollow point.", line, len(d.Band))
	}
	return plot
}

// ranks reports whether expected ranks are shown: who is barred from an application could work its rank out from those of all others.
func (p Ranking) ranks() bool { return p.Desk.Masked == 0 }

// shown are the applications that the filter leaves.
func (p Ranking) shown() []allocation.Ranked {
	return slices.DeleteFunc(slices.Clone(p.Desk.Ranked), func(r allocation.Ranked) bool {
		ref := r.Application.Ref
		return p.Region != "" && r.Application.Region != p.Region || p.Only == OnlyMoved && p.moves(r) == 0 || p.Only == OnlyBand && !p.Desk.InBand(ref)
	})
}

// moves is by how many places an application is better by calibrated scores than by those given.
func (p Ranking) moves(r allocation.Ranked) int {
	if r.Calibrated == nil {
		return 0
	}
	return p.Desk.RawPlaces[r.Application.Ref] - r.Place
}

// regions are those of the applications that are shown to the one who looks.
func (p Ranking) regions() []nhs.Option {
	var all []string
	for _, r := range p.Desk.Ranked {
		if v := r.Application.Region; v != "" && !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	slices.Sort(all)
	options := make([]nhs.Option, len(all))
	for i, v := range all {
		options[i] = nhs.Option{Value: v, Label: v}
	}
	return options
}

func (p Ranking) table() nhs.Table {
	t := nhs.Table{
		ID: "ranking", Caption: "Calibrated scores beside scores as given", CaptionSize: nhs.Medium, RowHeaders: true, Scroll: true, Compact: true,
		Columns: []nhs.Column{
			{Heading: "Application"}, {Heading: "Title"}, {Heading: "Calibrated", Numeric: true}, {Heading: "90% interval", Numeric: true}, {Heading: "Place", Numeric: true}, {Heading: "Expected rank", Numeric: true},
			{Heading: "As given", Numeric: true}, {Heading: "Place as given", Numeric: true}, {Heading: "Changes by", Numeric: true}, {Heading: "Why"},
		},
		Empty: "No application of this call fits what you look for.",
	}
	for _, r := range p.shown() {
		t.Rows = append(t.Rows, p.row(r))
	}
	if n := p.Desk.Masked; n > 0 && p.Region == "" && p.Only == "" {
		t.Rows = append(t.Rows, nhs.Cells(masked(n), "", "", "", "", "", "", "", "", ""))
	}
	return t
}

func (p Ranking) row(r allocation.Ranked) []nhs.Cell {
	a := r.Application
	given := []string{r.Total.Total.String(), strconv.Itoa(p.Desk.RawPlaces[a.Ref])}
	if r.Calibrated == nil {
		return nhs.Cells(string(a.Ref), a.Title, "", "", "", "", given[0], given[1], "", "Nothing is estimated: see the notes")
	}
	rank := "not shown"
	if p.ranks() {
		rank = fmt.Sprintf("%.1f", r.Calibrated.Rank)
	}
	return nhs.Cells(string(a.Ref), a.Title, fmt.Sprintf("%.2f", r.Calibrated.Mean), fmt.Sprintf("%.1f to %.1f", r.Calibrated.Lower, r.Calibrated.Upper), strconv.Itoa(r.Place), rank,
		given[0], given[1], movedWords(p.moves(r)), p.why(r))
}

func movedWords(n int) string {
	switch {
	case n > 0:
		return fmt.Sprintf("up %d", n)
	case n < 0:
		return fmt.Sprintf("down %d", -n)
	default:
		return "0"
	}
}

// why says which reviewers of an application score otherwise than others of their kind, and whether it is near the line.
func (p Ranking) why(r allocation.Ranked) string {
	var said []string
	for _, l := range p.Desk.Why[r.Application.Ref] {
		if l.Points < 0 {
			said = append(said, fmt.Sprintf("%s is harsh by %.1f points", l.Who, -l.Points))
		} else {
			said = append(said, fmt.Sprintf("%s is lenient by %.1f points", l.Who, l.Points))
		}
	}
	if len(said) == 0 {
		said = append(said, "Its reviewers score as others do")
	}
	if p.Desk.InBand(r.Application.Ref) {
		said = append(said, "in the band near the line")
	}
	return strings.Join(said, "; ")
}

// freezable reports whether the button that freezes is there.
func (p Ranking) freezable() bool {
	d := p.Desk
	return d.MayFreeze && d.Kept != nil && d.Frozen == nil && !d.Stale() && d.Open == 0
}

func (p Ranking) computable() bool { return p.Desk.MayCompute && p.Desk.Frozen == nil }

// WriteCSV writes the table as CSV, marked and with what it rests on.
func (p Ranking) WriteCSV(to io.Writer, made string) error {
	out := csv.NewWriter(to)
	d := p.Desk
	rows := [][]string{
		{"# Ranking of " + string(d.Call.Ref) + ", " + made + ". OFFICIAL-SENSITIVE", "digest " + d.Kept.Digest, "seed " + d.Kept.Seed, d.Kept.Software},
		{"application", "title", "region", "requested", "calibrated", "lower90", "upper90", "place", "expected_rank", "raw_total", "raw_place", "in_band", "why"},
	}
	for _, r := range p.shown() {
		a := r.Application
		row := []string{string(a.Ref), unspread(a.Title), unspread(a.Region), a.Requested.Decimal(), "", "", "", "", "", r.Total.Total.String(), strconv.Itoa(d.RawPlaces[a.Ref]), strconv.FormatBool(d.InBand(a.Ref)), unspread(p.why(r))}
		if e := r.Calibrated; e != nil {
			row[4], row[5], row[6] = decimals(e.Mean), decimals(e.Lower), decimals(e.Upper)
			row[7] = strconv.Itoa(r.Place)
			if p.ranks() {
				row[8] = decimals(e.Rank)
			}
		}
		rows = append(rows, row)
	}
	if d.Masked > 0 {
		rows = append(rows, []string{masked(d.Masked), "", "", d.MaskedRequested.Decimal()})
	}
	for _, row := range rows {
		if err := out.Write(row); err != nil {
			return fmt.Errorf("writing the ranking: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("writing the ranking: %w", err)
	}
	return nil
}

func decimals(v float64) string { return strconv.FormatFloat(v, 'f', 4, 64) }

// unspread keeps a spreadsheet from taking text for a formula.
func unspread(text string) string {
	if strings.ContainsAny(text[:min(1, len(text))], "=+-@\t\r") {
		return "'" + text
	}
	return text
}

// totals are what all applications ask for together, also those that are masked.
func (p Ranking) totals() string {
	var asked money.Pence
	for _, r := range p.Desk.Ranked {
		asked += r.Application.Requested
	}
	return fmt.Sprintf("%d applications ask for %s together.", len(p.Desk.Ranked)+p.Desk.Masked, asked+p.Desk.MaskedRequested)
}

func (p Ranking) calibratedMethod() bool {
	return p.Desk.Call.Settings.Method.Ranking == fund.RankCalibrated
}

func (p Ranking) id() ident.Ranking {
	if p.Desk.Kept == nil {
		return ""
	}
	return p.Desk.Kept.ID
}
