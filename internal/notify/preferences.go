package notify

import (
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"adoptionfund/internal/ident"
)

// Preferences are which mails somebody turned off. Those that are needed go out whatever they say.
type Preferences struct {
	Person      ident.Person `gorm:"primaryKey"`
	NoReminders bool
	NoNews      bool
	ChangedAt   time.Time
}

// TableName is the table of preferences.
func (Preferences) TableName() string { return "mail_preferences" }

// wants reports whether mails of a class are wanted.
func (p Preferences) wants(class Class) bool {
	switch class {
	case Reminder:
		return !p.NoReminders
	case News:
		return !p.NoNews
	case Needed:
	}
	return true
}

// PreferencesOf gives what somebody turned off: nothing, if they never did.
func PreferencesOf(tx *gorm.DB, person ident.Person) (Preferences, error) {
	p := Preferences{Person: person}
	err := tx.Where("person = ?", person).Take(&p).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return p, nil
	}
	if err != nil {
		return p, fmt.Errorf("reading which mails are wanted: %w", err)
	}
	return p, nil
}

// Keep keeps what somebody turned off.
func (p Preferences) Keep(tx *gorm.DB) error {
	if err := tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "person"}}, UpdateAll: true}).Create(&p).Error; err != nil {
		return fmt.Errorf("keeping which mails are wanted: %w", err)
	}
	return nil
}

// Class gives the class of a kind of message.
func (c *Catalogue) Class(k Kind) Class { return c.messages[k].class }

// Public is the address of the service, as the catalogue's texts name it.
func (c *Catalogue) Public() string { return c.constant["public"] }

// wanted reports whether a message goes out to the one it is for.
func (c *Catalogue) wanted(tx *gorm.DB, m Message) (bool, error) {
	class := c.Class(m.Kind)
	if class == Needed || m.Person == "" {
		return true, nil
	}
	p, err := PreferencesOf(tx, m.Person)
	return p.wants(class), err
}
