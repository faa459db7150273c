package status_test

import (
	"slices"
	"strings"
	"testing"

	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/form"
)

// change is one thing done to a return that is compliant in every respect.
type change func(r *status.Return)

func answer(code form.Code, option string) change {
	return func(r *status.Return) { r.Answers[code] = form.Chosen(option) }
}

func text(code form.Code, words string) change {
	return func(r *status.Return) { r.Answers[code] = form.Value{Text: words} }
}

func unanswer(codes ...form.Code) change {
	return func(r *status.Return) {
		for _, c := range codes {
			delete(r.Answers, c)
		}
	}
}

func noEvidence(code form.Code) change {
	return func(r *status.Return) {
		r.Evidence = slices.DeleteFunc(r.Evidence, func(e status.Evidence) bool { return e.Question == code })
	}
}

func field(code form.Code, name, value string) change {
	return func(r *status.Return) {
		for i := range r.Evidence {
			if r.Evidence[i].Question == code {
				r.Evidence[i].Fields = map[string]string{name: value}
			}
		}
	}
}

func about(code form.Code, version string) change {
	return func(r *status.Return) {
		for i := range r.Evidence {
			if r.Evidence[i].Question == code {
				r.Evidence[i].ProductVersion = version
			}
		}
	}
}

func noAssessment(code form.Code) change {
	return func(r *status.Return) {
		r.Assessments = slices.DeleteFunc(r.Assessments, func(a status.Assessment) bool { return a.Question == code })
	}
}

func assess(code form.Code, result status.Decision, a status.Action) change {
	return func(r *status.Return) {
		noAssessment(code)(r)
		r.Assessments = append(r.Assessments, status.Assessment{Question: code, Result: result, Action: a})
	}
}

func plan(code form.Code, a status.Action) change {
	return func(r *status.Return) { r.Plan = append(r.Plan, status.Planned{Question: code, Action: a}) }
}

func require(codes ...form.Code) change {
	return func(r *status.Return) { r.Round.Require = codes }
}

func least(percent float64) change {
	return func(r *status.Return) { r.Round.D1Minimum = &percent }
}

func by(owner string, due form.Date) status.Action {
	return status.Action{What: "put it right", Owner: owner, Due: due}
}

type rule struct {
	name        string
	base        string // v2-compliant unless said
	changes     []change
	status      status.Status
	provisional status.Status
	expires     form.Date
	states      map[form.Code]status.State
}

func (c rule) check(t *testing.T) {
	t.Helper()
	base := c.base
	if base == "" {
		base = "v2-compliant"
	}
	f, r := example(t, base)
	for _, do := range c.changes {
		do(&r)
	}
	got := evaluate(t, f, r)
	if got.Status != c.status || got.Provisional != c.provisional || got.ExpiresOn() != c.expires {
		t.Errorf("got %s, provisionally %s, until %q; want %s, %s, %q",
			got.Status, got.Provisional, got.ExpiresOn(), c.status, c.provisional, c.expires)
	}
	for code, want := range c.states {
		if i, _ := got.Item(code); i.State != want || i.Reason == "" {
			t.Errorf("%s: got %s (%s), want %s", code, i.State, i.Reason, want)
		}
	}
}

func run(t *testing.T, rules []rule) {
	t.Helper()
	for _, c := range rules {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.check(t)
		})
	}
}

const usual = form.Date("2027-03-02") // the day after Cyber Essentials and the penetration test end

type states = map[form.Code]status.State

