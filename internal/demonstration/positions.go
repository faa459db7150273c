package demonstration

import (
	"context"
	"fmt"

	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/position"
)

const security = "dtac2@demo.example"

// endsSoon are products whose evidence ends a few weeks from today, so that the register shows it and people are warned.
func endsSoon() []string { return []string{"Remindline", "FlareDiary"} }

// share has two specialists share the return of the first product of a call, and rely on what an invented trust found of a product that
// is not compliant here.
func (c *course) share(ctx context.Context) error {
	projects := c.d.themes[c.file.Theme]
	first := c.d.known[projects[0].Product]
	for who, section := range map[string]form.Code{assessor: "C1", security: "C3"} {
		if err := c.d.do(ctx, who, func(ctx context.Context) error { return c.d.Positions.Take(ctx, first, questionSet, section) }); err != nil {
			return fmt.Errorf("sharing %s: %w", projects[0].Product, err)
		}
	}
	for _, p := range projects {
		if c.d.grade(p) != "poor" {
			continue
		}
		today := form.DateOf(c.d.clock.Now())
		err := c.d.do(ctx, security, func(ctx context.Context) error {
			return c.d.Positions.Recognise(ctx, c.d.known[p.Product], position.Recognised{
				Body: "Invented Foundation Trust", Officer: "Chief clinical information officer (invented)", ProductVersion: "2.1", Form: questionSet, Status: status.OnTheWay,
				AssessedOn: today.AddDays(-60), Expires: today.AddMonths(6), Reference: "Governance paper 14 (invented)", Reason: "The same version is in use there for the same care",
			})
		})
		if err != nil && !fault.Is(err, fault.NotFound) {
			return fmt.Errorf("relying on an assessment of %s: %w", p.Product, err)
		}
	}
	return nil
}
