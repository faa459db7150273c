package oversee

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/retention"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Retention is what is past its period, what is on hold, and the lists of removal.
type Retention struct {
	retention.Overview

	Typed    retention.Placing
	Problems fault.Problems
}

// Head is what the frame shows.
func (Retention) Head() shared.Head {
	return shared.Head{Title: "Retention", Wide: true, Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}}}
}

func retentionCrumbs() nhs.Breadcrumbs {
	return nhs.Breadcrumbs{{Href: "/", Text: "Home"}, {Href: "/admin/retention", Text: "Retention"}}
}

func years(n int) string {
	if n == 1 {
		return "1 year"
	}
	return strconv.Itoa(n) + " years"
}

// due reports whether anything is past its period and not on hold.
func (p Retention) due() bool {
	for _, k := range p.Kinds {
		if k.Due > 0 {
			return true
		}
	}
	return false
}

func (p Retention) kinds() nhs.Table {
	t := nhs.Table{ID: "kinds", Caption: "What is past its period today", CaptionSize: nhs.Medium, RowHeaders: true,
		Columns: []nhs.Column{{Heading: "Kind"}, {Heading: "Kept for"}, {Heading: "Due", Numeric: true}, {Heading: "On hold", Numeric: true}, {Heading: "Is removed"}, {Heading: "Stays"}}}
	for _, k := range p.Kinds {
		t.Rows = append(t.Rows, nhs.Cells(k.Label, years(k.Years)+" after "+k.From, strconv.Itoa(k.Due), strconv.Itoa(k.OnHold), k.Removes, k.Keeps))
	}
	return t
}

func heldLabel(kind retention.HeldKind) string {
	for _, k := range retention.HeldKinds() {
		if k.Kind == kind {
			return k.Label
		}
	}
	return string(kind)
}

func (p Retention) holds() nhs.Table {
	t := nhs.Table{ID: "holds", Caption: "Legal holds", CaptionSize: nhs.Medium, RowHeaders: true, Empty: "Nothing is on hold.",
		Columns: []nhs.Column{{Heading: "On"}, {Heading: "Reason"}, {Heading: "Placed"}, {Heading: "State"}}}
	for _, h := range p.Holds {
		state := nhs.Tag{Text: "Stands", Colour: nhs.Yellow}
		if h.LiftedAt != nil {
			state = nhs.Tag{Text: "Lifted", Colour: nhs.Grey}
		}
		t.Rows = append(t.Rows, []nhs.Cell{
			{Text: heldLabel(h.Kind) + ": " + h.Label, Href: "/admin/retention/holds/" + h.ID}, {Text: h.Reason}, {Text: uktime.Date(h.SetAt) + " by " + p.Who(h.SetBy)}, {Content: state},
		})
	}
	return t
}

func (p Retention) heldKinds() nhs.Select {
	s := nhs.Select{Name: "kind", Label: "What the hold is on", Value: string(p.Typed.Kind), Error: p.Problems["kind"], Empty: "Choose one"}
	for _, k := range retention.HeldKinds() {
		s.Options = append(s.Options, nhs.Option{Value: string(k.Kind), Label: k.Label})
	}
	return s
}

func listState(s retention.ListState) nhs.Tag {
	switch s {
	case retention.Made:
		return nhs.Tag{Text: "Waits for approval", Colour: nhs.Yellow}
	case retention.Approved:
		return nhs.Tag{Text: "Being carried out", Colour: nhs.Blue}
	case retention.Refused:
		return nhs.Tag{Text: "Refused", Colour: nhs.Red}
	case retention.Done:
		return nhs.Tag{Text: "Carried out", Colour: nhs.Green}
	}
	return nhs.Tag{Text: string(s)}
}

func (p Retention) lists() nhs.Table {
	t := nhs.Table{ID: "lists", Caption: "Lists of what to remove", CaptionSize: nhs.Medium, RowHeaders: true, Empty: "No list was made yet.",
		Columns: []nhs.Column{{Heading: "List"}, {Heading: "Made"}, {Heading: "Decided"}, {Heading: "State"}}}
	for _, l := range p.Lists {
		decided := "Not yet"
		if l.SettledAt != nil {
			decided = uktime.Date(*l.SettledAt) + " by " + p.Who(l.SettledBy)
		}
		t.Rows = append(t.Rows, []nhs.Cell{
			{Text: "List " + strconv.Itoa(l.Number), Href: "/admin/retention/lists/" + l.ID}, {Text: uktime.Date(l.MadeAt) + " by " + p.Names[l.MadeBy]}, {Text: decided}, {Content: listState(l.State)},
		})
	}
	return t
}

// RemovalList is a list of what to remove, with what became of it.
type RemovalList struct {
	retention.Sheet

	Confirmed, AsksCode bool
	Reason              string
	Problems            fault.Problems
}

// Head is what the frame shows.
func (p RemovalList) Head() shared.Head {
	return shared.Head{Title: "List " + strconv.Itoa(p.Number) + " of what to remove", Wide: true, Crumbs: retentionCrumbs()}
}

func (p RemovalList) action() string { return "/admin/retention/lists/" + p.ID }

func (p RemovalList) identity() shared.Identity {
	return shared.Identity{Confirmed: p.Confirmed, Code: p.AsksCode, Problems: p.Problems}
}

