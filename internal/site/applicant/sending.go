package applicant

import (
	"fmt"
	"io"
	"slices"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/apply"
)

// signPage shows what is signed. Whoever has not signed these answers yet and may is asked to.
func (o Options) signPage(r *route.Request) (route.Reply, error) {
	s, err := o.Applications.ToSign(r.Context(), refOf(r))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	who, _ := r.Principal()
	done := slices.ContainsFunc(s.Signatures, func(sig application.Signature) bool { return sig.Person == who.ID })
	writable := s.Application.Writable()
	return route.Show(page.Sign{
		ToSign: s, Name: r.Typed("name", ""), Problems: r.Problems(),
		MaySign: s.May[access.SignApplication] && writable && !done,
		MayAsk:  s.May[access.SubmitApplication] && writable && len(s.Signatures) < 2,
	})
}

func (o Options) sign(r *route.Request) (route.Reply, error) {
	ref := refOf(r)
	if r.Button() == "ask" {
		if err := o.Applications.RequestSignatures(r.Context(), ref); err != nil {
			return r.Again(err, o.overview)
		}
		r.Flash("The project SRO and the finance lead were asked to sign.")
		return route.Go("/applications/%s", ref)
	}
	if err := o.Applications.Sign(r.Context(), ref, r.Field("name"), r.Field("digest")); err != nil {
		return r.Again(err, o.signPage)
	}
	r.Flash("You have signed. Thank you.")
	return route.Go("/applications/%s", ref)
}

func (o Options) submit(r *route.Request) (route.Reply, error) {
	ref := refOf(r)
	if err := o.Applications.Submit(r.Context(), ref); err != nil {
		return r.Again(err, o.overview)
	}
	return route.Go("/applications/%s/receipt", ref)
}

func (o Options) reopen(r *route.Request) (route.Reply, error) {
	ref := refOf(r)
	if err := o.Applications.ReopenCopy(r.Context(), ref); err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	r.Flash("You can change the application now. The last signed submission stands until another replaces it.")
	return route.Go("/applications/%s", ref)
}

func (o Options) receipt(r *route.Request) (route.Reply, error) {
	a, receipt, text, err := o.Applications.Receipt(r.Context(), refOf(r))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	if r.Query("format") == "json" {
		return route.Download(fmt.Sprintf("receipt-%s.json", a.Ref), "application/json", false, func(w io.Writer) error {
			_, err := io.WriteString(w, text+"\n")
			return err //nolint:wrapcheck // route says what it was doing
		})
	}
	return route.Show(page.Receipt{Application: a, Receipt: receipt})
}

func (o Options) peoplePage(r *route.Request) (route.Reply, error) {
	v, err := o.Applications.Overview(r.Context(), refOf(r))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	return route.Show(page.People{
		Overview: v, MayInvite: v.May[access.InviteToApplication] && v.Application.Writable(), Problems: r.Problems(),
		Typed: application.Invitation{Email: r.Typed("email", ""), Name: r.Typed("name", ""), Sections: r.TypedAll("sections", nil)},
	})
}

func (o Options) changePeople(r *route.Request) (route.Reply, error) {
	ref := refOf(r)
	if r.Button() == "remove" {
		if err := o.Applications.RemoveContributor(r.Context(), ref, ident.Person(r.Field("person"))); err != nil {
			return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
		}
		r.Flash("They no longer take part. What they wrote stays.")
		return route.Go("/applications/%s/people", ref)
	}
	err := o.Applications.Invite(r.Context(), ref, application.Invitation{Email: r.Field("email"), Name: r.Field("name"), Sections: r.Form()["sections"]})
	if err != nil {
		return r.Again(err, o.peoplePage)
	}
	r.Flash("The invitation was sent.")
	return route.Go("/applications/%s/people", ref)
}

func (o Options) withdrawPage(r *route.Request) (route.Reply, error) {
	v, err := o.Applications.Overview(r.Context(), refOf(r))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	return route.Show(page.Withdraw{Application: v.Application, Reason: r.Typed("reason", ""), Problems: r.Problems()})
}

func (o Options) withdraw(r *route.Request) (route.Reply, error) {
	ref := refOf(r)
	if err := o.Applications.Withdraw(r.Context(), ref, r.Field("reason")); err != nil {
		return r.Again(err, o.withdrawPage)
	}
	r.Flash("The application is withdrawn.")
	return route.Go("/applications/%s", ref)
}
