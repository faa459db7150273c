package form_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"adoptionfund/configs"
	"adoptionfund/internal/form"
)

// The files of forms that the program carries.
func formFiles() []string {
	return []string{"forms/application-1.yaml", "forms/dtac-v1.yaml", "forms/dtac-v2.yaml"}
}

func load(t *testing.T, path string) *form.Form {
	t.Helper()
	f, err := form.Load(configs.FS, path)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// outline is a form as one line for each question: what code relies on.
func outline(f *form.Form) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s\n", f.ID, f.Version, f.Digest)
	for _, s := range f.Sections {
		fmt.Fprintf(&b, "%s: %s (%s) %s\n", s.Code, s.Title, s.Assessed, s.Criterion)
		for _, q := range s.Questions {
			fmt.Fprintf(&b, "  %s %s %s", q.Code, q.Kind, q.Required)
			if q.When != nil {
				fmt.Fprintf(&b, " when %s", q.When)
			}
			for _, o := range q.Options {
				fmt.Fprintf(&b, " %s", o.Value)
			}
			for _, c := range q.Columns {
				fmt.Fprintf(&b, " %s:%s", c.Code, c.Kind)
			}
			if q.PassIf != nil {
				fmt.Fprintf(&b, " | %s", q.PassIf)
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

// A published form never changes: a golden outline, with the digest of the file, says when one did.
// ADOPTIONFUND_GOLDEN=write go test writes them anew.
func TestPublishedFormsAreAsTheyWere(t *testing.T) {
	t.Parallel()
	for _, path := range formFiles() {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			got := outline(load(t, path))
			golden := filepath.Join("testdata", strings.TrimSuffix(filepath.Base(path), ".yaml")+".outline.txt")
			if os.Getenv("ADOPTIONFUND_GOLDEN") == "write" {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestEveryFormFileOfTheFolderIsLoaded(t *testing.T) {
	t.Parallel()
	entries, err := configs.FS.ReadDir("forms")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".yaml") {
			found = append(found, "forms/"+e.Name())
		}
	}
	for _, path := range found {
		if f := load(t, path); f.ID+".yaml" != filepath.Base(path) {
			t.Errorf("%s holds the form %s", path, f.ID)
		}
	}
}

func TestTheQuestionSetsHaveTheirQuestions(t *testing.T) {
	t.Parallel()
	v1, v2 := load(t, "forms/dtac-v1.yaml"), load(t, "forms/dtac-v2.yaml")
	if n, m := len(v1.Questions()), len(v2.Questions()); n != 68 || m != 58 {
		t.Errorf("%d and %d questions, not 68 and 58", n, m)
	}
	passFail := func(f *form.Form) (n int) {
		for _, q := range f.Questions() {
			if q.Assessed == form.AssessedPassFail {
				n++
			}
		}
		return n
	}
	if n, m := passFail(v1), passFail(v2); n != 29 || m != 27 {
		t.Errorf("%d and %d pass-or-fail questions, not 29 and 27", n, m)
	}
}
