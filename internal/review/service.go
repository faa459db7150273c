package review

import (
	"context"
	"slices"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Service is the use cases of reviewers, officers and assessors who score, and of the chair who closes and moderates.
type Service struct {
	gate        *work.Gate
	library     *fund.Library
	rubrics     *rubric.Library
	provisional Provisional
	kept        *kept
	papers      remembered[paper]
	submissions remembered[text]
}

// Provisional gives the provisional DTAC status of the best product that an application may use.
type Provisional func(tx *work.Tx, id ident.Application) (status.Status, error)

// NewService makes the service.
func NewService(gate *work.Gate, library *fund.Library, rubrics *rubric.Library, provisional Provisional) *Service {
	return &Service{gate: gate, library: library, rubrics: rubrics, provisional: provisional, kept: newKept(),
		papers: remembered[paper]{most: mostPapers}, submissions: remembered[text]{most: mostTexts}}
}

// rubric is the rubric that the call pinned, as it is in the call's theme.
func (s *Service) rubric(c *fund.Call) (*rubric.Rubric, error) {
	r, err := s.rubrics.Rubric(c.Settings.Forms.Rubric)
	if err != nil {
		return nil, err //nolint:wrapcheck // says which
	}
	return r.In(c.Theme), nil
}

// Sheet is a review as it is opened: the application's answers beside the parts to score.
type Sheet struct {
	Application *application.Application
	Form        *form.Form
	Standing    application.Standing
	Names       map[ident.ODS]string // of organisations in the answers
	Rubric      *rubric.Rubric
	Parts       []*rubric.Part // that the reader scores
	Kind        string
	Review      Review // as it was saved; the zero value if it was not
	DueAt       time.Time
	Late        bool
	Terms       bool // accepted for the round
	Editable    bool
	Revisable   bool
	Others      []Other   // what others wrote, once one's own is sent
	Earlier     []Version // one's own, as it was sent before it was revised
	Least       int       // words of a reason
	Mask        *Mask     // nil: names are shown
	Size        Size      // of what there is to read and to score
	Place       Place     // in the queue of the reader, who scores it

	Problems fault.Problems // what is wrong with what was kept nevertheless
	Clashes  []form.Clash   // what another window changed too: of these nothing was kept
	Merged   bool           // another window saved since the page was opened
}

// Other is what another reviewer wrote, without their name.
type Other struct {
	Kind     string
	Number   int // among those of the kind
	Marks    Marks
	Comments string
	Earlier  []Version
}

// Open gives a review to write or to read.
func (s *Service) Open(ctx context.Context, ref ident.Ref) (Sheet, error) {
	var sheet Sheet
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		a, err := application.Permitted(tx, ref, access.ViewReview)
		if err != nil {
			return err
		}
		tx.Saw("review", string(a.Ref))
		if sheet, err = s.opened(tx, a); err != nil {
			return err
		}
		if err := s.others(tx, &sheet); err != nil || len(sheet.Parts) == 0 {
			return err
		}
		sheet.Place, err = s.place(tx, ref)
		return err
	})
	return sheet, err
}

// opened gives a review with the application to read.
func (s *Service) opened(tx *work.Tx, a *application.Application) (Sheet, error) {
	sheet, err := s.sheet(tx, a)
	if err != nil {
		return sheet, err
	}
	return sheet, s.paper(tx, &sheet)
}

// paper adds what there is to read: how much it is, and without the names that the call hides from reviewers.
func (s *Service) paper(tx *work.Tx, sheet *Sheet) error {
	t, err := s.textOf(tx, sheet.Application)
	if err != nil {
		return err
	}
	sheet.Form, sheet.Standing, sheet.Size = t.form, t.sent, Size{t.words, len(t.sent.Files), len(sheet.Parts)}
	if sheet.Names, err = organisations(tx, t.sent.Answers); err != nil {
		return err
	}
	if sheet.Kind == "" {
		return nil // no reviewer of it: those who oversee see all
	}
	t, err = s.maskedText(tx, sheet.Application, t)
	sheet.Mask, sheet.Standing = t.mask, t.masked
	return err
}

