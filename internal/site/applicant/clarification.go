package applicant

import (
	"context"
	"net/http"
	"net/url"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/site/public"
	"adoptionfund/internal/site/route"
	"adoptionfund/internal/workflow"
	page "adoptionfund/web/page/apply"
)

type clarifications struct{ checks *eligibility.Service }

// Clarifications are the rows of the page on which an applicant answers the fund's questions.
func Clarifications(checks *eligibility.Service) []route.Row {
	h := clarifications{checks}
	path := "/applications/{ref}/clarifications"
	return []route.Row{
		{Method: http.MethodGet, Path: path, Action: access.ViewClarifications, Title: "Questions from the fund", Handle: h.show},
		{Method: http.MethodPost, Path: path, Action: access.AnswerClarification, Title: "Questions from the fund", Handle: h.answer},
	}
}

func (h clarifications) show(r *route.Request) (route.Reply, error) {
	exchange, err := h.checks.Clarifications(r.Context(), ident.Ref(r.Path("ref")))
	if err != nil {
		return route.Reply{}, err
	}
	shown := page.Clarifications{Exchange: exchange, Problems: r.Problems(), Typed: r.Typed, Shown: exchange.Answers}
	if typed, again := r.Typing(); again {
		shown.Shown = asTyped(exchange, typed)
	}
	return route.Show(shown)
}

// asTyped are the answers with what was typed in those that can be changed in place.
func asTyped(x eligibility.Exchange, typed url.Values) form.Answers {
	answers := x.Answers
	for _, c := range x.Clarifications {
		if q := x.InPlace(c); c.IsOpen() && q != nil {
			own := url.Values{}
			for name, values := range typed {
				if form.CodeOf(name) == q.Code {
					own[name] = values
				}
			}
			answers, _ = form.Bind(eligibility.Alone(q), own, answers)
		}
	}
	return answers
}

func (h clarifications) answer(r *route.Request) (route.Reply, error) {
	answers := map[string]string{}
	for name := range r.Form() {
		answers[name] = r.Field(name)
	}
	ref := ident.Ref(r.Path("ref"))
	if err := h.checks.Answer(r.Context(), ref, eligibility.Answering{Words: answers, Typed: r.Form()}); err != nil {
		return r.Again(err, h.show)
	}
	r.Flash("Your answers are sent")
	return route.Go("/applications/%s/clarifications", ref)
}

// ClarificationTasks are the questions of the fund that wait for somebody's answer, for the start page.
func ClarificationTasks(applications *application.Service, checks *eligibility.Service) func(context.Context) ([]public.Task, error) {
	return func(ctx context.Context) ([]public.Task, error) {
		mine, err := applications.Mine(ctx)
		if err != nil {
			return nil, err //nolint:wrapcheck // application has said what it was doing
		}
		var tasks []public.Task
		for _, a := range mine {
			if a.State != workflow.Clarification {
				continue
			}
			x, err := checks.Clarifications(ctx, a.Ref)
			if err != nil {
				return nil, err //nolint:wrapcheck // eligibility has said what it was doing
			}
			if x.MayAnswer {
				tasks = append(tasks, toAnswer(x))
			}
		}
		return tasks, nil
	}
}

// toAnswer is the task to answer what is open, by the first of the days.
func toAnswer(x eligibility.Exchange) public.Task {
	ref := string(x.Application.Ref)
	t := public.Task{Title: "Answer the fund's questions about " + ref, About: x.Application.Title, Href: "/applications/" + ref + "/clarifications"}
	for _, c := range x.Clarifications {
		if c.IsOpen() && (t.Due.IsZero() || c.DueAt.Before(t.Due)) {
			t.Due = c.DueAt
		}
	}
	return t
}
