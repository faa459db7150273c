package oversee

import (
	"fmt"
	"strconv"

	"github.com/a-h/templ"

	"adoptionfund/internal/access"
	"adoptionfund/internal/award"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/monitoring"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// AwardView is an award as its pages look at it.
type AwardView struct {
	monitoring.Page
	Staff    bool // the reader is of the fund, not of the applicant's side
	Problems fault.Problems
	Typed    func(name, stored string) string // what was typed if the page is shown again, else what is stored
	MayPrint bool

	Confirmed bool // the reader confirmed a few minutes ago that it is they
	AsksCode  bool // to confirm it they need a one-time code besides their password
}

// Signs reports whether the reader may bind the fund by an agreement or a change of one, which asks them to confirm that it is they.
func (v AwardView) Signs() bool {
	return v.May[access.CountersignAgreement] || v.May[access.ApproveVariation]
}

// identity are the fields with which the reader confirms that it is they.
func (v AwardView) identity() templ.Component {
	return shared.Identity{Confirmed: v.Confirmed, Code: v.AsksCode, Problems: v.Problems}.Fields()
}

func (v AwardView) path(part string) string { return "/awards/" + string(v.Award.Ref) + part }

func (v AwardView) head(title string) shared.Head {
	return shared.Head{Title: title, Caption: string(v.Award.Ref) + ": " + v.Application.Title, Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}, {Href: v.path(""), Text: "Award " + string(v.Award.Ref)}}}
}

func (v AwardView) may(act access.Action, in ...workflow.AwardState) bool {
	return v.May[act] && v.is(in...)
}

func (v AwardView) is(states ...workflow.AwardState) bool {
	for _, s := range states {
		if v.Award.State == s {
			return true
		}
	}
	return false
}

func (v AwardView) stands() string {
	info := workflow.Awards().Info(v.Award.State)
	if v.Staff {
		return info.Label
	}
	return info.ApplicantLabel
}

func (v AwardView) agreed() bool {
	return v.is(workflow.Active, workflow.Suspended, workflow.Completed, workflow.Terminated, workflow.AwardClosed)
}

// Award is the page of an award: how it stands, and its parts as a list of tasks.
type Award struct{ AwardView }

// Head is what the frame shows.
func (p Award) Head() shared.Head {
	h := p.head("Award")
	h.Crumbs = h.Crumbs[:1]
	if p.May[access.ListAwards] || p.Staff {
		h.Crumbs = append(h.Crumbs, nhs.Link{Href: "/awards", Text: "Awards"})
	}
	return h
}

func (p Award) facts() nhs.SummaryList {
	a := p.Award
	rows := []nhs.SummaryRow{
		{Key: "Stands", Value: p.stands() + ", since " + uktime.Date(a.StateAt)}, {Key: "Amount", Value: a.Amount.String()}, {Key: "Requested", Value: p.Application.Requested.String()},
		{Key: "Recipient", Value: a.Recipient}, {Key: "Funded work", Value: award.DayWords(p.Terms.StartsOn) + " to " + award.DayWords(p.Terms.EndsOn)},
	}
	if a.OfferDue != nil && p.is(workflow.Offered) {
		rows = append(rows, nhs.SummaryRow{Key: "Accept by", Value: uktime.Deadline(*a.OfferDue)})
	}
	for _, g := range p.Accepted {
		rows = append(rows, nhs.SummaryRow{Key: "Accepted by the " + g.Part.Label(), Value: g.TypedName + ", " + uktime.Moment(g.At)})
	}
	if a.AgreedAt != nil {
		rows = append(rows, nhs.SummaryRow{Key: "Agreed", Value: uktime.Moment(*a.AgreedAt)})
	}
	if p.is(workflow.Terminated) || p.Terms.OwedToRecipient+p.Terms.OwedByRecipient > 0 {
		rows = append(rows, nhs.SummaryRow{Key: "Owed by the fund", Value: p.Terms.OwedToRecipient.String()}, nhs.SummaryRow{Key: "Owed by the recipient", Value: p.Terms.OwedByRecipient.String()})
	}
	if d := p.Declined; d != nil {
		rows = append(rows, nhs.SummaryRow{Key: "Declined by", Value: p.DeclinedBy + ", " + uktime.Moment(d.At)}, nhs.SummaryRow{Key: "Reason", Content: nhs.Text(d.Reason)})
	}
	return nhs.SummaryList{Rows: rows}
}

// told is the reason of the last decision that had one.
func (p Award) told() string { return p.Terms.Reason }

// group is a part of the list of tasks.
type group struct {
	title string
	list  nhs.TaskList
}

func (p Award) groups() []group {
	var groups []group
	add := func(title string, tasks []nhs.Task) {
		if len(tasks) > 0 {
			groups = append(groups, group{title, nhs.TaskList{IDPrefix: "tasks-" + strconv.Itoa(len(groups)+1), Tasks: tasks}})
		}
	}
	if p.Staff {
		add("Pre-award checks", p.checkTasks())
	}
	add("Offer and agreement", p.offerTasks())
	if p.agreed() {
		add("After the agreement", p.afterTasks())
	}
	if p.Staff {
		add("Decisions of the fund", p.decisionTasks())
	}
	return groups
}

func tag(text string, colour nhs.Colour) *nhs.Tag { return &nhs.Tag{Text: text, Colour: colour} }

