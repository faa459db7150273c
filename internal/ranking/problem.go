package ranking

import (
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"adoptionfund/internal/audit"
	"adoptionfund/internal/calibration"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/review"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/workflow"
)

// ranked are the states in which an application is ranked: from its assessment on.
func ranked() []workflow.ApplicationState {
	return []workflow.ApplicationState{
		workflow.Assessment, workflow.Moderation, workflow.Assessed, workflow.ProposedFund, workflow.ProposedReserve, workflow.ProposedNotFund,
		workflow.Successful, workflow.Reserve, workflow.Unsuccessful,
	}
}

// Reviewer is the pseudonym under which somebody's scores stand in a ranking. It says their kind and follows from call and person, so that it stays
// the same from one ranking to the next.
func Reviewer(call ident.Call, kind string, person ident.Person) string {
	return kind + "-" + review.Pseudonym(call, person)[:12]
}

// kindOf is the kind under which a score stands: that of its reviewer, or the office by which it was given.
func kindOf(s review.Score) string {
	if s.Source == review.ByReviewer {
		return s.Kind
	}
	return string(s.Source)
}

// problem is what the scores of a call say, in an order that follows from nothing but them. Reviewers' scores come as they are,
// those of officers and assessors too; a recorded consensus is the score of its part.
func (s *Service) problem(scored review.CallScores) (calibration.Problem, error) {
	r, err := s.reviews.Rubric(scored.Call)
	if err != nil {
		return calibration.Problem{}, fmt.Errorf("reading the rubric: %w", err)
	}
	in := gathered{call: scored.Call.ID, refs: map[ident.Application]string{}, has: map[[2]string]bool{}}
	for _, a := range scored.In(ranked()...) {
		in.refs[a.ID] = string(a.Ref)
	}
	for _, score := range scored.Scores {
		in.take(score)
	}
	return in.problem(r), nil
}

// gathered are scores on their way into a problem.
type gathered struct {
	call   ident.Call
	refs   map[ident.Application]string
	scores []calibration.Score
	agreed []calibration.Agreed
	has    map[[2]string]bool // which application has a score on which part
}

func (g *gathered) take(s review.Score) {
	ref, ranked := g.refs[s.ApplicationID]
	if !ranked || s.Value == nil || s.Mark != rubric.Scored {
		return
	}
	if s.Source == review.ByConsensus {
		g.agreed = append(g.agreed, calibration.Agreed{Application: ref, Part: string(s.Part), Value: float64(*s.Value)})
		return
	}
	g.has[[2]string{ref, string(s.Part)}] = true
	kind := kindOf(s)
	g.scores = append(g.scores, calibration.Score{Application: ref, Reviewer: Reviewer(g.call, kind, s.Person), Kind: kind, Part: string(s.Part), Value: float64(*s.Value)})
}

func (g *gathered) problem(r *rubric.Rubric) calibration.Problem {
	for _, a := range g.agreed {
		if !g.has[[2]string{a.Application, a.Part}] { // all abstained: the consensus is all that there is
			g.scores = append(g.scores, calibration.Score{Application: a.Application, Reviewer: "consensus-" + a.Application, Kind: "consensus", Part: a.Part, Value: a.Value})
		}
	}
	place := map[string]int{}
	for i, part := range r.Parts {
		place[string(part.Code)] = i
	}
	slices.SortFunc(g.scores, func(a, b calibration.Score) int {
		return cmp.Or(cmp.Compare(place[a.Part], place[b.Part]), cmp.Compare(a.Application, b.Application), cmp.Compare(a.Reviewer, b.Reviewer))
	})
	slices.SortFunc(g.agreed, func(a, b calibration.Agreed) int {
		return cmp.Or(cmp.Compare(place[a.Part], place[b.Part]), cmp.Compare(a.Application, b.Application))
	})
	p := calibration.Problem{Scores: g.scores, Agreed: g.agreed, Draws: calibration.DefaultDraws}
	for _, part := range r.Parts {
		if slices.ContainsFunc(g.scores, func(s calibration.Score) bool { return s.Part == string(part.Code) }) {
			p.Weights = append(p.Weights, calibration.Weight{Part: string(part.Code), Weight: float64(part.Weight)})
		}
	}
	p.Without = g.without()
	return p
}

// without are the applications that have no score yet.
func (g *gathered) without() []string {
	scored := map[string]bool{}
	for _, s := range g.scores {
		scored[s.Application] = true
	}
	var none []string
	for _, ref := range g.refs {
		if !scored[ref] {
			none = append(none, ref)
		}
	}
	slices.Sort(none)
	return none
}

// seeded gives a problem its seed, which are the first eight bytes of the digest of everything else in it, and the digest of the whole.
func seeded(p calibration.Problem) (calibration.Problem, string, error) {
	digest, err := digestOf(p)
	if err != nil {
		return p, "", err
	}
	first, err := hex.DecodeString(digest[:16])
	if err != nil {
		return p, "", fmt.Errorf("reading a digest: %w", err)
	}
	p.Seed = binary.BigEndian.Uint64(first)
	digest, err = digestOf(p)
	return p, digest, err
}

func digestOf(p calibration.Problem) (string, error) {
	text, err := json.Marshal(p)
	if err != nil {
		return "", fmt.Errorf("digesting scores: %w", err)
	}
	return audit.Digest(text), nil
}
