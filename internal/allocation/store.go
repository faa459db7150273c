package allocation

import (
	"fmt"

	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

func scenarioByID(tx *work.Tx, id ident.Scenario) (*Scenario, error) {
	return work.One[Scenario](tx.DB().Where("id = ?", id), "scenario")
}

// scenariosOf gives the scenarios of a call, newest first.
func scenariosOf(tx *work.Tx, call ident.Call) ([]Scenario, error) {
	return work.Many[Scenario](tx.DB().Where("call_id = ?", call).Order("made_at DESC, id DESC").Limit(50), "scenarios")
}

// ProposalByID reads a proposal with its call.
func ProposalByID(tx *work.Tx, id ident.Proposal) (*Proposal, error) {
	p, err := work.One[Proposal](tx.DB().Where("id = ?", id), "proposal")
	if err != nil {
		return nil, err
	}
	p.call, err = fund.CallByID(tx, p.CallID)
	return p, err
}

// Latest gives the newest proposal of a call, or nil.
func Latest(tx *work.Tx, c *fund.Call) (*Proposal, error) {
	p, err := work.Find[Proposal](tx.DB().Where("call_id = ?", c.ID).Order("number DESC").Limit(1), "proposal")
	if p != nil {
		p.call = c
	}
	return p, err
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
