package product

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// Mergeable is a product with the others of the same supplier that may be a second record of it.
type Mergeable struct {
	Product *Product
	Others  []Product
}

// Mergeable gives the records that the one who acts may merge into a product.
func (s *Service) Mergeable(ctx context.Context, id ident.Product) (Mergeable, error) {
	var m Mergeable
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		if m.Product, err = byID(tx, id); err != nil {
			return err
		}
		if err := tx.Require(access.MergeProducts, m.Product.reached(tx, access.MergeProducts)); err != nil {
			return err
		}
		own, err := mine(tx, tx.By.ID)
		m.Others = slices.DeleteFunc(own, func(p Product) bool { return p.ID == id })
		return err
	})
	return m, err
}

// Pair is two records of one product as they would become one, for whoever is about to merge them: what each says of its own.
type Pair struct {
	Kept, Other *Product
	Sides       []PairSide // one for each form on which either has a return, the newest first
	Seen        int        // changes with every return of either: what is merged is what was seen
}

// PairSide is what the two records say on one form.
type PairSide struct {
	Form        *form.Form
	Kept, Other Content
	KeptSent    bool
	OtherSent   bool
	Differs     []form.Code // answers of the other that do not stay, since the one that is kept says something else
}

// Pair gives the two records that are to become one.
func (s *Service) Pair(ctx context.Context, kept, other ident.Product) (Pair, error) {
	var p Pair
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		if p, err = s.pair(tx, kept, other); err == nil {
			tx.Saw("DTAC return", string(kept), string(other))
		}
		return err
	})
	return p, err
}

func (s *Service) pair(tx *work.Tx, kept, other ident.Product) (Pair, error) {
	var p Pair
	var err error
	if p.Kept, err = byID(tx, kept); err != nil {
		return p, err
	}
	if err := tx.Require(access.MergeProducts, p.Kept.reached(tx, access.MergeProducts)); err != nil {
		return p, err
	}
	if p.Other, err = second(tx, p.Kept, other); err != nil {
		return p, err
	}
	returns, err := returnsOf(tx, []ident.Product{p.Kept.ID, p.Other.ID})
	if err != nil {
		return p, err
	}
	for _, id := range accepted() {
		side, err := s.side(id, returns, p.Kept.ID)
		if err != nil {
			return p, err
		}
		if side != nil {
			p.Sides = append(p.Sides, *side)
		}
	}
	for _, r := range returns {
		p.Seen += r.Revision
	}
	return p, nil
}

// side is what two records say on one form, or nil if neither says anything.
func (s *Service) side(formID string, returns []Return, kept ident.Product) (*PairSide, error) {
	f, err := s.form(formID)
	if err != nil {
		return nil, err
	}
	side, found := PairSide{Form: f}, false
	for _, r := range returns {
		switch {
		case r.Form != formID:
			continue
		case r.ProductID == kept:
			side.Kept, side.KeptSent = r.Body, r.IsSent()
		default:
			side.Other, side.OtherSent = r.Body, r.IsSent()
		}
		found = true
	}
	if !found {
		return nil, nil //nolint:nilnil // none is an answer
	}
	for _, q := range f.Questions() {
		a, b := side.Kept.Answers[q.Code], side.Other.Answers[q.Code]
		if !a.Blank() && !b.Blank() && !form.Same(a, b) {
			side.Differs = append(side.Differs, q.Code)
		}
	}
	return &side, nil
}

// Merge makes one of two records of one product at one version. The answers of the one that is kept stand, and what it does not say comes
// from the other; evidence, plan, the applications that name it, claims and positions come together. Nothing that was sent changes: a
// return that was sent and is not the one kept stays with the record that goes, which keeps its place in the trail. seen is that of the
// pair that was looked at: where a return of either was changed since, the person is asked again.
func (s *Service) Merge(ctx context.Context, kept, other ident.Product, seen int) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		p, err := s.pair(tx, kept, other)
		if err != nil {
			return err
		}
		if seen != p.Seen {
			return fault.New(fault.Conflict, "A return of one of the two records was changed after you looked at them. Look at both again")
		}
		from, to := p.Other, p.Kept
		if err := mergeReturns(tx, from, to); err != nil {
			return err
		}
		uses, err := moveLinks(tx, from, to)
		if err != nil {
			return err
		}
		tx.Record(event(to.ID, string(access.MergeProducts), map[string]any{"merged": from.ID, "name": from.Name, "version": from.Version, "applications": uses}))
		tx.Record(event(from.ID, string(access.MergeProducts), map[string]any{"into": to.ID}))
		return retire(tx, from, to)
	})
}

