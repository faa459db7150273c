package application_test

import (
	"bytes"
	"io"
	"slices"
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

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestAnApplicationIsStartedForALeadThatTheCallLetsLead(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	c := w.OpenCall()
	w.ActFor(testkit.Applicant, "QMF")
	w.ActFor(testkit.Applicant, "X1S")
	w.ActFor(testkit.Applicant, "RX9")
	cases := map[string]struct {
		in    application.Beginning
		field string
	}{
		"no title":                {application.Beginning{Call: c.Ref, Title: " ", Lead: "QMF"}, "title"},
		"a long title":            {application.Beginning{Call: c.Ref, Title: strings.Repeat("x", 201), Lead: "QMF"}, "title"},
		"no such organisation":    {application.Beginning{Call: c.Ref, Title: "A", Lead: "NONE"}, "lead"},
		"a kind that may not":     {application.Beginning{Call: c.Ref, Title: "A", Lead: "X1S"}, "lead"},
		"one for which not acted": {application.Beginning{Call: c.Ref, Title: "A", Lead: "RX1"}, "lead"},
		"one that has ended":      {application.Beginning{Call: c.Ref, Title: "A", Lead: "RX9"}, "lead"},
		"a call not published":    {application.Beginning{Call: "AF26-GAS", Title: "A", Lead: "QMF"}, "call"},
	}
	for name, c := range cases {
		_, err := w.Applications.Start(w.As(testkit.Applicant), c.in)
		if f, ok := fault.Of(err); !ok || f.Fields[c.field] == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	ref, err := w.Applications.Start(w.As(testkit.Applicant), application.Beginning{Call: c.Ref, Title: " Remote  monitoring ", Lead: "qmf"})
	must(t, err)
	a := w.Application(ref)
	if a.Ref != "AF26-0001" || a.State != workflow.Draft || a.Title != "Remote monitoring" || a.LeadName != "NHS North East London ICB" || a.Region != "London" {
		t.Errorf("%+v", a)
	}
	page, err := w.Applications.Open(w.As(testkit.Applicant), ref, "summary")
	must(t, err)
	if page.Answers["SU1"].Text != "Remote monitoring" || page.Version != 1 || !page.Editable {
		t.Errorf("%+v", page)
	}
}

func TestALeadStartsNoMoreThanTheCallAllowsAndNotTooLate(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	c := w.Opened("AF26-GAS")
	w.DraftIn(c.Ref, "The first")
	_, err := w.Applications.Start(w.As(testkit.Applicant), application.Beginning{Call: c.Ref, Title: "The second", Lead: "QMF"})
	w.Want(err, fault.Conflict)
	a := w.Application("AF26-0001")
	must(t, w.Applications.Withdraw(w.As(testkit.Applicant), a.Ref, "We wrote it twice"))
	_, err = w.Applications.Start(w.As(testkit.Applicant), application.Beginning{Call: c.Ref, Title: "The second", Lead: "QMF"})
	must(t, err)
	w.Clock.Set(c.ClosesAt)
	_, err = w.Applications.Start(w.As(testkit.Applicant), application.Beginning{Call: c.Ref, Title: "Too late", Lead: "QMF"})
	if !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.Conflict) {
		t.Error(err)
	}
}

func TestWhatIsTypedIsKeptRightOrWrong(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Draft("A title")
	ctx := w.As(testkit.Applicant)
	page, err := w.Applications.Save(ctx, a.Ref, "costs", application.Typed{Values: map[string][]string{
		"CO2": {"a lot"}, "CO4": {"Training"}, "CO1[0].description": {"Licences"}, "CO1[0].amount": {"-5"}, "version": {"0"},
	}})
	f, ok := fault.Of(err)
	if !ok || f.Kind != fault.Invalid || f.Fields["CO2"] == "" || f.Fields["CO1[0].amount"] == "" || f.Fields["CO4"] != "" {
		t.Fatal(err)
	}
	if page.Version != 1 {
		t.Error("the version is", page.Version)
	}
	again, err := w.Applications.Open(ctx, a.Ref, "costs")
	must(t, err)
	if again.Answers["CO2"].Text != "a lot" || again.Answers["CO4"].Text != "Training" || again.Answers["CO1"].Rows[0]["description"].Text != "Licences" {
		t.Errorf("%+v", again.Answers)
	}
	_, err = w.Applications.Save(ctx, a.Ref, "costs", application.Typed{Values: map[string][]string{"CO2": {"250,000"}, "CO3": {"180000"}}, Version: 1, Strict: true})
	w.Want(err, fault.Invalid) // to go on, what is missing is named
	if a := w.Application(a.Ref); a.Requested != 25_000_000 || a.Minimum != 18_000_000 {
		t.Errorf("lists show %v and %v", a.Requested, a.Minimum)
	}
}

func TestMoreThanTheCallsCapIsRefused(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Draft("A title")
	_, err := w.Applications.Save(w.As(testkit.Applicant), a.Ref, "costs", application.Typed{Values: map[string][]string{"CO2": {"500,000.01"}}})
	f, ok := fault.Of(err)
	if !ok || !strings.Contains(f.Fields["CO2"], "£500,000") {
		t.Error(err)
	}
}

func TestAStaleSaveShowsWhatStandsAndOverwritesNothing(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Draft("A title")
	ctx := w.As(testkit.Applicant)
	_, err := w.Applications.Save(ctx, a.Ref, "summary", application.Typed{Values: map[string][]string{"SU2": {"Theirs"}}, Version: 1})
	must(t, err)
	page, err := w.Applications.Save(ctx, a.Ref, "summary", application.Typed{Values: map[string][]string{"SU2": {"Mine"}}, Version: 1})
	f, ok := fault.Of(err)
	if !ok || f.Kind != fault.Conflict {
		t.Fatal(err)
	}
	clashes, ok := f.Latest.([]form.Clash)
	if !ok || len(clashes) != 1 || clashes[0].Theirs.Text != "Theirs" || clashes[0].Mine.Text != "Mine" || clashes[0].Who != "Applicant Invented" || page.Answers["SU2"].Text != "Theirs" {
		t.Errorf("%+v", f.Latest)
	}
	again, err := w.Applications.Open(ctx, a.Ref, "summary")
	must(t, err)
	if again.Answers["SU2"].Text != "Theirs" {
		t.Error("it was overwritten")
	}
}

func TestAForeignQuestionIsRefused(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Draft("A title")
	for _, name := range []string{"CO2", "XX9", "SU1[0].amount"} {
		_, err := w.Applications.Save(w.As(testkit.Applicant), a.Ref, "summary", application.Typed{Values: map[string][]string{name: {"1"}}, Version: 1})
		w.Want(err, fault.Invalid)
	}
	_, err := w.Applications.Open(w.As(testkit.Applicant), a.Ref, "no-such-section")
	w.Want(err, fault.NotFound)
}

func TestNobodyElseLearnsThatADraftExists(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Draft("A title")
	w.Person("stranger", "", access.Scope{})
	w.Person("officer", "screening_officer", access.Scope{})
	for _, email := range []string{"stranger", "officer"} {
		ctx := w.As(email)
		_, open := w.Applications.Open(ctx, a.Ref, "summary")
		_, save := w.Applications.Save(ctx, a.Ref, "summary", application.Typed{Version: 1})
		_, view := w.Applications.Overview(ctx, a.Ref)
		for _, err := range []error{open, view} {
			w.Want(err, fault.NotFound)
		}
		if !fault.Is(save, fault.NotFound) && !fault.Is(save, fault.Forbidden) {
			t.Error(save)
		}
		if rows, err := w.Applications.Mine(ctx); err != nil || len(rows) != 0 {
			t.Error(rows, err)
		}
	}
	_, err := w.Applications.Overview(w.Anonymous(), a.Ref)
	w.Want(err, fault.SignIn)
}

func TestAContributorWritesTheSectionsTheyAreInvitedTo(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Draft("A title")
	owner := w.As(testkit.Applicant)
	w.Want(w.Applications.Invite(owner, a.Ref, application.Invitation{Email: "nobody", Name: ""}), fault.Invalid)
	w.Want(w.Applications.Invite(owner, a.Ref, application.Invitation{Email: "c@partner.example", Name: "C", Sections: []string{"none"}}), fault.Invalid)
	w.Want(w.Applications.Invite(owner, a.Ref, application.Invitation{Email: testkit.Applicant, Name: "Me"}), fault.Invalid)
	must(t, w.Applications.Invite(owner, a.Ref, application.Invitation{Email: "c@partner.example", Name: "Con Tributor", Sections: []string{"COSTS", "delivery"}}))
	if kinds := w.Mails("c@partner.example"); len(kinds) != 1 {
		t.Errorf("%+v", kinds)
	}
	must(t, w.People.Accept(w.Anonymous(), w.Token("c@partner.example"), "Con Tributor", testkit.Password))
	ctx := w.As("c@partner.example")
	_, err := w.Applications.Overview(ctx, a.Ref)
	w.Want(err, fault.NotFound) // not accepted yet
	must(t, w.Applications.AnswerInvitation(ctx, a.Ref, true))
	ctx = w.As("c@partner.example")
	_, err = w.Applications.Save(ctx, a.Ref, "costs", application.Typed{Values: map[string][]string{"CO4": {"Training"}}})
	must(t, err)
	_, err = w.Applications.Save(ctx, a.Ref, "summary", application.Typed{Values: map[string][]string{"SU2": {"Text"}}, Version: 1})
	if !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Forbidden) {
		t.Error("a section they are not invited to was saved", err)
	}
	if page, err := w.Applications.Open(ctx, a.Ref, "summary"); err != nil || page.Editable {
		t.Error("it cannot be read, or looks as if it could be written", err)
	}
	w.Want(w.Applications.Invite(ctx, a.Ref, application.Invitation{Email: "d@partner.example", Name: "D"}), fault.NotFound)
	for _, err := range []error{w.Applications.Submit(ctx, a.Ref), w.Applications.Withdraw(ctx, a.Ref, "No")} {
		if !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Forbidden) {
			t.Error(err)
		}
	}
	p, err := w.People.As(t.Context(), "c@partner.example")
	must(t, err)
	must(t, w.Applications.RemoveContributor(owner, a.Ref, p.ID))
	_, err = w.Applications.Overview(ctx, a.Ref)
	w.Want(err, fault.NotFound)
	w.Want(w.Applications.RemoveContributor(owner, a.Ref, p.ID), fault.NotFound)
}

