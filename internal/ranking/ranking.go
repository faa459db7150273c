// Package ranking is the calibrated ranking of a call: computed from the scores that stand, kept with all that it rests on, and frozen by
// the chair so that scenarios can rest on it.
//
// It owns rankings and their freezing. It leaves the arithmetic to calibration, the scores to review, and what is funded, and so where the
// funding line runs, to allocation.
package ranking

import (
	"encoding/json"
	"fmt"
	"time"

	"adoptionfund/internal/calibration"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
)

// Ranking is a computed ranking of a call. It never changes. In its problem and its result applications are named by their references and
// reviewers by pseudonyms: see Reviewer.
type Ranking struct {
	ID       ident.Ranking
	CallID   ident.Call
	Digest   string // of the problem: the same digest means the same ranks
	Seed     string // of the draws; it follows from the scores, so that nobody chooses it
	Draws    int
	Software string // the version of the program that computed it
	Problem  string // JSON of calibration.Problem
	Result   string // JSON of calibration.Result, without its draws
	MadeBy   ident.Person
	MadeAt   time.Time
}

// Freeze is that the scenarios of a call rest on a ranking, from a moment to its end.
type Freeze struct {
	ID        string
	CallID    ident.Call
	RankingID ident.Ranking
	Number    int // within the call
	FrozenBy  ident.Person
	FrozenAt  time.Time
	EndedBy   *ident.Person
	EndedAt   *time.Time
	EndedWhy  string
	Version   int
}

// TableName is the table of freezes.
func (Freeze) TableName() string { return "ranking_freezes" }

// Calibrated is a ranking read out.
type Calibrated struct {
	Ranking

	Given calibration.Problem
	Found calibration.Result // without draws: Draw makes them again
	total map[string]calibration.Estimate
	parts map[[2]string]calibration.Estimate
	mean  map[partSet]float64
}

type partSet struct {
	part string
	set  int
}

// read reads a ranking out.
func (r Ranking) read() (*Calibrated, error) {
	c := &Calibrated{Ranking: r, total: map[string]calibration.Estimate{}, parts: map[[2]string]calibration.Estimate{}, mean: map[partSet]float64{}}
	if err := json.Unmarshal([]byte(r.Problem), &c.Given); err != nil {
		return nil, fmt.Errorf("reading ranking %s: %w", r.ID, err)
	}
	if err := json.Unmarshal([]byte(r.Result), &c.Found); err != nil {
		return nil, fmt.Errorf("reading ranking %s: %w", r.ID, err)
	}
	for _, e := range c.Found.Estimates {
		if e.Part == calibration.Total {
			c.total[e.Application] = e
		} else {
			c.parts[[2]string{e.Application, e.Part}] = e
		}
	}
	for _, f := range c.Found.Parts {
		c.mean[partSet{f.Part, f.Set}] = f.Mean
	}
	return c, nil
}

// Total is what is known of an application: its calibrated total from 0 to 100 with its interval and expected rank. It is false where
// nothing could be estimated.
func (c *Calibrated) Total(ref ident.Ref) (calibration.Estimate, bool) {
	e, ok := c.total[string(ref)]
	return e, ok && e.Known
}

// Part is the calibrated score of an application on a part, from 0 to 5; a recorded consensus is that. It is false where there is none.
func (c *Calibrated) Part(ref ident.Ref, part string) (float64, bool) {
	for _, a := range c.Given.Agreed {
		if a.Application == string(ref) && a.Part == part {
			return a.Value, true
		}
	}
	e, ok := c.parts[[2]string{string(ref), part}]
	if !ok || !e.Known {
		return 0, false
	}
	return min(max(c.mean[partSet{part, e.Set}]+e.Mean, 0), calibration.Highest), true
}

// Draw fits the ranking's problem again and gives draws of the totals: the same each time, since the seed is the ranking's. It takes up to
// some seconds: call it outside transactions.
func (c *Calibrated) Draw() (*calibration.Posterior, error) {
	r, err := calibration.Fit(c.Given)
	if err != nil {
		return nil, fmt.Errorf("drawing from ranking %s: %w", c.ID, err)
	}
	return r.Overall, nil
}

// Standing is how the ranking of a call stands.
type Standing struct {
	Call   *fund.Call
	Now    calibration.Problem // what the scores say now
	Digest string              // of it
	Kept   *Calibrated         // the frozen ranking, else the latest that was computed; nil: none
	Frozen *Freeze             // nil: it is not
}

// Stale reports whether scores changed after the ranking was computed.
func (s Standing) Stale() bool { return s.Kept != nil && s.Kept.Digest != s.Digest }
