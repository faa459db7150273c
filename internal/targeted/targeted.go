// Package targeted is the further reviews of a call: those that it holds back at first and asks for where they matter most, in batches that
// the chair approves.
//
// It owns what one more review of each application is worth in a call, and the asking. It leaves the arithmetic to targeting, the scores to
// ranking, and assignments to assignment.
package targeted

import (
	"adoptionfund/internal/application"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/targeting"
)

// View is what further reviews of a call would be worth, and which are proposed.
type View struct {
	Call     *fund.Call
	HeldBack int
	Spent    int
	Rows     []Row      // the most valuable first
	Batch    []Proposed // empty: see Why
	Why      string     // why none is proposed
	Digest   string     // of everything that the proposal rests on
	Masked   int        // applications from which the one who looks is barred
	May      bool       // whether they may ask for the batch
}

// Left is how many reviews are still to be spent.
func (v View) Left() int { return max(0, v.HeldBack-v.Spent) }

// Row is an application with the value of one more review.
type Row struct {
	targeting.Value

	Ref    ident.Ref
	Title  string
	Lead   string
	Amount money.Pence
}

// Proposed is a review that is proposed.
type Proposed struct {
	Ref         ident.Ref
	Title       string
	Kind        string
	Name        string
	Application string // why this application
	Reviewer    string // why this reviewer

	person ident.Person
	app    *application.Application
}

// portion is what part of the reviews that are held back is asked for at once: after each quarter the scores are looked at again.
const portion = 4

// atOnce is how many reviews are asked for at once.
func (v View) atOnce() int { return min(v.Left(), (v.HeldBack+portion-1)/portion) }
