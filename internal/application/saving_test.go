package application_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
)

// writer is somebody who types in the summary of an application, with the page as they have it.
type writer struct {
	t     testing.TB
	w     *testkit.World
	email string
	ref   ident.Ref
	page  application.Page
	marks map[form.Code]string
}

func newWriter(tb testing.TB, w *testkit.World, email string, ref ident.Ref) *writer {
	tb.Helper()
	p := &writer{t: tb, w: w, email: email, ref: ref}
	return p.open()
}

func (p *writer) open() *writer {
	p.t.Helper()
	page, err := p.w.Applications.Open(p.w.As(p.email), p.ref, "summary")
	if err != nil {
		p.t.Fatal(err)
	}
	p.take(page)
	return p
}

func (p *writer) take(page application.Page) {
	p.page, p.marks = page, map[form.Code]string{}
	for _, q := range page.Section.Questions {
		p.marks[q.Code] = form.Mark(page.Answers[q.Code])
	}
}

// send sends some answers, as the script does while somebody types, or as the button does.
func (p *writer) send(typing bool, answers map[form.Code]string) error {
	values := map[string][]string{}
	for code, text := range answers {
		values[string(code)] = []string{text}
		values[form.ShownName(code)] = []string{p.marks[code]}
	}
	page, err := p.w.Applications.Save(p.w.As(p.email), p.ref, "summary", application.Typed{Values: values, Version: p.page.Version, Typing: typing})
	if err == nil {
		p.page.Version = page.Version
		for code := range answers {
			p.marks[code] = form.Mark(page.Answers[code])
		}
	}
	return err
}

func (p *writer) types(code form.Code, text string) {
	p.t.Helper()
	if err := p.send(true, map[form.Code]string{code: text}); err != nil {
		p.t.Fatal(err)
	}
}

func (p *writer) history() []application.AnswerChange {
	p.t.Helper()
	h, err := p.w.Applications.History(p.w.As(p.email), p.ref, application.Looking{Section: "summary"})
	if err != nil {
		p.t.Fatal(err)
	}
	return h.Answers.Changes
}

// edits counts the events of edits in the audit trail.
func edits(w *testkit.World, a *application.Application) int {
	var n int64
	w.Read(func(tx *work.Tx) error {
		return tx.DB().Raw("SELECT COUNT(*) FROM audit_events WHERE application = ? AND verb = 'application.edit'", string(a.ID)).Scan(&n).Error
	})
	return int(n)
}

// two are two who may write the same section.
type two struct {
	w        *testkit.World
	a        *application.Application
	one, two *writer
}

func pair(t *testing.T) two {
	t.Helper()
	w := testkit.New(t)
	a := w.Draft("A title")
	other := w.Person("helper", "contributor", access.Scope{})
	w.Relate(a, other.ID, application.Contributor)
	return two{w, a, newWriter(t, w, testkit.Applicant, a.Ref), newWriter(t, w, "helper", a.Ref)}
}

func TestWhatOnePersonTypesIsOneChangeAndOneEvent(t *testing.T) {
	t.Parallel()
	both := pair(t)
	w, a, p := both.w, both.a, both.one
	before := edits(w, a)
	for n := range 30 {
		w.Clock.Add(10 * time.Second)
		p.types("SU2", strings.Repeat("word ", n+1)+"end")
	}
	changes := p.history()
	if len(changes) != 2 || changes[0].Saves != 30 || len(changes[0].Answers) != 1 || changes[0].Answers[0].Before.Text != "" || !strings.HasSuffix(changes[0].Answers[0].After.Text, "word end") {
		t.Fatalf("%+v", changes)
	}
	if got := edits(w, a) - before; got != 1 {
		t.Errorf("%d events", got)
	}
	if p.open().page.Version != 31 || p.page.Answers["SU2"].Text != changes[0].Answers[0].After.Text {
		t.Errorf("%+v", p.page)
	}
	w.Clock.Add(6 * time.Minute)
	p.types("SU2", "More than ten minutes after it began")
	if changes = p.history(); len(changes) != 3 || changes[0].Saves != 1 {
		t.Errorf("%+v", changes)
	}
	if got := edits(w, a) - before; got != 2 {
		t.Errorf("%d events", got)
	}
	w.Unbroken()
}

func TestTypingBackToWhatStoodLeavesNoChangeAndTypingNothingNoEvent(t *testing.T) {
	t.Parallel()
	both := pair(t)
	w, a, p := both.w, both.a, both.one
	p.types("SU2", "Something")
	p.types("SU2", "")
	if changes := p.history(); len(changes[0].Answers) != 0 {
		t.Errorf("%+v", changes[0])
	}
	before, version := edits(w, a), p.page.Version
	p.types("SU2", "")
	if edits(w, a) != before || p.open().page.Version != version {
		t.Error("the same again is a change")
	}
}

