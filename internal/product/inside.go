package product

import (
	"slices"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// What the room of positions needs of products and their returns, inside its own transactions.

// ByID reads a product with those who act for its supplier and the applications that name it.
func ByID(tx *work.Tx, id ident.Product) (*Product, error) { return byID(tx, id) }

// Reached is the product as the one who acts reaches it to do an action.
func (p *Product) Reached(tx *work.Tx, act access.Action) access.Facts { return p.reached(tx, act) }

// Through is Reached, with the call that is passed through; empty if it is none.
func (p *Product) Through(tx *work.Tx, act access.Action) (access.Facts, ident.Call) {
	return p.through(tx, act)
}

// ReturnsOf reads the returns of products, the newest form first.
func ReturnsOf(tx *work.Tx, ids []ident.Product) ([]Return, error) { return returnsOf(tx, ids) }

// AssessmentsOf gives what was decided of returns, in the order of the questions' codes.
func AssessmentsOf(tx *work.Tx, ids []ident.Return) (map[ident.Return][]Assessed, error) {
	return assessmentsOf(tx, ids)
}

// PositionsOf gives the positions of products, newest first.
func PositionsOf(tx *work.Tx, ids []ident.Product) ([]Position, error) { return positionsOf(tx, ids) }

// Foreseen is a provisional status with the forms of the returns that it is from.
type Foreseen struct {
	Status status.Status
	Forms  []string
}

// Provisionals evaluates the returns of products, whatever calls name them, today.
func Provisionals(tx *work.Tx, products []Product) (map[ident.Product]Foreseen, error) {
	seen, err := provisionals(tx, products, nil)
	by := make(map[ident.Product]Foreseen, len(seen))
	for id, f := range seen {
		by[id] = Foreseen{f.status, f.forms}
	}
	return by, err
}

// Of gives a return of a product as the status is computed from it.
func (c Content) Of(p *Product, set status.Settings, assessments []status.Assessment) status.Return {
	return c.of(p, set, assessments)
}

// Asks is what a call asks of products, as far as a form knows the questions.
func Asks(c *fund.Call, f *form.Form) status.Settings { return settings(c, f) }

// Assessment is what was decided, as the status takes it.
func (a Assessed) Assessment() status.Assessment { return a.assessment() }

// Event is something that happened to a product, for the audit trail.
func Event(id ident.Product, verb string, facts map[string]any) audit.Event {
	return event(id, verb, facts)
}

// Decides reports whether a question is one that assessors decide: pass or fail in a section that counts.
func Decides(f *form.Form, q *form.Question) bool { return decides(f, q) }

// Waivable reports whether a section may be waived whole.
func Waivable(f *form.Form, code form.Code) bool { return waivable(f, code) }

// SealedAt reports whether what was said to a question of a form, or to a section as a whole, is about technical security, which its supplier and the
// assessors alone see. A question that the form does not know is sealed too.
func SealedAt(formID string, code form.Code) (bool, error) {
	library, err := published()
	if err != nil {
		return false, err
	}
	f, err := library.Form(formID)
	if err != nil {
		return false, err //nolint:wrapcheck // it names the form
	}
	if q, ok := f.Question(code); ok {
		return Sealed(q), nil
	}
	return code == securitySection || !waivable(f, code), nil
}

// SealedEvidence takes what is in security evidence out: that there is some, and of which kind, stays.
func SealedEvidence(f *form.Form, evidence []status.Evidence) []status.Evidence {
	return sealed(f, evidence)
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

// OpenTo reports whether an application in a call names the product of which a person is not recused.
func (p *Product) OpenTo(person ident.Person, call ident.Call) bool {
	return slices.ContainsFunc(p.places, func(at place) bool { return at.CallID == call && !at.bars(person) })
}

// Scopes are the calls in which applications name the product, each once.
func (p *Product) Scopes() []access.Scope {
	var list []access.Scope
	for _, at := range p.places {
		if !slices.Contains(list, at.scope()) {
			list = append(list, at.scope())
		}
	}
	return list
}

// Attached tells what evidence is attached, whatever its date.
func Attached(c Content) form.EvidenceFunc { return attached(c) }
