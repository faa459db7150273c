package form

import (
	"fmt"
	"slices"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
)

// Mode says how strictly answers are checked.
type Mode int

// The modes.
const (
	// Partial is for saving a draft: what is typed must be well formed, nothing is required.
	Partial Mode = iota
	// Complete is for sending: every question that is asked must be answered as it requires.
	Complete
)

// How says how answers are checked, and what the check may ask of the world.
type How struct {
	Mode  Mode
	Today Date
	// Organisation tells whether there is an organisation with the code; nil takes any.
	Organisation func(ident.ODS) bool
	// Evidence tells what is attached where that is kept apart from the answers; nil where it is not.
	Evidence EvidenceFunc
	// Caps are upper limits of amounts that come from outside the form, such as a call's.
	Caps map[Code]money.Pence
}

// Check finds everything that is wrong with the answers to one section, or to the whole form if section is nil. The problems
// are named by input: the question's code, CODE-other, CODE[0].column. Questions that are not asked are passed over.
func Check(f *Form, section *Section, a Answers, how How) fault.Problems {
	problems := fault.Problems{}
	facts := Facts{Form: f, Answers: a, Asked: f.Asked(a, how.Evidence), Evidence: how.Evidence}
	for _, q := range f.within(section) {
		if !facts.Asked[q.Code] {
			continue
		}
		for suffix, words := range checkOne(q, a[q.Code], how) {
			problems[string(q.Code)+suffix] = words
		}
		if words := missingEvidence(q, facts, how); words != "" {
			problems[string(q.Code)] = words
		}
	}
	if how.Mode == Complete {
		f.crossCheck(section, a, facts.Asked, problems)
	}
	if section == nil {
		f.strangers(a, problems)
	}
	return problems
}

// within are the questions of a section, or of the whole form if it is nil.
func (f *Form) within(section *Section) []*Question {
	if section == nil {
		return f.Questions()
	}
	return section.Questions
}

// strangers names answers to questions that the form does not have.
func (f *Form) strangers(a Answers, problems fault.Problems) {
	for code := range a {
		if _, ok := f.Question(code); !ok {
			problems[string(code)] = fmt.Sprintf("There is no question “%s” in “%s”", shorten(string(code)), f.Title)
		}
	}
}

// CheckAnswer finds what is wrong with one answer, by suffix of its input, whether or not its question is asked.
func CheckAnswer(q *Question, v Value, how How) fault.Problems { return checkOne(q, v, how) }

// checkOne finds what is wrong with one answer or cell, by suffix of the input.
func checkOne(q *Question, v Value, how How) fault.Problems {
	b := behave(q.Kind)
	switch {
	case foreign(q, v), spoilt(v):
		return wrong(q.Name() + ": this is not an answer to such a question")
	case !blank(q, v):
		return withMark(q, v, how, b.check(q, v, how))
	case how.Mode == Complete && q.Required != RequiredNever:
		return withMark(q, v, how, wrong(b.ask(q)))
	}
	return withMark(q, v, how, nil)
}

// withMark adds what is wrong with the mark of sensitivity.
func withMark(q *Question, v Value, how How, found fault.Problems) fault.Problems {
	if v.Sensitive == nil {
		return found
	}
	if found == nil {
		found = fault.Problems{}
	}
	switch {
	case !q.Sensitive:
		found[suffixSensitive] = q.Name() + " cannot be marked commercially sensitive"
	case v.Sensitive.Reason == "" && how.Mode == Complete:
		found[suffixSensitiveReason] = "Say why " + name(q) + " is commercially sensitive"
	case Characters(v.Sensitive.Reason) > maxText:
		found[suffixSensitiveReason] = fmt.Sprintf("The reason why %s is commercially sensitive must be %d characters or fewer", name(q), maxText)
	}
	if t := v.Sensitive.Typed; t != nil {
		found[suffixSensitiveUntil] = misdated(&Question{Short: "The day until which " + name(q) + " is sensitive"}, *t)
	}
	return found
}

// spoilt reports whether a value holds text that no answer may; such cannot come through Bind.
func spoilt(v Value) bool {
	texts := slices.Concat([]string{v.Text, v.Other, v.Number, string(v.Organisation), string(v.Date)}, v.Choices)
	if v.Sensitive != nil {
		texts = append(texts, v.Sensitive.Reason)
	}
	return slices.ContainsFunc(texts, unclean)
}

// missingEvidence says what must be attached and is not. It speaks only where evidence is kept apart from the answers.
func missingEvidence(q *Question, facts Facts, how How) string {
	e := q.Evidence
	if how.Evidence == nil || how.Mode != Complete || !e.Required || q.Required == RequiredNever ||
		e.When != nil && !e.When.Eval(facts) {
		return ""
	}
	if v := facts.Answers[q.Code]; slices.ContainsFunc(v.Choices, declines) {
		return ""
	}
	has := func(kind string) bool { return facts.HasEvidence(string(q.Code), kind) }
	if e.MatchAll && !slices.ContainsFunc(e.Kinds, func(k string) bool { return !has(k) }) {
		return ""
	}
	if !e.MatchAll && has("") {
		return ""
	}
	return fmt.Sprintf("Attach the evidence for %s (%s)", name(q), q.Code)
}

// declines reports whether an option says that there is nothing to attach.
func declines(option string) bool {
	return slices.Contains([]string{"not_provided", "not_available", "no_evidence", NotApplicable}, option)
}

// Missing are the questions that are asked and required and have no answer, in the order of the form.
func Missing(f *Form, section *Section, a Answers) []Code {
	var codes []Code
	asked := f.Asked(a, nil)
	for _, q := range f.within(section) {
		if asked[q.Code] && q.Required != RequiredNever && blank(q, a[q.Code]) {
			codes = append(codes, q.Code)
		}
	}
	return codes
}

// Progress is how far a section is.
type Progress string

// How far a section is.
const (
	NotStarted Progress = "not started"
	InProgress Progress = "in progress"
	Attention  Progress = "needs attention" // an answer is there and wrong
	Done       Progress = "done"
)

// SectionProgress tells how far a section is. A section in which nothing is required is done, whether or not it is answered.
func SectionProgress(f *Form, s *Section, a Answers, how How) Progress {
	how.Mode = Complete
	if len(Check(f, s, a, how)) == 0 {
		return Done
	}
	if how.Mode = Partial; len(Check(f, s, a, how)) > 0 {
		return Attention
	}
	for _, q := range s.Questions {
		if !blank(q, a[q.Code]) {
			return InProgress
		}
	}
	return NotStarted
}

// Display is an answer for a read-only view; empty if there is none. Several lines mean several choices or rows.
func Display(q *Question, v Value) string {
	if blank(q, v) {
		return ""
	}
	return behave(q.Kind).show(q, v)
}

// Answered reports whether the value holds an answer to the question.
func Answered(q *Question, v Value) bool { return !blank(q, v) }

// Difference is a question whose answer changed.
type Difference struct {
	Question *Question
	Before   string
	After    string
}

// Differences are the questions whose answers differ, in the order of the form.
func Differences(f *Form, before, after Answers) []Difference {
	var found []Difference
	for _, q := range f.Questions() {
		if b, a := before[q.Code], after[q.Code]; !equal(b, a) {
			found = append(found, Difference{Question: q, Before: Display(q, b), After: Display(q, a)})
		}
	}
	return found
}
