package main

import (
	"go/ast"
	"go/token"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"adoptionfund/internal/site/route"
)

// TestAConflictedReviewerCannotTellThatTheApplicationExists sends every request of the route table to two worlds as a reviewer with a
// conflict. The worlds are the same to the last identifier, but for the application: in the second there never was one. Whatever comes
// back is the same, in status, headers, words and size, and as many statements are asked of the database; so is a page that is
// written tomorrow. The line in their own list of declarations is the one exception.
func TestAConflictedReviewerCannotTellThatTheApplicationExists(t *testing.T) {
	t.Parallel()
	c := newContract(t, (*contract).withSecret)
	reviewer := c.actors[slices.IndexFunc(c.actors, func(a *actor) bool { return a.name == conflicted })]
	with, without := c.twins()
	pair := &twins{t: t, with: with, without: without, by: reviewer, secret: c.secret, ref: string(c.barred.Ref), said: map[string]bool{}}
	rows := with.site.Rows()
	slices.SortStableFunc(rows, func(a, b route.Row) int { return pair.order(a) - pair.order(b) })
	asked := 0
	for _, row := range rows {
		may := c.app.policy.MayAnywhere(reviewer.who, row.Action)
		for i, address := range pair.addresses(t, c, row) {
			for _, r := range pair.requests(row, address, may && !row.Public, i == 0) {
				pair.compare(row, r)
				asked++
			}
		}
	}
	t.Logf("%d requests to %d rows were answered alike", asked, len(rows))
	if pair.lines == 0 {
		t.Error("the list of their own declarations was never shown: the exception is not tried")
	}
}

// request is what is sent.
type request struct {
	method, address string
	form            url.Values
	headers         []string
}

// twins are a world with the application and one in which it never was.
type twins struct {
	t             *testing.T
	with, without *contract
	by            *actor
	secret        map[string]string // the values of path parameters that only the application has
	ref           string
	lines         int
	said          map[string]bool // what was found already, so that a page that leaks is named once
}

// order puts last what ends sessions.
func (w *twins) order(r route.Row) int {
	if r.Method != http.MethodPost {
		return 0
	}
	return 1 + strings.Count(r.Path, "/account/sessions") + 2*strings.Count(r.Path, "/sign-out")
}

// addresses are those of a row as they are for anybody, and for each parameter whose value the application has, with that.
func (w *twins) addresses(t *testing.T, c *contract, row route.Row) []string {
	t.Helper()
	all := []string{c.address(t, row, nil)}
	for _, parameter := range pathParameter.FindAllStringSubmatch(row.Path, -1) {
		if value, ok := w.secret[parameter[1]]; ok {
			all = append(all, c.address(t, row, map[string]string{parameter[1]: value}))
		}
	}
	slices.Sort(all[1:])
	return slices.Compact(append(all, c.address(t, row, w.secret)))
}

// requests are the ways of asking for an address: plainly, and with whatever any page reads set to what names the application: one by
// one to its reference, and all at once to each of its values.
func (w *twins) requests(row route.Row, address string, may, first bool) []request {
	all := []request{{method: row.Method, address: address, form: url.Values{}}}
	if !may {
		return all
	}
	all = append(all, request{method: row.Method, address: address, form: url.Values{}, headers: []string{"Accept", "application/json"}})
	names := w.names("Field", "Typed")
	if row.Method == http.MethodGet {
		names = w.names("Query")
		for _, name := range names {
			if first {
				all = append(all, request{method: row.Method, address: address + "?" + url.Values{name: {w.ref}}.Encode()})
			}
		}
	}
	for _, value := range []string{w.ref, w.secret["title"], w.secret["id"], w.secret["product"]} {
		every := url.Values{}
		for _, name := range names {
			every.Set(name, value)
		}
		if row.Method == http.MethodGet {
			all = append(all, request{method: row.Method, address: address + "?" + every.Encode()})
			continue
		}
		all = append(all, request{method: row.Method, address: address, form: every})
		for _, button := range []string{"save", "submit", "revise"} {
			pressed := maps.Clone(every)
			pressed.Set("action", button)
			if value == w.ref {
				all = append(all, request{method: row.Method, address: address, form: pressed})
			}
		}
	}
	return all
}

var read = map[string][]string{} // names that handlers read, by the method that reads them

