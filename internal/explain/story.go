package explain

import (
	"fmt"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/form"
	"adoptionfund/internal/rules"
	"adoptionfund/internal/workflow"
)

// story tells it. It is made of what is known alone: the same gives the same.
func (k *known) story() Story {
	t := teller{k: k, secret: !k.app.Facts().Released}
	s := Story{Ref: k.app.Ref, Call: k.app.Call().Ref, Title: plain(k.app.Title), Summary: t.summary(), Timeline: t.timeline(), Cut: k.past.Cut}
	for _, part := range []struct {
		section func() Section
		needs   access.Action
	}{
		{t.about, access.ViewApplication}, {t.sent, access.ViewReceipt}, {t.answers, access.ViewApplication}, {t.eligibility, access.ViewEligibility}, {t.dtac, access.ViewEligibility},
		{t.funding, access.ViewOtherFunding}, {t.interests, access.ViewInterests}, {t.assignment, access.ViewAssignment}, {t.scores, access.ViewOtherReviews},
		{t.discussion, access.ViewModeration}, {t.meetings, access.ViewMeeting}, {t.ranking, access.ViewRanking}, {t.proposals, access.ViewProposal},
		{t.decision, access.ViewProposal}, {t.letters, access.ViewLetters}, {t.reviews, access.ViewDecisionReview}, {t.award, access.ViewAward}, {t.monitoring, access.ViewAward},
	} {
		section := part.section()
		if !k.may[part.needs] {
			section.Blocks = []Block{{Say: plain("This part is not for you: it needs that you may " + label(part.needs) + ".")}}
		}
		s.Sections = append(s.Sections, section)
	}
	return s
}

func label(act access.Action) string {
	for _, info := range access.Actions() {
		if info.Action == act {
			return info.Label
		}
	}
	return string(act)
}

// none is a section that says that there is nothing.
func (s Section) none(words string) Section {
	s.Blocks = []Block{{Say: plain(words)}}
	return s
}

func (t teller) about() Section {
	a := t.k.app
	return Section{ID: "about", Title: "The application", Blocks: []Block{{Facts: facts(
		Fact{"Reference", plain(string(a.Ref))},
		Fact{"Title", plain(a.Title)},
		Fact{"Call", plain(string(a.Call().Ref), ": ", a.Call().Title)},
		Fact{"Lead organisation", plain(a.LeadName, " (", string(a.Lead), ")")},
		Fact{"Funding recipient", plain(a.Recipient)},
		Fact{"Region", plain(a.Region)},
		Fact{"Requested", plain(a.Requested.String())},
		Fact{"Least with which it could go ahead", of(Prices, a.Minimum.String())},
		Fact{"Main contact", t.who(a.MainContact)},
		Fact{"State now", until(Outcome, t.secret, workflow.Applications().Info(a.State).Label+", since "+at(a.StateAt))},
	)}}}
}

func (t teller) sent() Section {
	s := Section{ID: "submissions", Title: "What was sent, and when"}
	p := t.k.past
	receipts := map[int]application.Kept{}
	for _, r := range p.Receipts {
		receipts[r.Number] = r
	}
	table := Table{Caption: "Submissions", Columns: []string{"Number", "Arrived", "By", "Digest of the snapshot (SHA-256)", "Receipt"}, Empty: "Nothing was submitted."}
	for i := len(p.Submissions) - 1; i >= 0; i-- {
		sub := p.Submissions[i]
		receipt := plain("None is kept")
		if r, there := receipts[sub.Number]; there {
			receipt = plain(fmt.Sprintf("Signed, position %d in the audit trail", r.Receipt.Position))
			if r.Stands {
				receipt = receipt.and(plain(". This submission stands"))
			}
		}
		table.Rows = append(table.Rows, []Line{plain(count(sub.Number)), plain(at(sub.ArrivedAt)), t.who(sub.SubmittedBy), plain(sub.Digest), receipt})
	}
	s.Blocks = append(s.Blocks, Block{Table: &table})
	if len(p.Signatures) > 0 {
		signed := Table{Caption: "Signatures of the submission that stands", Columns: []string{"As", "Name as it was typed", "Signed"}}
		for _, g := range p.Signatures {
			as := g.Part
			if g.For != "" {
				as += ", as a deputy"
			}
			signed.Rows = append(signed.Rows, []Line{plain(as), of(Applicant, g.Name), plain(at(g.SignedAt))})
		}
		s.Blocks = append(s.Blocks, Block{Table: &signed})
	}
	s.Blocks = append(s.Blocks, t.extensions()...)
	for _, w := range p.Withdrawals {
		s.Blocks = append(s.Blocks, Block{Heading: "Withdrawal of the " + string(w.What), Facts: facts(Fact{"By", t.done(w.Person, w.At)}, Fact{"Reason, for the fund alone", of(Confidence, w.Reason)})})
	}
	return s
}

