package apply

import (
	"net/url"
	"strings"

	"adoptionfund/internal/decision"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// DecisionReview is the page on which a review of a decision is asked for, and on which its result is read.
type DecisionReview struct {
	decision.Case
	Sent     url.Values // what was typed, if the page is shown again
	Problems fault.Problems
}

// Head is what the frame shows.
func (p DecisionReview) Head() shared.Head {
	return shared.Head{Title: "Review of the decision", Caption: string(p.Application.Ref) + ": " + p.Application.Title,
		Crumbs: nhs.Breadcrumbs{{Href: "/applications", Text: "Applications"}, {Href: "/applications/" + string(p.Application.Ref), Text: string(p.Application.Ref)}}}
}

// asks reports whether a review can be asked for now by the reader.
func (p DecisionReview) asks() bool { return p.MayAsk && p.NotNow == "" }

func (p DecisionReview) until() string {
	return "You can ask until " + uktime.Deadline(p.Until) + "."
}

func (p DecisionReview) grounds() nhs.Checkboxes {
	c := nhs.Checkboxes{Name: "grounds", Legend: "Why should the decision be looked at again?", Size: nhs.Small, Values: p.Sent["grounds"], Error: p.Problems["grounds"]}
	for _, g := range decision.Grounds() {
		c.Options = append(c.Options, nhs.Option{Value: string(g.Ground), Label: g.Label})
	}
	return c
}

// ReviewFacts tells of a review of a decision: what was asked and what came of it.
func ReviewFacts(r decision.Review, asked, settled string) nhs.SummaryList {
	var why []string
	for _, g := range r.Why() {
		why = append(why, g.Label())
	}
	rows := []nhs.SummaryRow{
		{Key: "Decision", Value: workflow.Applications().Info(r.DecidedState).ApplicantLabel + ", told on " + uktime.Moment(r.DecidedAt)},
		{Key: "Asked for", Value: uktime.Moment(r.AskedAt) + by(asked)}, {Key: "Grounds", Value: strings.Join(why, "; ")}, {Key: "What went wrong", Content: nhs.Text(r.Statement)},
	}
	switch r.Outcome {
	case decision.Open:
		rows = append(rows, nhs.SummaryRow{Key: "Result", Content: nhs.Tag{Text: "Being looked into", Colour: nhs.Blue}})
	case decision.Upheld:
		rows = append(rows, nhs.SummaryRow{Key: "Result", Content: nhs.Tag{Text: "Upheld", Colour: nhs.Green}})
	case decision.Dismissed:
		rows = append(rows, nhs.SummaryRow{Key: "Result", Content: nhs.Tag{Text: "The decision stands", Colour: nhs.Grey}})
	}
	if r.SettledAt != nil {
		rows = append(rows, nhs.SummaryRow{Key: "Settled", Value: uktime.Moment(*r.SettledAt) + by(settled)}, nhs.SummaryRow{Key: "Reason", Content: nhs.Text(r.Reason)})
	}
	return nhs.SummaryList{Rows: rows}
}

func by(name string) string {
	if name == "" {
		return ""
	}
	return " by " + name
}
