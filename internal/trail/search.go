package trail

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
)

const (
	pageOfEvents = 50
	mostPeople   = 100 // whom a name that was typed may mean
)

// Search gives a page of the events that the one who asks may see: of the rounds that are theirs, without what is about applications that
// they are barred from.
func (s *Service) Search(ctx context.Context, in Search) (Page, error) {
	var p Page
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		p = Page{}
		if err := tx.Require(access.ViewAudit, tx.Anywhere(access.ViewAudit)); err != nil {
			return err
		}
		var err error
		if p.Last, err = lastCheck(tx); err != nil {
			return err
		}
		q, there, err := in.query(tx)
		if err != nil || !there {
			return err
		}
		entries, err := audit.Search(visible(tx), q, pageOfEvents)
		if err != nil {
			return err
		}
		if len(entries) == pageOfEvents {
			p.Older = entries[len(entries)-1].Seq
		}
		tx.Saw("audit trail")
		p.Lines, err = named(tx, entries)
		return err
	})
	return p, err
}

// query is what the database is asked; there is false if nobody, or no application, is what was typed.
func (in Search) query(tx *work.Tx) (q audit.Query, there bool, err error) {
	problems := fault.Problems{}
	q = audit.Query{Verb: strings.ToLower(strings.TrimSpace(in.Verb)), Before: in.Before, From: day(in.From, "from", 0, problems), Until: day(in.Until, "until", 1, problems)}
	if len(problems) == 0 && !q.From.IsZero() && !q.Until.IsZero() && !q.From.Before(q.Until) {
		problems["until"] = "The last day must not be before the first"
	}
	if err := fault.Fields(problems); err != nil {
		return q, false, err
	}
	if q.By, err = actors(tx, in.Person); err != nil || q.By != nil && len(q.By) == 0 {
		return q, false, err
	}
	ref := ident.Ref(strings.ToUpper(strings.TrimSpace(in.Application)))
	if ref == "" {
		return q, true, nil
	}
	a, err := application.ByRef(tx, ref)
	if fault.Is(err, fault.NotFound) {
		return q, false, nil
	}
	if err == nil {
		q.Application = string(a.ID)
	}
	return q, err == nil, err
}

// day reads a day as its beginning in the United Kingdom, some days later.
func day(typed, field string, later int, problems fault.Problems) time.Time {
	if strings.TrimSpace(typed) == "" {
		return time.Time{}
	}
	t, err := time.ParseInLocation(time.DateOnly, strings.TrimSpace(typed), uktime.Zone())
	if err != nil {
		problems[field] = "Enter a day such as 2026-10-12"
		return time.Time{}
	}
	return t.AddDate(0, 0, later).UTC()
}

// actors are the ids of who is meant by what was typed, and what was typed, which may be the name of a job; nil where nothing was typed.
func actors(tx *work.Tx, typed string) ([]string, error) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return nil, nil
	}
	found, err := people.Matching(tx, typed, mostPeople)
	if err != nil {
		return nil, err
	}
	by := []string{typed}
	for _, p := range found {
		by = append(by, string(p.ID))
	}
	return by, nil
}

// named adds names to events.
func named(tx *work.Tx, entries []audit.Entry) ([]Line, error) {
	var who []ident.Person
	var about []ident.Application
	for _, e := range entries {
		if id, err := ident.Parse[ident.Person](e.ByID); err == nil {
			who = append(who, id)
		}
		if e.Application != "" {
			about = append(about, ident.Application(e.Application))
		}
	}
	names, err := people.Names(tx, who...)
	if err != nil {
		return nil, err
	}
	refs, err := application.Refs(tx, about)
	if err != nil {
		return nil, err
	}
	words := verbs()
	lines := make([]Line, len(entries))
	for i, e := range entries {
		lines[i] = Line{Entry: e, Who: cmp.Or(names[ident.Person(e.ByID)], e.ByID), Ref: refs[ident.Application(e.Application)], Label: words[e.Verb]}
	}
	return lines, nil
}

