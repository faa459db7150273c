package applicant

import (
	"io"
	"net/http"
	"strconv"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/letter"
	"adoptionfund/internal/review"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/apply"
)

// Outcomes are the rows of the outcome, and of what can be done about it.
func Outcomes(decisions *decision.Service, checks *eligibility.Service, reviews *review.Service) []route.Row {
	o := outcomes{decisions, checks, reviews}
	again := "/applications/{ref}/decision-review"
	return []route.Row{
		{Method: http.MethodGet, Path: "/applications/{ref}/outcome", Action: access.ViewOutcome, Title: "Outcome of an application", Handle: o.show},
		{Method: http.MethodGet, Path: "/applications/{ref}/outcome.pdf", Action: access.ViewOutcome, Title: "Letter as a PDF file", Handle: o.paper},
		{Method: http.MethodGet, Path: "/applications/{ref}/outcome.txt", Action: access.ViewOutcome, Title: "Letter as plain text", Handle: o.plain},
		{Method: http.MethodGet, Path: again, Action: access.ViewDecisionReview, Title: "Review of a decision", Handle: o.review},
		{Method: http.MethodPost, Path: again, Action: access.RequestDecisionReview, Title: "Review of a decision", Handle: o.ask},
	}
}

type outcomes struct {
	decisions *decision.Service
	checks    *eligibility.Service
	reviews   *review.Service
}

func (o outcomes) show(r *route.Request) (route.Reply, error) {
	told, err := o.decisions.Outcome(r.Context(), refOf(r))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // decision has said what it was doing
	}
	d := told.Decision
	p := page.Outcome{Told: told, Award: d != nil && d.Outcome == decision.Successful, MayPrint: r.MayPrint()}
	if p.Found, err = o.checks.Reasons(r.Context(), refOf(r)); err != nil {
		return route.Reply{}, err //nolint:wrapcheck // eligibility has said what it was doing
	}
	if d != nil && told.Letter() == nil {
		if p.Feedback, err = o.reviews.OutcomeFeedback(r.Context(), refOf(r)); err != nil {
			return route.Reply{}, err //nolint:wrapcheck // review has said what it was doing
		}
	}
	c, err := o.decisions.ReviewsOf(r.Context(), refOf(r))
	if err != nil && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Forbidden) { // contributors and signatories read the outcome alone
		return route.Reply{}, err //nolint:wrapcheck // decision has said what it was doing
	}
	p.Reviewable, p.Reviewed = err == nil && c.MayAsk && c.NotNow == "", len(c.Reviews) > 0
	return route.Show(p)
}

// letter gives the letter that stands. Before the release there is none, for anybody.
func (o outcomes) letter(r *route.Request) (*letter.Letter, error) {
	told, err := o.decisions.Outcome(r.Context(), refOf(r))
	if err != nil {
		return nil, err //nolint:wrapcheck // decision has said what it was doing
	}
	if told.Letter() == nil {
		return nil, fault.New(fault.NotFound, "There is no such letter")
	}
	return told.Letter(), nil
}

// letterName is what a letter's file is called: by its application alone, and by its number once it was corrected.
func letterName(r *route.Request, l *letter.Letter, extension string) string {
	name := strings.ToLower(string(refOf(r))) + "-letter"
	if l.Number > 1 {
		name += "-" + strconv.Itoa(l.Number)
	}
	return name + extension
}

func (o outcomes) paper(r *route.Request) (route.Reply, error) {
	l, err := o.letter(r)
	if err != nil {
		return route.Reply{}, err
	}
	sheet := page.PrintedLetter{Ref: refOf(r), Subject: l.Subject, Doc: l.Doc()}
	return route.PDF(letterName(r, l, ".pdf"), sheet.Footer(), sheet)
}

func (o outcomes) plain(r *route.Request) (route.Reply, error) {
	l, err := o.letter(r)
	if err != nil {
		return route.Reply{}, err
	}
	text := l.Subject + "\n\n" + l.Doc().Plain()
	return route.Download(letterName(r, l, ".txt"), "text/plain", false, func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err //nolint:wrapcheck // the reply says what it was doing
	})
}

func (o outcomes) review(r *route.Request) (route.Reply, error) {
	c, err := o.decisions.ReviewsOf(r.Context(), refOf(r))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // decision has said what it was doing
	}
	p := page.DecisionReview{Case: c, Problems: r.Problems()}
	p.Sent, _ = r.Typing()
	return route.Show(p)
}

func (o outcomes) ask(r *route.Request) (route.Reply, error) {
	q := decision.Request{Statement: r.Field("statement")}
	for _, g := range r.Form()["grounds"] {
		q.Grounds = append(q.Grounds, decision.Ground(g))
	}
	if err := o.decisions.AskReview(r.Context(), refOf(r), q); err != nil {
		return r.Again(err, o.review)
	}
	r.Flash("A review of the decision is asked for. You are told when it is settled")
	return route.Go("/applications/%s/decision-review", refOf(r))
}
