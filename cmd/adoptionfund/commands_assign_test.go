package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"adoptionfund/internal/assign"
)

// TestTheAssignCommand calls it as an analyst does: a file in, a file out.
func TestTheAssignCommand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := newShell(t, "sqlite://"+filepath.Join(dir, "none.db"))
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const reviewers = `{"reviewers": [{"id": "R01", "kind": "clinical", "capacity": 12, "themes": ["GAS"]}, {"id": "R02", "kind": "clinical", "capacity": 1}, {"id": "R03", "kind": "ppv", "capacity": 2}], `
	fine := file("fine.json", reviewers+`"applications": [{"id": "AF21-0001", "theme": "GAS", "needs": {"clinical": 1, "ppv": 1}}, {"id": "AF21-0002", "theme": "CAR", "needs": {"clinical": 1}}], "conflicts": [["R01", "AF21-0001"]], "affinity": [["R01", "AF21-0002", 0.8]]}`)
	want := `{"status":"optimal","assignments":[["R02","AF21-0001"],["R03","AF21-0001"],["R01","AF21-0002"]],"load":{"R01":1,"R02":1,"R03":1},"cost":{"squared_loads":3,"affinity":0.8},"unmet":[]}` + "\n"
	if got := s.want(0, "", "assign", "--problem", fine); got != want {
		t.Errorf("got  %swant %s", got, want)
	}
	out := filepath.Join(dir, "answer.json")
	if got := s.want(0, "", "assign", "--problem", fine, "--out", out); got != "" {
		t.Errorf("it prints, although it writes to a file: %s", got)
	}
	if got, err := os.ReadFile(out); err != nil || string(got) != want {
		t.Errorf("%v: %s", err, got)
	}
	scarce := file("scarce.json", reviewers+`"applications": [{"id": "X", "needs": {"ppv": 2, "technical": 1}}]}`)
	code, printed, complained := s.run("assign", "--problem", scarce)
	var result assign.Result
	if err := json.Unmarshal([]byte(printed), &result); err != nil {
		t.Fatal(err, printed)
	}
	if code != 3 || result.Status != "infeasible" || len(result.Assignments) != 1 || len(result.Unmet) != 2 || !strings.Contains(complained, "find reviewers of the kind technical for 1 more review") {
		t.Errorf("exit %d, %+v, %s", code, result, complained)
	}
	s.want(1, `applications[0].needs.ppv: should be a whole number`, "assign", "--problem", file("wrong.json", reviewers+`"applications": [{"id": "X", "needs": {"ppv": -1}}]}`))
	s.want(1, "this is no JSON document", "assign", "--problem", file("broken.json", "{"))
	s.want(2, "--problem", "assign")
	s.want(2, "", "assign", "--problem", filepath.Join(dir, "nowhere.json"))
	s.want(0, "Example: adoptionfund assign", "assign", "--help")
	s.want(1, "making", "assign", "--problem", fine, "--out", filepath.Join(dir, "no", "answer.json"))
}
