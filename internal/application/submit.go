package application

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/people"
	"adoptionfund/internal/product"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Submission is an immutable, signed snapshot of answers and files, with its digest.
type Submission struct {
	ID            ident.Submission
	ApplicationID ident.Application
	Number        int
	Snapshot      string // JSON, see snapshot
	Digest        string // SHA-256 of the snapshot
	SubmittedBy   ident.Person
	ArrivedAt     time.Time
	Replaces      string // the digest of the submission before
}

// snapshot is what a submission keeps.
type snapshot struct {
	Ref        ident.Ref           `json:"application"`
	Call       ident.CallRef       `json:"call"`
	Form       string              `json:"form"`
	FormDigest string              `json:"form_digest"`
	Lead       ident.ODS           `json:"lead"`
	Answers    form.Answers        `json:"answers"`
	Files      []snapshotFile      `json:"files"`
	Signatures []snapshotSignature `json:"signatures"`
}

type snapshotFile struct {
	ID     ident.File `json:"id"`
	Name   string     `json:"name"`
	Size   int64      `json:"size"`
	Digest string     `json:"digest"`
}

type snapshotSignature struct {
	Part     Relation     `json:"part"`
	Person   ident.Person `json:"person"`
	Name     string       `json:"name"`
	SignedAt time.Time    `json:"signed_at"`
	For      string       `json:"for,omitempty"`   // the signatory whose deputy signed
	Given    Given        `json:"given,omitempty"` // where it was not given by somebody who had signed in
}

// Submit sends the application to the fund. The request must have arrived before the deadline, every answer must be valid, and both
// signatories must have signed the answers as they stand. Sending the same again gives the receipt that was given.
func (s *Service) Submit(ctx context.Context, ref ident.Ref) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := Permitted(tx, ref, access.ViewApplication) // before anything is read for it
		if err != nil {
			return err
		}
		return s.submit(tx, a)
	})
}

func (s *Service) submit(tx *work.Tx, a *Application) error {
	f, err := s.form(a)
	if err != nil {
		return err
	}
	answers, err := Answers(tx, a.ID)
	if err != nil {
		return err
	}
	stand, err := standing(tx, a, answers)
	if err != nil {
		return err
	}
	problems := form.Check(f, nil, answers, s.how(tx, a, f, form.Complete))
	if problems, err = heldBack(tx, a, problems); err != nil {
		return err
	}
	before, err := s.standingSubmission(tx, a)
	if err != nil {
		return err
	}
	sub, err := s.snapshot(tx, a, f, answers, stand)
	if err != nil {
		return err
	}
	if before != nil && before.Digest == sub.Digest {
		return tx.Require(access.ViewReceipt, a) // the same again: the receipt stands
	}
	if before != nil {
		sub.Number, sub.Replaces = before.Number+1, before.Digest
	}
	a.SubmissionID, a.SubmittedAt = &sub.ID, &tx.Arrival
	guards := work.Guards{
		workflow.InTime:          work.Holds(a.inTime),
		workflow.AnswersValid:    work.Holds(len(problems) == 0),
		workflow.SignaturesGiven: work.Holds(signed(stand)),
	}
	if err := Move(tx, a, workflow.Submit, guards, map[string]any{"digest": sub.Digest, "number": sub.Number}); err != nil {
		return s.stopped(err, problems)
	}
	if err := s.summarise(tx, a, f, answers); err != nil {
		return err
	}
	if err := work.Add(tx, sub); err != nil {
		return err
	}
	if err := keepOrganisations(tx, a.ID, Organisations(f, answers, a.Lead)); err != nil {
		return err
	}
	if err := product.FromAnswers(tx, product.Use{Application: a.ID, Round: a.RoundID, Call: a.CallID}, f, answers); err != nil {
		return err
	}
	guarded := Event(a, "submission.keep", map[string]any{"digest": sub.Digest, "number": sub.Number})
	guarded.Guards = []audit.Row{{Table: "submissions", Key: string(sub.ID)}}
	tx.Record(guarded)
	tx.Sealed(func(entries []audit.Entry) error { return s.issue(tx, a, sub, entries[len(entries)-1]) })
	return nil
}

// stopped names the answers that are wrong where it was them that stopped the submission.
func (s *Service) stopped(err error, problems fault.Problems) error {
	if f, ok := fault.Of(err); ok && f.Kind == fault.Conflict && len(problems) > 0 {
		return &fault.Fault{Kind: fault.Invalid, Words: f.Words, Fields: problems}
	}
	return err
}

