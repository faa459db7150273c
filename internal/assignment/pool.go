package assignment

import (
	"context"
	"slices"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
)

// Standing of a reviewer in the pool of a round.
const (
	NotAsked = "not asked" // registered by the fund, and agreed with by other means
	Invited  = "invited"
	Accepted = "accepted"
	Refused  = "declined"
	Lapsed   = "lapsed" // the invitation ended without an answer
)

// Stand says where the invitation of a reviewer stands.
func (r Reviewer) Stand(now time.Time) string {
	switch {
	case r.Answer != "":
		return r.Answer
	case r.InvitedAt == nil:
		return NotAsked
	case r.InvitationEnds != nil && !now.Before(*r.InvitationEnds):
		return Lapsed
	default:
		return Invited
	}
}

// Assignable reports whether a reviewer can be given reviews: they accepted, or were never asked.
func (r Reviewer) Assignable(now time.Time) bool {
	stand := r.Stand(now)
	return stand == Accepted || stand == NotAsked
}

// Entry is a reviewer in the pool.
type Entry struct {
	Reviewer

	Name         string
	Email        string
	Organisation string
	Stand        string
	Load         int // standing reviews, done or to be done
	Done         int
}

// Pool is the reviewers of a round with what they can be.
type Pool struct {
	Round   *fund.Round
	Rounds  []fund.Round // that the reader may see
	Entries []Entry
	Kinds   []string
	Themes  []string
	May     map[access.Action]bool
}

// Pool gives the reviewers of a round, in the order of their names. No round: the newest that the reader may see.
func (s *Service) Pool(ctx context.Context, ref ident.RoundRef) (Pool, error) {
	var p Pool
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		p = Pool{May: map[access.Action]bool{}}
		var err error
		if p.Rounds, err = roundsSeen(tx); err != nil {
			return err
		}
		if p.Round, err = chosenRound(tx, ref, p.Rounds); err != nil {
			return err
		}
		for _, act := range []access.Action{access.EditReviewer, access.InviteReviewer, access.ImportReviewers} {
			if p.May[act], err = tx.May(act, p.Round); err != nil {
				return err
			}
		}
		tx.Saw("reviewers", string(p.Round.Ref))
		return fillPool(tx, &p)
	})
	return p, err
}

// roundsSeen are the rounds whose reviewers the reader may see.
func roundsSeen(tx *work.Tx) ([]fund.Round, error) {
	rounds, err := fund.Rounds(tx)
	if err != nil {
		return nil, err
	}
	var seen []fund.Round
	for i := range rounds {
		may, err := tx.May(access.ViewReviewers, &rounds[i])
		if err != nil {
			return nil, err
		}
		if may {
			seen = append(seen, rounds[i])
		}
	}
	return seen, nil
}

func chosenRound(tx *work.Tx, ref ident.RoundRef, may []fund.Round) (*fund.Round, error) {
	if ref == "" && len(may) > 0 {
		return &may[0], nil
	}
	r, err := fund.RoundByRef(tx, ref)
	if err != nil {
		return nil, err
	}
	return r, tx.Require(access.ViewReviewers, r)
}

func fillPool(tx *work.Tx, p *Pool) error {
	var err error
	if p.Kinds, p.Themes, err = offered(tx, p.Round); err != nil {
		return err
	}
	all, err := ReviewersIn(tx, p.Round.ID)
	if err != nil {
		return err
	}
	ids, codes := make([]ident.Person, len(all)), make([]ident.ODS, len(all))
	for i, r := range all {
		ids[i], codes[i] = r.Person, r.ODS
	}
	persons, err := people.ByIDs(tx, ids)
	if err != nil {
		return err
	}
	organisations, err := people.OrganisationsByODS(tx, codes)
	if err != nil {
		return err
	}
	held, err := heldIn(tx, p.Round.ID)
	if err != nil {
		return err
	}
	for _, r := range all {
		e := Entry{Reviewer: r, Organisation: organisations[r.ODS].Name, Stand: r.Stand(tx.Now), Load: held[r.Person].stands, Done: held[r.Person].done}
		if i := slices.IndexFunc(persons, func(who people.Person) bool { return who.ID == r.Person }); i >= 0 {
			e.Name, e.Email = persons[i].Name, persons[i].Email
		}
		p.Entries = append(p.Entries, e)
	}
	slices.SortFunc(p.Entries, func(a, b Entry) int { return strings.Compare(a.Name+a.Email, b.Name+b.Email) })
	return nil
}

// offered are the kinds and the themes that the calls of a round ask for.
func offered(tx *work.Tx, r *fund.Round) (kinds, themes []string, err error) {
	calls, err := fund.CallsOf(tx, r.ID)
	for _, c := range calls {
		themes = append(themes, c.Theme)
		for kind := range c.Settings.Review.Kinds {
			kinds = append(kinds, kind)
		}
	}
	slices.Sort(kinds)
	slices.Sort(themes)
	return slices.Compact(kinds), slices.Compact(themes), err
}

