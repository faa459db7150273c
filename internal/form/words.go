package form

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// name is the question in the middle of a sentence: "plain-English summary", or its text in quotation marks where it has no
// short name. A first word that is not all small letters but its first, such as NICE, keeps its capital.
func name(q *Question) string {
	if q.Short == "" {
		return "“" + strings.TrimRight(q.Text, ".:") + "”"
	}
	first, size := utf8.DecodeRuneInString(q.Short)
	word, _, _ := strings.Cut(q.Short[size:], " ")
	if strings.ToLower(word) != word || word == "" {
		return q.Short
	}
	return string(unicode.ToLower(first)) + q.Short[size:]
}

// Name is the question at the beginning of a sentence.
func (q *Question) Name() string {
	if q.Short == "" {
		return name(q)
	}
	first, size := utf8.DecodeRuneInString(q.Short)
	return string(unicode.ToUpper(first)) + q.Short[size:]
}

func askToEnter(q *Question) string {
	if q.Short == "" {
		return "Answer " + name(q)
	}
	return "Enter " + name(q)
}

func askToSelect(q *Question) string {
	if q.Short == "" {
		return "Select an answer to " + name(q)
	}
	return "Select " + name(q)
}

// What browsers and Unicode do not agree on: the first is white space to browsers alone, the second to Unicode alone.
const (
	byteOrderMark = '\uFEFF'
	nextLine      = '\u0085'
)

// Words counts the words of a text: what stands between white space, as browsers know it, so that the counter beside a text says the
// same. A dash that stands alone is a word, two words joined by one are one word; this is how word processors count.
func Words(text string) int {
	n, inside := 0, false
	for _, r := range text { // counted without cutting the text up: applications are long
		space := r == ' ' || r == '\n' || r >= utf8.RuneSelf && (unicode.IsSpace(r) && r != nextLine || r == byteOrderMark) || r < ' ' && unicode.IsSpace(r)
		if !space && !inside {
			n++
		}
		inside = !space
	}
	return n
}

// Characters counts the characters of a text as browsers do: in units of UTF-16, of which an emoji has two or more. A line break is one.
func Characters(text string) int {
	n := 0
	for _, r := range text {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}

func plural(n int, one, many string) string {
	if n == 1 {
		return fmt.Sprintf("%d %s", n, one)
	}
	return fmt.Sprintf("%d %s", n, many)
}

// unclean reports whether a text holds what no answer may: broken UTF-8, or control characters other than tab and line break.
func unclean(text string) bool {
	return !utf8.ValidString(text) || strings.ContainsFunc(text, control)
}

func control(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }

// clean makes a typed text fit to be shown again: line breaks of one kind, nothing that is not text, no white space around it.
func clean(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.ReplaceAll(text, "\r", "\n")
	text = strings.ToValidUTF8(text, "\uFFFD")
	text = strings.Map(func(r rune) rune {
		if control(r) {
			return -1
		}
		return r
	}, text)
	return strings.TrimSpace(text)
}
