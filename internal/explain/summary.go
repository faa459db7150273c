package explain

import (
	"fmt"
	"slices"
	"strings"

	"adoptionfund/internal/allocation"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/rules"
	"adoptionfund/internal/workflow"
)

// InShort is the part in which the whole is told in short.
const InShort = "summary"

// summary is where the application stands and why, in the words of the parts below: nothing is said in it alone.
func (t teller) summary() Section {
	a := t.k.app
	said := []Fact{
		{"Application", plain(a.Title, ", by ", a.LeadName)},
		{"State now", until(Outcome, t.secret, workflow.Applications().Info(a.State).Label+", since "+at(a.StateAt))},
	}
	said = append(said, t.outcome()...)
	said = append(said, t.marks()...)
	said = append(said, Fact{"Requested", plain(a.Requested.String())})
	if p := t.k.award; p != nil {
		said = append(said, Fact{"Award", plain(p.Award.Amount.String(), ", ", strings.ToLower(workflow.Awards().Info(p.Award.State).Label), " since ", at(p.Award.StateAt))})
	}
	if n := len(t.k.decided.Reviews); n > 0 {
		said = append(said, Fact{"Reviews of the decision", plain(count(n))})
	}
	said = append(append(said, t.deciders()...), Fact{"Submitted", t.submitted()})
	return Section{ID: InShort, Title: "In short", Blocks: []Block{{Facts: facts(said...)}}}
}

// submitted is when what stands was sent, and by whom.
func (t teller) submitted() Line {
	if len(t.k.past.Submissions) == 0 {
		return plain("Nothing was submitted")
	}
	last := t.k.past.Submissions[0]
	return t.done(last.SubmittedBy, last.ArrivedAt)
}

// latest is the last decision that a proposal made on the application; nil if none did.
func (t teller) latest() *decision.Decision {
	if n := len(t.k.decided.Decisions); n > 0 {
		return &t.k.decided.Decisions[n-1]
	}
	return nil
}

// outcome is what was decided, and why: by a proposal, or before there was one.
func (t teller) outcome() []Fact {
	d := t.latest()
	if d == nil {
		return t.ended()
	}
	open := d.ReleasedAt == nil
	return []Fact{{"Decision", until(Outcome, open, outcomeOf(d))}, {"Why", until(Outcome, open, d.Reason)}}
}

// deciders are who made the decision, by which method and when.
func (t teller) deciders() []Fact {
	d := t.latest()
	if d == nil {
		return nil
	}
	released := "Not yet: nobody but the fund knows of it"
	if d.ReleasedAt != nil {
		released = at(*d.ReleasedAt)
	}
	var said []Fact
	i := slices.IndexFunc(t.k.proposals, func(p allocation.Past) bool { return p.Proposal.ID == d.ProposalID })
	if i >= 0 {
		p := t.k.proposals[i]
		said = append(said, Fact{"Method", t.saying(p)(method(p))}, Fact{"Proposed by", t.done(p.Proposal.MadeBy, p.Proposal.MadeAt)}, Fact{"Approved by", t.approvers(p)})
	}
	return append(said, Fact{"Decided", plain(at(d.DecidedAt))}, Fact{"Released", plain(released)})
}

func outcomeOf(d *decision.Decision) string {
	words := decidedWords(d.Outcome)
	if d.Amount > 0 {
		words += ", " + d.Amount.String()
	}
	return words
}

// approvers are those who approved a proposal, in the order in which they did.
func (t teller) approvers(p allocation.Past) Line {
	var all Line
	for _, a := range t.k.decided.Approvals[p.Proposal.ID] {
		if a.Step == decision.Return {
			continue
		}
		if len(all) > 0 {
			all = all.and(plain("; "))
		}
		all = all.and(t.done(a.Person, a.At))
	}
	return all
}

// ended is why an application came to its end before a proposal decided on it, or that nothing is decided.
func (t teller) ended() []Fact {
	if n := len(t.k.past.Withdrawals); n > 0 {
		w := t.k.past.Withdrawals[n-1]
		return []Fact{{"Decision", plain("None: it was withdrawn")}, {"Why", of(Confidence, w.Reason)}, {"Withdrawn by", t.done(w.Person, w.At)}}
	}
	switch t.k.app.State { //nolint:exhaustive // in the others nothing is decided
	case workflow.Ineligible, workflow.IneligibleProposed:
		return t.failed()
	case workflow.NotShortlisted:
		return t.leftOff()
	case workflow.NotSubmitted:
		return []Fact{{"Decision", plain("None: it was not submitted before the deadline")}}
	}
	return []Fact{{"Decision", plain("Nothing is decided yet")}}
}

// failed is which criteria the application does not meet, with the reason of the officer.
func (t teller) failed() []Fact {
	if t.k.screened == nil {
		return nil
	}
	said := []Fact{{"Decision", until(Outcome, t.secret, "Not eligible")}}
	for _, c := range t.k.screened.Criteria {
		if c.Standing == nil || c.Standing.Decision != eligibility.Fail {
			continue
		}
		said = append(said,
			Fact{"Why: " + rules.CriterionTitle(c.Code), until(Finding, t.secret, c.Standing.Reason)},
			Fact{"Found by", t.done(c.Standing.Person, c.Standing.FoundAt)})
	}
	return said
}

func (t teller) leftOff() []Fact {
	said := []Fact{{"Decision", until(Outcome, t.secret, "Not shortlisted")}}
	if t.k.screened == nil || len(t.k.screened.Shortlist) == 0 {
		return said
	}
	l := t.k.screened.Shortlist[len(t.k.screened.Shortlist)-1]
	return append(said, Fact{"Why", until(Letters, t.secret, l.Feedback)}, Fact{"Proposed by", t.done(l.ProposedBy, l.ProposedAt)}, Fact{"Decided by", t.doneOr(l.SettledBy, l.SettledAt)})
}

// marks are how the application was scored, and where that put it.
func (t teller) marks() []Fact {
	p := t.k.assessed
	if p.Rubric == nil || len(p.Scores) == 0 {
		return nil
	}
	words := []string{p.Totals.Total.String() + " of 100"}
	if n := p.Totals.Reviews; n > 0 {
		words = append(words, fmt.Sprintf("reviews that count: %d", n))
	}
	if r := t.k.ranked; r != nil && r.there && r.near.Lined {
		words = append(words, "funding line at "+hundredths(r.near.Line))
	}
	said := []Fact{{"Score", t.score(strings.Join(words, "; "))}}
	if n := len(t.k.proposals); n > 0 && t.k.proposals[n-1].Of > 0 {
		said = append(said, Fact{"Place in the scenario", t.saying(t.k.proposals[n-1])(place(t.k.proposals[n-1]))})
	}
	return said
}
