package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"adoptionfund/internal/allocation/solve"
	"adoptionfund/internal/allocation/solve/highs"
)

type allocateCommand struct {
	Problem   string        `required:"" help:"The problem (JSON): strategy, budget, applications, limits." type:"existingfile" placeholder:"FILE"`
	Out       string        `help:"Where the result goes; the terminal if left out." placeholder:"FILE"`
	TimeLimit time.Duration `help:"After this the best portfolio found is given, with its gap." default:"60s" name:"time-limit"`
}

// Help is what --help says besides.
func (c *allocateCommand) Help() string {
	return `Decides which applications are funded: down the ranking (merit), with a lot in the band (merit_random), or the best use of the
budget under all limits, proved (portfolio). The same file gives the same result, unless the time limit ends it.

Example: adoptionfund allocate --problem problem.json --out result.json

Exit codes: 0 done; 1 something is wrong with the file, with its place; 2 wrong usage; 3 the limits cannot all be kept: the result names
a set of them that cannot, of which none can be left out.`
}

// Run solves an allocation, without a database.
func (c *allocateCommand) Run(s *session) error {
	if c.TimeLimit <= 0 {
		return usageError{"--time-limit: give a time above nothing, such as 60s"}
	}
	data, err := os.ReadFile(c.Problem)
	if err != nil {
		return fmt.Errorf("reading %s: %w", c.Problem, err)
	}
	problem, err := solve.Parse(data)
	if err != nil {
		return fmt.Errorf("%s: %w", c.Problem, err)
	}
	r, err := newSolver().Solve(s.ctx, problem, c.TimeLimit)
	if err != nil {
		return fmt.Errorf("%s: %w", c.Problem, err)
	}
	err = s.output(c.Out, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		if err := e.Encode(r); err != nil {
			return fmt.Errorf("writing the result: %w", err)
		}
		return nil
	})
	if err == nil && r.Status == solve.Infeasible {
		_, _ = fmt.Fprintln(s.errOut, "adoptionfund: these cannot all be kept, and none can be left out:", strings.Join(conflict(problem, r), "; "))
		return exitCode(exitInfeasible)
	}
	return err
}

// conflict is what cannot be kept, in words.
func conflict(p solve.Problem, r solve.Result) []string {
	var words []string
	for _, name := range r.Conflict {
		if i, ok := name.(int); ok {
			words = append(words, fmt.Sprintf("limits[%d] on the %s %s", i, p.Limits[i].By, p.Limits[i].Value))
			continue
		}
		words = append(words, fmt.Sprint(name))
	}
	return words
}

// newSolver makes the solver of allocations. Where the account has a folder for what can be made again, its compiled form is kept there.
func newSolver() *solve.Solver {
	folder, err := os.UserCacheDir()
	if err != nil {
		return solve.New(highs.New(""))
	}
	return solve.New(highs.New(filepath.Join(folder, "adoptionfund", "solver")))
}
