package oversee

import (
	"net/url"
	"strconv"

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
}

// address is a page of the review with what was asked for, but for a role of its own, or after a role of the list.
func (p AccessReview) address(path, role, after string) string {
	q := url.Values{}
	for name, value := range map[string]string{"day": p.Asked.Day, "round": p.Asked.Round, "person": p.Asked.Person, "role": role, "after": after} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

const accessPath = "/audit/access"

func (p AccessReview) file() string { return p.address(accessPath+"/file", p.Asked.Role, "") }

func (p AccessReview) pages() nhs.Pagination {
	var n nhs.Pagination
	if p.Next != "" {
		n.Next = p.address(accessPath, p.Asked.Role, p.Next)
	}
	return n
}

// Head is what the frame shows.
func (AccessReview) Head() shared.Head {
	return shared.Head{Title: "Review of access", Wide: true, Crumbs: trailCrumbs()}
}

// counts are the roles by how often they are held, with all together.
func (p AccessReview) counts() nhs.Table {
	t := nhs.Table{ID: "counts", Caption: "As of " + uktime.Moment(p.At), CaptionSize: nhs.Medium, RowHeaders: true, Compact: true, Empty: "Nobody held such a role.",
		Columns: []nhs.Column{{Heading: "Role"}, {Heading: "Held", Numeric: true}, {Heading: "People", Numeric: true}, {Heading: "Dormant", Numeric: true}}}
	held, dormant := 0, 0
	for _, c := range p.Counts {
		held, dormant = held+c.Held, dormant+c.Dormant
		t.Rows = append(t.Rows, []nhs.Cell{{Text: c.Label, Href: p.address(accessPath, c.Role, "")}, {Text: strconv.Itoa(c.Held)}, {Text: strconv.Itoa(c.People)}, {Text: strconv.Itoa(c.Dormant)}})
	}
	if len(p.Counts) > 1 {
		t.Rows = append(t.Rows, []nhs.Cell{{Text: "All"}, {Text: strconv.Itoa(held)}, {}, {Text: strconv.Itoa(dormant)}})
	}
	return t
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
	t := nhs.Table{ID: "held", Caption: "Roles held, by name", CaptionSize: nhs.Medium, RowHeaders: true, Compact: true,
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
			{Text: h.Name + ", " + h.Email}, {Text: h.Label + ", " + h.Where}, {Text: uktime.Date(h.From) + ", granted by " + h.GrantedBy}, {Text: until}, {Text: last}, {Text: codes}, note,
		})
	}
	return t
}
