package letter

import (
	"slices"
	"strings"
)

// BlockKind is what a block of a letter is.
type BlockKind string

// The kinds of blocks.
const (
	Heading   BlockKind = "heading"
	Paragraph BlockKind = "paragraph"
	Item      BlockKind = "item" // of a list; items that follow one another are one list
)

// Block is a heading, a paragraph or an item of a list.
type Block struct {
	Kind BlockKind
	Text string // a paragraph may have several lines
}

// Doc is a letter's text: the one source of its page, its PDF file and its plain text.
type Doc []Block

// The marks that begin a line of a letter as it is kept and as templates are written: "# " a heading, "* " an item. A line of a paragraph
// that begins with one of them, or with a backslash, has a backslash before it.
const (
	headingMark = "# "
	itemMark    = "* "
	escape      = `\`
)

// Text writes the letter as it is kept.
func (d Doc) Text() string {
	var b strings.Builder
	for i, block := range d {
		if i > 0 && !d.goesOn(i) {
			b.WriteString("\n")
		}
		switch block.Kind {
		case Heading:
			b.WriteString(headingMark + oneLine(block.Text) + "\n")
		case Item:
			b.WriteString(itemMark + oneLine(block.Text) + "\n")
		case Paragraph:
			for line := range strings.SplitSeq(paragraphText(block.Text), "\n") {
				b.WriteString(escaped(line) + "\n")
			}
		}
	}
	return b.String()
}

// Plain is the letter for those who read plain text.
func (d Doc) Plain() string {
	var b strings.Builder
	for i, block := range d {
		if i > 0 && !d.goesOn(i) {
			b.WriteString("\n")
		}
		switch block.Kind {
		case Heading:
			b.WriteString(strings.ToUpper(block.Text) + "\n")
		case Item:
			b.WriteString("- " + block.Text + "\n")
		case Paragraph:
			b.WriteString(block.Text + "\n")
		}
	}
	return b.String()
}

// goesOn reports whether a block goes on with the list of the one before.
func (d Doc) goesOn(i int) bool { return i > 0 && d[i].Kind == Item && d[i-1].Kind == Item }

// Lists gives the blocks in runs: the items of one list together, every other block alone.
func (d Doc) Lists() []Doc {
	var runs []Doc
	for i, block := range d {
		if d.goesOn(i) {
			runs[len(runs)-1] = append(runs[len(runs)-1], block)
			continue
		}
		runs = append(runs, Doc{block})
	}
	return runs
}

// ReadDoc reads a letter as it is kept.
func ReadDoc(text string) Doc {
	var d Doc
	for _, p := range pieces(text) {
		lines := strings.Split(p.text, "\n")
		for i, line := range lines {
			lines[i] = strings.TrimPrefix(line, escape)
		}
		d = append(d, Block{p.kind, strings.Join(lines, "\n")})
	}
	return d
}

// piece is a block as it is written, with the line on which it begins.
type piece struct {
	kind BlockKind
	text string // without the mark; lines of a paragraph are still escaped
	line int
}

// pieces takes a text apart into what its lines mark.
func pieces(text string) []piece {
	var all []piece
	open := false // a paragraph that the next line goes on with
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimRight(line, " \t\r")
		kind, rest := marked(line)
		switch {
		case line == "":
			open = false
			continue
		case kind == Paragraph && open:
			all[len(all)-1].text += "\n" + rest
			continue
		}
		all = append(all, piece{kind, rest, n + 1})
		open = kind == Paragraph
	}
	return all
}

func marked(line string) (kind BlockKind, rest string) {
	switch {
	case line == "#", strings.HasPrefix(line, headingMark):
		return Heading, strings.TrimSpace(strings.TrimPrefix(line, "#"))
	case line == "*", line == "-", strings.HasPrefix(line, itemMark), strings.HasPrefix(line, "- "):
		return Item, strings.TrimSpace(line[1:])
	}
	return Paragraph, line
}

func escaped(line string) string {
	if kind, _ := marked(line); kind != Paragraph || strings.HasPrefix(line, escape) {
		return escape + line
	}
	return line
}

// paragraphText is text as a paragraph can hold it: lines without space at their ends, none of them empty.
func paragraphText(text string) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimRight(line, " \t\r"); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// prose makes blocks of text that somebody wrote: paragraphs where it has empty lines. Nothing in it is a mark or a field.
func prose(text string) Doc {
	var d Doc
	for part := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if part = paragraphText(part); part != "" {
			d = append(d, Block{Paragraph, part})
		}
	}
	return d
}

// withoutEmptyHeadings leaves out headings under which nothing stands.
func withoutEmptyHeadings(d Doc) Doc {
	return slices.Collect(func(yield func(Block) bool) {
		for i, block := range d {
			if block.Kind == Heading && (i+1 == len(d) || d[i+1].Kind == Heading) {
				continue
			}
			if !yield(block) {
				return
			}
		}
	})
}
