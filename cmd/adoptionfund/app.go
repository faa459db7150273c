package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"adoptionfund/configs"
	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/application"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/award"
	"adoptionfund/internal/config"
	"adoptionfund/internal/db"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/explain"
	"adoptionfund/internal/files"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/interest"
	"adoptionfund/internal/jobs"
	"adoptionfund/internal/letter"
	"adoptionfund/internal/money"
	"adoptionfund/internal/monitoring"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/otherfunding"
	"adoptionfund/internal/panel"
	"adoptionfund/internal/pdf"
	"adoptionfund/internal/people"
	"adoptionfund/internal/position"
	"adoptionfund/internal/product"
	"adoptionfund/internal/ranking"
	"adoptionfund/internal/report"
	"adoptionfund/internal/retention"
	"adoptionfund/internal/review"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/rules"
	"adoptionfund/internal/setup"
	"adoptionfund/internal/targeted"
	"adoptionfund/internal/trail"
	"adoptionfund/internal/work"
	"adoptionfund/migrations"
	"adoptionfund/policies"
)

// app is every room, wired together.
type app struct {
	config config.Config
	db     *db.DB
	policy *access.Policy
	key    audit.Key
	gate   *work.Gate
	files  *files.Store
	log    *slog.Logger

	people       *people.Service
	funds        *fund.Service
	library      *fund.Library
	rubrics      *rubric.Library
	selfCheck    *rules.Set
	printer      *pdf.Printer // nil where no Chromium is installed
	applications *application.Service
	products     *product.Service
	positions    *position.Service
	others       *otherfunding.Service
	eligibility  *eligibility.Service
	interests    *interest.Service
	assignments  *assignment.Service
	reviews      *review.Service
	meetings     *panel.Service
	rankings     *ranking.Service
	targeted     *targeted.Service
	allocations  *allocation.Service
	letters      *letter.Service
	decisions    *decision.Service
	setup        *setup.Service
	awards       *award.Service
	monitoring   *monitoring.Service
	reports      *report.Service
	trail        *trail.Service
	retention    *retention.Service
	stories      *explain.Service
}

// open wires the program to its database, which must have the schema of this program.
func (s *session) open(ctx context.Context, log *slog.Logger) (*app, error) {
	c, err := s.settings()
	if err != nil {
		return nil, err
	}
	a, err := wire(ctx, c, s.now, log)
	if err != nil {
		return nil, err
	}
	schema, err := a.db.Schema(ctx, migrations.FS)
	if err == nil {
		err = schema.Ready()
	}
	if err != nil {
		return nil, fmt.Errorf("the program does not start: %w", closing(a, err))
	}
	return a, nil
}

func closing(a *app, err error) error {
	_ = a.close()
	return err
}

// wire makes every room, on a database that keeps what it acknowledged through the loss of power.
func wire(ctx context.Context, c config.Config, now func() time.Time, log *slog.Logger) (*app, error) {
	return wireWith(ctx, c, now, log, db.Full)
}

// wireWith makes every room. now is the clock: the demonstration moves it.
func wireWith(ctx context.Context, c config.Config, now func() time.Time, log *slog.Logger, d db.Durability) (*app, error) {
	a := &app{config: c, log: log}
	var err error
	if a.policy, err = access.Load(policies.FS); err != nil {
		return nil, fmt.Errorf("reading the access policy: %w", err)
	}
	messages, err := notify.Load(configs.FS, "letters/*.yaml", map[string]string{"service": c.Service.Name, "contact": c.Service.ContactEmail, "public": c.Public()})
	if err != nil {
		return nil, fmt.Errorf("reading the messages: %w", err)
	}
	if a.library, err = fund.NewLibrary(configs.FS); err != nil {
		return nil, fmt.Errorf("reading the forms: %w", err)
	}
	if a.rubrics, err = rubric.NewLibrary(configs.FS); err != nil {
		return nil, fmt.Errorf("reading the rubrics: %w", err)
	}
	if a.selfCheck, err = rules.Load(configs.FS, "rules/self-check-1.yaml", a.library.Form); err != nil {
		return nil, fmt.Errorf("reading the self-check: %w", err)
	}
	if a.key, err = audit.OpenKey(c.KeyFile); err != nil {
		return nil, fmt.Errorf("opening the key: %w", err)
	}
	a.printer = printer(c.Chromium)
	if a.files, err = files.Open(files.Options{Address: c.StorageURL, Key: string(c.S3Key), Secret: string(c.S3Secret), Clamd: c.ClamdURL}); err != nil {
		return nil, fmt.Errorf("opening the files: %w", err)
	}
	if a.db, err = db.Open(ctx, c.DatabaseURL, d); err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	if a.gate, err = work.New(a.db, a.policy, a.key, messages, now); err != nil {
		return nil, fmt.Errorf("opening the gate: %w", err)
	}
	return a, a.rooms()
}

