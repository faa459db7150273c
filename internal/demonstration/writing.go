package demonstration

import (
	"context"
	"fmt"
	"slices"
	"time"

	"adoptionfund/internal/application"
	"adoptionfund/internal/form"
)

// planWriting has every application started in the call's first days and written; of each call the first five are submitted within a
// week of that, the others in the last days before the deadline, as it is in life.
func (c *course) planWriting() {
	for i, e := range c.bids {
		started := c.opens.AddDate(0, 0, e.days).Add(time.Duration(i) * 7 * time.Minute)
		submitted := c.closes.Add(-time.Duration(1+i*3) * time.Hour)
		if i < 5 {
			submitted = started.Add(26 * time.Hour)
		}
		c.d.agenda.plan(started, func(ctx context.Context) error { return c.start(ctx, e) })
		c.d.agenda.plan(started.Add(time.Hour), func(ctx context.Context) error { return c.write(ctx, e, i >= 5) })
		if e.lead.ODSCode == "QMF" {
			c.d.agenda.plan(started.Add(2*time.Hour), func(ctx context.Context) error { return c.invite(ctx, e) })
		}
		if c.round != firstRound && e.lead.ODSCode == "QMF" && c.file.Theme == "GAS" { // the signatories of the live round are asked
			c.d.agenda.plan(started.Add(26*time.Hour), func(ctx context.Context) error { return c.finish(ctx, e) })
			submitted = c.closes.Add(-time.Hour)
		}
		c.d.agenda.plan(submitted, func(ctx context.Context) error { return c.submit(ctx, e) })
	}
}

// invite brings the demonstration's contributor in.
func (c *course) invite(ctx context.Context, e *entry) error {
	const email = "contributor@demo.example"
	err := c.d.do(ctx, e.team.contact.Email, func(ctx context.Context) error {
		return c.d.Applications.Invite(ctx, e.ref, application.Invitation{Email: email, Name: "Colin Barrow", Organisation: e.lead.ODSCode})
	})
	if err != nil {
		return err
	}
	return c.d.do(ctx, email, func(ctx context.Context) error { return c.d.Applications.AnswerInvitation(ctx, e.ref, true) })
}

func (c *course) start(ctx context.Context, e *entry) error {
	return c.d.do(ctx, e.team.contact.Email, func(ctx context.Context) error {
		var err error
		e.ref, err = c.d.Applications.Start(ctx, application.Beginning{Call: c.ref, Title: e.title(), Lead: e.lead.ODSCode})
		return err
	})
}

// write saves every section through the inputs of its page. Those who send late leave some for later.
func (c *course) write(ctx context.Context, e *entry, late bool) error {
	f, err := c.d.Library.Form(c.file.Forms.Application)
	if err != nil {
		return fmt.Errorf("writing %s: %w", e.ref, err)
	}
	answers := e.answers(e.team, c.d.clock.Now())
	if err := complete(f, answers, c.d.clock.Now()); err != nil {
		return fmt.Errorf("%s: %w", e.ref, err)
	}
	sections := f.Sections
	if late {
		sections = sections[:3+e.rng.IntN(len(sections)-4)]
	}
	return c.save(ctx, e, sections, answers)
}

func (c *course) save(ctx context.Context, e *entry, sections []*form.Section, answers form.Answers) error {
	return c.d.do(ctx, e.team.contact.Email, func(ctx context.Context) error {
		for _, s := range sections {
			page, err := c.d.Applications.Open(ctx, e.ref, s.Path())
			if err != nil {
				return fmt.Errorf("opening %s of %s: %w", s.Code, e.ref, err)
			}
			typed := map[string][]string{}
			for _, q := range s.Questions {
				for name, values := range form.Inputs(q, answers[q.Code]) {
					typed[name] = values
				}
			}
			if _, err := c.d.Applications.Save(ctx, e.ref, s.Path(), application.Typed{Values: typed, Version: page.Version}); err != nil {
				return fmt.Errorf("saving %s of %s: %w", s.Code, e.ref, err)
			}
		}
		return nil
	})
}

// finish completes the sections and asks both signatories to sign.
func (c *course) finish(ctx context.Context, e *entry) error {
	f, err := c.d.Library.Form(c.file.Forms.Application)
	if err != nil {
		return fmt.Errorf("finishing %s: %w", e.ref, err)
	}
	o, err := c.overview(ctx, e)
	if err != nil {
		return err
	}
	var open []*form.Section
	for _, t := range o.Tasks {
		if t.Progress != form.Done {
			open = append(open, t.Section)
		}
	}
	answers := e.answers(e.team, c.d.clock.Now())
	if slices.ContainsFunc(open, func(s *form.Section) bool { return s.Criterion == "" && s.Path() == "costs" }) {
		open = f.Sections // the amounts of all sections are those of one draft
	}
	if err := c.save(ctx, e, open, answers); err != nil {
		return err
	}
	if err := c.d.do(ctx, e.team.contact.Email, func(ctx context.Context) error { return c.d.Applications.RequestSignatures(ctx, e.ref) }); err != nil {
		return fmt.Errorf("%s: %w", e.ref, err)
	}
	return nil
}

// submit finishes the application, has both signatories sign, and sends it.
func (c *course) submit(ctx context.Context, e *entry) error {
	if err := c.finish(ctx, e); err != nil {
		return err
	}
	for _, who := range []named{e.team.sro, e.team.finance} {
		err := c.d.do(ctx, who.Email, func(ctx context.Context) error {
			seen, err := c.d.Applications.ToSign(ctx, e.ref)
			if err != nil {
				return fmt.Errorf("reading %s: %w", e.ref, err)
			}
			return c.d.Applications.Sign(ctx, e.ref, who.Name, seen.Digest)
		})
		if err != nil {
			return err
		}
	}
	e.submitted = true
	return c.d.do(ctx, e.team.contact.Email, func(ctx context.Context) error { return c.d.Applications.Submit(ctx, e.ref) })
}

func (c *course) overview(ctx context.Context, e *entry) (application.Overview, error) {
	var o application.Overview
	err := c.d.do(ctx, e.team.contact.Email, func(ctx context.Context) error {
		var err error
		o, err = c.d.Applications.Overview(ctx, e.ref)
		return err
	})
	return o, err
}
