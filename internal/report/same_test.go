package report_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/money"
	"adoptionfund/internal/report"
)

// TestEveryFormatSaysTheSameToThePenny draws rounds, and compares for the allocation report what the page, CSV, XLSX with its formulas, JSON, 360Giving and
// the database say: the totals, and those by each group.
func TestEveryFormatSaysTheSameToThePenny(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ctx := d.As(manager)
	rapid.Check(t, func(rt *rapid.T) {
		r := d.draw(rt)
		asked := report.Asked{Round: r.ref, Kind: "allocations"}
		want := []int64{
			d.one("SELECT COUNT(*) FROM applications WHERE round_id = ? AND submission_id IS NOT NULL", r.id),
			d.one("SELECT COALESCE(SUM(requested), 0) FROM applications WHERE round_id = ? AND submission_id IS NOT NULL", r.id),
			d.one(`SELECT COALESCE(SUM(l.amount), 0) FROM proposal_lines l JOIN proposals p ON p.id = l.proposal_id JOIN calls c ON c.id = p.call_id
				WHERE c.round_id = ? AND p.state IN ('made', 'approved', 'released') AND l.dropped_at IS NULL`, r.id),
			d.one(`SELECT COALESCE(SUM(w.amount), 0) FROM awards w WHERE w.round_id = ? AND w.state NOT IN ('offer_declined', 'lapsed', 'offer_withdrawn', 'not_offered', 'terminated')`, r.id),
		}
		page, err := d.reports.Page(ctx, asked)
		d.no(err)
		same(rt, "the page", want, append([]int64{int64(page.Totals.Count)}, page.Totals.Sums...))
		for i, g := range page.Report.Groups {
			sums := make([]int64, 4)
			for _, f := range page.Totals.Groups[i] {
				sums[0] += int64(f.Count)
				for n, s := range f.Sums {
					sums[n+1] += s
				}
			}
			same(rt, "the page "+g.Name, want, sums)
		}
		same(rt, "CSV", want, csvSums(rt, d.file(ctx, asked, "csv").Bytes()))
		same(rt, "JSON", want, jsonSums(rt, d.file(ctx, asked, "json").Bytes()))
		xlsxSums(rt, d.file(ctx, asked, "xlsx"), want, page.Totals)
		d.sameGrants(ctx, rt, r)
	})
}

func same(t *rapid.T, what string, want, got []int64) {
	t.Helper()
	if !slices.Equal(want, got) {
		t.Fatalf("%s: %v, the database says %v", what, got, want)
	}
}

// pence reads an amount in pounds.
func pence(t *rapid.T, text string) int64 {
	t.Helper()
	p, err := money.Parse(text)
	if err != nil {
		t.Fatalf("%q is no money: %v", text, err)
	}
	return int64(p)
}

// csvSums are the number of lines and the sums of requested, proposed and awarded.
func csvSums(t *rapid.T, file []byte) []int64 {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	sums := []int64{int64(len(rows) - 1), 0, 0, 0}
	for i, name := range []string{"requested", "proposed", "awarded"} {
		at := slices.Index(rows[0], name)
		for _, row := range rows[1:] {
			if row[at] != "" {
				sums[i+1] += pence(t, row[at])
			}
			for _, cell := range row {
				if first := strings.TrimLeft(cell, " "); first != "" && strings.ContainsAny(first[:1], "=+-@\t\r") {
					t.Fatalf("the cell %q is a formula", cell)
				}
			}
		}
	}
	return sums
}

