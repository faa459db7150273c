package position

import (
	"context"
	"slices"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/people"
	"adoptionfund/internal/product"
	"adoptionfund/internal/work"
)

// Section is a section of a return that a specialist has, or had. One has it at a time; while somebody has it, nobody else decides in it.
type Section struct {
	ID         string
	ReturnID   ident.Return
	Section    form.Code
	Person     ident.Person
	PersonName string
	GivenBy    string // the name of who gave it; who took it has their own
	Since      time.Time
	Until      *time.Time // nil: they have it
	EndedBy    string
}

// TableName is the table of sections.
func (Section) TableName() string { return "dtac_sections" }

// handing is what can be done with a section.
type handing struct {
	verb string
	to   ident.Person
}

// Take gives a section to the one who is signed in, also where somebody else has it: who had it before is kept.
func (s *Service) Take(ctx context.Context, id ident.Product, formID string, section form.Code) error {
	return s.hand(ctx, id, formID, section, handing{verb: "dtac.take_section"})
}

// GiveBack lets go of a section that the one who is signed in has.
func (s *Service) GiveBack(ctx context.Context, id ident.Product, formID string, section form.Code) error {
	return s.hand(ctx, id, formID, section, handing{verb: "dtac.give_back_section"})
}

// HandOver gives a section to another assessor, who is told.
func (s *Service) HandOver(ctx context.Context, id ident.Product, formID string, section form.Code, to ident.Person) error {
	return s.hand(ctx, id, formID, section, handing{"dtac.hand_over_section", to})
}

func (s *Service) hand(ctx context.Context, id ident.Product, formID string, section form.Code, h handing) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		d, err := s.desk(tx, id, formID, access.AssessReturn)
		if err != nil {
			return err
		}
		if err := d.notSent(); err != nil {
			return err
		}
		if !slices.ContainsFunc(assessedSections(d.Form), func(sec *form.Section) bool { return sec.Code == section }) {
			return work.NotFound("section")
		}
		return d.hand(tx, section, h)
	})
}

func (d *Desk) hand(tx *work.Tx, section form.Code, h handing) error {
	held := d.holder(section)
	next, err := d.nextHolder(tx, h, held)
	if err != nil || held != nil && next != nil && held.Person == next.ID {
		return err
	}
	facts := map[string]any{"form": d.Form.ID, "section": section}
	if held != nil {
		facts["from"] = held.Person
	}
	if next != nil {
		facts["to"] = next.ID
	}
	tx.Record(product.Event(d.Product.ID, h.verb, facts))
	if err := endHolding(tx, d.Return.ID, section); err != nil || next == nil {
		return err
	}
	row := &Section{ID: ident.New[string](), ReturnID: d.Return.ID, Section: section, Person: next.ID, PersonName: next.Name, GivenBy: tx.By.Name, Since: tx.Now}
	if err := work.Add(tx, row); err != nil {
		return err
	}
	return d.tellHolder(tx, section, *next)
}

// nextHolder is who has a section afterwards, or nobody.
func (d *Desk) nextHolder(tx *work.Tx, h handing, held *Section) (*people.Person, error) {
	switch h.verb {
	case "dtac.take_section":
		return &people.Person{ID: tx.By.ID, Name: tx.By.Name}, nil
	case "dtac.give_back_section":
		if held == nil || held.Person != tx.By.ID {
			return nil, fault.New(fault.Conflict, "You do not have this section any more")
		}
		return nil, nil //nolint:nilnil // nobody has it
	}
	may, err := d.assessors(tx)
	if err != nil {
		return nil, err
	}
	if n := slices.IndexFunc(may, func(p people.Person) bool { return p.ID == h.to }); n >= 0 {
		return &may[n], nil
	}
	return nil, fault.Fields(fault.Problems{"to": "Select an assessor from the list"})
}

// assessors are those who may assess the product in the call through which it is reached.
func (d *Desk) assessors(tx *work.Tx) ([]people.Person, error) {
	if d.Call == nil {
		return nil, nil
	}
	who, err := people.WhoMay(tx, access.AssessReturn, access.Scope{Round: d.Call.RoundID, Call: d.Call.ID})
	return slices.DeleteFunc(who, func(p people.Person) bool { return !d.Product.OpenTo(p.ID, d.Call.ID) }), err
}

func (d *Desk) tellHolder(tx *work.Tx, section form.Code, to people.Person) error {
	if to.ID == tx.By.ID {
		return nil
	}
	m := notify.Message{Kind: "dtac_section_given", Key: string(d.Return.ID) + string(section) + tx.Now.Format(time.RFC3339Nano), Fields: d.fields()}
	m.Fields["section"], m.Fields["by"] = string(section), tx.By.Name
	return product.TellPerson(tx, to, m)
}

// fields are what mails say of a product.
func (d *Desk) fields() map[string]string {
	return map[string]string{"product": d.Product.Name, "version": d.Product.Version, "id": string(d.Product.ID)}
}

// holder is who has a section, or nil.
func (d *Desk) holder(section form.Code) *Section {
	for i := range d.Sections {
		if d.Sections[i].Section == section && d.Sections[i].Until == nil {
			return &d.Sections[i]
		}
	}
	return nil
}

// assessedSections are the sections that specialists look at: those that decide, and usability and accessibility, which informs.
func assessedSections(f *form.Form) []*form.Section {
	var list []*form.Section
	for _, sec := range f.Sections {
		if slices.ContainsFunc(sec.Questions, func(q *form.Question) bool { return assessable(f, q) }) {
			list = append(list, sec)
		}
	}
	return list
}

// assessable reports whether assessors decide a question: those that are passed or failed, and those that inform.
func assessable(f *form.Form, q *form.Question) bool {
	return product.Decides(f, q) || q.Assessed == form.AssessedScored
}

// notTheirs refuses to decide in a section that somebody else has.
func (d *Desk) notTheirs(tx *work.Tx, code form.Code) error {
	section := code
	if q, ok := d.Form.Question(code); ok {
		section = q.Section
	}
	if held := d.holder(section); held != nil && held.Person != tx.By.ID {
		return fault.New(fault.Conflict, "%s has section %s. Take the section over before you decide in it", held.PersonName, section)
	}
	return nil
}
