package fund

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Question is what somebody asked the fund team about a call. Answers that are public stand in the call's log for everybody, with the
// question as the fund team published it and without the name of who asked.
type Question struct {
	ID         ident.Question
	CallID     ident.Call
	Code       string // of the question of the form that it is about; empty: the call as a whole
	Text       string // as it was asked
	AskedBy    ident.Person
	AskedAt    time.Time
	Published  string // as everybody reads it
	Answer     string
	Public     bool
	AnsweredBy *ident.Person
	AnsweredAt *time.Time
	ChangedAt  *time.Time // when the answer was last put right after it was given
	Version    int
}

// TableName is the table of questions about calls.
func (Question) TableName() string { return "call_questions" }

// QuestionsWaiting is the most questions of one person about one call that can wait for an answer.
const QuestionsWaiting = 10

const (
	longestQuestion = 2000 // characters
	longestAnswer   = 8000
)

// Asked is what somebody asks.
type Asked struct {
	Code string
	Text string
}

// Ask puts a question to the fund team about a call that is published and not closed, and tells those who answer.
func (s *Service) Ask(ctx context.Context, ref ident.CallRef, in Asked) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		c, err := CallByRef(tx, ref)
		if err != nil {
			return err
		}
		if c.Published == "" {
			return work.NotFound("call")
		}
		if err := tx.Require(access.AskQuestion, c); err != nil {
			return err
		}
		if !slices.Contains([]workflow.CallState{workflow.CallApproved, workflow.CallOpen}, c.State) {
			return fault.New(fault.Conflict, "The call is closed, so that questions about it are no longer taken")
		}
		q := Question{ID: ident.New[ident.Question](), CallID: c.ID, Code: in.Code, Text: strings.TrimSpace(in.Text), AskedBy: tx.By.ID, AskedAt: tx.Now, Version: 1}
		if err := q.check(tx); err != nil {
			return err
		}
		tx.Record(event(c, string(access.AskQuestion), map[string]any{"question": q.ID, "digest": audit.Digest([]byte(q.Text))}))
		if err := work.Add(tx, &q); err != nil {
			return err
		}
		return tellWhoAnswers(tx, c, q)
	})
}

// check refuses a question that is none, and one more than a person can have waiting.
func (q *Question) check(tx *work.Tx) error {
	if n := utf8.RuneCountInString(q.Text); n == 0 || n > longestQuestion {
		return fault.Fields(fault.Problems{"question": "Enter your question in 2,000 characters or fewer"})
	}
	waiting, err := countWaiting(tx, q.CallID, q.AskedBy)
	if err == nil && waiting >= QuestionsWaiting {
		return fault.Fields(fault.Problems{"question": "Ten of your questions about this call wait for an answer already. Ask again once they are answered"})
	}
	return err
}

func tellWhoAnswers(tx *work.Tx, c *Call, q Question) error {
	staff, err := people.WhoMay(tx, access.AnswerQuestion, c.Scope())
	if err != nil {
		return err
	}
	for _, p := range staff {
		m := notify.Message{Kind: "question_asked", Person: p.ID, Address: p.Email, Key: string(q.ID), Fields: Fields(c)}
		m.Fields["name"], m.Fields["question"] = p.Name, string(q.ID)
		if err := tx.Notify(m); err != nil {
			return err
		}
	}
	return nil
}

// Log is the questions and answers about a call: a page of those that are public, newest first, and, for somebody who is signed in,
// their own.
type Log struct {
	Call   Call
	Public []Question
	Own    []Question
	Next   ident.Question // the last of this page if there are more; empty: none
}

const answersOnAPage = 50

// Log gives the questions and answers about a published call; before is the last one of the page before.
func (s *Service) Log(ctx context.Context, ref ident.CallRef, before ident.Question) (Log, error) {
	var l Log
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		c, err := CallByRef(tx, ref)
		if err != nil {
			return err
		}
		if c.Published == "" {
			return work.NotFound("call")
		}
		l.Call = *c
		if l.Public, err = publicQuestions(tx, c.ID, before, answersOnAPage+1); err != nil {
			return err
		}
		if len(l.Public) > answersOnAPage {
			l.Public = l.Public[:answersOnAPage]
			l.Next = l.Public[answersOnAPage-1].ID
		}
		if tx.By.ID != "" {
			l.Own, err = questionsOf(tx, c.ID, tx.By.ID)
		}
		return err
	})
	return l, err
}

// AskedOf is a question with its call and who asked it, for those who answer.
type AskedOf struct {
	Question
	Call  Call
	Asker string // name
}

// Inbox gives the questions about the calls for whose questions the one who is signed in answers: those that wait, the oldest first,
// then the latest that were answered.
func (s *Service) Inbox(ctx context.Context) (waiting, answered []AskedOf, err error) {
	err = s.gate.Read(ctx, func(tx *work.Tx) error {
		calls, err := callsWhere(tx, access.ListQuestions)
		if err != nil {
			return err
		}
		if len(calls) == 0 {
			return tx.Require(access.ListQuestions, access.Facts{})
		}
		rows, err := inbox(tx, calls)
		if err != nil {
			return err
		}
		waiting, answered, err = sorted(tx, rows, calls)
		tx.Saw("questions about calls")
		return err
	})
	return waiting, answered, err
}

