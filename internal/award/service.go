package award

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/people"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Service is the use cases of awards.
type Service struct{ gate *work.Gate }

// NewService makes the service.
func NewService(gate *work.Gate) *Service { return &Service{gate} }

// Move is the one place where an award's state changes.
func Move(tx *work.Tx, a *Award, on workflow.Event, guards work.Guards, facts map[string]any) error {
	move, err := work.Step(tx, workflow.Awards(), a.State, on, a, guards)
	if err != nil {
		return err
	}
	a.State, a.StateAt = move.To, tx.Now
	if err := work.Save(tx, a, &a.Version); err != nil {
		return err
	}
	tx.Record(event(a, move.Effects.Record, facts))
	return tell(tx, a, move.Effects.Notices)
}

func event(a *Award, verb string, facts map[string]any) audit.Event {
	return audit.Event{
		Verb: verb, Kind: "award", Subject: string(a.ID), Round: a.RoundID, Call: a.CallID, Application: a.ApplicationID, Facts: facts,
		Guards: []audit.Row{{Table: "awards", Key: string(a.ID)}},
	}
}

// tell sends the notices of a move: to the applicant's side, or to the fund's where it has to act next.
func tell(tx *work.Tx, a *Award, notices []workflow.Notice) error {
	for _, n := range notices {
		readers, err := audience(tx, a, n)
		if err != nil {
			return err
		}
		for _, p := range readers {
			fields := application.Fields(a.application)
			fields["name"], fields["amount"], fields["due"] = p.Name, a.Amount.String(), ""
			if a.OfferDue != nil {
				fields["due"] = uktime.Moment(*a.OfferDue)
			}
			m := notify.Message{Kind: notify.Kind(n), Person: p.ID, Address: p.Email, Key: string(a.ID) + ":" + tx.Now.Format(time.RFC3339Nano), Fields: fields}
			if err := tx.Notify(m); err != nil {
				return err
			}
		}
	}
	return nil
}

func audience(tx *work.Tx, a *Award, n workflow.Notice) ([]people.Person, error) {
	scope := access.Scope{Round: a.RoundID, Call: a.CallID}
	switch n { //nolint:exhaustive // all others are for the applicant's side
	case workflow.TellChecksStarted:
		return people.WhoMay(tx, access.RecordCheck, scope)
	case workflow.TellAccepted:
		return people.WhoMay(tx, access.CountersignAgreement, scope)
	default:
		app := a.application
		return people.ByIDs(tx, slices.Concat(app.With(application.MainContact), app.Signing(application.SRO), app.Signing(application.Finance)))
	}
}

// Create makes the award of a successful application: a job, queued by the release. Making it again changes nothing.
func (s *Service) Create(ctx context.Context, id ident.Application) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		if there, err := exists(tx, id); err != nil || there {
			return err
		}
		app, err := application.ByID(tx, id)
		if err != nil {
			return err
		}
		d, err := decision.Of(tx, id)
		if err != nil {
			return err
		}
		a := &Award{
			ID: ident.New[ident.Award](), ApplicationID: id, RoundID: app.RoundID, CallID: app.CallID, Ref: app.Ref,
			StateAt: tx.Now, Recipient: app.Recipient, CreatedAt: tx.Now, Version: 1, application: app,
		}
		successful := app.State == workflow.Successful && d != nil && d.Outcome == decision.Successful
		move, err := work.Step(tx, workflow.Awards(), "", workflow.CreateAward, a, work.Guards{workflow.ApplicationSuccessful: work.Holds(successful)})
		if err != nil {
			return err
		}
		a.State, a.Amount = move.To, d.Amount
		if err := work.Add(tx, a); err != nil {
			return err
		}
		tx.Record(event(a, move.Effects.Record, map[string]any{"amount": a.Amount}))
		return tell(tx, a, move.Effects.Notices)
	})
}

