package application

import (
	"slices"
	"time"

	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
)

// Cleared is a signature that no longer counts, and the change that took it back.
type Cleared struct {
	Part    Relation
	Name    string // as it was typed
	Section string // the title of the section that changed
	By      string // who changed it
	At      time.Time
}

// clearSignatures takes back the signatures that were given for other answers, and tells everybody on the applicant's side, once: a
// later change finds none to take back.
func clearSignatures(tx *work.Tx, a *Application, changed *form.Section, answers form.Answers) error {
	signatures, err := signaturesOf(tx, a.ID)
	if err != nil || len(signatures) == 0 {
		return err
	}
	digest := digestOf(answers)
	var parts []string
	for _, sig := range signatures {
		if sig.Digest == digest {
			continue
		}
		if err := clearSignature(tx, sig.ID, changed.Code); err != nil {
			return err
		}
		tx.Record(Event(a, "application.clear_signature", map[string]any{"part": sig.Part, "section": changed.Code}))
		parts = append(parts, sig.Part.Label())
	}
	if len(parts) == 0 {
		return nil
	}
	return tellCleared(tx, a, changed, parts)
}

func tellCleared(tx *work.Tx, a *Application, changed *form.Section, parts []string) error {
	whose := "the signature of the " + parts[0]
	if len(parts) > 1 {
		whose = "the signatures of the " + parts[0] + " and the " + parts[1]
	}
	fields := map[string]string{"section": changed.Title, "by": tx.By.Name, "whose": whose}
	return tellAll(tx, a, notify.Message{Kind: "signature_cleared", Key: string(a.ID) + stamp(tx.Now), Fields: fields}, applicantSide()...)
}

// stamp tells one event from the next of its kind in the key of a mail.
func stamp(at time.Time) string { return at.Format("20060102150405.000000") }

// tellAll writes a mail to everybody who has one of the relations to an application, one to each person.
func tellAll(tx *work.Tx, a *Application, m notify.Message, relations ...Relation) error {
	var ids []ident.Person
	for _, r := range relations {
		for _, id := range a.With(r) {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	readers, err := people.ByIDs(tx, ids)
	if err != nil {
		return err
	}
	more := m.Fields
	for _, p := range readers {
		m.Person, m.Address, m.Fields = p.ID, p.Email, Fields(a)
		for name, value := range more {
			m.Fields[name] = value
		}
		m.Fields["name"] = p.Name
		if err := tx.Notify(m); err != nil {
			return err
		}
	}
	return nil
}

// cleared gives, for each part without a signature that stands, the last one that an answer's change took back.
func cleared(tx *work.Tx, a *Application, f *form.Form, stand []Signature) ([]Cleared, error) {
	rows, err := clearedOf(tx, a.ID)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	var ids []ident.Person
	for _, sig := range rows {
		if id, err := ident.Parse[ident.Person](sig.ClearedBy); err == nil {
			ids = append(ids, id)
		}
	}
	names, err := people.Names(tx, ids...)
	if err != nil {
		return nil, err
	}
	var all []Cleared
	for _, sig := range rows {
		same := func(part Relation) bool { return part == sig.Part }
		if slices.ContainsFunc(stand, func(s Signature) bool { return same(s.Part) }) || slices.ContainsFunc(all, func(c Cleared) bool { return same(c.Part) }) {
			continue
		}
		c := Cleared{Part: sig.Part, Name: sig.TypedName, By: names[ident.Person(sig.ClearedBy)], At: *sig.ClearedAt}
		if sec, ok := f.Section(sig.ClearedSection); ok {
			c.Section = sec.Title
		}
		all = append(all, c)
	}
	return all, nil
}
