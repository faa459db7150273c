// Package access decides who may do what.
//
// It owns the actions, the principals, what conditions may look at, and the policy: who holds which role where is brought by
// the principal, what a role may do stands in policies/policy.csv, and every answer comes from casbin, which only this package
// imports. It leaves to the concept packages how the facts of an object are found, to people how grants are kept, and to the
// gate when a question is asked and which deeds are remembered.
package access

import (
	"context"
	"slices"

	"adoptionfund/internal/ident"
)

// Kind is the kind of a principal.
type Kind int

// The kinds of principals.
const (
	Anonymous Kind = iota // nobody has signed in
	Person                // a person with an account
	Machine               // the operator at the command line
	Job                   // scheduled work
)

// String gives the kind as the audit trail writes it.
func (k Kind) String() string {
	switch k {
	case Person:
		return "person"
	case Machine:
		return "operator"
	case Job:
		return "job"
	case Anonymous:
	}
	return "anonymous"
}

// Principal is who acts. The zero value is somebody who has not signed in.
type Principal struct {
	ID     ident.Person // of a person; empty for the others
	Kind   Kind
	Name   string
	Email  string
	Grants []Grant
	Job    Action // for scheduled work: the action it is known by
	Only   Reach  // of a session that was opened from a mail: the one application that it reaches
	// Confirmed: the person confirmed a few minutes ago, with their password, that it is they.
	Confirmed bool
}

// Reach is the one application that a principal can have to do with; the zero value is no restriction.
type Reach struct {
	Application ident.Application
	Ref         ident.Ref
}

// Narrow reports whether the principal reaches one application only.
func (p *Principal) Narrow() bool { return p.Only != Reach{} }

// withinReach lists what can be done with a session that reaches one application only: read what is signed, sign it, name who signs
// instead, and end the session.
func withinReach() []Action {
	return []Action{ViewApplication, SignApplication, NameDeputy, SignOut}
}

// reaching gives who is asking for the purpose of an action: a principal that reaches one application only is nobody for everything
// else. Every answer of the policy begins here.
func (p *Principal) reaching(a Action) *Principal {
	if p.Narrow() && !slices.Contains(withinReach(), a) {
		return &Principal{Name: "anonymous"}
	}
	return p
}

// reaches reports whether an object with facts f lies within the principal's reach.
func (p *Principal) reaches(a Action, f *Facts) bool {
	return !p.Narrow() || a == SignOut || slices.Contains(f.Subjects, ForApplication(p.Only.Application))
}

type principalKey struct{}

// With returns ctx carrying p.
func With(ctx context.Context, p Principal) context.Context {
	return context.WithValue(ctx, principalKey{}, p)
}

// Forget returns ctx as it is for somebody who has not signed in.
func Forget(ctx context.Context) context.Context {
	return context.WithValue(ctx, principalKey{}, nil)
}

// From returns the principal that ctx carries.
func From(ctx context.Context) (Principal, bool) {
	p, ok := ctx.Value(principalKey{}).(Principal)
	return p, ok
}

// Operator is the principal of commands that name no person; machineUser is the user's name on the machine.
func Operator(machineUser string) Principal {
	return Principal{Kind: Machine, Name: "operator (" + machineUser + ")"}
}

// System is the principal of scheduled work, known by its action. The policy lists what else it may do.
func System(a Action) Principal {
	return Principal{Kind: Job, Name: string(a), Job: a}
}
