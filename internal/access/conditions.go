package access

import (
	"slices"
	"strings"

	"adoptionfund/internal/ident"
)

// ConditionInfo describes a condition that policy.csv may name.
type ConditionInfo struct {
	Name  string
	Needs string // what must be so, as the person is told it
	Hides bool   // without it the person may not even know that the object exists
}

// condition is a named predicate over who asks, what for, and the facts of the object.
type condition struct {
	ConditionInfo
	holds func(*ask) bool
}

// ask is one question: who, what, on which object, and the deeds that bar it.
type ask struct {
	by    *Principal
	facts *Facts
	pairs []Pair
}

// The names of the two conditions that the policy itself has to know.
const (
	unconditional = "any"          // holds always; written where a row has no condition
	notOwnWork    = "not_own_work" // implied in every row whose action stands in segregation.csv
)

// conditions is the table of the words that policy.csv may use in its last column.
func conditions() []condition {
	return slices.Concat(relations(), absences(), moments())
}

// relations ask that the person stands in some relation to the object.
func relations() []condition {
	among := func(who func(*Facts) []ident.Person) func(*ask) bool {
		return func(a *ask) bool { return a.by.among(who(a.facts)) }
	}
	return []condition{
		{ConditionInfo{unconditional, "nothing more", false}, func(*ask) bool { return true }},
		{ConditionInfo{"own", "you must be the application's main contact", true}, among(func(f *Facts) []ident.Person { return f.Owners })},
		{ConditionInfo{"contributes", "you must be invited to this part of the application", true}, among(func(f *Facts) []ident.Person { return f.Contributors })},
		{ConditionInfo{"signs", "you must be one of the application's signatories", true}, among(func(f *Facts) []ident.Person { return f.Signatories })},
		{ConditionInfo{"supplies", "you must act for the product's supplier", true}, among(func(f *Facts) []ident.Person { return f.Suppliers })},
		{ConditionInfo{"represents", "you must already act for the organisation", false}, among(func(f *Facts) []ident.Person { return f.Representatives })},
		{ConditionInfo{"assigned", "the application must be assigned to you", true}, among(func(f *Facts) []ident.Person { return f.Assigned })},
		{ConditionInfo{"declared", "you must first declare your interests in the application", false}, among(func(f *Facts) []ident.Person { return f.Declared })},
		{ConditionInfo{"reviewed", "you must first send your own review", false}, among(func(f *Facts) []ident.Person { return f.Reviewed })},
		{ConditionInfo{"deputising", "you must be the deputy of the one who is recused", true}, among(func(f *Facts) []ident.Person { return f.Deputies })},
		{ConditionInfo{"briefed", "you must be on the briefing list", true}, among(func(f *Facts) []ident.Person { return f.Briefed })},
		{ConditionInfo{"self", "it must be your own", true}, func(a *ask) bool { return a.by.ID != "" && a.by.ID == a.facts.Self }},
	}
}

// absences ask that nothing stands between the person and the object.
func absences() []condition {
	return []condition{
		{ConditionInfo{"not_self", "it must be about somebody other than you", false}, func(a *ask) bool {
			return a.by.ID == "" || a.by.ID != a.facts.Self
		}},
		{ConditionInfo{"not_conflicted", "you must have no conflict of interest", true}, func(a *ask) bool { return !a.by.among(a.facts.Conflicted) }},
		{ConditionInfo{"not_recused", "you must not be recused", true}, func(a *ask) bool { return !a.by.among(a.facts.Recused) }},
		{ConditionInfo{notOwnWork, "somebody else must do it, because of what you did before", false}, (*ask).notOwnWork},
	}
}

// moments ask how far things are.
func moments() []condition {
	return []condition{
		{ConditionInfo{"confirmed", "you must confirm with your password that it is you", false}, func(a *ask) bool { return a.facts.Confirmed }},
		{ConditionInfo{"in_time", "the deadline must not have passed", false}, func(a *ask) bool { return a.facts.InTime }},
		{ConditionInfo{"submitted", "the application must be submitted", true}, func(a *ask) bool { return a.facts.Submitted }},
		{ConditionInfo{"released", "the outcome must be released", true}, func(a *ask) bool { return a.facts.Released }},
		{ConditionInfo{"unclaimed", "the application must be under way, and nobody may act for the product's supplier yet", false}, func(a *ask) bool {
			return a.facts.Unclaimed
		}},
	}
}

// among reports whether the principal is one of the people.
func (p *Principal) among(people []ident.Person) bool {
	return p.ID != "" && slices.Contains(people, p.ID)
}

// notOwnWork reports that the person did no deed that bars the action. An object that does not name what such deeds are
// counted by is refused: silence must not unbar anybody.
func (a *ask) notOwnWork() bool {
	if a.by.ID == "" {
		return true
	}
	for _, pair := range a.pairs {
		if slices.Contains(a.facts.Did, pair.Deed) || !a.facts.names(pair.Per) {
			return false
		}
	}
	return true
}

// names reports whether a subject of the kind is among the subjects.
func (f *Facts) names(per Per) bool {
	return slices.ContainsFunc(f.Subjects, func(s Subject) bool { return s.Per == per && s.ID != "" })
}

// Conditions are the conditions that policy.csv may name.
func Conditions() []ConditionInfo {
	all := conditions()
	infos := make([]ConditionInfo, len(all))
	for i, c := range all {
		infos[i] = c.ConditionInfo
	}
	return infos
}

// conjunction splits "assigned & not_conflicted" into its names.
func conjunction(text string) []string {
	parts := strings.Split(text, "&")
	for i, part := range parts {
		parts[i] = strings.TrimSpace(part)
	}
	return parts
}
