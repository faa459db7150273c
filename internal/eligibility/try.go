package eligibility

import (
	"context"
	"fmt"
	"slices"

	"adoptionfund/configs"
	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/rules"
	"adoptionfund/internal/work"
)

// Difference is an application of which changed rules find something else than those that its call pins.
type Difference struct {
	Ref   ident.Ref
	Title string
	Lead  string
	New   []rules.Finding // found by the changed rules alone
	Gone  []rules.Finding // found by the pinned rules alone
}

// Trial is what changed rules would find differently.
type Trial struct {
	Round       ident.RoundRef
	Set         *rules.Set
	Looked      int // submissions on which both ran
	Other       int // submissions on another form, on which the changed rules cannot run
	Differences []Difference
}

// triedAtOnce is how many submissions are held in memory.
const triedAtOnce = 200

// ReadRules reads a changed rule file; every problem of it is named by file and line.
func ReadRules(name string, text []byte) (*rules.Set, error) {
	return rules.Parse(name, text, func(id string) (*form.Form, error) { //nolint:wrapcheck // names file and line
		return form.Load(configs.FS, "forms/"+id+".yaml") //nolint:wrapcheck // names the file
	})
}

// Tryable is a round on whose submissions rules may be tried, with the rules that its calls pin.
type Tryable struct {
	fund.Round

	Pinned []string // ids of rule files
}

// RoundsToTry gives the rounds on whose submissions the one who is signed in may try rules, the newest first.
func (s *Service) RoundsToTry(ctx context.Context) ([]Tryable, error) {
	var rounds []Tryable
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.TryRules, tx.Anywhere(access.TryRules)); err != nil {
			return err
		}
		all, err := fund.Rounds(tx)
		if err != nil {
			return err
		}
		calls, err := fund.Calls(tx)
		if err != nil {
			return err
		}
		scopes := tx.Policy().Scopes(tx.By, access.TryRules)
		for _, r := range all {
			if slices.ContainsFunc(scopes, func(sc access.Scope) bool { return sc.Round == "" || sc.Round == r.ID }) {
				rounds = append(rounds, Tryable{r, pinned(calls, r.ID)})
			}
		}
		return nil
	})
	return rounds, err
}

// pinned are the rule files that the calls of a round pin.
func pinned(calls []fund.Call, round ident.Round) []string {
	var ids []string
	for _, c := range calls {
		if id := c.Settings.Forms.Rules; c.RoundID == round && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// RulesText gives the file of rules that some call pins, to change it.
func RulesText(id string, rounds []Tryable) (string, error) {
	if !slices.ContainsFunc(rounds, func(r Tryable) bool { return slices.Contains(r.Pinned, id) }) {
		return "", fault.New(fault.NotFound, "No call uses such rules")
	}
	text, err := configs.FS.ReadFile("rules/" + id + ".yaml")
	if err != nil {
		return "", fmt.Errorf("reading the rules %s: %w", id, err)
	}
	return string(text), nil
}

// TryRules runs changed rules on all submissions of a round beside those that its calls pin. Nothing is kept. Applications from which the
// one who tries is recused, or that lie in calls of others, are left out.
func (s *Service) TryRules(ctx context.Context, ref ident.RoundRef, set *rules.Set) (Trial, error) {
	t := Trial{Round: ref, Set: set}
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		round, err := fund.RoundByRef(tx, ref)
		if err != nil {
			return err
		}
		scopes := slices.DeleteFunc(tx.Policy().Scopes(tx.By, access.TryRules), func(sc access.Scope) bool {
			return sc.Round != "" && sc.Round != round.ID
		})
		within := access.Scope{Round: round.ID}
		if len(scopes) > 0 {
			within.Call = scopes[0].Call
		}
		if err := tx.Require(access.TryRules, within); err != nil {
			return err
		}
		tx.Saw("rules tried on a round", string(ref))
		return s.tryAll(tx, &t, round.ID, scopes)
	})
	return t, err
}

// tryAll walks the submissions of a round, a number of them at a time.
func (s *Service) tryAll(tx *work.Tx, t *Trial, round ident.Round, scopes []access.Scope) error {
	for after := ident.Ref(""); ; {
		apps, err := application.SubmittedIn(tx, round, after, triedAtOnce)
		if err != nil || len(apps) == 0 {
			return err
		}
		after = apps[len(apps)-1].Ref
		apps = slices.DeleteFunc(apps, func(a *application.Application) bool {
			at := access.Scope{Round: a.RoundID, Call: a.CallID}
			return a.Bars(tx.By.ID) || !slices.ContainsFunc(scopes, func(sc access.Scope) bool { return sc.Covers(at) })
		})
		if err := s.tryOn(tx, t, apps); err != nil {
			return err
		}
	}
}

func (s *Service) tryOn(tx *work.Tx, t *Trial, apps []*application.Application) error {
	looked, err := s.look(tx, apps)
	if err != nil {
		return err
	}
	for _, a := range apps {
		one := looked[a.ID]
		switch {
		case one == nil:
			continue
		case one.form.ID != t.Set.FormID:
			t.Other++
			continue
		}
		t.Looked++
		then := t.Set.Run(one.answers, one.facts)
		d := Difference{Ref: a.Ref, Title: a.Title, Lead: a.LeadName, New: without(then, one.found), Gone: without(one.found, then)}
		if len(d.New)+len(d.Gone) > 0 {
			t.Differences = append(t.Differences, d)
		}
	}
	return nil
}

// without gives the findings that others do not have: another severity or message is another finding.
func without(list, others []rules.Finding) []rules.Finding {
	return slices.DeleteFunc(slices.Clone(list), func(f rules.Finding) bool {
		return slices.ContainsFunc(others, func(o rules.Finding) bool {
			return o.Rule == f.Rule && o.Severity == f.Severity && o.Message == f.Message && o.Criterion == f.Criterion
		})
	})
}
