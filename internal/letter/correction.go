package letter

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
)

// Kept is the released letters on an application with their corrections, as the fund's people see them.
type Kept struct {
	Application *application.Application
	Letters     []Letter     // the newest first
	Corrections []Correction // the newest first
	Names       map[ident.Person]string
	MayCorrect  bool // propose a correction now
	MaySettle   bool // approve or return the one that is open
}

// Open is the correction that waits for a second person, or nil.
func (k Kept) Open() *Correction {
	if i := slices.IndexFunc(k.Corrections, func(c Correction) bool { return c.Settled == Open }); i >= 0 {
		return &k.Corrections[i]
	}
	return nil
}

// To gives the letters to an applicant that they may read, the newest first, with the reasons of corrections by letter. Who asks must be
// allowed to read the outcome.
func To(tx *work.Tx, a *application.Application) ([]Letter, map[string]string, error) {
	letters, err := lettersTo(tx, a.ID)
	if err != nil || len(letters) < 2 {
		return letters, nil, err
	}
	corrections, err := correctionsOf(tx, a.ID)
	reasons := map[string]string{}
	for _, l := range letters {
		for _, c := range corrections {
			if l.CorrectionID != nil && *l.CorrectionID == c.ID {
				reasons[l.ID] = c.Reason
			}
		}
	}
	return letters, reasons, err
}

// KeptOn gives the released letters on an application; there are none before its release.
func (s *Service) KeptOn(tx *work.Tx, a *application.Application) (Kept, error) {
	k := Kept{Application: a}
	if !a.Facts().Released {
		return k, nil
	}
	past, err := PastOf(tx, a)
	if err != nil {
		return k, err
	}
	k.Letters, k.Corrections = past.Letters, past.Corrections
	var ids []ident.Person
	for _, c := range k.Corrections {
		ids = append(ids, c.ProposedBy)
		if c.SettledBy != nil {
			ids = append(ids, *c.SettledBy)
		}
	}
	if k.Names, err = people.Names(tx, ids...); err != nil {
		return k, err
	}
	if k.Open() != nil {
		k.MaySettle, err = tx.May(access.ApproveCorrection, a)
		return k, err
	}
	k.MayCorrect, err = tx.May(access.CorrectLetter, a)
	k.MayCorrect = k.MayCorrect && len(k.Letters) > 0
	return k, err
}

// Corrected is a correction as somebody typed it.
type Corrected struct {
	Subject string
	Body    string
	Reason  string
	Letter  string // the id of the letter that it corrects
}

func (in *Corrected) check(now Letter) error {
	in.Subject, in.Reason = oneLine(in.Subject), strings.TrimSpace(in.Reason)
	in.Body = ReadDoc(strings.ReplaceAll(in.Body, "\r\n", "\n")).Text()
	problems := fault.Problems{}
	switch {
	case in.Subject == "":
		problems["subject"] = "Enter the subject of the letter"
	case form.Characters(in.Subject) > longestSubject:
		problems["subject"] = fmt.Sprintf("Subject must be %d characters or fewer", longestSubject)
	}
	switch {
	case strings.TrimSpace(in.Body) == "":
		problems["body"] = "Enter the text of the letter"
	case form.Characters(in.Body) > longestLetter:
		problems["body"] = fmt.Sprintf("Text must be %d,000 characters or fewer", longestLetter/1000)
	case in.Subject == now.Subject && in.Body == now.Body:
		problems["body"] = "Change what is wrong in the letter: this is how it stands"
	}
	if in.Reason == "" || form.Characters(in.Reason) > longestReason {
		problems["reason"] = fmt.Sprintf("Say why the letter is corrected, in %d,000 characters or fewer", longestReason/1000)
	}
	return fault.Fields(problems)
}

const (
	longestLetter = 40_000 // with feedback in it
	longestReason = 2000
)

// Correct proposes a corrected letter in the place of the one that an applicant has. A second person approves it; until then the applicant
// sees nothing of it.
func (s *Service) Correct(ctx context.Context, ref ident.Ref, in Corrected) error {
	return s.gate.Serial(ctx, func(tx *work.Tx) error { //nolint:wrapcheck // the use case has said what it was doing
		a, err := application.Permitted(tx, ref, access.CorrectLetter)
		if err != nil {
			return err //nolint:wrapcheck // application has said what it was doing
		}
		k, err := s.KeptOn(tx, a)
		switch {
		case err != nil:
			return err
		case len(k.Letters) == 0:
			return fault.New(fault.Conflict, "There is no released letter to correct")
		case k.Open() != nil:
			return fault.New(fault.Conflict, "A correction of this letter waits for a second person already")
		case k.Letters[0].ID != in.Letter:
			return fault.Stale(map[string]string{"subject": k.Letters[0].Subject, "body": k.Letters[0].Body}, "This letter was corrected after you opened it")
		}
		if err := in.check(k.Letters[0]); err != nil {
			return err
		}
		row := &Correction{
			ID: ident.New[string](), LetterID: k.Letters[0].ID, ApplicationID: a.ID, Subject: in.Subject, Body: in.Body, Reason: in.Reason,
			ProposedBy: tx.By.ID, ProposedAt: tx.Now, Version: 1,
		}
		tx.Record(application.Event(a, string(access.CorrectLetter), map[string]any{
			"corrects": k.Letters[0].Number, "before": audit.Digest([]byte(k.Letters[0].Body)), "after": audit.Digest([]byte(in.Body)), "reason": audit.Digest([]byte(in.Reason)),
		}))
		if err := work.Add(tx, row); err != nil {
			return err
		}
		return tellSecond(tx, a, row)
	})
}

