package application_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/files"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/jobs"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/testkit/clamd"
	"adoptionfund/internal/upload"
)

// scanning is a world whose files are scanned.
func scanning(t *testing.T, clamdURL string) *testkit.World {
	t.Helper()
	w := testkit.New(t)
	var err error
	w.Files, err = files.Open(files.Options{Address: "file://" + t.TempDir(), Clamd: clamdURL})
	must(t, err)
	w.Applications = application.NewService(w.Gate, w.Library, w.People, w.Files, w.Config.Service.Name)
	return w
}

// runJobs runs the jobs that are due.
func runJobs(t *testing.T, w *testkit.World) {
	t.Helper()
	worker := jobs.Worker{DB: w.DB.Write, Now: w.Clock.Now, Log: slog.New(slog.DiscardHandler), Handlers: map[string]jobs.Handler{
		string(access.ScanFiles): func(ctx context.Context, id string) error {
			return w.Applications.ScanFile(access.With(ctx, access.System(access.ScanFiles)), ident.File(id))
		},
		notify.SendJob: func(context.Context, string) error { return nil },
	}}
	_, err := worker.Run(t.Context())
	must(t, err)
}

func evidence(name string, content io.Reader) application.Upload {
	return application.Upload{Section: "evidence", Question: "EV9", Name: name, Content: content}
}

// fileOf gives the one file of an application.
func fileOf(t *testing.T, w *testkit.World, ref ident.Ref) application.File {
	t.Helper()
	page, err := w.Applications.Open(w.As(testkit.Applicant), ref, "evidence")
	must(t, err)
	if len(page.Files) != 1 {
		t.Fatalf("%d files: %+v", len(page.Files), page.Files)
	}
	return page.Files[0]
}

func TestAFileIsHeldBackUntilItIsScannedClean(t *testing.T) {
	t.Parallel()
	scanner := clamd.Start(t)
	w := scanning(t, scanner.URL)
	a := w.Filled(w.Draft("A title"))
	ctx := w.As(testkit.Applicant)
	must(t, w.Applications.AddFile(ctx, a.Ref, evidence("trial.pdf", pdf("one"))))
	w.Signed(w.Application(a.Ref))
	held := func() {
		t.Helper()
		f := fileOf(t, w, a.Ref) //nolint:contextcheck // the test has its own
		if f.Scan != files.ScanPending {
			t.Fatalf("%+v", f)
		}
		_, _, err := w.Applications.Download(ctx, a.Ref, f.ID)
		w.Want(err, fault.Conflict)
		err = w.Applications.Submit(ctx, a.Ref)
		if refused, ok := fault.Of(err); !ok || !strings.Contains(refused.Fields["EV9"], "trial.pdf") || !strings.Contains(refused.Fields["EV9"], "being checked") {
			t.Fatalf("%v", err)
		}
	}
	held()
	scanner.Stop()
	runJobs(t, w) // clamd is down: it stays held, and is tried again
	held()
	scanner.Again()
	w.Clock.Add(time.Minute)
	runJobs(t, w)
	f := fileOf(t, w, a.Ref)
	if f.Scan != files.ScanClean || f.ScannedAt == nil || f.Found != "" {
		t.Fatalf("%+v", f)
	}
	_, content, err := w.Applications.Download(ctx, a.Ref, f.ID)
	must(t, err)
	must(t, content.Close())
	must(t, w.Applications.Submit(ctx, a.Ref))
	w.Unbroken()
}

