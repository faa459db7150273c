package admin

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/setup"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// notSet stands in place of a setting that must still be set.
const notSet = "Not set"

func roundPath(ref ident.RoundRef, rest string) string { return "/admin/rounds/" + string(ref) + rest }

func callPath(ref ident.CallRef, rest string) string { return "/admin/calls/" + string(ref) + rest }

func toRounds() nhs.Breadcrumbs {
	return nhs.Breadcrumbs{{Href: "/", Text: "Home"}, {Href: "/admin/rounds", Text: "Rounds and calls"}}
}

func toRound(ref ident.RoundRef) nhs.Breadcrumbs {
	return append(toRounds(), nhs.Link{Href: roundPath(ref, ""), Text: string(ref)})
}

func toCall(c fund.Call, r fund.Round) nhs.Breadcrumbs {
	return append(toRound(r.Ref), nhs.Link{Href: callPath(c.Ref, "/setup"), Text: string(c.Ref)})
}

// callTag says how a call stands, for the fund team.
func callTag(c fund.Call) nhs.Tag {
	if c.State == workflow.CallDraft && c.AskedAt != nil {
		return nhs.Tag{Text: "Waits for approval", Colour: nhs.Yellow}
	}
	if c.State == workflow.CallDraft && c.ReturnedAt != nil {
		return nhs.Tag{Text: "Returned", Colour: nhs.Orange}
	}
	info := workflow.Calls().Info(c.State)
	return nhs.Tag{Text: info.Label, Colour: nhs.Colour(info.Colour)}
}

// Rounds lists the rounds with their calls.
type Rounds struct {
	Rounds    []fund.RoundWithCalls
	MayCreate bool
}

// Head is what the frame shows.
func (p Rounds) Head() shared.Head {
	return shared.Head{Title: "Rounds and calls", Wide: true, Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}}}
}

func (p Rounds) heading(r fund.RoundWithCalls) string { return string(r.Ref) + ": " + r.Title }

// callsTable are the calls of a round with their states and dates.
func callsTable(ref ident.RoundRef, calls []fund.Call) nhs.Table {
	t := nhs.Table{
		ID: "calls-" + strings.ToLower(string(ref)), Caption: "Calls of " + string(ref), CaptionHidden: true, RowHeaders: true, Empty: "The round has no calls yet.",
		Columns: []nhs.Column{{Heading: "Call"}, {Heading: "Stands"}, {Heading: "Opens"}, {Heading: "Closes"}, {Heading: "Budget", Numeric: true}},
	}
	for _, c := range calls {
		budget := "Shared"
		if c.Settings.Budget > 0 {
			budget = c.Settings.Budget.String()
		}
		t.Rows = append(t.Rows, []nhs.Cell{
			{Text: string(c.Ref) + ": " + c.Title, Href: callPath(c.Ref, "/setup")}, {Content: callTag(c)}, {Text: uktime.Moment(c.OpensAt)}, {Text: uktime.Moment(c.ClosesAt)}, {Text: budget},
		})
	}
	return t
}

// Round is a round with what belongs to it.
type Round struct{ setup.RoundPage }

// Head is what the frame shows.
func (p Round) Head() shared.Head {
	return shared.Head{Title: p.Round.Title, Caption: string(p.Round.Ref), Wide: true, Crumbs: toRounds()}
}

func (p Round) settings() nhs.SectionAnswers {
	s := nhs.SectionAnswers{Form: p.Form, Empty: notSet, Section: p.Form.Sections[0], Answers: p.Answers}
	if p.May[access.EditRound] && !p.Fixed {
		s.Change = roundPath(p.Round.Ref, "/settings")
		s.Skip = func(q *form.Question) bool { return q.Code == "ROUND" }
	}
	return s
}

