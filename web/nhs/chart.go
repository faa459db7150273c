package nhs

import (
	"context"
	"io"
	"strconv"
)

// Bars is a chart of bars from left to right, a group of them for each thing. Its figures stand beside the bars and, on the same page, in a
// table: Described names it. Without colours it says the same.
type Bars struct {
	ID          string
	Title       string
	Description string   // what is to be seen, in a sentence
	Series      []string // what the bars of a group are, at most three
	Groups      []BarGroup
}

// BarGroup is the bars of one thing.
type BarGroup struct {
	Label  string
	Values []float64 // by series; none may be below 0
	Texts  []string  // the same as people read them
}

// The measures of a chart: as wide as a telephone's page, so that its letters are not made smaller there.
const (
	barsWide   = 340
	barHigh    = 18
	labelHigh  = 20
	groupSpace = 12
)

// drawnBar is a bar at its place.
type drawnBar struct {
	series      int
	y, width    int
	words       string
	wordsY      int
	label       string // of the group, above its first bar
	labelY      int
	startsGroup bool
}

func (b Bars) high() int {
	return len(b.Groups) * (labelHigh + len(b.Series)*barHigh + groupSpace)
}

func (b Bars) viewBox() string {
	return "0 0 " + strconv.Itoa(barsWide) + " " + strconv.Itoa(max(b.high(), 1))
}

// drawn places the bars. The longest takes what the words leave.
func (b Bars) drawn() []drawnBar {
	const forBars = 150
	most := 0.0
	for _, g := range b.Groups {
		for _, v := range g.Values {
			most = max(most, v)
		}
	}
	var all []drawnBar
	y := 0
	for _, g := range b.Groups {
		labelY := y + 15
		y += labelHigh
		for s := range b.Series {
			d := drawnBar{series: s + 1, y: y, words: b.Series[s] + " " + g.Texts[s], wordsY: y + 13, label: g.Label, labelY: labelY, startsGroup: s == 0}
			if most > 0 {
				d.width = int(g.Values[s] / most * forBars)
			}
			all = append(all, d)
			y += barHigh
		}
		y += groupSpace
	}
	return all
}

// Render writes it.
func (b Bars) Render(ctx context.Context, w io.Writer) error { return render(ctx, w, b.view()) }
