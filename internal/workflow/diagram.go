package workflow

import (
	"fmt"
	"strings"
)

// Format is a form in which a machine is drawn.
type Format string

// The formats of diagrams.
const (
	SVG     Format = "svg"
	Mermaid Format = "mermaid"
	Table   Format = "table"
)

// Names are the machines that Diagram knows.
func Names() []string { return []string{"call", "application", "award"} }

// Diagram draws the machine of a call, an application or an award.
func Diagram(of string, format Format) (string, error) {
	p, err := pictureOf(of)
	if err != nil {
		return "", err
	}
	switch format {
	case SVG:
		return p.svg(), nil
	case Mermaid:
		return p.mermaid(), nil
	case Table:
		return p.table(), nil
	}
	return "", fmt.Errorf("a diagram is drawn as svg, mermaid or table, not as %q", format)
}

func pictureOf(of string) (picture, error) {
	switch of {
	case "call":
		return draw(Calls()), nil
	case "application":
		return draw(Applications()), nil
	case "award":
		return draw(Awards()), nil
	}
	return picture{}, fmt.Errorf("a diagram is of a call, an application or an award, not of %q", of)
}

// picture is a machine without the types of its states.
type picture struct {
	of     string
	states []Info[string]
	moves  []Move[string]
}

func draw[S ~string](m Machine[S]) picture {
	p := picture{of: m.name}
	for _, s := range m.states {
		p.states = append(p.states, Info[string]{
			State: string(s.State), Label: s.Label, ApplicantLabel: s.ApplicantLabel, Colour: s.Colour,
			ApplicantColour: s.ApplicantColour, Final: s.Final, Released: s.Released,
		})
	}
	for _, move := range m.moves {
		p.moves = append(p.moves, Move[string]{
			From: string(move.From), On: move.On, To: string(move.To), Label: move.Label, Who: move.Who,
			Action: move.Action, Guards: move.Guards, Effects: move.Effects,
		})
	}
	return p
}

// table writes the moves as a Markdown table.
func (p picture) table() string {
	var b strings.Builder
	b.WriteString("| from | on | to | who | permission | guards | effects |\n|---|---|---|---|---|---|---|\n")
	for _, m := range p.moves {
		from := "—"
		if m.From != "" {
			from = "`" + m.From + "`"
		}
		fmt.Fprintf(&b, "| %s | %s | `%s` | %s | `%s` | %s | %s |\n", from, spaced(m.On), m.To, m.Who, m.Action, m.guardNames(), m.Effects.words())
	}
	return b.String()
}

func (m Move[S]) guardNames() string {
	names := make([]string, len(m.Guards))
	for i, g := range m.Guards {
		names[i] = strings.ReplaceAll(string(g.Name), "_", " ")
	}
	return strings.Join(names, ", ")
}

func (e Effects) words() string {
	words := []string{"audit " + e.Record}
	for _, n := range e.Notices {
		words = append(words, "message "+string(n))
	}
	for _, j := range e.Jobs {
		words = append(words, "job "+string(j))
	}
	return strings.Join(words, ", ")
}

func spaced(e Event) string { return strings.ReplaceAll(string(e), "_", " ") }

// mermaid writes the machine as a Mermaid state diagram.
func (p picture) mermaid() string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	for _, s := range p.states {
		fmt.Fprintf(&b, "    %s : %s\n", s.State, strings.ReplaceAll(s.Label, ":", " –"))
	}
	for _, m := range p.moves {
		from := m.From
		if from == "" {
			from = "[*]"
		}
		fmt.Fprintf(&b, "    %s --> %s : %s\n", from, m.To, spaced(m.On))
	}
	for _, s := range p.states {
		if p.leads(s.State) == 0 {
			fmt.Fprintf(&b, "    %s --> [*]\n", s.State)
		}
	}
	return b.String()
}

// leads counts the moves that leave a state.
func (p picture) leads(state string) int {
	n := 0
	for _, m := range p.moves {
		if m.From == state {
			n++
		}
	}
	return n
}
