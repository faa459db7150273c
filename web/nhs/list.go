package nhs

import (
	"context"
	"io"
	"strconv"

	"github.com/a-h/templ"
)

// SummaryRow is a key and its value; Value is text, or Content where it is more than that.
type SummaryRow struct {
	Key     string
	Value   string
	Content templ.Component
	Actions []Link
}

// SummaryList shows keys and values, such as answers to be checked.
type SummaryList struct {
	Rows     []SummaryRow
	NoBorder bool
}

func (s SummaryList) hasActions() bool {
	for _, row := range s.Rows {
		if len(row.Actions) > 0 {
			return true
		}
	}
	return false
}

func (s SummaryList) rowClass(row SummaryRow) string {
	return classes("nhsuk-summary-list__row", when(s.hasActions() && len(row.Actions) == 0, "nhsuk-summary-list__row--no-actions"))
}

// Render writes it.
func (s SummaryList) Render(ctx context.Context, w io.Writer) error { return render(ctx, w, s.view()) }

// Task is a line of a task list: what is to be done, whether it can be, and how it stands. Without Href it cannot be started.
type Task struct {
	Title, Href, Hint string
	Status            string
	Tag               *Tag // in place of Status
}

// TaskList is what waits to be done. IDPrefix keeps several on one page apart.
type TaskList struct {
	IDPrefix string
	Tasks    []Task
}

func (t TaskList) id(n int, part string) string {
	prefix := t.IDPrefix
	if prefix == "" {
		prefix = "task-list"
	}
	return prefix + "-" + strconv.Itoa(n+1) + "-" + part
}

func (t TaskList) describedBy(n int) string {
	return classes(when(t.Tasks[n].Hint != "", t.id(n, "hint")), t.id(n, "status"))
}

// Render writes it.
func (t TaskList) Render(ctx context.Context, w io.Writer) error { return render(ctx, w, t.view()) }

// Column is the head of a table's column.
type Column struct {
	Heading string
	Numeric bool   // aligned to the right
	Sort    string // ascending, descending or none where the server can sort by it
	Href    string // the address that sorts by it
}

// Cell is one cell; Content where it is more than text.
type Cell struct {
	Text    string
	Href    string
	Hidden  string // more words for screen readers
	Content templ.Component
}

// Cells makes cells of plain text.
func Cells(texts ...string) []Cell {
	cells := make([]Cell, len(texts))
	for n, text := range texts {
		cells[n] = Cell{Text: text}
	}
	return cells
}

// Table is a table with a caption. On a phone each row becomes a block, or with Scroll the table moves sideways by itself.
type Table struct {
	ID            string
	Caption       string
	CaptionSize   Size
	CaptionHidden bool
	Columns       []Column
	Rows          [][]Cell
	Foot          []Cell // totals
	RowHeaders    bool   // the first cell of a row names it
	Scroll        bool   // for many columns
	Compact       bool
	Empty         string // what stands in place of a table without rows
}

func (t Table) captionID() string {
	if t.ID == "" {
		return "table-caption"
	}
	return t.ID + "-caption"
}

func (t Table) class() string {
	return classes("nhsuk-table", when(!t.Scroll, "nhsuk-table--responsive"), when(t.Compact, "nhsuk-table--compact"))
}

func (t Table) captionClass() string {
	return classes("nhsuk-table__caption", sized("nhsuk-table__caption", t.CaptionSize), when(t.CaptionHidden, "nhsuk-u-visually-hidden"))
}

func (t Table) heading(column int) string {
	if t.Scroll || column >= len(t.Columns) {
		return ""
	}
	return t.Columns[column].Heading
}

func (t Table) numeric(column int) bool { return column < len(t.Columns) && t.Columns[column].Numeric }

// Render writes it.
func (t Table) Render(ctx context.Context, w io.Writer) error { return render(ctx, w, t.view()) }

// Pagination leads to the pages before and after in a list that is read by key, not by page number.
type Pagination struct {
	Previous, Next string // addresses; empty where there is none
}

// Render writes it.
func (p Pagination) Render(ctx context.Context, w io.Writer) error { return render(ctx, w, p.view()) }

// Tab is one of several panels.
type Tab struct {
	ID, Label string
	Content   templ.Component
}

// Tabs are panels of which one is seen at a time; without scripts and on paper all are.
type Tabs struct {
	ID    string
	Title string
	Tabs  []Tab
}

// Render writes them.
func (t Tabs) Render(ctx context.Context, w io.Writer) error { return render(ctx, w, t.view()) }
