package form

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/form/expression"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
)

// Role is what a question of the application form is for the rest of the program. The form file says which question, or which
// column of a table, plays each role, so that no code names a question.
type Role string

// The roles.
const (
	RoleTitle            Role = "title"
	RoleSummary          Role = "summary"
	RoleLead             Role = "lead"
	RoleRecipient        Role = "recipient"
	RolePartners         Role = "partners" // a column of organisations
	RoleSROName          Role = "sro_name"
	RoleSROEmail         Role = "sro_email"
	RoleFinanceName      Role = "finance_name"
	RoleFinanceEmail     Role = "finance_email"
	RoleContactName      Role = "contact_name"
	RoleContactEmail     Role = "contact_email"
	RoleProductName      Role = "product_name" // columns of the table of products
	RoleProductVersion   Role = "product_version"
	RoleProductSupplier  Role = "product_supplier"
	RoleDTACVersion      Role = "dtac_version"
	RoleOtherFunding     Role = "other_funding" // the programme or source: a column of the table of other funding
	RoleOtherFundingSum  Role = "other_funding_amount"
	RoleSites            Role = "sites" // the organisation: a column of the table of sites
	RoleRequested        Role = "requested"
	RoleMinimum          Role = "minimum"
	RoleCostAmount       Role = "cost_amount" // columns of the table of cost lines
	RoleCostUse          Role = "cost_use"    // capital or revenue
	RoleCostYear         Role = "cost_year"
	RoleSupplierInterest Role = "supplier_interest"
)

// roleKinds says which kinds of question can play each role.
func roleKinds() map[Role][]Kind {
	text, email := []Kind{KindText}, []Kind{KindEmail}
	organisation, amount := []Kind{KindOrganisation}, []Kind{KindMoney}
	choice := []Kind{KindSingleChoice, KindYesNo}
	return map[Role][]Kind{
		RoleTitle: text, RoleSummary: {KindLongText}, RoleLead: organisation, RoleRecipient: organisation, RolePartners: organisation,
		RoleSROName: text, RoleSROEmail: email, RoleFinanceName: text, RoleFinanceEmail: email,
		RoleContactName: text, RoleContactEmail: email,
		RoleProductName: text, RoleProductVersion: text, RoleProductSupplier: text, RoleDTACVersion: choice,
		RoleOtherFunding: text, RoleOtherFundingSum: amount, RoleSites: organisation,
		RoleRequested: amount, RoleMinimum: amount, RoleCostAmount: amount, RoleCostUse: choice, RoleCostYear: choice,
		RoleSupplierInterest: choice,
	}
}

// Place is a question, or a column of a table, as CODE or CODE[column].
type Place struct {
	Code   Code
	Column string
}

// String writes the place as form files do.
func (p Place) String() string {
	if p.Column == "" {
		return string(p.Code)
	}
	return fmt.Sprintf("%s[%s]", p.Code, p.Column)
}

var placePattern = regexp.MustCompile(`^([^\[\]]+)(?:\[([a-z][a-z0-9_]*)\])?$`)

func parsePlace(text string) (Place, bool) {
	m := placePattern.FindStringSubmatch(text)
	if m == nil || !expression.IsCode(m[1]) {
		return Place{}, false
	}
	return Place{Code: Code(m[1]), Column: m[2]}, true
}

// find gives the kind of what stands at a place.
func (f *Form) find(p Place) (Kind, bool) {
	q, ok := f.Question(p.Code)
	if !ok || p.Column == "" {
		if ok {
			return q.Kind, true
		}
		return "", false
	}
	c, ok := q.Column(p.Column)
	return c.Kind, ok
}

// Role is the question that plays a role; nil if the form has none.
func (f *Form) Role(r Role) *Question {
	q, _ := f.Question(f.Roles[r].Code)
	return q
}

// Cells are the answers at a role: one of a question, one a row of a column; blank ones are left out.
func (f *Form) Cells(r Role, a Answers) []Value {
	p, ok := f.Roles[r]
	if !ok {
		return nil
	}
	if p.Column == "" {
		if v := a[p.Code]; !v.Blank() {
			return []Value{v}
		}
		return nil
	}
	var cells []Value
	for _, row := range a[p.Code].Rows {
		if cell := row[p.Column]; !cell.Blank() {
			cells = append(cells, cell)
		}
	}
	return cells
}

