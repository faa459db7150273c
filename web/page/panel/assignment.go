package panel

import (
	"fmt"
	"strconv"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/assign"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Assignment is who reviews what in a call: the plan, what stands, and everybody's load.
type Assignment struct {
	Pages    []nhs.Link // the pages of the call that the one who looks may open
	Desk     assignment.View
	Chosen   ident.Ref // the application that is being changed
	Problems fault.Problems
	Typed    Typed
	Doubts   int // interests that wait to be settled
	From     int // the first application on the page
}

// Head is what the frame shows.
func (p Assignment) Head() shared.Head { return head("Assignment of reviewers", p.Desk.Call) }

func (p Assignment) intro() string {
	switch v := p.Desk; {
	case v.Plan == nil && v.Waiting == 0:
		return "No application waits for reviewers."
	case v.Plan == nil:
		return waits(v.Waiting) + " for reviewers. Nothing is proposed yet."
	case v.Status == assign.Optimal:
		return waits(v.Waiting) + " for reviewers. The proposal gives each of them every review that the call asks for, as evenly as possible. The assessment starts when the chair approves it."
	default:
		return waits(v.Waiting) + " for reviewers. There are not enough reviewers with capacity and without a conflict: free places are marked, and below is why. What is fully assigned can be approved."
	}
}

func waits(n int) string {
	if n == 1 {
		return "1 application waits"
	}
	return fmt.Sprintf("%d applications wait", n)
}

func (p Assignment) table() nhs.Table {
	t := nhs.Table{
		ID: "assignment", Caption: "Applications and their reviewers", CaptionSize: nhs.Medium, RowHeaders: true, Compact: true,
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Title"}, {Heading: "Lead organisation"}, {Heading: "State"}, {Heading: "Reviewers"}, {Heading: "Change"}},
		Empty:   "No application of this call is eligible or in assessment.",
	}
	for _, r := range onPage(p.Desk.Rows, p.From) {
		change := nhs.Cell{}
		if p.changeable(r) {
			change = nhs.Cell{Text: "Change", Href: address(p.Desk.Call, "assignment", r.Ref) + "#change", Hidden: "the reviewers of " + string(r.Ref)}
		}
		t.Rows = append(t.Rows, []nhs.Cell{{Text: string(r.Ref)}, {Text: r.Title}, {Text: r.Lead}, {Content: state(r.State)}, {Content: seats(r.Seats)}, change})
	}
	return t
}

func (p Assignment) turn() nhs.Pagination {
	return turned(p.From, len(onPage(p.Desk.Rows, p.From)), len(p.Desk.Rows), func(from int) string {
		return address(p.Desk.Call, "assignment", "") + "?from=" + strconv.Itoa(from)
	})
}

func (p Assignment) changeable(r assignment.Row) bool {
	switch r.State { //nolint:exhaustive // reviewers are changed in these states only
	case workflow.Eligible:
		return p.Desk.Plan != nil && p.Desk.May[access.EditAssignment]
	case workflow.Assessment:
		return p.Desk.May[access.ReplaceReviewer]
	default:
		return false
	}
}

// row is the application that is being changed.
func (p Assignment) row() *assignment.Row {
	for i := range p.Desk.Rows {
		if p.Desk.Rows[i].Ref == p.Chosen && p.changeable(p.Desk.Rows[i]) {
			return &p.Desk.Rows[i]
		}
	}
	return nil
}

func seatWords(s assignment.Seat) string {
	words := kindTitle(s.Kind) + ": "
	if s.Person == "" {
		return words + "nobody yet"
	}
	words += s.Name
	var why []string
	if s.Fits {
		why = append(why, "knows the theme")
	}
	if s.Near {
		why = append(why, "same integrated care system as the lead")
	}
	if s.ByHand {
		why = append(why, "put in by hand")
	}
	if len(why) > 0 {
		words += " (" + strings.Join(why, ", ") + ")"
	}
	switch s.State {
	case assignment.Done:
		words += " (review sent)"
	case assignment.Standing:
		words += " (due " + uktime.Date(s.DueAt) + ")"
	case assignment.Declined:
		words += " (declined)"
	case assignment.Struck:
		words += " (struck because of a conflict)"
	case assignment.Replaced:
		words += " (replaced)"
	}
	return words
}

// places are the places of the chosen application that can be changed: who goes out, of which kind.
func (p Assignment) places(r *assignment.Row) nhs.Radios {
	field := nhs.Radios{Name: "out", Legend: "Which place?", Error: p.Problems["out"], Value: p.Typed("out", "")}
	free := map[string]bool{}
	for _, s := range r.Seats {
		switch {
		case s.Person == "" && free[s.Kind]:
		case s.Person == "":
			free[s.Kind] = true
			field.Options = append(field.Options, nhs.Option{Value: s.Kind + ":", Label: kindTitle(s.Kind) + ": nobody yet"})
		case s.State == "" || s.State == assignment.Standing:
			field.Options = append(field.Options, nhs.Option{Value: s.Kind + ":" + string(s.Person), Label: seatWords(s)})
		}
	}
	if r.State == workflow.Assessment {
		for _, s := range r.Seats {
			if !free[s.Kind] {
				free[s.Kind] = true
				field.Options = append(field.Options, nhs.Option{Value: s.Kind + ":", Label: "A further " + strings.ToLower(kindTitle(s.Kind)) + " review"})
			}
		}
	}
	return field
}

// candidates are those who can come in, by kind.
func (p Assignment) candidates(r *assignment.Row) nhs.Select {
	field := nhs.Select{Name: "in", Label: "Who comes in?", Hint: "Those with the fewest reviews come first. They have capacity, no known conflict, and have not declined it.", Error: p.Problems["in"], Value: p.Typed("in", ""), Empty: "Whoever fits best"}
	if r.State == workflow.Eligible {
		field.Empty = "Nobody"
	}
	seen := map[string]bool{}
	for _, s := range r.Seats {
		if seen[s.Kind] {
			continue
		}
		seen[s.Kind] = true
		for _, c := range s.Free {
			words := fmt.Sprintf("%s: %s, %d of %d reviews", kindTitle(s.Kind), c.Name, c.Load, c.Capacity)
			if c.Fits {
				words += ", knows the theme"
			}
			field.Options = append(field.Options, nhs.Option{Value: string(c.Person), Label: words})
		}
	}
	return field
}

func (p Assignment) loads() nhs.Table {
	t := nhs.Table{
		ID: "loads", Caption: "Reviewers and their load", CaptionSize: nhs.Medium, RowHeaders: true, Compact: true, Empty: "No reviewer holds the role for it in this call.",
		Columns: []nhs.Column{{Heading: "Reviewer"}, {Heading: "Kind"}, {Heading: "Themes"}, {Heading: "Assigned in the round", Numeric: true}, {Heading: "In the proposal", Numeric: true}, {Heading: "Capacity", Numeric: true}},
	}
	stands, planned, capacity := 0, 0, 0
	for _, l := range p.Desk.Loads {
		stands, planned, capacity = stands+l.Stands, planned+l.Planned, capacity+l.Capacity
		t.Rows = append(t.Rows, nhs.Cells(l.Name, kindTitle(l.Kind), l.Themes, strconv.Itoa(l.Stands), strconv.Itoa(l.Planned), strconv.Itoa(l.Capacity)))
	}
	if len(t.Rows) > 0 {
		t.Foot = nhs.Cells(fmt.Sprintf("%d reviewers", len(t.Rows)), "", "", strconv.Itoa(stands), strconv.Itoa(planned), strconv.Itoa(capacity))
	}
	return t
}

func (p Assignment) changes() nhs.Table {
	t := nhs.Table{
		ID: "changes", Caption: "Changes made to the proposal by hand", CaptionSize: nhs.Medium, RowHeaders: true,
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Kind"}, {Heading: "When"}, {Heading: "Reason"}},
	}
	for _, c := range p.Desk.Plan.Changes {
		t.Rows = append(t.Rows, nhs.Cells(string(c.Ref), kindTitle(c.Kind), uktime.Moment(c.At), c.Reason))
	}
	return t
}
