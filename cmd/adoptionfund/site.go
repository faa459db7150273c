package main

import (
	"context"
	"fmt"
	"slices"

	"adoptionfund/internal/access"
	"adoptionfund/internal/demonstration"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/site"
	"adoptionfund/internal/site/account"
	"adoptionfund/internal/site/oversight"
	"adoptionfund/internal/site/panel"
	"adoptionfund/internal/site/route"
	"adoptionfund/internal/work"
	"adoptionfund/migrations"
	"adoptionfund/web/page/shared"
)

// site puts the web application together: every row of the route table, and what stands around it.
func (a *app) site(demo bool) (*site.Site, error) {
	s, err := site.New(site.Options{
		Brand: shared.Brand{
			Service: a.config.Service.Name, Organisation: a.config.Service.Organisation, Email: a.config.Service.ContactEmail, Phone: a.config.Service.ContactPhone,
			DataOfficer: a.config.Service.DataOfficer, Official: a.config.Service.OfficialBrand, Demo: demo,
		},
		Policy: a.policy, Log: a.log, Clock: a.gate.Now, PublicURL: a.config.Public(), Routes: a.routes(demo),
		Visitor: account.Visitor(a.people), SessionWarning: a.config.Accounts.SessionWarning, EnrolPath: account.CodesPath, Held: account.Held{People: a.people},
		Ready: a.ready, BodyBytes: a.config.Limits.BodyBytes, RequestsPerSecond: a.config.Limits.RequestsPerSecond, Burst: a.config.Limits.Burst,
	})
	if err != nil {
		return nil, fmt.Errorf("putting the site together: %w", err)
	}
	return s, nil
}

// routes is the route table of the whole product.
func (a *app) routes(bool) []route.Row {
	return slices.Concat(
		account.Rows(a.people, a.scopeName),
		panel.Allocation(a.allocations),
		oversight.Rows(oversight.Rooms{Gate: a.gate, Funds: a.funds, Decisions: a.decisions, Awards: a.awards, Reports: a.reports}),
	)
}

// ready says why the service cannot serve: no database, another schema, no files.
func (a *app) ready(ctx context.Context) error {
	if err := a.db.Ping(ctx); err != nil {
		return fmt.Errorf("database: %w", err)
	}
	schema, err := a.db.Schema(ctx, migrations.FS)
	if err == nil {
		err = schema.Ready()
	}
	if err != nil {
		return fmt.Errorf("schema: %w", err)
	}
	if err := a.files.Ready(); err != nil {
		return fmt.Errorf("storage: %w", err)
	}
	return nil
}

// scopeName is how people call a scope: "the whole fund", AF26, AF26-CAR.
func (a *app) scopeName(ctx context.Context, scope access.Scope) (string, error) {
	name := "the whole fund"
	err := a.gate.Read(ctx, func(tx *work.Tx) error {
		if scope.Call != "" {
			c, err := fund.CallByID(tx, scope.Call)
			if err == nil {
				name = string(c.Ref)
			}
			return err //nolint:wrapcheck // says what it was doing
		}
		if scope.Round != "" {
			r, err := fund.RoundByID(tx, scope.Round)
			if err == nil {
				name = string(r.Ref)
			}
			return err //nolint:wrapcheck // says what it was doing
		}
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("naming a scope: %w", err)
	}
	return name, nil
}

// isDemonstration reports whether the database holds a demonstration.
func (a *app) isDemonstration(ctx context.Context) (bool, error) {
	m, err := demonstration.Marked(ctx, a.gate)
	if err != nil {
		return false, fmt.Errorf("asking the database: %w", err)
	}
	return m.Demonstration, nil
}
