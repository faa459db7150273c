package fault_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"adoptionfund/internal/fault"
)

func TestAFaultSpeaksToThePersonAndItsCauseToUs(t *testing.T) {
	t.Parallel()
	cause := errors.New("disk full")
	err := fmt.Errorf("saving: %w", fault.Wrap(fault.Conflict, cause, "Try %d", 2))
	if fault.KindOf(err) != fault.Conflict || !fault.Is(err, fault.Conflict) || !errors.Is(err, cause) || !strings.Contains(err.Error(), "disk full") {
		t.Error(err)
	}
	if f, ok := fault.Of(err); !ok || f.Words != "Try 2" {
		t.Error(f)
	}
	if fault.KindOf(cause) != fault.Internal || fault.Is(nil, fault.Internal) {
		t.Error("an error that is no fault is ours")
	}
}

func TestProblemsAreNamedInOneOrder(t *testing.T) {
	t.Parallel()
	if err := fault.Fields(nil); err != nil {
		t.Error(err)
	}
	err := fault.Fields(fault.Problems{"b": "two", "a": "one"})
	if !fault.Is(err, fault.Invalid) || err.Error() != "There is a problem; a: one; b: two" {
		t.Error(err)
	}
}
