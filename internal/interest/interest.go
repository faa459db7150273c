// Package interest is what people have to do with applications besides their work: interests that they declare or that a rule
// finds, the conflicts and recusals that follow, and the deputies who act instead.
//
// It owns declarations and how they are settled, and says who is barred from an application. It leaves to assignment and review what
// becomes of the work of somebody who is barred.
package interest

import (
	"maps"
	"slices"
	"time"

	"adoptionfund/internal/ident"
)

// Kind is the kind of an interest.
type Kind string

// The kinds that somebody declares. Kinds that a rule finds are named by it.
const (
	None                     Kind = "none"
	Financial                Kind = "financial"
	NonFinancialProfessional Kind = "non_financial_professional"
	NonFinancialPersonal     Kind = "non_financial_personal"
	Indirect                 Kind = "indirect"
	OwnOrganisation          Kind = "own_organisation"     // found: works for or acts for the lead or the funding recipient
	PartnerOrganisation      Kind = "partner_organisation" // found: works for or acts for a partner or a site
	SupplierOfProduct        Kind = "supplier"             // found: works for or acts for the supplier of a product of the application
	RivalSupplier            Kind = "rival_supplier"       // found: works for or acts for the supplier of a product of another application in the call
	SameICS                  Kind = "same_ics"             // found: works in the same integrated care system
	EarlierAward             Kind = "earlier_award"        // found: works for or acts for who had an award together with the lead
	Stated                   Kind = "conflict"             // stated as the reason for declining
)

// KindInfo describes a kind for people.
type KindInfo struct {
	Kind     Kind
	Label    string
	Hint     string
	Severity Severity
}

// Kinds are the kinds that can be declared, in the order in which they are offered.
func Kinds() []KindInfo {
	return []KindInfo{
		{None, "No interest", "You have nothing to do with the application, its organisations, its products or their suppliers", Clear},
		{Financial, "Financial interest", "You could gain or lose money by the decision, such as by shares, pay, fees or grants", Bars},
		{NonFinancialProfessional, "Non-financial professional interest", "Your standing or career could gain, such as by work on the product or with those who apply", Asks},
		{NonFinancialPersonal, "Non-financial personal interest", "You could gain in another way, such as by membership of a group that campaigns for it", Asks},
		{Indirect, "Indirect interest", "Somebody close to you, such as family or a business partner, has such an interest", Asks},
	}
}

// Label is how people call a kind.
func (k Kind) Label() string {
	for _, info := range Kinds() {
		if info.Kind == k {
			return info.Label
		}
	}
	if label, ok := rules()[k]; ok {
		return label
	}
	if k == Stated {
		return "Conflict, stated when declining"
	}
	return string(k)
}

// rules are the kinds that are found, by what people call them.
func rules() map[Kind]string {
	return map[Kind]string{
		OwnOrganisation: "Own organisation", PartnerOrganisation: "Partner organisation", SupplierOfProduct: "Supplier of a product", RivalSupplier: "Supplier of a rival product",
		SameICS: "Same integrated care system", EarlierAward: "Earlier award together",
	}
}

// FoundKinds are the kinds that rules find, in the order of their names.
func FoundKinds() []Kind { return slices.Sorted(maps.Keys(rules())) }

// Severity says what an interest means.
type Severity string

// The severities.
const (
	Clear Severity = "none"
	Asks  Severity = "asks" // the fund manager decides
	Bars  Severity = "bars"
)

// Interest is one that was declared or found.
type Interest struct {
	ID            string
	ApplicationID ident.Application
	Person        ident.Person
	Kind          Kind
	Source        string
	Severity      Severity
	Basis         string // what a found one rests on
	Statement     string
	At            time.Time
	SettledAs     Severity
	SettledBy     *ident.Person
	SettledAt     *time.Time
	Note          string
	WithdrawnBy   *ident.Person
	WithdrawnAt   *time.Time
}

const (
	found    = "found"
	declared = "declared"
)

// Stands reports whether it was not withdrawn.
func (i Interest) Stands() bool { return i.WithdrawnAt == nil }

// Found reports whether a rule found it.
func (i Interest) Found() bool { return i.Source == found }

// Means is what it comes to: as it was settled, else by its kind.
func (i Interest) Means() Severity {
	if i.SettledAs != "" {
		return i.SettledAs
	}
	return i.Severity
}

// Open reports whether the fund manager has still to settle it.
func (i Interest) Open() bool { return i.Stands() && i.Means() == Asks }

// barring reports whether one of the interests that stand bars.
func barring(all []Interest) bool {
	for _, i := range all {
		if i.Stands() && i.Means() == Bars {
			return true
		}
	}
	return false
}

// waiting reports whether one that was declared has still to be settled. What a rule found and merely asks does not hold anybody up who
// has declared to have no interest.
func waiting(all []Interest) bool {
	for _, i := range all {
		if i.Open() && !i.Found() {
			return true
		}
	}
	return false
}
