package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/ranking"
	"adoptionfund/internal/work"
)

// Reading is a report of a round as one person reads it at one moment: inside a transaction, with what is kept from them.
type Reading struct {
	tx     *work.Tx
	s      *Service
	report *Report
	round  *fund.Round
	calls  []fund.Call
	byID   map[ident.Call]*fund.Call
	filter map[string]string
	// hidden are the calls whose proposals the reader may not see before they are released.
	hidden []ident.Call
	// barred is true while the lines are read that the reader is barred from, to be one line together.
	barred bool
	// bars is how many applications of the round that is.
	bars int64
	// made keeps the lines of reports that are made at once, and of what the reader is barred from.
	made map[bool][]Row
	// rankings are those that count, by call; nil where a call has none.
	rankings map[ident.Call]*ranking.Calibrated
	// others are the readings of every round that the reader may have the report of, where it compares them.
	others []*Reading
	// wanted are the columns that somebody needs; nil: all.
	wanted map[string]bool
}

// read opens a report for the one who acts: the round, the permission, and what is kept from them.
func (s *Service) read(tx *work.Tx, a Asked) (*Reading, error) {
	rep, ok := Find(a.Kind)
	if !ok {
		return nil, work.NotFound("report")
	}
	round, err := fund.RoundByRef(tx, a.Round)
	if err != nil {
		return nil, err
	}
	if err := tx.Require(rep.Action, round); err != nil {
		return nil, err
	}
	r, err := s.reading(tx, rep, round)
	if err != nil {
		return nil, err
	}
	if rep.across {
		if r.others, err = s.readAcross(tx, rep); err != nil {
			return nil, err
		}
	}
	return r, r.narrow(a)
}

// reading is a report of one round, with what is kept from the reader.
func (s *Service) reading(tx *work.Tx, rep *Report, round *fund.Round) (*Reading, error) {
	var err error
	r := &Reading{tx: tx, s: s, report: rep, round: round, filter: map[string]string{}, byID: map[ident.Call]*fund.Call{}, made: map[bool][]Row{}, rankings: map[ident.Call]*ranking.Calibrated{}}
	if r.calls, err = fund.CallsOf(tx, round.ID); err != nil {
		return nil, err
	}
	for i := range r.calls {
		c := &r.calls[i]
		r.byID[c.ID] = c
		sees, err := tx.May(access.ViewProposal, c)
		if err != nil {
			return nil, err
		}
		if !sees {
			r.hidden = append(r.hidden, c.ID)
		}
	}
	r.bars, err = barredIn(tx, round.ID)
	return r, err
}

// narrow takes the filters that the report has; a value that there is not narrows nothing.
func (r *Reading) narrow(a Asked) error {
	for _, f := range r.report.Filters {
		value := strings.TrimSpace(a.Filter[f.Name])
		if value == "" || len(value) > 200 {
			continue
		}
		if f.Choices != nil {
			choices, err := f.Choices(r)
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(choices, func(c Choice) bool { return c.Value == value }) {
				continue
			}
		}
		r.filter[f.Name] = value
	}
	return nil
}

// needs reports whether somebody needs a column.
func (r *Reading) needs(column string) bool { return r.wanted == nil || r.wanted[column] }

// narrowed reports whether a filter would tell apart the applications behind the masked line. They count in a whole round and in a whole
// call, and in nothing narrower: else whoever is barred could find out by asking again and again.
func (r *Reading) narrowed() bool {
	for name := range r.filter {
		if name != "call" {
			return true
		}
	}
	return false
}

// words are the filters in words.
func (r *Reading) words() string {
	var parts []string
	for _, f := range r.report.Filters {
		value, ok := r.filter[f.Name]
		if !ok {
			continue
		}
		if f.Choices != nil {
			choices, err := f.Choices(r)
			if i := slices.IndexFunc(choices, func(c Choice) bool { return c.Value == value }); err == nil && i >= 0 {
				value = choices[i].Label
			}
		}
		parts = append(parts, f.Label+": "+value)
	}
	return cmp.Or(strings.Join(parts, "; "), "none")
}

// marking says who may be given what is in the report.
func (r *Reading) marking() string {
	switch {
	case r.report.Personal:
		return "OFFICIAL-SENSITIVE: PERSONAL"
	case r.embargoed() || slices.ContainsFunc(r.others, (*Reading).embargoed):
		return "OFFICIAL-SENSITIVE until the decisions are released"
	}
	return "OFFICIAL"
}

// embargoed reports whether decisions of the round are not released yet.
func (r *Reading) embargoed() bool {
	return slices.ContainsFunc(r.calls, func(c fund.Call) bool { return c.ReleasedAt == nil })
}

func (r *Reading) statement() Statement {
	return Statement{
		Round: string(r.round.Ref), Title: r.round.Title, Notice: r.round.Notice, Report: r.report.Title, Made: r.tx.Now, Maker: r.tx.By.Name,
		Filter: r.words(), Marking: r.marking(), Sources: r.report.Sources,
	}
}

// event says that the report was exported.
func (r *Reading) event(format string, columns []string) audit.Event {
	facts := map[string]any{"report": r.report.Kind, "format": format, "filter": r.words()}
	if len(columns) > 0 {
		facts["columns"] = strings.Join(columns, " ")
	}
	return audit.Event{Verb: "report.export", Kind: "round", Subject: string(r.round.ID), Round: r.round.ID, Facts: facts}
}