func (s *Service) snapshot(tx *work.Tx, a *Application, f *form.Form, answers form.Answers, stand []Signature) (*Submission, error) {
	snap := snapshot{Ref: a.Ref, Call: a.call.Ref, Form: f.ID, FormDigest: f.Digest, Lead: a.Lead, Answers: answers, Files: []snapshotFile{}}
	files, err := filesOf(tx, a.ID)
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		snap.Files = append(snap.Files, snapshotFile{file.ID, file.Name, file.Size, file.Digest})
	}
	if snap.Signatures, err = inSnapshot(tx, stand); err != nil {
		return nil, err
	}
	text, err := json.Marshal(snap)
	if err != nil {
		return nil, fmt.Errorf("writing the snapshot of %s: %w", a.Ref, err)
	}
	return &Submission{
		ID: ident.New[ident.Submission](), ApplicationID: a.ID, Number: 1, Snapshot: string(text), Digest: audit.Digest(text),
		SubmittedBy: tx.By.ID, ArrivedAt: tx.Arrival,
	}, nil
}

// issue keeps the signed receipt with its place in the chain, and mails it; it runs when the events are sealed.
func (s *Service) issue(tx *work.Tx, a *Application, sub *Submission, e audit.Entry) error {
	r := tx.Issue(audit.Receipt{
		Service: s.name, Application: string(a.Ref), Call: string(a.call.Ref), Arrived: sub.ArrivedAt, Digest: sub.Digest, Replaces: sub.Replaces,
	}, e)
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("writing the receipt of %s: %w", a.Ref, err)
	}
	if err := addReceipt(tx, sub.ID, string(text)); err != nil {
		return err
	}
	p, err := people.ByID(tx, a.MainContact)
	if err != nil {
		return err
	}
	fields := Fields(a)
	fields["name"], fields["arrived"], fields["digest"], fields["receipt"] = p.Name, uktime.Moment(sub.ArrivedAt), sub.Digest, string(text)
	return tx.Notify(notify.Message{Kind: "receipt", Person: p.ID, Address: p.Email, Key: string(sub.ID), Fields: fields})
}

// Empty takes out of the submissions of an application what people wrote, where its data is removed: answers, the names of files, and
// signatures. What form they answered, and the digests, stay. The caller has asked for permission, and records the event.
func Empty(tx *work.Tx, id ident.Application) error {
	subs, err := work.Many[Submission](tx.DB().Where("application_id = ?", id), "submissions")
	if err != nil {
		return err
	}
	for _, sub := range subs {
		var snap snapshot
		if err := json.Unmarshal([]byte(sub.Snapshot), &snap); err != nil {
			return fmt.Errorf("reading submission %s: %w", sub.ID, err)
		}
		snap.Answers, snap.Files, snap.Signatures = form.Answers{}, []snapshotFile{}, []snapshotSignature{}
		text, err := json.Marshal(snap)
		if err == nil {
			err = tx.DB().Model(&Submission{}).Where("id = ?", sub.ID).Update("snapshot", string(text)).Error
		}
		if err != nil {
			return fmt.Errorf("emptying submission %s: %w", sub.ID, err)
		}
	}
	return nil
}

func (s *Service) standingSubmission(tx *work.Tx, a *Application) (*Submission, error) {
	if a.SubmissionID == nil {
		return nil, nil //nolint:nilnil // none is an answer
	}
	return submissionByID(tx, *a.SubmissionID)
}

// Snapshot gives the answers of the standing submission with its form, and in their place those that were changed at a question of the
// fund: what the rooms after this one assess.
func (s *Service) Snapshot(tx *work.Tx, a *Application) (*form.Form, form.Answers, *Submission, error) { //nolint:revive // what belongs together and is read at one moment
	sub, err := s.standingSubmission(tx, a)
	if err != nil {
		return nil, nil, nil, err
	}
	if sub == nil {
		return nil, nil, nil, fault.New(fault.Conflict, "The application was not submitted")
	}
	var snap snapshot
	if err := json.Unmarshal([]byte(sub.Snapshot), &snap); err != nil {
		return nil, nil, nil, fmt.Errorf("reading submission %s: %w", sub.ID, err)
	}
	f, err := s.library.Form(snap.Form)
	if err != nil {
		return nil, nil, nil, err
	}
	later, err := amendmentsOf(tx, sub.ID)
	return f, amended(snap.Answers, later), sub, err
}

// ReopenCopy tells the people of a submitted application that it is being changed: the last signed submission stands until another
// replaces it.
func (s *Service) ReopenCopy(ctx context.Context, ref ident.Ref) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := ByRef(tx, ref)
		if err != nil {
			return err
		}
		return Move(tx, a, workflow.ReopenCopy, work.Guards{workflow.InTime: work.Holds(a.inTime)}, nil)
	})
}
