package nhs

import (
	"context"
	"fmt"
	"io"

	"github.com/a-h/templ"
)

// Kind is how much a button matters.
type Kind string

// The kinds of buttons. The zero value is the primary one, of which a page has one.
const (
	Primary   Kind = ""
	Secondary Kind = "secondary"
	Warning   Kind = "warning" // for what cannot be undone
	Reverse   Kind = "reverse"
)

// Button sends its form, or follows Href where that is given.
type Button struct {
	Text        string
	Hidden      string // more words for screen readers, such as the thing that is removed
	Kind        Kind
	Name, Value string
	Href        string
	Small       bool
	Repeatable  bool // a second press soon after the first is sent too
	NoValidate  bool
}

func (b Button) class() string {
	return classes("nhsuk-button", when(b.Kind != Primary, "nhsuk-button--"+string(b.Kind)), when(b.Small, "nhsuk-button--small"))
}

// Render writes it.
func (b Button) Render(ctx context.Context, w io.Writer) error { return render(ctx, w, b.view()) }

// SaveButtons are the two buttons of every form that is filled in over time: action=continue and action=save.
func SaveButtons() templ.Component { return saveButtons() }

// Link is a link with its words.
type Link struct {
	Href, Text string
	Hidden     string // more words for screen readers, such as which row it changes
	Plain      bool   // without the colour of a visited link
}

// Render writes it.
func (l Link) Render(ctx context.Context, w io.Writer) error { return render(ctx, w, l.view()) }

// ActionLink is a link with an arrow, for the main thing to do on a page that has no form.
type ActionLink struct{ Href, Text string }

// Render writes it.
func (a ActionLink) Render(ctx context.Context, w io.Writer) error { return render(ctx, w, a.view()) }

// BackLink leads to the page before.
type BackLink struct{ Href, Text string }

func (b BackLink) words() string {
	if b.Text == "" {
		return "Back"
	}
	return b.Text
}

// Render writes it.
func (b BackLink) Render(ctx context.Context, w io.Writer) error { return render(ctx, w, b.view()) }

// Breadcrumbs are the pages above this one, the highest first.
type Breadcrumbs []Link

func (b Breadcrumbs) last() Link {
	if len(b) == 0 {
		return Link{}
	}
	return b[len(b)-1]
}

// Render writes them.
func (b Breadcrumbs) Render(ctx context.Context, w io.Writer) error { return render(ctx, w, b.view()) }

// Tag is a status in a word or two.
type Tag struct {
	Text   string
	Colour Colour
}

// Render writes it.
func (t Tag) Render(ctx context.Context, w io.Writer) error { return render(ctx, w, t.view()) }

// Panel confirms that something is done. On a page whose own heading it is, set Heading.
type Panel struct {
	Title, Text string
	Heading     bool // it is the page's h1
}

// Render writes it.
func (p Panel) Render(ctx context.Context, w io.Writer) error { return render(ctx, w, p.view()) }

// NotificationBanner tells something that is not about the page's own subject; Success after something was done.
type NotificationBanner struct {
	Text    string
	Success bool
}

func (n NotificationBanner) title() string {
	if n.Success {
		return "Success"
	}
	return "Important"
}

// Render writes it.
func (n NotificationBanner) Render(ctx context.Context, w io.Writer) error {
	return render(ctx, w, n.view())
}

// Text is text of several lines, as somebody typed it.
type Text string

// Render writes it, escaped, without a copy of its own: an answer may have 30,000 words.
func (t Text) Render(_ context.Context, w io.Writer) error {
	for _, part := range []string{`<p class="nhsuk-body af-text">`, templ.EscapeString(string(t)), "</p>"} {
		if _, err := io.WriteString(w, part); err != nil {
			return fmt.Errorf("writing a text: %w", err)
		}
	}
	return nil
}
