// Package setup is what the fund manager does before a call opens: making a round and its calls, changing them, checking that nothing is
// missing, asking for approval, copying a round for the next one.
//
// It owns the questions that are asked of a round and a call, and what a call lacks. It leaves to fund what is right and wrong in a setting,
// what a call is and how its state changes; to people, assignment and letter what is theirs of a round.
package setup

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/rules"
	"adoptionfund/internal/work"
)

// Service is the use cases of the set-up.
type Service struct {
	gate    *work.Gate
	funds   *fund.Service
	library *fund.Library
	rubrics *rubric.Library
	files   fs.FS // forms, rubrics and rules

	people      *people.Service
	assignments *assignment.Service // for the invitations of reviewers to a copy

	round, call *Sheet
	rules       map[string]*rules.Set
}

// Rooms are the rooms that a set-up uses. Files holds setup/, forms/, rubrics/ and rules/.
type Rooms struct {
	Funds       *fund.Service
	Library     *fund.Library
	Rubrics     *rubric.Library
	People      *people.Service
	Assignments *assignment.Service
	Files       fs.FS
}

// NewService makes the service.
func NewService(gate *work.Gate, r Rooms) (*Service, error) {
	s := &Service{gate: gate, funds: r.Funds, library: r.Library, rubrics: r.Rubrics, files: r.Files, people: r.People, assignments: r.Assignments, rules: map[string]*rules.Set{}}
	var err error
	if s.round, err = newSheet(r.Files, "setup/round.yaml", fund.File{}); err != nil {
		return nil, err
	}
	if s.call, err = newSheet(r.Files, "setup/call.yaml", fund.CallFile{}); err != nil {
		return nil, err
	}
	for _, v := range versioned() {
		options, err := s.published(v.pattern)
		if err != nil {
			return nil, err
		}
		if err := s.call.offer(v.code, v.kind, options); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// version is a question whose answer is the version of a file.
type version struct {
	code    form.Code
	kind    form.Kind
	pattern string // of the files to choose from
}

func versioned() []version {
	return []version{
		{"FORMSAPPLICATION", form.KindSingleChoice, "forms/application-*.yaml"},
		{"FORMSRUBRIC", form.KindSingleChoice, "rubrics/*.yaml"},
		{"FORMSRULES", form.KindSingleChoice, "rules/*.yaml"},
		{"FORMSDTAC", form.KindMultiChoice, "forms/dtac-*.yaml"},
	}
}

// published are the versions of a file, the oldest first. The rules of the self-check are not for calls.
func (s *Service) published(pattern string) ([]form.Option, error) {
	paths, err := fs.Glob(s.files, pattern)
	if err != nil {
		return nil, fmt.Errorf("listing %s: %w", pattern, err)
	}
	var options []form.Option
	for _, p := range paths {
		id := strings.TrimSuffix(path.Base(p), ".yaml")
		title, err := s.title(p, id)
		if err != nil {
			return nil, err
		}
		if title != "" {
			options = append(options, form.Option{Value: id, Label: id, Hint: title})
		}
	}
	return options, nil
}

// title names a version; empty for what no call can choose.
func (s *Service) title(p, id string) (string, error) {
	switch path.Dir(p) {
	case "forms":
		f, err := s.library.Form(id)
		if err != nil {
			return "", err //nolint:wrapcheck // the library has said what it was doing
		}
		return f.Title + ", version " + f.Version, nil
	case "rubrics":
		r, err := s.rubrics.Rubric(id)
		if err != nil {
			return "", err //nolint:wrapcheck // the library has said what it was doing
		}
		return r.Title + ", version " + r.Version, nil
	default:
		set, err := rules.Load(s.files, p, s.library.Form)
		if err != nil {
			return "", err //nolint:wrapcheck // rules has said what it was doing
		}
		if !strings.HasPrefix(set.FormID, "application-") {
			return "", nil
		}
		s.rules[id] = set
		return set.Title + ", for the form " + set.FormID, nil
	}
}

// Rounds gives the rounds that the one who acts may see, with their calls, newest first.
func (s *Service) Rounds(ctx context.Context) (rounds []fund.RoundWithCalls, mayCreate bool, err error) {
	err = s.gate.Read(ctx, func(tx *work.Tx) error {
		all, err := fund.AllRounds(tx)
		if err != nil {
			return err //nolint:wrapcheck // fund has said what it was doing
		}
		for i := range all {
			yes, err := tx.May(access.ViewRound, &all[i].Round)
			if err != nil {
				return err //nolint:wrapcheck // says what it was doing
			}
			if yes {
				rounds = append(rounds, all[i])
			}
		}
		mayCreate, err = tx.May(access.CreateRound, &fund.Round{ID: ident.New[ident.Round]()})
		return err //nolint:wrapcheck // says what it was doing
	})
	return rounds, mayCreate, err //nolint:wrapcheck // says what it was doing
}

// RoundPage is a round as those who set it up see it.
type RoundPage struct {
	Round   fund.Round
	Calls   []fund.Call
	Form    *form.Form
	Answers form.Answers
	From    *fund.Round // that it was copied from
	Names   map[ident.Person]string
	May     map[access.Action]bool
	Fixed   bool // a call has opened: the round cannot be changed
}

// Round gives a round with its calls.
func (s *Service) Round(ctx context.Context, ref ident.RoundRef) (RoundPage, error) {
	var p RoundPage
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		r, err := permitted(tx, ref, access.ViewRound)
		if err != nil {
			return err
		}
		p, err = s.roundPage(tx, r)
		return err
	})
	return p, err //nolint:wrapcheck // says what it was doing
}

