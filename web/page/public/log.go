package public

import (
	"net/url"

	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Log is the questions and answers about a call.
type Log struct {
	fund.Log
	Form     *form.Form
	SignedIn bool
	MayAsk   bool
	Question string
	Code     string
	Problems map[string]string
}

// Head tells the frame.
func (l Log) Head() shared.Head {
	return shared.Head{Title: "Questions and answers", Caption: l.Call.Title, Crumbs: below(l.Call)}
}

func (l Log) path() string { return "/calls/" + string(l.Call.Ref) + "/questions-and-answers" }

func (l Log) open() bool {
	return l.Call.State == workflow.CallOpen || l.Call.State == workflow.CallApproved
}

func (l Log) next() string {
	if l.Next == "" {
		return ""
	}
	return l.path() + "?" + url.Values{"before": {string(l.Next)}}.Encode()
}

// about names the question of the form that a question is about.
func (l Log) about(code string) string {
	if q, ok := l.Form.Question(form.Code(code)); ok {
		return code + " " + q.Name()
	}
	return "The call as a whole"
}

func (l Log) codes() nhs.Select {
	s := nhs.Select{Name: "code", Label: "What is it about?", Value: l.Code, Size: nhs.Small, Empty: "The call as a whole"}
	for _, q := range l.Form.Questions() {
		s.Options = append(s.Options, nhs.Option{Value: string(q.Code), Label: string(q.Code) + " " + q.Name()})
	}
	return s
}

func given(q fund.Question) string {
	if q.AnsweredAt == nil {
		return ""
	}
	text := "Answered on " + uktime.Date(*q.AnsweredAt)
	if q.ChangedAt != nil {
		text += ", put right on " + uktime.Date(*q.ChangedAt)
	}
	return text
}