func TestAnInfectedFileIsDeletedAndItsUploaderTold(t *testing.T) {
	t.Parallel()
	w := scanning(t, clamd.Start(t).URL)
	a, other := w.Filled(w.Draft("A title")), w.Draft("Another")
	ctx := w.As(testkit.Applicant)
	virus := func() io.Reader { return io.MultiReader(pdf("x"), strings.NewReader(clamd.Eicar())) }
	must(t, w.Applications.AddFile(ctx, a.Ref, evidence("bad.pdf", virus())))
	must(t, w.Applications.AddFile(ctx, other.Ref, evidence("the same.pdf", virus())))
	w.Signed(w.Application(a.Ref))
	runJobs(t, w)
	runJobs(t, w)
	for _, ref := range []ident.Ref{a.Ref, other.Ref} {
		f := fileOf(t, w, ref)
		if f.Scan != files.ScanInfected || f.Found != clamd.Found {
			t.Fatalf("%+v", f)
		}
		_, _, err := w.Applications.Download(ctx, ref, f.ID)
		w.Want(err, fault.NotFound)
		if _, err := w.Files.Get(t.Context(), f.Digest, f.Size); !fault.Is(err, fault.NotFound) {
			t.Errorf("its bytes are still there: %v", err)
		}
	}
	told := slices.DeleteFunc(w.Mails(testkit.Applicant), func(m notify.Mail) bool { return m.Kind != "file_infected" })
	if len(told) != 2 || !strings.Contains(told[0].Body+told[1].Body, "bad.pdf") || !strings.Contains(told[0].Body, clamd.Found) {
		t.Errorf("%+v", told)
	}
	if refused, ok := fault.Of(w.Applications.Submit(ctx, a.Ref)); !ok || !strings.Contains(refused.Fields["EV9"], "bad.pdf") {
		t.Errorf("%+v", refused)
	}
	must(t, w.Applications.RemoveFile(ctx, a.Ref, "evidence", fileOf(t, w, a.Ref).ID))
	w.Signed(w.Application(a.Ref))
	must(t, w.Applications.Submit(ctx, a.Ref))
	w.Unbroken()
}

// A scanner that is down for longer than a job is tried loses nothing: the sweep asks for the scan again.
func TestAScanThatWasGivenUpIsAskedForAgain(t *testing.T) {
	t.Parallel()
	scanner := clamd.Start(t)
	w := scanning(t, scanner.URL)
	a := w.Draft("A title")
	must(t, w.Applications.AddFile(w.As(testkit.Applicant), a.Ref, evidence("trial.pdf", pdf("one"))))
	scanner.Stop()
	for range 12 {
		runJobs(t, w)
		w.Clock.Add(7 * time.Hour)
	}
	scanner.Again()
	runJobs(t, w)
	if f := fileOf(t, w, a.Ref); f.Scan != files.ScanPending {
		t.Fatalf("the job was not given up: %+v", f)
	}
	for range 2 {
		must(t, w.Applications.SweepFiles(w.Job(access.SweepFiles)))
	}
	runJobs(t, w)
	if f := fileOf(t, w, a.Ref); f.Scan != files.ScanClean {
		t.Errorf("%+v", f)
	}
}

// large is a PDF of a number of bytes, with a beginning of its own.
func large(words string, size int) []byte {
	content := bytes.Repeat([]byte("0123456789abcdef"), size/16+1)[:size]
	copy(content, "%PDF-1.7\n"+words)
	return content
}

func start(t *testing.T, w *testkit.World, ref ident.Ref, name string, size int) ident.Upload {
	t.Helper()
	u, err := w.Applications.StartUpload(w.As(testkit.Applicant), ref, upload.Start{Section: "evidence", Question: "EV9", Name: name, Size: int64(size)})
	must(t, err)
	return u.ID
}

