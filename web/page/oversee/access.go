package oversee

import (
	"fmt"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/trail"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// AccessReview is who held which role, and whether they used it.
type AccessReview struct {
	trail.AccessReview

	Asked    trail.AccessAsked
	Problems fault.Problems
	File     string
}

// Head is what the frame shows.
func (AccessReview) Head() shared.Head {
	return shared.Head{Title: "Review of access", Wide: true, Crumbs: trailCrumbs()}
}

func (p AccessReview) summary() string {
	return fmt.Sprintf("%s. Roles held: %d. Dormant, with no sign-in for more than 90 days: %d.", uktime.Moment(p.At), len(p.Held), p.Dormant())
}

func (p AccessReview) role() nhs.Select {
	s := nhs.Select{Name: "role", Label: "Role", Value: p.Asked.Role, Options: []nhs.Option{{Value: "", Label: "All that are granted"}}}
	for _, r := range p.Roles {
		s.Options = append(s.Options, nhs.Option{Value: r.Name, Label: r.Label})
	}
	return s
}

func (p AccessReview) round() nhs.Select {
	s := nhs.Select{Name: "round", Label: "Round", Value: p.Asked.Round, Options: []nhs.Option{{Value: "", Label: "All"}}}
	for _, ref := range p.Rounds {
		s.Options = append(s.Options, nhs.Option{Value: ref, Label: ref})
	}
	return s
}

func (p AccessReview) table() nhs.Table {
	t := nhs.Table{ID: "held", Caption: "Roles held", CaptionSize: nhs.Medium, RowHeaders: true, Compact: true, Empty: "Nobody held such a role.",
		Columns: []nhs.Column{{Heading: "Person"}, {Heading: "Role"}, {Heading: "From"}, {Heading: "Until"}, {Heading: "Last sign-in"}, {Heading: "One-time codes"}, {Heading: "Note"}}}
	for _, h := range p.Held {
		until, last, codes := "Held", "Never", "Off"
		if h.To != nil {
			until = uktime.Date(*h.To) + ", ended by " + h.EndedBy
		}
		if h.LastSignIn != nil {
			last = uktime.Date(*h.LastSignIn)
		}
		if h.Factor {
			codes = "On"
		}
		note := nhs.Cell{}
		switch {
		case h.Disabled:
			note.Content = nhs.Tag{Text: "Disabled now", Colour: nhs.Grey}
		case h.Dormant:
			note.Content = nhs.Tag{Text: "Dormant", Colour: nhs.Red}
		}
		t.Rows = append(t.Rows, []nhs.Cell{
			{Content: anywhere(h.Name + ", " + h.Email)}, {Text: h.Label + ", " + h.Where}, {Text: uktime.Date(h.From) + ", granted by " + h.GrantedBy}, {Text: until}, {Text: last}, {Text: codes}, note,
		})
	}
	return t
}
