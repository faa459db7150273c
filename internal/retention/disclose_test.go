package retention_test

import (
	"encoding/json"
	"strings"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/retention"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
)

func written(t *testing.T, d retention.Disclosure) string {
	t.Helper()
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func (a *archive) personOf(email string) ident.Person {
	a.t.Helper()
	var id ident.Person
	a.Read(func(tx *work.Tx) error {
		p, err := people.ByEmail(tx, testkit.Address(email))
		if err == nil {
			id = p.ID
		}
		return err
	})
	return id
}

func TestPeopleAreGivenWhatIsHeldAboutThemAndNoSecrets(t *testing.T) {
	t.Parallel()
	r := newReleased(t)
	r.WithPassword(testkit.SRO)
	r.behind("UPDATE mails SET sent_at = created_at")
	d, err := r.retention.Own(r.As(testkit.SRO))
	r.no(err)
	text := written(t, d)
	for _, want := range []string{testkit.SRO, testkit.NameOf(testkit.SRO), `"table":"signatures"`, `"table":"mails"`, `"typed_name"`, `"application.sign"`} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in it", want)
		}
	}
	hash := r.text("SELECT password FROM persons WHERE email = '" + testkit.SRO + "'")
	for _, not := range []string{hash, `"password"`, `"factor_secret"`, `"code_digest"`, string(r.personOf(testkit.Applicant))} {
		if not == "" || strings.Contains(text, not) {
			t.Errorf("%q is in it", not)
		}
	}
	who, _ := access.From(r.As(testkit.SRO))
	who.Confirmed = false
	_, err = r.retention.Own(access.With(t.Context(), who))
	r.Want(err, fault.Forbidden)
	if n := r.count("SELECT COUNT(*) FROM audit_events WHERE verb = 'account.export_data'"); n != 1 {
		t.Errorf("%d events", n)
	}
}

func TestAFundManagerGetsItForSomebodyAndTheTrailSaysSo(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := around(t, w)
	app := w.Draft("Remote monitoring")
	id := a.personOf(testkit.Applicant)
	_, err := a.retention.About(w.As(testkit.Senior), id)
	a.Want(err, fault.Forbidden)
	d, err := a.retention.About(w.As(keeper), id)
	a.no(err)
	if text := written(t, d); !strings.Contains(text, string(app.Ref)) || !strings.Contains(text, "Remote monitoring") || strings.Contains(text, `"state"`) {
		t.Error("it does not name the application, or says in which state it is")
	}
	for _, other := range []ident.Person{"nobody", ident.New[ident.Person]()} {
		_, err = a.retention.About(w.As(keeper), other)
		a.Want(err, fault.NotFound)
	}
	if n := a.count("SELECT COUNT(*) FROM audit_events WHERE verb = 'person.export_data' AND subject = ?", string(id)); n != 1 {
		t.Errorf("%d events", n)
	}
}

// TestNobodyIsGivenMoreThanTheyMayKnow holds what is given against what is kept from people: a reviewer with a conflict gets nothing of the
// application but their own declaration, and an applicant neither scores nor reviewers nor what is decided.
func TestNobodyIsGivenMoreThanTheyMayKnow(t *testing.T) {
	t.Parallel()
	p := testkit.New(t).Panel()
	a := around(t, p.World)
	apps := p.Assessed(2, "4")
	reviewer := p.Reviewers(apps[0])["clinical"]
	id := a.personOf(reviewer)
	d, err := a.retention.About(p.As(keeper), id)
	a.no(err)
	if text := written(t, d); !strings.Contains(text, string(apps[0].ID)) || !strings.Contains(text, `"table":"scores"`) {
		t.Fatal("a reviewer is not given their own reviews")
	}
	p.Relate(apps[0], id, application.Conflicted)
	d, err = a.retention.About(p.As(keeper), id)
	a.no(err)
	for _, records := range d.Records {
		text, _ := json.Marshal(records)
		if strings.Contains(string(text), string(apps[0].ID)) && records.Table != "interests" {
			t.Errorf("after the conflict %s still names the application", records.Table)
		}
	}
	d, err = a.retention.About(p.As(keeper), a.personOf(testkit.Applicant))
	a.no(err)
	text := written(t, d)
	for _, table := range []string{"scores", "reviews", "assignments", "findings", "interests", "decisions", "proposal_lines"} {
		if strings.Contains(text, `"table":"`+table+`"`) {
			t.Errorf("an applicant is given %s", table)
		}
	}
	for _, kind := range p.Reviewers(apps[1]) {
		if strings.Contains(text, string(a.personOf(kind))) {
			t.Errorf("an applicant is given the reviewer %s", kind)
		}
	}
}