func TestAnUploadInPiecesBecomesTheFile(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Draft("A title")
	ctx := w.As(testkit.Applicant)
	content := large("in pieces", 300<<10)
	id := start(t, w, a.Ref, "../large.pdf", len(content))
	const each = 100 << 10
	add := func(at int, piece []byte) (application.Progress, error) {
		return w.Applications.AddPiece(ctx, a.Ref, id, int64(at), bytes.NewReader(piece))
	}
	p, err := add(0, content[:each])
	must(t, err)
	if p.Uploading.Received != each || p.Added != nil {
		t.Fatalf("%+v", p)
	}
	for _, at := range []int{0, each - 1, each + 1, -1, 200 << 10} {
		_, err := add(at, content[:each])
		f, ok := fault.Of(err)
		if u, says := f.Latest.(upload.Uploading); !ok || f.Kind != fault.Conflict || !says || u.Received != each {
			t.Errorf("a piece at %d: %v", at, err)
		}
	}
	for what, piece := range map[string][]byte{"nothing": {}, "too little": content[each : each+10], "more than is left": content[:201<<10]} {
		if _, err := add(each, piece); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := w.Applications.AddPiece(ctx, a.Ref, id, each, io.MultiReader(bytes.NewReader(content[each:2*each]), iotest.ErrReader(errors.New("the line went dead")))); err == nil {
		t.Error("a piece that broke off was taken")
	}
	if got, err := w.Applications.UploadProgress(ctx, a.Ref, id); err != nil || got.Uploading.Received != each {
		t.Errorf("%+v %v", got, err)
	}
	_, err = add(each, content[each:2*each])
	must(t, err)
	p, err = add(2*each, content[2*each:])
	must(t, err)
	f := fileOf(t, w, a.Ref)
	if p.Added == nil || p.Added.File.ID != f.ID || f.Name != "large.pdf" || f.Size != int64(len(content)) || p.Added.Version != p.Added.Before+1 {
		t.Errorf("%+v %+v", p.Added, f)
	}
	_, got, err := w.Applications.Download(ctx, a.Ref, f.ID)
	must(t, err)
	text, err := io.ReadAll(got)
	if err != nil || !bytes.Equal(text, content) {
		t.Errorf("%d bytes came back: %v", len(text), err)
	}
	p, err = add(2*each, content[2*each:]) // the answer was lost: asking again gives the file again
	if err != nil || p.Added == nil || p.Added.File.ID != f.ID {
		t.Errorf("%+v %v", p, err)
	}
	if got, err := w.Applications.UploadProgress(ctx, a.Ref, id); err != nil || got.Added == nil {
		t.Errorf("%+v %v", got, err)
	}
	if left, err := w.Applications.Uploads(ctx, a.Ref); err != nil || len(left) != 0 {
		t.Errorf("%+v %v", left, err)
	}
	w.Unbroken()
}

func TestAnUploadIsItsUploadersAlone(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a, other := w.Draft("A title"), w.Draft("Another")
	content := large("mine", 100<<10)
	id := start(t, w, a.Ref, "mine.pdf", len(content))
	w.Person("con@partner.example", "", access.Scope{})
	must(t, w.Applications.Invite(w.As(testkit.Applicant), a.Ref, application.Invitation{Name: "Con Tributor", Email: "con@partner.example"}))
	w.Person("stranger", "", access.Scope{})
	for who, ctx := range map[string]context.Context{"a colleague": w.As("con@partner.example"), "a stranger": w.As("stranger"), "nobody": w.Anonymous()} {
		_, err := w.Applications.AddPiece(ctx, a.Ref, id, 0, bytes.NewReader(content))
		for _, err := range []error{err, w.Applications.CancelUpload(ctx, a.Ref, id)} {
			if !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.SignIn) {
				t.Errorf("%s: %v", who, err)
			}
		}
	}
	_, err := w.Applications.AddPiece(w.As(testkit.Applicant), other.Ref, id, 0, bytes.NewReader(content))
	w.Want(err, fault.NotFound)
	w.Clock.Set(a.ClosesAt())
	_, err = w.Applications.AddPiece(w.As(testkit.Applicant), a.Ref, id, 0, bytes.NewReader(content))
	if !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.Conflict) {
		t.Errorf("after the deadline: %v", err)
	}
}

func TestWhatIsRefusedAtTheEndLeavesNoUpload(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Draft("A title")
	ctx := w.As(testkit.Applicant)
	lie := bytes.Repeat([]byte("words "), 20<<10)
	id := start(t, w, a.Ref, "lie.pdf", len(lie))
	_, err := w.Applications.AddPiece(ctx, a.Ref, id, 0, bytes.NewReader(lie))
	w.Want(err, fault.Invalid)
	_, err = w.Applications.UploadProgress(ctx, a.Ref, id)
	w.Want(err, fault.NotFound)
	for _, in := range []upload.Start{
		{Section: "evidence", Question: "EV9", Name: "a.pdf", Size: 21 << 20}, {Section: "evidence", Question: "EV9", Name: "a.exe", Size: 1}, {Section: "evidence", Question: "EV9", Name: "a.pdf", Size: 0},
		{Section: "evidence", Question: "EV9", Name: "a.pdf", Size: -1}, {Section: "summary", Question: "SU1", Name: "a.pdf", Size: 1},
	} {
		_, err := w.Applications.StartUpload(ctx, a.Ref, in)
		w.Want(err, fault.Invalid)
	}
	id = start(t, w, a.Ref, "cancelled.pdf", 100)
	must(t, w.Applications.CancelUpload(ctx, a.Ref, id))
	_, err = w.Applications.AddPiece(ctx, a.Ref, id, 0, bytes.NewReader(large("", 100)))
	w.Want(err, fault.NotFound)
}

