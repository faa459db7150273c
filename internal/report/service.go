package report

import (
	"context"
	"io"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/award"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/product"
	"adoptionfund/internal/review"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/work"
)

// Service is the use cases of reports.
type Service struct {
	gate    *work.Gate
	reviews *review.Service
}

// NewService makes the service.
func NewService(gate *work.Gate, reviews *review.Service) *Service { return &Service{gate, reviews} }

// Allocations gives the allocation report of a round, for its page.
func (s *Service) Allocations(ctx context.Context, ref ident.RoundRef) (Allocation, error) {
	var a Allocation
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		a, err = s.allocations(tx, ref, access.ViewReports)
		tx.Saw("allocation report", string(ref))
		return err
	})
	return a, err
}

// Write exports a report to w. That it was exported, by whom and in which format is recorded before the first byte is given out.
func (s *Service) Write(ctx context.Context, kind, format string, ref ident.RoundRef, w io.Writer) error {
	e, ok := Find(kind, format)
	if !ok {
		return fault.New(fault.NotFound, "There is no export %s in the format %s", kind, format)
	}
	var a Allocation
	err := s.gate.Write(ctx, func(tx *work.Tx) error {
		var err error
		if a, err = s.allocations(tx, ref, e.Action); err != nil {
			return err
		}
		r, err := fund.RoundByRef(tx, ref)
		if err != nil {
			return err
		}
		tx.Record(audit.Event{Verb: string(e.Action), Kind: "round", Subject: string(r.ID), Round: r.ID, Facts: map[string]any{"format": format, "rows": len(a.Rows)}})
		return nil
	})
	if err != nil {
		return err
	}
	switch format {
	case "csv":
		return a.writeCSV(w)
	case "json":
		return a.writeJSON(w)
	default:
		return a.writeXLSX(w)
	}
}

func (s *Service) allocations(tx *work.Tx, ref ident.RoundRef, act access.Action) (Allocation, error) {
	r, err := fund.RoundByRef(tx, ref)
	if err != nil {
		return Allocation{}, err
	}
	if err := tx.Require(act, r); err != nil {
		return Allocation{}, err
	}
	a := Allocation{Round: r.Ref, Title: r.Title, Notice: r.Notice, Budget: r.Budget, Made: tx.Now, Maker: tx.By.Name}
	facts, err := s.collect(tx, r)
	if err != nil {
		return a, err
	}
	calls, err := fund.CallsOf(tx, r.ID)
	if err != nil {
		return a, err
	}
	for i := range calls {
		if err := s.addCall(tx, &a, &calls[i], facts); err != nil {
			return a, err
		}
	}
	a.Totals = Sum(a.Rows)
	return a, nil
}

// collected is what the rooms know of a round, by application.
type collected struct {
	lines      map[ident.Application]allocation.Line
	awards     map[ident.Application]award.Award
	conditions map[ident.Award]int
}

func (s *Service) collect(tx *work.Tx, r *fund.Round) (collected, error) {
	c := collected{awards: map[ident.Application]award.Award{}}
	var err error
	if c.lines, err = allocation.LatestLines(tx, r.ID); err != nil {
		return c, err
	}
	rows, err := award.OfRound(tx, r.ID)
	if err != nil {
		return c, err
	}
	for _, row := range rows {
		c.awards[row.ApplicationID] = row
	}
	c.conditions, err = award.OpenConditions(tx, r.ID)
	return c, err
}

// addCall adds the rows of a call, with a fixed number of queries.
func (s *Service) addCall(tx *work.Tx, a *Allocation, c *fund.Call, facts collected) error {
	apps, err := application.InCall(tx, c)
	if err != nil {
		return err
	}
	totals, err := s.reviews.Totals(tx, c)
	if err != nil {
		return err
	}
	statuses, err := product.Statuses(tx, c.ID)
	if err != nil {
		return err
	}
	sheet, err := s.reviews.Rubric(c)
	if err != nil {
		return err
	}
	for _, app := range apps {
		if app.SubmissionID == nil {
			continue
		}
		row := Row{
			Application: app.Ref, Call: c.Ref, Title: app.Title, LeadOrganisation: app.LeadName, LeadODSCode: app.Lead, LeadKind: app.LeadKind,
			FundingRecipient: app.Recipient, Region: app.Region, Theme: app.Theme, State: string(app.State), DTACStatus: statuses[app.ID], Requested: app.Requested,
		}
		if row.DTACStatus == "" {
			row.DTACStatus = "not_assessed"
		}
		if total, ok := totals[app.ID]; ok && total.Weight > 0 {
			row.Scores = scoresOf(sheet, total.Result)
		}
		facts.add(&row, app.ID)
		a.Rows = append(a.Rows, row)
	}
	return nil
}

func scoresOf(r *rubric.Rubric, t rubric.Result) *Scores {
	return &Scores{
		EV: r.Column(t, rubric.EV), DT: r.Column(t, rubric.DT), FU: r.Column(t, rubric.FU), RO: r.Column(t, rubric.RO),
		Other: r.Column(t, rubric.Other), Total: t.Total,
	}
}

func (c collected) add(row *Row, id ident.Application) {
	if line, ok := c.lines[id]; ok {
		amount := line.Amount
		row.Proposed, row.Reason = &amount, line.Reason
	}
	if aw, ok := c.awards[id]; ok {
		var amount money.Pence
		if award.Promised(aw.State) {
			amount = aw.Amount
		}
		row.Awarded, row.ConditionsOpen = &amount, c.conditions[aw.ID]
	}
}
