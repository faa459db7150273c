package decision_test

import (
	"strings"
	"testing"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/application"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/letter"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/workflow"
)

// TestWhatIsMissingBlocksTheRelease: no feedback where the call promises it, nobody who could read the letter, no address for complaints: no time
// can be set, and a release that comes is called off. Nothing is told, and the fund managers hear why.
func TestWhatIsMissingBlocksTheRelease(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	apps := o.decided(2, 1)
	lacks := func(words string) {
		t.Helper()
		desk, err := o.decisions.Releases(o.As(testkit.Manager), o.CallRef())
		o.no(err)
		if got := desk.Lacking(); len(got) == 0 || !strings.Contains(got[0].Missing[0].What, words) {
			t.Errorf("nothing says %q: %+v", words, got)
		}
		o.Want(o.schedule(), fault.Invalid)
	}
	o.no(o.schedule())
	o.no(o.DB.Write.Exec("UPDATE reviews SET feedback = '' WHERE application_id = ?", apps[1].ID).Error)
	lacks("no feedback")
	before := o.count("SELECT COUNT(*) FROM mails WHERE address = ?", testkit.Applicant)
	o.Clock.Add(2 * time.Hour)
	for range 2 { // the job goes on to run; the time is taken back
		refs, err := o.decisions.ReleaseDue(t.Context())
		o.no(err)
		if len(refs) > 0 {
			t.Errorf("released %v", refs)
		}
	}
	if o.Call(o.CallRef()).ReleaseAt != nil || o.Application(apps[0].Ref).State != workflow.ProposedFund || o.count("SELECT COUNT(*) FROM letters") > 0 {
		t.Error("something of the release happened")
	}
	if after := o.count("SELECT COUNT(*) FROM mails WHERE address = ?", testkit.Applicant); after != before || !o.Told(testkit.Manager, "release_called_off") {
		t.Errorf("%d mails to the applicant; the manager was told: %t", after-before, o.Told(testkit.Manager, "release_called_off"))
	}
	o.no(o.DB.Write.Exec("UPDATE reviews SET feedback = 'Say more about the sites.' WHERE application_id = ?", apps[1].ID).Error)
	o.no(o.DB.Write.Exec("UPDATE persons SET disabled_at = ? WHERE email = ?", o.Gate.Now(), testkit.Applicant).Error)
	lacks("cannot sign in")
	o.no(o.DB.Write.Exec("UPDATE persons SET disabled_at = NULL").Error)
	letters, decisions := o.Letters, o.decisions
	o.Letters = letter.NewService(o.Gate, o.Reviews, letter.Sender{Service: "Adoption Fund"})
	o.decisions = decision.NewService(o.Gate, o.Letters)
	lacks("no address for complaints")
	o.Letters, o.decisions = letters, decisions
	o.released()
	if o.count("SELECT COUNT(*) FROM letters WHERE number = 1") != 2 {
		t.Error("a letter is not kept")
	}
	o.Unbroken()
}

// TestATimeOfReleaseLiesAhead, and is set by fund managers alone.
func TestATimeOfReleaseLiesAhead(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.decided(1, 1)
	o.Want(o.decisions.Schedule(o.As(testkit.Manager), o.CallRef(), "2020-01-01 09:00"), fault.Invalid)
	o.Want(o.decisions.Schedule(o.As(testkit.Manager), o.CallRef(), "soon"), fault.Invalid)
	o.Want(o.decisions.Schedule(o.As("approver1"), o.CallRef(), "2027-01-01 09:00"), fault.Forbidden)
	o.released()
	o.Want(o.schedule(), fault.Conflict)
	refs, err := o.decisions.ReleaseDue(t.Context())
	o.no(err)
	if len(refs) > 0 {
		t.Errorf("released once more: %v", refs)
	}
}

// TestALaterProposalIsReleasedAtATimeOfItsOwn: the time of the first release is over, and does not let it out.
func TestALaterProposalIsReleasedAtATimeOfItsOwn(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	apps := o.decided(2, 2)
	o.released()
	o.no(o.DB.Write.Exec("UPDATE applications SET state = 'proposed_fund' WHERE ref = ?", apps[1].Ref).Error)
	o.no(o.DB.Write.Exec("UPDATE decisions SET released_at = NULL WHERE application_id = ?", apps[1].ID).Error)
	o.no(o.DB.Write.Exec("DELETE FROM letters WHERE application_id = ?", apps[1].ID).Error)
	o.no(o.DB.Write.Exec("UPDATE proposals SET state = ?", allocation.Approved).Error)
	refs, err := o.decisions.ReleaseDue(t.Context())
	o.no(err)
	if len(refs) > 0 || o.Application(apps[1].Ref).State != workflow.ProposedFund {
		t.Errorf("released with the old time: %v", refs)
	}
	o.released()
	if o.Application(apps[1].Ref).State != workflow.Successful || o.count("SELECT COUNT(*) FROM letters") != 2 {
		t.Error("the later proposal is not released")
	}
}

