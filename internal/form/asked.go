package form

import (
	"slices"

	"adoptionfund/internal/form/expression"
)

// Asked are the questions that are asked, given the answers.
type Asked map[Code]bool

// EvidenceFunc tells whether a question has an item of evidence that counts, of a kind or (empty) of any.
type EvidenceFunc func(code Code, kind string) bool

// Facts are answers as expressions see them: those of questions that are asked, the others are null.
type Facts struct {
	Form    *Form
	Answers Answers
	Asked   Asked
	// Evidence is nil where a file that is attached to the answer is all the evidence there is.
	Evidence EvidenceFunc
}

// Answer gives the answer of a question that is asked.
func (f Facts) Answer(code string) (expression.Operand, bool) {
	q, ok := f.Form.Question(Code(code))
	if !ok || !f.Asked[q.Code] {
		return expression.Operand{}, false
	}
	v := f.Answers[q.Code]
	if blank(q, v) {
		return expression.Operand{}, false
	}
	return behave(q.Kind).operand(v), true
}

// HasEvidence reports whether a question that is asked has evidence.
func (f Facts) HasEvidence(code, kind string) bool {
	if !f.Asked[Code(code)] {
		return false
	}
	if f.Evidence == nil {
		return len(f.Answers[Code(code)].Files) > 0
	}
	return f.Evidence(Code(code), kind)
}

// Asked decides in one pass which questions are asked: a condition only looks back.
func (f *Form) Asked(a Answers, evidence EvidenceFunc) Asked {
	facts := Facts{Form: f, Answers: a, Asked: Asked{}, Evidence: evidence}
	for _, s := range f.Sections {
		for _, q := range s.Questions {
			facts.Asked[q.Code] = q.When == nil || q.When.Eval(facts)
		}
	}
	return facts.Asked
}

// Triggers are the questions that the condition of a question names; a page uses them to open it beside its trigger.
func (q *Question) Triggers() []Code {
	if q.When == nil {
		return nil
	}
	var codes []Code
	for _, r := range q.When.Refs() {
		if !slices.Contains(codes, Code(r.Code)) {
			codes = append(codes, Code(r.Code))
		}
	}
	return codes
}
