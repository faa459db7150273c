package interest

import (
	"slices"
	"strings"

	"adoptionfund/internal/application"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
)

// Parties are those who have a part in an application.
type Parties struct {
	Own           []ident.ODS // lead and funding recipient
	Organisations []ident.ODS // these, partners and sites
	ICS           []string    // the lead's
	Suppliers     []Supply    // of the products that it may use
	Allies        []Ally      // who had an award together with the lead before
	Products      []Product
	Summary       string
}

// Product is one that an application may use, with its supplier, as the application names them.
type Product struct{ Name, Supplier string }

// Supply is a product with who supplies it.
type Supply struct {
	Product  string
	Supplier string
	ODS      ident.ODS // the supplier's, if known
}

func (s Supply) key() string { return strings.ToLower(strings.Join(strings.Fields(s.Supplier), " ")) }

// Ally is an organisation that had an award together with another.
type Ally struct {
	ODS   ident.ODS
	Award ident.Ref
}

// Party is somebody who might have an interest: the organisations they work or act for, those organisations' systems, and the products
// whose supplier they act for.
type Party struct {
	Organisations []ident.ODS
	ICS           []string
	Supplies      []Supply
}

// Finding is what a rule sees between somebody and an application.
type Finding struct {
	Kind     Kind
	Severity Severity
	Basis    string // what it rests on: an organisation's code, a system's, a supplier, an award
	Words    string // the same for people
}

// Find says what the rules see between somebody and an application. rivals are the products of the other applications of the call.
// An organisation of the application and the supplier of its product bar; the supplier of a rival product, the same integrated care
// system and an earlier award together ask.
func Find(who Party, of Parties, rivals []Supply) []Finding {
	var all findings
	all.organisations(who, of)
	all.suppliers(who, of, rivals)
	if Worst(all) == Bars {
		return all // whoever belongs to the application is in its system by that
	}
	for _, ics := range who.ICS {
		if ics != "" && slices.Contains(of.ICS, ics) {
			all.see(SameICS, Asks, ics, "Works or acts for an organisation in the integrated care system "+ics+", as the lead")
		}
	}
	return all
}

// findings are what the rules see, each once.
type findings []Finding

func (all *findings) see(kind Kind, severity Severity, basis, words string) {
	basis = clip(basis)
	if !slices.ContainsFunc(*all, func(f Finding) bool { return f.Kind == kind && f.Basis == basis }) {
		*all = append(*all, Finding{kind, severity, basis, words})
	}
}

func (all *findings) organisations(who Party, of Parties) {
	for _, code := range who.Organisations {
		switch {
		case slices.Contains(of.Own, code):
			all.see(OwnOrganisation, Bars, string(code), "Works or acts for "+string(code)+", which leads the application or is paid")
			continue
		case slices.Contains(of.Organisations, code):
			all.see(PartnerOrganisation, Bars, string(code), "Works or acts for "+string(code)+", a partner or site of the application")
			continue
		}
		for _, ally := range of.Allies {
			if ally.ODS == code {
				all.see(EarlierAward, Asks, string(ally.Award), "Works or acts for "+string(code)+", which had the award "+string(ally.Award)+" together with the lead")
			}
		}
	}
}

func (all *findings) suppliers(who Party, of Parties, rivals []Supply) {
	own := map[string]bool{}
	for _, s := range of.Suppliers {
		own[s.key()] = true
		if who.supplies(s) {
			all.see(SupplierOfProduct, Bars, s.key(), "Works or acts for "+s.Supplier+", which supplies "+s.Product)
		}
	}
	for _, s := range rivals {
		if !own[s.key()] && who.supplies(s) {
			all.see(RivalSupplier, Asks, s.key(), "Works or acts for "+s.Supplier+", which supplies a product of another application in the call")
		}
	}
}

func clip(basis string) string {
	if r := []rune(basis); len(r) > 200 {
		return string(r[:200])
	}
	return basis
}

// supplies reports whether somebody acts for the supplier of a product, or works for it.
func (p Party) supplies(s Supply) bool {
	return s.ODS != "" && slices.Contains(p.Organisations, s.ODS) || slices.ContainsFunc(p.Supplies, func(mine Supply) bool { return mine.key() == s.key() })
}

// Worst is what findings come to.
func Worst(all []Finding) Severity {
	worst := Clear
	for _, f := range all {
		if f.Severity == Bars {
			return Bars
		}
		worst = f.Severity
	}
	return worst
}

