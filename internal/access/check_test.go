package access_test

import (
	"sync"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/policies"
)

func TestThePolicyGivesTheExpectedAnswers(t *testing.T) {
	t.Parallel()
	if err := load(t).Check(); err != nil {
		t.Error(err)
	}
}

// loaded is the policy, read once for all tests: it never changes.
var loaded = sync.OnceValues(func() (*access.Policy, error) { return access.Load(policies.FS) })

func load(tb testing.TB) *access.Policy {
	tb.Helper()
	p, err := loaded()
	if err != nil {
		tb.Fatal(err)
	}
	return p
}
