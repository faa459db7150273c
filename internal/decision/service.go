package decision

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/people"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Service is the use cases of approvers and of the release.
type Service struct{ gate *work.Gate }

// NewService makes the service.
func NewService(gate *work.Gate) *Service { return &Service{gate} }

// secondNeeded reports whether a proposal needs two approvers: above the call's threshold or what one may approve alone.
func secondNeeded(p *allocation.Proposal) bool {
	a := p.Call().Settings.Approval
	above := func(pounds int64) bool { return pounds > 0 && p.Total > money.Pounds(pounds) }
	return above(a.SecondAbovePounds) || above(a.DelegatedPounds)
}

// Approve gives an approver's agreement to a proposal. Above the threshold the first approval waits for a second, different person;
// the last one decides the call: the letters are written and held until the release.
func (s *Service) Approve(ctx context.Context, id ident.Proposal, reason string) error {
	return s.gate.Serial(ctx, func(tx *work.Tx) error {
		p, err := allocation.ProposalByID(tx, id)
		if err != nil {
			return err
		}
		if p.State != allocation.Made {
			return fault.New(fault.Conflict, "The proposal does not wait for approval")
		}
		before, err := approvalsOf(tx, p.ID)
		if err != nil {
			return err
		}
		step := First
		if len(before) > 0 {
			step = Second
		}
		row, err := approve(tx, p, step, reason)
		if err != nil {
			return err
		}
		if step == First && secondNeeded(p) {
			return nil
		}
		return s.decide(tx, p, row, step)
	})
}

// approve keeps one approval.
func approve(tx *work.Tx, p *allocation.Proposal, step Step, reason string) (*Approval, error) {
	action := access.ApproveProposal
	switch step {
	case Second:
		action = access.ApproveProposalSecond
	case Return:
		action = access.ReturnProposal
	case First:
	}
	if err := tx.Require(action, p); err != nil {
		return nil, err
	}
	row := &Approval{ID: ident.New[string](), ProposalID: p.ID, Step: step, Person: tx.By.ID, Reason: strings.TrimSpace(reason), At: tx.Now}
	if err := work.Add(tx, row); err != nil {
		return nil, err
	}
	e := allocation.Event(p, string(action), map[string]any{"step": step, "total": p.Total})
	e.Guards = append(e.Guards, audit.Row{Table: "approvals", Key: row.ID})
	tx.Record(e)
	return row, nil
}

// decide writes the decisions with their letters, and moves the proposal and its call on.
func (s *Service) decide(tx *work.Tx, p *allocation.Proposal, _ *Approval, step Step) error {
	if err := allocation.SetState(tx, p, allocation.Approved); err != nil {
		return err
	}
	lines, err := allocation.Lines(tx, p.ID)
	if err != nil {
		return err
	}
	apps, err := application.InCall(tx, p.Call())
	if err != nil {
		return err
	}
	byID := map[ident.Application]*application.Application{}
	for _, a := range apps {
		byID[a.ID] = a
	}
	var rows []Decision
	for _, l := range lines {
		a := byID[l.ApplicationID]
		if l.DroppedAt != nil || a.State == workflow.Withdrawn {
			continue
		}
		d, err := s.write(tx, a, l)
		if err != nil {
			return err
		}
		d.ProposalID = p.ID
		rows = append(rows, d)
	}
	if err := addDecisions(tx, rows); err != nil {
		return err
	}
	record(tx, p, "decision.make", rows)
	on, guards := workflow.Decide, work.Guards{workflow.WithinLimit: work.Holds(!secondNeeded(p)), workflow.DeviationsSettled: work.Holds(true)}
	if step == Second {
		on, guards = workflow.DecideSecond, work.Guards{workflow.FirstApprovalGiven: work.Holds(true), workflow.DeviationsSettled: work.Holds(true)}
	}
	return fund.MoveFor(tx, p.Call(), p, on, guards)
}

// record keeps one event with the digests of the decisions.
func record(tx *work.Tx, p *allocation.Proposal, verb string, rows []Decision) {
	e := allocation.Event(p, verb, map[string]any{"decisions": len(rows)})
	for _, d := range rows {
		e.Guards = append(e.Guards, audit.Row{Table: "decisions", Key: d.ID})
	}
	tx.Record(e)
}

