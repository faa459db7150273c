package product

import (
	"fmt"

	"gorm.io/gorm/clause"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// byID reads a product with those who act for its supplier and the applications that name it, the newest first. What is filled in for
// an application that was not sent yet is there for its main contact alone.
func byID(tx *work.Tx, id ident.Product) (*Product, error) {
	p, err := anyByID(tx, id)
	if err == nil && p.hidden(tx) {
		return nil, work.NotFound("product")
	}
	return p, err
}

func anyByID(tx *work.Tx, id ident.Product) (*Product, error) {
	if _, err := ident.Parse[ident.Product](string(id)); err != nil {
		return nil, work.NotFound("product")
	}
	p, err := work.One[Product](tx.DB().Where("id = ?", id), "product")
	if err != nil {
		return nil, err
	}
	return p, complete(tx, p)
}

// complete reads what a permission looks at.
func complete(tx *work.Tx, p *Product) error {
	claims, err := work.Many[Claim](tx.DB().Where("product_id = ? AND confirmed_at IS NOT NULL", p.ID).Order("person"), "suppliers of the product")
	if err != nil {
		return err
	}
	for _, c := range claims {
		p.suppliers = append(p.suppliers, c.Person)
	}
	p.places, err = work.Many[place](tx.DB().Table("application_products").Where("product_id = ? OR filled = ?", p.ID, p.ID).Order("application_id DESC"), "applications of the product")
	if err != nil {
		return err
	}
	if err := relate(tx, p); err != nil {
		return err
	}
	var barred []struct {
		ApplicationID ident.Application
		Person        ident.Person
	}
	err = tx.DB().Raw(`SELECT DISTINCT application_id, person FROM application_relations WHERE relation = 'recused'
		AND application_id IN (SELECT application_id FROM application_products WHERE product_id = ? OR filled = ?)`, p.ID, p.ID).Scan(&barred).Error
	if err != nil {
		return fmt.Errorf("reading who is recused: %w", err)
	}
	for i := range p.places {
		for _, b := range barred {
			if b.ApplicationID == p.places[i].ApplicationID {
				p.places[i].recused = append(p.places[i].recused, b.Person)
			}
		}
	}
	return nil
}

// byIdentities reads the products that have any of these identities. In place of a record that was merged comes the one that was kept.
func byIdentities(tx *work.Tx, identities []string) (map[string]Product, error) {
	rows, err := work.Many[Product](tx.DB().Where("identity IN ?", identities), "products")
	found := make(map[string]Product, len(rows))
	for _, p := range rows {
		if p.MergedInto != nil {
			kept, err := work.One[Product](tx.DB().Where("id = ?", *p.MergedInto), "product")
			if err != nil {
				return nil, err
			}
			found[p.Identity] = *kept
			continue
		}
		found[p.Identity] = p
	}
	return found, err
}

// addNew inserts a product unless there is one of the same identity, made at the same moment; it says whether it did.
func addNew(tx *work.Tx, p *Product) (bool, error) {
	done := tx.DB().Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "identity"}}, DoNothing: true}).Create(p)
	if done.Error != nil {
		return false, fmt.Errorf("adding product %s: %w", p.Name, done.Error)
	}
	return done.RowsAffected == 1, nil
}

// link is a product of an application.
type link struct {
	ApplicationID ident.Application
	ProductID     ident.Product
	RoundID       ident.Round
	CallID        ident.Call
	Chosen        bool
	Relies        bool           // on the returns of the product: see relying
	Filled        *ident.Product // the record in which its main contact fills in the return, if they do
}

func (link) TableName() string { return "application_products" }

func linksOf(tx *work.Tx, id ident.Application) ([]link, error) {
	return work.Many[link](tx.DB().Where("application_id = ?", id).Order("product_id"), "products of the application")
}

// RecordsOf gives the records that stand for the products of applications: the products that they name, what was filled in for those, and what was
// merged into them. Whoever assessed one of them had a hand in the DTAC status of such an application.
func RecordsOf(tx *work.Tx, apps []ident.Application) ([]ident.Product, error) {
	among, list := work.Among(tx, "application_id", apps)
	query := `WITH links AS (SELECT product_id, filled FROM application_products WHERE ` + among + `),
		named AS (SELECT product_id AS id FROM links UNION SELECT filled FROM links WHERE filled IS NOT NULL)
		SELECT id FROM named UNION SELECT p.id FROM products p JOIN named n ON p.merged_into = n.id`
	var ids []ident.Product
	if err := tx.DB().Raw(query, list).Scan(&ids).Error; err != nil {
		return nil, fmt.Errorf("reading the products of applications: %w", err)
	}
	return ids, nil
}

