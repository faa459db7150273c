// Package route is what a handler sees of HTTP: a Request to take from, a Reply to return, and a Row that says where it stands
// and which action it needs.
//
// It owns the wrapper that turns a row into something that gin calls: permission first, then the form, then the handler, then
// the page in its frame, or the page for a fault. It leaves middleware and the mounting of the table to site.
package route

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"adoptionfund/internal/access"
)

// Handler answers a request. It returns what to reply and writes nothing itself.
type Handler func(*Request) (Reply, error)

// Row is a line of the route table. Menus, early refusals and the contract tests are made from it.
type Row struct {
	Method string        // GET (HEAD comes with it) or POST
	Path   string        // such as /applications/{ref}/sections/{section}
	Action access.Action // asked before the handler is called; the gate asks again with the object
	Public bool          // also for those who have not signed in; must agree with the policy
	Handle Handler

	Title  string // what the page is about, for tests and documents
	Menu   string // words in the service navigation, for those who may do Action; empty: not in it
	Body   int64  // the largest request in bytes; 0: the installation's limit
	Stream bool   // the handler reads the parts of a multipart form itself, with Request.Parts
	Narrow bool   // also for a session that reaches one application only, if the path names that one or none
}

// String names the row as a log or a test would.
func (r Row) String() string { return r.Method + " " + r.Path }

// pattern gives the path as gin wants it.
func (r Row) pattern() string { return parameter.ReplaceAllString(r.Path, ":$1") }

var (
	parameter = regexp.MustCompile(`\{([a-z_]+)\}`)
	validPath = regexp.MustCompile(`^(/|(/([a-z0-9._-]+|\{[a-z_]+\}))+)$`)
)

// Check finds mistakes in a table, all of them.
func Check(rows []Row, policy *access.Policy) error {
	var problems []error
	seen := map[string]bool{}
	for _, row := range rows {
		name := row.Method + " " + row.pattern()
		if seen[name] {
			problems = append(problems, fmt.Errorf("%s stands twice in the route table", row))
		}
		seen[name] = true
		problems = append(problems, row.check(policy))
	}
	return errors.Join(problems...)
}

func (r Row) check(policy *access.Policy) error {
	known := slices.ContainsFunc(access.Actions(), func(a access.ActionInfo) bool { return a.Action == r.Action })
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodPost:
		return fmt.Errorf("%s: the method must be GET or POST", r)
	case !validPath.MatchString(r.Path):
		return fmt.Errorf("%s: not a path such as /applications/{ref}", r)
	case r.Handle == nil:
		return fmt.Errorf("%s: no handler", r)
	case !known:
		return fmt.Errorf("%s: there is no action %q", r, r.Action)
	case r.Menu != "" && (r.Method != http.MethodGet || strings.Contains(r.Path, "{")):
		return fmt.Errorf("%s: only a page without parameters can stand in the menu", r)
	case r.Public != policy.MayAnywhere(access.Principal{}, r.Action):
		return fmt.Errorf("%s: the row says public %t, the policy says otherwise of %s", r, r.Public, r.Action)
	}
	return nil
}
