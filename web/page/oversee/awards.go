package oversee

import (
	"fmt"
	"strings"
	"time"

	"github.com/a-h/templ"

	"adoptionfund/internal/access"
	"adoptionfund/internal/award"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/monitoring"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Awards is the list of awards of a round: all of them, those with something overdue, or those in which something waits for the fund.
type Awards struct {
	monitoring.Desk
	Round ident.RoundRef // that is shown
	Show  string         // "", overdue or waiting
	Staff bool
}

// Head is what the frame shows.
func (p Awards) Head() shared.Head {
	return shared.Head{Title: "Awards", Wide: true, Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}}}
}

// rounds are those of the awards, the newest first.
func (p Awards) rounds() []ident.RoundRef {
	var all []ident.RoundRef
	for _, l := range p.Lines {
		if r := l.Award.Ref.Round(); len(all) == 0 || all[len(all)-1] != r {
			all = append(all, r)
		}
	}
	return all
}

func (p Awards) round() ident.RoundRef {
	if all := p.rounds(); p.Round == "" && len(all) > 0 {
		return all[0]
	}
	return p.Round
}

func (p Awards) shown(show string) []monitoring.Line {
	var lines []monitoring.Line
	for _, l := range p.Lines {
		if l.Award.Ref.Round() == p.round() && (show == "" || show == "overdue" && len(l.Overdue) > 0 || show == "waiting" && l.Waits > 0) {
			lines = append(lines, l)
		}
	}
	return lines
}

func (p Awards) views() []nhs.Link {
	round := string(p.round())
	links := []nhs.Link{
		{Href: "/awards?round=" + round, Text: fmt.Sprintf("All of %s (%d)", round, len(p.shown("")))},
		{Href: "/awards?round=" + round + "&show=overdue", Text: fmt.Sprintf("Something is overdue (%d)", len(p.shown("overdue")))},
		{Href: "/awards?round=" + round + "&show=waiting", Text: fmt.Sprintf("Something waits for the fund (%d)", len(p.shown("waiting")))},
	}
	if round == "" {
		return nil
	}
	for _, r := range p.rounds() {
		if r != p.round() {
			links = append(links, nhs.Link{Href: "/awards?round=" + string(r), Text: "Awards of " + string(r)})
		}
	}
	return links
}

func (p Awards) table() nhs.Table {
	caption := map[string]string{"": "All awards of " + string(p.round()), "overdue": "Awards with something overdue", "waiting": "Awards in which something waits for the fund"}[p.Show]
	t := nhs.Table{ID: "awards", Caption: caption, CaptionSize: nhs.Medium, RowHeaders: true, Empty: "There are no such awards.",
		Columns: []nhs.Column{{Heading: "Award"}, {Heading: "Recipient"}, {Heading: "Amount", Numeric: true}, {Heading: "Stands"}, {Heading: "Overdue"}, {Heading: "Next"}}}
	for _, l := range p.shown(p.Show) {
		a, info := l.Award, workflow.Awards().Info(l.Award.State)
		label := info.ApplicantLabel
		if p.Staff {
			label = info.Label
		}
		next := ""
		if l.Next != nil {
			next = l.Next.What + ", by " + award.DayWords(l.Next.Due)
		}
		if l.Waits > 0 {
			next = strings.TrimPrefix(next+fmt.Sprintf("; %d wait for the fund", l.Waits), "; ")
		}
		t.Rows = append(t.Rows, []nhs.Cell{{Text: string(a.Ref) + " " + a.Application().Title, Href: "/awards/" + string(a.Ref)}, {Text: a.Recipient}, {Text: a.Amount.String()}, {Content: tag(label, nhs.Colour(info.Colour))}, {Content: overdue(l)}, {Text: next}})
	}
	return t
}

// overdue are links to what is overdue, three of them at most.
func overdue(l monitoring.Line) templ.Component {
	var list overdueList
	for i, o := range l.Overdue {
		if i == 3 {
			list.more = fmt.Sprintf("and %d more", len(l.Overdue)-3)
			break
		}
		list.links = append(list.links, nhs.Link{Href: "/awards/" + string(l.Award.Ref) + o.Path, Text: o.What + ", since " + award.DayWords(o.Due)})
	}
	return list.view()
}

type overdueList struct {
	links []nhs.Link
	more  string
}

func (p Awards) masked() string {
	if p.Masked == 1 {
		return "1 award is handled by others: you are recused from it."
	}
	return fmt.Sprintf("%d awards are handled by others: you are recused from them.", p.Masked)
}

// AgreementPage is the agreement: as it is signed, or as it would be drawn up now.
type AgreementPage struct {
	AwardView
	Says  award.Paper
	Paper bool // as it is printed
	Now   time.Time
}

// Head is what the frame shows.
func (p AgreementPage) Head() shared.Head {
	return p.head(p.Says.Title)
}

// Footer stands on every sheet.
func (p AgreementPage) Footer() string {
	state := "Draft, not signed"
	if p.Agreement != nil {
		state = "As drawn up, digest " + p.Agreement.Digest[:16]
	}
	return fmt.Sprintf("%s %s. %s. Printed %s", p.Says.Title, p.Says.Ref, state, uktime.Moment(p.Now))
}

