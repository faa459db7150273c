package notify_test

import (
	"log/slog"
	"net/mail"
	"net/url"
	"strings"
	"testing"

	"adoptionfund/internal/jobs"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/testkit"
)

// TestAProgramForMailCanTurnRemindersOff: a reminder says in its headers, as RFC 8058 asks, where it is turned off with one request; a
// mail that is needed does not.
func TestAProgramForMailCanTurnRemindersOff(t *testing.T) {
	t.Parallel()
	w, s := testkit.New(t), &server{}
	sender, err := notify.NewSender(w.DB.Write, s.start(t), "no-reply@fund.example", w.Clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	worker := &jobs.Worker{DB: w.DB.Write, Now: w.Clock.Now, Log: slog.New(slog.DiscardHandler), Handlers: map[string]jobs.Handler{notify.SendJob: sender.Handle}}
	a := w.Filled(w.Draft("A title"))
	if err := w.Applications.RequestSignatures(w.As(testkit.Applicant), a.Ref); err != nil {
		t.Fatal(err)
	}
	w.Clock.Set(a.ClosesAt().AddDate(0, 0, -7))
	if err := w.Applications.RemindDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	run(t, worker)
	stop, needed := "", 0
	for _, text := range s.got {
		m, err := mail.ReadMessage(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		header, post := m.Header.Get("List-Unsubscribe"), m.Header.Get("List-Unsubscribe-Post")
		if strings.Contains(m.Header.Get("Subject"), "left to") {
			u, err := url.Parse(strings.Trim(header, "<>"))
			if err != nil || !strings.HasPrefix(header, "<http") || u.Path != "/mail/stop" || post != "List-Unsubscribe=One-Click" {
				t.Errorf("%q %q %v", header, post, err)
				continue
			}
			if strings.Contains(m.Header.Get("To"), testkit.Applicant) {
				stop = u.Query().Get("token")
			}
			continue
		}
		needed++
		if header != "" || post != "" {
			t.Errorf("%s can be turned off", m.Header.Get("Subject"))
		}
	}
	if needed == 0 || stop == "" {
		t.Fatalf("%d mails that are needed, token %q", needed, stop)
	}
	if class, err := w.People.StopMail(w.Anonymous(), stop); err != nil || class != notify.Reminder {
		t.Errorf("%q %v", class, err)
	}
	before := len(w.Mails(testkit.Applicant))
	w.Clock.Set(a.ClosesAt().AddDate(0, 0, -2))
	if err := w.Applications.RemindDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(w.Mails(testkit.Applicant)); n != before {
		t.Errorf("%d mails, then %d", before, n)
	}
}
