package report

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"adoptionfund/internal/audit"
	"adoptionfund/internal/money"
	"adoptionfund/internal/rubric"
)

// Columns are the columns of the allocation report, in their order.
func Columns() []string {
	return strings.Split("application,call,title,lead_organisation,lead_ods_code,funding_recipient,region,theme,state,dtac_status,"+
		"score_ev,score_dt,score_fu,score_ro,score_other,score_total,calibrated_score,expected_rank,requested,proposed,awarded,conditions_open,reason", ",")
}

// cells are the row by column; a nil is empty, money is money.Pence, a score rubric.Points, a count an int.
func (r Row) cells() []any {
	var ev, dt, fu, ro, other, total any
	if r.Scores != nil {
		ev, dt, fu, ro, other, total = r.Scores.EV, r.Scores.DT, r.Scores.FU, r.Scores.RO, r.Scores.Other, r.Scores.Total
	}
	var proposed, awarded any
	if r.Proposed != nil {
		proposed = *r.Proposed
	}
	if r.Awarded != nil {
		awarded = *r.Awarded
	}
	return []any{
		string(r.Application), string(r.Call), r.Title, r.LeadOrganisation, string(r.LeadODSCode), r.FundingRecipient, r.Region, r.Theme, r.State, r.DTACStatus,
		ev, dt, fu, ro, other, total, nil, nil, r.Requested, proposed, awarded, r.ConditionsOpen, r.Reason,
	}
}

// plain is a cell as text: money in pounds with two decimals, scores with two decimals; text that a spreadsheet would take for a
// formula is made text.
func plain(cell any) string {
	switch v := cell.(type) {
	case nil:
		return ""
	case money.Pence:
		return v.Decimal()
	case rubric.Points:
		return v.String()
	case int:
		return strconv.Itoa(v)
	case string:
		return Safe(v)
	default:
		return fmt.Sprint(v)
	}
}

// Safe puts an apostrophe before text that begins as a formula does [OWASP, CSV injection].
func Safe(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

func (a Allocation) writeCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write(Columns()); err != nil {
		return fmt.Errorf("writing CSV: %w", err)
	}
	for _, r := range a.Rows {
		cells := r.cells()
		record := make([]string, len(cells))
		for i, c := range cells {
			record[i] = plain(c)
		}
		if err := out.Write(record); err != nil {
			return fmt.Errorf("writing CSV: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("writing CSV: %w", err)
	}
	return nil
}

func (a Allocation) writeJSON(w io.Writer) error {
	rows := make([]map[string]any, len(a.Rows))
	for i, r := range a.Rows {
		rows[i] = r.object()
	}
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	err := out.Encode(struct {
		Round  string           `json:"round"`
		Title  string           `json:"title"`
		Notice string           `json:"notice,omitempty"`
		Made   string           `json:"made"`
		Maker  string           `json:"maker"`
		Rows   []map[string]any `json:"rows"`
		Totals Totals           `json:"totals"`
	}{string(a.Round), a.Title, a.Notice, audit.When(a.Made), a.Maker, rows, a.Totals})
	if err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	return nil
}

// object is the row with money in pence, under names that say so; what is empty is null.
func (r Row) object() map[string]any {
	object := map[string]any{}
	cells := r.cells()
	for i, name := range Columns() {
		switch name {
		case "requested", "proposed", "awarded":
			name += "_pence"
		}
		object[name] = cells[i]
		if p, ok := cells[i].(rubric.Points); ok {
			object[name] = json.Number(p.String())
		}
	}
	return object
}

func (a Allocation) writeXLSX(w io.Writer) error {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	const sheet = "Allocations"
	if err := f.SetSheetName("Sheet1", sheet); err != nil {
		return fmt.Errorf("writing XLSX: %w", err)
	}
	out, err := f.NewStreamWriter(sheet)
	if err != nil {
		return fmt.Errorf("writing XLSX: %w", err)
	}
	pounds := `£#,##0.00`
	style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &pounds})
	if err != nil {
		return fmt.Errorf("writing XLSX: %w", err)
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return fmt.Errorf("writing XLSX: %w", err)
	}
	head := make([]any, len(Columns()))
	for i, c := range Columns() {
		head[i] = c
	}
	if err := out.SetRow("A1", head); err != nil {
		return fmt.Errorf("writing XLSX: %w", err)
	}
	for i, r := range a.Rows {
		if err := out.SetRow("A"+strconv.Itoa(i+2), typed(r.cells(), style)); err != nil {
			return fmt.Errorf("writing XLSX: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("writing XLSX: %w", err)
	}
	if err := f.Write(w); err != nil {
		return fmt.Errorf("writing XLSX: %w", err)
	}
	return nil
}

// typed are cells as a spreadsheet takes them: money is a number in pounds with its format. A pound has a hundred pence, so that a
// float64 holds every amount below the limit of money exactly enough to show its pence.
func typed(cells []any, pounds int) []any {
	out := make([]any, len(cells))
	for i, c := range cells {
		switch v := c.(type) {
		case money.Pence:
			out[i] = excelize.Cell{StyleID: pounds, Value: float64(v) / 100}
		case rubric.Points:
			out[i] = v.Float()
		default:
			out[i] = c
		}
	}
	return out
}
