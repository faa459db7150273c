package explain

import (
	"fmt"
	"slices"
	"strings"

	"adoptionfund/internal/allocation"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
)

// placed is where an application stands in the ranking of its call as the page of the ranking has it.
type placed struct {
	allocation.Ranked

	near   allocation.Near
	there  bool // it is among those that are ranked
	masked bool // the reader is barred from another of them: places and ranks would tell of it
}

// placeIn finds an application in a ranking.
func placeIn(near allocation.Near, ref ident.Ref, reader ident.Person) *placed {
	p := &placed{near: near}
	for i, r := range near.Ranked {
		p.masked = p.masked || r.Application.Bars(reader)
		if r.Application.Ref == ref {
			p.Ranked, p.there = r, true
			p.Place = i + 1
		}
	}
	return p
}

func (t teller) ranking() Section {
	s := Section{ID: "ranking", Title: "Its place in the ranking", Page: "/panel/" + string(t.k.app.Call().Ref) + "/ranking"}
	p := t.k.ranked
	if p == nil || !p.there {
		return s.none("It is not ranked.")
	}
	say := []Fact{{"Raw total", t.score(p.Total.Total.String())}}
	if c := p.Calibrated; c != nil && p.near.Kept != nil {
		say = append(say, Fact{"Calibrated total", t.score(hundredths(c.Mean))}, Fact{"90% interval", t.score(tenths(c.Lower) + " to " + tenths(c.Upper))})
		if !p.masked {
			say = append(say, Fact{"Expected rank (1 is best)", t.score(tenths(c.Rank))}, Fact{"Place by calibrated totals", t.score(fmt.Sprintf("%d of %d", p.Place, len(p.near.Ranked)))})
		}
	}
	if p.near.Lined {
		say = append(say, Fact{"Funding line", t.score(hundredths(p.near.Line))})
	}
	if slices.Contains(p.near.Band, string(t.k.app.Ref)) {
		say = append(say, Fact{"Band", t.score("Its interval holds the funding line, so that it is in the band that the panel discusses")})
	}
	if k := p.near.Kept; k != nil {
		say = append(say, Fact{"Ranking", plain("Computed ", at(k.MadeAt), " by version ", k.Software, "; seed ", k.Seed, "; digest ", k.Digest)})
		frozen := "Not frozen"
		if p.near.Frozen != nil {
			frozen = "Frozen " + at(p.near.Frozen.FrozenAt)
		} else if p.near.Stale() {
			frozen = "Not frozen, and scores changed after it was computed"
		}
		say = append(say, Fact{"Frozen", plain(frozen)})
	} else {
		say = append(say, Fact{"Ranking", plain("None was computed: scores count as they were given")})
	}
	if p.masked {
		say = append(say, Fact{"Places", plain("Left out, since you are barred from another application of the call")})
	}
	s.Blocks = []Block{{Facts: facts(say...)}}
	return s
}

func outcomeWords(o allocation.Outcome) string {
	return map[allocation.Outcome]string{allocation.Fund: "Fund", allocation.Reserve: "Reserve list", allocation.NotFund: "Do not fund"}[o]
}

func (t teller) proposals() Section {
	s := Section{ID: "proposals", Title: "Scenarios, proposals and approvals", Page: "/panel/" + string(t.k.app.Call().Ref) + "/allocation"}
	if len(t.k.proposals) == 0 {
		return s.none("It was in no proposal.")
	}
	for _, p := range t.k.proposals {
		says := t.saying(p)
		s.Blocks = append(s.Blocks, Block{Heading: fmt.Sprintf("Proposal %d", p.Proposal.Number), Facts: facts(
			Fact{"Made by", t.done(p.Proposal.MadeBy, p.Proposal.MadeAt)},
			Fact{"Stands as", says(p.Proposal.State.Label())},
			Fact{"Why it is void", of(Advice, p.Proposal.VoidWhy)},
			Fact{"What it says", says(outcomeWords(p.Line.Outcome))},
			Fact{"Amount", says(p.Line.Amount.String())},
			Fact{"Score that it is ranked by", says(hundredths(p.Line.Score))},
			Fact{"Place in the scenario", says(place(p))},
			Fact{"Why, in the solver’s words", says(p.Reason)},
			Fact{"Better scored but not funded", says(better(p))},
			Fact{"Band and lot", says(band(p))},
			Fact{"Share of what may be true in which it is funded", says(share(p))},
			Fact{"Method", says(method(p))},
			Fact{"Held by hand", says(held(p, t.k.app.Ref))},
			Fact{"Note of the chair", of(Advice, p.Proposal.Note)},
			Fact{"Left the proposal", says(atOr(p.Line.DroppedAt))},
		)})
		s.Blocks = append(s.Blocks, t.deviation(p, says)...)
		s.Blocks = append(s.Blocks, t.approvals(p, says)...)
	}
	return s
}

