package application

import (
	"context"
	"slices"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// AnswerHistory is what became of the answers, newest first.
type AnswerHistory struct {
	Form     *form.Form
	Section  *form.Section  // that was asked for, or nil
	Question *form.Question // that was asked for, or nil
	Changes  []AnswerChange
	Earlier  string // where the page of earlier changes begins; empty: these are the first
	// Names are those of files that the changes name; a file that is there no more is Removed.
	Files         map[ident.File]File
	Organisations map[ident.ODS]string
}

// AnswerChange is what one person changed in one section, at one time or while they typed for some minutes.
type AnswerChange struct {
	ID      string
	Section *form.Section
	Who     string
	Began   time.Time
	Ended   time.Time
	Saves   int
	Aside   bool // typed while somebody else changed the same answers, and not chosen then
	Restore bool // brought an earlier version back
	Start   bool // written with the start of the application
	Answers []AnswerWas
	// Version is that of the section now, for restoring; 0 if the one who looks may not.
	Version int
	// Stands says that the section is now as it was after this change.
	Stands bool
}

// AnswerWas is an answer before and after a change.
type AnswerWas struct {
	Question *form.Question
	Was

	Stands bool // it is still so
}

// changesAPage is how many changes of answers are on a page.
const changesAPage = 20

func (s *Service) answerHistory(tx *work.Tx, a *Application, f *form.Form, look Looking) (AnswerHistory, error) {
	h := AnswerHistory{Form: f}
	query := changesQuery{Application: a.ID, Question: look.Question, Before: look.Before, Limit: changesAPage + 1}
	if look.Section != "" {
		sec, ok := f.Section(look.Section)
		if !ok {
			return h, work.NotFound("section")
		}
		h.Section, query.Section = sec, sec.Code
	}
	if look.Question != "" {
		q, ok := f.Question(look.Question)
		if !ok {
			return h, work.NotFound("question")
		}
		h.Question = q
	}
	rows, err := changesOf(tx, query)
	if err != nil {
		return h, err
	}
	if len(rows) > changesAPage {
		rows = rows[:changesAPage]
		h.Earlier = rows[changesAPage-1].ID
	}
	now, err := newStanding(tx, a)
	if err != nil {
		return h, err
	}
	for i := range rows {
		change, err := s.describe(tx, now, f, &rows[i])
		if err != nil {
			return h, err
		}
		if change.keepOnly(look.Question); change.Section != nil {
			h.Changes = append(h.Changes, change)
		}
	}
	return h, h.complete(tx, a, rows)
}

// keepOnly leaves the other questions out of a change, where one was asked for.
func (c *AnswerChange) keepOnly(code form.Code) {
	if code != "" {
		c.Answers = slices.DeleteFunc(c.Answers, func(w AnswerWas) bool { return w.Question.Code != code })
	}
}

// answersNow are the answers of an application as they stand, by section.
type answersNow struct {
	application *Application
	sections    map[string]form.Answers
	versions    map[string]int
}

func newStanding(tx *work.Tx, a *Application) (answersNow, error) {
	now := answersNow{a, map[string]form.Answers{}, map[string]int{}}
	rows, err := sections(tx, a.ID)
	if err != nil {
		return now, err
	}
	for _, row := range rows {
		if now.sections[row.Section], err = form.ParseAnswers([]byte(row.Answers)); err != nil {
			return now, err //nolint:wrapcheck // form has said what it was doing
		}
		now.versions[row.Section] = row.Version
	}
	return now, nil
}

func (s *Service) describe(tx *work.Tx, now answersNow, f *form.Form, row *change) (AnswerChange, error) {
	c := AnswerChange{
		ID: row.ID, Who: row.Person, Began: row.BeganAt, Ended: row.EndedAt, Saves: row.Saves,
		Aside: row.Way == wayAside, Restore: row.Way == wayOfRestore, Start: row.Way == wayOfStart,
	}
	sec, ok := f.Section(strings.ToLower(row.Section))
	if !ok {
		return c, nil
	}
	c.Section = sec
	was, err := row.was()
	if err != nil {
		return c, err
	}
	stands := now.sections[row.Section]
	for _, q := range sec.Questions {
		if w, ok := was[q.Code]; ok {
			c.Answers = append(c.Answers, AnswerWas{q, w, form.Mark(stands[q.Code]) == form.Mark(w.After)})
		}
	}
	then, err := parsed(row)
	if err != nil {
		return c, err
	}
	c.Stands = c.Aside || !slices.ContainsFunc(sec.Questions, func(q *form.Question) bool { return form.Mark(stands[q.Code]) != form.Mark(then[q.Code]) })
	may, err := tx.May(access.EditApplication, section{now.application, sec.Path()})
	if may && now.application.Writable() {
		c.Version = now.versions[row.Section]
	}
	return c, err
}

// complete adds the names of people, files and organisations.
func (h *AnswerHistory) complete(tx *work.Tx, a *Application, rows []change) error {
	var ids []ident.Person
	for _, row := range rows {
		ids = append(ids, ident.Person(row.Person))
	}
	names, err := namesOf(tx, ids)
	if err != nil {
		return err
	}
	all := form.Answers{} // by codes that say which side of which change
	for i := range h.Changes {
		h.Changes[i].Who = names[ident.Person(h.Changes[i].Who)]
		for _, w := range h.Changes[i].Answers {
			code := form.Code(h.Changes[i].ID) + w.Question.Code
			all[code+"-before"], all[code+"-after"] = w.Before, w.After
		}
	}
	if h.Organisations, err = organisationsIn(tx, all); err != nil {
		return err
	}
	files, err := everyFileOf(tx, a.ID)
	h.Files = map[ident.File]File{}
	for _, f := range files {
		h.Files[f.ID] = f
	}
	return err
}

// Restoring is what is brought back: the answers of a section as a change left them, or one of them. Version is that of the section
// which the history was read at.
type Restoring struct {
	Change   string
	Question form.Code // empty: the whole section
	Version  int
}

// Restored is what came of restoring.
type Restored struct {
	Section *form.Section
	// Gone are the names of files that the version had and that were removed since: they are not brought back.
	Gone []string
}

// Restore brings an earlier version of answers back, as a save of its own: the version in between stays in the history. Files stay as
// they are: a removed file is not brought back, and none is removed.
func (s *Service) Restore(ctx context.Context, ref ident.Ref, in Restoring) (Restored, error) {
	var r Restored
	err := s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := visible(tx, ref)
		if err != nil {
			return err
		}
		row, err := changeByID(tx, a.ID, in.Change)
		if err != nil {
			return err
		}
		p, err := s.open(tx, a, strings.ToLower(row.Section))
		if err != nil {
			return err
		}
		if err := writable(tx, a, p.Section); err != nil {
			return err
		}
		if in.Version != p.Version {
			return fault.New(fault.Conflict, "Somebody changed this section after you opened its history. Look at it again before you restore a version")
		}
		r.Section = p.Section
		if r.Gone, err = bringBack(tx, &p, row, in.Question); err != nil {
			return err
		}
		if len(form.Changed(p.Section, p.stands, p.Answers)) == 0 {
			return fault.New(fault.Conflict, "The answers are as they were in that version already")
		}
		return s.putBy(tx, a, &p, wayOfRestore)
	})
	return r, err
}

// bringBack lays the answers of a version over those that stand.
func bringBack(tx *work.Tx, p *Page, row *change, code form.Code) ([]string, error) {
	then, err := parsed(row)
	if err != nil {
		return nil, err
	}
	was, err := row.was()
	if err != nil {
		return nil, err
	}
	files, err := everyFileOf(tx, p.Application.ID)
	if err != nil {
		return nil, err
	}
	var gone []string
	for _, q := range p.Section.Questions {
		v := then[q.Code]
		w, changed := was[q.Code]
		switch {
		case code != "" && q.Code != code, row.Way == wayAside && !changed:
			continue
		case code != "" && !changed:
			return nil, work.NotFound("version")
		case code != "":
			v = w.After
		}
		for _, f := range files {
			if f.RemovedAt != nil && slices.Contains(v.Files, f.ID) {
				gone = append(gone, f.Name)
			}
		}
		v.Files = p.Answers[q.Code].Files
		p.Answers[q.Code] = v
	}
	return gone, nil
}
