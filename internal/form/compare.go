package form

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Edit is what became of a piece of an answer.
type Edit string

// What became of a piece.
const (
	Kept    Edit = "kept"
	Removed Edit = "removed"
	Added   Edit = "added"
)

// Piece is a piece of an answer, and what became of it. The kept and removed pieces together are the answer before, the kept and
// added ones the answer after, letter by letter.
type Piece struct {
	Edit Edit
	Text string
}

// FieldChange is a part of an answer that changed: the text of a text, a cell of a table. The label is empty where the answer has
// one part only.
type FieldChange struct {
	Label  string
	Pieces []Piece
}

// Compare tells how an answer changed: word by word for texts, field by field for all else. Files are named by their ids.
func Compare(q *Question, before, after Value) []FieldChange {
	if q.Kind == KindTable {
		return compareRows(q, before.Rows, after.Rows)
	}
	var found []FieldChange
	for _, part := range [][3]string{
		{"", main(q, before), main(q, after)},
		{"Files", files(before), files(after)},
		{"Commercially sensitive", before.Sensitive.words(), after.Sensitive.words()},
	} {
		if part[1] != part[2] {
			found = append(found, FieldChange{part[0], pieces(q.Kind, part[1], part[2])})
		}
	}
	return found
}

// main is the answer without its files, in words.
func main(q *Question, v Value) string {
	v.Files = nil
	if v.parts()&partText != 0 && (q.Kind == KindText || q.Kind == KindLongText) {
		return v.Text
	}
	shown := Display(q, v)
	if shown == "" && v.Text != "" {
		return v.Text
	}
	return shown
}

func files(v Value) string {
	ids := make([]string, len(v.Files))
	for i, id := range v.Files {
		ids[i] = string(id)
	}
	return strings.Join(ids, "\n")
}

// words say that an answer is sensitive, why, and until when.
func (m *SensitivityMark) words() string {
	if m == nil {
		return ""
	}
	text := "Yes"
	if m.Reason != "" {
		text += ": " + m.Reason
	}
	if m.Until != "" {
		text += " (until " + m.Until.String() + ")"
	}
	return text
}

func pieces(kind Kind, before, after string) []Piece {
	if kind == KindText || kind == KindLongText || kind == KindMultiChoice || kind == KindFile {
		return WordPieces(before, after)
	}
	return wholePieces(before, after)
}

// wholePieces is a text in the place of another.
func wholePieces(before, after string) []Piece {
	var all []Piece
	for _, p := range []Piece{{Removed, before}, {Added, after}} {
		if p.Text != "" {
			all = append(all, p)
		}
	}
	return all
}

// WordPieces compares two texts word by word.
func WordPieces(before, after string) []Piece {
	var all []Piece
	for _, step := range script(words(before), words(after)) {
		if last := len(all) - 1; last >= 0 && all[last].Edit == step.edit {
			all[last].Text += step.token
			continue
		}
		all = append(all, Piece{step.edit, step.token})
	}
	return all
}

// words cuts a text into words and the white space between them; together they are the text.
func words(text string) []string {
	var tokens []string
	begin, blank := 0, false
	for i, r := range text {
		if is := unicode.IsSpace(r); i > begin && is != blank || r == '\n' && i > begin {
			tokens = append(tokens, text[begin:i])
			begin, blank = i, is
		} else if i == begin {
			blank = is
		}
	}
	if begin < len(text) {
		tokens = append(tokens, text[begin:])
	}
	return tokens
}

// compareRows compares a table row by row: rows that are the same on both sides are found first, so that a row put in above the
// others does not make all of them look changed.
func compareRows(q *Question, before, after []Row) []FieldChange {
	key := func(rows []Row) []string {
		keys := make([]string, len(rows))
		for i, row := range rows {
			keys[i] = Mark(Value{Rows: []Row{row}})
		}
		return keys
	}
	var found []FieldChange
	steps := script(key(before), key(after))
	b, a := 0, 0
	for i := 0; i < len(steps); {
		if steps[i].edit == Kept {
			b, a, i = b+1, a+1, i+1
			continue
		}
		gone, came := 0, 0
		for ; i < len(steps) && steps[i].edit != Kept; i++ {
			if steps[i].edit == Removed {
				gone++
			} else {
				came++
			}
		}
		found = append(found, compareRun(q, before[b:b+gone], after[a:a+came], a)...)
		b, a = b+gone, a+came
	}
	return found
}

