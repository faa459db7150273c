package panel

import (
	"fmt"
	"slices"

	"adoptionfund/internal/computation"
)

func computingTitle(all []computation.Computation) string {
	if slices.ContainsFunc(all, func(c computation.Computation) bool { return c.Open() }) {
		return "Being computed"
	}
	return "Not computed"
}

// computingWords say how far something is, or why it could not be done.
func computingWords(c computation.Computation) string {
	switch c.State {
	case computation.Waiting:
		return c.Name + ": waits for its turn"
	case computation.Failed:
		return c.Name + ": " + c.Step
	case computation.Running, computation.Done:
	}
	if c.Step == "" {
		return fmt.Sprintf("%s: %d%%", c.Name, c.Share)
	}
	return fmt.Sprintf("%s: %d%%. %s", c.Name, c.Share, c.Step)
}
