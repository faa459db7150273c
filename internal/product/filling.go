package product

import (
	"context"
	"fmt"
	"slices"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// A return may be filled in by the main contact of an application while nobody acts for the product's supplier. It is kept in a record
// of its own, which belongs to that application and stands for the product: the use cases of returns know no difference, and two
// applications that name one product never meet in it. Once a claim is confirmed, the supplier takes what was filled in or sets it aside.

// Answered is what a supplier made of what was filled in for it.
type Answered string

// What a supplier can make of it.
const (
	AnsweredNot   Answered = ""
	AnsweredTaken Answered = "taken" // into its own return
	AnsweredAside Answered = "aside" // it counts for no application any more
)

// hold is the application to which a record belongs that is filled in for a supplier.
type hold struct {
	ApplicationID ident.Application
	Ref           ident.Ref
	RoundID       ident.Round
	CallID        ident.Call
	MainContact   ident.Person
	State         workflow.ApplicationState

	claimed bool // somebody acts for the supplier
}

// allows adds what the main contact may: to fill in, until somebody acts for the supplier.
func (h *hold) allows(f *access.Facts) {
	if h == nil {
		return
	}
	f.Owners = []ident.Person{h.MainContact}
	f.Unclaimed = !h.claimed && !workflow.Applications().Info(h.State).Final
}

// IsFilledIn reports whether the record is filled in for a supplier, by the main contact of an application.
func (p *Product) IsFilledIn() bool { return p.FilledFor != nil }

// Application is the reference of the application for which the record is filled in, or nothing.
func (p *Product) Application() ident.Ref {
	if p.hold == nil {
		return ""
	}
	return p.hold.Ref
}

// heldBy reports whether somebody is the main contact who fills the record in.
func (p *Product) heldBy(person ident.Person) bool {
	return p.hold != nil && person != "" && p.hold.MainContact == person
}

// hidden reports whether the record belongs to an application that was not sent yet: it is its main contact's alone.
func (p *Product) hidden(tx *work.Tx) bool {
	return p.IsFilledIn() && len(p.places) == 0 && !p.heldBy(tx.By.ID)
}

// fillable gives what decides whether the return of a product may be filled in for the application. It may have no record yet.
func (h hold) fillable(tx *work.Tx, p *Product) (access.Facts, error) {
	f := access.Facts{Scope: access.Scope{Round: h.RoundID, Call: h.CallID}}
	record := ident.New[ident.Product]() // to one that is not there nobody has done anything
	if p != nil {
		var err error
		if h.claimed, err = isClaimed(tx, p.ID); err != nil {
			return f, err
		}
		record = p.ID
	}
	f.Subjects = []access.Subject{access.ForProduct(record)}
	h.allows(&f)
	return f, nil
}

// Fill gives the record in which an application's main contact fills in the return of a product for its supplier, and makes it where there
// is none. Once somebody acts for the supplier there is nothing to fill in.
func Fill(tx *work.Tx, use Use, n Named) (ident.Product, error) {
	found, err := ensure(tx, []Named{n})
	if err != nil {
		return "", err
	}
	p := &found[0]
	h, err := holdOf(tx, use.Application)
	if err != nil {
		return "", err
	}
	may, err := h.fillable(tx, p)
	if err != nil {
		return "", err
	}
	if err := tx.Require(access.AnswerReturn, may); err != nil {
		return "", err
	}
	standing, err := filledFor(tx, use.Application)
	if err != nil {
		return "", err
	}
	if own, there := standing[p.ID]; there {
		return own.ID, nil
	}
	own := &Product{
		ID: ident.New[ident.Product](), Name: p.Name, Supplier: p.Supplier, Version: p.Version, Identity: "for " + string(use.Application) + " | " + p.Identity,
		CreatedBy: actor(tx), CreatedAt: tx.Now, Revision: 1, FilledFor: &use.Application, StandsFor: &p.ID,
	}
	added, err := addNew(tx, own)
	if err != nil {
		return "", err
	}
	if !added {
		return "", fault.New(fault.Conflict, "Somebody began to fill in this return at the same moment. Open it again")
	}
	e := event(own.ID, "dtac.begin_filling", map[string]any{"for": p.ID})
	e.Application, e.Round, e.Call = use.Application, use.Round, use.Call
	tx.Record(e)
	return own.ID, noteFilled(tx, use.Application, p.ID, &own.ID)
}

// Filling is what was filled in for a supplier, on one form, as the supplier sees it: not for whom.
type Filling struct {
	ID       ident.Product
	Form     string
	SentAt   *time.Time
	SavedAt  *time.Time
	Answered Answered
}

// fillings are what was filled in of a product, as far as something was.
func fillings(tx *work.Tx, p *Product) ([]Filling, error) {
	records, err := standingFor(tx, p.ID)
	if err != nil || len(records) == 0 {
		return nil, err
	}
	ids := make([]ident.Product, len(records))
	for i, r := range records {
		ids[i] = r.ID
	}
	returns, err := returnsOf(tx, ids)
	var list []Filling
	for _, r := range returns {
		i := slices.Index(ids, r.ProductID)
		list = append(list, Filling{r.ProductID, r.Form, r.SubmittedAt, r.SavedAt, records[i].Answered})
	}
	return list, err
}

// Handed is what was filled in for a supplier, beside what its own return says.
type Handed struct {
	Space          // of what was filled in
	Own   *Return  // of the supplier, on the same form; with revision 0 if it has said nothing yet
	For   *Product // the product itself
	Lines []HandedLine
}

// HandedLine is an answer that was filled in.
type HandedLine struct {
	Question *form.Question
	Value    form.Value
	Stands   form.Value // what the supplier's own return says
	Keeps    bool       // the supplier's own return says something else, and keeps it
}

// ShowFilling gives what was filled in for a supplier to those who act for it.
func (s *Service) ShowFilling(ctx context.Context, id, filled ident.Product, formID string) (Handed, error) {
	var h Handed
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		h, err = s.handed(tx, id, filled, formID)
		tx.Saw("DTAC return", string(id), string(filled))
		return err
	})
	return h, err
}

