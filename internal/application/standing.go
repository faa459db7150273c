package application

import (
	"encoding/json"
	"fmt"

	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// Standing is what a standing submission says: the answers and the files as they were sent.
type Standing struct {
	Form    string // the id of the form
	Answers form.Answers
	Files   []StandingFile
}

// StandingFile is a file of a submission.
type StandingFile struct {
	ID   ident.File
	Name string
	Size int64
}

// StandingOf gives the standing submissions of applications, with one query; those without one are left out.
func StandingOf(tx *work.Tx, ids ...ident.Application) (map[ident.Application]Standing, error) {
	if len(ids) == 0 {
		return map[ident.Application]Standing{}, nil
	}
	rows, err := standingRows(tx, "a.id IN ?", ids)
	if err != nil {
		return nil, err
	}
	found := make(map[ident.Application]Standing, len(rows))
	for _, row := range rows {
		var snap snapshot
		if err := json.Unmarshal([]byte(row.Snapshot), &snap); err != nil {
			return nil, fmt.Errorf("reading submission %s: %w", row.ID, err)
		}
		s := Standing{Form: snap.Form, Answers: snap.Answers}
		for _, f := range snap.Files {
			s.Files = append(s.Files, StandingFile{f.ID, f.Name, f.Size})
		}
		found[row.ApplicationID] = s
	}
	return found, nil
}
