// Package highs solves linear and mixed-integer problems exactly with HiGHS, which runs inside the program as WebAssembly: no compiler for
// C, no library of the system, and the same answer on every machine.
//
// It owns the passage between Go and the solver. What the numbers mean is the matter of solve. HiGHS is published under the MIT licence by the
// University of Edinburgh (https://highs.dev); the npm package highs brings it.
package highs

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/tetratelabs/wazero"
)

//go:embed dist
var dist embed.FS

// Column is a variable.
type Column struct {
	Value        float64 // what one of it is worth
	Lower, Upper float64
	Whole        bool
}

// Row is a sum of variables that must lie within bounds; infinite ones do not bind.
type Row struct {
	Lower, Upper float64
	Columns      []int
	Times        []float64
}

// Model is what is to be made as large as it can be.
type Model struct {
	Columns []Column
	Rows    []Row
	Start   []float64     // a solution that is known already; nil: none
	Gap     float64       // how far from the best a solution may be to count as such, in the unit of the values
	Limit   time.Duration // after which the best found is given; 0: as long as it takes
}

// Status says what a solution is.
type Status int

// The statuses.
const (
	Optimal    Status = iota
	Stopped           // by the time limit
	Infeasible        // nothing satisfies all rows
)

// Solution is what was found.
type Solution struct {
	Status Status
	Values []float64 // of the columns; nil where none was found
	Worth  float64
	Bound  float64 // no solution is worth more; infinite where the time ended before anything was known
	// Prices are by how much the worth would rise with the bound of each row, if no variable is whole; below zero where a lower bound holds.
	Prices []float64
}

// Engine is the solver, compiled when it is first needed. It may be used by several at once.
type Engine struct {
	cache string
	once  sync.Once
	ready *compiled
	err   error
}

// New makes an engine that keeps its compiled form in a folder, so that the next program starts in a moment; empty: it compiles each time.
func New(cache string) *Engine { return &Engine{cache: cache} }

// names are what the functions of the package are called inside it.
type names struct {
	Start    string            `json:"start"`
	Exported map[string]string `json:"exported"`
	Imported map[string]string `json:"imported"`
}

type compiled struct {
	names   names
	runtime wazero.Runtime
	module  wazero.CompiledModule
}

func (e *Engine) compile(ctx context.Context) (*compiled, error) {
	e.once.Do(func() { e.ready, e.err = compile(context.WithoutCancel(ctx), e.cache) }) // it outlives the request that needed it first
	return e.ready, e.err
}

func compile(ctx context.Context, cache string) (*compiled, error) {
	code, err := dist.ReadFile("dist/highs.wasm")
	if err != nil {
		return nil, errors.New("this program was built without the solver: run make build")
	}
	text, err := dist.ReadFile("dist/names.json")
	if err != nil {
		return nil, fmt.Errorf("reading the names of the solver's functions: %w", err)
	}
	c := &compiled{}
	if err := json.Unmarshal(text, &c.names); err != nil {
		return nil, fmt.Errorf("reading the names of the solver's functions: %w", err)
	}
	settings := wazero.NewRuntimeConfig().WithCloseOnContextDone(true).WithMemoryLimitPages(16384)
	if cache != "" {
		if kept, err := wazero.NewCompilationCacheWithDir(cache); err == nil { // without a place to keep it, it is compiled anew
			settings = settings.WithCompilationCache(kept)
		}
	}
	c.runtime = wazero.NewRuntimeWithConfig(ctx, settings)
	if c.module, err = c.runtime.CompileModule(ctx, code); err != nil {
		return nil, fmt.Errorf("compiling the solver: %w", err)
	}
	return c, c.host(ctx)
}

// Solve solves a model. The same model gives the same solution, unless the time limit ends it.
func (e *Engine) Solve(ctx context.Context, m Model) (Solution, error) {
	c, err := e.compile(ctx)
	if err != nil {
		return Solution{}, err
	}
	run, err := c.start(ctx)
	if err != nil {
		return Solution{}, err
	}
	defer run.end(ctx)
	s, err := run.solve(m)
	if ctx.Err() != nil {
		return Solution{}, fmt.Errorf("solving: %w", ctx.Err())
	}
	return s, err
}