func (p Award) checkTasks() []nhs.Task {
	var tasks []nhs.Task
	for _, kind := range award.Checks() {
		section, _ := p.Form.Section(kind.Section())
		t := nhs.Task{Title: section.Title, Href: p.path("/checks/" + kind.Section()), Tag: tag("Not recorded", nhs.Blue)}
		if c, ok := p.Result(kind); ok {
			t.Hint = p.People[c.Person] + ", " + uktime.Date(c.At)
			t.Tag = resultTag(c.Result)
		}
		tasks = append(tasks, t)
	}
	return tasks
}

func resultTag(r award.Result) *nhs.Tag {
	switch r {
	case award.Fail:
		return tag("Failed", nhs.Red)
	case award.NotNeeded:
		return tag("Not needed", nhs.Grey)
	case award.Pass:
	}
	return tag("Passed", nhs.Green)
}

func (p Award) offerTasks() []nhs.Task {
	tasks := []nhs.Task{}
	if len(p.Products) > 1 {
		tasks = append(tasks, nhs.Task{Title: "Product that the award rests on", Href: p.path("/product"), Status: p.chosen()})
	}
	if p.Staff && p.Award.Amount < p.Application.Requested || len(p.Plans) > 0 {
		tasks = append(tasks, nhs.Task{Title: "Revised plan for the amount offered", Href: p.path("/plan"), Tag: p.planTag()})
	}
	open := 0
	for _, c := range p.Conditions {
		if c.Open() {
			open++
		}
	}
	tasks = append(tasks,
		nhs.Task{Title: "Conditions and milestones", Href: p.path("/conditions"), Status: fmt.Sprintf("%d open of %d", open, len(p.Conditions))},
		nhs.Task{Title: "Payments", Href: p.path("/payments"), Status: p.cleared()})
	if p.Staff || !p.is(workflow.PreAwardChecks) {
		tasks = append(tasks, nhs.Task{Title: "Offer", Href: p.path("/offer"), Tag: p.offerTag()})
	}
	return append(tasks, nhs.Task{Title: "Agreement", Href: p.path("/agreement"), Tag: p.agreementTag()})
}

func (p Award) chosen() string {
	for _, c := range p.Products {
		if c.Chosen {
			return c.Name
		}
	}
	return "To be chosen"
}

func (p Award) planTag() *nhs.Tag {
	if len(p.Plans) == 0 {
		return tag("Not asked for", nhs.Blue)
	}
	switch last := p.Plans[len(p.Plans)-1]; {
	case last.Answer == award.PlanAccepted:
		return tag("Accepted", nhs.Green)
	case last.SentAt != nil:
		return tag("With the fund", nhs.Yellow)
	}
	return tag("With the applicant", nhs.Yellow)
}

func (p Award) cleared() string {
	n := 0
	for _, x := range p.Payments {
		if x.Cleared() {
			n++
		}
	}
	return fmt.Sprintf("%d of %d cleared to pay", n, len(p.Payments))
}

func (p Award) offerTag() *nhs.Tag {
	switch {
	case p.is(workflow.PreAwardChecks):
		return tag("Not made", nhs.Blue)
	case p.is(workflow.Offered):
		return tag(fmt.Sprintf("%d of 2 accepted", len(p.Accepted)), nhs.Yellow)
	case p.Award.AcceptedAt != nil:
		return tag("Accepted", nhs.Green)
	}
	return tag(p.stands(), nhs.Grey)
}

func (p Award) agreementTag() *nhs.Tag {
	switch g := p.Agreement; {
	case p.Award.AgreedAt != nil:
		return tag("Signed by both", nhs.Green)
	case g == nil:
		return tag("Draft", nhs.Blue)
	case g.SignedAt != nil:
		return tag("To be countersigned", nhs.Yellow)
	}
	return tag("To be signed", nhs.Yellow)
}

func (p Award) afterTasks() []nhs.Task {
	accepted, waits := 0, 0
	for _, r := range p.Returns {
		switch r.State {
		case monitoring.Accepted:
			accepted++
		case monitoring.Sent:
			waits++
		case monitoring.Due, monitoring.Returned:
		}
	}
	status := fmt.Sprintf("%d of %d accepted", accepted, len(p.Expected))
	if waits > 0 {
		status += fmt.Sprintf(", %d with the fund", waits)
	}
	tasks := []nhs.Task{
		{Title: "Returns, spending and final report", Href: p.path("/returns"), Status: status},
		{Title: "Variation", Href: p.path("/variation"), Status: p.varied()},
	}
	if p.Staff || p.is(workflow.AwardClosed) {
		tasks = append(tasks, nhs.Task{Title: "Closing", Href: p.path("/closing"), Status: p.closingStands()})
	}
	return tasks
}

func (p Award) varied() string {
	if p.Open() != nil {
		return "Waits for an answer"
	}
	n := 0
	for _, v := range p.Variations {
		if v.Answer == monitoring.Approved {
			n++
		}
	}
	return fmt.Sprintf("%d approved", n)
}

func (p Award) closingStands() string {
	switch {
	case p.is(workflow.AwardClosed):
		return "Closed"
	case p.Closing != nil:
		return "Proposed"
	case p.is(workflow.Completed, workflow.Terminated):
		return "To be proposed"
	}
	return "Not yet"
}

func (p Award) decisionTasks() []nhs.Task {
	return []nhs.Task{{Title: "Hold, refuse, withdraw, suspend or terminate", Href: p.path("/decisions"), Status: p.stands()}}
}
