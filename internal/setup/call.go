package setup

import (
	"context"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// begun are the sections of which a new call needs an answer: what it is about, and its dates.
func begun() []string { return []string{"about", "dates"} }

// BlankCall are the sections that are asked of a new call.
func (s *Service) BlankCall() []*form.Section {
	var sections []*form.Section
	for _, code := range begun() {
		section, _ := s.call.Form.Section(code)
		sections = append(sections, &form.Section{Code: section.Code, Title: section.Title, Intro: section.Intro, Questions: slices.DeleteFunc(slices.Clone(section.Questions), func(q *form.Question) bool {
			return q.Required != form.RequiredAlways && !strings.HasSuffix(string(q.Code), clockSuffix) || strings.HasPrefix(string(q.Code), "RELEASE") || q.Kind == form.KindTable || q.Kind == form.KindLongText
		})})
	}
	return sections
}

// CreateCall makes a call in a round from what was typed of its beginning; everything else has its default until it is set.
func (s *Service) CreateCall(ctx context.Context, round ident.RoundRef, typed map[string][]string) (ident.CallRef, error) {
	var file fund.CallFile
	unread := fault.Problems{}
	for _, section := range s.BlankCall() {
		_, wrong := bind(s.call, &file, section, of(section, typed))
		for name, words := range wrong {
			unread[name] = words
		}
	}
	for name, words := range s.call.Placed(file, file.Problems()) {
		if _, known := unread[name]; !known {
			unread[name] = words
		}
	}
	if err := fault.Fields(unread); err != nil {
		return "", err //nolint:wrapcheck // words for the person
	}
	var ref ident.CallRef
	err := s.gate.Write(ctx, func(tx *work.Tx) error {
		r, err := fund.RoundByRef(tx, round)
		if err != nil {
			return err //nolint:wrapcheck // fund has said what it was doing
		}
		c, err := s.funds.AddCall(tx, r, file, nil)
		if fault.Is(err, fault.Conflict) {
			return fault.Fields(fault.Problems{"THEME": "The round has a call " + file.Theme + " already"}) //nolint:wrapcheck // words for the person
		}
		if err == nil {
			ref = c.Ref
		}
		return err //nolint:wrapcheck // fund has said what it was doing
	})
	return ref, err //nolint:wrapcheck // says what it was doing
}

// CallPage is a call as those who set it up see it.
type CallPage struct {
	Call     fund.Call
	Round    fund.Round
	Form     *form.Form
	Answers  form.Answers
	Findings []Finding
	From     *fund.Call // that it was copied from
	Changed  []form.Difference
	Names    map[ident.Person]string
	May      map[access.Action]bool
}

// Call gives a call with everything that it sets, and what it lacks.
func (s *Service) Call(ctx context.Context, ref ident.CallRef) (CallPage, error) {
	var p CallPage
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		c, err := fund.PermittedCall(tx, ref, access.ViewCall)
		if err != nil {
			return err //nolint:wrapcheck // fund has said what it was doing
		}
		p, err = s.callPage(tx, c)
		return err
	})
	return p, err //nolint:wrapcheck // says what it was doing
}

func (s *Service) callPage(tx *work.Tx, c *fund.Call) (CallPage, error) {
	p := CallPage{Call: *c, Form: s.call.Form, Answers: s.call.Answers(c.File())}
	r, err := fund.RoundByID(tx, c.RoundID)
	if err != nil {
		return p, err //nolint:wrapcheck // fund has said what it was doing
	}
	p.Round = *r
	if p.Findings, err = s.check(tx, r, c); err != nil {
		return p, err
	}
	if err := s.compared(tx, c, &p); err != nil {
		return p, err
	}
	var ids []ident.Person
	for _, id := range []ident.Person{ident.Person(c.Author), ident.Person(c.AskedBy)} {
		if _, err := ident.Parse[ident.Person](string(id)); err == nil {
			ids = append(ids, id)
		}
	}
	for _, id := range []*ident.Person{c.ApprovedBy, c.ReturnedBy} {
		if id != nil {
			ids = append(ids, *id)
		}
	}
	if p.Names, err = people.Names(tx, ids...); err != nil {
		return p, err //nolint:wrapcheck // people has said what it was doing
	}
	if p.May, err = may(tx, c, access.EditCall, access.RequestOpening, access.ReturnOpening); err != nil {
		return p, err
	}
	p.May[access.ApproveOpening], err = fund.MayApproveOpening(tx, c)
	return p, err //nolint:wrapcheck // fund has said what it was doing
}

