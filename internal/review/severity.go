package review

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"adoptionfund/internal/access"
	"adoptionfund/internal/agreement"
	"adoptionfund/internal/application"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/work"
)

// Scoring is how the reviewers of a call score: each beside the others, and how far they agree.
type Scoring struct {
	Call      *fund.Call
	Rubric    *rubric.Rubric
	Parts     []PartAgreement
	Reviewers []Scored // by name to those who may see names, in the order of pseudonyms to others
	Named     bool
	Masked    int // applications that the figures leave out, since the one who looks is barred from them
}

// PartAgreement is how far the reviewers of the same applications agree on a part.
type PartAgreement struct {
	Part *rubric.Part
	agreement.Result
}

// Spread is how often each score was given.
type Spread [rubric.Highest + 1]int

// Of is how many scores there are.
func (s Spread) Of() int {
	n := 0
	for _, v := range s {
		n += v
	}
	return n
}

// Share is the share of a score in percent, rounded; 0 where there are none.
func (s Spread) Share(score int) int {
	if of := s.Of(); of > 0 {
		return (200*s[score] + of) / (2 * of)
	}
	return 0
}

// Mean is their mean, 0 where there are none.
func (s Spread) Mean() float64 {
	sum, of := 0, s.Of()
	for score, n := range s {
		sum += score * n
	}
	if of == 0 {
		return 0
	}
	return float64(sum) / float64(of)
}

// Scored is how one reviewer scores beside the others.
type Scored struct {
	Who    string // a name or a pseudonym
	Kind   string
	Own    Spread
	Rest   Spread  // of the other reviewers of the same kind
	Others int     // how many those are
	Leans  float64 // mean difference, in points, from what others gave the same part of the same application; above 0: lenient
	Pairs  int     // of scores that this rests on
	order  string
}

// Scoring gives how the reviewers of a call score, to the fund manager by name, to the chair by pseudonym. What the one who looks is barred
// from enters none of the figures.
func (s *Service) Scoring(ctx context.Context, ref ident.CallRef) (Scoring, error) {
	var sc Scoring
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		d, err := s.desk(tx, ref, access.ViewSeverity)
		if err != nil {
			return err
		}
		tx.Saw("scoring", string(d.call.Ref))
		sc = Scoring{Call: d.call, Rubric: d.rubric, Masked: d.masked}
		for _, p := range d.rubric.Parts {
			if p.Source == rubric.Reviewers {
				sc.Parts = append(sc.Parts, PartAgreement{p, s.kept.interval(units(d.apps, p.Code))})
			}
		}
		if sc.Named, err = tx.May(access.ViewNamedSeverity, d.call); err != nil {
			return err
		}
		return sc.nameAll(tx, scoredBy(d.apps))
	})
	return sc, err
}

// nameAll gives each reviewer a name or a pseudonym, and an order that does not follow from the names where these are hidden.
func (sc *Scoring) nameAll(tx *work.Tx, by map[ident.Person]*Scored) error {
	ids := make([]ident.Person, 0, len(by))
	for id, r := range by {
		ids = append(ids, id)
		r.order = Pseudonym(sc.Call.ID, id)
	}
	if sc.Named {
		named, err := people.ByIDs(tx, ids)
		for _, who := range named {
			by[who.ID].Who = who.Name
			sc.Reviewers = append(sc.Reviewers, *by[who.ID])
		}
		return err
	}
	slices.SortFunc(ids, func(a, b ident.Person) int {
		return cmp.Or(cmp.Compare(by[a].Kind, by[b].Kind), cmp.Compare(by[a].order, by[b].order))
	})
	number := map[string]int{}
	for _, id := range ids {
		r := by[id]
		number[r.Kind]++
		r.Who = fmt.Sprintf("%s %02d", sc.Rubric.KindTitle(rubric.Kind(r.Kind)), number[r.Kind])
		sc.Reviewers = append(sc.Reviewers, *r)
	}
	return nil
}

// Pseudonym names people, and so orders them, in a way that is the same each time and says nothing of them.
func Pseudonym(call ident.Call, person ident.Person) string {
	sum := sha256.Sum256([]byte(string(call) + "\n" + string(person)))
	return hex.EncodeToString(sum[:])
}

