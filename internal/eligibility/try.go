package eligibility

import (
	"context"
	"slices"

	"adoptionfund/configs"
	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
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

// RoundsToTry gives the rounds on whose submissions the one who is signed in may try rules, the newest first.
func (s *Service) RoundsToTry(ctx context.Context) ([]fund.Round, error) {
	var rounds []fund.Round
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		all, err := fund.Rounds(tx)
		if err != nil {
			return err
		}
		scopes := tx.Policy().Scopes(tx.By, access.TryRules)
		rounds = slices.DeleteFunc(all, func(r fund.Round) bool {
			return !slices.ContainsFunc(scopes, func(sc access.Scope) bool { return sc.Round == "" || sc.Round == r.ID })
		})
		return tx.Require(access.TryRules, tx.Anywhere(access.TryRules))
	})
	return rounds, err
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
