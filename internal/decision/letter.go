package decision

import (
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/application"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// write makes the decision of a line. Its letter is made anew whenever it is looked at, and kept at the release.
func (*Service) write(tx *work.Tx, a *application.Application, l allocation.Line) (Decision, error) { //nolint:unparam // callers expect that writing can fail
	d := Decision{ID: ident.New[string](), ApplicationID: a.ID, Amount: l.Amount, Reason: l.Reason, DecidedAt: tx.Now}
	switch l.Outcome {
	case allocation.Fund:
		d.Outcome = Successful
	case allocation.Reserve:
		d.Outcome = Reserve
	case allocation.NotFund:
		d.Outcome = Unsuccessful
	}
	return d, nil
}
