// Package matching tells how likely it is that two descriptions of funding are of one thing: organisations by identifier and by name in
// any spelling, products and suppliers, and the likeness of texts. Each likeness is a reason in words with its weight.
//
// It owns how names are compared, which words an index keeps, which to ask it for, and how a candidate is scored: values in, values out.
// It leaves where candidates come from and what officers conclude to otherfunding.
package matching

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// fold writes a text in small letters without accents and apostrophes; everything else that is no letter or digit becomes a space.
func fold(text string) string {
	var b strings.Builder
	b.Grow(len(text) + 8)
	if strings.ContainsFunc(text, func(r rune) bool { return r >= 0x80 }) {
		text = norm.NFD.String(text)
	}
	for _, r := range text {
		switch {
		case r == '\'' || r == '’' || r == '‘' || unicode.Is(unicode.Mn, r):
		case r == '&' || r == '+':
			b.WriteString(" and ")
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(unicode.ToLower(r))
		default:
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// empty are words that say nothing of what a text is about.
func empty(word string) bool {
	switch word {
	case "a", "an", "the", "and", "or", "of", "for", "in", "on", "at", "to", "by", "with", "from", "as", "is", "are", "be", "was", "were", "that", "this", "it", "its",
		"their", "they", "who", "which", "will", "into", "per", "not", "no", "than", "more", "all", "we", "our", "has", "have", "can", "may", "after", "before", "nhs", "project",
		"programm", "fund", "grant", "support", "peopl", "patient", "use", "new", "care", "servic":
		return true
	}
	return len(word) < 2
}

// stem takes the commonest endings off, so that monitoring, monitored and monitors are one word.
func stem(word string) string {
	for _, r := range word {
		if unicode.IsDigit(r) {
			return word
		}
	}
	cut := func(suffix, instead string, least int) bool {
		if root, ok := strings.CutSuffix(word, suffix); ok && len(root) >= least {
			word = root + instead
			return true
		}
		return false
	}
	if !strings.HasSuffix(word, "ss") && !strings.HasSuffix(word, "us") && !strings.HasSuffix(word, "is") && !cut("ies", "y", 2) {
		cut("s", "", 3)
	}
	if !cut("ation", "", 5) && !cut("ing", "", 4) {
		cut("ed", "", 4)
	}
	cut("e", "", 4)
	return word
}

// Words gives the words of a text that say what it is about, in one spelling, each once.
func Words(text string) []string {
	var words []string
	seen := map[string]bool{}
	for word := range strings.FieldsSeq(fold(text)) {
		if word = stem(word); !empty(word) && !seen[word] && len(word) <= 40 {
			seen[word] = true
			words = append(words, word)
		}
	}
	return words
}

// asWritten gives words in the form in which they stand first in a folded text, in place of what is left of them for comparing.
func asWritten(words []string, text string) []string {
	first := map[string]string{}
	for word := range strings.FieldsSeq(text) {
		if root := stem(word); first[root] == "" {
			first[root] = word
		}
	}
	written := make([]string, len(words))
	for i, w := range words {
		if written[i] = first[w]; written[i] == "" {
			written[i] = w
		}
	}
	return written
}

// parted puts spaces into a name that is written as one word with capitals: HeartHome.
func parted(name string) string {
	var b strings.Builder
	var before rune
	for _, r := range name {
		if unicode.IsUpper(r) && unicode.IsLower(before) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		before = r
	}
	return b.String()
}

// joined writes a name as one word.
func joined(name string) string { return strings.Join(strings.Fields(fold(name)), "") }

// alike compares two words, from 0 to 1: the same, one an abbreviation of the other, or a slip of the pen.
func alike(a, b string) float64 {
	if a == b {
		return 1
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) >= 3 && strings.HasPrefix(b, a) {
		return 0.9
	}
	switch slips := distance(a, b, 2); {
	case slips == 1 && len(a) >= 4:
		return 0.85
	case slips == 2 && len(a) >= 7:
		return 0.75
	}
	return 0
}

// distance counts the letters to be changed, added, removed or swapped between two words, up to most; above it, most + 1.
func distance(a, b string, most int) int {
	x, y := []rune(a), []rune(b)
	if len(y)-len(x) > most || len(x)-len(y) > most {
		return most + 1
	}
	last, row := make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	var older []int
	for i := 1; i <= len(x); i++ {
		older, last, row = last, row, make([]int, len(y)+1)
		row[0] = i
		least := i
		for j := 1; j <= len(y); j++ {
			same := 1
			if x[i-1] == y[j-1] {
				same = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+same)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], older[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > most {
			return most + 1
		}
	}
	return min(row[len(y)], most+1)
}

// Rarity is how much a word tells: the rarer in all that is searched, the more.
type Rarity func(word string) float64

// likeness compares two lists of words, from 0 to 1, by the weight of those they share.
func likeness(a, b []string, rarity Rarity) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	var shared, whole float64
	for _, word := range a {
		w := rarity(word)
		whole += w
		if slices.Contains(b, word) {
			shared += 2 * w
		}
	}
	for _, word := range b {
		whole += rarity(word)
	}
	if whole == 0 {
		return 0
	}
	return shared / whole
}
