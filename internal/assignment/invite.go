package assignment

import (
	"context"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/people"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
)

// Invite asks reviewers of a round by mail whether they will review; nobody named: everybody who was not asked yet. Whoever was asked
// before and did not accept is asked again. It gives how many mails were written.
func (s *Service) Invite(ctx context.Context, ref ident.RoundRef, who ...ident.Person) (int, error) {
	n := 0
	err := s.gate.Write(ctx, func(tx *work.Tx) error {
		n = 0
		r, err := fund.RoundByRef(tx, ref)
		if err != nil {
			return err
		}
		if err := tx.Require(access.InviteReviewer, r); err != nil {
			return err
		}
		asked, err := toInvite(tx, r, who)
		if err != nil {
			return err
		}
		n = len(asked)
		return s.inviteAll(tx, r, asked)
	})
	return n, err
}

func (s *Service) inviteAll(tx *work.Tx, r *fund.Round, asked []Reviewer) error {
	ids := make([]ident.Person, len(asked))
	byPerson := map[ident.Person]*Reviewer{}
	for i := range asked {
		ids[i], byPerson[asked[i].Person] = asked[i].Person, &asked[i]
	}
	persons, err := people.ByIDs(tx, ids)
	if err != nil {
		return err
	}
	for i := range persons {
		if err := s.invite(tx, r, byPerson[persons[i].ID], &persons[i]); err != nil {
			return err
		}
	}
	return nil
}

// toInvite are the reviewers to ask.
func toInvite(tx *work.Tx, r *fund.Round, who []ident.Person) ([]Reviewer, error) {
	if len(who) == 0 {
		all, err := ReviewersIn(tx, r.ID)
		var asked []Reviewer
		for _, one := range all {
			if one.Stand(tx.Now) == NotAsked {
				asked = append(asked, one)
			}
		}
		return asked, err
	}
	var asked []Reviewer
	for _, person := range who {
		row, err := ReviewerOf(tx, r.ID, person)
		switch {
		case err != nil:
			return nil, err
		case row == nil:
			return nil, work.NotFound("reviewer")
		case row.Answer == Accepted:
			return nil, fault.New(fault.Conflict, "They accepted already")
		}
		asked = append(asked, *row)
	}
	return asked, nil
}

func (s *Service) invite(tx *work.Tx, r *fund.Round, row *Reviewer, p *people.Person) error {
	ends := tx.Now.Add(s.people.InvitationLife())
	row.InvitedAt, row.InvitationEnds, row.Answer, row.AnsweredAt, row.AnswerNote = &tx.Now, &ends, "", nil, ""
	link, err := s.people.WayIn(tx, p, "/reviews/invitation")
	if err != nil {
		return err
	}
	tx.Record(audit.Event{Verb: string(access.InviteReviewer), Kind: "round", Subject: string(r.ID), Round: r.ID, Facts: map[string]any{"person": p.ID}})
	if err := tx.Notify(notify.Message{
		Kind: "reviewer_invited", Person: p.ID, Address: p.Email, Key: row.ID + ":" + tx.Now.Format("20060102150405.000000"),
		Fields: map[string]string{"name": p.Name, "round": r.Title, "by": tx.By.Name, "until": uktime.Date(ends), "link": link},
	}); err != nil {
		return err
	}
	return work.Save(tx, row, &row.Version)
}

// InviteTo makes reviewers of one round reviewers of another, as they are known, and asks them by mail whether they will review in it.
func InviteTo(tx *work.Tx, s *Service, from, to *fund.Round, who []ident.Person) error {
	for _, act := range []access.Action{access.ImportReviewers, access.InviteReviewer} {
		if err := tx.Require(act, to); err != nil {
			return err
		}
	}
	tx.Record(audit.Event{Verb: string(access.ImportReviewers), Kind: "round", Subject: string(to.ID), Round: to.ID, Facts: map[string]any{"reviewers": len(who), "copied_from": from.ID}})
	var asked []Reviewer
	for _, person := range who {
		known, err := ReviewerOf(tx, from.ID, person)
		if err != nil {
			return err
		}
		if known == nil {
			return work.NotFound("reviewer")
		}
		if err := people.GrantFor(tx, person, access.SaveReview, to.Scope()); err != nil {
			return err
		}
		row := Reviewer{
			ID: ident.New[string](), RoundID: to.ID, Person: person, Kind: known.Kind, ODS: known.ODS, Themes: known.Themes, Capacity: known.Capacity,
			Training: known.Training, TrainedOn: known.TrainedOn, AddedAt: tx.Now, Version: 1,
		}
		if err := work.Add(tx, &row); err != nil {
			return err
		}
		asked = append(asked, row)
	}
	return s.inviteAll(tx, to, asked)
}

// Own is somebody's own place in the pool of a round.
type Own struct {
	Reviewer

	Round        ident.RoundRef
	Title        string
	Organisation string
	Stand        string
	Offered      []Theme // that the calls of the round are about
}

// Theme is what a call is about.
type Theme struct{ Code, Title string }