// Details are what the fund manager says of a reviewer; the address and the name make somebody new a reviewer.
type Details struct {
	Newcomer

	Person   ident.Person // who is one already; empty: somebody new
	Away     string       // as typed: see ParseAway
	Training string
	On       string // the day of the training, empty if not known
	Version  int
}

// Keep makes somebody a reviewer of a round, or changes what is known of one.
func (s *Service) Keep(ctx context.Context, ref ident.RoundRef, d Details) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		r, err := fund.RoundByRef(tx, ref)
		if err != nil {
			return err
		}
		if err := tx.Require(access.EditReviewer, r); err != nil {
			return err
		}
		row, err := s.details(tx, r, &d)
		if err != nil {
			return err
		}
		tx.Record(audit.Event{Verb: string(access.EditReviewer), Kind: "round", Subject: string(r.ID), Round: r.ID, Facts: map[string]any{
			"person": row.Person, "kind": row.Kind, "ods": row.ODS, "themes": row.Themes, "capacity": row.Capacity, "trained": row.TrainedOn,
		}})
		if row.ID == "" {
			row.ID, row.Version = ident.New[string](), 1
			return work.Add(tx, row)
		}
		return work.Save(tx, row, &row.Version)
	})
}

// details checks what was typed, all at once, and gives the reviewer with it.
func (s *Service) details(tx *work.Tx, r *fund.Round, d *Details) (*Reviewer, error) {
	row, err := placeOf(tx, r, d)
	if err != nil {
		return nil, err
	}
	problems, away, err := s.wrong(tx, r, d)
	if err != nil {
		return nil, err
	}
	if err := fault.Fields(problems); err != nil {
		return nil, err
	}
	row.Kind, row.ODS, row.Themes, row.Capacity, row.Away, row.Training, row.TrainedOn = d.Kind, d.ODS, strings.Join(d.Themes, " "), d.Capacity, away, d.Training, d.On
	if d.Person == "" {
		if row.Person, err = newcomer(tx, r, d); err != nil {
			return nil, err
		}
	}
	return row, people.GrantFor(tx, row.Person, access.SaveReview, r.Scope())
}

// placeOf is the place in the pool of whoever is changed, or a new one.
func placeOf(tx *work.Tx, r *fund.Round, d *Details) (*Reviewer, error) {
	if d.Person == "" {
		return &Reviewer{RoundID: r.ID, AddedAt: tx.Now}, nil
	}
	row, err := ReviewerOf(tx, r.ID, d.Person)
	switch {
	case err != nil:
		return nil, err
	case row == nil:
		return nil, work.NotFound("reviewer")
	case row.Version != d.Version:
		return nil, fault.Stale(row, "Somebody else changed this reviewer after you opened the page")
	}
	return row, nil
}

// newcomer finds or makes the person who becomes a reviewer.
func newcomer(tx *work.Tx, r *fund.Round, d *Details) (ident.Person, error) {
	p, err := people.Ensure(tx, d.Email, d.Name)
	if err != nil {
		return "", err
	}
	before, err := ReviewerOf(tx, r.ID, p.ID)
	if err == nil && before != nil {
		err = fault.Fields(fault.Problems{"email": "They are a reviewer of this round already"})
	}
	return p.ID, err
}

func (s *Service) wrong(tx *work.Tx, r *fund.Round, d *Details) (fault.Problems, List[Away], error) {
	kinds, themes, err := offered(tx, r)
	if err != nil {
		return nil, nil, err
	}
	organisations, err := people.OrganisationsByODS(tx, []ident.ODS{d.ODS})
	if err != nil {
		return nil, nil, err
	}
	problems := fault.Problems{}
	unless := func(holds bool, field, words string) {
		if !holds {
			problems[field] = words
		}
	}
	_, bad := people.NormalEmail(d.Email)
	unless(d.Person != "" || bad == nil, "email", "Enter an email address in the correct format, like name@example.com")
	unless(d.Person != "" || strings.TrimSpace(d.Name) != "", "name", "Enter their full name")
	unless(slices.Contains(kinds, d.Kind), "kind", "Select the kind of reviewer")
	_, known := organisations[d.ODS]
	unless(d.ODS == "" || known, "ods", "Enter the code of an organisation in the list, or leave it empty")
	strange := func(theme string) bool { return !slices.Contains(themes, theme) }
	unless(!slices.ContainsFunc(d.Themes, strange), "themes", "Select themes of this round")
	unless(d.Capacity >= 0 && d.Capacity <= 1000, "capacity", "Enter how many reviews they can do, from 0 to 1,000")
	unless(form.Characters(d.Training) <= 500, "training", "Training must be 500 characters or fewer")
	_, bad = form.ParseDate(d.On)
	unless(d.On == "" || bad == nil, "trained-on", "Enter the day as year-month-day, such as 2026-11-02")
	away, bad := ParseAway(d.Away)
	if bad != nil {
		problems["away"] = bad.Error()
	}
	return problems, away, nil
}