// compareRun compares rows that stand in the place of others, the first of them being the n-th.
func compareRun(q *Question, before, after []Row, n int) []FieldChange {
	var found []FieldChange
	for i := range max(len(before), len(after)) {
		var old, now Row
		label := fmt.Sprintf("Row %d", n+i+1)
		if i < len(before) {
			old = before[i]
		}
		if i < len(after) {
			now = after[i]
		} else {
			label = "A row that is gone"
		}
		for _, c := range q.Columns {
			cell := c.Question()
			if was, is := main(cell, old[c.Code]), main(cell, now[c.Code]); was != is {
				found = append(found, FieldChange{label + ": " + c.Name(), pieces(c.Kind, was, is)})
			}
		}
	}
	return found
}

// step is a token of a script that leads from one list to another.
type step struct {
	edit  Edit
	token string
}

// farthest is for how many differences the shortest script is looked for; what differs more is replaced as a whole.
const farthest = 600

// script finds a shortest list of steps from a to b, after E. Myers, "An O(ND) difference algorithm and its variations" (1986).
func script(a, b []string) []step {
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	end := 0
	for end < len(a)-start && end < len(b)-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	steps := all(Kept, a[:start])
	steps = append(steps, middle(a[start:len(a)-end], b[start:len(b)-end])...)
	return append(steps, all(Kept, a[len(a)-end:])...)
}

func all(edit Edit, tokens []string) []step {
	steps := make([]step, len(tokens))
	for i, t := range tokens {
		steps[i] = step{edit, t}
	}
	return steps
}

func middle(a, b []string) []step {
	if len(a) == 0 || len(b) == 0 {
		return append(all(Removed, a), all(Added, b)...)
	}
	reached := [][]int{}
	v := make([]int, 2*farthest+3)
	for d := range farthest {
		reached = append(reached, slices.Clone(v[farthest-d:farthest+d+3]))
		for k := -d; k <= d; k += 2 {
			x := furthest(v[farthest+1+k-1], v[farthest+1+k+1], k, d)
			y := x - k
			for x < len(a) && y < len(b) && a[x] == b[y] {
				x, y = x+1, y+1
			}
			v[farthest+1+k] = x
			if x >= len(a) && y >= len(b) {
				return back(a, b, reached)
			}
		}
	}
	return append(all(Removed, a), all(Added, b)...)
}

// furthest is how far one gets in a on diagonal k with d differences, from what was reached with one fewer beside it.
func furthest(below, above, k, d int) int {
	if k == -d || k != d && below < above {
		return above
	}
	return below + 1
}

// back walks from the end to the beginning over what was reached with each number of differences. The middle of reached[d] is
// diagonal 0, and it is d+1 wide to each side.
func back(a, b []string, reached [][]int) []step {
	var steps []step
	x, y := len(a), len(b)
	for d := len(reached) - 1; d >= 0; d-- {
		k := x - y
		at := func(k int) int { return reached[d][k+d+1] }
		before := k - 1
		if k == -d || k != d && at(k-1) < at(k+1) {
			before = k + 1
		}
		fromX := at(before)
		fromY := fromX - before
		for d > 0 && x > fromX && y > fromY || d == 0 && x > 0 && y > 0 {
			x, y = x-1, y-1
			steps = append(steps, step{Kept, a[x]})
		}
		switch {
		case d == 0:
		case x > fromX:
			x--
			steps = append(steps, step{Removed, a[x]})
		default:
			y--
			steps = append(steps, step{Added, b[y]})
		}
	}
	slices.Reverse(steps)
	return steps
}
