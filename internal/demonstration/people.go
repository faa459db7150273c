package demonstration

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
)

// Password is the password of every account of the demonstration.
const Password = "demo-adoption-fund"

// Account is one of the demonstration's accounts.
type Account struct {
	Email string
	Name  string
	Role  string // as roles.csv names it; empty: what signing up gives
	About string
}

// Accounts are the accounts with which the demonstration is tried out. The names are invented.
func Accounts() []Account {
	list := []Account{
		{"applicant@demo.example", "Amara Nwosu", "", "applicant, lead organisation QMF"},
		{"contributor@demo.example", "Colin Barrow", "", "contributor to the applicant's work"},
		{"sro@demo.example", "Shazia Rahman", "", "project SRO, signs"},
		{"finance@demo.example", "Finn O'Dowd", "", "finance lead, signs"},
		{"supplier@demo.example", "Sunita Perera", "", "supplier of a product"},
		{"screening@demo.example", "Edith Marlow", "screening_officer", "eligibility officer"},
		{"screening2@demo.example", "Owen Pryce", "screening_officer", "second eligibility officer"},
		{"dtac@demo.example", "Dara Kilbride", "dtac_assessor", "DTAC assessor"},
		{"dtac2@demo.example", "Devi Strand", "dtac_assessor", "second DTAC assessor"},
		{"member@demo.example", "Mina Castellan", "panel_member", "panel member"},
		{"chair@demo.example", "Charlotte Verey", "panel_chair", "panel chair"},
		{"deputy@demo.example", "Desmond Aki", "panel_chair", "deputy chair"},
		{"approver1@demo.example", "Ayesha Lindqvist", "approver", "award approver"},
		{"approver2@demo.example", "Aled Morgan-Shaw", "approver", "second award approver"},
		{"senior@demo.example", "Selina Oduya", "senior_officer", "senior officer responsible"},
		{"admin@demo.example", "Adrian Fosse", "administrator", "fund manager"},
		{"observer@demo.example", "Orla Finch", "observer", "observer"},
		{"auditor@demo.example", "Arthur Quill", "auditor", "auditor"},
	}
	for i := range reviewers {
		list = append(list, Account{fmt.Sprintf("reviewer%02d@demo.example", i+1), fullName(1000 + i), "reviewer", reviewerKind(i) + " reviewer"})
	}
	return list
}

const reviewers = 40

func reviewerKind(i int) string { return []string{"clinical", "technical", "ppv"}[i%3] }

// fullName makes an invented name, the same for the same number.
func fullName(n int) string {
	first := strings.Fields("Alys Bashir Carys Dilip Esme Farah Gareth Hana Idris Jaya Keir Leila Milo Nadia Oskar Priya Quentin Rosa Samir Tamsin Ugo Vera Wilf Xenia Yusuf Zara Bryn Cleo Dev Elin")
	last := strings.Fields("Ashdown Bellweather Coverdale Dunmore Eastlake Fairholm Greystone Holloway Inchbald Jessamy Kestrel Larkspur Merrow Northcote Oakhanger Penhallow Quarles Redfern Saltmarsh Thornbury Underhay Vellacott Winterton Yarrow")
	return first[n%len(first)] + " " + last[(n*7+n/len(first))%len(last)]
}

// enlist adds an account through the operator, who is given the link that a mail would carry, and accepts for the person.
func (d *Demonstration) enlist(ctx context.Context, a Account) error {
	operator := access.With(ctx, access.Operator("demonstration"))
	link, err := d.People.Add(operator, people.Newcomer{Email: a.Email, Name: a.Name, Role: a.Role})
	if err != nil {
		return fmt.Errorf("adding %s: %w", a.Email, err)
	}
	if link == "" {
		return nil
	}
	u, err := url.Parse(link)
	if err != nil {
		return fmt.Errorf("reading the link of %s: %w", a.Email, err)
	}
	anyone := access.With(ctx, access.Principal{})
	if err := d.People.Accept(anyone, u.Query().Get("token"), a.Name, Password); err != nil {
		return fmt.Errorf("accepting for %s: %w", a.Email, err)
	}
	return nil
}

// as gives ctx in which the person with an address acts.
func (d *Demonstration) as(ctx context.Context, email string) (context.Context, error) {
	who, err := d.People.As(ctx, email)
	if err != nil {
		return nil, fmt.Errorf("acting as %s: %w", email, err)
	}
	return access.With(ctx, who), nil
}

// do runs a use case as a person.
func (d *Demonstration) do(ctx context.Context, email string, what func(ctx context.Context) error) error {
	acting, err := d.as(ctx, email)
	if err != nil {
		return err
	}
	if err := what(acting); err != nil {
		return fmt.Errorf("%s: %w", email, err)
	}
	return nil
}

// teamOf is the people of an application's lead: those of the demonstration for QMF, invented ones for the others.
func teamOf(lead ident.ODS, n int) team {
	if lead == "QMF" {
		return team{
			contact: named{"Amara Nwosu", "applicant@demo.example"}, sro: named{"Shazia Rahman", "sro@demo.example"},
			finance: named{"Finn O'Dowd", "finance@demo.example"}, clinical: named{"Clara Whitlock", "clinical@demo.example"},
		}
	}
	code := strings.ToLower(string(lead))
	return team{
		contact: named{fullName(n * 4), "contact-" + code + "@demo.example"}, sro: named{fullName(n*4 + 1), "sro-" + code + "@demo.example"},
		finance: named{fullName(n*4 + 2), "finance-" + code + "@demo.example"}, clinical: named{fullName(n*4 + 3), "clinical-" + code + "@demo.example"},
	}
}

// pool registers the reviewers of a round.
func (d *Demonstration) pool(ctx context.Context, round ident.RoundRef, themes []string, capacity int) error {
	trusts := []ident.ODS{"RJ1", "RYJ", "RRV", "RJZ", "RGT", "RTH", "RHM", "RA7", "RVJ", "RK9", "R0D", "RRK", "RX1", "RWE", "R0A", "RBS", "RXL", "RR8", "RHQ", "RTD"}
	list := make([]assignment.Newcomer, reviewers)
	for i := range reviewers {
		list[i] = assignment.Newcomer{
			Email: fmt.Sprintf("reviewer%02d@demo.example", i+1), Name: fullName(1000 + i), Kind: reviewerKind(i), ODS: trusts[i%len(trusts)],
			Themes: []string{themes[i%len(themes)], themes[(i/4+1)%len(themes)]}, Capacity: capacity,
		}
	}
	return d.do(ctx, "admin@demo.example", func(ctx context.Context) error { return d.Assignments.Register(ctx, round, list) })
}