func TestWhatAssessorsDecided(t *testing.T) {
	t.Parallel()
	run(t, []rule{
		{name: "nothing changed", status: status.Compliant, provisional: status.Compliant, expires: usual},
		{name: "no assessments", changes: []change{func(r *status.Return) { r.Assessments = nil }},
			status: status.NotAssessed, provisional: status.Compliant, states: states{"C1.1.1": status.NotAssessedYet}},
		{name: "one not assessed", changes: []change{noAssessment("C3.6")},
			status: status.NotAssessed, provisional: status.Compliant, states: states{"C3.6": status.NotAssessedYet}},
		{name: "one failed", changes: []change{assess("C3.6", status.DecidedFail, status.Action{})},
			status: status.NotCompliant, provisional: status.Compliant, states: states{"C3.6": status.Fail}},
		{name: "passed, but the answer does not reach the minimum", changes: []change{answer("C3.6", "no")},
			status: status.NotCompliant, provisional: status.NotCompliant, states: states{"C3.6": status.Fail}},
		{name: "not assessed, but the answer does not reach the minimum", changes: []change{answer("C3.6", "no"), noAssessment("C3.6")},
			status: status.NotCompliant, provisional: status.NotCompliant, states: states{"C3.6": status.Fail}},
		{name: "waived without an answer", changes: []change{unanswer("C3.6"), assess("C3.6", status.DecidedWaived, status.Action{})},
			status: status.Compliant, provisional: status.Compliant, expires: usual, states: states{"C3.6": status.Waived}},
		{name: "assessments of questions that are not asked count for nothing", changes: []change{assess("C1.2.1", status.DecidedFail, status.Action{})},
			status: status.Compliant, provisional: status.Compliant, expires: usual, states: states{"C1.2.1": status.NotAsked}},
		{name: "usability informs and decides nothing", changes: []change{assess("D1.2", status.DecidedFail, status.Action{}), answer("D1.2", "no")},
			status: status.Compliant, provisional: status.Compliant, expires: usual},
		{name: "assessor judgement alone passes with an answer", changes: []change{answer("C1.2", "no"), text("C1.2.1", "no care depends on it"),
			assess("C1.2.1", status.DecidedPass, status.Action{})},
			status: status.Compliant, provisional: status.Compliant, expires: usual, states: states{"C1.2.1": status.Pass, "C1.2.3": status.NotAsked}},
	})
}

func TestActionsPutOff(t *testing.T) {
	t.Parallel()
	noOwner, late, whole := by("", "2026-12-01"), by("CTO", "2027-01-01"), by("CTO", "2026-12-31")
	run(t, []rule{
		{name: "due on the last day", changes: []change{assess("C3.6", status.DecidedActionNeeded, whole)},
			status: status.OnTheWay, provisional: status.Compliant, expires: usual, states: states{"C3.6": status.ActionNeeded}},
		{name: "due a day late", changes: []change{assess("C3.6", status.DecidedActionNeeded, late)},
			status: status.NotCompliant, provisional: status.Compliant, states: states{"C3.6": status.ActionNeeded}},
		{name: "no limit", changes: []change{assess("C3.6", status.DecidedActionNeeded, late), func(r *status.Return) { r.Round.LatestAction = "" }},
			status: status.OnTheWay, provisional: status.Compliant, expires: usual},
		{name: "overdue today, but inside the limit", changes: []change{assess("C3.6", status.DecidedActionNeeded, by("CTO", "2026-01-01"))},
			status: status.OnTheWay, provisional: status.Compliant, expires: usual},
		{name: "no owner", changes: []change{assess("C3.6", status.DecidedActionNeeded, noOwner)},
			status: status.NotCompliant, provisional: status.Compliant, states: states{"C3.6": status.ActionNeeded}},
		{name: "no date", changes: []change{assess("C3.6", status.DecidedActionNeeded, by("CTO", ""))},
			status: status.NotCompliant, provisional: status.Compliant},
		{name: "never to be put off", changes: []change{assess("C1.2.5", status.DecidedActionNeeded, whole)},
			status: status.NotCompliant, provisional: status.Compliant, states: states{"C1.2.5": status.ActionNeeded}},
		{name: "no action, minimum reached", changes: []change{assess("C3.6", status.DecidedActionNeeded, status.Action{})},
			status: status.NotCompliant, provisional: status.Compliant, states: states{"C3.6": status.ActionNeeded}},
		{name: "no action, minimum not reached", changes: []change{answer("C3.6", "no"), assess("C3.6", status.DecidedActionNeeded, status.Action{})},
			status: status.NotCompliant, provisional: status.NotCompliant, states: states{"C3.6": status.Fail}},
		{name: "an action stands for an unanswered question too", changes: []change{unanswer("C3.6"), assess("C3.6", status.DecidedActionNeeded, whole)},
			status: status.OnTheWay, provisional: status.Incomplete, expires: usual, states: states{"C3.6": status.ActionNeeded}},
		{name: "one action, one failure", changes: []change{answer("C3.6", "no"), assess("C3.5", status.DecidedActionNeeded, whole)},
			status: status.NotCompliant, provisional: status.NotCompliant},
	})
}

