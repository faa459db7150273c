package shared

import "adoptionfund/internal/fault"

// Identity asks in a form, before what weighs most, who somebody is that is signed in: for their password, and a one-time code where they have one.
// It asks nothing for some minutes after they gave it.
type Identity struct {
	Confirmed bool
	Code      bool // they have set up one-time codes
	Problems  fault.Problems
}