func (s *Service) handed(tx *work.Tx, id, filled ident.Product, formID string) (Handed, error) {
	own, err := s.space(tx, id, formID, "", access.AnswerReturn)
	if err != nil {
		return Handed{}, err
	}
	p, err := standIn(tx, own.Product, filled)
	if err != nil {
		return Handed{}, err
	}
	h := Handed{Own: own.Return, For: own.Product, Space: Space{Product: p, Form: own.Form, Call: own.Call}}
	if h.Return, err = returnOf(tx, p.ID, own.Form.ID); err != nil {
		return h, err
	}
	if h.Return == nil {
		return h, work.NotFound("return")
	}
	for _, q := range h.Form.Questions() {
		v := h.Return.Body.Answers[q.Code]
		if v.Blank() {
			continue
		}
		stands := h.Own.Body.Answers[q.Code]
		h.Lines = append(h.Lines, HandedLine{q, v, stands, !stands.Blank() && !form.Same(stands, v)})
	}
	return h, s.complete(tx, &h.Space)
}

// standIn finds a record that stands for a product.
func standIn(tx *work.Tx, p *Product, id ident.Product) (*Product, error) {
	records, err := standingFor(tx, p.ID)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(records, func(r Product) bool { return r.ID == id })
	if i < 0 {
		return nil, work.NotFound("return")
	}
	return &records[i], nil
}

// TakeFilling makes what was filled in for a supplier its own: its return says what it does not say yet, with the evidence and the plan.
// It is sent when the supplier sends it. Until then what was filled in counts for the application for which it was.
func (s *Service) TakeFilling(ctx context.Context, id, filled ident.Product) error {
	return s.answerFilling(ctx, id, filled, AnsweredTaken, func(tx *work.Tx, p, from *Product) error {
		returns, err := returnsOf(tx, []ident.Product{from.ID})
		if err != nil {
			return err
		}
		for i := range returns {
			if err := s.take(tx, p, &returns[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// take brings one return that was filled in into the supplier's own on the same form.
func (s *Service) take(tx *work.Tx, p *Product, r *Return) error {
	own, err := returnOf(tx, p.ID, r.Form)
	if err != nil {
		return err
	}
	if own == nil {
		own = &Return{ID: ident.New[ident.Return](), ProductID: p.ID, Form: r.Form, ProductVersion: p.Version}
	}
	body, err := carried(tx, r.Body, p.ID)
	if err != nil {
		return err
	}
	own.Body = joined(own.Body, body)
	own.changed(tx)
	return saveReturn(tx, own)
}

// SetFillingAside ends what was filled in for a supplier: it is not what the supplier says, and counts for no application any more.
func (s *Service) SetFillingAside(ctx context.Context, id, filled ident.Product) error {
	return s.answerFilling(ctx, id, filled, AnsweredAside, func(tx *work.Tx, p, from *Product) error {
		return noteFilled(tx, *from.FilledFor, p.ID, nil)
	})
}

func (s *Service) answerFilling(ctx context.Context, id, filled ident.Product, answer Answered, do func(tx *work.Tx, p, from *Product) error) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		p, err := byID(tx, id)
		if err != nil {
			return err
		}
		if err := tx.Require(access.AnswerReturn, p.reached(tx, access.AnswerReturn)); err != nil {
			return err
		}
		from, err := standIn(tx, p, filled)
		if err != nil {
			return err
		}
		if from.Answered == answer {
			return nil
		}
		if from.Answered != AnsweredNot {
			return fault.New(fault.Conflict, "Somebody has decided of this already")
		}
		if err := do(tx, p, from); err != nil {
			return err
		}
		tx.Record(event(p.ID, string(access.AnswerReturn), map[string]any{"filled_in": from.ID, "answer": answer}))
		return markAnswered(tx, from.ID, answer)
	})
}

// carried is the content of a return in that of another product, with its files.
func carried(tx *work.Tx, c Content, to ident.Product) (Content, error) {
	c.Evidence = slices.Clone(c.Evidence)
	for i := range c.Evidence {
		e := &c.Evidence[i]
		if e.Stored == "" {
			continue
		}
		file, err := fileByID(tx, e.Stored)
		if err != nil {
			return c, fmt.Errorf("carrying evidence: %w", err)
		}
		file.ID, file.ProductID, file.SentAt = ident.New[ident.File](), to, nil
		if err := work.Add(tx, file); err != nil {
			return c, err
		}
		e.Stored = file.ID
	}
	return c, nil
}

// effective is the record whose return counts for an application that names a product: the product's own, once its supplier has sent one
// that the application relies on, else what was filled in for the application.
func (l link) effective(seen map[ident.Product]foreseen) (ident.Product, bool) {
	switch {
	case l.Relies && len(seen[l.ProductID].forms) > 0:
		return l.ProductID, true
	case l.Filled != nil:
		return *l.Filled, true
	}
	return l.ProductID, l.Relies
}

// Waits reports whether the supplier has not decided of it yet.
func (f Filling) Waits() bool { return f.Answered == AnsweredNot }
