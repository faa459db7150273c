package screen

import (
	"fmt"
	"strings"

	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/form"
	"adoptionfund/internal/position"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
)

// overview is who has which section, and how far it is.
func (p ProductDesk) overview() nhs.Table {
	t := nhs.Table{
		ID: "sections", Caption: "Sections", CaptionSize: nhs.Small, RowHeaders: true,
		Columns: []nhs.Column{{Heading: "Section"}, {Heading: "State"}, {Heading: "Decided"}, {Heading: "Who has it"}},
	}
	for _, part := range p.Parts() {
		who := "Nobody"
		if part.Holder != nil {
			who = part.Holder.PersonName
		}
		state := nhs.Tag{Text: "Informs only", Colour: nhs.Grey}
		if !part.Informs {
			state = itemTag(part.State)
		}
		t.Rows = append(t.Rows, []nhs.Cell{
			{Text: p.title(part.Section.Code), Href: "#section-" + string(part.Section.Code)}, {Content: state},
			{Text: fmt.Sprintf("%d of %d", part.Decided, len(part.Items))}, {Text: who},
		})
	}
	return t
}

// history is who had a section, newest first.
func (p ProductDesk) history(code form.Code) []string {
	var lines []string
	for _, s := range p.Sections {
		if s.Section != code {
			continue
		}
		line := s.PersonName + " since " + uktime.Moment(s.Since)
		if s.GivenBy != s.PersonName {
			line += ", given by " + s.GivenBy
		}
		if s.Until != nil {
			line += ", until " + uktime.Moment(*s.Until) + " (" + s.EndedBy + ")"
		}
		lines = append(lines, line)
	}
	return lines
}

func (p ProductDesk) handOver(part position.Part) nhs.Select {
	s := nhs.Select{Name: "to", ID: "to-" + string(part.Section.Code), Label: "Hand " + string(part.Section.Code) + " over to", Empty: "Select an assessor"}
	if p.Posted == part.Section.Code {
		s.Error = p.Problems["to"]
	}
	for _, who := range p.Assessors {
		if who.ID != p.Reader {
			s.Options = append(s.Options, nhs.Option{Value: string(who.ID), Label: who.Name})
		}
	}
	return s
}

// decidedBy says who decided a question, when, and from which form it was carried.
func (p ProductDesk) decidedBy(code form.Code) string {
	a, done := p.Assessments[code]
	if !done || p.Names[a.AssessedBy] == "" {
		return ""
	}
	text := "Decided by " + p.Names[a.AssessedBy] + " on " + uktime.Moment(a.AssessedAt)
	if a.Carried != "" {
		text += ", carried from " + a.Carried
	}
	return text + "."
}

// meanwhile says what somebody else decided after the reader opened the page.
func (p ProductDesk) meanwhile(code form.Code) string {
	a, met := p.Met[code]
	if !met {
		return ""
	}
	text := "Decided meanwhile by " + p.Names[a.AssessedBy] + " on " + uktime.Moment(a.AssessedAt) + ": " + status.State(a.Result).Label()
	if a.Reason != "" {
		text += ". Reason: " + a.Reason
	}
	return text + ". Below is your own decision. Save it to put it in place of theirs, or leave the page to keep theirs."
}

// carries says what a decision may be taken over from.
func (p ProductDesk) carries(code form.Code) string {
	c, ok := p.Carried[code]
	if !ok {
		return ""
	}
	from := make([]string, len(c.From))
	for i, q := range c.From {
		from[i] = string(q)
	}
	return "Carried from " + c.Form + " " + strings.Join(from, ", ") + ": " + c.Reason + ". Look at it, and save the section to confirm it."
}

// again are the questions of which nothing carries, one line each.
func (p ProductDesk) again() []string {
	lines := make([]string, len(p.Again))
	for i, a := range p.Again {
		lines[i] = string(a.Question) + ": " + a.Because
	}
	return lines
}

// versions says what was declared of versions before and after this one.
func (p ProductDesk) versions() []string {
	var lines []string
	said := func(affected string) string {
		if affected == "" {
			return "no evidence is affected"
		}
		return "evidence is affected of " + strings.Join(strings.Fields(affected), ", ")
	}
	if p.From != nil {
		lines = append(lines, "This version was declared from an earlier one on "+uktime.Moment(p.From.DeclaredAt)+": "+said(p.From.Affected)+".")
	}
	for _, r := range p.Later {
		lines = append(lines, "A later version was declared on "+uktime.Moment(r.DeclaredAt)+": "+said(r.Affected)+". A position of this version says nothing of that one.")
	}
	return lines
}

// reuse says what of the assessment carries over to applications that rely on it, and what must be looked at again.
func (p ProductDesk) reuse() (stands int, again []string) {
	for _, i := range p.Result.Items {
		switch i.State {
		case status.NotAsked:
		case status.Pass, status.Waived, status.ActionNeeded:
			stands++
		case status.Fail, status.Expired, status.Stale, status.Unanswered, status.NotAssessedYet:
			again = append(again, string(i.Question)+": "+i.State.Label())
		}
	}
	return stands, again
}
