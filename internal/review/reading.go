package review

import (
	"fmt"
	"sync"

	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
)

const (
	// wordsAMinute is how fast adults read English prose silently, in the mean [Brysbaert 2019, Journal of Memory and Language 109, 104047].
	wordsAMinute = 238
	// minutesAPart is what a score with its reason takes: our own assumption.
	minutesAPart = 4
)

// Size is what there is to read and to score in an application.
type Size struct {
	Words int // of the answers that the reader sees; files are not counted
	Files int
	Parts int
}

// Minutes is how long a review takes, roughly: the words at the speed at which people read, and some minutes for each part.
func (s Size) Minutes() int { return (s.Words+wordsAMinute-1)/wordsAMinute + minutesAPart*s.Parts }

// Basis says how the minutes are computed.
func Basis() (wordsMinute, partMinutes int) { return wordsAMinute, minutesAPart }

// Readable reports whether those who review see the answer to a question.
func Readable(q *form.Question) bool { return q.Visible == form.VisiblePanel }

// wordsOf counts the words of the answers that those who review see.
func wordsOf(f *form.Form, answers form.Answers) int {
	asked, n := f.Asked(answers, nil), 0
	for _, q := range f.Questions() {
		if !asked[q.Code] || !Readable(q) {
			continue
		}
		v := answers[q.Code]
		n += form.Words(v.Text) + form.Words(v.Other)
		for _, row := range v.Rows {
			for _, cell := range row {
				n += form.Words(cell.Text)
			}
		}
	}
	return n
}

// paper is what a queue needs to know of a submission.
type paper struct {
	words, files int
	mask         *Mask
}

// paperKey names a submission with the answers that came later. Neither changes, so what is computed of them once holds.
type paperKey struct {
	submission ident.Submission
	later      int
}

// remembered keeps what was computed of submissions, so that they are not read whole each time: at most so many, then it begins anew.
type remembered[V any] struct {
	most  int
	mu    sync.Mutex
	known map[paperKey]V
}

const (
	mostPapers = 5000
	mostTexts  = 100 // of some 300 kB each
)

func (r *remembered[V]) get(key paperKey) (V, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	found, ok := r.known[key]
	return found, ok
}

func (r *remembered[V]) put(key paperKey, of V) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known == nil || len(r.known) >= r.most {
		r.known = map[paperKey]V{}
	}
	r.known[key] = of
}

// text is a submission taken apart, as its reviewers read it. Nothing in it is ever changed.
type text struct {
	key   paperKey
	sent  application.Standing
	form  *form.Form
	words int

	names  string // of the people whom the mask hides
	mask   *Mask
	masked application.Standing
}

// textOf reads a submission, or remembers it.
func (s *Service) textOf(tx *work.Tx, a *application.Application) (text, error) {
	if a.SubmissionID == nil {
		return text{}, fault.New(fault.Conflict, "The application was not submitted")
	}
	later, err := application.CountAmendments(tx, *a.SubmissionID)
	if err != nil {
		return text{}, err
	}
	key := paperKey{*a.SubmissionID, later}
	if t, ok := s.submissions.get(key); ok {
		return t, nil
	}
	standing, err := application.StandingOf(tx, a.ID)
	if err != nil {
		return text{}, err
	}
	t := text{key: key, sent: standing[a.ID]}
	if t.form, err = s.library.Form(t.sent.Form); err != nil {
		return t, err //nolint:wrapcheck // says which
	}
	t.words = wordsOf(t.form, t.sent.Answers)
	s.submissions.put(key, t)
	return t, nil
}

// maskedText is a submission without the names that its call hides from reviewers.
func (s *Service) maskedText(tx *work.Tx, a *application.Application, t text) (text, error) {
	accounts, err := people.Names(tx, applicants(a)...)
	if err != nil {
		return t, err
	}
	names := fmt.Sprint(a.Call().Settings.Review.MaskNames, accounts) // in the order of their ids
	if t.names == names {
		return t, nil
	}
	t.names, t.mask = names, maskOf(a, t.form, t.sent.Answers, accounts)
	t.masked = application.Standing{Form: t.sent.Form, Answers: t.mask.Answers(t.form, t.sent.Answers), Files: t.mask.Files(t.sent.Files)}
	s.submissions.put(t.key, t)
	return t, nil
}

// papersOf gives what a queue shows of submissions: those that were not looked at yet are read with a few queries, all at once.
func (s *Service) papersOf(tx *work.Tx, rows []queued) (map[ident.Ref]paper, error) {
	found := make(map[ident.Ref]paper, len(rows))
	var missing []queued
	for _, row := range rows {
		if p, ok := s.papers.get(row.paperKey()); ok {
			found[row.Ref] = p
		} else {
			missing = append(missing, row)
		}
	}
	if len(missing) == 0 {
		return found, nil
	}
	ids := make([]ident.Application, len(missing))
	for i, row := range missing {
		ids[i] = row.ApplicationID
	}
	apps, err := application.ByIDs(tx, ids)
	if err != nil {
		return nil, err
	}
	standing, err := application.StandingOf(tx, ids...)
	if err != nil {
		return nil, err
	}
	var signed []ident.Person
	for _, a := range apps {
		signed = append(signed, applicants(a)...)
	}
	accounts, err := people.Names(tx, signed...)
	if err != nil {
		return nil, err
	}
	for _, row := range missing {
		p, err := s.paperOf(apps[row.ApplicationID], standing[row.ApplicationID], accounts)
		if err != nil {
			return nil, err
		}
		s.papers.put(row.paperKey(), p)
		found[row.Ref] = p
	}
	return found, nil
}

func (s *Service) paperOf(a *application.Application, standing application.Standing, accounts map[ident.Person]string) (paper, error) {
	if a == nil || standing.Form == "" {
		return paper{}, nil
	}
	f, err := s.library.Form(standing.Form)
	if err != nil {
		return paper{}, err //nolint:wrapcheck // says which
	}
	return paper{wordsOf(f, standing.Answers), len(standing.Files), maskOf(a, f, standing.Answers, accounts)}, nil
}
