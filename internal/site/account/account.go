// Package account is the doors of accounts: signing up, in and out, invitations, and somebody's own account.
//
// It also adapts people to what the site asks of whoever knows the sessions. What is checked is decided by people.
package account

import (
	"context"
	"net/http"
	"net/url"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/people"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/account"
)

// CodesPath is where one-time codes are set up.
const CodesPath = "/account/codes"

// Rows are the rows of accounts. roundName says how people call a scope, such as "AF26-CAR".
func Rows(p *people.Service, scopeName func(context.Context, access.Scope) (string, error)) []route.Row {
	h := handlers{p, scopeName}
	get := func(path, title string, a access.Action, public bool, handle route.Handler) route.Row {
		return route.Row{Method: http.MethodGet, Path: path, Title: title, Action: a, Public: public, Handle: handle}
	}
	post := func(path string, a access.Action, public bool, handle route.Handler) route.Row {
		return route.Row{Method: http.MethodPost, Path: path, Title: path, Action: a, Public: public, Handle: handle}
	}
	return append(h.mailRows(), []route.Row{
		get("/sign-up", "Create an account", access.SignUp, true, h.signUpPage),
		post("/sign-up", access.SignUp, true, h.signUp),
		get("/sign-up/sent", "Confirm your email address", access.SignUp, true, h.signUpSent),
		get("/sign-up/confirm", "Confirm your email address", access.SignUp, true, h.confirmPage),
		post("/sign-up/confirm", access.SignUp, true, h.confirm),
		get("/sign-in", "Sign in", access.SignIn, true, h.signInPage),
		post("/sign-in", access.SignIn, true, h.signIn),
		get("/sign-in/forgotten", "Set a new password", access.ResetPassword, true, h.forgottenPage),
		post("/sign-in/forgotten", access.ResetPassword, true, h.forgotten),
		get("/sign-in/sent", "Set a new password", access.ResetPassword, true, h.resetSent),
		get("/sign-in/reset", "Choose a new password", access.ResetPassword, true, h.resetPage),
		post("/sign-in/reset", access.ResetPassword, true, h.reset),
		get("/invitation", "Accept your invitation", access.AcceptInvitation, true, h.invitationPage),
		post("/invitation", access.AcceptInvitation, true, h.accept),
		post("/sign-out", access.SignOut, false, h.signOut),
		get("/account", "Your account", access.ViewAccount, false, h.account),
		post("/account", access.EditAccount, false, h.rename),
		post("/account/password", access.ChangePassword, false, h.changePassword),
		post("/account/organisations", access.JoinOrganisation, false, h.join),
		post("/account/organisations/settle", access.AuthorisePerson, false, h.settle),
		post("/account/sessions", access.ManageSessions, false, h.endSessions),
		get(CodesPath, "Set up one-time codes", access.ManageSecondFactor, false, h.codesPage),
		post(CodesPath, access.ManageSecondFactor, false, h.codes),
	}...)
}

// Visitor says whose session a token belongs to, for the site.
func Visitor(p *people.Service) func(ctx context.Context, token string) (route.Visitor, error) {
	return func(ctx context.Context, token string) (route.Visitor, error) {
		v, err := p.Visitor(ctx, token)
		return route.Visitor{Principal: v.Principal, Ends: v.Session.ExpiresAt, MustEnrol: v.MustEnrol}, err //nolint:wrapcheck // people has said what it was doing
	}
}

// Held keeps forms that were sent when the session had ended, for the site.
type Held struct{ People *people.Service }

// Hold keeps a form; see route.Held.
func (h Held) Hold(ctx context.Context, token, path, body string) (string, error) {
	return h.People.Hold(anyone(ctx), token, path, body) //nolint:wrapcheck // people has said what it was doing
}

// Take gives it back; see route.Held.
func (h Held) Take(ctx context.Context, id string) (path, body string, err error) {
	form, err := h.People.TakeHeld(ctx, id)
	if err != nil || form == nil {
		return "", "", err //nolint:wrapcheck // people has said what it was doing
	}
	return form.Path, form.Body, nil
}

// anyone lets somebody act who has not signed in: to sign up, to sign in, to set a password.
func anyone(ctx context.Context) context.Context {
	if _, ok := access.From(ctx); ok {
		return ctx
	}
	return access.With(ctx, access.Principal{Name: "anonymous"})
}

type handlers struct {
	people    *people.Service
	scopeName func(context.Context, access.Scope) (string, error)
}

func (h handlers) signUpPage(r *route.Request) (route.Reply, error) {
	return route.Show(page.SignUp{Name: r.Typed("name", ""), Email: r.Typed("email", ""), Problems: r.Problems()})
}

func (h handlers) signUp(r *route.Request) (route.Reply, error) {
	err := h.people.SignUp(anyone(r.Context()), people.SignUp{Email: r.Field("email"), Name: r.Field("name"), Password: r.Form().Get("password")})
	if err != nil {
		return r.Again(err, h.signUpPage)
	}
	return route.GoTo("/sign-up/sent")
}

