package apply

import (
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// People are the people of an application, and who is invited.
type People struct {
	application.WithPeople
	MayInvite bool
	Typed     application.Invitation
	Contact   application.Handover
	Problems  map[string]string
}

// Head tells the frame.
func (p People) Head() shared.Head {
	return shared.Head{Title: "People of the application", Caption: caption(p.Application), Crumbs: above(p.Application)}
}

func (p People) table() nhs.Table {
	t := nhs.Table{
		ID: "people", Caption: "Who takes part", CaptionSize: nhs.Medium, RowHeaders: true,
		Columns: []nhs.Column{{Heading: "Name"}, {Heading: "Email address"}, {Heading: "Part"}, {Heading: "Organisation"}, {Heading: "Sections"}},
	}
	for _, who := range p.People {
		t.Rows = append(t.Rows, nhs.Cells(who.Name, who.Email, relation(who.Relation), p.organisation(who.Organisation), p.sectionsOf(who)))
	}
	return t
}

// organisation names the organisation for which somebody takes part.
func (p People) organisation(code ident.ODS) string {
	switch code {
	case "":
		return "–"
	case application.OtherOrganisation:
		return "Another"
	case p.Application.Lead:
		return p.Application.LeadName
	}
	for _, o := range p.Named {
		if o.ODSCode == code {
			return o.Name
		}
	}
	if name := p.Organisations[code]; name != "" {
		return name
	}
	return string(code)
}

// sectionsOf names the sections that somebody may write.
func (p People) sectionsOf(who application.Participant) string {
	switch who.Relation { //nolint:exhaustive // the others write
	case application.SRO, application.Finance, application.SRODeputy, application.FinDeputy:
		return "Reads all, signs"
	}
	return p.titles(who.Sections)
}

func (p People) titles(sections string) string {
	if sections == "" {
		return "All"
	}
	var titles []string
	for _, code := range strings.Fields(sections) {
		if s, ok := p.Form.Section(code); ok {
			titles = append(titles, s.Title)
		}
	}
	return strings.Join(titles, ", ")
}

// invited is the table of invitations that were not accepted.
func (p People) invited() nhs.Table {
	t := nhs.Table{
		ID: "invited", Caption: "Who is invited", CaptionSize: nhs.Medium, RowHeaders: true,
		Columns: []nhs.Column{{Heading: "Name"}, {Heading: "Email address"}, {Heading: "Part"}, {Heading: "Organisation"}, {Heading: "Sections"}, {Heading: "State"}},
	}
	for _, in := range p.Invitations {
		state := nhs.Tag{Text: "Invited until " + uktime.Date(in.ExpiresAt), Colour: nhs.Yellow}
		if in.Expired(p.Now) {
			state = nhs.Tag{Text: "Expired on " + uktime.Date(in.ExpiresAt), Colour: nhs.Grey}
		}
		t.Rows = append(t.Rows, []nhs.Cell{{Text: in.Name}, {Text: in.Email}, {Text: relation(in.Kind)}, {Text: p.organisation(in.Organisation)}, {Text: p.titles(in.Sections)}, {Content: state}})
	}
	return t
}

func (p People) contributors() []application.Participant {
	var all []application.Participant
	for _, who := range p.People {
		if who.Relation == application.Contributor {
			all = append(all, who)
		}
	}
	return all
}

func (p People) mayLeave() bool { return p.May[access.LeaveApplication] }

func (p People) mayHandOver() bool { return p.May[access.HandOverApplication] }

func (p People) mayReplace() bool { return p.May[access.ReplaceMainContact] }

func (p People) organisations() nhs.Radios {
	r := nhs.Radios{Name: "organisation", Legend: "For which organisation?", Size: nhs.Small, Value: string(p.Typed.Organisation), Error: p.Problems["organisation"]}
	for _, o := range p.Named {
		r.Options = append(r.Options, nhs.Option{Value: string(o.ODSCode), Label: o.Name + " (" + string(o.ODSCode) + ")"})
	}
	r.Options = append(r.Options, nhs.Option{Value: string(application.OtherOrganisation), Label: "Another organisation"})
	return r
}

func (p People) sections() nhs.Checkboxes {
	return p.choice("sections", "Which sections can they write?", p.Typed.Sections)
}

// theirs are the sections of a contributor, to be changed.
func (p People) theirs(who application.Participant) nhs.Checkboxes {
	boxes := p.choice("their-sections", "Sections that "+who.Name+" can write", strings.Fields(who.Sections))
	boxes.ID = "sections-" + string(who.Person)
	return boxes
}

func (p People) choice(name, legend string, chosen []string) nhs.Checkboxes {
	boxes := nhs.Checkboxes{
		Name: name, Legend: legend, Hint: "Choose none to let them write every section. They can read all of them.",
		Size: nhs.Small, Values: chosen, Error: p.Problems[name], Compact: true,
	}
	for _, s := range p.Form.Sections {
		boxes.Options = append(boxes.Options, nhs.Option{Value: s.Path(), Label: s.Title})
	}
	return boxes
}

func (p People) stays() nhs.Radios {
	value := "no"
	if p.Contact.Stays {
		value = "yes"
	}
	return nhs.Radios{
		Name: "contact-stays", Legend: "What becomes of you?", Size: nhs.Small, Value: value,
		Options: []nhs.Option{{Value: "yes", Label: "I stay as a contributor"}, {Value: "no", Label: "I leave the application"}},
	}
}

// Invitation is what somebody is invited to, before they answer.
type Invitation struct{ application.ToAnswer }

// Head tells the frame.
func (i Invitation) Head() shared.Head {
	title := "You are invited to help with an application"
	if i.Kind == application.MainContact {
		title = "You are asked to lead an application"
	}
	return shared.Head{Title: title, Caption: string(i.Ref), Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}, {Href: "/applications", Text: "Your applications"}}}
}

func (i Invitation) rows() nhs.SummaryList {
	rows := []nhs.SummaryRow{
		{Key: "Application", Value: i.Title + " (" + string(i.Ref) + ")"}, {Key: "Call", Value: i.Call}, {Key: "Lead organisation", Value: i.Lead},
		{Key: "Invited by", Value: i.By},
	}
	if i.Kind == application.MainContact {
		rows = append(rows, nhs.SummaryRow{Key: "Your part", Value: "Main contact: you write, invite others, submit, and answer the questions of the fund"})
	} else {
		sections := "Every section"
		if len(i.Part) > 0 {
			sections = strings.Join(i.Part, ", ")
		}
		rows = append(rows, nhs.SummaryRow{Key: "Your part", Value: "Contributor: you can read all of it, and write " + lowerFirst(sections)})
	}
	return nhs.SummaryList{Rows: append(rows, nhs.SummaryRow{Key: "Answer before", Value: uktime.Moment(i.ExpiresAt)})}
}

// lowerFirst writes "Every section" inside a sentence; titles of sections keep their capitals.
func lowerFirst(text string) string {
	if text == "Every section" {
		return "every section"
	}
	return text
}
