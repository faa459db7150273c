// Package plan is the arithmetic of an award: what is to be spent in which quarter, the payments that follow, what becomes of both when
// the award becomes smaller, and how spending stands against it. All of it is in integer pence and adds up to the penny.
//
// It leaves what is recorded, by whom and when to award and monitoring.
package plan

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"adoptionfund/internal/money"
)

// Line is what is to be spent in a quarter, as capital or as revenue.
type Line struct {
	Year    string      `json:"year"`    // a financial year as cost lines name it, "2026_27"
	Quarter string      `json:"quarter"` // q1 is April to June
	Use     string      `json:"use"`     // capital or revenue
	Amount  money.Pence `json:"pence"`
}

// Quarter is the quarter of the line.
func (l Line) quarter() Quarter { return Quarter{l.Year, l.Quarter} }

// Total adds the lines up.
func Total(lines []Line) money.Pence {
	var total money.Pence
	for _, l := range lines {
		total += l.Amount
	}
	return total
}

// Merged joins the lines of one quarter and use, in the order of time, and leaves out those of nothing.
func Merged(lines []Line) []Line {
	var merged []Line
	for _, l := range lines {
		at := slices.IndexFunc(merged, func(m Line) bool { return m.quarter() == l.quarter() && m.Use == l.Use })
		if at < 0 {
			merged = append(merged, l)
			continue
		}
		merged[at].Amount += l.Amount
	}
	merged = slices.DeleteFunc(merged, func(l Line) bool { return l.Amount == 0 })
	slices.SortStableFunc(merged, func(a, b Line) int {
		return cmp.Or(cmp.Compare(a.Year, b.Year), cmp.Compare(a.Quarter, b.Quarter), cmp.Compare(a.Use, b.Use))
	})
	return merged
}

// Scaled gives the lines in proportion so that they add up to an amount exactly. Lines of nothing stay nothing.
func Scaled(lines []Line, to money.Pence) []Line {
	weights := make([]money.Pence, len(lines))
	for i, l := range lines {
		weights[i] = l.Amount
	}
	scaled := slices.Clone(lines)
	for i, part := range money.Split(to, weights) {
		scaled[i].Amount = part
	}
	return Merged(scaled)
}

// Sums adds lines up by a key, such as the year or the use, in the order in which keys first come.
func Sums(lines []Line, key func(Line) string) (keys []string, sums map[string]money.Pence) {
	sums = map[string]money.Pence{}
	for _, l := range lines {
		k := key(l)
		if _, seen := sums[k]; !seen {
			keys = append(keys, k)
		}
		sums[k] += l.Amount
	}
	return keys, sums
}

// Until gives the lines of quarters that have ended by a day.
func Until(lines []Line, day string) []Line {
	return slices.DeleteFunc(slices.Clone(lines), func(l Line) bool { return l.quarter().End() > day })
}

// Quarter is a quarter of a financial year.
type Quarter struct{ Year, Name string }

// starts are the months in which quarters begin; the last lies in the second calendar year.
func starts() map[string]time.Month {
	return map[string]time.Month{"q1": time.April, "q2": time.July, "q3": time.October, "q4": time.January}
}

// first is the first day of the quarter; the zero time where year or name are none.
func (q Quarter) first() time.Time {
	text, _, _ := strings.Cut(q.Year, "_")
	year, err := strconv.Atoi(text)
	month, ok := starts()[q.Name]
	if err != nil || !ok {
		return time.Time{}
	}
	if q.Name == "q4" {
		year++
	}
	return time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
}

// Valid reports whether it is a quarter.
func (q Quarter) Valid() bool { return !q.first().IsZero() }

// Start is its first day, "2026-10-01".
func (q Quarter) Start() string { return q.first().Format(time.DateOnly) }

// End is its last day.
func (q Quarter) End() string { return q.first().AddDate(0, 3, -1).Format(time.DateOnly) }

// String names it for people: October to December 2026.
func (q Quarter) String() string {
	first := q.first()
	return fmt.Sprintf("%s to %s %d", first.Month(), first.AddDate(0, 2, 0).Month(), first.Year())
}

