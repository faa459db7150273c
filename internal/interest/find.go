package interest

import (
	"slices"

	"adoptionfund/internal/application"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
)

// Parties are the organisations of an application.
type Parties struct {
	Organisations []ident.ODS // lead, recipient, partners and sites
	ICS           []string    // the lead's
	Products      []Product
	Summary       string
}

// Product is one that an application may use, with its supplier, as the application names them.
type Product struct{ Name, Supplier string }

// Party is somebody who might have an interest: the organisations they work or act for, and those organisations' systems.
type Party struct {
	Organisations []ident.ODS
	ICS           []string
}

// Find says what a rule sees between somebody and an application: own organisation bars, the same integrated care system asks.
func Find(who Party, of Parties) (Kind, Severity) {
	for _, code := range who.Organisations {
		if slices.Contains(of.Organisations, code) {
			return OwnOrganisation, Bars
		}
	}
	for _, ics := range who.ICS {
		if ics != "" && slices.Contains(of.ICS, ics) {
			return SameICS, Asks
		}
	}
	return None, Clear
}

// PartiesOf reads the parties of applications from what was submitted, with one query.
func PartiesOf(tx *work.Tx, library *fund.Library, apps ...*application.Application) (map[ident.Application]Parties, error) {
	ids := make([]ident.Application, len(apps))
	for i, a := range apps {
		ids[i] = a.ID
	}
	standing, err := application.StandingOf(tx, ids...)
	if err != nil {
		return nil, err
	}
	all := make(map[ident.Application]Parties, len(apps))
	for _, a := range apps {
		p := Parties{Organisations: []ident.ODS{a.Lead}, ICS: []string{a.ICS}}
		if s, ok := standing[a.ID]; ok {
			f, err := library.Form(s.Form)
			if err != nil {
				return nil, err
			}
			p.read(f, s.Answers, a.Lead)
		}
		all[a.ID] = p
	}
	return all, nil
}

func (p *Parties) read(f *form.Form, answers form.Answers, lead ident.ODS) {
	p.Organisations = application.Organisations(f, answers, lead)
	for _, row := range f.Rows(form.RoleProductName, answers) {
		p.Products = append(p.Products, Product{f.Cell(form.RoleProductName, row).Text, f.Cell(form.RoleProductSupplier, row).Text})
	}
	p.Summary = f.Text(form.RoleSummary, answers)
}

// Employed are the organisations that people said they work for, by person.
type Employed map[ident.Person][]ident.ODS

// PartiesFor gives people as parties: the organisations they work for, those they may act for, and the systems of both.
func PartiesFor(tx *work.Tx, who Employed) (map[ident.Person]Party, error) {
	ids := make([]ident.Person, 0, len(who))
	for id := range who {
		ids = append(ids, id)
	}
	acting, err := people.Represented(tx, ids)
	if err != nil {
		return nil, err
	}
	var codes []ident.ODS
	all := make(map[ident.Person]Party, len(who))
	for id, works := range who {
		p := Party{Organisations: slices.DeleteFunc(slices.Concat(works, acting[id]), func(code ident.ODS) bool { return code == "" })}
		codes = append(codes, p.Organisations...)
		all[id] = p
	}
	organisations, err := people.OrganisationsByODS(tx, codes)
	if err != nil {
		return nil, err
	}
	for id, p := range all {
		for _, code := range p.Organisations {
			p.ICS = append(p.ICS, organisations[code].ICS)
		}
		all[id] = p
	}
	return all, nil
}
