package status

import (
	"fmt"
	"maps"
	"slices"

	"adoptionfund/internal/form"
)

// Evaluate computes the status of a return on a day. A return that names what the form does not have is refused.
func Evaluate(f *form.Form, r Return, on form.Date) (Result, error) {
	if _, err := form.ParseDate(string(on)); err != nil {
		return Result{}, fmt.Errorf("evaluating on: %w", err)
	}
	if err := Validate(f, r); err != nil {
		return Result{}, err
	}
	e := evaluate(f, r, on)
	result := Result{Form: f.ID, On: string(on), Status: e.status(), Provisional: e.provisional(), D1Percent: e.d1(),
		FundConditions: e.fundConditions(), Items: e.items}
	if day := e.expires(result.Status); day != "" {
		text := string(day)
		result.Expires = &text
	}
	return result, nil
}

// evaluation is a return on a day, with what follows from it.
type evaluation struct {
	form        *form.Form
	ret         Return
	on          form.Date
	asked       form.Asked
	assessments map[form.Code]Assessment
	evidence    map[form.Code][]Evidence
	items       []Item
}

func evaluate(f *form.Form, r Return, on form.Date) *evaluation {
	e := &evaluation{form: f, ret: r, on: on, assessments: map[form.Code]Assessment{}, evidence: map[form.Code][]Evidence{}}
	for _, a := range r.Assessments {
		e.assessments[a.Question] = a
	}
	for _, i := range r.Evidence {
		e.evidence[i.Question] = append(e.evidence[i.Question], i)
	}
	e.asked = f.Asked(r.Answers, e.counting(current))
	for _, q := range f.Questions() {
		if q.Required == form.RequiredNever && !e.answered(q) {
			e.asked[q.Code] = false
		}
	}
	for _, q := range e.decided(form.AssessedPassFail) {
		e.items = append(e.items, e.item(q))
	}
	return e
}

// decided are the questions of the sections that decide, of which this becomes.
func (e *evaluation) decided(what form.Assessed) []*form.Question {
	var questions []*form.Question
	for _, s := range e.form.Sections {
		if !slices.Contains(e.form.Outcome.PassSections, s.Code) {
			continue
		}
		for _, q := range s.Questions {
			if q.Assessed == what {
				questions = append(questions, q)
			}
		}
	}
	return questions
}

func (e *evaluation) answered(q *form.Question) bool { return form.Answered(q, e.ret.Answers[q.Code]) }

// reach says which items of evidence are counted.
type reach int

const (
	current     reach = iota // neither expired nor stale
	evenExpired              // also those that are expired but not stale
	evenStale                // all
)

// counting gives the evidence that counts, as expressions ask for it.
func (e *evaluation) counting(r reach) form.EvidenceFunc {
	return func(code form.Code, kind string) bool {
		q, ok := e.form.Question(code)
		return ok && slices.ContainsFunc(e.evidence[code], func(i Evidence) bool {
			return (kind == "" || i.Kind == kind) && e.counts(q, i, r)
		})
	}
}

func (e *evaluation) counts(q *form.Question, i Evidence, r reach) bool {
	switch r {
	case evenStale:
		return true
	case evenExpired:
		return !IsStale(q, i, e.ret.Product)
	case current:
	}
	return !IsStale(q, i, e.ret.Product) && !e.expired(q, i)
}

func (e *evaluation) expired(q *form.Question, i Evidence) bool {
	day := Expiry(q, i)
	return day != "" && e.on > day
}

// Expiry is the last day on which an item of evidence counts; empty if it has none.
func Expiry(q *form.Question, i Evidence) form.Date {
	switch {
	case q.Evidence.ExpiryMonths > 0:
		from := form.Date(i.Fields[q.Evidence.CountsFrom])
		if from == "" {
			return ""
		}
		return from.AddMonths(q.Evidence.ExpiryMonths)
	case q.Evidence.ExpiresOn != "":
		return form.Date(i.Fields[q.Evidence.ExpiresOn])
	}
	return ""
}

// IsStale reports whether an item of evidence is about a version of the product that is neither the present one nor one
// since which nothing changed for it.
func IsStale(q *form.Question, i Evidence, p Product) bool {
	return q.Evidence.VersionBound && i.ProductVersion != "" && i.ProductVersion != p.Version &&
		!slices.Contains(p.UnaffectedSince, i.ProductVersion)
}

// mechanical is what answers, evidence and waivers give by themselves, for a question that is asked.
func (e *evaluation) mechanical(q *form.Question, asked form.Asked) State {
	if e.waived(q) {
		return Waived
	}
	if !e.answered(q) && len(e.evidence[q.Code]) == 0 {
		return Unanswered
	}
	for _, try := range []struct {
		reach reach
		state State
	}{{current, Pass}, {evenExpired, Expired}, {evenStale, Stale}} {
		if e.holds(q, form.Facts{Form: e.form, Answers: e.ret.Answers, Asked: asked, Evidence: e.counting(try.reach)}) {
			return try.state
		}
	}
	return Fail
}

// holds reports whether a question's minimum is reached: its pass_if, or an answer where the assessor's judgement is all.
// A question that no rule is made for, and that a call requires, is reached by an answer or evidence.
func (e *evaluation) holds(q *form.Question, facts form.Facts) bool {
	switch {
	case q.PassIf != nil:
		return q.PassIf.Eval(facts)
	case q.Judgement:
		return e.answered(q)
	}
	return e.answered(q) || facts.HasEvidence(string(q.Code), "")
}

func (e *evaluation) waived(q *form.Question) bool {
	return e.assessments[q.Code].Result == DecidedWaived || e.sectionWaived(q.Section)
}