func TestThePlanGivesAProvisionalStatus(t *testing.T) {
	t.Parallel()
	whole := by("CTO", "2026-12-31")
	run(t, []rule{
		{name: "unanswered without a plan", changes: []change{unanswer("C3.6")},
			status: status.NotCompliant, provisional: status.Incomplete, states: states{"C3.6": status.Unanswered}},
		{name: "unanswered with a plan", changes: []change{unanswer("C3.6"), plan("C3.6", whole)},
			status: status.NotCompliant, provisional: status.OnTheWay},
		{name: "unanswered with a plan without owner", changes: []change{unanswer("C3.6"), plan("C3.6", by("", "2026-12-01"))},
			status: status.NotCompliant, provisional: status.NotCompliant},
		{name: "failing with a plan", changes: []change{answer("C3.6", "no"), plan("C3.6", whole)},
			status: status.NotCompliant, provisional: status.OnTheWay},
		{name: "failing with a late plan", changes: []change{answer("C3.6", "no"), plan("C3.6", by("CTO", "2027-01-01"))},
			status: status.NotCompliant, provisional: status.NotCompliant},
		{name: "the second row of the plan is in time", changes: []change{answer("C3.6", "no"), plan("C3.6", by("CTO", "2027-01-01")), plan("C3.6", whole)},
			status: status.NotCompliant, provisional: status.OnTheWay},
		{name: "never to be put off", changes: []change{unanswer("C1.2.5"), plan("C1.2.5", whole)},
			status: status.NotCompliant, provisional: status.NotCompliant},
		{name: "a plan for what passes counts for nothing", changes: []change{plan("C3.6", by("", ""))},
			status: status.Compliant, provisional: status.Compliant, expires: usual},
		{name: "an assessor's action is not seen", changes: []change{answer("C3.6", "no"), assess("C3.6", status.DecidedActionNeeded, whole)},
			status: status.OnTheWay, provisional: status.NotCompliant, expires: usual},
		{name: "an unanswered routing question", changes: []change{unanswer("C4.2")},
			status: status.NotAssessed, provisional: status.Incomplete, states: states{"C4.2.1": status.NotAsked}},
		{name: "a routing question that is not asked", changes: []change{answer("C1.1.1", "no"), unanswer("C1.1.2")},
			status: status.Compliant, provisional: status.Compliant, expires: usual},
		{name: "an answer that is blank", changes: []change{text("C1.2.5", "")},
			status: status.NotCompliant, provisional: status.Incomplete, states: states{"C1.2.5": status.Unanswered}},
	})
}

func TestEvidenceExpires(t *testing.T) {
	t.Parallel()
	issued := func(day string) change { return field("C3.1", "certificate_issue_date", day) }
	run(t, []rule{
		{name: "the day before the last", changes: []change{issued("2025-11-24")},
			status: status.Compliant, provisional: status.Compliant, expires: "2026-11-25"},
		{name: "the last day", changes: []change{issued("2025-11-23")},
			status: status.Compliant, provisional: status.Compliant, expires: "2026-11-24"},
		{name: "the day after", changes: []change{issued("2025-11-22")},
			status: status.NotCompliant, provisional: status.NotCompliant, states: states{"C3.1": status.Expired}},
		{name: "no date, no expiry", changes: []change{field("C3.1", "certificate_number", "1")},
			status: status.Compliant, provisional: status.Compliant, expires: usual},
		{name: "on a date of its own", changes: []change{field("C2.2.1", "registration_expiry_date", "2026-11-23")},
			status: status.Compliant, provisional: status.Compliant, expires: "2026-11-24"},
		{name: "after a date of its own", changes: []change{field("C2.2.1", "registration_expiry_date", "2026-11-22")},
			status: status.NotCompliant, provisional: status.NotCompliant, states: states{"C2.2.1": status.Expired}},
		{name: "another item stands longer", changes: []change{issued("2025-12-01"), func(r *status.Return) {
			r.Evidence = append(r.Evidence, status.Evidence{Question: "C3.1", Kind: "cyber_essentials_plus_certificate"})
		}}, status: status.Compliant, provisional: status.Compliant, expires: usual},
		{name: "expired, with an action", changes: []change{issued("2025-01-01"), assess("C3.1", status.DecidedActionNeeded, by("CTO", "2026-12-01"))},
			status: status.OnTheWay, provisional: status.NotCompliant, expires: usual, states: states{"C3.1": status.ActionNeeded}},
		{name: "evidence that no rule asks for may expire", changes: []change{func(r *status.Return) {
			r.Evidence = append(r.Evidence, status.Evidence{Question: "C2.1", Kind: "dspt_status", Fields: map[string]string{"dspt_valid_until": "2026-12-01"}})
		}}, status: status.Compliant, provisional: status.Compliant, expires: usual},
		{name: "a question not asked has no evidence", changes: []change{answer("C3.2", "yes"), field("C3.3", "test_date", "2020-01-01")},
			status: status.Compliant, provisional: status.Compliant, expires: usual, states: states{"C3.3": status.NotAsked}},
		{name: "attached, not answered", changes: []change{unanswer("C3.1")},
			status: status.Compliant, provisional: status.Compliant, expires: usual},
		{name: "answered, not attached", changes: []change{noEvidence("C3.1")},
			status: status.NotCompliant, provisional: status.NotCompliant, states: states{"C3.1": status.Fail}},
	})
}

