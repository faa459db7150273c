package allocation

import (
	"fmt"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/product"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

func scenarioByID(tx *work.Tx, id ident.Scenario) (*Scenario, error) {
	return work.One[Scenario](tx.DB().Where("id = ?", id), "scenario")
}

// scenariosOf gives the scenarios of a call, newest first.
func scenariosOf(tx *work.Tx, call ident.Call) ([]Scenario, error) {
	return work.Many[Scenario](tx.DB().Where("call_id = ?", call).Order("made_at DESC, id DESC").Limit(50), "scenarios")
}

// detailsOf gives the details of the scenarios of a call.
func detailsOf(tx *work.Tx, call ident.Call) (map[ident.Scenario]*Details, error) {
	rows, err := work.Many[*Details](tx.DB().Where("id IN (SELECT id FROM scenarios WHERE call_id = ?)", call), "details of scenarios")
	all := make(map[ident.Scenario]*Details, len(rows))
	for _, d := range rows {
		all[d.ID] = d
	}
	return all, err
}

// askOf gives what a scenario was asked to be; one that was kept before that was written down was asked to be by the published method.
func askOf(tx *work.Tx, sc *Scenario, published Ask) (Ask, error) {
	d, err := work.Find[Details](tx.DB().Where("id = ?", sc.ID), "details of the scenario")
	if err != nil || d == nil {
		return published, err
	}
	return d.Ask()
}

// lastNumber is the number of the latest scenario of a call, 0 if there is none.
func lastNumber(tx *work.Tx, call ident.Call) (int, error) {
	var n int
	query := "SELECT COALESCE(MAX(number), 0) FROM scenario_details WHERE id IN (SELECT id FROM scenarios WHERE call_id = ?)"
	if err := tx.DB().Raw(query, call).Scan(&n).Error; err != nil {
		return 0, fmt.Errorf("numbering a scenario: %w", err)
	}
	return n, nil
}

// ProposalByID reads a proposal with its call.
func ProposalByID(tx *work.Tx, id ident.Proposal) (*Proposal, error) {
	p, err := work.One[Proposal](tx.DB().Where("id = ?", id), "proposal")
	if err != nil {
		return nil, err
	}
	if p.call, err = fund.CallByID(tx, p.CallID); err != nil {
		return nil, err
	}
	return p, p.barring(tx)
}

// barring reads what keeps people from deciding on a proposal: who is recused from an application with a line that stands, or conflicted, and the
// products that those applications name.
func (p *Proposal) barring(tx *work.Tx) error {
	const standing = "SELECT a.id FROM proposal_lines l JOIN applications a ON a.id = l.application_id WHERE l.proposal_id = ? AND l.dropped_at IS NULL AND a.state <> ?"
	var apps []ident.Application
	if err := tx.DB().Raw(standing, p.ID, workflow.Withdrawn).Scan(&apps).Error; err != nil {
		return fmt.Errorf("reading the applications of a proposal: %w", err)
	}
	among, list := work.Among(tx, "application_id", apps)
	recused := "SELECT DISTINCT person FROM application_relations WHERE relation IN ? AND " + among
	if err := tx.DB().Raw(recused, application.Barring(), list).Scan(&p.recused).Error; err != nil {
		return fmt.Errorf("reading who is recused from a proposal: %w", err)
	}
	products, err := product.RecordsOf(tx, apps)
	p.named = access.ForProducts(products)
	return err //nolint:wrapcheck // says what it was doing
}

// sealsOf gives the seals of a proposal.
func sealsOf(tx *work.Tx, id ident.Proposal) ([]Seal, error) {
	return work.Many[Seal](tx.DB().Where("proposal_id = ?", id), "seals of the proposal")
}

// Before gives the proposal of the same call that was made before, nil if it was the first.
func Before(tx *work.Tx, p *Proposal) (*Proposal, error) {
	return work.Find[Proposal](tx.DB().Where("call_id = ? AND number < ?", p.CallID, p.Number).Order("number DESC").Limit(1), "proposal")
}

// Drop takes lines out of a proposal: their applications were withdrawn, or excepted from it.
func Drop(tx *work.Tx, p *Proposal, lines []Line) error {
	for i := range lines {
		l := &lines[i]
		err := tx.DB().Model(&Line{}).Where("proposal_id = ? AND application_id = ?", l.ProposalID, l.ApplicationID).Update("dropped_at", tx.Now).Error
		if err != nil {
			return fmt.Errorf("dropping a line of a proposal: %w", err)
		}
		p.Total -= l.Amount
	}
	return nil
}

// Latest gives the newest proposal of a call, or nil.
func Latest(tx *work.Tx, c *fund.Call) (*Proposal, error) {
	p, err := work.Find[Proposal](tx.DB().Where("call_id = ?", c.ID).Order("number DESC").Limit(1), "proposal")
	if p != nil {
		p.call = c
	}
	return p, err
}

// Stands reports whether a proposal of a call waits for its decision or is approved.
func Stands(tx *work.Tx, c *fund.Call) (bool, error) {
	p, err := Latest(tx, c)
	return p.Waits(), err
}

// Waiting gives the proposals in any of the states, oldest first, with their calls.
func Waiting(tx *work.Tx, states ...ProposalState) ([]*Proposal, error) {
	rows, err := work.Many[*Proposal](tx.DB().Where("state IN ?", states).Order("made_at, id"), "proposals")
	if err != nil {
		return nil, err
	}
	for _, p := range rows {
		if p.call, err = fund.CallByID(tx, p.CallID); err != nil {
			return nil, err
		}
		if err := p.barring(tx); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// Lines gives the lines of a proposal in the order of their places.
func Lines(tx *work.Tx, id ident.Proposal) ([]Line, error) {
	return work.Many[Line](tx.DB().Where("proposal_id = ?", id).Order("place, application_id"), "lines of the proposal")
}

// LatestLines gives, for each application of a round, its line in the latest proposal that stands.
func LatestLines(tx *work.Tx, round ident.Round) (map[ident.Application]Line, error) {
	q := tx.DB().Table("proposal_lines AS l").Select("l.*").
		Joins("JOIN proposals p ON p.id = l.proposal_id").Joins("JOIN calls c ON c.id = p.call_id").
		Where("c.round_id = ? AND p.state IN ? AND l.dropped_at IS NULL", round, []ProposalState{Made, Approved, Released}).Order("p.number")
	rows, err := work.Many[Line](q, "lines of proposals")
	lines := make(map[ident.Application]Line, len(rows))
	for _, l := range rows {
		lines[l.ApplicationID] = l
	}
	return lines, err
}

func addLines(tx *work.Tx, lines []Line) error {
	if len(lines) == 0 {
		return nil
	}
	if err := tx.DB().CreateInBatches(&lines, 200).Error; err != nil {
		return fmt.Errorf("keeping the lines of a proposal: %w", err)
	}
	return nil
}

// SetState moves a proposal; decision calls it inside its own use cases.
func SetState(tx *work.Tx, p *Proposal, to ProposalState) error {
	p.State = to
	return work.Save(tx, p, &p.Version)
}
