// Package public holds the pages that anybody can read: the fund, its calls, their questions, and the demonstration's mailbox.
//
// It owns what these pages say. It leaves what was published to fund, and who sees which task to site.
package public

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/money"
	"adoptionfund/internal/people"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Task is something that waits for the one who is signed in.
type Task struct {
	Title string // such as "Sign the application AF26-0042"
	About string // such as its title
	Href  string
	Due   time.Time // zero: no day is set
}

// Home is the start page.
type Home struct {
	Person   string // name of who is signed in
	Tasks    []Task
	Calls    []fund.Call // those published, the nearest deadline first
	Now      time.Time
	MayStart bool
}

// Head tells the frame.
func (Home) Head() shared.Head {
	return shared.Head{Title: "Funding to take up proven digital technology in the NHS"}
}

func (h Home) tasks() nhs.TaskList {
	list := nhs.TaskList{IDPrefix: "task"}
	for _, t := range h.Tasks {
		task := nhs.Task{Title: t.Title, Href: t.Href, Hint: t.About, Status: "No date"}
		if !t.Due.IsZero() {
			task.Status = "By " + uktime.Moment(t.Due)
			if left := uktime.Left(h.Now, t.Due); left != "" {
				task.Status += ", " + left + " left"
			} else {
				task.Tag = &nhs.Tag{Text: "Overdue since " + uktime.Date(t.Due), Colour: nhs.Red}
			}
		}
		list.Tasks = append(list.Tasks, task)
	}
	return list
}

func (h Home) in(states ...workflow.CallState) []fund.Call {
	var calls []fund.Call
	for _, c := range h.Calls {
		if slices.Contains(states, c.State) {
			calls = append(calls, c)
		}
	}
	return calls
}

func (h Home) past() nhs.Table {
	t := nhs.Table{ID: "past", Caption: "Calls that have closed", CaptionSize: nhs.Medium, RowHeaders: true, Columns: []nhs.Column{{Heading: "Call"}, {Heading: "Reference"}, {Heading: "Closed"}, {Heading: "Status"}}}
	for _, c := range h.in(workflow.CallClosed, workflow.CallDecided, workflow.CallReleased, workflow.CallArchived) {
		t.Rows = append(t.Rows, []nhs.Cell{{Text: c.Title, Href: "/calls/" + string(c.Ref)}, {Text: string(c.Ref)}, {Text: uktime.Date(c.ClosesAt)}, {Content: stateTag(c)}})
	}
	return t
}

func stateTag(c fund.Call) nhs.Tag {
	info := workflow.Calls().Info(c.State)
	return nhs.Tag{Text: info.ApplicantLabel, Colour: nhs.Colour(info.ApplicantColour)}
}

// deadline is the deadline with the time that is left.
func deadline(c fund.Call, now time.Time) string {
	text := uktime.Deadline(c.ClosesAt)
	if left := uktime.Left(now, c.ClosesAt); left != "" {
		text += " (" + left + " left)"
	}
	return text
}

// Call is what a call published at its opening.
type Call struct {
	Call     fund.Call
	Round    fund.Round
	Changes  []fund.Change
	Rubric   *rubric.Rubric
	Form     *form.Form
	Now      time.Time
	MayStart bool // the one who looks can start an application now
}

// Head tells the frame.
func (c Call) Head() shared.Head {
	return shared.Head{Title: c.Call.Title, Caption: string(c.Call.Ref), Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}}}
}

func (c Call) open() bool { return c.Call.State == workflow.CallOpen && c.Call.InTime(c.Now) }

