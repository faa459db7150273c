package allocation

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/calibration"
	"adoptionfund/internal/computation"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/people"
	"adoptionfund/internal/ranking"
	"adoptionfund/internal/review"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Near is the calibrated ranking of a call beside the money that is there: for those who ask where a further review would help most.
type Near struct {
	ranking.Standing

	Budget money.Pence
	Ranked []Ranked // from the highest calibrated total down; those of which nothing could be estimated last
	Line   float64  // the funding line, on the scale of totals
	Lined  bool     // false: the money suffices for all, so that there is no line
	Band   []string // references of those whose 90% interval holds the line
}

// Ranking gives the calibrated ranking of a call with its funding line, also of what is still assessed. Kept is nil where none was computed. Who asks
// must be allowed to see it.
func (s *Service) Ranking(tx *work.Tx, c *fund.Call) (Near, error) {
	b, err := s.collect(tx, c, append(considered(), workflow.Assessment, workflow.Moderation))
	if err != nil {
		return Near{}, err
	}
	return b.near(), nil
}

// near ranks by the calibrated totals as they were computed, also where the call's method ranks otherwise.
func (b basis) near() Near {
	n := Near{Standing: b.standing, Budget: b.budget}
	if b.standing.Kept == nil {
		n.Ranked = b.ranked
		return n
	}
	ask := Published(b.Call, b.budget)
	ask.Ranking, ask.Strategy, ask.Objective = fund.RankCalibrated, fund.StrategyMerit, fund.ObjectiveAmount
	b.standing.Digest = b.standing.Kept.Digest // its figures are shown although they are stale: the page says so
	if with, err := b.with(ask); err == nil {
		b = with
	}
	n.Ranked = b.ranked
	slices.SortStableFunc(n.Ranked, func(x, y Ranked) int {
		return cmp.Or(known(y)-known(x), cmp.Compare(y.Score, x.Score))
	})
	n.Line, n.Lined = b.line()
	n.Band = b.band()
	return n
}

func known(r Ranked) int {
	if r.Calibrated != nil {
		return 1
	}
	return 0
}

// RankingDesk is the page of a call's ranking.
type RankingDesk struct {
	Mask
	Near

	Call         *fund.Call
	Kinds        map[string]string // the titles of kinds of reviewers
	RawPlaces    map[ident.Ref]int // by scores as given, among those that are shown
	Why          map[ident.Ref][]Lean
	Notes        []string // what the calibration recognised, in words; none where something is masked, since they name applications
	Named        bool     // reviewers are named
	Computations []computation.Computation
	Freezes      []ranking.Freeze
	People       map[ident.Person]string // who froze and unfroze
	Open         int64                   // applications that are still assessed
	Proposed     bool
	MayCompute   bool
	MayFreeze    bool
	MaskedBand   int
}

// Lean is a reviewer of an application who scores otherwise than others of their kind.
type Lean struct {
	Who    string
	Points float64 // of 5, in the mean of their parts: below 0 harsh, above 0 lenient
}

// leastLean is how far from others a reviewer scores, in points, for it to be said.
const leastLean = 0.15

// RankingDesk gives the page of a call's ranking. Applications from which the one who looks is barred are one masked line.
func (s *Service) RankingDesk(ctx context.Context, ref ident.CallRef) (RankingDesk, error) {
	var d RankingDesk
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		d = RankingDesk{}
		c, err := fund.PermittedCall(tx, ref, access.ViewRanking)
		if err != nil {
			return err
		}
		tx.Saw("ranking", string(c.Ref))
		d.Call = c
		if d.Near, err = s.Ranking(tx, c); err != nil {
			return err
		}
		d.hide(tx.By.ID)
		if err := s.why(tx, &d); err != nil {
			return err
		}
		return s.around(tx, &d)
	})
	return d, err
}

// hide takes out what the one who looks is barred from.
func (d *RankingDesk) hide(who ident.Person) {
	for i := range d.Ranked {
		d.Ranked[i].Place = i + 1
	}
	d.Ranked = d.mask(d.Ranked, who)
	d.Band, d.MaskedBand = d.Seen(d.Band)
	raw := slices.Clone(d.Ranked)
	slices.SortStableFunc(raw, func(x, y Ranked) int {
		return cmp.Or(cmp.Compare(y.Total.Total, x.Total.Total), cmp.Compare(x.Application.Requested, y.Application.Requested), cmp.Compare(x.Application.Ref, y.Application.Ref))
	})
	d.RawPlaces = map[ident.Ref]int{}
	for i, r := range raw {
		d.RawPlaces[r.Application.Ref] = i + 1
	}
}

// InBand reports whether an application is in the band.
func (d *RankingDesk) InBand(ref ident.Ref) bool { return slices.Contains(d.Band, string(ref)) }

