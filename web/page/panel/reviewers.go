package panel

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/review"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Reviewers are the reviewers of a call with their work in it.
type Reviewers struct {
	Pages  []nhs.Link
	List   review.Reviewers
	Search string
	From   int
}

// Head is what the frame shows.
func (p Reviewers) Head() shared.Head { return head("Progress by reviewer", p.List.Call) }

// rows are those that are asked for.
func (p Reviewers) rows() []review.ReviewerRow {
	search := strings.ToLower(strings.TrimSpace(p.Search))
	var rows []review.ReviewerRow
	for _, r := range p.List.Rows {
		if strings.Contains(strings.ToLower(r.Name+" "+kindTitle(r.Kind)), search) {
			rows = append(rows, r)
		}
	}
	return rows
}

// page is the part of the rows that stands on this page.
func (p Reviewers) page() []review.ReviewerRow {
	return onPage(p.rows(), p.From)
}

func (p Reviewers) turn() nhs.Pagination {
	path := func(from int) string {
		return address(p.List.Call, "progress/reviewers", "") + "?" + url.Values{"search": {p.Search}, "from": {strconv.Itoa(from)}}.Encode()
	}
	return turned(p.From, len(p.page()), len(p.rows()), path)
}

func (p Reviewers) overdue() int {
	n := 0
	for _, r := range p.List.Rows {
		n += min(r.Overdue, 1)
	}
	return n
}

func (p Reviewers) table() nhs.Table {
	t := nhs.Table{
		ID: "reviewers", Caption: "By reviewer", CaptionSize: nhs.Medium, RowHeaders: true, Compact: true, Empty: "Nobody is assigned yet.",
		Columns: []nhs.Column{{Heading: "Reviewer"}, {Heading: "Kind"}, {Heading: "Assigned", Numeric: true}, {Heading: "Sent", Numeric: true}, {Heading: "Overdue", Numeric: true}, {Heading: "Next due"}, {Heading: "Reminded"}, {Heading: "Next"}},
	}
	if p.Search != "" {
		t.Empty = "No reviewer is called that."
	}
	for _, r := range p.page() {
		row := nhs.Cells(r.Name, kindTitle(r.Kind), strconv.Itoa(r.Assigned), strconv.Itoa(r.Done), strconv.Itoa(r.Overdue), day(r.NextDue), day(r.Reminded))
		t.Rows = append(t.Rows, append(row, nhs.Cell{Content: p.next(r)}))
	}
	return t
}

func (p Reviewers) links(r review.ReviewerRow) []nhs.Link {
	links := []nhs.Link{{Href: address(p.List.Call, "progress", "") + "?reviewer=" + url.QueryEscape(string(r.Person)), Text: "Their applications", Hidden: "of " + r.Name}}
	if p.List.May[access.RemindReviewer] && len(r.Waiting) > 0 {
		links = append(links, nhs.Link{Href: address(p.List.Call, "progress/remind", "") + "?reviewer=" + url.QueryEscape(string(r.Person)), Text: "Remind", Hidden: r.Name})
	}
	return links
}

// Remind shows which reminders would be sent.
type Remind struct {
	Call     *fund.Call
	List     []review.ToRemind
	One      ident.Person // where one was chosen
	Problems fault.Problems
	Chosen   func(name string, stored []string) []string
}

// Head is what the frame shows.
func (p Remind) Head() shared.Head {
	h := head("Remind reviewers", p.Call)
	h.Wide = false
	h.Crumbs = append(h.Crumbs, nhs.Link{Href: address(p.Call, "progress/reviewers", ""), Text: "Progress by reviewer"})
	return h
}

func (p Remind) free() []review.ToRemind {
	var free []review.ToRemind
	for _, t := range p.List {
		if t.Free() {
			free = append(free, t)
		}
	}
	return free
}

func (p Remind) boxes() nhs.Checkboxes {
	var all []string
	field := nhs.Checkboxes{Name: "reviewer", Legend: "Who gets a reminder", Hint: "Nobody is reminded more than once a day", Error: p.Problems["reviewer"]}
	for _, t := range p.free() {
		all = append(all, string(t.Person))
		field.Options = append(field.Options, nhs.Option{Value: string(t.Person), Label: t.Name, Hint: unsent(t.ReviewerRow) + ". To " + t.Address})
	}
	field.Values = p.Chosen("reviewer", all)
	return field
}

func (p Remind) already() []string {
	var names []string
	for _, t := range p.List {
		if !t.Free() {
			names = append(names, t.Name)
		}
	}
	return names
}

// unsent says what is not in.
func unsent(r review.ReviewerRow) string {
	refs := make([]string, len(r.Waiting))
	for i, w := range r.Waiting {
		refs[i] = string(w.Ref)
		if w.Late {
			refs[i] += " (due " + uktime.Date(w.DueAt) + ")"
		}
	}
	return fmt.Sprintf("%d not sent, %d overdue: %s", len(r.Waiting), r.Overdue, strings.Join(refs, ", "))
}