func (c Call) key() nhs.SummaryList {
	s := c.Call.Settings
	rows := []nhs.SummaryRow{
		{Key: "Status", Content: stateTag(c.Call)},
		{Key: "Round", Value: c.Round.Title},
		{Key: "Opens", Value: uktime.Deadline(c.Call.OpensAt)},
		{Key: "Deadline", Value: deadline(c.Call, c.Now) + "\nIn time means that your request reached the service before this moment."},
		{Key: "Budget", Value: c.budget()},
		{Key: "Most for one application", Value: orNone(s.AwardCap)},
		{Key: "Spend by", Value: day(s.SpendBy)},
		{Key: "Who may lead", Value: kinds(s.WhoMayLead)},
	}
	if s.PerLead > 0 {
		rows = append(rows, nhs.SummaryRow{Key: "Applications for each lead", Value: fmt.Sprintf("%d at most", s.PerLead)})
	}
	if c.Call.ReleaseAt != nil {
		rows = append(rows, nhs.SummaryRow{Key: "Decisions", Value: "Planned for " + uktime.Moment(*c.Call.ReleaseAt)})
	}
	return nhs.SummaryList{Rows: rows}
}

func (c Call) budget() string {
	if c.Call.Settings.Budget > 0 && !c.Call.Settings.Method.Pooled {
		return c.Call.Settings.Budget.String()
	}
	return c.Round.Budget.String() + ", shared by the calls of the round"
}

func orNone(amount money.Pence) string {
	if amount == 0 {
		return "No limit"
	}
	return amount.String()
}

func day(text string) string {
	t, err := uktime.Parse(text)
	if err != nil {
		return "No day is set"
	}
	return uktime.Date(t)
}

// kinds names the kinds of organisation that may lead.
func kinds(codes []string) string {
	names := map[string]string{
		"icb": "Integrated care boards", "trust": "NHS trusts and foundation trusts", "innovator": "Innovators and suppliers", "hin": "Health innovation networks",
		"pcn": "Primary care networks", "practice": "GP practices", "local_authority": "Local authorities", "region": "NHS England regions",
	}
	lines := make([]string, len(codes))
	for i, code := range codes {
		lines[i] = names[code]
		if lines[i] == "" {
			lines[i] = strings.ReplaceAll(code, "_", " ")
		}
	}
	return strings.Join(lines, "\n")
}

func (c Call) criteria() nhs.Table {
	t := nhs.Table{
		ID: "criteria", Caption: "How applications are scored", CaptionSize: nhs.Medium, RowHeaders: true,
		Columns: []nhs.Column{{Heading: "Part"}, {Heading: "Criterion"}, {Heading: "Scored by"}, {Heading: "Weight", Numeric: true}, {Heading: "Least"}},
	}
	for _, p := range c.Rubric.Parts {
		least := ""
		if minimum, ok := c.Call.Settings.Method.MinParts[string(p.Code)]; ok {
			least = fmt.Sprintf("%g of 5", minimum)
		}
		t.Rows = append(t.Rows, nhs.Cells(string(p.Code)+" "+p.Title, c.Rubric.Heading(p.Criterion).Title, c.scoredBy(p), strconv.Itoa(p.Weight), least))
	}
	return t
}

func (c Call) scoredBy(p *rubric.Part) string {
	switch p.Source {
	case rubric.Assessor:
		return "DTAC assessor"
	case rubric.Officers:
		return "Two eligibility officers"
	case rubric.Reviewers:
	}
	names := make([]string, len(p.Kinds))
	for i, k := range p.Kinds {
		names[i] = c.Rubric.KindTitle(k)
	}
	return strings.Join(names, ", ")
}

// further says how many reviews are asked for besides those of each application.
func further(heldBack int) string {
	if heldBack == 0 {
		return "None"
	}
	return fmt.Sprintf("Up to %d in the call, of applications near the funding line whose scores are least sure", heldBack)
}

