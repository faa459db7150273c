package workflow

import "slices"

// The measures of a drawing, in pixels.
const (
	boxWidth  = 200
	boxHeight = 44
	rankStep  = 128
	columnGap = 76
	sideLane  = 30
	margin    = 24
	// crowd is from how many states on an event that leads to one state is drawn as a mark on them instead of as arrows.
	crowd = 5
)

// point is a place in the drawing.
type point struct{ x, y int }

// arrow joins two states; it stands for all moves from one to the other.
type arrow struct {
	from, to int
	labels   []string
}

// layout says where everything stands.
type layout struct {
	picture
	arrows []arrow
	marked map[int][]string // states of which an event of a crowd is said by a mark
	crowds []string         // what the mark means
	rank   []int
	centre []point // of each state's box
	width  int
	height int
}

// arrange ranks the states by how many moves they are from the start, and spreads each rank over the width.
func arrange(p picture) layout {
	l := layout{picture: p, marked: map[int][]string{}, rank: make([]int, len(p.states)), centre: make([]point, len(p.states))}
	l.join()
	l.rankAll()
	l.place()
	return l
}

func (l *layout) index(state string) int {
	return slices.IndexFunc(l.states, func(s Info[string]) bool { return s.State == state })
}

// join gathers the moves into arrows, and crowds into marks.
func (l *layout) join() {
	type way struct{ on, to string }
	count := map[way]int{}
	for _, m := range l.moves {
		count[way{string(m.On), m.To}]++
	}
	for _, m := range l.moves {
		from, to := l.index(m.From), l.index(m.To)
		if from < 0 {
			continue
		}
		if count[way{string(m.On), m.To}] >= crowd {
			l.marked[from] = append(l.marked[from], spaced(m.On))
			if said := spaced(m.On) + " leads to “" + l.states[to].Label + "”"; !slices.Contains(l.crowds, said) {
				l.crowds = append(l.crowds, said)
			}
			continue
		}
		l.add(from, to, spaced(m.On))
	}
}

func (l *layout) add(from, to int, label string) {
	i := slices.IndexFunc(l.arrows, func(a arrow) bool { return a.from == from && a.to == to })
	if i < 0 {
		l.arrows = append(l.arrows, arrow{from: from, to: to, labels: []string{label}})
		return
	}
	if !slices.Contains(l.arrows[i].labels, label) {
		l.arrows[i].labels = append(l.arrows[i].labels, label)
	}
}

// rankAll counts the moves from the first state; what only a crowd leads to comes last.
func (l *layout) rankAll() {
	for i := range l.rank {
		l.rank[i] = -1
	}
	l.rank[0] = 0
	last := 0
	for queue := []int{0}; len(queue) > 0; queue = queue[1:] {
		for _, a := range l.arrows {
			if a.from == queue[0] && l.rank[a.to] < 0 {
				l.rank[a.to] = l.rank[a.from] + 1
				last = max(last, l.rank[a.to])
				queue = append(queue, a.to)
			}
		}
	}
	for i, r := range l.rank {
		if r < 0 {
			l.rank[i] = last + 1
		}
	}
}

// place gives each rank a row, in which states stand in the order of those that lead to them.
func (l *layout) place() {
	rows := make([][]int, slices.Max(l.rank)+1)
	for i, r := range l.rank {
		rows[r] = append(rows[r], i)
	}
	widest, lanes := 0, 0
	for _, row := range rows {
		widest = max(widest, len(row))
	}
	for _, a := range l.arrows {
		if l.rank[a.to] <= l.rank[a.from] && a.from != a.to {
			lanes++
		}
	}
	side := margin + (lanes/2+2)*sideLane
	l.width = 2*side + widest*boxWidth + (widest-1)*columnGap
	l.height = 3*margin + len(rows)*rankStep
	for r, row := range rows {
		slices.SortStableFunc(row, func(a, b int) int { return l.pull(a) - l.pull(b) })
		span := len(row)*boxWidth + (len(row)-1)*columnGap
		for i, s := range row {
			l.centre[s] = point{(l.width-span)/2 + boxWidth/2 + i*(boxWidth+columnGap), 3*margin + r*rankStep}
		}
	}
}

// pull is where those that lead to a state stand, on average.
func (l *layout) pull(state int) int {
	sum, n := 0, 0
	for _, a := range l.arrows {
		if a.to == state && l.rank[a.from] < l.rank[state] {
			sum += l.centre[a.from].x
			n++
		}
	}
	if n == 0 {
		return l.width / 2
	}
	return sum / n
}
