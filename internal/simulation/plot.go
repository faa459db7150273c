package simulation

import (
	"fmt"
	"html"
	"io"
	"strings"
)

const (
	plotWidth  = 760.0
	plotLabels = 250.0 // room for the names of the methods
	plotScale  = 400.0 // of a whole gap
	barHeight  = 22.0
	barStep    = 38.0
)

// WritePlot draws how much of the gap each method closes, with its 95% interval, as an SVG picture with a title and a description that says every
// figure in words. It holds no script and no style sheet. The figures are those of WriteCSV.
func (r Result) WritePlot(to io.Writer) error {
	var b strings.Builder
	methods := Methods()[1:]
	part := 56 + barStep*float64(len(methods))
	height := 2*part + 76
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" role="img" aria-labelledby="title description" font-family="Arial, Helvetica, sans-serif" font-size="15" fill="#212b32">`+"\n",
		plotWidth, height, plotWidth, height)
	fmt.Fprintf(&b, "<title id=\"title\">How much of the gap to the best possible decision each method closes</title>\n<desc id=\"description\">%s</desc>\n", html.EscapeString(r.words()))
	fmt.Fprintf(&b, `<rect width="%.0f" height="%.0f" fill="#ffffff"/>`+"\n", plotWidth, height)
	fmt.Fprintf(&b, `<text x="16" y="30" font-size="19" font-weight="bold">Gap to the best possible decision that is closed</text>`+"\n")
	top := 44.0
	for _, o := range r.objectives() {
		fmt.Fprintf(&b, `<text x="16" y="%.0f" font-weight="bold">%s</text>`+"\n", top+24, html.EscapeString(o.words))
		axis(&b, top+36, top+part-12)
		for n, m := range methods {
			bar(&b, m, o.outcome.GapClosed[m], top+44+barStep*float64(n))
		}
		top += part
	}
	fmt.Fprintf(&b, `<text x="16" y="%.0f" font-size="13">0%% is the plain mean of the scores in merit order, 100%% the best portfolio under full knowledge. Thin lines: 95%% intervals. %d rounds, seed %d.</text>`+"\n</svg>\n", top+20, r.Rounds, r.Seed)
	if _, err := io.WriteString(to, b.String()); err != nil {
		return fmt.Errorf("writing the plot: %w", err)
	}
	return nil
}

// words are the figures of the plot.
func (r Result) words() string {
	var b strings.Builder
	for _, o := range r.objectives() {
		fmt.Fprintf(&b, "%s: ", o.words)
		for n, m := range Methods()[1:] {
			if n > 0 {
				b.WriteString("; ")
			}
			gap := o.outcome.GapClosed[m]
			if gap.Mean == nil {
				fmt.Fprintf(&b, "%s: there is no gap", m.Words())
				continue
			}
			fmt.Fprintf(&b, "%s closes %s", m.Words(), percent(*gap.Mean, 1))
			if gap.CI95 != nil {
				fmt.Fprintf(&b, " (95%% interval %s)", between(gap.CI95, 1))
			}
		}
		b.WriteString(". ")
	}
	fmt.Fprintf(&b, "From %d simulated rounds of %d applications and %d reviewers.", r.Rounds, r.Settings.Applications, r.Settings.Reviewers)
	return b.String()
}

// axis draws lines at each fifth of the gap.
func axis(b *strings.Builder, from, until float64) {
	for n := range 6 {
		x := plotLabels + plotScale*float64(n)/5
		fmt.Fprintf(b, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="#aeb7bd"/><text x="%.1f" y="%.1f" font-size="13" text-anchor="middle">%d%%</text>`+"\n", x, from, x, until, x, until+16, 20*n)
	}
}

// bar draws a method: its name, its bar, its interval and its figure. What lies outside the picture ends at its edge.
func bar(b *strings.Builder, m Method, gap Gap, y float64) {
	fmt.Fprintf(b, `<text x="%.0f" y="%.1f" text-anchor="end">%s</text>`, plotLabels-10, y+16, html.EscapeString(m.Words()))
	if gap.Mean == nil {
		fmt.Fprintf(b, `<text x="%.0f" y="%.1f">no gap</text>`+"\n", plotLabels+6, y+16)
		return
	}
	at := func(v float64) float64 { return plotLabels + plotScale*min(max(v, 0), 1) }
	fmt.Fprintf(b, `<rect x="%.0f" y="%.1f" width="%.1f" height="%.0f" fill="#005eb8"/>`, plotLabels, y, at(*gap.Mean)-plotLabels, barHeight)
	right := at(*gap.Mean)
	if gap.CI95 != nil {
		low, high := at(gap.CI95[0]), at(gap.CI95[1])
		middle := y + barHeight/2
		fmt.Fprintf(b, `<path d="M%.1f %.1fH%.1fM%.1f %.1fv8M%.1f %.1fv8" stroke="#212b32" stroke-width="2" fill="none"/>`, low, middle, high, low, middle-4, high, middle-4)
		right = max(right, high)
	}
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" font-weight="bold">%s</text>`+"\n", right+8, y+16, percent(*gap.Mean, 1))
}
