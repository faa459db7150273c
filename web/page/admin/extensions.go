package admin

import (
	"time"

	"adoptionfund/internal/application"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

const extensionsPath = "/admin/extensions"

func extensionCrumbs() nhs.Breadcrumbs {
	return nhs.Breadcrumbs{{Href: "/", Text: "Home"}, {Href: extensionsPath, Text: "Later deadlines"}}
}

// Extensions are the later deadlines: of calls, for all, and of single applicants.
type Extensions struct {
	Calls        []fund.LaterDeadline
	Applications []application.Extended
	Ref          string // that was looked for
	Problems     map[string]string
}

// Head tells the frame.
func (Extensions) Head() shared.Head {
	return shared.Head{Title: "Later deadlines", Crumbs: extensionCrumbs()[:1], Wide: true}
}

func (e Extensions) calls() nhs.Table {
	t := nhs.Table{
		ID: "calls", Caption: "Calls, for all", CaptionSize: nhs.Medium, RowHeaders: true,
		Columns: []nhs.Column{{Heading: "Call"}, {Heading: "Title"}, {Heading: "State"}, {Heading: "Deadline"}, {Heading: "Later deadline"}},
	}
	for _, d := range e.Calls {
		info := workflow.Calls().Info(d.Call.State)
		t.Rows = append(t.Rows, []nhs.Cell{
			{Text: string(d.Call.Ref), Href: "/admin/calls/" + string(d.Call.Ref) + "/deadline"}, {Text: d.Call.Title}, {Text: info.Label},
			{Text: uktime.Deadline(d.Call.ClosesAt)}, {Content: waits(d.Waits, len(d.Changes) > 0)},
		})
	}
	return t
}

func (e Extensions) applications() nhs.Table {
	t := nhs.Table{
		ID: "applications", Caption: "Single applicants", CaptionSize: nhs.Medium, RowHeaders: true,
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Lead"}, {Heading: "Reason"}, {Heading: "New deadline"}, {Heading: "Proposed by"}, {Heading: "Stands"}},
	}
	for _, x := range e.Applications {
		last := x.Extensions[len(x.Extensions)-1]
		t.Rows = append(t.Rows, []nhs.Cell{
			{Text: string(x.Application.Ref), Href: extensionsPath + "/" + string(x.Application.Ref)}, {Text: x.Application.LeadName}, {Text: last.Why()},
			{Text: uktime.Deadline(last.UntilAt)}, {Text: x.Names[last.ProposedBy]}, {Content: stands(last.ConfirmedAt, last.RefusedAt)},
		})
	}
	return t
}

func waits(now, ever bool) nhs.Tag {
	switch {
	case now:
		return nhs.Tag{Text: "Waits for a second person", Colour: nhs.Yellow}
	case ever:
		return nhs.Tag{Text: "Settled", Colour: nhs.Grey}
	}
	return nhs.Tag{Text: "None", Colour: nhs.White}
}

// stands is what became of a proposal.
func stands(confirmed, refused *time.Time) nhs.Tag {
	switch {
	case confirmed != nil:
		return nhs.Tag{Text: "Given", Colour: nhs.Green}
	case refused != nil:
		return nhs.Tag{Text: "Refused", Colour: nhs.Red}
	}
	return nhs.Tag{Text: "Waits for a second person", Colour: nhs.Yellow}
}

// proposal is one proposal as both pages show it.
func proposal(until time.Time, why, note string, by []who) nhs.SummaryList {
	rows := []nhs.SummaryRow{{Key: "New deadline", Value: uktime.Deadline(until)}, {Key: "Reason", Value: why}}
	if note != "" {
		rows = append(rows, nhs.SummaryRow{Key: "Note", Value: note})
	}
	for _, w := range by {
		if w.at != nil {
			rows = append(rows, nhs.SummaryRow{Key: w.did, Value: w.name + ", " + uktime.Moment(*w.at)})
		}
	}
	return nhs.SummaryList{Rows: rows}
}

// who did something with a proposal, and when.
type who struct {
	did, name string
	at        *time.Time
}

func by(names map[ident.Person]string, proposed ident.Person, at time.Time, confirmed, refused *ident.Person, confirmedAt, refusedAt *time.Time) []who { //nolint:revive // the two rows it reads have these fields and no type in common
	return []who{{"Proposed by", names[proposed], &at}, {"Confirmed by", nameOf(names, confirmed), confirmedAt}, {"Refused by", nameOf(names, refused), refusedAt}}
}

func nameOf(names map[ident.Person]string, id *ident.Person) string {
	if id == nil {
		return ""
	}
	return names[*id]
}

// Wanted is what somebody typed of a new deadline.
type Wanted struct {
	Day, Clock, Reason, Note string
	Problems                 map[string]string
}

func (w Wanted) day() nhs.Input {
	return nhs.Input{
		Name: "until", Label: "New deadline: day", Hint: "Such as 14 October 2026 or 14/10/2026.", Size: nhs.Small, Value: w.Day, Error: w.Problems["until"], Width: 20, Autocomplete: "off",
	}
}

func (w Wanted) clock() nhs.Input {
	return nhs.Input{
		Name: "until-time", Label: "New deadline: time of day, UK time", Hint: "Such as 12:00 or 5pm. Noon if you leave it empty.", Size: nhs.Small, Value: w.Clock,
		Error: w.Problems["until-time"], Width: 10, Autocomplete: "off",
	}
}

// Extension is the page on which one applicant is given more time.
type Extension struct {
	application.Extended
	Wanted
}

// Head tells the frame.
func (x Extension) Head() shared.Head {
	return shared.Head{Title: "More time for one applicant", Caption: string(x.Application.Ref) + ": " + x.Application.LeadName, Crumbs: extensionCrumbs()}
}

func (x Extension) path() string { return extensionsPath + "/" + string(x.Application.Ref) }

func (x Extension) key() nhs.SummaryList {
	return nhs.SummaryList{Rows: []nhs.SummaryRow{
		{Key: "State", Value: workflow.Applications().Info(x.Application.State).Label},
		{Key: "Call", Value: string(x.Application.Call().Ref) + " " + x.Application.Call().Title},
		{Key: "Deadline that applies", Value: uktime.Deadline(x.Application.ClosesAt())},
	}}
}

func (x Extension) proposal(e application.Extension) nhs.SummaryList {
	return proposal(e.UntilAt, e.Why(), e.Note, by(x.Names, e.ProposedBy, e.ProposedAt, e.ConfirmedBy, e.RefusedBy, e.ConfirmedAt, e.RefusedAt))
}

func (x Extension) reasons() nhs.Radios {
	r := nhs.Radios{Name: "reason", Legend: "Why does this applicant need more time?", Size: nhs.Small, Value: x.Reason, Error: x.Problems["reason"]}
	for _, reason := range application.ExtensionReasons() {
		r.Options = append(r.Options, nhs.Option{Value: reason.Code, Label: reason.Label})
	}
	return r
}

// CallDeadline is the page on which a call gets a later deadline for all, or is opened again.
type CallDeadline struct {
	fund.LaterDeadline
	Wanted
}

// Head tells the frame.
func (d CallDeadline) Head() shared.Head {
	title := "A later deadline for all"
	if d.closed() {
		title = "Open a call again"
	}
	return shared.Head{Title: title, Caption: string(d.Call.Ref) + " " + d.Call.Title, Crumbs: extensionCrumbs()}
}

func (d CallDeadline) closed() bool { return d.Call.State != workflow.CallOpen }

func (d CallDeadline) path() string { return "/admin/calls/" + string(d.Call.Ref) + "/deadline" }

func (d CallDeadline) key() nhs.SummaryList {
	return nhs.SummaryList{Rows: []nhs.SummaryRow{
		{Key: "State", Value: workflow.Calls().Info(d.Call.State).Label}, {Key: "Deadline", Value: uktime.Deadline(d.Call.ClosesAt)},
	}}
}

func (d CallDeadline) proposal(c fund.Change) nhs.SummaryList {
	return proposal(c.ClosesAt, c.Reason, "", by(d.Names, c.ProposedBy, c.ProposedAt, c.ConfirmedBy, c.RefusedBy, c.ConfirmedAt, c.RefusedAt))
}