func TestUnfinishedUploadsAreBoundedAndEnd(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Draft("A title")
	ctx := w.As(testkit.Applicant)
	first := start(t, w, a.Ref, "first.pdf", 100<<10)
	_, err := w.Applications.AddPiece(ctx, a.Ref, first, 0, bytes.NewReader(large("", 64<<10)))
	must(t, err)
	for range 49 {
		start(t, w, a.Ref, "more.pdf", 100)
	}
	_, err = w.Applications.StartUpload(ctx, a.Ref, upload.Start{Section: "evidence", Question: "EV9", Name: "a.pdf", Size: 100})
	w.Want(err, fault.Invalid)
	w.Clock.Add(23 * time.Hour)
	must(t, w.Applications.SweepFiles(w.Job(access.SweepFiles)))
	if left, err := w.Applications.Uploads(ctx, a.Ref); err != nil || len(left) != 50 {
		t.Errorf("%d are left: %v", len(left), err)
	}
	w.Clock.Add(2 * time.Hour)
	for range 2 {
		must(t, w.Applications.SweepFiles(w.Job(access.SweepFiles)))
	}
	if left, err := w.Applications.Uploads(ctx, a.Ref); err != nil || len(left) != 0 {
		t.Errorf("%d are left: %v", len(left), err)
	}
	w.Want(w.Applications.SweepFiles(ctx), fault.Forbidden)
}

func TestTheSweepKeepsWhateverARowNames(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Draft("A title")
	ctx := w.As(testkit.Applicant)
	must(t, w.Applications.AddFile(ctx, a.Ref, evidence("kept.pdf", pdf("kept"))))
	must(t, w.Applications.AddFile(ctx, a.Ref, evidence("removed.pdf", pdf("removed"))))
	page, err := w.Applications.Open(ctx, a.Ref, "evidence")
	must(t, err)
	must(t, w.Applications.RemoveFile(ctx, a.Ref, "evidence", page.Files[1].ID))
	content := large("piece", 100<<10)
	id := start(t, w, a.Ref, "under way.pdf", len(content))
	_, err = w.Applications.AddPiece(ctx, a.Ref, id, 0, bytes.NewReader(content[:64<<10]))
	must(t, err)
	orphan, err := w.Files.Put(t.Context(), strings.NewReader("an orphan"), 100)
	must(t, err)
	w.Clock.Set(time.Now().Add(23 * time.Hour)) // files have the time of the machine
	must(t, w.DB.Write.Exec("UPDATE uploads SET touched_at = ?", w.Clock.Now()).Error)
	must(t, w.Applications.SweepFiles(w.Job(access.SweepFiles)))
	if r, err := w.Files.Get(t.Context(), orphan.Digest, orphan.Size); err != nil {
		t.Errorf("an orphan of today is gone: %v", err)
	} else {
		must(t, r.Close())
	}
	w.Clock.Add(2 * time.Hour)
	for range 2 {
		must(t, w.Applications.SweepFiles(w.Job(access.SweepFiles)))
	}
	if _, err := w.Files.Get(t.Context(), orphan.Digest, orphan.Size); !fault.Is(err, fault.NotFound) {
		t.Errorf("the orphan is still there: %v", err)
	}
	for _, f := range page.Files {
		r, err := w.Files.Get(t.Context(), f.Digest, f.Size)
		must(t, err)
		must(t, r.Close())
	}
	var pieces int64
	must(t, w.DB.Read.Raw("SELECT COUNT(*) FROM upload_pieces").Scan(&pieces).Error)
	if pieces != 1 {
		t.Errorf("%d pieces", pieces)
	}
}

func TestFilesAddedAtTheSameTimeAllStay(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Draft("A title")
	ctx := w.As(testkit.Applicant)
	var wg sync.WaitGroup
	for _, name := range []string{"a.pdf", "b.pdf", "c.pdf", "d.pdf", "e.pdf"} {
		wg.Go(func() {
			if err := w.Applications.AddFile(ctx, a.Ref, evidence(name, pdf(name))); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	wg.Wait()
	page, err := w.Applications.Open(ctx, a.Ref, "evidence")
	must(t, err)
	if len(page.Files) != 5 || len(page.Answers["EV9"].Files) != 5 {
		t.Errorf("%d files, %d in the answer", len(page.Files), len(page.Answers["EV9"].Files))
	}
	for _, name := range []string{"f.pdf", "g.pdf", "h.pdf", "i.pdf", "j.pdf"} {
		must(t, w.Applications.AddFile(ctx, a.Ref, evidence(name, pdf(name))))
	}
	err = w.Applications.AddFile(ctx, a.Ref, evidence("k.pdf", pdf("k")))
	if f, ok := fault.Of(err); !ok || !strings.Contains(f.Fields["EV9"], "no more than 10 files") {
		t.Errorf("%v", err)
	}
}