func permitted(tx *work.Tx, ref ident.RoundRef, act access.Action) (*fund.Round, error) {
	r, err := fund.RoundByRef(tx, ref)
	if err != nil {
		return nil, err //nolint:wrapcheck // fund has said what it was doing
	}
	return r, tx.Require(act, r)
}

func (s *Service) roundPage(tx *work.Tx, r *fund.Round) (RoundPage, error) {
	p := RoundPage{Round: *r, Form: s.round.Form, Answers: s.round.Answers(fund.FileOf(r, nil))}
	var err error
	if p.Calls, err = fund.CallsOf(tx, r.ID); err != nil {
		return p, err //nolint:wrapcheck // fund has said what it was doing
	}
	p.Fixed = slices.ContainsFunc(p.Calls, func(c fund.Call) bool { return !c.Changeable() })
	if r.CopiedFrom != nil {
		if p.From, err = fund.RoundByID(tx, *r.CopiedFrom); err != nil {
			return p, err //nolint:wrapcheck // fund has said what it was doing
		}
	}
	if p.May, err = may(tx, r, access.EditRound, access.ViewLetters, access.ViewReviewers, access.ListPeople, access.ViewReports); err != nil {
		return p, err
	}
	p.May[access.CreateRound], err = tx.May(access.CreateRound, &fund.Round{ID: ident.New[ident.Round]()})
	if err != nil {
		return p, err //nolint:wrapcheck // says what it was doing
	}
	p.May[access.CreateCall], err = tx.May(access.CreateCall, another(r))
	return p, err //nolint:wrapcheck // says what it was doing
}

// another is a call of a round that is not there yet: whoever makes it has done nothing to it.
func another(r *fund.Round) *fund.Call {
	return &fund.Call{ID: ident.New[ident.Call](), RoundID: r.ID}
}

func may(tx *work.Tx, what access.Resource, acts ...access.Action) (map[access.Action]bool, error) {
	all := map[access.Action]bool{}
	for _, act := range acts {
		yes, err := tx.May(act, what)
		if err != nil {
			return nil, err //nolint:wrapcheck // says what it was doing
		}
		all[act] = yes
	}
	return all, nil
}

// Blank are the questions of a new round, or of a new call.
func (s *Service) Blank(call bool) *form.Form {
	if call {
		return s.call.Form
	}
	return s.round.Form
}

// Typed is what somebody typed in a section, at the version at which they read it.
type Typed struct {
	Values  map[string][]string
	Version int
}