func TestEvidenceGoesStale(t *testing.T) {
	t.Parallel()
	run(t, []rule{
		{name: "about the present version", changes: []change{about("C1.2.3", "2.1")},
			status: status.Compliant, provisional: status.Compliant, expires: usual},
		{name: "about an earlier one that nothing changed for", changes: []change{about("C1.2.3", "2.0")},
			status: status.Compliant, provisional: status.Compliant, expires: usual},
		{name: "about another", changes: []change{about("C1.2.3", "1.9")},
			status: status.NotCompliant, provisional: status.NotCompliant, states: states{"C1.2.3": status.Stale}},
		{name: "about no version", changes: []change{about("C1.2.3", "")},
			status: status.Compliant, provisional: status.Compliant, expires: usual},
		{name: "not bound to a version", changes: []change{about("C3.1", "1.0")},
			status: status.Compliant, provisional: status.Compliant, expires: usual},
		{name: "stale and expired", changes: []change{about("C3.3", "1.9"), field("C3.3", "test_date", "2020-01-01")},
			status: status.NotCompliant, provisional: status.NotCompliant, states: states{"C3.3": status.Stale}},
		{name: "one expired, one stale", changes: []change{field("C3.3", "test_date", "2020-01-01"), func(r *status.Return) {
			r.Evidence = append(r.Evidence, status.Evidence{Question: "C3.3", Kind: "penetration_test_summary", ProductVersion: "1.0"})
		}}, status: status.NotCompliant, provisional: status.NotCompliant, states: states{"C3.3": status.Expired}},
		{name: "one of two kinds is stale", changes: []change{func(r *status.Return) {
			for i := range r.Evidence {
				if r.Evidence[i].Kind == "hazard_log" {
					r.Evidence[i].ProductVersion = "1.0"
				}
			}
		}}, status: status.NotCompliant, provisional: status.NotCompliant, states: states{"C1.2.4": status.Stale}},
		{name: "stale, answered not applicable", changes: []change{about("C2.2.4", "1.0"), answer("C2.2.4", "not_applicable")},
			status: status.Compliant, provisional: status.Compliant, expires: usual},
	})
}

func TestSectionsOfVersionOneMayBeWaived(t *testing.T) {
	t.Parallel()
	dropSection := func(prefix string) change {
		return func(r *status.Return) {
			for code := range r.Answers {
				if strings.HasPrefix(string(code), prefix) {
					delete(r.Answers, code)
				}
			}
			r.Evidence = slices.DeleteFunc(r.Evidence, func(e status.Evidence) bool { return strings.HasPrefix(string(e.Question), prefix) })
			r.Assessments = slices.DeleteFunc(r.Assessments, func(a status.Assessment) bool { return strings.HasPrefix(string(a.Question), prefix) })
		}
	}
	run(t, []rule{
		{name: "left out and waived", base: "v1-compliant", changes: []change{dropSection("C1"), assess("C1", status.DecidedWaived, status.Action{})},
			status: status.Compliant, provisional: status.Compliant, expires: usual, states: states{"C1.1": status.Waived, "C1.4.1": status.NotAsked}},
		{name: "left out", base: "v1-compliant", changes: []change{dropSection("C1")},
			status: status.NotAssessed, provisional: status.Incomplete, states: states{"C1.1": status.Unanswered}},
		{name: "waived, though a question failed", base: "v1-compliant", changes: []change{
			assess("C1", status.DecidedWaived, status.Action{}), assess("C1.1", status.DecidedFail, status.Action{})},
			status: status.Compliant, provisional: status.Compliant, expires: usual},
		{name: "all but one question passes mechanically", base: "v1-compliant", changes: []change{answer("C4.2", "no"), unanswer("C4.2.1")},
			status: status.NotCompliant, provisional: status.Incomplete, states: states{"C4.2": status.Fail, "C4.2.1": status.Unanswered}},
	})
}

func TestFundConditionsChangeNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		base    string
		changes []change
		met     []bool
	}{
		{"asked and passing", "v2-compliant", []change{require("C3.3", "C3.1")}, []bool{true, true}},
		{"asked and failing", "v2-compliant", []change{require("C3.6"), answer("C3.6", "no")}, []bool{false}},
		{"an assessor's failure is no matter", "v2-compliant", []change{require("C3.6"), assess("C3.6", status.DecidedFail, status.Action{})}, []bool{true}},
		{"waived by the form, not attached", "v2-charter-signed", []change{require("C3.3")}, []bool{false}},
		{"waived by the form, attached", "v2-compliant", []change{answer("C3.2", "yes"), require("C3.3")}, []bool{true}},
		{"waived by the form, expired", "v2-compliant", []change{answer("C3.2", "yes"), require("C3.3"), field("C3.3", "test_date", "2020-01-01")}, []bool{false}},
		{"waived by an assessor", "v2-charter-signed", []change{require("C3.3"), assess("C3.3", status.DecidedWaived, status.Action{})}, []bool{true}},
		{"it alone is asked besides", "v2-compliant", []change{answer("C4.1", "no"), answer("C4.1.2", "cannot_confirm"), text("C4.1.3", "partners only"),
			require("C4.1.2", "C4.1.3")}, []bool{false, true}},
		{"usability", "v2-compliant", []change{require("D1.2")}, []bool{true}},
		{"percentage reached", "v1-compliant", []change{least(100), require("C3.2")}, []bool{true, true}},
		{"percentage missed", "v1-compliant", []change{least(100), answer("D1.1", "working_towards")}, []bool{false}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f, r := example(t, c.base)
			for _, do := range c.changes {
				do(&r)
			}
			got := evaluate(t, f, r)
			without := r
			without.Round.Require, without.Round.D1Minimum = nil, nil
			if plain := evaluate(t, f, without); plain.Status != got.Status || plain.Provisional != got.Provisional {
				t.Errorf("the conditions changed %s/%s to %s/%s", plain.Status, plain.Provisional, got.Status, got.Provisional)
			}
			var met []bool
			for _, condition := range got.FundConditions {
				met = append(met, condition.Met)
			}
			if !slices.Equal(met, c.met) {
				t.Errorf("got %v", got.FundConditions)
			}
			if r.Round.D1Minimum != nil && got.FundConditions[len(got.FundConditions)-1].Code != "D1" {
				t.Errorf("D1 is not last: %v", got.FundConditions)
			}
		})
	}
}

func TestVersionOneGivesAPercentage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		changes []change
		want    float64
	}{
		"everything":                          {nil, 100},
		"working towards half":                {[]change{answer("D1.4", "working_towards")}, 90},
		"no":                                  {[]change{answer("D1.5", "no")}, 97.5},
		"not applicable earns all":            {[]change{answer("D1.9", "not_applicable")}, 100},
		"a later question of a group is none": {[]change{answer("D1.9.1", "no"), answer("D1.12", "no")}, 100},
		"no address":                          {[]change{unanswer("D1.4.1")}, 90},
		"unanswered":                          {[]change{unanswer("D1.11")}, 90},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, r := example(t, "v1-compliant")
			for _, do := range c.changes {
				do(&r)
			}
			if got := evaluate(t, f, r); got.D1Percent == nil || *got.D1Percent != c.want {
				t.Errorf("got %v, want %v", got.D1Percent, c.want)
			}
		})
	}
	f, r := example(t, "v2-compliant")
	if got := evaluate(t, f, r); got.D1Percent != nil {
		t.Errorf("version two gives %v", *got.D1Percent)
	}
}

func TestTheEndOfAMonth(t *testing.T) {
	t.Parallel()
	f := load(t, "dtac-v2")
	q, _ := f.Question("C3.1")
	for from, want := range map[string]form.Date{
		"2024-02-29": "2025-02-28", "2025-02-28": "2026-02-28", "2026-03-31": "2027-03-31", "2027-02-28": "2028-02-28", "": "",
	} {
		item := status.Evidence{Question: "C3.1", Fields: map[string]string{"certificate_issue_date": from}}
		if got := status.Expiry(q, item); got != want {
			t.Errorf("%s: got %s, want %s", from, got, want)
		}
	}
}
