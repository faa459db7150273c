package route

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"

	"adoptionfund/internal/fault"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// clientGone is what the access log says of a request that nobody waits for any more.
const clientGone = 499

// Status gives the HTTP status of a kind of fault.
func Status(kind fault.Kind) int {
	switch kind {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.NotFound, fault.Empty:
		return http.StatusNotFound
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.Conflict:
		return http.StatusConflict
	case fault.SignIn:
		return http.StatusSeeOther
	case fault.TooMany:
		return http.StatusTooManyRequests
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	case fault.Internal:
	}
	return http.StatusInternalServerError
}

// Fail answers an error: the page for a fault, or a page with a reference that is in the log.
func (e *Env) Fail(c *gin.Context, err error) {
	ctx := c.Request.Context()
	c.Abort()
	switch {
	case c.Writer.Written():
		e.logBroken(ctx, err)
		return
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		c.Status(clientGone)
		return
	}
	f, ok := fault.Of(err)
	switch {
	case !ok || f.Kind == fault.Internal:
		e.logBroken(ctx, err)
		e.FailWith(c, http.StatusInternalServerError, shared.Broken{Reference: Reference(ctx), Email: e.Brand.Email})
	case wantsJSON(c.Request):
		e.failScript(c, f)
	case f.Kind == fault.SignIn:
		c.Header("Location", signInPath(c.Request))
		c.Status(http.StatusSeeOther)
		c.Writer.WriteHeaderNow()
	default:
		e.failFor(c, f)
	}
}

const jsonType = "application/json"

// Refusal is what a script of ours reads of a fault.
type Refusal struct {
	Words    string         `json:"words"`
	Problems fault.Problems `json:"problems,omitempty"`
	// SignIn is where to sign in, if nobody is.
	SignIn string `json:"sign_in,omitempty"`
}

// failScript answers a fault to a script: in the same words, with the same status but for who is not signed in. What is not there and
// what somebody may not know to be there is said in one way, as the page says it.
func (e *Env) failScript(c *gin.Context, f *fault.Fault) {
	refusal, status := Refusal{Words: f.Words, Problems: f.Fields}, Status(f.Kind)
	switch f.Kind { //nolint:exhaustive // the others say what they are
	case fault.SignIn:
		refusal.SignIn, status = signInPath(c.Request), http.StatusUnauthorized
	case fault.NotFound:
		refusal = Refusal{Words: "There is no such page, or you may not see it"}
	}
	c.JSON(status, refusal)
}

// failFor answers a fault that a person can act on.
func (e *Env) failFor(c *gin.Context, f *fault.Fault) {
	var page shared.Page
	switch f.Kind {
	case fault.NotFound:
		page = shared.NotFound{}
	case fault.Forbidden:
		page = shared.Forbidden{Why: f.Words, Email: e.Brand.Email}
	case fault.Conflict:
		page = shared.Conflict{
			Why: f.Words, Stale: f.Latest != nil, Differences: differences(c.Request.PostForm, f.Latest), Back: backTo(c.Request),
		}
	case fault.TooMany:
		wait, _ := f.Latest.(time.Duration)
		if wait > 0 {
			c.Header("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
		}
		page = shared.TooMany{Why: f.Words, Wait: wait}
	case fault.TooLarge:
		limit, ok := f.Latest.(int64)
		if !ok {
			limit = e.Body
		}
		page = shared.TooLarge{Limit: limit}
		c.Header("Connection", "close")
	case fault.Unavailable:
		page = shared.Unavailable{Why: f.Words}
	case fault.Empty:
		page = shared.Empty{Why: f.Words}
	case fault.Invalid, fault.SignIn, fault.Internal:
		page = shared.Rejected{Why: f.Words, Problems: summary(f, "")}
	}
	e.FailWith(c, Status(f.Kind), page)
}

// FailWith answers with a page for what went wrong. If even that fails, a plain line is sent.
func (e *Env) FailWith(c *gin.Context, status int, page shared.Page) {
	c.Abort()
	ctx := c.Request.Context()
	chrome := shared.Chrome{Brand: e.Brand, Items: e.menu(c), Person: visitor(ctx).Principal.Name}
	var content, whole bytes.Buffer
	err := page.View().Render(ctx, &content)
	if err == nil {
		err = framed(ctx, &whole, chrome, page.Head(), &content)
	}
	if err != nil {
		e.logBroken(ctx, err)
		c.Data(status, "text/plain; charset=utf-8", []byte("Sorry, there is a problem with the service. Reference: "+Reference(ctx)+"\n"))
		return
	}
	c.Data(status, htmlType, whole.Bytes())
}

func (e *Env) logBroken(ctx context.Context, err error) {
	e.Log.LogAttrs(ctx, slog.LevelError, "a request failed", slog.String("reference", Reference(ctx)), slog.Any("error", err))
}

// signInPath leads to the sign-in page and, for what was only looked at, back.
func signInPath(req *http.Request) string {
	next := req.URL.RequestURI()
	if req.Method == http.MethodPost {
		next = backTo(req)
	}
	if next == "" || next == "/" || !local(next) {
		return "/sign-in"
	}
	return "/sign-in?next=" + url.QueryEscape(next)
}

// backTo gives the page of ours that a form was sent from, or empty.
func backTo(req *http.Request) string {
	from, err := url.Parse(req.Referer())
	if err != nil || from.Host != req.Host {
		return ""
	}
	return Local(from.RequestURI(), "")
}

// summary gives the lines of the error summary in the order of the page, each with the id that it links to.
func summary(f *fault.Fault, content string) []nhs.Problem {
	type placed struct {
		nhs.Problem
		at int
	}
	lines := make([]placed, 0, len(f.Fields))
	for _, name := range f.Fields.Names() {
		line := placed{Problem: nhs.Problem{Text: f.Fields[name]}, at: len(content)}
		for _, id := range []string{name, name + "-day", name + "-month", name + "-year"} {
			if at := strings.Index(content, ` id="`+templ.EscapeString(id)+`"`); at >= 0 {
				line.Field, line.at = id, at
				break
			}
		}
		lines = append(lines, line)
	}
	slices.SortStableFunc(lines, func(a, b placed) int { return a.at - b.at })
	problems := make([]nhs.Problem, 0, len(lines))
	for _, line := range lines {
		problems = append(problems, line.Problem)
	}
	if len(problems) == 0 && f.Words != "" {
		problems = append(problems, nhs.Problem{Text: f.Words})
	}
	return problems
}

// differences compares what was typed with what stands now, where that is told as texts by field.
func differences(typed url.Values, latest any) []shared.Difference {
	stands, ok := latest.(map[string]string)
	if !ok {
		return nil
	}
	names := make([]string, 0, len(stands))
	for name := range stands {
		names = append(names, name)
	}
	slices.Sort(names)
	var all []shared.Difference
	for _, name := range names {
		if mine := strings.Join(typed[name], ", "); typed.Has(name) && mine != stands[name] {
			all = append(all, shared.Difference{Label: name, Typed: mine, Latest: stands[name]})
		}
	}
	return all
}
