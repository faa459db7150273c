package applicant

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/apply"
)

// signRows are the rows of signing: the page of what is signed, and the way to it from a mail, which needs no account.
func (o Options) signRows() []route.Row {
	open := func(method, path, title string, handle route.Handler) route.Row {
		return route.Row{Method: method, Path: path, Title: title, Action: access.SignFromMail, Public: true, Handle: handle}
	}
	return []route.Row{
		narrow(route.Row{Method: http.MethodGet, Path: "/applications/{ref}/sign", Title: "Sign an application", Action: access.ViewApplication, Handle: o.signPage}),
		narrow(route.Row{Method: http.MethodPost, Path: "/applications/{ref}/sign", Title: "Sign", Action: access.ViewApplication, Handle: o.sign}),
		open(http.MethodGet, "/sign", "Sign from a mail", o.mailLink),
		open(http.MethodPost, "/sign", "Send a code", o.sendCode),
		open(http.MethodGet, "/sign/code", "Enter the code", o.codePage),
		open(http.MethodPost, "/sign/code", "Enter the code", o.enterCode),
		open(http.MethodGet, "/sign/done", "You have signed", o.done),
	}
}

// signPage shows what is signed. Whoever has not signed these answers yet and may is asked to.
func (o Options) signPage(r *route.Request) (route.Reply, error) {
	s, err := o.Applications.ToSign(r.Context(), refOf(r))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	who, _ := r.Principal()
	parts := s.Application.PartsOf(who.ID)
	open := slices.ContainsFunc(parts, func(part application.Relation) bool {
		return !slices.ContainsFunc(s.Signatures, func(sig application.Signature) bool { return sig.Part == part })
	})
	writable := s.Application.Writable()
	return route.Show(page.Sign{
		ToSign: s, Name: r.Typed("name", ""), Problems: r.Problems(), Who: who.ID, Narrow: who.Narrow(),
		MaySign: s.May[access.SignApplication] && writable && open,
		MayAsk:  s.May[access.SubmitApplication] && writable && len(s.Signatures) < 2,
		MayName: s.May[access.NameDeputy] && writable && open,
		Deputy:  application.NewDeputy{Email: r.Typed("deputy-email", ""), Name: r.Typed("deputy-name", ""), Reason: r.Typed("deputy-reason", "")},
	})
}

func (o Options) sign(r *route.Request) (route.Reply, error) {
	switch r.Button() {
	case "ask":
		return o.askToSign(r)
	case "deputy":
		return o.nameDeputy(r)
	}
	ref := refOf(r)
	if err := o.Applications.Sign(r.Context(), ref, r.Field("name"), r.Field("digest")); err != nil {
		return r.Again(err, o.signPage)
	}
	if who, _ := r.Principal(); who.Narrow() {
		r.EndSession()
		return route.GoTo("/sign/done")
	}
	r.Flash("You have signed. Thank you.")
	return route.Go("/applications/%s", ref)
}

func (o Options) askToSign(r *route.Request) (route.Reply, error) {
	if err := o.Applications.RequestSignatures(r.Context(), refOf(r)); err != nil {
		return r.Again(err, o.overview)
	}
	r.Flash("The project SRO and the finance lead were asked to sign.")
	return route.Go("/applications/%s", refOf(r))
}

func (o Options) nameDeputy(r *route.Request) (route.Reply, error) {
	in := application.NewDeputy{Email: r.Field("deputy-email"), Name: r.Field("deputy-name"), Reason: r.Field("deputy-reason")}
	if err := o.Applications.NameDeputy(r.Context(), refOf(r), in); err != nil {
		return r.Again(err, o.signPage)
	}
	r.Flash("Your deputy was asked to sign for you. You can still sign yourself.")
	return route.Go("/applications/%s/sign", refOf(r))
}

// stranger acts as somebody who has not signed in: a link in a mail is for its mailbox, whoever has signed in here.
func stranger(r *route.Request) context.Context {
	return access.With(r.Context(), access.Principal{Name: "anonymous"})
}

// over answers a link that does not work with one page, whatever the reason.
func over(err error) (route.Reply, error) {
	if fault.Is(err, fault.NotFound) {
		return route.ShowStatus(http.StatusNotFound, page.LinkOver{})
	}
	return route.Reply{}, err
}

// token is that of the link by which the page was reached.
func token(r *route.Request) string {
	if typed := r.Field("token"); typed != "" {
		return typed
	}
	return r.Query("token")
}

// mailLink shows the page of a link. Programs that look through mail open it too: it changes nothing.
func (o Options) mailLink(r *route.Request) (route.Reply, error) {
	if err := o.Applications.LinkWorks(stranger(r), token(r)); err != nil {
		return over(err)
	}
	return route.Show(page.MailLink{Token: token(r)})
}

func (o Options) sendCode(r *route.Request) (route.Reply, error) {
	if err := o.Applications.SendCode(stranger(r), token(r)); err != nil {
		if fault.Is(err, fault.TooMany) {
			return r.Again(err, o.codePage)
		}
		return over(err)
	}
	return route.GoTo("/sign/code?token=" + url.QueryEscape(token(r)))
}

func (o Options) codePage(r *route.Request) (route.Reply, error) {
	if err := o.Applications.LinkWorks(stranger(r), token(r)); err != nil {
		return over(err)
	}
	return route.Show(page.Code{Token: token(r), Problems: r.Problems()})
}

func (o Options) enterCode(r *route.Request) (route.Reply, error) {
	in, ref, err := o.Applications.EnterCode(stranger(r), token(r), r.Field("code"), r.UserAgent())
	if fault.Is(err, fault.Invalid) {
		return r.Again(err, o.codePage)
	}
	if err != nil {
		return over(err)
	}
	r.StartSession(in.Token, in.ExpiresAt)
	return route.Go("/applications/%s/sign", ref)
}

func (Options) done(*route.Request) (route.Reply, error) { return route.Show(page.Signed{}) }
