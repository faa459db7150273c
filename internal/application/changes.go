package application

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// way is how a change of answers came about.
type way string

const (
	wayOfStart   way = "start"
	wayOfTyping  way = "typing"
	wayOfButton  way = "save"
	wayOfRestore way = "restore"
	wayAside     way = "aside" // typed while somebody else changed the same answers, and not chosen
)

// typingLasts is how long what one person types in one section is one change in the history and one event.
const typingLasts = 10 * time.Minute

// change is a row of the history of answers.
type change struct {
	ID            string
	ApplicationID ident.Application
	Section       string
	Version       int // of the section, that the row ended with; of what was set aside: that stood then
	Way           way
	Person        string
	BeganAt       time.Time
	EndedAt       time.Time
	Saves         int
	Changes       string
	Answers       string // of the section, as they stood at the end; of what was set aside: as they were typed
}

func (change) TableName() string { return "answer_changes" }

// Was is an answer before and after a change.
type Was struct {
	Before form.Value `json:"before"`
	After  form.Value `json:"after"`
}

func (c *change) was() (map[form.Code]Was, error) {
	was := map[form.Code]Was{}
	if err := json.Unmarshal([]byte(c.Changes), &was); err != nil {
		return nil, fmt.Errorf("reading the changes of section %s: %w", c.Section, err)
	}
	return was, nil
}

func parsed(c *change) (form.Answers, error) {
	answers, err := form.ParseAnswers([]byte(c.Answers))
	if err != nil {
		return nil, fmt.Errorf("section %s, version %d: %w", c.Section, c.Version, err)
	}
	return answers, nil
}

func (c *change) put(was map[form.Code]Was) error {
	text, err := json.Marshal(was)
	if err != nil {
		return fmt.Errorf("writing the changes of section %s: %w", c.Section, err)
	}
	c.Changes = string(text)
	return nil
}

// note keeps the change in the history: with what the same person has been typing, if that can be, or as a row of its own. It gives
// the row with which the change goes on, if it does.
func (e edit) note(tx *work.Tx, a *Application, answers string) (*change, error) {
	was := map[form.Code]Was{}
	for _, q := range form.Changed(e.section, e.before, e.after) {
		was[q.Code] = Was{e.before[q.Code], e.after[q.Code]}
	}
	row, err := e.open(tx, a, was)
	if err != nil {
		return nil, err
	}
	if row == nil {
		return nil, addChange(tx, a, e.row(tx, answers), was)
	}
	row.Version, row.EndedAt, row.Answers, row.Saves, row.Way = e.seen+1, tx.Now, answers, row.Saves+1, e.way
	return row, goOn(tx, row, was)
}

func (e edit) row(tx *work.Tx, answers string) change {
	return change{Section: string(e.section.Code), Version: e.seen + 1, Way: e.way, Person: string(tx.By.ID), Answers: answers}
}

// addChange adds a row to the history.
func addChange(tx *work.Tx, a *Application, c change, was map[form.Code]Was) error {
	c.ID, c.ApplicationID, c.BeganAt, c.EndedAt, c.Saves = ident.New[string](), a.ID, tx.Now, tx.Now, 1
	if err := c.put(was); err != nil {
		return err
	}
	return work.Add(tx, &c)
}

// goOn adds changes to a row. What an answer was before the row began stays.
func goOn(tx *work.Tx, row *change, was map[form.Code]Was) error {
	all, err := row.was()
	if err != nil {
		return err
	}
	for code, w := range was {
		if earlier, ok := all[code]; ok {
			w.Before = earlier.Before
		}
		if all[code] = w; form.Same(w.Before, w.After) {
			delete(all, code)
		}
	}
	if err := row.put(all); err != nil {
		return err
	}
	return replaceChange(tx, row)
}

// open is the row that a change goes on with: what the same person types in the section since a short time, if nobody signed or
// submitted since, and if nobody else changed the same answers since.
func (e edit) open(tx *work.Tx, a *Application, was map[form.Code]Was) (*change, error) {
	if e.way != wayOfTyping && e.way != wayOfButton {
		return nil, nil //nolint:nilnil // none is an answer
	}
	row, err := openChange(tx, a.ID, e.section.Code, wayOfTyping)
	if err != nil || row == nil {
		return nil, err
	}
	all, err := row.was()
	if err != nil {
		return nil, err
	}
	for code, w := range was {
		if mine, ok := all[code]; ok && !form.Same(mine.After, w.Before) {
			return nil, nil //nolint:nilnil // none is an answer
		}
	}
	return row, nil
}

// setAside keeps the typed versions of answers that somebody else changed too, so that neither is lost whatever is chosen then.
func setAside(tx *work.Tx, a *Application, p *Page, clashes []form.Clash) error {
	if len(clashes) == 0 {
		return nil
	}
	was, typed := map[form.Code]Was{}, form.Answers{}
	codes := make([]form.Code, len(clashes))
	for i, c := range clashes {
		codes[i] = c.Question.Code
		was[c.Question.Code] = Was{c.Theirs, c.Mine}
		typed[c.Question.Code] = c.Mine
	}
	text, err := json.Marshal(typed)
	if err != nil {
		return fmt.Errorf("writing what was typed: %w", err)
	}
	if p.Clashes, err = attributed(tx, a, p, clashes); err != nil {
		return err
	}
	row, err := openChange(tx, a.ID, p.Section.Code, wayAside)
	if err != nil {
		return err
	}
	if row != nil && row.Answers == string(text) && row.Version == p.Version {
		return nil // it was sent twice
	}
	tx.Record(Event(a, "application.set_aside", map[string]any{"section": p.Section.Code, "version": p.Version, "questions": codes, "digest": digestOf(typed)}))
	return addChange(tx, a, change{Section: string(p.Section.Code), Version: p.Version, Way: wayAside, Person: string(tx.By.ID), Answers: string(text)}, was)
}

// attributed says of each clash who made what stands now, and when.
func attributed(tx *work.Tx, a *Application, p *Page, clashes []form.Clash) ([]form.Clash, error) {
	rows, err := changesOf(tx, changesQuery{Application: a.ID, Section: p.Section.Code, Limit: 50})
	if err != nil {
		return nil, err
	}
	all := slices.Clone(clashes)
	var ids []ident.Person
	for i, c := range clashes {
		for _, row := range rows {
			was, err := row.was()
			if err != nil {
				return nil, err
			}
			if w, ok := was[c.Question.Code]; ok && row.Way != wayAside && form.Mark(w.After) == form.Mark(c.Theirs) {
				all[i].Who, all[i].At = row.Person, row.EndedAt
				ids = append(ids, ident.Person(row.Person))
				break
			}
		}
	}
	names, err := namesOf(tx, ids)
	if err != nil {
		return nil, err
	}
	for i := range all {
		all[i].Who = names[ident.Person(all[i].Who)]
	}
	return all, nil
}
