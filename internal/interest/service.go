package interest

import (
	"context"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
)

// Service is the use cases of interests.
type Service struct {
	gate    *work.Gate
	library *fund.Library
	reviews Reviews
}

// Reviews is what this room has to know of the rooms after it: for whom those work who review in a round, and how the work of somebody who
// is barred is struck.
type Reviews struct {
	Employers func(tx *work.Tx, round ident.Round) (map[ident.Person][]ident.ODS, error)
	Strike    func(tx *work.Tx, a *application.Application, person ident.Person) error
}

// NewService makes the service.
func NewService(gate *work.Gate, library *fund.Library, reviews Reviews) *Service {
	return &Service{gate, library, reviews}
}

// Glimpse is all that somebody sees of an application before they have declared their interests in it.
type Glimpse struct {
	Ref           ident.Ref
	Title         string
	Call          string
	Lead          string
	Organisations []string
	Products      []Product
	Summary       string
	Found         []Interest // what the rules see
	Declared      []Interest // what they declared before and stands
	Waiting       bool       // for the fund manager to settle
}

// Glimpse gives what is seen before the declaration, with what the rules find.
func (s *Service) Glimpse(ctx context.Context, ref ident.Ref) (Glimpse, error) {
	var g Glimpse
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		a, err := application.Permitted(tx, ref, access.DeclareInterest)
		if err != nil {
			return err
		}
		tx.Saw("interest.glimpse", string(a.Ref))
		g, err = s.glimpse(tx, a)
		return err
	})
	return g, err
}

func (s *Service) glimpse(tx *work.Tx, a *application.Application) (Glimpse, error) {
	g := Glimpse{Ref: a.Ref, Title: a.Title, Call: a.Call().Title, Lead: a.LeadName}
	parties, findings, err := s.find(tx, a)
	if err != nil {
		return g, err
	}
	g.Products, g.Summary = parties.Products, parties.Summary
	for _, f := range findings {
		g.Found = append(g.Found, *newFound(tx, a, tx.By.ID, f))
	}
	names, err := people.OrganisationsByODS(tx, parties.Organisations)
	if err != nil {
		return g, err
	}
	for _, code := range parties.Organisations {
		if o, ok := names[code]; ok && o.Name != a.LeadName {
			g.Organisations = append(g.Organisations, o.Name)
		}
	}
	all, err := of(tx, a.ID, tx.By.ID)
	if err != nil {
		return g, err
	}
	g.Waiting = waiting(all)
	for _, i := range all {
		if i.Stands() && !i.Found() {
			g.Declared = append(g.Declared, i)
		}
	}
	return g, nil
}

// find looks what the rules see between the one who asks and an application.
func (s *Service) find(tx *work.Tx, a *application.Application) (Parties, []Finding, error) {
	employers, err := s.reviews.Employers(tx, a.RoundID)
	if err != nil {
		return Parties{}, nil, err
	}
	sight, err := Look(tx, s.library, a.Call(), []*application.Application{a}, Employed{tx.By.ID: employers[tx.By.ID]})
	if err != nil {
		return Parties{}, nil, err
	}
	return sight.parties[a.ID], sight.Between(tx.By.ID, a.ID), nil
}

// Declaration is what somebody declares of one application.
type Declaration struct {
	Kind      Kind
	Statement string
}

func (d *Declaration) check() (KindInfo, error) {
	kinds := Kinds()
	i := slices.IndexFunc(kinds, func(info KindInfo) bool { return info.Kind == d.Kind })
	problems := fault.Problems{}
	if i < 0 {
		return KindInfo{}, fault.Fields(fault.Problems{"interest": "Select whether you have an interest"})
	}
	d.Statement = strings.TrimSpace(d.Statement)
	if d.Kind != None && d.Statement == "" {
		problems["statement"] = "Describe the interest"
	}
	if form.Characters(d.Statement) > 2000 {
		problems["statement"] = "Description must be 2,000 characters or fewer"
	}
	return kinds[i], fault.Fields(problems)
}

// Outcome is what a declaration leads to.
type Outcome string

// The outcomes.
const (
	Free    Outcome = "free"    // go on
	Pending Outcome = "pending" // the fund manager settles it first
	Barred  Outcome = "barred"
)

