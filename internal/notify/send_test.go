package notify_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/db"
	"adoptionfund/internal/jobs"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
)

// server is a mail server that keeps what it gets, and refuses as it is told.
type server struct {
	mu      sync.Mutex
	got     []string
	refusal error
}

func (s *server) NewSession(*smtp.Conn) (smtp.Session, error) { return &visit{server: s}, nil }

type visit struct{ server *server }

func (*visit) Reset()                               {}
func (*visit) Logout() error                        { return nil }
func (*visit) Mail(string, *smtp.MailOptions) error { return nil }

func (v *visit) Rcpt(string, *smtp.RcptOptions) error {
	v.server.mu.Lock()
	defer v.server.mu.Unlock()
	return v.server.refusal
}

func (v *visit) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	v.server.mu.Lock()
	defer v.server.mu.Unlock()
	v.server.got = append(v.server.got, string(text))
	return err
}

func (s *server) refuse(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusal = err
}

func (s *server) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.got)
}

// start serves on loopback; it gives the address as a setting has it.
func (s *server) start(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := smtp.NewServer(s)
	srv.Domain = "localhost"
	go func() { _ = srv.Serve(listener) }()
	t.Cleanup(func() { _ = srv.Close() })
	return "smtp://" + listener.Addr().String()
}

// post is an outbox with a worker that sends to a server.
func post(t *testing.T, s *server) (*work.Gate, *db.DB, *testkit.Clock, *jobs.Worker) { //nolint:revive // what a test of sending needs
	t.Helper()
	gate, d, clock := testkit.Gate(t)
	sender, err := notify.NewSender(d.Write, s.start(t), "no-reply@fund.example", clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	return gate, d, clock, &jobs.Worker{DB: d.Write, Now: clock.Now, Log: slog.New(slog.DiscardHandler), Handlers: map[string]jobs.Handler{notify.SendJob: sender.Handle}}
}

// tell writes one mail for one event, inside the transaction of a change.
func tell(t *testing.T, gate *work.Gate, key string) {
	t.Helper()
	ctx := access.With(t.Context(), access.Operator("tester"))
	err := gate.Write(ctx, func(tx *work.Tx) error {
		tx.Record(audit.Event{Verb: "test", Kind: "test", Subject: key})
		return errors.Join(tx.Require(access.EditOrganisation, access.Scope{}), tx.Notify(notify.Message{
			Kind: "role.granted", Address: "asha@example.org", Key: key, Fields: map[string]string{"name": "Asha", "role": "reviewer"},
		}))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, w *jobs.Worker) int {
	t.Helper()
	n, err := w.Run(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAMailIsSentOnceForOneEvent(t *testing.T) {
	t.Parallel()
	s := &server{}
	gate, _, _, w := post(t, s)
	tell(t, gate, "one")
	tell(t, gate, "one") // the same event again
	tell(t, gate, "two")
	if n := run(t, w); n != 2 {
		t.Errorf("%d jobs ran", n)
	}
	if n := run(t, w); n != 0 || s.count() != 2 {
		t.Errorf("%d jobs ran again, %d mails came", n, s.count())
	}
	if !strings.Contains(s.got[0], "asha@example.org") || !strings.Contains(s.got[0], "Message-ID: <") || !strings.Contains(s.got[0], "multipart/alternative") || !strings.Contains(s.got[0], "text/html") {
		t.Error(s.got[0])
	}
}

func TestManyWorkersSendEachMailOnce(t *testing.T) {
	t.Parallel()
	s := &server{}
	gate, _, _, w := post(t, s)
	for _, key := range strings.Fields("a b c d e f g h i j k l") {
		tell(t, gate, key)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() { run(t, w) })
	}
	wg.Wait()
	if s.count() != 12 {
		t.Errorf("%d mails came", s.count())
	}
}

func TestAMailIsTriedAgainWhenTheServerIsBusy(t *testing.T) {
	t.Parallel()
	s := &server{}
	s.refuse(&smtp.SMTPError{Code: 451, Message: "busy"})
	gate, _, clock, w := post(t, s)
	tell(t, gate, "one")
	run(t, w)
	s.refuse(nil)
	if n := run(t, w); n != 0 {
		t.Error("it was tried again at once")
	}
	clock.Add(time.Hour)
	if n := run(t, w); n != 1 || s.count() != 1 {
		t.Errorf("%d jobs ran, %d mails came", n, s.count())
	}
}

func TestAMailThatIsRefusedForGoodIsGivenUp(t *testing.T) {
	t.Parallel()
	s := &server{}
	s.refuse(&smtp.SMTPError{Code: 550, Message: "nobody here"})
	gate, d, clock, w := post(t, s)
	tell(t, gate, "one")
	run(t, w)
	s.refuse(nil)
	clock.Add(24 * time.Hour)
	run(t, w)
	var failed int64
	if err := d.Read.Table("jobs").Where("failed_at IS NOT NULL").Count(&failed).Error; err != nil || failed != 1 || s.count() != 0 {
		t.Errorf("%d given up, %d mails came (%v)", failed, s.count(), err)
	}
}
