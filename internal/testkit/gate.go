package testkit

import (
	"sync"
	"testing"
	"time"

	"adoptionfund/configs"
	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/db"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/work"
	"adoptionfund/policies"
)

// Clock is a clock that the test moves.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// Start is when the clock of a test begins: a Monday morning in UK summer time.
func Start() time.Time { return time.Date(2026, 9, 7, 8, 0, 0, 0, time.UTC) }

// Now is the moment.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Set moves the clock to a moment.
func (c *Clock) Set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

// Add moves the clock on.
func (c *Clock) Add(d time.Duration) { c.Set(c.Now().Add(d)) }

// Policy is the policy of the product.
var Policy = sync.OnceValues(func() (*access.Policy, error) { return access.Load(policies.FS) })

// Messages is the catalogue of the product.
var Messages = sync.OnceValues(func() (*notify.Catalogue, error) {
	return notify.Load(configs.FS, "letters/*.yaml", map[string]string{"service": "Adoption Fund", "contact": "fund@example.org", "public": "http://fund.example"})
})

// Gate is a gate on a database of the test's own, with a clock and a key of its own.
func Gate(tb testing.TB) (*work.Gate, *db.DB, *Clock) {
	tb.Helper()
	d := Database(tb)
	policy, err := Policy()
	if err != nil {
		tb.Fatal(err)
	}
	messages, err := Messages()
	if err != nil {
		tb.Fatal(err)
	}
	key, err := audit.NewKey()
	if err != nil {
		tb.Fatal(err)
	}
	clock := &Clock{at: Start()}
	gate, err := work.New(d, policy, key, messages, clock.Now)
	if err != nil {
		tb.Fatal(err)
	}
	return gate, d, clock
}