// extensions are more time for this applicant, and answers that came after the submission.
func (t teller) extensions() []Block {
	var blocks []Block
	for _, e := range t.k.past.Extensions {
		outcome := t.doneOr(e.ConfirmedBy, e.ConfirmedAt)
		if e.RefusedBy != nil {
			outcome = plain("Refused by ").and(t.doneOr(e.RefusedBy, e.RefusedAt))
		}
		blocks = append(blocks, Block{Heading: "More time for this applicant alone", Facts: facts(
			Fact{"Until", plain(at(e.UntilAt))}, Fact{"Reason", plain(e.Why())}, Fact{"Note", of(Confidence, e.Note)}, Fact{"Proposed by", t.done(e.ProposedBy, e.ProposedAt)}, Fact{"Second person", outcome},
		)})
	}
	if len(t.k.amended) == 0 {
		return blocks
	}
	table := Table{Caption: "Answers that a clarification changed", Columns: []string{"Question", "Before", "After", "By"}}
	for _, m := range t.k.amended {
		q, there := t.k.screened.Form.Question(m.Question)
		if !there || q.Visible == form.VisibleSecurity {
			continue
		}
		cell := func(v form.Value) Line { return Line{{Words: form.Display(q, v), Tags: tags(q, v)}} }
		table.Rows = append(table.Rows, []Line{plain(q.Name()), cell(m.Before()), cell(m.After()), t.done(m.Person, m.At)})
	}
	return append(blocks, Block{Table: &table})
}

// answers are those of the submission that stands. What is about technical security is never among them.
func (t teller) answers() Section {
	s := Section{ID: "answers", Title: "What the application says"}
	if t.k.screened == nil {
		return s.none("Nothing was submitted, so that no answers are part of the record.")
	}
	b := t.k.screened
	asked := b.Form.Asked(b.Answers, nil)
	sealed := 0
	for _, section := range b.Form.Sections {
		var said []Fact
		for _, q := range section.Questions {
			v, there := b.Answers[q.Code]
			switch {
			case !there || !asked[q.Code] || !form.Answered(q, v):
			case q.Visible == form.VisibleSecurity:
				sealed++
			default:
				said = append(said, Fact{q.Name(), Line{{Words: answer(b.Bench, q, v), Tags: tags(q, v)}}})
			}
		}
		if len(said) > 0 {
			s.Blocks = append(s.Blocks, Block{Heading: section.Title, Facts: said})
		}
	}
	if sealed > 0 {
		s.Blocks = append(s.Blocks, Block{Say: plain("Answers about technical security are known to the supplier and to DTAC assessors alone, and are in no copy of this record.")})
	}
	return s
}

// answer is an answer in words, files by their names.
func answer(b eligibility.Bench, q *form.Question, v form.Value) string {
	if len(v.Files) == 0 {
		return form.Display(q, v)
	}
	names := make([]string, len(v.Files))
	for i, id := range v.Files {
		names[i] = b.Files[id]
	}
	v.Files = nil
	return strings.Trim(form.Display(q, v)+"\n"+"Files: "+strings.Join(names, ", "), "\n")
}

