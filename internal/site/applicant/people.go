package applicant

import (
	"net/http"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/apply"
)

// peopleRows are the rows of an application's people: who takes part, who is invited, who is the main contact.
func (o Options) peopleRows() []route.Row {
	post := func(path string, a access.Action, handle route.Handler) route.Row {
		return route.Row{Method: http.MethodPost, Path: path, Title: path, Action: a, Handle: handle}
	}
	return []route.Row{
		{Method: http.MethodGet, Path: "/applications/{ref}/people", Title: "People of an application", Action: access.ViewApplication, Handle: o.peoplePage},
		post("/applications/{ref}/people", access.InviteToApplication, o.changePeople),
		post("/applications/{ref}/people/leave", access.LeaveApplication, o.leave),
		post("/applications/{ref}/people/main-contact", access.HandOverApplication, o.handOver),
		post("/applications/{ref}/people/replacement", access.ReplaceMainContact, o.replaceContact),
		{Method: http.MethodGet, Path: "/applications/{ref}/invitation", Title: "An invitation", Action: access.AnswerInvitation, Handle: o.invitation},
		post("/applications/{ref}/invitation", access.AnswerInvitation, o.answerInvitation),
	}
}

func (o Options) peoplePage(r *route.Request) (route.Reply, error) {
	v, err := o.Applications.WithPeople(r.Context(), refOf(r))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	return route.Show(page.People{
		WithPeople: v, MayInvite: v.May[access.InviteToApplication] && v.Application.Writable(), Problems: r.Problems(),
		Typed: application.Invitation{
			Email: r.Typed("email", ""), Name: r.Typed("name", ""), Sections: r.TypedAll("sections", nil),
			Organisation: ident.ODS(r.Typed("organisation", string(v.Application.Lead))),
		},
		Contact: application.Handover{
			Email: r.Typed("contact-email", ""), Name: r.Typed("contact-name", ""), Stays: r.Typed("contact-stays", "yes") == "yes", Reason: r.Typed("contact-reason", ""),
		},
	})
}

// changePeople does what the button says: invite, send again, withdraw, change sections, remove.
func (o Options) changePeople(r *route.Request) (route.Reply, error) {
	ref, ctx := refOf(r), r.Context()
	person, id := ident.Person(r.Field("person")), r.Field("invitation")
	var err error
	said := "The invitation was sent."
	switch r.Button() {
	case "remove":
		err, said = o.Applications.RemoveContributor(ctx, ref, person), "They no longer take part. What they wrote stays."
	case "sections":
		err, said = o.Applications.ChangeSections(ctx, ref, person, r.Form()["their-sections"]), "The sections are changed."
	case "resend":
		err, said = o.Applications.Resend(ctx, ref, id), "The invitation was sent again."
	case "withdraw":
		err, said = o.Applications.WithdrawInvitation(ctx, ref, id), "The invitation is withdrawn."
	default:
		err = o.Applications.Invite(ctx, ref, application.Invitation{
			Email: r.Field("email"), Name: r.Field("name"), Sections: r.Form()["sections"], Organisation: ident.ODS(r.Field("organisation")),
		})
	}
	if err != nil {
		return r.Again(err, o.peoplePage)
	}
	r.Flash(said)
	return route.Go("/applications/%s/people", ref)
}

func (o Options) leave(r *route.Request) (route.Reply, error) {
	if err := o.Applications.Leave(r.Context(), refOf(r)); err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	r.Flash("You have left the application. What you wrote stays.")
	return route.GoTo("/applications")
}

// typedContact is who was typed as the next main contact.
func typedContact(r *route.Request) application.Handover {
	return application.Handover{
		Email: r.Field("contact-email"), Name: r.Field("contact-name"), Stays: r.Field("contact-stays") == "yes", Reason: r.Field("contact-reason"),
	}
}

func (o Options) handOver(r *route.Request) (route.Reply, error) {
	if err := o.Applications.HandOver(r.Context(), refOf(r), typedContact(r)); err != nil {
		return r.Again(err, o.peoplePage)
	}
	r.Flash("They were asked to become the main contact. Nothing changes before they accept.")
	return route.Go("/applications/%s/people", refOf(r))
}

func (o Options) replaceContact(r *route.Request) (route.Reply, error) {
	if err := o.Applications.ReplaceContact(r.Context(), refOf(r), typedContact(r)); err != nil {
		return r.Again(err, o.peoplePage)
	}
	r.Flash("They were asked to become the main contact. Nothing changes before they accept.")
	return route.Go("/applications/%s/people", refOf(r))
}

// invitation shows what somebody is invited to. One that was answered, withdrawn or has expired, one of somebody else, and none at
// all look the same.
func (o Options) invitation(r *route.Request) (route.Reply, error) {
	in, err := o.Applications.ToAnswer(r.Context(), refOf(r))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	return route.Show(page.Invitation{ToAnswer: in})
}

func (o Options) answerInvitation(r *route.Request) (route.Reply, error) {
	accept := r.Button() == "accept"
	if !accept && r.Button() != "decline" {
		return o.invitation(r)
	}
	if err := o.Applications.AnswerInvitation(r.Context(), refOf(r), accept); err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	if !accept {
		r.Flash("You have declined the invitation.")
		return route.GoTo("/")
	}
	r.Flash("You take part in this application now.")
	return route.Go("/applications/%s", refOf(r))
}
