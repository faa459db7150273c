// Package workflow is the tables of what can happen to a call, an application and an award: states, and the moves between
// them with the permission, guards and effects of each.
//
// It owns the states' names and labels and which move leads where. It leaves to the concept packages how a guard is checked
// (each is bound to a function by its name), who moves the row, and what the effects say; it draws the diagrams from the tables.
package workflow

import (
	"fmt"
	"slices"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
)

// Event is what moves a thing from one state to another.
type Event string

// Colour is a colour of the NHS.UK tag.
type Colour string

// The colours of tags.
const (
	White     Colour = "white"
	Grey      Colour = "grey"
	Green     Colour = "green"
	AquaGreen Colour = "aqua-green"
	Blue      Colour = "blue"
	Purple    Colour = "purple"
	Pink      Colour = "pink"
	Red       Colour = "red"
	Orange    Colour = "orange"
	Yellow    Colour = "yellow"
)

// Info describes a state for people.
type Info[S ~string] struct {
	State          S
	Label          string // to staff
	ApplicantLabel string // to the applicant's side
	Colour         Colour
	// ApplicantColour is the tag's colour on the applicant's side: it must not tell more than the label does.
	ApplicantColour Colour
	Final           bool // nothing more is expected to happen
	Released        bool // the outcome is known to the applicant
}

// Move is one permitted step. A move that makes a new thing has no From.
type Move[S ~string] struct {
	From    S
	On      Event
	To      S
	Label   string // completes "you cannot … now"
	Who     string // for diagrams
	Action  access.Action
	Guards  []Guard
	Effects Effects
}

// Guard is a condition on a move, bound to a function by the concept package; the words are for the person who was stopped.
type Guard struct {
	Name  GuardName
	Words string
}

// Effects are what follows from a move.
type Effects struct {
	Record  string          // the verb of the audit event: there always is one
	Notices []Notice        // the messages that are sent
	Jobs    []access.Action // the scheduled work that is queued, by the action it is known by
}

// Machine is a table of states and moves.
type Machine[S ~string] struct {
	name   string // what it is of: call, application, award
	states []Info[S]
	moves  []Move[S]
}

// Of says what the machine is of.
func (m Machine[S]) Of() string { return m.name }

// States are all states, in the order of a life.
func (m Machine[S]) States() []Info[S] { return slices.Clone(m.states) }

// Moves are all moves.
func (m Machine[S]) Moves() []Move[S] { return slices.Clone(m.moves) }

// Info describes a state.
func (m Machine[S]) Info(s S) Info[S] {
	i := slices.IndexFunc(m.states, func(info Info[S]) bool { return info.State == s })
	if i < 0 {
		return Info[S]{State: s, Label: string(s), ApplicantLabel: string(s), Colour: Grey, ApplicantColour: Grey}
	}
	return m.states[i]
}

// Step is the move that on makes from a state. Where there is none it says so in words; the thing may have moved meanwhile.
func (m Machine[S]) Step(from S, on Event) (Move[S], error) {
	for _, move := range m.moves {
		if move.On == on && move.From == from {
			return move, nil
		}
	}
	return Move[S]{}, m.refusal(on, m.Info(from).Label)
}

// Impossible is what Step says to the applicant's side, in the words in which they know the state: the fund's would tell them what is embargoed.
func (m Machine[S]) Impossible(from S, on Event) error {
	return m.refusal(on, m.Info(from).ApplicantLabel)
}

func (m Machine[S]) refusal(on Event, state string) error {
	i := slices.IndexFunc(m.moves, func(move Move[S]) bool { return move.On == on })
	if i < 0 {
		return fmt.Errorf("workflow: the %s has no event %q", m.name, on)
	}
	return fault.New(fault.Conflict, "The %s is now “%s”: you cannot %s. It may have changed since you opened the page.", m.name, state, m.moves[i].Label)
}

// From are the moves that leave a state.
func (m Machine[S]) From(s S) []Move[S] {
	var leave []Move[S]
	for _, move := range m.moves {
		if move.From == s {
			leave = append(leave, move)
		}
	}
	return leave
}

// Guards are all guards that the machine's moves name, each once.
func (m Machine[S]) Guards() []Guard {
	var all []Guard
	for _, move := range m.moves {
		for _, g := range move.Guards {
			if !slices.Contains(all, g) {
				all = append(all, g)
			}
		}
	}
	return all
}

// recorded gives each move the verb of its audit event.
func recorded[S ~string](name string, moves []Move[S]) []Move[S] {
	for i := range moves {
		moves[i].Effects.Record = name + "." + string(moves[i].On)
	}
	return moves
}

// each writes one move for several states that it leaves.
func each[S ~string](from []S, move Move[S]) []Move[S] {
	moves := make([]Move[S], len(from))
	for i, s := range from {
		moves[i] = move
		moves[i].From = s
	}
	return moves
}

// tell are effects that send messages.
func tell(notices ...Notice) Effects { return Effects{Notices: notices} }

// queue adds scheduled work to effects.
func (e Effects) queue(jobs ...access.Action) Effects {
	e.Jobs = append(e.Jobs, jobs...)
	return e
}