func pdf(text string) io.Reader {
	return bytes.NewReader([]byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + text + "\n%%EOF\n"))
}

func TestAFileIsKeptWithItsAnswer(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Draft("A title")
	ctx := w.As(testkit.Applicant)
	must(t, w.Applications.AddFile(ctx, a.Ref, application.Upload{Section: "evidence", Question: "EV9", Name: `..\..\C:\Papers\a "paper".pdf`, Content: pdf("one")}))
	page, err := w.Applications.Open(ctx, a.Ref, "evidence")
	must(t, err)
	if len(page.Files) != 1 || page.Files[0].Name != "a paper.pdf" || len(page.Answers["EV9"].Files) != 1 {
		t.Fatalf("%+v", page.Files)
	}
	file, content, err := w.Applications.Download(ctx, a.Ref, page.Files[0].ID)
	must(t, err)
	data, err := io.ReadAll(content)
	must(t, err)
	must(t, content.Close())
	if file.MediaType != "application/pdf" || !strings.Contains(string(data), "one") {
		t.Errorf("%+v", file)
	}
	w.Person("stranger", "", access.Scope{})
	_, _, err = w.Applications.Download(w.As("stranger"), a.Ref, page.Files[0].ID)
	w.Want(err, fault.NotFound)
	other := w.Draft("Another")
	_, _, err = w.Applications.Download(ctx, other.Ref, page.Files[0].ID)
	w.Want(err, fault.NotFound)
	_, _, err = w.Applications.Download(ctx, a.Ref, "../../etc/passwd")
	w.Want(err, fault.NotFound)
	must(t, w.Applications.RemoveFile(ctx, a.Ref, "evidence", page.Files[0].ID))
	_, _, err = w.Applications.Download(ctx, a.Ref, page.Files[0].ID)
	w.Want(err, fault.NotFound)
	page, err = w.Applications.Open(ctx, a.Ref, "evidence")
	must(t, err)
	if len(page.Files) != 0 || len(page.Answers["EV9"].Files) != 0 {
		t.Errorf("%+v", page)
	}
}

