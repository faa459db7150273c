package position_test

import (
	"sync"
	"testing"
	"time"

	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/form"
	"adoptionfund/internal/position"
	"adoptionfund/internal/testkit/dtackit"
)

func TestPeopleAreWarned60And30And7DaysBeforeAndOnTheDayOnceEach(t *testing.T) {
	t.Parallel()
	w := dtackit.New(t)
	app := w.Application("CAR", "Alpha")
	id, r, _ := w.Sent("Alpha", "v2-compliant")
	for name, role := range map[string]string{"dtac": "dtac_assessor", "manager": "administrator", "recused": "dtac_assessor"} {
		w.Granted(name, role)
	}
	w.Exec("INSERT INTO application_people (application_id, person, relation, sections, since) VALUES (?, ?, 'recused', '', ?)", app, w.People["recused"], w.Clock.Now())
	p, err := w.Positions.AssessAndRecord(w.As("dtac", "dtac_assessor"), id, "", r.Assessments)
	w.Must(err)
	mails := func(kind string) [4]int {
		return [4]int{w.Mailed("supplier", kind+"supplier"), w.Mailed("dtac", kind+"fund"), w.Mailed("manager", kind+"fund"), w.Mailed("recused", kind+"fund")}
	}
	told := 0
	for _, c := range []struct {
		days         int
		told, lapsed int
	}{{61, 0, 0}, {60, 1, 0}, {59, 1, 0}, {31, 1, 0}, {30, 2, 0}, {8, 2, 0}, {7, 3, 0}, {1, 3, 0}, {0, 3, 1}, {-1, 3, 1}} {
		w.Clock.Set(p.Expires.AddDays(-c.days).Time().Add(9 * time.Hour))
		var wg sync.WaitGroup
		for range 4 { // several processes at once, and again
			wg.Add(1)
			go func() {
				defer wg.Done()
				if err := w.Positions.WarnDue(w.Operator()); err != nil {
					t.Error(err)
				}
			}()
		}
		wg.Wait()
		if got, want := mails("dtac_expiry_"), [4]int{c.told, c.told, c.told, 0}; got != want {
			t.Errorf("%d days before: %v mails, want %v", c.days, got, want)
		}
		if got, want := mails("dtac_lapsed_"), [4]int{c.lapsed, c.lapsed, c.lapsed, 0}; got != want {
			t.Errorf("%d days before: %v mails of a lapse, want %v", c.days, got, want)
		}
		told = c.told + c.lapsed
	}
	if n := w.Trail("dtac.warn_expiry", id); n != told {
		t.Errorf("%d events, want %d", n, told)
	}
	if got := w.Statuses("CAR")[app]; got != "compliant" {
		t.Errorf("the lapse voided what was recorded: %s", got)
	}
	w.Verify()
}

func TestAWarningThatComesLateTellsTheNearestOnly(t *testing.T) {
	t.Parallel()
	w := dtackit.New(t)
	w.Application("CAR", "Alpha")
	id, r, _ := w.Sent("Alpha", "v2-compliant")
	p, err := w.Positions.AssessAndRecord(w.As("dtac", "dtac_assessor"), id, "", r.Assessments)
	w.Must(err)
	for range 2 {
		w.Clock.Set(p.Expires.AddDays(-20).Time().Add(9 * time.Hour))
		w.Must(w.Positions.WarnDue(w.Operator()))
	}
	if n := w.Mailed("supplier", "dtac_expiry_supplier"); n != 1 {
		t.Errorf("%d mails", n)
	}
}

func TestWhatTheFundReliesOnIsWarnedOfTooAndAPositionThatWasRenewedIsNot(t *testing.T) {
	t.Parallel()
	w := dtackit.New(t)
	w.Application("CAR", "Alpha", "Bravo")
	w.Granted("dtac", "dtac_assessor")
	dtac := w.As("dtac", "dtac_assessor")
	alpha, bravo := w.Supplied("Alpha"), w.Supplied("Bravo")
	in := position.Recognised{
		Body: "Invented Trust", Officer: "Invented officer", ProductVersion: "2.1", Form: "dtac-v2", Status: status.Compliant, AssessedOn: "2026-10-01", Expires: "2026-12-24",
		Reference: "1", Reason: "Alike",
	}
	w.Must(w.Positions.Recognise(dtac, alpha, in))
	w.Must(w.Positions.Recognise(dtac, bravo, in))
	in.Expires = form.Date("2027-12-24")
	w.Clock.Add(time.Minute)
	w.Must(w.Positions.Recognise(dtac, bravo, in)) // takes the place of the one before
	w.Must(w.Positions.WarnDue(w.Operator()))
	w.Must(w.Positions.WarnDue(w.Operator()))
	if n := w.Mailed("dtac", "dtac_expiry_fund"); n != 1 {
		t.Errorf("%d mails", n)
	}
}
