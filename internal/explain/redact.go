package explain

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Lengths from which a text that is withheld in one place is looked for in all others. Shorter ones, such as a score of 4, stand everywhere
// with other meanings.
const (
	leastName  = 4
	leastWords = 20
)

// Redact withholds what is tagged with one of the exemptions, and whatever of it is said again elsewhere in the story: names, and texts of
// twenty characters and more. Nothing of what is withheld is in what it returns. Where nothing is withheld the story is as it was.
func Redact(s Story, apply []Exemption) (Story, []Count) {
	out := s.clone()
	var hidden []secret
	out.each(func(l *Line) {
		for i := range *l {
			t := &(*l)[i]
			by := slices.IndexFunc(t.Exempt(), func(e Exemption) bool { return slices.Contains(apply, e) })
			if by < 0 || t.Words == "" {
				continue
			}
			under := t.Exempt()[by]
			if t.worth() {
				hidden = append(hidden, secret{t.Words, spelled(t.Words), under})
			}
			*t = Text{Kind: t.Kind, Withheld: under}
		}
	})
	// The longest first: what is part of a longer text goes with it.
	slices.SortStableFunc(hidden, func(a, b secret) int {
		return cmp.Or(cmp.Compare(len(b.spelled), len(a.spelled)), cmp.Compare(a.spelled, b.spelled))
	})
	hidden = slices.CompactFunc(hidden, func(a, b secret) bool { return a.spelled == b.spelled })
	out.each(func(l *Line) { *l = l.without(hidden) })
	return out, out.counts()
}

// secret is a text that is withheld, with one spelling for all cases and spaces, and the exemption that it is withheld under.
type secret struct {
	words, spelled string
	under          Exemption
}

func spelled(text string) string { return strings.ToLower(strings.Join(strings.Fields(text), " ")) }

// worth reports whether a text is looked for elsewhere.
func (t Text) worth() bool {
	n := utf8.RuneCountInString(spelled(t.Words))
	return n >= leastWords || t.Personal() && n >= leastName
}

// pattern finds the text in any case and with any space between its words.
func (s secret) pattern() *regexp.Regexp {
	words := strings.Fields(s.words)
	for i := range words {
		words[i] = regexp.QuoteMeta(words[i])
	}
	return regexp.MustCompile(`(?i)` + strings.Join(words, `\s+`))
}

// without takes out of a line what is withheld elsewhere, also where it goes across pieces.
func (l Line) without(hidden []secret) Line {
	pieces := l.joined()
	said := pieces.spelled()
	for _, s := range hidden {
		if strings.Contains(said, s.spelled) {
			pieces = pieces.cut(s)
			l, said = pieces, pieces.spelled()
		}
	}
	return l
}

// spelled is what a line says in one spelling, with a mark where something is withheld.
func (l Line) spelled() string {
	parts := make([]string, len(l))
	for i, t := range l {
		parts[i] = spelled(t.Words)
	}
	return strings.Join(parts, "\x00")
}

// cut withholds a text wherever a line of joined pieces says it.
func (l Line) cut(s secret) Line {
	var out Line
	for _, t := range l {
		at := 0
		for _, hit := range s.pattern().FindAllStringIndex(t.Words, -1) {
			if hit[0] > at {
				out = append(out, Text{Words: t.Words[at:hit[0]]})
			}
			out = append(out, Text{Withheld: s.under})
			at = hit[1]
		}
		if at == 0 {
			out = append(out, t)
		} else if at < len(t.Words) {
			out = append(out, Text{Words: t.Words[at:]})
		}
	}
	return out
}

// joined puts pieces that are not withheld and follow one another together, so that nothing hides between them.
func (l Line) joined() Line {
	var out Line
	for _, t := range l {
		if n := len(out); n > 0 && t.Withheld == 0 && out[n-1].Withheld == 0 {
			out[n-1] = Text{Words: out[n-1].Words + t.Words}
			continue
		}
		out = append(out, t)
	}
	return out
}

// counts says how many places are withheld under which section, in the order of the Act.
func (s *Story) counts() []Count {
	by := map[Exemption]int{}
	s.each(func(l *Line) {
		for _, t := range *l {
			if t.Withheld != 0 {
				by[t.Withheld]++
			}
		}
	})
	var all []Count
	for _, e := range Exemptions() {
		if by[e] > 0 {
			all = append(all, Count{e, by[e]})
		}
	}
	return all
}
