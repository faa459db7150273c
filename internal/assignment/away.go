package assignment

import (
	"fmt"
	"strings"
	"time"

	"adoptionfund/internal/form"
	"adoptionfund/internal/uktime"
)

// Away is a time in which a reviewer cannot review: its first and its last day.
type Away struct {
	From form.Date `json:"from"`
	To   form.Date `json:"to"`
}

// ParseAway reads times as people type them: one a line, a day or two days with "to" between, such as 2026-11-02 to 2026-11-06.
func ParseAway(text string) (List[Away], error) {
	var all List[Away]
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		first, last, two := strings.Cut(line, " to ")
		if !two {
			last = first
		}
		from, err := form.ParseDate(strings.TrimSpace(first))
		if err != nil {
			return nil, fmt.Errorf("%q is not a day, or two days with “to” between, such as 2026-11-02 to 2026-11-06", line)
		}
		to, err := form.ParseDate(strings.TrimSpace(last))
		if err != nil || to < from {
			return nil, fmt.Errorf("%q is not a day, or two days with “to” between, such as 2026-11-02 to 2026-11-06", line)
		}
		all = append(all, Away{from, to})
	}
	if len(all) > 20 {
		return nil, fmt.Errorf("%d times are too many: enter 20 or fewer", len(all))
	}
	return all, nil
}

// AwayText writes times as they are typed.
func AwayText(all List[Away]) string {
	lines := make([]string, len(all))
	for i, a := range all {
		lines[i] = string(a.From)
		if a.To != a.From {
			lines[i] += " to " + string(a.To)
		}
	}
	return strings.Join(lines, "\n")
}

// present counts on how many of the days that follow a moment a reviewer is there.
func (r Reviewer) present(now time.Time, days int) int {
	there := 0
	for i := range days {
		day := form.Date(uktime.Day(now.AddDate(0, 0, i)))
		away := false
		for _, a := range r.Away {
			away = away || a.From <= day && day <= a.To
		}
		if !away {
			there++
		}
	}
	return there
}

// places is how many reviews a reviewer can have in all, if they hold some already and new ones are to be done within so many days: of
// the places that are left, the share of the days on which they are there, and at least one if they are there at all.
func (r Reviewer) places(holds int, now time.Time, days int) int {
	left := r.Capacity - holds
	if left <= 0 || days <= 0 {
		return r.Capacity
	}
	return holds + (left*r.present(now, days)+days-1)/days
}
