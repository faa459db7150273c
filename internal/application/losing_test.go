package application_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/testkit"
)

// acknowledged is a change that somebody was told is saved.
type acknowledged struct {
	code form.Code
	text string
}

func TestNothingThatWasAcknowledgedIsLost(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	var emails []string
	for n := range 3 {
		email := fmt.Sprintf("writer%d", n)
		w.Person(email, "contributor", access.Scope{})
		emails = append(emails, email)
	}
	rapid.Check(t, func(rt *rapid.T) {
		a := w.Draft("A title")
		for _, email := range emails {
			who, err := w.People.As(t.Context(), testkit.Address(email))
			must(t, err)
			w.Relate(a, who.ID, application.Contributor)
		}
		steps := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) [3]int {
			return [3]int{rapid.IntRange(0, 2).Draw(t, "writer"), rapid.IntRange(0, 2).Draw(t, "question"), rapid.IntRange(0, 9).Draw(t, "how")}
		}), 1, 25).Draw(rt, "steps")
		writers := make([]*writer, len(emails))
		for n, email := range emails {
			writers[n] = newWriter(t, w, email, a.Ref)
		}
		said := make([][]acknowledged, len(writers))
		do := func(n, i int) {
			if s, ok := writers[n].step(i, steps[i]); ok {
				said[n] = append(said[n], s)
			}
		}
		if rapid.Bool().Draw(rt, "at once") {
			var all sync.WaitGroup
			for n := range writers {
				all.Go(func() {
					for i := range steps {
						if steps[i][0] == n {
							do(n, i)
						}
					}
				})
			}
			all.Wait()
		} else {
			for i := range steps {
				do(steps[i][0], i)
			}
		}
		known := everythingKnown(t, w, a.Ref)
		for n, list := range said {
			for i, s := range list {
				typedOn := slices.ContainsFunc(list[i+1:], func(later acknowledged) bool { return later.code == s.code })
				if !typedOn && !known[string(s.code)+s.text] {
					rt.Fatalf("%s wrote %q to %s, and it is nowhere", emails[n], s.text, s.code)
				}
			}
		}
	})
	w.Unbroken()
}

// step saves one answer, as typing or with the button. What clashed was told and is set aside: it must be found as well.
func (p *writer) step(i int, how [3]int) (acknowledged, bool) {
	code := []form.Code{"SU1", "SU2", "SU3"}[how[1]]
	text := fmt.Sprintf("%s wrote %d", p.email, i)
	value := form.Value{Text: text}
	if code == "SU3" {
		text = []string{"more_sites", "replacement", "more_patients"}[i%3]
		value = form.Chosen(text)
	}
	if form.Mark(value) == p.marks[code] {
		return acknowledged{}, false // it is what they see: that is no change
	}
	err := p.send(how[2] > 2, map[form.Code]string{code: text})
	switch {
	case fault.Is(err, fault.Conflict):
		p.open()
	case err != nil && !fault.Is(err, fault.Invalid):
		p.t.Errorf("%s: %v", p.email, err)
		return acknowledged{}, false
	}
	return acknowledged{code, text}, true
}

// everythingKnown are the values that stand and those of the history.
func everythingKnown(t *testing.T, w *testkit.World, ref ident.Ref) map[string]bool {
	t.Helper()
	known := map[string]bool{}
	add := func(code form.Code, v form.Value) {
		known[string(code)+v.Text+strings.Join(v.Choices, "")] = true
	}
	for code, v := range newWriter(t, w, testkit.Applicant, ref).page.Answers {
		add(code, v)
	}
	look := application.Looking{}
	for {
		h, err := w.Applications.History(w.As(testkit.Applicant), ref, look)
		must(t, err)
		for _, c := range h.Answers.Changes {
			for _, was := range c.Answers {
				add(was.Question.Code, was.Before)
				add(was.Question.Code, was.After)
			}
		}
		if look.Before = h.Answers.Earlier; look.Before == "" {
			return known
		}
	}
}
