package product

import (
	"context"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
)

// Claim is somebody's word that they act for a product's supplier. It counts once the fund has confirmed it.
type Claim struct {
	ProductID   ident.Product
	Person      ident.Person
	ClaimedAt   time.Time
	ConfirmedBy string
	ConfirmedAt *time.Time
}

// TableName is the table of claims.
func (Claim) TableName() string { return "product_people" }

// Waiting is a claim that nobody confirmed yet.
type Waiting struct {
	ProductID  ident.Product
	Person     ident.Person
	ClaimedAt  time.Time
	Name       string
	Supplier   string
	Version    string
	PersonName string `gorm:"-"`
}

// Claim notes that the one who is signed in acts for the supplier of a product. Whether or not an application names the product, the
// answer is the same, so that nobody learns from it what is applied for.
func (s *Service) Claim(ctx context.Context, n Named) (ident.Product, error) {
	var id ident.Product
	n, ok := n.tidy()
	if !ok {
		return "", fault.Fields(n.problems())
	}
	err := s.gate.Write(ctx, func(tx *work.Tx) error {
		found, err := ensure(tx, []Named{n})
		if err != nil {
			return err
		}
		id = found[0].ID
		if err := tx.Require(access.ClaimProduct, access.Facts{Subjects: []access.Subject{access.ForProduct(id)}}); err != nil {
			return err
		}
		if known, err := claimOf(tx, id, tx.By.ID); err != nil || known != nil {
			return err
		}
		tx.Record(event(id, string(access.ClaimProduct), map[string]any{"person": tx.By.ID}))
		return work.Add(tx, &Claim{ProductID: id, Person: tx.By.ID, ClaimedAt: tx.Now})
	})
	return id, err
}

func (n Named) problems() fault.Problems {
	problems := fault.Problems{}
	add := func(field, text, words string, most int) {
		if text == "" || len([]rune(text)) > most {
			problems[field] = words
		}
	}
	add("name", n.Name, "Enter the name of the product in 200 characters or fewer", 200)
	add("supplier", n.Supplier, "Enter the legal name of the supplier in 200 characters or fewer", 200)
	add("version", n.Version, "Enter the version of the product in 80 characters or fewer", 80)
	return problems
}

// ConfirmClaim settles that somebody acts for a product's supplier. Nobody confirms their own claim.
func (s *Service) ConfirmClaim(ctx context.Context, id ident.Product, person ident.Person) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		p, err := byID(tx, id)
		if err != nil {
			return err
		}
		if err := tx.Require(access.ConfirmClaim, p.reached(tx, access.ConfirmClaim)); err != nil {
			return err
		}
		c, err := claimOf(tx, id, person)
		if err != nil {
			return err
		}
		if c == nil {
			return work.NotFound("claim")
		}
		if c.ConfirmedAt != nil {
			return nil
		}
		c.ConfirmedBy, c.ConfirmedAt = actor(tx), &tx.Now
		tx.Record(event(id, string(access.ConfirmClaim), map[string]any{"person": person}))
		if err := confirm(tx, c); err != nil {
			return err
		}
		return people.GiveRoles(tx, person, access.GivenBySupplying)
	})
}

// Claims gives the claims that wait for the fund, oldest first, as far as the one who acts may confirm them: the fund manager of a round
// those to products that an application of the round names.
func (s *Service) Claims(ctx context.Context) ([]Waiting, error) {
	var list []Waiting
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		if list, err = confirmable(tx); err != nil || len(list) == 0 {
			return err
		}
		ids := make([]ident.Person, len(list))
		for i, w := range list {
			ids[i] = w.Person
		}
		names, err := people.Names(tx, ids...)
		for i := range list {
			list[i].PersonName = names[list[i].Person]
		}
		tx.Saw("claims to products")
		return err
	})
	return list, err
}

// confirmable are the claims that wait and that the one who acts may confirm.
func confirmable(tx *work.Tx) ([]Waiting, error) {
	all, err := waiting(tx)
	if err != nil {
		return nil, err
	}
	var list []Waiting
	for _, c := range all {
		p, err := byID(tx, c.ProductID)
		if err != nil {
			return nil, err
		}
		may, err := tx.May(access.ConfirmClaim, p.reached(tx, access.ConfirmClaim))
		if err != nil {
			return nil, err
		}
		if may {
			list = append(list, c)
		}
	}
	return list, nil
}
