package product

import (
	"slices"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
)

// Standing is what the register shows of a product. It follows from the product's returns, assessments and positions, and is kept beside
// them so that a page of the register reads no return.
type Standing struct {
	ProductID   ident.Product `gorm:"primaryKey"`
	Provisional status.Status
	HoldsUntil  form.Date // the last day on which the provisional status is known to hold; empty: whatever the day
	Forms       string    // of the returns that were sent, the newest first, separated by spaces
	PositionID  *ident.Position
	Status      status.Status // of the last position; empty: none was recorded
	ReviewedOn  form.Date
	PersonName  string
	Expires     form.Date
	Stale       bool // what the last position rests on was changed since
}

// TableName is the table of standings.
func (Standing) TableName() string { return "dtac_register" }

// Holds reports whether the provisional status holds on a day.
func (s *Standing) Holds(on form.Date) bool { return s.HoldsUntil == "" || on <= s.HoldsUntil }

// Restand keeps the standings of products up to date: after a change of what they follow from, and when a day has passed on which one
// may change by itself. The use case that calls it has asked for its own permission.
func Restand(tx *work.Tx, ids ...ident.Product) error {
	rows, err := Standings(tx, ids)
	if err != nil || len(rows) == 0 {
		return err
	}
	return putStandings(tx, rows)
}

// Standings works out where products stand today, from their returns, assessments and positions.
func Standings(tx *work.Tx, ids []ident.Product) ([]Standing, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	products, err := work.Many[Product](tx.DB().Where("id IN ?", ids).Order("id"), "products")
	if err != nil {
		return nil, err
	}
	seen, err := provisionals(tx, products, nil)
	if err != nil {
		return nil, err
	}
	returns, err := returnsOf(tx, ids)
	if err != nil {
		return nil, err
	}
	positions, err := positionsOf(tx, ids)
	if err != nil {
		return nil, err
	}
	releases, err := releasesFrom(tx, ids)
	if err != nil {
		return nil, err
	}
	rows := make([]Standing, len(products))
	for i, p := range products {
		own := slices.DeleteFunc(slices.Clone(returns), func(r Return) bool { return r.ProductID != p.ID || !r.IsSent() })
		rows[i] = Standing{ProductID: p.ID, Provisional: seen[p.ID].status, Forms: strings.Join(seen[p.ID].forms, " ")}
		if rows[i].HoldsUntil, err = holdsUntil(own, today(tx)); err != nil {
			return nil, err
		}
		if n := slices.IndexFunc(positions, func(x Position) bool { return x.ProductID == p.ID }); n >= 0 {
			rows[i].rests(&positions[n], own, releases[p.ID])
		}
	}
	return rows, nil
}

// rests takes what the last position says. It is out of date when its return was sent again since, or a later version was declared to
// affect evidence.
func (s *Standing) rests(p *Position, sent []Return, releases []Released) {
	s.PositionID, s.Status, s.ReviewedOn, s.PersonName, s.Expires = &p.ID, p.Status, p.ReviewedOn, p.PersonName, p.Expires
	again := slices.ContainsFunc(sent, func(r Return) bool { return r.ID == p.ReturnID && r.SentDigest != p.SentDigest })
	s.Stale = again || slices.ContainsFunc(releases, func(r Released) bool { return r.Affected != "" && r.DeclaredAt.After(p.RecordedAt) })
}

// holdsUntil is the next day, today or later, on which a piece of evidence of returns counts for the last time.
func holdsUntil(sent []Return, today form.Date) (form.Date, error) {
	library, err := published()
	if err != nil {
		return "", err
	}
	var first form.Date
	for _, r := range sent {
		f, err := library.Form(r.Form)
		if err != nil {
			return "", err
		}
		for _, e := range r.Sent.Evidence {
			q, ok := f.Question(e.Question)
			if !ok {
				continue
			}
			if day := status.Expiry(q, e); day >= today && (first == "" || day < first) {
				first = day
			}
		}
	}
	return first, nil
}

// Released is a version of a product that was declared from another, with the evidence that it affects.
type Released struct {
	ProductID  ident.Product `gorm:"primaryKey"`
	FromID     ident.Product
	Affected   string // questions, separated by spaces; empty: none
	Pieces     int    // of evidence that is bound to a version
	DeclaredBy string
	DeclaredAt time.Time
}

// TableName is the table of releases.
func (Released) TableName() string { return "product_releases" }

// Releases gives the version that a product was declared from, if it was, and the versions that were declared from it, newest first.
func Releases(tx *work.Tx, id ident.Product) (from *Released, later []Released, err error) {
	if from, err = work.Find[Released](tx.DB().Where("product_id = ?", id), "release"); err != nil {
		return nil, nil, err
	}
	by, err := releasesFrom(tx, []ident.Product{id})
	return from, by[id], err
}

// keepRelease notes a new version of a product, and tells the assessors of the calls that name the version before.
func (rel *Releasing) keepRelease(tx *work.Tx, next *Product, in Release) error {
	var questions []string
	for _, p := range rel.Pieces {
		if slices.Contains(in.Affected, p.Key()) && !slices.Contains(questions, string(p.Evidence.Question)) {
			questions = append(questions, string(p.Evidence.Question))
		}
	}
	row := &Released{ProductID: next.ID, FromID: rel.Product.ID, Affected: strings.Join(questions, " "), Pieces: len(rel.Pieces), DeclaredBy: actor(tx), DeclaredAt: tx.Now}
	if err := work.Add(tx, row); err != nil {
		return err
	}
	if err := Restand(tx, rel.Product.ID, next.ID); err != nil {
		return err
	}
	affected := strings.Join(questions, ", ")
	if affected == "" {
		affected = "none"
	}
	fields := map[string]string{"product": rel.Product.Name, "version": rel.Product.Version, "next": next.Version, "affected": affected, "id": string(rel.Product.ID)}
	return Tell(tx, rel.Product, access.AssessReturn, notify.Message{Kind: "dtac_release_declared", Key: string(next.ID), Fields: fields})
}

// Tell writes to those who may do an action in a call that names a product, each once; not to who is recused from every application by
// which they would reach it.
func Tell(tx *work.Tx, p *Product, act access.Action, m notify.Message) error {
	var told []ident.Person
	asked := map[access.Scope][]people.Person{}
	for _, at := range p.places {
		who, done := asked[at.scope()]
		if !done {
			var err error
			if who, err = people.WhoMay(tx, act, at.scope()); err != nil {
				return err
			}
			asked[at.scope()] = who
		}
		for _, person := range who {
			if at.bars(person.ID) || slices.Contains(told, person.ID) {
				continue
			}
			told = append(told, person.ID)
			if err := TellPerson(tx, person, m); err != nil {
				return err
			}
		}
	}
	return nil
}

// TellSuppliers writes to those who act for the supplier of a product.
func TellSuppliers(tx *work.Tx, p *Product, m notify.Message) error {
	who, err := people.ByIDs(tx, p.suppliers)
	for _, person := range who {
		if err := TellPerson(tx, person, m); err != nil {
			return err
		}
	}
	return err
}

// TellPerson writes to one person, by name.
func TellPerson(tx *work.Tx, to people.Person, m notify.Message) error {
	fields := map[string]string{"name": to.Name}
	for k, v := range m.Fields {
		fields[k] = v
	}
	m.Person, m.Address, m.Fields = to.ID, to.Email, fields
	return tx.Notify(m)
}
