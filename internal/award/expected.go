package award

import (
	"strings"
	"time"

	"adoptionfund/internal/award/plan"
)

// How long after the end of a quarter its return is due, and after the end of the project the final report: in days.
const (
	returnDays = 30
	finalDays  = 90
)

// ExpectedReturn is a return that the agreement asks for.
type ExpectedReturn struct {
	Quarter plan.Quarter
	Final   bool
	Due     string // a day
}

// Code stands in addresses: "2026-27-q3", "final".
func (r ExpectedReturn) Code() string {
	if r.Final {
		return "final"
	}
	return strings.ReplaceAll(r.Quarter.Year, "_", "-") + "-" + r.Quarter.Name
}

// Title names it for people.
func (r ExpectedReturn) Title() string {
	if r.Final {
		return "Final report"
	}
	return "Return for " + r.Quarter.String()
}

// Expected are the returns of an award: one for each quarter from that in which it began, or was agreed if that was later, to that in which
// it ends; and the final report, which has the figures of the quarter in which the project ends.
func Expected(agreed string, t *Terms) []ExpectedReturn {
	from := max(agreed, t.StartsOn)
	var all []ExpectedReturn
	quarters := plan.Quarters(from, max(from, t.EndsOn))
	for i, q := range quarters {
		if i < len(quarters)-1 {
			all = append(all, ExpectedReturn{Quarter: q, Due: DaysAfter(q.End(), returnDays)})
			continue
		}
		all = append(all, ExpectedReturn{Quarter: q, Final: true, Due: DaysAfter(max(from, t.EndsOn), finalDays)})
	}
	return all
}

// DaysAfter counts days on from a day.
func DaysAfter(day string, n int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, n).Format(time.DateOnly)
}