// Rows are the rows of the table in which the role is a column.
func (f *Form) Rows(r Role, a Answers) []Row { return a[f.Roles[r].Code].Rows }

// Cell is the cell of a row that plays a role.
func (f *Form) Cell(r Role, row Row) Value { return row[f.Roles[r].Column] }

// Text is the text of the answer that plays a role.
func (f *Form) Text(r Role, a Answers) string { return a[f.Roles[r].Code].Text }

// Organisation is the organisation that plays a role.
func (f *Form) Organisation(r Role, a Answers) ident.ODS { return a[f.Roles[r].Code].Organisation }

// Money is the amount that plays a role; false if there is none.
func (f *Form) Money(r Role, a Answers) (money.Pence, bool) {
	v := a[f.Roles[r].Code]
	if v.Amount == nil {
		return 0, false
	}
	return *v.Amount, true
}

// The rules that hold between answers.
const (
	RuleSumEquals = "sum_equals" // a column of money adds up to an amount
	RuleNotAbove  = "not_above"  // an amount is not above another
	RuleDiffer    = "differ"     // texts are not the same, whatever their letters' case
)

// CrossCheck is a rule between answers. It is looked at once all of them are there, and speaks at the first of its places.
type CrossCheck struct {
	Rule    string
	Places  []Place
	Message string // may name amounts as {1}, {2}
}

// crossCheck adds the problems between answers, those that speak at the section or, if it is nil, all.
func (f *Form) crossCheck(section *Section, a Answers, asked Asked, problems fault.Problems) {
	for _, c := range f.Checks {
		at := c.Places[0]
		q, ok := f.Question(at.Code)
		if !ok || section != nil && q.Section != section.Code || f.silent(c, a, asked, problems) {
			continue
		}
		if words := c.broken(a); words != "" {
			problems[string(at.Code)] = words
		}
	}
}

// silent reports whether a check has nothing to say yet: an answer is missing, not asked or wrong by itself.
func (f *Form) silent(c CrossCheck, a Answers, asked Asked, problems fault.Problems) bool {
	return slices.ContainsFunc(c.Places, func(p Place) bool {
		return !asked[p.Code] || a[p.Code].Blank() || problems[string(p.Code)] != ""
	})
}

// broken gives the message of a check that does not hold.
func (c CrossCheck) broken(a Answers) string {
	amounts := make([]money.Pence, len(c.Places))
	texts := map[string]bool{}
	for i, p := range c.Places {
		v := a[p.Code]
		switch {
		case p.Column != "":
			total, ok := Total(v, p.Column)
			if !ok {
				return ""
			}
			amounts[i] = total
		case v.Amount != nil:
			amounts[i] = *v.Amount
		case c.Rule != RuleDiffer:
			return ""
		}
		texts[strings.ToLower(v.Text)] = true
	}
	switch {
	case c.Rule == RuleSumEquals && amounts[0] == amounts[1]:
	case c.Rule == RuleNotAbove && amounts[0] <= amounts[1]:
	case c.Rule == RuleDiffer && len(texts) == len(c.Places):
	default:
		words := c.Message
		for i, amount := range amounts {
			words = strings.ReplaceAll(words, fmt.Sprintf("{%d}", i+1), amount.String())
		}
		return words
	}
	return ""
}

// Personal reports whether an answer is about a person: freedom of information law is likely to exempt it as personal information
// (section 40).
func (q *Question) Personal() bool { return slices.Contains(q.FOI, 40) }

// AsksWho reports whether an answer is a person's name, with a job title behind a comma perhaps: a personal question that asks who.
func (q *Question) AsksWho() bool {
	return q.Personal() && q.Kind == KindText && strings.HasPrefix(q.Text, "Who ")
}

// PersonColumns are the columns of a personal table in which people are named.
func (q *Question) PersonColumns() []string {
	var codes []string
	for _, c := range q.Columns {
		if q.Personal() && c.Kind == KindText && slices.Contains([]string{"Person", "Name"}, c.Text) {
			codes = append(codes, c.Code)
		}
	}
	return codes
}
