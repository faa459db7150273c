package fund

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"adoptionfund/internal/money"
	"adoptionfund/internal/uktime"
)

// Settings are what a call publishes at its opening, besides its dates: who may lead, what is asked, how it is reviewed, ranked,
// allocated and decided. They are frozen from then on.
type Settings struct {
	Purpose       string      `json:"purpose" yaml:"purpose"`
	Guidance      string      `json:"guidance" yaml:"guidance"`
	Priorities    []Priority  `json:"priorities" yaml:"priorities"`
	Benefits      []string    `json:"benefits" yaml:"benefits"`             // what the fund expects to see
	MustInclude   []string    `json:"must_include" yaml:"must_include"`     // documents and commitments asked for besides the form
	WhoMayLead    []string    `json:"who_may_lead" yaml:"who_may_lead"`     // kinds of organisation
	PerLead       int         `json:"per_lead" yaml:"per_lead"`             // most applications of one lead; 0: no limit
	SystemNames   bool        `json:"system_names" yaml:"system_names"`     // call boards by the name of their care system, as before July 2022
	Budget        money.Pence `json:"budget" yaml:"-"`                      // the call's share; 0: the round's pool
	AwardCap      money.Pence `json:"award_cap" yaml:"-"`                   // 0: none
	SpendBy       string      `json:"spend_by" yaml:"spend_by"`             // a day, "2027-03-31"
	Forms         Forms       `json:"forms" yaml:"forms"`                   // exact versions
	DTAC          DTAC        `json:"dtac" yaml:"dtac"`                     // what the call asks of products
	Review        Review      `json:"review" yaml:"review"`                 // how applications are assessed
	Method        Method      `json:"method" yaml:"method"`                 // how they are ranked and allocated
	Approval      Approval    `json:"approval" yaml:"approval"`             // who must agree
	Feedback      Feedback    `json:"feedback" yaml:"feedback"`             // what applicants get to see
	Clarification int         `json:"clarifications" yaml:"clarifications"` // most turns of questions to one applicant
}

// Priority is one thing that the call wants to support.
type Priority struct {
	Code  string `json:"code" yaml:"code"`
	Title string `json:"title" yaml:"title"`
}

// Forms names the files that a call pins, and, once it is open, their digests.
type Forms struct {
	Application string            `json:"application" yaml:"application"`
	Rubric      string            `json:"rubric" yaml:"rubric"`
	Rules       string            `json:"rules" yaml:"rules"`
	DTAC        []string          `json:"dtac" yaml:"dtac"`
	Digests     map[string]string `json:"digests,omitempty" yaml:"-"`
}

// DTAC is what a call asks of the products.
type DTAC struct {
	LatestAction string   `json:"latest_action" yaml:"latest_action"` // the day by which agreed actions must be done
	NeverDefer   []string `json:"never_defer" yaml:"never_defer"`     // questions that no action can stand in for
	Require      []string `json:"require" yaml:"require"`             // fund conditions beyond DTAC
	D1Minimum    *float64 `json:"d1_minimum,omitempty" yaml:"d1_minimum"`
	Assess       string   `json:"assess" yaml:"assess"`                     // who gets the full assessment: all, shortlisted or proposed
	SecondLook   bool     `json:"second_look,omitempty" yaml:"second_look"` // another assessor confirms a position before it is recorded
}

// Review is how applications are assessed.
type Review struct {
	Kinds      map[string]int `json:"kinds" yaml:"kinds"` // reviews of each kind for one application
	Shortlist  bool           `json:"shortlist" yaml:"shortlist"`
	ApartBy    int            `json:"apart_by" yaml:"apart_by"` // scores of a part that differ by more than this are moderated
	Days       int            `json:"days" yaml:"days"`         // how long a reviewer has
	MaskNames  bool           `json:"mask_names" yaml:"mask_names"`
	ReasonWord int            `json:"reason_words" yaml:"reason_words"`     // fewest words of a reason
	Quorum     map[string]int `json:"quorum,omitempty" yaml:"quorum"`       // members of each kind without whom the panel decides nothing
	HeldBack   int            `json:"held_back,omitempty" yaml:"held_back"` // reviews of the call beyond those of each application, asked for where they matter most
}

