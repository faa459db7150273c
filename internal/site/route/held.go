package route

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/web/page/shared"
)

// heldPath is where a form that was sent too late is given back.
const heldPath = "/held"

// heldMinutes is for how long the browser remembers that a form is kept.
const heldMinutes = 60

// Held keeps a form that was sent when the session had ended, for the one whose session it was.
type Held interface {
	// Hold keeps it and gives the id that it is taken by, or "" if the token was never one of ours.
	Hold(ctx context.Context, token, path, body string) (string, error)
	// Take gives it back, once, to the one who sent it; both are empty if there is none.
	Take(ctx context.Context, id string) (path, body string, err error)
}

// hold keeps what somebody sent whose session had ended, and leads to it by way of the sign-in page. Everything else is
// answered by signIn as it is, and so is a script, which keeps on the device what it could not send.
func (e *Env) hold(r *Request, signIn error) (Reply, error) {
	token := r.SessionToken()
	if e.Held == nil || token == "" || r.gin.Request.Method != http.MethodPost || r.row.Stream || r.WantsJSON() {
		return Reply{}, signIn
	}
	read, err := readBody(r.gin.Writer, r.gin.Request, e.Body, false)
	r.body = read
	if err != nil {
		return Reply{}, err
	}
	if len(read.form) == 0 || holdsSecret(read.form) {
		return Reply{}, signIn
	}
	id, err := e.Held.Hold(r.Context(), token, r.gin.Request.URL.Path, read.form.Encode())
	if err != nil || id == "" {
		return Reply{}, signInOr(err, signIn)
	}
	cookie := e.cookie(heldCookie, id)
	cookie.MaxAge = heldMinutes * 60
	http.SetCookie(r.gin.Writer, cookie)
	return GoTo("/sign-in?next=" + url.QueryEscape(heldPath))
}

func signInOr(err, signIn error) error {
	if err != nil {
		return err
	}
	return signIn
}

// holdsSecret reports whether a form has something that must not be kept.
func holdsSecret(form url.Values) bool {
	for name := range form {
		if strings.Contains(name, "password") || name == "code" {
			return true
		}
	}
	return false
}

// HeldRow is where a kept form is shown to the one who sent it, to be sent again.
func HeldRow() Row {
	return Row{Method: http.MethodGet, Path: heldPath, Action: access.ViewHome, Title: "Your session had ended", Handle: giveBack}
}

func giveBack(r *Request) (Reply, error) {
	cookie, err := r.gin.Request.Cookie(cookieName(heldCookie, r.env.Secure))
	if r.env.Held == nil || err != nil || cookie.Value == "" {
		return Go("/")
	}
	path, body, err := r.env.Held.Take(r.Context(), cookie.Value)
	if err != nil {
		return Reply{}, err
	}
	http.SetCookie(r.gin.Writer, r.env.removal(heldCookie))
	form, err := url.ParseQuery(body)
	switch {
	case err != nil:
		return Reply{}, fault.Wrap(fault.Invalid, err, "What you sent cannot be read any more.")
	case !local(path) || len(form) == 0:
		return Go("/")
	}
	return Show(shared.HeldForm{Path: path, Fields: heldFields(form)})
}

func heldFields(form url.Values) []shared.HeldField {
	fields := make([]shared.HeldField, 0, len(form))
	for name, values := range form {
		for _, value := range values {
			fields = append(fields, shared.HeldField{Name: name, Value: value})
		}
	}
	slices.SortStableFunc(fields, func(a, b shared.HeldField) int { return strings.Compare(a.Name, b.Name) })
	return fields
}
