package allocation

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation/solve"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/work"
)

// View is one scenario as its page shows it.
type View struct {
	Mask
	Kept

	Call        *fund.Call
	Ask         Ask
	Departs     []string // where it departs from the published method
	Held        []Held   // that the one who looks may see
	Ranked      []Ranked
	Amounts     map[string]money.Pence // of what is funded, also of what is masked
	Reasons     map[string]string
	Better      []Ranked // not funded although something that scores less is
	Uses        []Use
	Conflict    []string // limits that cannot all be kept, in words
	Sensitivity Sensitivity
	Sums        Sums
	MaskedSpent money.Pence
	MaskedIn    int // how many of the masked are funded
	Proposal    *Proposal
	Frozen      bool
	MayRun      bool
	MayMake     bool
}

// Use is what a scenario uses of a limit.
type Use struct {
	Limit  string
	Used   money.Pence
	Count  int
	Left   string // what is left of it; empty where there is no most
	AtMost bool   // nothing that is not funded fits any more
}

// Sums are what a scenario gives by theme, region and organisation.
type Sums map[string]map[string]Sum

// Sum is what a group gets.
type Sum struct {
	Count int
	Spent money.Pence
}

// Keys are the groups of a kind, sorted.
func (s Sums) Keys(by string) []string { return slices.Sorted(maps.Keys(s[by])) }

// Scenario gives the page of one scenario.
func (s *Service) Scenario(ctx context.Context, ref ident.CallRef, id ident.Scenario) (View, error) {
	all, err := s.Compare(ctx, ref, []ident.Scenario{id})
	if err != nil {
		return View{}, err
	}
	return all[0], nil
}

// Compare gives several scenarios of a call as they stand at one moment.
func (s *Service) Compare(ctx context.Context, ref ident.CallRef, ids []ident.Scenario) ([]View, error) {
	var all []View
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		all = nil
		c, err := fund.PermittedCall(tx, ref, access.ViewAllocation)
		if err != nil {
			return err
		}
		b, err := s.read(tx, c)
		if err != nil {
			return err
		}
		all, err = b.views(tx, ids)
		return err
	})
	return all, err
}

func (b basis) views(tx *work.Tx, ids []ident.Scenario) ([]View, error) {
	details, err := detailsOf(tx, b.Call.ID)
	if err != nil {
		return nil, err
	}
	all := make([]View, 0, len(ids))
	for _, id := range ids {
		sc, err := scenarioByID(tx, id)
		if err != nil {
			return nil, err
		}
		if sc.CallID != b.Call.ID {
			return nil, work.NotFound("scenario")
		}
		v, err := b.view(tx, *sc, details[id])
		if err != nil {
			return nil, err
		}
		all = append(all, v)
		tx.Saw("scenario", string(id))
	}
	return all, nil
}

// view makes the page of a scenario, as far as the one who looks may see it.
func (b basis) view(tx *work.Tx, sc Scenario, d *Details) (View, error) {
	v := View{Call: b.Call, Frozen: b.standing.Frozen != nil, Amounts: map[string]money.Pence{}}
	var err error
	if v.Kept, err = b.kept(sc, d); err != nil {
		return v, err
	}
	p, r, err := sc.Solved()
	if err != nil {
		return v, err
	}
	v.Ask = Published(b.Call, b.budget)
	if err := v.detailed(d); err != nil {
		return v, err
	}
	v.Departs = v.Ask.Departs(Published(b.Call, b.budget))
	for _, f := range r.Funded {
		v.Amounts[f.ID] = f.Amount
	}
	ranked := b.placed(p)
	v.Ranked = v.mask(ranked, tx.By.ID)
	v.Reasons = v.reasons(r.Reasons)
	v.better()
	v.Uses, v.Sums = usesOf(p, v.Amounts), sumsOf(p, v.Amounts)
	v.Conflict = conflictWords(p, r)
	v.hide()
	if v.Proposal, err = Latest(tx, b.Call); err != nil {
		return v, err
	}
	if v.MayRun, err = tx.May(access.RunAllocation, b.Call); err != nil {
		return v, err
	}
	v.MayMake, err = tx.May(access.MakeProposal, b.Call)
	return v, err
}

