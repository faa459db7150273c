package main

import (
	"context"
	"fmt"
	"slices"

	"adoptionfund/internal/demonstration"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/site"
	"adoptionfund/internal/site/account"
	"adoptionfund/internal/site/applicant"
	"adoptionfund/internal/site/fundteam"
	"adoptionfund/internal/site/oversight"
	"adoptionfund/internal/site/panel"
	"adoptionfund/internal/site/public"
	"adoptionfund/internal/site/reviewer"
	"adoptionfund/internal/site/route"
	"adoptionfund/migrations"
	"adoptionfund/web/page/shared"
)

// site puts the web application together: every row of the route table, and what stands around it.
func (a *app) site(demo bool) (*site.Site, error) {
	o := site.Options{
		Brand: shared.Brand{
			Service: a.config.Service.Name, Organisation: a.config.Service.Organisation, Email: a.config.Service.ContactEmail, Phone: a.config.Service.ContactPhone,
			DataOfficer: a.config.Service.DataOfficer, Official: a.config.Service.OfficialBrand, Demo: demo,
		},
		Policy: a.policy, Log: a.log, Clock: a.gate.Now, PublicURL: a.config.Public(), Routes: a.routes(demo),
		Visitor: account.Visitor(a.people), SessionWarning: a.config.Accounts.SessionWarning, EnrolPath: account.CodesPath, Held: account.Held{People: a.people},
		Ready: a.ready, BodyBytes: a.config.Limits.BodyBytes, RequestsPerSecond: a.config.Limits.RequestsPerSecond, Burst: a.config.Limits.Burst,
	}
	if a.printer != nil {
		o.Print = a.printer.Print
	}
	s, err := site.New(o)
	if err != nil {
		return nil, fmt.Errorf("putting the site together: %w", err)
	}
	return s, nil
}

// routes is the route table of the whole product.
func (a *app) routes(demo bool) []route.Row {
	open := public.Options{
		Funds: a.funds, Library: a.library, Rubrics: a.rubrics, SelfCheck: a.selfCheck, People: a.people, PublicKey: a.gate.PublicKey(), PublicURL: a.config.Public(),
		Tasks: append(panel.Tasks(a.gate, a.reviews), applicant.Tasks(a.applications), applicant.ClarificationTasks(a.applications, a.eligibility), fundteam.QuestionTasks(a.funds), fundteam.ExtensionTasks(a.applications, a.funds), fundteam.SetupTasks(a.setup), oversight.ReviewTasks(a.decisions), oversight.BriefingTasks(a.decisions), oversight.RetentionTasks(a.retention)),
	}
	if demo {
		open.Mail = notify.NewBox(a.db.Read)
	}
	return slices.Concat(
		public.Rows(open),
		account.Rows(a.people, a.funds.ScopeName),
		applicant.Rows(applicant.Options{
			Applications: a.applications, Funds: a.funds, People: a.people, Later: applicant.LaterOf(a.eligibility, a.awards), Decline: a.awards.Decline,
		}),
		applicant.Clarifications(a.eligibility),
		applicant.Supplier(a.products),
		applicant.Outcomes(a.decisions, a.eligibility, a.reviews),
		fundteam.Screening(a.eligibility, a.reviews, a.people),
		fundteam.DTAC(a.products, a.positions, a.eligibility, a.reviews),
		fundteam.Others(a.others),
		fundteam.PeopleRows(a.people, a.funds),
		fundteam.Questions(a.funds),
		fundteam.Extensions(a.applications, a.funds),
		fundteam.Setup(a.setup, a.funds, a.library),
		reviewer.Rows(reviewer.Rooms{Applications: a.applications, Interests: a.interests, Assignments: a.assignments, Reviews: a.reviews, Now: a.gate.Now}),
		panel.Assessment{Funds: a.funds, Interests: a.interests, Assignments: a.assignments, Reviews: a.reviews}.Rows(),
		panel.Meetings(a.meetings),
		panel.Rankings(a.rankings, a.allocations),
		panel.Allocation(a.allocations),
		panel.Shortlist(a.eligibility),
		panel.Targeted(a.targeted),
		panel.Feedback(a.reviews),
		panel.Pool(a.assignments),
		reviewer.Own(a.assignments),
		oversight.Reviews(a.decisions),
		account.Data(a.retention, a.people),
		oversight.Retention(a.retention, a.people),
		oversight.Letters(a.decisions, a.letters),
		oversight.Rows(oversight.Rooms{Gate: a.gate, Funds: a.funds, Decisions: a.decisions, Allocations: a.allocations, Awards: a.awards, Monitoring: a.monitoring, Reports: a.reports, People: a.people, Trail: a.trail, Stories: a.stories}),
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
	if err := a.files.Ready(ctx); err != nil {
		return fmt.Errorf("storage: %w", err)
	}
	return nil
}

// isDemonstration reports whether the database holds a demonstration.
func (a *app) isDemonstration(ctx context.Context) (bool, error) {
	m, err := demonstration.Marked(ctx, a.gate)
	if err != nil {
		return false, fmt.Errorf("asking the database: %w", err)
	}
	return m.Demonstration, nil
}
