// Package position is the assessors' side of DTAC: the register of products, the desk on which a return is assessed question by question,
// and the positions that the fund concludes.
//
// A status is never typed: it is computed by dtac/status from what the supplier sent and what assessors decided, and a position freezes
// what was computed, as reviewed on a day by a person. It leaves to product what suppliers do, and what a status means for an application.
package position

import (
	"fmt"

	"adoptionfund/configs"
	"adoptionfund/internal/dtac/carry"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/product"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
)

// Service is the use cases of DTAC assessors.
type Service struct {
	gate     *work.Gate
	library  *fund.Library
	mappings []carry.Mapping
}

// NewService makes the service. The mappings of older forms onto newer ones are read from configs/carry and checked: an error names file
// and line.
func NewService(gate *work.Gate, library *fund.Library) (*Service, error) {
	mappings, err := carry.Load(configs.FS, "carry/*.yaml", library.Form)
	if err != nil {
		return nil, fmt.Errorf("reading what carries from form to form: %w", err)
	}
	return &Service{gate, library, mappings}, nil
}

// form is a question set of DTAC; empty: the default.
func (s *Service) form(id string) (*form.Form, error) { return product.QuestionSet(s.library, id) }

func today(tx *work.Tx) form.Date { return form.Date(uktime.Day(tx.Now)) }

// orNobody is an id that nobody has where nobody has signed in, since PostgreSQL refuses a text that is no id.
func orNobody(id ident.Person) ident.Person {
	if id == "" {
		return "00000000-0000-0000-0000-000000000000"
	}
	return id
}
