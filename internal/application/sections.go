package application

import (
	"context"
	"fmt"
	"slices"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
)

// Page is a section as it is opened: the whole form's answers, since conditions may look at other sections.
type Page struct {
	Application *Application
	Form        *form.Form
	Section     *form.Section
	Answers     form.Answers
	Version     int  // of the section, 0 if it was not saved yet
	Editable    bool // by the one who looks, now
	Problems    fault.Problems
	Files       []File
	// Organisations are the names of those that the answers name.
	Organisations map[ident.ODS]string
	// Clashes are the questions that somebody else changed while the one who saves changed them too: nothing of those is saved.
	Clashes []form.Clash
	// Others says that somebody else changed the section after the one who saves had opened it.
	Others bool

	stands form.Answers // of the section, as it was read
	// Offers are organisations to choose from where a name that was typed fits several, by the name of the input.
	Offers map[string][]people.Organisation
}

// Open gives a section to fill in or to read.
func (s *Service) Open(ctx context.Context, ref ident.Ref, code string) (Page, error) {
	var p Page
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		a, err := Permitted(tx, ref, access.ViewApplication)
		if err != nil {
			return err
		}
		p, err = s.open(tx, a, code)
		if err != nil {
			return err
		}
		seen, err := s.readable(tx, a, p.Answers, p.Files)
		if err != nil {
			return err
		}
		p.Answers, p.Files = seen.answers, seen.files
		may, err := tx.May(access.EditApplication, section{a, p.Section.Path()})
		p.Editable = may && a.Writable()
		if p.Editable && err == nil {
			p.Offers, err = offers(tx, p.Section, p.Answers)
		}
		tx.Saw("section "+code, string(a.Ref))
		return err
	})
	return p, err
}

func (s *Service) open(tx *work.Tx, a *Application, code string) (Page, error) {
	p := Page{Application: a}
	f, err := s.form(a)
	if err != nil {
		return p, err
	}
	sec, ok := f.Section(code)
	if !ok {
		return p, work.NotFound("section")
	}
	p.Form, p.Section = f, sec
	p.Answers, p.Version, err = answersAndVersion(tx, a.ID, sec)
	if err != nil {
		return p, err
	}
	p.stands = own(sec, p.Answers)
	if p.Files, err = filesOf(tx, a.ID); err != nil {
		return p, err
	}
	p.Organisations, err = organisationsIn(tx, p.Answers)
	return p, err
}

func answersAndVersion(tx *work.Tx, id ident.Application, sec *form.Section) (form.Answers, int, error) {
	rows, err := sections(tx, id)
	if err != nil {
		return nil, 0, err
	}
	all, version := form.Answers{}, 0
	for _, row := range rows {
		answers, err := form.ParseAnswers([]byte(row.Answers))
		if err != nil {
			return nil, 0, fmt.Errorf("section %s: %w", row.Section, err)
		}
		all = all.Merge(answers)
		if row.Section == string(sec.Code) {
			version = row.Version
		}
	}
	return all, version, nil
}

// Organisations are those of an application, as answers name them: its lead, funding recipient, partners and sites.
func Organisations(f *form.Form, answers form.Answers, lead ident.ODS) []ident.ODS {
	codes := []ident.ODS{lead}
	for _, role := range []form.Role{form.RoleRecipient, form.RolePartners, form.RoleSites} {
		for _, cell := range f.Cells(role, answers) {
			if cell.Organisation != "" && !slices.Contains(codes, cell.Organisation) {
				codes = append(codes, cell.Organisation)
			}
		}
	}
	return codes
}

// summarise copies what lists and reports need from the answers to the application's row.
func (s *Service) summarise(tx *work.Tx, a *Application, f *form.Form, answers form.Answers) error {
	before := *a
	if title := f.Text(form.RoleTitle, answers); title != "" {
		a.Title = clip(title, 300)
	}
	a.Requested, a.Minimum = amount(f, form.RoleRequested, answers), amount(f, form.RoleMinimum, answers)
	if a.Minimum == 0 {
		a.Minimum = a.Requested
	}
	if code := f.Organisation(form.RoleRecipient, answers); code != "" {
		o, err := people.ByODS(tx, code)
		if err != nil {
			return err
		}
		if o != nil {
			a.Recipient = o.Name
		}
	}
	if before.Title == a.Title && before.Requested == a.Requested && before.Minimum == a.Minimum && before.Recipient == a.Recipient {
		return nil
	}
	return work.Save(tx, a, &a.Version)
}

func amount(f *form.Form, r form.Role, answers form.Answers) money.Pence {
	p, _ := f.Money(r, answers)
	return min(max(p, 0), money.Limit)
}

func clip(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n])
	}
	return text
}

