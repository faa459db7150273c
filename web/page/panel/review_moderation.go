package panel

import (
	"fmt"
	"strconv"
	"strings"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/review"
	"adoptionfund/internal/rubric"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Moderation is what the panel discusses.
type Moderation struct {
	Pages      []nhs.Link // the pages of the call that the one who looks may open
	Moderation review.Moderation
	Chosen     ident.Ref
	Problems   fault.Problems
	Typed      Typed
}

// Head is what the frame shows.
func (p Moderation) Head() shared.Head { return head("Moderation", p.Moderation.Call) }

func (p Moderation) table() nhs.Table {
	t := nhs.Table{
		ID: "moderation", Caption: "To discuss", CaptionSize: nhs.Medium, RowHeaders: true, Empty: "No application of this call is in moderation, and none has scores that are apart.",
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Title"}, {Heading: "State"}, {Heading: "Scores apart"}, {Heading: "Total", Numeric: true}},
	}
	for _, i := range p.Moderation.Items {
		var apart []string
		for _, d := range i.Parts {
			if d.Apart {
				apart = append(apart, string(d.Part.Code))
			}
		}
		t.Rows = append(t.Rows, []nhs.Cell{
			{Text: string(i.Ref), Href: address(p.Moderation.Call, "moderation", i.Ref) + "#discuss"}, {Text: i.Title}, {Content: state(i.State)}, {Text: strings.Join(apart, ", ")}, {Text: i.Totals.Total.String()},
		})
	}
	return t
}

// item is the application that is discussed.
func (p Moderation) item() *review.Item {
	for i := range p.Moderation.Items {
		if p.Moderation.Items[i].Ref == p.Chosen {
			return &p.Moderation.Items[i]
		}
	}
	if len(p.Moderation.Items) == 1 {
		return &p.Moderation.Items[0]
	}
	return nil
}

// scores are the scores of an item by part, in short.
func (p Moderation) scores(i *review.Item) nhs.Table {
	t := nhs.Table{
		ID: "scores", Caption: "Scores by part", CaptionSize: nhs.Small, RowHeaders: true, Compact: true,
		Columns: []nhs.Column{{Heading: "Part"}, {Heading: "Scores"}, {Heading: "Mean", Numeric: true}, {Heading: "Consensus"}, {Heading: "Apart"}},
	}
	for _, d := range i.Parts {
		given := make([]string, len(d.Scores))
		for n, s := range d.Scores {
			given[n] = s.Who + ": " + s.Label()
		}
		mean, agreed, apart := "", "", ""
		if d.Counts {
			mean = fmt.Sprintf("%.2f", d.Mean)
		}
		if d.Agreed != nil {
			agreed = d.Agreed.Label()
		}
		if d.Apart {
			apart = fmt.Sprintf("By %d", d.Spread())
		}
		t.Rows = append(t.Rows, nhs.Cells(string(d.Part.Code)+" "+d.Part.Title, strings.Join(given, "; "), mean, agreed, apart))
	}
	return t
}

// plain reports whether a part stands open on the page: its scores are apart, or something is wrong with what was typed.
func (p Moderation) plain(d review.Discussed) bool {
	code := string(d.Part.Code)
	return d.Apart || p.Problems[code] != "" || p.Problems[code+"-reason"] != ""
}

func (p Moderation) reasons(d review.Discussed) nhs.SummaryList {
	var list nhs.SummaryList
	for _, s := range d.Scores {
		list.Rows = append(list.Rows, nhs.SummaryRow{Key: s.Who + ": " + s.Label(), Value: s.Reason})
	}
	return list
}

func (p Moderation) agree(d review.Discussed) nhs.Radios {
	code := string(d.Part.Code)
	stored := ""
	if d.Agreed != nil {
		stored = d.Agreed.Label()
	}
	field := nhs.Radios{Name: code, Legend: "Consensus on " + code + ", " + d.Part.Title, Error: p.Problems[code], Value: p.Typed(code, stored), Size: nhs.Small, Inline: true, Compact: true}
	for score := range rubric.Highest + 1 {
		field.Options = append(field.Options, nhs.Option{Value: strconv.Itoa(score), Label: strconv.Itoa(score)})
	}
	return field
}

func (p Moderation) why(d review.Discussed) nhs.Textarea {
	code := string(d.Part.Code) + "-reason"
	stored := ""
	if d.Agreed != nil {
		stored = d.Agreed.Reason
	}
	return nhs.Textarea{Name: code, Label: "Reason for the consensus on " + string(d.Part.Code), Error: p.Problems[code], Value: p.Typed(code, stored), Rows: 3}
}