// Of gives the quarter of a day, "2026-10-01"; false where that is none.
func Of(day string) (Quarter, bool) {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return Quarter{}, false
	}
	year, name := t.Year(), "q3"
	switch m := t.Month(); {
	case m < time.April:
		year, name = year-1, "q4"
	case m < time.July:
		name = "q1"
	case m < time.October:
		name = "q2"
	}
	return Quarter{fmt.Sprintf("%d_%02d", year, (year+1)%100), name}, true
}

// Quarters are the quarters from that of a day to that of another, at most forty.
func Quarters(from, to string) []Quarter {
	q, ok := Of(from)
	var all []Quarter
	for ok && q.Start() <= to && len(all) < 40 {
		all = append(all, q)
		q, ok = Of(q.first().AddDate(0, 3, 0).Format(time.DateOnly))
	}
	return all
}

// YearWords name a financial year for people: "2026_27" is 2026 to 2027.
func YearWords(year string) string {
	if q := (Quarter{year, "q1"}); q.Valid() {
		return fmt.Sprintf("%d to %d", q.first().Year(), q.first().Year()+1)
	}
	return year
}

// Instalment is a payment that is to be made, and what must be so before.
type Instalment struct {
	Due       string // the day on which it falls due
	Amount    money.Pence
	Condition string
	Cleared   bool // it may not become smaller any more
}

// OnAgreement is the condition of the first payment where nothing else is said, OnReturn that of the others.
const (
	OnAgreement = "The agreement is signed by both sides"
	OnReturn    = "The return for %s is accepted"
)

// Schedule makes the payments that follow from a plan: one for each quarter, the first on the agreement, the others when the return for the
// quarter before is accepted. They add up to the plan.
func Schedule(lines []Line) []Instalment {
	var schedule []Instalment
	var before Quarter
	for _, l := range Merged(lines) {
		q := l.quarter()
		if len(schedule) > 0 && q == before {
			schedule[len(schedule)-1].Amount += l.Amount
			continue
		}
		condition := OnAgreement
		if len(schedule) > 0 {
			condition = fmt.Sprintf(OnReturn, before)
		}
		schedule = append(schedule, Instalment{Due: q.Start(), Amount: l.Amount, Condition: condition})
		before = q
	}
	return schedule
}

// Owed adds the payments up.
func Owed(schedule []Instalment) money.Pence {
	var total money.Pence
	for _, p := range schedule {
		total += p.Amount
	}
	return total
}

// What keeps an award from becoming smaller.
var (
	ErrUp      = errors.New("plan: the amount goes up")
	ErrCleared = errors.New("plan: more than that is cleared to pay already")
)

// Reduced takes payments down to an amount, from the last of those that are not cleared. Payments of nothing are left in their place, so
// that each keeps its row. It refuses an amount that is more than before, or less than is cleared.
func Reduced(schedule []Instalment, to money.Pence) ([]Instalment, error) {
	over := Owed(schedule) - to
	if over < 0 {
		return nil, ErrUp
	}
	less := slices.Clone(schedule)
	for i := len(less) - 1; i >= 0 && over > 0; i-- {
		if less[i].Cleared {
			continue
		}
		taken := min(over, less[i].Amount)
		less[i].Amount -= taken
		over -= taken
	}
	if over > 0 {
		return nil, ErrCleared
	}
	return less, nil
}

// Standing is how spending stands against the plan by the end of a quarter.
type Standing struct {
	Quarter Quarter
	Planned money.Pence // from the beginning to the end of the quarter
	Spent   money.Pence
	Told    bool // a return for the quarter was accepted
}

// Difference is what was spent beyond the plan; less than nothing: what is still to be spent of it.
func (s Standing) Difference() money.Pence { return s.Spent - s.Planned }

// Against compares spending with the plan, quarter by quarter, each from the beginning. spent are what returns say, those that count.
func Against(lines, spent []Line) []Standing {
	var quarters []Quarter
	told := map[Quarter]bool{}
	for _, l := range spent {
		told[l.quarter()] = true
	}
	for _, l := range slices.Concat(lines, spent) {
		if !slices.Contains(quarters, l.quarter()) {
			quarters = append(quarters, l.quarter())
		}
	}
	slices.SortFunc(quarters, func(a, b Quarter) int { return cmp.Compare(a.Start(), b.Start()) })
	standings := make([]Standing, len(quarters))
	for i, q := range quarters {
		standings[i] = Standing{q, Total(Until(lines, q.End())), Total(Until(spent, q.End())), told[q]}
	}
	return standings
}
