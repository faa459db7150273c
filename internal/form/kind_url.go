package form

import (
	"net/url"
	"strings"
)

// urlKind is the address of a page on the web.
func urlKind() behaviour {
	return lineKind(func(q *Question, text string) string {
		u, err := url.Parse(text)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || !strings.Contains(u.Hostname(), ".") || u.User != nil ||
			strings.ContainsAny(text, " \t<>\"") {
			return q.Name() + " must be a web address, like https://www.example.org/page"
		}
		return ""
	})
}
