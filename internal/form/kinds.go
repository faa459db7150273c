package form

import (
	"slices"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/form/expression"
)

// Kind is a kind of question, as form files name it under "type".
type Kind string

// The kinds of question.
const (
	KindText         Kind = "text"
	KindLongText     Kind = "long_text"
	KindEmail        Kind = "email"
	KindTelephone    Kind = "telephone"
	KindURL          Kind = "url"
	KindYesNo        Kind = "yes_no"
	KindSingleChoice Kind = "single_choice"
	KindMultiChoice  Kind = "multi_choice"
	KindNumber       Kind = "number"
	KindMoney        Kind = "money"
	KindDate         Kind = "date"
	KindOrganisation Kind = "organisation"
	KindFile         Kind = "file"
	KindTable        Kind = "table"
	KindDeclaration  Kind = "declaration"
)

// Kinds are all kinds of question, in the order in which they are explained to authors of forms.
func Kinds() []Kind {
	return []Kind{KindText, KindLongText, KindEmail, KindTelephone, KindURL, KindYesNo, KindSingleChoice, KindMultiChoice,
		KindNumber, KindMoney, KindDate, KindOrganisation, KindFile, KindTable, KindDeclaration}
}

// behaviour is what a kind of question does. Each file kind_<name>.go makes one.
type behaviour struct {
	// parts are the fields of a Value that hold the answer; extra may be filled beside them.
	parts, extra part
	// suffixes are the names of its inputs after the question's code.
	suffixes []string
	// limits are the keys of limits that it knows; options says whether it needs choices, may have them, or has none.
	limits  []string
	options optionRule
	// column: it can be the kind of a table's column.
	column bool
	// define finds what else is wrong with a question of this kind in a form file.
	define func(q *Question) []string
	// read makes a value of what was typed; write is its reverse.
	read  func(q *Question, in input) Value
	write func(q *Question, v Value, out output)
	// check finds what is wrong with a value that is not blank, by the suffix of the input.
	check func(q *Question, v Value, how How) fault.Problems
	// ask is the message when the answer is missing.
	ask func(q *Question) string
	// show is the answer for a read-only view.
	show func(q *Question, v Value) string
	// operand is the answer as expressions see it.
	operand func(v Value) expression.Operand
}

type optionRule int

const (
	optionsNone optionRule = iota
	optionsMay
	optionsMust
)

// behave finds what a kind does: the table of kinds. A new kind is a file and a row.
func behave(k Kind) behaviour {
	switch k {
	case KindText:
		return textKind()
	case KindLongText:
		return longTextKind()
	case KindEmail:
		return emailKind()
	case KindTelephone:
		return telephoneKind()
	case KindURL:
		return urlKind()
	case KindYesNo:
		return yesNoKind()
	case KindSingleChoice:
		return singleChoiceKind()
	case KindMultiChoice:
		return multiChoiceKind()
	case KindNumber:
		return numberKind()
	case KindMoney:
		return moneyKind()
	case KindDate:
		return dateKind()
	case KindOrganisation:
		return organisationKind()
	case KindFile:
		return fileKind()
	case KindTable:
		return tableKind()
	case KindDeclaration:
		return declarationKind()
	}
	return behaviour{}
}

// blank reports whether the value holds no answer of the question's kind.
func blank(q *Question, v Value) bool { return v.parts()&behave(q.Kind).parts == 0 }

// foreign reports whether the value holds what its question's kind does not use.
func foreign(q *Question, v Value) bool {
	b := behave(q.Kind)
	return v.parts()&^(b.parts|b.extra) != 0
}

func wrong(words string) fault.Problems { return fault.Problems{"": words} }

// choiceOperand shows choices to expressions.
func choiceOperand(v Value) expression.Operand {
	return expression.Operand{Choices: slices.Clone(v.Choices)}
}

// noOperand is of kinds that are only answered or not.
func noOperand(Value) expression.Operand { return expression.Operand{} }
