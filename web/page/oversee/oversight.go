package oversee

import (
	"fmt"
	"strconv"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/award"
	"adoptionfund/internal/money"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Audit is the audit trail, newest first, with its verified state.
type Audit struct {
	Entries []audit.Entry
	Finding *audit.Finding // nil where it was not asked
	Older   string
	Names   map[string]string
}

// Head is what the frame shows.
func (p Audit) Head() shared.Head {
	return shared.Head{Title: "Audit trail", Wide: true, Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}}}
}

func (p Audit) table() nhs.Table {
	t := nhs.Table{ID: "events", Caption: "Events, newest first", CaptionSize: nhs.Medium, RowHeaders: true, Scroll: true, Compact: true,
		Columns: []nhs.Column{{Heading: "Number"}, {Heading: "When"}, {Heading: "Who"}, {Heading: "What"}, {Heading: "On"}, {Heading: "Facts"}, {Heading: "Digest"}},
		Empty:   "Nothing has happened yet."}
	for _, e := range p.Entries {
		who := p.Names[e.ByID]
		if who == "" {
			who = e.ByID
		}
		t.Rows = append(t.Rows, nhs.Cells(strconv.FormatInt(e.Seq, 10), uktime.Moment(e.At), who, e.Verb, e.Kind+" "+e.Subject, e.Facts, e.Digest[:12]))
	}
	return t
}

// Policy is the access policy as a table: for each action, which roles may do it and under which conditions.
type Policy struct{ Matrix access.Matrix }

// Head is what the frame shows.
func (p Policy) Head() shared.Head {
	return shared.Head{Title: "Access policy", Wide: true, Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}}}
}

// table has a row for each action: who may do it, under which conditions, and which deeds bar it.
func (p Policy) table() nhs.Table {
	t := nhs.Table{ID: "matrix", Caption: "Actions, roles and conditions", CaptionSize: nhs.Medium, CaptionHidden: true, RowHeaders: true, Scroll: true, Compact: true,
		Columns: []nhs.Column{{Heading: "Action"}, {Heading: "What it is"}, {Heading: "Who may, and when"}, {Heading: "Barred by having done"}}}
	for _, row := range p.Matrix.Rows {
		var who, barred []string
		for i, cell := range row.Cells {
			if words := cell.Words(); words == "yes" {
				who = append(who, p.Matrix.Roles[i].Label)
			} else if words != "" {
				who = append(who, p.Matrix.Roles[i].Label+" ("+words+")")
			}
		}
		for _, pair := range row.Barring {
			barred = append(barred, fmt.Sprintf("%s on the same %s", pair.Deed, pair.Per))
		}
		t.Rows = append(t.Rows, nhs.Cells(string(row.Action), row.Label, strings.Join(who, "; "), strings.Join(barred, "; ")))
	}
	return t
}

// Workflows are the diagrams drawn from the transition tables.
type Workflows struct{ Diagrams map[string]string }

// Head is what the frame shows.
func (p Workflows) Head() shared.Head {
	return shared.Head{Title: "States and moves", Wide: true, Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}}}
}

// Register is the public register of awards that are agreed.
type Register struct{ Awards []Registered }

// Registered is an award in the register.
type Registered struct {
	award.Award
	Title, Lead, Call, Summary string
}

// Head is what the frame shows.
func (p Register) Head() shared.Head {
	return shared.Head{Title: "Register of awards", Wide: true, Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}}}
}

func (p Register) table() nhs.Table {
	t := nhs.Table{ID: "register", Caption: "Awards that are agreed", CaptionSize: nhs.Medium, CaptionHidden: true, RowHeaders: true,
		Columns: []nhs.Column{{Heading: "Reference"}, {Heading: "Project"}, {Heading: "Lead organisation"}, {Heading: "Recipient"}, {Heading: "Call"}, {Heading: "Agreed"}, {Heading: "Amount", Numeric: true}},
		Empty:   "No award is agreed yet."}
	var sum money.Pence
	for _, a := range p.Awards {
		sum += a.Amount
		t.Rows = append(t.Rows, nhs.Cells(string(a.Ref), a.Title, a.Lead, a.Recipient, a.Call, uktime.Date(*a.AgreedAt), a.Amount.String()))
	}
	if len(t.Rows) > 0 {
		t.Foot = nhs.Cells(fmt.Sprintf("%d awards", len(t.Rows)), "", "", "", "", "", sum.String())
	}
	return t
}