// Mask gives what hides the names in an application from somebody who may declare their interests in it, or review it; nil where they are
// shown to them.
func (s *Service) Mask(ctx context.Context, ref ident.Ref, act access.Action) (*Mask, error) {
	var m *Mask
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		a, err := application.Permitted(tx, ref, act)
		if err != nil {
			return err
		}
		row, err := assignment.For(tx, a.ID, tx.By.ID)
		if err != nil || row == nil {
			return err
		}
		standing, err := application.StandingOf(tx, a.ID)
		if err != nil {
			return err
		}
		f, err := s.library.Form(standing[a.ID].Form)
		if err != nil {
			return err //nolint:wrapcheck // says which
		}
		m, err = mask(tx, a, f, standing[a.ID].Answers)
		return err
	})
	return m, err
}

// Title is the application's title as the reader sees it.
func (s *Sheet) Title() string { return s.Mask.Text(s.Application.Title) }

// sheet gives one's own part of it.
func (s *Service) sheet(tx *work.Tx, a *application.Application) (Sheet, error) {
	sheet := Sheet{Application: a, Least: a.Call().Settings.Review.ReasonWord, Review: Review{ApplicationID: a.ID, Person: tx.By.ID, State: Draft, Marks: Marks{}}}
	var err error
	if sheet.Rubric, err = s.rubric(a.Call()); err != nil {
		return sheet, err
	}
	row, err := assignment.For(tx, a.ID, tx.By.ID)
	if err != nil || row == nil {
		return sheet, err
	}
	sheet.Kind, sheet.DueAt, sheet.Late = row.Kind, row.DueAt, row.State == assignment.Standing && tx.Now.After(row.DueAt)
	sheet.Parts = sheet.Rubric.For(rubric.Kind(row.Kind))
	sheet.Review.AssignmentID, sheet.Review.Kind = row.ID, row.Kind
	saved, err := reviewOf(tx, row.ID)
	if err != nil {
		return sheet, err
	}
	if saved != nil {
		sheet.Review = *saved
	}
	who, err := assignment.ReviewerOf(tx, a.RoundID, tx.By.ID)
	if err != nil {
		return sheet, err
	}
	sheet.Terms = who == nil || who.TermsAcceptedAt != nil
	sent := sheet.Review.State == Submitted
	sheet.Editable = !sent && a.State == workflow.Assessment
	sheet.Revisable = sent && (a.State == workflow.Moderation || a.State == workflow.Assessment)
	return sheet, nil
}

// others adds what others wrote, where the reader may see it.
func (s *Service) others(tx *work.Tx, sheet *Sheet) error {
	may, err := tx.May(access.ViewOtherReviews, sheet.Application)
	if err != nil || !may {
		return err
	}
	all, err := submittedOf(tx, sheet.Application.ID)
	if err != nil {
		return err
	}
	versions, err := versionsOf(tx, sheet.Application.ID)
	if err != nil {
		return err
	}
	number := map[string]int{}
	for _, r := range all {
		number[r.Kind]++
		if r.Person == tx.By.ID {
			sheet.Earlier = slices.DeleteFunc(slices.Clone(versions), func(v Version) bool { return v.ReviewID != r.ID })
			continue
		}
		o := Other{Kind: r.Kind, Number: number[r.Kind], Marks: r.Marks, Comments: r.Comments}
		for _, v := range versions {
			if v.ReviewID == r.ID {
				o.Earlier = append(o.Earlier, v)
			}
		}
		sheet.Others = append(sheet.Others, o)
	}
	return nil
}

// organisations gives the names of the organisations that answers name.
func organisations(tx *work.Tx, answers form.Answers) (map[ident.ODS]string, error) {
	var codes []ident.ODS
	for _, v := range answers {
		codes = append(codes, v.Organisation)
		for _, row := range v.Rows {
			for _, cell := range row {
				codes = append(codes, cell.Organisation)
			}
		}
	}
	slices.Sort(codes)
	found, err := people.OrganisationsByODS(tx, slices.Compact(codes))
	names := make(map[ident.ODS]string, len(found))
	for code, o := range found {
		names[code] = o.Name
	}
	return names, err
}