func jsonSums(t *rapid.T, file []byte) []int64 {
	t.Helper()
	var read struct {
		Rows []struct {
			Requested int64  `json:"requested_pence"`
			Proposed  *int64 `json:"proposed_pence"`
			Awarded   *int64 `json:"awarded_pence"`
		} `json:"rows"`
		Totals struct {
			Applications int64 `json:"applications"`
			Requested    int64 `json:"requested_pence"`
			Proposed     int64 `json:"proposed_pence"`
			Awarded      int64 `json:"awarded_pence"`
		} `json:"totals"`
	}
	if err := json.Unmarshal(file, &read); err != nil {
		t.Fatalf("%v\n%s", err, file)
	}
	lines := []int64{int64(len(read.Rows)), 0, 0, 0}
	for _, r := range read.Rows {
		lines[1] += r.Requested
		for i, p := range []*int64{r.Proposed, r.Awarded} {
			if p != nil {
				lines[i+2] += *p
			}
		}
	}
	totals := []int64{read.Totals.Applications, read.Totals.Requested, read.Totals.Proposed, read.Totals.Awarded}
	same(t, "the lines of JSON", totals, lines)
	return totals
}

// xlsxSums reads a workbook back: typed cells, no formula but ours, and every formula works out to what the database says.
func xlsxSums(t *rapid.T, file *bytes.Buffer, want []int64, totals *report.Totals) {
	t.Helper()
	f, err := excelize.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := f.GetRows("Allocation", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err, f.GetSheetList())
	}
	got := []int64{int64(len(rows) - 2), 0, 0, 0} // without the names and the sums
	for i, name := range []string{"requested", "proposed", "awarded"} {
		at := slices.Index(rows[0], name)
		for n := range rows[1 : len(rows)-1] {
			got[i+1] += pounds(t, cellAt(rows[n+1], at))
		}
		letters, _ := excelize.ColumnNumberToName(at + 1)
		sum := calculated(t, f, "Allocation", letters+strconv.Itoa(max(len(rows), 3)))
		if sum != want[i+1] {
			t.Fatalf("XLSX: the formula below %s gives %d, the database says %d", name, sum, want[i+1])
		}
	}
	if want[0] == 0 {
		got[0] = 0
	}
	same(t, "XLSX", want, got)
	groups, err := f.GetRows("Totals", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string][]int64{}
	for n, row := range groups[1:] {
		of := make([]int64, 4)
		for i, letters := range []string{"C", "D", "E", "F"} {
			of[i] = calculated(t, f, "Totals", letters+strconv.Itoa(n+2))
			if i == 0 {
				of[i] /= 100
			}
		}
		if sums[row[0]] == nil {
			sums[row[0]] = make([]int64, 4)
		}
		for i := range of {
			sums[row[0]][i] += of[i]
		}
	}
	for title, of := range sums {
		same(t, "XLSX "+title, want, of)
	}
	if len(sums) < 5 && totals.Count > 0 {
		t.Fatalf("XLSX has the totals %v", sums)
	}
}

func cellAt(row []string, at int) string {
	if at < len(row) {
		return row[at]
	}
	return ""
}

// pounds reads a number of a workbook as pence.
func pounds(t *rapid.T, text string) int64 {
	t.Helper()
	if text == "" {
		return 0
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatalf("%q is no number: %v", text, err)
	}
	return int64(v*100 + 0.5)
}

// calculated works a formula out.
func calculated(t *rapid.T, f *excelize.File, sheet, at string) int64 {
	t.Helper()
	text, err := f.CalcCellValue(sheet, at, excelize.Options{RawCellValue: true})
	if err != nil {
		formula, _ := f.GetCellFormula(sheet, at)
		t.Fatalf("%s %s: %s: %v", sheet, at, formula, err)
	}
	return pounds(t, text)
}

