package form

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
)

// Value is an answer. Which fields it uses is a matter of the question's kind; what cannot be understood is kept as it was
// typed (Text of a number or amount, Typed of a date) so that a page can show it again.
type Value struct {
	Text          string           `json:"text,omitempty"`
	Choices       []string         `json:"choices,omitempty"`
	Other         string           `json:"other,omitempty"`
	Number        string           `json:"number,omitempty"`
	Amount        *money.Pence     `json:"pence,omitempty"`
	Date          Date             `json:"date,omitempty"`
	Typed         *TypedDate       `json:"typed,omitempty"`
	NotApplicable bool             `json:"not_applicable,omitempty"`
	Organisation  ident.ODS        `json:"organisation,omitempty"`
	Files         []ident.File     `json:"files,omitempty"`
	Rows          []Row            `json:"rows,omitempty"`
	Sensitive     *SensitivityMark `json:"sensitive,omitempty"`
}

// Row is a row of a table, by the code of the column. A blank cell is not there.
type Row map[string]Value

// SensitivityMark says that an answer is commercially sensitive, why, and until when.
type SensitivityMark struct {
	Reason string     `json:"reason,omitempty"`
	Until  Date       `json:"until,omitempty"`
	Typed  *TypedDate `json:"typed,omitempty"`
}

// part is one of the fields of a Value that hold an answer.
type part uint

const (
	partText part = 1 << iota
	partChoices
	partOther
	partNumber
	partAmount
	partDate
	partTyped
	partNotApplicable
	partOrganisation
	partFiles
	partRows
)

// parts are the fields that are filled.
func (v Value) parts() part {
	return partIf(v.Text != "", partText) | partIf(len(v.Choices) > 0, partChoices) | partIf(v.Other != "", partOther) |
		partIf(v.Number != "", partNumber) | partIf(v.Amount != nil, partAmount) | partIf(v.Date != "", partDate) |
		partIf(v.Typed != nil, partTyped) | partIf(v.NotApplicable, partNotApplicable) |
		partIf(v.Organisation != "", partOrganisation) | partIf(len(v.Files) > 0, partFiles) | partIf(len(v.Rows) > 0, partRows)
}

func partIf(filled bool, p part) part {
	if filled {
		return p
	}
	return 0
}

// Blank reports whether nothing was answered. A mark of sensitivity alone is no answer, nor is a text for "other".
func (v Value) Blank() bool { return v.parts()&^partOther == 0 }

// nothing reports whether the value holds nothing worth keeping.
func (v Value) nothing() bool { return v.parts() == 0 && v.Sensitive == nil }

// Amount makes the value of an amount of money.
func Amount(p money.Pence) Value { return Value{Amount: &p} }

// Chosen makes the value of choices.
func Chosen(options ...string) Value { return Value{Choices: options} }

// Answers are the answers to a form, by question.
type Answers map[Code]Value

// ParseAnswers reads answers from JSON.
func ParseAnswers(data []byte) (Answers, error) {
	a := Answers{}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&a); err != nil {
		return nil, fmt.Errorf("reading answers: %w", err)
	}
	return a, nil
}

// MarshalJSON writes the answers in one way only, so that their digest is stable: in the order of their codes, without blanks.
func (a Answers) MarshalJSON() ([]byte, error) {
	plain := make(map[Code]Value, len(a))
	for code, v := range a {
		if !v.nothing() {
			plain[code] = v
		}
	}
	return json.Marshal(plain)
}

// Digest is the SHA-256 of the answers, in hexadecimal.
func (a Answers) Digest() (string, error) {
	data, err := json.Marshal(a)
	if err != nil {
		return "", fmt.Errorf("writing answers: %w", err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}

// Merge gives the answers with others laid over them.
func (a Answers) Merge(over Answers) Answers {
	merged := maps.Clone(a)
	if merged == nil {
		merged = Answers{}
	}
	maps.Copy(merged, over)
	return merged
}

// equal reports whether two values say the same.
func equal(a, b Value) bool {
	return a.nothing() && b.nothing() || reflect.DeepEqual(a, b)
}
