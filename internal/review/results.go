package review

import (
	"database/sql"

	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/work"
)

// ResultsOf gives the totals of some applications of a call that have scores which stand, with one lean query: for reports, which read a
// page of applications at a time. Who asks must be allowed to see them.
func (s *Service) ResultsOf(tx *work.Tx, c *fund.Call, ids []ident.Application) (map[ident.Application]rubric.Result, error) {
	r, err := s.rubric(c)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	scores := make(map[ident.Application][]rubric.Score, len(ids))
	among, list := work.Among(tx, "application_id", ids)
	query := "SELECT application_id, part, value, mark, source FROM scores WHERE " + among + " AND state = ?"
	err = work.Each(tx, "scores", query, []any{list, ScoreStands}, func(rows *sql.Rows) error {
		var one Score
		if err := rows.Scan(&one.ApplicationID, &one.Part, &one.Value, &one.Mark, &one.Source); err != nil {
			return err //nolint:wrapcheck // each says what was read
		}
		scores[one.ApplicationID] = append(scores[one.ApplicationID], one.sum())
		return nil
	})
	if err != nil {
		return nil, err
	}
	results := make(map[ident.Application]rubric.Result, len(scores))
	for id, own := range scores {
		results[id] = r.Sum(own)
	}
	return results, nil
}