// sameGrants compares the awards that are agreed: the page, both files of the register, and the database.
func (d *desk) sameGrants(ctx context.Context, t *rapid.T, r drawn) {
	t.Helper()
	const agreed = "FROM awards WHERE round_id = ? AND agreed_at IS NOT NULL AND state IN ('active', 'suspended', 'completed', 'closed')"
	n, want := d.one("SELECT COUNT(*) "+agreed, r.id), d.one("SELECT COALESCE(SUM(amount), 0) "+agreed, r.id)
	var pkg struct {
		Grants []struct {
			ID     string      `json:"id"`
			Amount json.Number `json:"amountAwarded"`
		} `json:"grants"`
	}
	asked := report.Asked{Round: r.ref, Kind: "allocations"}
	if n > 0 {
		file := d.file(ctx, asked, "360giving").Bytes()
		if err := json.Unmarshal(file, &pkg); err != nil {
			t.Fatalf("%v\n%s", err, file)
		}
		valid(t, file)
	} else { // there is no package of nothing
		_, err := d.reports.Export(ctx, asked, "360giving")
		d.Want(err, fault.Empty)
		_, err = d.reports.RegisterStamp(ctx, report.RegisterQuery{Round: r.ref})
		d.Want(err, fault.Empty)
	}
	var sum int64
	seen := map[string]bool{}
	for _, g := range pkg.Grants {
		sum += pence(t, g.Amount.String())
		seen[g.ID] = true
	}
	same(t, "360Giving", []int64{n, want}, []int64{int64(len(seen)), sum})
	q := report.RegisterQuery{Round: r.ref}
	p, err := d.reports.Register(ctx, q)
	d.no(err)
	same(t, "the register", []int64{n, want}, []int64{p.Awards, int64(p.Amount)})
	var flat bytes.Buffer
	d.no(d.reports.WriteRegister(ctx, q, "csv", &flat))
	rows, err := csv.NewReader(&flat).ReadAll()
	d.no(err)
	sum = 0
	for _, row := range rows[1:] {
		sum += pence(t, row[slices.Index(rows[0], "Amount Awarded")])
	}
	same(t, "the register as CSV", []int64{n, want}, []int64{int64(len(rows) - 1), sum})
	page, err := d.reports.Page(ctx, report.Asked{Round: r.ref, Kind: "awards"})
	d.no(err)
	same(t, "the report of awards", []int64{want}, page.Totals.Sums[1:2])
}

// TestAReportIsReadPageByPage: the pages have every line of the file once, in its order, whatever is filtered.
func TestAReportIsReadPageByPage(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ctx := d.As(manager)
	rapid.Check(t, func(rt *rapid.T) {
		r := d.draw(rt)
		all := report.Catalogue()
		for _, n := range rapid.SliceOfNDistinct(rapid.IntRange(0, len(all)-1), 2, 2, rapid.ID).Draw(rt, "reports") {
			rep := all[n]
			asked := report.Asked{Round: r.ref, Kind: rep.Kind, Filter: map[string]string{}}
			if rapid.Bool().Draw(rt, "filtered") {
				asked.Filter["call"] = string(r.calls[0].Ref)
				asked.Filter["region"] = rapid.SampledFrom([]string{"London", "", "~*", "nowhere"}).Draw(rt, "region")
				asked.Filter["dtac"] = rapid.SampledFrom([]string{"not_assessed", "compliant", ""}).Draw(rt, "dtac")
			}
			rows, err := csv.NewReader(d.file(ctx, asked, "csv")).ReadAll() // before the pages: that it was exported is a line of the trail
			d.no(err)
			var lines []string
			var total int
			for {
				p, err := d.reports.Page(ctx, asked)
				d.no(err)
				total = p.Totals.Count
				for _, row := range p.Rows {
					lines = append(lines, fmt.Sprint(row.Cells))
				}
				if p.Next == "" {
					break
				}
				asked.After = p.Next
			}
			if len(rows)-1 != len(lines) || total != len(lines) {
				rt.Fatalf("%s: %d lines on pages, %d in the file, %d counted", rep.Kind, len(lines), len(rows)-1, total)
			}
			slices.Sort(lines)
			if n := len(slices.Compact(lines)); n != len(rows)-1 && rep.Kind != "conditions" {
				rt.Fatalf("%s: %d different lines of %d", rep.Kind, n, len(rows)-1)
			}
		}
	})
}
