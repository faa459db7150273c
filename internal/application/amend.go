package application

import (
	"encoding/json"
	"fmt"
	"time"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// Amendment is an answer of a submission that was changed at a question of the fund. The submission stays as it was signed; whoever
// assesses it reads the later answer in its place.
type Amendment struct {
	ID              string
	ApplicationID   ident.Application
	SubmissionID    ident.Submission
	ClarificationID string
	Question        form.Code
	BeforeAnswer    string // JSON
	AfterAnswer     string
	Person          ident.Person
	At              time.Time
}

// Before is the answer as it was.
func (m Amendment) Before() form.Value { return readValue(m.BeforeAnswer) }

// After is the answer as it is now.
func (m Amendment) After() form.Value { return readValue(m.AfterAnswer) }

func readValue(text string) form.Value {
	var v form.Value
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return form.Value{}
	}
	return v
}

// Amends is a later answer to one question, and the question of the fund at which it was given.
type Amends struct {
	Clarification string
	Question      form.Code
	After         form.Value
}

// Amend keeps later answers beside the standing submission: just those that differ from what stands. The faults are by the names of the
// inputs. The room that asks moves the application and records the event.
func (s *Service) Amend(tx *work.Tx, a *Application, changes []Amends) error {
	f, answers, sub, err := s.Snapshot(tx, a)
	if err != nil {
		return err
	}
	after, changed := answers.Merge(nil), map[form.Code]bool{}
	var rows []Amendment
	for _, c := range changes {
		q, ok := f.Question(c.Question)
		if !ok || len(form.Compare(q, answers[c.Question], c.After)) == 0 {
			continue
		}
		before, err := json.Marshal(answers[c.Question])
		if err != nil {
			return fmt.Errorf("writing the answer to %s: %w", c.Question, err)
		}
		now, err := json.Marshal(c.After)
		if err != nil {
			return fmt.Errorf("writing the answer to %s: %w", c.Question, err)
		}
		after[c.Question], changed[c.Question] = c.After, true
		rows = append(rows, Amendment{
			ID: ident.New[string](), ApplicationID: a.ID, SubmissionID: sub.ID, ClarificationID: c.Clarification, Question: c.Question,
			BeforeAnswer: string(before), AfterAnswer: string(now), Person: tx.By.ID, At: tx.Now,
		})
	}
	problems := fault.Problems{}
	for name, words := range form.Check(f, nil, after, s.how(tx, a, f, form.Complete)) {
		if changed[form.CodeOf(name)] {
			problems[name] = words
		}
	}
	if err := fault.Fields(problems); err != nil || len(rows) == 0 {
		return err
	}
	if err := addAmendments(tx, rows); err != nil {
		return err
	}
	return s.follow(tx, a, f, after)
}

// follow brings what is kept beside the answers to what they say now.
func (s *Service) follow(tx *work.Tx, a *Application, f *form.Form, answers form.Answers) error {
	if err := keepOrganisations(tx, a.ID, Organisations(f, answers, a.Lead)); err != nil {
		return err
	}
	return s.summarise(tx, a, f, answers)
}

// Amendments gives the answers of the standing submission that were changed, oldest first.
func Amendments(tx *work.Tx, a *Application) ([]Amendment, error) {
	if a.SubmissionID == nil {
		return nil, nil
	}
	return amendmentsOf(tx, *a.SubmissionID)
}

// amended puts later answers in place of those of a submission.
func amended(answers form.Answers, later []Amendment) form.Answers {
	if len(later) == 0 {
		return answers
	}
	answers = answers.Merge(nil)
	for _, m := range later {
		answers[m.Question] = m.After()
	}
	return answers
}
