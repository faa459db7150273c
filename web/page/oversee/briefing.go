package oversee

import (
	"time"

	"adoptionfund/internal/decision"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/letter"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Embargo is the marking of what is not released yet.
func Embargo(at *time.Time) string {
	if at == nil {
		return "Embargoed until the release, whose time is not set yet"
	}
	return "Embargoed until " + uktime.Deadline(*at)
}

// Briefing is the embargoed list of outcomes of a call.
type Briefing struct{ decision.Outcomes }

// Head is what the frame shows.
func (p Briefing) Head() shared.Head {
	return shared.Head{Title: "Outcomes before their release", Caption: p.Call.Title, Wide: true, Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}}}
}

func (p Briefing) table() nhs.Table {
	t := nhs.Table{
		ID: "outcomes", Caption: "Outcomes. " + Embargo(p.ReleaseAt), CaptionSize: nhs.Small, CaptionHidden: true, RowHeaders: true, Empty: "No outcome waits for a release.",
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Project"}, {Heading: "Lead organisation"}, {Heading: "Outcome"}, {Heading: "Amount", Numeric: true}},
	}
	for _, l := range p.Lines {
		amount := ""
		if l.Outcome == decision.Successful {
			amount = l.Amount.String()
		}
		t.Rows = append(t.Rows, nhs.Cells(string(l.Ref), l.Title, l.Lead, letter.Kind(l.Outcome).Label(), amount))
	}
	if len(p.Lines) > 0 {
		t.Rows = append(t.Rows, nhs.Cells("Total", "", "", "", p.Total.String()))
	}
	return t
}

// BriefingList is who may read that list, as the fund manager keeps it.
type BriefingList struct {
	decision.BriefingList

	Typed    func(name, stored string) string
	Problems fault.Problems
}

// Head is what the frame shows.
func (p BriefingList) Head() shared.Head {
	return shared.Head{Title: "Embargoed briefing list", Caption: p.Call.Title, Wide: true,
		Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}, {Href: "/panel/" + string(p.Call.Ref) + "/release", Text: "Letters and release"}}}
}

func (p BriefingList) address() string { return "/panel/" + string(p.Call.Ref) + "/briefing" }

func (p BriefingList) table() nhs.Table {
	t := nhs.Table{
		ID: "people", Caption: "Who may read the outcomes before their release", CaptionSize: nhs.Medium, RowHeaders: true, Empty: "Nobody is on the list.",
		Columns: []nhs.Column{{Heading: "Person"}, {Heading: "Why"}, {Heading: "From"}, {Heading: "Named by"}, {Heading: "Holds"}},
	}
	for _, r := range p.Rows {
		holds := nhs.Cell{Text: r.Ended}
		if r.Ended == "" {
			holds = nhs.Cell{Content: p.end(r)}
		}
		t.Rows = append(t.Rows, []nhs.Cell{{Text: r.Name + ", " + r.Email}, {Text: r.Reason}, {Text: uktime.Moment(r.FromAt)}, {Text: r.GivenTo + ", " + uktime.Moment(r.GivenAt)}, holds})
	}
	return t
}

func (p BriefingList) views() nhs.Table {
	t := nhs.Table{ID: "views", Caption: "Who read the outcomes", CaptionSize: nhs.Medium, RowHeaders: true, Empty: "Nobody has read them yet.", Columns: []nhs.Column{{Heading: "Person"}, {Heading: "When"}}}
	for _, v := range p.Viewed {
		name := p.Names[ident.Person(v.By)]
		if name == "" {
			name = "Somebody whose account is gone"
		}
		t.Rows = append(t.Rows, nhs.Cells(name, uktime.Moment(v.At)))
	}
	return t
}
