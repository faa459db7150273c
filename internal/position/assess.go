package position

import (
	"context"
	"maps"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/product"
	"adoptionfund/internal/work"
)

// Deciding is what an assessor decided of questions of a return, or that a section is waived whole, with how often each was decided when
// they saw it: nil where that is not asked.
type Deciding struct {
	Decided []status.Assessment
	Seen    map[form.Code]int
	Carried map[form.Code]string // the form from which a decision was carried over, for those that were confirmed
}

// Assess keeps what an assessor decided, whatever stood there. Other questions keep what was decided of them.
func (s *Service) Assess(ctx context.Context, id ident.Product, formID string, decided []status.Assessment) error {
	return s.Decide(ctx, id, formID, Deciding{Decided: decided})
}

// Decide keeps what an assessor decided. Two who decide different questions do not meet; who changes a decision that somebody else
// changed since they saw it is shown both.
func (s *Service) Decide(ctx context.Context, id ident.Product, formID string, in Deciding) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		d, err := s.desk(tx, id, formID, access.AssessReturn)
		if err != nil {
			return err
		}
		return d.decide(tx, in)
	})
}

func (d *Desk) decide(tx *work.Tx, in Deciding) error {
	if err := d.notSent(); err != nil {
		return err
	}
	problems := fault.Problems{}
	met := map[form.Code]product.Assessed{}
	var rows []product.Assessed
	facts := map[string]any{}
	for _, a := range in.Decided {
		checkAssessment(d.Form, a, problems)
		row := product.Assessed{
			ReturnID: d.Return.ID, Question: a.Question, Result: a.Result, Reason: strings.TrimSpace(a.Reason), What: strings.TrimSpace(a.Action.What),
			Owner: strings.TrimSpace(a.Action.Owner), Due: a.Action.Due, AssessedBy: tx.By.ID, AssessedAt: tx.Now, Revision: 1, Carried: in.Carried[a.Question],
		}
		before, decided := d.Assessments[a.Question]
		if decided && before.Assessment() == row.Assessment() {
			continue
		}
		if seen, asked := in.Seen[a.Question]; asked && seen != before.Revision {
			met[a.Question] = before
			continue
		}
		if err := d.notTheirs(tx, a.Question); err != nil {
			return err
		}
		row.Revision += before.Revision
		rows = append(rows, row)
		facts[string(a.Question)] = a.Result
	}
	if err := fault.Fields(problems); err != nil {
		return err
	}
	if len(met) > 0 {
		return fault.Stale(met, "%s", meeting(met))
	}
	return d.keep(tx, rows, facts)
}

// meeting says on which questions two assessors met.
func meeting(met map[form.Code]product.Assessed) string {
	codes := make([]string, 0, len(met))
	for _, code := range slices.Sorted(maps.Keys(met)) {
		codes = append(codes, string(code))
	}
	return "Somebody else decided " + strings.Join(codes, ", ") + " after you opened this page. Both decisions are shown. Nothing of yours is saved yet"
}

func (d *Desk) keep(tx *work.Tx, rows []product.Assessed, facts map[string]any) error {
	if len(rows) == 0 {
		return nil
	}
	for _, row := range rows {
		d.Assessments[row.Question] = row
	}
	tx.Record(product.Event(d.Product.ID, string(access.AssessReturn), map[string]any{"form": d.Form.ID, "results": facts}))
	if err := putAssessments(tx, rows); err != nil {
		return err
	}
	return product.Restand(tx, d.Product.ID)
}

// checkAssessment says what is wrong with a decision, by the names of the inputs.
func checkAssessment(f *form.Form, a status.Assessment, problems fault.Problems) {
	code := string(a.Question)
	q, ok := f.Question(a.Question)
	whole := !ok && product.Waivable(f, a.Question)
	switch {
	case !ok && !whole, ok && !assessable(f, q):
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
