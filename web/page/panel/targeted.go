package panel

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"adoptionfund/internal/money"
	"adoptionfund/internal/targeted"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Targeted is what one more review of each application is worth, and which are proposed.
type Targeted struct {
	Pages []nhs.Link
	Desk  targeted.View
	From  int // of the applications
}

// Head is what the frame shows.
func (p Targeted) Head() shared.Head { return head("More reviews where they matter", p.Desk.Call) }

func (p Targeted) spent() string {
	d := p.Desk
	return fmt.Sprintf("This call holds back %d reviews. %d of them are asked for, %d are left.", d.HeldBack, d.Spent, d.Left())
}

// batch are the reviews that are proposed.
func (p Targeted) batch() nhs.Table {
	t := nhs.Table{
		ID: "proposed", Caption: "Proposed reviews", CaptionSize: nhs.Medium, RowHeaders: true, Compact: true,
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Reviewer"}, {Heading: "Why this application"}, {Heading: "Why this reviewer"}},
	}
	for _, r := range p.Desk.Batch {
		t.Rows = append(t.Rows, nhs.Cells(string(r.Ref)+" "+r.Title, r.Name+" ("+strings.ToUpper(r.Kind[:1])+r.Kind[1:]+")", r.Application, r.Reviewer))
	}
	return t
}

// values are the applications, the most valuable first.
func (p Targeted) values() nhs.Table {
	t := nhs.Table{
		ID: "values", Caption: "What one more review is worth", CaptionSize: nhs.Medium, RowHeaders: true, Compact: true,
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Asks for", Numeric: true}, {Heading: "Calibrated score", Numeric: true}, {Heading: "Funding line", Numeric: true}, {Heading: "Worth", Numeric: true}, {Heading: "Why"}},
	}
	for _, r := range p.shown() {
		t.Rows = append(t.Rows, nhs.Cells(string(r.Ref)+" "+r.Title, r.Amount.String(), points(r.Score), points(r.Line), p.worth(r), r.Reason))
	}
	return t
}

// shown are the applications of this page.
func (p Targeted) shown() []targeted.Row {
	rows := p.Desk.Rows
	rows = rows[min(max(p.From, 0), len(rows)):]
	return rows[:min(Length, len(rows))]
}

func (p Targeted) turn() nhs.Pagination {
	path := func(from int) string { return address(p.Desk.Call, "targeted", "") + "?from=" + strconv.Itoa(from) }
	var t nhs.Pagination
	if p.From > 0 {
		t.Previous = path(max(p.From-Length, 0))
	}
	if next := p.From + len(p.shown()); next < len(p.Desk.Rows) {
		t.Next = path(next)
	}
	return t
}

func points(score float64) string { return strconv.FormatFloat(score, 'f', 1, 64) }

// worth is the gain in pounds of full marks, or in points where each application counts alike.
func (p Targeted) worth(r targeted.Row) string {
	if p.byScore() {
		return strconv.FormatFloat(r.Gain, 'f', 2, 64)
	}
	return money.Pounds(int64(math.Round(r.Gain / 100))).String()
}

func (p Targeted) byScore() bool { return p.Desk.Call.Settings.Method.Objective == "score" }
