package review

import (
	"strconv"
	"strings"

	"adoptionfund/internal/assignment"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Invitation is what somebody is asked to review, round by round.
type Invitation struct {
	Own      []assignment.Own
	Posted   string // the round whose form was sent
	Problems fault.Problems
	Typed    func(name, stored string) string
}

// Head is what the frame shows.
func (i Invitation) Head() shared.Head {
	return shared.Head{Title: "Your invitation to review", Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}}}
}

// asked are the rounds for which somebody was asked.
func (i Invitation) asked() []assignment.Own {
	var all []assignment.Own
	for _, o := range i.Own {
		if o.InvitedAt != nil {
			all = append(all, o)
		}
	}
	return all
}

func (i Invitation) problem(o assignment.Own) string {
	if i.Posted != string(o.Round) {
		return ""
	}
	return i.Problems["note"]
}

func (i Invitation) note(o assignment.Own) string {
	if i.Posted != string(o.Round) {
		return ""
	}
	return i.Typed("note", "")
}

func stood(o assignment.Own) string {
	switch o.Stand {
	case assignment.Accepted:
		return "You accepted on " + uktime.Date(*o.AnsweredAt) + "."
	case assignment.Refused:
		return "You declined on " + uktime.Date(*o.AnsweredAt) + "."
	default:
		return "The invitation ended on " + uktime.Date(*o.InvitationEnds) + ". Ask the fund team if you would like another."
	}
}

func part(o assignment.Own) nhs.SummaryList {
	rows := []nhs.SummaryRow{{Key: "Kind of reviewer", Value: kind(o.Kind)}, {Key: "Organisation", Value: o.Organisation}, {Key: "Most reviews", Value: strconv.Itoa(o.Capacity)}}
	if o.Training != "" || o.TrainedOn != "" {
		rows = append(rows, nhs.SummaryRow{Key: "Training", Value: o.Training + " " + o.TrainedOn})
	}
	for i := range rows {
		if rows[i].Value == "" {
			rows[i].Value = "Not known"
		}
	}
	return nhs.SummaryList{Rows: rows}
}

func kind(code string) string {
	switch code {
	case "ppv":
		return "Patient and public voice"
	case "":
		return ""
	default:
		return strings.ToUpper(code[:1]) + strings.ReplaceAll(code[1:], "_", " ")
	}
}

// Profile is what a reviewer says of themselves, round by round.
type Profile struct {
	Own      []assignment.Own
	Posted   string
	Latest   *assignment.Reviewer
	Problems fault.Problems
	Typed    func(name, stored string) string
	TypedAll func(name string, stored []string) []string
}

// Head is what the frame shows.
func (p Profile) Head() shared.Head {
	return shared.Head{Title: "Your profile as a reviewer", Crumbs: crumbs()}
}

// live are the rounds in which somebody reviews; a form is shown for the one whose form was sent, else for the newest.
func (p Profile) live() []assignment.Own {
	var all []assignment.Own
	for _, o := range p.Own {
		if o.Stand == assignment.Accepted || o.Stand == assignment.NotAsked {
			all = append(all, o)
		}
	}
	return all
}

// again reports whether the form of a round is shown as it was sent.
func (p Profile) again(o assignment.Own) bool { return p.Posted == string(o.Round) }

func (p Profile) text(o assignment.Own, name, stored string) string {
	if p.again(o) {
		return p.Typed(name, stored)
	}
	return stored
}

func (p Profile) problem(o assignment.Own, name string) string {
	if p.again(o) {
		return p.Problems[name]
	}
	return ""
}

// id keeps the fields of several rounds apart; those of the form that was sent have their plain names, to which the summary of errors
// leads.
func (p Profile) id(o assignment.Own, name string) string {
	if p.again(o) {
		return name
	}
	return name + "-" + string(o.Round)
}

func (p Profile) themes(o assignment.Own) nhs.Checkboxes {
	values := themesOf(o.Themes)
	if p.again(o) {
		values = p.TypedAll("themes", values)
	}
	field := nhs.Checkboxes{Name: "themes", ID: p.id(o, "themes"), Legend: "What you know about", Error: p.problem(o, "themes"), Values: values}
	for _, theme := range o.Offered {
		field.Options = append(field.Options, nhs.Option{Value: theme.Code, Label: theme.Title})
	}
	return field
}

func wish(o assignment.Own) string {
	if o.Wish == nil {
		return ""
	}
	return strconv.Itoa(*o.Wish)
}

func themesOf(text string) []string { return strings.Fields(text) }

// id keeps the fields of several invitations apart, as on the profile.
func (i Invitation) id(o assignment.Own) string {
	if i.Posted == string(o.Round) {
		return "note"
	}
	return "note-" + string(o.Round)
}
