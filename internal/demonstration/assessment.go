package demonstration

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"time"

	"adoptionfund/internal/assignment"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/interest"
	"adoptionfund/internal/review"
	"adoptionfund/internal/rubric"
)

const (
	admin = "admin@demo.example"
	chair = "chair@demo.example"
)

// planAssessment assigns reviewers once screening is over, has them review over the call's days, and closes what is complete.
func (c *course) planAssessment() {
	assigned := c.screens.AddDate(0, 0, 12)
	c.d.agenda.plan(assigned, func(ctx context.Context) error {
		return c.d.do(ctx, admin, func(ctx context.Context) error { return c.d.Assignments.Propose(ctx, c.ref) })
	})
	c.d.agenda.plan(assigned.Add(5*time.Hour), func(ctx context.Context) error { return c.startAssessment(ctx, assigned.Add(20*time.Hour)) })
	closing := assigned.AddDate(0, 0, c.reviews+3)
	c.d.agenda.plan(closing, func(ctx context.Context) error {
		return c.d.do(ctx, chair, func(ctx context.Context) error {
			_, err := c.d.Reviews.CloseReady(ctx, c.ref)
			return err
		})
	})
	c.d.agenda.plan(closing.Add(2*time.Hour), func(ctx context.Context) error { return c.moderate(ctx, closing.AddDate(0, 0, 2)) })
}

// startAssessment has the chair approve the assignment, and plans the reviews that follow from it.
func (c *course) startAssessment(ctx context.Context, first time.Time) error {
	var view assignment.View
	err := c.d.do(ctx, chair, func(ctx context.Context) error {
		var err error
		if view, err = c.d.Assignments.View(ctx, c.ref); err != nil || view.Plan == nil {
			return errors.Join(err, missing(view.Plan == nil, c.ref))
		}
		_, err = c.d.Assignments.Approve(ctx, c.ref, view.Plan.Version)
		return err
	})
	if err != nil {
		return err
	}
	n := 0
	for i := range reviewers {
		if n, err = c.planReviews(ctx, i, first, n); err != nil {
			return err
		}
	}
	return nil
}

// planReviews plans what a reviewer has in their queue, after n reviews that are planned, and gives how many are planned then.
func (c *course) planReviews(ctx context.Context, who int, first time.Time, n int) (int, error) {
	email := fmt.Sprintf("reviewer%02d@demo.example", who+1)
	err := c.d.do(ctx, email, func(ctx context.Context) error {
		queue, err := c.d.Reviews.Queue(ctx)
		if err != nil {
			return fmt.Errorf("reading the queue: %w", err)
		}
		for _, task := range queue {
			if c.byRef(task.Ref) != nil {
				c.planReview(email, who, task.Ref, first, n)
				n++
			}
		}
		return nil
	})
	return n, err
}

func missing(yes bool, ref ident.CallRef) error {
	if yes {
		return fault.New(fault.Conflict, "no assignment was proposed for %s", ref)
	}
	return nil
}

// planReview spreads the reviews of a call over its days; each reviewer declares, saves a draft of some, and sends.
func (c *course) planReview(email string, who int, ref ident.Ref, first time.Time, n int) {
	rng := seeded(string(ref), email)
	at := first.Add(time.Duration(rng.Float64() * float64(time.Duration(c.reviews)*24*time.Hour))).Add(time.Duration(n) * time.Second)
	e := c.byRef(ref)
	if e == nil {
		return
	}
	c.d.agenda.plan(at, func(ctx context.Context) error {
		return c.d.do(ctx, email, func(ctx context.Context) error { return c.review(ctx, e, who, rng) })
	})
}

func (c *course) byRef(ref ident.Ref) *entry {
	for _, e := range c.bids {
		if e.ref == ref {
			return e
		}
	}
	return nil
}

