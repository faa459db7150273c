package eligibility

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// The days that an applicant may be given to answer.
const (
	leastDays = 1
	mostDays  = 60
)

// AskClarification asks the applicant, in one turn, what an officer needs to know, with the number of days in which to answer. The call
// limits how many turns there are.
func (s *Service) AskClarification(ctx context.Context, ref ident.Ref, questions []Question, dueDays int) error {
	return s.move(ctx, ref, func(tx *work.Tx, a *application.Application) error {
		if err := tx.Require(access.AskClarification, a); err != nil {
			return err
		}
		f, _, _, err := s.applications.Snapshot(tx, a)
		if err != nil {
			return err
		}
		if err := checkQuestions(f, questions, dueDays); err != nil {
			return err
		}
		turn, err := nextTurn(tx, a)
		if err != nil {
			return err
		}
		due, err := dueOn(tx.Now, dueDays)
		if err != nil {
			return err
		}
		facts := map[string]any{"turn": turn, "questions": len(questions), "due": due}
		if err := application.Move(tx, a, workflow.AskClarification, work.Guards{workflow.DueDateGiven: work.Holds(due.After(tx.Now))}, facts); err != nil {
			return err
		}
		rows := make([]Clarification, len(questions))
		for i, q := range questions {
			rows[i] = Clarification{
				ID: ident.New[string](), ApplicationID: a.ID, Turn: turn, Question: q.Code, Body: strings.TrimSpace(q.Text), DueAt: due, AskedBy: tx.By.ID, AskedAt: tx.Now,
			}
		}
		return addClarifications(tx, rows)
	})
}

// nextTurn is the number of the next turn of questions, if the call allows one more.
func nextTurn(tx *work.Tx, a *application.Application) (int, error) {
	asked, err := clarificationsOf(tx, a.ID)
	if err != nil {
		return 0, err
	}
	turn := turns(asked) + 1
	if most := a.Call().Settings.Clarification; turn > most {
		return 0, fault.New(fault.Conflict, "The call allows %d turns of questions to an applicant, and they are used up. Decide on what is known", most)
	}
	return turn, nil
}

// checkQuestions says what is wrong with questions, by the names of the inputs: question, text and due, from the second on with a number.
func checkQuestions(f *form.Form, questions []Question, dueDays int) error {
	problems := fault.Problems{}
	if len(questions) == 0 {
		problems["text"] = "Enter what you want to know"
	}
	for i, q := range questions {
		suffix := ""
		if i > 0 {
			suffix = fmt.Sprintf("-%d", i+1)
		}
		if q.Code != "" && !named(f, q.Code) {
			problems["question"+suffix] = "Select the question that it is about"
		}
		if text := strings.TrimSpace(q.Text); text == "" || form.Characters(text) > 4000 {
			problems["text"+suffix] = "Enter what you want to know, in 4,000 characters or fewer"
		}
	}
	if dueDays < leastDays || dueDays > mostDays {
		problems["due"] = fmt.Sprintf("Enter a number of days between %d and %d", leastDays, mostDays)
	}
	return fault.Fields(problems)
}

func named(f *form.Form, code form.Code) bool {
	_, ok := f.Question(code)
	return ok
}

// dueOn is noon, UK time, a number of days on.
func dueOn(now time.Time, days int) (time.Time, error) {
	due, err := uktime.Parse(string(form.Date(uktime.Day(now)).AddDays(days)))
	if err != nil {
		return due, fmt.Errorf("setting a date to answer by: %w", err)
	}
	return due, nil
}

// Exchange is the questions to an applicant with their answers, as the applicant's side sees them.
type Exchange struct {
	Application    *application.Application
	Form           *form.Form
	Clarifications []Clarification
	MayAnswer      bool
	InTime         bool
	Answers        form.Answers // as they stand
	Amendments     []application.Amendment
}

// InPlace is the question of the form whose answer can be changed in answering a clarification: nil where the clarification is about the
// application as a whole, about files, or about a question that an earlier one of the same turn is about too.
func (x Exchange) InPlace(c Clarification) *form.Question {
	return inPlace(x.Form, openOf(x.Clarifications), c)
}

func openOf(all []Clarification) []Clarification {
	return slices.DeleteFunc(slices.Clone(all), func(c Clarification) bool { return !c.IsOpen() })
}

func inPlace(f *form.Form, open []Clarification, c Clarification) *form.Question {
	if f == nil || c.Question == "" {
		return nil
	}
	first := slices.IndexFunc(open, func(o Clarification) bool { return o.Question == c.Question })
	q, ok := f.Question(c.Question)
	if !ok || q.Kind == form.KindFile || first < 0 || open[first].ID != c.ID {
		return nil
	}
	return q
}

// Alone is a section that holds one question, so that it is shown and read by itself.
func Alone(q *form.Question) *form.Section {
	return &form.Section{Code: q.Section, Title: q.Name(), Questions: []*form.Question{q}}
}

