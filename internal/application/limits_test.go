package application_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/files"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/upload"
)

// holds puts files into an application as if they had been added long ago.
func holds(t *testing.T, w *testkit.World, a *application.Application, n int, size int64) {
	t.Helper()
	rows := make([]application.File, n)
	for i := range rows {
		rows[i] = application.File{
			ID: ident.New[ident.File](), ApplicationID: a.ID, Question: "EV9", Name: fmt.Sprintf("%d.pdf", i), MediaType: "application/pdf", Size: size,
			Digest: strings.Repeat("0", 64), UploadedBy: a.MainContact, UploadedAt: w.Clock.Now(), Scan: files.ScanOff,
		}
	}
	must(t, w.DB.Write.CreateInBatches(rows, 100).Error)
}

func TestAnApplicationTakesTwoHundredFiles(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Draft("A title")
	holds(t, w, a, 199, 10)
	ctx := w.As(testkit.Applicant)
	must(t, w.Applications.AddFile(ctx, a.Ref, evidence("last.pdf", pdf("last"))))
	err := w.Applications.AddFile(ctx, a.Ref, evidence("over.pdf", pdf("over")))
	if f, ok := fault.Of(err); !ok || f.Fields["EV9"] != "The application has 200 files, and takes no more. Remove one first" {
		t.Errorf("%v", err)
	}
	_, err = w.Applications.StartUpload(ctx, a.Ref, upload.Start{Section: "evidence", Question: "EV9", Name: "over.pdf", Size: 100})
	w.Want(err, fault.Invalid)
}

func TestTheFilesOfAnApplicationHaveFourGigabytesTogether(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Draft("A title")
	ctx := w.As(testkit.Applicant)
	content := "%PDF-1.7\n" + strings.Repeat("x", 991)
	holds(t, w, a, 1, 4<<30-1000)
	must(t, w.Applications.AddFile(ctx, a.Ref, evidence("fits.pdf", strings.NewReader(content))))
	err := w.Applications.AddFile(ctx, a.Ref, evidence("over.pdf", pdf("x")))
	if f, ok := fault.Of(err); !ok || f.Fields["EV9"] != "The files of the application must be 4 GB or smaller together. Remove one first" {
		t.Errorf("%v", err)
	}
	_, err = w.Applications.StartUpload(ctx, a.Ref, upload.Start{Section: "evidence", Question: "EV9", Name: "over.pdf", Size: 1})
	w.Want(err, fault.Invalid)
}

// TestTheLastPlaceIsTakenOnce: files that are added to different sections at the same moment do not go over the limit together.
func TestTheLastPlaceIsTakenOnce(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Draft("A title")
	holds(t, w, a, 199, 10)
	ctx := w.As(testkit.Applicant)
	questions := map[string]form.Code{}
	for _, section := range w.Form(a).Sections {
		for _, q := range section.Questions {
			if q.Kind == form.KindFile {
				questions[section.Path()] = q.Code
			}
		}
	}
	if len(questions) < 5 {
		t.Fatalf("%v", questions)
	}
	var taken sync.Map
	var wg sync.WaitGroup
	for section, q := range questions {
		wg.Go(func() {
			up := application.Upload{Section: section, Question: q, Name: section + ".pdf", Content: pdf(section)}
			if err := w.Applications.AddFile(ctx, a.Ref, up); err == nil {
				taken.Store(section, true)
			} else if !fault.Is(err, fault.Invalid) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	n := 0
	taken.Range(func(any, any) bool { n++; return true })
	page, err := w.Applications.Open(ctx, a.Ref, "evidence")
	must(t, err)
	if n != 1 || len(page.Files) != 200 {
		t.Errorf("%d were taken, %d files stand", n, len(page.Files))
	}
}

// TestNobodyIsMailedTheSameInvitationInQuickSuccession: by whatever button it is asked for.
func TestNobodyIsMailedTheSameInvitationInQuickSuccession(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Draft("A title")
	owner := w.As(testkit.Applicant)
	const email = "con@partner.example"
	invite := func() error {
		return w.Applications.Invite(owner, a.Ref, application.Invitation{Email: email, Name: "Con"})
	}
	hand := func() error {
		return w.Applications.HandOver(owner, a.Ref, application.Handover{Email: email, Name: "Con"})
	}
	for field, ask := range map[string]func() error{"email": invite, "contact-email": hand} {
		must(t, ask())
		before := len(w.Mails(email))
		if f, ok := fault.Of(ask()); !ok || !strings.Contains(f.Fields[field], "Wait ten minutes") {
			t.Errorf("%s: %v", field, f)
		}
		people, err := w.Applications.WithPeople(owner, a.Ref)
		must(t, err)
		must(t, w.Applications.WithdrawInvitation(owner, a.Ref, people.Invitations[0].ID))
		w.Want(ask(), fault.Invalid)
		if n := len(w.Mails(email)); n != before {
			t.Errorf("%d mails, then %d", before, n)
		}
		w.Clock.Add(10 * time.Minute)
		must(t, ask())
	}
}

func TestSignaturesAreAskedForWhileTheApplicationCanBeSigned(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Filled(w.Draft("A title"))
	owner := w.As(testkit.Applicant)
	must(t, w.Applications.Withdraw(owner, a.Ref, "No longer needed"))
	w.Want(w.Applications.RequestSignatures(owner, a.Ref), fault.Conflict)
	if mails := w.Mails(testkit.SRO); len(mails) != 0 {
		t.Errorf("%d mails to a signatory of what was withdrawn", len(mails))
	}
}

// TestOneReminderThatFailsStopsNoOther: the answers of one application cannot be read.
func TestOneReminderThatFailsStopsNoOther(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	broken, sound := w.Draft("Broken"), w.Draft("Sound")
	must(t, w.DB.Write.Exec("UPDATE application_sections SET answers = 'unreadable' WHERE application_id = ?", broken.ID).Error)
	w.Clock.Set(sound.ClosesAt().AddDate(0, 0, -13))
	if err := w.Applications.RemindDue(t.Context()); err == nil || !strings.Contains(err.Error(), string(broken.ID)) {
		t.Errorf("%v", err)
	}
	if got := reminders(w, testkit.Applicant); len(got) != 1 || !strings.HasPrefix(got[0], string(sound.Ref)) {
		t.Errorf("%v", got)
	}
}
