package demonstration

import (
	"container/heap"
	"context"
	"sync"
	"time"
)

// Clock is a clock that stands where the demonstration has got to, and runs with the world's once it is let go.
type Clock struct {
	mu    sync.Mutex
	at    time.Time
	world func() time.Time
	loose bool
}

// NewClock makes a clock that stands until it is let go.
func NewClock(world func() time.Time) *Clock { return &Clock{world: world, at: world()} }

// Now is the moment.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.loose {
		return c.world()
	}
	return c.at
}

// Release lets the clock run with the world's.
func (c *Clock) Release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.loose = true
}

func (c *Clock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

// event is something that happens at a moment.
type event struct {
	at   time.Time
	seq  int // events of one moment happen in the order in which they were planned
	what func(context.Context) error
}

// agenda is what is still to happen, in the order of time. What lies after today does not happen: that is how a demonstration stands at
// its stage.
type agenda struct {
	events  []event
	planned int
}

func (a *agenda) Len() int { return len(a.events) }
func (a *agenda) Less(i, j int) bool {
	if a.events[i].at.Equal(a.events[j].at) {
		return a.events[i].seq < a.events[j].seq
	}
	return a.events[i].at.Before(a.events[j].at)
}
func (a *agenda) Swap(i, j int) { a.events[i], a.events[j] = a.events[j], a.events[i] }

// Push is the heap's.
func (a *agenda) Push(x any) {
	if e, ok := x.(event); ok {
		a.events = append(a.events, e)
	}
}

// Pop is the heap's.
func (a *agenda) Pop() any {
	last := a.events[len(a.events)-1]
	a.events = a.events[:len(a.events)-1]
	return last
}

func (a *agenda) plan(at time.Time, what func(context.Context) error) {
	a.planned++
	heap.Push(a, event{at, a.planned, what})
}

// run lets happen what comes before today. done is told after each event how many were planned so far and how many happened.
func (a *agenda) run(ctx context.Context, clock *Clock, today time.Time, done func(happened, planned int)) error {
	for happened := 1; a.Len() > 0 && ctx.Err() == nil; happened++ {
		e, ok := heap.Pop(a).(event)
		if !ok || e.at.After(today) {
			return nil
		}
		clock.set(e.at)
		if err := e.what(ctx); err != nil {
			return err
		}
		done(happened, a.planned)
	}
	return ctx.Err() //nolint:wrapcheck // stopped by the user
}