// Clarifications gives the questions that were asked about an application.
func (s *Service) Clarifications(ctx context.Context, ref ident.Ref) (Exchange, error) {
	var x Exchange
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		a, err := application.Permitted(tx, ref, access.ViewClarifications)
		if err != nil {
			return err
		}
		x.Application = a
		if x.Clarifications, err = clarificationsOf(tx, a.ID); err != nil {
			return err
		}
		x.InTime = !slices.ContainsFunc(x.Clarifications, func(c Clarification) bool { return c.IsOpen() && !tx.Arrival.Before(c.DueAt) })
		if a.SubmissionID != nil {
			if x.Form, x.Answers, _, err = s.applications.Snapshot(tx, a); err != nil {
				return err
			}
			if x.Amendments, err = application.Amendments(tx, a); err != nil {
				return err
			}
		}
		may, err := tx.May(access.AnswerClarification, a)
		x.MayAnswer = may && a.State == workflow.Clarification
		tx.Saw("clarifications", string(a.Ref))
		return err
	})
	return x, err
}

// Answering is what an applicant answers: words by the ids of the clarifications, and what was typed in the questions of the form that
// they are about, by the names of the inputs.
type Answering struct {
	Words map[string]string
	Typed map[string][]string
}

// Answer answers every open question to an applicant at once. The request must have arrived before the date to answer by. The answers of
// the form that were changed stand beside the submission, which stays as it was signed.
func (s *Service) Answer(ctx context.Context, ref ident.Ref, in Answering) error {
	return s.move(ctx, ref, func(tx *work.Tx, a *application.Application) error {
		if err := tx.Require(access.AnswerClarification, a); err != nil {
			return err
		}
		open, changes, err := s.read(tx, a, in)
		if err != nil {
			return err
		}
		guards := work.Guards{workflow.AllAnswered: work.Holds(true)} // what is missing was refused
		if err := application.Move(tx, a, workflow.AnswerClarification, guards, map[string]any{"questions": len(open), "changed": len(changes)}); err != nil {
			return err
		}
		for _, c := range open {
			if err := answer(tx, c); err != nil {
				return err
			}
		}
		return s.applications.Amend(tx, a, changes)
	})
}

// read puts what was answered to the open questions, and gives the answers of the form that were changed.
func (s *Service) read(tx *work.Tx, a *application.Application, in Answering) ([]Clarification, []application.Amends, error) {
	byApp, err := openIn(tx, []ident.Application{a.ID})
	if err != nil {
		return nil, nil, err
	}
	open := byApp[a.ID]
	f, stands, _, err := s.applications.Snapshot(tx, a)
	if err != nil {
		return nil, nil, err
	}
	changes, err := typed(f, open, in.Typed, stands)
	if err != nil {
		return nil, nil, err
	}
	return open, changes, fill(open, in.Words, tx.Arrival, changes)
}

// typed reads the answers of the form that differ from those that stand.
func typed(f *form.Form, open []Clarification, values map[string][]string, stands form.Answers) ([]application.Amends, error) {
	var changes []application.Amends
	for _, c := range open {
		q := inPlace(f, open, c)
		if q == nil {
			continue
		}
		own := map[string][]string{}
		for name, v := range values {
			if form.CodeOf(name) == q.Code {
				own[name] = v
			}
		}
		bound, foreign := form.Bind(Alone(q), own, stands)
		if len(foreign) > 0 {
			return nil, fault.Fields(foreign)
		}
		if len(form.Compare(q, stands[q.Code], bound[q.Code])) > 0 {
			changes = append(changes, application.Amends{Clarification: c.ID, Question: q.Code, After: bound[q.Code]})
		}
	}
	return changes, nil
}

// fill puts answers to open questions, all of which must be answered by a request that arrived in time: in words, or by an answer of the
// form that was changed.
func fill(open []Clarification, answers map[string]string, arrival time.Time, changes []application.Amends) error {
	problems := fault.Problems{}
	for i := range open {
		c := &open[i]
		if !arrival.Before(c.DueAt) {
			return fault.New(fault.Conflict, "The time to answer ended on %s", uktime.Deadline(c.DueAt))
		}
		c.Answer = strings.TrimSpace(answers[c.ID])
		switch {
		case c.Answer == "" && !slices.ContainsFunc(changes, func(ch application.Amends) bool { return ch.Clarification == c.ID }):
			problems[c.ID] = fmt.Sprintf("Enter your answer to question %d", i+1)
		case form.Characters(c.Answer) > 20000:
			problems[c.ID] = fmt.Sprintf("Your answer to question %d must be 20,000 characters or fewer", i+1)
		}
	}
	return fault.Fields(problems)
}

// ExpireDue takes applications back into screening whose applicants did not answer in time, with that noted: the clock's move.
func (s *Service) ExpireDue(ctx context.Context) error {
	ctx = access.With(ctx, access.System(access.ExpireClarification))
	var due []ident.Application
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		due, err = overdue(tx, tx.Now)
		return err
	})
	if err != nil {
		return err
	}
	for _, id := range due {
		if err := s.expireOne(ctx, id); err != nil && !fault.Is(err, fault.Conflict) {
			return fmt.Errorf("ending the clarification of %s: %w", id, err)
		}
	}
	return nil
}

func (s *Service) expireOne(ctx context.Context, id ident.Application) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := application.ByID(tx, id)
		if err != nil {
			return err
		}
		open, err := openIn(tx, []ident.Application{id})
		if err != nil {
			return err
		}
		passed := len(open[id]) > 0
		for _, c := range open[id] {
			passed = passed && !tx.Now.Before(c.DueAt)
		}
		if err := application.Move(tx, a, workflow.ExpireClarification, work.Guards{workflow.DueDatePassed: work.Holds(passed)}, map[string]any{"questions": len(open[id])}); err != nil {
			return err
		}
		return expire(tx, id)
	})
}
