package account

import (
	"adoptionfund/internal/notify"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Mails is the page on which somebody says which mails they want.
type Mails struct{ notify.Preferences }

// Head tells the frame.
func (Mails) Head() shared.Head {
	return shared.Head{Title: "Emails you get", Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}, {Href: "/account", Text: "Your account"}}}
}

// StopMail is the page of a link with which mails are turned off.
type StopMail struct {
	Token     string
	Reminders bool // else news
	Done      bool
}

// Head tells the frame.
func (s StopMail) Head() shared.Head {
	title := "Turn off news by email"
	switch {
	case s.Reminders && s.Done:
		title = "Reminders are turned off"
	case s.Reminders:
		title = "Turn off reminders"
	case s.Done:
		title = "News by email is turned off"
	}
	return shared.Head{Title: title}
}
