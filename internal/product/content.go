package product

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"adoptionfund/internal/audit"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
)

// Content is what a supplier writes in a return: answers, evidence, the action plan, and the earlier versions whose evidence stands.
type Content struct {
	Answers         form.Answers      `json:"answers"`
	Evidence        []status.Evidence `json:"evidence"`
	Plan            []status.Planned  `json:"plan"`
	UnaffectedSince []string          `json:"unaffected_since"`
}

// Scan reads the content from the database.
func (c *Content) Scan(value any) error {
	text, ok := value.(string)
	if !ok {
		return fmt.Errorf("product: the content of a return is %T, not text", value)
	}
	if text == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), c); err != nil {
		return fmt.Errorf("product: reading a return: %w", err)
	}
	return nil
}

// Value writes the content to the database.
func (c Content) Value() (driver.Value, error) {
	text, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("product: writing a return: %w", err)
	}
	return string(text), nil
}

// digest is of the content as it is kept.
func (c Content) digest() (string, error) {
	text, err := c.Value()
	if err != nil {
		return "", err
	}
	return audit.Digest([]byte(fmt.Sprint(text))), nil
}

// of gives a return of a product as the status is computed from it.
func (c Content) of(p *Product, set status.Settings, assessments []status.Assessment) status.Return {
	return status.Return{
		Product: status.Product{Name: p.Name, Version: p.Version, Supplier: p.Supplier, UnaffectedSince: c.UnaffectedSince},
		Answers: c.Answers, Evidence: c.Evidence, Plan: c.Plan, Round: set, Assessments: assessments,
	}
}

// says is what is said to one question: its answer and its evidence.
func (c Content) says(code form.Code) (form.Value, []status.Evidence) {
	var items []status.Evidence
	for _, e := range c.Evidence {
		if e.Question == code {
			items = append(items, e)
		}
	}
	return c.Answers[code], items
}

// differs reports whether another content says something else to a question.
func (c Content) differs(other Content, code form.Code) bool {
	a, items := c.says(code)
	b, others := other.says(code)
	return !reflect.DeepEqual(a, b) || !reflect.DeepEqual(items, others)
}

// settings are what a call asks of products, as far as a form knows the questions; a call names questions of more than one form.
func settings(c *fund.Call, f *form.Form) status.Settings {
	if c == nil {
		return status.Settings{}
	}
	d := c.Settings.DTAC
	known := func(codes []string) []form.Code {
		var list []form.Code
		for _, code := range codes {
			if _, ok := f.Question(form.Code(code)); ok {
				list = append(list, form.Code(code))
			}
		}
		return list
	}
	set := status.Settings{NeverDefer: known(d.NeverDefer), Require: known(d.Require)}
	if len(d.LatestAction) >= 10 {
		set.LatestAction = form.Date(d.LatestAction[:10])
	}
	if d.D1Minimum != nil && status.Weighs(f) {
		set.D1Minimum = d.D1Minimum
	}
	return set
}

// Sealed reports whether the evidence of a question is security evidence, which its supplier and the assessors alone may see.
func Sealed(q *form.Question) bool {
	return q.Visible == form.VisibleSecurity || q.Section == securitySection
}

// securitySection is technical security in both versions of DTAC.
const securitySection form.Code = "C3"

// decides reports whether a question is one that assessors decide: pass or fail in a section that counts.
func decides(f *form.Form, q *form.Question) bool {
	return q.Assessed == form.AssessedPassFail && slices.Contains(f.Outcome.PassSections, q.Section)
}

// waivable finds a section that may be waived whole.
func waivable(f *form.Form, code form.Code) bool {
	return slices.ContainsFunc(f.Sections, func(s *form.Section) bool { return s.Code == code && s.Waiver != "" })
}
