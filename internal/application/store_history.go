package application

import (
	"adoptionfund/internal/audit"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// eventsOf gives what the audit trail has about an application, newest first.
func eventsOf(tx *work.Tx, id ident.Application) ([]audit.Entry, error) {
	return work.Many[audit.Entry](tx.DB().Where("application = ?", string(id)).Order("seq DESC").Limit(1000), "history")
}

// signedBy gives the applications for which somebody's signature stands.
func signedBy(tx *work.Tx, person ident.Person) (map[ident.Application]bool, error) {
	rows, err := work.Many[Signature](tx.DB().Where("person = ? AND cleared_at IS NULL", person), "signatures")
	if err != nil {
		return nil, err
	}
	found := map[ident.Application]bool{}
	for _, row := range rows {
		found[row.ApplicationID] = true
	}
	return found, nil
}
