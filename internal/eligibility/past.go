package eligibility

import (
	"adoptionfund/internal/application"
	"adoptionfund/internal/otherfunding"
	"adoptionfund/internal/work"
)

// Past is the whole check of an application's eligibility, for its explanation: as the workbench has it, with what was settled since.
type Past struct {
	Bench

	Reopenings []Reopening     // the oldest first
	Shortlist  []ShortlistLine // the oldest first
}

// PastOf reads the check of a submitted application with a fixed number of queries. Who asks must be allowed to see all of it.
func (s *Service) PastOf(tx *work.Tx, a *application.Application) (Past, error) {
	var p Past
	var err error
	if p.Bench, err = s.bench(tx, a); err != nil {
		return p, err
	}
	if p.Reopenings, err = work.Many[Reopening](tx.DB().Where("application_id = ?", a.ID).Order("proposed_at, id"), "reopenings"); err != nil {
		return p, err
	}
	p.Shortlist, err = work.Many[ShortlistLine](tx.DB().Where("application_id = ?", a.ID).Order("proposed_at, id"), "shortlist")
	return p, err
}

// Concluded are the matches with other funding of which an officer concluded something, and Unsettled how many wait.
func (b *Bench) Concluded() (concluded []otherfunding.Match, unsettled int) {
	for _, m := range b.Matches {
		if m.Settled == nil {
			unsettled++
			continue
		}
		concluded = append(concluded, m)
	}
	return concluded, unsettled
}
