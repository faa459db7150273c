package position

import (
	"context"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/product"
	"adoptionfund/internal/work"
)

// Recognised is an assessment that another NHS body made, on which the fund relies until a day. It is that body's, never the fund's own
// position; while it stands, the fund owes no full assessment of that version of the product.
type Recognised struct {
	ID             ident.Position
	ProductID      ident.Product
	RoundID        ident.Round
	CallID         ident.Call
	Body           string // the NHS body that assessed
	Officer        string // who is accountable for it there
	ProductVersion string
	Form           string
	Status         status.Status
	AssessedOn     form.Date
	Expires        form.Date // the first day on which the fund relies on it no more
	Reference      string    // where the evidence is
	Reason         string    // why the fund relies on it
	Person         ident.Person
	PersonName     string
	RecordedAt     time.Time
}

// TableName is the table of recognised assessments.
func (Recognised) TableName() string { return "recognised_positions" }

// Words say whose assessment it is, as every page and print must.
func (r *Recognised) Words() string {
	return r.Status.Label() + ", as assessed on " + r.AssessedOn.String() + " by " + r.Body + " (accountable: " + r.Officer + "), and relied on by the fund until " +
		r.Expires.AddDays(-1).String() + ". It is not the fund's own position, and not a certificate."
}

// Current reports whether the fund relies on it on a day for a version of the product.
func (r *Recognised) Current(version string, on form.Date) bool {
	return !ended(r.Expires, on) && r.ProductVersion == version
}

// Recognise records the assessment of another NHS body on which the fund relies.
func (s *Service) Recognise(ctx context.Context, id ident.Product, in Recognised) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		p, err := product.ByID(tx, id)
		if err != nil {
			return err
		}
		facts, call := p.Through(tx, access.RecogniseAssessment)
		if err := tx.Require(access.RecogniseAssessment, facts); err != nil {
			return err
		}
		if call == "" {
			return fault.New(fault.Conflict, "No application in a call of yours names this product")
		}
		if err := fault.Fields(s.recogniseProblems(&in, today(tx))); err != nil {
			return err
		}
		c, err := fund.CallByID(tx, call)
		if err != nil {
			return err
		}
		in.ID, in.ProductID, in.RoundID, in.CallID = ident.New[ident.Position](), id, c.RoundID, c.ID
		in.Person, in.PersonName, in.RecordedAt = tx.By.ID, tx.By.Name, tx.Now
		e := product.Event(id, string(access.RecogniseAssessment), map[string]any{"body": in.Body, "status": in.Status, "assessed_on": in.AssessedOn, "expires": in.Expires, "version": in.ProductVersion, "form": in.Form})
		e.Round, e.Call = in.RoundID, in.CallID
		tx.Record(e)
		return work.Add(tx, &in)
	})
}

// recogniseProblems tidies what was typed and says what is wrong with it, by the names of the inputs.
func (s *Service) recogniseProblems(in *Recognised, on form.Date) fault.Problems {
	problems := fault.Problems{}
	for _, f := range []struct {
		name, words string
		text        *string
		most        int
	}{
		{"body", "Enter the NHS body that assessed it, in 200 characters or fewer", &in.Body, 200},
		{"officer", "Enter who is accountable there, in 200 characters or fewer", &in.Officer, 200},
		{"product_version", "Enter the version of the product that was assessed, in 80 characters or fewer", &in.ProductVersion, 80},
		{"reference", "Enter where the evidence is, in 500 characters or fewer", &in.Reference, 500},
		{"why", "Enter why the fund relies on it, in 2,000 characters or fewer", &in.Reason, 2000},
	} {
		if *f.text = strings.TrimSpace(*f.text); *f.text == "" || form.Characters(*f.text) > f.most {
			problems[f.name] = f.words
		}
	}
	if in.Status.Rank() == 0 && in.Status != status.NotCompliant {
		problems["status"] = "Select what the body concluded"
	}
	if _, err := s.form(in.Form); err != nil || in.Form == "" {
		problems["which"] = "Select the version of DTAC that the body used"
	}
	switch _, err := form.ParseDate(string(in.AssessedOn)); {
	case err != nil:
		problems["assessed_on"] = "Enter the day on which it was assessed, such as 2026-03-31"
	case in.AssessedOn > on:
		problems["assessed_on"] = "The day on which it was assessed must be today or in the past"
	}
	switch _, err := form.ParseDate(string(in.Expires)); {
	case err != nil:
		problems["expires"] = "Enter the day from which the fund relies on it no more, such as 2027-03-31"
	case in.Expires <= on:
		problems["expires"] = "The day from which the fund relies on it no more must be in the future"
	}
	return problems
}
