package decision

import (
	"adoptionfund/internal/application"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// Past is what approvers decided on an application, and what was asked about it afterwards, for its explanation.
type Past struct {
	Approvals map[ident.Proposal][]Approval  // the first first
	Named     map[ident.Proposal][]NamedLine // what an approver excepted or held of it
	Decisions []Decision                     // the first first, also one that is not released
	Reviews   []Review                       // of the decision, the newest first
}

// PastOf reads the decisions on an application, and the approvals of the proposals that it is in, with a fixed number of queries. Who asks
// must be allowed to see them.
func PastOf(tx *work.Tx, a *application.Application, proposals []ident.Proposal) (Past, error) {
	p := Past{Approvals: map[ident.Proposal][]Approval{}, Named: map[ident.Proposal][]NamedLine{}}
	approvals, err := work.Many[Approval](tx.DB().Where("proposal_id IN ?", proposals).Order("at, id"), "approvals")
	if err != nil {
		return p, err
	}
	for _, x := range approvals {
		p.Approvals[x.ProposalID] = append(p.Approvals[x.ProposalID], x)
	}
	named, err := work.Many[NamedLine](tx.DB().Where("proposal_id IN ? AND application_id = ?", proposals, a.ID).Order("id"), "named lines")
	if err != nil {
		return p, err
	}
	for _, n := range named {
		p.Named[n.ProposalID] = append(p.Named[n.ProposalID], n)
	}
	if p.Decisions, err = work.Many[Decision](tx.DB().Where("application_id = ?", a.ID).Order("decided_at, id"), "decisions"); err != nil {
		return p, err
	}
	p.Reviews, err = reviewsOf(tx, a.ID)
	return p, err
}
