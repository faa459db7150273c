package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"adoptionfund/internal/testkit"
)

// shell runs commands of the program on a database of the test's own.
type shell struct {
	t   *testing.T
	env []string
}

func newShell(t *testing.T, database string) shell {
	t.Helper()
	dir := t.TempDir()
	return shell{t, []string{"ADOPTIONFUND_DATABASE_URL=" + database, "ADOPTIONFUND_KEY_FILE=" + filepath.Join(dir, "key"), "ADOPTIONFUND_STORAGE_URL=file://" + filepath.Join(dir, "files")}}
}

// run runs a command; it gives the exit code and what was printed.
func (s shell) run(args ...string) (code int, printed, complained string) {
	s.t.Helper()
	var out, errOut bytes.Buffer
	code = run(s.t.Context(), args, s.env, &out, &errOut)
	return code, out.String(), errOut.String()
}

// want runs a command that must end with a code and print some words, on either output.
func (s shell) want(code int, words string, args ...string) string {
	s.t.Helper()
	got, out, errOut := s.run(args...)
	if got != code || !strings.Contains(out+errOut, words) {
		s.t.Fatalf("%v: exit %d, want %d with %q\n%s%s", args, got, code, words, out, errOut)
	}
	return out
}

func TestCommandsThatNeedNoDatabase(t *testing.T) {
	t.Parallel()
	s := newShell(t, "sqlite://"+filepath.Join(t.TempDir(), "none.db"))
	s.want(0, "adoptionfund", "--help")
	s.want(2, "--help", "fly")
	s.want(2, "missing", "call", "open")
	s.want(0, "consistent", "policy", "check")
	s.want(0, "allow", "policy", "explain", "--role", "reviewer", "--action", "review.save", "--resource", "review")
	s.want(1, "assigned", "policy", "explain", "--role", "reviewer", "--action", "review.save", "--resource", "review", "--where", "assigned=false")
	s.want(1, "", "policy", "explain", "--role", "administrator", "--action", "review.save", "--resource", "review")
	s.want(2, "", "policy", "explain", "--role", "juggler", "--action", "review.save", "--resource", "review")
	for _, of := range []string{"call", "application", "award"} {
		s.want(0, "<svg", "workflow", "diagram", "--of", of, "--format", "svg")
		s.want(0, "stateDiagram", "workflow", "diagram", "--of", of, "--format", "mermaid")
		s.want(0, "|", "workflow", "diagram", "--of", of)
	}
	s.want(0, "schema", "version")
	s.env = append(s.env, "ADOPTIONFUND_S3_SECRET=hunter2")
	if out := s.want(0, "database_url", "config", "show"); strings.Contains(out, "hunter2") {
		t.Error("the secret was printed")
	}
	s.env = append(s.env, "ADOPTIONFUND_ADRESS=x")
	s.want(1, "ADOPTIONFUND_ADRESS", "config", "show")
}

func TestFilesAreCheckedWithTheirLine(t *testing.T) {
	t.Parallel()
	s := newShell(t, "sqlite://"+filepath.Join(t.TempDir(), "none.db"))
	var all []string
	for _, pattern := range []string{"forms", "rubrics", "rules"} {
		files, err := filepath.Glob("../../configs/" + pattern + "/*.yaml")
		if err != nil || len(files) == 0 {
			t.Fatal(pattern, err)
		}
		all = append(all, files...)
	}
	s.want(0, "in order", append([]string{"form", "check"}, all...)...)
	broken := filepath.Join(t.TempDir(), "broken.yaml")
	text, err := os.ReadFile("../../configs/forms/dtac-v2.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(broken, bytes.Replace(text, []byte("when: C3.2 == 'no'"), []byte("when: C3.99 == 'no'"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	s.want(1, "C3.99", "form", "check", broken)
}

func TestTheStatusOfTheExamplesIsWhatIsExpected(t *testing.T) {
	t.Parallel()
	s := newShell(t, "sqlite://"+filepath.Join(t.TempDir(), "none.db"))
	const folder = "../../internal/dtac/status/testdata/"
	examples, err := filepath.Glob(folder + "v*.expected.json")
	if err != nil || len(examples) < 6 {
		t.Fatal(examples, err)
	}
	for _, expected := range examples {
		var want, got map[string]any
		data, err := os.ReadFile(expected)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &want); err != nil {
			t.Fatal(err)
		}
		out := s.want(0, "{", "dtac", "status", "--form", fmt.Sprint(want["form"]), "--return", strings.TrimSuffix(expected, ".expected.json")+".yaml", "--on", fmt.Sprint(want["on"]), "--json")
		if err := json.Unmarshal([]byte(out), &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, narrowed(want, got)); diff != "" {
			t.Errorf("%s:\n%s", expected, diff)
		}
	}
}