func (p Round) links() []nhs.Link {
	var links []nhs.Link
	for _, l := range []struct {
		act        access.Action
		href, text string
	}{
		{access.ListPeople, "/admin/people", "People and their roles"},
		{access.ViewReviewers, "/admin/reviewers/" + string(p.Round.Ref), "Reviewers of the round"},
		{access.ViewLetters, roundPath(p.Round.Ref, "/letters"), "Texts of the letters"},
		{access.ViewReports, "/reports/" + string(p.Round.Ref), "Reports"},
	} {
		if p.May[l.act] {
			links = append(links, nhs.Link{Href: l.href, Text: l.text})
		}
	}
	return append(links, nhs.Link{Href: roundPath(p.Round.Ref, "/file"), Text: "The round as a file, which the command “round create” reads"})
}

// RoundSettings are the settings of a round, to be changed; or those of a new one.
type RoundSettings struct {
	setup.RoundPage
	New      bool
	Problems map[string]string
}

// Head is what the frame shows.
func (p RoundSettings) Head() shared.Head {
	if p.New {
		return shared.Head{Title: "A new round", Crumbs: toRounds()}
	}
	return shared.Head{Title: "Settings of the round", Caption: string(p.Round.Ref), Crumbs: toRound(p.Round.Ref)}
}

func (p RoundSettings) path() string {
	if p.New {
		return "/admin/rounds"
	}
	return roundPath(p.Round.Ref, "/settings")
}

func (p RoundSettings) editable() bool { return p.New || p.May[access.EditRound] && !p.Fixed }

func (p RoundSettings) questions() nhs.Questions {
	return nhs.Questions{Form: p.Form, Section: p.Form.Sections[0], Answers: p.Answers, Problems: p.Problems, Skip: func(q *form.Question) bool { return !p.New && q.Code == "ROUND" }}
}

func (p RoundSettings) answers() nhs.SectionAnswers {
	return nhs.SectionAnswers{Form: p.Form, Empty: notSet, Section: p.Form.Sections[0], Answers: p.Answers}
}

// approved are the calls whose approval would be void by a change.
func (p RoundSettings) approved() []string { return approvedOf(p.Calls) }

func approvedOf(calls []fund.Call) []string {
	var refs []string
	for _, c := range calls {
		if c.State == workflow.CallApproved {
			refs = append(refs, string(c.Ref))
		}
	}
	return refs
}

// NewCall is the beginning of a call.
type NewCall struct {
	Round    fund.Round
	Form     *form.Form
	Sections []*form.Section
	Answers  form.Answers
	Problems map[string]string
}

// Head is what the frame shows.
func (p NewCall) Head() shared.Head {
	return shared.Head{Title: "A new call", Caption: string(p.Round.Ref), Crumbs: toRound(p.Round.Ref)}
}

func (p NewCall) questions(section *form.Section) nhs.Questions {
	return nhs.Questions{Form: p.Form, Section: section, Answers: p.Answers, Problems: p.Problems}
}

// CallSetup is the task list of a call's set-up.
type CallSetup struct{ setup.CallPage }

// Head is what the frame shows.
func (p CallSetup) Head() shared.Head {
	return shared.Head{Title: "Set-up of " + p.Call.Title, Caption: string(p.Call.Ref), Crumbs: toRound(p.Round.Ref)}
}

func (p CallSetup) editable() bool { return p.May[access.EditCall] && p.Call.Changeable() }

func (p CallSetup) tasks() nhs.TaskList {
	list := nhs.TaskList{IDPrefix: "section"}
	for _, s := range p.Form.Sections {
		t := nhs.Task{Title: s.Title, Href: callPath(p.Call.Ref, "/setup/"+s.Path()), Status: "Set"}
		blocks, warns := 0, 0
		for _, f := range p.Findings {
			if f.At == setup.Place(s.Path()) && f.Blocks {
				blocks++
			} else if f.At == setup.Place(s.Path()) {
				warns++
			}
		}
		switch {
		case blocks > 0:
			t.Tag = &nhs.Tag{Text: "To be put right", Colour: nhs.Red}
		case warns > 0:
			t.Tag = &nhs.Tag{Text: "To be looked at", Colour: nhs.Yellow}
		}
		list.Tasks = append(list.Tasks, t)
	}
	return list
}

