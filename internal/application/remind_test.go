package application_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
)

// reminders gives the subjects of the reminders to somebody, oldest first.
func reminders(w *testkit.World, email string) []string {
	var all []string
	for _, m := range w.Mails(email) {
		if strings.HasPrefix(string(m.Kind), "reminder") {
			all = append([]string{m.Subject}, all...)
		}
	}
	return all
}

func TestPeopleAreRemindedFourTimesAndEachTimeOnce(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Draft("A title")
	must(t, w.Applications.Invite(w.As(testkit.Applicant), a.Ref, application.Invitation{Email: "con@partner.example", Name: "Con", Sections: []string{"costs"}}))
	w.WithPassword("con@partner.example")
	must(t, w.Applications.AnswerInvitation(w.As("con@partner.example"), a.Ref, true))
	closes := a.ClosesAt()
	for w.Clock.Set(closes.AddDate(0, 0, -15)); w.Clock.Now().Before(closes.Add(24 * time.Hour)); w.Clock.Add(6 * time.Hour) {
		var both sync.WaitGroup
		for range 2 { // two processes
			both.Go(func() {
				if err := w.Applications.RemindDue(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
	}
	want := "AF26-0001: 14 days left to submit|AF26-0001: 7 days left to submit|AF26-0001: 2 days left to submit|AF26-0001: 24 hours left to submit"
	for _, email := range []string{testkit.Applicant, "con@partner.example"} {
		if got := strings.Join(reminders(w, email), "|"); got != want {
			t.Errorf("%s got %s", email, got)
		}
	}
	mail := w.Mails(testkit.Applicant)[0].Body
	for _, words := range []string{"- The signature of the finance lead", "- Submit the application", "12 October 2026 at 12:00 UK time", "24 hours left"} {
		if !strings.Contains(mail, words) {
			t.Errorf("no %q in\n%s", words, mail)
		}
	}
	if mail := w.Mails("con@partner.example")[0].Body; !strings.Contains(mail, "- Costs") || strings.Contains(mail, "Summary") {
		t.Error(mail)
	}
	w.Unbroken()
}

func TestNobodyIsRemindedOfWhatIsDoneOrNew(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	sent, gone := w.Submitted("Sent"), w.Draft("Gone")
	must(t, w.Applications.Withdraw(w.As(testkit.Applicant), gone.Ref, "No"))
	w.Clock.Set(sent.ClosesAt().AddDate(0, 0, -3))
	late := w.Signed(w.Filled(w.Draft("Started late"))) // after the moments of the first two steps
	must(t, w.Applications.RemindDue(t.Context()))
	if got := reminders(w, testkit.Applicant); len(got) != 0 {
		t.Errorf("%v", got)
	}
	w.Clock.Set(sent.ClosesAt().AddDate(0, 0, -1))
	must(t, w.Applications.RemindDue(t.Context()))
	if got := reminders(w, testkit.Applicant); len(got) != 1 || !strings.HasPrefix(got[0], string(late.Ref)) {
		t.Errorf("%v", got)
	}
	if got := reminders(w, testkit.SRO); len(got) != 0 {
		t.Errorf("who has signed is reminded to: %v", got)
	}
}

func TestASignatoryWhoWasAskedIsRemindedUntilTheySign(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Filled(w.Draft("A title"))
	must(t, w.Applications.RequestSignatures(w.As(testkit.Applicant), a.Ref))
	w.Person(testkit.SRO, "", access.Scope{})
	page, err := w.Applications.ToSign(w.As(testkit.SRO), a.Ref)
	must(t, err)
	must(t, w.Applications.Sign(w.As(testkit.SRO), a.Ref, "S", page.Digest))
	w.Clock.Set(a.ClosesAt().AddDate(0, 0, -7))
	must(t, w.Applications.RemindDue(t.Context()))
	if got := reminders(w, testkit.SRO); len(got) != 0 {
		t.Errorf("%v", got)
	}
	if got := reminders(w, testkit.Finance); len(got) != 1 || got[0] != "AF26-0001: 7 days left to sign" {
		t.Errorf("%v", got)
	}
}

func TestALaterDeadlineHasItsOwnRemindersAcrossTheChangeOfClocks(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Draft("A title")
	w.Clock.Set(a.ClosesAt().AddDate(0, 0, -1))
	must(t, w.Applications.RemindDue(t.Context()))
	w.Person("one", "administrator", access.Scope{})
	w.Person("two", "administrator", access.Scope{})
	later := time.Date(2026, 10, 26, 12, 0, 0, 0, time.UTC) // noon in winter time; the clocks change on the 25th
	must(t, w.Funds.ProposeExtension(w.As("one"), a.Call().Ref, fund.Extension{Until: later, Reason: "The guidance was corrected"}))
	must(t, w.Applications.ExtendCall(w.As("two"), a.Call().Ref))
	noon := time.Date(2026, 10, 24, 11, 0, 0, 0, time.UTC) // noon in summer time, two days before
	w.Clock.Set(noon.Add(-time.Second))
	must(t, w.Applications.RemindDue(t.Context()))
	before := len(reminders(w, testkit.Applicant))
	w.Clock.Set(noon)
	must(t, w.Applications.RemindDue(t.Context()))
	got := reminders(w, testkit.Applicant)
	if len(got) != before+1 || got[before] != "AF26-0001: 2 days left to submit" {
		t.Errorf("before %d, then %v", before, got)
	}
	if body := w.Mails(testkit.Applicant)[0].Body; !strings.Contains(body, "26 October 2026 at 12:00 UK time") {
		t.Error(body)
	}
}

func TestRemindersAreTurnedOffAndWhatIsNeededIsNot(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Filled(w.Draft("A title"))
	w.Person(testkit.SRO, "", access.Scope{})
	for _, email := range []string{testkit.Applicant, testkit.SRO} {
		must(t, w.People.SetMailPreferences(w.As(email), false, false))
	}
	must(t, w.Applications.RequestSignatures(w.As(testkit.Applicant), a.Ref))
	w.Clock.Set(a.ClosesAt().AddDate(0, 0, -2))
	must(t, w.Applications.RemindDue(t.Context()))
	for _, email := range []string{testkit.Applicant, testkit.SRO} {
		if got := reminders(w, email); len(got) != 0 {
			t.Errorf("%s: %v", email, got)
		}
	}
	if got := reminders(w, testkit.Finance); len(got) != 1 {
		t.Errorf("%v", got)
	}
	if w.Mails(testkit.SRO)[0].Kind != "signature_asked" {
		t.Error("a request to sign was turned off")
	}
}

func TestTheLinkOfAReminderTurnsRemindersOff(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Draft("A title")
	w.Clock.Set(a.ClosesAt().AddDate(0, 0, -7))
	must(t, w.Applications.RemindDue(t.Context()))
	m := w.Mails(testkit.Applicant)[0]
	_, token, _ := strings.Cut(m.Stop, "token=")
	token = strings.ReplaceAll(token, "%3A", ":")
	if !strings.Contains(m.Body, m.Stop) || m.Stop == "" {
		t.Fatalf("%+v", m)
	}
	for _, wrong := range []string{"", token + "x", "news" + strings.TrimPrefix(token, "reminder")} {
		if _, err := w.People.StopMail(w.Anonymous(), wrong); err == nil {
			t.Errorf("%q was taken", wrong)
		}
	}
	if class, err := w.People.StopLink(w.Anonymous(), token); err != nil || class != notify.Reminder {
		t.Fatal(class, err)
	}
	off := func() bool {
		var p notify.Preferences
		w.Read(func(tx *work.Tx) error {
			var err error
			p, err = notify.PreferencesOf(tx.DB(), w.Application(a.Ref).MainContact)
			return err
		})
		return p.NoReminders
	}
	if off() {
		t.Error("looking at the link turned reminders off")
	}
	for range 2 {
		if _, err := w.People.StopMail(w.Anonymous(), token); err != nil {
			t.Fatal(err)
		}
	}
	if !off() {
		t.Error("reminders are on")
	}
}
