package retention_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/retention"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/workflow"
)

// notSent is a world with as many applications that were not submitted, a year after their call closed.
func notSent(t *testing.T, n int) (*archive, []*application.Application) {
	t.Helper()
	w := testkit.New(t)
	a := around(t, w)
	var all []*application.Application
	for range n {
		all = append(all, w.Draft("Never sent"))
	}
	w.Closed()
	a.years(1)
	return a, all
}

func TestNothingIsRemovedWithoutAnotherPersonsApproval(t *testing.T) {
	t.Parallel()
	a, apps := notSent(t, 1)
	_, err := a.retention.Make(a.As(testkit.Senior))
	a.Want(err, fault.Forbidden)
	l := a.listed()
	a.no(a.retention.CarryOut(t.Context(), l.ID)) // before it is approved
	a.Want(a.retention.Approve(a.As(keeper), l.ID), fault.Forbidden)
	a.Person(keeper, "senior_officer", access.Scope{})
	a.Want(a.retention.Approve(a.As(keeper), l.ID), fault.Forbidden) // who made it, whatever their roles
	who, _ := access.From(a.As(testkit.Senior))
	who.Confirmed = false
	a.Want(a.retention.Approve(access.With(t.Context(), who), l.ID), fault.Forbidden)
	if s := a.sheet(l); line(s, apps[0].Ref).Result != "" || a.count("SELECT COUNT(*) FROM application_sections") == 0 {
		t.Fatalf("something was removed: %+v", s.Lines)
	}
	_, err = a.retention.Make(a.As(keeper))
	a.Want(err, fault.Conflict) // one at a time
	a.Want(a.retention.Refuse(a.As(testkit.Senior), l.ID, " "), fault.Invalid)
	a.no(a.retention.Refuse(a.As(testkit.Senior), l.ID, "A complaint may still come."))
	a.Want(a.retention.Approve(a.As(testkit.Senior), l.ID), fault.Conflict)
	a.no(a.retention.CarryOut(t.Context(), l.ID))
	if a.count("SELECT COUNT(*) FROM application_sections") == 0 {
		t.Error("a refused list was carried out")
	}
	if got := a.carriedOut(a.listed()); got.Number != 2 || got.State != retention.Done {
		t.Errorf("list %d is %s", got.Number, got.State)
	}
	a.Unbroken()
}

func TestAListThatWasChangedIsNotCarriedOut(t *testing.T) {
	t.Parallel()
	a, _ := notSent(t, 1)
	l := a.listed()
	a.behind("UPDATE removal_lists SET content = REPLACE(content, 'not_submitted', 'award')")
	if err := a.retention.Approve(a.As(testkit.Senior), l.ID); err == nil || !strings.Contains(err.Error(), "not what was frozen") {
		t.Errorf("%v", err)
	}
	if said := a.broken(); !strings.Contains(said, "removal_lists "+l.ID) {
		t.Errorf("verification says %q", said)
	}
}

func TestWhatIsOnHoldIsNeitherListedNorRemoved(t *testing.T) {
	t.Parallel()
	for kind, subject := range map[retention.HeldKind]func(*application.Application) string{
		retention.HeldApplication: func(app *application.Application) string { return string(app.Ref) },
		retention.HeldPerson:      func(*application.Application) string { return testkit.Applicant },
		retention.HeldCall:        func(*application.Application) string { return "AF26-CAR" },
		retention.HeldRound:       func(*application.Application) string { return "AF26" },
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			a, apps := notSent(t, 1)
			l := a.listed()
			in := retention.Placing{Kind: kind, Subject: " " + strings.ToLower(subject(apps[0])), Reason: "A claim was announced."}
			a.Want(a.retention.Place(a.As(testkit.Senior), in), fault.Forbidden)
			a.no(a.retention.Place(a.As(keeper), in))
			a.Want(a.retention.Place(a.As(keeper), in), fault.Invalid) // again
			s := a.carriedOut(l)
			if got := line(s, apps[0].Ref); got.Result != "skipped" || !strings.Contains(got.Why, "legal hold") {
				t.Fatalf("%+v", got)
			}
			if n := a.count("SELECT COUNT(*) FROM application_sections"); n == 0 {
				t.Error("its answers are gone")
			}
			o, err := a.retention.Overview(a.As(keeper))
			a.no(err)
			if k := o.Kinds[0]; k.Due != 0 || k.OnHold != 1 || len(o.Holds) != 1 {
				t.Errorf("%+v, %+v", k, o.Holds)
			}
			_, err = a.retention.Make(a.As(keeper))
			a.Want(err, fault.Conflict)
			a.no(a.retention.Lift(a.As(keeper), o.Holds[0].ID, "It was settled."))
			a.Want(a.retention.Lift(a.As(keeper), o.Holds[0].ID, "Again"), fault.Conflict)
			if got := line(a.carriedOut(a.listed()), apps[0].Ref); got.Result != "removed" {
				t.Errorf("%+v", got)
			}
			a.Unbroken()
		})
	}
}

