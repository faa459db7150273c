package access_test

import (
	"fmt"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/ident"
	"adoptionfund/policies"
)

// BenchmarkRoleAndAction is what a route or a menu entry costs. Aim: 0.3 µs.
func BenchmarkRoleAndAction(b *testing.B) {
	p := load(b)
	who := busy(p)
	for b.Loop() {
		if !p.MayAnywhere(who, access.SaveReview) {
			b.Fatal("denied")
		}
	}
}

// BenchmarkConditions is what a decision on a loaded object costs. Aim: 2 µs.
func BenchmarkConditions(b *testing.B) {
	p := load(b)
	who := busy(p)
	f := access.Facts{Scope: call, Subjects: subjects(), Assigned: []ident.Person{another, me}, Declared: []ident.Person{me}, Conflicted: []ident.Person{another}}
	for b.Loop() {
		if !p.Can(who, access.SaveReview, f).Allowed {
			b.Fatal("denied")
		}
	}
}

// BenchmarkRounds is a decision for a person who also holds the role in other rounds: other people cannot matter, since only the person's own
// grants are looked at. Aim: 2 µs, whatever the number.
func BenchmarkRounds(b *testing.B) {
	p := load(b)
	f := access.Facts{Scope: call, Subjects: subjects(), Assigned: []ident.Person{me}, Declared: []ident.Person{me}}
	for _, others := range []int{0, 10, 50} {
		b.Run(fmt.Sprintf("others=%d", others), func(b *testing.B) {
			here := busy(p)
			last := here.Grants[len(here.Grants)-1].Role
			who := here
			who.Grants = nil
			for i := range others {
				who.Grants = append(who.Grants, access.Grant{Role: last, Scope: access.Scope{Round: ident.Round(fmt.Sprintf("other-%d", i))}})
			}
			who.Grants = append(who.Grants, here.Grants...)
			for b.Loop() {
				if !p.Can(who, access.SaveReview, f).Allowed {
					b.Fatal("denied")
				}
			}
		})
	}
}

// BenchmarkDenial also finds the words that say what is missing.
func BenchmarkDenial(b *testing.B) {
	p := load(b)
	who := busy(p)
	f := access.Facts{Scope: call, Subjects: subjects()}
	for b.Loop() {
		if p.Can(who, access.SaveReview, f).Allowed {
			b.Fatal("allowed")
		}
	}
}

// BenchmarkLoad is what the policy adds to a start.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := access.Load(policies.FS); err != nil {
			b.Fatal(err)
		}
	}
}

// busy holds four roles, the one that counts last.
func busy(p *access.Policy) access.Principal {
	who := holder(roleHome(p, "/applications").Name, fund)
	for _, home := range []string{"/screening", "/dtac", "/reviews"} {
		who.Grants = append(who.Grants, access.Grant{Role: roleHome(p, home).Name, Scope: call})
	}
	return who
}