// write makes the decision of a line with its letter.
func (s *Service) write(tx *work.Tx, a *application.Application, l allocation.Line) (Decision, error) {
	d := Decision{ID: ident.New[string](), ApplicationID: a.ID, Amount: l.Amount, Reason: l.Reason, DecidedAt: tx.Now}
	kind := notify.Kind("letter_unsuccessful")
	switch l.Outcome {
	case allocation.Fund:
		d.Outcome, kind = Successful, "letter_successful"
	case allocation.Reserve:
		d.Outcome, kind = Reserve, "letter_reserve"
	case allocation.NotFund:
		d.Outcome = Unsuccessful
	}
	feedback := a.Call().Settings.Feedback
	fields := application.Fields(a)
	fields["lead"], fields["amount"], fields["requested"] = a.LeadName, l.Amount.String(), a.Requested.String()
	fields["review_days"], fields["offer_days"], fields["reserve_days"] = strconv.Itoa(feedback.ReviewDays), strconv.Itoa(feedback.OfferDays), strconv.Itoa(feedback.ReserveDays)
	fields["score"] = ""
	if feedback.PublishScores {
		fields["score"] = fmt.Sprintf("%.2f", l.Score)
	}
	var err error
	d.LetterSubject, d.Letter, err = tx.Render(notify.Message{Kind: kind, Fields: fields})
	return d, err
}

// SendBack returns a proposal with a reason: its applications are assessed again, its held letters are taken back.
func (s *Service) SendBack(ctx context.Context, id ident.Proposal, reason string) error {
	if strings.TrimSpace(reason) == "" {
		return fault.Fields(fault.Problems{"reason": "Enter the reason why you return the proposal"})
	}
	return s.gate.Serial(ctx, func(tx *work.Tx) error {
		p, err := allocation.ProposalByID(tx, id)
		if err != nil {
			return err
		}
		if p.State != allocation.Made && p.State != allocation.Approved {
			return fault.New(fault.Conflict, "The proposal can no longer be returned")
		}
		decided := p.State == allocation.Approved
		if _, err := approve(tx, p, Return, reason); err != nil {
			return err
		}
		if err := allocation.SetState(tx, p, allocation.Returned); err != nil {
			return err
		}
		if err := s.backToAssessed(tx, p); err != nil {
			return err
		}
		if !decided {
			return nil
		}
		return takeBack(tx, p)
	})
}

// takeBack takes the held decisions of a proposal back, and its approval.
func takeBack(tx *work.Tx, p *allocation.Proposal) error {
	held, err := removeHeld(tx, p.ID)
	if err != nil {
		return err
	}
	record(tx, p, "decision.take_back", held)
	return fund.MoveFor(tx, p.Call(), p, workflow.ReturnApproval, work.Guards{workflow.ReasonGiven: work.Holds(true)})
}

