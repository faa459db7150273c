// Package screen holds the pages of eligibility officers and of DTAC assessors.
//
// It owns how findings, decisions and DTAC positions look. What is found, and what may be done, is decided by eligibility, product and
// review.
package screen

import (
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/rules"
	"adoptionfund/internal/workflow"
	"adoptionfund/web/nhs"
)

// Typed gives what stands in a field: what was typed if the page is shown again, else what is stored.
type Typed func(name, stored string) string

// decisionTag shows a decision on a criterion.
func decisionTag(d eligibility.Decision) nhs.Tag {
	switch d {
	case eligibility.Pass:
		return nhs.Tag{Text: "Pass", Colour: nhs.Green}
	case eligibility.Fail:
		return nhs.Tag{Text: "Fail", Colour: nhs.Red}
	case eligibility.Clarify:
		return nhs.Tag{Text: "To be clarified", Colour: nhs.Yellow}
	}
	return nhs.Tag{Text: "Not decided", Colour: nhs.Grey}
}

// severityTag shows what a rule suggests.
func severityTag(s rules.Severity) nhs.Tag {
	if s == rules.Fail {
		return nhs.Tag{Text: "Contradicts", Colour: nhs.Red}
	}
	return nhs.Tag{Text: "Look at this", Colour: nhs.Yellow}
}

// statusTag shows a DTAC status.
func statusTag(s status.Status) nhs.Tag {
	t := nhs.Tag{Text: s.Label(), Colour: nhs.Grey}
	switch s {
	case status.Compliant:
		t.Colour = nhs.Green
	case status.OnTheWay:
		t.Colour = nhs.Yellow
	case status.NotCompliant:
		t.Colour = nhs.Red
	case status.NotAssessed, status.Incomplete:
	}
	if t.Text == "" {
		t.Text = "Not assessed"
	}
	return t
}

// itemTag shows where a question of DTAC stands.
func itemTag(s status.State) nhs.Tag {
	t := nhs.Tag{Text: s.Label(), Colour: nhs.Grey}
	switch s {
	case status.Pass, status.Waived:
		t.Colour = nhs.Green
	case status.Fail, status.Expired, status.Stale:
		t.Colour = nhs.Red
	case status.ActionNeeded:
		t.Colour = nhs.Yellow
	case status.NotAssessedYet:
		t.Colour = nhs.Blue
	case status.Unanswered:
		t.Colour = nhs.Orange
	case status.NotAsked:
	}
	return t
}

// stateTag shows where an application stands, to staff.
func stateTag(s workflow.ApplicationState) nhs.Tag {
	info := workflow.Applications().Info(s)
	return nhs.Tag{Text: info.Label, Colour: nhs.Colour(info.Colour)}
}

func home(more ...nhs.Link) nhs.Breadcrumbs {
	return append(nhs.Breadcrumbs{{Href: "/", Text: "Home"}}, more...)
}
