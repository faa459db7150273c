package application

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
)

// SentSignature is a signature of a standing submission, as those who assess it and those who made it read it.
type SentSignature struct {
	Part     string // in words
	Name     string // as it was typed
	For      string // the signatory whose deputy signed, or empty
	ByMail   bool   // given with the link and the code of a mail
	SignedAt time.Time
}

// SignaturesOf gives the signatures of the standing submission of an application; none if there is no submission.
func SignaturesOf(tx *work.Tx, a *Application) ([]SentSignature, error) {
	if a.SubmissionID == nil {
		return nil, nil
	}
	sub, err := submissionByID(tx, *a.SubmissionID)
	if err != nil {
		return nil, err
	}
	var snap snapshot
	if err := json.Unmarshal([]byte(sub.Snapshot), &snap); err != nil {
		return nil, fmt.Errorf("reading submission %s: %w", sub.ID, err)
	}
	all := make([]SentSignature, len(snap.Signatures))
	for i, sig := range snap.Signatures {
		all[i] = SentSignature{sig.Part.Label(), sig.Name, sig.For, sig.Given == ByMail, sig.SignedAt}
	}
	return all, nil
}

// SignaturesSent gives the signatures of the standing submission, for those who may see its receipt.
func (s *Service) SignaturesSent(ctx context.Context, ref ident.Ref) ([]SentSignature, error) {
	var all []SentSignature
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		a, err := Permitted(tx, ref, access.ViewReceipt)
		if err != nil {
			return err
		}
		all, err = SignaturesOf(tx, a)
		return err
	})
	return all, err
}

// inSnapshot writes signatures as a submission keeps them.
func inSnapshot(tx *work.Tx, stand []Signature) ([]snapshotSignature, error) {
	var principals []ident.Person
	for _, sig := range stand {
		if sig.SignedFor != nil {
			principals = append(principals, *sig.SignedFor)
		}
	}
	names, err := people.Names(tx, principals...)
	if err != nil {
		return nil, err
	}
	all := make([]snapshotSignature, len(stand))
	for i, sig := range stand {
		all[i] = snapshotSignature{Part: sig.Part, Person: sig.Person, Name: sig.TypedName, SignedAt: sig.SignedAt}
		if sig.SignedFor != nil {
			all[i].For = names[*sig.SignedFor]
		}
		if sig.Given != ByAccount {
			all[i].Given = sig.Given
		}
	}
	return all, nil
}