func callsWhere(tx *work.Tx, act access.Action) (map[ident.Call]Call, error) {
	all, err := Calls(tx)
	if err != nil {
		return nil, err
	}
	calls := map[ident.Call]Call{}
	for i := range all {
		may, err := tx.May(act, &all[i])
		if err != nil {
			return nil, err
		}
		if may {
			calls[all[i].ID] = all[i]
		}
	}
	return calls, nil
}

// sorted puts rows with those that wait first.
func sorted(tx *work.Tx, rows []Question, calls map[ident.Call]Call) (waiting, answered []AskedOf, err error) {
	ids := make([]ident.Person, len(rows))
	for i, q := range rows {
		ids[i] = q.AskedBy
	}
	names, err := people.Names(tx, ids...)
	for _, q := range rows {
		of := AskedOf{q, calls[q.CallID], names[q.AskedBy]}
		if q.AnsweredAt == nil {
			waiting = append(waiting, of)
		} else {
			answered = append(answered, of)
		}
	}
	return waiting, answered, err
}

// Question gives one question to those who answer it.
func (s *Service) Question(ctx context.Context, id ident.Question) (AskedOf, error) {
	var of AskedOf
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		q, c, err := permittedQuestion(tx, id, access.ListQuestions)
		if err != nil {
			return err
		}
		names, err := people.Names(tx, q.AskedBy)
		of = AskedOf{*q, *c, names[q.AskedBy]}
		tx.Saw("question about a call", string(id))
		return err
	})
	return of, err
}

// permittedQuestion reads a question of a call to which the principal may do act.
func permittedQuestion(tx *work.Tx, id ident.Question, act access.Action) (*Question, *Call, error) {
	q, err := questionByID(tx, id)
	if err != nil {
		return nil, nil, err
	}
	c, err := CallByID(tx, q.CallID)
	if err != nil {
		return nil, nil, err
	}
	return q, c, tx.Require(act, c)
}

// Answering is an answer to a question. Public ones stand in the call's log with the question as Published.
type Answering struct {
	Published string
	Answer    string
	Public    bool
	Version   int // of the question, as it was read
}

func (in *Answering) check() error {
	problems := fault.Problems{}
	in.Published, in.Answer = strings.TrimSpace(in.Published), strings.TrimSpace(in.Answer)
	if n := utf8.RuneCountInString(in.Answer); n == 0 || n > longestAnswer {
		problems["answer"] = "Enter the answer in 8,000 characters or fewer"
	}
	if n := utf8.RuneCountInString(in.Published); n > longestQuestion || in.Public && n == 0 {
		problems["published"] = "Enter the question as everybody will read it, in 2,000 characters or fewer"
	}
	return fault.Fields(problems)
}

// Answer answers a question, or puts right an answer that was given. Who asked is told.
func (s *Service) Answer(ctx context.Context, id ident.Question, in Answering) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		q, c, err := permittedQuestion(tx, id, access.AnswerQuestion)
		if err != nil {
			return err
		}
		if err := in.check(); err != nil {
			return err
		}
		if in.Version != q.Version {
			return fault.Stale(map[string]string{"answer": q.Answer, "published": q.Published}, "Someone else answered this question after you opened it")
		}
		q.Published, q.Answer, q.Public = in.Published, in.Answer, in.Public
		if q.AnsweredAt == nil {
			q.AnsweredBy, q.AnsweredAt = &tx.By.ID, &tx.Now
		} else {
			q.ChangedAt = &tx.Now
		}
		if err := work.Save(tx, q, &q.Version); err != nil {
			return err
		}
		tx.Record(event(c, string(access.AnswerQuestion), map[string]any{"question": q.ID, "public": q.Public, "digest": audit.Digest([]byte(q.Answer))}))
		return tellWhoAsked(tx, c, q)
	})
}

func tellWhoAsked(tx *work.Tx, c *Call, q *Question) error {
	p, err := people.ByID(tx, q.AskedBy)
	if err != nil {
		return err
	}
	m := notify.Message{Kind: "question_answered", Person: p.ID, Address: p.Email, Key: string(q.ID) + " " + tx.Now.Format(time.RFC3339Nano), Fields: Fields(c)}
	m.Fields["name"] = p.Name
	return tx.Notify(m)
}

// QuestionsToAnswer counts the questions that wait for the one who is signed in, and says since when the oldest does.
func (s *Service) QuestionsToAnswer(ctx context.Context) (n int, oldest time.Time, err error) {
	err = s.gate.Read(ctx, func(tx *work.Tx) error {
		if !tx.Policy().MayAnywhere(tx.By, access.AnswerQuestion) {
			return nil // as most of those whose start page asks
		}
		calls, err := callsWhere(tx, access.AnswerQuestion)
		if err != nil || len(calls) == 0 {
			return err
		}
		rows, err := waitingIn(tx, calls)
		if n = len(rows); n > 0 {
			oldest = rows[0].AskedAt
		}
		return err
	})
	return n, oldest, err
}