func TestTheButtonEndsWhatWasTyped(t *testing.T) {
	t.Parallel()
	both := pair(t)
	w, a, p := both.w, both.a, both.one
	before := edits(w, a)
	p.types("SU2", "Typed")
	must(t, p.send(false, map[form.Code]string{"SU2": "Typed and saved"}))
	p.types("SU2", "Typed again")
	if changes := p.history(); len(changes) != 3 || changes[1].Answers[0].After.Text != "Typed and saved" || changes[0].Answers[0].Before.Text != "Typed and saved" {
		t.Errorf("%+v", changes)
	}
	if got := edits(w, a) - before; got != 3 {
		t.Errorf("%d events", got)
	}
}

func TestDifferentQuestionsOfTwoPeopleAreMerged(t *testing.T) {
	t.Parallel()
	both := pair(t)
	one, two := both.one, both.two
	one.types("SU2", "A summary")
	two.types("SU1", "Another title")
	one.types("SU2", "A longer summary")
	// The button sends the whole section, with answers that the other has changed meanwhile.
	must(t, two.send(false, map[form.Code]string{"SU1": "Another title", "SU2": ""}))
	got := one.open().page.Answers
	if got["SU1"].Text != "Another title" || got["SU2"].Text != "A longer summary" {
		t.Errorf("%+v", got)
	}
	changes := one.history()
	if len(changes) != 3 || changes[0].Who == changes[1].Who || changes[1].Saves != 2 {
		t.Errorf("%+v", changes)
	}
}

func TestTheSameQuestionOfTwoPeopleIsAskedAndBothAreKept(t *testing.T) {
	t.Parallel()
	both := pair(t)
	w, one, two := both.w, both.one, both.two
	one.types("SU2", "One version")
	err := two.send(true, map[form.Code]string{"SU1": "A better title", "SU2": "Two's version"})
	w.Want(err, fault.Conflict)
	w.Want(two.send(true, map[form.Code]string{"SU2": "Two's version"}), fault.Conflict)
	got := one.open().page.Answers
	if got["SU2"].Text != "One version" || got["SU1"].Text != "A better title" {
		t.Errorf("%+v", got)
	}
	var aside []application.AnswerChange
	for _, c := range one.history() {
		if c.Aside {
			aside = append(aside, c)
		}
	}
	if len(aside) == 0 || aside[0].Who != "Helper Invented" || aside[0].Answers[0].After.Text != "Two's version" || aside[0].Answers[0].Before.Text != "One version" {
		t.Errorf("%+v", aside)
	}
	two.open()
	two.types("SU2", "Both versions")
	if one.open().page.Answers["SU2"].Text != "Both versions" {
		t.Error("the choice is not kept")
	}
	w.Unbroken()
}

func TestSignaturesAreClearedByTypingAndToldOnce(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Draft("A title")
	p := newWriter(t, w, testkit.Applicant, a.Ref)
	p.types("SU2", "Before it is filled in")
	w.Signed(w.Filled(a))
	w.Clock.Add(time.Minute)
	told := func() int {
		return len(slices.DeleteFunc(w.Mails(testkit.SRO), func(m notify.Mail) bool { return m.Kind != "signature_cleared" }))
	}
	p.open()
	for n := range 3 {
		p.types("SU2", fmt.Sprintf("After the signatures %d", n))
	}
	if told() != 1 {
		t.Errorf("told %d times", told())
	}
	// What was typed before the signatures and after them are two changes, though it is within ten minutes.
	if changes := p.history(); changes[0].Saves != 3 || changes[0].Answers[0].Before.Text == "Before it is filled in" {
		t.Errorf("%+v", changes[0])
	}
}

func TestWhoMayNotSaveMayNotType(t *testing.T) {
	t.Parallel()
	both := pair(t)
	w, a, one := both.w, both.a, both.one
	w.Person("limited", "contributor", access.Scope{})
	must(t, w.Applications.Invite(w.As(testkit.Applicant), a.Ref, application.Invitation{Email: testkit.Address("limited"), Name: "Limited", Sections: []string{"costs"}}))
	must(t, w.Applications.AnswerInvitation(w.As("limited"), a.Ref, true))
	_, err := w.Applications.Save(w.As("limited"), a.Ref, "costs", application.Typed{Values: map[string][]string{"CO2": {"1000"}}, Typing: true})
	must(t, err)
	w.Person("stranger", "", access.Scope{})
	try := func(email string) error {
		_, err := w.Applications.Save(w.As(email), a.Ref, "summary", application.Typed{Values: map[string][]string{"SU2": {"x"}}, Version: 1, Typing: true})
		return err
	}
	w.Want(try("limited"), fault.NotFound) // as if it were not there, like every deed that is not theirs
	w.Want(try("stranger"), fault.NotFound)
	w.Clock.Set(a.ClosesAt())
	w.Want(try(testkit.Applicant), fault.Forbidden)
	_, err = w.Applications.Restore(w.As(testkit.Applicant), a.Ref, application.Restoring{Change: one.history()[0].ID, Version: 1})
	w.Want(err, fault.Forbidden)
}