// NeededToDecide is the quorum of the panel by kind: what the call says, else one clinical member and one for patients and public.
func (r Review) NeededToDecide() map[string]int {
	if len(r.Quorum) == 0 {
		return map[string]int{"clinical": 1, "ppv": 1}
	}
	return r.Quorum
}

// Method is how a call ranks and allocates: fixed and published at its opening.
type Method struct {
	Ranking   string             `json:"ranking" yaml:"ranking"`     // raw or calibrated
	Strategy  string             `json:"strategy" yaml:"strategy"`   // merit, portfolio or merit_random
	Objective string             `json:"objective" yaml:"objective"` // score_by_amount or score
	Partial   bool               `json:"partial" yaml:"partial"`     // may the last one be funded in part?
	Pooled    bool               `json:"pooled" yaml:"pooled"`       // the round's budget is shared by its calls that have none of their own
	MinScore  float64            `json:"min_score" yaml:"min_score"`
	MinParts  map[string]float64 `json:"min_parts,omitempty" yaml:"min_parts"`
	MaxCount  int                `json:"max_count,omitempty" yaml:"max_count"`
	Limits    []Limit            `json:"limits,omitempty" yaml:"limits"`
	Budgets   []Pot              `json:"budgets,omitempty" yaml:"budgets"` // within the budget: money that can pay for some costs alone
	Band      string             `json:"band" yaml:"band"`                 // panel or, with merit_random, randomise
	Reserve   int                `json:"reserve" yaml:"reserve"`
}

// Pot is money that can pay for the costs of a financial year, for capital or for revenue alone.
type Pot struct {
	Name   string `json:"name" yaml:"name"`
	Year   string `json:"year,omitempty" yaml:"year"` // as cost lines name it, "2026_27"; empty: any
	Use    string `json:"use,omitempty" yaml:"use"`   // capital or revenue; empty: either
	Pounds int64  `json:"pounds" yaml:"pounds"`
}

// Limit bounds what one theme, region or organisation gets.
type Limit struct {
	By        string `json:"by" yaml:"by"`
	Value     string `json:"value" yaml:"value"`
	MinPounds int64  `json:"min_pounds,omitempty" yaml:"min_pounds"`
	MaxPounds *int64 `json:"max_pounds,omitempty" yaml:"max_pounds"`
	MinCount  int    `json:"min_count,omitempty" yaml:"min_count"`
	MaxCount  *int   `json:"max_count,omitempty" yaml:"max_count"`
}

// Approval is who must agree to a proposal.
type Approval struct {
	SecondAbovePounds int64 `json:"second_above_pounds" yaml:"second_above_pounds"` // a proposal above this needs two approvers
	DelegatedPounds   int64 `json:"delegated_pounds" yaml:"delegated_pounds"`       // what one approver may approve alone; 0: no limit
}

// Feedback is what applicants get to see, and what they may ask for.
type Feedback struct {
	PublishScores bool `json:"publish_scores" yaml:"publish_scores"`
	ReviewDays    int  `json:"review_days" yaml:"review_days"` // days to ask for a review of the decision; 0: not possible
	OfferDays     int  `json:"offer_days" yaml:"offer_days"`   // days to accept an offer
	ReserveDays   int  `json:"reserve_days" yaml:"reserve_days"`
}

// withDefaults fills in what a file leaves out.
func (s Settings) withDefaults() Settings {
	if len(s.WhoMayLead) == 0 {
		s.WhoMayLead = []string{"icb", "trust"}
	}
	if s.Forms.Application == "" {
		s.Forms.Application = "application-1"
	}
	if s.Forms.Rubric == "" {
		s.Forms.Rubric = "default-1"
	}
	if s.Forms.Rules == "" {
		s.Forms.Rules = "default-2"
	}
	if len(s.Forms.DTAC) == 0 {
		s.Forms.DTAC = []string{"dtac-v2"}
	}
	if s.DTAC.Assess == "" {
		s.DTAC.Assess = "proposed"
	}
	if len(s.Review.Kinds) == 0 {
		s.Review.Kinds = map[string]int{"clinical": 1, "technical": 1, "ppv": 1}
	}
	s.Review.ApartBy = orElse(s.Review.ApartBy, 2)
	s.Review.Days = orElse(s.Review.Days, 21)
	s.Review.ReasonWord = orElse(s.Review.ReasonWord, 5)
	s.Clarification = orElse(s.Clarification, 2)
	s.Feedback.OfferDays = orElse(s.Feedback.OfferDays, 30)
	s.Feedback.ReserveDays = orElse(s.Feedback.ReserveDays, 180)
	s.Method = s.Method.withDefaults()
	s.Method.Pooled = s.Method.Pooled || s.Budget == 0
	return s
}

