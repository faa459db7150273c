package oversee

import (
	"fmt"
	"strconv"

	"adoptionfund/internal/decision"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/letter"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/apply"
	"adoptionfund/web/page/shared"
)

// Release is what waits for the release of a call: the time, what is missing, and every letter.
type Release struct {
	decision.ReleaseDesk

	From     int    // the first letter on the page
	At       string // the time as typed
	Problems fault.Problems
}

// lettersAPage is how many letters are on a page of the list.
const lettersAPage = 50

// Head is what the frame shows.
func (p Release) Head() shared.Head {
	return shared.Head{Title: "Letters and release", Caption: p.Call.Title, Wide: true, Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}}}
}

func (p Release) address() string { return "/panel/" + string(p.Call.Ref) + "/release" }

func (p Release) facts() nhs.SummaryList {
	when := "Not set"
	switch {
	case p.Waits && p.Call.ReleaseAt != nil && (p.Call.ReleasedAt == nil || p.Call.ReleaseAt.After(*p.Call.ReleasedAt)):
		when = uktime.Deadline(*p.Call.ReleaseAt)
	case p.Waits && p.Call.ReleasedAt != nil:
		when = "Not set. Earlier decisions of the call were released on " + uktime.Moment(*p.Call.ReleasedAt)
	case p.Call.ReleasedAt != nil:
		when = "Released on " + uktime.Moment(*p.Call.ReleasedAt)
	}
	s := nhs.SummaryList{Rows: []nhs.SummaryRow{{Key: "Release", Value: when}}}
	if p.Waits {
		for _, k := range letter.Kinds() {
			s.Rows = append(s.Rows, nhs.SummaryRow{Key: k.Label, Value: letters(p.Counts[k.Kind])})
		}
		s.Rows = append(s.Rows, nhs.SummaryRow{Key: "Looked at", Value: fmt.Sprintf("%d of %d", p.Looked, len(p.Letters))},
			nhs.SummaryRow{Key: "With something missing", Value: letters(len(p.Lacking()) + p.MaskedLacks)})
	}
	return s
}

func letters(n int) string {
	if n == 1 {
		return "1 letter"
	}
	return strconv.Itoa(n) + " letters"
}

func (p Release) blocked() bool { return len(p.Lacking())+p.MaskedLacks > 0 }

// page is the part of the list that is shown.
func (p Release) page() []decision.HeldRow {
	from := min(max(p.From, 0), len(p.Letters))
	return p.Letters[from:min(from+lettersAPage, len(p.Letters))]
}

func (p Release) turn() nhs.Pagination {
	var t nhs.Pagination
	if p.From > 0 {
		t.Previous = p.address() + "?from=" + strconv.Itoa(max(p.From-lettersAPage, 0))
	}
	if next := p.From + lettersAPage; next < len(p.Letters) {
		t.Next = p.address() + "?from=" + strconv.Itoa(next)
	}
	return t
}

func (p Release) table() nhs.Table {
	t := nhs.Table{
		ID: "letters", Caption: "Letters", CaptionSize: nhs.Medium, RowHeaders: true, Empty: "No letter waits for a release.",
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Lead organisation"}, {Heading: "Outcome"}, {Heading: "Amount", Numeric: true}, {Heading: "Looked at"}, {Heading: "Missing"}},
	}
	for _, r := range p.page() {
		amount := ""
		if r.Kind == letter.Successful {
			amount = r.Amount.String()
		}
		missing := nhs.Cell{Text: "Nothing"}
		if n := len(r.Missing); n > 0 {
			missing = nhs.Cell{Content: nhs.Tag{Text: strconv.Itoa(n) + " missing", Colour: nhs.Red}}
		}
		t.Rows = append(t.Rows, []nhs.Cell{
			{Text: string(r.Application.Ref) + " " + r.Application.Title, Href: p.address() + "/" + string(r.Application.Ref)}, {Text: r.Application.LeadName}, {Text: r.Kind.Label()}, {Text: amount}, {Text: looked(r)}, missing,
		})
	}
	return t
}

func looked(r decision.HeldRow) string {
	switch {
	case r.LookedBy != "":
		return "By " + r.LookedBy + ", " + uktime.Moment(r.LookedAt)
	case r.Changed:
		return "Changed since"
	}
	return "Not yet"
}

// lookedAt is the same in a sentence.
func lookedAt(r decision.HeldRow) string {
	switch {
	case r.LookedBy != "":
		return "Looked at by " + r.LookedBy + " on " + uktime.Moment(r.LookedAt)
	case r.Changed:
		return "It was looked at, and says something else since"
	}
	return "Nobody has looked at it yet"
}

func handled(n, lacking int) string {
	text := strconv.Itoa(n) + " applications, handled by a deputy"
	if n == 1 {
		text = "1 application, handled by a deputy"
	}
	if lacking > 0 {
		text += fmt.Sprintf(" (%s with something missing)", letters(lacking))
	}
	return text
}

// LetterPage is one letter: as it waits for its release, or as it was released, with its corrections.
type LetterPage struct {
	decision.LetterPage

	MayPrint bool
	Problems fault.Problems
	Typed    func(name, stored string) string
}

// Head is what the frame shows.
func (p LetterPage) Head() shared.Head {
	list := "/panel/" + string(p.Call.Ref) + "/release"
	return shared.Head{Title: "Letter to " + p.Application.LeadName, Caption: string(p.Application.Ref) + ": " + p.Application.Title,
		Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}, {Href: list, Text: "Letters and release"}}}
}

func (p LetterPage) address() string {
	return "/panel/" + string(p.Call.Ref) + "/release/" + string(p.Application.Ref)
}

func (p LetterPage) embargo() string { return Embargo(p.Call.ReleaseAt) }

// lack gives where something that is missing is put right.
func (p LetterPage) lack(l letter.Lack) string { return lackAt(p.Call.Ref, l) }

func lackAt(call ident.CallRef, l letter.Lack) string {
	if l.Path == "" {
		return ""
	}
	return "/panel/" + string(call) + "/" + l.Path
}

// settled says what became of a correction.
func (p LetterPage) settled(c letter.Correction) string {
	text := "Proposed by " + p.Names[c.ProposedBy] + " on " + uktime.Moment(c.ProposedAt)
	if c.SettledBy == nil || c.SettledAt == nil {
		return text + "; waits for a second person"
	}
	verb := "approved"
	if c.Settled == letter.Returned {
		verb = "returned"
	}
	return text + "; " + verb + " by " + p.Names[*c.SettledBy] + " on " + uktime.Moment(*c.SettledAt)
}

// standing is the letter that a correction starts from.
func (p LetterPage) standing() letter.Letter { return p.Letters[0] }

func (p LetterPage) reasons() map[string]string {
	reasons := map[string]string{}
	for _, l := range p.Letters {
		for _, c := range p.Corrections {
			if l.CorrectionID != nil && *l.CorrectionID == c.ID {
				reasons[l.ID] = c.Reason
			}
		}
	}
	return reasons
}

// Paper is the letter as a PDF file: as it stands before the release, or the one that was released.
func (p LetterPage) Paper() apply.PrintedLetter {
	if p.Held != nil {
		return apply.PrintedLetter{Ref: p.Application.Ref, Subject: p.Held.Subject, Doc: p.Held.Doc, Note: p.embargo() + ". Not sent yet"}
	}
	l := p.standing()
	return apply.PrintedLetter{Ref: p.Application.Ref, Subject: l.Subject, Doc: l.Doc()}
}
