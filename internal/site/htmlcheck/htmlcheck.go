// Package htmlcheck finds in a page what no page of ours may have: what keeps people with assistive technology out, and what the
// Content-Security-Policy would stop. It knows nothing of what a page is about; contract tests call it for every page.
package htmlcheck

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// CheckPage returns a sentence for everything that is wrong with the page, in the order of the page.
func CheckPage(page string) []string {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return []string{"the page cannot be parsed: " + err.Error()}
	}
	c := &checker{ids: map[string]int{}, labelled: map[string]bool{}}
	c.collect(root)
	c.walk(root)
	c.whole()
	return c.problems
}

type checker struct {
	ids      map[string]int
	labelled map[string]bool // ids that a label is for
	counts   struct{ h1, title, main, banner, footer, lang, skip int }
	problems []string
}

func (c *checker) bad(format string, args ...any) {
	c.problems = append(c.problems, fmt.Sprintf(format, args...))
}

// collect gathers what elements refer to, before they are looked at.
func (c *checker) collect(n *html.Node) {
	if n.Type == html.ElementNode {
		if id, ok := attr(n, "id"); ok {
			c.ids[id]++
		}
		if id, ok := attr(n, "for"); ok && n.Data == "label" {
			c.labelled[id] = c.labelled[id] || words(n) != ""
		}
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		c.collect(child)
	}
}

func (c *checker) walk(n *html.Node) {
	if n.Type == html.ElementNode {
		c.count(n)
		c.attributes(n)
		c.references(n)
		c.element(n)
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		c.walk(child)
	}
}

func (c *checker) count(n *html.Node) {
	role, _ := attr(n, "role")
	switch n.Data {
	case "html":
		if lang, _ := attr(n, "lang"); lang != "" {
			c.counts.lang++
		}
	case "title":
		if n.Parent != nil && n.Parent.Data == "head" && words(n) != "" {
			c.counts.title++
		}
	case "h1":
		c.counts.h1++
	case "main":
		c.counts.main++
	}
	switch role {
	case "banner":
		c.counts.banner++
	case "contentinfo":
		c.counts.footer++
	}
	if href, _ := attr(n, "href"); href == "#maincontent" {
		c.counts.skip++
	}
}

// whole looks at what a page has exactly one of.
func (c *checker) whole() {
	for _, one := range []struct {
		what string
		n    int
	}{
		{"language on the html element", c.counts.lang}, {"title", c.counts.title}, {"h1", c.counts.h1}, {"main landmark", c.counts.main},
		{"banner landmark", c.counts.banner}, {"footer landmark", c.counts.footer}, {"skip link", c.counts.skip},
	} {
		if one.n != 1 {
			c.bad("the page has %d of what it needs exactly one of: %s", one.n, one.what)
		}
	}
}

// attributes finds what the Content-Security-Policy forbids, and ids that are not unique.
func (c *checker) attributes(n *html.Node) {
	for _, a := range n.Attr {
		switch {
		case a.Key == "style":
			c.bad("<%s> has an inline style: %s", n.Data, a.Val)
		case strings.HasPrefix(a.Key, "on"):
			c.bad("<%s> has an inline handler: %s", n.Data, a.Key)
		case a.Key == "id" && c.ids[a.Val] > 1:
			c.bad("the id %q stands at %d elements", a.Val, c.ids[a.Val])
			c.ids[a.Val] = 1
		case a.Key == "id" && (a.Val == "" || strings.ContainsAny(a.Val, " \t\n")):
			c.bad("<%s> has an id that is empty or has a space in it: %q", n.Data, a.Val)
		case slices.Contains([]string{"href", "src", "action", "formaction"}, a.Key):
			c.address(n, a)
		}
	}
}

func (c *checker) address(n *html.Node, a html.Attribute) {
	value := strings.ToLower(strings.TrimSpace(a.Val))
	if strings.HasPrefix(value, "javascript:") {
		c.bad("<%s> has a javascript: address", n.Data)
	}
	outside := strings.Contains(value, "://") || strings.HasPrefix(value, "//")
	if outside && n.Data != "a" {
		c.bad("<%s> takes something from another host: %s", n.Data, a.Val)
	}
	if n.Data == "a" && strings.HasPrefix(a.Val, "#") && len(a.Val) > 1 && c.ids[a.Val[1:]] == 0 {
		c.bad("a link leads to %s, which is not on the page", a.Val)
	}
}

// references finds ids that are named and not there.
func (c *checker) references(n *html.Node) {
	for _, key := range []string{"aria-describedby", "aria-labelledby", "aria-controls", "data-reveals", "for", "list"} {
		value, ok := attr(n, key)
		if !ok {
			continue
		}
		for id := range strings.FieldsSeq(value) {
			if c.ids[id] == 0 {
				c.bad("<%s> names %q in %s, which is not on the page", n.Data, id, key)
			}
		}
	}
}

func (c *checker) element(n *html.Node) {
	switch n.Data {
	case "input", "select", "textarea":
		c.field(n)
	case "img":
		if _, ok := attr(n, "alt"); !ok {
			c.bad("an image has no alt text: %s", value(n, "src"))
		}
	case "script":
		if value(n, "src") == "" {
			c.bad("there is an inline script")
		}
	case "style":
		c.bad("there is an inline style sheet")
	case "a", "button":
		if name(n) == "" {
			c.bad("a <%s> has no words: %s", n.Data, value(n, "href"))
		}
	case "table":
		if !has(n, "caption") {
			c.bad("a table has no caption")
		}
	case "fieldset":
		if !has(n, "legend") {
			c.bad("a fieldset has no legend")
		}
	case "form":
		if method := strings.ToLower(value(n, "method")); method != "post" && method != "get" {
			c.bad("a form says neither get nor post: %s", value(n, "action"))
		}
	}
}

// field finds controls without a label and, where they send something, without a name.
func (c *checker) field(n *html.Node) {
	kind := value(n, "type")
	if n.Data == "input" && slices.Contains([]string{"hidden", "submit", "button", "image", "reset"}, kind) {
		return
	}
	id := value(n, "id")
	if !c.labelled[id] && value(n, "aria-label") == "" && value(n, "aria-labelledby") == "" && !inside(n, "label") {
		c.bad("the %s %q (id %q) has no label", n.Data, value(n, "name"), id)
	}
	if value(n, "name") == "" {
		c.bad("the %s with id %q has no name", n.Data, id)
	}
}

func attr(n *html.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

func value(n *html.Node, key string) string {
	v, _ := attr(n, key)
	return v
}

// name gives what a screen reader would say for a link or button.
func name(n *html.Node) string {
	return strings.TrimSpace(value(n, "aria-label") + value(n, "aria-labelledby") + words(n))
}

// words gives the text in an element, and the alt texts of its images.
func words(n *html.Node) string {
	var b strings.Builder
	for node := range n.Descendants() {
		switch {
		case node.Type == html.TextNode:
			b.WriteString(node.Data)
		case node.Type == html.ElementNode && node.Data == "img":
			b.WriteString(value(node, "alt"))
		}
	}
	return strings.TrimSpace(b.String())
}

func has(n *html.Node, element string) bool {
	for node := range n.Descendants() {
		if node.Type == html.ElementNode && node.Data == element {
			return true
		}
	}
	return false
}

func inside(n *html.Node, element string) bool {
	for node := range n.Ancestors() {
		if node.Type == html.ElementNode && node.Data == element {
			return true
		}
	}
	return false
}
