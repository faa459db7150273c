package filled

import (
	"slices"
	"strings"

	"adoptionfund/internal/form"
)

// segment is what stands between two bars or line ends in a cell of options.
type segment struct {
	text    string
	marked  bool // in bold, underlined or highlighted
	struck  bool
	crossed bool // beside a tick or a cross
	empty   bool // beside an empty box
	option  string
	close   bool   // the option is in other words than ours
	rest    string // what is typed after the option
}

// piece is a segment while its characters are counted.
type piece struct {
	text                    strings.Builder
	letters, struck, marked int
}

func (p *piece) add(r rune, style Run) {
	p.text.WriteRune(r)
	if r == ' ' {
		return
	}
	p.letters++
	if style.Struck {
		p.struck++
	}
	if style.Marked {
		p.marked++
	}
}

// segments takes a cell of options apart. A segment is struck out if all of it is, and marked if most of it is.
func segments(c Cell) []segment {
	pieces := []*piece{{}}
	for _, run := range c.Runs {
		for _, r := range run.Text {
			if r == '|' || r == '\n' {
				pieces = append(pieces, &piece{})
				continue
			}
			pieces[len(pieces)-1].add(r, run)
		}
	}
	var list []segment
	for _, p := range pieces {
		if p.letters > 0 {
			list = append(list, segment{text: strings.TrimSpace(p.text.String()), struck: p.struck == p.letters, marked: 2*p.marked >= p.letters})
		}
	}
	return list
}

// signs are how people tick and cross by keyboard.
var (
	crosses = []string{"☒", "☑", "✗", "✘", "✓", "✔", "✕", "✖", "×", "[x]", "(x)", "[ x ]", "<x>", "🗹", "🗵"} //nolint:gochecknoglobals // a table
	boxes   = []string{"☐", "□", "[ ]", "[]", "( )", "()"}                                                  //nolint:gochecknoglobals // a table
)

// read finds the option that a segment is, and how it is marked.
func (s *segment) read(q *form.Question) {
	text := s.text
	for _, sign := range crosses {
		if before := text; strings.Contains(strings.ToLower(text), sign) {
			text = replaceFold(before, sign)
			s.crossed = true
		}
	}
	for _, box := range boxes {
		if strings.Contains(text, box) {
			text, s.empty = strings.ReplaceAll(text, box, " "), true
		}
	}
	if bare := strings.TrimSpace(text); !s.crossed {
		words := strings.Fields(bare)
		if n := len(words); n > 1 && strings.EqualFold(words[0], "x") {
			bare, s.crossed = strings.Join(words[1:], " "), true
		} else if n > 1 && strings.EqualFold(words[n-1], "x") {
			bare, s.crossed = strings.Join(words[:n-1], " "), true
		}
		text = bare
	}
	if o, ok := begins(q, text); ok {
		s.option, s.rest = o.Value, after(text, o.Label)
		return
	}
	if o, ok := resembles(q, text); ok {
		s.option, s.close = o.Value, true
	}
}

// resembles finds the option most of whose words a short text has: the published forms word some choices otherwise than our sets do.
func resembles(q *form.Question, text string) (form.Option, bool) {
	var found form.Option
	most := 0.5
	if len(strings.Fields(text)) > 12 {
		return found, false
	}
	for _, o := range q.Options {
		if share := min(overlap(text, o.Label), overlap(o.Label, text)); share >= most {
			found, most = o, share+0.01
		}
	}
	return found, found.Value != ""
}

func replaceFold(text, sign string) string {
	i := strings.Index(strings.ToLower(text), sign)
	if i < 0 || i+len(sign) > len(text) {
		return text
	}
	return text[:i] + " " + text[i+len(sign):]
}

// begins finds the option that a text is, or begins with as a sentence does.
func begins(q *form.Question, text string) (form.Option, bool) {
	words := plain(text)
	var found form.Option
	longest := 0
	for _, o := range q.Options {
		for _, name := range []string{plain(o.Label), plain(strings.ReplaceAll(o.Value, "_", " "))} {
			if (words == name || strings.HasPrefix(words, name+" ")) && len(name) > longest {
				found, longest = o, len(name)
			}
		}
	}
	return found, longest > 0
}

