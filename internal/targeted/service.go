package targeted

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/ranking"
	"adoptionfund/internal/review"
	"adoptionfund/internal/targeting"
	"adoptionfund/internal/work"
)

// Service is the use cases of further reviews.
type Service struct {
	gate        *work.Gate
	reviews     *review.Service
	rankings    *ranking.Service
	assignments *assignment.Service
}

// NewService makes the service.
func NewService(gate *work.Gate, reviews *review.Service, rankings *ranking.Service, assignments *assignment.Service) *Service {
	return &Service{gate, reviews, rankings, assignments}
}

// View gives what one more review of each application of a call is worth, and the batch that is proposed next. Applications from which the
// one who looks is barred are left out of it and counted.
func (s *Service) View(ctx context.Context, ref ident.CallRef) (View, error) {
	var b basis
	var v View
	may := map[ident.Ref]bool{}
	hidden := map[ident.Ref]bool{}
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		c, err := fund.PermittedCall(tx, ref, access.ViewRanking)
		if err != nil {
			return err
		}
		if b, err = s.read(tx, c); err != nil {
			return err
		}
		tx.Saw("targeted", string(c.Ref))
		for _, a := range b.spare.Applications {
			hidden[a.Ref] = slices.Contains(a.With(application.Recused), tx.By.ID) || slices.Contains(a.With(application.Conflicted), tx.By.ID)
			if may[a.Ref], err = tx.May(access.ApproveTargeted, a); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return v, err
	}
	if v, err = b.view(); err != nil {
		return v, err
	}
	v.keep(func(ref ident.Ref) bool { return !hidden[ref] })
	v.May = slices.ContainsFunc(v.Batch, func(p Proposed) bool { return may[p.Ref] })
	return v, nil
}

// keep leaves out what must not be seen.
func (v *View) keep(seen func(ident.Ref) bool) {
	all, proposed := len(v.Rows), len(v.Batch)
	v.Rows = slices.DeleteFunc(v.Rows, func(r Row) bool { return !seen(r.Ref) })
	v.Batch = slices.DeleteFunc(v.Batch, func(p Proposed) bool { return !seen(p.Ref) })
	v.Masked = all - len(v.Rows)
	if proposed > 0 && len(v.Batch) == 0 {
		v.Why = "The reviews that are proposed now are for the deputy to ask for."
	}
}

// view works everything out. It takes some tens of milliseconds for a call of a hundred applications, and needs no transaction.
func (b basis) view() (View, error) {
	v := View{Call: b.call, HeldBack: b.call.Settings.Review.HeldBack, Spent: b.spare.Beyond}
	var err error
	if v.Digest, err = b.digest(); err != nil {
		return v, err
	}
	v.Why = b.why(v)
	if len(b.standing.Now.Scores) == 0 || v.HeldBack == 0 {
		return v, nil
	}
	batch, left := v.atOnce(), v.Left()
	if v.Why != "" {
		batch, left = 0, 0
	}
	p, err := b.problem(left, batch)
	if err != nil {
		return v, err
	}
	found, err := targeting.Propose(p)
	if err != nil {
		return v, fmt.Errorf("proposing further reviews of %s: %w", b.call.Ref, err)
	}
	b.fill(&v, found)
	return v, nil
}

// why says why no review is proposed now, nothing if one may be.
func (b basis) why(v View) string {
	switch {
	case v.HeldBack == 0:
		return "This call holds no reviews back."
	case v.Left() == 0:
		return "All reviews that were held back are asked for."
	case b.standing.Frozen != nil:
		return "The ranking is frozen."
	case len(b.standing.Now.Scores) == 0:
		return "No application of this call has a score yet."
	case b.spare.Open == 1:
		return "One review is still to come in. Further ones are proposed when it is."
	case b.spare.Open > 1:
		return fmt.Sprintf("%d reviews are still to come in. Further ones are proposed when they are.", b.spare.Open)
	}
	return ""
}

