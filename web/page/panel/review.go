package panel

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/assign"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/interest"
	"adoptionfund/internal/review"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// head is what the frame shows of a page of a call's assessment.
func head(title string, c *fund.Call) shared.Head {
	return shared.Head{Title: title, Caption: string(c.Ref) + ": " + c.Title, Wide: true, Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}}}
}

// address is a page of a call, with an application chosen on it or none.
func address(c *fund.Call, page string, chosen ident.Ref) string {
	a := "/panel/" + string(c.Ref) + "/" + page
	if chosen != "" {
		a += "?application=" + url.QueryEscape(string(chosen))
	}
	return a
}

func state(s workflow.ApplicationState) nhs.Tag {
	info := workflow.Applications().Info(s)
	return nhs.Tag{Text: info.Label, Colour: nhs.Colour(info.Colour)}
}

// masked is the one line that stands for what somebody may not see.
func masked(n int) string {
	if n == 1 {
		return "1 application, handled by the deputy"
	}
	return fmt.Sprintf("%d applications, handled by the deputy", n)
}

// kindTitle is a kind of reviewer at the beginning of a sentence.
func kindTitle(kind string) string {
	if kind == "ppv" {
		return "Patient and public voice"
	}
	if kind == "" {
		return ""
	}
	return strings.ToUpper(kind[:1]) + strings.ReplaceAll(kind[1:], "_", " ")
}

// Typed is what was typed into a form of the page that is shown again.
type Typed func(name, stored string) string

