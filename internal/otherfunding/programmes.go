package otherfunding

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"
	"strings"
	"time"

	"adoptionfund/internal/matching"
	"adoptionfund/internal/money"
	"adoptionfund/internal/sheet"
)

// reader gives the records of a list one after the other, and io.EOF after the last. What is wrong with a row is added to its problems,
// and the next that is right is given.
type reader interface {
	next() (*Record, error)
}

// key is a short text that stands for a long one.
func key(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

func programmeColumns() []string {
	return []string{"programme", "organisation", "ods_code", "product", "supplier", "pathway", "from", "to", "amount"}
}

// programmes reads a list of national programme awards.
type programmes struct {
	sheet    *sheet.Reader
	problems *sheet.Problems
}

func readProgrammes(file io.Reader, problems *sheet.Problems) (reader, error) {
	s, err := sheet.Open(file, programmeColumns()...)
	if err != nil {
		return nil, err //nolint:wrapcheck // a fault for the person
	}
	return &programmes{s, problems}, nil
}

func (p *programmes) next() (*Record, error) {
	for {
		row, err := p.sheet.Next()
		if err != nil {
			return nil, err //nolint:wrapcheck // a fault for the person, or the end
		}
		r, wrong := programme(row)
		if len(wrong) == 0 {
			return r, nil
		}
		for _, words := range wrong {
			p.problems.Add(row.Number, "%s", words)
		}
	}
}

// programme reads a row, or says what is wrong with it.
func programme(row sheet.Row) (*Record, []string) {
	r := &Record{
		Source: Programme, Line: int64(row.Number), Funder: row.Cell("programme"), Organisation: several(row.List("organisation")), Product: several(row.List("product")),
		Supplier: several(row.List("supplier")), FromDay: row.Cell("from"), ToDay: row.Cell("to"), Currency: "GBP",
	}
	codes := row.List("ods_code")
	for i := range codes {
		codes[i] = matching.Code(codes[i])
	}
	r.Codes = several(codes)
	pathway := strings.Join(row.List("pathway"), ", ")
	wrong := days(r)
	for words, is := range map[string]bool{
		"programme must be given":                r.Funder == "",
		"organisation or ods_code must be given": r.Organisation == "" && r.Codes == "",
		"product or pathway must be given":       r.Product == "" && pathway == "",
		"ods_code has too many codes":            len(r.Codes) > 1900,
	} {
		if is {
			wrong = append(wrong, words)
		}
	}
	if cell := strings.TrimPrefix(row.Cell("amount"), "£"); cell != "" {
		var err error
		if r.Amount, err = money.Parse(cell); err != nil {
			wrong = append(wrong, "amount “"+clip(cell, 40)+"” is no amount in pounds")
		}
	}
	r.Title = strings.Join(slices.DeleteFunc([]string{pathway, r.Product}, func(s string) bool { return s == "" }), ": ")
	r.Identity = "programme:" + key(strings.ToLower(strings.Join([]string{r.Funder, r.Organisation, r.Codes, r.Product, r.Supplier, pathway, r.FromDay, r.ToDay}, "|")))
	slices.Sort(wrong)
	return r, wrong
}

// days checks the first and the last day of a record.
func days(r *Record) []string {
	var wrong []string
	for name, day := range map[string]string{"from": r.FromDay, "to": r.ToDay} {
		if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
			wrong = append(wrong, name+" “"+clip(day, 40)+"” is no day such as 2026-03-31")
		}
	}
	if len(wrong) == 0 && r.FromDay != "" && r.ToDay != "" && r.ToDay < r.FromDay {
		wrong = append(wrong, "to is before from")
	}
	return wrong
}
