package allocation

import (
	"fmt"
	"maps"
	"slices"

	"adoptionfund/internal/allocation/solve"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// decided are the applications that earlier proposals of a call settled, with what is promised to each: 0 to those that get nothing, also where an
// award came to nothing. What is assessed again or on the reserve list is open, and not among them.
type decided map[ident.Application]money.Pence

// promised is what all of them come to.
func (d decided) promised() money.Pence {
	var sum money.Pence
	for _, amount := range d {
		sum += amount
	}
	return sum
}

// settled reads what the proposals of a call before some number settled, with one query.
func settled(tx *work.Tx, c *fund.Call, before int) (decided, error) {
	const query = `SELECT l.application_id, COALESCE(MAX(m.amount), 0) FROM proposal_lines l JOIN proposals p ON p.id = l.proposal_id JOIN applications a ON a.id = l.application_id
		LEFT JOIN commitments m ON m.application_id = l.application_id AND m.number < ?
		WHERE p.call_id = ? AND p.number < ? AND (p.state = ? OR a.state = ?) AND l.dropped_at IS NULL AND a.state NOT IN ? GROUP BY l.application_id`
	rows, err := tx.DB().Raw(query, before, c.ID, before, Released, workflow.Successful, []workflow.ApplicationState{workflow.Assessed, workflow.Reserve, workflow.Withdrawn}).Rows()
	if err != nil {
		return nil, fmt.Errorf("reading what is promised: %w", err)
	}
	defer func() { _ = rows.Close() }()
	all := decided{}
	for rows.Next() {
		var id ident.Application
		var amount money.Pence
		if err := rows.Scan(&id, &amount); err != nil {
			return nil, fmt.Errorf("reading what is promised: %w", err)
		}
		all[id] = amount
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("reading what is promised: %w", err)
	}
	return all, nil
}

// spoken is what a call takes of a shared budget: what is promised, and what a proposal that waits would give besides.
func spoken(tx *work.Tx, c *fund.Call) (money.Pence, error) {
	const query = `SELECT CAST(COALESCE((SELECT SUM(amount) FROM commitments WHERE call_id = ?), 0) + COALESCE((SELECT SUM(l.amount) FROM proposal_lines l JOIN proposals p ON p.id = l.proposal_id
		JOIN applications a ON a.id = l.application_id WHERE p.call_id = ? AND p.state IN ? AND l.outcome = ? AND l.dropped_at IS NULL AND a.state NOT IN ?), 0) AS bigint)`
	var sum money.Pence
	err := tx.DB().Raw(query, c.ID, c.ID, []ProposalState{Made, Approved}, Fund, []workflow.ApplicationState{workflow.Successful, workflow.Withdrawn}).Scan(&sum).Error
	if err != nil {
		return 0, fmt.Errorf("reading what %s takes of the budget: %w", c.Ref, err)
	}
	return sum, nil
}

// next is the number of the proposal that comes next: the one that waits for its decision or its release, or the one after the latest.
func next(p *Proposal) int {
	switch {
	case p == nil:
		return 1
	case p.Waits():
		return p.Number
	}
	return p.Number + 1
}

// hold holds an application to what was settled before: funded with what is promised to it, or not at all.
func (d decided) hold(a *application.Application, row *solve.Application) {
	promised, there := d[a.ID]
	switch {
	case !there:
		return
	case promised == 0:
		row.Must = solve.MustReject
		return
	}
	if len(row.Uses) > 0 {
		row.Uses = inProportion(row.Uses, promised)
	}
	row.Must, row.Requested, row.Minimum = solve.MustFund, promised, promised
}

// inProportion shares an amount out as another was, in whole pence.
func inProportion(uses map[string]money.Pence, amount money.Pence) map[string]money.Pence {
	names := slices.Sorted(maps.Keys(uses))
	weights := make([]money.Pence, len(names))
	for i, name := range names {
		weights[i] = uses[name]
	}
	shares := make(map[string]money.Pence, len(uses))
	for i, part := range money.Split(amount, weights) {
		shares[names[i]] = part
	}
	return shares
}

// reasons say of what was settled before why it is as it is.
func (d decided) reasons(apps []Ranked, reasons map[string]string) {
	for _, r := range apps {
		switch promised, there := d[r.Application.ID]; {
		case there && promised > 0:
			reasons[string(r.Application.Ref)] = "Decided before: " + promised.String() + " is promised to it."
		case there:
			reasons[string(r.Application.Ref)] = "Decided before: nothing is promised to it."
		}
	}
}
