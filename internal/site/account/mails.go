package account

import (
	"net/http"

	"adoptionfund/internal/access"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/account"
)

// mailRows are the rows of which mails somebody gets.
func (h handlers) mailRows() []route.Row {
	return []route.Row{
		{Method: http.MethodGet, Path: "/account/mail", Title: "Emails you get", Action: access.ViewAccount, Handle: h.mailPage},
		{Method: http.MethodPost, Path: "/account/mail", Title: "Emails you get", Action: access.EditAccount, Handle: h.keepMail},
		{Method: http.MethodGet, Path: "/mail/stop", Title: "Turn emails off", Action: access.StopMail, Public: true, Handle: h.stopPage},
		{Method: http.MethodPost, Path: "/mail/stop", Title: "Turn emails off", Action: access.StopMail, Public: true, Handle: h.stop},
	}
}

func (h handlers) mailPage(r *route.Request) (route.Reply, error) {
	p, err := h.people.MailPreferences(r.Context())
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // people has said what it was doing
	}
	return route.Show(page.Mails{Preferences: p})
}

func (h handlers) keepMail(r *route.Request) (route.Reply, error) {
	if err := h.people.SetMailPreferences(r.Context(), r.Field("reminders") == "yes", r.Field("news") == "yes"); err != nil {
		return route.Reply{}, err //nolint:wrapcheck // people has said what it was doing
	}
	r.Flash("Your choice is saved.")
	return route.GoTo("/account/mail")
}

// stopToken is that of the link; programs for mail send it in the address also with a POST.
func stopToken(r *route.Request) string {
	if token := r.Field("token"); token != "" {
		return token
	}
	return r.Query("token")
}

func (h handlers) stopPage(r *route.Request) (route.Reply, error) {
	class, err := h.people.StopLink(r.Context(), stopToken(r))
	if err != nil {
		return expired(err)
	}
	return route.Show(page.StopMail{Token: stopToken(r), Reminders: class == notify.Reminder})
}

func (h handlers) stop(r *route.Request) (route.Reply, error) {
	class, err := h.people.StopMail(anyone(r.Context()), stopToken(r))
	if err != nil {
		return expired(err)
	}
	return route.Show(page.StopMail{Done: true, Reminders: class == notify.Reminder})
}
