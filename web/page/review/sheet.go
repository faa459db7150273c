package review

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	reviews "adoptionfund/internal/review"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Sheet is an application beside its score sheet.
type Sheet struct {
	reviews.Sheet

	Marks    reviews.Marks // as typed or saved
	Comments string
	Feedback string
	Problems fault.Problems
	Again    bool // what was typed is shown again
}

// Head is what the frame shows.
func (s Sheet) Head() shared.Head {
	return shared.Head{Title: s.Title(), Caption: "Review of " + string(s.Application.Ref), Wide: true, Crumbs: crumbs()}
}

func (s Sheet) action() string { return address(s.Application.Ref) }

func (s Sheet) answers(sec *form.Section) nhs.SectionAnswers {
	files := map[ident.File]nhs.AttachedFile{}
	for _, f := range s.Standing.Files {
		files[f.ID] = nhs.AttachedFile{Name: f.Name, Href: s.action() + "/files/" + string(f.ID), Apart: true}
	}
	return nhs.SectionAnswers{Form: s.Form, Section: sec, Answers: s.Standing.Answers, Files: files, Organisations: s.Names, Codes: true, Skip: hidden, Within: s.within()}
}

func (s Sheet) within() string { return strings.ToLower(string(s.Application.Ref)) + "-" }

// hidden reports whether a question is not for those who review.
func hidden(q *form.Question) bool { return !reviews.Readable(q) }

func (s Sheet) sections() []*form.Section {
	var shown []*form.Section
	asked := s.Form.Asked(s.Standing.Answers, nil)
	for _, sec := range s.Form.Sections {
		for _, q := range sec.Questions {
			if asked[q.Code] && !hidden(q) {
				shown = append(shown, sec)
				break
			}
		}
	}
	return shown
}

// about are the sections whose answers a part is scored by.
func (s Sheet) about(p *rubric.Part) []nhs.Link {
	var links []nhs.Link
	for _, sec := range s.sections() {
		if sec.Criterion == string(p.Criterion) {
			links = append(links, nhs.Link{Href: "#section-" + sec.Path(), Text: sec.Title, Plain: true})
		}
	}
	return links
}

func (s Sheet) legend(p *rubric.Part) string { return fmt.Sprintf("%s %s", p.Code, p.Title) }

func partID(p *rubric.Part) string { return "part-" + string(p.Code) }

func (s Sheet) guidance(p *rubric.Part) string {
	return p.Guidance + fmt.Sprintf(" Weight %d of 100.", p.Weight)
}

func (s Sheet) radios(p *rubric.Part) nhs.Radios {
	code := string(p.Code)
	r := nhs.Radios{
		Name: code, Legend: "Your score for " + code, Size: nhs.Small, Value: s.Marks[p.Code].Mark, Error: s.Problems[code], Compact: true,
	}
	for score, words := range p.Descriptors {
		r.Options = append(r.Options, nhs.Option{Value: strconv.Itoa(score), Label: strconv.Itoa(score), Hint: words})
	}
	return withOthers(r)
}

func withOthers(r nhs.Radios) nhs.Radios {
	r.Options = append(r.Options,
		nhs.Option{Value: string(rubric.NotApplicable), Label: "Not applicable", Hint: "It cannot be judged in this application. It is left out, never counted as 0.", Divider: "or"},
		nhs.Option{Value: string(rubric.Abstained), Label: "Abstain", Hint: "You do not judge it. It is left out, never counted as 0."},
	)
	return r
}

func (s Sheet) reason(p *rubric.Part) nhs.Textarea {
	code := string(p.Code)
	return nhs.Textarea{
		Name: code + "-reason", Label: "Reason for " + code, Hint: fmt.Sprintf("%d words or more. Other reviewers and the panel see it.", s.Least),
		Value: s.Marks[p.Code].Reason, Error: s.Problems[code+"-reason"], Rows: 4, MinWords: s.Least,
	}
}

// shown is the hidden input that says what of a part the page was made with.
func (s Sheet) shown(code form.Code) string { return form.Mark(s.Answers()[code]) }

func (s Sheet) progress() string {
	return fmt.Sprintf("%d of %d parts have a score and a reason, as saved.", s.Done(), len(s.Parts))
}

// lacks are the links to what a review lacks to be sent, in the order of the page.
func (s Sheet) lacks() []nhs.Link {
	missing := s.Missing()
	var names []string
	for _, p := range s.Parts {
		names = append(names, string(p.Code), string(p.Code)+"-reason")
	}
	var links []nhs.Link
	for _, name := range append(names, "comments-panel", "feedback") {
		if words := missing[name]; words != "" {
			links = append(links, nhs.Link{Href: "#" + name, Text: words, Plain: true})
		}
	}
	return links
}

// The elements of the page that change while somebody types.
const (
	liveProgress = "review-progress"
	liveMissing  = "review-missing"
)

