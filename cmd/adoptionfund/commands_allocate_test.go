package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"adoptionfund/internal/allocation/solve"
)

// TestTheAllocateCommand calls it as an analyst does: a file in, a file out.
func TestTheAllocateCommand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := newShell(t, "sqlite://"+filepath.Join(dir, "none.db"))
	problem := filepath.Join(dir, "problem.json")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(problem, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	solved := func(code int) solve.Result {
		t.Helper()
		var r solve.Result
		if err := json.Unmarshal([]byte(s.want(code, "", "allocate", "--problem", problem)), &r); err != nil {
			t.Fatal(err)
		}
		return r
	}
	const applications = `"applications": [{"id": "A", "score": 80, "requested": 6000, "theme": "GAS"}, {"id": "B", "score": 70, "requested": 5000, "theme": "CAR"}, {"id": "C", "score": 60, "requested": 5000, "theme": "GAS", "minimum": 1000}]`
	write(`{"budget": 10000, ` + applications + `}`)
	if r := solved(0); r.Status != "optimal" || r.Strategy != "portfolio" || r.Value != 6500 || *r.Bound != 6500 || *r.Gap != 0 || r.Spent != 10000 || len(r.Reasons) != 3 {
		t.Errorf("%+v", r)
	}
	write(`{"strategy": "merit", "budget": 10000, "partial": true, ` + applications + `}`)
	if r := solved(0); r.Status != "feasible" || r.Bound != nil || len(r.Funded) != 2 || r.Funded[1] != (solve.Funded{ID: "C", Amount: 4000}) {
		t.Errorf("%+v", r)
	}
	write(`{"budget": 10000, "limits": [{"by": "theme", "value": "CAR", "max_count": 5}, {"by": "theme", "value": "GAS", "min_amount": 11000}], ` + applications + `}`)
	if r := solved(3); r.Status != "infeasible" || len(r.Conflict) != 2 || r.Conflict[0] != "budget" || r.Conflict[1] != 1.0 {
		t.Errorf("%+v", r)
	}
	s.want(3, "none can be left out: budget; limits[1] on the theme GAS", "allocate", "--problem", problem)
	out := filepath.Join(dir, "result.json")
	s.want(3, "", "allocate", "--problem", problem, "--out", out)
	if text, err := os.ReadFile(out); err != nil || !strings.Contains(string(text), `"infeasible"`) {
		t.Errorf("%v: %s", err, text)
	}
	write(`{"budget": 10000, "applications": [{"id": "A", "score": 80, "requested": 0}]}`)
	s.want(1, "applications[0].requested: should be a whole number", "allocate", "--problem", problem)
	s.want(2, "--problem", "allocate")
	s.want(2, "--time-limit", "allocate", "--problem", problem, "--time-limit", "0s")
	s.want(0, "Example: adoptionfund allocate", "allocate", "--help")
}
