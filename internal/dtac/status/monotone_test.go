package status_test

import (
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/form"
)

// drawReturn makes a return of any kind: answers, evidence, assessments and plan at random.
func drawReturn(t *rapid.T, f *form.Form) status.Return {
	r := status.Return{Product: status.Product{Version: "2.1", UnaffectedSince: []string{"2.0"}}, Answers: form.Answers{}}
	mostly := rapid.SampledFrom([]bool{true, true, true, true, true, true, true, true, false})
	good := rapid.IntRange(0, 9).Draw(t, "good") > 0
	draw := func(what string) bool { return good && mostly.Draw(t, what) || !good && rapid.Bool().Draw(t, what) }
	day := rapid.Custom(func(t *rapid.T) form.Date { return today.AddDays(rapid.IntRange(-400, 400).Draw(t, "days")) })
	for _, q := range f.Questions() {
		name := string(q.Code)
		if draw(name + " answered") {
			r.Answers[q.Code] = drawAnswer(t, q, good)
		}
		for _, kind := range q.Evidence.Kinds {
			if draw(name + kind) {
				i := status.Evidence{Question: q.Code, Kind: kind, Fields: map[string]string{},
					ProductVersion: rapid.SampledFrom([]string{"2.1", "2.0", "", "1.0"}).Draw(t, "version")}
				for _, dated := range []string{q.Evidence.CountsFrom, q.Evidence.ExpiresOn} {
					if dated != "" {
						i.Fields[dated] = string(day.Draw(t, "day"))
					}
				}
				r.Evidence = append(r.Evidence, i)
			}
		}
		action := status.Action{What: "x", Owner: rapid.SampledFrom([]string{"CTO", "CTO", "CTO", ""}).Draw(t, "owner"), Due: day.Draw(t, "due")}
		if draw(name + " assessed") {
			r.Assessments = append(r.Assessments, status.Assessment{Question: q.Code, Action: action,
				Result: rapid.SampledFrom([]status.Decision{"pass", "pass", "pass", "pass", "waived", "action_needed", "fail"}).Draw(t, "result")})
		}
		if rapid.Bool().Draw(t, name+" planned") {
			r.Plan = append(r.Plan, status.Planned{Question: q.Code, Action: action})
		}
	}
	for _, s := range f.Sections {
		if s.Waiver != "" && !draw("no waiver of "+string(s.Code)) {
			r.Assessments = append(r.Assessments, status.Assessment{Question: s.Code, Result: status.DecidedWaived})
		}
	}
	r.Round.LatestAction = today.AddDays(rapid.IntRange(0, 400).Draw(t, "limit"))
	return r
}

// disturb changes a few things in a return, so that one is drawn that is not far from a status that can be lost.
func disturb(t *rapid.T, f *form.Form, base status.Return) status.Return {
	r := base
	r.Answers = base.Answers.Merge(nil)
	r.Evidence, r.Assessments, r.Plan = slices.Clone(base.Evidence), slices.Clone(base.Assessments), slices.Clone(base.Plan)
	questions := f.Questions()
	for n := rapid.IntRange(0, 4).Draw(t, "disturbances"); n > 0; n-- {
		q := rapid.SampledFrom(questions).Draw(t, "question")
		action := status.Action{What: "x", Owner: "CTO", Due: today.AddDays(rapid.IntRange(-30, 60).Draw(t, "due"))}
		switch rapid.IntRange(0, 4).Draw(t, "what") {
		case 0:
			r.Answers[q.Code] = drawAnswer(t, q, false)
		case 1:
			delete(r.Answers, q.Code)
		case 2:
			at := rapid.IntRange(0, len(r.Assessments)-1).Draw(t, "assessment")
			r.Assessments[at].Result = rapid.SampledFrom(status.Decisions()).Draw(t, "result")
			r.Assessments[at].Action = action
			r.Plan = append(r.Plan, status.Planned{Question: r.Assessments[at].Question, Action: action})
		case 3:
			r.Evidence[rapid.IntRange(0, len(r.Evidence)-1).Draw(t, "evidence")].ProductVersion = "1.0"
		case 4:
			r.Plan = append(r.Plan, status.Planned{Question: q.Code, Action: action})
		}
	}
	return r
}

