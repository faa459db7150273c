// Package review holds the pages of reviewers: their queue, the declaration of interests, the application beside its score sheet, and the
// pack that they print.
package review

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/interest"
	reviews "adoptionfund/internal/review"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Queue is what a reviewer has to do.
type Queue struct {
	Tasks []reviews.Task
	Lines []interest.Line // their own declarations
	Now   time.Time
	State string // what the list is narrowed to
}

// Head is what the frame shows.
func (q Queue) Head() shared.Head {
	return shared.Head{Title: "Your reviews", Wide: true, Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}}}
}

// state is a state of reviews by which the list is narrowed.
type state struct {
	value, label string
	has          func(reviews.Task) bool
}

func states() []state {
	return []state{
		{"todo", "To do", reviews.Task.ToDo},
		{"overdue", "Overdue", func(t reviews.Task) bool { return t.Overdue }},
		{"declare", "Declare interests first", func(t reviews.Task) bool { return t.ToDo() && !t.Declared && !t.Waiting }},
		{"waiting", "Waiting for the fund manager", func(t reviews.Task) bool { return t.ToDo() && t.Waiting }},
		{"draft", "Draft", func(t reviews.Task) bool { return t.ToDo() && t.Begun }},
		{"sent", "Sent", func(t reviews.Task) bool { return t.Sent }},
		{"moderation", "In moderation", func(t reviews.Task) bool { return t.Reopened }},
	}
}

// narrowing are the links to the states that some review is in.
func (q Queue) narrowing() []narrowed {
	all := []narrowed{{"/reviews", fmt.Sprintf("All (%d)", len(q.Tasks)), q.State == ""}}
	for _, s := range states() {
		if n := q.count(s.has); n > 0 || s.value == q.State {
			all = append(all, narrowed{"/reviews?state=" + s.value, fmt.Sprintf("%s (%d)", s.label, n), q.State == s.value})
		}
	}
	return all
}

// narrowed is a link to the list as it is in a state.
type narrowed struct {
	href, text string
	here       bool
}

func (q Queue) count(has func(reviews.Task) bool) int {
	n := 0
	for _, t := range q.Tasks {
		if has(t) {
			n++
		}
	}
	return n
}

// shown are the tasks of a table: those to write or those that are over, narrowed to a state.
func (q Queue) shown(over bool) []reviews.Task {
	var shown []reviews.Task
	at := slices.IndexFunc(states(), func(s state) bool { return s.value == q.State })
	for _, t := range q.Tasks {
		if t.ToDo() != over && (at < 0 || states()[at].has(t)) {
			shown = append(shown, t)
		}
	}
	return shown
}

func (q Queue) table(over bool) nhs.Table {
	t := nhs.Table{
		ID: "to-do", Caption: "To do", CaptionSize: nhs.Medium, RowHeaders: true, Empty: "You have no reviews to write.",
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Title and lead organisation"}, {Heading: "Call"}, {Heading: "Due (UK time)"}, {Heading: "Time"}, {Heading: "Status"}},
	}
	if over {
		t.ID, t.Caption, t.Empty = "sent", "Sent", "You have not sent a review yet."
	}
	if q.State != "" {
		t.Empty = "None is in this state."
	}
	for _, task := range q.shown(over) {
		t.Rows = append(t.Rows, []nhs.Cell{
			{Text: string(task.Ref), Href: address(task.Ref)}, {Content: named(task)}, {Text: task.Call}, {Text: q.due(task)}, {Text: lasts(task.Size.Minutes())},
			{Content: status(task).view()},
		})
	}
	return t
}

func (q Queue) due(task reviews.Task) string {
	day := uktime.Date(task.DueAt) + ", " + uktime.Clock(task.DueAt)
	if !task.ToDo() || task.Overdue {
		return day
	}
	return day + " (" + uktime.Left(q.Now, task.DueAt) + ")"
}

func status(t reviews.Task) tagged {
	s := tagged{}
	switch {
	case t.Reopened:
		s.tag = nhs.Tag{Text: "In moderation", Colour: nhs.Pink}
	case t.Sent:
		s.tag = nhs.Tag{Text: "Sent", Colour: nhs.Green}
	case t.Stopped:
		s.tag = nhs.Tag{Text: "Closed without it", Colour: nhs.Grey}
	case t.Waiting:
		s.tag = nhs.Tag{Text: "With the fund manager", Colour: nhs.Grey}
	case t.Overdue:
		s.tag = nhs.Tag{Text: "Overdue", Colour: nhs.Red}
	case t.Begun:
		s.tag = nhs.Tag{Text: "Draft", Colour: nhs.Blue}
	case !t.Declared:
		s.tag = nhs.Tag{Text: "Declare interests", Colour: nhs.Yellow}
	default:
		s.tag = nhs.Tag{Text: "Not started", Colour: nhs.Grey}
	}
	if t.ToDo() && t.Begun {
		s.words = fmt.Sprintf("%d of %d parts", t.Parts, t.Size.Parts)
	}
	return s
}

// lasts says how long something takes, roughly.
func lasts(minutes int) string {
	switch {
	case minutes < 60:
		return fmt.Sprintf("about %d minutes", max(minutes, 1))
	default:
		hours := strings.TrimSuffix(strconv.FormatFloat(float64((minutes+14)/15)/4, 'f', -1, 64), ".0")
		if hours == "1" {
			return "about 1 hour"
		}
		return "about " + hours + " hours"
	}
}

func (q Queue) progress() string {
	sent := q.count(func(t reviews.Task) bool { return t.Sent })
	return fmt.Sprintf("You have sent %d of %d reviews.", sent, len(q.Tasks))
}

// overdue warns of what is late; empty if nothing is.
func (q Queue) overdue() string {
	switch n := q.count(func(t reviews.Task) bool { return t.Overdue }); n {
	case 0:
		return ""
	case 1:
		return "1 review is overdue. The panel waits for it."
	default:
		return fmt.Sprintf("%d reviews are overdue. The panel waits for them.", n)
	}
}

// left says how much time the reviews that are left take in all; empty if none is left.
func (q Queue) left() string {
	minutes, n := 0, 0
	for _, t := range q.Tasks {
		if t.ToDo() {
			minutes += t.Size.Minutes()
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("What is left takes %s in all.", lasts(minutes))
}

func basis() string {
	words, part := reviews.Basis()
	return fmt.Sprintf("Times are estimates: the words of the answers at %d words a minute, which is the mean for adults who read English, and %d minutes for each part that you score. Files are not counted.", words, part)
}

// next is the review to go on with.
func (q Queue) next() (reviews.Task, bool) { return reviews.After(q.Tasks, "") }

func (q Queue) printable() bool { return q.count(func(t reviews.Task) bool { return t.Printable }) > 0 }

func address(ref ident.Ref) string { return "/reviews/" + string(ref) }

func crumbs() nhs.Breadcrumbs {
	return nhs.Breadcrumbs{{Href: "/", Text: "Home"}, {Href: "/reviews", Text: "Your reviews"}}
}

// tagged is a tag with a few words below it.
type tagged struct {
	tag   nhs.Tag
	words string
}
