// Package simulation shows how well ways of deciding decide: it draws rounds whose true qualities it knows, has them scored by harsh and
// lenient reviewers, decides by several methods, and compares the true worth of what they fund with the best that could have been funded.
//
// It owns the drawing of rounds, the methods and the figures. Scores are calibrated by calibration, reviews shared out by assign, further
// ones chosen by targeting and money given by allocation/solve: the same code as in the service. None of them is told how the round was drawn.
package simulation

import (
	"context"
	"fmt"
	"runtime"
	"sync"

	"adoptionfund/internal/allocation/solve"
	"adoptionfund/internal/fault"
)

// Settings are what is simulated. Scores and qualities are on the scale from 0 to 5.
type Settings struct {
	Rounds       int     `json:"-"` // how many are simulated; a result has it and the seed beside the settings
	Seed         uint64  `json:"-"`
	Applications int     `json:"applications"`
	Reviewers    int     `json:"reviewers"`
	Reviews      int     `json:"reviews"`      // of each application, in the mean
	QualityMean  float64 `json:"quality_mean"` // qualities are normal
	QualitySD    float64 `json:"quality_sd"`
	SeveritySD   float64 `json:"severity_sd"` // severities are normal about 0
	NoiseSD      float64 `json:"noise_sd"`
	Noise        string  `json:"noise"`
	BudgetShare  float64 `json:"budget_share"` // of what is asked for
	First        int     `json:"first"`        // targeted: reviews of each application before the others are aimed
	Batches      int     `json:"batches"`      // targeted: in how many batches those are asked for
	Panels       int     `json:"panels"`       // applications and reviewers fall into so many panels
	Shared       int     `json:"shared"`       // reviewers who review in all panels
}

// The kinds of noise.
const (
	Normal   = "normal"
	Student3 = "student3" // Student's t with three degrees of freedom, scaled to the same standard deviation
)

// Defaults are the settings of the fund's first round.
func Defaults() Settings {
	return Settings{
		Rounds: 1000, Seed: 1, Applications: 138, Reviewers: 40, Reviews: 3, QualityMean: 2.9, QualitySD: 0.8, SeveritySD: 0.8, NoiseSD: 0.6, Noise: Normal, BudgetShare: 0.25,
		First: 2, Batches: 12, Panels: 1,
	}
}

// Method is a way of deciding.
type Method string

// The methods. All but the last have the same reviews.
const (
	RawMerit            Method = "raw_merit"            // down the ranking by the plain mean of the scores
	ZScoreMerit         Method = "zscore_merit"         // by the mean of each reviewer's scores as standard scores
	CalibratedMerit     Method = "calibrated_merit"     // by the calibrated score
	CalibratedPortfolio Method = "calibrated_portfolio" // the best portfolio by the calibrated score
	TargetedPortfolio   Method = "targeted_portfolio"   // the same, with as many reviews, part of them where they matter most
)

// Methods are all methods, in the order in which they are shown.
func Methods() []Method {
	return []Method{RawMerit, ZScoreMerit, CalibratedMerit, CalibratedPortfolio, TargetedPortfolio}
}

// Words say what a method is.
func (m Method) Words() string {
	switch m {
	case RawMerit:
		return "Raw mean, merit order"
	case ZScoreMerit:
		return "Standard scores, merit order"
	case CalibratedMerit:
		return "Calibrated, merit order"
	case CalibratedPortfolio:
		return "Calibrated, best portfolio"
	case TargetedPortfolio:
		return "The same with targeted reviews"
	}
	return string(m)
}

const (
	mostApplications = 5000
	mostReviewers    = 1000
	mostRounds       = 1_000_000
	mostDeviation    = 10.0
)

// Check says what is wrong with settings, by the name of the option.
func (s Settings) Check() error {
	problems := fault.Problems{}
	whole := func(name string, value, least, most int) {
		if value < least || value > most {
			problems["--"+name] = fmt.Sprintf("must be from %d to %d", least, most)
		}
	}
	whole("applications", s.Applications, 2, mostApplications)
	whole("reviewers", s.Reviewers, 2, mostReviewers)
	whole("rounds", s.Rounds, 1, mostRounds)
	there := s.Reviewers // an application has at most so many reviews
	if problems["--reviewers"] != "" {
		there = mostReviewers
	}
	whole("reviews", s.Reviews, 1, there)
	whole("first", s.First, 1, mostReviewers)
	whole("batches", s.Batches, 1, 1000)
	whole("panels", s.Panels, 1, max(1, min(s.Applications/2, there)))
	whole("shared", s.Shared, 0, there)
	number := func(name string, value, least, most float64) {
		if !(value >= least && value <= most) {
			problems["--"+name] = fmt.Sprintf("must be a number from %v to %v", least, most)
		}
	}
	number("quality-sd", s.QualitySD, 0, mostDeviation)
	number("severity-sd", s.SeveritySD, 0, mostDeviation)
	number("noise-sd", s.NoiseSD, 0, mostDeviation)
	number("budget-share", s.BudgetShare, 0.001, 1)
	if s.Noise != Normal && s.Noise != Student3 {
		problems["--noise"] = "must be " + Normal + " or " + Student3
	}
	if len(problems) == 0 && s.Panels > 1 && s.Shared+(s.Reviewers-s.Shared)/s.Panels < max(s.Reviews, min(s.First, s.Reviews)) {
		problems["--panels"] = "leaves a panel fewer reviewers than an application has reviews"
	}
	return fault.Fields(problems)
}

// Result is what was found.
type Result struct {
	Rounds   int      `json:"rounds"`
	Seed     uint64   `json:"seed"`
	Settings Settings `json:"settings"`
	ByAmount Outcome  `json:"by_amount"` // each pound is worth the true quality of what it funds
	ByScore  Outcome  `json:"by_score"`  // each application funded is worth its true quality
}

// Run simulates. The same settings give the same result on however many processors. done is told how many rounds are finished; it may be nil.
func Run(ctx context.Context, solver *solve.Solver, s Settings, done func(int)) (Result, error) {
	if err := s.Check(); err != nil {
		return Result{}, err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	found := make([]shares, s.Rounds)
	finished := sideBySide(s.Rounds, func(round int) {
		if ctx.Err() != nil {
			return
		}
		var err error
		if found[round], err = simulate(ctx, solver, s, round); err != nil {
			stop(fmt.Errorf("round %d: %w", round+1, err))
		}
	})
	count := 0
	for range finished {
		if count++; done != nil {
			done(count)
		}
	}
	if err := context.Cause(ctx); err != nil {
		return Result{}, err
	}
	return summarise(s, found), nil
}

// sideBySide does something so many times, as many at a time as there are processors. What it gives hears of each that is done, and is closed
// after the last.
func sideBySide(times int, do func(int)) <-chan struct{} {
	next, finished := make(chan int), make(chan struct{})
	var working sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		working.Go(func() {
			for n := range next {
				do(n)
				finished <- struct{}{}
			}
		})
	}
	go func() {
		for n := range times {
			next <- n
		}
		close(next)
		working.Wait()
		close(finished)
	}()
	return finished
}