// compared adds what differs from the call that this one was copied from.
func (s *Service) compared(tx *work.Tx, c *fund.Call, p *CallPage) error {
	if c.CopiedFrom == nil {
		return nil
	}
	from, err := fund.CallByID(tx, *c.CopiedFrom)
	if err != nil {
		return err //nolint:wrapcheck // fund has said what it was doing
	}
	p.From, p.Changed = from, form.Differences(s.call.Form, s.call.Answers(from.File()), p.Answers)
	return nil
}

// TypedSection gives the answers of a section with what was typed in it.
func (s *Service) TypedSection(p CallPage, section string, values map[string][]string) form.Answers {
	found, ok := s.call.Form.Section(section)
	if !ok {
		return p.Answers
	}
	answers, _ := form.Bind(found, values, p.Answers)
	return answers
}

// EditCall changes the settings of one section by what was typed.
func (s *Service) EditCall(ctx context.Context, ref ident.CallRef, code string, typed Typed) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error { //nolint:wrapcheck // says what it was doing
		c, err := fund.PermittedCall(tx, ref, access.EditCall)
		if err != nil {
			return err //nolint:wrapcheck // fund has said what it was doing
		}
		section, ok := s.call.Form.Section(code)
		if !ok {
			return work.NotFound("section")
		}
		file := c.File()
		_, unread := bind(s.call, &file, section, typed.Values)
		file.Theme = c.Theme
		if err := checked(s.call, file, file.Problems(), section, unread); err != nil {
			return err
		}
		stands := c.File()
		return s.funds.EditCall(tx, c, file, fund.Edit{Version: typed.Version, Latest: func() map[string]string { return s.call.inputs(stands, section) }}) //nolint:wrapcheck // fund has said what it was doing
	})
}

// Request asks for the approval of a call's opening. What blocks it is said.
func (s *Service) Request(ctx context.Context, ref ident.CallRef) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error { //nolint:wrapcheck // says what it was doing
		c, err := fund.PermittedCall(tx, ref, access.RequestOpening)
		if err != nil {
			return err //nolint:wrapcheck // fund has said what it was doing
		}
		r, err := fund.RoundByID(tx, c.RoundID)
		if err != nil {
			return err //nolint:wrapcheck // fund has said what it was doing
		}
		findings, err := s.check(tx, r, c)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(findings, func(f Finding) bool { return f.Blocks }) {
			return fault.New(fault.Invalid, "Put right first what must be put right before the opening can be approved")
		}
		return fund.RequestOpening(tx, c) //nolint:wrapcheck // fund has said what it was doing
	})
}

// Unfinished are the calls whose set-up the one who acts can finish: drafts for which no approval is asked.
func (s *Service) Unfinished(ctx context.Context) ([]fund.Call, error) {
	var out []fund.Call
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		if !tx.Policy().MayAnywhere(tx.By, access.RequestOpening) {
			return nil // as most of those whose start page asks
		}
		drafts, err := fund.CallsIn(tx, workflow.CallDraft)
		if err != nil {
			return err //nolint:wrapcheck // fund has said what it was doing
		}
		for i := range drafts {
			if drafts[i].AskedAt != nil {
				continue
			}
			yes, err := tx.May(access.RequestOpening, &drafts[i])
			if err != nil {
				return err //nolint:wrapcheck // says what it was doing
			}
			if yes {
				out = append(out, drafts[i])
			}
		}
		return nil
	})
	return out, err //nolint:wrapcheck // says what it was doing
}
