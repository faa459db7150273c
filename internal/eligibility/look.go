package eligibility

import (
	"adoptionfund/internal/application"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/otherfunding"
	"adoptionfund/internal/product"
	"adoptionfund/internal/rules"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
)

// seen is what the rules look at in an application, and what those that its call pins find.
type seen struct {
	form     *form.Form
	answers  form.Answers
	products []product.Candidate
	matches  []otherfunding.Match
	facts    rules.Facts
	found    []rules.Finding
}

// look reads what the rules look at, and runs them. It asks the database a fixed number of times for each call, however many
// applications there are. Applications without a submission are left out.
func (s *Service) look(tx *work.Tx, apps []*application.Application) (map[ident.Application]*seen, error) {
	ids := make([]ident.Application, len(apps))
	for i, a := range apps {
		ids[i] = a.ID
	}
	standing, err := application.StandingOf(tx, ids...)
	if err != nil {
		return nil, err
	}
	products, err := candidates(tx, apps)
	if err != nil {
		return nil, err
	}
	matches, err := s.matches(tx, apps, standing)
	if err != nil {
		return nil, err
	}
	all := make(map[ident.Application]*seen, len(apps))
	for _, a := range apps {
		sent, ok := standing[a.ID]
		if !ok {
			continue
		}
		one := &seen{answers: sent.Answers, products: products[a.ID], matches: matches[a.ID]}
		if one.form, err = s.applications.FormNamed(sent.Form); err != nil {
			return nil, err
		}
		set, err := s.rules(a.Call().Settings.Forms.Rules, one.form)
		if err != nil {
			return nil, err
		}
		one.facts = one.factsOf(a, form.Date(uktime.Day(tx.Now)))
		one.found = set.Run(one.answers, one.facts)
		all[a.ID] = one
	}
	return all, nil
}

// matches gives what may be paid for twice. A single application may have been submitted just now, and is looked for if it was not yet.
func (s *Service) matches(tx *work.Tx, apps []*application.Application, standing map[ident.Application]application.Standing) (map[ident.Application][]otherfunding.Match, error) {
	if len(apps) != 1 {
		return otherfunding.Kept(tx, apps) //nolint:wrapcheck // otherfunding has said what it was doing
	}
	a := apps[0]
	sent, ok := standing[a.ID]
	if !ok {
		return nil, nil
	}
	f, err := s.applications.FormNamed(sent.Form)
	if err != nil {
		return nil, err
	}
	list, err := otherfunding.Matches(tx, a, f, sent.Answers)
	return map[ident.Application][]otherfunding.Match{a.ID: list}, err
}

// candidates gives the candidate products of applications, call by call.
func candidates(tx *work.Tx, apps []*application.Application) (map[ident.Application][]product.Candidate, error) {
	calls := map[ident.Call]*fund.Call{}
	in := map[ident.Call][]ident.Application{}
	for _, a := range apps {
		calls[a.CallID], in[a.CallID] = a.Call(), append(in[a.CallID], a.ID)
	}
	all := map[ident.Application][]product.Candidate{}
	for id, of := range in {
		some, err := product.CandidatesOf(tx, of, calls[id])
		if err != nil {
			return nil, err
		}
		for app, list := range some {
			all[app] = list
		}
	}
	return all, nil
}

// factsOf is what rules may look at besides the answers.
func (one *seen) factsOf(a *application.Application, today form.Date) rules.Facts {
	set := a.Call().Settings
	facts := rules.Facts{
		Today: today, Requested: int64(a.Requested), Minimum: int64(a.Minimum), Cap: int64(set.AwardCap), LeadKind: a.LeadKind,
		WhoMayLead: set.WhoMayLead, DTACForms: set.Forms.DTAC, DTAC: string(product.Best(one.products)), Priorities: len(set.Priorities),
	}
	if len(set.SpendBy) >= 10 {
		facts.SpendBy = form.Date(set.SpendBy[:10])
	}
	for _, v := range one.form.Cells(form.RoleProductName, one.answers) {
		facts.Products = append(facts.Products, v.Text)
	}
	for _, m := range one.matches {
		if m.Counts() {
			facts.Matches = append(facts.Matches, m.Label())
		}
	}
	return facts
}
