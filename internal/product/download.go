package product

import (
	"context"
	"fmt"
	"io"
	"slices"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// Download opens a file of a return: for its supplier, and, once it was sent, for those who may see the return. Security evidence goes to
// its supplier and to DTAC assessors alone; to everybody else it is not there.
func (s *Service) Download(ctx context.Context, id ident.Product, fileID ident.File) (*ReturnFile, io.ReadCloser, error) {
	var file *ReturnFile
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		p, err := byID(tx, id)
		if err != nil {
			return err
		}
		if err := tx.Require(access.ViewReturn, p.reached(tx, access.ViewReturn)); err != nil {
			return err
		}
		if file, err = s.visible(tx, p, fileID); err != nil {
			return err
		}
		tx.Saw("DTAC evidence", string(id), string(fileID))
		if words := file.held(); words != "" {
			return fault.New(fault.Conflict, "%s", words)
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	content, err := s.files.Get(ctx, file.Digest, file.Size)
	if err != nil {
		return nil, nil, fmt.Errorf("opening evidence: %w", err)
	}
	return file, content, nil
}

// visible finds a file that the one who acts may have.
func (s *Service) visible(tx *work.Tx, p *Product, id ident.File) (*ReturnFile, error) {
	file, err := fileByID(tx, id)
	if err != nil {
		return nil, work.NotFound("file")
	}
	handed := false // filled in for the supplier, who looks at it
	if file.ProductID != p.ID {
		if handed, err = isHanded(tx, p, file); err != nil || !handed {
			return nil, orElse(err, work.NotFound("file"))
		}
	}
	f, err := s.form(file.Form)
	if err != nil {
		return nil, err
	}
	need := access.Action("")
	if q, ok := f.Question(file.Question); !ok || Sealed(q) {
		need = access.ViewSecurityEvidence
	}
	for _, act := range []access.Action{need, unsent(file, handed || p.heldBy(tx.By.ID))} {
		if act == "" {
			continue
		}
		if may, err := tx.May(act, p.reached(tx, act)); err != nil || !may {
			return nil, orElse(err, work.NotFound("file"))
		}
	}
	return file, nil
}

// isHanded reports whether a file is of what was filled in for a product, and the one who acts answers for the product itself.
func isHanded(tx *work.Tx, p *Product, file *ReturnFile) (bool, error) {
	if !slices.Contains(p.relatives, file.ProductID) || p.IsFilledIn() {
		return false, nil
	}
	return tx.May(access.AnswerReturn, p.reached(tx, access.AnswerReturn)) //nolint:wrapcheck // the gate says what it asked
}

// unsent is what one must be able to do to have a file that was never sent: nobody but the supplier can, and who filled the return in.
func unsent(f *ReturnFile, own bool) access.Action {
	if f.SentAt == nil && !own {
		return access.AnswerReturn
	}
	return ""
}

func orElse(err, other error) error {
	if err != nil {
		return err
	}
	return other
}
