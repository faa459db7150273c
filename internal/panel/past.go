package panel

import (
	"slices"

	"adoptionfund/internal/application"
	"adoptionfund/internal/work"
)

// Taken is an application on the agenda of a meeting, with what was declared there about it.
type Taken struct {
	Meeting  Meeting
	Item     Item
	Declared []Declaration
}

// PastOf gives the meetings on whose agenda an application is, the first first, with a fixed number of queries. Who asks must be allowed to
// see them.
func PastOf(tx *work.Tx, a *application.Application) ([]Taken, error) {
	items, err := work.Many[Item](tx.DB().Where("application_id = ?", a.ID), "agenda")
	if err != nil || len(items) == 0 {
		return nil, err
	}
	meetings, err := inCall(tx, a.Call())
	if err != nil {
		return nil, err
	}
	declared, err := work.Many[Declaration](tx.DB().Where("application_id = ?", a.ID).Order("at, id"), "declarations")
	if err != nil {
		return nil, err
	}
	var all []Taken
	for _, m := range slices.Backward(meetings) {
		for _, item := range items {
			if item.MeetingID == m.ID {
				of := slices.DeleteFunc(slices.Clone(declared), func(d Declaration) bool { return d.MeetingID != m.ID })
				all = append(all, Taken{m, item, of})
			}
		}
	}
	return all, nil
}
