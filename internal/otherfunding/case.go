package otherfunding

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/matching"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
)

// Case is the other funding of an application as an officer sees it: what it declares, what was found, what was concluded.
type Case struct {
	Application *application.Application
	Form        *form.Form
	Answers     form.Answers
	Matches     []Match // of the page that is shown
	Page, Pages int
	Source      Source // that is shown; empty: all
	Counts      map[Source]int
	Names       map[ident.Person]string
	MaySettle   bool
	Text        string  // that was searched for
	Found       []Match // by the text
}

// Look narrows what of a case is shown.
type Look struct {
	Source Source
	Text   string
	Page   int // of the matches, from 1
}

// matchesOnAPage is how many matches are shown at once: a request that thousands resemble stays readable.
const matchesOnAPage = 50

// Open gives the other funding of an application, and what a text is found in.
func (s *Service) Open(ctx context.Context, ref ident.Ref, look Look) (Case, error) {
	c := Case{Source: look.Source, Text: strings.TrimSpace(look.Text), Counts: map[Source]int{}}
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		if c.Application, err = application.Permitted(tx, ref, access.ViewOtherFunding); err != nil {
			return err
		}
		if c.Form, c.Answers, _, err = s.applications.Snapshot(tx, c.Application); err != nil {
			return err
		}
		all, err := Matches(tx, c.Application, c.Form, c.Answers)
		if err != nil {
			return err
		}
		c.show(all, look.Page)
		if c.MaySettle, err = tx.May(access.SettleMatch, c.Application); err != nil {
			return err
		}
		if c.Names, err = people.Names(tx, settlers(all)...); err != nil {
			return err
		}
		tx.Saw("other funding", string(ref))
		return c.find(tx, all)
	})
	return c, err
}

// show counts the matches by source, and shows a page of those of the source that is looked at.
func (c *Case) show(all []Match, page int) {
	for _, m := range all {
		c.Counts[m.Source]++
		if c.Source == "" || m.Source == c.Source {
			c.Matches = append(c.Matches, m)
		}
	}
	c.Pages = max(1, (len(c.Matches)+matchesOnAPage-1)/matchesOnAPage)
	c.Page = min(max(page, 1), c.Pages)
	from := (c.Page - 1) * matchesOnAPage
	c.Matches = c.Matches[from:min(len(c.Matches), from+matchesOnAPage)]
}

// Total is how many matches there are of the source that is looked at.
func (c *Case) Total() int {
	n := 0
	for source, of := range c.Counts {
		if c.Source == "" || source == c.Source {
			n += of
		}
	}
	return n
}

func settlers(all []Match) []ident.Person {
	var ids []ident.Person
	for _, m := range all {
		if m.Settled != nil {
			ids = append(ids, m.Settled.Person)
		}
		for _, e := range m.Earlier {
			ids = append(ids, e.Person)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// find looks for a text in all sources, or in the one that is shown.
func (c *Case) find(tx *work.Tx, all []Match) error {
	if c.Text == "" {
		return nil
	}
	in := scope{sources: Sources(), least: 1, but: c.Application.ID}
	if c.Source != "" {
		in.sources = []Source{c.Source}
	}
	hits, err := search(tx, matching.Prepare(typed(clip(c.Text, 300))), in)
	if err != nil {
		return err
	}
	var found []Match
	for _, h := range hits {
		kept := slices.IndexFunc(all, func(m Match) bool { return m.Identity == h.record.Identity })
		if kept >= 0 {
			found = append(found, all[kept])
			continue
		}
		m, err := h.record.found(c.Application.ID, h.match)
		if err != nil {
			return err
		}
		found = append(found, Match{Found: m, Why: h.match.Reasons})
	}
	c.Found, err = visible(tx, found)
	return err
}

// Among gives what the imported lists hold that is most like a description, the most alike first: for those who keep the lists.
func (s *Service) Among(ctx context.Context, d matching.Described) ([]Match, error) {
	var matches []Match
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.ListImports, access.Scope{}); err != nil {
			return err
		}
		hits, err := search(tx, matching.Prepare(d), scope{sources: []Source{Programme, Grant}, least: 1})
		if err != nil {
			return err
		}
		for _, h := range hits {
			m, err := h.record.found("", h.match)
			if err != nil {
				return err
			}
			matches = append(matches, Match{Found: m, Why: h.match.Reasons})
		}
		return nil
	})
	return matches, err
}

