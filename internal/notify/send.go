package notify

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/wneessen/go-mail"
	"gorm.io/gorm"

	"adoptionfund/internal/jobs"
)

// Sender sends the mails of the outbox. Without a server they stay where they are, and count as sent.
type Sender struct {
	db     *gorm.DB
	client *mail.Client
	from   string
	now    func() time.Time
}

// NewSender makes a sender for smtp://USER:PASSWORD@HOST:PORT, or one that keeps mail in the database if address is empty.
// smtp:// starts TLS where the server offers it and insists on it where a password is sent; smtps:// speaks TLS from the start.
func NewSender(db *gorm.DB, address, from string, now func() time.Time) (*Sender, error) {
	s := &Sender{db: db, from: from, now: now}
	if address == "" {
		return s, nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || (u.Scheme != "smtp" && u.Scheme != "smtps") {
		return nil, errors.New("smtp_url must be smtp://USER:PASSWORD@HOST:PORT")
	}
	options := []mail.Option{mail.WithTimeout(30 * time.Second), mail.WithTLSPolicy(mail.TLSOpportunistic)}
	if port, err := strconv.Atoi(u.Port()); err == nil {
		options = append(options, mail.WithPort(port))
	}
	if u.Scheme == "smtps" {
		options = append(options, mail.WithSSL())
	}
	if password, ok := u.User.Password(); ok {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(u.User.Username()),
			mail.WithPassword(password), mail.WithTLSPolicy(mail.TLSMandatory))
	}
	s.client, err = mail.NewClient(u.Hostname(), options...)
	if err != nil {
		return nil, fmt.Errorf("preparing to send mail: %w", err)
	}
	return s, nil
}

// Handle is the handler of the sending job. A mail that was sent is not sent again; its Message-ID stays the same in each
// try, so that a server that took it before a failure can tell.
func (s *Sender) Handle(ctx context.Context, payload string) error {
	var m Mail
	err := s.db.WithContext(ctx).Where("id = ?", payload).Take(&m).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return jobs.Permanent{Err: fmt.Errorf("mail %s is gone", payload)}
	}
	if err != nil {
		return fmt.Errorf("reading mail %s: %w", payload, err)
	}
	if m.SentAt != nil {
		return nil
	}
	if s.client != nil {
		if err := s.send(ctx, m); err != nil {
			return err
		}
	}
	if err := s.db.WithContext(ctx).Model(&m).Where("id = ?", m.ID).Update("sent_at", s.now()).Error; err != nil {
		return fmt.Errorf("marking mail %s as sent: %w", m.ID, err)
	}
	return nil
}

func (s *Sender) send(ctx context.Context, m Mail) error {
	msg := mail.NewMsg()
	if err := errors.Join(msg.From(s.from), msg.To(m.Address)); err != nil {
		return jobs.Permanent{Err: fmt.Errorf("addressing mail %s: %w", m.ID, err)}
	}
	msg.Subject(m.Subject)
	msg.SetMessageIDWithValue(string(m.ID) + "@adoptionfund")
	msg.SetDateWithValue(m.CreatedAt)
	if m.Stop != "" {
		msg.SetGenHeader(mail.HeaderListUnsubscribe, "<"+m.Stop+">")
		msg.SetGenHeader(mail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click")
	}
	msg.SetBodyString(mail.TypeTextPlain, m.Body)
	msg.AddAlternativeString(mail.TypeTextHTML, m.HTML())
	err := s.client.DialAndSendWithContext(ctx, msg)
	if err == nil {
		return nil
	}
	if refused, ok := errors.AsType[*mail.SendError](err); ok && !refused.IsTemp() {
		return jobs.Permanent{Err: fmt.Errorf("the mail server refused mail %s: %w", m.ID, err)}
	}
	return fmt.Errorf("sending mail %s: %w", m.ID, err)
}
