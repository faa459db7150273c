package access

import "adoptionfund/internal/ident"

// Level is how wide a scope is.
type Level string

// The levels, widest first. A grant at a level covers what is below it.
const (
	FundLevel  Level = "fund"
	RoundLevel Level = "round"
	CallLevel  Level = "call"
)

// Levels are all levels, widest first.
func Levels() []Level { return []Level{FundLevel, RoundLevel, CallLevel} }

// within reports whether a grant at level l is wide enough for what asks for at least the level least.
func (l Level) within(least Level) bool { return l.index() <= least.index() }

func (l Level) index() int {
	switch l {
	case FundLevel:
		return 0
	case RoundLevel:
		return 1
	case CallLevel:
	}
	return 2
}

// Scope is the part of the fund in which a role is held or a thing lies. The zero value is the whole fund; a call implies its round.
type Scope struct {
	Round ident.Round
	Call  ident.Call
}

// Level is how wide the scope is.
func (s Scope) Level() Level {
	switch {
	case s.Call != "":
		return CallLevel
	case s.Round != "":
		return RoundLevel
	}
	return FundLevel
}

// Covers reports whether other lies in s: the fund covers everything, a round its calls, a call itself.
func (s Scope) Covers(other Scope) bool {
	if s.Call != "" {
		return s.Call == other.Call
	}
	return s.Round == "" || s.Round == other.Round
}

// Subjects are the call and the round of the scope, as deeds are counted.
func (s Scope) Subjects() []Subject {
	var subjects []Subject
	if s.Call != "" {
		subjects = append(subjects, Subject{PerCall, string(s.Call)})
	}
	if s.Round != "" {
		subjects = append(subjects, Subject{PerRound, string(s.Round)})
	}
	return subjects
}

// Facts makes a scope a resource of its own, for actions on the fund, a round or a call of which nothing else matters.
func (s Scope) Facts() Facts { return Facts{Scope: s, Subjects: s.Subjects()} }

// Grant is a role held in a scope.
type Grant struct {
	Role  string
	Scope Scope
}
