package notify

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
)

// Box is the demonstration's mailbox: every mail that was written, to whomever.
type Box struct{ db *gorm.DB }

// NewBox makes the mailbox of a database.
func NewBox(db *gorm.DB) *Box { return &Box{db} }

// Recent gives the mails written before one (empty: the latest) to an address (empty: to anybody), newest first, at most n.
func (b *Box) Recent(ctx context.Context, address string, before MailID, n int) ([]Mail, error) {
	if before != "" {
		if _, err := ident.Parse[MailID](string(before)); err != nil {
			return nil, fault.New(fault.NotFound, "There is no such mail")
		}
	}
	return Recent(b.db.WithContext(ctx), address, before, n)
}

// One gives a mail.
func (b *Box) One(ctx context.Context, id MailID) (Mail, error) {
	var m Mail
	if _, err := ident.Parse[MailID](string(id)); err != nil {
		return m, fault.New(fault.NotFound, "There is no such mail")
	}
	err := b.db.WithContext(ctx).Where("id = ?", id).Take(&m).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return m, fault.New(fault.NotFound, "There is no such mail")
	}
	if err != nil {
		return m, fmt.Errorf("reading a mail: %w", err)
	}
	return m, nil
}