// printer makes what prints PDF files with the Chromium of a setting; nil where there is none.
func printer(path string) *pdf.Printer {
	switch path {
	case "off":
		return nil
	case "":
		found, err := pdf.Find()
		if err != nil {
			return nil
		}
		path = found
	}
	return pdf.New(path)
}

// rooms makes the services of the concepts.
func (a *app) rooms() error {
	var err error
	if a.people, err = people.NewService(a.gate, a.config); err != nil {
		return fmt.Errorf("preparing accounts: %w", err)
	}
	a.funds = fund.NewService(a.gate, configs.FS)
	a.applications = application.NewService(a.gate, a.library, a.people, a.files, a.config.Service.Name)
	a.products = product.NewService(a.gate, a.library, a.files)
	if a.positions, err = position.NewService(a.gate, a.library); err != nil {
		return fmt.Errorf("preparing DTAC positions: %w", err)
	}
	a.others = otherfunding.NewService(a.gate, a.applications)
	a.eligibility = eligibility.NewService(a.gate, a.applications)
	a.reviews = review.NewService(a.gate, a.library, a.rubrics, product.Provisional)
	a.assignments = assignment.NewService(a.gate, a.library, a.people)
	a.interests = interest.NewService(a.gate, a.library, interest.Reviews{Employers: assignment.Employers, Strike: review.Strike})
	a.meetings = panel.NewService(a.gate, a.reviews)
	a.rankings = ranking.NewService(a.gate, a.reviews, allocation.Stands, version+" "+commit())
	a.targeted = targeted.NewService(a.gate, a.reviews, a.rankings, a.assignments)
	a.allocations = allocation.NewService(a.gate, a.reviews, a.rankings, decision.OpenReviews, newSolver())
	a.letters = letter.NewService(a.gate, a.reviews, letter.Sender{Service: a.config.Service.Name, Contact: a.config.Service.ContactEmail, Public: a.config.Public()})
	a.decisions = decision.NewService(a.gate, a.letters)
	a.retention = retention.NewService(a.gate, retention.NewPeriods(a.config.Retention))
	if a.setup, err = setup.NewService(a.gate, setup.Rooms{Funds: a.funds, Library: a.library, Rubrics: a.rubrics, People: a.people, Assignments: a.assignments, Files: configs.FS}); err != nil {
		return fmt.Errorf("preparing the set-up of rounds: %w", err)
	}
	a.trail = trail.NewService(a.gate, a.config.Audit.Addresses())
	a.awards = award.NewService(a.gate, a.library, a.files, award.Settings{MinimalAssistance: money.Pounds(int64(a.config.Awards.MinimalAssistancePounds))})
	a.monitoring = monitoring.NewService(a.gate, a.library, a.awards)
	a.stories = explain.NewService(a.gate, explain.Rooms{Eligibility: a.eligibility, Reviews: a.reviews, Allocations: a.allocations, Monitoring: a.monitoring})
	var printed report.Printer
	if a.printer != nil {
		printed = a.printer.Print
	}
	a.reports = report.NewService(a.gate, a.library, a.reviews, report.Giving{
		Prefix: a.config.Register.Prefix, FunderID: a.config.Register.FunderID, Funder: a.config.Service.Organisation, Licence: a.config.Register.Licence, PublicURL: a.config.Public(),
	}, printed)
	return nil
}

func (a *app) close() error {
	if a.printer != nil {
		a.printer.Close()
	}
	if err := a.db.Close(); err != nil {
		return fmt.Errorf("closing the database: %w", err)
	}
	return nil
}

