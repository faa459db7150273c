package application

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"adoptionfund/internal/access"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/work"
)

// Standing is what a standing submission says: the answers and the files as they were sent.
type Standing struct {
	Form    string // the id of the form
	Answers form.Answers
	Files   []StandingFile
}

// Cost is what an application asks for in a financial year, as capital or as revenue.
type Cost struct {
	Year, Use string
	Amount    money.Pence
}

// Costs gives the cost lines of a submission: the rows of its tables that have a year, a use and an amount.
func (s Standing) Costs() []Cost {
	var costs []Cost
	for _, v := range s.Answers {
		for _, row := range v.Rows {
			year, use, amount := row["year"], row["use"], row["amount"]
			if len(year.Choices) == 1 && len(use.Choices) == 1 && amount.Amount != nil {
				costs = append(costs, Cost{year.Choices[0], use.Choices[0], *amount.Amount})
			}
		}
	}
	return costs
}

// StandingFile is a file of a submission.
type StandingFile struct {
	ID   ident.File
	Name string
	Size int64
}

// StandingOf gives the standing submissions of applications, with later answers in place of those that were changed at a question of the
// fund: with two queries; those without one are left out.
func StandingOf(tx *work.Tx, ids ...ident.Application) (map[ident.Application]Standing, error) {
	if len(ids) == 0 {
		return map[ident.Application]Standing{}, nil
	}
	rows, err := standingRows(tx, "a.id IN ?", ids)
	if err != nil {
		return nil, err
	}
	subs := make([]ident.Submission, len(rows))
	for i, row := range rows {
		subs[i] = row.ID
	}
	later, err := amendmentsOf(tx, subs...)
	if err != nil {
		return nil, err
	}
	found := make(map[ident.Application]Standing, len(rows))
	for _, row := range rows {
		var snap snapshot
		if err := json.Unmarshal([]byte(row.Snapshot), &snap); err != nil {
			return nil, fmt.Errorf("reading submission %s: %w", row.ID, err)
		}
		s := Standing{Form: snap.Form, Answers: amended(snap.Answers, slices.DeleteFunc(slices.Clone(later), func(m Amendment) bool { return m.SubmissionID != row.ID }))}
		for _, f := range snap.Files {
			s.Files = append(s.Files, StandingFile{f.ID, f.Name, f.Size})
		}
		found[row.ApplicationID] = s
	}
	return found, nil
}

// Evidence opens a file of the standing submission for somebody who may do an action to the application, such as reviewing it. Files
// of questions that not everybody may see who reads the application stay closed.
func (s *Service) Evidence(ctx context.Context, act access.Action, ref ident.Ref, id ident.File) (*File, io.ReadCloser, error) {
	return s.opened(ctx, func(tx *work.Tx) (*Application, *File, error) {
		a, err := Permitted(tx, ref, act)
		if err != nil {
			return nil, nil, err
		}
		file, err := s.sent(tx, a, id, reader{})
		return a, file, err
	})
}

// sent gives a file of the standing submission whose question a reader may see.
func (s *Service) sent(tx *work.Tx, a *Application, id ident.File, r reader) (*File, error) {
	if a.SubmissionID == nil {
		return nil, work.NotFound("file")
	}
	all, err := StandingOf(tx, a.ID)
	if err != nil {
		return nil, err
	}
	f, err := s.library.Form(all[a.ID].Form)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(all[a.ID].Files, func(sent StandingFile) bool { return sent.ID == id }) {
		return nil, work.NotFound("file")
	}
	file, err := fileByID(tx, id)
	if err != nil {
		return nil, err
	}
	if q, ok := f.Question(form.Code(file.Question)); !ok || !r.sees(q) {
		return nil, work.NotFound("file")
	}
	return file, nil
}
