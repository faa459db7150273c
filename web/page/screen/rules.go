package screen

import (
	"slices"
	"strconv"
	"strings"

	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/rules"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// RulesTrial tries a changed rule file on the submissions of a round.
type RulesTrial struct {
	Rounds   []eligibility.Tryable
	From     string             // the id of the rules to begin with; empty: there are none
	Rules    string             // their text
	Trial    *eligibility.Trial // nil: not tried yet
	Problems fault.Problems
	Typed    Typed
}

// Head is what the frame shows.
func (p RulesTrial) Head() shared.Head {
	return shared.Head{Title: "Try changed rules", Wide: true, Crumbs: toQueue()}
}

func (p RulesTrial) hint() string {
	if p.From == "" {
		return "No round has calls yet, so that no rules are in use."
	}
	return "These are the rules " + p.From + " until you change them here."
}

func (p RulesTrial) rounds() []nhs.Option {
	options := make([]nhs.Option, len(p.Rounds))
	for i, r := range p.Rounds {
		options[i] = nhs.Option{Value: string(r.Ref), Label: string(r.Ref) + " " + r.Title}
	}
	return options
}

// Newest is the id of the rules of the newest round that has some.
func (p RulesTrial) Newest() string {
	for _, r := range p.Rounds {
		if len(r.Pinned) > 0 {
			return r.Pinned[0]
		}
	}
	return ""
}

// sources are the rule files in use, with the rounds that use them.
func (p RulesTrial) sources() []ruleSource {
	var list []ruleSource
	for _, r := range p.Rounds {
		for _, id := range r.Pinned {
			at := slices.IndexFunc(list, func(s ruleSource) bool { return s.id == id })
			if at < 0 {
				list = append(list, ruleSource{id: id, here: id == p.From})
				at = len(list) - 1
			}
			list[at].rounds = append(list[at].rounds, string(r.Ref))
		}
	}
	return list
}

// ruleSource is a rule file in use.
type ruleSource struct {
	id     string
	rounds []string
	here   bool // the text on the page began with it
}

func (s ruleSource) title() string { return s.id + ", used by " + strings.Join(s.rounds, ", ") }

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
