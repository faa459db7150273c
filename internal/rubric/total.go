package rubric

import (
	"fmt"
	"math/big"
	"slices"
)

// Points are hundredths of a point, so that points of parts add up to the total exactly, as pence do to pounds.
type Points int

// Float gives the points as a number, 71.4.
func (p Points) Float() float64 { return float64(p) / 100 }

// String gives the points with two decimals.
func (p Points) String() string { return fmt.Sprintf("%d.%02d", int(p)/100, int(p)%100) }

// Column is a column of reports: the four criteria of eligibility, and everything else.
type Column string

// The columns.
const (
	EV    Column = "ev"
	DT    Column = "dt"
	FU    Column = "fu"
	RO    Column = "ro"
	Other Column = "other"
)

// Columns are the columns in the order of reports.
func Columns() []Column { return []Column{EV, DT, FU, RO, Other} }

// Mark says what was given for a part: a score, or why there is none.
type Mark string

// The marks.
const (
	Scored        Mark = "score"
	NotApplicable Mark = "not_applicable"
	Abstained     Mark = "abstain"
)

// Score is one that stands. A consensus is the part's score, whatever else stands.
type Score struct {
	Part      Code
	Mark      Mark
	Value     int
	Consensus bool
}

// Result is an application's total with what it is made of.
type Result struct {
	Total    Points
	Complete bool // every part has what it needs for a score, or is left out for a reason
	Weight   int  // the weights that count, of 100; the rest is left out and these are scaled up
	Parts    []PartTotal
}

// PartTotal is what a part adds to a total.
type PartTotal struct {
	Part      *Part
	Counts    bool
	Mean      float64 // of the scores that stand, or the consensus
	Points    Points
	Scores    int // that stand behind it
	Least     int // the least and the best score of reviewers, consensus aside
	Best      int
	Consensus bool
	LeftOut   string // why it does not count: a sentence's end
}

// Spread is how far the scores of a part differ.
func (p PartTotal) Spread() int { return p.Best - p.Least }

// Apart are the parts whose scores differ by more than the limit and that have no consensus.
func (t Result) Apart(limit int) []PartTotal {
	var apart []PartTotal
	for _, p := range t.Parts {
		if !p.Consensus && p.Spread() > limit {
			apart = append(apart, p)
		}
	}
	return apart
}

// LeftOut are the parts that do not count.
func (t Result) LeftOut() []PartTotal {
	return slices.DeleteFunc(slices.Clone(t.Parts), func(p PartTotal) bool { return p.Counts })
}

// Criterion is the points of one criterion.
func (t Result) Criterion(c Criterion) Points {
	var sum Points
	for _, p := range t.Parts {
		if p.Part.Criterion == c {
			sum += p.Points
		}
	}
	return sum
}

// Column is the points of one column of reports. The columns add up to the total.
func (r *Rubric) Column(t Result, c Column) Points {
	var sum Points
	for _, p := range t.Parts {
		if r.Heading(p.Part.Criterion).Column == c {
			sum += p.Points
		}
	}
	return sum
}

// Part is what one part adds.
func (t Result) Part(code Code) (PartTotal, bool) {
	i := slices.IndexFunc(t.Parts, func(p PartTotal) bool { return p.Part.Code == code })
	if i < 0 {
		return PartTotal{}, false
	}
	return t.Parts[i], true
}

// Sum makes the total of the scores that stand. A part's score is its consensus, else the mean of its scores; a part that does not
// apply or is not scored in the theme, has only abstentions, or no score yet is left out, and the other weights are scaled up to 100. Nothing is ever counted
// as zero that was not scored zero.
func (r *Rubric) Sum(scores []Score) Result {
	t := Result{Complete: true, Parts: make([]PartTotal, len(r.Parts))}
	means := make([]*big.Rat, len(r.Parts))
	for i, p := range r.Parts {
		t.Parts[i], means[i] = p.mean(scores)
		if t.Parts[i].Counts {
			t.Weight += p.Weight
		}
		t.Complete = t.Complete && t.Parts[i].LeftOut != notYet
	}
	t.share(means)
	return t
}

// Why a part is left out.
const (
	notYet       = "has no score yet"
	doesNotApply = "does not apply"
	onlyAbstains = "has only abstentions"
)

// mean finds the score of a part, exactly.
func (p *Part) mean(scores []Score) (PartTotal, *big.Rat) {
	t := PartTotal{Part: p, LeftOut: notYet}
	if p.Outside() {
		t.LeftOut = "is not scored in the theme " + *p.outside
		return t, nil
	}
	sum, consensus := 0, -1
	for _, s := range scores {
		switch {
		case s.Part != p.Code:
		case s.Mark == NotApplicable:
			t.LeftOut = doesNotApply
		case s.Mark == Abstained:
			if t.LeftOut == notYet {
				t.LeftOut = onlyAbstains
			}
		case s.Consensus:
			consensus = s.Value
		default:
			if t.Scores == 0 {
				t.Least, t.Best = s.Value, s.Value
			}
			t.Least, t.Best = min(t.Least, s.Value), max(t.Best, s.Value)
			sum += s.Value
			t.Scores++
		}
	}
	var mean *big.Rat
	switch {
	case consensus >= 0:
		t.Consensus, mean = true, big.NewRat(int64(consensus), 1)
	case t.Scores > 0:
		mean = big.NewRat(int64(sum), int64(t.Scores))
	default:
		return t, nil
	}
	t.Counts, t.LeftOut = true, ""
	t.Mean, _ = mean.Float64()
	return t, mean
}

// share turns means into points: the total is rounded half up to a hundredth, and the hundredths that rounding down the parts leaves
// over go to those with the largest remainders, so that the parts add up to the total.
func (t *Result) share(means []*big.Rat) {
	if t.Weight == 0 {
		return
	}
	sum := new(big.Rat)
	rests := make([]*big.Rat, len(means))
	given := 0
	var order []int
	for i, mean := range means {
		if mean == nil {
			continue
		}
		exact := new(big.Rat).Mul(mean, big.NewRat(int64(t.Parts[i].Part.Weight*100*100), int64(t.Weight*Highest)))
		sum.Add(sum, exact)
		whole := floor(exact)
		rests[i] = exact.Sub(exact, big.NewRat(int64(whole), 1))
		t.Parts[i].Points = Points(whole)
		given += whole
		order = append(order, i)
	}
	total := floor(sum.Add(sum, big.NewRat(1, 2)))
	t.Total = Points(total)
	slices.SortStableFunc(order, func(a, b int) int { return rests[b].Cmp(rests[a]) })
	for _, i := range order[:total-given] {
		t.Parts[i].Points++
	}
}

func floor(r *big.Rat) int {
	return int(new(big.Int).Quo(r.Num(), r.Denom()).Int64())
}