func (c Call) review() nhs.SummaryList {
	s := c.Call.Settings
	var each []string
	for _, kind := range slices.Sorted(maps.Keys(s.Review.Kinds)) {
		each = append(each, fmt.Sprintf("%s: %d", c.Rubric.KindTitle(rubric.Kind(kind)), s.Review.Kinds[kind]))
	}
	rows := []nhs.SummaryRow{
		{Key: "Reviews of each application", Value: strings.Join(each, "\n")},
		{Key: "Moderation", Value: fmt.Sprintf("Where scores of a part are more than %d apart", s.Review.ApartBy)},
		{Key: "Further reviews", Value: further(s.Review.HeldBack)},
		{Key: "Shortlist", Value: yes(s.Review.Shortlist, "Applications are shortlisted before review", "All eligible applications are reviewed")},
		{Key: "DTAC versions accepted", Value: strings.Join(s.Forms.DTAC, "\n")},
	}
	if s.DTAC.LatestAction != "" {
		rows = append(rows, nhs.SummaryRow{Key: "Latest day of an agreed DTAC action", Value: day(s.DTAC.LatestAction)})
	}
	return nhs.SummaryList{Rows: rows}
}

func (c Call) method() nhs.SummaryList {
	m := c.Call.Settings.Method
	rows := []nhs.SummaryRow{
		{Key: "Ranking", Value: m.RankingWords()},
		{Key: "Allocation", Value: m.StrategyWords()},
		{Key: "Least total", Value: fmt.Sprintf("%g of 100; below it nothing is funded", m.MinScore)},
		{Key: "Funding in part", Value: yes(m.Partial, "Possible, down to the least amount that you name", "No")},
		{Key: "Near the line", Value: m.BandWords()},
		{Key: "Budgets by year and use", Value: m.BudgetWords()},
		{Key: "Reserve list", Value: yes(m.Reserve > 0, fmt.Sprintf("%d places", m.Reserve), "None")},
	}
	if m.MaxCount > 0 {
		rows = append(rows, nhs.SummaryRow{Key: "Most awards", Value: strconv.Itoa(m.MaxCount)})
	}
	for _, l := range m.Limits {
		rows = append(rows, nhs.SummaryRow{Key: "Limit by " + l.By, Value: l.Words()})
	}
	return nhs.SummaryList{Rows: rows}
}

func (c Call) feedback() nhs.SummaryList {
	f := c.Call.Settings.Feedback
	return nhs.SummaryList{Rows: []nhs.SummaryRow{
		{Key: "Feedback", Value: "Every applicant gets written feedback"},
		{Key: "Scores", Value: yes(f.PublishScores, "You see your scores by criterion", "Scores are not given")},
		{Key: "Review of a decision", Value: yes(f.ReviewDays > 0, fmt.Sprintf("You can ask for one on procedural grounds within %d days", f.ReviewDays), "Not possible")},
		{Key: "Time to accept an offer", Value: fmt.Sprintf("%d days", f.OfferDays)},
		{Key: "Reserve list ends after", Value: fmt.Sprintf("%d days", f.ReserveDays)},
	}}
}

func yes(holds bool, then, otherwise string) string {
	if holds {
		return then
	}
	return otherwise
}

func (c Call) changes() []fund.Change {
	return slices.DeleteFunc(slices.Clone(c.Changes), func(ch fund.Change) bool { return ch.ConfirmedAt == nil })
}

// Organisations is the page on which those without scripts look up an ODS code.
type Organisations struct {
	Query string
	Found []people.Organisation
}

// Head tells the frame.
func (Organisations) Head() shared.Head {
	return shared.Head{Title: "Look up an ODS code", Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}}}
}

func (o Organisations) table() nhs.Table {
	t := nhs.Table{ID: "found", Caption: "Organisations found", CaptionSize: nhs.Medium, RowHeaders: true, Columns: []nhs.Column{{Heading: "Name"}, {Heading: "ODS code"}, {Heading: "Region"}}, Empty: "No organisation was found."}
	for _, found := range o.Found {
		t.Rows = append(t.Rows, nhs.Cells(found.Name, string(found.ODSCode), found.Region))
	}
	return t
}