func drawAnswer(t *rapid.T, q *form.Question, good bool) form.Value {
	switch {
	case q.Kind == form.KindDate:
		return form.Value{NotApplicable: true}
	case len(q.Options) > 0 && good:
		return form.Chosen(q.Options[0].Value)
	case len(q.Options) > 0:
		return form.Chosen(rapid.SampledFrom(q.Options).Draw(t, "option").Value)
	}
	return form.Value{Text: "words"}
}

// Turning an assessment into fail, or removing a piece of evidence, never improves a status, nor the provisional one.
func TestNothingImprovesByFailingOrByLosingEvidence(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"v1-compliant", "v2-compliant", "v2-on-the-way", "v2-charter-signed"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, base := example(t, name)
			rapid.Check(t, func(t *rapid.T) {
				var r status.Return
				if rapid.IntRange(0, 4).Draw(t, "wild") == 0 {
					r = drawReturn(t, f)
				} else {
					r = disturb(t, f, base)
				}
				before := mustEvaluate(t, f, r)
				worse := r
				if n := len(r.Evidence); n > 0 && rapid.Bool().Draw(t, "lose evidence") {
					at := rapid.IntRange(0, n-1).Draw(t, "which")
					worse.Evidence = slices.Delete(slices.Clone(r.Evidence), at, at+1)
				} else if n := len(r.Assessments); n > 0 {
					at := rapid.IntRange(0, n-1).Draw(t, "which")
					if _, section := f.Question(r.Assessments[at].Question); !section {
						return
					}
					worse.Assessments = slices.Clone(r.Assessments)
					worse.Assessments[at].Result = status.DecidedFail
				}
				after := mustEvaluate(t, f, worse)
				if after.Status.Rank() > before.Status.Rank() || after.Provisional.Rank() > before.Provisional.Rank() {
					t.Fatalf("%s/%s became %s/%s", before.Status, before.Provisional, after.Status, after.Provisional)
				}
			})
		})
	}
}

// A status holds on every day until it expires, and is lower on the day on which it does.
func TestAStatusHoldsUntilItExpires(t *testing.T) {
	t.Parallel()
	f, base := example(t, "v2-compliant")
	rapid.Check(t, func(t *rapid.T) {
		r := base
		r.Evidence = slices.Clone(base.Evidence)
		for i := range r.Evidence {
			q, _ := f.Question(r.Evidence[i].Question)
			for _, dated := range []string{q.Evidence.CountsFrom, q.Evidence.ExpiresOn} {
				if dated != "" {
					day := today.AddDays(rapid.IntRange(-340, 30).Draw(t, strconv.Itoa(i)))
					r.Evidence[i].Fields = map[string]string{dated: string(day)}
				}
			}
		}
		now := mustEvaluate(t, f, r)
		if now.Status.Rank() == 0 {
			if now.ExpiresOn() != "" {
				t.Fatalf("%s expires on %s", now.Status, now.ExpiresOn())
			}
			return
		}
		end := now.ExpiresOn()
		for day := today; day < end; day = day.AddDays(7) {
			if got := evaluateOn(t, f, r, day); got.Status.Rank() < now.Status.Rank() {
				t.Fatalf("lower on %s, said to hold until %s", day, end)
			}
		}
		if end != "" && evaluateOn(t, f, r, end).Status.Rank() >= now.Status.Rank() {
			t.Fatalf("not lower on %s", end)
		}
	})
}

func mustEvaluate(t *rapid.T, f *form.Form, r status.Return) status.Result {
	return evaluateOn(t, f, r, today)
}

func evaluateOn(t *rapid.T, f *form.Form, r status.Return, on form.Date) status.Result {
	result, err := status.Evaluate(f, r, on)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func TestSectionsStandWhereTheirWorstQuestionStands(t *testing.T) {
	t.Parallel()
	f, r := example(t, "v2-expired")
	want := map[form.Code]status.State{"C1": status.Pass, "C2": status.Pass, "C3": status.Expired, "C4": status.Pass}
	for _, s := range evaluate(t, f, r).BySection() {
		if s.State != want[s.Code] || len(s.Items) == 0 || s.State.Label() == "" {
			t.Errorf("%s: %s", s.Code, s.State)
		}
	}
}

func codeOf(text string) form.Code { return form.Code(text) }
