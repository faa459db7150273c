package main

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// hostile are what stands in the place of ids and answers when somebody sends what no page of ours would.
func hostile() []string {
	return []string{"not-a-uuid", "-1", strings.Repeat("é", 3000)}
}

// hostileForms sends every form of every page that somebody is shown with values that no browser would, button by button, and
// follows every link with its query replaced; each once, as the first who sees it.
func (c *contract) hostileForms(t *testing.T) {
	seen := map[string]bool{}
	first := func(what string) bool {
		known := seen[what]
		seen[what] = true
		return !known
	}
	for _, at := range c.actors {
		for _, row := range c.site.Rows() {
			if row.Method != http.MethodGet || !c.app.policy.MayAnywhere(at.who, row.Action) {
				continue
			}
			address := c.address(t, row, nil)
			got := c.send(at, row.Method, address, nil)
			if got.status != http.StatusOK || !got.html {
				continue
			}
			page := formsOf(t, got.body, address)
			for _, f := range page.forms {
				if !first(f.action + " " + f.button[1] + " " + strings.Join(f.names, " ")) {
					continue
				}
				for _, value := range hostile() {
					c.unbroken(t, at, http.MethodPost, f.action, f.filled(value, f.names))
					c.unbroken(t, at, http.MethodPost, f.action, f.filled(value, f.hidden))
				}
			}
			for _, q := range page.queries {
				if !first(q.Path + "?" + strings.Join(slices.Sorted(maps.Keys(q.Query())), "&")) {
					continue
				}
				for _, value := range hostile() {
					c.unbroken(t, at, http.MethodGet, q.Path+"?"+replaced(q.Query(), value).Encode(), nil)
				}
			}
		}
	}
	if len(seen) < 30 {
		t.Errorf("%d forms and links were found on all pages of everybody: the test does not see them", len(seen))
	}
}

// unbroken sends something whose answer may be anything but a mistake of ours.
func (c *contract) unbroken(t *testing.T, at *actor, method, address string, sent url.Values) {
	t.Helper()
	if path, _, _ := strings.Cut(address, "?"); slices.Contains([]string{"/sign-out", "/account/sessions"}, path) {
		return
	}
	if got := c.send(at, method, address, sent); got.status >= http.StatusInternalServerError {
		t.Errorf("%s %.200s as %s with %.300s: %d", method, address, at.name, sent.Encode(), got.status)
	}
}

func replaced(values url.Values, value string) url.Values {
	for name := range values {
		values.Set(name, value)
	}
	return values
}

// sentForm is a form of a page with one of its buttons.
type sentForm struct {
	action        string
	button        [2]string // name and value
	names, hidden []string
	values        map[string]string // of fields that have one
}

// filled gives what the form sends when some of its fields have another value.
func (f sentForm) filled(value string, other []string) url.Values {
	sent := url.Values{}
	for name, v := range f.values {
		sent.Set(name, v)
	}
	for _, name := range other {
		sent.Set(name, value)
	}
	if f.button[0] != "" {
		sent.Set(f.button[0], f.button[1])
	}
	return sent
}

type foundPage struct {
	forms   []sentForm
	queries []*url.URL
}

// formsOf finds the forms of a page that are posted, one for each button, and the addresses of its links that have a query.
func formsOf(t *testing.T, page, address string) foundPage {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	base, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	var found foundPage
	for n := range root.Descendants() {
		switch {
		case n.Type != html.ElementNode:
		case n.Data == "a":
			if u, err := base.Parse(attribute(n, "href")); err == nil && u.RawQuery != "" && u.Host == "" {
				found.queries = append(found.queries, u)
			}
		case n.Data == "form" && strings.EqualFold(attribute(n, "method"), "post"):
			if u, err := base.Parse(attribute(n, "action")); err == nil {
				found.forms = append(found.forms, buttonsOf(n, u.RequestURI())...)
			}
		}
	}
	return found
}

func buttonsOf(form *html.Node, action string) []sentForm {
	f := sentForm{action: action, values: map[string]string{}}
	var buttons [][2]string
	for n := range form.Descendants() {
		name := attribute(n, "name")
		switch {
		case n.Type != html.ElementNode || name == "" && n.Data != "button":
		case n.Data == "button":
			buttons = append(buttons, [2]string{name, attribute(n, "value")})
		case n.Data == "input" || n.Data == "select" || n.Data == "textarea":
			f.names = append(f.names, name)
			f.values[name] = attribute(n, "value")
			if attribute(n, "type") == "hidden" {
				f.hidden = append(f.hidden, name)
			}
		}
	}
	var forms []sentForm
	for _, b := range buttons {
		one := f
		one.button = b
		forms = append(forms, one)
	}
	return forms
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// scriptsLearnNothing asks, as a script that reads JSON, for what those outside may not know to be there: the answer is the same to
// the letter as for what is not there.
func (c *contract) scriptsLearnNothing(t *testing.T) {
	asked := 0
	for _, at := range c.actors {
		if !at.outside {
			continue
		}
		for _, row := range c.site.Rows() {
			if !strings.Contains(row.Path, "{ref}") || !c.app.policy.MayAnywhere(at.who, row.Action) {
				continue
			}
			for _, other := range []map[string]string{{}, {"section": "none"}} {
				there := c.send(at, row.Method, c.address(t, row, other), url.Values{}, "Accept", "application/json")
				other["ref"] = "AF26-9999"
				not := c.send(at, row.Method, c.address(t, row, other), url.Values{}, "Accept", "application/json")
				if there.status != not.status || there.body != not.body {
					t.Errorf("%s as %s: %d %.200s where there is one, %d %.200s where there is none", row, at.name, there.status, there.body, not.status, not.body)
				}
				asked++
			}
		}
	}
	if asked < 50 {
		t.Errorf("%d were asked for", asked)
	}
}
