package review

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"adoptionfund/internal/application"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
)

// Found is something in a feedback text that an applicant should not read.
type Found struct {
	Text   string // as it stands there
	What   string // what it is
	Blocks bool   // it must go; otherwise it may stay if the editor says so
	at     int
}

// String says it in a line.
func (f Found) String() string { return fmt.Sprintf("“%s”: %s", f.Text, f.What) }

// sought is a pattern that is looked for in feedback, with what it is.
type sought struct {
	pattern *regexp.Regexp
	what    string
	blocks  bool
}

const mayTell = "may tell a score"

// everywhere is what is looked for in every text, beside addresses and names.
func everywhere() []sought {
	return []sought{
		{regexp.MustCompile(`(?i)\b(?:score[ds]?|scoring|mark(?:ed|s)?|rated|rating|gave|given|awarded|points?)\b[^.\n]{0,30}?\b(?:[0-5]|zero|one|two|three|four|five)\b(?:\s*(?:/|out of)\s*(?:5|five)\b)?`), mayTell, false},
		{regexp.MustCompile(`(?i)\b[0-5](?:\.\d+)?\s*(?:/|out of)\s*(?:5|five)\b`), mayTell, false},
		{regexp.MustCompile(`(?i)\b\d{1,3}(?:\.\d+)?\s*(?:/|out of)\s*100\b`), mayTell, false},
		{regexp.MustCompile(`\b(?:EV|DT|FU|RO|VM|IN)\d{1,2}\b`), mayTell, false},
		{regexp.MustCompile(`(?i)\b(?:clinical|technical|lay|patient|ppv|public)?\s*(?:reviewers?|assessors?|panel members?)(?:\s*(?:no\.?|number|#)?\s*\d+)?\b`), "tells who said it", false},
	}
}

// check looks for people, scores and reviewers in a feedback text.
func (s *Service) check(tx *work.Tx, a *application.Application, text string) ([]Found, error) {
	k, err := judges(tx, a)
	if err != nil {
		return nil, err
	}
	return CheckFeedback(text, k.reviewers, k.others), nil
}

// CheckFeedback names what an applicant should not read in a text: names of those who judge, e-mail addresses, initials and surnames of the
// reviewers, scores, and words that tell who said what. The first in the text comes first.
func CheckFeedback(text string, reviewers, others []people.Person) []Found {
	var all []Found
	look := func(s sought) {
		for _, at := range s.pattern.FindAllStringIndex(text, -1) {
			f := Found{strings.TrimSpace(text[at[0]:at[1]]), s.what, s.blocks, at[0]}
			if apart(text, at[0], false) && apart(text, at[1], false) && !slices.ContainsFunc(all, f.within) {
				all = append(all, f)
			}
		}
	}
	look(sought{address, "an e-mail address", true})
	for _, p := range slices.Concat(reviewers, others) {
		if m := NewMask(p.Name); m.names != nil {
			look(sought{m.names, "the name of somebody who judges applications", true})
		}
	}
	for _, s := range everywhere() {
		look(s)
	}
	for _, p := range reviewers {
		for _, short := range shortNames(p.Name) {
			look(sought{short, "may be the initials or surname of a reviewer", false})
		}
	}
	slices.SortStableFunc(all, func(a, b Found) int { return cmp.Compare(a.at, b.at) })
	return all
}

// within reports whether something is part of what was found before.
func (f Found) within(other Found) bool {
	return other.at <= f.at && f.at+len(f.Text) <= other.at+len(other.Text)
}

// shortNames are the initials and the surname of somebody, as texts have them.
func shortNames(name string) []*regexp.Regexp {
	parts := nameParts(name)
	if len(parts) < 2 {
		return nil
	}
	var initials []string
	for _, p := range parts {
		first, _ := utf8.DecodeRuneInString(p)
		initials = append(initials, regexp.QuoteMeta(string(first)))
	}
	return []*regexp.Regexp{
		regexp.MustCompile(`\b` + strings.Join(initials, `\.?`) + `\b\.?`), // as they are written: DT is Tom Dunmore's only in capitals
		regexp.MustCompile(`\b` + quoted(parts[len(parts)-1]) + `\b`),
	}
}
