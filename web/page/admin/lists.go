package admin

import (
	"strconv"
	"strings"

	"adoptionfund/internal/otherfunding"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Lists is the page of the lists of other funding: what was imported, and the forms to import more.
type Lists struct {
	Imports                  []otherfunding.Import
	Text                     string // that was looked for
	Found                    []otherfunding.Match
	Problems                 map[string]string
	Typed                    func(name, stored string) string
	MayProgrammes, MayGrants bool
}

// Head tells the frame.
func (Lists) Head() shared.Head {
	return shared.Head{Title: "Lists of other funding", Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}}, Wide: true}
}

func (l Lists) imports() nhs.Table {
	t := nhs.Table{
		ID: "imports", Caption: "What was imported", CaptionSize: nhs.Medium, RowHeaders: true, Empty: "No list was imported yet.",
		Columns: []nhs.Column{{Heading: "List"}, {Heading: "What"}, {Heading: "Rows", Numeric: true}, {Heading: "Imported"}, {Heading: "By"}, {Heading: "SHA-256 of the file"}, {Heading: "Stands"}},
	}
	for _, i := range l.Imports {
		t.Rows = append(t.Rows, []nhs.Cell{
			{Text: i.List}, {Text: i.Source.Plural()}, {Text: strconv.FormatInt(i.Records, 10)}, {Text: uktime.Moment(i.ImportedAt)}, {Text: i.ImportedBy}, {Text: i.Digest[:min(len(i.Digest), 16)] + "…"}, {Content: stage(i.State)},
		})
	}
	return t
}

func stage(s otherfunding.State) nhs.Tag {
	switch s {
	case otherfunding.Standing:
		return nhs.Tag{Text: "Is searched", Colour: nhs.Green}
	case otherfunding.Staging:
		return nhs.Tag{Text: "Being read", Colour: nhs.Blue}
	case otherfunding.Failed:
		return nhs.Tag{Text: "Refused", Colour: nhs.Red}
	case otherfunding.Replaced, otherfunding.Swept:
	}
	return nhs.Tag{Text: "Removed", Colour: nhs.Grey}
}

func (l Lists) found() nhs.Table {
	t := nhs.Table{
		ID: "found", Caption: "Found for “" + l.Text + "”", CaptionSize: nhs.Small, RowHeaders: true, Empty: "Nothing was found.",
		Columns: []nhs.Column{{Heading: "What"}, {Heading: "Paid by"}, {Heading: "Organisation"}, {Heading: "Amount", Numeric: true}, {Heading: "List and row"}},
	}
	for _, m := range l.Found {
		t.Rows = append(t.Rows, []nhs.Cell{{Text: m.Label()}, {Text: m.Funder}, {Text: m.Organisation}, {Text: m.Amount.String()}, {Text: m.List + ", row " + strconv.FormatInt(m.Line, 10)}})
	}
	return t
}

// refused are the rows that are wrong with the list of a field.
func (l Lists) refused(field string) []string {
	if lines := strings.Split(l.Problems[field], "\n"); len(lines) > 1 {
		return lines
	}
	return nil
}

// file is the field for a list. Of many problems, the rows stand in a list above it.
func (l Lists) file(field, label, hint string) nhs.FileUpload {
	problem, _, many := strings.Cut(l.Problems[field], "\n")
	if many {
		problem = "Nothing was imported. First: " + problem
	}
	return nhs.FileUpload{Name: field, Label: label, Hint: hint, Error: problem, Accept: ".csv,.json"}
}

func (l Lists) name(field string) nhs.Input {
	name := field + "-name"
	return nhs.Input{Name: name, Label: "Name of the list (optional)", Hint: "The file’s name if you leave it empty. A list of the same name is replaced.", Value: l.Typed(name, ""), Error: l.Problems[name], Width: 30}
}
