package house_test

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/house"
	"adoptionfund/internal/workflow"
	"adoptionfund/policies"
)

const root = "../.."

// outside are the packages that may import whatever they need: the binary, and what only tests import.
func outside(path string) bool {
	return strings.HasPrefix(path, "cmd/") || strings.HasPrefix(path, "internal/testkit") || strings.HasPrefix(path, "internal/journey") || path == "internal/site/sitekit"
}

// pages may see the concepts for their types, and never the gate, the site or HTTP.
func page(path string) bool { return strings.HasPrefix(path, "web/") }

func TestEachRoomImportsOnlyWhatItMay(t *testing.T) {
	t.Parallel()
	may := map[string][]string{}
	for _, f := range house.Floors() {
		for _, r := range f.Rooms {
			for name := range strings.FieldsSeq(r.Imports) {
				may["internal/"+r.Path] = append(may["internal/"+r.Path], "internal/"+name)
			}
			if _, there := may["internal/"+r.Path]; !there {
				may["internal/"+r.Path] = nil
			}
		}
	}
	for _, p := range packages(t) {
		if outside(p.path) {
			continue
		}
		allowed, known := may[p.path]
		if !known && strings.HasPrefix(p.path, "internal/") {
			t.Errorf("%s has no room in the house: add it to the table", p.path)
		}
		for _, i := range p.imports {
			switch {
			case page(p.path):
				if i == "internal/work" || strings.HasPrefix(i, "internal/site") || i == "net/http" || strings.HasPrefix(i, "gorm.io") {
					t.Errorf("%s is a page and may not import %s", p.path, i)
				}
			case strings.HasPrefix(i, "internal/") && !slices.Contains(allowed, i):
				t.Errorf("%s may not import %s", p.path, i)
			case strings.HasPrefix(i, "web/") && !strings.HasPrefix(p.path, "internal/site"):
				t.Errorf("%s may not import pages", p.path)
			}
		}
	}
}

type listed struct {
	path    string
	imports []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		l := listed{path: strings.TrimPrefix(p.ImportPath, "adoptionfund/")}
		for _, i := range p.Imports {
			l.imports = append(l.imports, strings.TrimPrefix(i, "adoptionfund/"))
		}
		all = append(all, l)
	}
}

// sources walks the Go files that are not tests and not generated.
func sources(t *testing.T, visit func(path, text string)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && slices.Contains([]string{"node_modules", ".git", "testkit", "journey", "bin", "data"}, d.Name()) {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		visit(strings.TrimPrefix(path, root+"/"), string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestNoGoCodeNamesARole(t *testing.T) {
	t.Parallel()
	policy, err := access.Load(policies.FS)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range policy.Roles() {
		if r.GivenBy == access.GivenByGrant || r.GivenBy == access.GivenBySignUp {
			names = append(names, regexp.QuoteMeta(r.Name))
		}
	}
	role := regexp.MustCompile(`"(` + strings.Join(names, "|") + `)"`)
	decides := regexp.MustCompile(`(?i)role|grant|==|case `)
	sources(t, func(path, text string) {
		if strings.HasPrefix(path, "internal/demonstration/") {
			return // it hands roles out, as an administrator would
		}
		for line := range strings.SplitSeq(text, "\n") {
			// The words are also kinds of reviewers and labels of diagrams: what matters is code that decides or grants by a role.
			if found := role.FindString(line); found != "" && decides.MatchString(line) {
				t.Errorf("%s names the role %s: %s", path, found, strings.TrimSpace(line))
			}
		}
	})
}

func TestOnlyMoveSetsAState(t *testing.T) {
	t.Parallel()
	sets := regexp.MustCompile(`\b\w+\.State\s*(,[^=:]*)?=[^=]|State:\s*workflow\.|"state":\s*workflow\.`)
	places := map[string]bool{
		"internal/application/move.go": true, "internal/application/service.go": true, "internal/fund/move.go": true, "internal/fund/service.go": true,
		"internal/award/service.go": true,
	}
	sources(t, func(path, text string) {
		concept := strings.HasPrefix(path, "internal/application") || strings.HasPrefix(path, "internal/fund/") || strings.HasPrefix(path, "internal/award") ||
			strings.HasPrefix(path, "internal/eligibility") || strings.HasPrefix(path, "internal/decision") || strings.HasPrefix(path, "internal/site")
		if !concept || places[path] {
			return
		}
		for line := range strings.SplitSeq(text, "\n") {
			if sets.MatchString(line) && strings.Contains(line, "workflow.") {
				t.Errorf("%s sets a state outside Move: %s", path, strings.TrimSpace(line))
			}
		}
	})
}

func TestEveryGuardIsBound(t *testing.T) {
	t.Parallel()
	names := guardConstants(t)
	bound := map[string]bool{}
	sources(t, func(path, text string) {
		if strings.HasPrefix(path, "internal/workflow/") {
			return
		}
		for _, m := range regexp.MustCompile(`workflow\.(\w+):\s`).FindAllStringSubmatch(text, -1) {
			bound[m[1]] = true
		}
		for _, m := range regexp.MustCompile(`\[workflow\.(\w+)\]\s*=`).FindAllStringSubmatch(text, -1) {
			bound[m[1]] = true
		}
	})
	for _, n := range names {
		if !bound[n] {
			t.Errorf("the guard %s is bound nowhere", n)
		}
	}
}

func guardConstants(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(root + "/internal/workflow/guards.go")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range regexp.MustCompile(`(?m)^\t(\w+)\s+GuardName = "`).FindAllStringSubmatch(string(text), -1) {
		names = append(names, m[1])
	}
	machines := len(workflow.Calls().Guards()) + len(workflow.Applications().Guards()) + len(workflow.Awards().Guards())
	if len(names) == 0 || machines < len(names) {
		t.Fatalf("%d guards are declared, %d are used by the tables", len(names), machines)
	}
	return names
}

func TestFilesAreNamedAsTheHouseNamesThem(t *testing.T) {
	t.Parallel()
	sources(t, func(path, text string) {
		name := filepath.Base(path)
		for _, word := range []string{"util", "common", "helper", "manager", "misc"} {
			if strings.Contains(name, word) {
				t.Errorf("%s says nothing of what is in it", path)
			}
		}
		sql := regexp.MustCompile(`\.(Raw|Exec)\("`).MatchString(text)
		if sql && strings.HasPrefix(path, "internal/") && !strings.HasPrefix(name, "store") && !slices.Contains([]string{"internal/work", "internal/audit", "internal/db", "internal/jobs", "internal/notify"}, filepath.Dir(path)) {
			t.Errorf("%s has SQL: it belongs in store.go", path)
		}
	})
}

func TestTheMapIsFresh(t *testing.T) {
	t.Parallel()
	const path = root + "/internal/README.md"
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(path, []byte(house.Map()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil || string(text) != house.Map() {
		t.Errorf("internal/README.md is not what the table says: run make generate (%v)", err)
	}
}
