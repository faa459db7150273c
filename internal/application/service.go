package application

import (
	"context"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/files"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/people"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Service is the use cases of applicants, signatories and the clock.
type Service struct {
	gate    *work.Gate
	library *fund.Library
	people  *people.Service
	files   *files.Store
	name    string // of the service, on receipts
}

// NewService makes the service.
func NewService(gate *work.Gate, library *fund.Library, p *people.Service, store *files.Store, name string) *Service {
	return &Service{gate, library, p, store, name}
}

// Beginning is what starts an application.
type Beginning struct {
	Call  ident.CallRef
	Title string
	Lead  ident.ODS
}

// Start begins an application in an open call, for a lead organisation for which the person may act and which the call lets lead.
func (s *Service) Start(ctx context.Context, in Beginning) (ident.Ref, error) {
	var ref ident.Ref
	err := s.gate.Write(ctx, func(tx *work.Tx) error {
		c, err := fund.CallByRef(tx, in.Call)
		if fault.Is(err, fault.NotFound) || err == nil && c.Published == "" {
			return fault.Fields(fault.Problems{"call": "Select an open call"})
		}
		if err != nil {
			return err
		}
		lead, err := s.checkBeginning(tx, c, &in)
		if err != nil {
			return err
		}
		a, err := s.begin(tx, c, in, lead)
		if err != nil {
			return err
		}
		ref = a.Ref
		return nil
	})
	return ref, err
}

func orElse(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

func (s *Service) checkBeginning(tx *work.Tx, c *fund.Call, in *Beginning) (*people.Organisation, error) {
	problems := fault.Problems{}
	in.Title = strings.Join(strings.Fields(in.Title), " ")
	if in.Title == "" || form.Characters(in.Title) > 200 {
		problems["title"] = "Enter a title of 200 characters or fewer"
	}
	lead, err := people.ByODS(tx, in.Lead)
	if err != nil {
		return nil, err
	}
	switch {
	case lead == nil || !lead.Valid(uktime.Day(c.OpensAt)) && !lead.Valid(uktime.Day(tx.Now)):
		problems["lead"] = "Enter the ODS code of the lead organisation, such as QMF"
	case !slices.Contains(c.Settings.WhoMayLead, lead.Kind):
		problems["lead"] = "An organisation of this kind cannot lead an application in this call"
	default:
		acts, err := people.ActsFor(tx, tx.By.ID, lead.ODSCode)
		if err != nil {
			return nil, err
		}
		if !acts {
			problems["lead"] = "You cannot act for this organisation yet. Ask for it on your account page"
		}
	}
	return lead, fault.Fields(problems)
}

func (s *Service) begin(tx *work.Tx, c *fund.Call, in Beginning, lead *people.Organisation) (*Application, error) {
	scope := c.Facts()
	scope.InTime = c.InTime(tx.Arrival)
	led, err := countLed(tx, c.ID, lead.ODSCode)
	if err != nil {
		return nil, err
	}
	move, err := work.Step(tx, workflow.Applications(), "", workflow.Start, scope, work.Guards{
		workflow.CallTakesApplications: work.Holds(c.State == workflow.CallOpen && c.InTime(tx.Arrival)),
		workflow.LeadMayApply:          work.Holds(c.Settings.PerLead == 0 || led < int64(c.Settings.PerLead)),
	})
	if err != nil {
		return nil, err
	}
	r, err := fund.RoundByID(tx, c.RoundID)
	if err != nil {
		return nil, err
	}
	n, err := fund.NextNumber(tx, c.RoundID)
	if err != nil {
		return nil, err
	}
	a := &Application{
		ID: ident.New[ident.Application](), Ref: ident.MakeRef(r.Ref, n), RoundID: r.ID, CallID: c.ID, Theme: c.Theme, Title: in.Title,
		Lead: lead.ODSCode, LeadName: lead.Name, LeadKind: lead.Kind, Region: lead.Region, ICS: lead.ICS, Recipient: lead.Name,
		State: move.To, StateAt: tx.Now, MainContact: tx.By.ID, CreatedAt: tx.Now, Version: 1, call: c, inTime: c.InTime(tx.Arrival),
	}
	if c.Settings.SystemNames {
		a.LeadName = lead.SystemName()
	}
	if err := work.Add(tx, a); err != nil {
		return nil, err
	}
	tx.Record(Event(a, move.Effects.Record, map[string]any{"ref": a.Ref, "lead": a.Lead}))
	if err := Relate(tx, a, tx.By.ID, MainContact); err != nil {
		return nil, err
	}
	return a, s.prefill(tx, a)
}

// prefill writes what is known at the start into the answers: title, lead and main contact.
func (s *Service) prefill(tx *work.Tx, a *Application) error {
	f, err := s.form(a)
	if err != nil {
		return err
	}
	bySection := map[form.Code]form.Answers{}
	fill := func(r form.Role, v form.Value) {
		if q := f.Role(r); q != nil {
			if bySection[q.Section] == nil {
				bySection[q.Section] = form.Answers{}
			}
			bySection[q.Section][q.Code] = v
		}
	}
	fill(form.RoleTitle, form.Value{Text: a.Title})
	fill(form.RoleLead, form.Value{Organisation: a.Lead})
	fill(form.RoleRecipient, form.Value{Organisation: a.Lead})
	fill(form.RoleContactName, form.Value{Text: tx.By.Name})
	fill(form.RoleContactEmail, form.Value{Text: tx.By.Email})
	for _, sec := range f.Sections {
		answers, ok := bySection[sec.Code]
		if !ok {
			continue
		}
		if err := putSection(tx, a, sec, answers); err != nil {
			return err
		}
	}
	return nil
}

// form is the application form that the call pinned.
func (s *Service) form(a *Application) (*form.Form, error) {
	return s.library.Form(a.call.Settings.Forms.Application)
}

// FormNamed is a form of the library: the one that a submission names.
func (s *Service) FormNamed(id string) (*form.Form, error) { return s.library.Form(id) }

// how is the way in which the answers of an application are checked.
func (s *Service) how(tx *work.Tx, a *Application, f *form.Form, mode form.Mode) form.How {
	h := form.How{Mode: mode, Today: form.Date(uktime.Day(tx.Arrival)), Caps: map[form.Code]money.Pence{}, Organisation: func(code ident.ODS) bool {
		o, err := people.ByODS(tx, code)
		return err == nil && o != nil
	}}
	if q := f.Role(form.RoleRequested); q != nil && a.call.Settings.AwardCap > 0 {
		h.Caps[q.Code] = a.call.Settings.AwardCap
	}
	return h
}

// Mine gives the applications in which the one who is signed in has a part.
func (s *Service) Mine(ctx context.Context) ([]*Application, error) {
	var rows []*Application
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		rows, err = List(tx, access.ViewApplication, Query{Mine: true, Limit: 200})
		if err != nil {
			return err
		}
		return completeAll(tx, rows)
	})
	return rows, err
}

// List gives a page of the applications that the one who is signed in may see.
func (s *Service) List(ctx context.Context, q Query) ([]*Application, error) {
	var rows []*Application
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		rows, err = List(tx, access.ViewApplication, q)
		return err
	})
	return rows, err
}
