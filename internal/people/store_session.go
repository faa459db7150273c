package people

import (
	"fmt"
	"time"

	"adoptionfund/internal/audit"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// Session is a signed-in browser.
type Session struct {
	Digest    string `gorm:"primaryKey"`
	ID        string
	Person    ident.Person
	Factor    bool // signed in with a one-time code, or none is asked
	Agent     string
	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time
	EndedAt   *time.Time
	// ConfirmedAt is when the person last confirmed in it that it is they.
	ConfirmedAt *time.Time
	// Application is the one that the session reaches, where it was opened from a mail; nil: it is the person's own.
	Application    *ident.Application
	ApplicationRef ident.Ref
}

// live reports whether the session can be used.
func (s *Session) live(now time.Time) bool { return s.EndedAt == nil && now.Before(s.ExpiresAt) }

// purpose is what a link sent by mail is for.
type purpose string

const (
	confirming purpose = "confirm"
	resetting  purpose = "reset"
	inviting   purpose = "invite"
	once       purpose = "once"
)

type link struct {
	Digest    string `gorm:"primaryKey"`
	Purpose   purpose
	Person    ident.Person
	ExpiresAt time.Time
	UsedAt    *time.Time
}

// Held is a form that somebody sent when the session had ended.
type Held struct {
	ID     string
	Person ident.Person
	Path   string
	Body   string // as it was sent: application/x-www-form-urlencoded
	HeldAt time.Time
}

// TableName is the table of held forms.
func (Held) TableName() string { return "held_forms" }

func sessionOf(tx *work.Tx, token string) (*Session, error) {
	return work.Find[Session](tx.DB().Where("digest = ?", audit.Digest([]byte(token))), "session")
}

func sessionsOf(tx *work.Tx, person ident.Person) ([]Session, error) {
	q := tx.DB().Where("person = ? AND ended_at IS NULL AND expires_at > ?", person, tx.Now).Order("created_at DESC")
	return work.Many[Session](q, "sessions")
}

// endSessions ends a person's sessions but the one to keep; it ends all where keep is empty.
func endSessions(tx *work.Tx, person ident.Person, keep string) error {
	err := tx.DB().Model(&Session{}).Where("person = ? AND ended_at IS NULL AND digest <> ?", person, keep).Update("ended_at", tx.Now).Error
	if err != nil {
		return fmt.Errorf("ending sessions: %w", err)
	}
	return nil
}

// newLink makes a link for a person; earlier ones for the same purpose stop working.
func newLink(tx *work.Tx, person ident.Person, p purpose, life time.Duration) (string, error) {
	if err := endLinks(tx, person, p); err != nil {
		return "", err
	}
	token := newToken()
	l := link{Digest: audit.Digest([]byte(token)), Purpose: p, Person: person, ExpiresAt: tx.Now.Add(life)}
	return token, work.Add(tx, &l)
}

// endLinks ends the links of a person for a purpose.
func endLinks(tx *work.Tx, person ident.Person, p purpose) error {
	err := tx.DB().Model(&link{}).Where("person = ? AND purpose = ? AND used_at IS NULL", person, p).Update("used_at", tx.Now).Error
	if err != nil {
		return fmt.Errorf("ending earlier links: %w", err)
	}
	return nil
}

// findLink reads the link of a token if it still works, else nil.
func findLink(tx *work.Tx, token string, p purpose) (*link, error) {
	q := tx.DB().Where("digest = ? AND purpose = ? AND used_at IS NULL AND expires_at > ?", audit.Digest([]byte(token)), p, tx.Now)
	return work.Find[link](q, "link")
}

// use marks a link as used. A second use at the same time finds it used.
func (l *link) use(tx *work.Tx) (bool, error) {
	done := tx.DB().Model(&link{}).Where("digest = ? AND used_at IS NULL", l.Digest).Update("used_at", tx.Now)
	if done.Error != nil {
		return false, fmt.Errorf("using a link: %w", done.Error)
	}
	return done.RowsAffected == 1, nil
}

// removeExpired deletes sessions, links and held forms that ended more than a day ago; it says how many.
func removeExpired(tx *work.Tx) (int64, error) {
	before := tx.Now.Add(-24 * time.Hour)
	var n int64
	for _, q := range []string{"DELETE FROM sessions WHERE expires_at < ?", "DELETE FROM links WHERE expires_at < ?", "DELETE FROM held_forms WHERE held_at < ?"} {
		done := tx.DB().Exec(q, before)
		if done.Error != nil {
			return n, fmt.Errorf("removing what has expired: %w", done.Error)
		}
		n += done.RowsAffected
	}
	return n, nil
}

// keepHeld keeps a form for a person, replacing an earlier one.
func keepHeld(tx *work.Tx, h Held) error {
	if err := tx.DB().Exec("DELETE FROM held_forms WHERE person = ?", h.Person).Error; err != nil {
		return fmt.Errorf("replacing a held form: %w", err)
	}
	return work.Add(tx, &h)
}

func heldOf(tx *work.Tx, id string, person ident.Person) (*Held, error) {
	return work.Find[Held](tx.DB().Where("id = ? AND person = ?", id, person), "held form")
}

func dropHeld(tx *work.Tx, id string) error {
	if err := tx.DB().Exec("DELETE FROM held_forms WHERE id = ?", id).Error; err != nil {
		return fmt.Errorf("removing a held form: %w", err)
	}
	return nil
}

func touchSession(tx *work.Tx, token string) error {
	err := tx.DB().Model(&Session{}).Where("digest = ?", audit.Digest([]byte(token))).Update("seen_at", tx.Now).Error
	if err != nil {
		return fmt.Errorf("noting the use of a session: %w", err)
	}
	return nil
}

func endSession(tx *work.Tx, digest string) error {
	if err := tx.DB().Model(&Session{}).Where("digest = ? AND ended_at IS NULL", digest).Update("ended_at", tx.Now).Error; err != nil {
		return fmt.Errorf("ending a session: %w", err)
	}
	return nil
}

func endSessionByID(tx *work.Tx, person ident.Person, id string) error {
	if err := tx.DB().Model(&Session{}).Where("id = ? AND person = ? AND ended_at IS NULL", id, person).Update("ended_at", tx.Now).Error; err != nil {
		return fmt.Errorf("ending a session: %w", err)
	}
	return nil
}

// markFactor notes that a session had a one-time code.
func markFactor(tx *work.Tx, token string) error {
	if err := tx.DB().Model(&Session{}).Where("digest = ?", audit.Digest([]byte(token))).Update("factor", true).Error; err != nil {
		return fmt.Errorf("noting the code of a session: %w", err)
	}
	return nil
}
