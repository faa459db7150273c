package decision

import (
	"fmt"
	"time"

	"adoptionfund/internal/allocation"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/product"
	"adoptionfund/internal/work"
)

// DTAC is how the product on which an application rests stands when a proposal is decided.
type DTAC struct {
	Product string
	Stands  string   // the fund's position, in words
	Open    []string // what is still to be done, and what the call asks beyond DTAC and is not met
	Waived  []Waiver
	Lapsed  bool // the status is lower than when the proposal was made: a condition on the award, no reason to void anything
}

// Waiver is a DTAC question, or a section as a whole, that an assessor waived.
type Waiver struct {
	Question form.Code
	Reason   string // empty where it is about technical security, which its supplier and DTAC assessors alone see
	By       ident.Person
	At       time.Time
}

// dtac reads the positions and open actions of what is to be funded, with a fixed number of queries.
func (p *Page) dtac(tx *work.Tx, b *ballot) error {
	p.DTAC = map[ident.Application]DTAC{}
	frozen := map[ident.Application]string{}
	var ids []ident.Application
	for _, l := range b.standing(true) {
		if l.Outcome == allocation.Fund {
			ids, frozen[l.ApplicationID] = append(ids, l.ApplicationID), l.DTACStatus
		}
	}
	if len(ids) == 0 {
		return nil
	}
	candidates, err := product.CandidatesOf(tx, ids, p.Proposal.Call())
	if err != nil {
		return err
	}
	now, err := product.StatusesOf(tx, ids)
	if err != nil {
		return err
	}
	best, returns := bestOf(candidates)
	assessed, err := product.AssessmentsOf(tx, returns)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if p.DTAC[id], err = dtacOf(best[id], assessed, lapsed(frozen[id], now[id])); err != nil {
			return err
		}
	}
	return nil
}

// bestOf gives of each application the product that was chosen, else the one that stands best, and the returns that they rest on.
func bestOf(candidates map[ident.Application][]product.Candidate) (map[ident.Application]product.Candidate, []ident.Return) {
	best := map[ident.Application]product.Candidate{}
	var returns []ident.Return
	for id, list := range candidates {
		for _, c := range list {
			if old, there := best[id]; !there || c.Chosen || !old.Chosen && standsBetter(c, old) {
				best[id] = c
			}
		}
		for _, r := range restsOn(best[id]) {
			returns = append(returns, r.id)
		}
	}
	return best, returns
}

// sent is a return, with its form.
type sent struct {
	id   ident.Return
	form string
}

// restsOn are the returns on which the status of a product rests: that of its position, else those that the call accepts.
func restsOn(c product.Candidate) []sent {
	if c.Position != nil {
		return []sent{{c.Position.ReturnID, c.Position.Form}}
	}
	all := make([]sent, len(c.Returns))
	for i, id := range c.Returns {
		all[i] = sent{id, c.Forms[i]}
	}
	return all
}

func dtacOf(c product.Candidate, assessed map[ident.Return][]product.Assessed, lapsed bool) (DTAC, error) {
	d := DTAC{Product: c.Name, Stands: "Not assessed by the fund yet", Lapsed: lapsed}
	if c.Name == "" {
		d.Product, d.Stands = "No product", "No product is named"
		return d, nil
	}
	for _, f := range c.Conditions {
		if !f.Met {
			d.Open = append(d.Open, fmt.Sprintf("%s: asked for by the call, and not met", f.Code))
		}
	}
	if c.Position != nil {
		d.Stands = c.Position.Words()
	}
	for _, r := range restsOn(c) {
		for _, a := range assessed[r.id] {
			if err := d.take(a, r.form); err != nil {
				return d, err
			}
		}
	}
	return d, nil
}

// take adds what an assessor decided of one question, where an approver has to know it. What was said about technical security stays with its supplier
// and the assessors.
func (d *DTAC) take(a product.Assessed, formID string) error {
	if a.Result != status.DecidedActionNeeded && a.Result != status.DecidedWaived {
		return nil
	}
	sealed, err := product.SealedAt(formID, a.Question)
	if err != nil {
		return err //nolint:wrapcheck // it names the form
	}
	if sealed {
		a.Reason, a.What = "", "the agreed action on technical security, which the supplier knows"
	}
	if a.Result == status.DecidedWaived {
		d.Waived = append(d.Waived, Waiver{a.Question, a.Reason, a.AssessedBy, a.AssessedAt})
		return nil
	}
	d.Open = append(d.Open, fmt.Sprintf("%s: %s (%s, by %s)", a.Question, a.What, a.Owner, a.Due))
	return nil
}

// rank orders statuses: what lies further on is lower.
func rank(s string) int {
	switch status.Status(s) {
	case status.Compliant:
		return 0
	case status.OnTheWay:
		return 1
	case status.NotCompliant, status.NotAssessed, status.Incomplete:
	}
	return 2
}

// lapsed reports whether a status is lower than it was.
func lapsed(was, now string) bool { return rank(now) > rank(was) }

func standsBetter(a, b product.Candidate) bool {
	of := func(c product.Candidate) int {
		if c.Position == nil {
			return rank("")
		}
		return rank(string(c.Position.Status))
	}
	return of(a) < of(b)
}

// Lapsed says what became of the DTAC position on which the decision on an application rests, as a condition on its award: "" where it still stands.
// A lapse voids nothing.
func Lapsed(tx *work.Tx, d *Decision) (string, error) {
	lines, err := allocation.Lines(tx, d.ProposalID)
	if err != nil {
		return "", err
	}
	now, err := product.StatusesOf(tx, []ident.Application{d.ApplicationID})
	if err != nil {
		return "", err
	}
	for _, l := range lines {
		if l.ApplicationID == d.ApplicationID && lapsed(l.DTACStatus, now[d.ApplicationID]) {
			return "The DTAC position that the decision rests on has lapsed: it was “" + status.Status(l.DTACStatus).Label() + "”, and is “" + status.Status(now[d.ApplicationID]).Label() + "” now. It is restored before the agreement is signed.", nil
		}
	}
	return "", nil
}
