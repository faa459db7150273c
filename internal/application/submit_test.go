package application_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

func TestSubmittingNeedsAnswersSignaturesAndTime(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Draft("A title")
	owner := w.As(testkit.Applicant)
	err := w.Applications.Submit(owner, a.Ref)
	f, ok := fault.Of(err)
	if !ok || f.Kind != fault.Invalid || f.Fields["SU2"] == "" || f.Fields["CO2"] == "" {
		t.Fatal(err)
	}
	w.Want(w.Applications.RequestSignatures(owner, a.Ref), fault.Invalid)
	w.Filled(a)
	w.Want(w.Applications.Submit(owner, a.Ref), fault.Conflict) // nobody signed
	w.Signed(w.Application(a.Ref))
	w.Clock.Set(a.ClosesAt())
	err = w.Applications.Submit(owner, a.Ref)
	if !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.Conflict) {
		t.Error("submitted at the deadline", err)
	}
	w.Clock.Set(a.ClosesAt().Add(-time.Microsecond))
	must(t, w.Applications.Submit(owner, a.Ref))
	got := w.Application(a.Ref)
	if got.State != workflow.Submitted || got.SubmissionID == nil || !got.SubmittedAt.Equal(w.Clock.Now()) || got.Requested != 25_000_000 {
		t.Errorf("%+v", got)
	}
}

func TestWhatArrivedBeforeTheDeadlineCountsEvenIfItIsProcessedLater(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Signed(w.Filled(w.Draft("A title")))
	arrived := a.ClosesAt().Add(-time.Millisecond)
	w.Clock.Set(a.ClosesAt().Add(5 * time.Second))
	must(t, w.Applications.Submit(work.WithArrival(w.As(testkit.Applicant), arrived), a.Ref))
	_, r, _, err := w.Applications.Receipt(w.As(testkit.Applicant), a.Ref)
	must(t, err)
	if !r.Arrived.Equal(arrived) {
		t.Errorf("the receipt says %v", r.Arrived)
	}
	late := work.WithArrival(w.As(testkit.Applicant), a.ClosesAt())
	_, err = w.Applications.Save(late, a.Ref, "summary", application.Typed{Values: map[string][]string{"SU2": {"Late"}}, Version: 2})
	w.Want(err, fault.Forbidden)
}

func TestTheSameSubmissionAgainKeepsItsReceipt(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Submitted("A title")
	owner := w.As(testkit.Applicant)
	_, first, text, err := w.Applications.Receipt(owner, a.Ref)
	must(t, err)
	w.Clock.Add(time.Minute)
	must(t, w.Applications.Submit(owner, a.Ref))
	_, again, textAgain, err := w.Applications.Receipt(owner, a.Ref)
	must(t, err)
	if first != again || text != textAgain {
		t.Errorf("%+v\n%+v", first, again)
	}
	w.Closed()
	must(t, w.Applications.Submit(owner, a.Ref)) // a browser that sends it once more
	w.Person("stranger", "", access.Scope{})
	w.Want(w.Applications.Submit(w.As("stranger"), a.Ref), fault.NotFound)
}

func TestAReceiptVerifiesUntilItIsChanged(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Submitted("A title")
	_, r, text, err := w.Applications.Receipt(w.As(testkit.SRO), a.Ref)
	must(t, err)
	if r.Application != string(a.Ref) || r.Call != "AF26-CAR" || r.PublicKey != w.Gate.PublicKey() || r.Position < 1 {
		t.Errorf("%+v", r)
	}
	if _, err := audit.ReadReceipt([]byte(text)); err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	must(t, json.Unmarshal([]byte(text), &fields))
	for name := range fields {
		if name == "signature" || name == "format" {
			continue
		}
		changed := maps.Clone(fields)
		changed[name] = "2026-01-01T00:00:00Z"
		if name == "position" {
			changed[name] = 1_000_000
		}
		data, err := json.Marshal(changed)
		must(t, err)
		if _, err := audit.ReadReceipt(data); err == nil {
			t.Errorf("a receipt with another %s verifies", name)
		}
	}
	mail := w.Mails(testkit.Applicant)
	if !strings.Contains(mail[0].Body+mail[1].Body, r.Digest) {
		t.Error("the receipt was not mailed")
	}
	w.Person("stranger", "", access.Scope{})
	_, _, _, err = w.Applications.Receipt(w.As("stranger"), a.Ref)
	w.Want(err, fault.NotFound)
	_, _, _, err = w.Applications.Receipt(w.As(testkit.Applicant), w.Draft("A draft").Ref)
	w.Want(err, fault.NotFound)
}

