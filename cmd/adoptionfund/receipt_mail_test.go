package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"adoptionfund/internal/testkit"
)

// Whoever has only the mail can check it: the receipt stands in it whole.
func TestTheReceiptInTheMailVerifies(t *testing.T) {
	t.Parallel()
	clock := &testkit.Clock{}
	clock.Set(testkit.Start())
	a := wired(t, clock)
	w := testkit.Around(t, testkit.World{
		Gate: a.gate, DB: a.db, Clock: clock, Config: a.config, Files: a.files, Library: a.library, People: a.people, Funds: a.funds, Applications: a.applications,
	})
	sent := w.Submitted("A title")
	body := ""
	for _, m := range w.Mails(testkit.Applicant) {
		if m.Kind == "receipt" {
			body = m.Body
		}
	}
	from, to := strings.Index(body, "{"), strings.LastIndex(body, "}")
	if from < 0 || to < from || !strings.Contains(body, string(sent.Ref)) {
		t.Fatalf("the mail has no receipt:\n%s", body)
	}
	file := filepath.Join(t.TempDir(), "receipt.json")
	verify := func(text string) (int, string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		code := run(t.Context(), []string{"receipt", "verify", file}, nil, &out, &out)
		return code, out.String()
	}
	if code, said := verify(body[from : to+1]); code != exitDone || !strings.Contains(said, string(sent.Ref)) {
		t.Errorf("exit %d: %s", code, said)
	}
	if code, said := verify(strings.Replace(body[from:to+1], string(sent.Ref), "AF26-0999", 1)); code == exitDone {
		t.Errorf("a changed receipt verifies: %s", said)
	}
}