func TestAnEarlierVersionIsRestoredAsASaveOfItsOwn(t *testing.T) {
	t.Parallel()
	both := pair(t)
	w, a, one, two := both.w, both.a, both.one, both.two
	one.types("SU2", "First")
	two.open()
	two.types("SU2", "Second")
	first := one.history()[1]
	restore := func(in application.Restoring) error {
		_, err := w.Applications.Restore(w.As(testkit.Applicant), a.Ref, in)
		return err
	}
	w.Want(restore(application.Restoring{Change: first.ID, Question: "SU2", Version: first.Version - 1}), fault.Conflict)
	w.Want(restore(application.Restoring{Change: first.ID, Question: "SU3", Version: first.Version}), fault.NotFound)
	w.Want(restore(application.Restoring{Change: "none", Version: first.Version}), fault.NotFound)
	must(t, restore(application.Restoring{Change: first.ID, Question: "SU2", Version: first.Version}))
	if got := one.open().page.Answers["SU2"].Text; got != "First" {
		t.Errorf("%q", got)
	}
	changes := one.history()
	if !changes[0].Restore || changes[0].Answers[0].Before.Text != "Second" || !changes[0].Answers[0].Stands {
		t.Errorf("%+v", changes[0])
	}
	start := changes[len(changes)-1]
	must(t, restore(application.Restoring{Change: start.ID, Version: start.Version}))
	if got := one.open().page.Answers; got["SU2"].Text != "" || got["SU1"].Text != "A title" {
		t.Errorf("%+v", got)
	}
	w.Want(restore(application.Restoring{Change: start.ID, Version: start.Version + 1}), fault.Conflict) // it is so already
	w.Unbroken()
}

func TestARemovedFileIsNotBroughtBackAndNoneIsRemovedByRestoring(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Draft("A title")
	ctx := w.As(testkit.Applicant)
	for _, name := range []string{"one.pdf", "two.pdf"} {
		must(t, w.Applications.AddFile(ctx, a.Ref, application.Upload{Section: "evidence", Question: "EV9", Name: name, Content: pdf(name)}))
	}
	page, err := w.Applications.Open(ctx, a.Ref, "evidence")
	must(t, err)
	must(t, w.Applications.RemoveFile(ctx, a.Ref, "evidence", page.Files[0].ID))
	must(t, w.Applications.AddFile(ctx, a.Ref, application.Upload{Section: "evidence", Question: "EV9", Name: "three.pdf", Content: pdf("three")}))
	_, err = w.Applications.Save(ctx, a.Ref, "evidence", application.Typed{Values: map[string][]string{"EV3": {"Later"}}, Version: page.Version + 2})
	must(t, err)
	h, err := w.Applications.History(ctx, a.Ref, application.Looking{Section: "evidence"})
	must(t, err)
	both := h.Answers.Changes[3]
	done, err := w.Applications.Restore(ctx, a.Ref, application.Restoring{Change: both.ID, Version: both.Version})
	must(t, err)
	if len(done.Gone) != 1 || done.Gone[0] != "one.pdf" {
		t.Errorf("%+v", done)
	}
	page, err = w.Applications.Open(ctx, a.Ref, "evidence")
	must(t, err)
	if len(page.Files) != 2 || len(page.Answers["EV9"].Files) != 2 || page.Answers["EV3"].Text != "" {
		t.Errorf("%+v %+v", page.Files, page.Answers)
	}
}

func TestTheHistoryOfAnswersIsReadByPage(t *testing.T) {
	t.Parallel()
	both := pair(t)
	w, a, one, two := both.w, both.a, both.one, both.two
	for n := range 25 {
		p := []*writer{one, two}[n%2].open()
		p.types("SU2", fmt.Sprintf("Version %d", n))
	}
	ctx := w.As(testkit.Applicant)
	look, seen := application.Looking{Question: "SU2"}, []string{}
	for {
		h, err := w.Applications.History(ctx, a.Ref, look)
		must(t, err)
		for _, c := range h.Answers.Changes {
			seen = append(seen, c.Answers[0].After.Text)
		}
		if look.Before = h.Answers.Earlier; look.Before == "" {
			break
		}
	}
	if len(seen) != 25 || seen[0] != "Version 24" || seen[24] != "Version 0" {
		t.Errorf("%v", seen)
	}
	_, err := w.Applications.History(ctx, a.Ref, application.Looking{Section: "none"})
	w.Want(err, fault.NotFound)
	_, err = w.Applications.History(ctx, a.Ref, application.Looking{Before: "none"})
	w.Want(err, fault.NotFound)
}