// Live are the parts of the page that say how far the review is, by the ids of their elements.
func (s Sheet) Live(ctx context.Context) (map[string]string, error) {
	parts := map[string]string{}
	for id, part := range map[string]templ.Component{liveProgress: text(s.progress()), liveMissing: s.missingList()} {
		var b strings.Builder
		if err := part.Render(ctx, &b); err != nil {
			return nil, fmt.Errorf("showing the progress of a review: %w", err)
		}
		parts[id] = b.String()
	}
	return parts, nil
}

func text(words string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, templ.EscapeString(words))
		return err //nolint:wrapcheck // the page says what it was doing
	})
}

func (s Sheet) due() string {
	if s.Late {
		return "This review was due on " + uktime.Deadline(s.DueAt) + ". Please send it as soon as you can."
	}
	return "Due on " + uktime.Deadline(s.DueAt) + "."
}

// place says where the review stands in the queue, and how long it takes.
func (s Sheet) place() string {
	words := fmt.Sprintf("About %d words to read", s.Size.Words)
	switch s.Size.Files {
	case 0:
	case 1:
		words += " and 1 file"
	default:
		words += fmt.Sprintf(" and %d files", s.Size.Files)
	}
	words += ": " + lasts(s.Size.Minutes()) + "."
	if s.Place.Number > 0 {
		words = fmt.Sprintf("Review %d of the %d that you still have to send. ", s.Place.Number, s.Place.Of) + words
	}
	return words
}

func (s Sheet) who(o reviews.Other) string {
	return fmt.Sprintf("%s reviewer %d", s.Rubric.KindTitle(rubric.Kind(o.Kind)), o.Number)
}

// given lists the marks of a review with their reasons.
func (s Sheet) given(marks reviews.Marks) nhs.SummaryList {
	var list nhs.SummaryList
	for _, p := range s.Rubric.Parts {
		if g, ok := marks[p.Code]; ok {
			list.Rows = append(list.Rows, nhs.SummaryRow{Key: string(p.Code) + " " + p.Title, Value: g.Label() + "\n" + g.Reason})
		}
	}
	return list
}

func (s Sheet) sent() string {
	if s.Review.SubmittedAt == nil {
		return ""
	}
	if len(s.Earlier) > 0 {
		return "You sent this review on " + uktime.Moment(s.Earlier[0].SubmittedAt) + " and revised it, last on " + uktime.Moment(*s.Review.SubmittedAt) + "."
	}
	return "You sent this review on " + uktime.Moment(*s.Review.SubmittedAt) + "."
}

func earlier(v reviews.Version) string {
	return "Before the revision: as sent on " + uktime.Moment(v.SubmittedAt)
}

// keys are the shortcuts of the page.
func (s Sheet) keys() nhs.Shortcuts {
	parts := "#review [data-part]"
	keys := []nhs.Shortcut{
		{Key: "j", Does: "Next part", Target: parts, Step: 1},
		{Key: "k", Does: "Previous part", Target: parts, Step: -1},
	}
	for score := range rubric.Highest + 1 {
		value := strconv.Itoa(score)
		keys = append(keys, nhs.Shortcut{Key: value, Does: "Score " + value + " for the part that you are in", Target: "input[type=radio][value='" + value + "']", Tick: true})
	}
	return nhs.Shortcuts{Keys: slices.Concat(keys, []nhs.Shortcut{
		{Key: "n", Does: "Not applicable for the part that you are in", Target: "input[value=" + string(rubric.NotApplicable) + "]", Tick: true},
		{Key: "b", Does: "Abstain from the part that you are in", Target: "input[value=" + string(rubric.Abstained) + "]", Tick: true},
		{Key: "r", Does: "Write the reason of the part that you are in; Escape leads out of it", Target: "textarea", Tick: true},
		{Key: "a", Does: "Go to the application", Target: "#application"},
		{Key: "d", Does: "Go to your scores", Target: "#scores"},
		{Key: "s", Does: "Save", Target: "#review button[value=continue]"},
		{Key: "x", Does: "Save and go to the next review", Target: "#review button[value=save_next]"},
		{Key: "q", Does: "Back to your reviews", Target: ".nhsuk-breadcrumb a[href='/reviews']"},
	})}
}

// Choose makes the page on which a reviewer who changed the same part in two windows chooses.
func (s Sheet) Choose(problems map[string]string, typed map[string][]string) shared.Choose {
	clashes := shared.Clashes(s.Clashes, typed)
	for i, c := range clashes {
		if code := rubric.Code(c.Question.Code); rubric.IsCode(string(code)) {
			clashes[i].Inputs = map[string]string{string(code): s.Marks[code].Mark, string(code) + "-reason": s.Marks[code].Reason}
		}
	}
	return shared.Choose{
		Clashes: clashes, Problems: problems, Address: s.action(), Version: s.Review.Version, Answers: nhs.SectionAnswers{Form: &form.Form{}}, Own: true,
		Place: shared.Head{Caption: "Review of " + string(s.Application.Ref), Crumbs: append(crumbs(), nhs.Link{Href: s.action(), Text: s.Title()})},
	}
}