// HiGHS's own numbers for how a run ended.
const (
	modelEmpty      = 6
	modelOptimal    = 7
	modelInfeasible = 8
	modelEither     = 9 // infeasible or unbounded: nothing here is unbounded
	modelTimeLimit  = 13
)

func (r *instance) solve(m Model) (Solution, error) {
	highs := r.call("Highs_create")
	r.options(highs, m)
	if int32(r.pass(highs, m)) < 0 { //nolint:gosec // a status of 32 bits
		return Solution{}, r.fault("the solver does not take the problem")
	}
	if m.Start != nil {
		r.call("Highs_setSolution", highs, r.floats(m.Start), 0, 0, 0)
	}
	r.call("Highs_run", highs)
	var s Solution
	switch status := int32(r.call("Highs_getModelStatus", highs)); status { //nolint:gosec // a status of 32 bits
	case modelOptimal, modelEmpty:
	case modelTimeLimit:
		s.Status = Stopped
	case modelInfeasible, modelEither:
		return Solution{Status: Infeasible}, r.err
	default:
		return Solution{}, r.fault("the solver ended with the status %d", status)
	}
	s.Bound = r.info(highs, "mip_dual_bound")
	if s.Status == Stopped && r.whole(highs, "primal_solution_status") != 2 {
		return s, r.err
	}
	s.Worth = r.double(r.call("Highs_getObjectiveValue", highs))
	if at := r.room(8 * len(m.Columns)); r.err == nil {
		prices := r.room(8 * max(len(m.Rows), 1))
		r.call("Highs_getSolution", highs, at, 0, 0, prices)
		s.Values, s.Prices = r.take(at, len(m.Columns)), r.take(prices, len(m.Rows))
	}
	if s.Status == Optimal && (math.IsInf(s.Bound, 0) || math.IsNaN(s.Bound)) {
		s.Bound = s.Worth // a problem without whole variables, or one that presolving solved
	}
	return s, r.err
}

func (r *instance) options(highs uint64, m Model) {
	r.call("Highs_setBoolOptionValue", highs, r.text("output_flag"), 0)
	r.call("Highs_setStringOptionValue", highs, r.text("parallel"), r.text("off"))
	r.call("Highs_setIntOptionValue", highs, r.text("threads"), 1)
	r.call("Highs_setIntOptionValue", highs, r.text("random_seed"), 0)
	for name, value := range map[string]float64{"mip_rel_gap": 0, "mip_abs_gap": max(m.Gap, 1e-9), "mip_feasibility_tolerance": 1e-7} {
		r.call("Highs_setDoubleOptionValue", highs, r.text(name), math.Float64bits(value))
	}
	if m.Limit > 0 {
		r.call("Highs_setDoubleOptionValue", highs, r.text("time_limit"), math.Float64bits(m.Limit.Seconds()))
	}
}

func (r *instance) pass(highs uint64, m Model) uint64 {
	const byRow, largest = 2, 0xffffffff // the largest is -1: as large as can be
	n := len(m.Columns)
	worth, lower, upper, whole := make([]float64, n), make([]float64, n), make([]float64, n), make([]int32, n)
	for i, c := range m.Columns {
		worth[i], lower[i], upper[i] = c.Value, c.Lower, c.Upper
		if c.Whole {
			whole[i] = 1
		}
	}
	var low, high, times []float64
	var starts, columns []int32
	for _, row := range m.Rows {
		low, high = append(low, row.Lower), append(high, row.Upper)
		starts = append(starts, int32(len(columns))) //nolint:gosec // far fewer than two thousand million
		for i, c := range row.Columns {
			columns, times = append(columns, int32(c)), append(times, row.Times[i]) //nolint:gosec // as above
		}
	}
	return r.call("Highs_passMip", highs, uint64(n), uint64(len(m.Rows)), uint64(len(columns)), byRow, largest, math.Float64bits(0),
		r.floats(worth), r.floats(lower), r.floats(upper), r.floats(low), r.floats(high), r.ints(starts), r.ints(columns), r.floats(times), r.ints(whole))
}
