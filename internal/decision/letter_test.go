package decision_test

import (
	"strings"
	"testing"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/letter"
	"adoptionfund/internal/product"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
)

// positioned gives the product of an application a position that rests on two agreed actions, one of them about technical security.
func (o *office) positioned(a *application.Application) {
	o.t.Helper()
	now, call := o.Gate.Now(), o.Round().Calls[0]
	var candidates []product.Candidate
	o.Read(func(tx *work.Tx) error {
		var err error
		candidates, err = product.Candidates(tx, a.ID, a.Call())
		return err
	})
	id := candidates[0].ID
	r := product.Return{ID: ident.New[ident.Return](), ProductID: id, Form: "dtac-v2", SubmittedAt: &now}
	o.no(o.DB.Write.Create(&r).Error)
	o.no(o.DB.Write.Create(&product.Position{
		ID: ident.New[ident.Position](), ProductID: id, ReturnID: r.ID, RoundID: call.RoundID, CallID: call.ID, Form: "dtac-v2", Status: status.OnTheWay, Provisional: status.OnTheWay,
		Result: "{}", SentDigest: strings.Repeat("0", 64), ReviewedOn: "2026-11-01", Person: a.MainContact, PersonName: "Assessor Invented", RecordedAt: now,
	}).Error)
	for question, what := range map[string]string{"C1.1.1": "Approve the clinical risk management plan", "C3.1": "Renew the secret certificate"} {
		o.no(o.DB.Write.Create(&product.Assessed{ReturnID: r.ID, Question: form.Code(question), Result: status.DecidedActionNeeded, What: what, Owner: "the supplier", Due: "2027-01-31", AssessedBy: a.MainContact, AssessedAt: now, Revision: 1}).Error)
	}
}

// TestALetterSaysWhatTheCallPromises: outcome, amount, conditions with the DTAC actions that are open, scores by criterion, feedback, how to ask
// for a review with its last day, and how to complain; technical security stays with the supplier.
func TestALetterSaysWhatTheCallPromises(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.setting(`"publish_scores":false`, `"publish_scores":true`)
	o.setting(`"review_days":0`, `"review_days":20`)
	apps := o.decided(2, 1)
	o.positioned(apps[0])
	o.no(o.schedule())
	page := o.letter(apps[0].Ref)
	says(t, page.Held.Doc, []string{
		"NHS North East London ICB", "OUTCOME", "intends to award £250,000", "CONDITIONS", "- The pre-award checks", "- The money is spent by 31 March 2027",
		"Approve the clinical risk management plan (DTAC question C1.1.1), by the supplier, until 31 January 2027", "the agreed action on technical security (C3.1), which the supplier knows",
		"SCORES", "- Evidence and priorities: 28.00 of 35", "- Total: 82.00 of 100", "FEEDBACK", "To the applicant",
		"write to fund@example.org",
	}, "secret certificate", "((", "revised plan", "ask for a review")
	says(t, o.letter(apps[1].Ref).Held.Doc, []string{
		"OUTCOME", "SCORES", "FEEDBACK", "To the applicant", "ask for a review of the decision until ", "2026 at 12:00 UK time", "http://fund.example/applications/" + string(apps[1].Ref) + "/decision-review", "write to fund@example.org",
	}, "CONDITIONS", "intends to award")
}

// TestWhatACallDoesNotPublishIsLeftOut, with the heading above it.
func TestWhatACallDoesNotPublishIsLeftOut(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	apps := o.decided(1, 1)
	page := o.letter(apps[0].Ref)
	says(t, page.Held.Doc, []string{"CONDITIONS", "FEEDBACK", "write to fund@example.org"}, "SCORES", "of 100", "decision-review")
	if len(page.Held.Missing) > 0 {
		t.Errorf("%v", page.Held.Missing)
	}
}

// text is a template that has all that a successful letter must say.
const text = "# News\n\n((ref)), ((amount)):\n((conditions))\n\n((scores))\n\n# Said of it\n\n((feedback))\n\nComplain to ((contact)).\n"

// TestTheFundManagerSetsTheTextsOfARound: checked, previewed with any application, kept in versions; a letter keeps the version that it was made
// from.
func TestTheFundManagerSetsTheTextsOfARound(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	apps := o.decided(2, 2)
	manager, round := o.As(testkit.Manager), o.Round().Ref
	set := func(body string, version int) error {
		return o.Letters.SetTemplate(manager, round, letter.Successful, letter.Text{Subject: "News of ((ref))", Body: body, Version: version})
	}
	o.Want(set(strings.ReplaceAll(text, "((amount))", "((amout))"), 0), fault.Invalid)
	o.Want(o.Letters.SetTemplate(o.As("approver1"), round, letter.Successful, letter.Text{Subject: "x", Body: text}), fault.Forbidden)
	draft, err := o.Letters.Preview(manager, round, letter.Successful, letter.Text{Subject: "News of ((ref))", Body: text}, apps[1].Ref)
	o.no(err)
	says(t, draft.Doc, []string{"NEWS", string(apps[1].Ref) + ", £250,000:", "- The pre-award checks", "SAID OF IT", "To the applicant", "Complain to"})
	_, err = o.Letters.Preview(manager, round, letter.Successful, letter.Text{Subject: "x", Body: text}, "AF99-0001")
	o.Want(err, fault.Invalid)
	o.no(set(text, 0))
	o.Want(set(text+"\nMore.\n", 0), fault.Conflict)
	next, err := o.decisions.LookAt(manager, o.CallRef(), apps[0].Ref, o.letter(apps[0].Ref).Held.Digest)
	o.no(err)
	if next != apps[1].Ref {
		t.Errorf("the next letter is %s", next)
	}
	o.Want(func() error {
		_, err := o.decisions.LookAt(manager, o.CallRef(), apps[1].Ref, strings.Repeat("0", 64))
		return err
	}(), fault.Conflict)
	if page := o.letter(apps[0].Ref); page.Held.LookedBy == "" || page.Held.Subject != "News of "+string(apps[0].Ref) {
		t.Errorf("%+v", page.Held)
	}
	o.no(set(text+"\nMore.\n", 1))
	if page := o.letter(apps[0].Ref); page.Held.LookedBy != "" || !page.Held.Changed {
		t.Error("a letter that says something else still counts as looked at")
	}
	o.released()
	o.no(set(text+"\nAfter the release.\n", 2))
	told, err := o.decisions.Outcome(o.As(testkit.Applicant), apps[0].Ref)
	o.no(err)
	if l := told.Letter(); l == nil || l.TemplateVersion != 2 || !strings.Contains(l.Body, "More.") || strings.Contains(l.Body, "After") {
		t.Errorf("%+v", l)
	}
	e, err := o.Letters.Template(manager, round, letter.Successful)
	o.no(err)
	if len(e.Versions) != 3 || e.Template.Version != 3 || o.count("SELECT COUNT(*) FROM audit_events WHERE verb = 'letter.set_template'") != 3 {
		t.Errorf("%d versions", len(e.Versions))
	}
	o.Unbroken()
}

