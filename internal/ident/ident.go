// Package ident gives things their names: typed ids (UUIDv7, so that they sort by the time they were made) and references
// that people read, such as AF21-0042. A type for each kind of thing keeps one id from being passed as another's.
package ident

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// The ids. Each is the text form of a UUIDv7.
type (
	// Person identifies a person with an account, or one who was invited.
	Person string
	// Round identifies a round of the fund.
	Round string
	// Call identifies a call, a theme in a round.
	Call string
	// Application identifies an application.
	Application string
	// Product identifies a product.
	Product string
	// Return identifies a DTAC return.
	Return string
	// Position identifies a DTAC position.
	Position string
	// File identifies an evidence file.
	File string
	// Upload identifies an upload that comes in pieces; the file that it becomes has the same id.
	Upload string
	// Submission identifies a submission.
	Submission string
	// Assignment identifies an assignment of a reviewer to an application.
	Assignment string
	// Review identifies a review.
	Review string
	// Ranking identifies a computed ranking of a call.
	Ranking string
	// Computation identifies something that is computed in the background.
	Computation string
	// Scenario identifies an allocation being tried.
	Scenario string
	// Proposal identifies a scenario that was put forward.
	Proposal string
	// Question identifies a question that somebody asked about a call.
	Question string
	// Award identifies an award.
	Award string
	// AwardReturn identifies a return on an award.
	AwardReturn string
)

// ODS is the code of an organisation in the list of the NHS Organisation Data Service.
type ODS string

// New makes a fresh id.
func New[T ~string]() T {
	return T(uuid.Must(uuid.NewV7()).String())
}

// Parse reads an id; anything but the text form of a UUID is refused.
func Parse[T ~string](s string) (T, error) {
	if len(s) != 36 {
		return "", fmt.Errorf("%q is not an id", s)
	}
	u, err := uuid.Parse(s)
	if err != nil {
		return "", fmt.Errorf("%q is not an id", s)
	}
	return T(u.String()), nil
}

// RoundRef is the reference of a round, such as AF21.
type RoundRef string

// CallRef is the reference of a call, such as AF21-CAR: its round's and its theme's.
type CallRef string

// Ref is the reference of an application, such as AF21-0042: its round's and a number.
type Ref string

var refPattern = regexp.MustCompile(`^([A-Z]{2}\d{2})-(\d{4,6})$`)

// MakeRef gives the reference of the n-th application of a round.
func MakeRef(round RoundRef, n int) Ref { return Ref(fmt.Sprintf("%s-%04d", round, n)) }

// ParseRef reads an application's reference, in any case.
func ParseRef(s string) (Ref, error) {
	s = strings.ToUpper(strings.TrimSpace(s))
	if !refPattern.MatchString(s) {
		return "", fmt.Errorf("%q is not a reference such as AF21-0042", s)
	}
	return Ref(s), nil
}

// Round gives the round that the reference names.
func (r Ref) Round() RoundRef {
	round, _, _ := strings.Cut(string(r), "-")
	return RoundRef(round)
}

// Number gives the number within the round, 0 if the reference is malformed.
func (r Ref) Number() int {
	_, number, _ := strings.Cut(string(r), "-")
	n, err := strconv.Atoi(number)
	if err != nil {
		return 0
	}
	return n
}