// Event gives one event with what stood before it.
func (s *Service) Event(ctx context.Context, seq int64) (Shown, error) {
	var shown Shown
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		shown = Shown{}
		if err := tx.Require(access.ViewAudit, tx.Anywhere(access.ViewAudit)); err != nil {
			return err
		}
		e, err := audit.At(visible(tx), seq)
		if err != nil {
			return err
		}
		if e == nil {
			return work.NotFound("event")
		}
		earlier, digests, err := e.Earlier(visible(tx))
		if err != nil {
			return err
		}
		before, err := audit.At(tx.DB(), seq-1)
		if err != nil {
			return err
		}
		shown.Digested, shown.Following = e.Sound(), seq == 1 && e.Prev == "" || before != nil && before.Digest == e.Prev
		return shown.fill(tx, *e, earlier, digests)
	})
	return shown, err
}

func (s *Shown) fill(tx *work.Tx, e audit.Entry, earlier *audit.Entry, digests map[audit.Row]string) error {
	entries := []audit.Entry{e}
	was := map[string]any{}
	if earlier != nil {
		entries = append(entries, *earlier)
		was = facts(*earlier)
	}
	lines, err := named(tx, entries)
	if err != nil {
		return err
	}
	if s.Line = lines[0]; earlier != nil {
		s.Earlier = &lines[1]
	}
	withheld, err := application.Withheld(tx)
	if err != nil {
		return err
	}
	is := facts(e)
	for _, name := range slices.Sorted(maps.Keys(is)) {
		f := Fact{Name: name, Before: withheld(said(was[name])), After: withheld(said(is[name]))}
		f.Changed = earlier != nil && f.Before != f.After
		s.Facts = append(s.Facts, f)
	}
	rows, err := e.Protects()
	if err != nil {
		return fmt.Errorf("reading what event %d protects: %w", e.Seq, err)
	}
	for row, digest := range rows {
		s.Rows = append(s.Rows, Sealed{row, digests[row], digest})
	}
	slices.SortFunc(s.Rows, func(a, b Sealed) int { return cmp.Or(cmp.Compare(a.Table, b.Table), cmp.Compare(a.Key, b.Key)) })
	tx.Saw("audit event", strconv.FormatInt(e.Seq, 10))
	return nil
}

func facts(e audit.Entry) map[string]any {
	all := map[string]any{}
	_ = json.Unmarshal([]byte(e.Facts), &all) // one that cannot be read has none to show; verification names it
	return all
}

// said is a fact as it is shown.
func said(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	default:
		text, err := json.Marshal(v)
		if err != nil {
			return fmt.Sprint(v)
		}
		return string(text)
	}
}

// Reads gives a page of the log of what people read.
func (s *Service) Reads(ctx context.Context, in Search) (Reads, error) {
	var p Reads
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		p = Reads{}
		if err := tx.Require(access.ViewAudit, tx.Anywhere(access.ViewAudit)); err != nil {
			return err
		}
		problems := fault.Problems{}
		q := audit.ReadQuery{
			Subject: strings.ToUpper(strings.TrimSpace(in.Application)), Before: audit.Place{Block: in.Before, Number: in.Number},
			From: day(in.From, "from", 0, problems), Until: day(in.Until, "until", 1, problems),
		}
		if err := fault.Fields(problems); err != nil {
			return err
		}
		var err error
		if q.By, err = actors(tx, in.Person); err != nil {
			return err
		}
		var found []audit.Reading
		if found, p.Older, err = audit.SearchReads(tx.DB(), q, pageOfEvents); err != nil {
			return err
		}
		tx.Saw("read log")
		p.Lines, err = readable(tx, found)
		return err
	})
	return p, err
}

// readable leaves out of readings what the one who asks may not know of, and adds names.
func readable(tx *work.Tx, found []audit.Reading) ([]Reading, error) {
	hides, err := hiddenRefs(tx)
	if err != nil {
		return nil, err
	}
	var who []ident.Person
	var lines []Reading
	for _, r := range found {
		subjects := slices.DeleteFunc(slices.Clone(r.Subjects), hides)
		if len(r.Subjects) > 0 && len(subjects) == 0 {
			continue
		}
		r.Subjects = subjects
		if id, err := ident.Parse[ident.Person](r.By); err == nil {
			who = append(who, id)
		}
		lines = append(lines, Reading{Reading: r})
	}
	names, err := people.Names(tx, who...)
	for i := range lines {
		lines[i].Who = cmp.Or(names[ident.Person(lines[i].By)], lines[i].By)
	}
	return lines, err
}