func TestAFileThatIsUntickedIsRemoved(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Draft("A title")
	ctx := w.As(testkit.Applicant)
	for _, name := range []string{"one.pdf", "two.pdf"} {
		must(t, w.Applications.AddFile(ctx, a.Ref, application.Upload{Section: "evidence", Question: "EV9", Name: name, Content: pdf(name)}))
	}
	page, err := w.Applications.Open(ctx, a.Ref, "evidence")
	must(t, err)
	_, err = w.Applications.Save(ctx, a.Ref, "evidence", application.Typed{Version: page.Version, Values: map[string][]string{
		"EV9-remove": {string(page.Files[0].ID), "an id of nothing"}, "EV9-shown": {"yes"},
	}})
	must(t, err)
	again, err := w.Applications.Open(ctx, a.Ref, "evidence")
	must(t, err)
	if len(again.Files) != 1 || again.Files[0].ID != page.Files[1].ID || len(again.Answers["EV9"].Files) != 1 {
		t.Errorf("%+v", again.Files)
	}
}

func TestAFileThatIsNotWhatItSaysIsRefused(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Draft("A title")
	large := io.MultiReader(pdf(""), bytes.NewReader(make([]byte, 20<<20)))
	cases := map[string]application.Upload{
		"another kind":          {Section: "evidence", Question: "EV9", Name: "run.exe", Content: strings.NewReader("MZ")},
		"a wrong ending":        {Section: "evidence", Question: "EV9", Name: "page.pdf", Content: strings.NewReader("<html><script>alert(1)</script></html>")},
		"nothing in it":         {Section: "evidence", Question: "EV9", Name: "empty.pdf", Content: strings.NewReader("")},
		"too large":             {Section: "evidence", Question: "EV9", Name: "large.pdf", Content: large},
		"a question without":    {Section: "summary", Question: "SU1", Name: "a.pdf", Content: pdf("x")},
		"two endings":           {Section: "evidence", Question: "EV9", Name: "a.pdf.exe", Content: pdf("x")},
		"a name of spaces only": {Section: "evidence", Question: "EV9", Name: "   ", Content: pdf("x")},
	}
	for name, in := range cases {
		err := w.Applications.AddFile(w.As(testkit.Applicant), a.Ref, in)
		f, ok := fault.Of(err)
		if !ok || f.Kind != fault.Invalid || f.Fields[string(in.Question)] == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.Want(w.Applications.AddFile(w.As(testkit.Applicant), a.Ref, application.Upload{Section: "summary", Question: "EV9", Name: "a.pdf", Content: pdf("x")}), fault.NotFound)
	page, err := w.Applications.Open(w.As(testkit.Applicant), a.Ref, "evidence")
	must(t, err)
	if len(page.Files) != 0 {
		t.Errorf("%+v", page.Files)
	}
}

func TestTheOverviewSaysWhatIsMissingByName(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Draft("A title")
	o, err := w.Applications.Overview(w.As(testkit.Applicant), a.Ref)
	must(t, err)
	if o.Ready || o.Tasks[0].Progress != form.InProgress || !slices.Contains(o.Tasks[0].Missing, form.Code("SU2")) || len(o.People) != 1 {
		t.Errorf("%+v", o)
	}
	w.Filled(a)
	o, err = w.Applications.Overview(w.As(testkit.Applicant), a.Ref)
	must(t, err)
	for _, task := range o.Tasks {
		if task.Progress != form.Done || len(task.Missing) > 0 {
			t.Errorf("%s is %s: %v", task.Section.Code, task.Progress, task.Missing)
		}
	}
	if !o.Ready || !o.May[access.SubmitApplication] || o.May[access.SignApplication] {
		t.Errorf("%+v", o.May)
	}
}

func TestEveryVersionOfASectionIsKept(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Draft("A title")
	for n, text := range []string{"One", "Two", "Three"} {
		_, err := w.Applications.Save(w.As(testkit.Applicant), a.Ref, "summary", application.Typed{Values: map[string][]string{"SU2": {text}}, Version: n + 1})
		must(t, err)
	}
	w.Read(func(tx *work.Tx) error {
		var texts []string
		err := tx.DB().Raw("SELECT answers FROM answer_changes WHERE application_id = ? AND section = 'summary' ORDER BY version", a.ID).Scan(&texts).Error
		if len(texts) != 4 || !strings.Contains(texts[2], "Two") {
			t.Errorf("%v", texts)
		}
		return err
	})
	if _, err := ident.ParseRef("af26-0001"); err != nil {
		t.Error(err)
	}
}

func TestTheApplicantsSideIsToldItsOwnDeedsAndTheFundsWithoutNames(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Submitted("A title")
	w.Closed()
	officer := w.Person("officer", "screening_officer", access.Scope{})
	w.Write(w.As("officer"), func(tx *work.Tx) error {
		a, err := application.ByRef(tx, a.Ref)
		must(t, err)
		tx.Record(application.Event(a, "eligibility.record", nil))
		tx.Record(application.Event(a, "application.ask_clarification", nil))
		return tx.Require(access.RecordFinding, a)
	})
	words := func(email string) string {
		h, err := w.Applications.History(w.As(email), a.Ref, application.Looking{})
		must(t, err)
		var lines []string
		for _, x := range h.Happenings {
			lines = append(lines, x.Who+": "+x.What)
		}
		return strings.Join(lines, "\n")
	}
	own, staff := words(testkit.Applicant), words("officer")
	for _, part := range []string{"Applicant Invented: Started the application", "Saved “Costs”", "Asked the signatories", "Sro Invented: Signed", "Submitted the application",
		"The service: Passed to the eligibility check", "The fund: Questions were asked"} {
		if !strings.Contains(own, part) {
			t.Errorf("no %q in\n%s", part, own)
		}
	}
	if strings.Contains(own, "Record") || strings.Contains(own, officer.Name) || !strings.Contains(staff, officer.Name+": Record (eligibility)") {
		t.Errorf("the applicant reads\n%s\nthe officer\n%s", own, staff)
	}
	w.Person("stranger", "", access.Scope{})
	_, err := w.Applications.History(w.As("stranger"), a.Ref, application.Looking{})
	w.Want(err, fault.NotFound)
}

func TestEachIsToldWhatWaitsForThem(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	w.Person(testkit.SRO, "", access.Scope{})
	a := w.Filled(w.Draft("A title"))
	waits := func(email string) application.Deed {
		all, err := w.Applications.Waiting(w.As(email))
		must(t, err)
		if len(all) != 1 || all[0].Application.Ref != a.Ref || !all[0].Due.Equal(a.ClosesAt()) {
			return ""
		}
		return all[0].Deed
	}
	if waits(testkit.Applicant) != application.DeedWrite || waits(testkit.SRO) != "" {
		t.Error("a draft waits for its writers alone")
	}
	must(t, w.Applications.RequestSignatures(w.As(testkit.Applicant), a.Ref))
	if waits(testkit.SRO) != application.DeedSign {
		t.Error("the signatory is not told")
	}
	w.Signed(w.Application(a.Ref))
	if waits(testkit.SRO) != "" {
		t.Error("who has signed is asked again")
	}
	w.Clock.Set(a.ClosesAt())
	if waits(testkit.Applicant) != "" {
		t.Error("the time is over")
	}
}
