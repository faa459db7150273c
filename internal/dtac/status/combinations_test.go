package status_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/form"
)

// wholes are returns that are compliant in every respect, one for each version.
func wholes() []string { return []string{"v1-compliant", "v2-compliant"} }

// asked are the pass-or-fail questions of a return that are asked: all of C1 to C4.
func asked(t *testing.T, f *form.Form, r status.Return) []form.Code {
	t.Helper()
	var codes []form.Code
	sections := map[form.Code]bool{}
	for _, i := range evaluate(t, f, r).Items {
		if i.State != status.NotAsked {
			codes = append(codes, i.Question)
			sections[i.Section] = true
		}
	}
	if len(sections) != 4 {
		t.Fatalf("the example asks of %d sections", len(sections))
	}
	return codes
}

// Every asked question of both versions, whatever section it is in: failed, put off, put off too late, put off though it must not be, waived.
func TestEveryQuestionOfEverySectionCountsAlike(t *testing.T) {
	t.Parallel()
	inTime, late := by("CTO", "2026-12-31"), by("CTO", "2027-01-01")
	for _, base := range wholes() {
		f, whole := example(t, base)
		for _, code := range asked(t, f, whole) {
			for _, c := range []struct {
				name   string
				do     change
				never  []form.Code
				status status.Status
				state  status.State
			}{
				{"passed", assess(code, status.DecidedPass, status.Action{}), nil, status.Compliant, status.Pass},
				{"failed", assess(code, status.DecidedFail, status.Action{}), nil, status.NotCompliant, status.Fail},
				{"failed, though an action is named", assess(code, status.DecidedFail, inTime), nil, status.NotCompliant, status.Fail},
				{"put off", assess(code, status.DecidedActionNeeded, inTime), nil, status.OnTheWay, status.ActionNeeded},
				{"put off by a day too long", assess(code, status.DecidedActionNeeded, late), nil, status.NotCompliant, status.ActionNeeded},
				{"put off by nobody", assess(code, status.DecidedActionNeeded, by("", "2026-12-01")), nil, status.NotCompliant, status.ActionNeeded},
				{"put off though it must not be", assess(code, status.DecidedActionNeeded, inTime), []form.Code{code}, status.NotCompliant, status.ActionNeeded},
				{"another one must not be put off", assess(code, status.DecidedActionNeeded, inTime), []form.Code{otherThan(code, whole)}, status.OnTheWay, status.ActionNeeded},
				{"waived", assess(code, status.DecidedWaived, status.Action{}), []form.Code{code}, status.Compliant, status.Waived},
				{"not assessed", noAssessment(code), nil, status.NotAssessed, status.NotAssessedYet},
			} {
				r := copied(whole)
				r.Round = status.Settings{LatestAction: "2026-12-31", NeverDefer: c.never}
				c.do(&r)
				got := evaluate(t, f, r)
				if i, _ := got.Item(code); got.Status != c.status || i.State != c.state || got.Provisional != status.Compliant {
					t.Errorf("%s, %s %s: %s, provisionally %s, %s", base, code, c.name, got.Status, got.Provisional, i.State)
				}
			}
		}
	}
}

// copied is a return that can be changed without the one that it comes from.
func copied(r status.Return) status.Return {
	r.Answers = r.Answers.Merge(nil)
	r.Evidence, r.Assessments, r.Plan = slices.Clone(r.Evidence), slices.Clone(r.Assessments), slices.Clone(r.Plan)
	return r
}

// otherThan is a question that is assessed besides one.
func otherThan(code form.Code, r status.Return) form.Code {
	for _, a := range r.Assessments {
		if a.Question != code {
			return a.Question
		}
	}
	return ""
}

// Every pair of sections: one question that waits for an action does not hide one that fails.
func TestOneActionDoesNotHideAFailureInAnotherSection(t *testing.T) {
	t.Parallel()
	for _, base := range wholes() {
		f, whole := example(t, base)
		firsts := map[form.Code]form.Code{}
		for _, i := range evaluate(t, f, whole).Items {
			if _, there := firsts[i.Section]; !there && i.State == status.Pass {
				firsts[i.Section] = i.Question
			}
		}
		for section, failing := range firsts {
			for other, waiting := range firsts {
				if section == other {
					continue
				}
				r := copied(whole)
				assess(waiting, status.DecidedActionNeeded, by("CTO", "2026-12-01"))(&r)
				if got := evaluate(t, f, r).Status; got != status.OnTheWay {
					t.Errorf("%s, %s waits: %s", base, waiting, got)
				}
				assess(failing, status.DecidedFail, status.Action{})(&r)
				if got := evaluate(t, f, r).Status; got != status.NotCompliant {
					t.Errorf("%s, %s waits and %s fails: %s", base, waiting, failing, got)
				}
			}
		}
	}
}

