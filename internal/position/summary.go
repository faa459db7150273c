package position

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/product"
	"adoptionfund/internal/work"
)

// Summary is a product's position as it is printed: what was concluded, by section, with the reasons. Security evidence is never in it, nor
// what was said about it.
type Summary struct {
	Product    *product.Product
	Form       *form.Form
	Position   *product.Position // nil: none was recorded, and the result is the provisional one of today
	Result     status.Result     // as it was frozen with the position
	Recognised []Recognised      // on which the fund relies today
	Today      form.Date
}

// sealedReason stands for what was said about technical security.
const sealedReason = "Kept with the security evidence, which its supplier and DTAC assessors alone see"

// Summarise gives the last position of a product on a form, or on any, as it is printed.
func (s *Service) Summarise(ctx context.Context, id ident.Product, formID string) (Summary, error) {
	var sum Summary
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		d, err := s.desk(tx, id, formID, access.ViewDTAC)
		if err != nil {
			return err
		}
		if d.Return == nil {
			return work.NotFound("return")
		}
		sum = Summary{Product: d.Product, Form: d.Form, Result: d.Result, Today: today(tx)}
		if sum.Position, err = lastPosition(tx, id, d.Form.ID); err != nil {
			return err
		}
		if sum.Position != nil {
			if err := json.Unmarshal([]byte(sum.Position.Result), &sum.Result); err != nil {
				return fmt.Errorf("reading position %s: %w", sum.Position.ID, err)
			}
		}
		sum.seal()
		all, err := recognisedOf(tx, id)
		sum.Recognised = slices.DeleteFunc(all, func(r Recognised) bool { return !r.Current(d.Product.Version, sum.Today) })
		tx.Saw("DTAC summary", string(id))
		return err
	})
	return sum, err
}

func (s *Summary) seal() {
	for i, item := range s.Result.Items {
		if q, ok := s.Form.Question(item.Question); !ok || product.Sealed(q) {
			s.Result.Items[i].Reason = sealedReason
		}
	}
}

// Words say what it is, as every print must.
func (s *Summary) Words() string {
	if s.Position == nil {
		return "No position of the fund was recorded. Provisional status on " + s.Today.String() + ": " + s.Result.Provisional.Label() + ". This is not a certificate."
	}
	return s.Position.Words()
}

// Exported is a return as a file of the format that `adoptionfund dtac status` reads.
type Exported struct {
	Name string
	Data []byte
}

// Export writes a return that was sent, with what assessors decided and what the call asks, so that the same status follows from it
// outside. It holds what is said of security evidence, and is for those who may see that.
func (s *Service) Export(ctx context.Context, id ident.Product, formID string) (Exported, error) {
	var out Exported
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		d, err := s.desk(tx, id, formID, access.ViewSecurityEvidence)
		if err != nil {
			return err
		}
		if err := tx.Require(access.ViewDTAC, d.Product.Reached(tx, access.ViewDTAC)); err != nil {
			return err
		}
		if d.Return == nil {
			return work.NotFound("return")
		}
		var decided []status.Assessment
		for _, q := range slices.Sorted(maps.Keys(d.Assessments)) {
			decided = append(decided, d.Assessments[q].Assessment())
		}
		name := strings.Join(strings.FieldsFunc(strings.ToLower(d.Product.Name+"-"+d.Product.Version), func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '.'
		}), "-")
		out = Exported{name + "-" + d.Form.ID + ".yaml", status.WriteReturn(d.Form, d.Return.Sent.Of(d.Product, product.Asks(d.Call, d.Form), decided))}
		tx.Saw("DTAC return", string(id))
		return nil
	})
	return out, err
}
