package highs

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// instance is one run of the solver, with memory of its own. It keeps the first thing that went wrong; nothing is called after that.
type instance struct {
	ctx    context.Context //nolint:containedctx // it lives as long as one call
	names  map[string]string
	module api.Module
	err    error
}

func (c *compiled) start(ctx context.Context) (*instance, error) {
	module, err := c.runtime.InstantiateModule(ctx, c.module, wazero.NewModuleConfig().WithName("").WithStartFunctions())
	if err != nil {
		return nil, fmt.Errorf("starting the solver: %w", err)
	}
	r := &instance{ctx: ctx, names: c.names.Exported, module: module}
	if _, err := module.ExportedFunction(c.names.Start).Call(ctx); err != nil {
		r.end(ctx)
		return nil, fmt.Errorf("starting the solver: %w", err)
	}
	return r, nil
}

func (r *instance) end(ctx context.Context) { _ = r.module.Close(context.WithoutCancel(ctx)) } // its memory goes with it

func (r *instance) fault(format string, args ...any) error {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
	return r.err
}

// call calls a function of the solver and gives its first result.
func (r *instance) call(name string, args ...uint64) uint64 {
	if r.err != nil {
		return 0
	}
	f := r.module.ExportedFunction(r.names[name])
	if f == nil {
		_ = r.fault("the solver has no function %s", name)
		return 0
	}
	results, err := f.Call(r.ctx, args...)
	if err != nil {
		_ = r.fault("the solver broke off in %s: %w", name, err)
		return 0
	}
	if len(results) == 0 {
		return 0
	}
	return results[0]
}

// room is the address of so many bytes in the solver's memory.
func (r *instance) room(bytes int) uint64 {
	at := r.call("malloc", uint64(bytes)+8) //nolint:gosec // a length
	if r.err == nil && at == 0 {
		_ = r.fault("the solver has no memory left")
	}
	return at
}

func (r *instance) put(data []byte) uint64 {
	at := r.room(len(data))
	if r.err == nil && !r.module.Memory().Write(uint32(at), data) { //nolint:gosec // addresses have 32 bits there
		_ = r.fault("the solver's memory does not hold the problem")
	}
	return at
}

func (r *instance) text(s string) uint64 { return r.put(append([]byte(s), 0)) }

func (r *instance) floats(values []float64) uint64 {
	data := make([]byte, 0, 8*len(values))
	for _, v := range values {
		data = binary.LittleEndian.AppendUint64(data, math.Float64bits(v))
	}
	return r.put(data)
}

func (r *instance) ints(values []int32) uint64 {
	data := make([]byte, 0, 4*len(values))
	for _, v := range values {
		data = binary.LittleEndian.AppendUint32(data, uint32(v)) //nolint:gosec // the same bits
	}
	return r.put(data)
}

// take reads numbers from the solver's memory.
func (r *instance) take(at uint64, n int) []float64 {
	if r.err != nil {
		return nil
	}
	data, ok := r.module.Memory().Read(uint32(at), uint32(8*n)) //nolint:gosec // addresses have 32 bits there
	if !ok {
		_ = r.fault("the solver's memory does not hold the solution")
		return nil
	}
	values := make([]float64, n)
	for i := range values {
		values[i] = math.Float64frombits(binary.LittleEndian.Uint64(data[8*i:]))
	}
	return values
}

func (r *instance) double(bits uint64) float64 { return math.Float64frombits(bits) }

// info is a number that the solver knows of its last run.
func (r *instance) info(highs uint64, name string) float64 {
	at := r.room(8)
	r.call("Highs_getDoubleInfoValue", highs, r.text(name), at)
	if values := r.take(at, 1); len(values) == 1 {
		return values[0]
	}
	return math.NaN()
}

func (r *instance) whole(highs uint64, name string) int32 {
	at := r.room(8)
	r.call("Highs_getIntInfoValue", highs, r.text(name), at)
	if r.err != nil {
		return 0
	}
	n, _ := r.module.Memory().ReadUint32Le(uint32(at)) //nolint:gosec // addresses have 32 bits there
	return int32(n)                                    //nolint:gosec // the same bits
}

