package form

import "strings"

// telephoneKind is a telephone number, as people write it, with an extension.
func telephoneKind() behaviour {
	return lineKind(func(q *Question, text string) string {
		number, extension, _ := strings.Cut(strings.ToLower(text), "ext")
		if n := telephoneDigits(number); n < 7 || n > 15 || telephoneDigits(extension) < 0 {
			return q.Name() + " must be a telephone number, like 01632 960 001 or +44 808 157 0192"
		}
		return ""
	})
}

// telephoneDigits counts digits; -1 if something stands there that no number holds.
func telephoneDigits(text string) int {
	n := 0
	for i, c := range strings.TrimSpace(text) {
		switch {
		case c >= '0' && c <= '9':
			n++
		case strings.ContainsRune(" ().-", c), c == '+' && i == 0:
		default:
			return -1
		}
	}
	return n
}