func (p RemovalList) summary() nhs.SummaryList {
	rows := []nhs.SummaryRow{
		{Key: "State", Content: listState(p.State)},
		{Key: "Made", Value: uktime.Moment(p.MadeAt) + ", by " + p.Names[p.MadeBy]},
	}
	if p.SettledAt != nil {
		rows = append(rows, nhs.SummaryRow{Key: "Decided", Value: uktime.Moment(*p.SettledAt) + ", by " + p.Names[*p.SettledBy]})
	}
	if p.List.Reason != "" {
		rows = append(rows, nhs.SummaryRow{Key: "Why it was refused", Value: p.List.Reason})
	}
	if p.DoneAt != nil {
		rows = append(rows, nhs.SummaryRow{Key: "Carried out", Value: fmt.Sprintf("%s: %d removed, %d left", uktime.Moment(*p.DoneAt), p.Count("removed"), p.Count("skipped"))})
	}
	if p.Content.OnHold > 0 {
		rows = append(rows, nhs.SummaryRow{Key: "On hold, and not in the list", Value: strconv.Itoa(p.Content.OnHold)})
	}
	if p.Content.More > 0 {
		rows = append(rows, nhs.SummaryRow{Key: "Due too, for another list", Value: strconv.Itoa(p.Content.More)})
	}
	return nhs.SummaryList{Rows: append(rows, nhs.SummaryRow{Key: "Digest", Content: anywhere(p.Digest)})}
}

func (p RemovalList) kinds() nhs.Table {
	t := nhs.Table{ID: "kinds", Caption: "What it names", CaptionSize: nhs.Medium, RowHeaders: true,
		Columns: []nhs.Column{{Heading: "Kind"}, {Heading: "How many", Numeric: true}, {Heading: "Is removed"}, {Heading: "Stays"}}}
	for _, k := range p.Kinds {
		n := 0
		for _, l := range p.Lines {
			if l.Kind == k.Kind {
				n++
			}
		}
		if n > 0 {
			t.Rows = append(t.Rows, nhs.Cells(k.Label, strconv.Itoa(n), k.Removes, k.Keeps))
		}
	}
	return t
}

func (p RemovalList) effectsTitle() string {
	if p.State == retention.Done {
		return "What became of the rows of applications"
	}
	return "What becomes of the rows of applications"
}

// mostOpen is how many items of a list stand open; more are folded.
const mostOpen = 25

func (p RemovalList) effects() nhs.Table {
	t := nhs.Table{ID: "effects", Caption: p.effectsTitle(), CaptionSize: nhs.Small, CaptionHidden: true, RowHeaders: true, Compact: true,
		Columns: []nhs.Column{{Heading: "Rows of"}, {Heading: "In"}, {Heading: "How many", Numeric: true}, {Heading: "What becomes of them"}}}
	for _, e := range p.Content.Effects {
		fate := "Stay without names and free text"
		if e.Removed {
			fate = "Removed"
		}
		t.Rows = append(t.Rows, nhs.Cells(e.Label, p.label(e.Kind), strconv.FormatInt(e.Rows, 10), fate))
	}
	return t
}

func (p RemovalList) label(k retention.Kind) string {
	for _, info := range p.Kinds {
		if info.Kind == k {
			return info.Label
		}
	}
	return string(k)
}

// names says what a line is about, as far as the reader may know.
func (p RemovalList) names(l retention.Line) string {
	switch {
	case l.Hidden:
		return "An application that you are recused from"
	case l.Kind == retention.Account:
		return cmp.Or(p.Names[ident.Person(l.Subject)], "An account")
	case l.Kind == retention.Invitation:
		return "An invitation to " + l.Label
	case l.Kind == retention.Mail:
		return "Mails of " + l.Label
	}
	return l.Label
}

func (p RemovalList) items() nhs.Table {
	t := nhs.Table{ID: "items", Caption: "What is in the list", CaptionSize: nhs.Medium, CaptionHidden: len(p.Lines) > mostOpen, RowHeaders: true, Compact: true,
		Columns: []nhs.Column{{Heading: "What"}, {Heading: "Kind"}, {Heading: "Period began"}, {Heading: "Period ended"}, {Heading: "Result"}}}
	for _, l := range p.Lines {
		result := strings.TrimSuffix(map[string]string{"": "Not yet", "removed": "Removed", "skipped": "Left"}[l.Result]+": "+l.Why, ": ")
		t.Rows = append(t.Rows, nhs.Cells(p.names(l), p.label(l.Kind), uktime.Date(l.Began), uktime.Date(l.Due), result))
	}
	return t
}

// LegalHold is a legal hold.
type LegalHold struct {
	retention.Placed

	MayLift  bool
	Reason   string
	Problems fault.Problems
}

// Head is what the frame shows.
func (LegalHold) Head() shared.Head {
	return shared.Head{Title: "Legal hold", Crumbs: retentionCrumbs()}
}

func (p LegalHold) summary() nhs.SummaryList {
	rows := []nhs.SummaryRow{
		{Key: "On", Value: heldLabel(p.Kind) + ": " + p.Label}, {Key: "Reason", Value: p.Hold.Reason}, {Key: "Placed", Value: uktime.Moment(p.SetAt) + ", by " + p.PlacedBy},
	}
	if p.LiftedAt != nil {
		rows = append(rows, nhs.SummaryRow{Key: "Lifted", Value: uktime.Moment(*p.LiftedAt) + ", by " + p.LiftedByName}, nhs.SummaryRow{Key: "Why", Value: p.LiftReason})
	}
	return nhs.SummaryList{Rows: rows}
}