func (m Method) withDefaults() Method {
	m.Ranking = orText(m.Ranking, "raw")
	m.Strategy = orText(m.Strategy, "merit")
	m.Objective = orText(m.Objective, "score_by_amount")
	m.Band = orText(m.Band, "panel")
	return m
}

func orElse(n, other int) int {
	if n == 0 {
		return other
	}
	return n
}

func orText(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// problems says what is wrong with the settings, each with the key in the file.
func (s Settings) problems() []Problem {
	return slices.Concat(s.methodProblems(), s.rangeProblems())
}

func (s Settings) rangeProblems() found {
	all := found(under("review", s.Review.problems()))
	if !(s.Method.MinScore >= 0 && s.Method.MinScore <= 100) {
		all.bad("method.min_score", "must be between 0 and 100")
	}
	for _, day := range []struct{ key, text string }{{"spend_by", s.SpendBy}, {"dtac.latest_action", s.DTAC.LatestAction}} {
		if _, err := uktime.Parse(day.text); day.text != "" && err != nil {
			all.bad(day.key, "%v", err)
		}
	}
	for _, amount := range []struct {
		key string
		is  money.Pence
	}{{"budget", s.Budget}, {"award_cap", s.AwardCap}, {"approval.second_above_pounds", money.Pounds(s.Approval.SecondAbovePounds)}, {"approval.delegated_pounds", money.Pounds(s.Approval.DelegatedPounds)}} {
		if amount.is < 0 || amount.is > money.Limit {
			all.bad(amount.key, "must not be negative or too large")
		}
	}
	for _, n := range []struct {
		key      string
		is, most int
	}{{"per_lead", s.PerLead, 999}, {"clarifications", s.Clarification, 9}, {"feedback.review_days", s.Feedback.ReviewDays, 999}, {"feedback.offer_days", s.Feedback.OfferDays, 999}, {"feedback.reserve_days", s.Feedback.ReserveDays, 999}} {
		if n.is < 0 || n.is > n.most {
			all.bad(n.key, "must be between 0 and %d", n.most)
		}
	}
	return all
}

func (r Review) problems() []Problem {
	var all found
	for _, of := range []struct {
		key    string
		counts map[string]int
	}{{"kinds", r.Kinds}, {"quorum", r.Quorum}} {
		for _, kind := range slices.Sorted(maps.Keys(of.counts)) {
			if n := of.counts[kind]; n < 0 || n > 9 {
				all.bad(of.key+"."+kind, "must be between 0 and 9")
			}
		}
	}
	for _, n := range []struct {
		key      string
		is, most int
	}{{"held_back", r.HeldBack, 5000}, {"apart_by", r.ApartBy, 5}, {"days", r.Days, 365}, {"reason_words", r.ReasonWord, 200}} {
		if n.is < 0 || n.is > n.most {
			all.bad(n.key, "must be between 0 and %s", thousands(n.most))
		}
	}
	return all
}

// thousands writes a number as people do: 5,000.
func thousands(n int) string { return strings.TrimPrefix(money.Pounds(int64(n)).String(), "£") }

// Scan reads the settings from the database.
func (s *Settings) Scan(value any) error {
	text, ok := value.(string)
	if !ok {
		return fmt.Errorf("fund: settings are %T, not text", value)
	}
	if err := json.Unmarshal([]byte(text), s); err != nil {
		return fmt.Errorf("fund: reading settings: %w", err)
	}
	return nil
}

// Value writes the settings to the database.
func (s Settings) Value() (driver.Value, error) {
	text, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("fund: writing settings: %w", err)
	}
	return string(text), nil
}
