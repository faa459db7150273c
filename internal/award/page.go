package award

import (
	"context"
	"io"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/product"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/upload"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Page is an award with all that its pages show.
type Page struct {
	Award       *Award
	Application *application.Application
	Terms       *Terms
	Form        *form.Form // of the checks
	Checks      []Check
	Plans       []Revised
	Conditions  []Condition
	Payments    []Payment
	Accepted    []Acceptance
	Agreement   *Agreement
	Products    []product.Candidate
	Files       []upload.Kept
	People      map[ident.Person]string
	May         map[access.Action]bool // once they have confirmed that it is they, where that is needed
	Today       string
	// Declined is why it was declined, and DeclinedBy who did; nil: it was not, or it is not for the reader.
	Declined   *application.Withdrawal
	DeclinedBy string
}

// actions are those that an award's pages offer.
func actions() []access.Action {
	return []access.Action{
		access.RecordCheck, access.ConfirmChecks, access.RefuseOffer, access.HoldAward, access.ResumeAward, access.AcceptAward, access.DeclineAward, access.WithdrawOffer,
		access.SignAgreement, access.CountersignAgreement, access.ChooseProduct, access.RevisePlan, access.ManageConditions, access.ClearPayment, access.ReportCondition,
		access.SubmitAwardReturn, access.AcceptAwardReturn, access.CompleteAward, access.ProposeVariation, access.ApproveVariation, access.SuspendAward,
		access.LiftSuspension, access.TerminateAward, access.ProposeClosing, access.ApproveClosing,
	}
}

// Show gives the page of an award.
func (s *Service) Show(ctx context.Context, ref ident.Ref) (Page, error) {
	var p Page
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		a, err := permitted(tx, ref, access.ViewAward)
		if err != nil {
			return err
		}
		p, err = s.page(tx, a)
		tx.Saw("award", string(ref))
		return err
	})
	return p, err
}

func (s *Service) page(tx *work.Tx, a *Award) (Page, error) {
	p := Page{Award: a, Application: a.application, May: map[access.Action]bool{}, Today: uktime.Day(tx.Now)}
	var err error
	read := []func() error{
		func() error { p.Terms, err = s.termsToRead(tx, a); return err },
		func() error { p.Form, err = s.library.Form(CheckForm); return err }, //nolint:wrapcheck // the library has said what it was doing
		func() error { p.Checks, err = checksOf(tx, a.ID); return err },
		func() error { p.Plans, err = plansOf(tx, a.ID); return err },
		func() error { p.Conditions, err = ConditionsOf(tx, a.ID); return err },
		func() error { p.Payments, err = PaymentsOf(tx, a.ID); return err },
		func() error { p.Accepted, err = acceptancesOf(tx, a.ID); return err },
		func() error { p.Agreement, err = AgreementOf(tx, a.ID); return err },
		func() error {
			p.Products, err = product.Candidates(tx, a.ApplicationID, a.application.Call())
			return err
		}, //nolint:wrapcheck // product has said what it was doing
		func() error { p.Files, err = upload.At(tx, string(a.ID)); return err }, //nolint:wrapcheck // upload has said what it was doing
		func() error { p.Declined, p.DeclinedBy, err = application.WithdrawalOf(tx, a.application); return err },
		func() error { p.People, err = people.Names(tx, p.named()...); return err }, //nolint:wrapcheck // people has said what it was doing
	}
	for _, f := range read {
		if err := f(); err != nil {
			return p, err
		}
	}
	for _, act := range actions() {
		if p.May[act], err = tx.MayConfirmed(act, a); err != nil {
			return p, err //nolint:wrapcheck // says what it was doing
		}
	}
	return p, nil
}

// named are those whose names the pages show.
func (p Page) named() []ident.Person {
	var ids []ident.Person
	add := func(all ...*ident.Person) {
		for _, id := range all {
			if id != nil {
				ids = append(ids, *id)
			}
		}
	}
	for _, c := range p.Checks {
		ids = append(ids, c.Person)
	}
	for _, r := range p.Plans {
		ids = append(ids, r.AskedBy)
		add(r.SentBy, r.AnsweredBy)
	}
	for _, x := range p.Payments {
		add(x.MetBy, x.ClearedBy)
	}
	for _, c := range p.Conditions {
		add(c.ReportedBy, c.MetBy)
	}
	for _, k := range p.Files {
		ids = append(ids, k.UploadedBy)
	}
	if p.Agreement != nil {
		add(p.Agreement.SignedBy, p.Agreement.CountersignedBy)
	}
	return ids
}

// termsToRead gives the terms of an award for a page: what they would be where it has none yet.
func (s *Service) termsToRead(tx *work.Tx, a *Award) (*Terms, error) {
	t, err := TermsOf(tx, a.ID)
	if err != nil || t != nil {
		return t, err
	}
	said, err := standing(tx, a)
	if err != nil {
		return nil, err
	}
	return first(tx.Now, a, said), nil
}