// state says how the approval of a call's opening stands.
func state(p setup.CallPage) nhs.SummaryList {
	rows := []nhs.SummaryRow{{Key: "Stands", Content: callTag(p.Call)}}
	if p.From != nil {
		rows = append(rows, nhs.SummaryRow{Key: "Copied from", Value: string(p.From.Ref) + ": " + p.From.Title})
	}
	rows = append(rows, nhs.SummaryRow{Key: "Last changed by", Value: named(p, p.Call.Author)})
	if p.Call.AskedAt != nil {
		rows = append(rows, nhs.SummaryRow{Key: "Approval asked for", Value: uktime.Moment(*p.Call.AskedAt) + ", by " + named(p, p.Call.AskedBy)})
	}
	if p.Call.ReturnedAt != nil && p.Call.State == workflow.CallDraft {
		rows = append(rows, nhs.SummaryRow{Key: "Returned", Value: uktime.Moment(*p.Call.ReturnedAt) + ", by " + p.Names[*p.Call.ReturnedBy] + "\n" + p.Call.ReturnReason})
	}
	if p.Call.ApprovedAt != nil {
		rows = append(rows, nhs.SummaryRow{Key: "Opening approved", Value: uktime.Moment(*p.Call.ApprovedAt) + ", by " + p.Names[*p.Call.ApprovedBy]})
	}
	return nhs.SummaryList{Rows: rows}
}

// named is a person by name, or the operator as the command line knows them.
func named(p setup.CallPage, who string) string {
	if name := p.Names[ident.Person(who)]; name != "" {
		return name
	}
	return who
}

// NextSection is the section after one, or empty.
func NextSection(f *form.Form, code string) string {
	for i, s := range f.Sections {
		if s.Path() == code && i+1 < len(f.Sections) {
			return f.Sections[i+1].Path()
		}
	}
	return ""
}

// CallSection are the settings of one section of a call.
type CallSection struct {
	setup.CallPage
	Section  *form.Section
	Problems map[string]string
	Stored   form.Answers
}

// Head is what the frame shows.
func (p CallSection) Head() shared.Head {
	return shared.Head{Title: p.Section.Title, Caption: string(p.Call.Ref), Crumbs: toCall(p.Call, p.Round)}
}

func (p CallSection) path() string { return callPath(p.Call.Ref, "/setup/"+p.Section.Path()) }

func (p CallSection) editable() bool { return p.May[access.EditCall] && p.Call.Changeable() }

func (p CallSection) version() string { return strconv.Itoa(p.Call.Version) }

func (p CallSection) questions() nhs.Questions {
	return nhs.Questions{Form: p.Form, Section: p.Section, Lists: true, Answers: p.Answers, Stored: p.Stored, Problems: p.Problems, Skip: isTheme}
}

// isTheme: the theme of a call is in its reference, and stays.
func isTheme(q *form.Question) bool { return q.Code == "THEME" }

func (p CallSection) answers() nhs.SectionAnswers {
	return nhs.SectionAnswers{Form: p.Form, Empty: notSet, Section: p.Section, Answers: p.Answers}
}

// CallCheck is everything that a call lacks, or that is odd about it.
type CallCheck struct{ setup.CallPage }

// Head is what the frame shows.
func (p CallCheck) Head() shared.Head {
	return shared.Head{Title: "Check before the opening", Caption: string(p.Call.Ref), Crumbs: toCall(p.Call, p.Round)}
}

// found are the findings that block, or those that do not.
func found(p setup.CallPage, blocks bool) []setup.Finding {
	return slices.DeleteFunc(slices.Clone(p.Findings), func(f setup.Finding) bool { return f.Blocks != blocks })
}

// where is the page on which a finding is put right.
func where(p setup.CallPage, f setup.Finding) nhs.Link {
	switch f.At {
	case setup.AtPeople:
		return nhs.Link{Href: "/admin/people", Text: "People"}
	case setup.AtReviewers:
		return nhs.Link{Href: "/admin/reviewers/" + string(p.Round.Ref), Text: "Reviewers"}
	case setup.AtLetters:
		return nhs.Link{Href: roundPath(p.Round.Ref, "/letters"), Text: "Letters"}
	case setup.AtRound:
		return nhs.Link{Href: roundPath(p.Round.Ref, "/settings"), Text: "Settings of the round"}
	}
	s, ok := p.Form.Section(string(f.At))
	if !ok {
		return nhs.Link{}
	}
	return nhs.Link{Href: callPath(p.Call.Ref, "/setup/"+s.Path()), Text: s.Title}
}

