package status_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"adoptionfund/configs"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/form"
)

const today = form.Date("2026-11-23")

func load(tb testing.TB, id string) *form.Form {
	tb.Helper()
	f, err := form.Load(configs.FS, "forms/"+id+".yaml")
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

// example reads one of the whole returns.
func example(tb testing.TB, name string) (*form.Form, status.Return) {
	tb.Helper()
	id, _, _ := strings.Cut(name, "-")
	f := load(tb, "dtac-"+id)
	data, err := os.ReadFile(filepath.Join("testdata", name+".yaml"))
	if err != nil {
		tb.Fatal(err)
	}
	r, err := status.ParseReturn(f, name+".yaml", data)
	if err != nil {
		tb.Fatal(err)
	}
	return f, r
}

func evaluate(tb testing.TB, f *form.Form, r status.Return) status.Result {
	tb.Helper()
	result, err := status.Evaluate(f, r, today)
	if err != nil {
		tb.Fatal(err)
	}
	return result
}

// keep leaves of got only what expected has.
func keep(got, expected any) any {
	switch want := expected.(type) {
	case map[string]any:
		kept := map[string]any{}
		have, _ := got.(map[string]any)
		for key := range want {
			if v, ok := have[key]; ok {
				kept[key] = keep(v, want[key])
			}
		}
		return kept
	case []any:
		have, _ := got.([]any)
		kept := make([]any, 0, len(have))
		for i := range have {
			if i < len(want) {
				kept = append(kept, keep(have[i], want[i]))
			} else {
				kept = append(kept, have[i])
			}
		}
		return kept
	}
	return got
}

func TestTheExamplesComeOut(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.expected.json")
	if err != nil || len(files) == 0 {
		t.Fatal(err, files)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".expected.json")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, r := example(t, name)
			text, err := json.Marshal(evaluate(t, f, r))
			if err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var got, want any
			if json.Unmarshal(text, &got) != nil || json.Unmarshal(data, &want) != nil {
				t.Fatalf("not JSON: %s", text)
			}
			if diff := cmp.Diff(want, keep(got, want)); diff != "" {
				t.Error(diff)
			}
			for _, key := range []string{"form", "on", "status", "provisional", "expires", "d1_percent", "fund_conditions", "items"} {
				if m, _ := got.(map[string]any); !hasKey(m, key) {
					t.Errorf("no key %s", key)
				}
			}
		})
	}
}

func hasKey(m map[string]any, key string) bool {
	_, ok := m[key]
	return ok
}