// worker runs the jobs of the outbox.
func (a *app) worker() (*jobs.Worker, error) {
	sender, err := notify.NewSender(a.db.Write, string(a.config.SMTPURL), a.config.Service.MailFrom, a.gate.Now)
	if err != nil {
		return nil, fmt.Errorf("preparing to send mail: %w", err)
	}
	return &jobs.Worker{DB: a.db.Write, Now: a.gate.Now, Log: a.log, Handlers: map[string]jobs.Handler{
		notify.SendJob: sender.Handle,
		string(access.CreateAward): func(ctx context.Context, payload string) error {
			return a.awards.Create(access.With(ctx, access.System(access.ReleaseCall)), ident.Application(payload))
		},
		string(access.RunCalibration): func(ctx context.Context, id string) error {
			return a.rankings.Compute(ctx, ident.Computation(id))
		},
		string(access.RunAllocation): func(ctx context.Context, id string) error {
			return a.allocations.Compute(ctx, ident.Computation(id))
		},
		string(access.ReopenDraft): func(ctx context.Context, payload string) error {
			return a.applications.ReopenDrafts(access.With(ctx, access.System(access.ReopenDraft)), ident.Call(payload))
		},
		string(access.ScanFiles): func(ctx context.Context, payload string) error {
			return a.applications.ScanFile(access.With(ctx, access.System(access.ScanFiles)), ident.File(payload))
		},
		string(access.MatchOtherFunding): func(ctx context.Context, payload string) error {
			return a.others.Match(access.With(ctx, access.System(access.MatchOtherFunding)), payload)
		},
		string(access.FindInterests): func(ctx context.Context, call string) error {
			if call == "" {
				if err := a.nextSearch(24 * time.Hour); err != nil {
					return err
				}
			}
			return a.interests.SearchDue(ctx, ident.Call(call))
		},
		string(access.RemoveData): a.retention.CarryOut,
		string(access.MakeCheckpoint): func(ctx context.Context, _ string) error {
			if err := a.nextCheck(24 * time.Hour); err != nil {
				return err
			}
			return a.trail.CheckDue(ctx)
		},
		string(access.RemindPeople): func(ctx context.Context, _ string) error {
			if err := a.nextReminders(24 * time.Hour); err != nil {
				return err
			}
			return a.monitoring.RemindDue(ctx)
		},
		string(access.SweepFiles): func(ctx context.Context, _ string) error {
			if err := a.nextSweep(time.Hour); err != nil {
				return err
			}
			return a.applications.SweepFiles(access.With(ctx, access.System(access.SweepFiles)))
		},
	}}, nil
}

// hourly and nightly are when work that comes again and again is done: in the hour, or at so many hours of the day, that lies ahead by so much.
func (a *app) hourly(ahead time.Duration) time.Time {
	return a.gate.Now().Add(ahead).Truncate(time.Hour)
}

func (a *app) nightly(hours int, ahead time.Duration) time.Time {
	return a.gate.Now().Add(ahead).Truncate(24 * time.Hour).Add(time.Duration(hours) * time.Hour)
}

// putDown puts down a job for a moment: one, however many processes ask for it.
func (a *app) putDown(act access.Action, at time.Time) error {
	if err := jobs.Add(a.db.Write, string(act), string(act)+":"+at.Format(time.RFC3339), "", at); err != nil {
		return fmt.Errorf("planning %s: %w", act, err)
	}
	return nil
}

func (a *app) nextSweep(ahead time.Duration) error {
	return a.putDown(access.SweepFiles, a.hourly(ahead))
}
func (a *app) nextSearch(ahead time.Duration) error {
	return a.putDown(access.FindInterests, a.nightly(2, ahead))
}
func (a *app) nextCheck(ahead time.Duration) error {
	return a.putDown(access.MakeCheckpoint, a.nightly(3, ahead))
}

// nextReminders puts down the day's reminders of what awards owe: in the morning, once everybody's date is over.
func (a *app) nextReminders(ahead time.Duration) error {
	return a.putDown(access.RemindPeople, a.nightly(5, ahead))
}

// tick does what the clock does: opens, closes and releases calls, ends extensions and offers, removes what has expired. Each of
// them is safe to run twice, and in several processes at once.
func (a *app) tick(ctx context.Context) error {
	if _, err := a.funds.OpenDue(ctx); err != nil {
		return fmt.Errorf("opening calls: %w", err)
	}
	if _, err := a.applications.CloseDue(ctx, a.config.Clock.CloseGrace); err != nil {
		return fmt.Errorf("closing calls: %w", err)
	}
	if err := a.eligibility.RemindDue(ctx); err != nil {
		return fmt.Errorf("reminding of questions: %w", err)
	}
	if err := a.applications.RemindDue(ctx); err != nil {
		return fmt.Errorf("reminding of deadlines: %w", err)
	}
	if _, err := a.decisions.ReleaseDue(ctx); err != nil {
		return fmt.Errorf("releasing decisions: %w", err)
	}
	if err := a.awards.LapseDue(ctx); err != nil {
		return fmt.Errorf("lapsing offers: %w", err)
	}
	if err := a.decisions.ExpireReserveDue(ctx); err != nil {
		return fmt.Errorf("ending places on reserve lists: %w", err)
	}
	if err := a.awards.RemindDue(ctx); err != nil {
		return fmt.Errorf("reminding of offers: %w", err)
	}
	if err := a.reports.SendDue(ctx); err != nil {
		return fmt.Errorf("sending links to reports: %w", err)
	}
	if err := a.positions.WarnDue(ctx); err != nil {
		return fmt.Errorf("warning of DTAC positions that end: %w", err)
	}
	if err := a.others.Sweep(access.With(ctx, access.System(access.MatchOtherFunding))); err != nil {
		return fmt.Errorf("removing lists that were replaced: %w", err)
	}
	if err := a.eligibility.ExpireDue(ctx); err != nil {
		return fmt.Errorf("ending clarifications: %w", err)
	}
	if err := a.eligibility.RunRulesDue(ctx); err != nil {
		return fmt.Errorf("running the rules of eligibility: %w", err)
	}
	return nil
}