// detailed reads the details of the scenario, if they were kept.
func (v *View) detailed(d *Details) error {
	if d == nil {
		return nil
	}
	var err error
	if v.Ask, err = d.Ask(); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(cmp.Or(d.Sensitivity, "{}")), &v.Sensitivity); err != nil {
		return fmt.Errorf("reading what scenario %s hangs on: %w", d.ID, err)
	}
	return nil
}

// hide leaves out what is held of masked applications, and adds up what those get.
func (v *View) hide() {
	for _, h := range v.Ask.Held {
		if !v.Hidden(string(h.Ref)) {
			v.Held = append(v.Held, h)
		}
	}
	for ref, amount := range v.Amounts {
		if v.Hidden(ref) {
			v.MaskedSpent += amount
			v.MaskedIn++
		}
	}
}

// placed are the applications of a scenario with the scores and places that they have in it.
func (b basis) placed(p solve.Problem) []Ranked {
	by := map[string]Ranked{}
	for _, r := range b.ranked {
		by[string(r.Application.Ref)] = r
	}
	var list []Ranked
	for i, a := range p.Ranked() {
		if r, there := by[a.ID]; there { // one that was withdrawn since is not
			r.Score, r.Place = a.Score, i+1
			list = append(list, r)
		}
	}
	return list
}

// better are those that are not funded although something that scores less is.
func (v *View) better() {
	scores := make([]scored, len(v.Ranked))
	for i, r := range v.Ranked {
		scores[i] = scored{string(r.Application.Ref), r.Score}
	}
	over := overtaken(scores, v.Amounts)
	for _, r := range v.Ranked {
		if slices.Contains(over, string(r.Application.Ref)) {
			v.Better = append(v.Better, r)
		}
	}
}

// scored is an application, by its reference, with the score that it is ranked by.
type scored struct {
	ref   string
	score float64
}

// overtaken are those that are not funded although something that scores less is.
func overtaken(all []scored, amounts map[string]money.Pence) []string {
	least, any := 0.0, false
	for _, s := range all {
		if amounts[s.ref] > 0 && (!any || s.score < least) {
			least, any = s.score, true
		}
	}
	var over []string
	for _, s := range all {
		if any && amounts[s.ref] == 0 && s.score > least {
			over = append(over, s.ref)
		}
	}
	return over
}

// groups are the values by which limits are set, of an application.
func groups(a solve.Application) map[string]string {
	return map[string]string{"theme": a.Theme, "region": a.Region, "organisation": a.Organisation}
}

func sumsOf(p solve.Problem, amounts map[string]money.Pence) Sums {
	sums := Sums{}
	for _, a := range p.Applications {
		for by, value := range groups(a) {
			if sums[by] == nil {
				sums[by] = map[string]Sum{}
			}
			sum := sums[by][value]
			if amount := amounts[a.ID]; amount > 0 {
				sum.Count++
				sum.Spent += amount
			}
			sums[by][value] = sum
		}
	}
	return sums
}

// limited is what a limit is on, and its most.
type limited struct {
	words string
	of    func(solve.Application) bool
	most  *money.Pence
	count *int
	pot   string // the budget within the budget that it is; empty: whole amounts count
}

// part is what of an amount for an application counts: of a budget within the budget in proportion, in whole pence upwards.
func (l limited) part(a solve.Application, amount money.Pence) money.Pence {
	if l.pot == "" || a.Requested == 0 {
		return amount
	}
	of := new(big.Int).Mul(big.NewInt(int64(amount)), big.NewInt(int64(a.Uses[l.pot])))
	of.Add(of, big.NewInt(int64(a.Requested)-1))
	return money.Pence(of.Div(of, big.NewInt(int64(a.Requested))).Int64())
}

// open reports whether an application can be funded at all.
func open(p solve.Problem, a solve.Application) bool {
	return a.Must != solve.MustReject && (p.MinScore == nil || a.Score >= *p.MinScore)
}

