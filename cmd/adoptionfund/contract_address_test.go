package main

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/site/route"
)

var pathParameter = regexp.MustCompile(`\{([a-z_]+)\}`)

// address gives a row's path with the values that are there; other names take their place. A parameter without a value fails the test.
func (c *contract) address(t *testing.T, row route.Row, other map[string]string) string {
	t.Helper()
	return pathParameter.ReplaceAllStringFunc(row.Path, func(braced string) string {
		name := strings.Trim(braced, "{}")
		if value, ok := other[name]; ok {
			return url.PathEscape(value)
		}
		if name == "ref" && (strings.Contains(row.Path, "{file}") || strings.Contains(row.Path, "{upload}")) {
			return c.values["file's ref"]
		}
		whose := ""
		switch {
		case strings.HasPrefix(row.Path, "/supplier"):
			whose = "return's "
		case strings.HasPrefix(row.Path, "/filling-in"):
			whose = "filling's "
		}
		if name == "product" && whose == "filling's " {
			return c.values["filling"]
		}
		if (name == "file" || name == "upload") && whose != "" {
			return c.values[whose+name]
		}
		value, ok := c.values[name]
		if !ok {
			t.Fatalf("%s: the test knows no value for {%s}", row, name)
		}
		if name == "section" && whose != "" {
			return c.dtacSection(t)
		}
		return url.PathEscape(value)
	})
}

func (c *contract) dtacSection(t *testing.T) string {
	t.Helper()
	f, err := c.app.library.Form("dtac-v2")
	if err != nil {
		t.Fatal(err)
	}
	return f.Sections[0].Path()
}

// unknown are values that no object has: of the right shape, of another shape, and hostile.
func unknown(parameter string) []string {
	shaped := map[string]string{
		"settings": "no-such-settings", "form": "dtac-v9", "filled": string(ident.New[ident.Product]()),
		"ref": "AF99-9999", "call": "AF99-CAR", "round": "AF99", "product": string(ident.New[ident.Product]()), "file": string(ident.New[ident.File]()),
		"upload": string(ident.New[ident.Upload]()), "person": string(ident.New[ident.Person]()), "mail": "99999999", "question": string(ident.New[ident.Question]()), "meeting": ident.New[string](), "letter": "glowing", "scenario": string(ident.New[ident.Scenario]()), "proposal": string(ident.New[ident.Proposal]()), "export": "nothing.csv", "report": "nothing", "event": "99999999", "day": "2031-01-01", "section": "no-such-section",
		"list": ident.New[string](), "hold": ident.New[string](),
		"check": "no-such-check", "condition": ident.New[string](), "payment": ident.New[string](), "evidence": string(ident.New[ident.File]()), "quarter": "2099-00-q1",
	}
	return []string{shaped[parameter], "not-a-uuid", "' OR 1=1 --", strings.Repeat("9", 300)}
}
