package nhs

import (
	"context"
	"io"
)

// Hint is help that belongs to a control.
type Hint struct{ ID, Text string }

// Render writes it.
func (h Hint) Render(ctx context.Context, w io.Writer) error { return render(ctx, w, h.view()) }

// ErrorMessage says what is wrong with a control.
type ErrorMessage struct{ ID, Text string }

// Render writes it.
func (e ErrorMessage) Render(ctx context.Context, w io.Writer) error { return render(ctx, w, e.view()) }

// Legend is the heading of a Fieldset.
type Legend struct {
	Text        string
	ID          string
	Size        Size
	Heading     bool // it is the page's h1
	Hidden      bool // for screen readers only
	Group       bool // role=group, for a group of text controls
	DescribedBy string
}

// Problem is one line of an error summary; Field is the id that it links to, or empty.
type Problem struct{ Field, Text string }

// ErrorSummary lists, at the top of a page, what is wrong on it.
type ErrorSummary struct {
	Heading  string // default: There is a problem
	Text     string
	Problems []Problem
}

func (e ErrorSummary) heading() string {
	if e.Heading != "" {
		return e.Heading
	}
	return "There is a problem"
}

// Render writes it.
func (e ErrorSummary) Render(ctx context.Context, w io.Writer) error { return render(ctx, w, e.view()) }
