package apply

import (
	"github.com/a-h/templ"

	"adoptionfund/internal/application"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/product"
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

// ChooseInApplication makes the page for the answers of a section of an application that two changed. typed is what was typed of
// combinations, where it is shown again.
func ChooseInApplication(p application.Page, problems map[string]string, typed map[string][]string) shared.Choose {
	address := at(p.Application, "/sections/"+p.Section.Path())
	return shared.Choose{
		Clashes: shared.Clashes(p.Clashes, typed), Problems: problems, Address: address, History: at(p.Application, "/history?section="+p.Section.Path()),
		Version: p.Version, Answers: Section{Page: p}.answers(), Name: fileNames(p.Files),
		Place: shared.Head{Caption: caption(p.Application), Crumbs: append(above(p.Application), nhs.Link{Href: address, Text: p.Section.Title})},
	}
}

func fileNames(files []application.File) func(id string) string {
	return func(id string) string {
		for _, f := range files {
			if f.ID == ident.File(id) {
				return f.Name
			}
		}
		return "a file that was removed"
	}
}

// ChooseInReturn makes the page for the answers of a section of a DTAC return that two changed.
func ChooseInReturn(sp product.Space, problems map[string]string, typed map[string][]string) shared.Choose {
	shown := ReturnSection{Return{Space: sp}}
	head := shown.Head()
	return shared.Choose{
		Clashes: shared.Clashes(sp.Clashes, typed), Problems: problems, Address: shown.path(), Version: sp.Return.Revision, Answers: shown.answers(),
		Place: shared.Head{Caption: head.Caption, Crumbs: append(head.Crumbs, nhs.Link{Href: shown.path(), Text: head.Title})},
	}
}
