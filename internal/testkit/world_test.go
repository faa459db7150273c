package testkit_test

import (
	"testing"

	"adoptionfund/internal/form"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/workflow"
)

func TestGeneratedAnswersAreCompleteForEveryForm(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	for _, id := range []string{"application-1", "dtac-v1", "dtac-v2"} {
		f, err := w.Library.Form(id)
		if err != nil {
			t.Fatal(err)
		}
		problems := form.Check(f, nil, testkit.Answers(f), form.How{Mode: form.Complete, Today: "2026-09-07"})
		for name, words := range problems {
			t.Errorf("%s %s: %s", id, name, words)
		}
	}
}

func TestAWorldTakesApplicationsToTheirScreening(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	sent, left := w.Submitted("Remote monitoring after cardiac surgery"), w.Draft("Left in draft")
	w.Closed()
	if got := w.Application(sent.Ref).State; got != workflow.Screening {
		t.Errorf("what was submitted is %s", got)
	}
	if got := w.Application(left.Ref).State; got != workflow.NotSubmitted {
		t.Errorf("what was not is %s", got)
	}
	w.Unbroken()
}
