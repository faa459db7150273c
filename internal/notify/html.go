package notify

import (
	"html"
	"regexp"
	"strings"
)

// link is an address in the text of a mail; a full stop or bracket after it is none of it.
var link = regexp.MustCompile(`https?://[^\s<>"]*[^\s<>".,;:!?)]`)

// HTML is a mail's text for programs that show HTML: the same words, with its language, paragraphs and links that can be followed. Both are made
// from one text, so that nobody reads less or more.
func (m Mail) HTML() string {
	var b strings.Builder
	b.WriteString(`<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><title>` + html.EscapeString(m.Subject) + `</title></head>` +
		`<body style="font-family:Arial,sans-serif;font-size:16px;line-height:1.5;color:#212b32;max-width:40em">`)
	for part := range strings.SplitSeq(strings.ReplaceAll(m.Body, "\r\n", "\n"), "\n\n") {
		if part = strings.TrimSpace(part); part != "" {
			b.WriteString("<p>" + strings.ReplaceAll(linked(part), "\n", "<br>") + "</p>")
		}
	}
	b.WriteString("</body></html>")
	return b.String()
}

func linked(text string) string {
	var b strings.Builder
	last := 0
	for _, at := range link.FindAllStringIndex(text, -1) {
		address := html.EscapeString(text[at[0]:at[1]])
		b.WriteString(html.EscapeString(text[last:at[0]]) + `<a href="` + address + `">` + address + `</a>`)
		last = at[1]
	}
	return b.String() + html.EscapeString(text[last:])
}
