package account

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/retention"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// AskData asks who somebody is before it shows what is held about them.
type AskData struct {
	Code     bool
	Problems fault.Problems
}

// Head tells the frame.
func (AskData) Head() shared.Head {
	return shared.Head{Title: "What is held about you", Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}, {Href: "/account", Text: "Your account"}}}
}

func (p AskData) identity() shared.Identity {
	return shared.Identity{Code: p.Code, Problems: p.Problems}
}

// Data is everything that is held about a person.
type Data struct {
	retention.Disclosure

	File  string // where it is downloaded
	Other bool   // a fund manager looks, for the person
}

// Head tells the frame.
func (p Data) Head() shared.Head {
	if p.Other {
		return shared.Head{Title: "What is held about " + p.Name, Wide: true, Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}, {Href: "/admin/people", Text: "People"}, {Href: "/admin/people/" + string(p.Person), Text: p.Name}}}
	}
	head := AskData{}.Head()
	head.Wide = true
	return head
}

func (p Data) made() string { return "As of " + uktime.Moment(p.MadeAt) + "." }

func (p Data) summary() nhs.Table {
	t := nhs.Table{ID: "records", Caption: "Records", CaptionSize: nhs.Medium, RowHeaders: true, Columns: []nhs.Column{{Heading: "What"}, {Heading: "How many", Numeric: true}}}
	for _, r := range p.Records {
		t.Rows = append(t.Rows, nhs.Cells(r.Label, strconv.Itoa(len(r.Rows))))
	}
	return t
}

// mostShown is how many rows of a table the page shows, and longestShown how many characters of a text: the file has all.
const (
	mostShown    = 20
	longestShown = 200
)

func heading(r retention.Records) string {
	if len(r.Rows) > mostShown {
		return fmt.Sprintf("%s: the first %d of %d", r.Label, mostShown, len(r.Rows))
	}
	return fmt.Sprintf("%s: %d", r.Label, len(r.Rows))
}

func shown(r retention.Records) []map[string]any { return r.Rows[:min(len(r.Rows), mostShown)] }

func row(r retention.Records, values map[string]any) nhs.SummaryList {
	var list nhs.SummaryList
	for _, name := range r.Columns {
		value, there := values[name]
		if !there || value == "" {
			continue
		}
		text := fmt.Sprint(value)
		if utf8.RuneCountInString(text) > longestShown {
			text = string([]rune(text)[:longestShown]) + " … (whole in the file)"
		}
		list.Rows = append(list.Rows, nhs.SummaryRow{Key: capital(strings.ReplaceAll(name, "_", " ")), Content: wrapped(text)})
	}
	return list
}

func (p Data) acted() nhs.Table {
	t := nhs.Table{ID: "acted", Caption: "Where you stand as the one who acted", CaptionSize: nhs.Medium, RowHeaders: true,
		Columns: []nhs.Column{{Heading: "In"}, {Heading: "As"}, {Heading: "How often", Numeric: true}}, Empty: "Nowhere."}
	if p.Other {
		t.Caption = "Where they stand as the one who acted"
	}
	for _, a := range p.Acted {
		t.Rows = append(t.Rows, nhs.Cells(a.Label, a.As, strconv.FormatInt(a.Times, 10)))
	}
	return t
}

func (p Data) trail() nhs.Table {
	t := nhs.Table{ID: "trail", Caption: "In the audit trail", CaptionSize: nhs.Medium, RowHeaders: true, Compact: true,
		Columns: []nhs.Column{{Heading: "Deed"}, {Heading: "How often", Numeric: true}}, Empty: "Nothing."}
	for _, c := range p.Trail {
		t.Rows = append(t.Rows, nhs.Cells(c.Verb, strconv.FormatInt(c.Times, 10)))
	}
	return t
}

func (p Data) not() nhs.Table {
	t := nhs.Table{ID: "not", Caption: "What is not included", CaptionSize: nhs.Medium, RowHeaders: true, Columns: []nhs.Column{{Heading: "What"}, {Heading: "Why"}}}
	for _, n := range p.Not {
		t.Rows = append(t.Rows, nhs.Cells(n.What, n.Why))
	}
	return t
}
