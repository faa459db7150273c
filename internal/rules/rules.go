// Package rules is the rules of eligibility as data: expressions over the answers to a form and over a few facts about an
// application, each with a severity and a message.
//
// It owns reading them with every problem named by file and line, and running them. A rule never decides: what it finds is laid
// before an officer. It leaves to eligibility where answers and facts come from, and what an officer makes of the findings.
package rules

import (
	"fmt"
	"slices"

	"cel.dev/cel-go/cel"

	"adoptionfund/internal/form"
)

// Severity says what a finding suggests.
type Severity string

// The severities: a fail contradicts the criterion, a refer asks an officer to look.
const (
	Fail  Severity = "fail"
	Refer Severity = "refer"
)

// Criteria are the codes of the four criteria, in the order in which they are shown.
func Criteria() []string { return []string{"EV", "DT", "FU", "RO"} }

// CriterionTitle is what a criterion asks, in a few words.
func CriterionTitle(code string) string {
	return map[string]string{
		"EV": "Evidence and priorities", "DT": "DTAC", "FU": "Not funded elsewhere", "RO": "Roll-out",
	}[code]
}

// Set is a rule file. It never changes once it is loaded, so it can be shared.
type Set struct {
	File   string
	Digest string // SHA-256 of the file, in hexadecimal
	ID     string
	Title  string
	FormID string
	Rules  []Rule

	form *form.Form
}

// Rule is one rule.
type Rule struct {
	Code      string
	Criterion string
	When      string // in the Common Expression Language; it finds something when it is true
	Severity  Severity
	Message   string
	RestsOn   []form.Code
	Line      int

	program cel.Program
}

// Facts is what rules may look at besides the answers.
type Facts struct {
	Today      form.Date // in the United Kingdom
	SpendBy    form.Date // the call's last day to spend; empty: none
	Requested  int64     // pence
	Minimum    int64
	Cap        int64  // most that one application can ask for; 0: no limit
	LeadKind   string // kind of the lead organisation
	DTAC       string // provisional status of the best candidate product
	DTACForms  []string
	Products   []string // names of the candidate products
	Matches    []string // references of applications that may pay for the same
	WhoMayLead []string // kinds of organisation
	Priorities int      // how many priorities the call names
}

// Finding is what a rule found.
type Finding struct {
	Rule      string
	Criterion string
	Severity  Severity
	Message   string
	RestsOn   []form.Code
	Broken    bool // the rule could not be worked out, for the reason in the message
}

// Run tells what the rules find, in the order of the file. A rule that cannot be worked out, such as one that needs an answer that
// is missing, refers the case to an officer and says why.
func (s *Set) Run(answers form.Answers, facts Facts) []Finding {
	asked := s.form.Asked(answers, nil)
	input := variables(s.form, answers, asked, facts)
	var found []Finding
	for _, r := range s.Rules {
		value, _, err := r.program.Eval(input)
		switch {
		case err != nil:
			found = append(found, Finding{
				Rule: r.Code, Criterion: r.Criterion, Severity: Refer, RestsOn: r.RestsOn, Broken: true,
				Message: fmt.Sprintf("Rule %s could not be worked out (%v). Look at the answers that it rests on", r.Code, err),
			})
		case value.Value() == true:
			found = append(found, Finding{Rule: r.Code, Criterion: r.Criterion, Severity: r.Severity, Message: r.Message, RestsOn: r.RestsOn})
		}
	}
	return found
}

// Of are the findings of one criterion.
func Of(found []Finding, criterion string) []Finding {
	return slices.DeleteFunc(slices.Clone(found), func(f Finding) bool { return f.Criterion != criterion })
}
