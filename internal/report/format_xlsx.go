package report

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"adoptionfund/internal/form"
	"adoptionfund/internal/money"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/uktime"
)

// xlsxFormat is a workbook: the lines with a frozen head and typed cells, the totals as formulas over them, and what the file is.
func xlsxFormat() Format {
	return Format{
		Name: "xlsx", Extension: "xlsx", MediaType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Title: "Excel (XLSX)",
		begin: func(w io.Writer, d *Document) (writer, error) {
			x := &xlsxWriter{to: w, d: d, file: excelize.NewFile(), row: 1, ids: make([]map[string]int, len(d.report.Groups))}
			return x, writing("XLSX", x.begin())
		},
	}
}

type xlsxWriter struct {
	to     io.Writer
	d      *Document
	file   *excelize.File
	out    *excelize.StreamWriter
	styles map[Type]int
	head   int // style of heads and totals
	bold   map[Type]int
	row    int              // the last that was written
	ids    []map[string]int // of the values of each group, as they came
}

const (
	totalsSheet = "Totals"
	aboutSheet  = "About"
)

// sheet is the name of the sheet with the lines.
func (x *xlsxWriter) sheet() string {
	name := []rune(strings.NewReplacer(":", "", "/", " ", `\`, " ", "?", "", "*", "", "[", "", "]", "", "'", "").Replace(strings.TrimSuffix(x.d.report.Title, " report")))
	return string(name[:min(len(name), 31)])
}

func (x *xlsxWriter) begin() error {
	if err := x.file.SetSheetName("Sheet1", x.sheet()); err != nil {
		return err
	}
	if err := x.makeStyles(); err != nil {
		return err
	}
	for _, name := range []string{totalsSheet, aboutSheet} {
		if _, err := x.file.NewSheet(name); err != nil {
			return err
		}
	}
	if err := x.file.SetDocProps(&excelize.DocProperties{Title: x.d.Report + ", " + x.d.Round, Creator: x.d.Maker, Created: x.d.Made.UTC().Format(time.RFC3339), Keywords: x.d.Marking, Language: "en-GB"}); err != nil {
		return err
	}
	yes := true
	if err := x.file.SetCalcProps(&excelize.CalcPropsOptions{FullCalcOnLoad: &yes}); err != nil {
		return err
	}
	var err error
	if x.out, err = x.file.NewStreamWriter(x.sheet()); err != nil {
		return err
	}
	for n, i := range x.d.columns {
		if err := x.out.SetColWidth(n+1, n+1, width(x.d.report.Columns[i])); err != nil {
			return err
		}
	}
	if err := x.out.SetColVisible(len(x.d.columns)+1, len(x.d.columns)+1+len(x.d.report.Groups), false); err != nil {
		return err
	}
	if err := x.out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	return x.out.SetRow("A1", x.names())
}

// names are the head of the lines. Out of sight after them stand how many each line counts for and, as numbers, which group it is in:
// formulas ask these, since a name such as "*" would be a pattern to them.
func (x *xlsxWriter) names() []any {
	var names []any
	for _, i := range x.d.columns {
		names = append(names, excelize.Cell{StyleID: x.head, Value: x.d.report.Columns[i].Name})
	}
	names = append(names, "counts_for")
	for _, g := range x.d.report.Groups {
		names = append(names, strings.TrimPrefix(g.Name, "by_")+"_group")
	}
	return names
}

func width(c Column) float64 {
	switch {
	case c.Name == "title" || c.Name == "reason" || c.Name == "what":
		return 40
	case c.Type == Money || c.Type == Text || c.Type == Moment:
		return 18
	}
	return 14
}

func (x *xlsxWriter) makeStyles() error {
	x.styles, x.bold = map[Type]int{}, map[Type]int{}
	for t, format := range map[Type]string{Money: `£#,##0.00`, Points: `0.00`, Decimal: `0.00`, Day: `d mmm yyyy`, Moment: `d mmm yyyy hh:mm`, Number: `#,##0`} {
		var err error
		if x.styles[t], err = x.file.NewStyle(&excelize.Style{CustomNumFmt: &format}); err != nil {
			return err
		}
		if x.bold[t], err = x.file.NewStyle(&excelize.Style{CustomNumFmt: &format, Font: &excelize.Font{Bold: true}, Border: []excelize.Border{{Type: "top", Color: "212B32", Style: 1}}}); err != nil {
			return err
		}
	}
	var err error
	x.head, err = x.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	return err
}

func (x *xlsxWriter) line(row Row) error {
	x.row++
	cells := make([]any, 0, len(x.d.columns)+1+len(row.Groups))
	for _, i := range x.d.columns {
		cells = append(cells, x.cell(x.d.report.Columns[i].Type, row.Cells[i]))
	}
	cells = append(cells, row.Count)
	for g, value := range row.Groups {
		cells = append(cells, x.id(g, value))
	}
	return writing("XLSX", x.out.SetRow("A"+strconv.Itoa(x.row), cells))
}

// id is the number of a value of a group.
func (x *xlsxWriter) id(group int, value string) int {
	if x.ids[group] == nil {
		x.ids[group] = map[string]int{}
	}
	n, there := x.ids[group][value]
	if !there {
		n = len(x.ids[group]) + 1
		x.ids[group][value] = n
	}
	return n
}

// cell is a cell as a spreadsheet takes it: money is a number in pounds with its format. A pound has a hundred pence, so that a float64
// holds every amount below the limit of money exactly enough to show its pence. Text is text, also where it begins as a formula does.
func (x *xlsxWriter) cell(t Type, cell any) any {
	switch v := cell.(type) {
	case money.Pence:
		return excelize.Cell{StyleID: x.styles[Money], Value: float64(v) / 100}
	case rubric.Points:
		return excelize.Cell{StyleID: x.styles[Points], Value: v.Float()}
	case float64:
		return excelize.Cell{StyleID: x.styles[Decimal], Value: v}
	case time.Time:
		return excelize.Cell{StyleID: x.styles[Moment], Value: wall(v)}
	case string:
		if t == Day {
			if day := form.Date(v).Time(); !day.IsZero() {
				return excelize.Cell{StyleID: x.styles[Day], Value: day}
			}
		}
	}
	return cell
}

// wall is the time that clocks in the United Kingdom show, since a spreadsheet knows no zones.
func wall(t time.Time) time.Time {
	l := t.In(uktime.Zone())
	return time.Date(l.Year(), l.Month(), l.Day(), l.Hour(), l.Minute(), l.Second(), 0, time.UTC)
}

func (x *xlsxWriter) end(t *Totals) error {
	defer func() { _ = x.file.Close() }()
	for _, step := range []func(*Totals) error{x.sumRow, x.totals, x.about} {
		if err := step(t); err != nil {
			return writing("XLSX", err)
		}
	}
	if at, err := x.file.GetSheetIndex(x.sheet()); err == nil {
		x.file.SetActiveSheet(at)
	}
	return writing("XLSX", x.file.Write(x.to))
}

// column gives the letters of the n-th column that is written, counted from 0.
func column(n int) string {
	name, err := excelize.ColumnNumberToName(n + 1)
	if err != nil {
		return "A" // a report has a few dozen columns
	}
	return name
}

// over is the range of a column over all lines, as another sheet names it.
func (x *xlsxWriter) over(n int) string {
	return fmt.Sprintf("'%s'!$%s$2:$%s$%d", x.sheet(), column(n), column(n), max(x.row, 2))
}

// sumRow stands below the lines.
func (x *xlsxWriter) sumRow(t *Totals) error {
	cells := make([]any, len(x.d.columns))
	cells[0] = excelize.Cell{StyleID: x.head, Value: "Total"}
	last := max(x.row, 2)
	any := false
	for n, i := range x.d.columns {
		if c := x.d.report.Columns[i]; c.Sum && slices.Contains(t.at, i) {
			cells[n] = excelize.Cell{StyleID: x.bold[c.Type], Formula: fmt.Sprintf("SUM(%s2:%s%d)", column(n), column(n), last)}
			any = true
		}
	}
	if any {
		if err := x.out.SetRow("A"+strconv.Itoa(last+1), cells); err != nil {
			return err
		}
	}
	return x.out.Flush()
}

// totals are the figures by group, as formulas over the lines.
func (x *xlsxWriter) totals(t *Totals) error {
	out, err := x.file.NewStreamWriter(totalsSheet)
	if err == nil {
		err = errors.Join(out.SetColWidth(1, 2, 34), out.SetColWidth(3, 12, 18))
	}
	if err != nil {
		return err
	}
	head := []any{excelize.Cell{StyleID: x.head, Value: "Totals"}, excelize.Cell{StyleID: x.head, Value: "Group"}, excelize.Cell{StyleID: x.head, Value: capital(x.d.report.Many)}}
	var sums []int // places among the columns that are written
	for n, i := range x.d.columns {
		if x.d.report.Columns[i].Sum {
			sums = append(sums, n)
			head = append(head, excelize.Cell{StyleID: x.head, Value: x.d.report.Columns[i].Label})
		}
	}
	if err := out.SetRow("A1", head); err != nil {
		return err
	}
	at := 1
	put := func(cells []any) error {
		at++
		return out.SetRow("A"+strconv.Itoa(at), cells)
	}
	all := []any{"All", "", x.number(fmt.Sprintf("SUM(%s)", x.over(len(x.d.columns))))}
	for _, n := range sums {
		all = append(all, x.sum(n, fmt.Sprintf("SUM(%s)", x.over(n))))
	}
	if err := put(all); err != nil {
		return err
	}
	for g := range x.d.report.Groups {
		for _, name := range slices.Sorted(maps.Keys(t.Groups[g])) {
			if err := put(x.group(g, name, sums)); err != nil {
				return err
			}
		}
	}
	return out.Flush()
}

// group is the line of the totals of one value of a group.
func (x *xlsxWriter) group(g int, name string, sums []int) []any {
	group, where, id := x.d.report.Groups[g], x.over(len(x.d.columns)+1+g), x.id(g, name)
	cells := []any{group.Title, group.Shown(name), x.number(fmt.Sprintf("SUMIF(%s,%d,%s)", where, id, x.over(len(x.d.columns))))}
	for _, n := range sums {
		cells = append(cells, x.sum(n, fmt.Sprintf("SUMIF(%s,%d,%s)", where, id, x.over(n))))
	}
	return cells
}

func (x *xlsxWriter) number(formula string) excelize.Cell {
	return excelize.Cell{StyleID: x.styles[Number], Formula: formula}
}

func (x *xlsxWriter) sum(n int, formula string) excelize.Cell {
	return excelize.Cell{StyleID: x.styles[x.d.report.Columns[x.d.columns[n]].Type], Formula: formula}
}

// about says what the file is and what its columns mean.
func (x *xlsxWriter) about(*Totals) error {
	out, err := x.file.NewStreamWriter(aboutSheet)
	if err != nil {
		return err
	}
	if err := out.SetColWidth(1, 1, 22); err != nil {
		return err
	}
	if err := out.SetColWidth(2, 2, 110); err != nil {
		return err
	}
	lines := x.d.lines()
	lines = append(lines, [2]string{"", ""}, [2]string{"Column", "Meaning"})
	for _, i := range x.d.columns {
		lines = append(lines, [2]string{x.d.report.Columns[i].Name, x.d.report.Columns[i].Meaning})
	}
	for i, l := range lines {
		if err := out.SetRow("A"+strconv.Itoa(i+1), []any{excelize.Cell{StyleID: x.head, Value: l[0]}, l[1]}); err != nil {
			return err
		}
	}
	return out.Flush()
}

// lines are what a file says of itself, each with its name.
func (s Statement) lines() [][2]string {
	lines := [][2]string{
		{"Report", s.Report}, {"Round", s.Round + ": " + s.Title}, {"Made", uktime.Moment(s.Made)}, {"By", s.Maker}, {"Filter", s.Filter}, {"Marking", s.Marking}, {"Sources", s.Sources},
	}
	if s.Notice != "" {
		lines = append(lines, [2]string{"Notice", s.Notice})
	}
	return lines
}

// Lines are what a page or file says of itself, each with its name.
func (s Statement) Lines() [][2]string { return s.lines() }

func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