// Typed is a text that somebody looks for: it may be a name, a product or what something is about.
func Typed(text string) matching.Described { return typed(clip(text, 300)) }

// typed is a text that somebody looks for: it may be a name, a product or what something is about.
func typed(text string) matching.Described {
	return matching.Described{
		Title: text, Organisations: []matching.Organisation{{Name: text, Codes: codesIn(text), Part: "what you look for"}}, Products: []matching.Product{{Name: text, Supplier: text}},
	}
}

func codesIn(text string) []string {
	if code := matching.Code(text); !strings.Contains(text, " ") && code != "" {
		return []string{code}
	}
	return nil
}

// Matches gives the other funding that may pay for the same as an application: what was found when it was last looked for, without
// applications that will not be funded and those from which the one who looks is recused; and what was settled, also where it is not found
// any more. Where its submission was not looked at yet, it looks now and keeps nothing.
func Matches(tx *work.Tx, a *application.Application, f *form.Form, answers form.Answers) ([]Match, error) {
	searched, err := searchedFor(tx, a.ID)
	if err != nil {
		return nil, err
	}
	var list []Found
	if a.SubmissionID != nil && searched == *a.SubmissionID {
		list, err = kept(tx, a.ID)
	} else {
		list, err = now(tx, a, f, answers)
	}
	if err != nil {
		return nil, err
	}
	settled, err := settlements(tx, a.ID)
	if err != nil {
		return nil, err
	}
	matches, err := withSettled(list, settled)
	if err != nil {
		return nil, err
	}
	return visible(tx, matches)
}

// Kept is Matches of many applications, of what was found when they were last looked at, with a fixed number of queries.
func Kept(tx *work.Tx, apps []*application.Application) (map[ident.Application][]Match, error) {
	ids := make([]ident.Application, len(apps))
	for i, a := range apps {
		ids[i] = a.ID
	}
	found, concluded := map[ident.Application][]Found{}, map[ident.Application][]Settlement{}
	list, err := kept(tx, ids...)
	if err != nil {
		return nil, err
	}
	settled, err := settlements(tx, ids...)
	if err != nil {
		return nil, err
	}
	for _, row := range list {
		found[row.ApplicationID] = append(found[row.ApplicationID], row)
	}
	for _, row := range settled {
		concluded[row.ApplicationID] = append(concluded[row.ApplicationID], row)
	}
	var all []Match
	for _, id := range ids {
		matches, err := withSettled(found[id], concluded[id])
		if err != nil {
			return nil, err
		}
		all = append(all, matches...)
	}
	if all, err = visible(tx, all); err != nil {
		return nil, err
	}
	by := map[ident.Application][]Match{}
	for _, m := range all {
		by[m.ApplicationID] = append(by[m.ApplicationID], m)
	}
	return by, nil
}

func now(tx *work.Tx, a *application.Application, f *form.Form, answers form.Answers) ([]Found, error) {
	r, err := recordOf(tx, a, f, answers)
	if err != nil {
		return nil, err
	}
	hits, err := likely(tx, a.ID, r)
	list := make([]Found, len(hits))
	for i, h := range hits {
		if err == nil {
			list[i], err = h.record.found(a.ID, h.match)
		}
	}
	return list, err
}

// withSettled reads what was found and adds what officers concluded, the strongest first.
func withSettled(list []Found, settled []Settlement) ([]Match, error) {
	matches := make([]Match, len(list))
	for i, row := range list {
		var err error
		if matches[i], err = row.read(); err != nil {
			return nil, err
		}
	}
	for i := range settled {
		at := slices.IndexFunc(matches, func(m Match) bool { return m.Identity == settled[i].Identity })
		if at < 0 {
			m, err := settled[i].match()
			if err != nil {
				return nil, err
			}
			matches, at = append(matches, m), len(matches)
		}
		if settled[i].Standing {
			matches[at].Settled = &settled[i]
		} else {
			matches[at].Earlier = append(matches[at].Earlier, settled[i])
		}
	}
	slices.SortStableFunc(matches, func(a, b Match) int { return b.Strength - a.Strength })
	return matches, nil
}