func TestAChangeClearsTheSignatures(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Signed(w.Filled(w.Draft("A title")))
	owner := w.As(testkit.Applicant)
	page, err := w.Applications.Open(owner, a.Ref, "summary")
	must(t, err)
	_, err = w.Applications.Save(owner, a.Ref, "summary", application.Typed{Values: form.Inputs(page.Section.Questions[0], page.Answers["SU1"]), Version: page.Version})
	must(t, err)
	if o, err := w.Applications.Overview(owner, a.Ref); err != nil || len(o.Signatures) != 2 {
		t.Errorf("saving the same cleared a signature: %+v %v", o.Signatures, err)
	}
	_, err = w.Applications.Save(owner, a.Ref, "summary", application.Typed{Values: map[string][]string{"SU2": {"Another summary"}}, Version: page.Version + 1})
	must(t, err)
	o, err := w.Applications.Overview(owner, a.Ref)
	must(t, err)
	if len(o.Signatures) != 0 {
		t.Errorf("%+v", o.Signatures)
	}
	w.Want(w.Applications.Submit(owner, a.Ref), fault.Conflict)
	if m := w.Mails(testkit.SRO)[0]; m.Kind != "signature_cleared" {
		t.Errorf("the newest mail is %s", m.Kind)
	}
}

func TestASignatoryMustHaveReadWhatTheySign(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	w.Person(testkit.SRO, "", access.Scope{})
	a := w.Filled(w.Draft("A title"))
	owner := w.As(testkit.Applicant)
	_, err := w.Applications.ToSign(w.As(testkit.SRO), a.Ref)
	w.Want(err, fault.NotFound) // not asked yet
	must(t, w.Applications.RequestSignatures(owner, a.Ref))
	seen, err := w.Applications.ToSign(w.As(testkit.SRO), a.Ref)
	must(t, err)
	w.Want(w.Applications.Sign(w.As(testkit.SRO), a.Ref, "", seen.Digest), fault.Invalid)
	w.Want(w.Applications.Sign(w.As(testkit.SRO), a.Ref, strings.Repeat("n", 201), seen.Digest), fault.Invalid)
	_, err = w.Applications.Save(owner, a.Ref, "summary", application.Typed{Values: map[string][]string{"SU2": {"Changed meanwhile"}}, Version: 2})
	must(t, err)
	w.Want(w.Applications.Sign(w.As(testkit.SRO), a.Ref, "S R O", seen.Digest), fault.Conflict)
	err = w.Applications.Sign(owner, a.Ref, "Me", seen.Digest)
	if !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Forbidden) {
		t.Error("the applicant signed", err)
	}
}

func TestAReplacedSignatoryCanNoLongerSign(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Signed(w.Filled(w.Draft("A title")))
	owner := w.As(testkit.Applicant)
	w.Person("new-sro@lead.example", "", access.Scope{})
	page, err := w.Applications.Open(owner, a.Ref, "organisations")
	must(t, err)
	_, err = w.Applications.Save(owner, a.Ref, "organisations", application.Typed{Values: map[string][]string{"OR8": {"new-sro@lead.example"}}, Version: page.Version})
	must(t, err)
	must(t, w.Applications.RequestSignatures(owner, a.Ref))
	_, err = w.Applications.ToSign(w.As(testkit.SRO), a.Ref)
	w.Want(err, fault.NotFound)
	_, err = w.Applications.ToSign(w.As("new-sro@lead.example"), a.Ref)
	must(t, err)
}

func TestTheLastSignedSubmissionStandsUntilAnotherReplacesIt(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Submitted("A title")
	owner := w.As(testkit.Applicant)
	_, first, _, err := w.Applications.Receipt(owner, a.Ref)
	must(t, err)
	must(t, w.Applications.ReopenCopy(owner, a.Ref))
	_, err = w.Applications.Save(owner, a.Ref, "summary", application.Typed{Values: map[string][]string{"SU1": {"A changed title"}}, Version: 2})
	must(t, err)
	w.Want(w.Applications.Submit(owner, a.Ref), fault.Conflict)
	standing := func() string {
		title := ""
		w.Read(func(tx *work.Tx) error {
			a, err := application.ByRef(tx, a.Ref)
			must(t, err)
			f, answers, _, err := w.Applications.Snapshot(tx, a)
			if err == nil {
				title = f.Text(form.RoleTitle, answers)
			}
			return err
		})
		return title
	}
	if standing() != "A title" || w.Application(a.Ref).Title != "A title" {
		t.Error("a working copy replaces the submission")
	}
	w.Clock.Add(time.Minute)
	w.Signed(w.Application(a.Ref))
	must(t, w.Applications.Submit(owner, a.Ref))
	_, second, _, err := w.Applications.Receipt(owner, a.Ref)
	must(t, err)
	_, all, err := w.Applications.Receipts(owner, a.Ref)
	must(t, err)
	if len(all) != 2 || !all[0].Stands || all[1].Stands || all[0].Number != 2 || all[0].Receipt.Replaces != all[1].Receipt.Digest {
		t.Errorf("receipts: %+v", all)
	}
	if second.Replaces != first.Digest || standing() != "A changed title" || w.Application(a.Ref).Title != "A changed title" {
		t.Errorf("%+v, stands %q", second, standing())
	}
}

