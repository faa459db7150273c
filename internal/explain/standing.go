package explain

import (
	"fmt"
	"slices"
	"strings"

	"adoptionfund/internal/application"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/interest"
	"adoptionfund/internal/otherfunding"
)

func (t teller) dtac() Section {
	s := Section{ID: "dtac", Title: "DTAC: the products and their positions", Page: "/dtac/applications/" + string(t.k.app.Ref)}
	if t.k.screened == nil {
		return s.none("No product was assessed.")
	}
	table := Table{Caption: "Candidate products", Columns: []string{"Product", "Supplier", "Chosen", "Provisional status today", "The fund’s position"}, Empty: "The application names no product."}
	for _, c := range t.k.screened.Products {
		position, chosen := plain("None was reached"), "No"
		if c.Chosen {
			chosen = "Yes"
		}
		if p := c.Position; p != nil {
			position = plain(p.Status.Label(), ", as reviewed on ", p.ReviewedOn.String(), " by ").and(Line{{Words: p.PersonName, Kind: Staff}}, plain(". This is not a certificate. It was provisionally "+strings.ToLower(p.Provisional.Label())+" then"))
			if p.Expires != "" {
				position = position.and(plain(". The first day on which it would be lower: " + p.Expires.String()))
			}
		}
		table.Rows = append(table.Rows, []Line{plain(strings.TrimSpace(c.Name + " " + c.Version)), plain(c.Supplier), plain(chosen), plain(c.Provisional.Label()), position})
	}
	s.Blocks = append(s.Blocks, Block{Table: &table})
	open := Table{Caption: "Open actions that the position rests on", Columns: []string{"Question", "What", "By whom", "By when"}, Empty: "No action is open."}
	for _, a := range t.k.actions {
		what := of(Confidence, a.What)
		if a.What == "" {
			what = plain("An agreed action on technical security, which the supplier and DTAC assessors alone know")
		}
		open.Rows = append(open.Rows, []Line{plain(string(a.Question)), what, of(Confidence, a.Owner), plain(a.Due.String())})
	}
	s.Blocks = append(s.Blocks, Block{Table: &open})
	var at []Fact
	for _, p := range t.k.proposals {
		at = append(at, Fact{fmt.Sprintf("Status that proposal %d rests on", p.Proposal.Number), t.saying(p)(status.Status(p.Line.DTACStatus).Label())})
	}
	if len(facts(at...)) > 0 {
		s.Blocks = append(s.Blocks, Block{Facts: facts(at...)})
	}
	return s
}

func (t teller) funding() Section {
	s := Section{ID: "other-funding", Title: "Other funding that was looked at"}
	if t.k.screened == nil {
		return s.none("No other funding was looked for.")
	}
	concluded, unsettled := t.k.screened.Concluded()
	table := Table{Caption: "Matches of which an officer concluded something", Columns: []string{"Other funding", "Why it matches", "Conclusion", "Reason", "By"}, Empty: "Nothing was concluded."}
	for _, m := range concluded {
		conclusion := m.Settled.Conclusion.Label()
		if m.Gone {
			conclusion += " (the last search did not find it again)"
		}
		table.Rows = append(table.Rows, []Line{t.match(m), plain(reasons(m)), until(Finding, t.secret, conclusion), until(Finding, t.secret, m.Settled.Reason), t.done(m.Settled.Person, m.Settled.SettledAt)})
		for _, e := range m.Earlier {
			table.Rows = append(table.Rows, []Line{t.match(m), plain("As above; concluded earlier"), until(Finding, t.secret, e.Conclusion.Label()), until(Finding, t.secret, e.Reason), t.done(e.Person, e.SettledAt)})
		}
	}
	s.Blocks = append(s.Blocks, Block{Table: &table}, Block{Say: plain(fmt.Sprintf("Likely matches of which nothing was concluded: %d.", unsettled))})
	return s
}

// match names the other funding. Another application is not public before it is awarded something; of one that the reader may not open there
// is no more than that it is one.
func (t teller) match(m otherfunding.Match) Line {
	if m.OtherID != nil {
		if !m.MayOpen {
			return plain("Another application of this fund")
		}
		return of(Prices, strings.TrimSpace("Application "+string(m.Ref)+", "+m.Title))
	}
	return plain(m.Source.Label(), ": ", m.Title, ", ", m.Organisation, ", ", m.Funder)
}

func reasons(m otherfunding.Match) string {
	words := make([]string, len(m.Why))
	for i, w := range m.Why {
		words[i] = w.Words
	}
	return m.Level() + ": " + strings.Join(words, "; ")
}