func place(p allocation.Past) string {
	if p.Of == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %d", p.Place, p.Of)
}

func better(p allocation.Past) string {
	if p.Better {
		return "Yes: something that scores less is funded"
	}
	return "No"
}

func band(p allocation.Past) string {
	switch {
	case p.InBand && p.Lot != nil:
		return "In the band, whose order was drawn by lot: " + p.Lot.Entered + ", entered " + at(p.Lot.EnteredAt)
	case p.InBand:
		return "In the band"
	case p.Lot != nil:
		return "Not in the band whose order was drawn by lot"
	}
	return ""
}

func share(p allocation.Past) string {
	if p.Funded == nil {
		return ""
	}
	return fmt.Sprintf("%.0f%% of the draws of the calibrated scores", 100**p.Funded)
}

// method is how the scenario was computed.
func method(p allocation.Past) string {
	words := "The method that the call published at its opening"
	if p.Deviation != nil || !p.Scenario.PublishedMethod {
		words = "Not the published method: see the deviation"
	}
	if p.Ask != nil {
		words += ". " + strategyWords(p.Ask.Strategy) + ", by " + p.Ask.Ranking + " scores, with a budget of " + p.Ask.Budget.String()
	}
	return words
}

func strategyWords(s string) string {
	return map[string]string{
		fund.StrategyMerit: "Merit order", fund.StrategyPortfolio: "Best portfolio", fund.StrategyMeritRandom: "Merit order with a lot in the band",
	}[s]
}

// held is that the application had to be funded, or must not be, whatever its score.
func held(p allocation.Past, ref ident.Ref) string {
	if p.Ask == nil {
		return ""
	}
	for _, h := range p.Ask.Held {
		if h.Ref == ref {
			return strings.Trim(capital(h.Way)+": "+h.Reason+" "+h.Approval, " :")
		}
	}
	return ""
}

func (t teller) deviation(p allocation.Past, says func(string) Line) []Block {
	if p.Deviation == nil {
		return nil
	}
	return []Block{{Heading: fmt.Sprintf("Proposal %d departs from the published method", p.Proposal.Number), Facts: facts(
		Fact{"Where", says(strings.Join(p.Deviation.What(), "; "))},
		Fact{"Reason", says(p.Deviation.Reason)},
		Fact{"Accepted by an approver", t.doneOr(p.Deviation.AcceptedBy, p.Deviation.AcceptedAt)},
		Fact{"Approved by the senior officer", t.doneOr(p.Deviation.ApprovedBy, p.Deviation.ApprovedAt)},
	)}}
}

func (t teller) approvals(p allocation.Past, says func(string) Line) []Block {
	table := Table{Caption: fmt.Sprintf("Approvals of proposal %d", p.Proposal.Number), Columns: []string{"Step", "By", "Reason"}, Empty: fmt.Sprintf("Nobody approved or returned proposal %d.", p.Proposal.Number)}
	if decision.SecondNeeded(&p.Proposal) {
		table.Caption += ", which needs a second approver"
	}
	for _, a := range t.k.decided.Approvals[p.Proposal.ID] {
		table.Rows = append(table.Rows, []Line{says(capital(stepWords(a.Step))), t.done(a.Person, a.At), of(Advice, a.Reason)})
	}
	blocks := []Block{{Table: &table}}
	for _, n := range t.k.decided.Named[p.Proposal.ID] {
		what := "An approver excepted it: it is assessed again"
		if n.Way == decision.Hold {
			what = "An approver held its decision until a later release"
		}
		blocks = append(blocks, Block{Facts: facts(
			Fact{"Exception", says(what)}, Fact{"The hold was lifted by", t.doneOr(n.EndedBy, n.EndedAt)}, Fact{"Why it was lifted", of(Advice, n.EndReason)})})
	}
	return blocks
}