// RecordChecks records pre-award checks. Each may be recorded again until the offer is made.
func (s *Service) RecordChecks(ctx context.Context, ref ident.Ref, checks []Check) error {
	problems := fault.Problems{}
	for i := range checks {
		checks[i].problems(problems)
	}
	if len(checks) == 0 {
		problems[string(Checks()[0].Kind)] = "Record at least one check"
	}
	if err := fault.Fields(problems); err != nil {
		return err
	}
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := permitted(tx, ref, access.RecordCheck)
		if err != nil {
			return err
		}
		if a.State != workflow.PreAwardChecks {
			return fault.New(fault.Conflict, "The award is not in its checks")
		}
		for _, c := range checks {
			c.AwardID, c.Person, c.At = a.ID, tx.By.ID, tx.Now
			tx.Record(event(a, string(access.RecordCheck), map[string]any{"check": c.Kind, "result": c.Result}))
			if err := putCheck(tx, c); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *Check) problems(into fault.Problems) {
	if !slices.ContainsFunc(Checks(), func(i CheckInfo) bool { return i.Kind == c.Kind }) {
		into["kind"] = "Select one of the checks"
	}
	if !slices.Contains([]Result{Pass, Fail, NotNeeded}, c.Result) {
		into[string(c.Kind)] = "Select whether the check passed"
	}
	if c.Note = strings.TrimSpace(c.Note); c.Note == "" || len(c.Note) > 4000 {
		into[string(c.Kind)+"-note"] = "Enter what was checked and found"
	}
}

// ConfirmChecks makes the offer when every check is passed; by a person other than those who recorded them, and not the chair.
func (s *Service) ConfirmChecks(ctx context.Context, ref ident.Ref) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := ByRef(tx, ref)
		if err != nil {
			return err
		}
		done, err := checksOf(tx, a.ID)
		if err != nil {
			return err
		}
		due := tx.Now.AddDate(0, 0, a.application.Call().Settings.Feedback.OfferDays)
		a.OfferDue, a.OfferedAt = &due, &tx.Now
		return Move(tx, a, workflow.PassChecks, work.Guards{workflow.AllChecksPass: work.Holds(allPass(done))}, map[string]any{"amount": a.Amount})
	})
}

func allPass(done []Check) bool {
	for _, info := range Checks() {
		if !slices.ContainsFunc(done, func(c Check) bool { return c.Kind == info.Kind && c.Result != Fail }) {
			return false
		}
	}
	return true
}

// Accept gives a signatory's acceptance; with that of the second signatory the offer is accepted.
func (s *Service) Accept(ctx context.Context, ref ident.Ref, typed string, acknowledged bool) error {
	name := strings.Join(strings.Fields(typed), " ")
	problems := fault.Problems{}
	if name == "" || len(name) > 200 {
		problems["name"] = "Enter your full name to accept"
	}
	if !acknowledged {
		problems["acknowledge"] = "Confirm that you accept the conditions of the award"
	}
	if err := fault.Fields(problems); err != nil {
		return err
	}
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := permitted(tx, ref, access.AcceptAward)
		if err != nil {
			return err
		}
		if a.State != workflow.Offered {
			return fault.New(fault.Conflict, "There is no offer to accept")
		}
		if err := acceptAs(tx, a, name); err != nil {
			return err
		}
		tx.Record(event(a, "award.sign_acceptance", nil))
		return s.acceptIfBoth(tx, a)
	})
}

// acceptAs keeps the acceptance of the one who acts, for each part that is theirs.
func acceptAs(tx *work.Tx, a *Award, name string) error {
	for _, part := range []application.Relation{application.SRO, application.Finance} {
		if !slices.Contains(a.application.Signing(part), tx.By.ID) {
			continue
		}
		if err := addAcceptance(tx, Acceptance{a.ID, part, tx.By.ID, name, tx.Now}); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) acceptIfBoth(tx *work.Tx, a *Award) error {
	given, err := acceptancesOf(tx, a.ID)
	if err != nil || len(given) < 2 {
		return err
	}
	a.AcceptedAt = &tx.Now
	return Move(tx, a, workflow.Accept, work.Guards{
		workflow.OfferStands:            work.Holds(a.OfferDue == nil || tx.Arrival.Before(*a.OfferDue)),
		workflow.ConditionsAcknowledged: work.Holds(true),
		workflow.BothSignatories:        work.Holds(true),
	}, nil)
}

// Decline ends an award at the recipient's word, with a reason, at any time before the agreement.
func (s *Service) Decline(ctx context.Context, ref ident.Ref, reason string) error {
	if err := application.CheckReason(reason); err != nil {
		return err //nolint:wrapcheck // it is a fault of what was typed
	}
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := ByRef(tx, ref)
		if err != nil {
			return err
		}
		if err := Move(tx, a, workflow.Decline, nil, map[string]any{"reason_digest": audit.Digest([]byte(reason))}); err != nil {
			return err
		}
		return application.KeepWithdrawal(tx, a.application, application.WithdrawnAward, reason)
	})
}

// Countersign concludes the agreement: its text is frozen with the award.
func (s *Service) Countersign(ctx context.Context, ref ident.Ref) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := ByRef(tx, ref)
		if err != nil {
			return err
		}
		if a.Agreement, err = s.agreement(tx, a); err != nil {
			return err
		}
		a.AgreedAt = &tx.Now
		return Move(tx, a, workflow.Countersign, work.Guards{workflow.AgreementReady: work.Holds(a.Agreement != "")}, map[string]any{"agreement": audit.Digest([]byte(a.Agreement))})
	})
}

