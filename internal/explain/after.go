package explain

import (
	"fmt"
	"strings"
	"time"

	"adoptionfund/internal/award"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/form"
	"adoptionfund/internal/letter"
	"adoptionfund/internal/workflow"
)

func (t teller) decision() Section {
	s := Section{ID: "decision", Title: "The decision"}
	if len(t.k.decided.Decisions) == 0 {
		return s.none("Nothing is decided by a proposal.")
	}
	for _, d := range t.k.decided.Decisions {
		open, released := d.ReleasedAt == nil, "Not yet: nobody but the fund knows of it"
		if !open {
			released = at(*d.ReleasedAt)
		}
		s.Blocks = append(s.Blocks, Block{Facts: facts(
			Fact{"Outcome", until(Outcome, open, decidedWords(d.Outcome))}, Fact{"Amount", until(Outcome, open, d.Amount.String())}, Fact{"Reason", until(Outcome, open, d.Reason)},
			Fact{"Decided", plain(at(d.DecidedAt))}, Fact{"Released", plain(released)})})
	}
	return s
}

func decidedWords(o decision.Outcome) string {
	return map[decision.Outcome]string{decision.Successful: "Successful", decision.Reserve: "Reserve list", decision.Unsuccessful: "Unsuccessful"}[o]
}

func (t teller) letters() Section {
	s := Section{ID: "letters", Title: "What the applicant was told", Page: "/panel/" + string(t.k.app.Call().Ref) + "/release/" + string(t.k.app.Ref)}
	if len(t.k.letters.Letters) == 0 {
		s.Page = ""
		return s.none("No letter on a decision was released. Before the release a letter is made anew each time that somebody looks at it.")
	}
	for i := len(t.k.letters.Letters) - 1; i >= 0; i-- {
		l := t.k.letters.Letters[i]
		s.Blocks = append(s.Blocks, Block{Heading: fmt.Sprintf("Letter %d, of %s", l.Number, at(l.WrittenAt)), Facts: facts(
			Fact{"Kind", plain(l.Kind.Label())}, Fact{"Subject", plain(l.Subject)}, Fact{"Text", plain(l.Doc().Plain())}, Fact{"Replaced by a correction", plain(atOr(l.ReplacedAt))})})
	}
	for i := len(t.k.letters.Corrections) - 1; i >= 0; i-- {
		c := t.k.letters.Corrections[i]
		open := c.Settled != letter.Approved
		settled := "Waits for a second person"
		if c.Settled != letter.Open {
			settled = capital(string(c.Settled)) + " by "
		}
		s.Blocks = append(s.Blocks, Block{Heading: "Correction of " + at(c.ProposedAt), Facts: facts(
			Fact{"Reason", until(Letters, open, c.Reason)}, Fact{"Proposed by", t.done(c.ProposedBy, c.ProposedAt)}, Fact{"Then", plain(settled).and(t.doneOr(c.SettledBy, c.SettledAt))},
			Fact{"Note", of(Advice, c.Note)}, Fact{"Text that was proposed", until(Letters, open, proposedText(c))})})
	}
	return s
}

// proposedText is the text of a correction that did not become a letter: one that did stands among the letters.
func proposedText(c letter.Correction) string {
	if c.Settled == letter.Approved {
		return ""
	}
	return c.Doc().Plain()
}

func (t teller) reviews() Section {
	s := Section{ID: "reviews", Title: "Reviews of the decision"}
	if len(t.k.decided.Reviews) == 0 {
		return s.none("Nobody asked for the decision to be looked at again.")
	}
	for i := len(t.k.decided.Reviews) - 1; i >= 0; i-- {
		r := t.k.decided.Reviews[i]
		grounds := make([]string, 0, len(r.Why()))
		for _, g := range r.Why() {
			grounds = append(grounds, g.Label())
		}
		open := r.SettledAt == nil
		outcome := "Open"
		if !open {
			outcome = capital(string(r.Outcome))
		}
		s.Blocks = append(s.Blocks, Block{Heading: "Asked for on " + at(r.AskedAt), Facts: facts(
			Fact{"Decision that it is about", plain(workflow.Applications().Info(r.DecidedState).Label, ", ", at(r.DecidedAt))}, Fact{"Grounds", of(Confidence, strings.Join(grounds, "; "))},
			Fact{"Statement", of(Confidence, r.Statement)}, Fact{"Asked by", t.done(r.AskedBy, r.AskedAt)}, Fact{"Outcome", until(Outcome, open, outcome)},
			Fact{"Reason", of(Confidence, r.Reason)}, Fact{"Settled by", t.doneOr(r.SettledBy, r.SettledAt)})})
	}
	return s
}