// Sight is what the rules see between people and the applications of a call, less what the fund manager settled or withdrew.
type Sight struct {
	parties   map[ident.Application]Parties
	who       map[ident.Person]Party
	rivals    []Supply
	overruled map[overruled]bool
}

type overruled struct {
	app    ident.Application
	person ident.Person
	kind   Kind
	basis  string
}

// Between gives what the rules see between somebody and an application.
func (s *Sight) Between(person ident.Person, app ident.Application) []Finding {
	return slices.DeleteFunc(Find(s.who[person], s.parties[app], s.rivals), func(f Finding) bool {
		return s.overruled[overruled{app, person, f.Kind, f.Basis}]
	})
}

// Employed are the organisations that people said they work for, by person.
type Employed map[ident.Person][]ident.ODS

// Look reads what the rules need to know of people and of applications of one call, with as many queries whatever their number.
func Look(tx *work.Tx, library *fund.Library, c *fund.Call, apps []*application.Application, who Employed) (*Sight, error) {
	s := &Sight{overruled: map[overruled]bool{}}
	var err error
	if s.parties, err = partiesOf(tx, library, apps); err != nil {
		return nil, err
	}
	supplied, err := suppliedIn(tx, c.ID)
	if err != nil {
		return nil, err
	}
	for _, a := range apps {
		p := s.parties[a.ID]
		for _, one := range supplied {
			if one.ApplicationID == a.ID {
				p.Suppliers = append(p.Suppliers, one.supply())
			}
		}
		s.parties[a.ID] = p
	}
	for _, one := range supplied {
		if supply := one.supply(); !slices.Contains(s.rivals, supply) {
			s.rivals = append(s.rivals, supply)
		}
	}
	if err := s.allies(tx, apps); err != nil {
		return nil, err
	}
	if s.who, err = partiesFor(tx, who); err != nil {
		return nil, err
	}
	gone, err := overruledIn(tx, c.ID)
	for _, i := range gone {
		s.overruled[overruled{i.ApplicationID, i.Person, i.Kind, i.Basis}] = true
	}
	return s, err
}

func (s *Sight) allies(tx *work.Tx, apps []*application.Application) error {
	leads := map[ident.ODS][]Ally{}
	for _, a := range apps {
		leads[a.Lead] = nil
	}
	rows, err := alliesOf(tx, leads)
	if err != nil {
		return err
	}
	for _, row := range rows {
		leads[row.Lead] = append(leads[row.Lead], Ally{row.ODS, row.Award})
	}
	for _, a := range apps {
		p := s.parties[a.ID]
		p.Allies = leads[a.Lead]
		s.parties[a.ID] = p
	}
	return nil
}

// partiesOf reads the parties of applications from what was submitted, with one query.
func partiesOf(tx *work.Tx, library *fund.Library, apps []*application.Application) (map[ident.Application]Parties, error) {
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
		p := Parties{Own: []ident.ODS{a.Lead}, Organisations: []ident.ODS{a.Lead}, ICS: []string{a.ICS}}
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
	if recipient := f.Organisation(form.RoleRecipient, answers); recipient != "" && recipient != lead {
		p.Own = append(p.Own, recipient)
	}
	for _, row := range f.Rows(form.RoleProductName, answers) {
		p.Products = append(p.Products, Product{f.Cell(form.RoleProductName, row).Text, f.Cell(form.RoleProductSupplier, row).Text})
	}
	p.Summary = f.Text(form.RoleSummary, answers)
}

// partiesFor gives people as parties: the organisations they work for, those they may act for, the systems of both, and what they
// supply.
func partiesFor(tx *work.Tx, who Employed) (map[ident.Person]Party, error) {
	ids := make([]ident.Person, 0, len(who))
	for id := range who {
		ids = append(ids, id)
	}
	acting, err := people.Represented(tx, ids)
	if err != nil {
		return nil, err
	}
	supplies, err := suppliesOf(tx, ids)
	if err != nil {
		return nil, err
	}
	var codes []ident.ODS
	all := make(map[ident.Person]Party, len(who))
	for id, works := range who {
		p := Party{Organisations: slices.DeleteFunc(slices.Concat(works, acting[id]), func(code ident.ODS) bool { return code == "" }), Supplies: supplies[id]}
		codes = append(codes, p.Organisations...)
		all[id] = p
	}
	slices.Sort(codes)
	organisations, err := people.OrganisationsByODS(tx, slices.Compact(codes))
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
