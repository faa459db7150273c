package carry_test

import (
	"strings"
	"testing"

	"adoptionfund/configs"
	"adoptionfund/internal/dtac/carry"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/form"
)

func forms(t *testing.T) carry.FormOf {
	t.Helper()
	found := map[string]*form.Form{}
	for _, id := range []string{"dtac-v1", "dtac-v2"} {
		f, err := form.Load(configs.FS, "forms/"+id+".yaml")
		if err != nil {
			t.Fatal(err)
		}
		found[id] = f
	}
	return func(id string) (*form.Form, error) {
		if f, ok := found[id]; ok {
			return f, nil
		}
		return form.Load(configs.FS, "forms/"+id+".yaml")
	}
}

func mapping(t *testing.T) *carry.Mapping {
	t.Helper()
	all, err := carry.Load(configs.FS, "carry/*.yaml", forms(t))
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	return &all[0]
}

func TestWhatCarriesIsAskedOfItsAncestorsInTheForm(t *testing.T) {
	t.Parallel()
	m := mapping(t)
	for _, row := range m.Rows {
		q, _ := m.To.Question(row.Question)
		for _, code := range row.From {
			found := false
			for _, ancestor := range q.FromV1 {
				found = found || ancestor == code
			}
			if !found {
				t.Errorf("%s carries from %s, which the form does not name as where it came from: %v", row.Question, code, q.FromV1)
			}
		}
	}
}

func TestAWrongMappingIsRefusedWithItsLine(t *testing.T) {
	t.Parallel()
	const head = "from: dtac-v1\nto: dtac-v2\nrows:\n"
	for text, want := range map[string]string{
		"from: dtac-v9\nto: dtac-v2\n":                                                 "dtac-v9",
		head + "  - {question: X1, carries: false, because: x}\n":                      "m.yaml:4: dtac-v2 has no question X1",
		head + "  - {question: C3.1, from: [X2], carries: true, because: x}\n":         "m.yaml:4: dtac-v1 has no question X2",
		head + "  - {question: C3.1, carries: true, because: x}\n":                     "m.yaml:4: question C3.1: a row that carries names the questions",
		head + "  - {question: C3.1, from: [C3.1], carries: false, because: x}\n":      "m.yaml:4: question C3.1: a row that carries names the questions",
		head + "  - {question: C3.1, carries: false}\n":                                "m.yaml:4: ",
		head + "  - {question: C3.1, carries: false, because: x, why: y}\n":            "m.yaml:4: ",
		head + strings.Repeat("  - {question: C3.1, carries: false, because: x}\n", 2): "m.yaml:5: question C3.1 has two rows",
		head + "  - {question: C3.1, carries: false, because: x}\n  - {because: y}\n":  "there is no row for question C1.1.1 of dtac-v2",
	} {
		if _, err := carry.Parse("m.yaml", []byte(text), forms(t)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\ngot %v, want %s", text, err, want)
		}
	}
}

// Only what passed, or waits for an agreed action, on the older form, and reaches the minimum on the newer, is carried over.
func TestADecisionCarriesOnlyWhereItHoldsOnBothForms(t *testing.T) {
	t.Parallel()
	m := mapping(t)
	action := status.Action{What: "renew", Owner: "CTO", Due: "2026-12-01"}
	for _, c := range []struct {
		older, newer status.State
		decided      status.Decision
		want         status.Decision // empty: asked again
	}{
		{status.Pass, status.Pass, status.DecidedPass, status.DecidedPass},
		{status.Pass, status.Expired, status.DecidedPass, ""},
		{status.Pass, status.Unanswered, status.DecidedPass, ""},
		{status.Expired, status.Pass, status.DecidedPass, ""},
		{status.Stale, status.Pass, status.DecidedPass, ""},
		{status.Fail, status.Pass, status.DecidedFail, ""},
		{status.Waived, status.Pass, status.DecidedWaived, ""},
		{status.NotAssessedYet, status.Pass, "", ""},
		{status.ActionNeeded, status.Fail, status.DecidedActionNeeded, status.DecidedActionNeeded},
	} {
		older := status.Result{Items: []status.Item{{Question: "C3.1", State: c.older}}}
		newer := status.Result{Items: []status.Item{{Question: "C3.1", State: c.newer, Mechanical: c.newer}}}
		over, again := m.Over(older, []status.Assessment{{Question: "C3.1", Result: c.decided, Action: action}}, newer)
		if c.want == "" && (len(over) != 0 || len(again) != 1 || again[0].Because == "") {
			t.Errorf("%s, %s: %v, %v", c.older, c.newer, over, again)
		}
		if c.want != "" && (len(over) != 1 || len(again) != 0 || over[0].Result != c.want || (over[0].Action == action) != (c.want == status.DecidedActionNeeded)) {
			t.Errorf("%s, %s: %v, %v", c.older, c.newer, over, again)
		}
	}
}
