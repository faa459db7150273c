package nhs_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"adoptionfund/configs"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/web/nhs"
)

// everyKind is a form with a question of each kind.
const everyKind = `
id: kinds
title: Every kind
version: "1"
option_labels: {not_applicable: Not applicable, a: Tier A, b: Tier B, other: Another, gp: GP, home: Home, capital: Capital, revenue: Revenue}
sections:
  - code: A
    title: Every kind
    questions:
      - {code: A1, text: What is it called?, short: title, type: text, required: always, sensitive: true, published: true, limits: {words: 20}}
      - {code: A2, text: Describe it, short: description, type: long_text, required: always, limits: {words: 200}, guidance: In plain English}
      - {code: A3, text: E-mail, type: email, required: optional, autocomplete: email}
      - {code: A4, text: Telephone, type: telephone, required: optional, autocomplete: tel}
      - {code: A5, text: Web address, type: url, required: optional}
      - {code: A6, text: Is it in use?, short: in use, type: yes_no, required: always}
      - {code: A7, text: Since when?, short: since, type: date, required: when, when: A6 == 'yes', options: [not_applicable]}
      - {code: A8, text: Which tier?, short: tier, type: single_choice, required: always, allow_other: true, options: [a, b, other]}
      - {code: A9, text: Which settings?, short: settings, type: multi_choice, required: always, options: [gp, home]}
      - {code: A10, text: How many?, type: number, required: optional, limits: {whole: true}}
      - {code: A11, text: How much?, short: amount, type: money, required: always}
      - {code: A12, text: Which organisation?, short: organisation, type: organisation, required: always}
      - {code: A13, text: Evidence, short: evidence, type: file, required: optional, limits: {files: 2, file_kinds: [pdf], file_megabytes: 20}}
      - code: A14
        text: Cost lines
        short: cost lines
        type: table
        required: always
        columns:
          - {code: what, text: What, type: text, required: true}
          - {code: kind, text: Kind, type: single_choice, options: [capital, revenue]}
          - {code: pounds, text: Amount, type: money, required: true}
      - {code: A15, text: All of this is true, short: truth, type: declaration, required: always}
`

