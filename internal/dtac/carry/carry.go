// Package carry says what of the assessment of a DTAC return on an older form may be taken over into that of the newer form, and what
// must be asked again, each with its reason. The pairs of questions are data; nothing is decided here: an assessor confirms each.
package carry

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/form"
	"adoptionfund/internal/form/source"
)

// Mapping is what carries from one form to another.
type Mapping struct {
	From, To *form.Form
	Rows     []Row
}

// Row is a question of the newer form.
type Row struct {
	Question form.Code
	From     []form.Code
	Carries  bool
	Because  string
}

// FormOf finds a form by its id.
type FormOf func(id string) (*form.Form, error)

// Load reads all mappings of a folder. An error holds every problem of a file, with its line.
func Load(files fs.FS, pattern string, forms FormOf) ([]Mapping, error) {
	paths, err := fs.Glob(files, pattern)
	if err != nil {
		return nil, fmt.Errorf("listing the mappings: %w", err)
	}
	var all []Mapping
	for _, path := range paths {
		data, err := fs.ReadFile(files, path)
		if err != nil {
			return nil, fmt.Errorf("reading the mapping %s: %w", path, err)
		}
		m, err := Parse(path, data, forms)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

// Parse reads a mapping. Each question of the newer form that is passed or failed must have one row, and each row a reason.
func Parse(name string, data []byte, forms FormOf) (Mapping, error) {
	file, root := source.Read(name, data)
	if err := file.Err(); err != nil {
		return Mapping{}, err //nolint:wrapcheck // names file and line
	}
	f := root.Fields("from", "to", "rows")
	from, errFrom := forms(f.Must("from"))
	to, errTo := forms(f.Must("to"))
	if err := errors.Join(errFrom, errTo); err != nil {
		root.Fault("%v", err)
		return Mapping{}, file.Err() //nolint:wrapcheck // names file and line
	}
	m := Mapping{From: from, To: to}
	for _, n := range f.Get("rows").Items() {
		m.Rows = append(m.Rows, m.row(n))
	}
	for _, q := range to.Questions() {
		if q.Assessed == form.AssessedPassFail && slices.Contains(to.Outcome.PassSections, q.Section) && m.find(q.Code) == nil {
			root.Fault("there is no row for question %s of %s", q.Code, to.ID)
		}
	}
	return m, file.Err() //nolint:wrapcheck // names file and line
}

func (m *Mapping) row(n source.Node) Row {
	f := n.Fields("question", "from", "carries", "because")
	r := Row{Question: form.Code(f.Must("question")), Carries: f.Get("carries").Bool(), Because: f.Must("because")}
	if _, ok := m.To.Question(r.Question); !ok {
		n.Fault("%s has no question %s", m.To.ID, r.Question)
	}
	if m.find(r.Question) != nil {
		n.Fault("question %s has two rows", r.Question)
	}
	for _, code := range f.Get("from").Texts() {
		if _, ok := m.From.Question(form.Code(code)); !ok {
			n.Fault("%s has no question %s", m.From.ID, code)
		}
		r.From = append(r.From, form.Code(code))
	}
	if r.Carries != (len(r.From) > 0) {
		n.Fault("question %s: a row that carries names the questions that it carries from, and no other does", r.Question)
	}
	return r
}

func (m *Mapping) find(code form.Code) *Row {
	for i := range m.Rows {
		if m.Rows[i].Question == code {
			return &m.Rows[i]
		}
	}
	return nil
}

// Carried is a decision that may be taken over.
type Carried struct {
	status.Assessment
	From []form.Code
}

// Again is a question that must be asked again.
type Again struct {
	Question form.Code
	Because  string
}

// Over says of each question that is asked on the newer form whether its decision may be taken over from the older assessment. Of the
// older form a question counts as it stands today, so that evidence that has ended since carries nothing.
func (m *Mapping) Over(older status.Result, decided []status.Assessment, newer status.Result) ([]Carried, []Again) {
	var over []Carried
	var again []Again
	for _, item := range newer.Items {
		row := m.find(item.Question)
		if item.State == status.NotAsked || row == nil {
			continue
		}
		a, why := m.one(row, older, decided, item)
		if why != "" {
			again = append(again, Again{item.Question, why})
			continue
		}
		over = append(over, a)
	}
	return over, again
}

// one takes one decision over, or says why not.
func (m *Mapping) one(row *Row, older status.Result, decided []status.Assessment, item status.Item) (Carried, string) {
	if !row.Carries {
		return Carried{}, row.Because
	}
	c := Carried{Assessment: status.Assessment{Question: item.Question, Result: status.DecidedPass}, From: row.From}
	for _, code := range row.From {
		was, _ := older.Item(code)
		n := slices.IndexFunc(decided, func(a status.Assessment) bool { return a.Question == code })
		switch {
		case was.State == status.ActionNeeded && n >= 0:
			c.Result, c.Action = status.DecidedActionNeeded, decided[n].Action
		case was.State != status.Pass:
			return c, fmt.Sprintf("%s of %s stands at “%s” today", code, m.From.ID, was.State.Label())
		}
	}
	if c.Result == status.DecidedPass && item.Mechanical != status.Pass {
		return c, fmt.Sprintf("What %s says does not reach the minimum: %s", m.To.ID, item.Mechanical.Label())
	}
	c.Reason = row.Because
	return c, ""
}
