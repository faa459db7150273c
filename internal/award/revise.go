package award

import (
	"context"
	"fmt"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/award/plan"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// PlanAnswer is what the fund answered to a revised plan.
type PlanAnswer string

// The answers.
const (
	PlanOpen     PlanAnswer = ""
	PlanAccepted PlanAnswer = "accepted"
	PlanReturned PlanAnswer = "returned"
)

// Revised is a revised plan: asked of the applicant, sent by the applicant's side, accepted or sent back by the fund.
type Revised struct {
	AwardID     ident.Award
	Number      int
	Ask         string
	AskedBy     ident.Person
	AskedAt     time.Time
	DueAt       time.Time
	Lines       Lines
	Explanation string
	SentBy      *ident.Person
	SentAt      *time.Time
	Answer      PlanAnswer
	Reason      string
	AnsweredBy  *ident.Person
	AnsweredAt  *time.Time
}

// TableName is the table of revised plans.
func (Revised) TableName() string { return "award_plans" }

// Waits reports whether the plan is still to be sent, or answered.
func (r Revised) Waits() bool { return r.Answer == PlanOpen }

// revising is a use case on an award in its checks with its plans.
func (s *Service) revising(ctx context.Context, ref ident.Ref, act access.Action, do func(tx *work.Tx, a *Award, plans []Revised) error) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := permitted(tx, ref, act)
		if err != nil {
			return err
		}
		if a.State != workflow.PreAwardChecks {
			return fault.New(fault.Conflict, "The award is not in its checks")
		}
		plans, err := plansOf(tx, a.ID)
		if err != nil {
			return err
		}
		return do(tx, a, plans)
	})
}

// AskPlan asks the applicant for a revised plan, by a day.
func (s *Service) AskPlan(ctx context.Context, ref ident.Ref, ask, day string) error {
	problems := fault.Problems{}
	ask = LongText(problems, "ask", ask, "Enter what the plan should say")
	due, ok := uktime.At(day, "12:00")
	if !ok || !due.After(s.gate.Now()) {
		problems["due"] = "Enter a day after today"
	}
	if err := fault.Fields(problems); err != nil {
		return err
	}
	return s.revising(ctx, ref, access.RecordCheck, func(tx *work.Tx, a *Award, plans []Revised) error {
		if n := len(plans); n > 0 && plans[n-1].Waits() {
			return fault.New(fault.Conflict, "A revised plan is asked for already")
		}
		r := Revised{AwardID: a.ID, Number: len(plans) + 1, Ask: ask, AskedBy: tx.By.ID, AskedAt: tx.Now, DueAt: due}
		if err := work.Add(tx, &r); err != nil {
			return err //nolint:wrapcheck // says what it was doing
		}
		tx.Record(Event(a, "award.ask_plan", map[string]any{"number": r.Number, "due": due}))
		return write(tx, a, notice{kind: "award_plan_asked", to: applicantSide, due: uktime.Deadline(due)})
	})
}

// SendPlan sends a revised plan, which has to add up to the amount offered.
func (s *Service) SendPlan(ctx context.Context, ref ident.Ref, lines []plan.Line, explanation string) error {
	problems := fault.Problems{}
	explanation = LongText(problems, "explanation", explanation, "Say what you leave out or do otherwise")
	if err := fault.Fields(problems); err != nil {
		return err
	}
	return s.revising(ctx, ref, access.RevisePlan, func(tx *work.Tx, a *Award, plans []Revised) error {
		n := len(plans)
		if n == 0 || !plans[n-1].Waits() {
			return fault.New(fault.Conflict, "No revised plan is asked for")
		}
		if total := plan.Total(lines); total != a.Amount {
			return fault.Fields(fault.Problems{"lines": fmt.Sprintf("The plan adds up to %s, and must be %s: %s", total, a.Amount, apart(total, a.Amount))})
		}
		r := plans[n-1]
		r.Lines, r.Explanation, r.SentBy, r.SentAt = Lines(plan.Merged(lines)), explanation, &tx.By.ID, &tx.Now
		tx.Record(Event(a, string(access.RevisePlan), map[string]any{"number": r.Number, "explanation": audit.Digest([]byte(explanation))}))
		if err := savePlan(tx, r); err != nil {
			return err
		}
		return write(tx, a, notice{kind: "award_plan_sent", staff: access.RecordCheck})
	})
}

// apart says how far a sum is from what it must be.
func apart(total, want money.Pence) string {
	if total > want {
		return (total - want).String() + " too much"
	}
	return (want - total).String() + " too little"
}

// AnswerPlan accepts a revised plan, from which the payments follow anew, or sends it back with a reason.
func (s *Service) AnswerPlan(ctx context.Context, ref ident.Ref, accepted bool, reason string) error {
	problems := fault.Problems{}
	if reason = strings.TrimSpace(reason); !accepted {
		reason = LongText(problems, "reason", reason, "Say what has to be changed")
	}
	if err := fault.Fields(problems); err != nil {
		return err
	}
	return s.revising(ctx, ref, access.RecordCheck, func(tx *work.Tx, a *Award, plans []Revised) error {
		n := len(plans)
		if n == 0 || !plans[n-1].Waits() || plans[n-1].SentAt == nil {
			return fault.New(fault.Conflict, "No revised plan waits for an answer")
		}
		r := plans[n-1]
		r.Answer, r.Reason, r.AnsweredBy, r.AnsweredAt = PlanReturned, reason, &tx.By.ID, &tx.Now
		if accepted {
			r.Answer = PlanAccepted
			if err := adopt(tx, a, r.Lines); err != nil {
				return err
			}
		}
		tx.Record(Event(a, "award.answer_plan", map[string]any{"number": r.Number, "answer": r.Answer}))
		if err := savePlan(tx, r); err != nil {
			return err
		}
		if accepted {
			return nil
		}
		return askAgain(tx, a, r, reason)
	})
}

// adopt makes the lines of a revised plan the plan that stands, and the payments those that follow from it.
func adopt(tx *work.Tx, a *Award, lines Lines) error {
	t, err := EnsureTerms(tx, a)
	if err != nil {
		return err
	}
	t.Plan = lines
	if err := saveTerms(tx, t); err != nil {
		return err
	}
	return reschedule(tx, a, plan.Schedule(t.Plan))
}

// askAgain asks for the plan that comes after one that was sent back.
func askAgain(tx *work.Tx, a *Award, before Revised, reason string) error {
	r := Revised{AwardID: a.ID, Number: before.Number + 1, Ask: reason, AskedBy: tx.By.ID, AskedAt: tx.Now, DueAt: later(tx.Now, before.DueAt)}
	if err := work.Add(tx, &r); err != nil {
		return err //nolint:wrapcheck // says what it was doing
	}
	return write(tx, a, notice{kind: "award_plan_asked", to: applicantSide, due: uktime.Deadline(r.DueAt)})
}

// later is a due date that leaves a week at least.
func later(now, due time.Time) time.Time {
	if week := now.AddDate(0, 0, 7); week.After(due) {
		return week
	}
	return due
}

// LongText takes a long text that must be there.
func LongText(problems fault.Problems, field, typed, words string) string {
	typed = strings.TrimSpace(typed)
	if typed == "" || form.Characters(typed) > 4000 {
		problems[field] = words + ", in 4,000 characters or fewer"
	}
	return typed
}