// batch is how many lines are read at once.
const batch = 2000

// each gives every line, and last the one that stands for what the reader is barred from.
func (r *Reading) each(line func(Row) error) error {
	if err := r.walk(line); err != nil || !r.report.masks || r.bars == 0 || r.narrowed() {
		return err
	}
	row, err := r.masked()
	if err != nil || row.Count == 0 {
		return err
	}
	return line(row)
}

// walk gives every line to something, in order. Where there is more than one batch, the next is read while the one before is worked on, since a
// large file takes about as long to write as to read. Nothing that is done with a line may read the database.
func (r *Reading) walk(line func(Row) error) error {
	rows, err := r.report.rows(r, "", batch)
	if err != nil || len(rows) < batch {
		return cmp.Or(err, eachOf(rows, line))
	}
	read, done := make(chan []Row), make(chan error, 1)
	go func() { done <- drain(read, line) }()
	for err == nil && len(rows) > 0 {
		select {
		case read <- rows:
		case err := <-done:
			return err
		}
		if len(rows) < batch {
			break
		}
		rows, err = r.report.rows(r, rows[len(rows)-1].Key, batch)
	}
	close(read)
	return cmp.Or(err, <-done)
}

// drain gives the lines of batches to something, until there are no more or one fails.
func drain(batches <-chan []Row, line func(Row) error) error {
	for rows := range batches {
		if err := eachOf(rows, line); err != nil {
			return err
		}
	}
	return nil
}

func eachOf(rows []Row, line func(Row) error) error {
	for _, row := range rows {
		if err := line(row); err != nil {
			return err
		}
	}
	return nil
}

// handled is what stands in place of what tells an application, for whoever is barred from it.
const handled = "Handled by a deputy"

// masked is the line that stands for what the reader is barred from: how many, and their sums, so that totals stay whole.
func (r *Reading) masked() (Row, error) {
	hidden := *r
	hidden.barred, hidden.wanted = true, map[string]bool{}
	for _, i := range r.report.summed() {
		hidden.wanted[r.report.Columns[i].Name] = true
	}
	t := r.report.NewTotals()
	if err := hidden.walk(func(row Row) error { t.Add(row); return nil }); err != nil {
		return Row{}, err
	}
	row := Row{Count: t.Count, Cells: make([]any, len(r.report.Columns)), Groups: make([]string, len(r.report.Groups))}
	row.Cells[0] = fmt.Sprintf("%d %s, handled by a deputy", t.Count, plural(t.Count, r.report.One, r.report.Many))
	for i := range row.Groups {
		row.Groups[i] = handled
	}
	for n, i := range t.at {
		row.Cells[i] = sumCell(r.report.Columns[i].Type, t.Sums[n])
	}
	return row, nil
}

// totals adds up every line.
func (r *Reading) totals() (*Totals, error) {
	lean := *r
	lean.wanted = map[string]bool{}
	t := r.report.NewTotals()
	for _, i := range t.at {
		lean.wanted[r.report.Columns[i].Name] = true
	}
	for _, g := range r.report.Groups {
		lean.wanted[g.Name] = true
	}
	return t, lean.each(func(row Row) error { t.Add(row); return nil })
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// where are the conditions on applications, as a, that the round, the filters and what the reader is barred from make.
func (r *Reading) where() (string, []any) {
	conditions, args := []string{"a.round_id = ?"}, []any{r.round.ID}
	add := func(condition string, more ...any) {
		conditions, args = append(conditions, condition), append(args, more...)
	}
	if r.filter["call"] != "" {
		for _, c := range r.inCalls() {
			add("a.call_id = ?", c.ID)
		}
	}
	for _, f := range []struct{ name, column string }{{"theme", "a.theme"}, {"region", "a.region"}, {"kind", "a.lead_kind"}} {
		if v := r.filter[f.name]; v != "" {
			add(f.column+" = ?", v)
		}
	}
	if text := like(r.filter["search"]); text != "" {
		add("(lower(a.title) LIKE ? OR lower(a.lead_name) LIKE ? OR lower(a.ref) LIKE ?)", text, text, text)
	}
	if r.report.masks && (r.bars > 0 || r.barred) {
		not := "NOT "
		if r.barred {
			not = ""
		}
		add("a.id "+not+"IN (SELECT application_id FROM application_relations WHERE person = ? AND relation IN ?)", r.tx.By.ID, application.Barring())
	}
	return strings.Join(conditions, " AND "), args
}

// like is a text that is looked for, as LIKE wants it.
func like(text string) string {
	if text = strings.ToLower(strings.TrimSpace(text)); text == "" {
		return ""
	}
	return "%" + strings.NewReplacer("%", "", "_", "", `\`, "").Replace(text) + "%"
}

// sees reports whether the proposals of a call may be told to the reader before their release.
func (r *Reading) sees(call ident.Call) bool { return !slices.Contains(r.hidden, call) }

// columnsOf checks a choice of columns: those of the report that are named, in the report's order.
func (r *Report) columnsOf(names []string) ([]int, error) {
	var at []int
	for i, c := range r.Columns {
		if len(names) == 0 || slices.Contains(names, c.Name) {
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return nil, fault.New(fault.Invalid, "Choose at least one column")
	}
	return at, nil
}