func (t teller) interests() Section {
	s := Section{ID: "interests", Title: "Interests, recusals and who was barred"}
	table := Table{Caption: "Interests that were declared or found", Columns: []string{"Person", "Interest", "Rests on, or as stated", "Means", "Settled", "Since"}, Empty: "No interest was declared or found."}
	means := map[interest.Severity]string{interest.Clear: "Nothing", interest.Asks: "To be settled", interest.Bars: "Bars"}
	for _, i := range t.k.interests {
		how := "Declared: "
		if i.Found() {
			how = "Found by a rule: "
		}
		settled := t.doneOr(i.SettledBy, i.SettledAt)
		if i.Note != "" {
			settled = settled.and(of(Interests, ": "+i.Note))
		}
		if i.WithdrawnAt != nil {
			settled = settled.and(plain(" Withdrawn as made in error "), t.doneOr(i.WithdrawnBy, i.WithdrawnAt))
		}
		said := strings.Trim(i.Basis+"\n"+i.Statement, "\n")
		table.Rows = append(table.Rows, []Line{t.who(i.Person), of(Interests, how+i.Kind.Label()), of(Interests, said), of(Interests, means[i.Means()]), settled, plain(at(i.At))})
	}
	s.Blocks = append(s.Blocks, Block{Table: &table})
	barred := Table{Caption: "Who is barred, and who acts for them", Columns: []string{"Person", "Is", "By which rule", "Since"}, Empty: "Nobody who works for the fund is barred."}
	for _, p := range t.k.past.Parts {
		if words, rule := t.barredBy(p); words != "" {
			barred.Rows = append(barred.Rows, []Line{t.who(p.Person), of(Interests, words), of(Interests, rule), plain(at(p.Since))})
		}
	}
	s.Blocks = append(s.Blocks, Block{Table: &barred})
	return s
}

// barredBy says what somebody who is kept from the application is, and why; empty for everybody else.
func (t teller) barredBy(p application.Part) (words, rule string) {
	switch p.Relation { //nolint:exhaustive // the others bar nobody
	case application.Conflicted:
		words, rule = "Conflicted: sees nothing of it until its release", "A declared interest that bars"
	case application.Recused:
		if t.k.app.Side(p.Person) {
			return "", "" // the applicant's side is recused from its own as a matter of course
		}
		words, rule = "Recused: takes no part in it", "Acts for an organisation of the application, or is named in it"
	case application.Deputy:
		return "Deputy: acts for one who is recused", "Appointed by the fund manager"
	default:
		return "", ""
	}
	for _, i := range t.k.interests {
		if i.Person == p.Person && i.Stands() && i.Means() == interest.Bars {
			return words, i.Kind.Label()
		}
	}
	return words, rule
}

func (t teller) assignment() Section {
	s := Section{ID: "assignment", Title: "Who was asked to review it", Page: "/panel/" + string(t.k.app.Call().Ref) + "/assignment"}
	for _, p := range t.k.assigned.Plans {
		s.Blocks = append(s.Blocks, Block{Facts: facts(Fact{"Assignment computed and proposed by", t.done(p.ProposedBy, p.ProposedAt)}, Fact{"Approved by", t.doneOr(p.ApprovedBy, p.ApprovedAt)})})
		for _, c := range p.Changes {
			s.Blocks = append(s.Blocks, Block{Heading: "Changed by hand", Facts: facts(
				Fact{"Kind", plain(c.Kind)}, Fact{"Taken out", t.who(c.Out)}, Fact{"Put in", t.who(c.In)}, Fact{"Reason", of(Advice, c.Reason)}, Fact{"By", t.done(c.By, c.At)})})
		}
	}
	table := Table{Caption: "Assignments", Columns: []string{"Reviewer", "Kind", "Assigned by", "Due", "Stands as", "Reason"}, Empty: "Nobody was asked to review it."}
	for _, a := range t.k.assigned.Assignments {
		table.Rows = append(table.Rows, []Line{
			t.who(a.Person), plain(t.kindTitle(a.Kind)), t.done(a.AssignedBy, a.AssignedAt), plain(at(a.DueAt)), plain(a.State.Label(), ", ", at(a.StateAt)),
			of(Interests, strings.Trim(declined(a.Reason)+": "+a.Note, ": ")),
		})
	}
	s.Blocks = append(s.Blocks, Block{Table: &table})
	return s
}

func declined(r assignment.Reason) string {
	all := assignment.Reasons()
	if i := slices.IndexFunc(all, func(x struct {
		Reason assignment.Reason
		Label  string
	}) bool {
		return x.Reason == r
	}); i >= 0 {
		return all[i].Label
	}
	return string(r)
}
