// Package targeting works out what one more review of an application is worth, and proposes which reviews to ask for next: where the money at
// stake is large, the score lies near the line at which the money runs out, and a review would tell much.
//
// The value of a review is the expected value of sample information (Raiffa and Schlaifer 1961, Applied Statistical Decision Theory, chapter 5; as a
// rule for what to measure next: Frazier, Powell and Dayanik 2008, "A knowledge-gradient policy for sequential information collection", SIAM
// Journal on Control and Optimization 47(5), 2410–2439). Given the variances, a review moves the mean of an application's score by a normal amount
// whose deviation is known before it is read. An application is funded if a pound for it is worth more than at the line; the expected
// worth of choosing after the review, less that of choosing now, is amount × deviation × (φ(z) − z Φ(−z)), with z the distance from the line in
// deviations. Reviews that are planned in the same batch count as done: how sure one will be does not depend on the scores they bring.
//
// It owns the values, the batches and their reasons. It leaves to calibration what is known, to assign who reviews, and to its callers where
// scores come from and what becomes of a proposal.
package targeting

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"adoptionfund/internal/assign"
	"adoptionfund/internal/calibration"
)

// Application is one that competes for the money.
type Application struct {
	ID      string
	Score   float64  // its calibrated score, on the scale of the weights
	Amount  float64  // pounds asked for, above 0
	Theme   string   // for the choice of reviewers
	Settled []string // parts that no review changes: with a recorded consensus, or that do not apply
	Shut    bool     // gets no more reviews, and competes all the same
}

// Reviewer is somebody who could review.
type Reviewer struct {
	ID     string
	Kind   string
	Room   int // how many more reviews they can take
	Themes []string
}

// Part is a part of the rubric, with what is known of it. Who is among its Known.Reviewers scores it, others do not.
type Part struct {
	Weight float64 // by how much a total grows with a score of the part
	Known  *calibration.Moments
}

// Problem is what is known, and how many reviews are to be had.
type Problem struct {
	Applications []Application
	Reviewers    []Reviewer
	Conflicts    []assign.Pair // who must not review what
	Done         []assign.Pair // reviews that were given or asked for; a reviewer reviews an application once
	Parts        []Part
	Budget       float64 // pounds
	ByScore      bool    // an application funded is worth its score; false: each of its pounds is
	Reviews      int     // still to be spent
	Batch        int     // how many are asked for at once, at most; 0: all
	Least        float64 // what a review must be worth at least, in the unit of Value.Gain
}

// Value is what one more review of an application is worth.
type Value struct {
	Application string
	Score       float64
	Line        float64 // the score at which it would be funded just so; by score it depends on the amount
	Move        float64 // standard deviation by which one more review is expected to move the score
	Cross       float64 // probability that it then lies on the other side of the line
	Gain        float64 // expected gain in the worth of what is funded: score × pounds, by score in scores
	Planned     int     // reviews that the batch has for it
	Reason      string
}

// Review is a review that is proposed.
type Review struct {
	Reviewer, Application string
	Kind                  string
	Reason                string // why this reviewer
}

// Proposal is the next batch, with the value of one more review of every application.
type Proposal struct {
	Values []Value  // the most valuable first
	Batch  []Review // by application in the order of the problem
	Gain   float64  // of the batch as a whole, in the unit of Value.Gain
}

// Check says what is wrong with a problem.
func (p Problem) Check() error {
	switch {
	case !(p.Budget >= 0) || math.IsInf(p.Budget, 1):
		return errors.New("the budget is not a number from 0 on")
	case p.Reviews < 0 || p.Batch < 0 || !(p.Least >= 0):
		return errors.New("reviews, their batch and what they must be worth are not below 0")
	case len(p.Parts) == 0:
		return errors.New("there is no part to be scored")
	}
	return errors.Join(p.checkApplications(), p.checkReviewers(), p.checkParts())
}

func (p Problem) checkApplications() error {
	seen := map[string]bool{}
	for _, a := range p.Applications {
		if a.ID == "" || seen[a.ID] {
			return fmt.Errorf("the application %q is nameless or there twice", a.ID)
		}
		if !(a.Amount > 0) || math.IsInf(a.Amount, 1) || math.IsNaN(a.Score) || math.IsInf(a.Score, 0) {
			return fmt.Errorf("%s: an amount above 0 and a score are needed", a.ID)
		}
		seen[a.ID] = true
	}
	return nil
}

func (p Problem) checkReviewers() error {
	seen := map[string]bool{}
	for _, r := range p.Reviewers {
		if r.ID == "" || seen[r.ID] {
			return fmt.Errorf("the reviewer %q is nameless or there twice", r.ID)
		}
		if r.Room < 0 {
			return fmt.Errorf("%s: room for less than no review", r.ID)
		}
		seen[r.ID] = true
	}
	return nil
}

func (p Problem) checkParts() error {
	for _, part := range p.Parts {
		if part.Known == nil || !(part.Weight > 0) || math.IsInf(part.Weight, 1) {
			return errors.New("a part needs a weight above 0 and what is known of it")
		}
		for _, a := range p.Applications {
			if _, known := slices.BinarySearch(part.Known.Applications, a.ID); !known {
				return fmt.Errorf("nothing is known of %s on the part %q", a.ID, part.Known.Part)
			}
		}
	}
	return nil
}
