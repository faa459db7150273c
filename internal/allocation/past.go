package allocation

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"adoptionfund/internal/application"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/work"
)

// Past is one proposal as far as it is about an application, for its explanation: its line, and what the scenario said of it.
type Past struct {
	Proposal  Proposal
	Line      Line
	Scenario  Scenario
	Details   *Details   // nil: none were kept
	Ask       *Ask       // what the scenario was asked to be; nil: that was not kept
	Deviation *Deviation // nil: it followed the published method
	Lot       *Lot       // nil: none was drawn
	Reason    string     // the solver's, in words; without the place where the reader is barred from another application of the call
	Place     int        // in the scenario's order; 0: it was not in it, or the reader is barred from another application of the call
	Of        int        // applications in the scenario; 0: as Place
	InBand    bool
	Better    bool     // it scores more than something that is funded, and is not
	Funded    *float64 // the share of draws of the posterior in which it is funded; nil: none were drawn
}

// PastOf gives the proposals with a line for an application, the first first, with a fixed number of queries however many there are. Who
// asks must be allowed to see them.
func PastOf(tx *work.Tx, a *application.Application) ([]Past, error) {
	lines, err := work.Many[Line](tx.DB().Where("application_id = ?", a.ID), "lines of proposals")
	if err != nil || len(lines) == 0 {
		return nil, err
	}
	ids := make([]ident.Proposal, len(lines))
	by := map[ident.Proposal]Line{}
	for i, l := range lines {
		ids[i], by[l.ProposalID] = l.ProposalID, l
	}
	proposals, err := work.Many[Proposal](tx.DB().Where("id IN ?", ids).Order("number"), "proposals")
	if err != nil {
		return nil, err
	}
	all := make([]Past, len(proposals))
	for i, p := range proposals {
		p.call = a.Call()
		all[i] = Past{Proposal: p, Line: by[p.ID]}
	}
	masked, err := barredInCall(tx, a.CallID)
	if err != nil {
		return nil, err
	}
	return all, around(tx, all, a, masked > 0)
}

// around adds the scenarios, how they depart and the lot.
func around(tx *work.Tx, all []Past, a *application.Application, masked bool) error {
	scenarios := map[ident.Scenario]Scenario{}
	deviations := map[ident.Proposal]*Deviation{}
	var ids []ident.Scenario
	var proposals []ident.Proposal
	for _, p := range all {
		ids, proposals = append(ids, p.Proposal.ScenarioID), append(proposals, p.Proposal.ID)
	}
	rows, err := work.Many[Scenario](tx.DB().Where("id IN ?", ids), "scenarios")
	if err != nil {
		return err
	}
	for _, sc := range rows {
		scenarios[sc.ID] = sc
	}
	departs, err := work.Many[*Deviation](tx.DB().Where("id IN ?", proposals), "deviations")
	if err != nil {
		return err
	}
	for _, d := range departs {
		deviations[d.ID] = d
	}
	details, err := detailsOf(tx, a.CallID)
	if err != nil {
		return err
	}
	lot, err := lotOf(tx, a.CallID)
	if err != nil {
		return err
	}
	for i := range all {
		p := &all[i]
		p.Scenario, p.Deviation, p.Details = scenarios[p.Proposal.ScenarioID], deviations[p.Proposal.ID], details[p.Proposal.ScenarioID]
		if lot != nil && lot.EnteredAt.Before(p.Scenario.MadeAt) {
			p.Lot = lot
		}
		if err := p.fill(a.Ref, masked); err != nil {
			return err
		}
	}
	return nil
}

// fill reads what the scenario said of the application.
func (p *Past) fill(ref ident.Ref, masked bool) error {
	problem, result, err := p.Scenario.Solved()
	if err != nil {
		return err
	}
	if p.Details != nil {
		ask, err := p.Details.Ask()
		if err != nil {
			return err
		}
		var hangs Sensitivity
		if err := json.Unmarshal([]byte(cmp.Or(p.Details.Sensitivity, "{}")), &hangs); err != nil {
			return fmt.Errorf("reading what scenario %s hangs on: %w", p.Scenario.ID, err)
		}
		p.Ask = &ask
		if share, there := hangs.Funded[string(ref)]; there && hangs.Draws > 0 {
			p.Funded = &share
		}
	}
	amounts := map[string]money.Pence{}
	for _, f := range result.Funded {
		amounts[f.ID] = f.Amount
	}
	ranked := problem.Ranked()
	scores := make([]scored, len(ranked))
	for i, r := range ranked {
		scores[i] = scored{r.ID, r.Score}
		if r.ID == string(ref) && !masked {
			p.Place, p.Of = i+1, len(ranked)
		}
	}
	p.Better = slices.Contains(overtaken(scores, amounts), string(ref))
	p.InBand = slices.Contains(problem.Band, string(ref))
	if p.Reason = cmp.Or(result.Reasons[string(ref)], p.Line.Reason); masked {
		p.Reason = placed.ReplaceAllString(p.Reason, "")
	}
	return nil
}

// barredInCall counts the applications of a call that the one who acts is barred from.
func barredInCall(tx *work.Tx, call ident.Call) (int64, error) {
	if tx.By.ID == "" {
		return 0, nil
	}
	var n int64
	const query = "SELECT COUNT(DISTINCT a.id) FROM applications a JOIN application_relations r ON r.application_id = a.id WHERE a.call_id = ? AND r.person = ? AND r.relation IN ?"
	if err := tx.DB().Raw(query, call, tx.By.ID, application.Barring()).Scan(&n).Error; err != nil {
		return 0, fmt.Errorf("counting what somebody is barred from: %w", err)
	}
	return n, nil
}