func (h handlers) signUpSent(r *route.Request) (route.Reply, error) {
	return route.Show(page.Sent{Title: "Confirm your email address", What: "a link to confirm it", Demo: r.Brand().Demo})
}

func (h handlers) confirmPage(r *route.Request) (route.Reply, error) {
	return route.Show(page.Confirm{Token: r.Query("token")})
}

func (h handlers) confirm(r *route.Request) (route.Reply, error) {
	if err := h.people.Confirm(anyone(r.Context()), r.Field("token")); err != nil {
		return expired(err)
	}
	r.Flash("Your email address is confirmed. You can sign in now.")
	return route.GoTo("/sign-in")
}

// expired answers a link that no longer works with a page that says what to do.
func expired(err error) (route.Reply, error) {
	f, ok := fault.Of(err)
	if !ok || f.Kind != fault.Invalid && f.Kind != fault.NotFound || len(f.Fields) > 0 {
		return route.Reply{}, err
	}
	return route.ShowStatus(route.Status(f.Kind), page.Expired{Why: f.Words})
}

func (h handlers) signInPage(r *route.Request) (route.Reply, error) {
	next := route.Local(r.Typed("next", r.Query("next")), "")
	return route.Show(page.SignIn{
		Email: r.Typed("email", ""), Next: next, NeedsCode: r.Problem("code") != "", Problems: r.Problems(), Demo: r.Brand().Demo,
	})
}

func (h handlers) signIn(r *route.Request) (route.Reply, error) {
	in, err := h.people.SignIn(anyone(r.Context()), people.SignIn{
		Email: r.Field("email"), Password: r.Form().Get("password"), Code: r.Field("code"), Agent: r.UserAgent(),
	})
	if err == nil && in.NeedsCode {
		err = fault.Fields(fault.Problems{"code": "Enter the code that your app shows now, or a recovery code"})
	}
	if err != nil {
		return r.Again(err, h.signInPage)
	}
	r.StartSession(in.Token, in.ExpiresAt)
	return route.GoTo(route.Local(r.Field("next"), in.Home))
}

func (h handlers) signOut(r *route.Request) (route.Reply, error) {
	if err := h.people.SignOut(r.Context(), r.SessionToken()); err != nil {
		return route.Reply{}, err //nolint:wrapcheck // people has said what it was doing
	}
	r.EndSession()
	r.Flash("You are signed out.")
	return route.GoTo("/")
}

func (h handlers) forgottenPage(r *route.Request) (route.Reply, error) {
	return route.Show(page.Forgotten{Email: r.Typed("email", ""), Problems: r.Problems()})
}

func (h handlers) forgotten(r *route.Request) (route.Reply, error) {
	if err := h.people.RequestReset(anyone(r.Context()), r.Field("email")); err != nil {
		return r.Again(err, h.forgottenPage)
	}
	return route.GoTo("/sign-in/sent")
}

func (h handlers) resetSent(r *route.Request) (route.Reply, error) {
	return route.Show(page.Sent{Title: "Set a new password", What: "a link to set a new password", Demo: r.Brand().Demo})
}

func (h handlers) resetPage(r *route.Request) (route.Reply, error) {
	return route.Show(page.Reset{Token: r.Typed("token", r.Query("token")), Problems: r.Problems()})
}

func (h handlers) reset(r *route.Request) (route.Reply, error) {
	err := h.people.Reset(anyone(r.Context()), r.Field("token"), r.Form().Get("password"))
	if f, ok := fault.Of(err); ok && f.Fields["password"] != "" {
		return r.Again(err, h.resetPage)
	}
	if err != nil {
		return expired(err)
	}
	r.EndSession()
	r.Flash("Your new password is set. You can sign in with it now.")
	return route.GoTo("/sign-in")
}

func (h handlers) invitationPage(r *route.Request) (route.Reply, error) {
	token := r.Typed("token", r.Query("token"))
	name, email, err := h.people.Invited(r.Context(), token)
	if err != nil {
		return expired(err)
	}
	next := route.Local(r.Typed("next", r.Query("next")), "")
	return route.Show(page.Invitation{Token: token, Next: next, Name: r.Typed("name", name), Email: email, Problems: r.Problems()})
}

func (h handlers) accept(r *route.Request) (route.Reply, error) {
	err := h.people.Accept(anyone(r.Context()), r.Field("token"), r.Field("name"), r.Form().Get("password"))
	if f, ok := fault.Of(err); ok && len(f.Fields) > 0 {
		return r.Again(err, h.invitationPage)
	}
	if err != nil {
		return expired(err)
	}
	r.Flash("Your account is ready. You can sign in now.")
	if next := route.Local(r.Field("next"), ""); next != "" {
		return route.GoTo("/sign-in?next=" + url.QueryEscape(next))
	}
	return route.GoTo("/sign-in")
}
