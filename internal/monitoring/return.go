package monitoring

import (
	"context"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/award"
	"adoptionfund/internal/award/plan"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// expected are the returns of an award since it was agreed; none before.
func expected(a *award.Award, t *award.Terms) []award.ExpectedReturn {
	if a.AgreedAt == nil || t == nil {
		return nil
	}
	return award.Expected(uktime.Day(*a.AgreedAt), t)
}

// Sheet is the page of one return.
type Sheet struct {
	Page
	Of      award.ExpectedReturn
	Stands  *Return // nil: nobody began it
	Form    *form.Form
	Section *form.Section
	Answers form.Answers
}

// Version is that which a change of the return has to name.
func (s Sheet) Version() int {
	if s.Stands == nil {
		return 0
	}
	return s.Stands.Version
}

// Open reports whether the return can be changed and sent.
func (s Sheet) Open() bool {
	return s.Stands == nil || s.Stands.State == Due || s.Stands.State == Returned
}

// Sheet gives the page of a return by its code. One that nobody began has what was promised in its rows already.
func (s *Service) Sheet(ctx context.Context, ref ident.Ref, code string) (Sheet, error) {
	p, err := s.Show(ctx, ref)
	if err != nil {
		return Sheet{}, err
	}
	sheet := Sheet{Page: p}
	at := slices.IndexFunc(p.Expected, func(e award.ExpectedReturn) bool { return e.Code() == code })
	if at < 0 {
		return sheet, work.NotFound("return") //nolint:wrapcheck // a fault for the person
	}
	sheet.Of = p.Expected[at]
	if sheet.Form, sheet.Section, err = s.section(sheet.Of.Final); err != nil {
		return sheet, err
	}
	if sheet.Stands = p.Return(sheet.Of); sheet.Stands != nil {
		sheet.Answers = form.Answers(sheet.Stands.Answers)
	} else {
		sheet.Answers = begun(p.Promised)
	}
	return sheet, nil
}

// begun are the answers of a return that nobody began: the benefits that were promised.
func begun(p award.Promised) form.Answers {
	if len(p.Benefits) == 0 {
		return form.Answers{}
	}
	var rows []form.Row
	for _, b := range p.Benefits {
		rows = append(rows, form.Row{"benefit": {Text: b.Benefit}, "measure": {Text: b.Measure}})
	}
	return form.Answers{"QR4": {Rows: rows}}
}

// Typing is what somebody typed into a return.
type Typing struct {
	Code    string
	Version int
	Typed   map[string][]string
	Send    bool // else it is kept to go on later
}

// Save keeps a return as it is typed, or sends it: then every answer has to be there.
func (s *Service) Save(ctx context.Context, ref ident.Ref, in Typing) error {
	return s.on(ctx, ref, access.SubmitAwardReturn, func(tx *work.Tx, a *award.Award) error {
		r, first, err := begin(tx, a, in.Code)
		if err != nil {
			return err
		}
		if r.State != Due && r.State != Returned {
			return fault.New(fault.Conflict, "This return is with the fund. It can be changed if the fund sends it back")
		}
		f, section, err := s.section(r.Final)
		if err != nil {
			return err
		}
		if in.Version != r.Version {
			return fault.Stale(inputs(section, form.Answers(r.Answers)), "Someone else changed this return while you were working on it")
		}
		if err := r.take(f, section, in, form.Date(uktime.Day(tx.Now))); err != nil {
			return err
		}
		if in.Send {
			r.State, r.SentBy, r.SentAt = Sent, &tx.By.ID, &tx.Now
		}
		return keep(tx, a, r, first, in.Send)
	})
}

// take binds and checks what was typed.
func (r *Return) take(f *form.Form, section *form.Section, in Typing, today form.Date) error {
	answers, problems := form.Bind(section, in.Typed, form.Answers(r.Answers))
	how := form.How{Mode: form.Partial, Today: today}
	if in.Send {
		how.Mode = form.Complete
	}
	if len(problems) == 0 {
		problems = form.Check(f, section, answers, how)
	}
	r.Answers = award.Answers(answers)
	return fault.Fields(problems) //nolint:wrapcheck // a fault for the person
}

// keep keeps the row of a return with its event.
func keep(tx *work.Tx, a *award.Award, r *Return, first, send bool) error {
	digest, err := form.Answers(r.Answers).Digest()
	if err != nil {
		return err //nolint:wrapcheck // the form has said what it was doing
	}
	verb := "award.save_return"
	if send {
		verb = string(access.SubmitAwardReturn)
	}
	tx.Record(award.Event(a, verb, map[string]any{"return": r.ID, "quarter": r.Year + " " + r.Quarter, "final": r.Final, "answers": digest}))
	if first {
		r.Version = 1
		err = work.Add(tx, r)
	} else {
		err = work.Save(tx, r, &r.Version)
	}
	if err != nil || !send {
		return err //nolint:wrapcheck // says what it was doing
	}
	return award.WriteTo(tx, a, access.AcceptAwardReturn, "award_return_sent") //nolint:wrapcheck // says what it was doing
}

// begin gives the row of an expected return; first says that it is not kept yet.
func begin(tx *work.Tx, a *award.Award, code string) (r *Return, first bool, err error) {
	if err := lives(a); err != nil {
		return nil, false, err
	}
	t, err := award.EnsureTerms(tx, a)
	if err != nil {
		return nil, false, err //nolint:wrapcheck // award has said what it was doing
	}
	all := expected(a, t)
	at := slices.IndexFunc(all, func(e award.ExpectedReturn) bool { return e.Code() == code })
	if at < 0 {
		return nil, false, work.NotFound("return") //nolint:wrapcheck // a fault for the person
	}
	e := all[at]
	there, err := returnsOf(tx, a.ID)
	if err != nil {
		return nil, false, err
	}
	if r := find(there, e); r != nil {
		r.Year, r.Quarter, r.Due = e.Quarter.Year, e.Quarter.Name, e.Due
		return r, false, nil
	}
	return &Return{ID: ident.New[ident.AwardReturn](), AwardID: a.ID, Year: e.Quarter.Year, Quarter: e.Quarter.Name, Final: e.Final, Due: e.Due, State: Due}, true, nil
}

// inputs are answers as the inputs of their page have them.
func inputs(section *form.Section, answers form.Answers) map[string]string {
	texts := map[string]string{}
	for _, q := range section.Questions {
		for name, values := range form.Inputs(q, answers[q.Code]) {
			texts[name] = strings.Join(values, ", ")
		}
	}
	return texts
}

// Answer accepts a return that was sent, or sends it back with a reason. With the final report the award is completed.
func (s *Service) Answer(ctx context.Context, ref ident.Ref, code string, accepted bool, reason string) error {
	problems := fault.Problems{}
	if reason = strings.TrimSpace(reason); !accepted {
		reason = award.LongText(problems, "reason", reason, "Say what has to be changed")
	}
	if err := fault.Fields(problems); err != nil {
		return err //nolint:wrapcheck // a fault for the person
	}
	return s.on(ctx, ref, access.AcceptAwardReturn, func(tx *work.Tx, a *award.Award) error {
		r, first, err := begin(tx, a, code)
		if err != nil {
			return err
		}
		if first || r.State != Sent {
			return fault.New(fault.Conflict, "This return does not wait for an answer")
		}
		r.State, r.Reason, r.AnsweredBy, r.AnsweredAt = Returned, reason, &tx.By.ID, &tx.Now
		if accepted {
			r.State = Accepted
		}
		tx.Record(award.Event(a, string(access.AcceptAwardReturn), map[string]any{"return": r.ID, "accepted": accepted, "reason": audit.Digest([]byte(reason))}))
		if err := work.Save(tx, r, &r.Version); err != nil {
			return err //nolint:wrapcheck // says what it was doing
		}
		switch {
		case !accepted:
			return award.WriteBack(tx, a, "award_return_returned", title(r), "") //nolint:wrapcheck // says what it was doing
		case r.Final:
			return complete(tx, a)
		}
		return nil
	})
}

func title(r *Return) string {
	return award.ExpectedReturn{Quarter: plan.Quarter{Year: r.Year, Name: r.Quarter}, Final: r.Final}.Title()
}

// complete makes the move to which an accepted final report leads. Every return before it has to be accepted, since the spending of the
// project is what they say together.
func complete(tx *work.Tx, a *award.Award) error {
	t, err := award.EnsureTerms(tx, a)
	if err != nil {
		return err //nolint:wrapcheck // award has said what it was doing
	}
	there, err := returnsOf(tx, a.ID)
	if err != nil {
		return err
	}
	all := true
	for _, e := range expected(a, t) {
		r := find(there, e)
		all = all && r != nil && r.State == Accepted
	}
	return award.Move(tx, a, workflow.Complete, work.Guards{workflow.FinalReturnIn: work.Holds(all)}, map[string]any{"spent": plan.Total(Spent(there))}) //nolint:wrapcheck // a fault for the person
}