func (b basis) fill(v *View, found targeting.Proposal) {
	apps, people, reasons := map[string]*application.Application{}, map[string]assignment.Free{}, map[string]string{}
	for _, a := range b.spare.Applications {
		apps[string(a.Ref)] = a
	}
	for _, r := range b.spare.Reviewers {
		people[b.pseudonym(r.Kind, r.Person)] = r
	}
	for _, value := range found.Values {
		a := apps[value.Application]
		reasons[value.Application] = value.Reason
		v.Rows = append(v.Rows, Row{Value: value, Ref: a.Ref, Title: a.Title, Lead: a.LeadName, Amount: a.Requested})
	}
	for _, r := range found.Batch {
		a, who := apps[r.Application], people[r.Reviewer]
		v.Batch = append(v.Batch, Proposed{Ref: a.Ref, Title: a.Title, Kind: r.Kind, Name: who.Name, Application: reasons[r.Application], Reviewer: r.Reason, person: who.Person, app: a})
	}
	if v.Why == "" && len(v.Batch) == 0 {
		v.Why = "One more review would change nothing that can still be reviewed: nothing lies near enough to the funding line, or nobody is free to review it."
	}
}

// digest is that of everything a proposal rests on.
func (b basis) digest() (string, error) {
	states := map[ident.Ref]string{}
	for _, a := range b.spare.Applications {
		states[a.Ref] = fmt.Sprint(a.State, " ", a.Requested)
	}
	text, err := json.Marshal([]any{b.standing.Digest, b.budget, b.call.Settings.Review.HeldBack, states, b.spare.Reviewers, b.spare.Barred, b.spare.Given, b.spare.Open})
	if err != nil {
		return "", fmt.Errorf("digesting what further reviews rest on: %w", err)
	}
	return audit.Digest(text), nil
}

// Ask asks for the proposed batch: each of its reviews is assigned, and its reviewer told. The digest is that of the view that was looked
// at; if anything changed since, nothing is asked for. Reviews of applications from which the one who asks is recused wait for the deputy. It
// gives how many were asked for.
func (s *Service) Ask(ctx context.Context, ref ident.CallRef, digest string) (int, error) {
	var b basis
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		c, err := fund.CallByRef(tx, ref)
		if err == nil {
			b, err = s.read(tx, c)
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	v, err := b.view()
	if err != nil {
		return 0, err
	}
	asked := 0
	err = s.gate.Serial(ctx, func(tx *work.Tx) error {
		asked = 0
		c, err := fund.CallByRef(tx, ref)
		if err != nil {
			return err
		}
		now, err := s.read(tx, c)
		if err != nil {
			return err
		}
		asked, err = now.ask(tx, v, digest)
		return err
	})
	return asked, err
}

// ask assigns the reviews of a view, which must be what it was.
func (b basis) ask(tx *work.Tx, v View, digest string) (int, error) {
	if len(v.Batch) == 0 {
		if err := tx.Require(access.ApproveTargeted, b.call); err != nil {
			return 0, err
		}
		return 0, fault.New(fault.Conflict, "%s", v.Why)
	}
	mine, err := permitted(tx, v.Batch)
	if err != nil {
		return 0, err
	}
	if now, err := b.digest(); err != nil || now != digest || v.Digest != digest {
		return 0, orStale(err)
	}
	for _, p := range mine {
		a, err := application.ByRef(tx, p.Ref)
		if err != nil {
			return 0, fmt.Errorf("reading %s: %w", p.Ref, err)
		}
		if err := assignment.Further(tx, a, assignment.Pair{Ref: p.Ref, Person: p.person, Kind: p.Kind}, p.Application); err != nil {
			return 0, fmt.Errorf("asking for a review of %s: %w", p.Ref, err)
		}
	}
	tx.Record(audit.Event{
		Verb: string(access.ApproveTargeted), Kind: "call", Subject: string(b.call.ID), Round: b.call.RoundID, Call: b.call.ID,
		Facts: map[string]any{"reviews": len(mine), "of": len(v.Batch), "digest": digest},
	})
	return len(mine), nil
}

// permitted are the reviews that the one who asks may ask for. There is one at least, or the refusal is the error.
func permitted(tx *work.Tx, batch []Proposed) ([]Proposed, error) {
	var mine []Proposed
	for _, p := range batch {
		may, err := tx.May(access.ApproveTargeted, p.app)
		if err != nil {
			return nil, err
		}
		if may {
			mine = append(mine, p)
		}
	}
	if len(mine) == 0 {
		return nil, tx.Require(access.ApproveTargeted, batch[0].app)
	}
	for _, p := range mine {
		if err := tx.Require(access.ApproveTargeted, p.app); err != nil {
			return nil, err
		}
	}
	return mine, nil
}

func orStale(err error) error {
	if err != nil {
		return err
	}
	return fault.New(fault.Conflict, "Scores, reviewers or applications changed after you opened the page. Look at the new proposal")
}
