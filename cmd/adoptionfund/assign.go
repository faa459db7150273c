package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"adoptionfund/internal/assign"
)

// exitInfeasible says that a problem has no answer that keeps all that it asks; the best that there is was written.
const exitInfeasible = 3

type assignCommand struct {
	Problem string `required:"" help:"The problem (JSON): reviewers, applications, conflicts, fixed, affinity." type:"existingfile" placeholder:"FILE"`
	Out     string `help:"Where the answer goes; the terminal if left out." placeholder:"FILE"`
}

// Help is what --help says besides.
func (c *assignCommand) Help() string {
	return `Shares out reviews exactly: every need is met, then the loads are as even as they can be (least sum of squares, fixed pairs
counted), then the affinity is as large as it can be. The same file gives the same answer.

Example: adoptionfund assign --problem problem.json --out answer.json

Exit codes: 0 done; 1 something is wrong with the file, with its place; 2 wrong usage; 3 not every need can be met: the answer is the
best that can be, and what is missing and what would mend it is said on the standard error.`
}

// Run solves an assignment, without a database.
func (c *assignCommand) Run(s *session) error {
	data, err := os.ReadFile(c.Problem)
	if err != nil {
		return fmt.Errorf("reading %s: %w", c.Problem, err)
	}
	problem, err := assign.Parse(data)
	if err != nil {
		return fmt.Errorf("%s: %w", c.Problem, err)
	}
	result := assign.Solve(problem)
	var text bytes.Buffer
	if err := json.NewEncoder(&text).Encode(result); err != nil {
		return fmt.Errorf("writing the answer: %w", err)
	}
	if err := s.output(c.Out, func(w io.Writer) error {
		_, err := w.Write(text.Bytes())
		return err //nolint:wrapcheck // the one who writes says what it was doing
	}); err != nil {
		return err
	}
	if result.Status != assign.Infeasible {
		return nil
	}
	for _, shortage := range assign.Shortages(problem, result) {
		_, _ = fmt.Fprintln(s.errOut, "adoptionfund:", shortage.Words())
	}
	return exitCode(exitInfeasible)
}
