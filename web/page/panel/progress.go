package panel

import (
	"fmt"
	"maps"
	"net/url"
	"strconv"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/review"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Progress is how far the assessment of a call is.
type Progress struct {
	Pages    []nhs.Link // the pages of the call that the one who looks may open
	Progress review.Progress
	Asked    url.Values // what narrows and sorts the list
	From     int        // how many come before this page
	Problems fault.Problems
	Typed    Typed
}

// Length is how many rows stand on one page of a list.
const Length = 50

// Head is what the frame shows.
func (p Progress) Head() shared.Head { return head("Progress of the assessment", p.Progress.Call) }

func (p Progress) figures() nhs.SummaryList {
	s := p.Progress.Sums
	return nhs.SummaryList{Rows: []nhs.SummaryRow{
		{Key: "Reviews sent", Value: fmt.Sprintf("%d of %d", s.Sent, s.Asked)},
		{Key: "Overdue", Value: strconv.Itoa(s.Overdue)},
		{Key: "Applications", Value: fmt.Sprintf("%d in assessment, %d in moderation, %d assessed", s.States[workflow.Assessment], s.States[workflow.Moderation], s.States[workflow.Assessed])},
		{Key: "Ready to be closed", Value: strconv.Itoa(s.Ready)},
		{Key: "Scores apart", Value: strconv.Itoa(s.Apart)},
	}}
}

// path is the list with one thing asked otherwise, from its beginning.
func (p Progress) path(name, value string) string {
	q := url.Values{}
	maps.Copy(q, p.Asked)
	q.Del("from")
	if q.Set(name, value); value == "" {
		q.Del(name)
	}
	if len(q) == 0 {
		return address(p.Progress.Call, "progress", "")
	}
	return address(p.Progress.Call, "progress", "") + "?" + q.Encode()
}

func (p Progress) turn() nhs.Pagination {
	return turned(p.From, len(p.Progress.Rows), p.Progress.Found, func(from int) string { return p.path("from", strconv.Itoa(from)) })
}

// turned are the links to the pages before and after one that begins at a row and shows so many of all.
func turned(from, shown, all int, path func(from int) string) nhs.Pagination {
	var t nhs.Pagination
	if from > 0 {
		t.Previous = path(max(from-Length, 0))
	}
	if next := from + shown; next < all {
		t.Next = path(next)
	}
	return t
}

// onPage is the part of a list that stands on the page that begins at a row.
func onPage[T any](rows []T, from int) []T {
	rows = rows[min(max(from, 0), len(rows)):]
	return rows[:min(Length, len(rows))]
}

// sorted is a column by which the list can be sorted.
func (p Progress) sorted(heading string, by review.Sorting, numeric bool) nhs.Column {
	c := nhs.Column{Heading: heading, Numeric: numeric, Href: p.path("sort", string(by)), Sort: "none"}
	if p.Asked.Get("sort") == string(by) {
		c.Sort = "descending"
		if by == review.SortReference {
			c.Sort = "ascending"
		}
	}
	return c
}

func (p Progress) states() nhs.Select {
	field := nhs.Select{Name: "state", Label: "State", Value: p.Asked.Get("state"), Empty: "All"}
	for _, s := range []workflow.ApplicationState{workflow.Assessment, workflow.Moderation, workflow.Assessed} {
		field.Options = append(field.Options, nhs.Option{Value: string(s), Label: workflow.Applications().Info(s).Label})
	}
	return field
}

func (p Progress) shows() nhs.Select {
	return nhs.Select{Name: "show", Label: "Show", Value: p.Asked.Get("show"), Empty: "All", Options: []nhs.Option{
		{Value: string(review.ShowOverdue), Label: "With overdue reviews"}, {Value: string(review.ShowMissing), Label: "Something is missing"},
		{Value: string(review.ShowApart), Label: "Scores apart"}, {Value: string(review.ShowReady), Label: "Ready to be closed"},
	}}
}

func (p Progress) found() string {
	if p.Progress.Found == 0 {
		return "No application is like that"
	}
	return fmt.Sprintf("%d to %d of %d applications", p.From+1, p.From+len(p.Progress.Rows), p.Progress.Found)
}

func (p Progress) table() nhs.Table {
	t := nhs.Table{
		ID: "progress", Caption: "By application", CaptionSize: nhs.Medium, RowHeaders: true, Compact: true, Empty: "No application of this call is in assessment.",
		Columns: []nhs.Column{
			p.sorted("Application", review.SortReference, false), {Heading: "Title"}, {Heading: "State"}, {Heading: "Reviews", Numeric: true}, p.sorted("Still missing", review.SortOverdue, false),
			p.sorted("Scores apart", review.SortSpread, false), p.sorted("Total", review.SortTotal, true), {Heading: "Next"},
		},
	}
	if len(p.Asked) > 0 {
		t.Empty = "No application is like that."
	}
	for _, r := range p.Progress.Rows {
		missing := strings.Join(r.Totals.Missing, ", ")
		if r.Overdue > 0 {
			missing += fmt.Sprintf(" (%d overdue)", r.Overdue)
		}
		t.Rows = append(t.Rows, []nhs.Cell{
			{Text: string(r.Ref)}, {Text: r.Title}, {Content: state(r.State)}, {Text: fmt.Sprintf("%d of %d", r.Totals.Reviews, r.Asked)}, {Text: missing},
			{Text: codes(r.Apart)}, {Text: total(r.Totals)}, {Content: p.next(r)},
		})
	}
	return t
}

// links are what can be done about an application from here.
func (p Progress) links(r review.ProgressRow) []nhs.Link {
	var links []nhs.Link
	if r.May {
		links = append(links, nhs.Link{Href: p.path("application", string(r.Ref)) + "#decide", Text: "Decide", Hidden: "about " + string(r.Ref)})
	}
	if p.Progress.May[access.ReplaceReviewer] && r.State == workflow.Assessment && r.Totals.Pending > 0 {
		links = append(links, nhs.Link{Href: address(p.Progress.Call, "assignment", r.Ref), Text: "Replace a reviewer", Hidden: "of " + string(r.Ref)})
	}
	return links
}

// total is a total, or nothing where nothing is scored yet.
func total(t review.Totals) string {
	if t.Weight == 0 {
		return ""
	}
	return t.Total.String()
}

func codes(parts []rubric.PartTotal) string {
	names := make([]string, len(parts))
	for i, p := range parts {
		names[i] = string(p.Part.Code)
	}
	return strings.Join(names, ", ")
}

func day(t *time.Time) string {
	if t == nil {
		return ""
	}
	return uktime.Date(*t)
}

// row is the application that is decided about, if it is for the one who looks.
func (p Progress) row() *review.ProgressRow {
	if r := p.Progress.Chosen; r != nil && r.May {
		return r
	}
	return nil
}

// steps are what the chair can do with the chosen application.
func (p Progress) steps(r *review.ProgressRow) nhs.Radios {
	field := nhs.Radios{Name: "step", Legend: fmt.Sprintf("What is to happen with %s, %s?", r.Ref, r.Title), Error: p.Problems["step"], Value: p.Typed("step", "")}
	add := func(value, label, hint string) {
		field.Options = append(field.Options, nhs.Option{Value: value, Label: label, Hint: hint})
	}
	switch r.State { //nolint:exhaustive // the others have no step here
	case workflow.Assessment:
		add("close", "Close the assessment", "Every review is in, and scores are within the limit")
		add("close_short", "Close it short", "With the reviews that are in. Needs a reason, which is minuted")
		add("moderate", "Open moderation", "Scores are apart")
		add("choose_moderation", "Open moderation although scores are within the limit", "Needs a reason, which is minuted")
	case workflow.Assessed:
		add("take_to_panel", "Take it to the panel", "")
		add("request_reviews", "Ask for further reviews", "Needs a reason. The fund manager assigns them")
	case workflow.Moderation:
		add("request_reviews", "Ask for further reviews", "Needs a reason. The fund manager assigns them")
	}
	return field
}
