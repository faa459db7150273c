package nhs

import (
	"context"
	"io"
	"strconv"

	"adoptionfund/internal/form"
)

// Input is a line of text. Type is text if empty.
type Input struct {
	Name, ID, Label, Hint, Error string
	Value                        string
	Size                         Size
	Heading, LabelHidden         bool
	Type                         string // email, tel, url, search, …
	Autocomplete                 string // what browsers may fill in, such as email or organization
	Inputmode                    string // numeric, decimal, …
	Prefix, Suffix               string
	Width                        int // in characters: 2, 3, 4, 5, 10, 20 or 30; 0 is the whole column
	NoSpellcheck                 bool
	DescribedBy                  string
	List                         string // id of a datalist
	Lookup, LookupLabel          string // address that offers organisations while typing, and the name that belongs to Value
}

func (i Input) control() control {
	return control{
		id: orName(i.ID, i.Name), label: i.Label, hint: i.Hint, problem: i.Error, size: i.Size,
		heading: i.Heading, hidden: i.LabelHidden, describedBy: i.DescribedBy,
	}
}

func (i Input) class() string {
	width := ""
	if i.Width > 0 {
		width = "nhsuk-input--width-" + strconv.Itoa(i.Width)
	}
	return classes("nhsuk-input", when(i.Error != "", "nhsuk-input--error"), width)
}

func (i Input) kind() string {
	if i.Type == "" {
		return "text"
	}
	return i.Type
}

// Render writes it.
func (i Input) Render(ctx context.Context, w io.Writer) error { return render(ctx, w, i.view()) }

// Money is an amount of pounds as people type it.
type Money struct {
	Name, ID, Label, Hint, Error, Value string
	Size                                Size
	LabelHidden                         bool
}

// Render writes it.
func (m Money) Render(ctx context.Context, w io.Writer) error {
	return Input{
		Name: m.Name, ID: m.ID, Label: m.Label, Hint: m.Hint, Error: m.Error, Value: m.Value, Size: m.Size, LabelHidden: m.LabelHidden,
		Prefix: "£", Inputmode: "decimal", Width: 10, NoSpellcheck: true, Autocomplete: "off",
	}.Render(ctx, w)
}

// PasswordInput is a password; what was typed is never sent back.
type PasswordInput struct {
	Name, ID, Label, Hint, Error string
	Autocomplete                 string // default: current-password
}

func (p PasswordInput) control() control {
	return control{id: orName(p.ID, p.Name), label: p.Label, hint: p.Hint, problem: p.Error}
}

func (p PasswordInput) autocomplete() string {
	if p.Autocomplete == "" {
		return "current-password"
	}
	return p.Autocomplete
}

// Render writes it.
func (p PasswordInput) Render(ctx context.Context, w io.Writer) error {
	return render(ctx, w, p.view())
}

// Textarea is text of several lines. With MaxWords or MaxLength it counts them for those who have scripts.
type Textarea struct {
	Name, ID, Label, Hint, Error string
	Value                        string
	Size                         Size
	Heading, LabelHidden         bool
	Rows                         int // default 5
	MaxWords, MaxLength          int
	MinWords                     int // counted below the text; beside no other count
	DescribedBy                  string
}

func (t Textarea) counted() bool { return t.MaxWords > 0 || t.MaxLength > 0 }

func (t Textarea) control() control {
	id, described := orName(t.ID, t.Name), t.DescribedBy
	if t.counted() {
		described = classes(described, id+"-info")
	}
	if t.MinWords > 0 {
		described = classes(described, id+"-words")
	}
	return control{
		id: id, label: t.Label, hint: t.Hint, problem: t.Error, size: t.Size,
		heading: t.Heading, hidden: t.LabelHidden, describedBy: described,
	}
}

func (t Textarea) rows() string {
	if t.Rows > 0 {
		return strconv.Itoa(t.Rows)
	}
	return "5"
}

func (t Textarea) class() string {
	return classes("nhsuk-textarea", when(t.counted(), "nhsuk-js-character-count"), when(t.Error != "", "nhsuk-textarea--error"))
}

// enough says how many words there are, and how many are needed.
func (t Textarea) enough() string {
	switch n := form.Words(t.Value); {
	case n < t.MinWords:
		return strconv.Itoa(n) + " of at least " + strconv.Itoa(t.MinWords) + " words"
	case n == 1:
		return "1 word"
	default:
		return strconv.Itoa(n) + " words"
	}
}

func (t Textarea) limit() string {
	if t.MaxWords > 0 {
		return "You can enter up to " + strconv.Itoa(t.MaxWords) + " words"
	}
	return "You can enter up to " + strconv.Itoa(t.MaxLength) + " characters"
}

// Render writes it.
func (t Textarea) Render(ctx context.Context, w io.Writer) error { return render(ctx, w, t.view()) }

// FileUpload chooses a file from the person's device.
type FileUpload struct {
	Name, ID, Label, Hint, Error string
	Size                         Size
	Multiple                     bool
	Accept                       string // such as .pdf,.docx
	DescribedBy                  string
}

func (f FileUpload) control() control {
	return control{
		id: orName(f.ID, f.Name), label: f.Label, hint: f.Hint, problem: f.Error, size: f.Size, describedBy: f.DescribedBy,
	}
}

// Render writes it.
func (f FileUpload) Render(ctx context.Context, w io.Writer) error { return render(ctx, w, f.view()) }
