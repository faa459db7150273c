package nhs

import (
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"

	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
)

// Changes shows what changed in an answer: what was put in and taken out, said in words too for those who do not see the marks.
type Changes struct {
	Fields []form.FieldChange
	Name   func(id string) string // of a file
}

// Render writes them.
func (c Changes) Render(ctx context.Context, w io.Writer) error { return render(ctx, w, c.view()) }

// pieces writes the pieces with nothing between them, since white space counts in a text.
func (c Changes) pieces(f form.FieldChange) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var b strings.Builder
		for _, p := range f.Pieces {
			text := templ.EscapeString(c.text(f, p))
			switch p.Edit {
			case form.Added:
				text = `<ins class="af-ins">` + spoken("[inserted: ") + text + spoken("]") + `</ins>`
			case form.Removed:
				text = `<del class="af-del">` + spoken("[deleted: ") + text + spoken("]") + `</del>`
			case form.Kept:
			}
			b.WriteString(text)
		}
		_, err := io.WriteString(w, b.String())
		return err //nolint:wrapcheck // the page says what it was doing
	})
}

// spoken is said by screen readers alone.
func spoken(words string) string {
	return `<span class="nhsuk-u-visually-hidden">` + words + `</span>`
}

// text is a piece as it is shown: files by name.
func (c Changes) text(f form.FieldChange, p form.Piece) string {
	if f.Label != "Files" || c.Name == nil {
		return p.Text
	}
	lines := strings.Split(p.Text, "\n")
	for i, line := range lines {
		if _, err := ident.Parse[ident.File](strings.TrimSpace(line)); err == nil {
			lines[i] = c.Name(strings.TrimSpace(line))
		}
	}
	return strings.Join(lines, "\n")
}

// Answer is one answer of the section, to be read.
func (s SectionAnswers) Answer(q *form.Question, v form.Value) templ.Component {
	return s.content(q, v)
}
