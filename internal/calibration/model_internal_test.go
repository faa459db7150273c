package calibration

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// TestTheAbsorbedModelIsTheWholeOne compares the solution in which the applications are absorbed with that of the covariance matrix of all
// scores, which is slow and plain: the effects, their variance, and the density up to one constant.
func TestTheAbsorbedModelIsTheWholeOne(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 9))
	for range 20 {
		applications, reviewers := 2+rng.IntN(6), 2+rng.IntN(4)
		var cells []cell
		var values []float64
		for i := range applications {
			for j := range reviewers {
				if rng.IntN(3) > 0 {
					cells, values = append(cells, cell{i, j}), append(values, rng.NormFloat64())
				}
			}
		}
		if len(cells) == 0 {
			continue
		}
		m := newModel(applications, reviewers, cells, values)
		var offsets []float64
		for _, at := range [][2]float64{{0.3, 0.5}, {1.2, 0.9}, {1.9, 2.5}} {
			g := m.given(at[0], at[1], nil)
			log, effects, variances := whole(cells, values, applications, at[0], at[1])
			offsets = append(offsets, g.log-logPrior(at[1])-log)
			covariance := g.covariance()
			for i := range applications {
				if got := g.effect(i, g.mean); math.Abs(got-effects[i]) > 1e-9 {
					t.Errorf("the effect is %v, want %v", got, effects[i])
				}
				if got := g.variance(i, covariance); math.Abs(got-variances[i]) > 1e-9 {
					t.Errorf("the variance is %v, want %v", got, variances[i])
				}
			}
		}
		for _, o := range offsets {
			if math.Abs(o-offsets[0]) > 1e-8 {
				t.Errorf("the density is off by %v", offsets)
			}
		}
	}
}

// whole works with the covariance of all scores.
func whole(cells []cell, values []float64, applications int, tau, s float64) (log float64, effects, variances []float64) {
	n := len(cells)
	v := mat.NewSymDense(n, nil)
	for i, a := range cells {
		for j := i; j < n; j++ {
			var c float64
			if a.application == cells[j].application {
				c += tau * tau
			}
			if a.reviewer == cells[j].reviewer {
				c += severity
			}
			if i == j {
				c += s * s
			}
			v.SetSym(i, j, c)
		}
	}
	var chol mat.Cholesky
	chol.Factorize(v)
	y := mat.NewVecDense(n, values)
	var solved mat.VecDense
	_ = chol.SolveVecTo(&solved, y)
	log = -0.5 * (chol.LogDet() + mat.Dot(y, &solved))
	for a := range applications {
		with := mat.NewVecDense(n, nil)
		for i, c := range cells {
			if c.application == a {
				with.SetVec(i, tau*tau)
			}
		}
		var w mat.VecDense
		_ = chol.SolveVecTo(&w, with)
		effects = append(effects, mat.Dot(with, &solved))
		variances = append(variances, tau*tau-mat.Dot(with, &w))
	}
	return log, effects, variances
}

// TestThePriorOfTheNoiseIsADensity: it is that of the length of a vector with two uniform components.
func TestThePriorOfTheNoiseIsADensity(t *testing.T) {
	t.Parallel()
	const steps = 200_000
	var sum float64
	high := widest * math.Sqrt2
	for i := range steps {
		sum += math.Exp(logPrior(high*(float64(i)+0.5)/steps)) * high / steps
	}
	if want := widest * widest; math.Abs(sum-want) > 1e-4 { // the constant left out is the area of the square
		t.Errorf("the prior of the noise sums to %v, want %v", sum, want)
	}
}