// retire has all else that belongs to a record follow it into the one that is kept.
func retire(tx *work.Tx, from, to *Product) error {
	claims, err := claimsOf(tx, from.ID)
	if err != nil {
		return err
	}
	if err := bringClaims(tx, to.ID, claims); err != nil {
		return err
	}
	if err := dropClaims(tx, from.ID); err != nil {
		return err
	}
	if err := moveFiles(tx, from.ID, to.ID); err != nil {
		return err
	}
	if err := markMerged(tx, from.ID, to.ID); err != nil {
		return err
	}
	return Restand(tx, from.ID, to.ID)
}

// second finds the record that goes. Of one that is somebody else's nobody learns that it is there.
func second(tx *work.Tx, to *Product, id ident.Product) (*Product, error) {
	none := fault.Fields(fault.Problems{"other": "Select the other record of this product"})
	from, err := byID(tx, id)
	if fault.Is(err, fault.NotFound) || err == nil && from.ID == to.ID {
		return nil, none
	}
	if err != nil {
		return nil, err
	}
	may, err := tx.May(access.MergeProducts, from.reached(tx, access.MergeProducts))
	if err != nil {
		return nil, err
	}
	if !may || from.MergedInto != nil || to.MergedInto != nil || from.IsFilledIn() || to.IsFilledIn() {
		return nil, none
	}
	if edition(from.Version) != edition(to.Version) {
		return nil, fault.Fields(fault.Problems{"other": "These are two versions. Two records of the same version can be merged; a new version is declared on the page of the product"})
	}
	return from, nil
}

// edition is a version in one spelling: "Version 2.1.0" is 2.1.
func edition(version string) string {
	text := strings.TrimPrefix(strings.TrimPrefix(plain(version), "version "), "v")
	for strings.HasSuffix(text, ".0") {
		text = strings.TrimSuffix(text, ".0")
	}
	return text
}

// mergeReturns brings the returns of a record that goes into those of the one that is kept, form by form.
func mergeReturns(tx *work.Tx, from, to *Product) error {
	theirs, err := returnsOf(tx, []ident.Product{from.ID})
	if err != nil {
		return err
	}
	for i := range theirs {
		r := &theirs[i]
		own, err := returnOf(tx, to.ID, r.Form)
		if err != nil {
			return err
		}
		if err := mergeReturn(tx, from, to, r, own); err != nil {
			return err
		}
	}
	return nil
}

// mergeReturn brings one return into the one of the record that is kept, which is nil where it has none on the form. A return that was
// sent goes before one that was not, so that what assessors decided of it goes on.
func mergeReturn(tx *work.Tx, from, to *Product, theirs, own *Return) error {
	moves := own == nil || !own.IsSent() && theirs.IsSent()
	if moves && theirs.IsSent() && from.Version != to.Version {
		return fault.Fields(fault.Problems{"other": "The return of the other record was sent as version " + from.Version + ". Keep that record, and merge this one into it"})
	}
	body := respelled(theirs.Body, from.Version, to.Version)
	if own != nil {
		body = joined(own.Body, body)
	}
	if !moves {
		own.Body = body
		return saveReturn(tx, own)
	}
	if own != nil {
		if err := dropReturn(tx, own); err != nil {
			return err
		}
	}
	theirs.ProductID, theirs.ProductVersion, theirs.Body = to.ID, to.Version, body
	return saveReturn(tx, theirs)
}

// respelled writes a version in evidence as the record that is kept writes it.
func respelled(c Content, from, to string) Content {
	c.Evidence = slices.Clone(c.Evidence)
	for i := range c.Evidence {
		if c.Evidence[i].ProductVersion == from {
			c.Evidence[i].ProductVersion = to
		}
	}
	return c
}

// joined is what a return says, with what it does not say from another; evidence and plan of both, each row once.
func joined(c, more Content) Content {
	answers := form.Answers{}
	maps.Copy(answers, c.Answers)
	for code, v := range more.Answers {
		if answers[code].Blank() && !v.Blank() {
			answers[code] = v
		}
	}
	c.Answers = answers
	c.Evidence = together(c.Evidence, more.Evidence)
	c.Plan = together(c.Plan, more.Plan)
	c.UnaffectedSince = together(c.UnaffectedSince, more.UnaffectedSince)
	return c
}

// together is one list and what another has besides.
func together[T any](a, b []T) []T {
	all := slices.Clone(a)
	for _, x := range b {
		if !slices.ContainsFunc(a, func(y T) bool { return reflect.DeepEqual(x, y) }) {
			all = append(all, x)
		}
	}
	return all
}