func TestWhatChangedSinceTheListIsLeftAndSaysWhy(t *testing.T) {
	t.Parallel()
	a, apps := notSent(t, 3)
	l := a.listed()
	a.SetState(apps[0].Ref, workflow.Draft)
	a.behind("UPDATE applications SET version = version + 1 WHERE ref = ?", apps[1].Ref)
	s := a.carriedOut(l)
	for ref, why := range map[ident.Ref]string{apps[0].Ref: "no longer over", apps[1].Ref: "changed since"} {
		if got := line(s, ref); got.Result != "skipped" || !strings.Contains(got.Why, why) {
			t.Errorf("%+v", got)
		}
	}
	if got := line(s, apps[2].Ref); got.Result != "removed" {
		t.Errorf("%+v", got)
	}
	a.Unbroken()
}

// TestARemovalThatWasInterruptedGoesOn ends the job when it has done an item, lets several processes go on at once, and runs the job again.
func TestARemovalThatWasInterruptedGoesOn(t *testing.T) {
	t.Parallel()
	a, apps := notSent(t, 6)
	l := a.listed()
	a.no(a.retention.Approve(a.As(testkit.Senior), l.ID))
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		for ctx.Err() == nil {
			var n int
			_ = a.DB.Read.Raw("SELECT COUNT(*) FROM removal_items WHERE result <> ''").Scan(&n).Error
			if n > 0 {
				stop()
			}
		}
	}()
	if err := a.retention.CarryOut(ctx, l.ID); err == nil {
		t.Log("the job was done before it could be stopped")
	}
	stop()
	var wait sync.WaitGroup
	for range 3 {
		wait.Go(func() { _ = a.retention.CarryOut(t.Context(), l.ID) })
	}
	wait.Wait()
	a.no(a.retention.CarryOut(t.Context(), l.ID))
	s := a.sheet(l)
	if s.State != retention.Done || s.Count("removed") != len(s.Lines) {
		t.Fatalf("%s: %+v", s.State, s.Lines)
	}
	for _, app := range apps {
		if n := a.count("SELECT COUNT(*) FROM audit_events WHERE verb = 'retention.remove' AND subject = ?", string(app.ID)); n != 1 {
			t.Errorf("%s was removed %d times", app.Ref, n)
		}
	}
	a.Unbroken()
}

func TestInvitationsAccountsAndMailsHavePeriodsToo(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := around(t, w)
	w.WithPassword("forgotten@elsewhere.example")
	app := w.Draft("Never sent")
	a.no(w.Applications.Invite(w.As(testkit.Applicant), app.Ref, application.Invitation{Name: "Colin Invented", Email: "colin@elsewhere.example", Organisation: application.OtherOrganisation, Sections: []string{w.Form(app).Sections[0].Path()}}))
	if len(w.Mails("colin@elsewhere.example")) == 0 {
		t.Fatal("nobody was invited")
	}
	a.behind("UPDATE mails SET sent_at = created_at")
	a.years(3)
	s := a.carriedOut(a.listed())
	kinds := map[retention.Kind]int{}
	for _, l := range s.Lines {
		if l.Result != "removed" {
			t.Errorf("%+v", l)
		}
		kinds[l.Kind]++
	}
	if kinds[retention.Invitation] != 1 || kinds[retention.Account] == 0 || kinds[retention.Mail] != 1 {
		t.Errorf("%v", kinds)
	}
	if n := a.count("SELECT COUNT(*) FROM persons WHERE email IN ('forgotten@elsewhere.example')"); n != 0 {
		t.Error("an account that nothing refers to is still there")
	}
	if n := a.count("SELECT COUNT(*) FROM persons WHERE email IN (?, ?)", testkit.Applicant, testkit.Address(keeper)); n != 2 {
		t.Error("an account with work or a role was removed")
	}
	if n := a.count("SELECT COUNT(*) FROM mails WHERE sent_at IS NOT NULL"); n != 0 {
		t.Errorf("%d mails are left", n)
	}
	a.Unbroken()
}

func TestAnAccountThatWasUsedSinceStays(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := around(t, w)
	w.WithPassword("back@elsewhere.example")
	a.years(3)
	l := a.listed()
	_, err := w.People.SignIn(w.Anonymous(), people.SignIn{Email: "back@elsewhere.example", Password: testkit.Password})
	a.no(err)
	s := a.carriedOut(l)
	skipped := 0
	for _, x := range s.Lines {
		if x.Result == "skipped" {
			skipped++
		}
	}
	if n := a.count("SELECT COUNT(*) FROM persons WHERE email = 'back@elsewhere.example'"); n != 1 || skipped != 1 {
		t.Errorf("%d accounts, %d skipped", n, skipped)
	}
}

func TestFilesGoWithTheApplicationsThatNameThem(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	r := released{archive: around(t, w)}
	app := w.Draft("Never sent")
	r.file(app)
	w.Closed()
	r.years(1)
	digest := r.text("SELECT digest FROM files")
	r.carriedOut(r.listed())
	_, err := w.Files.Get(t.Context(), digest, int64(len("%PDF-1.7\n% invented\n%%EOF\n")))
	r.no(err) // until the sweep
	r.Clock.Set(time.Now().AddDate(5, 0, 0))
	r.no(w.Applications.SweepFiles(w.Job(access.SweepFiles)))
	if _, err = w.Files.Get(t.Context(), digest, int64(len("%PDF-1.7\n% invented\n%%EOF\n"))); !fault.Is(err, fault.NotFound) {
		t.Errorf("the file is still there: %v", err)
	}
}