func (t teller) award() Section {
	s := Section{ID: "award", Title: "Pre-award checks and the award", Page: "/awards/" + string(t.k.app.Ref)}
	p := t.k.award
	if p == nil {
		s.Page = ""
		return s.none("There is no award.")
	}
	s.Blocks = []Block{{Facts: facts(
		Fact{"Stands as", plain(workflow.Awards().Info(p.Award.State).Label, ", since ", at(p.Award.StateAt))}, Fact{"Amount", plain(p.Award.Amount.String())}, Fact{"Recipient", plain(p.Award.Recipient)},
		Fact{"Offered", plain(atOr(p.Award.OfferedAt))}, Fact{"Offer ends", plain(atOr(p.Award.OfferDue))}, Fact{"Accepted", plain(atOr(p.Award.AcceptedAt))}, Fact{"Agreed", plain(atOr(p.Award.AgreedAt))},
	)}, t.checks()}
	var accepted []Fact
	for _, a := range p.Accepted {
		accepted = append(accepted, Fact{"Accepted by the " + a.Part.Label(), of(Applicant, a.TypedName).and(plain(", ", at(a.At)))})
	}
	s.Blocks = append(s.Blocks, Block{Facts: accepted})
	if g := p.Agreement; g != nil {
		s.Blocks = append(s.Blocks, Block{Heading: "Agreement", Facts: facts(
			Fact{"Drawn up", plain(at(g.DrawnUpAt))}, Fact{"Digest", plain(g.Digest)}, Fact{"Signed by", nameAt(Applicant, g.SignedName, g.SignedAt)}, Fact{"Countersigned by", nameAt(Staff, g.CountersignedName, g.CountersignedAt)})})
	}
	if d := p.Declined; d != nil {
		s.Blocks = append(s.Blocks, Block{Heading: "Declined", Facts: facts(Fact{"By", t.done(d.Person, d.At)}, Fact{"Reason, for the fund alone", of(Confidence, d.Reason)})})
	}
	return s
}

func nameAt(k Kind, name string, when *time.Time) Line {
	if name == "" {
		return nil
	}
	return of(k, name).and(plain(", ", atOr(when)))
}

// checks are the records of the pre-award checks, those before the one that counts too.
func (t teller) checks() Block {
	p := t.k.award
	results := map[award.Result]string{award.Pass: "Passed", award.Fail: "Failed", award.NotNeeded: "Not needed"}
	table := Table{Caption: "Pre-award checks", Columns: []string{"Check", "Record", "Result", "What was found", "By"}, Empty: "No check is recorded."}
	for _, kind := range award.Checks() {
		title := string(kind)
		section, there := p.Form.Section(kind.Section())
		if there {
			title = section.Title
		}
		for _, c := range p.Checks {
			if c.Kind != kind {
				continue
			}
			found := of(Confidence, c.Note)
			if there {
				found = found.below(of(Prices, answered(section, c)))
			}
			found = found.below(plain(c.Read))
			table.Rows = append(table.Rows, []Line{plain(title), plain(count(c.Number)), plain(results[c.Result]), found, t.done(c.Person, c.At)})
		}
	}
	return Block{Table: &table}
}

// answered are the answers of a check, a line each.
func answered(section *form.Section, c award.Check) string {
	var lines []string
	for _, q := range section.Questions {
		if v, there := c.Answers[q.Code]; there && form.Answered(q, v) {
			lines = append(lines, q.Name()+": "+form.Display(q, v))
		}
	}
	return strings.Join(lines, "\n")
}