func (s *Service) backToAssessed(tx *work.Tx, p *allocation.Proposal) error {
	apps, err := application.InCall(tx, p.Call(), workflow.ProposedFund, workflow.ProposedReserve, workflow.ProposedNotFund)
	if err != nil {
		return err
	}
	for _, a := range apps {
		if err := application.Move(tx, a, workflow.ReturnProposal, nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// Schedule sets the time at which the decisions of a call are released.
func (s *Service) Schedule(ctx context.Context, ref ident.CallRef, at string) error {
	when, err := uktime.Parse(at)
	if err != nil {
		return fault.Fields(fault.Problems{"release": "Enter a date and time such as 2026-12-01 09:00"})
	}
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		c, err := fund.PermittedCall(tx, ref, access.ScheduleRelease)
		if err != nil {
			return err
		}
		if c.ReleasedAt != nil {
			return fault.New(fault.Conflict, "The decisions of this call are released already")
		}
		c.ReleaseAt = &when
		tx.Record(audit.Event{Verb: string(access.ScheduleRelease), Kind: "call", Subject: string(c.ID), Round: c.RoundID, Call: c.ID, Facts: map[string]any{"at": when}})
		return work.Save(tx, c, &c.Version)
	})
}

// Release makes the decisions of an approved proposal known, all at once: the clock's move at the release time.
func (s *Service) Release(ctx context.Context, ref ident.CallRef) error {
	return s.gate.Serial(ctx, func(tx *work.Tx) error {
		c, err := fund.CallByRef(tx, ref)
		if err != nil {
			return err
		}
		p, err := allocation.Latest(tx, c)
		if err != nil {
			return err
		}
		come := c.ReleaseAt != nil && !tx.Now.Before(*c.ReleaseAt)
		if err := fund.Move(tx, c, workflow.ReleaseDecisions, work.Guards{workflow.ReleaseTimeCome: work.Holds(come)}); err != nil {
			return err
		}
		if p == nil || p.State != allocation.Approved {
			return fault.New(fault.Conflict, "No approved proposal of this call waits for its release")
		}
		return s.release(tx, c, p)
	})
}

func (s *Service) release(tx *work.Tx, c *fund.Call, p *allocation.Proposal) error {
	rows, err := decisionsOf(tx, p.ID)
	if err != nil {
		return err
	}
	apps, err := application.InCall(tx, c, workflow.ProposedFund, workflow.ProposedReserve, workflow.ProposedNotFund)
	if err != nil {
		return err
	}
	byID := map[ident.Application]*application.Application{}
	for _, a := range apps {
		byID[a.ID] = a
	}
	guards := work.Guards{workflow.ProposalApproved: work.Holds(true), workflow.NotHeld: work.Holds(true), workflow.ReleaseTimeCome: work.Holds(true)}
	for _, d := range rows {
		a := byID[d.ApplicationID]
		if a == nil || d.ReleasedAt != nil {
			continue // withdrawn meanwhile
		}
		if err := markReleased(tx, d); err != nil {
			return err
		}
		if err := application.Move(tx, a, workflow.Release, guards, map[string]any{"outcome": d.Outcome, "amount": d.Amount}); err != nil {
			return err
		}
	}
	if err := allocation.SetState(tx, p, allocation.Released); err != nil {
		return err
	}
	record(tx, p, string(access.ReleaseDecision), rows)
	return nil
}

// ReleaseDue releases every decided call whose time has come; it gives the references of those it released.
func (s *Service) ReleaseDue(ctx context.Context) ([]ident.CallRef, error) {
	var due []ident.CallRef
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		calls, err := fund.CallsIn(tx, workflow.CallDecided)
		for _, c := range calls {
			if c.ReleaseAt != nil && !tx.Now.Before(*c.ReleaseAt) {
				due = append(due, c.Ref)
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	ctx = access.With(ctx, access.System(access.ReleaseCall))
	for i, ref := range due {
		if err := s.Release(ctx, ref); err != nil && !fault.Is(err, fault.Conflict) {
			return due[:i], fmt.Errorf("releasing %s: %w", ref, err)
		}
	}
	return due, nil
}

// Waiting is a proposal that waits for an approver, as the list shows it.
type Waiting struct {
	Proposal  *allocation.Proposal
	Lines     []allocation.Line
	Names     map[ident.Application]Named
	Approvals []Approval
	// Extensions are those that single applicants of the call were given.
	Extensions []application.Extension
	People     map[ident.Person]string
	May        bool // approve it, as the next step
	MayReturn  bool
}

// Named is an application as approvals show it.
type Named struct {
	Ref       ident.Ref
	Title     string
	Lead      string
	Requested money.Pence
	Masked    bool // the reader is barred from it: only the amounts may be shown, in a sum
}

// Desk gives the proposals that wait for approval or release in the calls of the approver.
func (s *Service) Desk(ctx context.Context) ([]Waiting, error) {
	var out []Waiting
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		out = nil
		proposals, err := allocation.Waiting(tx, allocation.Made, allocation.Approved)
		if err != nil {
			return err
		}
		for _, p := range proposals {
			if may, err := tx.May(access.ViewProposal, p); err != nil || !may {
				if err != nil {
					return err
				}
				continue
			}
			w, err := s.waiting(tx, p)
			if err != nil {
				return err
			}
			out = append(out, w)
			tx.Saw("proposal", string(p.ID))
		}
		return nil
	})
	return out, err
}

func (s *Service) waiting(tx *work.Tx, p *allocation.Proposal) (Waiting, error) {
	w := Waiting{Proposal: p, Names: map[ident.Application]Named{}}
	var err error
	if w.Lines, err = allocation.Lines(tx, p.ID); err != nil {
		return w, err
	}
	apps, err := application.InCall(tx, p.Call())
	if err != nil {
		return w, err
	}
	for _, a := range apps {
		w.Names[a.ID] = Named{a.Ref, a.Title, a.LeadName, a.Requested, a.Bars(tx.By.ID)}
	}
	if w.Approvals, err = approvalsOf(tx, p.ID); err != nil {
		return w, err
	}
	if w.Extensions, err = application.ExtensionsIn(tx, p.Call().ID); err != nil {
		return w, err
	}
	ids := []ident.Person{p.MadeBy}
	for _, a := range w.Approvals {
		ids = append(ids, a.Person)
	}
	for _, e := range w.Extensions {
		ids = append(ids, e.ProposedBy, *e.ConfirmedBy)
	}
	if w.People, err = people.Names(tx, ids...); err != nil {
		return w, err
	}
	next := access.ApproveProposal
	if len(w.Approvals) > 0 {
		next = access.ApproveProposalSecond
	}
	if p.State == allocation.Made {
		if w.May, err = tx.May(next, p); err != nil {
			return w, err
		}
	}
	w.MayReturn, err = tx.May(access.ReturnProposal, p)
	return w, err
}

// Outcome gives the released decision of an application to whom it concerns.
func (s *Service) Outcome(ctx context.Context, ref ident.Ref) (*application.Application, *Decision, error) {
	var a *application.Application
	var d *Decision
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		if a, err = application.ByRef(tx, ref); err != nil {
			return err
		}
		if err := tx.Require(access.ViewOutcome, a); err != nil {
			return err
		}
		d, err = Of(tx, a.ID)
		tx.Saw("outcome", string(ref))
		return err
	})
	return a, d, err
}