func findings(p setup.CallPage, blocks bool) nhs.Table {
	t := nhs.Table{ID: "warnings", Caption: "To be looked at", CaptionSize: nhs.Medium, Columns: []nhs.Column{{Heading: "What"}, {Heading: "Where"}}, Empty: "Nothing else is odd."}
	if blocks {
		t.ID, t.Caption, t.Empty = "errors", "To be put right before the opening can be approved", "Nothing has to be put right."
	}
	for _, f := range found(p, blocks) {
		l := where(p, f)
		t.Rows = append(t.Rows, []nhs.Cell{{Text: f.Words}, {Text: l.Text, Href: l.Href}})
	}
	return t
}

func (p CallCheck) mayRequest() bool {
	return p.May[access.RequestOpening] && p.Call.State == workflow.CallDraft && p.Call.AskedAt == nil && len(found(p.CallPage, true)) == 0
}

// Preview is a call and its form as applicants will see them.
type Preview struct {
	Call  fund.Call
	Round fund.Round
	Form  *form.Form
}

// Head is what the frame shows.
func (p Preview) Head() shared.Head {
	return shared.Head{Title: "As applicants will see it", Caption: string(p.Call.Ref), Crumbs: toCall(p.Call, p.Round)}
}

// PreviewSection is a section of the form as applicants will see it.
type PreviewSection struct {
	Preview
	Section *form.Section
}

// Head is what the frame shows.
func (p PreviewSection) Head() shared.Head {
	crumbs := append(toCall(p.Call, p.Round), nhs.Link{Href: callPath(p.Call.Ref, "/preview"), Text: "As applicants will see it"})
	return shared.Head{Title: p.Section.Title, Caption: "Preview of " + string(p.Call.Ref), Crumbs: crumbs}
}

func (p PreviewSection) questions() nhs.Questions {
	return nhs.Questions{Form: p.Form, Section: p.Section, Answers: form.Answers{}}
}

func (p PreviewSection) next() string { return NextSection(p.Form, p.Section.Path()) }

// Opening is everything that is frozen and published when the opening of a call is approved.
type Opening struct {
	setup.CallPage
	Reason   string
	Problems map[string]string
}

// Head is what the frame shows.
func (p Opening) Head() shared.Head {
	return shared.Head{
		Title: "Opening of " + p.Call.Title, Caption: string(p.Call.Ref),
		Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}, {Href: "/approvals", Text: "Approvals"}},
	}
}

func (p Opening) section(s *form.Section) nhs.SectionAnswers {
	return nhs.SectionAnswers{Form: p.Form, Empty: notSet, Section: s, Answers: p.Answers, Within: s.Path()}
}

func (p Opening) round() nhs.SummaryList {
	return nhs.SummaryList{Rows: []nhs.SummaryRow{
		{Key: "Round", Value: string(p.Round.Ref) + ": " + p.Round.Title}, {Key: "Budget of the round", Value: p.Round.Budget.String()},
		{Key: "Senior officer", Value: p.Round.SeniorOfficer}, {Key: "Notice", Value: p.Round.Notice},
	}}
}

// changes are what differs from the call that this one was copied from.
func changes(p setup.CallPage) nhs.Table {
	t := nhs.Table{
		ID: "changes", Caption: fmt.Sprintf("What differs from %s", p.From.Ref), CaptionSize: nhs.Medium, RowHeaders: true, Empty: "Nothing differs.",
		Columns: []nhs.Column{{Heading: "Setting"}, {Heading: string(p.From.Ref)}, {Heading: string(p.Call.Ref)}},
	}
	for _, d := range p.Changed {
		t.Rows = append(t.Rows, []nhs.Cell{{Text: d.Question.Name()}, {Content: nhs.Text(cmp.Or(d.Before, d.Question.IfEmpty, notSet))}, {Content: nhs.Text(cmp.Or(d.After, d.Question.IfEmpty, notSet))}})
	}
	return t
}

