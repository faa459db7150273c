package solve

import (
	"maps"
	"slices"

	"adoptionfund/internal/jsondoc"
	"adoptionfund/internal/money"
)

const mostCount = 1_000_000

// Parse reads a problem from JSON and checks it. The error names the place of the first thing that is wrong.
func Parse(data []byte) (Problem, error) {
	var p Problem
	if err := jsondoc.Read(data, func(document jsondoc.Value) { p = read(document) }); err != nil {
		return Problem{}, err //nolint:wrapcheck // names the place
	}
	return p, p.Check()
}

func read(document jsondoc.Value) Problem {
	f := document.Object("strategy", "objective", "budget", "max_count", "min_score", "partial", "applications", "budgets", "limits", "band", "seed")
	p := Problem{Strategy: f["strategy"].Maybe(), Objective: f["objective"].Maybe(), Budget: pence(f["budget"], 0), MaxCount: count(f["max_count"]), Partial: f["partial"].Yes()}
	if v := f["min_score"]; v.Given() {
		score := v.Number(mostScore)
		p.MinScore = &score
	}
	for _, v := range f["applications"].List() {
		p.Applications = append(p.Applications, application(v))
	}
	for _, v := range f["budgets"].List() {
		pot := v.Object("name", "amount")
		p.Budgets = append(p.Budgets, Pot{pot["name"].Must(), pence(pot["amount"], 0)})
	}
	for _, v := range f["limits"].List() {
		p.Limits = append(p.Limits, limit(v))
	}
	if !f["applications"].Given() {
		f["applications"].Bad("is missing")
	}
	if p.Strategy == MeritRandom { // otherwise they are not looked at
		p.Seed = f["seed"].Maybe()
		for _, v := range f["band"].List() {
			p.Band = append(p.Band, v.Must())
		}
	}
	return p
}

func pence(v jsondoc.Value, least int64) money.Pence {
	return money.Pence(v.Whole(least, int64(mostMoney)))
}

func count(v jsondoc.Value) *int {
	if !v.Given() {
		return nil
	}
	n := int(v.Whole(0, mostCount))
	return &n
}

func application(v jsondoc.Value) Application {
	f := v.Object("id", "score", "requested", "minimum", "theme", "region", "organisation", "must", "group", "uses")
	a := Application{
		ID: f["id"].Must(), Score: f["score"].Number(mostScore), Requested: pence(f["requested"], 1),
		Theme: f["theme"].Maybe(), Region: f["region"].Maybe(), Organisation: f["organisation"].Maybe(), Must: f["must"].Maybe(), Group: f["group"].Maybe(),
	}
	if f["minimum"].Given() {
		a.Minimum = pence(f["minimum"], 1)
	}
	if f["uses"].Given() {
		uses := f["uses"].Object()
		a.Uses = map[string]money.Pence{}
		for _, name := range slices.Sorted(maps.Keys(uses)) {
			a.Uses[name] = pence(uses[name], 0)
		}
	}
	return a
}

func limit(v jsondoc.Value) Limit {
	f := v.Object("by", "value", "min_amount", "max_amount", "min_count", "max_count")
	l := Limit{By: f["by"].Must(), Value: f["value"].Must(), MaxCount: count(f["max_count"])}
	if f["min_amount"].Given() {
		l.MinAmount = pence(f["min_amount"], 0)
	}
	if f["max_amount"].Given() {
		most := pence(f["max_amount"], 0)
		l.MaxAmount = &most
	}
	if n := count(f["min_count"]); n != nil {
		l.MinCount = *n
	}
	return l
}
