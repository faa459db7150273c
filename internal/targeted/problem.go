package targeted

import (
	"cmp"
	"fmt"
	"slices"

	"adoptionfund/internal/assign"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/calibration"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/ranking"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/targeting"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// basis is everything that a proposal rests on.
type basis struct {
	call     *fund.Call
	rubric   *rubric.Rubric
	standing ranking.Standing
	spare    assignment.Spare
	budget   float64 // pounds
}

func (s *Service) read(tx *work.Tx, c *fund.Call) (basis, error) {
	b := basis{call: c}
	var err error
	if b.rubric, err = s.reviews.Rubric(c); err != nil {
		return b, fmt.Errorf("reading the rubric: %w", err)
	}
	if b.standing, err = s.rankings.Standing(tx, c); err != nil {
		return b, fmt.Errorf("reading the scores: %w", err)
	}
	if b.spare, err = s.assignments.SpareIn(tx, c, workflow.Assessment, workflow.Moderation, workflow.Assessed); err != nil {
		return b, fmt.Errorf("reading the reviewers: %w", err)
	}
	budget := c.Settings.Budget
	if budget == 0 {
		round, err := fund.RoundByID(tx, c.RoundID)
		if err != nil {
			return b, fmt.Errorf("reading the budget: %w", err)
		}
		budget = round.Budget
	}
	b.budget = float64(budget) / 100
	return b, nil
}

// pseudonym is the name of a reviewer among scores.
func (b basis) pseudonym(kind string, person ident.Person) string {
	return ranking.Reviewer(b.call.ID, kind, person)
}

// problem is what targeting is asked. Reviewers go by the pseudonyms of the scores; a score of a part counts as much as its weight among
// all weights says, on the scale from 0 to 100.
func (b basis) problem(left, batch int) (targeting.Problem, error) {
	p := targeting.Problem{Budget: b.budget, ByScore: b.call.Settings.Method.Objective == "score", Reviews: left, Batch: batch}
	var weights float64
	for _, w := range b.standing.Now.Weights {
		weights += w.Weight
	}
	for _, w := range b.standing.Now.Weights {
		known, err := calibration.Know(b.standing.Now, w.Part, b.scorers(w.Part), nil)
		if err != nil {
			return p, fmt.Errorf("calibrating %s: %w", w.Part, err)
		}
		p.Parts = append(p.Parts, targeting.Part{Weight: w.Weight / weights * 100 / calibration.Highest, Known: known})
	}
	for _, r := range b.spare.Reviewers {
		p.Reviewers = append(p.Reviewers, targeting.Reviewer{ID: b.pseudonym(r.Kind, r.Person), Kind: r.Kind, Room: r.Room, Themes: r.Themes})
	}
	for _, pair := range b.spare.Barred {
		p.Conflicts = append(p.Conflicts, assign.Pair{b.pseudonym(pair.Kind, pair.Person), string(pair.Ref)})
	}
	for _, pair := range b.spare.Given {
		p.Done = append(p.Done, assign.Pair{b.pseudonym(pair.Kind, pair.Person), string(pair.Ref)})
	}
	for _, a := range b.spare.Applications {
		one := targeting.Application{ID: string(a.Ref), Amount: float64(a.Requested) / 100, Theme: a.Theme, Shut: a.State != workflow.Assessment}
		b.score(&one, p.Parts)
		if one.Amount > 0 {
			p.Applications = append(p.Applications, one)
		}
	}
	return p, nil
}

// scorers are the reviewers who score a part.
func (b basis) scorers(part string) []string {
	var names []string
	for _, of := range b.rubric.Parts {
		if string(of.Code) != part {
			continue
		}
		for _, r := range b.spare.Reviewers {
			if slices.Contains(of.Kinds, rubric.Kind(r.Kind)) {
				names = append(names, b.pseudonym(r.Kind, r.Person))
			}
		}
	}
	return names
}

// score fills in the calibrated total of an application, over the parts that it has, and the parts that no review changes: with a
// consensus, or without a score where others have one.
func (b basis) score(a *targeting.Application, parts []targeting.Part) {
	agreed, has := b.scored(a.ID)
	var sum, weights float64
	for _, part := range parts {
		name := part.Known.Part
		value, settled := agreed[name]
		if !settled {
			at, _ := slices.BinarySearch(part.Known.Applications, a.ID)
			value = part.Known.Mean[at]
		}
		counts := settled || has[name] || len(has) == 0
		if settled || !counts {
			a.Settled = append(a.Settled, name)
		}
		if counts {
			sum += part.Weight * min(max(value, 0), calibration.Highest)
			weights += part.Weight * calibration.Highest
		}
	}
	a.Score = 100 * sum / cmp.Or(weights, 1)
}

// scored is on which parts an application has a consensus, and on which a score.
func (b basis) scored(ref string) (agreed map[string]float64, has map[string]bool) {
	agreed, has = map[string]float64{}, map[string]bool{}
	for _, one := range b.standing.Now.Agreed {
		if one.Application == ref {
			agreed[one.Part] = one.Value
		}
	}
	for _, one := range b.standing.Now.Scores {
		if one.Application == ref {
			has[one.Part] = true
		}
	}
	return agreed, has
}