// agreement writes the text: a memorandum for an NHS body, a grant agreement for others.
func (s *Service) agreement(tx *work.Tx, a *Award) (string, error) {
	kind := notify.Kind("agreement_grant")
	if slices.Contains([]string{"icb", "trust"}, a.application.LeadKind) {
		kind = "agreement_memorandum"
	}
	fields := application.Fields(a.application)
	fields["amount"], fields["recipient"], fields["date"], fields["spend_by"] = a.Amount.String(), a.Recipient, uktime.Date(tx.Now), a.application.Call().Settings.SpendBy
	_, text, err := tx.Render(notify.Message{Kind: kind, Fields: fields})
	return text, err
}

// AddCondition adds a condition to an award before it is offered.
func (s *Service) AddCondition(ctx context.Context, ref ident.Ref, c Condition) error {
	if strings.TrimSpace(c.Text) == "" {
		return fault.Fields(fault.Problems{"text": "Enter the condition"})
	}
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := permitted(tx, ref, access.ManageConditions)
		if err != nil {
			return err
		}
		c.ID, c.AwardID = ident.New[string](), a.ID
		tx.Record(event(a, string(access.ManageConditions), map[string]any{"condition": c.ID}))
		return work.Add(tx, &c)
	})
}

// LapseDue lapses every offer whose due date has passed.
func (s *Service) LapseDue(ctx context.Context) error {
	var refs []ident.Ref
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		refs, err = lapsing(tx)
		return err
	})
	ctx = access.With(ctx, access.System(access.LapseOffer))
	for _, ref := range refs {
		err := s.gate.Write(ctx, func(tx *work.Tx) error {
			a, err := ByRef(tx, ref)
			if err != nil {
				return err
			}
			due := a.OfferDue != nil && !tx.Now.Before(*a.OfferDue)
			return Move(tx, a, workflow.LapseOffer, work.Guards{workflow.OfferDue: work.Holds(due)}, nil)
		})
		if err != nil && !fault.Is(err, fault.Conflict) {
			return fmt.Errorf("lapsing the offer %s: %w", ref, err)
		}
	}
	return err
}

// Page is an award with all that its page shows.
type Page struct {
	Award       *Award
	Application *application.Application
	Checks      []Check
	Conditions  []Condition
	Accepted    []Acceptance
	People      map[ident.Person]string
	May         map[access.Action]bool
	// Declined is why it was declined, and DeclinedBy who did; nil: it was not, or it is not for the reader.
	Declined   *application.Withdrawal
	DeclinedBy string
}

// Show gives the page of an award.
func (s *Service) Show(ctx context.Context, ref ident.Ref) (Page, error) {
	var p Page
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		a, err := permitted(tx, ref, access.ViewAward)
		if err != nil {
			return err
		}
		p, err = page(tx, a)
		tx.Saw("award", string(ref))
		return err
	})
	return p, err
}

func page(tx *work.Tx, a *Award) (Page, error) {
	p := Page{Award: a, Application: a.application, May: map[access.Action]bool{}}
	var err error
	if p.Checks, err = checksOf(tx, a.ID); err != nil {
		return p, err
	}
	if p.Conditions, err = conditionsOf(tx, a.ID); err != nil {
		return p, err
	}
	if p.Accepted, err = acceptancesOf(tx, a.ID); err != nil {
		return p, err
	}
	var ids []ident.Person
	for _, c := range p.Checks {
		ids = append(ids, c.Person)
	}
	if p.People, err = people.Names(tx, ids...); err != nil {
		return p, err
	}
	if p.Declined, p.DeclinedBy, err = application.WithdrawalOf(tx, a.application); err != nil {
		return p, err
	}
	for _, act := range []access.Action{access.RecordCheck, access.ConfirmChecks, access.AcceptAward, access.DeclineAward, access.CountersignAgreement, access.ManageConditions} {
		if p.May[act], err = tx.May(act, a); err != nil {
			return p, err
		}
	}
	return p, nil
}

// Registered is an award as the register shows it.
type Registered struct {
	Award
	Title string
	Lead  string
	Call  ident.CallRef
}

// Register gives the awards that are agreed, for everybody.
func (s *Service) Register(ctx context.Context) ([]Registered, error) {
	var out []Registered
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		out, err = registered(tx, 1000)
		return err
	})
	return out, err
}
