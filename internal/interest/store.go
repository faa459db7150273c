package interest

import (
	"fmt"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// of gives all interests of somebody in an application, oldest first.
func of(tx *work.Tx, id ident.Application, person ident.Person) ([]Interest, error) {
	return work.Many[Interest](tx.DB().Where("application_id = ? AND person = ?", id, person).Order("at, id"), "interests")
}

func byID(tx *work.Tx, id string) (*Interest, error) {
	return work.One[Interest](tx.DB().Where("id = ?", id), "declaration")
}

// mine gives the interests of somebody, newest first.
func mine(tx *work.Tx, person ident.Person) ([]Interest, error) {
	return work.Many[Interest](tx.DB().Where("person = ?", person).Order("at DESC, id DESC"), "interests")
}

// InCall gives the interests in the applications of a call, oldest first, with one query.
func InCall(tx *work.Tx, call ident.Call) ([]Interest, error) {
	q := tx.DB().Where("application_id IN (SELECT id FROM applications WHERE call_id = ?)", call).Order("at, id")
	return work.Many[Interest](q, "interests")
}

func settle(tx *work.Tx, i *Interest, as Severity, note string) error {
	err := tx.DB().Model(&Interest{}).Where("id = ?", i.ID).Updates(map[string]any{"settled_as": as, "settled_by": tx.By.ID, "settled_at": tx.Now, "note": note}).Error
	if err != nil {
		return fmt.Errorf("settling an interest: %w", err)
	}
	i.SettledAs, i.SettledBy, i.SettledAt, i.Note = as, &tx.By.ID, &tx.Now, note
	return nil
}

func withdraw(tx *work.Tx, i *Interest, note string) error {
	err := tx.DB().Model(&Interest{}).Where("id = ?", i.ID).Updates(map[string]any{"withdrawn_by": tx.By.ID, "withdrawn_at": tx.Now, "note": note}).Error
	if err != nil {
		return fmt.Errorf("withdrawing a declaration: %w", err)
	}
	i.WithdrawnBy, i.WithdrawnAt, i.Note = &tx.By.ID, &tx.Now, note
	return nil
}

// refsOf gives the references of the applications that interests are about.
func refsOf(tx *work.Tx, all []Interest) (map[ident.Application]ident.Ref, error) {
	ids := make([]ident.Application, len(all))
	for i, one := range all {
		ids[i] = one.ApplicationID
	}
	refs := map[ident.Application]ident.Ref{}
	if len(ids) == 0 {
		return refs, nil
	}
	var rows []struct {
		ID  ident.Application
		Ref ident.Ref
	}
	if err := tx.DB().Table("applications").Select("id, ref").Where("id IN ?", ids).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading references: %w", err)
	}
	for _, row := range rows {
		refs[row.ID] = row.Ref
	}
	return refs, nil
}
