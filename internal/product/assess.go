package product

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// Query narrows the register. Zero values narrow nothing.
type Query struct {
	Call   ident.Call
	Search string        // part of the product's or supplier's name
	After  ident.Product // the last one of the page before
	Limit  int
}

// Entry is a product in the register.
type Entry struct {
	Product
	Uses        int      // applications that name it
	Forms       []string // of the returns that were sent
	Provisional status.Status
	Position    *Position // the last one
	Lapsed      bool      // evidence that it rests on has ended
}

// Register gives the products that the one who is signed in may see the DTAC position of, by name.
func (s *Service) Register(ctx context.Context, q Query) ([]Entry, error) {
	var entries []Entry
	if q.Limit == 0 {
		q.Limit = 50
	}
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		products, err := list(tx, access.ViewDTAC, q)
		if err != nil || len(products) == 0 {
			return err
		}
		ids := make([]ident.Product, len(products))
		for i, p := range products {
			ids[i] = p.ID
		}
		uses, err := countUses(tx, ids)
		if err != nil {
			return err
		}
		seen, err := provisionals(tx, products, nil)
		if err != nil {
			return err
		}
		positions, err := positionsOf(tx, ids)
		for _, p := range products {
			e := Entry{Product: p, Uses: uses[p.ID], Provisional: seen[p.ID].status, Forms: seen[p.ID].forms}
			if i := slices.IndexFunc(positions, func(x Position) bool { return x.ProductID == p.ID }); i >= 0 {
				e.Position = &positions[i]
				e.Lapsed = e.Position.Lapsed(today(tx))
			}
			entries = append(entries, e)
		}
		tx.Saw("DTAC register")
		return err
	})
	return entries, err
}

// Naming is an application that names a product.
type Naming struct {
	Ref      ident.Ref
	Title    string
	LeadName string
	CallID   ident.Call
	RoundID  ident.Round
	Chosen   bool
}

// Desk is a product's return as an assessor has it before them: what was sent, what follows from it today, and what was decided.
type Desk struct {
	Product      *Product
	Form         *form.Form
	Forms        []string // of which there are returns
	Return       *Return  // nil: none was sent
	Result       status.Result
	Assessments  map[form.Code]Assessed
	Positions    []Position // newest first
	Call         *fund.Call // through which the product is reached: its limits hold
	Applications []Naming
	Open         bool // security evidence may be seen
	MayAssess    bool
	MayRecord    bool
}

// Open gives a product's return to an assessor. An empty form is that of the return that was sent, the newest first.
func (s *Service) Open(ctx context.Context, id ident.Product, formID string) (Desk, error) {
	var d Desk
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		if d, err = s.desk(tx, id, formID, access.ViewDTAC); err != nil {
			return err
		}
		for act, may := range map[access.Action]*bool{access.ViewSecurityEvidence: &d.Open, access.AssessReturn: &d.MayAssess, access.RecordPosition: &d.MayRecord} {
			if *may, err = tx.May(act, d.Product.reached(tx, act)); err != nil {
				return err
			}
		}
		if d.Positions, err = positionsOf(tx, []ident.Product{id}); err != nil {
			return err
		}
		named, err := namedBy(tx, id)
		for _, n := range named {
			scopes := tx.Policy().Scopes(tx.By, access.ViewDTAC)
			if slices.ContainsFunc(scopes, func(sc access.Scope) bool { return sc.Covers(access.Scope{Round: n.RoundID, Call: n.CallID}) }) {
				d.Applications = append(d.Applications, n)
			}
		}
		d.seal()
		tx.Saw("DTAC assessment", string(id))
		return err
	})
	return d, err
}

// seal takes out the security evidence if it may not be seen: that there is some, and of which kind, stays.
func (d *Desk) seal() {
	if d.Open || d.Return == nil {
		return
	}
	d.Return.Sent.Evidence, d.Return.Body = sealed(d.Form, d.Return.Sent.Evidence), Content{}
}

