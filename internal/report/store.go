package report

import (
	"fmt"

	"adoptionfund/internal/application"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// barredIn counts the applications of a round that the one who acts is barred from.
func barredIn(tx *work.Tx, round ident.Round) (int64, error) {
	if tx.By.ID == "" {
		return 0, nil
	}
	var n int64
	err := tx.DB().Raw(`SELECT COUNT(DISTINCT r.application_id) FROM application_relations r JOIN applications a ON a.id = r.application_id
		WHERE r.person = ? AND r.relation IN ? AND a.round_id = ?`, tx.By.ID, application.Barring(), round).Scan(&n).Error
	if err != nil {
		return 0, fmt.Errorf("counting the applications that somebody is barred from: %w", err)
	}
	return n, nil
}

// values are the different values of a column of the applications of a round.
func values(r *Reading, column string) ([]Choice, error) {
	var all []string
	err := r.tx.DB().Raw("SELECT DISTINCT "+column+" FROM applications WHERE round_id = ? AND "+column+" <> '' ORDER BY 1", r.round.ID).Scan(&all).Error
	if err != nil {
		return nil, fmt.Errorf("reading the values of %s: %w", column, err)
	}
	choices := make([]Choice, len(all))
	for i, v := range all {
		choices[i] = Choice{v, v}
	}
	return choices, nil
}

// standardFilters are those of every report whose lines are about applications.
func standardFilters() []Filter {
	return []Filter{
		callFilter(),
		{Name: "theme", Label: "Theme", Choices: func(r *Reading) ([]Choice, error) {
			var all []Choice
			for _, c := range r.calls {
				all = append(all, Choice{c.Theme, c.Theme + ": " + c.Title})
			}
			return all, nil
		}},
		{Name: "region", Label: "Region", Choices: func(r *Reading) ([]Choice, error) { return values(r, "region") }},
		{Name: "kind", Label: "Kind of organisation", Choices: func(r *Reading) ([]Choice, error) {
			all, err := values(r, "lead_kind")
			for i := range all {
				all[i].Label = organisationKind(all[i].Value)
			}
			return all, err
		}},
		{Name: "search", Label: "Reference, title or organisation"},
	}
}

func callFilter() Filter {
	return Filter{Name: "call", Label: "Call", Choices: func(r *Reading) ([]Choice, error) {
		all := make([]Choice, len(r.calls))
		for i, c := range r.calls {
			all[i] = Choice{string(c.Ref), string(c.Ref) + ": " + c.Title}
		}
		return all, nil
	}}
}

// inCalls narrows to the calls of the round, or to the one that is asked for.
func (r *Reading) inCalls() []fund.Call {
	ref := r.filter["call"]
	if ref == "" {
		return r.calls
	}
	for i := range r.calls {
		if string(r.calls[i].Ref) == ref {
			return r.calls[i : i+1]
		}
	}
	return nil
}
