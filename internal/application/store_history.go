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

// signedParts gives the parts for which a signature stands, by application.
func signedParts(tx *work.Tx, of []*Application) (map[ident.Application][]Relation, error) {
	ids := make([]ident.Application, len(of))
	for i, a := range of {
		ids[i] = a.ID
	}
	rows, err := work.Many[Signature](tx.DB().Where("application_id IN ? AND cleared_at IS NULL", ids), "signatures")
	if err != nil {
		return nil, err
	}
	found := map[ident.Application][]Relation{}
	for _, row := range rows {
		found[row.ApplicationID] = append(found[row.ApplicationID], row.Part)
	}
	return found, nil
}