// Assignment is who reviews what in a call: the plan, what stands, and everybody's load.
type Assignment struct {
	Pages    []nhs.Link // the pages of the call that the one who looks may open
	Desk     assignment.View
	Chosen   ident.Ref // the application that is being changed
	Problems fault.Problems
	Typed    Typed
	Doubts   int // interests that wait to be settled
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
		return waits(v.Waiting) + " for reviewers. There are not enough reviewers with capacity and without a conflict: free places are marked. What is fully assigned can be approved."
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
	for _, r := range p.Desk.Rows {
		change := nhs.Cell{}
		if p.changeable(r) {
			change = nhs.Cell{Text: "Change", Href: address(p.Desk.Call, "assignment", r.Ref) + "#change", Hidden: "the reviewers of " + string(r.Ref)}
		}
		t.Rows = append(t.Rows, []nhs.Cell{{Text: string(r.Ref)}, {Text: r.Title}, {Text: r.Lead}, {Content: state(r.State)}, {Content: seats(r.Seats)}, change})
	}
	return t
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

// Interests are the interests in the applications of a call, those to settle first.
type Interests struct {
	Call     *fund.Call
	Lines    []interest.Line
	Chosen   string
	Problems fault.Problems
	Typed    Typed
}

// Head is what the frame shows.
func (p Interests) Head() shared.Head {
	h := head("Interests", p.Call)
	h.Crumbs = append(h.Crumbs, nhs.Link{Href: address(p.Call, "assignment", ""), Text: "Assignment of reviewers"})
	return h
}

func (p Interests) table() nhs.Table {
	t := nhs.Table{
		ID: "interests", Caption: "Declared and found", CaptionSize: nhs.Medium, RowHeaders: true, Compact: true, Empty: "Nobody has declared anything yet.",
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Person"}, {Heading: "Interest"}, {Heading: "Description"}, {Heading: "On"}, {Heading: "Means"}, {Heading: "Change"}},
	}
	for _, l := range p.Lines {
		change := nhs.Cell{}
		if l.Stands() && (l.Open() || !l.Found()) {
			change = nhs.Cell{Text: "Decide", Href: address(p.Call, "interests", "") + "?interest=" + url.QueryEscape(l.ID) + "#decide", Hidden: "about " + l.Name + " and " + string(l.Ref)}
		}
		t.Rows = append(t.Rows, []nhs.Cell{{Text: string(l.Ref)}, {Text: l.Name}, {Text: interestWords(l.Interest)}, {Text: l.Statement}, {Text: uktime.Date(l.At)}, {Text: meaning(l.Interest)}, change})
	}
	return t
}

func interestWords(i interest.Interest) string {
	if i.Found() {
		return i.Kind.Label() + " (found)"
	}
	return i.Kind.Label()
}

func meaning(i interest.Interest) string {
	switch {
	case !i.Stands():
		return "Withdrawn: " + i.Note
	case i.Open():
		return "To be settled"
	case i.Means() == interest.Bars:
		return "Takes no part"
	default:
		return "Can review"
	}
}

func (p Interests) chosen() *interest.Line {
	for i := range p.Lines {
		if p.Lines[i].ID == p.Chosen && p.Lines[i].Stands() {
			return &p.Lines[i]
		}
	}
	return nil
}

func (p Interests) decisions(l *interest.Line) nhs.Radios {
	r := nhs.Radios{Name: "settled", Legend: fmt.Sprintf("What does the interest of %s in %s mean?", l.Name, l.Ref), Error: p.Problems["settled"], Value: p.Typed("settled", "")}
	if l.Open() {
		r.Options = append(r.Options, nhs.Option{Value: string(interest.Clear), Label: "They can review it"}, nhs.Option{Value: string(interest.Bars), Label: "They take no part in it"})
	}
	if !l.Found() {
		r.Options = append(r.Options, nhs.Option{Value: "withdraw", Label: "It was declared in error, and is withdrawn"})
	}
	return r
}

// Progress is how far the assessment of a call is.
type Progress struct {
	Pages    []nhs.Link // the pages of the call that the one who looks may open
	Progress review.Progress
	Chosen   ident.Ref
	Problems fault.Problems
	Typed    Typed
}

// Head is what the frame shows.
func (p Progress) Head() shared.Head { return head("Progress of the assessment", p.Progress.Call) }

func (p Progress) figures() nhs.SummaryList {
	done, asked, overdue := 0, 0, 0
	states := map[workflow.ApplicationState]int{}
	for _, r := range p.Progress.Rows {
		done, asked, overdue = done+r.Totals.Reviews, asked+r.Asked, overdue+r.Overdue
		states[r.State]++
	}
	return nhs.SummaryList{Rows: []nhs.SummaryRow{
		{Key: "Reviews sent", Value: fmt.Sprintf("%d of %d", done, asked)},
		{Key: "Overdue", Value: strconv.Itoa(overdue)},
		{Key: "Applications", Value: fmt.Sprintf("%d in assessment, %d in moderation, %d assessed", states[workflow.Assessment], states[workflow.Moderation], states[workflow.Assessed])},
		{Key: "Ready to be closed", Value: strconv.Itoa(p.Progress.Ready)},
		{Key: "Scores apart", Value: strconv.Itoa(p.Progress.Apart)},
	}}
}

func (p Progress) table() nhs.Table {
	t := nhs.Table{
		ID: "progress", Caption: "By application", CaptionSize: nhs.Medium, RowHeaders: true, Compact: true, Empty: "No application of this call is in assessment.",
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Title"}, {Heading: "State"}, {Heading: "Reviews", Numeric: true}, {Heading: "Still missing"}, {Heading: "Scores apart"}, {Heading: "Total", Numeric: true}, {Heading: "Next"}},
	}
	for _, r := range p.Progress.Rows {
		next := nhs.Cell{}
		if r.May {
			next = nhs.Cell{Text: "Decide", Href: address(p.Progress.Call, "progress", r.Ref) + "#decide", Hidden: "about " + string(r.Ref)}
		}
		missing := strings.Join(r.Totals.Missing, ", ")
		if r.Overdue > 0 {
			missing += fmt.Sprintf(" (%d overdue)", r.Overdue)
		}
		t.Rows = append(t.Rows, []nhs.Cell{
			{Text: string(r.Ref)}, {Text: r.Title}, {Content: state(r.State)}, {Text: fmt.Sprintf("%d of %d", r.Totals.Reviews, r.Asked)}, {Text: missing},
			{Text: codes(r.Apart)}, {Text: total(r.Totals)}, next,
		})
	}
	return t
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

func (p Progress) reviewers() nhs.Table {
	t := nhs.Table{
		ID: "reviewers", Caption: "By reviewer", CaptionSize: nhs.Medium, RowHeaders: true, Compact: true, Empty: "Nobody is assigned yet.",
		Columns: []nhs.Column{{Heading: "Reviewer"}, {Heading: "Kind"}, {Heading: "Assigned", Numeric: true}, {Heading: "Sent", Numeric: true}, {Heading: "Overdue", Numeric: true}, {Heading: "Next due"}},
	}
	for _, r := range p.Progress.Reviewers {
		t.Rows = append(t.Rows, nhs.Cells(r.Name, kindTitle(r.Kind), strconv.Itoa(r.Assigned), strconv.Itoa(r.Done), strconv.Itoa(r.Overdue), day(r.NextDue)))
	}
	return t
}

func day(t *time.Time) string {
	if t == nil {
		return ""
	}
	return uktime.Date(*t)
}

func (p Progress) row() *review.ProgressRow {
	for i := range p.Progress.Rows {
		if p.Progress.Rows[i].Ref == p.Chosen && p.Progress.Rows[i].May {
			return &p.Progress.Rows[i]
		}
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
