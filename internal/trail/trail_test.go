package trail_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/trail"
	"adoptionfund/internal/work"
)

// inspected is a world with an auditor, and an application that was submitted.
type inspected struct {
	*testkit.World

	t     *testing.T
	trail *trail.Service
	app   *application.Application
}

const holder = "holder@elsewhere.example"

func inspect(t *testing.T) inspected {
	t.Helper()
	w := testkit.New(t)
	i := inspected{World: w, t: t, trail: trail.NewService(w.Gate, []string{holder})}
	i.app = w.Submitted("Remote monitoring after cardiac surgery")
	w.Person("auditor", "auditor", access.Scope{})
	return i
}

func (i inspected) found(in trail.Search) trail.Page {
	i.t.Helper()
	p, err := i.trail.Search(i.As("auditor"), in)
	if err != nil {
		i.t.Fatal(err)
	}
	return p
}

func (i inspected) exec(statement string, args ...any) {
	i.t.Helper()
	if err := i.DB.Write.Exec(statement, args...).Error; err != nil {
		i.t.Fatal(err)
	}
}

func TestTheTrailIsSearchedByPersonApplicationActionAndTime(t *testing.T) {
	t.Parallel()
	i := inspect(t)
	all := i.found(trail.Search{})
	if len(all.Lines) < 10 || all.Lines[0].Seq < all.Lines[1].Seq {
		t.Fatalf("%d events", len(all.Lines))
	}
	today := i.Gate.Now().Format(time.DateOnly)
	for name, c := range map[string]struct {
		in   trail.Search
		some bool
		each func(trail.Line) bool
	}{
		"person":          {trail.Search{Person: "applicant"}, true, func(l trail.Line) bool { return strings.HasPrefix(l.Who, "Applicant") }},
		"application":     {trail.Search{Application: " " + strings.ToLower(string(i.app.Ref))}, true, func(l trail.Line) bool { return l.Ref == i.app.Ref }},
		"verb":            {trail.Search{Verb: "application.submit"}, true, func(l trail.Line) bool { return l.Verb == "application.submit" && l.Label != "" }},
		"beginning":       {trail.Search{Verb: "application."}, true, func(l trail.Line) bool { return strings.HasPrefix(l.Verb, "application.") }},
		"no beginning":    {trail.Search{Verb: "applic"}, false, nil},
		"day":             {trail.Search{From: today, Until: today}, true, func(l trail.Line) bool { return l.At.Format(time.DateOnly) == today }},
		"another day":     {trail.Search{From: "2031-01-01"}, false, nil},
		"nobody":          {trail.Search{Person: "Nobody at all"}, false, nil},
		"no application":  {trail.Search{Application: "AF99-XXX-0001"}, false, nil},
		"person and verb": {trail.Search{Person: "applicant", Verb: "application.submit"}, true, func(l trail.Line) bool { return l.Verb == "application.submit" }},
	} {
		found := i.found(c.in)
		if c.some != (len(found.Lines) > 0) {
			t.Errorf("%s: %d events", name, len(found.Lines))
		}
		for _, l := range found.Lines {
			if !c.each(l) {
				t.Errorf("%s: %+v", name, l)
			}
		}
	}
	for _, in := range []trail.Search{{From: "yesterday"}, {Until: "2026-13-01"}, {From: "2026-10-02", Until: "2026-10-01"}} {
		if _, err := i.trail.Search(i.As("auditor"), in); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v", in, err)
		}
	}
}

func TestAnEventStandsBesideTheOneBeforeItAndShowsThatItWasChanged(t *testing.T) {
	t.Parallel()
	i := inspect(t)
	edits := i.found(trail.Search{Verb: "application.edit"}).Lines
	if len(edits) < 2 {
		t.Fatalf("%d edits", len(edits))
	}
	shown, err := i.trail.Event(i.As("auditor"), edits[0].Seq)
	if err != nil {
		t.Fatal(err)
	}
	if shown.Earlier == nil || shown.Earlier.Seq != edits[1].Seq || !shown.Digested || !shown.Following || len(shown.Facts) == 0 {
		t.Errorf("%+v", shown)
	}
	kept := i.found(trail.Search{Verb: "submission.keep"}).Lines[0]
	if shown, err = i.trail.Event(i.As("auditor"), kept.Seq); err != nil || len(shown.Rows) != 1 || shown.Rows[0].Table != "submissions" || shown.Rows[0].After == "" {
		t.Errorf("%v %+v", err, shown.Rows)
	}
	i.exec("UPDATE audit_events SET facts = '{\"number\":7}' WHERE seq = ?", kept.Seq)
	if shown, err = i.trail.Event(i.As("auditor"), kept.Seq); err != nil || shown.Digested {
		t.Errorf("%v, a changed event fits its digest", err)
	}
	if _, err := i.trail.Event(i.As("auditor"), 1_000_000); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
}

