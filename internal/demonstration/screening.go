package demonstration

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/review"
)

const (
	officer   = "screening@demo.example"
	second    = "screening2@demo.example"
	assessor  = "dtac@demo.example"
	turnAfter = 4 // days until an applicant answers
)

// planScreening has the officers look at each application in the eleven days after the deadline: one in twelve is asked something first,
// those with a product that cannot become compliant are found ineligible by two officers, one a call is withdrawn, the others pass.
func (c *course) planScreening() {
	for i, e := range c.bids {
		at := c.screens.Add(time.Duration(float64(i)/float64(len(c.bids))*9*24) * time.Hour)
		later := at.AddDate(0, 0, 60)
		switch {
		case c.unfinished() && i == len(c.bids)-1: // the officers of the live round find something on their desk
			c.d.agenda.plan(at, func(ctx context.Context) error { return c.ask(ctx, e) })
			c.d.agenda.plan(at.AddDate(0, 0, turnAfter), func(ctx context.Context) error { return c.answer(ctx, e) })
			c.d.agenda.plan(later, func(ctx context.Context) error { return c.screen(ctx, e) })
		case c.unfinished() && i == len(c.bids)-2:
			c.d.agenda.plan(later, func(ctx context.Context) error { return c.screen(ctx, e) })
		case i%36 == 30:
			c.d.agenda.plan(at, func(ctx context.Context) error { return c.withdraw(ctx, e) })
		case i%12 == 5:
			c.d.agenda.plan(at.AddDate(0, 0, -2), func(ctx context.Context) error { return c.ask(ctx, e) })
			c.d.agenda.plan(at.AddDate(0, 0, turnAfter-2), func(ctx context.Context) error { return c.answer(ctx, e) })
			c.d.agenda.plan(at.AddDate(0, 0, turnAfter-1), func(ctx context.Context) error { return c.screen(ctx, e) })
		default:
			c.d.agenda.plan(at, func(ctx context.Context) error { return c.screen(ctx, e) })
		}
	}
}

// unfinished reports whether some of the call's screening waits: in the live round's call that is in review.
func (c *course) unfinished() bool { return c.round != firstRound && c.file.Theme == "MSK" }

func (c *course) ask(ctx context.Context, e *entry) error {
	return c.d.do(ctx, officer, func(ctx context.Context) error {
		return c.d.Eligibility.AskClarification(ctx, e.ref, []eligibility.Question{
			{Code: "RO4", Text: "You expect the first patient very soon after the award. Which of the contracts is signed already?"},
			{Code: "FU8", Text: "Is any of the licences paid for until the end of the year by another programme?"},
		}, 14)
	})
}

func (c *course) answer(ctx context.Context, e *entry) error {
	return c.d.do(ctx, e.team.contact.Email, func(ctx context.Context) error {
		x, err := c.d.Eligibility.Clarifications(ctx, e.ref)
		if err != nil {
			return fmt.Errorf("reading the questions about %s: %w", e.ref, err)
		}
		answers := map[string]string{}
		for _, q := range x.Clarifications {
			if q.IsOpen() {
				answers[q.ID] = "The framework contract is signed; the order follows the award. No other programme pays for any of it."
			}
		}
		return c.d.Eligibility.Answer(ctx, e.ref, eligibility.Answering{Words: answers})
	})
}

// screen has the officer decide the four criteria, and the fixed parts scored by officers and assessor.
func (c *course) screen(ctx context.Context, e *entry) error {
	out := e.dtac == "poor"
	err := c.d.do(ctx, officer, func(ctx context.Context) error {
		funding, err := c.settle(ctx, e)
		if err != nil {
			return err
		}
		list := append(verdicts(out), funding)
		out = out || funding.Decision == eligibility.Fail
		next := eligibility.Propose
		if !out {
			next = eligibility.FindPassed
			given := review.Given{Mark: strconv.Itoa(3 + e.rng.IntN(3)), Reason: "The other sources pay for other people and other purposes, as the ledger codes show."}
			if err := c.d.Reviews.ProposeFU1(ctx, e.ref, given); err != nil {
				return fmt.Errorf("scoring %s: %w", e.ref, err)
			}
		}
		return c.d.Eligibility.Decide(ctx, e.ref, list, next)
	})
	if err != nil {
		return fmt.Errorf("screening %s: %w", e.ref, err)
	}
	wait := 27 * time.Hour
	if out && c.unfinished() {
		wait = 60 * 24 * time.Hour
	}
	c.d.agenda.plan(c.d.clock.Now().Add(wait), func(ctx context.Context) error { return c.confirm(ctx, e, out) })
	return nil
}

// verdicts are those on the criteria other than other funding.
func verdicts(poor bool) []eligibility.Verdict {
	list := []eligibility.Verdict{
		{Criterion: "EV", Decision: eligibility.Pass, Reason: "Evidence from NHS sites is given, and it serves the call's priorities."},
		{Criterion: "DT", Decision: eligibility.Pass, Reason: "The return is complete; what is open has an owner and a date."},
		{Criterion: "RO", Decision: eligibility.Pass, Reason: "Sites, dates and the plan to spread are named."},
	}
	if poor {
		list[1].Decision, list[1].Reason = eligibility.Fail, "No clinical safety officer is named for a product that needs one, which the call does not let be put off."
	}
	return list
}

// confirm is the second person's part: the ineligibility, or the score of additionality; and the assessor's score of DTAC.
func (c *course) confirm(ctx context.Context, e *entry, out bool) error {
	if out {
		return c.d.do(ctx, second, func(ctx context.Context) error { return c.d.Eligibility.ConfirmIneligible(ctx, e.ref) })
	}
	if err := c.d.do(ctx, second, func(ctx context.Context) error { return c.d.Reviews.ConfirmFU1(ctx, e.ref) }); err != nil {
		return fmt.Errorf("confirming the score of %s: %w", e.ref, err)
	}
	given := review.Given{Mark: "5", Reason: "Provisionally compliant: every question that decides is met by what was sent."}
	if e.dtac == "on_the_way" {
		given = review.Given{Mark: strconv.Itoa(2 + e.rng.IntN(3)), Reason: "On the way: one document is a draft, with an owner and a date; the risk is small."}
	}
	err := c.d.do(ctx, assessor, func(ctx context.Context) error { return c.d.Reviews.ScoreDT1(ctx, e.ref, given) })
	if err != nil && !fault.Is(err, fault.Conflict) {
		return fmt.Errorf("scoring DTAC of %s: %w", e.ref, err)
	}
	return nil
}

func (c *course) withdraw(ctx context.Context, e *entry) error {
	return c.d.do(ctx, e.team.contact.Email, func(ctx context.Context) error {
		return c.d.Applications.Withdraw(ctx, e.ref, "The trust has found money of its own for the project (invented).")
	})
}