// sealed takes what is in security evidence out: that there is some, and of which kind, stays.
func sealed(f *form.Form, evidence []status.Evidence) []status.Evidence {
	items := slices.Clone(evidence)
	for i, e := range items {
		if q, ok := f.Question(e.Question); ok && Sealed(q) {
			items[i] = status.Evidence{Question: e.Question, Kind: e.Kind}
		}
	}
	return items
}

// desk reads what an assessor needs, for an action.
func (s *Service) desk(tx *work.Tx, id ident.Product, formID string, act access.Action) (Desk, error) {
	p, err := byID(tx, id)
	if err != nil {
		return Desk{}, err
	}
	facts, call := p.through(tx, act)
	if err := tx.Require(act, facts); err != nil {
		return Desk{}, err
	}
	d := Desk{Product: p, Assessments: map[form.Code]Assessed{}}
	if call != "" {
		if d.Call, err = fund.CallByID(tx, call); err != nil {
			return d, err
		}
	}
	returns, err := returnsOf(tx, []ident.Product{id})
	if err != nil {
		return d, err
	}
	for i, r := range returns {
		if !r.IsSent() {
			continue
		}
		d.Forms = append(d.Forms, r.Form)
		if d.Return == nil && (formID == "" || formID == r.Form) {
			d.Return = &returns[i]
		}
	}
	if d.Return == nil {
		d.Form, err = s.form(formID)
		return d, err
	}
	if d.Form, err = s.form(d.Return.Form); err != nil {
		return d, err
	}
	return d, d.evaluate(tx)
}

// evaluate works out where the return stands today.
func (d *Desk) evaluate(tx *work.Tx) error {
	by, err := assessmentsOf(tx, []ident.Return{d.Return.ID})
	if err != nil {
		return err
	}
	var assessments []status.Assessment
	for _, a := range by[d.Return.ID] {
		d.Assessments[a.Question] = a
		assessments = append(assessments, a.assessment())
	}
	d.Result, err = status.Evaluate(d.Form, d.Return.Sent.of(d.Product, settings(d.Call, d.Form), assessments), today(tx))
	if err != nil {
		return fmt.Errorf("evaluating the return of %s: %w", d.Product.ID, err)
	}
	return nil
}

// notSent refuses to assess what is not there.
func (d *Desk) notSent() error {
	if d.Return != nil {
		return nil
	}
	return fault.New(fault.Conflict, "No DTAC return of this product was sent yet")
}

// Assess keeps what an assessor decided of questions of a return, or that a section is waived whole. Other questions keep what was
// decided of them.
func (s *Service) Assess(ctx context.Context, id ident.Product, formID string, decided []status.Assessment) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		d, err := s.desk(tx, id, formID, access.AssessReturn)
		if err != nil {
			return err
		}
		return s.assess(tx, &d, decided)
	})
}

func (s *Service) assess(tx *work.Tx, d *Desk, decided []status.Assessment) error {
	if err := d.notSent(); err != nil {
		return err
	}
	problems := fault.Problems{}
	var rows []Assessed
	facts := map[string]any{}
	for _, a := range decided {
		checkAssessment(d.Form, a, problems)
		row := Assessed{
			ReturnID: d.Return.ID, Question: a.Question, Result: a.Result, Reason: strings.TrimSpace(a.Reason), What: strings.TrimSpace(a.Action.What),
			Owner: strings.TrimSpace(a.Action.Owner), Due: a.Action.Due, AssessedBy: tx.By.ID, AssessedAt: tx.Now,
		}
		if before, ok := d.Assessments[a.Question]; ok && before.assessment() == row.assessment() {
			continue
		}
		d.Assessments[a.Question] = row
		rows = append(rows, row)
		facts[string(a.Question)] = a.Result
	}
	if err := fault.Fields(problems); err != nil || len(rows) == 0 {
		return err
	}
	tx.Record(event(d.Product.ID, string(access.AssessReturn), map[string]any{"form": d.Form.ID, "results": facts}))
	return putAssessments(tx, rows)
}