// scoredBy counts the scores of applications by reviewer.
func scoredBy(apps []*figure) map[ident.Person]*Scored {
	by := map[ident.Person]*Scored{}
	for _, a := range apps {
		for _, s := range a.scores {
			if !s.compared() {
				continue
			}
			if by[s.Person] == nil {
				by[s.Person] = &Scored{Kind: s.Kind}
			}
			by[s.Person].Own[*s.Value]++
			by[s.Person].lean(a, s)
		}
	}
	compareKinds(by)
	return by
}

// compareKinds sets each reviewer beside the others of their kind.
func compareKinds(by map[ident.Person]*Scored) {
	all, count := map[string]Spread{}, map[string]int{}
	for _, r := range by {
		sum := all[r.Kind]
		for score, n := range r.Own {
			sum[score] += n
		}
		all[r.Kind], count[r.Kind] = sum, count[r.Kind]+1
	}
	for _, r := range by {
		r.Rest, r.Others = all[r.Kind], count[r.Kind]-1
		for score, n := range r.Own {
			r.Rest[score] -= n
		}
		if r.Pairs > 0 {
			r.Leans /= float64(r.Pairs)
		}
	}
}

// compared reports whether a score is a reviewer's number, which can be compared with others.
func (s Score) compared() bool { return s.Source == ByReviewer && s.Value != nil }

// lean adds how far a score is from the mean of the others on the same part of the same application.
func (r *Scored) lean(a *figure, own Score) {
	sum, n := 0, 0
	for _, s := range a.scores {
		if s.Part == own.Part && s.compared() && s.Person != own.Person {
			sum, n = sum+*s.Value, n+1
		}
	}
	if n > 0 {
		r.Leans += float64(*own.Value) - float64(sum)/float64(n)
		r.Pairs++
	}
}

// leastOthers is how many other reviewers of a kind there must be for one to see how they score together.
const leastOthers = 3

// Own is how the one who is signed in scores in a call.
type Own struct {
	Call    *fund.Call
	Scored  Scored
	Waiting int  // reviews of theirs that are not in: until they are, nothing of the others is shown
	Few     bool // too few others of their kind: what those gave could be told apart
}

// OwnScoring gives a reviewer how they score beside the others, in each call in which they have sent a review.
func (s *Service) OwnScoring(ctx context.Context) ([]Own, error) {
	var all []Own
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		if err := requireSomewhere(tx, access.ListReviews); err != nil {
			return err
		}
		calls, err := callsOf(tx, tx.By.ID)
		if err != nil {
			return err
		}
		for _, c := range calls {
			may, err := tx.May(access.ViewOwnSeverity, selfIn{c, tx.By.ID})
			if err != nil {
				return err
			}
			if !may {
				continue
			}
			d, err := s.deskOf(tx, c)
			if err != nil {
				return err
			}
			all = append(all, d.own(tx.By.ID))
		}
		tx.Saw("scoring.own")
		return nil
	})
	return all, err
}

// selfIn is somebody in a call, as a permission looks at what is their own.
type selfIn struct {
	call   *fund.Call
	person ident.Person
}

// Facts is what a permission may look at.
func (s selfIn) Facts() access.Facts {
	f := s.call.Facts()
	f.Self = s.person
	return f
}

func (d *desk) own(person ident.Person) Own {
	o := Own{Call: d.call}
	for _, a := range d.apps {
		for _, s := range a.seats {
			if s.Person == person && s.State == assignment.Standing {
				o.Waiting++
			}
		}
	}
	if r := scoredBy(d.apps)[person]; r != nil {
		o.Scored = *r
	}
	o.Few = o.Scored.Others < leastOthers
	if o.Waiting > 0 || o.Few {
		o.Scored.Rest, o.Scored.Leans, o.Scored.Pairs = Spread{}, 0, 0
	}
	return o
}

// callsOf are the calls in which a person has sent a review, the newest first.
func callsOf(tx *work.Tx, person ident.Person) ([]*fund.Call, error) {
	rows, err := assignment.OfPerson(tx, person)
	if err != nil {
		return nil, err
	}
	var ids []ident.Application
	for _, row := range rows {
		if row.State == assignment.Done {
			ids = append(ids, row.ApplicationID)
		}
	}
	apps, err := application.ByIDs(tx, ids)
	if err != nil {
		return nil, err
	}
	var calls []*fund.Call
	for _, id := range ids {
		c := apps[id].Call()
		if !slices.ContainsFunc(calls, func(other *fund.Call) bool { return other.ID == c.ID }) {
			calls = append(calls, c)
		}
	}
	slices.SortFunc(calls, func(a, b *fund.Call) int { return cmp.Compare(b.Ref, a.Ref) })
	return calls, nil
}