// host gives the solver what it asks of the world around it: the time, memory, and nowhere to read or write.
func (c *compiled) host(ctx context.Context) error {
	known := map[string]string{}
	for name, short := range c.names.Imported {
		known[short] = name
	}
	builder := c.runtime.NewHostModuleBuilder("a")
	for _, f := range c.module.ImportedFunctions() {
		_, short, _ := f.Import()
		do, ok := deeds()[known[short]]
		if !ok {
			do = never(known[short])
		}
		builder.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(do), f.ParamTypes(), f.ResultTypes()).Export(short)
	}
	if _, err := builder.Instantiate(ctx); err != nil {
		return fmt.Errorf("preparing the solver: %w", err)
	}
	return nil
}

type deed = func(ctx context.Context, m api.Module, stack []uint64)

// never ends the run: the solver gives up, or asks for what it has no need of.
func never(what string) deed {
	return func(context.Context, api.Module, []uint64) { panic("the solver called " + what) }
}

func answer(value uint64) deed {
	return func(_ context.Context, _ api.Module, stack []uint64) { stack[0] = value }
}

func nothing(context.Context, api.Module, []uint64) {}

// deeds are what the solver may ask, by the names that Emscripten gives them.
func deeds() map[string]deed {
	const badFile, noFile, noSeek = 8, 0xffffffd4, 70
	began := time.Now() //nolint:forbidigo // only time limits are held against it
	millis := func(_ context.Context, _ api.Module, stack []uint64) {
		stack[0] = math.Float64bits(float64(time.Since(began).Microseconds()) / 1000)
	}
	return map[string]deed{
		"_emscripten_get_now": millis, "_emscripten_date_now": millis, "_clock_time_get": func(_ context.Context, m api.Module, stack []uint64) {
			m.Memory().WriteUint64Le(uint32(stack[2]), uint64(time.Since(began).Nanoseconds())) //nolint:gosec // an address, and a time after its start
			stack[0] = 0
		},
		"_fd_write": discard, "_fd_close": answer(0), "_fd_read": answer(badFile), "_fd_seek": answer(noSeek),
		"___syscall_fcntl64": answer(0), "___syscall_ioctl": answer(0), "___syscall_openat": answer(noFile),
		"__setitimer_js": answer(0), "__emscripten_runtime_keepalive_clear": nothing,
		"__tzset_js": zeroes(0, 1), "_environ_get": answer(0), "_environ_sizes_get": func(ctx context.Context, m api.Module, stack []uint64) {
			zeroes(0, 1)(ctx, m, stack)
			stack[0] = 0
		},
		"_emscripten_resize_heap": grow,
	}
}

// zeroes writes nothing at addresses.
func zeroes(args ...int) deed {
	return func(_ context.Context, m api.Module, stack []uint64) {
		for _, i := range args {
			m.Memory().WriteUint32Le(uint32(stack[i]), 0) //nolint:gosec // an address
		}
	}
}

// discard takes what the solver would print.
func discard(_ context.Context, m api.Module, stack []uint64) {
	vectors, n, written := uint32(stack[1]), uint32(stack[2]), uint32(stack[3]) //nolint:gosec // addresses
	var total uint32
	for i := range n {
		length, _ := m.Memory().ReadUint32Le(vectors + 8*i + 4)
		total += length
	}
	m.Memory().WriteUint32Le(written, total)
	stack[0] = 0
}

// grow gives the solver more memory, a fifth more than it asks for at least.
func grow(_ context.Context, m api.Module, stack []uint64) {
	const page = 65536
	want, have := uint64(uint32(stack[0])), uint64(m.Memory().Size()) //nolint:gosec // a size of 32 bits
	if want > have {
		more := max(want, have*6/5) - have
		if _, ok := m.Memory().Grow(uint32((more + page - 1) / page)); !ok { //nolint:gosec // a number of pages
			if _, ok := m.Memory().Grow(uint32((want - have + page - 1) / page)); !ok { //nolint:gosec // as above
				stack[0] = 0
				return
			}
		}
	}
	stack[0] = 1
}
