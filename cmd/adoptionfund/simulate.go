package main

import (
	"io"
	"strings"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/simulation"
)

type simulateCommand struct {
	Applications int     `help:"Applications of a round." default:"138"`
	Reviewers    int     `help:"Reviewers of a round." default:"40"`
	Rounds       int     `help:"Rounds that are simulated." default:"1000"`
	Seed         uint64  `help:"Seed: the same gives the same rounds, on however many processors." default:"1"`
	Reviews      int     `help:"Reviews of each application, in the mean." default:"3"`
	SeveritySD   float64 `help:"Standard deviation between reviewers, on the scale of 0 to 5." default:"0.8" name:"severity-sd"`
	NoiseSD      float64 `help:"Standard deviation of what is left of a score." default:"0.6" name:"noise-sd"`
	QualitySD    float64 `help:"Standard deviation between applications, whose mean quality is 2.9." default:"0.8" name:"quality-sd"`
	Noise        string  `help:"normal, or student3: Student's t with three degrees of freedom, scaled to the same standard deviation." default:"normal" enum:"normal,student3"`
	BudgetShare  float64 `help:"Budget as a share of what is asked for." default:"0.25" name:"budget-share"`
	First        int     `help:"Targeted: reviews of each application before the rest is aimed." default:"2"`
	Batches      int     `help:"Targeted: in how many batches the rest is asked for." default:"12"`
	Panels       int     `help:"Applications and reviewers fall into so many panels; a reviewer reviews in one." default:"1"`
	Shared       int     `help:"Reviewers who review in all panels." default:"0"`
	JSON         bool    `help:"Print JSON." name:"json"`
	CSV          string  `help:"Write the figures here." name:"csv" placeholder:"FILE"`
	Plot         string  `help:"Draw how much of the gap each method closes (SVG)." placeholder:"FILE.svg"`
}

// Help is what --help says besides.
func (c *simulateCommand) Help() string {
	return `Draws rounds whose true qualities are known, decides them by each method from the scores alone, and compares the true worth of what is
funded with the best that could have been funded. Every method has the same number of reviews. It uses the same calibration, assignment
and allocation as the service. The same options give the same figures.

Example: adoptionfund simulate --rounds 200 --severity-sd 0.5 --csv figures.csv --plot gap.svg`
}

// Run simulates, without a database.
func (c *simulateCommand) Run(s *session) error {
	set := simulation.Defaults()
	set.Rounds, set.Seed = c.Rounds, c.Seed
	set.Applications, set.Reviewers, set.Reviews = c.Applications, c.Reviewers, c.Reviews
	set.SeveritySD, set.NoiseSD, set.QualitySD, set.Noise, set.BudgetShare = c.SeveritySD, c.NoiseSD, c.QualitySD, c.Noise, c.BudgetShare
	set.First, set.Batches, set.Panels, set.Shared = c.First, c.Batches, c.Panels, c.Shared
	if err := set.Check(); err != nil {
		return wrongOptions(err)
	}
	progress := newBar(s.errOut, s.now, "Simulating")
	r, err := simulation.Run(s.ctx, newSolver(), set, func(done int) { progress.show(float64(done) / float64(c.Rounds)) })
	progress.end()
	if err != nil {
		return err //nolint:wrapcheck // names the round
	}
	for _, file := range []struct {
		name  string
		write func(io.Writer) error
	}{{c.CSV, r.WriteCSV}, {c.Plot, r.WritePlot}} {
		if file.name == "" {
			continue
		}
		if err := s.output(file.name, file.write); err != nil {
			return err
		}
	}
	if c.JSON {
		return s.json(r)
	}
	s.printf("%d rounds, seed %d, %d applications, %d reviewers, %d reviews of each\n", r.Rounds, r.Seed, set.Applications, set.Reviewers, set.Reviews)
	return r.Table(func(title string, columns []string, rows [][]string) error {
		s.printf("\n%s\n", title)
		return s.table(columns, rows)
	})
}

// wrongOptions says in one line for each which options are wrong.
func wrongOptions(err error) error {
	f, ok := fault.Of(err)
	if !ok {
		return err
	}
	var lines []string
	for _, name := range f.Fields.Names() {
		lines = append(lines, name+": "+f.Fields[name])
	}
	return usageError{strings.Join(lines, "\n")}
}
