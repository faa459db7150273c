package nhs_test

import (
	"strings"
	"testing"

	"github.com/a-h/templ"

	"adoptionfund/web/nhs"
)

// written renders a component.
func written(t *testing.T, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func wants(t *testing.T, html string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(html, part) {
			t.Errorf("no %q in\n%s", part, html)
		}
	}
}

func TestAControlIsTiedToItsLabelHintAndError(t *testing.T) {
	t.Parallel()
	controls := map[string]templ.Component{
		"input":    nhs.Input{Name: "title", Label: "Title", Hint: "Short", Error: "Enter a title"},
		"textarea": nhs.Textarea{Name: "title", Label: "Title", Hint: "Short", Error: "Enter a title"},
		"select":   nhs.Select{Name: "title", Label: "Title", Hint: "Short", Error: "Enter a title"},
		"file":     nhs.FileUpload{Name: "title", Label: "Title", Hint: "Short", Error: "Enter a title"},
		"password": nhs.PasswordInput{Name: "title", Label: "Title", Hint: "Short", Error: "Enter a title"},
	}
	for name, control := range controls {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wants(t, written(t, control), `for="title"`, `id="title"`, `name="title"`, `id="title-hint"`, `id="title-error"`,
				`aria-describedby="title-hint title-error"`, "nhsuk-form-group--error", "Error: </span>Enter a title")
		})
	}
}

func TestAGroupIsDescribedByItsHintAndError(t *testing.T) {
	t.Parallel()
	options := []nhs.Option{{Value: "a", Label: "A"}, {Value: "b", Label: "B"}}
	groups := map[string]templ.Component{
		"radios":     nhs.Radios{Name: "tier", Legend: "Tier", Hint: "One", Error: "Choose a tier", Options: options, Value: "b"},
		"checkboxes": nhs.Checkboxes{Name: "tier", Legend: "Tier", Hint: "One", Error: "Choose a tier", Options: options, Values: []string{"b"}},
	}
	for name, group := range groups {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wants(t, written(t, group), `<fieldset class="nhsuk-fieldset" aria-describedby="tier-hint tier-error">`, `id="tier"`, `id="tier-2"`,
				`value="b" checked`, `for="tier-2"`)
		})
	}
	wants(t, written(t, nhs.DateInput{Name: "start", Legend: "Start", Error: "Enter a date", Day: "31"}),
		`role="group"`, `name="start-day"`, `value="31"`, `name="start-month"`, `name="start-year"`, `aria-describedby="start-error"`)
}

func TestWhatPeopleTypeIsEscaped(t *testing.T) {
	t.Parallel()
	const nasty = `"><script>alert(1)</script>`
	for name, c := range map[string]templ.Component{
		"input":    nhs.Input{Name: "a", Label: nasty, Value: nasty, Hint: nasty, Error: nasty},
		"textarea": nhs.Textarea{Name: "a", Label: "A", Value: "</textarea>" + nasty},
		"summary":  nhs.SummaryList{Rows: []nhs.SummaryRow{{Key: nasty, Value: nasty}}},
		"table":    nhs.Table{Caption: nasty, Columns: []nhs.Column{{Heading: nasty}}, Rows: [][]nhs.Cell{nhs.Cells(nasty)}},
		"link":     nhs.Link{Href: nasty, Text: nasty},
	} {
		if html := written(t, c); strings.Contains(html, "<script") || strings.Count(html, "</textarea>") > 1 {
			t.Errorf("%s lets markup through:\n%s", name, html)
		}
	}
}

func TestAnOptionCanRevealMore(t *testing.T) {
	t.Parallel()
	more := nhs.Input{Name: "tier-other", Label: "Which?"}
	html := written(t, nhs.Radios{Name: "tier", Legend: "Tier", Value: "a", Options: []nhs.Option{
		{Value: "a", Label: "A"}, {Value: "other", Label: "Other", Reveals: more, Divider: "or"},
	}})
	wants(t, html, `data-reveals="conditional-tier-2"`, `id="conditional-tier-2"`, "nhsuk-radios__conditional--hidden", `name="tier-other"`)
}

func TestALongTextCountsWords(t *testing.T) {
	t.Parallel()
	wants(t, written(t, nhs.Textarea{Name: "s", Label: "Summary", MaxWords: 200}),
		`data-maxwords="200"`, "You can enter up to 200 words", `aria-describedby="s-info"`)
}

func TestATableFitsAPhoneOrScrolls(t *testing.T) {
	t.Parallel()
	table := nhs.Table{ID: "calls", Caption: "Calls", Columns: []nhs.Column{{Heading: "Call"}, {Heading: "Budget", Numeric: true}},
		Rows: [][]nhs.Cell{nhs.Cells("AF21-CAR", "£1,000")}, RowHeaders: true}
	wants(t, written(t, table), "nhsuk-table--responsive", `role="rowheader"`, `<span class="nhsuk-table__heading" aria-hidden="true">Budget </span>`)
	table.Scroll = true
	wants(t, written(t, table), `class="af-scroll" role="region" tabindex="0" aria-labelledby="calls-caption"`, `id="calls-caption"`)
	table.Rows, table.Empty = nil, "There are no calls yet."
	wants(t, written(t, table), "<p>There are no calls yet.</p>")
}

func TestATaskSaysHowItStands(t *testing.T) {
	t.Parallel()
	html := written(t, nhs.TaskList{Tasks: []nhs.Task{
		{Title: "Summary", Href: "/applications/AF21-0001/sections/summary", Hint: "Title", Tag: &nhs.Tag{Text: "Incomplete", Colour: nhs.Blue}},
		{Title: "Sign", Status: "Cannot start yet"},
	}})
	wants(t, html, `aria-describedby="task-list-1-hint task-list-1-status"`, `<strong class="nhsuk-tag nhsuk-tag--blue">Incomplete</strong>`,
		"<div>Sign</div>", "Cannot start yet")
}

func TestTheErrorSummaryLinksToFields(t *testing.T) {
	t.Parallel()
	wants(t, written(t, nhs.ErrorSummary{Problems: []nhs.Problem{{Field: "EV1", Text: "Choose a score"}, {Text: "Nothing was sent"}}}),
		"There is a problem", `<a href="#EV1">Choose a score</a>`, "Nothing was sent")
}