// bind reads what was typed in a section into a file, and says all that is wrong with it there. The answers show what was typed again.
func bind(s *Sheet, file any, section *form.Section, typed map[string][]string) (form.Answers, fault.Problems) {
	answers, problems := form.Bind(section, typed, s.Answers(file))
	for name, words := range s.Fill(file, section, answers) {
		problems[name] = words
	}
	return answers, problems
}

// within are the problems that lie in a section, by its inputs.
func within(section *form.Section, found fault.Problems) fault.Problems {
	in := fault.Problems{}
	for name, words := range found {
		if slices.ContainsFunc(section.Questions, func(q *form.Question) bool { return q.Code == form.CodeOf(name) }) {
			in[name] = words
		}
	}
	return in
}

// checked adds to what cannot be read what the one check of the file finds in the section.
func checked(s *Sheet, file any, problems []fund.Problem, section *form.Section, unread fault.Problems) error {
	for name, words := range within(section, s.Placed(file, problems)) {
		if _, known := unread[name]; !known {
			unread[name] = words
		}
	}
	return fault.Fields(unread) //nolint:wrapcheck // words for the person
}

// TypedRound gives what was typed of a round as answers, for the page to show it again.
func (s *Service) TypedRound(values map[string][]string) form.Answers {
	answers, _ := form.Bind(s.round.Form.Sections[0], values, nil)
	return answers
}

// TypedCall gives what was typed of a new call as answers.
func (s *Service) TypedCall(values map[string][]string) form.Answers {
	answers := form.Answers{}
	for _, section := range s.BlankCall() {
		answers, _ = form.Bind(section, of(section, values), answers)
	}
	return answers
}

// of is what was typed for the questions of a section.
func of(section *form.Section, values map[string][]string) map[string][]string {
	known := map[string][]string{}
	for name, typed := range values {
		if slices.ContainsFunc(section.Questions, func(q *form.Question) bool { return q.Code == form.CodeOf(name) }) {
			known[name] = typed
		}
	}
	return known
}

// CreateRound makes a round from what was typed.
func (s *Service) CreateRound(ctx context.Context, typed map[string][]string) (ident.RoundRef, error) {
	var file fund.File
	section := s.round.Form.Sections[0]
	_, unread := bind(s.round, &file, section, typed)
	if err := checked(s.round, file, file.Problems(), section, unread); err != nil {
		return "", err
	}
	return ident.RoundRef(file.Round), s.gate.Write(ctx, func(tx *work.Tx) error { //nolint:wrapcheck // says what it was doing
		_, err := fund.CreateRound(tx, file, nil)
		if fault.Is(err, fault.Conflict) {
			return fault.Fields(fault.Problems{"ROUND": "There is a round " + file.Round + " already"}) //nolint:wrapcheck // words for the person
		}
		return err //nolint:wrapcheck // fund has said what it was doing
	})
}

// EditRound changes a round by what was typed.
func (s *Service) EditRound(ctx context.Context, ref ident.RoundRef, typed Typed) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error { //nolint:wrapcheck // says what it was doing
		r, err := permitted(tx, ref, access.EditRound)
		if err != nil {
			return err
		}
		file, section := fund.FileOf(r, nil), s.round.Form.Sections[0]
		_, unread := bind(s.round, &file, section, typed.Values)
		file.Round = string(r.Ref)
		if err := checked(s.round, file, file.Problems(), section, unread); err != nil {
			return err
		}
		stands := fund.FileOf(r, nil)
		return fund.EditRound(tx, r, file, fund.Edit{Version: typed.Version, Latest: func() map[string]string { return s.round.inputs(stands, section) }}) //nolint:wrapcheck // fund has said what it was doing
	})
}

// File gives a round as the file that `round create` reads.
func (s *Service) File(ctx context.Context, ref ident.RoundRef) ([]byte, error) {
	p, err := s.Round(ctx, ref)
	if err != nil {
		return nil, err
	}
	return fund.FileOf(&p.Round, p.Calls).Write() //nolint:wrapcheck // fund has said what it was doing
}
