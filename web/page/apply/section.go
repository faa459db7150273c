package apply

import (
	"fmt"
	"maps"
	"slices"

	"github.com/a-h/templ"

	"adoptionfund/internal/application"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/product"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Section is one section of an application, to be filled in or read.
type Section struct {
	application.Page
	Problems map[string]string
	Stored   form.Answers // what is kept, where what was typed is shown and was refused
	Next     string       // the section after this one, or empty
}

// Head tells the frame.
func (s Section) Head() shared.Head {
	return shared.Head{Title: s.Section.Title, Caption: caption(s.Application), Crumbs: above(s.Application)}
}

func (s Section) questions() nhs.Questions {
	offers := map[string][]nhs.Option{}
	for input, found := range s.Offers {
		for _, o := range found {
			offers[input] = append(offers[input], nhs.Option{Value: string(o.ODSCode), Label: o.Name + " (" + string(o.ODSCode) + ")"})
		}
	}
	return nhs.Questions{
		Offers: offers,
		Form:   s.Form, Section: s.Section, Answers: s.Answers, Stored: s.Stored, Problems: s.Problems, Files: attached(s.Application, s.Files),
		Organisations: s.Organisations, Find: "/organisations", Lookup: "/organisations.json",
	}
}

func (s Section) answers() nhs.SectionAnswers {
	return nhs.SectionAnswers{Form: s.Form, Section: s.Section, Answers: s.Answers, Files: attached(s.Application, s.Files), Organisations: s.Organisations}
}

// uploads tells the script where the files of the section go.
func (s Section) uploads() templ.Attributes {
	if !nhs.Multipart(s.Section) {
		return nil
	}
	return templ.Attributes{"data-uploads": at(s.Application, "/uploads"), "data-section": s.Section.Path()}
}

func (s Section) encoding() string {
	if nhs.Multipart(s.Section) {
		return "multipart/form-data"
	}
	return "application/x-www-form-urlencoded"
}

// Choose is where the second of two who changed the same answers sees both versions, and chooses.
type Choose struct {
	Clashes  []clash
	Problems map[string]string

	head    shared.Head
	address string // of the section
	history string // where both versions are kept; empty: what was typed is on this page alone
	version int
	answers nhs.SectionAnswers
	files   []application.File
}

// ChooseInApplication makes the page for the answers of a section of an application that two changed. typed is what was typed of
// combinations, where it is shown again.
func ChooseInApplication(p application.Page, problems map[string]string, typed map[string][]string) Choose {
	address := at(p.Application, "/sections/"+p.Section.Path())
	return Choose{
		Clashes: clashesOf(p.Clashes, typed), Problems: problems, address: address, history: at(p.Application, "/history?section="+p.Section.Path()),
		version: p.Version, answers: Section{Page: p}.answers(), files: p.Files,
		head: shared.Head{Caption: caption(p.Application), Crumbs: append(above(p.Application), nhs.Link{Href: address, Text: p.Section.Title})},
	}
}

// ChooseInReturn makes the page for the answers of a section of a DTAC return that two changed.
func ChooseInReturn(sp product.Space, problems map[string]string, typed map[string][]string) Choose {
	shown := ReturnSection{Return{Space: sp}}
	head := shown.Head()
	return Choose{
		Clashes: clashesOf(sp.Clashes, typed), Problems: problems, address: shown.path(), version: sp.Return.Revision, answers: shown.answers(),
		head: shared.Head{Caption: head.Caption, Crumbs: append(head.Crumbs, nhs.Link{Href: shown.path(), Text: head.Title})},
	}
}

func clashesOf(all []form.Clash, typed map[string][]string) []clash {
	list := make([]clash, len(all))
	for i, found := range all {
		code := string(found.Question.Code)
		list[i] = clash{Clash: found, chosen: first(typed["choose."+code]), combined: first(typed["both."+code])}
		if list[i].combined == "" {
			list[i].combined = found.Mine.Text
		}
	}
	return list
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// Head tells the frame.
func (c Choose) Head() shared.Head {
	head := c.head
	head.Title = "Choose which version to keep"
	return head
}

func (c Choose) section(whose string) nhs.SectionAnswers {
	s := c.answers
	s.Within = whose
	return s
}

func (c Choose) count() string {
	if len(c.Clashes) == 1 {
		return "an answer"
	}
	return fmt.Sprintf("%d answers", len(c.Clashes))
}

func (c Choose) it() string {
	if len(c.Clashes) == 1 {
		return "it"
	}
	return "them"
}

func (c Choose) name(id string) string {
	for _, f := range c.files {
		if f.ID == ident.File(id) {
			return f.Name
		}
	}
	return "a file that was removed"
}

// clash is an answer that two changed.
type clash struct {
	form.Clash

	chosen   string
	combined string
}

func (c clash) id(part string) string { return "clash-" + string(c.Question.Code) + "-" + part }

func (c clash) field() string { return "choose." + string(c.Question.Code) }

// input is an input that the page carries along.
type input struct{ name, value string }

// inputs are the inputs of the one who chooses.
func (c clash) inputs() []input {
	values := form.Inputs(c.Question, c.Mine)
	var all []input
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, value := range values[name] {
			all = append(all, input{name, value})
		}
	}
	return all
}

func (c clash) theirs() string {
	if c.Who == "" {
		return "The version that is saved"
	}
	return c.Who + "'s version, saved " + uktime.Moment(c.At)
}

func (c clash) text() bool {
	return c.Question.Kind == form.KindText || c.Question.Kind == form.KindLongText
}

func (c clash) choice(problem string) nhs.Radios {
	r := nhs.Radios{
		Name: c.field(), Legend: "Which version of “" + c.Question.Name() + "” do you keep?", Size: nhs.Small, Value: c.chosen, Error: problem,
		Options: []nhs.Option{{Value: "mine", Label: "My version"}, {Value: "theirs", Label: "Their version"}},
	}
	if c.text() {
		r.Options = append(r.Options, nhs.Option{Value: "both", Label: "A text that I make of both", Reveals: nhs.Textarea{
			Name: "both." + string(c.Question.Code), Label: "The text to keep", Hint: "It begins as your version.", Value: c.combined, Rows: 8,
			MaxWords: c.Question.Limits.Words,
		}})
	}
	return r
}
