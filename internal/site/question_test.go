package site_test

import (
	"strings"
	"testing"

	"github.com/a-h/templ"

	"adoptionfund/configs"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/site/htmlcheck"
	"adoptionfund/internal/site/route"
	"adoptionfund/web/nhs"
)

func TestEveryProblemOfEverySectionLinksToItsField(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"forms/application-1.yaml", "forms/dtac-v1.yaml", "forms/dtac-v2.yaml"} {
		f, err := form.Load(configs.FS, path)
		if err != nil {
			t.Fatal(err)
		}
		w := newWorld(t, nil, sectionRows(f)...)
		for _, section := range f.Sections {
			problems := form.Check(f, section, nil, form.How{Mode: form.Complete, Today: "2026-11-23"})
			rec := w.do(post("/sections/"+section.Path(), nil))
			body := rec.Body.String()
			_, summary, _ := strings.Cut(body, "nhsuk-error-summary__list")
			summary, _, _ = strings.Cut(summary, "</ul>")
			if links := strings.Count(summary, "<a href=\"#"); len(problems) > 0 && (rec.Code != 422 || links != len(problems)) {
				t.Errorf("%s, %s: status %d, %d problems, %d links", path, section.Code, rec.Code, len(problems), links)
			}
			for _, problem := range htmlcheck.CheckPage(body) {
				t.Errorf("%s, %s: %s", path, section.Code, problem)
			}
		}
	}
}

// sectionRows are the page of a section and its save.
func sectionRows(f *form.Form) []route.Row {
	show := func(r *route.Request) (route.Reply, error) {
		section, ok := f.Section(r.Path("section"))
		if !ok {
			return route.Reply{}, fault.New(fault.NotFound, "There is no such section.")
		}
		return route.Show(aPage{section.Title, asForm(nhs.Questions{Form: f, Section: section, Problems: r.Problems(), Lookup: "/organisations.json"})})
	}
	save := func(r *route.Request) (route.Reply, error) {
		section, _ := f.Section(r.Path("section"))
		answers, problems := form.Bind(section, r.Form(), nil)
		if len(problems) == 0 {
			problems = form.Check(f, section, answers, form.How{Mode: form.Complete, Today: "2026-11-23"})
		}
		if err := fault.Fields(problems); err != nil {
			return r.Again(err, show)
		}
		return show(r)
	}
	return []route.Row{open("GET", "/sections/{section}", show), open("POST", "/sections/{section}", save)}
}

func asForm(questions nhs.Questions) templ.Component {
	return templ.Join(templ.Raw(`<form method="post">`), questions, nhs.SaveButtons(), templ.Raw(`</form>`))
}