// after is what a text says after an option, without what separates the two.
func after(text, label string) string {
	n := len(strings.Fields(plain(label)))
	words := strings.Fields(text)
	if label == "Other (please describe)" {
		n = 1
		if rest := strings.TrimSpace(strings.Join(words[min(n, len(words)):], " ")); strings.HasPrefix(strings.ToLower(rest), "(please") {
			_, rest, _ = strings.Cut(rest, ")")
			return strings.TrimLeft(rest, " :–-")
		}
	}
	return strings.TrimLeft(strings.Join(words[min(n, len(words)):], " "), " :–-")
}

// chosen finds the option, or the options, that a cell chooses; why is empty if it chooses none.
func chosen(q *form.Question, c Cell) (form.Value, bool, string) {
	all := segments(c)
	for i := range all {
		all[i].read(q)
		if s := all[i]; s.option == "" && s.crossed && !s.struck {
			return form.Value{}, false, "" // a choice in words that are not known is marked
		}
	}
	for _, way := range []struct {
		why  string
		pick func(s segment) bool
	}{
		{"Marked with a tick or a cross", func(s segment) bool { return s.crossed }},
		{"The other choices are struck out", func(s segment) bool { return anyStruck(all) && !s.struck }},
		{"In bold, underlined or highlighted", func(s segment) bool { return s.marked && anyPlain(all) }},
	} {
		if v, n := values(q, all, way.pick); n > 0 {
			return v, certain(q, all, n), way.why
		}
	}
	return left(q, all)
}

// certain reports whether so many choices can hardly mean anything else: one, or several where several may be chosen, of which all are in
// our words. Where a choice may stand in others, so that what is left would be counted wrong, it is not.
func certain(q *form.Question, all []segment, n int) bool {
	common := q.Kind == form.KindYesNo || q.Kind == form.KindFile
	for _, s := range all {
		if s.close || s.option == "" && !common {
			return false
		}
	}
	return n == 1 || q.Kind == form.KindMultiChoice
}

func anyStruck(all []segment) bool {
	return slices.ContainsFunc(all, func(s segment) bool { return s.struck && s.option != "" })
}

func anyPlain(all []segment) bool {
	return slices.ContainsFunc(all, func(s segment) bool { return !s.marked && s.option != "" })
}

// left is the answer where nothing is marked: the choices that were not deleted, or what was typed over or under them.
func left(q *form.Question, all []segment) (form.Value, bool, string) {
	times := map[string]int{}
	said := false // something was typed after an option
	for _, s := range all {
		if s.option != "" && !s.struck {
			times[s.option]++
			said = said || s.rest != ""
		}
	}
	there := func(s segment) bool { return !s.struck }
	switch {
	case len(times) == 0:
		return other(q, all)
	case len(times) < len(q.Options):
		v, n := values(q, all, there)
		why := "The other choices are deleted"
		if said {
			why = "Typed over the options"
		}
		return v, certain(q, all, n), why
	}
	again := func(s segment) bool { return times[s.option] > 1 || s.rest != "" && s.option != form.Other }
	if v, n := values(q, all, again); n > 0 {
		return v, n == 1, "Typed under the options"
	}
	return form.Value{}, false, ""
}

// other is a text in place of the options, where "other" may be described.
func other(q *form.Question, all []segment) (form.Value, bool, string) {
	var lines []string
	for _, s := range all {
		if !s.struck && !prompts.MatchString(s.text) {
			lines = append(lines, s.text)
		}
	}
	text := oneLine(strings.Join(lines, " "))
	if text == "" || !q.AllowOther {
		return form.Value{}, false, ""
	}
	return form.Value{Choices: []string{form.Other}, Other: text}, false, "Typed over the options"
}

// values are the options of the segments that are picked, in the order of the form, and how many they are.
func values(q *form.Question, all []segment, pick func(segment) bool) (form.Value, int) {
	v := form.Value{}
	for _, o := range q.Options {
		i := slices.IndexFunc(all, func(s segment) bool { return s.option == o.Value && pick(s) })
		if i < 0 {
			continue
		}
		v.Choices = append(v.Choices, o.Value)
		if o.Value == form.Other {
			v.Other = all[i].rest
		}
	}
	n := len(v.Choices)
	if n > 1 && q.Kind != form.KindMultiChoice {
		v.Choices = v.Choices[:1]
	}
	return v, n
}

// marked reports whether one option is crossed, bold, or alone in a cell.
func marked(c Cell, option string) bool {
	q := &form.Question{Options: []form.Option{{Value: option, Label: strings.ReplaceAll(option, "_", " ")}}}
	for _, s := range segments(c) {
		s.read(q)
		if s.option != "" && (s.crossed || s.marked) {
			return true
		}
	}
	return false
}
