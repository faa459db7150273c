package public

import (
	"fmt"
	"strings"

	"adoptionfund/internal/document"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/rules"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// below are the pages above one about a call.
func below(c fund.Call) nhs.Breadcrumbs {
	return nhs.Breadcrumbs{{Href: "/", Text: "Home"}, {Href: "/calls/" + string(c.Ref), Text: c.Title}}
}

// Questions are all questions of a call's form on one page, to be read before starting.
type Questions struct {
	Call fund.Call
	Form *form.Form
}

// Head tells the frame.
func (q Questions) Head() shared.Head {
	return shared.Head{Title: "All questions of the form", Caption: q.Call.Title, Crumbs: below(q.Call)}
}

// Document is the same as a document to draft in.
func (q Questions) Document() document.Document {
	d := document.Document{Title: q.Form.Title + ": " + q.Call.Title, Language: "en-GB", Blocks: []document.Block{
		document.Paragraph{Text: q.Form.Introduction},
		document.Paragraph{Text: "This is a document to draft in. Applications are made online only. Deadline: " + uktime.Deadline(q.Call.ClosesAt) + ". Form " + q.Form.ID + ", call " + string(q.Call.Ref) + ".", Quiet: true},
	}}
	for _, s := range q.Form.Sections {
		d.Blocks = append(d.Blocks, document.Heading{Level: 1, Text: s.Title})
		if s.Intro != "" {
			d.Blocks = append(d.Blocks, document.Paragraph{Text: s.Intro})
		}
		for _, question := range s.Questions {
			d.Blocks = append(d.Blocks, q.blocks(question)...)
		}
	}
	return d
}

// blocks are one question in the document, with room for the answer.
func (q Questions) blocks(question *form.Question) []document.Block {
	blocks := []document.Block{document.Heading{Level: 2, Text: string(question.Code) + " " + question.Text}}
	for _, text := range []string{question.Guidance, remarks(q.Form, question)} {
		if text != "" {
			blocks = append(blocks, document.Paragraph{Text: text, Quiet: true})
		}
	}
	if len(question.Options) > 0 {
		var labels document.Bullets
		for _, o := range question.Options {
			labels = append(labels, o.Label)
		}
		blocks = append(blocks, labels)
	}
	if len(question.Columns) > 0 {
		t := document.Table{Empty: 3}
		for _, c := range question.Columns {
			t.Columns = append(t.Columns, c.Name())
		}
		return append(blocks, t)
	}
	return append(blocks, document.Space(roomFor(question)))
}

// roomFor is about how much room an answer takes.
func roomFor(q *form.Question) int {
	if q.Kind == form.KindLongText {
		return max(3, q.Limits.Words/25)
	}
	return 1
}

// remarks says what else is to be known of a question.
func remarks(f *form.Form, q *form.Question) string {
	parts := whenAsked(f, q)
	limits := q.Limits
	if n := limits.Words; n > 0 {
		parts = append(parts, fmt.Sprintf("Up to %d words.", n))
	}
	if n := limits.Characters; n > 0 {
		parts = append(parts, fmt.Sprintf("Up to %d characters.", n))
	}
	if n := limits.MaxChoices; n > 0 {
		parts = append(parts, fmt.Sprintf("Up to %d choices.", n))
	}
	if n := limits.MaxRows; n > 0 {
		parts = append(parts, fmt.Sprintf("Up to %d rows.", n))
	}
	if q.Kind == form.KindFile {
		parts = append(parts, fmt.Sprintf("Files: %s, up to %d MB each.", strings.ToUpper(strings.Join(limits.FileKinds, ", ")), q.MostMegabytes()))
	}
	if q.Published {
		parts = append(parts, "Published if the application is funded.")
	}
	return strings.Join(parts, " ")
}

// whenAsked says of a question that not everybody must answer when it is asked.
func whenAsked(f *form.Form, q *form.Question) []string {
	if q.When == nil {
		if q.Required == form.RequiredNever {
			return []string{"Optional."}
		}
		return nil
	}
	var names []string
	for _, code := range q.Triggers() {
		if t, ok := f.Question(code); ok {
			names = append(names, string(code)+" ("+t.Name()+")")
		}
	}
	return []string{"Asked depending on " + strings.Join(names, " and ") + "."}
}

// SelfCheck asks a few questions and says what the answers suggest.
type SelfCheck struct {
	Call     fund.Call
	Form     *form.Form
	Answers  form.Answers
	Problems map[string]string
	Done     bool // it was answered
	Found    []rules.Finding
}

// Head tells the frame.
func (s SelfCheck) Head() shared.Head {
	return shared.Head{Title: s.Form.Title, Caption: s.Call.Title, Crumbs: below(s.Call)}
}

func (s SelfCheck) path() string { return "/calls/" + string(s.Call.Ref) + "/self-check" }

func (s SelfCheck) questions() nhs.Questions {
	return nhs.Questions{Form: s.Form, Section: s.Form.Sections[0], Answers: s.Answers, Problems: s.Problems}
}

func (s SelfCheck) answers() nhs.SectionAnswers {
	return nhs.SectionAnswers{Form: s.Form, Section: s.Form.Sections[0], Answers: s.Answers}
}

// found are the messages of one severity.
func (s SelfCheck) found(severity rules.Severity) []string {
	var texts []string
	for _, f := range s.Found {
		if f.Severity == severity && !f.Broken {
			texts = append(texts, f.Message)
		}
	}
	return texts
}