// why says of each application that is shown which of its reviewers score otherwise than others of their kind.
func (s *Service) why(tx *work.Tx, d *RankingDesk) error {
	d.Why, d.Kinds = map[ident.Ref][]Lean{}, map[string]string{}
	r, err := s.reviews.Rubric(d.Call)
	if err != nil {
		return err //nolint:wrapcheck // says what it was doing
	}
	for _, k := range r.Kinds {
		d.Kinds[k.Code] = k.Title
	}
	if d.Kept == nil {
		return nil
	}
	if d.Masked == 0 {
		d.Notes = notes(d.Kept.Found.Notes, r)
	}
	leans := leansOf(d.Kept.Found.Severities)
	names, err := s.reviewerNames(tx, d, r, leans)
	if err != nil {
		return err
	}
	seen := map[[2]string]bool{}
	for _, score := range d.Kept.Given.Scores {
		key, lean := [2]string{score.Application, score.Reviewer}, leans[score.Reviewer]
		if seen[key] || math.Abs(lean) < leastLean || d.Hidden(score.Application) {
			continue
		}
		seen[key] = true
		d.Why[ident.Ref(score.Application)] = append(d.Why[ident.Ref(score.Application)], Lean{names[score.Reviewer], lean})
	}
	return nil
}

// notes leaves out that scores by office are by one person each: it is so by design.
func notes(all []string, r *rubric.Rubric) []string {
	return slices.DeleteFunc(slices.Clone(all), func(note string) bool {
		return slices.ContainsFunc(r.Parts, func(p *rubric.Part) bool {
			return p.Source != rubric.Reviewers && strings.HasPrefix(note, string(p.Code)+": all scores are by one reviewer")
		})
	})
}

// leansOf is the mean severity of each reviewer over the parts that they scored, by how often they did.
func leansOf(all []calibration.Severity) map[string]float64 {
	sums, counts := map[string]float64{}, map[string]float64{}
	for _, v := range all {
		sums[v.Reviewer] += v.Mean * float64(v.Scores)
		counts[v.Reviewer] += float64(v.Scores)
	}
	for who := range sums {
		sums[who] /= counts[who]
	}
	return sums
}

// reviewerNames are the reviewers of a ranking by name to those who may see names, to others by kind and number.
func (s *Service) reviewerNames(tx *work.Tx, d *RankingDesk, r *rubric.Rubric, leans map[string]float64) (map[string]string, error) {
	names := map[string]string{}
	all := make([]string, 0, len(leans))
	for who := range leans {
		all = append(all, who)
	}
	slices.Sort(all)
	number := map[string]int{}
	for _, who := range all {
		kind, _, _ := strings.Cut(who, "-")
		number[kind]++
		names[who] = fmt.Sprintf("%s reviewer %02d", r.KindTitle(rubric.Kind(kind)), number[kind])
	}
	var err error
	if d.Named, err = tx.May(access.ViewNamedSeverity, d.Call); err != nil || !d.Named {
		return names, err
	}
	scores, err := review.Scores(tx, d.Call.ID)
	if err != nil {
		return nil, err //nolint:wrapcheck // says what it was doing
	}
	by := map[ident.Person]string{}
	for _, score := range scores {
		if score.Source == review.ByReviewer {
			by[score.Person] = ranking.Reviewer(d.Call.ID, score.Kind, score.Person)
		}
	}
	ids := make([]ident.Person, 0, len(by))
	for id := range by {
		ids = append(ids, id)
	}
	named, err := people.Names(tx, ids...)
	for id, who := range by {
		if names[who] != "" && named[id] != "" {
			names[who] = named[id]
		}
	}
	return names, err
}

// around adds what can be done, and what was.
func (s *Service) around(tx *work.Tx, d *RankingDesk) error {
	var err error
	if d.Computations, err = computation.Shown(tx, d.Call.ID, computation.Ranking, tx.Now.Add(-failedFor)); err != nil {
		return err
	}
	if d.Freezes, err = ranking.Freezes(tx, d.Call); err != nil {
		return err
	}
	var ids []ident.Person
	for _, f := range d.Freezes {
		ids = append(ids, f.FrozenBy)
		if f.EndedBy != nil {
			ids = append(ids, *f.EndedBy)
		}
	}
	if d.People, err = people.Names(tx, ids...); err != nil {
		return err
	}
	if d.Open, err = ranking.Open(tx, d.Call); err != nil {
		return err
	}
	if d.Proposed, err = Stands(tx, d.Call); err != nil {
		return err
	}
	if d.MayCompute, err = tx.May(access.RunCalibration, d.Call); err != nil {
		return err
	}
	d.MayFreeze, err = tx.May(access.FreezeRanking, d.Call)
	return err
}

// Progress is how far what is computed for a call is, in a short text that changes when it does: for pages that follow it.
func (s *Service) Progress(ctx context.Context, ref ident.CallRef, kind computation.Kind) (string, error) {
	stamp := ""
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		act := access.ViewAllocation
		if kind == computation.Ranking {
			act = access.ViewRanking
		}
		c, err := fund.PermittedCall(tx, ref, act)
		if err != nil {
			return err
		}
		all, err := computation.Shown(tx, c.ID, kind, tx.Now.Add(-failedFor))
		stamp = Stamp(all)
		return err
	})
	return stamp, err
}

// Stamp is a short text that changes when something about computations does.
func Stamp(all []computation.Computation) string {
	var b strings.Builder
	for _, c := range all {
		_, _ = fmt.Fprintf(&b, "%s %s %d;", c.ID[len(c.ID)-6:], c.State, c.Share)
	}
	return b.String()
}
