package simulation

import "math"

// Outcome is how the methods did by one objective.
type Outcome struct {
	MeanShare map[Method]float64     `json:"mean_share"` // true worth of what was funded, over that of the best under full knowledge
	CI95      map[Method]*[2]float64 `json:"ci95"`       // of the mean share; null for a single round
	GapClosed map[Method]Gap         `json:"gap_closed"`
}

// Gap is how much of what the raw merit order leaves open a method gets: (share − raw) ÷ (1 − raw), of the means. It is null where the raw merit order
// leaves nothing open.
type Gap struct {
	Mean *float64    `json:"mean"`
	CI95 *[2]float64 `json:"ci95"`
}

// half is half the width of a 95% interval in standard errors.
const half = 1.959963984540054

func summarise(s Settings, rounds []shares) Result {
	return Result{
		Rounds: s.Rounds, Seed: s.Seed, Settings: s,
		ByAmount: outcome(rounds, func(o shares) map[Method]float64 { return o.byAmount }),
		ByScore:  outcome(rounds, func(o shares) map[Method]float64 { return o.byScore }),
	}
}

// outcome works out means and their intervals. Rounds are independent, the methods of a round are not: that of the gap is by the delta method on the
// pairs. With the means R of the raw merit order and S of a method, the gap moves by ((s − S) + (r − R)(S − 1) ÷ (1 − R)) ÷ (1 − R) with
// a round of shares s and r.
func outcome(rounds []shares, of func(shares) map[Method]float64) Outcome {
	o := Outcome{map[Method]float64{}, map[Method]*[2]float64{}, map[Method]Gap{}}
	for _, m := range Methods() {
		var sum float64
		for _, r := range rounds {
			sum += of(r)[m]
		}
		o.MeanShare[m] = sum / float64(len(rounds))
	}
	raw := o.MeanShare[RawMerit]
	for _, m := range Methods() {
		mean := o.MeanShare[m]
		o.CI95[m] = interval(mean, rounds, func(r shares) float64 { return of(r)[m] - mean })
		if raw > 1-1e-9 {
			o.GapClosed[m] = Gap{}
			continue
		}
		gap := (mean - raw) / (1 - raw)
		o.GapClosed[m] = Gap{&gap, interval(gap, rounds, func(r shares) float64 {
			return (of(r)[m] - mean + (of(r)[RawMerit]-raw)*(mean-1)/(1-raw)) / (1 - raw)
		})}
	}
	return o
}

// interval is the 95% interval of a mean, by how far each round lies from it.
func interval(mean float64, rounds []shares, off func(shares) float64) *[2]float64 {
	n := float64(len(rounds))
	if n < 2 {
		return nil
	}
	var squares float64
	for _, r := range rounds {
		squares += off(r) * off(r)
	}
	wide := half * math.Sqrt(squares/(n-1)/n)
	return &[2]float64{mean - wide, mean + wide}
}