// AcceptTerms notes that a reviewer accepts the terms of the round: confidentiality, no use of generative AI on applications, and what
// freedom of information may disclose. It may be repeated.
func (s *Service) AcceptTerms(ctx context.Context, ref ident.Ref) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := application.ByRef(tx, ref)
		if err != nil {
			return err
		}
		if err := tx.Require(access.DeclareInterest, a); err != nil {
			return err // who is not assigned must not learn that there is such an application
		}
		if err := tx.Require(access.AcceptTerms, a); err != nil {
			return err
		}
		who, err := assignment.ReviewerOf(tx, a.RoundID, tx.By.ID)
		if err != nil {
			return err
		}
		if who == nil || who.TermsAcceptedAt != nil {
			return nil
		}
		tx.Record(audit.Event{Verb: string(access.AcceptTerms), Kind: "round", Subject: string(a.RoundID), Round: a.RoundID, Facts: map[string]any{"person": tx.By.ID}})
		return assignment.AcceptTerms(tx, who)
	})
}

// Terms reports whether the one who is signed in has accepted the terms of an application's round.
func (s *Service) Terms(ctx context.Context, ref ident.Ref) (bool, error) {
	accepted := false
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		a, err := application.Permitted(tx, ref, access.DeclareInterest)
		if err != nil {
			return err
		}
		who, err := assignment.ReviewerOf(tx, a.RoundID, tx.By.ID)
		accepted = who == nil || who.TermsAcceptedAt != nil
		return err
	})
	return accepted, err
}

// Submit saves a review and sends it. What is missing is named part by part; what was typed is kept either way.
func (s *Service) Submit(ctx context.Context, ref ident.Ref, in Typed) (Sheet, error) {
	var sheet Sheet
	var missing fault.Problems
	err := s.tried(ctx, func(tx *work.Tx) error {
		var err error
		if sheet, err = s.sent(tx, ref, in); err != nil || sheet.Review.State == Submitted {
			return err
		}
		if sheet, err = s.save(tx, ref, in); err != nil || len(sheet.Clashes) > 0 {
			return err
		}
		if missing = sheet.missing(); len(missing) > 0 {
			return nil
		}
		return s.submit(tx, &sheet)
	})
	if err != nil {
		return sheet, err
	}
	if len(missing) > 0 {
		return sheet, fault.Fields(missing)
	}
	return sheet, sheet.kept()
}

// sent finds a review that was sent already: sending the same again is no fault, sending another is.
func (s *Service) sent(tx *work.Tx, ref ident.Ref, in Typed) (Sheet, error) {
	a, err := application.Permitted(tx, ref, access.SubmitReview)
	if err != nil {
		return Sheet{}, err
	}
	sheet, err := s.sheet(tx, a)
	if err != nil || sheet.Review.State != Submitted {
		return sheet, err
	}
	same := sheet
	same.fill(in)
	if !same.Review.says(sheet.Review) {
		return sheet, errSent()
	}
	return sheet, nil
}

// submit makes a complete review count.
func (s *Service) submit(tx *work.Tx, sheet *Sheet) error {
	r, a := &sheet.Review, sheet.Application
	r.State, r.SubmittedAt, r.TypingSince = Submitted, &tx.Now, nil
	if err := work.Save(tx, r, &r.Version); err != nil {
		return err
	}
	scores := sheet.scores(tx)
	if err := addScores(tx, scores); err != nil {
		return err
	}
	row, err := assignment.For(tx, a.ID, tx.By.ID)
	if err != nil {
		return err
	}
	if err := assignment.Finish(tx, row); err != nil {
		return err
	}
	sheet.Editable, sheet.Revisable = false, true
	guard(tx, a, access.SubmitReview, scores, map[string]any{"review": r.ID, "version": r.Version, "digest": r.digest()})
	return application.Relate(tx, a, tx.By.ID, application.Reviewed)
}

// guard records an event that carries the digests of scores that were written or changed.
func guard(tx *work.Tx, a *application.Application, verb access.Action, scores []Score, facts map[string]any) {
	e := application.Event(a, string(verb), facts)
	for _, s := range scores {
		e.Guards = append(e.Guards, audit.Row{Table: "scores", Key: s.ID})
	}
	tx.Record(e)
}
