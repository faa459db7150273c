package position

import (
	"context"
	"fmt"
	"slices"

	"adoptionfund/internal/access"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/product"
	"adoptionfund/internal/work"
)

// Naming is an application that names a product.
type Naming struct {
	Ref      ident.Ref
	Title    string
	LeadName string
	CallID   ident.Call
	RoundID  ident.Round
	Chosen   bool
	Relies   bool // on the return: with its supplier's permission
}

// Desk is a product's return as an assessor has it before them: what was sent, what follows from it today, and what was decided.
type Desk struct {
	Product      *product.Product
	Form         *form.Form
	Forms        []string        // of which there are returns
	Return       *product.Return // nil: none was sent
	Result       status.Result
	Assessments  map[form.Code]product.Assessed
	Positions    []product.Position // newest first
	Call         *fund.Call         // through which the product is reached: its limits hold
	Applications []Naming
	Sections     []Section               // who has and had which, newest first
	Assessors    []people.Person         // to whom a section can be handed over
	Names        map[ident.Person]string // of those who decided
	Carried      map[form.Code]Carried   // decisions on an earlier form that may be taken over, where nothing is decided yet
	Again        []Again                 // what must be asked again instead, with its reason
	Recognised   []Recognised            // newest first
	Proposals    []Proposal              // newest first; the first may wait
	From         *product.Released       // the version that this one was declared from
	Later        []product.Released      // the versions that were declared from this one
	Standing     product.Standing
	Today        form.Date
	Reader       ident.Person
	Open         bool // security evidence may be seen
	May          map[access.Action]bool
}

// SecondLook reports whether the call asks that another assessor confirms a position.
func (d *Desk) SecondLook() bool { return d.Call != nil && d.Call.Settings.DTAC.SecondLook }

// Waiting is the position that waits for a second look, or nil.
func (d *Desk) Waiting() *Proposal {
	if len(d.Proposals) > 0 && d.Proposals[0].Outcome == "" {
		return &d.Proposals[0]
	}
	return nil
}

// Part is a section of a return on the desk.
type Part struct {
	Section *form.Section
	State   status.State
	Items   []status.Item // that are asked
	Holder  *Section
	Decided int
	Informs bool // and never changes the status
}

// Parts are the sections that specialists look at, with where their questions stand.
func (d *Desk) Parts() []Part {
	var parts []Part
	for _, sec := range assessedSections(d.Form) {
		p := Part{Section: sec, State: status.NotAsked, Holder: d.holder(sec.Code)}
		for _, found := range d.Result.BySection() {
			if found.Code == sec.Code {
				p.State = found.State
				p.Items = slices.DeleteFunc(slices.Clone(found.Items), func(i status.Item) bool { return i.State == status.NotAsked })
			}
		}
		if p.Items == nil && d.Return != nil {
			p.Items, p.Informs = d.informing(sec), true
		}
		for _, i := range p.Items {
			if _, done := d.Assessments[i.Question]; done || i.State == status.Waived {
				p.Decided++
			}
		}
		parts = append(parts, p)
	}
	return parts
}

// informing are the asked questions of a section that informs: what is decided of them is kept and shown, and changes no status.
func (d *Desk) informing(sec *form.Section) []status.Item {
	asked := d.Form.Asked(d.Return.Sent.Answers, product.Attached(d.Return.Sent))
	var items []status.Item
	for _, q := range sec.Questions {
		if !asked[q.Code] || q.Assessed != form.AssessedScored {
			continue
		}
		i := status.Item{Question: q.Code, Section: sec.Code, State: status.NotAssessedYet, Mechanical: status.Pass, Reason: "Informs the choice, and never changes the status"}
		if a, done := d.Assessments[q.Code]; done {
			i.State = status.State(a.Result)
		} else if !form.Answered(q, d.Return.Sent.Answers[q.Code]) {
			i.State, i.Mechanical = status.Unanswered, status.Unanswered
		}
		items = append(items, i)
	}
	return items
}

// Open gives a product's return to an assessor. An empty form is that of the return that was sent, the newest first.
func (s *Service) Open(ctx context.Context, id ident.Product, formID string) (Desk, error) {
	var d Desk
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		d, err = s.whole(tx, id, formID)
		tx.Saw("DTAC assessment", string(id))
		return err
	})
	return d, err
}