// Task is a section in the task list.
type Task struct {
	Section  *form.Section
	Progress form.Progress
	Missing  []form.Code // what is asked and not answered yet, by code
	Editable bool
}

// Overview is the task list of an application with all that its page shows.
type Overview struct {
	Application *Application
	Form        *form.Form
	Answers     form.Answers
	Tasks       []Task
	Signatures  []Signature // those that stand
	People      []Participant
	Submissions []Submission
	Files       []File
	Ready       bool // every section is done
	May         map[access.Action]bool
	Asked       bool // the signatories were asked
	Cleared     []Cleared
	// Withdrawal is why it, or its award, was taken back, and WithdrawnBy who did; nil: it was not, or it is not for the reader.
	Withdrawal  *Withdrawal
	WithdrawnBy string
	// Organisations are the names of those that the answers name.
	Organisations map[ident.ODS]string
}

// Participant is a person of an application, by name.
type Participant struct {
	Part
	Name  string
	Email string
}

// Overview gives the task list.
func (s *Service) Overview(ctx context.Context, ref ident.Ref) (Overview, error) {
	var o Overview
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		a, err := Permitted(tx, ref, access.ViewApplication)
		if err != nil {
			return err
		}
		o, err = s.overview(tx, a)
		tx.Saw("application", string(a.Ref))
		return err
	})
	return o, err
}

func (s *Service) overview(tx *work.Tx, a *Application) (Overview, error) {
	o := Overview{Application: a, May: map[access.Action]bool{}}
	f, err := s.form(a)
	if err != nil {
		return o, err
	}
	o.Form = f
	if o.Answers, err = Answers(tx, a.ID); err != nil {
		return o, err
	}
	if o.Files, err = filesOf(tx, a.ID); err != nil {
		return o, err
	}
	seen, err := s.readable(tx, a, o.Answers, o.Files)
	if err != nil {
		return o, err
	}
	o.Answers, o.Files = seen.answers, seen.files
	if err := s.tasks(tx, &o); err != nil {
		return o, err
	}
	for _, act := range []access.Action{access.NameDeputy, access.LeaveApplication, access.HandOverApplication, access.ReplaceMainContact, access.EditApplication, access.SubmitApplication, access.SignApplication, access.WithdrawApplication, access.InviteToApplication, access.ViewReceipt, access.ViewOutcome, access.ReopenCopy, access.CopyApplication, access.ProposeExtension, access.ConfirmExtension} {
		if o.May[act], err = tx.May(act, a); err != nil {
			return o, err
		}
	}
	if o.Signatures, err = standing(tx, a, seen.whole); err != nil {
		return o, err
	}
	if o.Cleared, err = cleared(tx, a, f, o.Signatures); err != nil {
		return o, err
	}
	if err := o.sent(tx); err != nil {
		return o, err
	}
	if o.Organisations, err = organisationsIn(tx, o.Answers); err != nil {
		return o, err
	}
	o.Asked = len(a.With(SRO)) > 0 && len(a.With(Finance)) > 0
	if !seen.team {
		return o, nil // to whom it is no matter how people are reached
	}
	o.People, err = participants(tx, a)
	return o, err
}

// sent reads what was sent and what was taken back.
func (o *Overview) sent(tx *work.Tx) error {
	var err error
	if o.Submissions, err = submissionsOf(tx, o.Application.ID); err != nil {
		return err
	}
	o.Withdrawal, o.WithdrawnBy, err = WithdrawalOf(tx, o.Application)
	return err
}

func (s *Service) tasks(tx *work.Tx, o *Overview) error {
	o.Ready = true
	how := s.how(tx, o.Application, o.Form, form.Complete)
	for _, sec := range o.Form.Sections {
		may, err := tx.May(access.EditApplication, section{o.Application, sec.Path()})
		if err != nil {
			return err
		}
		t := Task{Section: sec, Progress: form.SectionProgress(o.Form, sec, o.Answers, how), Missing: form.Missing(o.Form, sec, o.Answers), Editable: may && o.Application.Writable()}
		o.Ready = o.Ready && t.Progress == form.Done
		o.Tasks = append(o.Tasks, t)
	}
	return nil
}

func participants(tx *work.Tx, a *Application) ([]Participant, error) {
	var ids []ident.Person
	for _, p := range a.people {
		ids = append(ids, p.Person)
	}
	known, err := people.ByIDs(tx, ids)
	if err != nil {
		return nil, err
	}
	var list []Participant
	for _, part := range a.people {
		if !slices.Contains(applicantSide(), part.Relation) {
			continue
		}
		i := slices.IndexFunc(known, func(p people.Person) bool { return p.ID == part.Person })
		if i >= 0 {
			list = append(list, Participant{part, known[i].Name, known[i].Email})
		}
	}
	return list, nil
}