func parsed(t *testing.T, text string) *form.Form {
	t.Helper()
	f, err := form.Parse("kinds.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func loaded(t *testing.T, path string) *form.Form {
	t.Helper()
	f, err := form.Load(configs.FS, path)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// controls gives what a browser would send from a page, by name, and the problems of its labels and ids.
func controls(t *testing.T, page string) (url.Values, []string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	sent, ids, labels, problems := url.Values{}, map[string]int{}, map[string]bool{}, []string(nil)
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		attributes := map[string]string{}
		for _, a := range n.Attr {
			attributes[a.Key] = a.Val
		}
		if id := attributes["id"]; id != "" {
			ids[id]++
		}
		if n.Data == "label" {
			labels[attributes["for"]] = true
		}
		if slices.Contains([]string{"input", "select", "textarea"}, n.Data) {
			sent.Add(attributes["name"], attributes["value"])
		}
	}
	for id, n := range ids {
		if n > 1 {
			problems = append(problems, "id twice: "+id)
		}
	}
	for id := range labels {
		if ids[id] == 0 {
			problems = append(problems, "label for nothing: "+id)
		}
	}
	return sent, problems
}

func TestEveryInputOfAPageIsOneThatTheFormReads(t *testing.T) {
	t.Parallel()
	forms := map[string]*form.Form{"every kind": parsed(t, everyKind)}
	for _, path := range []string{"forms/application-1.yaml", "forms/dtac-v1.yaml", "forms/dtac-v2.yaml"} {
		forms[path] = loaded(t, path)
	}
	for name, f := range forms {
		for _, section := range f.Sections {
			page := written(t, nhs.Questions{Form: f, Section: section, Lookup: "/organisations.json"})
			sent, problems := controls(t, page)
			for _, problem := range problems {
				t.Errorf("%s, %s: %s", name, section.Code, problem)
			}
			_, unknown := form.Bind(section, sent, nil)
			for input, words := range unknown {
				t.Errorf("%s, %s: %s: %s", name, section.Code, input, words)
			}
			_ = written(t, nhs.SectionAnswers{Form: f, Section: section, Change: "/x"})
		}
	}
}

func TestWhatIsTypedStandsInTheInputsAgain(t *testing.T) {
	t.Parallel()
	f := parsed(t, everyKind)
	section := f.Sections[0]
	typed := url.Values{
		"A1": {"Remote <monitoring>"}, "A1-sensitive": {"yes"}, "A1-sensitive-reason": {"Prices"}, "A2": {"Line\nline"}, "A3": {"not an address"},
		"A6": {"yes"}, "A7-day": {"31"}, "A7-month": {"2"}, "A7-year": {"2027"}, "A8": {"other"}, "A8-other": {"Tier D"}, "A9": {"home"},
		"A10": {"many"}, "A11": {"a lot"}, "A12": {"Some trust"}, "A14[0].what": {"Licences"}, "A14[0].pounds": {"12,5x"}, "A15": {"yes"},
	}
	answers, _ := form.Bind(section, typed, nil)
	page := written(t, nhs.Questions{Form: f, Section: section, Answers: answers, Problems: map[string]string{
		"A7": "Since must be a real date", "A14[0].pounds": "Enter an amount", "A1-sensitive-reason": "Say why",
	}})
	wants(t, page, `value="Remote &lt;monitoring&gt;"`, "Prices", "Line\nline</textarea>", `value="not an address"`, `id="A7-day"`, `value="31"`,
		`value="other" checked`, `value="Tier D"`, `value="home" checked`, `value="many"`, `value="a lot"`, `value="Some trust"`,
		`name="A14[0].what"`, `value="Licences"`, `value="12,5x"`, `name="A14[1].what"`, "Since must be a real date", "Enter an amount", "Say why",
		"A1-shown", "Published if the application is funded.", `data-maxwords="200"`)
}

func TestAQuestionThatDependsOnAnotherSaysWhen(t *testing.T) {
	t.Parallel()
	f := parsed(t, everyKind)
	page := written(t, nhs.Questions{Form: f, Section: f.Sections[0]})
	wants(t, page, `data-when="A6" data-when-is="yes"`, "Answer this if you chose “Yes” for “In use”.", `value="not_applicable"`)
}

func TestAQuestionOfAnotherSectionsAnswerIsThereOnlyIfAsked(t *testing.T) {
	t.Parallel()
	f := parsed(t, `
id: two
title: Two
version: "1"
sections:
  - {code: A, title: A, questions: [{code: A1, text: Is it new?, type: yes_no, required: always}]}
  - {code: B, title: B, questions: [{code: B1, text: How new?, type: text, required: when, when: A1 == 'yes'}]}
`)
	for answer, there := range map[string]bool{"yes": true, "no": false} {
		page := written(t, nhs.Questions{Form: f, Section: f.Sections[1], Answers: form.Answers{"A1": form.Chosen(answer)}})
		if strings.Contains(page, "How new?") != there {
			t.Errorf("with %s: the question is there: %t", answer, !there)
		}
	}
}

func TestAnswersAreReadAsTheyWereMeant(t *testing.T) {
	t.Parallel()
	f := parsed(t, everyKind)
	file := ident.New[ident.File]()
	typed := url.Values{
		"A1": {"Remote monitoring"}, "A1-sensitive": {"yes"}, "A1-sensitive-reason": {"Prices"}, "A6": {"no"}, "A8": {"a"}, "A12": {"RJ1"},
		"A11": {"250000"}, "A14[0].what": {"Licences"}, "A14[0].pounds": {"1000"}, "A14[1].what": {"Training"}, "A14[1].pounds": {"500.50"},
	}
	answers, problems := form.Bind(f.Sections[0], typed, nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	answers["A13"] = form.Attach(answers["A13"], file)
	page := written(t, nhs.SectionAnswers{
		Form: f, Section: f.Sections[0], Answers: answers, Change: "/applications/AF21-0001/sections/a",
		Files:         map[ident.File]nhs.AttachedFile{file: {Name: "trial.pdf", Href: "/files/1"}},
		Organisations: map[ident.ODS]string{"RJ1": "Guy's and St Thomas'"},
		Skip:          func(q *form.Question) bool { return q.Code == "A8" },
	})
	wants(t, page, "Remote monitoring", "Commercially sensitive: Prices", "£250,000", "Guy&#39;s and St Thomas&#39; (RJ1)", "trial.pdf",
		"£1,500.50", `href="/applications/AF21-0001/sections/a#A1"`, "Not answered")
	for _, hidden := range []string{"Since when?", "Tier"} {
		if strings.Contains(page, hidden) {
			t.Errorf("%q is shown", hidden)
		}
	}
}