// match is what was settled, as it was then.
func (s Settlement) match() (Match, error) {
	var f Found
	if err := json.Unmarshal([]byte(s.About), &f); err != nil {
		return Match{}, fmt.Errorf("reading what was settled: %w", err)
	}
	f.ApplicationID = s.ApplicationID
	m, err := f.read()
	m.Gone = true
	return m, err
}

// visible leaves out other applications that will not be funded, and those of which the one who looks may know nothing; to the rest it
// adds how they stand.
func visible(tx *work.Tx, matches []Match) ([]Match, error) {
	var ids []ident.Application
	for _, m := range matches {
		if m.OtherID != nil {
			ids = append(ids, *m.OtherID)
		}
	}
	others, err := application.ByIDs(tx, ids)
	if err != nil {
		return nil, err
	}
	awards, err := promised(tx, ids)
	if err != nil {
		return nil, err
	}
	var shown []Match
	for _, m := range matches {
		if m.OtherID == nil {
			shown = append(shown, m)
			continue
		}
		other := others[*m.OtherID]
		if other == nil || other.SubmissionID == nil || other.Bars(tx.By.ID) || m.Settled == nil && slices.Contains(out(), other.State) {
			continue
		}
		m.Ref, m.State, m.Amount, m.Awarded = other.Ref, other.State, other.Requested, awards[other.ID]
		if m.MayOpen, err = tx.May(access.ViewEligibility, other); err != nil {
			return nil, err
		}
		shown = append(shown, m)
	}
	return shown, nil
}

// Conclude is what an officer concludes of a match.
type Conclude struct {
	Key        string // of the match
	Conclusion Conclusion
	Reason     string
	Text       string // by which it was found, where it is not among the matches
}

func (c *Conclude) check() error {
	c.Reason = strings.TrimSpace(c.Reason)
	problems := fault.Problems{}
	if !slices.Contains(Conclusions(), c.Conclusion) {
		problems["conclusion-"+c.Key] = "Select whether it is the same, partly the same or different"
	}
	switch {
	case c.Reason == "":
		problems["reason-"+c.Key] = "Enter the reason for your conclusion"
	case form.Characters(c.Reason) > 4000:
		problems["reason-"+c.Key] = "The reason must be 4,000 characters or fewer"
	}
	return fault.Fields(problems) //nolint:wrapcheck // a fault for the person
}

// Settle keeps what an officer concludes of a match. What was concluded before is kept.
func (s *Service) Settle(ctx context.Context, ref ident.Ref, c Conclude) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := application.Permitted(tx, ref, access.SettleMatch)
		if err != nil {
			return err
		}
		open := Case{Application: a, Text: c.Text}
		if open.Form, open.Answers, _, err = s.applications.Snapshot(tx, a); err != nil {
			return err
		}
		all, err := Matches(tx, a, open.Form, open.Answers)
		if err == nil {
			err = open.find(tx, all)
		}
		if err != nil {
			return err
		}
		list := slices.Concat(all, open.Found)
		at := slices.IndexFunc(list, func(m Match) bool { return m.Key() == c.Key })
		if at < 0 {
			return work.NotFound("match")
		}
		if err := c.check(); err != nil {
			return err
		}
		return settle(tx, a, list[at], c)
	})
}

func settle(tx *work.Tx, a *application.Application, m Match, c Conclude) error {
	if m.Settled != nil && m.Settled.Conclusion == c.Conclusion && m.Settled.Reason == c.Reason && m.Settled.Person == tx.By.ID {
		return nil
	}
	about, err := json.Marshal(m.Found)
	if err != nil {
		return fmt.Errorf("keeping what is settled: %w", err)
	}
	tx.Record(application.Event(a, string(access.SettleMatch), map[string]any{"match": m.Identity, "conclusion": c.Conclusion}))
	if m.Settled != nil {
		if err := setAside(tx, m.Settled.ID); err != nil {
			return err
		}
	}
	return work.Add(tx, &Settlement{
		ID: ident.New[string](), ApplicationID: a.ID, Identity: m.Identity, Source: m.Source, OtherID: m.OtherID, About: string(about), Conclusion: c.Conclusion, Reason: c.Reason,
		Person: tx.By.ID, SettledAt: tx.Now, Standing: true,
	})
}
