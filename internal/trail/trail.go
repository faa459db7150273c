// Package trail is the audit trail as those read it who oversee the fund: searched, each event beside what stood before it, the log of
// what people read, and the daily checkpoints that a copy elsewhere is held against.
//
// It leaves the chain itself, its digests and signatures, to audit.
package trail

import (
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// Service is the use cases of auditors.
type Service struct {
	gate *work.Gate
	to   []string // whom checkpoints are mailed to
}

// NewService makes the service. to are the addresses that every checkpoint is mailed to, so that copies are held elsewhere.
func NewService(gate *work.Gate, to []string) *Service { return &Service{gate: gate, to: to} }

// Search is what somebody looks for, as typed.
type Search struct {
	Person      string // part of a name or address, or the whole name of a job or an operator
	Application string // its reference
	Verb        string // what was done: whole, or its beginning up to a dot
	From, Until string // days, both included: 2026-10-12
	Before      int64  // the number of the event, or of the block of the read log, below which the page begins
	Number      int64  // within that block
}

// Line is an event with the names of what it is about.
type Line struct {
	audit.Entry

	Who   string    // empty: nobody's name is known
	Ref   ident.Ref // of the application, if it is about one
	Label string    // what was done in words; empty where there are none
}

// Page is what was found, newest first.
type Page struct {
	Lines []Line
	Older int64 // where the next page begins; 0: there is none
	Last  *Check
}

// Shown is one event with all that is known of it.
type Shown struct {
	Line

	Facts     []Fact
	Rows      []Sealed
	Earlier   *Line // that did the same to the same thing
	Digested  bool  // its digest is that of its content
	Following bool  // it follows the one before it
}

// Fact is one fact of an event beside what the earlier event of its kind said.
type Fact struct {
	Name, Before, After string
	Changed             bool // the earlier event said something else, or nothing
}

// Sealed is a protected row with the digest that the event sealed, that of an earlier event, and whether it stands so now.
type Sealed struct {
	audit.Row

	Before, After string // digests; empty: it was not there
}

// Reading is somebody's look at personal or scored data.
type Reading struct {
	audit.Reading

	Who string
}

// Reads is a page of the read log, newest first.
type Reads struct {
	Lines []Reading
	Older audit.Place // where the next page begins; the zero place: there is none
}

// Check is one day's verification of the whole trail. Where it was whole, a checkpoint was signed.
type Check struct {
	Day        string // in the United Kingdom
	MadeAt     time.Time
	Events     int64
	Blocks     int64
	Rows       int64
	Break      string // empty: it was whole
	Checkpoint string // the signed file; empty where it was broken
}

// TableName is the table of checks.
func (Check) TableName() string { return "trail_checks" }

// verbs are the labels of actions, for events named by one.
func verbs() map[string]string {
	words := map[string]string{}
	for _, a := range access.Actions() {
		words[string(a.Action)] = a.Label
	}
	return words
}
