package application

import (
	"context"
	"slices"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// Copied is what became of an application that was copied.
type Copied struct {
	Ref  ident.Ref
	Left []form.Code // questions that were answered, and whose answers the new form does not take or that must be answered afresh
}

// Copy begins an application in another call, or in a later round, with the answers and files of one that stands: those to questions
// which the form of that call has too, of the same kind. Declarations are made afresh; people, signatures and history stay behind. The
// one that was copied stays as it is, whatever its state.
func (s *Service) Copy(ctx context.Context, ref ident.Ref, to ident.CallRef) (Copied, error) {
	var done Copied
	err := s.gate.Write(ctx, func(tx *work.Tx) error {
		from, err := visible(tx, ref)
		if err != nil {
			return err
		}
		if err := tx.Require(access.CopyApplication, from); err != nil {
			return err
		}
		c, err := fund.CallByRef(tx, to)
		if fault.Is(err, fault.NotFound) || err == nil && (c.Published == "" || c.ID == from.CallID) {
			return fault.Fields(fault.Problems{"call": "Select another open call"})
		}
		if err != nil {
			return err
		}
		in := Beginning{Call: to, Title: from.Title, Lead: from.Lead}
		lead, err := s.checkBeginning(tx, c, &in)
		if err != nil {
			return aboutCall(err)
		}
		a, err := s.begin(tx, c, in, lead)
		if err != nil {
			return err
		}
		done.Ref = a.Ref
		done.Left, err = s.copyAnswers(tx, from, a)
		return err
	})
	return done, err
}

// aboutCall gives what stands in the way of beginning to the one field of the page: the call.
func aboutCall(err error) error {
	if f, ok := fault.Of(err); ok {
		for _, words := range f.Fields {
			return fault.Fields(fault.Problems{"call": words})
		}
	}
	return err
}

// copyAnswers writes the answers of one application into another that has just begun, and says which it left out.
func (s *Service) copyAnswers(tx *work.Tx, from, a *Application) ([]form.Code, error) {
	old, err := s.form(from)
	if err != nil {
		return nil, err
	}
	f, err := s.form(a)
	if err != nil {
		return nil, err
	}
	answers, err := Answers(tx, from.ID)
	if err != nil {
		return nil, err
	}
	files, err := filesOf(tx, from.ID)
	if err != nil {
		return nil, err
	}
	all, left := form.Carry(old, f, answers)
	if all, err = copyFiles(tx, a, all, files); err != nil {
		return nil, err
	}
	for _, sec := range f.Sections {
		p, err := s.open(tx, a, sec.Path())
		if err != nil {
			return nil, err
		}
		carried := own(sec, all)
		if len(carried) == 0 {
			continue
		}
		p.Answers = p.Answers.Merge(carried)
		if err := s.put(tx, a, &p); err != nil {
			return nil, err
		}
	}
	tx.Record(Event(a, string(access.CopyApplication), map[string]any{"from": from.Ref, "left": left, "files": len(files)}))
	return left, nil
}

// copyFiles notes the files that answers name as files of another application; the bytes are stored once.
func copyFiles(tx *work.Tx, a *Application, answers form.Answers, files []File) (form.Answers, error) {
	for _, old := range files {
		v, carried := answers[form.Code(old.Question)]
		at := slices.Index(v.Files, old.ID)
		if !carried || at < 0 {
			continue
		}
		file := old
		file.ID, file.ApplicationID, file.UploadedBy, file.UploadedAt = ident.New[ident.File](), a.ID, tx.By.ID, tx.Now
		if err := work.Add(tx, &file); err != nil {
			return nil, err
		}
		v.Files = slices.Clone(v.Files)
		v.Files[at] = file.ID
		answers[form.Code(old.Question)] = v
	}
	return answers, nil
}
