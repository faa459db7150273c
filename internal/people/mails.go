package people

import (
	"context"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/work"
)

// MailPreferences gives which mails the one who is signed in turned off.
func (s *Service) MailPreferences(ctx context.Context) (notify.Preferences, error) {
	var p notify.Preferences
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		me, err := s.self(tx, access.ViewAccount)
		if err != nil {
			return err
		}
		p, err = notify.PreferencesOf(tx.DB(), me.ID)
		return err //nolint:wrapcheck // notify has said what it was doing
	})
	return p, err
}

// SetMailPreferences turns reminders and news off or on for the one who is signed in. Mails that are needed cannot be turned off.
func (s *Service) SetMailPreferences(ctx context.Context, reminders, news bool) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		me, err := s.self(tx, access.EditAccount)
		if err != nil {
			return err
		}
		return keepPreferences(tx, notify.Preferences{Person: me.ID, NoReminders: !reminders, NoNews: !news})
	})
}

func keepPreferences(tx *work.Tx, p notify.Preferences) error {
	p.ChangedAt = tx.Now
	tx.Record(audit.Event{Verb: "account.mail_preferences", Kind: "person", Subject: string(p.Person), Facts: map[string]any{"reminders": !p.NoReminders, "news": !p.NoNews}})
	return p.Keep(tx.DB()) //nolint:wrapcheck // notify has said what it was doing
}

// stopping reads the link of a mail with which mails of its class are turned off.
func stopping(tx *work.Tx, token string) (notify.Class, ident.Person, error) {
	if err := tx.Require(access.StopMail, access.Scope{}); err != nil {
		return "", "", err
	}
	class, person, ok := tx.Stopping(token)
	if ok {
		if _, err := ByID(tx, person); err == nil {
			return class, person, nil
		}
	}
	return "", "", fault.New(fault.NotFound, "This link is not complete. Copy all of it from the email")
}

// StopLink says which mails the link of a mail turns off, and changes nothing.
func (s *Service) StopLink(ctx context.Context, token string) (notify.Class, error) {
	var class notify.Class
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		class, _, err = stopping(tx, token)
		return err
	})
	return class, err
}

// StopMail turns mails of a class off with the link of one of them. Doing it again changes nothing more.
func (s *Service) StopMail(ctx context.Context, token string) (notify.Class, error) {
	var class notify.Class
	err := s.gate.Write(ctx, func(tx *work.Tx) error {
		var person ident.Person
		var err error
		if class, person, err = stopping(tx, token); err != nil {
			return err
		}
		p, err := notify.PreferencesOf(tx.DB(), person)
		if err != nil {
			return err //nolint:wrapcheck // notify has said what it was doing
		}
		p.NoReminders, p.NoNews = p.NoReminders || class == notify.Reminder, p.NoNews || class == notify.News
		return keepPreferences(tx, p)
	})
	return class, err
}
