package oversee

import (
	"fmt"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

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
