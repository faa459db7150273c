package panel

import (
	"fmt"

	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// At is which meeting of which call.
type At struct {
	Call ident.CallRef
	ID   string
}

// byID reads a meeting of a call.
func byID(tx *work.Tx, at At) (*Meeting, error) {
	c, err := fund.CallByRef(tx, at.Call)
	if err != nil {
		return nil, err
	}
	known, err := ident.Parse[string](at.ID)
	if err != nil {
		return nil, work.NotFound("meeting")
	}
	m, err := work.One[Meeting](tx.DB().Where("id = ? AND call_id = ?", known, c.ID), "meeting")
	if err != nil {
		return nil, err
	}
	m.call = c
	return m, nil
}

// inCall gives the meetings of a call, the latest first.
func inCall(tx *work.Tx, c *fund.Call) ([]Meeting, error) {
	rows, err := work.Many[Meeting](tx.DB().Where("call_id = ?", c.ID).Order("starts_at DESC, id DESC"), "meetings")
	for i := range rows {
		rows[i].call = c
	}
	return rows, err
}

func membersOf(tx *work.Tx, id string) ([]Member, error) {
	return work.Many[Member](tx.DB().Where("meeting_id = ?", id).Order("id"), "members of the meeting")
}

func presenceOf(tx *work.Tx, id string) ([]Presence, error) {
	return work.Many[Presence](tx.DB().Where("meeting_id = ?", id).Order("joined_at, id"), "attendance")
}

func declarationsOf(tx *work.Tx, id string) ([]Declaration, error) {
	return work.Many[Declaration](tx.DB().Where("meeting_id = ?", id).Order("at, id"), "declarations")
}

func itemsOf(tx *work.Tx, id string) ([]Item, error) {
	return work.Many[Item](tx.DB().Where("meeting_id = ?", id).Order("position, id"), "agenda")
}

func sectionsOf(tx *work.Tx, id string) ([]Section, error) {
	return work.Many[Section](tx.DB().Where("meeting_id = ?", id).Order("position, id"), "minutes")
}

// moved counts the version of a meeting up: whoever looks at it sees that something is new, and whoever changes
// it at the same time waits.
func moved(tx *work.Tx, m *Meeting) error {
	if err := tx.DB().Exec("UPDATE meetings SET version = version + 1 WHERE id = ?", m.ID).Error; err != nil {
		return fmt.Errorf("counting the version of a meeting: %w", err)
	}
	m.Version++
	return nil
}

// placed writes the place of an item.
func placed(tx *work.Tx, i *Item) error {
	if err := tx.DB().Model(&Item{}).Where("id = ?", i.ID).Update("position", i.Position).Error; err != nil {
		return fmt.Errorf("placing an item: %w", err)
	}
	return nil
}

// takenOff removes an item that was never opened.
func takenOff(tx *work.Tx, i *Item) error {
	if err := tx.DB().Where("id = ? AND opened_at IS NULL", i.ID).Delete(&Item{}).Error; err != nil {
		return fmt.Errorf("taking an item off: %w", err)
	}
	return nil
}

// counted writes as which kind somebody counts.
func counted(tx *work.Tx, m *Member) error {
	err := tx.DB().Model(&Member{}).Where("id = ?", m.ID).Updates(map[string]any{"kind": m.Kind, "apologies_at": m.ApologiesAt, "apologies": m.Apologies}).Error
	if err != nil {
		return fmt.Errorf("changing a member: %w", err)
	}
	return nil
}

// gone notes when everybody of a list of stretches left.
func gone(tx *work.Tx, m *Meeting, person ident.Person) error {
	q := tx.DB().Model(&Presence{}).Where("meeting_id = ? AND left_at IS NULL", m.ID)
	if person != "" {
		q = q.Where("person = ?", person)
	}
	if err := q.Update("left_at", tx.Now).Error; err != nil {
		return fmt.Errorf("noting that somebody left: %w", err)
	}
	return nil
}

func addSections(tx *work.Tx, sections []Section) error {
	if err := tx.DB().CreateInBatches(&sections, 100).Error; err != nil {
		return fmt.Errorf("keeping the minutes: %w", err)
	}
	return nil
}
