package application

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"adoptionfund/internal/audit"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// clearSignature takes a signature back because a section changed.
func clearSignature(tx *work.Tx, id string, section form.Code) error {
	changes := map[string]any{"cleared_at": tx.Now, "cleared_by": string(tx.By.ID), "cleared_section": string(section)}
	if err := tx.DB().Model(&Signature{}).Where("id = ?", id).Updates(changes).Error; err != nil {
		return fmt.Errorf("clearing a signature: %w", err)
	}
	return nil
}

// clearedOf gives the signatures that changes of answers took back, the latest first.
func clearedOf(tx *work.Tx, id ident.Application) ([]Signature, error) {
	return work.Many[Signature](tx.DB().Where("application_id = ? AND cleared_section <> ''", id).Order("cleared_at DESC, id").Limit(20), "signatures")
}

func endDeputising(tx *work.Tx, id ident.Application, part Relation) error {
	q := tx.DB().Model(&Deputising{}).Where("application_id = ? AND part = ? AND ended_at IS NULL", id, part)
	if err := q.Update("ended_at", tx.Now).Error; err != nil {
		return fmt.Errorf("ending deputies: %w", err)
	}
	return nil
}

// deputiesOf gives the deputies who stand.
func deputiesOf(tx *work.Tx, id ident.Application) ([]Deputising, error) {
	return work.Many[Deputising](tx.DB().Where("application_id = ? AND ended_at IS NULL", id).Order("part, named_at"), "deputies")
}

// signingLink is a link in a mail with which somebody signs. The token is in the mail alone.
type signingLink struct {
	Digest        string `gorm:"primaryKey"`
	ApplicationID ident.Application
	Person        ident.Person
	AnswersDigest string // of the answers as they were when the link was made: not asked twice for the same
	MadeAt        time.Time
	ExpiresAt     time.Time
	EndedAt       *time.Time // used, or another took its place
	CodeDigest    string
	CodeSentAt    *time.Time
	Codes         int // that were sent
	Tries         int // wrong ones since the last was sent
}

func (signingLink) TableName() string { return "signing_links" }

// linkByToken reads the link of a token if it still works, else nil.
func linkByToken(tx *work.Tx, token string) (*signingLink, error) {
	q := tx.DB().Where("digest = ? AND ended_at IS NULL AND expires_at > ?", audit.Digest([]byte(token)), tx.Arrival)
	return work.Find[signingLink](q, "link")
}

// askedSince reports whether somebody was sent a link for the same answers since a moment, which still works.
func askedSince(tx *work.Tx, a *Application, person ident.Person, digest string, since time.Time) (bool, error) {
	q := tx.DB().Where("application_id = ? AND person = ? AND answers_digest = ? AND ended_at IS NULL AND made_at > ? AND expires_at > ?", a.ID, person, digest, since, tx.Now)
	l, err := work.Find[signingLink](q.Limit(1), "link")
	return l != nil, err
}

// endSigningLinks ends the links of a person to sign an application.
func endSigningLinks(tx *work.Tx, id ident.Application, person ident.Person) error {
	q := tx.DB().Model(&signingLink{}).Where("application_id = ? AND person = ? AND ended_at IS NULL", id, person)
	if err := q.Update("ended_at", tx.Now).Error; err != nil {
		return fmt.Errorf("ending links: %w", err)
	}
	return nil
}

// keepCode keeps the digest of a code that was sent, unless another was sent meanwhile.
func keepCode(tx *work.Tx, l *signingLink, digest string) (bool, error) {
	q := tx.DB().Model(&signingLink{}).Where("digest = ? AND codes = ? AND ended_at IS NULL", l.Digest, l.Codes)
	done := q.Updates(map[string]any{"code_digest": digest, "code_sent_at": tx.Now, "codes": l.Codes + 1, "tries": 0})
	if done.Error != nil {
		return false, fmt.Errorf("keeping a code: %w", done.Error)
	}
	return done.RowsAffected == 1, nil
}

// countTry counts a try of a code before it is looked at; it says whether there was one left, so that tries at the same time count too.
func countTry(tx *work.Tx, l *signingLink, most int) (bool, error) {
	q := tx.DB().Model(&signingLink{}).Where("digest = ? AND code_digest <> '' AND tries < ? AND ended_at IS NULL", l.Digest, most)
	done := q.Update("tries", gorm.Expr("tries + 1"))
	if done.Error != nil {
		return false, fmt.Errorf("counting a try: %w", done.Error)
	}
	return done.RowsAffected == 1, nil
}

// dropCode uses a code up.
func dropCode(tx *work.Tx, l *signingLink) error {
	if err := tx.DB().Model(&signingLink{}).Where("digest = ?", l.Digest).Update("code_digest", "").Error; err != nil {
		return fmt.Errorf("using a code up: %w", err)
	}
	return nil
}