// At gives the files at a place of the award.
func (p Page) At(place string) []upload.Kept {
	var at []upload.Kept
	for _, k := range p.Files {
		if k.Place == place {
			at = append(at, k)
		}
	}
	return at
}

// Uploading is a file for a place of an award: "check-" and the section of a check, "condition-" and its id, "return-" and its code.
type Uploading struct {
	Place   string
	Name    string
	Content io.Reader
}

// needs is what somebody must be permitted to bring a file to a place.
func needs(place string) (access.Action, bool) {
	kind, _, _ := strings.Cut(place, "-")
	switch kind {
	case "check":
		return access.RecordCheck, true
	case "plan":
		return access.RevisePlan, true
	case "condition":
		return access.ReportCondition, true
	case "return":
		return access.SubmitAwardReturn, true
	}
	return "", false
}

// AddFile keeps a file as evidence at a place of an award.
func (s *Service) AddFile(ctx context.Context, ref ident.Ref, in Uploading) error {
	act, ok := needs(in.Place)
	if !ok {
		return work.NotFound("place for a file")
	}
	err := s.gate.Read(ctx, func(tx *work.Tx) error { // before the bytes are taken
		_, err := permitted(tx, ref, act)
		return err
	})
	if err != nil {
		return err
	}
	kept, err := upload.Store(ctx, s.files, in.Name, in.Content)
	if err != nil {
		return err //nolint:wrapcheck // a fault for the person, or says what it was doing
	}
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := permitted(tx, ref, act)
		if err != nil {
			return err
		}
		if workflow.Awards().Info(a.State).Final {
			return fault.New(fault.Conflict, "The award is ended: nothing is added any more")
		}
		kept.Subject, kept.Place = string(a.ID), in.Place
		tx.Record(Event(a, "award.add_file", map[string]any{"place": in.Place, "digest": kept.Digest}))
		return upload.Add(tx, kept) //nolint:wrapcheck // says what it was doing
	})
}

// OpenFile opens a file of an award for somebody who may see it. The evidence of checks is the fund's alone.
func (s *Service) OpenFile(ctx context.Context, ref ident.Ref, id ident.File) (*upload.Kept, io.ReadCloser, error) {
	var k *upload.Kept
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		a, err := permitted(tx, ref, access.ViewAward)
		if err != nil {
			return err
		}
		if k, err = upload.KeptByID(tx, string(a.ID), id); err != nil {
			return err //nolint:wrapcheck // a fault for the person
		}
		if strings.HasPrefix(k.Place, "check-") && a.OfSide(tx.By.ID) {
			return work.NotFound("file")
		}
		tx.Saw("file", string(ref), string(id))
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	content, err := s.files.Get(ctx, k.Digest, k.Size)
	return k, content, err //nolint:wrapcheck // files has said what it was doing
}

// OfSide reports whether somebody is of the applicant's side of the award.
func (a *Award) OfSide(person ident.Person) bool {
	app := a.application
	return slices.Contains(slices.Concat(app.With(application.MainContact), app.With(application.Contributor), app.Signing(application.SRO), app.Signing(application.Finance)), person)
}

// AddCondition adds a condition to an award before it is offered.
func (s *Service) AddCondition(ctx context.Context, ref ident.Ref, c Condition) error {
	problems := fault.Problems{}
	if c.Text = strings.TrimSpace(c.Text); c.Text == "" || form.Characters(c.Text) > 2000 {
		problems["text"] = "Enter the condition, in 2,000 characters or fewer"
	}
	if c.Owner = strings.TrimSpace(c.Owner); form.Characters(c.Owner) > 200 {
		problems["owner"] = "Enter who meets it in 200 characters or fewer"
	}
	if _, err := form.ParseDate(c.Due); err != nil && c.Due != "" {
		problems["due"] = "Enter a day such as 31 3 2027"
	}
	if err := fault.Fields(problems); err != nil {
		return err
	}
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := permitted(tx, ref, access.ManageConditions)
		if err != nil {
			return err
		}
		if a.State != workflow.PreAwardChecks {
			return fault.New(fault.Conflict, "Conditions are added before the offer is made")
		}
		c.ID, c.AwardID, c.Source = ident.New[string](), a.ID, FromFund
		tx.Record(Event(a, string(access.ManageConditions), map[string]any{"condition": audit.Digest([]byte(c.Text)), "due": c.Due}))
		return work.Add(tx, &c)
	})
}

// Result gives the record of a check that counts.
func (p Page) Result(kind CheckKind) (Check, bool) { return Latest(p.Checks, kind) }
