package position

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
	"adoptionfund/internal/ident"
	"adoptionfund/internal/product"
	"adoptionfund/internal/work"
)

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
	var rows []product.Assessed
	facts := map[string]any{}
	for _, a := range decided {
		checkAssessment(d.Form, a, problems)
		row := product.Assessed{
			ReturnID: d.Return.ID, Question: a.Question, Result: a.Result, Reason: strings.TrimSpace(a.Reason), What: strings.TrimSpace(a.Action.What),
			Owner: strings.TrimSpace(a.Action.Owner), Due: a.Action.Due, AssessedBy: tx.By.ID, AssessedAt: tx.Now,
		}
		if before, ok := d.Assessments[a.Question]; ok && before.Assessment() == row.Assessment() {
			continue
		}
		d.Assessments[a.Question] = row
		rows = append(rows, row)
		facts[string(a.Question)] = a.Result
	}
	if err := fault.Fields(problems); err != nil || len(rows) == 0 {
		return err
	}
	tx.Record(product.Event(d.Product.ID, string(access.AssessReturn), map[string]any{"form": d.Form.ID, "results": facts}))
	return putAssessments(tx, rows)
}

// checkAssessment says what is wrong with a decision, by the names of the inputs.
func checkAssessment(f *form.Form, a status.Assessment, problems fault.Problems) {
	code := string(a.Question)
	q, ok := f.Question(a.Question)
	whole := !ok && product.Waivable(f, a.Question)
	switch {
	case !ok && !whole, ok && !product.Decides(f, q):
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
func (s *Service) RecordPosition(ctx context.Context, id ident.Product, formID string) (product.Position, error) {
	var p product.Position
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
func (s *Service) AssessAndRecord(ctx context.Context, id ident.Product, formID string, decided []status.Assessment) (product.Position, error) {
	var p product.Position
	err := s.gate.Write(ctx, func(tx *work.Tx) error {
		d, err := s.desk(tx, id, formID, access.AssessReturn)
		if err != nil {
			return err
		}
		if err := s.assess(tx, &d, decided); err != nil {
			return err
		}
		if err := tx.Require(access.RecordPosition, d.Product.Reached(tx, access.RecordPosition)); err != nil {
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

func record(tx *work.Tx, d *Desk) (product.Position, error) {
	if err := d.notSent(); err != nil {
		return product.Position{}, err
	}
	if d.Result.Status == status.NotAssessed {
		return product.Position{}, fault.New(fault.Conflict, "Decide every question that is asked before you record the position")
	}
	if d.Call == nil {
		return product.Position{}, fault.New(fault.Conflict, "No application in a call of yours names this product")
	}
	text, err := json.Marshal(d.Result)
	if err != nil {
		return product.Position{}, fmt.Errorf("writing a position: %w", err)
	}
	p := product.Position{
		ID: ident.New[ident.Position](), ProductID: d.Product.ID, ReturnID: d.Return.ID, RoundID: d.Call.RoundID, CallID: d.Call.ID, Form: d.Form.ID,
		Status: d.Result.Status, Provisional: d.Result.Provisional, Result: string(text), SentDigest: d.Return.SentDigest, ReviewedOn: today(tx),
		Person: tx.By.ID, PersonName: tx.By.Name, Expires: d.Result.ExpiresOn(), RecordedAt: tx.Now,
	}
	e := product.Event(d.Product.ID, string(access.RecordPosition), map[string]any{"status": p.Status, "expires": p.Expires, "form": p.Form})
	e.Round, e.Call = p.RoundID, p.CallID
	e.Guards = []audit.Row{{Table: "positions", Key: string(p.ID)}}
	tx.Record(e)
	return p, work.Add(tx, &p)
}
