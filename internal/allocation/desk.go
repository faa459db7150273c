package allocation

import (
	"context"
	"regexp"
	"slices"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation/solve"
	"adoptionfund/internal/computation"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/ranking"
	"adoptionfund/internal/work"
)

// Mask are the applications from which the one who looks is barred: how many, and what they ask for together, so that totals stay whole.
type Mask struct {
	Masked          int
	MaskedRequested money.Pence
	hidden          map[string]bool // their references
}

// Hidden reports whether an application is one of those that are masked.
func (m *Mask) Hidden(ref string) bool { return m.hidden[ref] }

// Seen leaves out the references that are masked, and says how many those are.
func (m *Mask) Seen(refs []string) (seen []string, masked int) {
	for _, ref := range refs {
		if m.hidden[ref] {
			masked++
		} else {
			seen = append(seen, ref)
		}
	}
	return seen, masked
}

// mask leaves out what the one who looks may not see. What is left is numbered anew: a gap would tell the place of what is masked.
func (m *Mask) mask(ranked []Ranked, who ident.Person) []Ranked {
	m.hidden = map[string]bool{}
	var seen []Ranked
	for _, r := range ranked {
		if r.Application.Bars(who) {
			m.Masked++
			m.MaskedRequested += r.Application.Requested
			m.hidden[string(r.Application.Ref)] = true
			continue
		}
		seen = append(seen, r)
	}
	if m.Masked > 0 {
		for i := range seen {
			seen[i].Place = i + 1
		}
	}
	return seen
}

var placed = regexp.MustCompile(`^Place \d+(, by lot in the band)?: `)

// reasons leaves out the places where something is masked, and the reasons of what is.
func (m *Mask) reasons(all map[string]string) map[string]string {
	if m.Masked == 0 {
		return all
	}
	seen := map[string]string{}
	for ref, why := range all {
		if !m.hidden[ref] {
			seen[ref] = placed.ReplaceAllString(why, "")
		}
	}
	return seen
}

// Kept is a scenario as lists show it.
type Kept struct {
	Scenario

	Number int
	Note   string
	Result solve.Result
	Stale  bool // scores, requests or the ranking changed since
}

// Desk is the allocation page of a call: the scenarios, the published method's first, and the latest proposal.
type Desk struct {
	Mask

	Call         fund.Call
	Round        fund.Round
	Budget       money.Pence
	Ranked       []Ranked // that the one who looks may see
	Published    *View    // the latest scenario of the published method; nil: none was computed
	Kept         []Kept   // the published method's latest first, then the newest
	Computations []computation.Computation
	Standing     ranking.Standing
	Lot          *Lot
	LotSeed      string // empty until it can be drawn
	Band         int    // how many are in the band of a lot
	Proposal     *Proposal
	Deviation    *Deviation
	Lines        []Line
	Later        *Later // nil before the first release
	Lacks        string // what the published method still needs before it can be computed
	MayRun       bool
	MayMake      bool
	MayLot       bool
}

// failedFor is how long it is shown that something could not be computed.
const failedFor = 30 * time.Minute

// Desk gives the allocation page of a call. Applications from which the person is recused are one masked line; totals stay whole.
func (s *Service) Desk(ctx context.Context, ref ident.CallRef) (Desk, error) {
	var d Desk
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		d = Desk{}
		c, err := fund.PermittedCall(tx, ref, access.ViewAllocation)
		if err != nil {
			return err
		}
		b, err := s.read(tx, c)
		if err != nil {
			return err
		}
		tx.Saw("allocation", string(c.Ref))
		d.Call, d.Round, d.Budget, d.Standing, d.Lot = *c, *b.round, b.budget, b.standing, b.lot
		if err := d.fill(tx, b); err != nil {
			return err
		}
		return d.may(tx, c)
	})
	return d, err
}

func (d *Desk) may(tx *work.Tx, c *fund.Call) error {
	var err error
	for act, may := range map[access.Action]*bool{access.RunAllocation: &d.MayRun, access.MakeProposal: &d.MayMake, access.EnterLot: &d.MayLot} {
		if *may, err = tx.May(act, c); err != nil {
			return err
		}
	}
	return nil
}

// fill adds what stands on the page.
func (d *Desk) fill(tx *work.Tx, b basis) error {
	published, lacks := b.with(Published(b.Call, b.budget))
	if f, ok := fault.Of(lacks); ok {
		d.Lacks = f.Words
	} else if lacks != nil {
		return lacks
	}
	if d.Lot != nil && d.Standing.Kept != nil {
		d.LotSeed, d.Band = d.Lot.Seed(d.Standing.Kept.Digest), len(published.problem.Band)
	}
	rows, err := scenariosOf(tx, b.Call.ID)
	if err != nil {
		return err
	}
	details, err := detailsOf(tx, b.Call.ID)
	if err != nil {
		return err
	}
	for i := range rows {
		k, err := b.kept(rows[i], details[rows[i].ID])
		if err != nil {
			return err
		}
		d.Kept = append(d.Kept, k)
	}
	if at := slices.IndexFunc(d.Kept, func(k Kept) bool { return k.PublishedMethod }); at >= 0 {
		first := d.Kept[at]
		d.Kept = slices.Insert(slices.Delete(d.Kept, at, at+1), 0, first)
		v, err := b.view(tx, first.Scenario, details[first.ID])
		if err != nil {
			return err
		}
		d.Published = &v
	}
	if lacks != nil {
		published = b
	}
	d.Ranked = d.mask(published.ranked, tx.By.ID)
	d.Later = b.later(tx.By.ID, published.ranked)
	if d.Computations, err = computation.Shown(tx, b.Call.ID, computation.Scenario, tx.Now.Add(-failedFor)); err != nil {
		return err
	}
	return d.chosen(tx, b.Call)
}

// kept is a scenario as lists show it.
func (b basis) kept(sc Scenario, d *Details) (Kept, error) {
	k := Kept{Scenario: sc}
	var err error
	if _, k.Result, err = sc.Solved(); err != nil {
		return k, err
	}
	ask := Published(b.Call, b.budget)
	if d != nil {
		k.Number, k.Note = d.Number, d.Note
		if !sc.PublishedMethod {
			if ask, err = d.Ask(); err != nil {
				return k, err
			}
		}
	}
	now, err := b.with(ask)
	if fault.Is(err, fault.Conflict) {
		k.Stale = true
		return k, nil
	}
	if err != nil {
		return k, err
	}
	print, err := now.fingerprint()
	k.Stale = print != sc.Fingerprint
	return k, err
}

// chosen adds the proposal of a call.
func (d *Desk) chosen(tx *work.Tx, c *fund.Call) error {
	var err error
	if d.Proposal, err = Latest(tx, c); err != nil || d.Proposal == nil {
		return err
	}
	if d.Deviation, err = DeviationOf(tx, d.Proposal.ID); err != nil {
		return err
	}
	d.Lines, err = Lines(tx, d.Proposal.ID)
	return err
}
