package retention_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/retention"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
)

func TestARemovalLeavesTheTrailWholeAndTheFiguresAsTheyWere(t *testing.T) {
	t.Parallel()
	r := newReleased(t)
	r.ended()
	before := r.figures()
	r.years(8)
	s := r.carriedOut(r.listed())
	if s.State != retention.Done || s.Salt != "" || s.Count("removed") != len(s.Lines) {
		t.Fatalf("%s with %d of %d removed: %+v", s.State, s.Count("removed"), len(s.Lines), s.Lines)
	}
	for ref, kind := range map[ident.Ref]retention.Kind{r.funded.Ref: retention.Award, r.not.Ref: retention.Unsuccessful, r.draft.Ref: retention.NotSubmitted} {
		if got := line(s, ref).Kind; got != kind {
			t.Errorf("%s is of the kind %q", ref, got)
		}
	}
	r.Unbroken()
	if after := r.figures(); !reflect.DeepEqual(before, after) {
		t.Errorf("the report said\n%q\nand says\n%q", before, after)
	}
	r.nobodyIsLeft()
	r.tampering()
}

// nobodyIsLeft fails the test if a row of an application that was removed names a person or holds what one wrote.
func (r released) nobodyIsLeft() {
	r.t.Helper()
	for _, a := range []string{string(r.funded.ID), string(r.not.ID), string(r.draft.ID)} {
		for _, h := range retention.Holdings() {
			where, args, ok := h.Of(a)
			if !ok {
				continue
			}
			if n := r.count("SELECT COUNT(*) FROM "+h.Table+" WHERE "+where, args...); h.Fate == retention.Removed && n > 0 {
				r.t.Errorf("%d rows of %s are left", n, h.Table)
			}
			for _, name := range h.Persons() {
				if n := r.count("SELECT COUNT(*) FROM "+h.Table+" WHERE "+where+" AND CAST("+name+" AS text) IN (SELECT CAST(id AS text) FROM persons)", args...); n > 0 {
					r.t.Errorf("%d rows of %s still say who by %s", n, h.Table, name)
				}
			}
		}
	}
	for _, said := range []string{testkit.NameOf(testkit.SRO), testkit.SRO, "Never sent", r.not.Title} {
		for _, table := range []string{"applications", "submissions", "letters", "decisions", "answer_changes", "signatures", "reviews", "scores"} {
			rows, err := r.DB.Read.Table(table).Rows()
			r.no(err)
			names, err := rows.Columns()
			r.no(err)
			for rows.Next() {
				values := make([]any, len(names))
				for i := range values {
					values[i] = new(any)
				}
				r.no(rows.Scan(values...))
				for i, v := range values {
					if text := fmt.Sprint(*v.(*any)); strings.Contains(text, said) && r.funded.Title != said {
						r.t.Errorf("%s of %s says %q: %.80s", names[i], table, said, text)
					}
				}
			}
			r.no(rows.Err())
			r.no(rows.Close())
		}
	}
}

// tampering changes and removes rows behind the gate, and by an event that no approved list covers: each is found and named.
func (r released) tampering() {
	r.t.Helper()
	score, letter := r.text("SELECT CAST(id AS text) FROM scores"), r.text("SELECT CAST(id AS text) FROM letters")
	r.behind("UPDATE scores SET reason = 'Better' WHERE id = ?", score)
	if said := r.broken(); !strings.Contains(said, score) || !strings.Contains(said, "was changed behind the gate") {
		r.t.Errorf("verification says %q", said)
	}
	r.behind("UPDATE scores SET reason = '' WHERE id = ?", score)
	r.Unbroken()
	r.behind("DELETE FROM letters WHERE id = ?", letter)
	if said := r.broken(); !strings.Contains(said, letter) || !strings.Contains(said, "was removed behind the gate") {
		r.t.Errorf("verification says %q", said)
	}
	r.Write(r.Operator(), func(tx *work.Tx) error {
		tx.Record(audit.Event{Verb: "letter.tidy", Kind: "letter", Subject: letter, Guards: []audit.Row{{Table: "letters", Key: letter}}})
		return tx.Require(access.LoadDemonstration, access.Scope{})
	})
	if said := r.broken(); !strings.Contains(said, letter) || !strings.Contains(said, "which only an approved list may") {
		r.t.Errorf("verification says %q", said)
	}
}

func TestAnEventThatLooksLikeARemovalIsFoundWithoutAnApprovedList(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := around(t, w)
	app := w.Submitted("Remote monitoring")
	w.Write(w.Operator(), func(tx *work.Tx) error {
		tx.Record(audit.Event{
			Verb: audit.RemovalDone, Kind: "application", Subject: string(app.ID), Guards: []audit.Row{{Table: "submissions", Key: string(*app.SubmissionID)}},
			Facts: map[string]any{"list": "01890000-0000-7000-8000-000000000000", "digest": "x"},
		})
		if err := tx.Require(access.LoadDemonstration, access.Scope{}); err != nil {
			return err
		}
		return tx.DB().Exec("UPDATE submissions SET snapshot = '{}'").Error
	})
	if said := a.broken(); !strings.Contains(said, string(app.ID)) || !strings.Contains(said, "no approved list covers") {
		t.Errorf("verification says %q", said)
	}
	if string(access.ApproveRemoval) != audit.RemovalApproved || string(access.RemoveData) != audit.RemovalDone {
		t.Error("the verbs of the trail are not those of the actions")
	}
}