func (p AgreementPage) facts() nhs.SummaryList {
	state := "Draft: it is drawn up when both signatories have accepted the offer"
	switch g := p.Agreement; {
	case p.Award.AgreedAt != nil:
		state = "Signed by both sides"
	case g != nil && g.SignedAt != nil:
		state = "Signed for the recipient, to be countersigned"
	case g != nil:
		state = "Drawn up, to be signed for the recipient"
	}
	return nhs.SummaryList{Rows: []nhs.SummaryRow{{Key: "Stands", Value: state}}}
}

func (p AgreementPage) between() string {
	return fmt.Sprintf("Between the fund and %s, for %s (%s), over %s.", p.Says.Recipient, p.Says.Project, p.Says.Ref, p.Says.Amount)
}

func (p AgreementPage) clauses() []string {
	var all []string
	for text := range strings.SplitSeq(p.Says.Clauses, "\n\n") {
		if text = strings.TrimSpace(text); text != "" {
			all = append(all, text)
		}
	}
	return all
}

// annex is an annex of the agreement.
type annex struct {
	title, intro string
	table        nhs.Table
}

func (p AgreementPage) annexes() []annex {
	a := annex{"Annex A: project and amounts", fmt.Sprintf("%s. Led by %s. Funded work from %s to %s.", p.Says.Project, p.Says.Lead, award.DayWords(p.Says.StartsOn), award.DayWords(p.Says.EndsOn)), planTable("annex-a", "Amounts by quarter and use", p.Says.Plan)}
	b := annex{"Annex B: conditions and milestones", "", todo("annex-b", "Conditions and milestones", p.Says.Conditions)}
	c := annex{"Annex C: reporting", "Each return says what was spent against the plan, which sites are live, how many patients were reached, and how the benefits stand against what was promised.", todo("annex-c", "Returns", p.Says.Returns)}
	t := nhs.Table{ID: "annex-d", Caption: "Payments", CaptionSize: nhs.Small, RowHeaders: true, Empty: "No payments are planned.", Columns: []nhs.Column{{Heading: "Due"}, {Heading: "When"}, {Heading: "Amount", Numeric: true}}}
	var sum money.Pence
	for _, x := range p.Says.Payments {
		t.Rows = append(t.Rows, nhs.Cells(award.DayWords(x.Due), x.Condition, x.Amount.String()))
		sum += x.Amount
	}
	t.Foot = nhs.Cells("Total", "", sum.String())
	return []annex{a, b, c, {"Annex D: payment schedule", "", t}}
}

func todo(id, caption string, lines []award.PaperLine) nhs.Table {
	t := nhs.Table{ID: id, Caption: caption, CaptionSize: nhs.Small, RowHeaders: true, Empty: "None.", Columns: []nhs.Column{{Heading: "What"}, {Heading: "Owner"}, {Heading: "By"}}}
	for _, l := range lines {
		t.Rows = append(t.Rows, nhs.Cells(l.Text, l.Owner, award.DayWords(l.Due)))
	}
	return t
}

func (p AgreementPage) addenda() []string {
	var all []string
	for _, v := range p.Variations {
		if v.Answer == monitoring.Approved && v.AnsweredAt != nil {
			all = append(all, fmt.Sprintf("%d, approved %s: %s, until %s, with %s. %s", v.Number, uktime.Date(*v.AnsweredAt), v.Amount, award.DayWords(v.EndsOn), v.Recipient, v.Change))
		}
	}
	return all
}

func (p AgreementPage) signatures() nhs.SummaryList {
	rows := []nhs.SummaryRow{{Key: "For the recipient", Value: "Not signed"}, {Key: "For the fund", Value: "Not countersigned"}}
	if g := p.Agreement; g != nil {
		if g.SignedAt != nil {
			rows[0].Value = g.SignedName + ", " + uktime.Moment(*g.SignedAt)
		}
		if g.CountersignedAt != nil {
			rows[1].Value = g.CountersignedName + ", " + uktime.Moment(*g.CountersignedAt)
		}
	}
	return nhs.SummaryList{Rows: rows}
}

func (p AgreementPage) forms() []awardForm {
	var forms []awardForm
	if p.may(access.SignAgreement, workflow.Accepted) && (p.Agreement == nil || p.Agreement.SignedAt == nil) {
		f := awardForm{Heading: "Sign it for the recipient", Action: p.path("/agreement"), Fields: []templ.Component{p.name("Typing your name signs the agreement for your organisation.")}, Buttons: []nhs.Button{button("sign", "Sign the agreement", nhs.Primary)}}
		if p.Agreement != nil {
			f.Hidden = [][2]string{{"digest", p.Agreement.Digest}}
		}
		forms = append(forms, f)
	}
	if p.may(access.CountersignAgreement, workflow.Accepted) && p.Agreement != nil && p.Agreement.SignedAt != nil {
		forms = append(forms, awardForm{Heading: "Countersign it for the fund", Action: p.path("/agreement"), Fields: []templ.Component{p.name("Typing your name signs the agreement for the fund."), p.identity()}, Buttons: []nhs.Button{button("countersign", "Countersign the agreement", nhs.Primary)}})
	}
	return forms
}
