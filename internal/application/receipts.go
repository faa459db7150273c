package application

import (
	"context"
	"fmt"

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

// Receipts gives the receipts of all submissions of an application, the one that stands first, each naming the one that it replaced.
func (s *Service) Receipts(ctx context.Context, ref ident.Ref) ([]Kept, error) {
	var all []Kept
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		a, err := Permitted(tx, ref, access.ViewReceipt)
		if err != nil {
			return err
		}
		rows, err := receiptsOf(tx, a.ID)
		if err != nil {
			return err
		}
		for _, row := range rows {
			r, err := audit.ReadReceipt([]byte(row.Receipt))
			if err != nil {
				return fmt.Errorf("reading receipt %d of %s: %w", row.Number, ref, err)
			}
			all = append(all, Kept{row.Number, a.SubmissionID != nil && row.SubmissionID == *a.SubmissionID, r, row.Receipt})
		}
		return nil
	})
	return all, err
}
