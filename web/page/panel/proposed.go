package panel

import (
	"adoptionfund/internal/allocation"
	"adoptionfund/web/nhs"
)

// Uses are the limits of a scenario and what is used of them.
func Uses(v *allocation.View) nhs.Table { return Scenario{Shown: v}.uses() }

// Prices are what would be otherwise without each limit, and with more or less money.
func Prices(v *allocation.View) nhs.Table { return Scenario{Shown: v}.sensitivity() }

// ByHand are the applications that a scenario funds or keeps out whatever their scores.
func ByHand(v *allocation.View) nhs.Table { return Scenario{Shown: v}.held() }

// Groups are what a scenario gives by theme or region.
func Groups(v *allocation.View, by, caption string) nhs.Table {
	return groupTable([]*allocation.View{v}, by, caption)
}

// Proof says how a scenario was computed and how sure it is that nothing better exists.
func Proof(v *allocation.View) string { return resultWords(v.Kept) }

// Refs names applications, and counts those that are masked.
func Refs(m *allocation.Mask, all []string) string { return refs(m, all) }
