package access_test

import (
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

func load(t testing.TB) *access.Policy {
	t.Helper()
	p, err := access.Load(policies.FS)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
