package workflow

import (
	"fmt"
	"html"
	"strings"
)

// curve is a cubic Bézier curve: its ends and its two handles.
type curve [4]point

// at is the point of the curve at t/100 of its way.
func (c curve) at(t int) point {
	u := 100 - t
	mix := func(a, b, d, e int) int {
		return (u*u*u*a + 3*u*u*t*b + 3*u*t*t*d + t*t*t*e) / 1_000_000
	}
	return point{mix(c[0].x, c[1].x, c[2].x, c[3].x), mix(c[0].y, c[1].y, c[2].y, c[3].y)}
}

// box is a rectangle around a point.
type box struct{ x, y, w, h int }

func (b box) meets(o box) bool {
	return 2*abs(b.x-o.x) < b.w+o.w && 2*abs(b.y-o.y) < b.h+o.h
}

func abs(n int) int { return max(n, -n) }

// svg draws the machine, with its moves as text for those who do not see it.
func (p picture) svg() string {
	l := arrange(p)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="%[1]s-title %[1]s-desc" viewBox="0 0 %[2]d %[3]d" font-family="Arial, sans-serif">`+"\n", "workflow-"+p.of, l.width, l.height)
	fmt.Fprintf(&b, "<title id=\"workflow-%[1]s-title\">The life of a call, an application or an award: %[1]s</title>\n", p.of)
	fmt.Fprintf(&b, "<desc id=\"workflow-%s-desc\">%s</desc>\n", p.of, html.EscapeString(p.told()))
	fmt.Fprintf(&b, `<defs><marker id="workflow-%s-tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 10 5 0 10z" fill="#4c6272"/></marker></defs>`+"\n", p.of)
	l.drawArrows(&b)
	l.drawStates(&b)
	for i, said := range l.crowds {
		fmt.Fprintf(&b, `<text x="%d" y="%d" font-size="13" fill="#212b32">● %s</text>`+"\n", margin, l.height-margin-18*i, html.EscapeString(said))
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// told says every move in words.
func (p picture) told() string {
	parts := make([]string, 0, len(p.moves))
	for _, m := range p.moves {
		from := m.From
		if from == "" {
			from = "the beginning"
		}
		parts = append(parts, fmt.Sprintf("from %s, %s leads to %s (%s)", from, spaced(m.On), m.To, m.Who))
	}
	return strings.Join(parts, "; ") + "."
}

func (l *layout) drawStates(b *strings.Builder) {
	for i, s := range l.states {
		c := l.centre[i]
		stroke := 1
		if s.Final {
			stroke = 3
		}
		fmt.Fprintf(b, `<rect x="%d" y="%d" width="%d" height="%d" rx="6" fill="%s" stroke="#212b32" stroke-width="%d"/>`+"\n",
			c.x-boxWidth/2, c.y-boxHeight/2, boxWidth, boxHeight, s.Colour.fill(), stroke)
		fmt.Fprintf(b, `<text x="%d" y="%d" font-size="13" font-weight="bold" text-anchor="middle" fill="#212b32">%s</text>`+"\n", c.x, c.y-2, html.EscapeString(s.Label))
		fmt.Fprintf(b, `<text x="%d" y="%d" font-size="11" text-anchor="middle" fill="#212b32">%s</text>`+"\n", c.x, c.y+14, s.State)
		if len(l.marked[i]) > 0 {
			fmt.Fprintf(b, `<text x="%d" y="%d" font-size="14" text-anchor="middle" fill="#212b32">●</text>`+"\n", c.x+boxWidth/2-12, c.y-7)
		}
	}
}

// fill is the tag's colour as a background on which dark text reads well.
func (c Colour) fill() string {
	switch c {
	case White:
		return "#ffffff"
	case Grey:
		return "#e8edee"
	case Green:
		return "#cce5d8"
	case AquaGreen:
		return "#ccedeb"
	case Blue:
		return "#ccdff1"
	case Purple:
		return "#d6cce3"
	case Pink:
		return "#efd3e3"
	case Red:
		return "#f7d4d1"
	case Orange:
		return "#ffdc8e"
	case Yellow:
		return "#fff3b3"
	}
	return "#ffffff"
}

// drawArrows draws the arrows first and their labels over them, each label where it meets no box and no other label.
func (l *layout) drawArrows(b *strings.Builder) {
	taken := make([]box, 0, len(l.states)+len(l.arrows))
	for _, c := range l.centre {
		taken = append(taken, box{c.x, c.y, boxWidth, boxHeight})
	}
	curves := l.curves()
	for i := range l.arrows {
		c := curves[i]
		fmt.Fprintf(b, `<path d="M%d %dC%d %d %d %d %d %d" fill="none" stroke="#4c6272" stroke-width="1.5" marker-end="url(#workflow-%s-tip)"/>`+"\n",
			c[0].x, c[0].y, c[1].x, c[1].y, c[2].x, c[2].y, c[3].x, c[3].y, l.of)
	}
	for i, a := range l.arrows {
		spot := label(curves[i], a.labels, taken)
		taken = append(taken, spot)
		for n, text := range a.labels {
			fmt.Fprintf(b, `<text x="%d" y="%d" font-size="11" text-anchor="middle" fill="#212b32" stroke="#ffffff" stroke-width="4" paint-order="stroke">%s</text>`+"\n",
				spot.x, spot.y-spot.h/2+11+13*n, html.EscapeString(text))
		}
	}
}

// label finds room on the curve for the lines of a label.
func label(c curve, lines []string, taken []box) box {
	longest := 0
	for _, line := range lines {
		longest = max(longest, len(line))
	}
	size := box{w: longest*6 + 8, h: 13*len(lines) + 2}
	var first box
	for i, t := range []int{50, 42, 58, 34, 66, 26, 74, 18, 82} {
		at := c.at(t)
		try := box{at.x, at.y, size.w, size.h}
		if i == 0 {
			first = try
		}
		free := true
		for _, o := range taken {
			free = free && !try.meets(o)
		}
		if free {
			return try
		}
	}
	return first
}

// curves bends the arrows: down from rank to rank, around the sides where they lead back, and in a loop to themselves.
func (l *layout) curves() []curve {
	curves := make([]curve, len(l.arrows))
	left, right := 0, 0
	for i, a := range l.arrows {
		from, to := l.centre[a.from], l.centre[a.to]
		switch {
		case a.from == a.to:
			x := from.x + boxWidth/2
			curves[i] = curve{{x, from.y - 12}, {x + 56, from.y - 34}, {x + 56, from.y + 34}, {x, from.y + 12}}
		case l.rank[a.to] > l.rank[a.from]:
			drop := (to.y - from.y) / 2
			curves[i] = curve{{from.x, from.y + boxHeight/2}, {from.x, from.y + drop}, {to.x, to.y - drop}, {to.x, to.y - boxHeight/2}}
		case l.rank[a.to] == l.rank[a.from]:
			curves[i] = beside(from, to)
		case from.x+to.x > l.width:
			right++
			curves[i] = around(from, to, 1, l.width/2+right*sideLane)
		default:
			left++
			curves[i] = around(from, to, -1, l.width/2+left*sideLane)
		}
	}
	return curves
}

// beside joins two boxes of one rank: to the right above, to the left below.
func beside(from, to point) curve {
	if from.x < to.x {
		return curve{{from.x + 40, from.y - boxHeight/2}, {from.x + 70, from.y - 58}, {to.x - 70, to.y - 58}, {to.x - 40, to.y - boxHeight/2}}
	}
	return curve{{from.x - 40, from.y + boxHeight/2}, {from.x - 70, from.y + 58}, {to.x + 70, to.y + 58}, {to.x + 40, to.y + boxHeight/2}}
}

// around leads back up by the side; reach is how far from the middle of the drawing its handles lie.
func around(from, to point, side, reach int) curve {
	a := point{from.x + side*boxWidth/2, from.y}
	z := point{to.x + side*boxWidth/2, to.y}
	lane := max(abs(a.x), abs(z.x))
	if side < 0 {
		lane = min(a.x, z.x)
	}
	lane += side * reach / 4
	return curve{a, {lane, a.y}, {lane, z.y}, z}
}
