package fundteam

import (
	"context"
	"fmt"
	"net/http"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/admin"
	"adoptionfund/web/page/public"
)

type questionDoor struct{ funds *fund.Service }

// Questions are the rows on which fund managers answer what people ask about calls.
func Questions(funds *fund.Service) []route.Row {
	h := questionDoor{funds}
	return []route.Row{
		{Method: http.MethodGet, Path: "/admin/questions", Title: "Questions about calls", Action: access.ListQuestions, Menu: "Questions", Handle: h.list},
		{Method: http.MethodGet, Path: "/admin/questions/{question}", Title: "A question about a call", Action: access.ListQuestions, Handle: h.show},
		{Method: http.MethodPost, Path: "/admin/questions/{question}", Title: "Answer a question about a call", Action: access.AnswerQuestion, Handle: h.answer},
	}
}

// QuestionTasks are the questions that wait for the one who is signed in, for the start page.
func QuestionTasks(funds *fund.Service) func(context.Context) ([]public.Task, error) {
	return func(ctx context.Context) ([]public.Task, error) {
		n, oldest, err := funds.QuestionsToAnswer(ctx)
		if err != nil || n == 0 {
			return nil, err //nolint:wrapcheck // fund has said what it was doing
		}
		title := fmt.Sprintf("%d questions about calls wait for an answer", n)
		if n == 1 {
			title = "A question about a call waits for an answer"
		}
		return []public.Task{{Title: title, About: page.Since(oldest), Href: "/admin/questions"}}, nil
	}
}

func (h questionDoor) list(r *route.Request) (route.Reply, error) {
	waiting, answered, err := h.funds.Inbox(r.Context())
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // fund has said what it was doing
	}
	return route.Show(page.Questions{Waiting: waiting, Answered: answered})
}

func (h questionDoor) show(r *route.Request) (route.Reply, error) {
	q, err := h.funds.Question(r.Context(), ident.Question(r.Path("question")))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // fund has said what it was doing
	}
	published := q.Published
	if q.AnsweredAt == nil {
		published = q.Text
	}
	shown := page.Question{
		AskedOf: q, MayAnswer: r.May(access.AnswerQuestion), Problems: r.Problems(), Published: r.Typed("published", published), Answer: r.Typed("answer", q.Answer),
		Public: q.Public || q.AnsweredAt == nil,
	}
	if typed, again := r.Typing(); again {
		shown.Public = typed.Get("public") == "yes"
	}
	return route.Show(shown)
}

func (h questionDoor) answer(r *route.Request) (route.Reply, error) {
	err := h.funds.Answer(r.Context(), ident.Question(r.Path("question")), fund.Answering{
		Published: r.Field("published"), Answer: r.Field("answer"), Public: r.Field("public") == "yes", Version: r.Version(),
	})
	if err != nil {
		return r.Again(err, h.show)
	}
	r.Flash("The answer is given. Who asked gets a mail.")
	return route.Go("/admin/questions")
}
