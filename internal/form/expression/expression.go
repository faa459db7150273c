// Package expression is the small language of conditions in form files: which questions are asked, and what passes.
//
//	expr := and {"or" and} ; and := unary {"and" unary} ; unary := ["not"] (atom | "(" expr ")")
//	atom := CODE ("==" | "!=") 'option' | CODE ("==" | "!=" | "<" | "<=" | ">" | ">=") NUMBER
//	      | answered(CODE) | has_evidence(CODE [, 'kind']) | evidence_current(CODE)
//
// A question that is unanswered or not asked is null: every comparison with it is false but !=, which is true.
// With several choices == asks whether the option is among them. Amounts of money are compared in pounds.
//
// It owns the grammar and the truth of an expression. Whether a code, an option or a kind exists is asked by the form that
// holds the expression, and what is asked and answered is told by Facts.
package expression

import (
	"math/big"
	"slices"
	"strings"
)

// Operand is an answer as expressions see it.
type Operand struct {
	// Choices are the options chosen; of a date that does not apply, not_applicable.
	Choices []string
	// Number is the number, or the amount in pounds; nil for other answers.
	Number *big.Rat
}

// Facts are what an expression can ask.
type Facts interface {
	// Answer gives the answer to a question; false if it is unanswered or not asked.
	Answer(code string) (Operand, bool)
	// HasEvidence reports whether the question has an item of evidence of the kind (of any kind, if empty) that counts.
	HasEvidence(code, kind string) bool
}

// Expr is a parsed expression. It never changes, so it can be shared.
type Expr struct {
	root node
	text string
}

// Eval tells whether the expression holds.
func (e *Expr) Eval(f Facts) bool { return e.root.eval(f) }

// String is the expression as it was written.
func (e *Expr) String() string { return e.text }

// Use says how an expression uses a question.
type Use int

// The uses.
const (
	Compared Use = iota // with an option
	Measured            // compared with a number
	Answered            // answered(CODE)
	Evidence            // has_evidence or evidence_current
)

// Ref is one place where an expression names a question.
type Ref struct {
	Code string
	Use  Use
	// Literal is the option or kind of evidence named, if any.
	Literal string
	// Column counts characters from 1.
	Column int
}

// Refs are the questions that the expression names, in its order.
func (e *Expr) Refs() []Ref { return e.root.refs(nil) }

type node interface {
	eval(f Facts) bool
	refs(so []Ref) []Ref
}

type (
	all  []node
	some []node
	not  struct{ node }
	atom struct {
		ref     Ref
		compare string
		number  *big.Rat
	}
)

func (ns all) eval(f Facts) bool {
	for _, n := range ns {
		if !n.eval(f) {
			return false
		}
	}
	return true
}

func (ns some) eval(f Facts) bool {
	return slices.ContainsFunc(ns, func(n node) bool { return n.eval(f) })
}

func (n not) eval(f Facts) bool { return !n.node.eval(f) }

func (a atom) eval(f Facts) bool {
	if a.ref.Use == Evidence {
		return f.HasEvidence(a.ref.Code, a.ref.Literal)
	}
	answer, answered := f.Answer(a.ref.Code)
	switch {
	case a.ref.Use == Answered:
		return answered
	case !answered:
		return a.compare == "!="
	case a.ref.Use == Compared:
		return slices.Contains(answer.Choices, a.ref.Literal) == (a.compare == "==")
	case answer.Number == nil:
		return a.compare == "!="
	}
	return holds(answer.Number.Cmp(a.number), a.compare)
}

func holds(order int, compare string) bool {
	switch compare {
	case "==":
		return order == 0
	case "!=":
		return order != 0
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	}
	return order >= 0
}

func (ns all) refs(so []Ref) []Ref {
	for _, n := range ns {
		so = n.refs(so)
	}
	return so
}

func (ns some) refs(so []Ref) []Ref { return all(ns).refs(so) }
func (n not) refs(so []Ref) []Ref   { return n.node.refs(so) }
func (a atom) refs(so []Ref) []Ref  { return append(so, a.ref) }

// IsCode reports whether a text has the shape of a question's code: C1.2.4, EV1, FU3-2.
func IsCode(text string) bool {
	return text != "" && len(text) <= maxCode && CodeLength(text) == len(text)
}

const maxCode = 30

// CodeLength is the length of the code at the beginning of a text: [A-Z][A-Z0-9]*([.-]?[0-9]+)*; 0 if there is none.
func CodeLength(s string) int {
	if s == "" || s[0] < 'A' || s[0] > 'Z' {
		return 0
	}
	n := 1
	for n < len(s) && (s[n] >= 'A' && s[n] <= 'Z' || digit(s[n])) {
		n++
	}
	for n+1 < len(s) && strings.IndexByte(".-", s[n]) >= 0 && digit(s[n+1]) {
		for n += 2; n < len(s) && digit(s[n]); n++ {
		}
	}
	return n
}

func digit(c byte) bool { return c >= '0' && c <= '9' }
