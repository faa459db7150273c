package application

import (
	"slices"

	"adoptionfund/internal/access"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// reader is what somebody who opens an application may read of it.
type reader struct {
	own  bool // they write, sign or lead it: everything, as it stands now
	team bool // the fund team: what was sent, with how people are reached
}

func readerOf(tx *work.Tx, a *Application) (reader, error) {
	if tx.By.Kind != access.Person || a.side(tx.By.ID) {
		return reader{own: true, team: true}, nil
	}
	team, err := tx.May(access.ViewEligibility, a)
	return reader{team: team}, err
}

// sees reports whether the reader sees the answers to a question.
func (r reader) sees(q *form.Question) bool {
	switch q.Visible {
	case form.VisiblePanel:
		return true
	case form.VisibleFundTeam:
		return r.own || r.team
	case form.VisibleSecurity:
	}
	return r.own
}

// read is what of an application somebody reads.
type read struct {
	whole   form.Answers // that were signed together
	answers form.Answers // those of them that the reader sees
	files   []File
	team    bool // the reader sees how people are reached
}

// readable gives the answers and files as far as the one who looks may read them. The applicant's side reads what it is working on;
// everybody else reads the last signed submission, without what only others may see.
func (s *Service) readable(tx *work.Tx, a *Application, answers form.Answers, files []File) (read, error) {
	r, err := readerOf(tx, a)
	if err != nil || r.own {
		return read{answers, answers, files, true}, err
	}
	if a.SubmissionID != nil {
		if answers, files, err = asSent(tx, a, files); err != nil {
			return read{}, err
		}
	}
	f, err := s.form(a)
	if err != nil {
		return read{}, err
	}
	seen := form.Answers{}
	for code, v := range answers {
		if q, ok := f.Question(code); ok && r.sees(q) {
			seen[code] = v
		}
	}
	files = slices.DeleteFunc(files, func(file File) bool {
		q, ok := f.Question(form.Code(file.Question))
		return !ok || !r.sees(q)
	})
	return read{answers, seen, files, r.team}, nil
}

// asSent gives the answers and files of the last signed submission.
func asSent(tx *work.Tx, a *Application, files []File) (form.Answers, []File, error) {
	found, err := StandingOf(tx, a.ID)
	if err != nil {
		return nil, nil, err
	}
	sent := map[ident.File]bool{}
	for _, file := range found[a.ID].Files {
		sent[file.ID] = true
	}
	kept := slices.DeleteFunc(slices.Clone(files), func(file File) bool { return !sent[file.ID] })
	return found[a.ID].Answers, kept, nil
}

// readableFile gives a file as far as the one who looks may read it: the applicant's side any that stands, everybody else those of the last
// signed submission.
func (s *Service) readableFile(tx *work.Tx, a *Application, id ident.File) (*File, error) {
	r, err := readerOf(tx, a)
	if err != nil {
		return nil, err
	}
	if !r.own && a.SubmissionID != nil {
		return s.sent(tx, a, id, r)
	}
	file, err := fileByID(tx, id)
	if err != nil || file.ApplicationID != a.ID {
		return nil, orElse(err, work.NotFound("file"))
	}
	return file, nil
}
