package nhs

import (
	"context"
	"io"
	"strconv"
)

// Shortcut is a key that does something on a page. Without Step and Tick it moves to the target, or presses it if it is a button.
type Shortcut struct {
	Key    string
	Does   string
	Target string // a selector
	Step   int    // to the next (1) or the previous (-1) of the targets
	Tick   bool   // changes the tick box in the row that has the focus
}

func (s Shortcut) step() string { return strconv.Itoa(s.Step) }

// Shortcuts lists the keys of a page. They work where scripts run, once the person has turned them on: single keys would otherwise be in
// the way of those who speak to their computer [WCAG 2.2, 2.1.4].
type Shortcuts struct{ Keys []Shortcut }

// Render writes it.
func (s Shortcuts) Render(ctx context.Context, w io.Writer) error { return render(ctx, w, s.view()) }
