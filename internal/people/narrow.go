package people

import (
	"fmt"
	"net/url"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// narrowLife is how long a session that was opened from a mail lasts: long enough to read an application.
const narrowLife = 2 * time.Hour

// BeginNarrow begins a session of a person that reaches one application only: for whoever proved, with a link and a code, that they
// read the mail that was sent to them. They need no account.
func BeginNarrow(tx *work.Tx, p *Person, only access.Reach, agent string) (SignedIn, error) {
	token := newToken()
	row := Session{
		Digest: audit.Digest([]byte(token)), ID: ident.New[string](), Person: p.ID, Agent: short(agent),
		CreatedAt: tx.Now, SeenAt: tx.Now, ExpiresAt: tx.Now.Add(narrowLife), Application: &only.Application, ApplicationRef: only.Ref,
	}
	if err := work.Add(tx, &row); err != nil {
		return SignedIn{}, err
	}
	tx.Record(audit.Event{Verb: string(access.SignFromMail), Kind: "person", Subject: string(p.ID), Application: only.Application, Facts: map[string]any{"session": row.ID}})
	return SignedIn{Token: token, Person: p.ID, ExpiresAt: row.ExpiresAt}, nil
}

// EndNarrow ends a person's sessions that reach one application only.
func EndNarrow(tx *work.Tx, person ident.Person, application ident.Application) error {
	q := tx.DB().Model(&Session{}).Where("person = ? AND application = ? AND ended_at IS NULL", person, application)
	if err := q.Update("ended_at", tx.Now).Error; err != nil {
		return fmt.Errorf("ending sessions: %w", err)
	}
	return nil
}

// narrow reports whether the session reaches one application only.
func (s *Session) narrow() bool { return s.Application != nil }

// lets reports whether the person can use the session. One that reaches one application only needs no account that was confirmed.
func (s *Session) lets(p *Person) bool {
	return p.Active() || s.narrow() && p.DisabledAt == nil
}

// visitor gives who uses a session.
func (s *Service) visitor(tx *work.Tx, row *Session, p *Person) (access.Principal, bool, error) {
	who, mustEnrol, err := s.principal(tx, p, row.Factor && p.FactorAt != nil)
	who.Confirmed = row.confirmed(tx.Now)
	if row.narrow() {
		who.Only = access.Reach{Application: *row.Application, Ref: row.ApplicationRef}
		mustEnrol = false
	}
	return who, mustEnrol, err
}

// WayIn gives the address that is mailed to somebody who is invited to a page: to the page for those with an account, to the choice
// of a password, and then to the page, for the others. The link works for as long as an invitation stands.
func (s *Service) WayIn(tx *work.Tx, p *Person, page string) (string, error) {
	if p.ConfirmedAt != nil {
		return s.public + page, nil
	}
	token, err := newLink(tx, p.ID, inviting, s.InvitationLife())
	return s.public + "/invitation?next=" + url.QueryEscape(page) + "&token=" + url.QueryEscape(token), err
}

// InvitationLife is for how long an invitation stands.
func (s *Service) InvitationLife() time.Duration {
	return time.Duration(s.rules.InvitationDays) * 24 * time.Hour
}

// Link gives the address of a page with the token of a link.
func (s *Service) Link(page, token string) string { return s.linkTo(page, token) }