// Every question whose evidence ends, in both versions: the day before its last day, that day, and the day after.
func TestEveryPieceOfEvidenceEndsTheDayAfterItsLast(t *testing.T) {
	t.Parallel()
	tried := 0
	for _, base := range wholes() {
		f, whole := example(t, base)
		for _, code := range asked(t, f, whole) {
			q, _ := f.Question(code)
			name, months := q.Evidence.CountsFrom, q.Evidence.ExpiryMonths
			if name == "" {
				name, months = q.Evidence.ExpiresOn, 0
			}
			if name == "" || !has(whole, code) {
				continue
			}
			tried++
			for days, want := range map[int]status.State{1: status.Pass, 0: status.Pass, -1: status.Expired} {
				r := copied(whole)
				field(code, name, string(today.AddDays(days).AddMonths(-months)))(&r)
				got := evaluate(t, f, r)
				i, _ := got.Item(code)
				if q.PassIf != nil && !decidesByDate(f, whole, code) {
					want = status.Pass // its end warns and changes nothing
				}
				if i.State != want {
					t.Errorf("%s, %s, %d days left: %s", base, code, days, i.State)
				}
				if want == status.Pass && days >= 0 && got.ExpiresOn() != "" && got.ExpiresOn() > today.AddDays(days+1) && decidesByDate(f, whole, code) {
					t.Errorf("%s, %s, %d days left: until %s", base, code, days, got.ExpiresOn())
				}
			}
		}
	}
	if tried < 4 {
		t.Errorf("only %d pieces of evidence end", tried)
	}
}

func has(r status.Return, code form.Code) bool {
	return slices.ContainsFunc(r.Evidence, func(e status.Evidence) bool { return e.Question == code })
}

// decidesByDate reports whether the pass rule of a question looks at its evidence at all.
func decidesByDate(f *form.Form, whole status.Return, code form.Code) bool {
	r := whole
	r.Evidence = slices.Clone(whole.Evidence)
	noEvidence(code)(&r)
	result, err := status.Evaluate(f, r, today)
	i, _ := result.Item(code)
	return err == nil && i.State != status.Pass
}

// Every version-bound question, in both versions: evidence about the present version, an unaffected one, no version, and another.
func TestEveryVersionBoundPieceGoesStaleWithAnotherVersionOnly(t *testing.T) {
	t.Parallel()
	tried := 0
	for _, base := range wholes() {
		f, whole := example(t, base)
		for _, code := range asked(t, f, whole) {
			q, _ := f.Question(code)
			if !q.Evidence.VersionBound || !has(whole, code) {
				continue
			}
			tried++
			for version, want := range map[string]status.State{whole.Product.Version: status.Pass, "1.9": status.Pass, "": status.Pass, "0.1": status.Stale} {
				r := copied(whole)
				r.Product.UnaffectedSince = []string{"1.9"}
				for i := range r.Evidence {
					r.Evidence[i].ProductVersion = whole.Product.Version
				}
				about(code, version)(&r)
				got := evaluate(t, f, r)
				if i, _ := got.Item(code); i.State != want || (got.Status == status.Compliant) != (want == status.Pass) {
					t.Errorf("%s, %s about version %q: %s, %s", base, code, version, i.State, got.Status)
				}
			}
		}
	}
	if tried < 6 {
		t.Errorf("only %d questions are bound to a version", tried)
	}
}

// A return that is written as a file and read again is the same in every respect that counts, on every day.
func TestAReturnThatIsWrittenAndReadAgainGivesTheSame(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"dtac-v1", "dtac-v2"} {
		f := load(t, id)
		rapid.Check(t, func(t *rapid.T) {
			r := drawReturn(t, f)
			words := rapid.Map(rapid.StringMatching(`[a-zA-Z"'\\:{}#&*\-\[\], \n\tä£]{0,20}`), strings.TrimSpace)
			r.Product.Name, r.Product.Supplier = words.Draw(t, "name"), words.Draw(t, "supplier")
			for i := range r.Assessments {
				r.Assessments[i].Reason = words.Draw(t, "reason")
			}
			if rapid.Bool().Draw(t, "required") {
				r.Round.Require, r.Round.NeverDefer = []form.Code{"C3.1"}, []form.Code{"C1.2"}
				if _, ok := f.Question("C1.2.5"); ok {
					r.Round.NeverDefer = []form.Code{"C1.2.5"}
				}
			}
			again, err := status.ParseReturn(f, "return.yaml", status.WriteReturn(f, r))
			if err != nil {
				t.Fatalf("%v\n%s", err, status.WriteReturn(f, r))
			}
			on := today.AddDays(rapid.IntRange(-400, 400).Draw(t, "on"))
			if d := cmp.Diff(evaluateOn(t, f, r, on), evaluateOn(t, f, again, on)); d != "" {
				t.Fatalf("%s\n%s", d, status.WriteReturn(f, r))
			}
		})
	}
}
