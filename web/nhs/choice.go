package nhs

import (
	"context"
	"io"
	"slices"

	"github.com/a-h/templ"
)

// Option is one of several choices.
type Option struct {
	Value, Label, Hint string
	Divider            string          // a word such as "or" before this option
	Exclusive          bool            // checkboxes: choosing it clears the others, such as "None of these"
	Reveals            templ.Component // shown while it is chosen; without scripts always
}

// Radios are choices of which one can be taken.
type Radios struct {
	Name, ID, Legend, Hint, Error string
	Value                         string
	Size                          Size
	Heading, LegendHidden         bool
	Inline, Compact               bool
	Options                       []Option
}

func (r Radios) control() control {
	return control{id: orName(r.ID, r.Name), label: r.Legend, hint: r.Hint, problem: r.Error, size: r.Size}
}

func (r Radios) legend() Legend {
	return Legend{Text: r.Legend, Size: r.Size, Heading: r.Heading, Hidden: r.LegendHidden, DescribedBy: r.control().describes()}
}

// Render writes them.
func (r Radios) Render(ctx context.Context, w io.Writer) error { return render(ctx, w, r.view()) }

// YesNo are the radios for a question that is answered yes or no.
func YesNo(r Radios) Radios {
	r.Options = []Option{{Value: "yes", Label: "Yes"}, {Value: "no", Label: "No"}}
	r.Inline = true
	return r
}

// Checkboxes are choices of which several can be taken.
type Checkboxes struct {
	Name, ID, Legend, Hint, Error string
	Values                        []string
	Size                          Size
	Heading, LegendHidden         bool
	Compact                       bool
	Options                       []Option
}

func (c Checkboxes) control() control {
	return control{id: orName(c.ID, c.Name), label: c.Legend, hint: c.Hint, problem: c.Error, size: c.Size}
}

func (c Checkboxes) legend() Legend {
	return Legend{Text: c.Legend, Size: c.Size, Heading: c.Heading, Hidden: c.LegendHidden, DescribedBy: c.control().describes()}
}

func (c Checkboxes) has(value string) bool { return slices.Contains(c.Values, value) }

// Render writes them.
func (c Checkboxes) Render(ctx context.Context, w io.Writer) error { return render(ctx, w, c.view()) }

// Checkbox is a single box that is ticked or not.
type Checkbox struct {
	Name, ID, Value, Label, Hint, Error string
	Checked                             bool
}

func (c Checkbox) control() control {
	return control{id: orName(c.ID, c.Name), label: c.Label, hint: c.Hint, problem: c.Error}
}

func (c Checkbox) value() string {
	if c.Value == "" {
		return "yes"
	}
	return c.Value
}

// Render writes it.
func (c Checkbox) Render(ctx context.Context, w io.Writer) error { return render(ctx, w, c.view()) }

// Select is a list to take one from. Prefer Radios for up to about eight choices.
type Select struct {
	Name, ID, Label, Hint, Error string
	Value                        string
	Size                         Size
	LabelHidden                  bool
	Options                      []Option
	Empty                        string // the words of a first choice without a value, such as "All"
}

func (s Select) control() control {
	return control{id: orName(s.ID, s.Name), label: s.Label, hint: s.Hint, problem: s.Error, size: s.Size, hidden: s.LabelHidden}
}

// Render writes it.
func (s Select) Render(ctx context.Context, w io.Writer) error { return render(ctx, w, s.view()) }

// DateInput is a date as day, month and year, named NAME-day, NAME-month and NAME-year.
type DateInput struct {
	Name, Legend, Hint, Error string
	Day, Month, Year          string
	Size                      Size
	Heading, LegendHidden     bool
}

func (d DateInput) control() control {
	return control{id: d.Name, label: d.Legend, hint: d.Hint, problem: d.Error, size: d.Size}
}

func (d DateInput) legend() Legend {
	return Legend{
		Text: d.Legend, Size: d.Size, Heading: d.Heading, Hidden: d.LegendHidden, Group: true, DescribedBy: d.control().describes(),
	}
}

// Render writes it.
func (d DateInput) Render(ctx context.Context, w io.Writer) error { return render(ctx, w, d.view()) }
