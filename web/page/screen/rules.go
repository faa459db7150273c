package screen

import (
	"strconv"

	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/rules"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// RulesTrial tries a changed rule file on the submissions of a round.
type RulesTrial struct {
	Rounds   []fund.Round
	Rules    string             // the text to begin with: the rules in use
	Trial    *eligibility.Trial // nil: not tried yet
	Problems fault.Problems
	Typed    Typed
}

// Head is what the frame shows.
func (p RulesTrial) Head() shared.Head {
	return shared.Head{Title: "Try changed rules", Wide: true, Crumbs: toQueue()}
}

func (p RulesTrial) rounds() []nhs.Option {
	options := make([]nhs.Option, len(p.Rounds))
	for i, r := range p.Rounds {
		options[i] = nhs.Option{Value: string(r.Ref), Label: string(r.Ref) + " " + r.Title}
	}
	return options
}

func (p RulesTrial) said() string {
	t := p.Trial
	text := t.Set.ID + " ran on " + counted(t.Looked, "submission") + " of " + string(t.Round) + ": " + counted(len(t.Differences), "application") + " would be found differently."
	if t.Other > 0 {
		text += " " + counted(t.Other, "submission") + " on another form than " + t.Set.FormID + " left out."
	}
	return text
}

func counted(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return strconv.Itoa(n) + " " + thing
}

func (p RulesTrial) table() nhs.Table {
	t := nhs.Table{
		ID: "differences", Caption: "What would be found differently", RowHeaders: true, Empty: "The changed rules find just what the rules in use find.",
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Lead organisation"}, {Heading: "Found in addition"}, {Heading: "No longer found"}},
	}
	for _, d := range p.Trial.Differences {
		t.Rows = append(t.Rows, []nhs.Cell{
			{Text: string(d.Ref) + " " + d.Title, Href: "/screening/" + string(d.Ref)}, {Text: d.Lead}, {Content: findings(d.New)}, {Content: findings(d.Gone)},
		})
	}
	return t
}

func finding(f rules.Finding) string { return " " + f.Rule + ": " + f.Message }
