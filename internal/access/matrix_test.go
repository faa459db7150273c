package access_test

import (
	"io/fs"
	"os"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/policies"
)

// TestTheMatrixIsFresh compares MATRIX.md with the policy. UPDATE_GOLDEN=1 writes it anew.
func TestTheMatrixIsFresh(t *testing.T) {
	t.Parallel()
	want := access.MatrixMarkdown(load(t))
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile("../../policies/MATRIX.md", []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := fs.ReadFile(policies.FS, "MATRIX.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("policies/MATRIX.md is not what the policy says now; write it with UPDATE_GOLDEN=1 go test ./internal/access")
	}
}

func TestTheMatrixSaysWhatBarsAnAction(t *testing.T) {
	t.Parallel()
	m := load(t).Matrix()
	for _, row := range m.Rows {
		if row.Action != access.ConfirmIneligible {
			continue
		}
		for i, cell := range row.Cells {
			if m.Roles[i].Home == "/screening" && cell.Words() != "not_own_work & not_recused & submitted" {
				t.Errorf("the cell reads %q", cell.Words())
			}
		}
		if len(row.Barring) == 0 {
			t.Error("nothing bars the confirmation of ineligibility")
		}
	}
}
