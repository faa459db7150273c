package eligibility

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"adoptionfund/configs"
	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/otherfunding"
	"adoptionfund/internal/people"
	"adoptionfund/internal/product"
	"adoptionfund/internal/rules"
	"adoptionfund/internal/work"
)

// Service is the use cases of eligibility officers, and of applicants who are asked something.
type Service struct {
	gate         *work.Gate
	applications *application.Service

	mu   sync.Mutex
	sets map[string]*rules.Set // that were read, by rule file and form
}

// NewService makes the service.
func NewService(gate *work.Gate, applications *application.Service) *Service {
	return &Service{gate: gate, applications: applications, sets: map[string]*rules.Set{}}
}

// rules gives the rules that a call pins, for a form. A published file never changes, so that it is read once.
func (s *Service) rules(id string, f *form.Form) (*rules.Set, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := id + " " + f.ID
	if set, ok := s.sets[key]; ok {
		return set, nil
	}
	set, err := rules.Load(configs.FS, "rules/"+id+".yaml", func(name string) (*form.Form, error) {
		if name != f.ID {
			return nil, fmt.Errorf("the rules are for %s, the application is on %s", name, f.ID)
		}
		return f, nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the rules of eligibility: %w", err)
	}
	s.sets[key] = set
	return set, nil
}

// Criterion is one of the four, with what its officer needs.
type Criterion struct {
	Code     string
	Title    string
	Sections []*form.Section // whose answers it rests on
	Found    []rules.Finding
	Standing *Finding  // what was decided; nil: nothing yet
	Earlier  []Finding // what was decided before, newest first
}

// Bench is an application on the workbench of an eligibility officer.
type Bench struct {
	Application    *application.Application
	Form           *form.Form
	Answers        form.Answers
	Submission     *application.Submission
	Files          map[ident.File]string // names of the files as they were sent
	Criteria       []Criterion
	Products       []product.Candidate
	Matches        []otherfunding.Match
	Clarifications []Clarification
	Amendments     []application.Amendment
	TurnsLeft      int // of questions to the applicant
	Notes          []Note
	Reopening      *Reopening
	Officers       []people.Person // who may have the case
	Earlier        []Before        // of the same organisations and products
	Names          map[ident.Person]string
	Me             ident.Person
	May            map[access.Action]bool
	Now            time.Time
}

// Open gives an application with its four criteria: the answers that each rests on, what the rules find, what was decided.
func (s *Service) Open(ctx context.Context, ref ident.Ref) (Bench, error) {
	var b Bench
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		a, err := application.Permitted(tx, ref, access.ViewEligibility)
		if err != nil {
			return err
		}
		b, err = s.bench(tx, a)
		tx.Saw("eligibility", string(a.Ref))
		return err
	})
	return b, err
}

func (s *Service) bench(tx *work.Tx, a *application.Application) (Bench, error) {
	b := Bench{Application: a, Me: tx.By.ID, May: map[access.Action]bool{}, Now: tx.Now}
	var err error
	if b.Form, b.Answers, b.Submission, err = s.applications.Snapshot(tx, a); err != nil {
		return b, err
	}
	looked, err := s.look(tx, []*application.Application{a})
	if err != nil {
		return b, err
	}
	b.Products, b.Matches = looked[a.ID].products, looked[a.ID].matches
	all, err := findingsOf(tx, a.ID)
	if err != nil {
		return b, err
	}
	for _, code := range rules.Criteria() {
		b.Criteria = append(b.Criteria, criterion(&b, code, rules.Of(looked[a.ID].found, code), all))
	}
	if b.Clarifications, err = clarificationsOf(tx, a.ID); err != nil {
		return b, err
	}
	if b.Amendments, err = application.Amendments(tx, a); err != nil {
		return b, err
	}
	b.TurnsLeft = max(0, a.Call().Settings.Clarification-turns(b.Clarifications))
	if b.Notes, err = notesOf(tx, a.ID); err != nil {
		return b, err
	}
	if b.Reopening, err = openReopening(tx, a.ID); err != nil {
		return b, err
	}
	if b.Earlier, err = beforeOf(tx, a); err != nil {
		return b, err
	}
	if b.Officers, err = application.Staff(tx, a, access.RecordFinding); err != nil {
		return b, err
	}
	if b.Files, err = filesOf(b.Submission); err != nil {
		return b, err
	}
	if b.Names, err = people.Names(tx, b.persons(all)...); err != nil {
		return b, err
	}
	return b, b.ask(tx)
}