// names are the names that handlers read by methods such as Query and Field, from the program's own text.
func (w *twins) names(methods ...string) []string {
	if len(read) == 0 {
		eachFile(w.t, "../../internal/site", func(_ string, file *ast.File) {
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || len(call.Args) == 0 {
					return true
				}
				of, method := call.Fun.(*ast.SelectorExpr)
				name, text := call.Args[0].(*ast.BasicLit)
				if method && text && name.Kind == token.STRING {
					unquoted, _ := strconv.Unquote(name.Value)
					read[of.Sel.Name] = append(read[of.Sel.Name], unquoted)
				}
				return true
			})
		})
	}
	var all []string
	for _, m := range methods {
		all = append(all, read[m]...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// answer is what came back, as far as it may depend on what is there.
type answer struct {
	status     int
	headers    string
	body       string
	statements []string
}

var (
	random = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`) // what is made by chance while the test runs
	drawn  = regexp.MustCompile(`\{(product|filled|file|upload)\}`)                             // identifiers drawn by chance: who asks for one knows of it, and time tells nothing
	nonce  = regexp.MustCompile(`nonce-[A-Za-z0-9+/=_-]+`)
	made   = regexp.MustCompile(`\(D:\d+[^)]*\)`) // when a PDF file was made, by the clock of the wall
)

func (w *twins) ask(c *contract, r request) answer {
	c.heard()
	rec := c.record(w.by, r.method, r.address, r.form, r.headers...)
	result := rec.Result()
	var headers []string
	for name, values := range result.Header {
		if slices.Contains([]string{"Set-Cookie", "X-Request-Id", "Date"}, name) || name == "Content-Length" && values[0] == strconv.Itoa(rec.Body.Len()) {
			continue // made by chance; the length is that of the body, which is compared
		}
		headers = append(headers, name+": "+strings.Join(values, ", "))
	}
	slices.Sort(headers)
	mask := func(text string) string {
		text = made.ReplaceAllString(text, "(D:NOW)")
		return nonce.ReplaceAllString(random.ReplaceAllString(text, "RANDOM"), "nonce-RANDOM")
	}
	return answer{rec.Code, mask(strings.Join(headers, "\n")), mask(rec.Body.String()), c.heard()}
}

var tableRow = regexp.MustCompile(`(?s)\s*<tr\b[^>]*>.*?</tr>`)

// own takes the lines about the application out of the list of their own declarations.
func (w *twins) own(row route.Row, body string) string {
	if row.Path != "/reviews" {
		return body
	}
	return tableRow.ReplaceAllStringFunc(body, func(line string) string {
		if strings.Contains(line, w.ref) {
			w.lines++
			return ""
		}
		return line
	})
}

func (w *twins) compare(row route.Row, r request) {
	w.t.Helper()
	got, want := w.ask(w.with, r), w.ask(w.without, r)
	got.body, want.body = w.own(row, got.body), w.own(row, want.body)
	if drawn.MatchString(row.Path) {
		got.statements, want.statements = nil, nil
	}
	what := r.method + " " + r.address
	alike := len(got.statements) == len(want.statements)
	if got.status == want.status && got.headers == want.headers && got.body == want.body && alike || w.said[row.Method+row.Path] {
		return
	}
	w.said[row.Method+row.Path] = true
	switch {
	case got.status != want.status:
		w.t.Errorf("%s: %d, without the application %d\n%.1500s\n---\n%.1500s", what, got.status, want.status, got.body, want.body)
	case got.headers != want.headers:
		w.t.Errorf("%s: the headers differ\n%s\n---\n%s", what, got.headers, want.headers)
	case got.body != want.body:
		w.t.Errorf("%s: the pages differ: %s", what, differs(got.body, want.body))
	default:
		w.t.Errorf("%s: the database is asked otherwise\n%s", what, cmp.Diff(want.statements, got.statements))
	}
}

// differs shows where two texts part.
func differs(a, b string) string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	from := max(0, i-100)
	return strconv.Quote(a[from:min(len(a), i+300)]) + "\n---\n" + strconv.Quote(b[from:min(len(b), i+300)])
}

// TestWhoIsRecusedSeesNoWordOfTheApplication asks for every page as somebody of each role who is recused from an application, plainly
// and with what names it: no word of it comes back, but for a line that counts it.
func TestWhoIsRecusedSeesNoWordOfTheApplication(t *testing.T) {
	t.Parallel()
	c := newContract(t, (*contract).withSecret)
	w := &twins{t: t, secret: c.secret, ref: c.secret["ref"]}
	words := map[string]string{"title": secretTitle, "ref": c.secret["ref"], "product": secretProduct, "supplier": secretSupplier, "id": c.secret["id"]}
	for _, role := range []string{"reviewer", "screening_officer", "dtac_assessor", "panel_member", "panel_chair", "approver", "observer"} {
		at := c.recused(role)
		seen := 0
		for _, row := range c.site.Rows() {
			if row.Method != http.MethodGet || row.Public || !c.app.policy.MayAnywhere(at.who, row.Action) {
				continue
			}
			for _, address := range w.addresses(t, c, row) {
				got := c.send(at, http.MethodGet, address, nil)
				if got.status == http.StatusOK {
					seen++
				}
				for name, word := range words {
					if strings.Contains(got.body, word) && !strings.Contains(address, word) {
						t.Errorf("GET %s shows the %s of the application to a recused %s", address, name, role)
					}
				}
				if strings.Contains(address, w.ref) && strings.Contains(row.Path, "{ref}") && got.status == http.StatusOK {
					t.Errorf("GET %s: is shown to a recused %s\n%.1500s", address, role, got.body)
				}
			}
			for _, name := range []string{"title", "ref", "product"} { // every search and filter at once, each with a word that it might find
				every := url.Values{}
				for _, query := range w.names("Query") {
					every.Set(query, words[name])
				}
				got := c.send(at, http.MethodGet, c.address(t, row, nil)+"?"+every.Encode(), nil)
				for other, told := range words {
					if other != name && strings.Contains(got.body, told) {
						t.Errorf("GET %s with the %s tells a recused %s the %s", row.Path, name, role, other)
					}
				}
			}
		}
		if seen == 0 {
			t.Errorf("a %s was shown no page at all", role)
		}
	}
}