func (p Opening) settles() bool {
	return p.Call.State == workflow.CallDraft && p.Call.AskedAt != nil && (p.May[access.ApproveOpening] || p.May[access.ReturnOpening])
}

// Copying is a round to be copied.
type Copying struct {
	setup.Copying
	Typed    func(name, stored string) string
	All      func(name string, stored []string) []string
	Again    bool
	Problems map[string]string
}

// Head is what the frame shows.
func (p Copying) Head() shared.Head {
	return shared.Head{Title: "Copy the round", Caption: string(p.Round.Ref), Crumbs: toRound(p.Round.Ref)}
}

func (p Copying) ticked(name string, first bool) bool {
	if !p.Again {
		return first
	}
	return p.Typed(name, "") != ""
}

func (p Copying) daysHint() string {
	hint := "364 keeps the days of the week. Times of day stay as they are."
	if p.ByYear() {
		hint += " Financial years of budgets move by whole years, to the nearest: 364 days are one year. The names of budgets stay as they are."
	}
	return hint
}

// mostListed is how many reviewers stand open; more are folded.
const mostListed = 10

func (p Copying) calls() nhs.Checkboxes {
	boxes := nhs.Checkboxes{Name: "calls", Legend: "Which calls are copied?", Size: nhs.Small, Error: p.Problems["calls"]}
	var all []string
	for _, c := range p.Calls {
		all = append(all, string(c.Ref))
		boxes.Options = append(boxes.Options, nhs.Option{
			Value: string(c.Ref), Label: string(c.Ref) + ": " + c.Title, Hint: "From " + uktime.Moment(c.OpensAt) + " to " + uktime.Moment(c.ClosesAt),
		})
	}
	boxes.Values = p.All("calls", all)
	return boxes
}

func (p Copying) dates(c fund.Call) []nhs.Input {
	var inputs []nhs.Input
	for _, d := range []struct{ name, label string }{{"opens", "It opens on"}, {"closes", "The deadline is on"}, {"release", "Decisions are released on"}} {
		name := setup.DateInput(c.Ref, d.name)
		inputs = append(inputs, nhs.Input{Name: name, Label: d.label, Hint: "Such as 14 October 2026", Value: p.Typed(name, ""), Error: p.Problems[name], Width: 20, NoSpellcheck: true, Autocomplete: "off"})
	}
	return inputs
}

func (p Copying) roles() nhs.Checkboxes {
	boxes := nhs.Checkboxes{
		Name: "roles", Legend: "Who holds the same role again?", Hint: "Tick each of them. They are told. You cannot give yourself a role.", Size: nhs.Small, Compact: true, Values: p.All("roles", nil),
	}
	for _, h := range p.Roles {
		where := "in the round"
		if h.Call != "" {
			where = "in " + string(h.Call)
		}
		boxes.Options = append(boxes.Options, nhs.Option{Value: h.Grant.ID, Label: h.Name + ": " + h.Role + " " + where})
	}
	return boxes
}

func (p Copying) reviewers() nhs.Checkboxes {
	boxes := nhs.Checkboxes{
		Name: "reviewers", Legend: "Which reviewers are asked to review in the new round?", Hint: "Tick each of them. They are asked by mail as soon as the round is copied, and accept or decline.", Size: nhs.Small, Compact: true, Values: p.All("reviewers", nil),
	}
	for _, one := range p.Reviewers {
		boxes.Options = append(boxes.Options, nhs.Option{Value: string(one.Person), Label: one.Name + ": " + p.kind(one.Kind)})
	}
	return boxes
}

// kind is what people call a kind of reviewers.
func (p Copying) kind(value string) string {
	for _, k := range p.Kinds {
		if k.Value == value {
			return strings.ToLower(k.Label)
		}
	}
	return value
}
