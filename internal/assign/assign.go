// Package assign shares out reviews: who reviews what, given capacities, needs, conflicts and affinities, solved exactly as a flow of
// least cost.
//
// It owns the problem, its reading and its solution. It leaves to assignment where reviewers, conflicts and affinities come from,
// and what is done with the answer.
package assign

import (
	"encoding/json"
	"math"
)

// Problem is who may review and what needs reviews.
type Problem struct {
	Reviewers    []Reviewer    `json:"reviewers"`
	Applications []Application `json:"applications"`
	Conflicts    []Pair        `json:"conflicts,omitempty"`
	Fixed        []Pair        `json:"fixed,omitempty"`    // assignments that stand, whatever is added
	Affinity     []Affinity    `json:"affinity,omitempty"` // where a pair is not listed: 1 if the theme matches, else 0
}

// Reviewer is somebody who reviews as one kind.
type Reviewer struct {
	ID       string   `json:"id"`
	Kind     string   `json:"kind"`
	Capacity int      `json:"capacity"`
	Themes   []string `json:"themes,omitempty"`
}

// Application is what needs reviews: how many of each kind.
type Application struct {
	ID    string         `json:"id"`
	Theme string         `json:"theme"`
	Needs map[string]int `json:"needs"`
}

// Pair is a reviewer and an application, in that order.
type Pair [2]string

// Affinity is how well a reviewer fits an application.
type Affinity struct {
	Pair

	Value float64
}

// MarshalJSON writes the reviewer, the application and the value, as problems have them.
func (a Affinity) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{a.Pair[0], a.Pair[1], a.Value}) //nolint:wrapcheck // nothing to add
}

// Result is the answer.
type Result struct {
	Status      string         `json:"status"`
	Assignments []Pair         `json:"assignments"`
	Load        map[string]int `json:"load"`
	Cost        Cost           `json:"cost"`
	Unmet       []Unmet        `json:"unmet"`
}

// The statuses of a result.
const (
	Optimal    = "optimal"
	Infeasible = "infeasible" // the best partial assignment, and what is unmet
)

// Cost is what the solution made as small, and as large, as it can be.
type Cost struct {
	SquaredLoads int64   `json:"squared_loads"`
	Affinity     float64 `json:"affinity"`
}

// Unmet is a need that cannot be met.
type Unmet struct {
	Application string `json:"application"`
	Kind        string `json:"kind"`
	Missing     int    `json:"missing"`
}

// Affinities are counted in billionths, so that sums are exact and the same on every machine.
const (
	unit       = 1_000_000_000
	maxAffine  = 1_000_000      // the largest affinity either way
	maxCount   = 1_000_000      // the largest capacity or need
	unmetWorth = int64(1) << 40 // more than any change of squared loads
)

func billionths(value float64) int64 { return int64(math.Round(value * unit)) }