func (e *evaluation) sectionWaived(section form.Code) bool {
	return e.assessments[section].Result == DecidedWaived
}

// item is where a question stands.
func (e *evaluation) item(q *form.Question) Item {
	i := Item{Question: q.Code, Section: q.Section, State: NotAsked, Mechanical: NotAsked}
	if e.asked[q.Code] {
		i.Mechanical = e.mechanical(q, e.asked)
		i.State = e.state(q, i.Mechanical)
	}
	i.Reason = e.reason(q, i)
	return i
}

func (e *evaluation) state(q *form.Question, mechanical State) State {
	a, assessed := e.assessments[q.Code]
	switch {
	case a.Result == DecidedActionNeeded && a.Action != Action{}:
		return ActionNeeded
	case mechanical != Pass:
		return mechanical
	case assessed:
		return State(a.Result)
	}
	return NotAssessedYet
}

// unrouted reports whether an asked question that only routes is unanswered, outside of sections that are waived whole.
func (e *evaluation) unrouted() bool {
	return slices.ContainsFunc(e.decided(form.AssessedNone), func(q *form.Question) bool {
		return e.asked[q.Code] && !e.answered(q) && !e.sectionWaived(q.Section)
	})
}

// timely reports whether an action can put a question off: somebody owns it, it is due in time, and the question may wait.
func (e *evaluation) timely(code form.Code, a Action) bool {
	latest := e.ret.Round.LatestAction
	return a.Owner != "" && a.Due != "" && (latest == "" || a.Due <= latest) && !slices.Contains(e.ret.Round.NeverDefer, code)
}

func (e *evaluation) status() Status {
	if len(e.ret.Assessments) == 0 || e.unrouted() {
		return NotAssessed
	}
	all, deferred := true, true
	for _, i := range e.items {
		switch i.State {
		case NotAsked, Pass, Waived:
		case NotAssessedYet:
			return NotAssessed
		case ActionNeeded:
			all = false
			deferred = deferred && e.timely(i.Question, e.assessments[i.Question].Action)
		case Fail, Expired, Stale, Unanswered:
			all, deferred = false, false
		}
	}
	return conclude(all, deferred)
}

func conclude(all, deferred bool) Status {
	switch {
	case all:
		return Compliant
	case deferred:
		return OnTheWay
	}
	return NotCompliant
}

// provisional is the status that answers, evidence, waivers and the plan promise. What assessors decided is not seen.
func (e *evaluation) provisional() Status {
	if e.unrouted() {
		return Incomplete
	}
	all, deferred := true, true
	for _, i := range e.items {
		if i.Mechanical == NotAsked || i.Mechanical == Pass || i.Mechanical == Waived {
			continue
		}
		rows := e.planned(i.Question)
		if i.Mechanical == Unanswered && len(rows) == 0 {
			return Incomplete
		}
		all = false
		deferred = deferred && slices.ContainsFunc(rows, func(p Planned) bool { return e.timely(i.Question, p.Action) })
	}
	return conclude(all, deferred)
}

func (e *evaluation) planned(code form.Code) []Planned {
	var rows []Planned
	for _, p := range e.ret.Plan {
		if p.Question == code {
			rows = append(rows, p)
		}
	}
	return rows
}

// expires is the first later day on which the status would be lower. Only the end of evidence brings one about, so only the
// days after such an end are tried.
func (e *evaluation) expires(now Status) form.Date {
	if now.Rank() == 0 {
		return ""
	}
	days := map[form.Date]bool{}
	for code, items := range e.evidence {
		q, _ := e.form.Question(code)
		for _, i := range items {
			if day := Expiry(q, i); day >= e.on {
				days[day.AddDays(1)] = true
			}
		}
	}
	for _, day := range slices.Sorted(maps.Keys(days)) {
		if evaluate(e.form, e.ret, day).status().Rank() < now.Rank() {
			return day
		}
	}
	return ""
}

// fundConditions are what the call asks beyond DTAC, each looked at as if it alone were asked besides.
func (e *evaluation) fundConditions() []FundCondition {
	conditions := []FundCondition{}
	for _, code := range e.ret.Round.Require {
		q, _ := e.form.Question(code)
		asked := maps.Clone(e.asked)
		asked[code] = true
		result := e.mechanical(q, asked)
		conditions = append(conditions, FundCondition{Code: code, Met: result == Pass || result == Waived})
	}
	if least := e.ret.Round.D1Minimum; least != nil {
		percent := e.d1()
		conditions = append(conditions, FundCondition{Code: d1Code, Met: percent != nil && *percent >= *least})
	}
	return conditions
}

// d1Code is the code under which the percentage of usability and accessibility is reported.
const d1Code = "D1"

// Weighs reports whether a form weighs its scored questions, so that a percentage can be computed.
func Weighs(f *form.Form) bool {
	return slices.ContainsFunc(f.Questions(), func(q *form.Question) bool { return q.Weight > 0 })
}

// d1 is the percentage that the weighed questions earn; nil where the form weighs none.
func (e *evaluation) d1() *float64 {
	if !Weighs(e.form) {
		return nil
	}
	var percent float64
	for _, s := range e.form.Sections {
		for _, q := range s.Questions {
			if q.Weight > 0 && e.asked[q.Code] && e.answered(q) {
				percent += q.Weight * factor(s, q, e.ret.Answers[q.Code])
			}
		}
	}
	return &percent
}

// factor is the share of its weight that an answer earns; an answer that is no choice earns all of it.
func factor(s *form.Section, q *form.Question, v form.Value) float64 {
	if len(q.Options) == 0 {
		return 1
	}
	var best float64
	for _, c := range v.Choices {
		best = max(best, s.Scoring.Factors[c])
	}
	return best
}
