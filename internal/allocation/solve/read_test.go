package solve_test

import (
	"encoding/json"
	"strings"
	"testing"

	"adoptionfund/internal/allocation/solve"
)

func TestProblemsOfFilesAreReadWithTheirPaths(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{`:                                   "no JSON document",
		`[]`:                                  "document: should be an object",
		`{"budget": 1}`:                       "applications: is missing",
		`{"applications": []}`:                "budget: should be a whole number",
		`{"budget": 1.5, "applications": []}`: "budget: should be a whole number",
		`{"budget": 1, "applications": [], "limit": []}`:                                                                      "limit: is not a known key",
		`{"budget": 1, "applications": [{"id": "A", "score": 1, "requested": 0}]}`:                                            "applications[0].requested:",
		`{"budget": 1, "applications": [{"id": "A", "score": "x", "requested": 1}]}`:                                          "applications[0].score:",
		`{"budget": 1, "applications": [{"id": "A", "score": 1, "requested": 5, "minimum": 0}]}`:                              "applications[0].minimum:",
		`{"budget": 1, "applications": [{"id": "A", "score": 1, "requested": 5, "uses": {"x": 4}}]}`:                          "applications[0].uses: must add up",
		`{"budget": 1, "applications": [], "limits": [{"by": "colour", "value": "*"}]}`:                                       "limits[0].by:",
		`{"budget": 1, "applications": [], "limits": [{"by": "theme", "value": "*", "max_count": -1}]}`:                       "limits[0].max_count:",
		`{"budget": 1, "strategy": "merit_random", "applications": [{"id": "A", "score": 1, "requested": 5}], "band": ["A"]}`: "seed: is missing",
		`{"budget": 1, "strategy": "merit_random", "applications": [{"id": "A", "score": 1, "requested": 5}], "seed": "s"}`:   "band: is missing",
		`{"budget": 1, "strategy": "merit_random", "applications": [], "band": ["B"], "seed": "s"}`:                           `band[0]: there is no application "B"`,
		`{"budget": 1, "applications": [{"id": "A", "score": 1, "requested": 5}, {"id": "A", "score": 1, "requested": 5}]}`:   "applications[1].id:",
		`{"budget": 1, "applications": []} {}`:                                                                                "something follows",
	} {
		if _, err := solve.Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"strategy": "portfolio", "budget": 650000000, "max_count": 35, "min_score": 35.0, "partial": true, "applications": [{"id": "A", "score": 71.4, "requested": 25000000, "minimum": 18000000, "theme": "GAS", "uses": {"capital": 10000000, "revenue": 15000000}}], "budgets": [{"name": "capital", "amount": 200000000}], "limits": [{"by": "theme", "value": "GAS", "min_amount": 0, "max_amount": 200000000, "min_count": 0, "max_count": 12}], "band": ["A"], "seed": "x"}`))
	f.Add([]byte(`{"strategy": "merit_random", "budget": 1, "applications": [{"id": "A", "score": 1e3, "requested": 5}], "band": ["A"], "seed": "s"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := solve.Parse(data)
		if err != nil {
			if err.Error() == "" {
				t.Fatal("an error without words")
			}
			return
		}
		if again, err := json.Marshal(p); err != nil || p.Check() != nil {
			t.Fatalf("%s: %v", again, err)
		}
	})
}
