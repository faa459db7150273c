package shared

import (
	"context"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/a-h/templ"
)

// Interval is one row of an IntervalPlot.
type Interval struct {
	Label              string
	Mean, Lower, Upper float64
	Marked             bool // drawn with a hollow point on a band
}

// IntervalPlot draws means with their intervals below one another, and a line across them where there is one. It is for the eye alone: the
// same figures stand in a table beside it. Its text is its own size from 360 pixels on.
type IntervalPlot struct {
	ID, Title, Description string
	Rows                   []Interval
	Line                   *float64
	LineLabel              string
}

const (
	plotWidth  = 400
	plotLeft   = 78 // of the axis
	plotRight  = 390
	plotTop    = 38
	plotRow    = 18
	plotFoot   = 26
	mostOfPlot = 200 // rows that are drawn
)

// shown are the rows that are drawn.
func (p IntervalPlot) shown() []Interval { return p.Rows[:min(len(p.Rows), mostOfPlot)] }

// Cut reports whether rows are left out, since there are too many.
func (p IntervalPlot) Cut() bool { return len(p.Rows) > mostOfPlot }

// Drawn is how many rows are drawn.
func (p IntervalPlot) Drawn() int { return len(p.shown()) }

func (p IntervalPlot) height() int { return plotTop + plotRow*len(p.shown()) + plotFoot }

func (p IntervalPlot) bottom() int { return plotTop + plotRow*len(p.shown()) }

func (p IntervalPlot) box() string { return fmt.Sprintf("0 0 %d %d", plotWidth, p.height()) }

// bounds are the ends of the axis: whole tens around everything.
func (p IntervalPlot) bounds() (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, r := range p.shown() {
		low, high = min(low, r.Lower), max(high, r.Upper)
	}
	if p.Line != nil {
		low, high = min(low, *p.Line), max(high, *p.Line)
	}
	if low > high {
		return 0, 100
	}
	low, high = 10*math.Floor(low/10), 10*math.Ceil(high/10)
	if low == high {
		high += 10
	}
	return low, high
}

// x is where a value stands.
func (p IntervalPlot) x(value float64) string {
	low, high := p.bounds()
	return strconv.FormatFloat(plotLeft+(plotRight-plotLeft)*(value-low)/(high-low), 'f', 1, 64)
}

func (p IntervalPlot) y(row int) int { return plotTop + plotRow*row + plotRow/2 }

// ticks are the values that are written at the axis.
func (p IntervalPlot) ticks() []float64 {
	low, high := p.bounds()
	step := 10.0
	for (high-low)/step > 6 {
		step += 10
	}
	var all []float64
	for v := low; v <= high; v += step {
		all = append(all, v)
	}
	return all
}

// lineSide writes the label of the line on the side where there is room.
func (p IntervalPlot) lineSide() (x, anchor string) {
	low, high := p.bounds()
	if (*p.Line-low)/(high-low) > 0.5 {
		return p.x(*p.Line - (high-low)*0.015), "end"
	}
	return p.x(*p.Line + (high-low)*0.015), "start"
}

// LabelX is where the label of the line begins or ends.
func (p IntervalPlot) labelX() string { x, _ := p.lineSide(); return x }

func (p IntervalPlot) labelAnchor() string { _, anchor := p.lineSide(); return anchor }

func (p IntervalPlot) point(r Interval) string {
	if r.Marked {
		return "af-plot__point af-plot__point--marked"
	}
	return "af-plot__point"
}

// Render writes it.
func (p IntervalPlot) Render(ctx context.Context, w io.Writer) error {
	if len(p.Rows) == 0 {
		return templ.NopComponent.Render(ctx, w) //nolint:wrapcheck // writes nothing
	}
	return p.view().Render(ctx, w) //nolint:wrapcheck // an error of the connection
}
