package main

import (
	"fmt"
	"io"
	"os"
	"slices"

	"adoptionfund/internal/calibration"
)

type calibrateCommand struct {
	Scores          string `required:"" help:"Scores from 0 to 5 (CSV: application,reviewer,score[,part][,kind])." type:"existingfile" placeholder:"FILE"`
	Weights         string `help:"Weights of the parts, for totals." placeholder:"EV1=20,EV2=15"`
	OutApplications string `help:"Write the applications here instead of to standard output." placeholder:"FILE" name:"out-applications"`
	OutReviewers    string `help:"Write how severe each reviewer is." placeholder:"FILE" name:"out-reviewers"`
	Draws           int    `help:"Draws from each posterior." default:"8000"`
	Seed            uint64 `help:"Seed of the draws." default:"1"`
}

// Run calibrates scores, without a database.
func (c *calibrateCommand) Run(s *session) error {
	if c.Draws < 1 || c.Draws > 1_000_000 {
		return usageError{"--draws: give a number from 1 to 1,000,000"}
	}
	file, err := os.Open(c.Scores)
	if err != nil {
		return fmt.Errorf("reading the scores: %w", err)
	}
	defer func() { _ = file.Close() }()
	p, err := calibration.ReadScores(file)
	if err != nil {
		return fmt.Errorf("%s: %w", c.Scores, err)
	}
	p.Draws, p.Seed = c.Draws, c.Seed
	parts := slices.ContainsFunc(p.Scores, func(s calibration.Score) bool { return s.Part != "" })
	if c.Weights != "" {
		if p.Weights, err = calibration.ParseWeights(c.Weights); err != nil {
			return usageError{"--weights: " + err.Error()}
		}
		if !parts {
			return usageError{"--weights: the scores have no parts"}
		}
	}
	r, err := calibration.Fit(p)
	if err != nil {
		return fmt.Errorf("%s: %w", c.Scores, err)
	}
	for _, note := range r.Notes {
		_, _ = fmt.Fprintln(s.errOut, note)
	}
	if c.OutReviewers != "" {
		if err := s.output(c.OutReviewers, func(w io.Writer) error { return calibration.WriteReviewers(w, r, parts) }); err != nil {
			return err
		}
	}
	return s.output(c.OutApplications, func(w io.Writer) error { return calibration.WriteApplications(w, r, parts) })
}