// TestWhoIsBarredSeesNoLetter but a line that counts it.
func TestWhoIsBarredSeesNoLetter(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	apps := o.decided(2, 2)
	who := o.Person(testkit.Manager, "administrator", access.Scope{})
	o.Relate(apps[0], who.ID, application.Recused)
	_, err := o.decisions.Letter(o.As(testkit.Manager), o.CallRef(), apps[0].Ref)
	o.Want(err, fault.NotFound)
	desk, err := o.decisions.Releases(o.As(testkit.Manager), o.CallRef())
	o.no(err)
	if desk.Masked != 1 || len(desk.Letters) != 1 || desk.Letters[0].Application.Ref != apps[1].Ref {
		t.Errorf("%d masked, %d letters", desk.Masked, len(desk.Letters))
	}
	_, err = o.decisions.Releases(o.As(testkit.Chair), o.CallRef())
	o.Want(err, fault.Forbidden)
	_, err = o.decisions.Letter(o.As("manager2"), "AF26-GAS", apps[1].Ref)
	o.Want(err, fault.NotFound)
}

// TestALetterIsCorrectedByTwoPeople: proposed with a reason, approved by somebody else, both letters kept; the applicant is told that a corrected
// letter is ready, and nothing before.
func TestALetterIsCorrectedByTwoPeople(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	apps := o.decided(1, 1)
	ref := apps[0].Ref
	manager, second, applicant := o.As(testkit.Manager), o.As("manager2"), o.As(testkit.Applicant)
	o.Want(o.Letters.Correct(manager, ref, letter.Corrected{}), fault.Conflict)
	o.released()
	first := o.letter(ref).Letters[0]
	in := letter.Corrected{Subject: first.Subject, Body: strings.ReplaceAll(first.Body, "£250,000", "£250,000.00"), Reason: "The amount lacked its pence.", Letter: first.ID}
	o.Want(o.Letters.Correct(manager, ref, letter.Corrected{Subject: first.Subject, Body: first.Body, Reason: "None", Letter: first.ID}), fault.Invalid)
	o.Want(o.Letters.Correct(applicant, ref, in), fault.Forbidden)
	o.no(o.Letters.Correct(manager, ref, in))
	o.Want(o.Letters.Correct(second, ref, in), fault.Conflict)
	open := o.letter(ref).Open()
	o.Want(o.Letters.Approve(manager, ref, open.ID), fault.Forbidden)
	o.Want(o.Letters.Return(second, ref, open.ID, " "), fault.Invalid)
	o.no(o.Letters.Return(second, ref, open.ID, "Say pounds in words."))
	o.Want(o.Letters.Approve(second, ref, open.ID), fault.Conflict)
	o.Clock.Add(time.Minute)
	o.no(o.Letters.Correct(manager, ref, in))
	told, err := o.decisions.Outcome(applicant, ref)
	o.no(err)
	if len(told.Letters) != 1 || o.Told(testkit.Applicant, "outcome_corrected") {
		t.Error("the applicant learns of a correction before it is approved")
	}
	o.no(o.Letters.Approve(o.As("approver1"), ref, o.letter(ref).Open().ID))
	told, err = o.decisions.Outcome(applicant, ref)
	o.no(err)
	if len(told.Letters) != 2 || told.Letter().Number != 2 || !strings.Contains(told.Letter().Body, "£250,000.00") || told.Letters[1].Body != first.Body || told.Reasons[told.Letter().ID] != in.Reason {
		t.Errorf("%+v", told.Letters)
	}
	for _, m := range o.Mails(testkit.Applicant) {
		if m.Kind == "outcome_corrected" && (strings.Contains(m.Body, "£") || strings.Contains(m.Body, in.Reason)) {
			t.Errorf("the mail says what changed:\n%s", m.Body)
		}
	}
	if !o.Told(testkit.Applicant, "outcome_corrected") || !o.Told(testkit.SRO, "outcome_corrected") || !o.Told(testkit.Manager, "letter_correction_returned") || !o.Told("manager2", "letter_correction_proposed") {
		t.Error("somebody was not told")
	}
	o.Unbroken()
}
