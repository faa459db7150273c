package review

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	reviews "adoptionfund/internal/review"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// ChoosePack is where a reviewer chooses which applications to print.
type ChoosePack struct {
	Tasks    []reviews.Task
	Chosen   []string
	MayPrint bool // as a PDF file
	Problems fault.Problems
}

// Head is what the frame shows.
func (c ChoosePack) Head() shared.Head {
	return shared.Head{Title: "Print applications to read on paper", Wide: true, Crumbs: crumbs()}
}

func (c ChoosePack) printable() []reviews.Task {
	var all []reviews.Task
	for _, t := range c.Tasks {
		if t.Printable {
			all = append(all, t)
		}
	}
	return all
}

// others says how many cannot be printed yet; empty if all can.
func (c ChoosePack) others() string {
	switch n := len(c.Tasks) - len(c.printable()); n {
	case 0:
		return ""
	case 1:
		return "1 application is not listed: declare your interests in it first."
	default:
		return fmt.Sprintf("%d applications are not listed: declare your interests in them first.", n)
	}
}

func (c ChoosePack) boxes() nhs.Checkboxes {
	b := nhs.Checkboxes{Name: "application", Legend: "Which applications?", Hint: "At most 10 with 150,000 words in all at once.", Size: nhs.Medium, Values: c.Chosen, Error: c.Problems["application"]}
	for _, t := range c.printable() {
		b.Options = append(b.Options, nhs.Option{Value: string(t.Ref), Label: string(t.Ref) + ": " + t.Title, Hint: fmt.Sprintf("%s. %s, %d words, due %s.", t.Lead, status(t).tag.Text, t.Size.Words, uktime.Date(t.DueAt))})
	}
	return b
}

// Pack is applications with empty score sheets, to be read on paper.
type Pack struct {
	Sheets []Sheet
	Reader string
	At     time.Time
	Paper  bool // it becomes a PDF file
}

// Head is what the frame shows.
func (p Pack) Head() shared.Head {
	return shared.Head{Title: "Applications to review", Caption: p.count(), Wide: true, Crumbs: append(crumbs(), nhs.Link{Href: "/reviews/pack", Text: "Print applications"})}
}

func (p Pack) count() string {
	if len(p.Sheets) == 1 {
		return "1 application"
	}
	return fmt.Sprintf("%d applications", len(p.Sheets))
}

// Marking stands on every sheet of paper.
func (p Pack) Marking() string {
	return "Confidential. Printed for " + p.Reader + " on " + uktime.Moment(p.At) + ". Not to be copied or passed on."
}

// FileName is the name of the PDF file.
func (p Pack) FileName() string {
	if len(p.Sheets) == 1 {
		return "review-" + strings.ToLower(string(p.Sheets[0].Application.Ref)) + ".pdf"
	}
	return "reviews-" + uktime.Day(p.At) + ".pdf"
}

func pdfOf(t reviews.Task) string {
	return "/reviews/pack/pdf?" + url.Values{"application": {string(t.Ref)}}.Encode()
}

// packedAnswers are answers as they stand in a pack, beside those of other applications.
func (s Sheet) packedAnswers(sec *form.Section) nhs.SectionAnswers {
	answers := s.answers(sec)
	answers.Of = string(s.Application.Ref)
	return answers
}

func (s Sheet) facts() nhs.SummaryList {
	a := s.Application
	return nhs.SummaryList{Rows: []nhs.SummaryRow{
		{Key: "Lead organisation", Value: a.LeadName}, {Key: "Call", Value: a.Call().Title}, {Key: "You review as", Value: s.Rubric.KindTitle(rubric.Kind(s.Kind))}, {Key: "Due", Value: uktime.Deadline(s.DueAt)},
	}}
}
