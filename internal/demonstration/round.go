package demonstration

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/uktime"
)

// firstRound is the reference of the round that is like the fund's first one.
const firstRound ident.RoundRef = "AF21"

// course is what a call's demonstration goes through, and when.
type course struct {
	d       *Demonstration
	round   ident.RoundRef
	file    fund.CallFile
	ref     ident.CallRef
	opens   time.Time
	closes  time.Time
	screens time.Time // when screening begins: once every call of the first round has closed
	reviews int       // days that reviewers take
	bids    []*entry
	rng     *rand.Rand
}

// entry is an application on its way.
type entry struct {
	*bid
	team      team
	ref       ident.Ref
	submitted bool
	days      int // from opening to start
}

// planRound creates a round and plans what happens in each of its calls.
func (d *Demonstration) planRound(f fund.File) error {
	round := ident.RoundRef(f.Round)
	courses, err := d.courses(f)
	if err != nil || len(courses) == 0 {
		return err
	}
	opens := slices.MinFunc(courses, func(a, b *course) int { return a.opens.Compare(b.opens) }).opens
	closed := slices.MaxFunc(courses, func(a, b *course) int { return a.closes.Compare(b.closes) }).closes
	d.agenda.plan(opens.AddDate(0, 0, -20), func(ctx context.Context) error {
		if err := d.do(ctx, "admin@demo.example", func(ctx context.Context) error { return d.Funds.Create(ctx, f) }); err != nil {
			return err
		}
		var themes []string
		for _, c := range f.Calls {
			themes = append(themes, c.Theme)
		}
		return d.pool(ctx, round, themes, 14)
	})
	for i, c := range courses {
		c.screens, c.reviews = closed.AddDate(0, 0, 3), 10
		if round != firstRound {
			c.screens, c.reviews = c.closes.AddDate(0, 0, 1), 21
		}
		c.draw(wanted(round)[c.file.Theme], i)
		c.plan()
	}
	return nil
}

// courses are the calls of a round, each with its own times.
func (d *Demonstration) courses(f fund.File) ([]*course, error) {
	courses := make([]*course, len(f.Calls))
	for i, c := range f.Calls {
		opens, err := uktime.Parse(c.Opens)
		if err != nil {
			return nil, fmt.Errorf("planning %s: %w", c.Theme, err)
		}
		closes, err := uktime.Parse(c.Closes)
		if err != nil {
			return nil, fmt.Errorf("planning %s: %w", c.Theme, err)
		}
		courses[i] = &course{
			d: d, round: ident.RoundRef(f.Round), file: c, ref: ident.CallRef(f.Round + "-" + c.Theme), rng: seeded(f.Round, c.Theme), opens: opens, closes: closes,
		}
	}
	return courses, nil
}

// seeded makes the source of chance for a call: the same each time.
func seeded(parts ...string) *rand.Rand {
	h := fnv.New64a()
	for _, p := range parts {
		_, _ = h.Write([]byte(p + "\n"))
	}
	return rand.New(rand.NewPCG(h.Sum64(), 20211026)) // #nosec G404 -- invented content, no secret
}

// draw makes the applications of the call: each from another board, the fund's known first awards among them.
func (c *course) draw(n, offset int) {
	leads := c.d.leads()
	first := map[string][]ident.ODS{"GAS": {"QMF"}, "DIG": {"QUE", "QXU", "QUY"}, "CAR": {"QMF"}, "MSK": {"QMF"}}[c.file.Theme]
	order := c.rng.Perm(len(leads))
	taken := map[ident.ODS]bool{}
	add := func(index int) {
		lead := leads[index]
		if taken[lead.ODSCode] || len(c.bids) == n {
			return
		}
		taken[lead.ODSCode] = true
		list := c.d.themes[c.file.Theme]
		c.bids = append(c.bids, c.entry(list[len(c.bids)%len(list)], lead, index))
	}
	for _, code := range first {
		for i, o := range leads {
			if o.ODSCode == code {
				add(i)
			}
		}
	}
	for _, i := range order {
		add((i + offset*11) % len(leads))
	}
}

func (c *course) entry(p project, lead people.Organisation, index int) *entry {
	rng := seeded(string(c.ref), string(lead.ODSCode))
	amount := poundsOf(rng)
	b := &bid{
		project: p, theme: c.file.Theme, lead: lead, delivers: c.d.deliverer(lead, rng), quality: min(max(2.9+0.8*rng.NormFloat64(), 0.6), 4.9),
		pounds: amount, least: amount * int64(55+rng.IntN(40)) / 100 / 1000 * 1000, weeks: 4 + rng.IntN(30), sites: 1 + rng.IntN(4), dtac: c.d.grade(p), rng: rng,
	}
	return &entry{bid: b, team: teamOf(lead.ODSCode, index), days: 1 + rng.IntN(6)}
}

// plan puts the course of the call on the agenda.
func (c *course) plan() {
	plan := c.d.agenda.plan
	plan(c.opens.AddDate(0, 0, -12), func(ctx context.Context) error {
		return c.d.do(ctx, "senior@demo.example", func(ctx context.Context) error { return c.d.Funds.ApproveOpening(ctx, c.ref) })
	})
	plan(c.opens, func(ctx context.Context) error {
		return c.d.Funds.Open(access.With(ctx, access.System(access.OpenCall)), c.ref)
	})
	for i, p := range c.d.themes[c.file.Theme] {
		if _, there := c.d.known[p.Product]; !there {
			c.d.known[p.Product] = ""
			plan(c.opens.AddDate(0, 0, 1), func(ctx context.Context) error { return c.d.supply(ctx, p, i) })
		}
	}
	c.planWriting()
	plan(c.closes.Add(time.Minute), func(ctx context.Context) error {
		return c.d.Applications.CloseCall(access.With(ctx, access.System(access.CloseCall)), c.ref)
	})
	c.planScreening()
	c.planAssessment()
	c.planDecision()
}
