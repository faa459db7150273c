package oversee

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"adoptionfund/internal/uktime"
	"adoptionfund/internal/upload"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// AwardPart is the page of a part of an award: what it shows, and what can be done there.
type AwardPart struct {
	AwardView
	Title  string
	Wide   bool
	Blocks []templ.Component
}

// Head is what the frame shows.
func (p AwardPart) Head() shared.Head {
	h := p.head(p.Title)
	h.Wide = p.Wide
	return h
}

// awardForm is something that can be done on the page of a part.
type awardForm struct {
	Heading, Intro string
	Action         string
	Hidden         [][2]string
	Fields         []templ.Component
	Buttons        []nhs.Button
	File           bool
}

func (f awardForm) attributes() templ.Attributes {
	if f.File {
		return templ.Attributes{"enctype": "multipart/form-data"}
	}
	return nil
}

// Render writes it.
func (f awardForm) Render(ctx context.Context, w io.Writer) error { return f.view().Render(ctx, w) } //nolint:wrapcheck // templ says what it was doing

type heading string

// Render writes it.
func (h heading) Render(ctx context.Context, w io.Writer) error { return h.view().Render(ctx, w) } //nolint:wrapcheck // templ says what it was doing

type paragraphs []string

// Render writes it.
func (p paragraphs) Render(ctx context.Context, w io.Writer) error { return p.view().Render(ctx, w) } //nolint:wrapcheck // templ says what it was doing

type linkLine struct{ href, text string }

// Render writes it.
func (l linkLine) Render(ctx context.Context, w io.Writer) error { return l.view().Render(ctx, w) } //nolint:wrapcheck // templ says what it was doing

// folded is something that is rarely done, behind its summary.
type folded struct {
	summary string
	inside  templ.Component
}

// Render writes it.
func (f folded) Render(ctx context.Context, w io.Writer) error { return f.view().Render(ctx, w) } //nolint:wrapcheck // templ says what it was doing

func button(value, text string, kind nhs.Kind) nhs.Button {
	return nhs.Button{Text: text, Kind: kind, Name: "action", Value: value}
}

// reason is a field for a reason.
func (v AwardView) reason(label, hint string) nhs.Textarea {
	return nhs.Textarea{Name: "reason", Label: label, Hint: hint, Rows: 4, MaxLength: 4000, Value: v.Typed("reason", ""), Error: v.Problems["reason"]}
}

func (v AwardView) textarea(name, label, hint, stored string) nhs.Textarea {
	return nhs.Textarea{Name: name, Label: label, Hint: hint, Rows: 4, MaxLength: 4000, Value: v.Typed(name, stored), Error: v.Problems[name]}
}

func (v AwardView) pounds(name, label, hint, stored string) nhs.Money {
	return nhs.Money{Name: name, Label: label, Hint: hint, Value: v.Typed(name, stored), Error: v.Problems[name]}
}

func (v AwardView) day(name, label, hint, stored string) nhs.Input {
	if hint == "" {
		hint = "For example, 31 3 2027"
	}
	return nhs.Input{Name: name, Label: label, Hint: hint, Width: 10, Value: v.Typed(name, stored), Error: v.Problems[name]}
}

func (v AwardView) line(name, label, hint, stored string) nhs.Input {
	return nhs.Input{Name: name, Label: label, Hint: hint, Value: v.Typed(name, stored), Error: v.Problems[name]}
}

// name is the field for a typed signature.
func (v AwardView) name(hint string) nhs.Input {
	return nhs.Input{Name: "name", Label: "Your full name", Hint: hint, Autocomplete: "name", Value: v.Typed("name", ""), Error: v.Problems["name"]}
}

// files are the files at a place, and the form that brings another where the reader may.
func (v AwardView) files(place, back string, may bool) []templ.Component {
	t := nhs.Table{ID: "files", Caption: "Files", CaptionSize: nhs.Medium, RowHeaders: true, Columns: []nhs.Column{{Heading: "File"}, {Heading: "Added by"}}}
	for _, k := range v.At(place) {
		t.Rows = append(t.Rows, []nhs.Cell{fileCell(v, k), {Text: v.People[k.UploadedBy] + ", " + uktime.Moment(k.UploadedAt)}})
	}
	var blocks []templ.Component
	if len(t.Rows) > 0 {
		blocks = append(blocks, t)
	}
	if may {
		blocks = append(blocks, awardForm{
			Action: v.path(back), File: true, Hidden: [][2]string{{"place", place}},
			Fields:  []templ.Component{nhs.FileUpload{Name: "file", Label: "Add a file as evidence", Hint: "PDF, Word, Excel, PowerPoint, CSV, text, mail or picture, up to 25 MB", Error: v.Problems["file"]}},
			Buttons: []nhs.Button{button("file", "Add the file", nhs.Secondary)},
		})
	}
	return blocks
}

func fileCell(v AwardView, k upload.Kept) nhs.Cell {
	return nhs.Cell{Text: k.Name, Href: v.path("/files/" + string(k.ID))}
}