// usesOf says what is used of the budget, of the number of awards and of each limit.
func usesOf(p solve.Problem, amounts map[string]money.Pence) []Use {
	all := func(solve.Application) bool { return true }
	uses := []Use{use(p, amounts, limited{"Budget of " + p.Budget.String(), all, &p.Budget, nil, ""})}
	for _, pot := range p.Budgets {
		uses = append(uses, use(p, amounts, limited{"Budget " + pot.Name + " of " + pot.Amount.String(), func(a solve.Application) bool { return a.Uses[pot.Name] > 0 }, &pot.Amount, nil, pot.Name}))
	}
	if p.MaxCount != nil {
		uses = append(uses, use(p, amounts, limited{mostWords(*p.MaxCount), all, nil, p.MaxCount, ""}))
	}
	for _, l := range p.Limits {
		var values []string
		for _, a := range p.Applications {
			if value := groups(a)[l.By]; value != "" && (l.Value == "*" || l.Value == value) && !slices.Contains(values, value) {
				values = append(values, value)
			}
		}
		slices.Sort(values)
		for _, value := range values {
			one := l
			one.Value = value
			uses = append(uses, use(p, amounts, limited{solvedLimit(one), func(a solve.Application) bool { return groups(a)[l.By] == value }, l.MaxAmount, l.MaxCount, ""}))
		}
	}
	return uses
}

// solvedLimit says a limit of a problem as people read it.
func solvedLimit(l solve.Limit) string {
	f := fund.Limit{By: l.By, Value: l.Value, MinPounds: int64(l.MinAmount / 100), MinCount: l.MinCount, MaxCount: l.MaxCount}
	if l.MaxAmount != nil {
		pounds := int64(*l.MaxAmount / 100)
		f.MaxPounds = &pounds
	}
	return f.Words()
}

// use is what is used of a limit.
func use(p solve.Problem, amounts map[string]money.Pence, l limited) Use {
	u := Use{Limit: l.words}
	most, count := l.most, l.count
	smallest := money.Pence(-1)
	for _, a := range p.Applications {
		switch amount := amounts[a.ID]; {
		case !l.of(a):
		case amount > 0:
			u.Used += l.part(a, amount)
			u.Count++
		case open(p, a) && (smallest < 0 || l.part(a, a.Requested) < smallest):
			smallest = l.part(a, a.Requested)
		}
	}
	if most != nil {
		u.Left = (*most - u.Used).String()
		u.AtMost = smallest >= 0 && smallest > *most-u.Used
	}
	if count != nil {
		left := fmt.Sprintf("%d awards", *count-u.Count)
		if u.Left != "" {
			left = u.Left + ", " + left
		}
		u.Left = left
		u.AtMost = u.AtMost || smallest >= 0 && u.Count >= *count
	}
	return u
}

// conflictWords say which limits cannot all be kept.
func conflictWords(p solve.Problem, r solve.Result) []string {
	var words []string
	for _, name := range r.Conflict {
		switch n := name.(type) {
		case float64: // an index, read back from JSON
			if i := int(n); i >= 0 && i < len(p.Limits) {
				words = append(words, "the limit on "+solvedLimit(p.Limits[i]))
			}
		case string:
			words = append(words, map[string]string{
				"budget": "the budget of " + p.Budget.String(), "max_count": "the limit on the number of awards", "must": "what must or must not be funded",
				"min_score": "the least total", "group": "one award of a group at the most", "budgets": "a further budget",
			}[n])
		}
	}
	return words
}

// Repeat gives the problem of a scenario as the command `allocate` takes it, so that anybody can repeat it, to those who may see all of it.
func (s *Service) Repeat(ctx context.Context, ref ident.CallRef, id ident.Scenario) ([]byte, error) {
	v, err := s.Scenario(ctx, ref, id)
	if err != nil {
		return nil, err
	}
	if v.Masked > 0 {
		return nil, fault.New(fault.Forbidden, "The file names every application, also those that the deputy handles for you. Ask the deputy for it")
	}
	var text bytes.Buffer
	if err := json.Indent(&text, []byte(v.Problem()), "", "  "); err != nil {
		return nil, fmt.Errorf("writing the problem of a scenario: %w", err)
	}
	return text.Bytes(), nil
}

// Problem is the problem that was solved, as JSON.
func (v *View) Problem() string { return v.Scenario.Problem }
