package panel

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/interest"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Interests are the interests in the applications of a call, those to settle first.
type Interests struct {
	Call     *fund.Call
	Lines    []interest.Line
	Chosen   string
	Problems fault.Problems
	Typed    Typed
	All      int    // before they were filtered
	May      bool   // look for interests again
	Search   string // in the person's name and the reference
	Rule     string // a kind; none: interests of any kind; AllDeclarations: also that there is none
	Means    string // open, bars, none or withdrawn
	From     int    // the first line on the page
}

// AllDeclarations is what the filter calls interests of any kind and declarations that there is none.
const AllDeclarations = "all"

// Wants reports whether the filter lets an interest through.
func (p Interests) Wants(l interest.Line) bool {
	text := strings.ToLower(p.Search)
	found := strings.Contains(strings.ToLower(l.Name), text) || strings.Contains(strings.ToLower(string(l.Ref)), text)
	return found && p.ofKind(l.Kind) && (p.Means == "" || p.Means == stands(l.Interest))
}

func (p Interests) ofKind(k interest.Kind) bool {
	switch p.Rule {
	case "":
		return k != interest.None
	case AllDeclarations:
		return true
	default:
		return string(k) == p.Rule
	}
}

func (p Interests) turn() nhs.Pagination {
	return turned(p.From, len(onPage(p.Lines, p.From)), len(p.Lines), func(from int) string {
		return address(p.Call, "interests", "") + "?" + url.Values{"q": {p.Search}, "rule": {p.Rule}, "means": {p.Means}, "from": {strconv.Itoa(from)}}.Encode()
	})
}

// stands says where an interest stands, as the filter calls it.
func stands(i interest.Interest) string {
	switch {
	case !i.Stands():
		return "withdrawn"
	case i.Open():
		return "open"
	case i.Means() == interest.Bars:
		return "bars"
	default:
		return "none"
	}
}

func (p Interests) rules() nhs.Select {
	s := nhs.Select{Name: "rule", Label: "Kind", Value: p.Rule, Empty: "All interests", Options: []nhs.Option{{Value: AllDeclarations, Label: "All declarations"}}}
	for _, k := range interest.Kinds() {
		s.Options = append(s.Options, nhs.Option{Value: string(k.Kind), Label: k.Label})
	}
	for _, k := range append(interest.FoundKinds(), interest.Stated) {
		s.Options = append(s.Options, nhs.Option{Value: string(k), Label: k.Label()})
	}
	return s
}

func (p Interests) meanings() nhs.Select {
	return nhs.Select{Name: "means", Label: "Means", Value: p.Means, Empty: "All", Options: []nhs.Option{
		{Value: "open", Label: "To be settled"}, {Value: "bars", Label: "Takes no part"}, {Value: "none", Label: "Can review"}, {Value: "withdrawn", Label: "Withdrawn"},
	}}
}

// Head is what the frame shows.
func (p Interests) Head() shared.Head {
	h := head("Interests", p.Call)
	h.Crumbs = append(h.Crumbs, nhs.Link{Href: address(p.Call, "assignment", ""), Text: "Assignment of reviewers"})
	return h
}

func (p Interests) table() nhs.Table {
	t := nhs.Table{
		ID: "interests", Caption: "Declared and found", CaptionSize: nhs.Medium, RowHeaders: true, Compact: true, Empty: p.empty(),
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Person"}, {Heading: "Interest"}, {Heading: "Description"}, {Heading: "On"}, {Heading: "Means"}, {Heading: "Change"}},
	}
	for _, l := range onPage(p.Lines, p.From) {
		change := nhs.Cell{}
		if l.Stands() {
			change = nhs.Cell{Text: "Decide", Href: address(p.Call, "interests", "") + "?interest=" + url.QueryEscape(l.ID) + "#decide", Hidden: "about " + l.Name + " and " + string(l.Ref)}
		}
		t.Rows = append(t.Rows, []nhs.Cell{{Text: string(l.Ref)}, {Text: l.Name}, {Text: interestWords(l.Interest)}, {Text: l.Statement}, {Text: uktime.Date(l.At)}, {Text: meaning(l.Interest)}, change})
	}
	return t
}

func (p Interests) empty() string {
	if p.All > 0 {
		return "No interest is like that. To see who declared that they have none, choose all declarations."
	}
	return "Nobody has declared anything yet, and the rules have found nothing."
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
	words := "It was declared in error, and is withdrawn"
	if l.Found() {
		words = "What it rests on is wrong: it is withdrawn and not found again"
	}
	r.Options = append(r.Options, nhs.Option{Value: "withdraw", Label: words})
	return r
}