// whole is a desk with all that its pages show.
func (s *Service) whole(tx *work.Tx, id ident.Product, formID string) (Desk, error) {
	d, err := s.desk(tx, id, formID, access.ViewDTAC)
	if err != nil {
		return d, err
	}
	d.Today, d.Reader, d.May = today(tx), tx.By.ID, map[access.Action]bool{}
	for _, act := range []access.Action{access.ViewSecurityEvidence, access.AssessReturn, access.RecordPosition, access.ProposePosition, access.ConfirmPosition, access.ReturnPosition, access.RecogniseAssessment, access.ListDTAC} {
		if d.May[act], err = tx.May(act, d.Product.Reached(tx, act)); err != nil {
			return d, err
		}
	}
	d.Open = d.May[access.ViewSecurityEvidence]
	if d.Positions, err = product.PositionsOf(tx, []ident.Product{id}); err != nil {
		return d, err
	}
	if err := d.around(tx, id); err != nil {
		return d, err
	}
	if !d.May[access.ListDTAC] { // its supplier sees what was decided, not how the fund shares the work
		d.Sections, d.Proposals, d.Names = nil, nil, nil
	}
	if d.May[access.AssessReturn] {
		if err := s.carried(tx, &d); err != nil {
			return d, err
		}
		if d.Assessors, err = d.assessors(tx); err != nil {
			return d, err
		}
	}
	d.seal()
	return d, nil
}

// around reads what stands beside a return: what is relied on, what waits, who decided, and which applications name the product.
func (d *Desk) around(tx *work.Tx, id ident.Product) error {
	var err error
	if d.Recognised, err = recognisedOf(tx, id); err != nil {
		return err
	}
	if d.Proposals, err = proposalsOf(tx, id); err != nil {
		return err
	}
	if d.From, d.Later, err = product.Releases(tx, id); err != nil {
		return err
	}
	standings, err := product.Standings(tx, []ident.Product{id})
	if err != nil {
		return err
	}
	if len(standings) > 0 {
		d.Standing = standings[0]
	}
	var deciders []ident.Person
	for _, a := range d.Assessments {
		deciders = append(deciders, a.AssessedBy)
	}
	if d.Names, err = people.Names(tx, deciders...); err != nil {
		return err
	}
	named, err := namedBy(tx, id)
	scopes := tx.Policy().Scopes(tx.By, access.ListDTAC)
	for _, n := range named {
		if slices.ContainsFunc(scopes, func(sc access.Scope) bool { return sc.Covers(access.Scope{Round: n.RoundID, Call: n.CallID}) }) {
			d.Applications = append(d.Applications, n)
		}
	}
	return err
}

// seal takes out the security evidence if it may not be seen: that there is some, and of which kind, stays.
func (d *Desk) seal() {
	if d.Open || d.Return == nil {
		return
	}
	d.Return.Sent.Evidence, d.Return.Body = product.SealedEvidence(d.Form, d.Return.Sent.Evidence), product.Content{}
}

// desk reads what an assessor needs, for an action.
func (s *Service) desk(tx *work.Tx, id ident.Product, formID string, act access.Action) (Desk, error) {
	p, err := product.ByID(tx, id)
	if err != nil {
		return Desk{}, err
	}
	facts, call := p.Through(tx, act)
	if err := tx.Require(act, facts); err != nil {
		return Desk{}, err
	}
	d := Desk{Product: p, Assessments: map[form.Code]product.Assessed{}}
	if call != "" {
		if d.Call, err = fund.CallByID(tx, call); err != nil {
			return d, err
		}
	}
	if err := s.choose(tx, &d, formID); err != nil || d.Return == nil {
		return d, err
	}
	if d.Sections, err = sectionsOf(tx, d.Return.ID); err != nil {
		return d, err
	}
	return d, d.evaluate(tx)
}

// choose finds the return that was sent on a form, or on the newest form if none is named.
func (s *Service) choose(tx *work.Tx, d *Desk, formID string) error {
	returns, err := product.ReturnsOf(tx, []ident.Product{d.Product.ID})
	if err != nil {
		return err
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
	if d.Return != nil {
		formID = d.Return.Form
	}
	d.Form, err = s.form(formID)
	return err
}

// evaluate works out where the return stands today.
func (d *Desk) evaluate(tx *work.Tx) error {
	by, err := product.AssessmentsOf(tx, []ident.Return{d.Return.ID})
	if err != nil {
		return err
	}
	var assessments []status.Assessment
	for _, a := range by[d.Return.ID] {
		d.Assessments[a.Question] = a
		assessments = append(assessments, a.Assessment())
	}
	d.Result, err = status.Evaluate(d.Form, d.Return.Sent.Of(d.Product, product.Asks(d.Call, d.Form), assessments), today(tx))
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