func TestClosingTakesInWhatWasSubmittedAndEndsDrafts(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	sent, left, gone := w.Submitted("Sent"), w.Draft("Left"), w.Draft("Withdrawn")
	must(t, w.Applications.Withdraw(w.As(testkit.Applicant), gone.Ref, "We cannot go on"))
	w.Want(w.Applications.Withdraw(w.As(testkit.Applicant), sent.Ref, " "), fault.Invalid)
	c := w.OpenCall()
	w.Want(w.Applications.CloseCall(w.Operator(), c.Ref), fault.Conflict)
	w.Clock.Set(c.ClosesAt.Add(29 * time.Second))
	refs, err := w.Applications.CloseDue(t.Context(), 30*time.Second)
	must(t, err)
	if len(refs) != 0 {
		t.Error("closed within the grace")
	}
	w.Closed()
	for ref, want := range map[*application.Application]workflow.ApplicationState{sent: workflow.Screening, left: workflow.NotSubmitted, gone: workflow.Withdrawn} {
		if got := w.Application(ref.Ref).State; got != want {
			t.Errorf("%s is %s, want %s", ref.Title, got, want)
		}
	}
	must(t, w.Applications.Withdraw(w.As(testkit.Applicant), sent.Ref, "We have other money"))
	refs, err = w.Applications.CloseDue(t.Context(), 0)
	if err != nil || len(refs) != 0 {
		t.Error("closed twice", refs, err)
	}
}

func TestOneApplicantGetsMoreTimeFromTwoPeople(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a, other := w.Signed(w.Filled(w.Draft("Late"))), w.Draft("Other")
	c := w.Closed()
	w.Person("one", "administrator", access.Scope{})
	w.Person("two", "administrator", access.Scope{})
	more := application.MoreTime{Until: c.ClosesAt.AddDate(0, 0, 2), Reason: "incident"}
	for _, in := range []application.MoreTime{{}, {Until: more.Until, Reason: "because"}, {Until: c.ClosesAt, Reason: "incident"}, {Until: more.Until, Reason: "incident", Note: strings.Repeat("x", 2001)}} {
		w.Want(w.Applications.ProposeExtension(w.As("one"), a.Ref, in), fault.Invalid)
	}
	w.Want(w.Applications.ConfirmExtension(w.As("two"), a.Ref), fault.Conflict)
	must(t, w.Applications.ProposeExtension(w.As("one"), a.Ref, more))
	w.Want(w.Applications.ProposeExtension(w.As("two"), a.Ref, more), fault.Conflict)
	w.Want(w.Applications.ConfirmExtension(w.As("one"), a.Ref), fault.Forbidden)
	must(t, w.Applications.ConfirmExtension(w.As("two"), a.Ref))
	if got := w.Application(a.Ref); got.State != workflow.Draft || !got.ClosesAt().Equal(more.Until) {
		t.Fatalf("%s until %v", got.State, got.ClosesAt())
	}
	w.Want(w.Applications.ProposeExtension(w.As(testkit.Applicant), a.Ref, more), fault.Forbidden)
	must(t, w.Applications.Submit(w.As(testkit.Applicant), a.Ref))
	_, err := w.Applications.CloseDue(t.Context(), 0)
	must(t, err)
	if got := w.Application(a.Ref).State; got != workflow.Submitted {
		t.Errorf("it was %s before its time ended", got)
	}
	w.Clock.Set(more.Until.Add(time.Second))
	_, err = w.Applications.CloseDue(t.Context(), 0)
	must(t, err)
	if got := w.Application(a.Ref).State; got != workflow.Screening {
		t.Errorf("it is %s after its time", got)
	}
	if got := w.Application(other.Ref).State; got != workflow.NotSubmitted {
		t.Errorf("the other is %s", got)
	}
}

func TestEverybodyWhoWritesIsToldOfALaterDeadline(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Draft("A title")
	c := w.OpenCall()
	w.Person("one", "administrator", access.Scope{})
	w.Person("two", "administrator", access.Scope{})
	must(t, w.Funds.ProposeExtension(w.As("one"), c.Ref, fund.Extension{Until: c.ClosesAt.AddDate(0, 0, 7), Reason: "The guidance was corrected"}))
	w.Want(w.Applications.ExtendCall(w.As("one"), c.Ref), fault.Forbidden)
	must(t, w.Applications.ExtendCall(w.As("two"), c.Ref))
	if m := w.Mails(testkit.Applicant)[0]; m.Kind != "call_extended" || !strings.Contains(m.Body, "19 October 2026") {
		t.Errorf("%+v", m)
	}
	if got := w.Application(a.Ref).ClosesAt(); !got.Equal(c.ClosesAt.AddDate(0, 0, 7)) {
		t.Errorf("it closes at %v", got)
	}
}
