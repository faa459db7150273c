package assignment

import (
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/assign"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/interest"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// basis is everything that a plan rests on.
type basis struct {
	call      *fund.Call
	apps      []*application.Application
	reviewers []Reviewer // who may review in the call
	names     map[ident.Person]string
	barred    map[assign.Pair]bool
	load      map[ident.Person]int // standing assignments in the round
	near      map[assign.Pair]bool // the same integrated care system
	others    []elsewhere
}

// read collects it with a fixed number of queries.
func (s *Service) read(tx *work.Tx, c *fund.Call, states ...workflow.ApplicationState) (*basis, error) {
	b := &basis{call: c, names: map[ident.Person]string{}, barred: map[assign.Pair]bool{}, near: map[assign.Pair]bool{}, load: map[ident.Person]int{}}
	var err error
	if b.apps, err = application.InCall(tx, c, states...); err != nil {
		return nil, err
	}
	if err := b.readReviewers(tx); err != nil {
		return nil, err
	}
	if b.others, err = inRound(tx, c.RoundID); err != nil {
		return nil, err
	}
	for _, o := range b.others {
		b.load[o.Person]++
	}
	return b, s.readConflicts(tx, b)
}

func (b *basis) readReviewers(tx *work.Tx) error {
	all, err := ReviewersIn(tx, b.call.RoundID)
	if err != nil {
		return err
	}
	may, err := people.WhoMay(tx, access.SaveReview, b.call.Scope())
	if err != nil {
		return err
	}
	for _, p := range may {
		b.names[p.ID] = p.Name
	}
	for _, r := range all {
		if _, ok := b.names[r.Person]; ok {
			b.reviewers = append(b.reviewers, r)
		}
	}
	return nil
}

// readConflicts finds who cannot review what: relations to the application, rules, and what was declined before.
func (s *Service) readConflicts(tx *work.Tx, b *basis) error {
	parties, err := interest.PartiesOf(tx, s.library, b.apps...)
	if err != nil {
		return err
	}
	employed := interest.Employed{}
	for _, r := range b.reviewers {
		employed[r.Person] = []ident.ODS{r.ODS}
	}
	who, err := interest.PartiesFor(tx, employed)
	if err != nil {
		return err
	}
	refs := map[ident.Application]ident.Ref{}
	for _, a := range b.apps {
		refs[a.ID] = a.Ref
		b.relations(a)
		for _, r := range b.reviewers {
			_, severity := interest.Find(who[r.Person], parties[a.ID])
			pair := pairOf(r.Person, a.Ref)
			b.barred[pair] = b.barred[pair] || severity == interest.Bars
			b.near[pair] = severity == interest.Asks
		}
	}
	before, err := refused(tx, b.call.ID)
	for _, r := range before {
		if ref, ok := refs[r.ApplicationID]; ok {
			b.barred[pairOf(r.Person, ref)] = true
		}
	}
	return err
}

func (b *basis) relations(a *application.Application) {
	for _, relation := range []application.Relation{
		application.MainContact, application.Contributor, application.SRO, application.Finance, application.Conflicted, application.Recused,
	} {
		for _, p := range a.With(relation) {
			b.barred[pairOf(p, a.Ref)] = true
		}
	}
}

func pairOf(p ident.Person, ref ident.Ref) assign.Pair { return assign.Pair{string(p), string(ref)} }

// problem is the problem that assign solves: the applications of the call that wait, and, as given, what stands in the round.
func (b *basis) problem() assign.Problem {
	var p assign.Problem
	for _, r := range b.reviewers {
		p.Reviewers = append(p.Reviewers, assign.Reviewer{ID: string(r.Person), Kind: r.Kind, Capacity: max(r.Capacity, b.load[r.Person]), Themes: strings.Fields(r.Themes)})
	}
	for _, a := range b.apps {
		p.Applications = append(p.Applications, assign.Application{ID: string(a.Ref), Theme: a.Theme, Needs: b.call.Settings.Review.Kinds})
		for _, r := range b.reviewers {
			pair := pairOf(r.Person, a.Ref)
			switch {
			case b.barred[pair]:
				p.Conflicts = append(p.Conflicts, pair)
			case b.near[pair]:
				value := -0.5
				if r.Expert(a.Theme) {
					value = 0.5
				}
				p.Affinity = append(p.Affinity, assign.Affinity{Pair: pair, Value: value})
			}
		}
	}
	b.standing(&p)
	return p
}

// standing adds what reviewers do already, so that loads are even over the round.
func (b *basis) standing(p *assign.Problem) {
	at := map[ident.Ref]int{}
	for _, o := range b.others {
		i := slices.IndexFunc(b.reviewers, func(r Reviewer) bool { return r.Person == o.Person })
		if i < 0 {
			continue
		}
		place, ok := at[o.Ref]
		if !ok {
			place = len(p.Applications)
			at[o.Ref] = place
			p.Applications = append(p.Applications, assign.Application{ID: string(o.Ref), Needs: map[string]int{}})
		}
		p.Applications[place].Needs[b.reviewers[i].Kind]++
		p.Fixed = append(p.Fixed, pairOf(o.Person, o.Ref))
	}
}

// pairs are the assignments of the result in the applications that wait.
func (b *basis) pairs(result assign.Result) []Pair {
	kind := map[ident.Person]string{}
	for _, r := range b.reviewers {
		kind[r.Person] = r.Kind
	}
	waiting := map[ident.Ref]bool{}
	for _, a := range b.apps {
		waiting[a.Ref] = true
	}
	var pairs []Pair
	for _, p := range result.Assignments {
		if person, ref := ident.Person(p[0]), ident.Ref(p[1]); waiting[ref] {
			pairs = append(pairs, Pair{ref, person, kind[person]})
		}
	}
	return pairs
}

// planned are the pairs of an application that can still be: who came to have a conflict since is left out.
func (b *basis) planned(p *Plan, ref ident.Ref) []Pair {
	var pairs []Pair
	for _, pair := range p.Pairs {
		_, may := b.names[pair.Person]
		if pair.Ref == ref && may && !b.barred[pairOf(pair.Person, ref)] {
			pairs = append(pairs, pair)
		}
	}
	return pairs
}

// full reports whether there are exactly as many reviewers of each kind as the call asks for.
func (b *basis) full(pairs []Pair) bool {
	have := map[string]int{}
	for _, p := range pairs {
		have[p.Kind]++
	}
	asked := 0
	for kind, n := range b.call.Settings.Review.Kinds {
		asked += n
		if have[kind] != n {
			return false
		}
	}
	return asked == len(pairs)
}

// unfit says why somebody cannot be put into a plan.
func (b *basis) unfit(p *Plan, e *Edit) string {
	i := slices.IndexFunc(b.reviewers, func(r Reviewer) bool { return r.Person == e.In && r.Kind == e.Kind })
	load := b.load[e.In]
	for _, pair := range p.Pairs {
		if pair.Person != e.In {
			continue
		}
		if load++; pair.Ref == e.Ref {
			return "They review this application already"
		}
	}
	switch {
	case i < 0:
		return "Select a reviewer of this kind"
	case b.barred[pairOf(e.In, e.Ref)]:
		return "They have a conflict, or declined this application"
	case load >= b.reviewers[i].Capacity:
		return "They have no capacity left"
	default:
		return ""
	}
}
