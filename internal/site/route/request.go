package route

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/web/page/shared"
)

// Request is what was asked. It is used by one goroutine, until the handler returns.
type Request struct {
	gin     *gin.Context
	env     *Env
	row     Row
	body    body
	again   *fault.Fault
	flash   *shared.Flash
	narrow  bool // the session reaches one application only, and not this page
	session *sessionChange
}

// Context carries the principal and ends when the client goes away.
func (r *Request) Context() context.Context { return r.gin.Request.Context() }

// Path gives a part of the address by its name in the row. References of applications, calls and rounds are upper-case,
// codes of sections lower-case, however they were typed.
func (r *Request) Path(name string) string { return canonical(name, r.gin.Param(name)) }

// Query gives a value from behind the question mark.
func (r *Request) Query(name string) string { return clean(r.gin.Query(name)) }

// QueryAll gives every value of that name from behind the question mark.
func (r *Request) QueryAll(name string) []string {
	values := r.gin.QueryArray(name)
	for n := range values {
		values[n] = clean(values[n])
	}
	return values
}

// Queries gives everything from behind the question mark, as a form that is sent with GET leaves it there.
func (r *Request) Queries() url.Values {
	values := url.Values{}
	for name := range r.gin.Request.URL.Query() {
		values[clean(name)] = r.QueryAll(name)
	}
	return values
}

// Form gives what was typed: valid UTF-8, line ends as \n, no larger than the row allows. It is empty for a GET.
func (r *Request) Form() url.Values { return r.body.form }

// Field gives one field of the form, without spaces around it.
func (r *Request) Field(name string) string { return strings.TrimSpace(r.body.form.Get(name)) }

// Version gives the version that the form was read at, 0 if it does not say: an edit at version 0 is stale.
func (r *Request) Version() int {
	version, err := strconv.Atoi(r.Field("version"))
	if err != nil {
		return 0
	}
	return version
}

// Button gives the button that was pressed: save or continue, or what a page calls its own.
func (r *Request) Button() string { return r.Field("action") }

// Principal gives who is asking; ok is false for somebody who has not signed in.
func (r *Request) Principal() (access.Principal, bool) { return access.From(r.Context()) }

// MustEnrol reports whether the person holds roles that do not count until one-time codes are set up.
func (r *Request) MustEnrol() bool { return visitor(r.Context()).MustEnrol }

// May reports whether there can be anything to which the asking person may do a. For links and buttons on a page; the gate decides.
func (r *Request) May(a access.Action) bool {
	who, _ := r.Principal()
	return r.env.Policy.MayAnywhere(who, a)
}

// MayPrint reports whether the installation makes PDF files.
func (r *Request) MayPrint() bool { return r.env.Print != nil }

// WantsJSON reports whether a script of ours asks, which reads JSON and not pages.
func (r *Request) WantsJSON() bool { return wantsJSON(r.gin.Request) }

// wantsJSON: a browser that goes to a page never asks for JSON alone.
func wantsJSON(req *http.Request) bool { return req.Header.Get("Accept") == jsonType }

// Arrival is when the request reached the outermost middleware. Deadlines compare this.
func (r *Request) Arrival() time.Time { return Arrival(r.Context()) }

// IP is the address that the request came from.
func (r *Request) IP() string { return r.gin.ClientIP() }

// UserAgent is what the browser calls itself.
func (r *Request) UserAgent() string {
	agent := clean(r.gin.Request.UserAgent())
	return agent[:min(len(agent), 300)]
}

// Reference finds this request in the log.
func (r *Request) Reference() string { return Reference(r.Context()) }

// Brand is how the installation presents itself.
func (r *Request) Brand() shared.Brand { return r.env.Brand }

// Flash leaves a message for the page that is shown next.
func (r *Request) Flash(text string) { r.flash = &shared.Flash{Text: text, Success: true} }

// Notice leaves a message for the page that is shown next, about something that was not done.
func (r *Request) Notice(text string) { r.flash = &shared.Flash{Text: text} }

// Again answers a fault of what was typed by showing the page once more: 422 with its problems, 409 beside what stands now,
// 429 if it came too often. Every other error is passed on. show is the handler of the page; it asks Typed and Problems.
func (r *Request) Again(err error, show Handler) (Reply, error) {
	f, ok := fault.Of(err)
	shown := ok && (f.Kind == fault.Invalid || f.Kind == fault.TooMany || f.Kind == fault.Conflict && f.Latest != nil)
	if !shown {
		return Reply{}, err
	}
	r.again = f
	reply, err := show(r)
	if err != nil {
		return Reply{}, err
	}
	reply.status = Status(f.Kind)
	return reply, nil
}

// Instead answers an error with a page of the handler's own in place of the page for its kind. An error that is our mistake is in the log
// with the reference of the request, as it would be otherwise; who is not signed in, or may not know of it, is answered as otherwise.
func (r *Request) Instead(err error, page func(words string, ours bool) shared.Page) (Reply, error) {
	f, ok := fault.Of(err)
	switch {
	case !ok || f.Kind == fault.Internal:
		if r.Context().Err() != nil {
			return Reply{}, err // nobody waits for it any more
		}
		r.env.logBroken(r.Context(), fmt.Errorf("arrived %s: %w", r.Arrival().Format(time.RFC3339Nano), err))
		return ShowStatus(http.StatusInternalServerError, page("", true))
	case f.Kind == fault.SignIn || f.Kind == fault.NotFound || f.Kind == fault.TooMany:
		return Reply{}, err
	}
	r.env.Log.LogAttrs(r.Context(), slog.LevelInfo, "a request was refused", slog.String("reference", r.Reference()), slog.Time("arrived", r.Arrival()), slog.Any("error", err))
	return ShowStatus(Status(f.Kind), page(f.Words, false))
}

// Typed gives the value of a field: what was typed if the page is shown again, else what is stored.
func (r *Request) Typed(name, stored string) string {
	if r.again == nil {
		return stored
	}
	return r.body.form.Get(name)
}

// TypedAll is Typed for a field with several values.
func (r *Request) TypedAll(name string, stored []string) []string {
	if r.again == nil {
		return stored
	}
	return r.body.form[name]
}

// Typing gives everything that was typed if the page is shown again; ok is false if it is shown for the first time.
func (r *Request) Typing() (typed url.Values, ok bool) { return r.body.form, r.again != nil }

// Problems gives what is wrong by field if the page is shown again.
func (r *Request) Problems() fault.Problems {
	if r.again == nil {
		return nil
	}
	return r.again.Fields
}

// Problem gives what is wrong with a field if the page is shown again.
func (r *Request) Problem(field string) string { return r.Problems()[field] }

// Stale gives what stands now if the page is shown again because somebody else's edit came first. A page that can name the
// fields tells the differences in its Head; if what stands now is a map of texts by field, the wrapper does.
func (r *Request) Stale() (latest any, ok bool) {
	if r.again == nil || r.again.Kind != fault.Conflict {
		return nil, false
	}
	return r.again.Latest, true
}

// canonical writes a part of an address the one way in which it is written.
func canonical(name, value string) string {
	switch name {
	case "ref", "call", "round":
		return strings.ToUpper(value)
	case "section":
		return strings.ToLower(value)
	}
	return value
}

// clean makes text from outside safe to store and show: valid UTF-8 without control characters.
func clean(s string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return -1
		}
		return c
	}, strings.ToValidUTF8(s, ""))
}
