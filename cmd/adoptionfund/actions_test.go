package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/workflow"
)

// later are the actions that no page, command or scheduled work of this version asks. They stand in the policy because later
// versions bring what asks them; an action that is granted and forgotten would not be in this list.
func later() []access.Action {
	return []access.Action{
		access.ViewProduct, access.EditProduct,
		access.ProposeTargeted, access.ApproveDirectAward,
		access.ViewOutbox, access.ResendMessage, access.EditTemplates,
		access.BackUp, access.Restore,
	}
}

// beneath are what the program does below the gate, where nobody is asked: it sends the outbox's mail, keeps the log of reads, and
// migrates the database before there is a policy to ask.
func beneath() []access.Action {
	return []access.Action{access.SendMail, access.LogReads, access.MigrateDatabase}
}

// TestEveryActionIsAskedOrComesLater reads the program: an action is asked where code names it, or makes a move that needs it.
func TestEveryActionIsAskedOrComesLater(t *testing.T) {
	t.Parallel()
	asked := askedActions(t)
	for _, info := range access.Actions() {
		comes := slices.Contains(slices.Concat(later(), beneath()), info.Action)
		switch {
		case !asked[info.Action] && !comes:
			t.Errorf("nothing asks %s (%s)", info.Action, info.Label)
		case asked[info.Action] && comes:
			t.Errorf("%s is asked: it does not come later", info.Action)
		}
	}
}

func askedActions(t *testing.T) map[access.Action]bool {
	t.Helper()
	actions, events := constants(t, "../../internal/access"), constants(t, "../../internal/workflow")
	asked, made := map[access.Action]bool{}, map[workflow.Event]bool{}
	for _, root := range []string{"../../internal", "."} {
		eachFile(t, root, func(path string, file *ast.File) {
			if strings.Contains(path, "internal/access/") || strings.Contains(path, "internal/workflow/") || strings.Contains(path, "internal/testkit/") {
				return
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if at, ok := n.(*ast.SelectorExpr); ok {
					switch of, _ := at.X.(*ast.Ident); {
					case of == nil:
					case of.Name == "access":
						asked[access.Action(actions[at.Sel.Name])] = true
					case of.Name == "workflow":
						made[workflow.Event(events[at.Sel.Name])] = true
					}
				}
				return true
			})
		})
	}
	addMoves(asked, made, workflow.Calls())
	addMoves(asked, made, workflow.Applications())
	addMoves(asked, made, workflow.Awards())
	return asked
}

func addMoves[S ~string](asked map[access.Action]bool, made map[workflow.Event]bool, m workflow.Machine[S]) {
	for _, move := range m.Moves() {
		if made[move.On] {
			asked[move.Action] = true
		}
	}
}

// constants are the texts of a package's constants.
func constants(t *testing.T, dir string) map[string]string {
	t.Helper()
	texts := map[string]string{}
	eachFile(t, dir, func(_ string, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Values) == len(spec.Names) {
				for i, v := range spec.Values {
					if text, ok := v.(*ast.BasicLit); ok && text.Kind == token.STRING {
						texts[spec.Names[i].Name], _ = strconv.Unquote(text.Value)
					}
				}
			}
			return true
		})
	})
	return texts
}

// eachFile reads the program's own files below a folder.
func eachFile(t *testing.T, root string, see func(path string, file *ast.File)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err == nil {
			see(filepath.ToSlash(path), file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
