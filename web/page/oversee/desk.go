package oversee

import (
	"strconv"

	"adoptionfund/internal/fund"
	"adoptionfund/internal/workflow"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Reports lists the rounds with their reports.
type Reports struct{ Rounds []fund.RoundWithCalls }

// Head is what the frame shows.
func (p Reports) Head() shared.Head {
	return shared.Head{Title: "Reports", Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}}}
}

func (p Reports) table() nhs.Table {
	t := nhs.Table{ID: "rounds", Caption: "Rounds, newest first", CaptionSize: nhs.Medium, RowHeaders: true,
		Columns: []nhs.Column{{Heading: "Round"}, {Heading: "Stands"}, {Heading: "Calls", Numeric: true}, {Heading: "Budget", Numeric: true}},
		Empty:   "There is no round yet."}
	for _, r := range p.Rounds {
		row := nhs.Cells(string(r.Ref)+": "+r.Title, workflow.Calls().Info(r.State()).Label, strconv.Itoa(len(r.Calls)), r.Budget.String())
		row[0].Href = "/reports/" + string(r.Ref)
		t.Rows = append(t.Rows, row)
	}
	return t
}

// Administration is the fund manager's way to what is set up and looked up.
type Administration struct {
	Links  []nhs.Link
	Rounds []fund.RoundWithCalls
	Panel  bool // may open the desks of calls
}

// Head is what the frame shows.
func (p Administration) Head() shared.Head {
	return shared.Head{Title: "Administration", Wide: true, Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}}}
}

// calls has a row for each call, with the desks of its panel.
func (p Administration) calls() nhs.Table {
	t := nhs.Table{ID: "calls", Caption: "Calls and their desks", CaptionSize: nhs.Medium, RowHeaders: true,
		Columns: []nhs.Column{{Heading: "Call"}, {Heading: "Stands"}, {Heading: "Assignment"}, {Heading: "Progress"}, {Heading: "Moderation"}, {Heading: "Allocation"}},
		Empty:   "There is no call yet. A round and its calls are made under “Rounds and calls”, or by the command “round create” from a file."}
	for _, r := range p.Rounds {
		for _, c := range r.Calls {
			row := nhs.Cells(string(c.Ref)+": "+c.Title, workflow.Calls().Info(c.State).Label)
			for _, desk := range []string{"assignment", "progress", "moderation", "allocation"} {
				row = append(row, nhs.Cell{Text: "Open", Hidden: " the " + desk + " of " + string(c.Ref), Href: "/panel/" + string(c.Ref) + "/" + desk})
			}
			row[0].Href = "/calls/" + string(c.Ref)
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}
