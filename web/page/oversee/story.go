package oversee

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"adoptionfund/internal/explain"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Explained is the whole story of an application, or the copy of it that could be released.
type Explained struct {
	explain.Told

	Paper      bool // as a PDF file
	MayPrint   bool
	MayRelease bool // make the file of a copy for release
	MayView    bool // the audit trail
}

// Head is what the frame shows.
func (p Explained) Head() shared.Head {
	h := shared.Head{Title: string(p.Ref) + " explained", Caption: "How it was decided, and why", Wide: true}
	if !p.Paper {
		h.Crumbs = trailCrumbs()
	}
	return h
}

// Footer stands on every sheet.
func (p Explained) Footer() string {
	return fmt.Sprintf("%s explained. %s. Made %s. Trail %d, %s", p.Ref, p.Marking(), uktime.Moment(p.Made), p.Told.Head.Seq, short(p.Told.Head.Digest))
}

func (p Explained) path() string { return storyAddress(p.Ref) }

// file is the address of the same copy as a PDF file.
func (p Explained) file() string {
	address := p.path() + "/explanation.pdf"
	if !p.Release {
		return address
	}
	q := url.Values{"copy": {"release"}, "chosen": {"yes"}}
	for _, e := range p.Applied {
		q.Add("withhold", strconv.Itoa(int(e)))
	}
	return address + "?" + q.Encode()
}

// longestWord is how long a word is that still stands in a narrow column; a longer one, such as a digest, is broken anywhere.
const longestWord = 30

func toldClass(l explain.Line) string {
	for _, t := range l {
		for word := range strings.FieldsSeq(t.Words) {
			if len(word) > longestWord {
				return "af-told af-wrap"
			}
		}
	}
	return "af-told"
}

// longestOpen is how long a part may be that is shown at once, about a screen of a telephone; lineHeight is what any line takes, in
// characters.
const (
	longestOpen = 600
	lineHeight  = 40
)

// folds reports whether something that is long is folded: on a screen it is, on paper nothing is.
func (p Explained) folds(long bool) bool { return long && !p.Paper }

// length is how much there is to read in a part, in characters. What is in short is short.
func length(s explain.Section) int {
	if s.ID == explain.InShort {
		return 0
	}
	n := 0
	s.Each(func(l *explain.Line) {
		for _, t := range *l {
			n += len(t.Words)
		}
		n += lineHeight
	})
	return n
}

// mostNamed is how many things in a fold its summary names.
const mostNamed = 3

// foldWords say what is folded: headings and captions, or where there are none what is told.
func foldWords(s explain.Section) string {
	var heads, labels []string
	for _, b := range s.Blocks {
		if b.Heading != "" {
			heads = append(heads, b.Heading)
		}
		if b.Table != nil {
			heads = append(heads, b.Table.Caption)
		}
		for _, f := range b.Facts {
			labels = append(labels, f.Label)
		}
	}
	if len(heads) == 0 {
		heads = labels
	}
	words := "Show: " + strings.Join(heads[:min(len(heads), mostNamed)], "; ")
	if more := len(heads) - mostNamed; more > 0 {
		words += fmt.Sprintf("; and %d more", more)
	}
	return words
}

func (p Explained) timelineWords() string {
	return fmt.Sprintf("Show: all that happened, %d entries", len(p.Timeline))
}

// stamp is what says of the copy what it is.
func (p Explained) stamp() nhs.SummaryList {
	head := fmt.Sprintf("Event %d, digest %s", p.Told.Head.Seq, p.Told.Head.Digest)
	if p.Kept {
		head += ". That event is the making of this copy"
	}
	rows := []nhs.SummaryRow{
		{Key: "Marking", Content: bold(p.Marking())},
		{Key: "Copy", Value: p.Withholds()},
		{Key: "Made", Value: uktime.Moment(p.Made)},
		{Key: "Made by", Content: lineOf(p.Maker)},
		{Key: "Head of the audit trail", Content: anywhere(head)},
	}
	if p.Notice != "" {
		rows = append(rows, nhs.SummaryRow{Key: "Notice", Value: p.Notice})
	}
	return nhs.SummaryList{Rows: rows}
}

// exemptions are the boxes that are ticked for what is to be withheld.
func (p Explained) exemptions() nhs.Checkboxes {
	c := nhs.Checkboxes{Name: "withhold", Legend: "Exemptions to apply", Size: nhs.Small, Compact: true, Hint: "Those that are ticked are applied wherever they are tagged. All are until you choose."}
	applied := p.Applied
	if !p.Release {
		applied = explain.Exemptions()
	}
	for _, e := range explain.Exemptions() {
		value := strconv.Itoa(int(e))
		c.Options = append(c.Options, nhs.Option{Value: value, Label: "Section " + e.Section() + ", " + e.Words()})
		if slices.Contains(applied, e) {
			c.Values = append(c.Values, value)
		}
	}
	return c
}

func (p Explained) tags() nhs.Table {
	t := nhs.Table{ID: "kinds", Caption: "What is tagged, by what it is", CaptionHidden: true, Compact: true, Columns: []nhs.Column{{Heading: "What it is"}, {Heading: "Tagged"}}}
	for _, k := range explain.Kinds() {
		tagged := "Never withheld for what it is"
		for i, e := range k.Exempt {
			if i == 0 {
				tagged = "Section " + e.Section()
			} else {
				tagged += ", else section " + e.Section()
			}
		}
		t.Rows = append(t.Rows, nhs.Cells(k.Is, tagged))
	}
	return t
}

func (p Explained) places() int {
	n := 0
	for _, c := range p.Counts {
		n += c.Places
	}
	return n
}

func (p Explained) timeline() nhs.Table {
	t := nhs.Table{ID: "timeline", Caption: "Everything that happened, the first first", CaptionSize: nhs.Small, CaptionHidden: !p.Paper, Compact: true, Columns: []nhs.Column{{Heading: "When"}, {Heading: "What"}, {Heading: "State"}, {Heading: "By which rule"}, {Heading: "By whom"}}}
	for _, e := range p.Timeline {
		t.Rows = append(t.Rows, []nhs.Cell{{Text: uktime.Moment(e.At)}, {Content: lineOf(e.What)}, {Content: lineOf(e.Way)}, {Content: lineOf(e.Rule)}, {Content: lineOf(e.Who)}})
	}
	return t
}

func factsOf(b explain.Block) nhs.SummaryList {
	var s nhs.SummaryList
	for _, f := range b.Facts {
		s.Rows = append(s.Rows, nhs.SummaryRow{Key: f.Label, Content: lineOf(f.Value)})
	}
	return s
}

func tableOf(section string, n int, t *explain.Table) nhs.Table {
	out := nhs.Table{ID: fmt.Sprintf("%s-%d", section, n), Caption: t.Caption, CaptionSize: nhs.Small, Compact: true, Empty: t.Empty}
	for _, c := range t.Columns {
		out.Columns = append(out.Columns, nhs.Column{Heading: c})
	}
	for _, row := range t.Rows {
		cells := make([]nhs.Cell, len(row))
		for i, l := range row {
			cells[i] = nhs.Cell{Content: lineOf(l)}
		}
		out.Rows = append(out.Rows, cells)
	}
	return out
}