func (t teller) eligibility() Section {
	s := Section{ID: "eligibility", Title: "The four eligibility criteria", Page: "/screening/" + string(t.k.app.Ref)}
	if t.k.screened == nil {
		return s.none("Eligibility was not checked.")
	}
	for _, c := range t.k.screened.Criteria {
		s.Blocks = append(s.Blocks, t.criterion(c)...)
	}
	s.Blocks = append(s.Blocks, t.clarifications(), t.notes())
	for _, r := range t.k.screened.Reopenings {
		s.Blocks = append(s.Blocks, Block{Heading: "Eligibility looked at again", Facts: facts(
			Fact{"Reason", until(Finding, t.secret, r.Reason)}, Fact{"Proposed by", t.done(r.ProposedBy, r.ProposedAt)}, Fact{"Confirmed by", t.doneOr(r.ConfirmedBy, r.ConfirmedAt)})})
	}
	for _, l := range t.k.screened.Shortlist {
		s.Blocks = append(s.Blocks, Block{Heading: "Proposed to be left off the shortlist", Facts: facts(
			Fact{"Feedback", until(Letters, t.secret, l.Feedback)}, Fact{"Proposed by", t.done(l.ProposedBy, l.ProposedAt)},
			Fact{"Outcome", until(Outcome, t.secret, capital(l.Settled))}, Fact{"Note", of(Advice, l.Note)}, Fact{"By", t.doneOr(l.SettledBy, l.SettledAt)})})
	}
	return s
}

// criterion is what rules found of a criterion, and what officers decided, one after another.
func (t teller) criterion(c eligibility.Criterion) []Block {
	blocks := []Block{{Heading: c.Code + ": " + rules.CriterionTitle(c.Code)}}
	if len(c.Found) > 0 {
		table := Table{Caption: "What the rules find in the submission (" + c.Code + ")", Columns: []string{"Rule", "Weight", "What it found", "Rests on"}}
		for _, f := range c.Found {
			rests := make([]string, len(f.RestsOn))
			for i, code := range f.RestsOn {
				rests[i] = string(code)
			}
			table.Rows = append(table.Rows, []Line{plain(f.Rule), plain(capital(string(f.Severity))), until(Finding, t.secret, f.Message), plain(strings.Join(rests, ", "))})
		}
		blocks = append(blocks, Block{Table: &table})
	}
	table := Table{Caption: "What officers decided (" + c.Code + ")", Columns: []string{"Decision", "Reason", "Rules that had found something", "By", "Stands"}, Empty: "No officer decided this criterion."}
	add := func(f eligibility.Finding, stands string) {
		table.Rows = append(table.Rows, []Line{until(Finding, t.secret, f.Decision.Label()), until(Finding, t.secret, f.Reason), plain(f.Rules), t.done(f.Person, f.FoundAt), plain(stands)})
	}
	for i := len(c.Earlier) - 1; i >= 0; i-- {
		add(c.Earlier[i], "No, decided again")
	}
	if c.Standing != nil {
		add(*c.Standing, "Yes")
	}
	return append(blocks, Block{Table: &table})
}

func (t teller) clarifications() Block {
	table := Table{Caption: "Questions to the applicant", Columns: []string{"Question", "Asked", "Answer", "Answered"}, Empty: "The applicant was asked nothing."}
	for _, c := range t.k.screened.Clarifications {
		answered := t.doneOr(c.AnsweredBy, c.AnsweredAt)
		if c.OverdueAt != nil {
			answered = plain("Not answered by " + at(c.DueAt))
		}
		body := c.Body
		if c.Question != "" {
			body = string(c.Question) + ": " + body
		}
		table.Rows = append(table.Rows, []Line{plain(body), t.done(c.AskedBy, c.AskedAt).and(plain(", due " + at(c.DueAt))), of(Confidence, c.Answer), answered})
	}
	return Block{Table: &table}
}

func (t teller) notes() Block {
	table := Table{Caption: "Notes among officers", Columns: []string{"Note", "By"}, Empty: "Officers left no notes."}
	for _, n := range t.k.screened.Notes {
		table.Rows = append(table.Rows, []Line{of(Advice, n.Body), t.done(n.Person, n.NotedAt)})
	}
	return Block{Table: &table}
}
