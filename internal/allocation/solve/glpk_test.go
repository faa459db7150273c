package solve_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"adoptionfund/internal/allocation/solve"
	"adoptionfund/internal/money"
)

// TestAnotherSolverFindsNothingBetter gives problems of the size of a round to GLPK for some seconds. It is written anew here from the
// problem's words, so that it shares nothing with what it checks.
func TestAnotherSolverFindsNothingBetter(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("glpsol"); err != nil {
		t.Fatal("GLPK is not installed: make debian installs it")
	}
	for _, seed := range []uint64{2, 5, 9} {
		p := invented(seed, 138, 20)
		best, err := solver().Solve(t.Context(), p, 0)
		if err != nil || best.Status != solve.Optimal {
			t.Fatal(best.Status, err)
		}
		worth, bound := glpk(t, p)
		t.Logf("problem %d: worth %.0f; GLPK found %.0f and proved that nothing is worth more than %.0f", seed, best.Value, worth, bound)
		if worth > best.Value*(1+1e-9) || bound < best.Value*(1-1e-9) {
			t.Errorf("problem %d: %v is called the best; GLPK found %v, and nothing above %v", seed, best.Value, worth, bound)
		}
	}
}

var found = regexp.MustCompile(`mip =\s+([0-9.e+]+) <=\s+(tree is empty|[0-9.e+]+)`)

// glpk gives what GLPK found within five seconds, and more than which it proved that nothing is worth.
func glpk(t *testing.T, p solve.Problem) (worth, bound float64) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "problem.lp")
	if err := os.WriteFile(file, []byte(linear(p)), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "glpsol", "--lp", file, "--cuts", "--tmlim", "5").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	all := found.FindAllStringSubmatch(string(out), -1)
	if len(all) == 0 {
		t.Fatalf("GLPK found nothing:\n%s", out)
	}
	last := all[len(all)-1]
	worth, err = strconv.ParseFloat(last[1], 64)
	bound = worth
	if err == nil && last[2] != "tree is empty" {
		bound, err = strconv.ParseFloat(last[2], 64)
	}
	if err != nil {
		t.Fatal(err)
	}
	return worth, bound
}

// linear writes a problem in the language of linear programs: each application is a binary variable, amounts are in pounds.
func linear(p solve.Problem) string {
	var b strings.Builder
	pounds := func(m money.Pence) string { return strconv.FormatInt(int64(m)/100, 10) }
	sum := func(times func(a solve.Application) string) string {
		var terms []string
		for i, a := range p.Applications {
			if n := times(a); n != "" {
				terms = append(terms, n+" x"+strconv.Itoa(i))
			}
		}
		return strings.Join(terms, "\n + ")
	}
	fmt.Fprintf(&b, "Maximize\n worth: %s\nSubject To\n", sum(func(a solve.Application) string { return fmt.Sprintf("%.2f", a.Score*float64(a.Requested)/100) }))
	fmt.Fprintf(&b, " budget: %s <= %s\n", sum(func(a solve.Application) string { return pounds(a.Requested) }), pounds(p.Budget))
	for i, l := range p.Limits {
		of := func(times func(a solve.Application) string) string {
			return sum(func(a solve.Application) string {
				if (map[string]string{"theme": a.Theme, "region": a.Region, "organisation": a.Organisation})[l.By] != l.Value {
					return ""
				}
				return times(a)
			})
		}
		amount, number := of(func(a solve.Application) string { return pounds(a.Requested) }), of(func(solve.Application) string { return "1" })
		if amount == "" {
			continue // nobody has this value
		}
		if l.MaxAmount != nil {
			fmt.Fprintf(&b, " most%d: %s <= %s\n", i, amount, pounds(*l.MaxAmount))
		}
		if l.MinAmount > 0 {
			fmt.Fprintf(&b, " least%d: %s >= %s\n", i, amount, pounds(l.MinAmount+99))
		}
		if l.MaxCount != nil {
			fmt.Fprintf(&b, " count%d: %s <= %d\n", i, number, *l.MaxCount)
		}
	}
	b.WriteString("Binary\n")
	for i := range p.Applications {
		fmt.Fprintf(&b, " x%d\n", i)
	}
	b.WriteString("End\n")
	return b.String()
}
