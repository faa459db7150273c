package application_test

import (
	"strings"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

func answersOf(t *testing.T, w *testkit.World, a *application.Application) form.Answers {
	t.Helper()
	var answers form.Answers
	w.Read(func(tx *work.Tx) error {
		var err error
		answers, err = application.Answers(tx, a.ID)
		return err
	})
	return answers
}

func TestAnApplicationIsCopiedIntoAnotherCallWithItsFiles(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	from := w.Filled(w.Draft("Remote monitoring"))
	applicant := w.As(testkit.Applicant)
	err := w.Applications.AddFile(applicant, from.Ref, application.Upload{Section: "evidence", Question: "EV9", Name: "paper.pdf", Content: strings.NewReader("%PDF-1.7\n% invented\n%%EOF\n")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Applications.Copy(applicant, from.Ref, "AF26-GAS"); !fault.Is(err, fault.Invalid) {
		t.Fatalf("copied into a call that is not published: %v", err)
	}
	w.Opened("AF26-GAS")
	w.Person("stranger", "applicant", access.Scope{})
	for _, call := range []string{"AF26-CAR", "AF99-XXX", ""} {
		if _, err := w.Applications.Copy(applicant, from.Ref, ident.CallRef(call)); !fault.Is(err, fault.Invalid) {
			t.Fatalf("copied into %q: %v", call, err)
		}
	}
	if _, err := w.Applications.Copy(w.As("stranger"), from.Ref, "AF26-GAS"); !fault.Is(err, fault.NotFound) {
		t.Fatalf("a stranger copied it: %v", err)
	}
	done, err := w.Applications.Copy(applicant, from.Ref, "AF26-GAS")
	if err != nil {
		t.Fatal(err)
	}
	to := w.Application(done.Ref)
	if to.State != workflow.Draft || to.Title != from.Title || to.Requested != w.Application(from.Ref).Requested || to.Call().Ref != "AF26-GAS" {
		t.Errorf("%+v", to)
	}
	old, copied := answersOf(t, w, from), answersOf(t, w, to)
	f := w.Form(from)
	for _, q := range f.Questions() {
		v, there := copied[q.Code]
		switch {
		case q.Kind == form.KindDeclaration:
			if there && !v.Blank() {
				t.Errorf("declaration %s was copied", q.Code)
			}
		case q.Code == "EV9":
			if len(v.Files) != len(old[q.Code].Files) || v.Files[0] == old[q.Code].Files[0] {
				t.Errorf("files: %v, from %v", v.Files, old[q.Code].Files)
			}
		case !old[q.Code].Blank() && v.Blank():
			t.Errorf("%s was not copied", q.Code)
		}
	}
	file, content, err := w.Applications.Download(applicant, to.Ref, copied["EV9"].Files[len(copied["EV9"].Files)-1])
	if err != nil {
		t.Fatal(err)
	}
	if content.Close() != nil || file.ApplicationID != to.ID || file.Name != "paper.pdf" {
		t.Errorf("%+v", file)
	}
	if _, err := w.Applications.Copy(applicant, from.Ref, "AF26-GAS"); !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.Invalid) {
		t.Errorf("copied beyond the number that one lead may make: %v", err)
	}
	if got := w.Application(from.Ref); got.State != workflow.Draft || got.Version != w.Application(from.Ref).Version {
		t.Errorf("the one that was copied changed: %+v", got)
	}
	w.Unbroken()
}