// TestAnEmbargoedListIsForThoseWhoAreNamed: from their moment on until the release, each look in the log of reads by name; never for who takes part
// in an application of the call or has a conflict with one, whatever else they hold.
func TestAnEmbargoedListIsForThoseWhoAreNamed(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	apps := o.decided(2, 1)
	minister := o.Person("minister", "", access.Scope{})
	o.Person("observer1", "observer", access.Scope{})
	manager, call := o.As(testkit.Manager), o.CallRef()
	give := func(email, from string) error {
		return o.decisions.GiveBriefing(manager, call, decision.Invited{Email: email, Reason: "Prepares the announcement.", From: from})
	}
	reads := func(name string) error {
		_, err := o.decisions.Brief(o.As(name), call)
		return err
	}
	o.Want(o.decisions.GiveBriefing(o.As("approver1"), call, decision.Invited{Email: minister.Email, Reason: "x"}), fault.Forbidden)
	for _, in := range []decision.Invited{{Email: "nobody@else.example", Reason: "x"}, {Email: minister.Email}, {Email: minister.Email, Reason: "x", From: "soon"}, {Email: testkit.Applicant, Reason: "x"}, {Email: testkit.SRO, Reason: "x"}} {
		o.Want(o.decisions.GiveBriefing(manager, call, in), fault.Invalid)
	}
	o.Want(reads("minister"), fault.NotFound)
	from := o.Clock.Now().Add(26 * time.Hour)
	o.no(give(minister.Email, from.Format("2006-01-02 15:04")))
	o.Want(give(minister.Email, ""), fault.Invalid)
	o.Want(reads("minister"), fault.NotFound)
	o.Clock.Add(48 * time.Hour)
	list, err := o.decisions.Brief(o.As("minister"), call)
	o.no(err)
	if len(list.Lines) != 2 || list.Lines[0].Outcome != decision.Successful || list.Total != 25_000_000 {
		t.Errorf("%+v", list)
	}
	for _, name := range []string{"observer1", testkit.Chair, testkit.Applicant} {
		o.Want(reads(name), fault.NotFound)
	}
	o.no(o.Gate.FlushReads(t.Context()))
	kept, err := o.decisions.Briefings(manager, call)
	o.no(err)
	if len(kept.Viewed) != 1 || kept.Names[minister.ID] == "" || string(minister.ID) != kept.Viewed[0].By || !o.Told("minister", "briefing_given") {
		t.Errorf("%+v", kept.Viewed)
	}
	o.Relate(apps[1], minister.ID, application.Conflicted)
	o.Want(reads("minister"), fault.NotFound)
	o.Want(give(minister.Email, ""), fault.Invalid)
	o.no(o.DB.Write.Exec("DELETE FROM application_people WHERE person = ? AND relation = ?", minister.ID, application.Conflicted).Error)
	o.no(reads("minister"))
	o.released()
	o.Want(reads("minister"), fault.NotFound)
	calls, err := o.decisions.Briefed(o.As("minister"))
	o.no(err)
	if len(calls) > 0 {
		t.Error("the list is still offered after the release")
	}
	o.Want(give("observer1@fund.example", ""), fault.Conflict)
	o.Unbroken()
}

// TestWhoIsTakenOffTheListReadsNothing from then on.
func TestWhoIsTakenOffTheListReadsNothing(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.decided(1, 1)
	minister := o.Person("minister", "", access.Scope{})
	manager, call := o.As(testkit.Manager), o.CallRef()
	o.no(o.decisions.GiveBriefing(manager, call, decision.Invited{Email: minister.Email, Reason: "Prepares the announcement."}))
	calls, err := o.decisions.Briefed(o.As("minister"))
	o.no(err)
	if len(calls) != 1 {
		t.Error("the list is not offered")
	}
	list, err := o.decisions.Briefings(manager, call)
	o.no(err)
	o.no(o.decisions.EndBriefing(manager, call, list.Rows[0].ID))
	o.Want(o.decisions.EndBriefing(manager, call, list.Rows[0].ID), fault.Conflict)
	_, err = o.decisions.Brief(o.As("minister"), call)
	o.Want(err, fault.NotFound)
	o.Unbroken()
}
