package calibration

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/lapack64"
	"gonum.org/v1/gonum/mat"
)

// severity is the prior variance of how severe a reviewer is: 0.5 squared.
const severity = 0.25

// cell is that an application was scored by a reviewer, by their numbers.
type cell struct{ application, reviewer int }

// model are the scores of a part, less the overall mean, with what is needed of them again and again.
type model struct {
	applications, reviewers int
	scored                  [][]int   // reviewers of each application
	counts                  []float64 // scores of each reviewer
	byApplication           []float64 // sums of scores
	byReviewer              []float64
	squares                 float64 // sum of the squares of all scores
	n                       float64
	like                    []*alike
}

// alike are sums over the applications that have the same number of scores: given the variances, their effects are equally sure.
type alike struct {
	scores       float64   // of each of them
	applications float64   // how many they are
	squares      float64   // of their sums of scores
	sides        []float64 // by reviewer: sums of scores of those that the reviewer scored
	together     []float64 // by two reviewers: how many both of them scored; only where the second is not before the first
}

func newModel(applications, reviewers int, cells []cell, values []float64) *model {
	m := &model{
		applications: applications, reviewers: reviewers, scored: make([][]int, applications), counts: make([]float64, reviewers),
		byApplication: make([]float64, applications), byReviewer: make([]float64, reviewers), n: float64(len(cells)),
	}
	for i, c := range cells {
		m.scored[c.application] = append(m.scored[c.application], c.reviewer)
		m.counts[c.reviewer]++
		m.byApplication[c.application] += values[i]
		m.byReviewer[c.reviewer] += values[i]
		m.squares += values[i] * values[i]
	}
	m.alike()
	return m
}

// alike sums over applications that have the same number of scores.
func (m *model) alike() {
	found := map[int]*alike{}
	for i, by := range m.scored {
		a := found[len(by)]
		if a == nil {
			a = &alike{scores: float64(len(by)), sides: make([]float64, m.reviewers), together: make([]float64, m.reviewers*m.reviewers)}
			found[len(by)] = a
			m.like = append(m.like, a)
		}
		a.applications++
		a.squares += m.byApplication[i] * m.byApplication[i]
		for _, j := range by {
			a.sides[j] += m.byApplication[i]
			for _, k := range by {
				if k >= j {
					a.together[j*m.reviewers+k]++
				}
			}
		}
	}
}

// at is the model with its two standard deviations given: everything is Gaussian then. The applications are absorbed, so that what has to be
// solved is as large as there are reviewers.
type at struct {
	*model

	tau, s    float64
	precision []float64 // of the effect of each application, if the reviewers' severities were known
	matrix    []float64
	factor    blas64.Triangular // of the matrix
	mean      []float64         // of the severities
	log       float64           // of the density of tau, s and the scores, but for a constant
}

// given works the model out for tau and s. It uses the room of an earlier one where there is one.
func (m *model) given(tau, s float64, room *at) *at {
	g := room
	if g == nil {
		g = &at{model: m, precision: make([]float64, m.applications), matrix: make([]float64, m.reviewers*m.reviewers), mean: make([]float64, m.reviewers)}
	}
	g.tau, g.s = tau, s
	quadratic, logs := g.fill()
	factor, ok := lapack64.Potrf(blas64.Symmetric{N: m.reviewers, Stride: m.reviewers, Data: g.matrix, Uplo: blas.Upper})
	if !ok {
		g.log = math.Inf(-1) // so near to singular that its weight is nothing
		return g
	}
	g.factor = factor
	// With the matrix U'U and the side b, the quadratic form b'(U'U)⁻¹b is the square of U'⁻¹b.
	mean := blas64.Vector{N: len(g.mean), Data: g.mean, Inc: 1}
	blas64.Trsv(blas.Trans, factor, mean)
	quadratic -= blas64.Dot(mean, mean)
	blas64.Trsv(blas.NoTrans, factor, mean)
	for j := range m.reviewers {
		logs += 2 * math.Log(g.matrix[j*m.reviewers+j])
	}
	g.log = -0.5*(logs+quadratic) + logPrior(s)
	return g
}

// fill sets the matrix and, in the place of the mean, the side of the equations for the severities. It gives what the density has besides.
func (g *at) fill() (quadratic, logs float64) {
	m, w, tau := g.model, 1/(g.s*g.s), g.tau
	clear(g.matrix)
	for j, n := range m.counts {
		g.matrix[j*m.reviewers+j] = n*w + 1/severity
		g.mean[j] = w * m.byReviewer[j]
	}
	quadratic, logs = w*m.squares, m.n*math.Log(g.s*g.s)+float64(m.reviewers)*math.Log(severity)
	for _, a := range m.like {
		p := a.scores*w + 1/(tau*tau)
		share := w * w / p
		logs += a.applications * math.Log(tau*tau*p)
		quadratic -= share * a.squares
		for j, side := range a.sides {
			g.mean[j] -= share * side
			row := g.matrix[j*m.reviewers : (j+1)*m.reviewers]
			both := a.together[j*m.reviewers : (j+1)*m.reviewers]
			for k := j; k < len(row); k++ {
				row[k] -= share * both[k]
			}
		}
	}
	for i, by := range m.scored {
		g.precision[i] = float64(len(by))*w + 1/(tau*tau)
	}
	return quadratic, logs
}

// covariance is that of the severities; nothing where the matrix is so near to singular that its weight is nothing.
func (g *at) covariance() *mat.SymDense {
	inverse := blas64.Triangular{N: g.factor.N, Stride: g.factor.Stride, Data: slices.Clone(g.factor.Data), Uplo: g.factor.Uplo, Diag: g.factor.Diag}
	found, ok := lapack64.Potri(inverse)
	if !ok {
		return nil
	}
	return mat.NewSymDense(found.N, found.Data)
}

// logPrior is the density of s, the root of the sum of two squares that are each of a uniform on (0, 2). That of tau is flat.
func logPrior(s float64) float64 {
	angle := math.Pi / 2
	if s > widest {
		angle -= 2 * math.Acos(widest/s)
	}
	return math.Log(s * angle)
}

// effect is the mean of an application's effect, if the reviewers' severities are these.
func (g *at) effect(application int, severities []float64) float64 {
	sum := g.byApplication[application]
	for _, j := range g.scored[application] {
		sum -= severities[j]
	}
	return sum / (g.s * g.s * g.precision[application])
}

// share is the weight that each score of an application has in the mean of its effect, if the reviewers' severities are known.
func (g *at) share(application int) float64 { return 1 / (g.s * g.s * g.precision[application]) }

// variance is the variance of an application's effect, with that of the severities.
func (g *at) variance(application int, severities *mat.SymDense) float64 {
	var sum float64
	for _, j := range g.scored[application] {
		for _, k := range g.scored[application] {
			sum += severities.At(j, k)
		}
	}
	w := g.share(application)
	return 1/g.precision[application] + w*w*sum
}