func criterion(b *Bench, code string, found []rules.Finding, all []Finding) Criterion {
	c := Criterion{Code: code, Title: rules.CriterionTitle(code), Found: found}
	for _, sec := range b.Form.Sections {
		if sec.Criterion == code {
			c.Sections = append(c.Sections, sec)
		}
	}
	for i, f := range all {
		switch {
		case f.Criterion != code:
		case f.Standing && f.SubmissionID == b.Submission.ID && c.Standing == nil:
			c.Standing = &all[i]
		default:
			c.Earlier = append(c.Earlier, f)
		}
	}
	return c
}

// persons are those whose names the workbench shows.
func (b *Bench) persons(all []Finding) []ident.Person {
	var ids []ident.Person
	add := func(p ident.Person) {
		if p != "" && !slices.Contains(ids, p) {
			ids = append(ids, p)
		}
	}
	for _, f := range all {
		add(f.Person)
	}
	for _, c := range b.Clarifications {
		add(c.AskedBy)
	}
	for _, officer := range b.Application.With(application.Officer) {
		add(officer)
	}
	for _, n := range b.Notes {
		add(n.Person)
	}
	if b.Reopening != nil {
		add(b.Reopening.ProposedBy)
	}
	return ids
}

// ask finds out what the one who looks may do.
func (b *Bench) ask(tx *work.Tx) error {
	for _, act := range []access.Action{
		access.RecordFinding, access.PassEligibility, access.AskClarification, access.ProposeIneligible, access.ConfirmIneligible,
		access.ReturnIneligible, access.AssignCase, access.RemindClarification, access.ProposeEligibilityReopening, access.ConfirmEligibilityReopening, access.ProposeFU1, access.ConfirmFU1,
		access.ExplainApplication,
	} {
		may, err := tx.May(act, b.Application)
		if err != nil {
			return fmt.Errorf("asking about %s: %w", act, err)
		}
		b.May[act] = may
	}
	return nil
}

// filesOf gives the names of the files of a submission.
func filesOf(sub *application.Submission) (map[ident.File]string, error) {
	var sent struct {
		Files []struct {
			ID   ident.File `json:"id"`
			Name string     `json:"name"`
		} `json:"files"`
	}
	if err := json.Unmarshal([]byte(sub.Snapshot), &sent); err != nil {
		return nil, fmt.Errorf("reading submission %s: %w", sub.ID, err)
	}
	names := make(map[ident.File]string, len(sent.Files))
	for _, f := range sent.Files {
		names[f.ID] = f.Name
	}
	return names, nil
}

func turns(list []Clarification) int {
	last := 0
	for _, c := range list {
		last = max(last, c.Turn)
	}
	return last
}

// ApplicationProducts is the candidate products of an application, for DTAC assessors.
type ApplicationProducts struct {
	Application *application.Application
	Candidates  []product.Candidate
	MayScore    bool // DT1
}

// Products gives the candidate products of an application with their DTAC status.
func (s *Service) Products(ctx context.Context, ref ident.Ref) (ApplicationProducts, error) {
	var p ApplicationProducts
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		a, err := application.Permitted(tx, ref, access.ViewApplication)
		if err != nil {
			return err
		}
		p.Application = a
		if p.MayScore, err = tx.May(access.ScoreDT1, a); err != nil {
			return err
		}
		p.Candidates, err = product.Candidates(tx, a.ID, a.Call())
		tx.Saw("DTAC of the application", string(a.Ref))
		return err
	})
	return p, err
}
