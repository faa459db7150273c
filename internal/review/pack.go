package review

import (
	"context"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

const (
	mostInPack  = 10
	wordsInPack = 150_000
)

// Pack gives applications to be read on paper: those of one's own that are assigned, declared and without a conflict. The log of what
// people read names them. A pack is bounded, so that it can be printed.
func (s *Service) Pack(ctx context.Context, refs []ident.Ref) ([]Sheet, error) {
	switch {
	case len(refs) == 0:
		return nil, fault.Fields(fault.Problems{"application": "Select the applications to print"})
	case len(refs) > mostInPack:
		return nil, tooMany()
	}
	var sheets []Sheet
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		sheets = nil
		words, named := 0, make([]string, len(refs))
		for i, ref := range refs {
			sheet, err := s.printable(tx, ref)
			if err != nil {
				return err
			}
			words += sheet.Size.Words
			sheets, named[i] = append(sheets, sheet), string(ref)
		}
		if words > wordsInPack && len(refs) > 1 {
			return tooMany()
		}
		tx.Saw("review.pack", named...)
		return nil
	})
	return sheets, err
}

// printable gives an application to somebody who may have it on paper.
func (s *Service) printable(tx *work.Tx, ref ident.Ref) (Sheet, error) {
	a, err := application.Permitted(tx, ref, access.ViewReview)
	if err != nil {
		return Sheet{}, err
	}
	sheet, err := s.opened(tx, a)
	if err == nil && (sheet.Kind == "" || !sheet.Terms) {
		err = fault.New(fault.Forbidden, "You can print what is assigned to you, once you have accepted the terms for reviewers")
	}
	return sheet, err
}

func tooMany() error {
	return fault.Fields(fault.Problems{"application": "Select fewer applications: at most 10 with 150,000 words in all are printed at once"})
}
