// Package form is the one model of the forms that people fill in: the application form, the DTAC question sets, the review
// form. A form is a versioned file; this package reads it with every problem named by file and line, decides which questions
// are asked, reads what was typed, checks it, and shows it again.
//
// It owns the meaning of questions and answers, one file kind_<name>.go for each kind of question. Pages (how a question looks),
// storage, and what an answer leads to (eligibility, DTAC status, scores) are left to others.
package form

import (
	"strings"

	"adoptionfund/internal/form/expression"
	"adoptionfund/internal/money"
)

// Code names a question in its form: EV1, C1.2.4.
type Code string

// Form is a form at a version. It never changes once it is loaded, so it can be shared.
type Form struct {
	File   string // the name it was read from
	Digest string // SHA-256 of the file, in hexadecimal

	ID           string
	Title        string
	Version      string
	Published    string
	Introduction string
	Sections     []*Section
	Roles        map[Role]Place
	Checks       []CrossCheck

	// What the published DTAC forms say of themselves.
	MandatoryFrom        string
	SupersededOn         string
	Publisher            string
	PublicationReference string
	Sources              []string
	Complete             bool
	CompletenessNote     string
	Outcome              Outcome
	Documents            []Document

	questions map[Code]*Question
}

// Outcome says which sections of a question set decide, and which inform.
type Outcome struct {
	Rule           string
	PassSections   []Code
	ScoredSections []Code
	Confirmed      bool
}

// Document is a supporting document that a published form lists, with the label it prints and the question that asks for it.
type Document struct {
	Document  string
	FormLabel string
	Question  Code
	Kind      string
}

// Section is a page of a form.
type Section struct {
	Code      Code
	Title     string
	Intro     string
	Criterion string // EV, DT, FU, RO, or empty
	Assessed  Assessed
	Waiver    string // why the whole section may be waived; empty if it may not
	Scoring   Scoring
	Questions []*Question
}

// Path is the section's code as it stands in addresses.
func (s *Section) Path() string { return strings.ToLower(string(s.Code)) }

// Scoring says how the answers of a scored section are counted.
type Scoring struct {
	Method       string
	WeightsTotal float64
	Note         string
	Confirmed    bool
	// Factors give the share of a question's weight that an option earns.
	Factors map[string]float64
}

// Assessed says what becomes of an answer.
type Assessed string

// What becomes of an answer.
const (
	AssessedNone     Assessed = "none"
	AssessedPassFail Assessed = "pass_fail"
	AssessedScored   Assessed = "scored"
)

// Required says whether a question must be answered.
type Required string

// Whether a question must be answered: always, when its condition holds, or never.
const (
	RequiredAlways Required = "always"
	RequiredWhen   Required = "when"
	RequiredNever  Required = "optional"
)

// Visibility says who of the fund may see an answer. Those who write the application always see it.
type Visibility string

// Who of the fund may see an answer.
const (
	VisiblePanel    Visibility = "panel"     // everyone who reads the application
	VisibleFundTeam Visibility = "fund_team" // the fund team, not those who score
	VisibleSecurity Visibility = "security"  // those who assess security, and nobody else
)

// Question is one question of a form.
type Question struct {
	Code     Code
	Section  Code
	Text     string
	Short    string // a few words that name it in messages and lists; Text stands in where there are none
	Guidance string // the hint
	IfEmpty  string // what holds where it has no answer, for those who read it; empty: nothing does
	Kind     Kind
	Options  []Option
	// AllowOther: the option "other" opens a text of its own.
	AllowOther bool
	Required   Required
	When       *expression.Expr // nil: always asked
	Limits     Limits
	Columns    []Column // of a table
	Evidence   Evidence

	Visible      Visibility
	Published    bool   // its answer is published if the application is funded
	Sensitive    bool   // it may be marked commercially sensitive
	FOI          []int  // exemptions of the Freedom of Information Act that are likely to apply
	Autocomplete string // the purpose of a personal field, as HTML names it

	Assessed      Assessed
	PassIf        *expression.Expr
	Judgement     bool // pass_if is the assessor's judgement alone
	AssessorCheck string
	Weight        float64
	WeightGroup   string
	Standard      string
	FromV1        []Code
	Confirmed     bool
	Unconfirmed   []string
	Note          string

	Line int // in the file
}

// Option is one of a question's choices.
type Option struct {
	Value string
	Label string
	Hint  string
}

// Other is the value of the option that opens a text of its own.
const Other = "other"

// NotApplicable is the option by which a date, or an answer, does not apply.
const NotApplicable = "not_applicable"

// Option finds one of the question's options.
func (q *Question) Option(value string) (Option, bool) {
	for _, o := range q.Options {
		if o.Value == value {
			return o, true
		}
	}
	return Option{}, false
}

// HasNotApplicable reports whether the question can be answered with "not applicable".
func (q *Question) HasNotApplicable() bool {
	_, ok := q.Option(NotApplicable)
	return ok
}

// Column finds a table's column.
func (q *Question) Column(code string) (Column, bool) {
	for _, c := range q.Columns {
		if c.Code == code {
			return c, true
		}
	}
	return Column{}, false
}

// Column is a typed column of a table.
type Column struct {
	Code     string
	Text     string
	Short    string
	Guidance string
	Kind     Kind
	Options  []Option
	Limits   Limits
	Required bool
}

// Question is the column as a question, so that a cell is read, checked and shown as an answer is.
func (c Column) Question() *Question {
	required := RequiredNever
	if c.Required {
		required = RequiredAlways
	}
	return &Question{Text: c.Text, Short: c.Short, Guidance: c.Guidance, Kind: c.Kind, Options: c.Options, Limits: c.Limits,
		Required: required, Visible: VisiblePanel, Assessed: AssessedNone}
}

// Limits are what an answer must keep to. Zero means no limit, but the ceilings of the kind always hold.
type Limits struct {
	Words      int
	Characters int

	Min      string // of a number, in decimals
	Max      string
	Decimals int // most decimals
	Whole    bool

	MinMoney money.Pence
	MaxMoney money.Pence

	Earliest string // a date such as 2026-04-01, or today
	Latest   string

	Files         int
	FileKinds     []string // endings such as pdf
	FileMegabytes int

	MinRows int
	MaxRows int

	MaxChoices int
}

// Evidence is what a question asks to be attached, and how long it stands.
type Evidence struct {
	Required     bool
	Kinds        []string
	MatchAll     bool             // each kind is needed, not any
	When         *expression.Expr // nil: always
	ExpiryMonths int
	CountsFrom   string // the field that ExpiryMonths counts from
	ExpiresOn    string // the field that holds the day of expiry
	VersionBound bool   // it goes stale when the product's version changes
	VerifyAt     string
	Fields       []string
}

// Questions are all questions in the order of the form.
func (f *Form) Questions() []*Question {
	var all []*Question
	for _, s := range f.Sections {
		all = append(all, s.Questions...)
	}
	return all
}

// Question finds a question by its code.
func (f *Form) Question(code Code) (*Question, bool) {
	q, ok := f.questions[code]
	return q, ok
}

// Section finds a section by its code, in any case.
func (f *Form) Section(code string) (*Section, bool) {
	for _, s := range f.Sections {
		if strings.EqualFold(string(s.Code), code) {
			return s, true
		}
	}
	return nil, false
}
