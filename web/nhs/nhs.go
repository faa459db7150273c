// Package nhs holds the components of NHS.UK frontend 10 as typed templ components, and the few of our own that it lacks.
//
// It owns markup and how a control is tied to its label, hint and error. It knows nothing of the fund: what is shown, and
// whether, is decided by whoever calls. A component without children is a struct and is written as it is, @nhs.Tag{Text: "New"};
// one with children is a function, @nhs.InsetText() { … }.
package nhs

import (
	"context"
	"io"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// Size is how large a label, legend, heading or caption is.
type Size string

// The sizes.
const (
	Small      Size = "s"
	Medium     Size = "m"
	Large      Size = "l"
	ExtraLarge Size = "xl"
)

// Colour is the colour of a tag.
type Colour string

// The colours. The zero value is blue, as in NHS.UK frontend.
const (
	White     Colour = "white"
	Grey      Colour = "grey"
	Green     Colour = "green"
	AquaGreen Colour = "aqua-green"
	Blue      Colour = "blue"
	Purple    Colour = "purple"
	Pink      Colour = "pink"
	Red       Colour = "red"
	Orange    Colour = "orange"
	Yellow    Colour = "yellow"
)

// control is what every form control has in common.
type control struct {
	id, label, hint, problem string
	size                     Size
	heading, hidden          bool
	describedBy              string
}

// orName gives the id of a control: its own, or else its name.
func orName(id, name string) string {
	if id != "" {
		return id
	}
	return name
}

// describes joins the ids of what describes a control: its hint, its error and whatever else.
func (c control) describes() string {
	ids := make([]string, 0, 3)
	if c.describedBy != "" {
		ids = append(ids, c.describedBy)
	}
	if c.hint != "" {
		ids = append(ids, c.id+"-hint")
	}
	if c.problem != "" {
		ids = append(ids, c.id+"-error")
	}
	return strings.Join(ids, " ")
}

// group gives the classes of the control's form group.
func (c control) group(more string) string {
	return classes("nhsuk-form-group", when(c.problem != "", "nhsuk-form-group--error"), more)
}

// classes joins the names that are not empty.
func classes(names ...string) string {
	kept := names[:0]
	for _, name := range names {
		if name != "" {
			kept = append(kept, name)
		}
	}
	return strings.Join(kept, " ")
}

// when gives the name if it holds, else nothing.
func when(holds bool, name string) string {
	if holds {
		return name
	}
	return ""
}

// sized gives the class for a size, or nothing for none.
func sized(prefix string, size Size) string {
	if size == "" {
		return ""
	}
	return prefix + "--" + string(size)
}

// numbered gives the id of the n-th item of a group: the first has the group's own, so that an error links to it.
func numbered(id string, n int) string {
	if n == 0 {
		return id
	}
	return id + "-" + strconv.Itoa(n+1)
}

// render writes a component; each struct's Render calls it with its view.
func render(ctx context.Context, w io.Writer, view templ.Component) error { return view.Render(ctx, w) }
