package assignment

import (
	"crypto/sha256"
	"encoding/binary"
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
	reviewers []Reviewer // who may review in the call, with the places that they have while reviews are written
	names     map[ident.Person]string
	barred    map[assign.Pair]bool
	load      map[ident.Person]int // standing assignments in the round
	near      map[assign.Pair]bool // the same integrated care system
	others    []elsewhere
	before    *Plan                // that waits
	wishes    map[assign.Pair]bool // what was changed by hand in the plan that waits: true for who came in, false for who went out
}

// read collects it with a fixed number of queries.
func (s *Service) read(tx *work.Tx, c *fund.Call, states ...workflow.ApplicationState) (*basis, error) {
	b := &basis{call: c, names: map[ident.Person]string{}, barred: map[assign.Pair]bool{}, near: map[assign.Pair]bool{}, load: map[ident.Person]int{}}
	var err error
	if b.apps, err = application.InCall(tx, c, states...); err != nil {
		return nil, err
	}
	if b.others, err = inRound(tx, c.RoundID); err != nil {
		return nil, err
	}
	for _, o := range b.others {
		b.load[o.Person]++
	}
	if err := b.readReviewers(tx); err != nil {
		return nil, err
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
		if _, ok := b.names[r.Person]; !ok || !r.Assignable(tx.Now) {
			continue
		}
		if r.Wish != nil {
			r.Capacity = min(r.Capacity, *r.Wish)
		}
		r.Capacity = r.places(b.load[r.Person], tx.Now, b.call.Settings.Review.Days)
		b.reviewers = append(b.reviewers, r)
	}
	return nil
}

// readConflicts finds who cannot review what: relations to the application, rules, and what was declined before.
func (s *Service) readConflicts(tx *work.Tx, b *basis) error {
	employed := interest.Employed{}
	for _, r := range b.reviewers {
		employed[r.Person] = []ident.ODS{r.ODS}
	}
	sight, err := interest.Look(tx, s.library, b.call, b.apps, employed)
	if err != nil {
		return err
	}
	refs := map[ident.Application]ident.Ref{}
	for _, a := range b.apps {
		refs[a.ID] = a.Ref
		b.relations(a)
		for _, r := range b.reviewers {
			severity := interest.Worst(sight.Between(r.Person, a.ID))
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
			default:
				value := mixed(b.names[r.Person]+string(r.ODS), a.Ref)
				if r.Expert(a.Theme) {
					value++
				}
				if b.near[pair] {
					value -= 0.5
				}
				p.Affinity = append(p.Affinity, assign.Affinity{Pair: pair, Value: value})
			}
		}
	}
	b.standing(&p)
	b.wished(&p)
	return p
}

// mixed is a little affinity of a reviewer, by their name and organisation, and an application: less than a thousandth, so that it decides
// only where nothing else tells reviewers apart, and the same wherever the round is. Without it the same few would get the same applications
// again and again, and the harsh could not be told from the lenient: calibration needs reviewers whose applications overlap.
func mixed(reviewer string, ref ident.Ref) float64 {
	digest := sha256.Sum256([]byte(reviewer + " " + string(ref)))
	return float64(binary.BigEndian.Uint32(digest[:])%1_000_000) / 1e9
}

// wish notes what was changed by hand in a plan: what came last of a pair counts.
func (b *basis) wish(p *Plan) {
	b.wishes = map[assign.Pair]bool{}
	if p == nil {
		return
	}
	for _, c := range p.Changes {
		if c.Out != "" {
			b.wishes[pairOf(c.Out, c.Ref)] = false
		}
		if c.In != "" {
			b.wishes[pairOf(c.In, c.Ref)] = true
		}
	}
}

// wished puts the wishes into the problem, as far as they can be: who came in is fixed, who went out is kept out.
func (b *basis) wished(p *assign.Problem) {
	load, met := map[ident.Person]int{}, map[string]int{}
	for person, n := range b.load {
		load[person] = n
	}
	for _, a := range b.apps {
		for _, r := range b.reviewers {
			pair := pairOf(r.Person, a.Ref)
			in, wished := b.wishes[pair]
			place := string(a.Ref) + r.Kind
			switch {
			case !wished || b.barred[pair]:
			case !in:
				p.Conflicts = append(p.Conflicts, pair)
			case load[r.Person] < r.Capacity && met[place] < b.call.Settings.Review.Kinds[r.Kind]:
				load[r.Person]++
				met[place]++
				p.Fixed = append(p.Fixed, pair)
			}
		}
	}
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
