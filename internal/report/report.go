// Package report is the catalogue of reports: what each is called, who may have it, its columns with their meaning, and how its rows are
// read; and the writers, one for each format. Page and files take their rows from the same reader and add them up in the same place, so that
// they agree to the penny. It also gives the public register of awards, and sends people links to reports by a timetable.
//
// It leaves what the figures mean to the rooms that they come from, and how a page looks to the site.
package report

import (
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/money"
	"adoptionfund/internal/uktime"
)

// Type says what stands in a column.
type Type string

// The types. A cell without a value is nil.
const (
	Text    Type = "text"
	Label   Type = "label"   // a code whose words Column.Words gives
	Money   Type = "money"   // money.Pence
	Points  Type = "points"  // rubric.Points: hundredths of a point
	Number  Type = "number"  // int64
	Decimal Type = "decimal" // float64
	Day     Type = "day"     // text such as 2026-11-28
	Moment  Type = "moment"  // time.Time
)

// Numeric reports whether the values stand at the right of their column.
func (t Type) Numeric() bool { return t == Money || t == Points || t == Number || t == Decimal }

// Column is a column of a report, under one name in every file.
type Column struct {
	Name    string
	Label   string
	Type    Type
	Meaning string
	Aside   bool                // not on the page and in print unless somebody chooses it
	Sum     bool                // money or a number that is added up
	Words   func(string) string // of a Label
}

// field is the name under which JSON has the column: money is in pence and says so.
func (c Column) field() string {
	if c.Type == Money {
		return c.Name + "_pence"
	}
	return c.Name
}

// Group is what totals are made by besides the whole.
type Group struct {
	Name  string // by_theme
	Title string // By theme
	Words func(string) string
}

// Filter is what a report can be narrowed by.
type Filter struct {
	Name  string
	Label string
	// Choices are the values that it takes; none: any text is looked for.
	Choices func(*Reading) ([]Choice, error)
}

// Choice is a value with its words.
type Choice struct{ Value, Label string }

// Row is one line of a report. A line that stands for several counts for as many.
type Row struct {
	Key    string // of the page that begins after it
	Count  int
	Groups []string // its value in each of the report's groups
	Cells  []any
}

// Report is an entry of the catalogue: everything that is particular to it.
type Report struct {
	Kind     string // in addresses
	Title    string
	About    string // a sentence for whoever chooses
	One      string // what a line is: application
	Many     string // applications
	Action   access.Action
	Personal bool // names people, and says so in its marking
	Sources  string
	Columns  []Column
	Groups   []Group
	Filters  []Filter
	Charts   []string // names of groups that are drawn
	Awards   bool     // can also be had in the 360Giving standard
	across   bool     // compares all rounds that the reader may have it of, whichever it is asked for
	// masks says that lines are about applications: those that the reader is barred from are one line together.
	masks bool
	// rows gives at most n lines after the one with a key, in the order of their keys; fewer only at the end.
	rows func(r *Reading, after string, n int) ([]Row, error)
}

// Column gives the place of a column by its name, -1 where there is none.
func (r *Report) Column(name string) int {
	for i, c := range r.Columns {
		if c.Name == name {
			return i
		}
	}
	return -1
}

// summed are the places of the columns that are added up.
func (r *Report) summed() []int {
	var at []int
	for i, c := range r.Columns {
		if c.Sum {
			at = append(at, i)
		}
	}
	return at
}

// Figures are a count of lines and the sums of the columns that are added up, in their order: pence, or numbers.
type Figures struct {
	Count int
	Sums  []int64
}

func (f *Figures) add(row Row, at []int) {
	if f.Sums == nil {
		f.Sums = make([]int64, len(at))
	}
	f.Count += row.Count
	for n, i := range at {
		switch v := row.Cells[i].(type) {
		case money.Pence:
			f.Sums[n] += int64(v)
		case int64:
			f.Sums[n] += v
		}
	}
}

// Totals are the figures of all lines, and of each value of each group.
type Totals struct {
	Figures
	Groups []map[string]*Figures // as in Report.Groups
	at     []int
}

// NewTotals are the totals of no line yet.
func (r *Report) NewTotals() *Totals {
	t := &Totals{Groups: make([]map[string]*Figures, len(r.Groups)), at: r.summed()}
	t.Sums = make([]int64, len(t.at))
	for i := range t.Groups {
		t.Groups[i] = map[string]*Figures{}
	}
	return t
}

// Add counts a line in: the one place where the money of reports is added up.
func (t *Totals) Add(row Row) {
	t.add(row, t.at)
	for i, value := range row.Groups {
		f := t.Groups[i][value]
		if f == nil {
			f = &Figures{}
			t.Groups[i][value] = f
		}
		f.add(row, t.at)
	}
}

// Statement is what every page and file of a report says of itself.
type Statement struct {
	Round   string
	Title   string // of the round
	Notice  string // of the round, such as that its data is invented
	Report  string
	Made    time.Time
	Maker   string
	Filter  string // in words
	Marking string
	Sources string
}

// words gives a cell as people read it, on the page and in print.
func (c Column) words(cell any) string {
	if text, ok := cell.(string); ok && c.Words != nil && text != "" {
		return c.Words(text)
	}
	switch v := cell.(type) {
	case money.Pence:
		return v.String()
	case time.Time:
		return uktime.Moment(v)
	case string:
		if c.Type == Day {
			return shownDay(v)
		}
		return v
	}
	return plain(cell)
}

// Shown gives a cell as people read it.
func (c Column) Shown(cell any) string { return c.words(cell) }
