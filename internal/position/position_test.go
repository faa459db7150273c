package position_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/position"
	"adoptionfund/internal/testkit/dtackit"
)

func TestAPositionIsTheComputedStatusAndItsWordsSayByWhomAndWhen(t *testing.T) {
	t.Parallel()
	for example, want := range map[string]status.Status{"v2-compliant": status.Compliant, "v2-on-the-way": status.OnTheWay} {
		t.Run(example, func(t *testing.T) {
			t.Parallel()
			w := dtackit.New(t)
			app := w.Application("CAR", "CardioWatch")
			id, r, f := w.Sent("CardioWatch", example)
			dtac := w.As("Ada Assessor", "dtac_assessor")
			_, err := w.Positions.RecordPosition(dtac, id, "")
			w.Want(err, fault.Conflict) // nothing is decided yet
			w.Must(w.Positions.Assess(dtac, id, "", r.Assessments))
			p, err := w.Positions.RecordPosition(dtac, id, "")
			w.Must(err)
			r.Product.Name, r.Product.Supplier = "CardioWatch", "Example Ltd"
			r.Round = status.Settings{LatestAction: "2026-12-31", NeverDefer: []form.Code{"C1.2.5"}}
			computed, err := status.Evaluate(f, r, "2026-11-23")
			w.Must(err)
			if p.Status != want || p.Status != computed.Status || p.Provisional != computed.Provisional || p.Expires != computed.ExpiresOn() {
				t.Errorf("%+v, want %+v", p, computed)
			}
			desk, err := w.Positions.Open(dtac, id, "")
			if err != nil || !cmp.Equal(desk.Result, computed) || len(desk.Positions) != 1 || len(desk.Applications) != 1 {
				t.Errorf("the desk: %v\n%s", err, cmp.Diff(desk.Result, computed))
			}
			if words := p.Words(); words != want.Label()+", as reviewed on 23 November 2026 by Ada Assessor. This is not a certificate." {
				t.Error(words)
			}
			if got := w.Statuses("CAR")[app]; got != string(want) {
				t.Errorf("the application: %q", got)
			}
			w.Verify()
		})
	}
}

func TestEvidenceThatExpiresLowersTheStatusOnALaterDayButNotAPositionThatWasRecorded(t *testing.T) {
	t.Parallel()
	w := dtackit.New(t)
	app := w.Application("CAR", "CardioWatch")
	id, r, _ := w.Sent("CardioWatch", "v2-compliant")
	dtac := w.As("dtac", "dtac_assessor")
	p, err := w.Positions.AssessAndRecord(dtac, id, "", r.Assessments)
	w.Must(err)
	if p.Status != status.Compliant || p.Expires == "" || w.Provisional(app) != status.Compliant {
		t.Fatalf("%+v", p)
	}
	w.Clock.Set(p.Expires.Time().Add(12 * time.Hour))
	desk, err := w.Positions.Open(dtac, id, "")
	w.Must(err)
	if desk.Result.Status != status.NotCompliant || w.Provisional(app) != status.NotCompliant {
		t.Errorf("on %s it is still %s", p.Expires, desk.Result.Status)
	}
	if got := w.Statuses("CAR")[app]; got != "compliant" {
		t.Errorf("the position became %q", got)
	}
	if entries, err := w.Positions.Register(dtac, position.Query{}); err != nil || !entries[0].Lapsed() {
		t.Errorf("the register does not say that it lapsed: %+v, %v", entries, err)
	}
}

func TestNobodyAssessesAReturnThatTheyAnswered(t *testing.T) {
	t.Parallel()
	w := dtackit.New(t)
	w.Application("CAR", "CardioWatch")
	id, r, _ := w.Sent("CardioWatch", "v2-compliant")
	w.Want(w.Positions.Assess(w.As("supplier", "supplier", "dtac_assessor"), id, "", r.Assessments), fault.Forbidden)
	w.Want(w.Positions.Assess(w.As("reviewer", "reviewer"), id, "", r.Assessments), fault.Forbidden)
}