// checkAssessment says what is wrong with a decision, by the names of the inputs.
func checkAssessment(f *form.Form, a status.Assessment, problems fault.Problems) {
	code := string(a.Question)
	q, ok := f.Question(a.Question)
	whole := !ok && waivable(f, a.Question)
	switch {
	case !ok && !whole, ok && !decides(f, q):
		problems[code] = code + " is not a question that is passed or failed"
		return
	case !slices.Contains(status.Decisions(), a.Result), whole && a.Result != status.DecidedWaived:
		problems[code] = "Select what you decide of " + code
		return
	}
	if problems[code] != "" {
		return
	}
	need := func(suffix, text, words string, most int, required bool) {
		if required && strings.TrimSpace(text) == "" || form.Characters(text) > most {
			problems[code+suffix] = words
		}
	}
	action := a.Result == status.DecidedActionNeeded
	need("-reason", a.Reason, "Enter the reason for "+code+", in 2,000 characters or fewer", 2000, a.Result != status.DecidedPass)
	need("-what", a.Action.What, "Enter what is to be done for "+code+", in 1,000 characters or fewer", 1000, action)
	need("-owner", a.Action.Owner, "Enter who does it for "+code+", in 200 characters or fewer", 200, action)
	if _, err := form.ParseDate(string(a.Action.Due)); err != nil && (action || a.Action.Due != "") {
		problems[code+"-due"] = "Enter the day by which it is done for " + code
	}
}

// RecordPosition freezes what the fund concludes of a product today: the status that follows from its return and from what assessors
// decided. It can be recorded once every asked question is decided.
func (s *Service) RecordPosition(ctx context.Context, id ident.Product, formID string) (Position, error) {
	var p Position
	err := s.gate.Write(ctx, func(tx *work.Tx) error {
		d, err := s.desk(tx, id, formID, access.RecordPosition)
		if err != nil {
			return err
		}
		p, err = record(tx, &d)
		return err
	})
	return p, err
}

// AssessAndRecord keeps decisions and then freezes the position that follows from them, all or nothing.
func (s *Service) AssessAndRecord(ctx context.Context, id ident.Product, formID string, decided []status.Assessment) (Position, error) {
	var p Position
	err := s.gate.Write(ctx, func(tx *work.Tx) error {
		d, err := s.desk(tx, id, formID, access.AssessReturn)
		if err != nil {
			return err
		}
		if err := s.assess(tx, &d, decided); err != nil {
			return err
		}
		if err := tx.Require(access.RecordPosition, d.Product.reached(tx, access.RecordPosition)); err != nil {
			return err
		}
		if err := d.evaluate(tx); err != nil {
			return err
		}
		p, err = record(tx, &d)
		return err
	})
	return p, err
}

func record(tx *work.Tx, d *Desk) (Position, error) {
	if err := d.notSent(); err != nil {
		return Position{}, err
	}
	if d.Result.Status == status.NotAssessed {
		return Position{}, fault.New(fault.Conflict, "Decide every question that is asked before you record the position")
	}
	if d.Call == nil {
		return Position{}, fault.New(fault.Conflict, "No application in a call of yours names this product")
	}
	text, err := json.Marshal(d.Result)
	if err != nil {
		return Position{}, fmt.Errorf("writing a position: %w", err)
	}
	p := Position{
		ID: ident.New[ident.Position](), ProductID: d.Product.ID, ReturnID: d.Return.ID, RoundID: d.Call.RoundID, CallID: d.Call.ID, Form: d.Form.ID,
		Status: d.Result.Status, Provisional: d.Result.Provisional, Result: string(text), SentDigest: d.Return.SentDigest, ReviewedOn: today(tx),
		Person: tx.By.ID, PersonName: tx.By.Name, Expires: d.Result.ExpiresOn(), RecordedAt: tx.Now,
	}
	e := event(d.Product.ID, string(access.RecordPosition), map[string]any{"status": p.Status, "expires": p.Expires, "form": p.Form})
	e.Round, e.Call = p.RoundID, p.CallID
	e.Guards = []audit.Row{{Table: "positions", Key: string(p.ID)}}
	tx.Record(e)
	return p, work.Add(tx, &p)
}
