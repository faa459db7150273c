package position

import (
	"context"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/product"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Query narrows the register. Zero values narrow nothing.
type Query struct {
	Call        ident.Call
	Search      string // part of the product's or supplier's name
	Status      status.Status
	Provisional status.Status
	View        string // one of Views
	Sort        string // one of Sorts
	After       ident.Product
	Limit       int
}

// Choice is a value that a list can be narrowed or sorted by, with its words.
type Choice struct{ Value, Label string }

// Views are the parts of the register that people ask for.
func Views() []Choice { return named(views()) }

// Sorts are the orders of the register; the first is the usual one.
func Sorts() []Choice { return named(sorts()) }

// Entry is a product in the register.
type Entry struct {
	product.Product
	Uses        int      // applications that name it, of those that the reader may see
	Forms       []string // of the returns that were sent
	Provisional status.Status
	Standing    product.Standing
	Recognised  *Recognised // an NHS body's assessment that the fund relies on today
	Waiting     bool        // a position waits for a second look
	Owed        bool        // the full assessment is owed
	Sections    []Section   // who has which
	Today       form.Date
}

// Lapsed reports whether the last position has ended.
func (e Entry) Lapsed() bool { return ended(e.Standing.Expires, e.Today) }

// Ending reports whether the last position ends within the days of the first warning.
func (e Entry) Ending() bool {
	return e.Standing.Expires > e.Today && e.Standing.Expires <= e.Today.AddDays(firstWarning)
}

func ended(expires, on form.Date) bool { return expires != "" && on >= expires }

// row is a product with its standing, as one query reads them; without a standing where nothing was sent yet.
type row struct {
	product.Product
	Provisional *status.Status
	HoldsUntil  *form.Date
	Forms       *string
	PositionID  *ident.Position
	Status      *status.Status
	ReviewedOn  *form.Date
	PersonName  *string
	Expires     *form.Date
	Stale       *bool
}

func (r row) standing() product.Standing {
	st := product.Standing{ProductID: r.ID, Provisional: status.Incomplete}
	if r.Provisional != nil {
		st = product.Standing{
			ProductID: r.ID, Provisional: *r.Provisional, HoldsUntil: *r.HoldsUntil, Forms: *r.Forms, PositionID: r.PositionID, Status: *r.Status,
			ReviewedOn: *r.ReviewedOn, PersonName: *r.PersonName, Expires: *r.Expires, Stale: *r.Stale,
		}
	}
	return st
}

// Register gives a page of the products that the one who is signed in may see the DTAC position of. It reads no return but those whose
// standing may have changed since the day began.
func (s *Service) Register(ctx context.Context, q Query) ([]Entry, error) {
	var entries []Entry
	if q.Limit == 0 {
		q.Limit = 50
	}
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		due, err := owing(tx)
		if err != nil {
			return err
		}
		rows, err := list(tx, q, due)
		if err != nil || len(rows) == 0 {
			return err
		}
		entries, err = entriesOf(tx, rows, due)
		tx.Saw("DTAC register")
		return err
	})
	return entries, err
}

// entriesOf completes the rows of a page, with a fixed number of queries.
func entriesOf(tx *work.Tx, rows []row, due owed) ([]Entry, error) {
	ids := make([]ident.Product, len(rows))
	var unsure []ident.Product
	for i, r := range rows {
		ids[i] = r.ID
		if st := r.standing(); !st.Holds(today(tx)) {
			unsure = append(unsure, r.ID)
		}
	}
	fresh, err := product.Standings(tx, unsure)
	if err != nil {
		return nil, err
	}
	uses, err := countUses(tx, ids)
	if err != nil {
		return nil, err
	}
	owe, err := due.among(tx, ids)
	if err != nil {
		return nil, err
	}
	recognised, err := recognisedNow(tx, ids)
	if err != nil {
		return nil, err
	}
	waiting, err := waitingAmong(tx, ids)
	if err != nil {
		return nil, err
	}
	held, err := heldAmong(tx, ids)
	entries := make([]Entry, len(rows))
	for i, r := range rows {
		st := r.standing()
		if n := slices.IndexFunc(fresh, func(f product.Standing) bool { return f.ProductID == r.ID }); n >= 0 {
			st = fresh[n]
		}
		entries[i] = Entry{
			Product: r.Product, Standing: st, Provisional: st.Provisional, Forms: strings.Fields(st.Forms), Uses: uses[r.ID], Owed: owe[r.ID],
			Recognised: recognised[r.ID], Waiting: waiting[r.ID], Sections: held[r.ID], Today: today(tx),
		}
	}
	return entries, err
}

// owed says to which applications the full assessment of their products is owed: by the setting of their call, those that are eligible,
// that are assessed, or that are proposed or on the reserve list; and in every call those that wait for an offer.
type owed struct {
	calls map[string][]ident.Call // by setting
}

// owing reads the calls in which the one who acts sees positions.
func owing(tx *work.Tx) (owed, error) {
	due := owed{calls: map[string][]ident.Call{}}
	calls, err := fund.Calls(tx)
	scopes := tx.Policy().Scopes(tx.By, access.ListDTAC)
	for _, c := range calls {
		if slices.ContainsFunc(scopes, func(sc access.Scope) bool { return sc.Covers(access.Scope{Round: c.RoundID, Call: c.ID}) }) {
			due.calls[c.Settings.DTAC.Assess] = append(due.calls[c.Settings.DTAC.Assess], c.ID)
		}
	}
	return due, err
}

// owedIn are the states in which the full assessment is owed, by the setting of a call.
func owedIn() map[string][]workflow.ApplicationState {
	proposed := []workflow.ApplicationState{workflow.ProposedFund, workflow.ProposedReserve, workflow.Reserve, workflow.Successful}
	shortlisted := append([]workflow.ApplicationState{workflow.Assessment, workflow.Moderation, workflow.Assessed}, proposed...)
	return map[string][]workflow.ApplicationState{
		"proposed": proposed, "shortlisted": shortlisted, "all": append([]workflow.ApplicationState{workflow.Eligible}, shortlisted...),
	}
}
