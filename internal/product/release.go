package product

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// Piece is an item of version-bound evidence that counts, of which a new version is declared to affect it or not.
type Piece struct {
	Form     *form.Form
	Number   int // in the evidence of the return, from 0
	Evidence status.Evidence
	Ended    form.Date // the day on which it expired; empty: it has not
}

// Key names the piece among those of its product.
func (p Piece) Key() string { return p.Form.ID + "/" + strconv.Itoa(p.Number) }

// Releasing is a product of which a new version is declared.
type Releasing struct {
	Product *Product
	Pieces  []Piece
	Seen    int // changes with every return: what is declared is declared of what was seen

	returns []Return
}

// Release is what a supplier declares of a new version.
type Release struct {
	Version  string
	Affected []string // keys of the pieces that it affects; all others still stand
	Seen     int
}

// Releasing gives what is to be declared with a new version of a product.
func (s *Service) Releasing(ctx context.Context, id ident.Product) (Releasing, error) {
	var rel Releasing
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		rel, err = s.releasing(tx, id)
		tx.Saw("DTAC return", string(id))
		return err
	})
	return rel, err
}

func (s *Service) releasing(tx *work.Tx, id ident.Product) (Releasing, error) {
	p, err := byID(tx, id)
	if err != nil {
		return Releasing{}, err
	}
	if err := tx.Require(access.DeclareRelease, p.reached(tx, access.DeclareRelease)); err != nil {
		return Releasing{}, err
	}
	rel := Releasing{Product: p}
	if rel.returns, err = returnsOf(tx, []ident.Product{id}); err != nil {
		return rel, err
	}
	for _, r := range rel.returns {
		f, err := s.form(r.Form)
		if err != nil {
			return rel, err
		}
		rel.Seen += r.Revision
		at := status.Product{Version: p.Version, UnaffectedSince: r.Body.UnaffectedSince}
		for n, e := range r.Body.Evidence {
			if q, ok := f.Question(e.Question); ok && q.Evidence.VersionBound && !status.IsStale(q, e, at) {
				rel.Pieces = append(rel.Pieces, Piece{f, n, e, ended(q, e, today(tx))})
			}
		}
	}
	return rel, nil
}

// ended is the day on which evidence expired, or nothing.
func ended(q *form.Question, e status.Evidence, today form.Date) form.Date {
	if day := status.Expiry(q, e); day != "" && today > day {
		return day
	}
	return ""
}

// DeclareRelease begins the record of a new version of a product: its returns carry the answers, plan and evidence of the version before,
// to be looked at and sent. Evidence that the new version affects is out of date in them; what has expired or was out of date stays so.
// The version before stays as it was, for the applications that name it. Permission to reuse is given for each version.
func (s *Service) DeclareRelease(ctx context.Context, id ident.Product, in Release) (ident.Product, error) {
	var made ident.Product
	err := s.gate.Write(ctx, func(tx *work.Tx) error {
		rel, err := s.releasing(tx, id)
		if err != nil {
			return err
		}
		named, err := rel.named(in)
		if err != nil {
			return err
		}
		next, err := begin(tx, rel.Product, named)
		if err != nil {
			return err
		}
		made = next.ID
		tx.Record(event(id, string(access.DeclareRelease), map[string]any{"version": next.Version, "release": next.ID, "affected": in.Affected, "pieces": len(rel.Pieces)}))
		for i := range rel.returns {
			if err := rel.carry(tx, &rel.returns[i], next, in.Affected); err != nil {
				return err
			}
		}
		return rel.keepRelease(tx, next, in)
	})
	return made, err
}

// named is the new version as a product, or what is wrong with what was declared.
func (rel *Releasing) named(in Release) (Named, error) {
	n, ok := Named{rel.Product.Name, rel.Product.Supplier, in.Version}.tidy()
	switch {
	case !ok:
		return n, fault.Fields(fault.Problems{"release": n.problems()["version"]})
	case n.identity() == rel.Product.Identity:
		return n, fault.Fields(fault.Problems{"release": "Enter a version that is not the one of this return"})
	case in.Seen != rel.Seen:
		return n, fault.New(fault.Conflict, "The return was changed after you opened this page. Look at its evidence again")
	}
	for _, key := range in.Affected {
		if !slices.ContainsFunc(rel.Pieces, func(p Piece) bool { return p.Key() == key }) {
			return n, fault.Fields(fault.Problems{"affected": "Select evidence that is listed here"})
		}
	}
	return n, nil
}

// begin makes the record of a new version, for the same suppliers; or takes the one that an application named already.
func begin(tx *work.Tx, before *Product, n Named) (*Product, error) {
	found, err := ensure(tx, []Named{n})
	if err != nil {
		return nil, err
	}
	next := &found[0]
	returns, err := returnsOf(tx, []ident.Product{next.ID})
	if err != nil {
		return nil, err
	}
	if len(returns) > 0 {
		return nil, fault.Fields(fault.Problems{"release": "There is a return of version " + n.Version + " already"})
	}
	claims, err := claimsOf(tx, before.ID)
	if err != nil {
		return nil, err
	}
	claims = slices.DeleteFunc(claims, func(c Claim) bool { return c.ConfirmedAt == nil })
	return next, bringClaims(tx, next.ID, claims)
}

// carry begins the return of a new version with what the version before says, its files too.
func (rel *Releasing) carry(tx *work.Tx, r *Return, next *Product, affected []string) error {
	body := r.Body
	body.Answers, body.Evidence, body.Plan = maps.Clone(body.Answers), slices.Clone(body.Evidence), slices.Clone(body.Plan)
	if _, said := body.Answers["A3"]; said && r.Form == DefaultForm {
		body.Answers["A3"] = form.Value{Text: next.Version}
	}
	rel.declare(&body, r.Form, next.Version, affected)
	body, err := carried(tx, body, next.ID)
	if err != nil {
		return err
	}
	return saveReturn(tx, &Return{ID: ident.New[ident.Return](), ProductID: next.ID, Form: r.Form, ProductVersion: next.Version, Body: body})
}

// declare writes into a return which of its evidence still stands at a version. The rules of the status know versions that still stand,
// not single documents: where all that is about a version stands, the version is listed; where a part of it does not, what stands is
// noted as being about the new version.
func (rel *Releasing) declare(body *Content, formID, version string, affected []string) {
	var stands, falls []string
	of := func(p Piece) string {
		if p.Evidence.ProductVersion == "" {
			return rel.Product.Version
		}
		return p.Evidence.ProductVersion
	}
	pieces := slices.DeleteFunc(slices.Clone(rel.Pieces), func(p Piece) bool { return p.Form.ID != formID })
	for _, p := range pieces {
		body.Evidence[p.Number].ProductVersion = of(p)
		if slices.Contains(affected, p.Key()) {
			falls = append(falls, of(p))
		} else {
			stands = append(stands, of(p))
		}
	}
	for _, p := range pieces {
		if !slices.Contains(affected, p.Key()) && slices.Contains(falls, of(p)) {
			body.Evidence[p.Number].ProductVersion = version
		}
	}
	stands = slices.DeleteFunc(stands, func(v string) bool { return slices.Contains(falls, v) || strings.EqualFold(v, version) })
	slices.Sort(stands)
	body.UnaffectedSince = slices.Compact(stands)
}