// Declare keeps a declaration on one application. No interest lets a reviewer go on; an own organisation or a financial interest bars,
// and the assignment is struck; anything else waits for the fund manager.
func (s *Service) Declare(ctx context.Context, ref ident.Ref, d Declaration) (Outcome, error) {
	info, err := d.check()
	if err != nil {
		return "", err
	}
	var outcome Outcome
	err = s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := application.Permitted(tx, ref, access.DeclareInterest)
		if err != nil {
			return err
		}
		outcome, err = s.declare(tx, a, info, d)
		return err
	})
	return outcome, err
}

// Conflict keeps that the one who acts declined work because of a conflict, and bars them.
func Conflict(tx *work.Tx, a *application.Application, statement string) error {
	if _, err := keep(tx, a, nil, Interest{Kind: Stated, Source: declared, Severity: Bars, Statement: statement}); err != nil {
		return err
	}
	return barFrom(tx, a, tx.By.ID, application.Recused, application.Conflicted)
}

func (s *Service) declare(tx *work.Tx, a *application.Application, info KindInfo, d Declaration) (Outcome, error) {
	all, err := of(tx, a.ID, tx.By.ID)
	if err != nil {
		return "", err
	}
	if barring(all) {
		return "", fault.New(fault.Conflict, "A declaration that bars you from this application stands. Ask the fund manager to withdraw it if it was made in error")
	}
	_, findings, err := s.find(tx, a)
	if err != nil {
		return "", err
	}
	for _, f := range findings {
		if slices.ContainsFunc(all, func(i Interest) bool { return i.Found() && i.Kind == f.Kind && i.Basis == f.Basis }) {
			continue
		}
		if all, err = keep(tx, a, all, *newFound(tx, a, tx.By.ID, f)); err != nil {
			return "", err
		}
	}
	all, err = keep(tx, a, all, Interest{Kind: d.Kind, Source: declared, Severity: info.Severity, Statement: d.Statement})
	if err != nil {
		return "", err
	}
	return s.conclude(tx, a, tx.By.ID, all)
}

// keep adds an interest of the one who acts.
func keep(tx *work.Tx, a *application.Application, all []Interest, i Interest) ([]Interest, error) {
	i.ID, i.ApplicationID, i.Person, i.At = ident.New[string](), a.ID, tx.By.ID, tx.Now
	tx.Record(application.Event(a, string(access.DeclareInterest), map[string]any{
		"kind": i.Kind, "source": i.Source, "severity": i.Severity, "person": i.Person, "digest": audit.Digest([]byte(i.Statement)),
	}))
	return append(all, i), work.Add(tx, &i)
}

// conclude draws what follows from somebody's interests: barred, waiting or free.
func (s *Service) conclude(tx *work.Tx, a *application.Application, person ident.Person, all []Interest) (Outcome, error) {
	switch {
	case barring(all):
		return Barred, s.bar(tx, a, person)
	case waiting(all):
		if err := application.Unrelate(tx, a, person, application.Declared); err != nil {
			return "", err
		}
		return Pending, tell(tx, a, "interest_to_settle", access.SettleInterest)
	default:
		return Free, application.Relate(tx, a, person, application.Declared)
	}
}

// bar keeps somebody from an application in every role, and strikes their work on it.
func (s *Service) bar(tx *work.Tx, a *application.Application, person ident.Person) error {
	if !slices.Contains(a.With(application.Assigned), person) {
		return barFrom(tx, a, person, application.Recused)
	}
	if err := barFrom(tx, a, person, application.Recused, application.Conflicted); err != nil {
		return err
	}
	if err := s.reviews.Strike(tx, a, person); err != nil {
		return err
	}
	return tell(tx, a, "reviewer_to_replace", access.ReplaceReviewer)
}

func barFrom(tx *work.Tx, a *application.Application, person ident.Person, relations ...application.Relation) error {
	for _, r := range relations {
		if err := application.Relate(tx, a, person, r); err != nil {
			return err
		}
	}
	return application.Unrelate(tx, a, person, application.Declared)
}

// tell sends a mail to those who do what comes next.
func tell(tx *work.Tx, a *application.Application, kind notify.Kind, act access.Action) error {
	staff, err := application.Staff(tx, a, act)
	if err != nil {
		return err
	}
	for _, p := range staff {
		fields := application.Fields(a)
		fields["name"] = p.Name
		m := notify.Message{Kind: kind, Person: p.ID, Address: p.Email, Key: string(a.ID) + ":" + string(tx.By.ID) + tx.Now.Format("20060102150405"), Fields: fields}
		if err := tx.Notify(m); err != nil {
			return err
		}
	}
	return nil
}
