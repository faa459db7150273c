package form

import (
	"net/mail"
	"strings"
)

// emailKind is an e-mail address: name@example.org, without a display name.
func emailKind() behaviour {
	return lineKind(func(q *Question, text string) string {
		a, err := mail.ParseAddress(text)
		_, domain, _ := strings.Cut(text, "@")
		if err != nil || a.Address != text || !strings.Contains(strings.Trim(domain, "."), ".") || len(text) > 254 {
			return q.Name() + " must be an email address, like name@example.org"
		}
		return ""
	})
}
