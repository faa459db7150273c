// Package fundteam is the door of the fund team: eligibility officers, DTAC assessors and the fund manager.
package fundteam

import (
	"net/http"
	"strconv"

	"adoptionfund/internal/access"
	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/review"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/rules"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/screen"
)

// listLength is how many rows a list shows at a time.
const listLength = 50

type screening struct {
	checks  *eligibility.Service
	reviews *review.Service
	people  *people.Service
}

// Screening are the rows of the eligibility officers' pages.
func Screening(checks *eligibility.Service, reviews *review.Service, persons *people.Service) []route.Row {
	h := screening{checks, reviews, persons}
	return append(h.queueRows(), []route.Row{
		{Method: http.MethodGet, Path: "/screening/{ref}", Action: access.ViewEligibility, Title: "Eligibility of an application", Handle: h.show},
		{Method: http.MethodPost, Path: "/screening/{ref}", Action: access.ViewEligibility, Title: "Eligibility of an application", Handle: h.act},
	}...)
}

func ref(r *route.Request) ident.Ref { return ident.Ref(r.Path("ref")) }

func (h screening) show(r *route.Request) (route.Reply, error) {
	bench, err := h.checks.Open(r.Context(), ref(r))
	if err != nil {
		return route.Reply{}, err
	}
	fixed, err := h.reviews.Fixed(r.Context(), ref(r))
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Bench{Bench: bench, Fixed: &fixed, Problems: r.Problems(), Typed: r.Typed})
}

// act takes the buttons of the workbench.
func (h screening) act(r *route.Request) (route.Reply, error) {
	done, err := h.button(r)
	if err != nil {
		return r.Again(err, h.show)
	}
	r.Flash(done)
	return route.Go("/screening/%s", ref(r))
}

// button does what a button asks, and gives the words for when it is done.
func (h screening) button(r *route.Request) (string, error) {
	ctx, ref := r.Context(), ref(r)
	switch r.Button() {
	case "save":
		return "Decisions saved", h.decide(r, eligibility.Stay)
	case "pass":
		return "The application is eligible", h.decide(r, eligibility.FindPassed)
	case "propose_ineligible":
		return "A second officer confirms or returns the proposal", h.decide(r, eligibility.Propose)
	case "take":
		return "The application is yours to check", h.checks.Take(ctx, ref)
	case "give_back":
		return "The application is back in the queue", h.checks.Give(ctx, ref, "")
	case "give":
		if r.Field("officer") == "" {
			return "", fault.Fields(fault.Problems{"officer": "Select who is to have it"})
		}
		return "The application is handed over", h.checks.Give(ctx, ref, ident.Person(r.Field("officer")))
	case "remind":
		return "The applicant is reminded", h.checks.Remind(ctx, ref)
	case "confirm":
		return "The application is ineligible. The applicant is told", h.checks.ConfirmIneligible(ctx, ref)
	case "return":
		return "The application is back in screening", h.checks.ReturnIneligible(ctx, ref, r.Field("reason"))
	case "ask":
		return "The applicant is asked", h.ask(r)
	case "score":
		return "The score waits for a second officer", h.score(r)
	case "confirm_score":
		return "The score is confirmed", h.reviews.ConfirmFU1(ctx, ref)
	case "propose_reopening":
		return "A second person confirms the reopening", h.checks.ProposeReopening(ctx, ref, r.Field("reason"))
	case "confirm_reopening":
		return "The application is back in screening", h.checks.ConfirmReopening(ctx, ref)
	}
	return "", fault.New(fault.Invalid, "Press one of the buttons on the page")
}

// decide keeps decisions, the officers' score if one was given, and takes the next step.
func (h screening) decide(r *route.Request, next eligibility.Next) error {
	var verdicts []eligibility.Verdict
	problems := fault.Problems{}
	fails := false
	for _, c := range rules.Criteria() {
		v := eligibility.Verdict{Criterion: c, Decision: eligibility.Decision(r.Field(c)), Reason: r.Field(c + "-reason")}
		fails = fails || v.Decision == eligibility.Fail
		if next == eligibility.FindPassed && v.Decision != "" && v.Decision != eligibility.Pass {
			problems[c] = "To find the application eligible, " + rules.CriterionTitle(c) + " must pass"
		}
		if v.Decision != "" || v.Reason != "" || next == eligibility.FindPassed {
			verdicts = append(verdicts, v)
		}
	}
	if next == eligibility.Propose && !fails {
		problems[rules.Criteria()[0]] = "Select the criterion that fails"
	}
	if err := fault.Fields(problems); err != nil {
		return err
	}
	if err := h.newScore(r); err != nil {
		return err
	}
	return h.checks.Decide(r.Context(), ref(r), verdicts, next)
}

// newScore proposes the officers' score if one was given that is not there already.
func (h screening) newScore(r *route.Request) error {
	fixed, err := h.reviews.Fixed(r.Context(), ref(r))
	if err != nil || fixed.Officers == nil {
		return err
	}
	code := fixed.Officers.Code
	mark, reason := rubric.Mark(r.Field(string(code))), r.Field(string(code)+"-reason")
	waits, there := fixed.Proposed[code]
	if !there {
		waits, there = fixed.Standing[code]
	}
	if mark == "" && reason == "" || there && waits.Mark == mark && waits.Reason == reason {
		return nil
	}
	return h.reviews.ProposeFU1(r.Context(), ref(r), review.Given{Mark: string(mark), Reason: reason})
}

func (h screening) score(r *route.Request) error {
	fixed, err := h.reviews.Fixed(r.Context(), ref(r))
	if err != nil {
		return err
	}
	if fixed.Officers == nil {
		return fault.New(fault.Conflict, "The rubric of this call has no part that officers score")
	}
	code := string(fixed.Officers.Code)
	return h.reviews.ProposeFU1(r.Context(), ref(r), review.Given{Mark: r.Field(code), Reason: r.Field(code + "-reason")})
}

// ask asks the applicant up to three questions in one turn.
func (h screening) ask(r *route.Request) error {
	var questions []eligibility.Question
	for _, suffix := range []string{"", "-2", "-3"} {
		q := eligibility.Question{Code: form.Code(r.Field("question" + suffix)), Text: r.Field("text" + suffix)}
		if suffix == "" || q.Text != "" {
			questions = append(questions, q)
		}
	}
	days, err := strconv.Atoi(r.Field("due"))
	if err != nil {
		days = 0
	}
	return h.checks.AskClarification(r.Context(), ref(r), questions, days)
}
