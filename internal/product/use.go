package product

import (
	"slices"
	"sync"

	"adoptionfund/configs"
	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// published are the forms of this binary. A published form never changes, so that they can be shared by all who ask for a status.
var published = sync.OnceValues(func() (*fund.Library, error) { return fund.NewLibrary(configs.FS) }) //nolint:gochecknoglobals // read once and never changed

// Use is an application that names products.
type Use struct {
	Application ident.Application
	Round       ident.Round
	Call        ident.Call
}

// FromAnswers finds or makes the products that an application's answers name, and notes them as its candidates. Products that are
// no longer named are taken out, but for one that was chosen. Doing it again changes nothing. The use case that calls it has asked
// for its own permission.
func FromAnswers(tx *work.Tx, use Use, f *form.Form, answers form.Answers) error {
	named := namedIn(f, answers)
	found, err := ensure(tx, named)
	if err != nil {
		return err
	}
	before, err := linksOf(tx, use.Application)
	if err != nil {
		return err
	}
	fresh, err := freshLinks(tx, use, found, before)
	if err != nil {
		return err
	}
	var gone []ident.Product
	for _, l := range before {
		if !l.Chosen && !slices.ContainsFunc(found, func(p Product) bool { return p.ID == l.ProductID }) {
			gone = append(gone, l.ProductID)
		}
	}
	if len(fresh)+len(gone) == 0 {
		return nil
	}
	tx.Record(audit.Event{
		Verb: "application.name_products", Kind: "application", Subject: string(use.Application), Round: use.Round, Call: use.Call,
		Application: use.Application, Facts: map[string]any{"added": len(fresh), "removed": len(gone)},
	})
	if len(gone) > 0 {
		if err := removeLinks(tx, use.Application, gone); err != nil {
			return err
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	return addLinks(tx, fresh)
}

// freshLinks are the products that an application names and did not name before.
func freshLinks(tx *work.Tx, use Use, found []Product, before []link) ([]link, error) {
	filled, err := filledFor(tx, use.Application)
	if err != nil {
		return nil, err
	}
	var fresh []link
	for i := range found {
		p := &found[i]
		if slices.ContainsFunc(slices.Concat(before, fresh), func(l link) bool { return l.ProductID == p.ID }) {
			continue
		}
		relies, err := relying(tx, p, use.Application)
		if err != nil {
			return nil, err
		}
		l := link{ApplicationID: use.Application, ProductID: p.ID, RoundID: use.Round, CallID: use.Call, Relies: relies}
		if own, there := filled[p.ID]; there {
			l.Filled = &own.ID
		}
		fresh = append(fresh, l)
	}
	return fresh, nil
}

// namedIn are the products that answers name, each once; a row without a name, supplier or version names none.
func namedIn(f *form.Form, answers form.Answers) []Named {
	var all []Named
	for _, row := range f.Rows(form.RoleProductName, answers) {
		n, ok := Named{
			Name: f.Cell(form.RoleProductName, row).Text, Supplier: f.Cell(form.RoleProductSupplier, row).Text,
			Version: f.Cell(form.RoleProductVersion, row).Text,
		}.tidy()
		if ok && !slices.ContainsFunc(all, func(o Named) bool { return o.identity() == n.identity() }) {
			all = append(all, n)
		}
	}
	return all
}

// ensure finds the products, and makes those that are not there.
func ensure(tx *work.Tx, named []Named) ([]Product, error) {
	if len(named) == 0 {
		return nil, nil
	}
	identities := make([]string, len(named))
	for i, n := range named {
		identities[i] = n.identity()
	}
	known, err := byIdentities(tx, identities)
	if err != nil {
		return nil, err
	}
	made := false
	for _, n := range named {
		if _, ok := known[n.identity()]; ok {
			continue
		}
		p := &Product{
			ID: ident.New[ident.Product](), Name: n.Name, Supplier: n.Supplier, Version: n.Version, Identity: n.identity(),
			CreatedBy: actor(tx), CreatedAt: tx.Now, Revision: 1,
		}
		added, err := addNew(tx, p)
		if err != nil {
			return nil, err
		}
		if added {
			tx.Record(event(p.ID, string(access.CreateProduct), nil))
		}
		made = true
	}
	if made {
		if known, err = byIdentities(tx, identities); err != nil {
			return nil, err
		}
	}
	products := make([]Product, len(named))
	for i, id := range identities {
		products[i] = known[id]
	}
	return products, nil
}

// actor is who does it: a person's id, or the name of the operator or job.
func actor(tx *work.Tx) string {
	if tx.By.ID != "" {
		return string(tx.By.ID)
	}
	return tx.By.Name
}

// event is something that happened to a product, for the audit trail.
func event(id ident.Product, verb string, facts map[string]any) audit.Event {
	return audit.Event{Verb: verb, Kind: "product", Subject: string(id), Facts: facts}
}

// Choose notes which of its candidate products an application's award rests on.
func Choose(tx *work.Tx, app ident.Application, chosen ident.Product) error {
	if _, err := ident.Parse[ident.Product](string(chosen)); err != nil {
		return fault.Fields(fault.Problems{"product": "Select one of the products that the application names"})
	}
	tx.Record(audit.Event{Verb: string(access.ChooseProduct), Kind: "application", Subject: string(app), Application: app, Facts: map[string]any{"product": chosen}})
	return choose(tx, app, chosen)
}

// Statuses gives the DTAC status of each application of a call that names a product: of the chosen product, else of the best
// candidate, as the fund's positions say. One without a position is not assessed. Two queries, however many there are.
func Statuses(tx *work.Tx, call ident.Call) (map[ident.Application]string, error) {
	return statuses(tx, "call_id = ?", string(call))
}

// StatusesOfRound is Statuses for all calls of a round.
func StatusesOfRound(tx *work.Tx, round ident.Round) (map[ident.Application]string, error) {
	return statuses(tx, "round_id = ?", string(round))
}

// StatusesOf is Statuses for some applications, whatever their calls.
func StatusesOf(tx *work.Tx, ids []ident.Application) (map[ident.Application]string, error) {
	among, list := work.Among(tx, "application_id", ids)
	return statuses(tx, among, list)
}

func statuses(tx *work.Tx, where string, value any) (map[ident.Application]string, error) {
	rows, err := candidatesIn(tx, where, value)
	if err != nil {
		return nil, err
	}
	best := map[ident.Application]status.Status{}
	chosen := map[ident.Application]bool{}
	for _, r := range rows {
		app := r.ApplicationID
		s := status.NotAssessed
		if p := latest(r.positions, r.CallID); p != nil {
			s = p.Status
		}
		switch {
		case r.Chosen:
			best[app], chosen[app] = s, true
		case !chosen[app]:
			best[app] = better(best[app], s)
		}
	}
	texts := make(map[ident.Application]string, len(best))
	for app, s := range best {
		texts[app] = string(s)
	}
	return texts, nil
}

// latest is the last position that was recorded in a call, else the last at all; oldest comes first. A position of another call may
// rest on other limits, but is what the fund knows.
func latest(positions []Position, call ident.Call) *Position {
	var last *Position
	for i := range positions {
		p := &positions[i]
		if last == nil || p.CallID == call || last.CallID != call {
			last = p
		}
	}
	return last
}

// Candidate is a candidate product of an application, as those who assess it need it.
type Candidate struct {
	Product
	Chosen      bool
	Return      ident.Product  // the record whose return counts: the product's own, or the one that was filled in for its supplier
	FilledIn    bool           // it was filled in by the main contact, for a supplier who has not sent its own
	Forms       []string       // of the returns that were sent and that the call accepts
	Returns     []ident.Return // those returns, in the same order
	Provisional status.Status  // the best of its returns; incomplete where there is none
	Position    *Position      // of this call, else the last; nil: none
	Withheld    bool           // its supplier has not permitted that this application relies on its return

	Conditions []status.FundCondition // what the call asks beyond DTAC, by the return that the status is from
}

// Candidates gives the candidate products of an application with their provisional status today, by name. call is the application's.
func Candidates(tx *work.Tx, app ident.Application, call *fund.Call) ([]Candidate, error) {
	by, err := CandidatesOf(tx, []ident.Application{app}, call)
	return by[app], err
}

// CandidatesOf gives the candidate products of applications of one call, by application and name: with a fixed number of queries,
// however many there are.
func CandidatesOf(tx *work.Tx, apps []ident.Application, call *fund.Call) (map[ident.Application][]Candidate, error) {
	links, err := work.Many[link](tx.DB().Where("application_id IN ?", apps).Order("application_id, product_id"), "products of applications")
	if err != nil || len(links) == 0 {
		return nil, err
	}
	var ids []ident.Product
	for _, l := range links {
		ids = append(ids, l.records()...)
	}
	products, err := work.Many[Product](tx.DB().Where("id IN ?", ids).Order("name, version, id"), "products")
	if err != nil {
		return nil, err
	}
	seen, err := provisionals(tx, products, call)
	if err != nil {
		return nil, err
	}
	positions, err := positionsOf(tx, ids)
	if err != nil {
		return nil, err
	}
	slices.Reverse(positions)
	named := map[ident.Product][]link{}
	for _, l := range links {
		named[l.ProductID] = append(named[l.ProductID], l)
	}
	own := map[ident.Product][]Position{}
	for _, p := range positions {
		own[p.ProductID] = append(own[p.ProductID], p)
	}
	by := map[ident.Application][]Candidate{}
	for _, p := range products {
		for _, l := range named[p.ID] {
			by[l.ApplicationID] = append(by[l.ApplicationID], l.candidate(p, call.ID, seen, own))
		}
	}
	return by, nil
}

// candidate is a product as the application that names it counts on it. positions are by record, oldest first.
func (l link) candidate(p Product, call ident.Call, seen map[ident.Product]foreseen, positions map[ident.Product][]Position) Candidate {
	c := Candidate{Product: p, Chosen: l.Chosen, Provisional: status.Incomplete, Position: latest(l.counted(positions), call)}
	record, counts := l.effective(seen)
	c.Return, c.FilledIn = record, record != p.ID
	if counts {
		c.Provisional, c.Forms, c.Returns, c.Conditions = seen[record].status, seen[record].forms, seen[record].returns, seen[record].conditions
	} else {
		c.Withheld = len(seen[p.ID].forms) > 0
	}
	return c
}

// records are the product and, where it was filled in for its supplier, the record of that.
func (l link) records() []ident.Product {
	if l.Filled == nil {
		return []ident.Product{l.ProductID}
	}
	return []ident.Product{l.ProductID, *l.Filled}
}

// Provisional is the provisional DTAC status of an application today: of the chosen product, else of the best candidate. Answers,
// evidence, waivers and plan give it; without a return that was sent it is incomplete.
func Provisional(tx *work.Tx, app ident.Application) (status.Status, error) {
	links, err := linksOf(tx, app)
	if err != nil || len(links) == 0 {
		return status.Incomplete, err
	}
	call, err := fund.CallByID(tx, links[0].CallID)
	if err != nil {
		return "", err
	}
	list, err := Candidates(tx, app, call)
	return Best(list), err
}

// Best is the provisional status that counts: of the chosen candidate, else the best.
func Best(list []Candidate) status.Status {
	best := status.Incomplete
	for _, c := range list {
		if c.Chosen {
			return c.Provisional
		}
		best = better(best, c.Provisional)
	}
	return best
}
