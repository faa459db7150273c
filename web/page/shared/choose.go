package shared

import (
	"fmt"
	"maps"
	"slices"

	"adoptionfund/internal/form"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
)

// Choose is where the second of two versions of the same answers is seen beside the first, and one is chosen.
type Choose struct {
	Clashes  []Clash
	Problems map[string]string
	Place    Head   // of the page that the answers belong to: its caption and what is above it
	Address  string // to which the choice is sent
	History  string // where both versions are kept; empty: what was typed is on this page alone
	Version  int
	Answers  nhs.SectionAnswers     // how an answer is shown
	Name     func(id string) string // of a file
	Own      bool                   // both versions are the same person's, from two windows
}

// Clashes makes what the page shows of clashes. typed is what was typed of combinations, where the page is shown again.
func Clashes(all []form.Clash, typed map[string][]string) []Clash {
	first := func(name string) string {
		if values := typed[name]; len(values) > 0 {
			return values[0]
		}
		return ""
	}
	list := make([]Clash, len(all))
	for i, found := range all {
		code := string(found.Question.Code)
		list[i] = Clash{Clash: found, chosen: first("choose." + code), combined: first("both." + code)}
		if list[i].combined == "" {
			list[i].combined = found.Mine.Text
		}
	}
	return list
}

// Head tells the frame.
func (c Choose) Head() Head {
	head := c.Place
	head.Title = "Choose which version to keep"
	return head
}

func (c Choose) section(whose string) nhs.SectionAnswers {
	s := c.Answers
	s.Within = whose
	return s
}

func (c Choose) count() string {
	if len(c.Clashes) == 1 {
		return "an answer"
	}
	return fmt.Sprintf("%d answers", len(c.Clashes))
}

func (c Choose) it() string {
	if len(c.Clashes) == 1 {
		return "it"
	}
	return "them"
}

// Clash is an answer of which there are two versions.
type Clash struct {
	form.Clash

	// Mine and Theirs of a clash that is no answer to a form: the inputs of mine by name. Nil: those of the question.
	Inputs map[string]string

	chosen   string
	combined string
}

func (c Clash) id(part string) string { return "clash-" + string(c.Question.Code) + "-" + part }

func (c Clash) field() string { return "choose." + string(c.Question.Code) }

// input is an input that the page carries along.
type input struct{ name, value string }

// inputs are the inputs of the one who chooses.
func (c Clash) inputs() []input {
	var all []input
	for _, name := range slices.Sorted(maps.Keys(c.Inputs)) {
		all = append(all, input{name, c.Inputs[name]})
	}
	if c.Inputs != nil {
		return all
	}
	values := form.Inputs(c.Question, c.Mine)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, value := range values[name] {
			all = append(all, input{name, value})
		}
	}
	return all
}

// theirs is the heading of the version that stands.
func (c Choose) theirs(clash Clash) string {
	switch {
	case c.Own && !clash.At.IsZero():
		return "Saved from the other window, " + uktime.Moment(clash.At)
	case clash.Who == "":
		return "The version that is saved"
	default:
		return clash.Who + "'s version, saved " + uktime.Moment(clash.At)
	}
}

// mine is the heading of the version that was typed.
func (c Choose) mine() string {
	if c.Own {
		return "Typed in this window"
	}
	return "Your version"
}

// text reports whether a text can be made of both versions: the answer is one text, and nothing else is chosen with it.
func (c Clash) text() bool {
	return c.Inputs == nil && (c.Question.Kind == form.KindText || c.Question.Kind == form.KindLongText)
}

func (c Choose) choice(clash Clash) nhs.Radios {
	mine, theirs := "My version", "Their version"
	if c.Own {
		mine, theirs = "What I typed in this window", "What is saved from the other window"
	}
	r := nhs.Radios{
		Name: clash.field(), Legend: "Which version of “" + clash.Question.Name() + "” do you keep?", Size: nhs.Small, Value: clash.chosen, Error: c.Problems[clash.field()],
		Options: []nhs.Option{{Value: "mine", Label: mine}, {Value: "theirs", Label: theirs}},
	}
	if clash.text() {
		r.Options = append(r.Options, nhs.Option{Value: "both", Label: "A text that I make of both", Reveals: nhs.Textarea{
			Name: "both." + string(clash.Question.Code), Label: "The text to keep", Hint: "It begins as your version.", Value: clash.combined, Rows: 8,
			MaxWords: clash.Question.Limits.Words,
		}})
	}
	return r
}
