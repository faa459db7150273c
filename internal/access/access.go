// Package access decides who may do what.
//
// It owns the actions, the principals, what conditions may look at, and the policy: who holds which role where is brought by
// the principal, what a role may do stands in policies/policy.csv, and every answer comes from casbin, which only this package
// imports. It leaves to the concept packages how the facts of an object are found, to people how grants are kept, and to the
// gate when a question is asked and which deeds are remembered.
package access

import (
	"context"

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
}

type principalKey struct{}

// With returns ctx carrying p.
func With(ctx context.Context, p Principal) context.Context {
	return context.WithValue(ctx, principalKey{}, p)
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