func (c *course) review(ctx context.Context, e *entry, who int, rng *rand.Rand) error {
	if err := c.d.Reviews.AcceptTerms(ctx, e.ref); err != nil {
		return fmt.Errorf("terms for %s: %w", e.ref, err)
	}
	if out, err := c.d.Interests.Declare(ctx, e.ref, interest.Declaration{Kind: interest.None}); err != nil || out != interest.Free {
		if err != nil {
			return fmt.Errorf("declaring for %s: %w", e.ref, err)
		}
		return nil // a conflict was found: the fund manager settles it
	}
	sheet, err := c.d.Reviews.Open(ctx, e.ref)
	if err != nil {
		return fmt.Errorf("opening %s: %w", e.ref, err)
	}
	typed := review.Typed{Marks: review.Marks{}, Version: sheet.Review.Version, Comments: e.comment(rng), Feedback: e.feedback(rng)}
	for _, p := range sheet.Parts {
		score := mark(e.quality, who, rng)
		typed.Marks[p.Code] = review.Given{Mark: strconv.Itoa(score), Reason: e.reason(p, score, rng)}
	}
	if _, err := c.d.Reviews.Submit(ctx, e.ref, typed); err != nil {
		return fmt.Errorf("reviewing %s: %w", e.ref, err)
	}
	return nil
}

// mark is what a reviewer gives: the quality, the reviewer's own severity, and chance; whole and within 0 to 5.
func mark(quality float64, who int, rng *rand.Rand) int {
	severity := 0.6 * math.Sin(float64(who)*2.3)
	return int(min(max(math.Round(quality+severity+0.6*rng.NormFloat64()), 0), 5))
}

// reason says why a score was given, in words that fit it.
func (e *entry) reason(p *rubric.Part, score int, rng *rand.Rand) string {
	pick := func(options ...string) string { return options[rng.IntN(len(options))] }
	about := map[bool]string{true: "strong", false: "weak"}[score >= 3]
	opening := map[string][]string{
		"strong": {"The case is made with figures of its own and says where they come from.", "What is planned follows from what was measured elsewhere.", "Clear, modest and specific; the risks are named with who deals with them."},
		"weak":   {"The claim goes further than the figures that are given.", "Much depends on staff who are not in post yet.", "It is not said how the effect would be told from what happens anyway."},
	}[about]
	return pick(opening...) + " " + pick(
		"On "+string(p.Code)+" I looked above all at “"+e.Measure+"”.",
		"For "+e.place()+" this matters more than the average suggests.",
		"I would ask for a monthly figure from the first site.",
		"The plan for people without devices is thought through.",
		"The second site carries the larger risk.")
}

func (e *entry) comment(rng *rand.Rand) string {
	return []string{"Worth a question at the panel about the second year.", "I would fund the first two sites and ask for the rest later.", "No doubt about the team; some about the interface.", ""}[rng.IntN(4)]
}

func (e *entry) feedback(rng *rand.Rand) string {
	return []string{
		"Say how many people took part elsewhere, and how many did not.", "Your plan for inclusion is a strength; give it figures.",
		"Name who runs the service when the project manager has left.", "The baseline would be more convincing over a whole year.",
	}[rng.IntN(4)]
}

// moderate opens moderation where scores are apart, and records a consensus a while later; the last one waits longer.
func (c *course) moderate(ctx context.Context, consensus time.Time) error {
	apart := 0
	for _, e := range c.bids {
		err := c.d.do(ctx, chair, func(ctx context.Context) error { return c.d.Reviews.OpenModeration(ctx, e.ref) })
		if fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		at := consensus
		if apart < 2 {
			at = consensus.AddDate(0, 0, 2)
		}
		apart++
		c.d.agenda.plan(at.Add(time.Duration(apart)*time.Minute), func(ctx context.Context) error { return c.agree(ctx, e) })
	}
	return nil
}

// agree records the panel's consensus on the parts whose scores are apart: the middle of what was given.
func (c *course) agree(ctx context.Context, e *entry) error {
	return c.d.do(ctx, chair, func(ctx context.Context) error {
		m, err := c.d.Reviews.Moderation(ctx, c.ref)
		if err != nil {
			return fmt.Errorf("reading the moderation: %w", err)
		}
		for _, one := range m.Items {
			if one.Ref != e.ref {
				continue
			}
			marks := review.Marks{}
			for _, p := range one.Totals.Apart(c.file.Review.ApartBy) {
				marks[p.Part.Code] = review.Given{Mark: strconv.Itoa(int(math.Round(p.Mean))), Reason: "The panel heard both reasons and agrees on the middle: the effect is likely, its size is not."}
			}
			return c.d.Reviews.RecordConsensus(ctx, e.ref, marks)
		}
		return fmt.Errorf("%s is not in moderation", e.ref)
	})
}
