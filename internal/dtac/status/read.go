package status

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"adoptionfund/internal/form"
	"adoptionfund/internal/form/source"
)

// ParseReturn reads a return from a file. Its error is source.Problems: everything that is wrong, with its line.
func ParseReturn(f *form.Form, fileName string, data []byte) (Return, error) {
	file, root := source.Read(fileName, data)
	if err := file.Err(); err != nil {
		return Return{}, err
	}
	r := &reader{form: f, at: map[string]source.Node{}}
	ret := r.read(root)
	for _, w := range flaws(f, ret) {
		r.near(root, w.place).Fault("%s: %s", w.place, w.reason)
	}
	if err := file.Err(); err != nil {
		return Return{}, err
	}
	return ret, nil
}

// reader remembers where in the file each part of the return stands.
type reader struct {
	form *form.Form
	at   map[string]source.Node
}

// near is the place in the file, or the one around it.
func (r *reader) near(root source.Node, place string) source.Node {
	for place != "" {
		if n, ok := r.at[place]; ok {
			return n
		}
		place = place[:max(0, strings.LastIndexAny(place, ".["))]
	}
	return root
}

func (r *reader) read(root source.Node) Return {
	f := root.Fields("product", "answers", "evidence", "assessments", "plan", "round")
	ret := Return{Product: product(f.Get("product")), Answers: form.Answers{}}
	for _, p := range f.Get("answers").Pairs() {
		place := "answers." + p.Key
		r.at[place] = p.Value
		ret.Answers[form.Code(p.Key)] = r.answer(form.Code(p.Key), p.Value)
	}
	for i, n := range f.Get("evidence").Items() {
		ret.Evidence = append(ret.Evidence, r.evidence(fmt.Sprintf("evidence[%d]", i), n))
	}
	for i, n := range f.Get("assessments").Items() {
		ret.Assessments = append(ret.Assessments, r.assessment(fmt.Sprintf("assessments[%d]", i), n))
	}
	for i, n := range f.Get("plan").Items() {
		place := fmt.Sprintf("plan[%d]", i)
		p := n.Fields("question", "what", "owner", "due")
		r.at[place], r.at[place+".question"], r.at[place+".due"] = n, p.Get("question"), p.Get("due")
		ret.Plan = append(ret.Plan, Planned{Question: form.Code(p.Text("question")),
			Action: Action{What: p.Text("what"), Owner: p.Text("owner"), Due: form.Date(p.Text("due"))}})
	}
	ret.Round = r.settings(f.Get("round"))
	return ret
}

func product(n source.Node) Product {
	f := n.Fields("name", "version", "supplier", "unaffected_since")
	return Product{Name: f.Text("name"), Version: f.Text("version"), Supplier: f.Text("supplier"),
		UnaffectedSince: f.Get("unaffected_since").Texts()}
}

// answer reads an answer: a choice by its option's value, a list for several, anything else as a text.
func (r *reader) answer(code form.Code, n source.Node) form.Value {
	q, ok := r.form.Question(code)
	switch {
	case n.Absent(), !ok:
		return form.Value{}
	case n.IsList() && q.Kind == form.KindMultiChoice:
		var chosen []string
		for _, item := range n.Items() {
			if text := strings.TrimSpace(item.Text()); text != "" {
				chosen = append(chosen, text)
			}
		}
		return form.Value{Choices: chosen}
	case n.IsList() && len(n.Items()) == 0:
		return form.Value{}
	}
	text := strings.TrimSpace(n.Text())
	switch {
	case text == "":
		return form.Value{}
	case q.Kind == form.KindDate && text == form.NotApplicable:
		return form.Value{NotApplicable: true}
	case q.Kind == form.KindDate:
		return form.Value{Date: form.Date(text)}
	case len(q.Options) > 0:
		return form.Chosen(text)
	}
	return form.Value{Text: text}
}

func (r *reader) evidence(place string, n source.Node) Evidence {
	f := n.Fields("question", "kind", "file", "product_version", "fields")
	e := Evidence{Question: form.Code(f.Text("question")), Kind: f.Text("kind"), File: f.Text("file"),
		ProductVersion: f.Text("product_version"), Fields: map[string]string{}}
	r.at[place], r.at[place+".question"], r.at[place+".kind"] = n, f.Get("question"), f.Get("kind")
	for _, p := range f.Get("fields").Pairs() {
		if p.Value.IsList() || p.Value.IsMapping() {
			continue
		}
		r.at[place+".fields."+p.Key] = p.Value
		e.Fields[p.Key] = strings.TrimSpace(p.Value.Text())
	}
	return e
}

func (r *reader) assessment(place string, n source.Node) Assessment {
	f := n.Fields("question", "result", "reason", "action")
	a := f.Get("action").Fields("what", "owner", "due")
	r.at[place], r.at[place+".question"], r.at[place+".result"] = n, f.Get("question"), f.Get("result")
	r.at[place+".action.due"] = a.Get("due")
	return Assessment{Question: form.Code(f.Text("question")), Result: Decision(f.Text("result")), Reason: f.Text("reason"),
		Action: Action{What: a.Text("what"), Owner: a.Text("owner"), Due: form.Date(a.Text("due"))}}
}

func (r *reader) settings(n source.Node) Settings {
	f := n.Fields("latest_action", "never_defer", "fund_conditions")
	c := f.Get("fund_conditions").Fields("require", "d1_minimum")
	s := Settings{LatestAction: form.Date(f.Text("latest_action")),
		NeverDefer: r.codes("round.never_defer", f.Get("never_defer")),
		Require:    r.codes("round.fund_conditions.require", c.Get("require"))}
	r.at["round.latest_action"], r.at["round.fund_conditions.d1_minimum"] = f.Get("latest_action"), c.Get("d1_minimum")
	if c.Has("d1_minimum") {
		least, err := strconv.ParseFloat(c.Text("d1_minimum"), 64)
		if err != nil || math.IsNaN(least) {
			c.Get("d1_minimum").Fault("d1_minimum: %q is not a number", c.Text("d1_minimum"))
		}
		s.D1Minimum = &least
	}
	return s
}

func (r *reader) codes(place string, n source.Node) []form.Code {
	codes := make([]form.Code, 0, len(n.Items()))
	for i, item := range n.Items() {
		r.at[fmt.Sprintf("%s[%d]", place, i)] = item
		codes = append(codes, form.Code(strings.TrimSpace(item.Text())))
	}
	return slices.Clip(codes)
}
