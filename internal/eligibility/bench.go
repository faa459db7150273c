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
	"adoptionfund/internal/people"
	"adoptionfund/internal/product"
	"adoptionfund/internal/rules"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
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

// Filter narrows the queue. Without states it gives those that wait for an officer or an applicant.
type Filter struct {
	Call   ident.Call
	States []workflow.ApplicationState
	Search string
	After  ident.Ref
	Limit  int
}

// Waiting are the states in which an application is in the queue.
func Waiting() []workflow.ApplicationState {
	return []workflow.ApplicationState{workflow.Screening, workflow.Clarification, workflow.IneligibleProposed}
}

// Row is an application in the queue.
type Row struct {
	*application.Application
	Decided map[string]Decision // what stands, by criterion
	Asked   int                 // questions that wait for an answer
	DueAt   *time.Time          // of the first of them
	Days    int                 // since it came into its state
}

// Queue gives the applications that the one who is signed in may check, in the order of their references: with three queries,
// however many there are.
func (s *Service) Queue(ctx context.Context, f Filter) ([]Row, error) {
	var rows []Row
	if len(f.States) == 0 {
		f.States = Waiting()
	}
	if f.Limit == 0 {
		f.Limit = 50
	}
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		list, err := application.List(tx, access.ViewEligibility, application.Query{Call: f.Call, States: f.States, Search: f.Search, After: f.After, Limit: f.Limit})
		if err != nil || len(list) == 0 {
			return err
		}
		ids := make([]ident.Application, len(list))
		refs := make([]string, len(list))
		for i, a := range list {
			ids[i], refs[i] = a.ID, string(a.Ref)
		}
		stand, err := standingOf(tx, ids)
		if err != nil {
			return err
		}
		open, err := openIn(tx, ids)
		for _, a := range list {
			rows = append(rows, rowOf(a, stand[a.ID], open[a.ID], tx.Now))
		}
		tx.Saw("eligibility queue", refs...)
		return err
	})
	return rows, err
}

func rowOf(a *application.Application, stand []Finding, open []Clarification, now time.Time) Row {
	row := Row{Application: a, Decided: map[string]Decision{}, Asked: len(open), Days: int(now.Sub(a.StateAt).Hours() / 24)}
	if a.SubmissionID != nil {
		for _, c := range rules.Criteria() {
			row.Decided[c] = decided(stand, *a.SubmissionID, c)
		}
	}
	if len(open) > 0 {
		row.DueAt = &open[0].DueAt
	}
	return row
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
	Matches        []Match
	Clarifications []Clarification
	Amendments     []application.Amendment
	TurnsLeft      int // of questions to the applicant
	Notes          []Note
	Reopening      *Reopening
	Names          map[ident.Person]string
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
	b := Bench{Application: a, May: map[access.Action]bool{}, Now: tx.Now}
	var err error
	if b.Form, b.Answers, b.Submission, err = s.applications.Snapshot(tx, a); err != nil {
		return b, err
	}
	found, err := s.find(tx, &b)
	if err != nil {
		return b, err
	}
	all, err := findingsOf(tx, a.ID)
	if err != nil {
		return b, err
	}
	for _, code := range rules.Criteria() {
		b.Criteria = append(b.Criteria, criterion(&b, code, rules.Of(found, code), all))
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
	if b.Files, err = filesOf(b.Submission); err != nil {
		return b, err
	}
	if b.Names, err = people.Names(tx, b.persons(all)...); err != nil {
		return b, err
	}
	return b, b.ask(tx)
}

// find runs the rules of the call over the answers.
func (s *Service) find(tx *work.Tx, b *Bench) ([]rules.Finding, error) {
	a := b.Application
	set, err := s.rules(a.Call().Settings.Forms.Rules, b.Form)
	if err != nil {
		return nil, err
	}
	if b.Products, err = product.Candidates(tx, a.ID, a.Call()); err != nil {
		return nil, err
	}
	if b.Matches, err = matchesOf(tx, a.ID); err != nil {
		return nil, err
	}
	return set.Run(b.Answers, factsOf(b, form.Date(uktime.Day(tx.Now)))), nil
}

// factsOf is what rules may look at besides the answers.
func factsOf(b *Bench, today form.Date) rules.Facts {
	a, set := b.Application, b.Application.Call().Settings
	facts := rules.Facts{
		Today: today, Requested: int64(a.Requested), Minimum: int64(a.Minimum), Cap: int64(set.AwardCap), LeadKind: a.LeadKind,
		WhoMayLead: set.WhoMayLead, DTACForms: set.Forms.DTAC, DTAC: string(product.Best(b.Products)), Priorities: len(set.Priorities),
	}
	if len(set.SpendBy) >= 10 {
		facts.SpendBy = form.Date(set.SpendBy[:10])
	}
	for _, v := range b.Form.Cells(form.RoleProductName, b.Answers) {
		facts.Products = append(facts.Products, v.Text)
	}
	for _, m := range b.Matches {
		facts.Matches = append(facts.Matches, string(m.Ref))
	}
	return facts
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
		access.ReturnIneligible, access.ProposeEligibilityReopening, access.ConfirmEligibilityReopening, access.ProposeFU1, access.ConfirmFU1,
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
