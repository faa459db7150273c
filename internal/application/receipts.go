package application

import (
	"context"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// Kept is the receipt of one submission, as it was signed.
type Kept struct {
	Number  int // of the submission, from 1
	Stands  bool
	Receipt audit.Receipt
	Text    string
}

// Receipt gives the receipt of the standing submission, as it was signed.
func (s *Service) Receipt(ctx context.Context, ref ident.Ref) (*Application, audit.Receipt, string, error) { //nolint:revive // what belongs together and is read at one moment
	a, all, err := s.Receipts(ctx, ref)
	if err != nil {
		return nil, audit.Receipt{}, "", err
	}
	return a, all[0].Receipt, all[0].Text, nil
}

// Receipts gives the receipts of all submissions of an application, the newest first: it is the one that stands, and each
// names the one that it replaced. There is none before the first submission.
func (s *Service) Receipts(ctx context.Context, ref ident.Ref) (*Application, []Kept, error) {
	var a *Application
	var all []Kept
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		if a, err = Permitted(tx, ref, access.ViewReceipt); err != nil {
			return err
		}
		rows, err := receiptsOf(tx, a.ID)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return work.NotFound("receipt")
		}
		all, err = a.kept(rows)
		return err
	})
	return a, all, err
}
