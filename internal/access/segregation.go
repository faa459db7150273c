package access

import "slices"

// Pair is a deed that bars an action, and by what the two are counted.
type Pair struct {
	Deed Action
	Per  Per
}

// Excluding are the deeds that bar a, from segregation.csv. A pair bars in both directions.
func (p *Policy) Excluding(a Action) []Pair { return slices.Clone(p.pairs[a]) }

// Barring are the deeds on the subjects of f that would bar a. The gate looks up which of them the person did and puts their
// actions into Facts.Did before it asks.
func (p *Policy) Barring(a Action, f Facts) []Deed {
	var deeds []Deed
	for _, pair := range p.pairs[a] {
		for _, s := range f.Subjects {
			if s.Per == pair.Per {
				deeds = append(deeds, Deed{pair.Deed, s})
			}
		}
	}
	return deeds
}

// Deeds are what the gate has to remember of a when it is done on an object with facts f: nothing, if a bars nothing.
func (p *Policy) Deeds(a Action, f Facts) []Deed {
	var deeds []Deed
	for _, s := range f.Subjects {
		if s.ID != none && slices.ContainsFunc(p.pairs[a], func(pair Pair) bool { return pair.Per == s.Per }) {
			deeds = append(deeds, Deed{a, s})
		}
	}
	return deeds
}

// pers are what deeds can be counted by.
func pers() []Per {
	return []Per{PerApplication, PerCall, PerRound, PerAward, PerProduct, PerProposal, PerRemoval}
}