// narrowed keeps of got what want names: keys that an expected file leaves out are not compared.
func narrowed(want, got any) any {
	switch w := want.(type) {
	case map[string]any:
		g, _ := got.(map[string]any)
		kept := map[string]any{}
		for k := range w {
			if v, there := g[k]; there {
				kept[k] = narrowed(w[k], v)
			}
		}
		return kept
	case []any:
		g, _ := got.([]any)
		kept := make([]any, len(g))
		for i := range g {
			if i < len(w) {
				kept[i] = narrowed(w[i], g[i])
				continue
			}
			kept[i] = g[i]
		}
		return kept
	default:
		return got
	}
}

func TestAnInstallationFromNothing(t *testing.T) {
	t.Parallel()
	s := newShell(t, testkit.EmptyDatabaseURL(t))
	s.want(1, "migrate up", "round", "list")
	s.want(1, "schema 0", "migrate", "status")
	s.want(0, "this program needs", "migrate", "up")
	if out := s.want(0, "", "round", "list", "--json"); strings.TrimSpace(out) != "[]" {
		t.Errorf("no rounds are %q", out)
	}
	link := s.want(0, "/invitation?token=", "user", "add", "--email", "first@fund.example", "--name", "The First", "--role", "administrator")
	if !strings.HasPrefix(link, "http://127.0.0.1:8080/") {
		t.Error(link)
	}
	s.want(0, "first@fund.example", "user", "list")
	s.want(1, "no role", "user", "grant", "--email", "first@fund.example", "--role", "juggler")
	s.want(0, "imported 64", "import", "organisations", "../../configs/organisations.csv")
	s.want(0, "4 calls", "round", "create", "--file", "../../configs/rounds/af26.yaml")
	s.want(1, "already", "round", "create", "--file", "../../configs/rounds/af26.yaml")
	s.want(1, "", "call", "open", "--call", "AF26-CAR")
	s.want(1, "", "call", "close", "--call", "AF26-CAR")
	s.want(1, "", "call", "release", "--call", "AF26-CAR")
	s.want(1, "no such", "call", "show", "--call", "AF99-XXX")
	s.want(1, "", "call", "approve", "--call", "AF26-CAR")
	var rounds []roundJSON
	if err := json.Unmarshal([]byte(s.want(0, "AF26", "round", "list", "--json")), &rounds); err != nil || len(rounds) != 1 || rounds[0].BudgetPence != 480000000 || len(rounds[0].Calls) != 4 || rounds[0].State != "draft" {
		t.Errorf("%+v %v", rounds, err)
	}
	s.want(0, "application,call,title", "export", "allocations", "--round", "AF26", "--format", "csv")
	s.want(0, `"rows":[]`, "export", "allocations", "--round", "AF26", "--format", "json")
	s.want(0, "whole", "audit", "verify")
	s.want(1, "known password", "demo", "--address", "0.0.0.0:8080", "--no-serve")
	s.want(1, "in use", "demo", "--no-serve")
}

func TestABrokenTrailEndsWithOne(t *testing.T) {
	t.Parallel()
	address := testkit.DatabaseURL(t)
	s := newShell(t, address)
	s.want(0, "imported", "import", "organisations", "../../configs/organisations.csv")
	s.want(0, "", "user", "add", "--email", "first@fund.example", "--name", "The First")
	s.want(0, "whole", "audit", "verify")
	kept := filepath.Join(t.TempDir(), "kept.json")
	s.want(0, "signed", "audit", "checkpoint", "--out", kept)
	s.want(0, "agrees with the checkpoints given: 1", "audit", "verify", "--checkpoint", kept)
	if err := os.WriteFile(kept+".changed", []byte(`{"format":"adoption-fund-checkpoint-1"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	s.want(1, "no whole checkpoint", "audit", "verify", "--checkpoint", kept+".changed")
	tamper(t, address, "UPDATE audit_events SET facts = '{\"rows\":1}' WHERE seq = 1")
	s.want(1, "event 1", "audit", "verify")
	s.want(1, "event 1", "audit", "checkpoint")
}

func tamper(t *testing.T, address, statement string) {
	t.Helper()
	d, err := (&session{ctx: t.Context(), cli: &commands{DatabaseURL: address}}).database()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	if err := d.Write.Exec(statement).Error; err != nil {
		t.Fatal(err)
	}
}