func TestADecisionNeedsItsReasonAndAnActionItsOwnerAndDay(t *testing.T) {
	t.Parallel()
	w := dtackit.New(t)
	w.Application("CAR", "CardioWatch")
	id, _, _ := w.Sent("CardioWatch", "v2-compliant")
	err := w.Positions.Assess(w.As("dtac", "dtac_assessor"), id, "", []status.Assessment{
		{Question: "C3.1", Result: status.DecidedFail}, {Question: "C3.3", Result: status.DecidedActionNeeded, Reason: "old"},
		{Question: "A1", Result: status.DecidedPass}, {Question: "C3.4", Result: "perhaps"},
	})
	f, ok := fault.Of(err)
	if !ok || f.Kind != fault.Invalid {
		t.Fatal(err)
	}
	for _, name := range []string{"C3.1-reason", "C3.3-what", "C3.3-owner", "C3.3-due", "A1", "C3.4"} {
		if f.Fields[name] == "" {
			t.Errorf("nothing is said about %s: %v", name, f.Fields)
		}
	}
}

func TestAnAssessorWhoIsRecusedReachesAProductOnlyThroughOtherApplications(t *testing.T) {
	t.Parallel()
	w := dtackit.New(t)
	only, shared := w.Application("CAR", "Only"), w.Application("CAR", "Shared")
	w.Application("GAS", "Shared")
	dtac := w.As("dtac", "dtac_assessor")
	for _, app := range []ident.Application{only, shared} {
		w.Exec("INSERT INTO application_people (application_id, person, relation, sections, since) VALUES (?, ?, 'recused', '', ?)", app, w.People["dtac"], w.Clock.Now())
	}
	entries, err := w.Positions.Register(dtac, position.Query{})
	w.Must(err)
	if len(entries) != 1 || entries[0].Name != "Shared" {
		t.Errorf("%+v", entries)
	}
	desk, err := w.Positions.Open(dtac, entries[0].ID, "")
	if err != nil || desk.Call.Theme != "GAS" || len(desk.Applications) != 1 {
		t.Errorf("%+v, %v", desk, err)
	}
}

func TestTheRegisterListsWhatItsReaderMayOpen(t *testing.T) {
	t.Parallel()
	w := dtackit.New(t)
	w.Application("CAR", "One", "Two")
	barred := w.Application("GAS", "Two", "Three")
	w.Supplied("Four") // named by nobody
	w.Supplied("One")
	all, err := w.Positions.Register(w.FundManager("admin"), position.Query{})
	w.Must(err)
	if len(all) != 4 {
		t.Fatalf("the fund manager sees %d", len(all))
	}
	for _, role := range []string{"dtac_assessor", "administrator", "auditor", "supplier", "applicant", "screening_officer", "reviewer"} {
		ctx := w.As("the "+role, role)
		w.Exec("INSERT INTO application_people (application_id, person, relation, sections, since) VALUES (?, ?, 'recused', '', ?)", barred, w.People["the "+role], w.Clock.Now())
		listed := map[ident.Product]bool{}
		entries, err := w.Positions.Register(ctx, position.Query{})
		w.Must(err)
		for _, e := range entries {
			listed[e.ID] = true
		}
		for _, e := range all {
			_, err := w.Positions.Open(ctx, e.ID, "")
			if (err == nil) != listed[e.ID] {
				t.Errorf("%s: %s is listed: %t, opening it: %v", role, e.Name, listed[e.ID], err)
			}
		}
	}
}

func TestSecurityEvidenceIsSealedForAllButSupplierAndAssessors(t *testing.T) {
	t.Parallel()
	w := dtackit.New(t)
	w.Application("CAR", "CardioWatch")
	id, _, _ := w.Sent("CardioWatch", "v2-compliant")
	for role, open := range map[string]bool{"dtac_assessor": true, "auditor": false, "administrator": false} {
		desk, err := w.Positions.Open(w.As("the "+role, role), id, "")
		w.Must(err)
		for _, e := range desk.Return.Sent.Evidence {
			if e.Question == "C3.3" && (e.File != "") != open {
				t.Errorf("%s sees the file: %t", role, e.File != "")
			}
			if e.Question == "C2.2.3" && e.File == "" {
				t.Errorf("%s does not see what is no security evidence", role)
			}
		}
	}
}