// Mine gives the places of the one who is signed in in the pools of all rounds, the newest first.
func (s *Service) Mine(ctx context.Context) ([]Own, error) {
	var all []Own
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.EditReviewerProfile, access.Facts{Self: tx.By.ID}); err != nil {
			return err
		}
		var err error
		all, err = places(tx, tx.By.ID)
		return err
	})
	return all, err
}

// places are somebody's in the pools of all rounds.
func places(tx *work.Tx, person ident.Person) ([]Own, error) {
	rows, err := reviewersOf(tx, person)
	if err != nil {
		return nil, err
	}
	codes, byRound := make([]ident.ODS, len(rows)), map[ident.Round]Reviewer{}
	for i, row := range rows {
		codes[i], byRound[row.RoundID] = row.ODS, row
	}
	organisations, err := people.OrganisationsByODS(tx, codes)
	if err != nil {
		return nil, err
	}
	rounds, err := fund.Rounds(tx)
	if err != nil {
		return nil, err
	}
	calls, err := fund.Calls(tx)
	var all []Own
	for _, r := range rounds {
		if row, there := byRound[r.ID]; there {
			all = append(all, Own{row, r.Ref, r.Title, organisations[row.ODS].Name, row.Stand(tx.Now), themesOf(calls, r.ID)})
		}
	}
	return all, err
}

func themesOf(calls []fund.Call, round ident.Round) []Theme {
	var all []Theme
	for _, c := range calls {
		if c.RoundID == round {
			all = append(all, Theme{c.Theme, c.Title})
		}
	}
	return all
}

// Answer accepts or declines an invitation. Whoever declines says why.
func (s *Service) Answer(ctx context.Context, ref ident.RoundRef, accept bool, note string) error {
	note = strings.TrimSpace(note)
	if !accept && note == "" || form.Characters(note) > 2000 {
		return fault.Fields(fault.Problems{"note": "Say why you decline, in 2,000 characters or fewer"})
	}
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		row, r, err := own(tx, ref, access.AnswerReviewing)
		if err != nil {
			return err
		}
		if row.InvitedAt == nil || row.Stand(tx.Now) != Invited {
			return fault.New(fault.Conflict, "This invitation was answered, or has ended. Ask the fund team if you would like another")
		}
		row.Answer, row.AnsweredAt, row.AnswerNote = Refused, &tx.Now, note
		if accept {
			row.Answer = Accepted
		}
		tx.Record(audit.Event{Verb: string(access.AnswerReviewing), Kind: "round", Subject: string(r.ID), Round: r.ID, Facts: map[string]any{"answer": row.Answer}})
		return work.Save(tx, row, &row.Version)
	})
}

// own finds the place in the pool of a round of the one who acts.
func own(tx *work.Tx, ref ident.RoundRef, act access.Action) (*Reviewer, *fund.Round, error) {
	if err := tx.Require(act, access.Facts{Self: tx.By.ID}); err != nil {
		return nil, nil, err
	}
	r, err := fund.RoundByRef(tx, ref)
	if err != nil {
		return nil, nil, work.NotFound("invitation")
	}
	row, err := ReviewerOf(tx, r.ID, tx.By.ID)
	if err == nil && row == nil {
		err = work.NotFound("invitation")
	}
	return row, r, err
}

// Profile is what a reviewer says of themselves; the kind and the organisation are the fund's to change.
type Profile struct {
	Themes  []string
	Wish    int    // reviews that they would like to do at most; below 0: not said
	Away    string // as typed: see ParseAway
	Version int
}

// SaveProfile keeps what a reviewer says of themselves in a round. A wish below the capacity lowers it; the fund manager alone raises it.
func (s *Service) SaveProfile(ctx context.Context, ref ident.RoundRef, in Profile) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		row, r, err := own(tx, ref, access.EditReviewerProfile)
		if err != nil {
			return err
		}
		if row.Version != in.Version {
			return fault.Stale(row, "Your profile was changed after you opened the page")
		}
		kept := Details{Newcomer: Newcomer{Kind: row.Kind, ODS: row.ODS, Themes: in.Themes, Capacity: row.Capacity}, Person: row.Person, Away: in.Away}
		problems, away, err := s.wrong(tx, r, &kept)
		if err != nil {
			return err
		}
		delete(problems, "kind")
		delete(problems, "ods")
		if in.Wish > 1000 {
			problems["wish"] = "Enter how many reviews you would like to do at most, from 0 to 1,000"
		}
		if err := fault.Fields(problems); err != nil {
			return err
		}
		row.Themes, row.Away, row.Wish = strings.Join(in.Themes, " "), away, nil
		if in.Wish >= 0 {
			row.Wish = &in.Wish
		}
		tx.Record(audit.Event{Verb: string(access.EditReviewerProfile), Kind: "round", Subject: string(r.ID), Round: r.ID, Facts: map[string]any{"themes": row.Themes, "wish": in.Wish, "away": len(away)}})
		return work.Save(tx, row, &row.Version)
	})
}