func addLinks(tx *work.Tx, rows []link) error {
	if err := tx.DB().Clauses(clause.OnConflict{DoNothing: true}).Create(&rows).Error; err != nil {
		return fmt.Errorf("noting the products of an application: %w", err)
	}
	return nil
}

func removeLinks(tx *work.Tx, id ident.Application, gone []ident.Product) error {
	if err := tx.DB().Where("application_id = ? AND product_id IN ?", id, gone).Delete(&link{}).Error; err != nil {
		return fmt.Errorf("taking products out of an application: %w", err)
	}
	return nil
}

func choose(tx *work.Tx, id ident.Application, chosen ident.Product) error {
	if err := tx.DB().Model(&link{}).Where("application_id = ?", id).Update("chosen", false).Error; err != nil {
		return fmt.Errorf("choosing a product: %w", err)
	}
	done := tx.DB().Model(&link{}).Where("application_id = ? AND product_id = ?", id, chosen).Update("chosen", true)
	if done.Error != nil {
		return fmt.Errorf("choosing a product: %w", done.Error)
	}
	if done.RowsAffected == 0 {
		return fault.New(fault.Invalid, "The application does not name this product")
	}
	return nil
}

// claimOf reads somebody's claim to a product, or nil.
func claimOf(tx *work.Tx, p ident.Product, person ident.Person) (*Claim, error) {
	return work.Find[Claim](tx.DB().Where("product_id = ? AND person = ?", p, person), "claim")
}

// waiting gives the claims that nobody confirmed yet, oldest first, with their products.
func waiting(tx *work.Tx) ([]Waiting, error) {
	q := tx.DB().Table("product_people AS c").Select("c.product_id, c.person, c.claimed_at, p.name, p.supplier, p.version").
		Joins("JOIN products p ON p.id = c.product_id").Where("c.confirmed_at IS NULL").Order("c.claimed_at, c.product_id")
	return work.Many[Waiting](q, "claims")
}

func confirm(tx *work.Tx, c *Claim) error {
	err := tx.DB().Model(&Claim{}).Where("product_id = ? AND person = ?", c.ProductID, c.Person).
		Updates(map[string]any{"confirmed_by": c.ConfirmedBy, "confirmed_at": c.ConfirmedAt}).Error
	if err != nil {
		return fmt.Errorf("confirming a claim: %w", err)
	}
	return nil
}

// mine gives the products for whose supplier a person acts, by name.
func mine(tx *work.Tx, person ident.Person) ([]Product, error) {
	q := tx.DB().Where("id IN (SELECT product_id FROM product_people WHERE person = ? AND confirmed_at IS NOT NULL)", person).Order("name, version, id")
	return work.Many[Product](q, "products")
}

// returnOf reads the return of a product on a form, or nil.
func returnOf(tx *work.Tx, p ident.Product, formID string) (*Return, error) {
	return work.Find[Return](tx.DB().Where("product_id = ? AND form = ?", p, formID), "return")
}

// returnsOf reads the returns of products, the newest form first.
func returnsOf(tx *work.Tx, ids []ident.Product) ([]Return, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return work.Many[Return](tx.DB().Where("product_id IN ?", ids).Order("product_id, form DESC"), "returns")
}

// saveReturn writes a return back if it still has the revision it was read with; a new one has revision 0.
func saveReturn(tx *work.Tx, r *Return) error {
	seen := r.Revision
	r.Revision++
	if seen == 0 {
		err := work.Add(tx, r)
		if fault.Is(err, fault.Conflict) {
			return overtaken()
		}
		return err
	}
	done := tx.DB().Model(r).Where("revision = ?", seen).Select("*").Updates(r)
	if done.Error != nil {
		return fmt.Errorf("saving a return: %w", done.Error)
	}
	if done.RowsAffected == 0 {
		return overtaken()
	}
	return nil
}

func overtaken() error {
	return fault.Wrap(fault.Conflict, errOvertaken, "Someone else changed this return at the same moment. Try again")
}

// assessmentsOf gives what was decided of returns, in the order of the questions' codes.
func assessmentsOf(tx *work.Tx, ids []ident.Return) (map[ident.Return][]Assessed, error) {
	by := map[ident.Return][]Assessed{}
	if len(ids) == 0 {
		return by, nil
	}
	rows, err := work.Many[Assessed](tx.DB().Where("return_id IN ?", ids).Order("return_id, question"), "assessments")
	for _, a := range rows {
		by[a.ReturnID] = append(by[a.ReturnID], a)
	}
	return by, err
}

func dropAssessments(tx *work.Tx, id ident.Return, codes []form.Code) error {
	if err := tx.DB().Where("return_id = ? AND question IN ?", id, codes).Delete(&Assessed{}).Error; err != nil {
		return fmt.Errorf("clearing assessments: %w", err)
	}
	return nil
}