// tellSecond tells those who may approve a correction that one waits.
func tellSecond(tx *work.Tx, a *application.Application, row *Correction) error {
	staff, err := application.Staff(tx, a, access.ApproveCorrection)
	if err != nil {
		return err //nolint:wrapcheck // application has said what it was doing
	}
	for _, p := range staff {
		if p.ID == tx.By.ID {
			continue
		}
		if err := tell(tx, a, p, "letter_correction_proposed", row.ID); err != nil {
			return err
		}
	}
	return nil
}

func tell(tx *work.Tx, a *application.Application, p people.Person, kind notify.Kind, key string) error {
	fields := application.Fields(a)
	fields["name"] = p.Name
	return tx.Notify(notify.Message{Kind: kind, Person: p.ID, Address: p.Email, Key: key, Fields: fields}) //nolint:wrapcheck // it says what it was doing
}

// Approve makes a proposed correction the letter that the applicant reads; the one before is kept, and both are shown. The applicant's side is
// told that a corrected letter is ready, and no more.
func (s *Service) Approve(ctx context.Context, ref ident.Ref, id string) error {
	return s.settle(ctx, ref, id, func(tx *work.Tx, a *application.Application, c *Correction, now Letter) error {
		c.Settled = Approved
		fresh := Letter{
			ID: ident.New[string](), ApplicationID: a.ID, CallID: a.CallID, DecisionID: now.DecisionID, Number: now.Number + 1, Kind: now.Kind,
			TemplateVersion: now.TemplateVersion, Subject: c.Subject, Body: c.Body, CorrectionID: &c.ID, WrittenAt: tx.Now,
		}
		e := application.Event(a, string(access.ApproveCorrection), map[string]any{"number": fresh.Number, "digest": audit.Digest([]byte(fresh.Body))})
		e.Guards = append(e.Guards, audit.Row{Table: "letters", Key: fresh.ID})
		tx.Record(e)
		if err := addLetters(tx, []Letter{fresh}); err != nil {
			return err
		}
		side, err := application.Side(tx, a)
		if err != nil {
			return err //nolint:wrapcheck // application has said what it was doing
		}
		for _, p := range side {
			if err := tell(tx, a, p, "outcome_corrected", fresh.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// Return gives a proposed correction back with a note; the letter stays as it is.
func (s *Service) Return(ctx context.Context, ref ident.Ref, id, note string) error {
	note = strings.TrimSpace(note)
	if note == "" || form.Characters(note) > longestReason {
		return fault.Fields(fault.Problems{"note": fmt.Sprintf("Say why you return the correction, in %d,000 characters or fewer", longestReason/1000)}) //nolint:wrapcheck // words for the person
	}
	return s.settle(ctx, ref, id, func(tx *work.Tx, a *application.Application, c *Correction, _ Letter) error {
		c.Settled, c.Note = Returned, note
		tx.Record(application.Event(a, "letter.return_correction", map[string]any{"note": audit.Digest([]byte(note))}))
		proposer, err := people.ByID(tx, c.ProposedBy)
		if err != nil {
			return err //nolint:wrapcheck // people has said what it was doing
		}
		return tell(tx, a, *proposer, "letter_correction_returned", c.ID)
	})
}

func (s *Service) settle(ctx context.Context, ref ident.Ref, id string, how func(*work.Tx, *application.Application, *Correction, Letter) error) error {
	return s.gate.Serial(ctx, func(tx *work.Tx) error { //nolint:wrapcheck // the use case has said what it was doing
		a, err := application.Permitted(tx, ref, access.ApproveCorrection)
		if err != nil {
			return err //nolint:wrapcheck // application has said what it was doing
		}
		if _, err := ident.Parse[string](id); err != nil {
			return work.NotFound("correction")
		}
		c, err := correctionByID(tx, id)
		if err != nil {
			return err
		}
		letters, err := lettersTo(tx, a.ID)
		switch {
		case err != nil:
			return err
		case c.ApplicationID != a.ID:
			return work.NotFound("correction")
		case c.Settled != Open || len(letters) == 0 || letters[0].ID != c.LetterID:
			return fault.New(fault.Conflict, "This correction is settled already, or the letter was written anew since")
		}
		c.SettledBy, c.SettledAt = &tx.By.ID, &tx.Now
		if err := how(tx, a, c, letters[0]); err != nil {
			return err
		}
		return work.Save(tx, c, &c.Version)
	})
}