func TestWhoMayNotSeeOrIsBarredSeesNothing(t *testing.T) {
	t.Parallel()
	i := inspect(t)
	i.Person("stranger", "observer", access.Scope{})
	for _, who := range []string{testkit.Applicant, "stranger"} {
		if _, err := i.trail.Search(i.As(who), trail.Search{}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s: %v", who, err)
		}
		if _, err := i.trail.Reads(i.As(who), trail.Search{}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s: %v", who, err)
		}
	}
	elsewhere := i.Person("elsewhere", "auditor", access.Scope{Round: "00000000-0000-7000-8000-000000000000"})
	page, err := i.trail.Search(i.As("elsewhere"), trail.Search{})
	if err != nil || len(page.Lines) != 1 || page.Lines[0].Verb != "role.grant" { // that they were made it
		t.Errorf("the auditor of another round sees %d events of %s: %v", len(page.Lines), elsewhere.Name, err)
	}
	if _, err := i.trail.Event(i.As("elsewhere"), i.found(trail.Search{Application: string(i.app.Ref)}).Lines[0].Seq); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	barred := i.Person("barred", "auditor", access.Scope{})
	before := len(i.found(trail.Search{Application: string(i.app.Ref)}).Lines)
	i.Relate(i.app, barred.ID, application.Conflicted)
	page, err = i.trail.Search(i.As("barred"), trail.Search{Application: string(i.app.Ref)})
	if err != nil || len(page.Lines) != 0 || before == 0 {
		t.Errorf("who is barred sees %d of %d events: %v", len(page.Lines), before, err)
	}
	// An event that names several applications is shown without those that somebody is barred from.
	other := i.Submitted("Another project")
	err = i.Gate.Write(i.As("auditor"), func(tx *work.Tx) error {
		tx.Record(audit.Event{Verb: "assignment.propose", Kind: "call", Subject: "call", Round: i.app.RoundID, Facts: map[string]any{"refs": []ident.Ref{i.app.Ref, other.Ref}, "id": i.app.ID}})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	seq := i.found(trail.Search{Verb: "assignment.propose"}).Lines[0].Seq
	for who, want := range map[string]string{"auditor": fmt.Sprintf(`%s [%q,%q]`, i.app.ID, i.app.Ref, other.Ref), "barred": fmt.Sprintf(`withheld ["withheld",%q]`, other.Ref)} {
		shown, err := i.trail.Event(i.As(who), seq)
		if err != nil || shown.Facts[0].After+" "+shown.Facts[1].After != want {
			t.Errorf("%s is shown %+v, want %s: %v", who, shown.Facts, want, err)
		}
	}
}

func TestTheReadLogIsSearched(t *testing.T) {
	t.Parallel()
	i := inspect(t)
	barred := i.Person("barred", "auditor", access.Scope{})
	if _, err := i.Applications.Open(i.As(testkit.Applicant), i.app.Ref, string(i.Form(i.app).Sections[0].Code)); err != nil {
		t.Fatal(err)
	}
	i.found(trail.Search{})
	if err := i.Gate.FlushReads(t.Context()); err != nil {
		t.Fatal(err)
	}
	read := func(who string, in trail.Search) []trail.Reading {
		t.Helper()
		p, err := i.trail.Reads(i.As(who), in)
		if err != nil {
			t.Fatal(err)
		}
		return p.Lines
	}
	if found := read("auditor", trail.Search{Person: "auditor"}); len(found) != 1 || found[0].What != "audit trail" || !strings.HasPrefix(found[0].Who, "Auditor") {
		t.Errorf("%+v", found)
	}
	of := trail.Search{Application: string(i.app.Ref)}
	if found := read("auditor", of); len(found) == 0 || found[0].Subjects[0] != string(i.app.Ref) {
		t.Errorf("%+v", found)
	}
	if found := read("auditor", trail.Search{From: "2031-01-01"}); len(found) != 0 {
		t.Errorf("%+v", found)
	}
	i.Relate(i.app, barred.ID, application.Recused)
	if found := read("barred", of); len(found) != 0 {
		t.Errorf("who is barred sees %+v", found)
	}
}

func TestTheNightsCheckpointIsMadeOnceAndMailed(t *testing.T) {
	t.Parallel()
	i := inspect(t)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if err := i.trail.CheckDue(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	checks, err := i.trail.Checks(i.As("auditor"))
	if err != nil || len(checks) != 1 || checks[0].Break != "" {
		t.Fatalf("%v %+v", err, checks)
	}
	text, err := i.trail.Checkpoint(i.As("auditor"), checks[0].Day)
	if err != nil {
		t.Fatal(err)
	}
	mails := i.Mails(holder)
	if len(mails) != 1 || !strings.Contains(mails[0].Body, text) {
		t.Fatalf("%d mails", len(mails))
	}
	if made := i.found(trail.Search{Verb: string(access.MakeCheckpoint)}).Lines; len(made) != 1 {
		t.Errorf("%d events", len(made))
	}
	if f, err := i.trail.VerifyAgainst(i.As("auditor"), mails[0].Body); err != nil || !f.Whole() {
		t.Errorf("the mail: %v %+v", err, f)
	}
	if _, err := i.trail.VerifyAgainst(i.As("auditor"), "{}"); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	i.Clock.Add(24 * time.Hour)
	i.exec("UPDATE audit_events SET facts = '{\"lead\":\"QMF\"}' WHERE seq = 3")
	if err := i.trail.CheckDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	if mails = i.Mails(holder); len(mails) != 2 || !strings.Contains(mails[0].Body+mails[1].Body, "event 3 (") {
		t.Errorf("%d mails: %s", len(mails), mails[0].Body)
	}
	if _, err := i.trail.Checkpoint(i.As("auditor"), "2026-09-08"); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
}

// Whoever holds the database and the key can make a trail that is whole in itself. A copy elsewhere shows it.
func TestATrailRewrittenWithTheKeyDoesNotAgreeWithAnEarlierCheckpoint(t *testing.T) {
	t.Parallel()
	i := inspect(t)
	if err := i.trail.CheckDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	kept := i.Mails(holder)[0].Body
	last := i.found(trail.Search{}).Lines[0].Seq
	i.rewrite()
	f, err := i.trail.VerifyAgainst(i.As("auditor"), "")
	if err != nil || !f.Whole() || f.Events >= last {
		t.Fatalf("the rewritten trail is not whole in itself: %v %+v", err, f)
	}
	f, err = i.trail.VerifyAgainst(i.As("auditor"), kept)
	if err != nil || f.Whole() || !strings.Contains(f.Break, "checkpoint of ") {
		t.Errorf("%v %+v", err, f)
	}
}

// rewrite empties the trail and lets the program itself append to it again, as somebody who holds its key could.
func (i inspected) rewrite() {
	i.t.Helper()
	for _, table := range []string{"audit_events", "audit_heads", "submissions"} {
		statement := "DELETE FROM " + table
		if table == "audit_heads" {
			statement += " WHERE chain = 'events'"
		}
		if table == "submissions" {
			i.exec("UPDATE applications SET submission_id = NULL")
			i.exec("DELETE FROM receipts")
		}
		i.exec(statement)
	}
	i.exec("DELETE FROM jobs")
	i.Person("planted", "observer", access.Scope{})
}

func TestACheckpointThatWasChangedIsNone(t *testing.T) {
	t.Parallel()
	key, err := audit.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		f := audit.Finding{
			Events: rapid.Int64Range(0, 1<<40).Draw(t, "events"), Blocks: rapid.Int64Range(0, 1<<40).Draw(t, "blocks"),
			Head: audit.Digest([]byte(rapid.String().Draw(t, "head"))), ReadHead: audit.Digest([]byte(rapid.String().Draw(t, "reads"))),
		}
		c := key.Checkpoint(f, time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "at"), 0))
		text, err := c.JSON()
		if err != nil {
			t.Fatal(err)
		}
		if again, err := audit.ReadCheckpoint(append([]byte("Dear holder,\n"), text...)); err != nil || again != c {
			t.Fatalf("%v\n%+v\n%+v", err, again, c)
		}
		at := rapid.IntRange(0, len(text)-1).Draw(t, "changed")
		changed := append([]byte{}, text...)
		changed[at] ^= byte(rapid.IntRange(1, 127).Draw(t, "by"))
		if again, err := audit.ReadCheckpoint(changed); err == nil && again != c {
			t.Fatalf("%s is taken for a checkpoint", changed)
		}
	})
}

func FuzzReadCheckpoint(f *testing.F) {
	f.Add([]byte(`{"format":"adoption-fund-checkpoint-1","events":1}`))
	f.Add([]byte("no checkpoint"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if c, err := audit.ReadCheckpoint(data); err == nil && !audit.Verify(c.PublicKey, c.Signature, nil) && c.Format != audit.CheckpointFormat {
			t.Errorf("%q is taken for a checkpoint", data)
		}
	})
}
