package product

import (
	"bytes"
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/dtac/filled"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// Import is what was read from a filled-in DTAC form and waits for the supplier to say what of it is taken. The file is not kept.
type Import struct {
	ProductID ident.Product
	Form      string
	Name      string // of the file
	Digest    string // of the file
	Reading   Reading
	Person    ident.Person
	ReadAt    time.Time
}

// TableName is the table of imports.
func (Import) TableName() string { return "return_imports" }

// Reading is what the file gave, as it is kept.
type Reading filled.Reading

// Scan reads it from the database.
func (r *Reading) Scan(value any) error {
	text, ok := value.(string)
	if !ok {
		return fmt.Errorf("product: a reading is %T, not text", value)
	}
	if err := json.Unmarshal([]byte(text), r); err != nil {
		return fmt.Errorf("product: reading what was read of a document: %w", err)
	}
	return nil
}

// Value writes it to the database.
func (r Reading) Value() (driver.Value, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("product: writing what was read of a document: %w", err)
	}
	return string(text), nil
}

// accepted are the versions of DTAC that a document may be of, the newest first.
func accepted() []string { return []string{"dtac-v2", "dtac-v1"} }

// ReadDocument reads the answers of a filled-in DTAC form, of either version, and keeps them until somebody says what of them is taken.
// It gives the version. Nothing of the return changes. A file that is read again takes the place of the one before.
func (s *Service) ReadDocument(ctx context.Context, id ident.Product, name string, content []byte) (string, error) {
	var forms []*form.Form
	for _, formID := range accepted() {
		f, err := s.form(formID)
		if err != nil {
			return "", err
		}
		forms = append(forms, f)
	}
	if err := s.mayAnswer(ctx, id); err != nil {
		return "", err
	}
	read, err := filled.Read(bytes.NewReader(content), int64(len(content)), forms)
	if f, ok := fault.Of(err); ok {
		return "", fault.Fields(fault.Problems{"document": f.Words})
	}
	if err != nil {
		return "", fmt.Errorf("reading a document: %w", err)
	}
	if len(read.Proposals) == 0 {
		return "", fault.Fields(fault.Problems{"document": "The file has the tables of the form, but no answer was found in it"})
	}
	in := Import{ProductID: id, Form: read.Form, Name: name, Digest: audit.Digest(content), Reading: Reading(read)}
	err = s.gate.Write(ctx, func(tx *work.Tx) error {
		p, err := byID(tx, id)
		if err != nil {
			return err
		}
		if err := tx.Require(access.AnswerReturn, p.reached(tx, access.AnswerReturn)); err != nil {
			return err
		}
		in.Person, in.ReadAt = tx.By.ID, tx.Now
		tx.Record(event(id, "dtac.read_document", map[string]any{"form": in.Form, "digest": in.Digest, "proposals": len(read.Proposals)}))
		return putImport(tx, &in)
	})
	return read.Form, err
}

// mayAnswer refuses those who may not answer, before their file is read.
func (s *Service) mayAnswer(ctx context.Context, id ident.Product) error {
	return s.gate.Read(ctx, func(tx *work.Tx) error {
		p, err := byID(tx, id)
		if err != nil {
			return err
		}
		return tx.Require(access.AnswerReturn, p.reached(tx, access.AnswerReturn))
	})
}

// Imported is what was read from a file, beside what the return says now.
type Imported struct {
	Space
	Import    *Import
	Proposals []Proposed
}

// Proposed is an answer that the file seems to give.
type Proposed struct {
	filled.Proposal
	Question *form.Question
	Stands   form.Value // what the return says now
	Same     bool       // the file says the same
	Problem  string     // why the return would not take it as it is
}

// Ticked reports whether it is taken unless the supplier says otherwise: it is certain, sound, and nothing else was answered before.
func (p Proposed) Ticked() bool {
	return p.Sure && p.Problem == "" && !p.Same && !form.Answered(p.Question, p.Stands)
}

// ShowImport gives what was read from a file and waits for a decision.
func (s *Service) ShowImport(ctx context.Context, id ident.Product, formID string) (Imported, error) {
	var in Imported
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		in, err = s.imported(tx, id, formID)
		tx.Saw("DTAC return", string(id))
		return err
	})
	return in, err
}

func (s *Service) imported(tx *work.Tx, id ident.Product, formID string) (Imported, error) {
	in := Imported{}
	var err error
	if in.Space, err = s.space(tx, id, formID, "", access.AnswerReturn); err != nil {
		return in, err
	}
	if in.Import, err = importOf(tx, id, in.Form.ID); err != nil {
		return in, err
	}
	if in.Import == nil {
		return in, work.NotFound("import")
	}
	for _, p := range in.Import.Reading.Proposals {
		q, ok := in.Form.Question(p.Code)
		if !ok {
			continue
		}
		shown := Proposed{Proposal: p, Question: q, Stands: in.Return.Body.Answers[p.Code]}
		shown.Same = form.Same(shown.Stands, p.Value)
		problems := form.CheckAnswer(q, p.Value, form.How{Mode: form.Partial, Today: today(tx)})
		for _, suffix := range problems.Names() {
			shown.Problem = problems[suffix]
		}
		in.Proposals = append(in.Proposals, shown)
	}
	return in, nil
}

// Taking is what the supplier decided of an import: the questions whose answers are taken, from the file of this digest into the return
// at this revision.
type Taking struct {
	Codes    []form.Code
	Digest   string
	Revision int
}

// TakeImport takes the answers that were ticked, in place of what stood there, and ends the import. It gives how many there were.
func (s *Service) TakeImport(ctx context.Context, id ident.Product, formID string, t Taking) (int, error) {
	taken := 0
	err := s.gate.Write(ctx, func(tx *work.Tx) error {
		in, err := s.imported(tx, id, formID)
		if err != nil {
			return err
		}
		if taken, err = in.take(t); err != nil {
			return err
		}
		if err := sound(&in.Space); err != nil {
			return err
		}
		if err := dropImport(tx, id, in.Form.ID); err != nil {
			return err
		}
		return save(tx, &in.Space, map[string]any{"change": "import", "file": in.Import.Digest, "answers": taken})
	})
	return taken, err
}

// take puts the answers that were ticked into the return, and says how many there were.
func (in *Imported) take(t Taking) (int, error) {
	switch {
	case t.Digest != in.Import.Digest:
		return 0, fault.New(fault.Conflict, "Another file was uploaded after you opened this page")
	case t.Revision != in.Return.Revision:
		return 0, fault.New(fault.Conflict, "Someone else saved this return after you opened it. Look again at what stands there now")
	}
	taken := form.Answers{}
	for _, p := range in.Proposals {
		if slices.Contains(t.Codes, p.Code) {
			taken[p.Code] = p.Value
		}
	}
	if len(taken) == 0 {
		return 0, fault.Fields(fault.Problems{"take": "Tick the answers that you take from the file, or leave the file aside"})
	}
	in.Return.Body.Answers = in.Return.Body.Answers.Merge(taken)
	return len(taken), nil
}

// LeaveImport ends an import without taking anything from it.
func (s *Service) LeaveImport(ctx context.Context, id ident.Product, formID string) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		in, err := s.imported(tx, id, formID)
		if err != nil {
			return err
		}
		tx.Record(event(id, "dtac.leave_document", map[string]any{"form": in.Form.ID, "digest": in.Import.Digest}))
		return dropImport(tx, id, in.Form.ID)
	})
}
