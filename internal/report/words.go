package report

import (
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/form"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
)

func stateWords(state string) string {
	if s := workflow.ApplicationState(state); s.Known() {
		return workflow.Applications().Info(s).Label
	}
	return state
}

func awardWords(state string) string {
	if s := workflow.AwardState(state); s.Known() {
		return workflow.Awards().Info(s).Label
	}
	return state
}

func dtacStatuses() []Choice {
	return []Choice{
		{string(status.Compliant), "Compliant"}, {string(status.OnTheWay), "On the way"}, {string(status.NotCompliant), "Not compliant"}, {string(status.NotAssessed), "Not assessed"},
		{string(status.Incomplete), "Incomplete"},
	}
}

func dtacWords(s string) string { return chosen(dtacStatuses(), s) }

func organisationKind(s string) string {
	return chosen([]Choice{{"icb", "Integrated care board"}, {"trust", "Trust"}, {"innovator", "Innovator"}}, s)
}

// chosen gives the words of a value; the value itself where there are none.
func chosen(choices []Choice, value string) string {
	for _, c := range choices {
		if c.Value == value {
			return c.Label
		}
	}
	return value
}

func shownDay(day string) string {
	if t := form.Date(day).Time(); !t.IsZero() {
		return uktime.Date(t)
	}
	return day
}
