package apply

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/product"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Import is what was read from a filled-in DTAC form, to be taken answer by answer.
type Import struct {
	product.Imported
	Problems fault.Problems
	Ticked   []string // where the page is shown again
	Again    bool
}

// Head is what the frame shows.
func (p Import) Head() shared.Head {
	return shared.Head{
		Title: "Answers found in your file", Caption: "DTAC return of " + p.Product.Name + " " + p.Product.Version,
		Crumbs: inReturn(p.Product, "?form="+p.Form.ID),
	}
}

func (p Import) action() string { return returnAt(p.Product) + "/import" }

func (p Import) revision() string { return strconv.Itoa(p.Return.Revision) }

func (p Import) counted() string {
	sure := 0
	for _, found := range p.Proposals {
		if found.Ticked() {
			sure++
		}
	}
	return fmt.Sprintf("%s was read as %s. It seems to answer %d of %d questions; %d answers are certain enough to be ticked for you.",
		p.Import.Name, p.Form.Title+", version "+p.Form.Version, len(p.Proposals), len(p.Form.Questions()), sure)
}

func (p Import) ticked(found product.Proposed) bool {
	if p.Again {
		return slices.Contains(p.Ticked, string(found.Code))
	}
	return found.Ticked()
}

// silent are the questions to which the file gives nothing, in one line each.
func (p Import) silent() []string {
	var lines []string
	for _, code := range p.Import.Reading.Silent {
		if q, ok := p.Form.Question(code); ok {
			lines = append(lines, string(code)+" "+q.Text)
		}
	}
	return lines
}

func (p Import) absent() string {
	texts := make([]string, len(p.Import.Reading.Absent))
	for i, code := range p.Import.Reading.Absent {
		texts[i] = string(code)
	}
	return strings.Join(texts, ", ")
}

func (p Import) unknown() string { return strings.Join(p.Import.Reading.Unknown, ", ") }

// facts are an answer that was found, what stands now, and the cell it came from.
func (p Import) facts(found product.Proposed) nhs.SummaryList {
	stands := form.Display(found.Question, found.Stands)
	switch {
	case found.Same:
		stands = "The same"
	case stands == "":
		stands = "No answer"
	}
	rows := []nhs.SummaryRow{
		{Key: "In the file", Value: form.Display(found.Question, found.Value)}, {Key: "In the return now", Value: stands},
		{Key: "Where it was found", Value: fmt.Sprintf("Table %d, row %d, column %d. %s", found.Table, found.Row, found.Column, found.Why)},
		{Key: "Text of that cell", Value: found.Cell},
	}
	if found.Problem != "" {
		rows = append(rows, nhs.SummaryRow{Key: "To be put right", Value: found.Problem})
	}
	return nhs.SummaryList{Rows: rows}
}

func (p Import) box(found product.Proposed) nhs.Checkbox {
	hint := ""
	if !found.Sure {
		hint = "This is a guess. Compare it with your file."
	}
	return nhs.Checkbox{Name: "take", ID: "take-" + string(found.Code), Value: string(found.Code), Label: "Take this answer to " + string(found.Code), Hint: hint, Checked: p.ticked(found)}
}
