package retention

import (
	"context"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
)

// Disclosure is everything that the fund holds about a person, as they are given it.
type Disclosure struct {
	MadeAt  time.Time     `json:"made_at"`
	Person  ident.Person  `json:"person"`
	Name    string        `json:"name"`
	Email   string        `json:"email"`
	Records []Records     `json:"records"`
	Acted   []Acted       `json:"acted"`
	Trail   []TrailCount  `json:"audit_trail"`
	Not     []NotIncluded `json:"not_included"`
}

// Records are the rows of one table that are about the person.
type Records struct {
	Label   string           `json:"what"`
	Table   string           `json:"table"`
	Columns []string         `json:"columns"`
	Rows    []map[string]any `json:"rows"`
}

// Acted is how often the person stands in records that are about something else, as the one who did something.
type Acted struct {
	Label string `json:"what"`
	As    string `json:"as"`
	Times int64  `json:"times"`
}

// TrailCount is how often the audit trail names the person for a deed.
type TrailCount struct {
	Verb  string `json:"verb"`
	Times int64  `json:"times"`
}

// NotIncluded is what is held and not in the file, and why.
type NotIncluded struct {
	What string `json:"what"`
	Why  string `json:"why"`
}

func notIncluded() []NotIncluded {
	return []NotIncluded{
		{"Password, one-time codes and the secrets of links", "Kept as digests, or so that only the program can use them"},
		{"The files themselves", "Their names are here; download them where they were added"},
		{"Who else acted on these records, and what is about other people", "That is data about them"},
		{"Where an application stands in the fund's work", "Its page says what may be known before the release"},
		{"Records of an application from which you are recused, or with which you have a conflict", "Nothing of it but what you declared yourself is given"},
		{"What you read, line by line", "The log of readings is sealed in blocks with those of others; ask the data protection officer"},
	}
}

// Own gives the one who asks everything that is held about them.
func (s *Service) Own(ctx context.Context) (Disclosure, error) {
	var d Disclosure
	err := s.gate.Write(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.ExportOwnData, access.Facts{Self: tx.By.ID}); err != nil {
			return err
		}
		var err error
		d, err = disclose(tx, tx.By.ID, access.ExportOwnData)
		return err
	})
	return d, err
}

// About gives everything that is held about a person, for them: what they may not know is not in it.
func (s *Service) About(ctx context.Context, id ident.Person) (Disclosure, error) {
	var d Disclosure
	err := s.gate.Write(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.ExportPersonData, access.Facts{Self: id}); err != nil {
			return err
		}
		var err error
		d, err = disclose(tx, id, access.ExportPersonData)
		return err
	})
	return d, err
}

func disclose(tx *work.Tx, id ident.Person, act access.Action) (Disclosure, error) {
	d := Disclosure{MadeAt: tx.Now, Not: notIncluded()}
	if _, err := ident.Parse[ident.Person](string(id)); err != nil {
		return d, work.NotFound("person")
	}
	p, err := people.ByID(tx, id)
	if err != nil {
		return d, err
	}
	d.Person, d.Name, d.Email = p.ID, p.Name, p.Email
	for _, h := range Holdings() {
		if err := d.add(tx, h); err != nil {
			return d, err
		}
	}
	if d.Trail, err = trailOf(tx, id); err != nil {
		return d, err
	}
	tx.Record(audit.Event{Verb: string(act), Kind: "person", Subject: string(id), Facts: map[string]any{"tables": len(d.Records)}})
	return d, nil
}

// add adds what one table holds about the person.
func (d *Disclosure) add(tx *work.Tx, h Holding) error {
	if h.About != "" {
		rows, names, err := recordsOf(tx, h, d.Person, d.Email)
		if err != nil {
			return err
		}
		if len(rows) > 0 {
			d.Records = append(d.Records, Records{Label: h.Label, Table: h.Table, Columns: names, Rows: rows})
		}
	}
	if h.Table == "audit_events" {
		return nil
	}
	for _, c := range columns(h.By) {
		n, err := actedIn(tx, h.Table, c.name, d.Person)
		if err != nil {
			return err
		}
		if n > 0 {
			d.Acted = append(d.Acted, Acted{Label: h.Label, As: strings.ReplaceAll(c.name, "_", " "), Times: n})
		}
	}
	return nil
}

// hides reports whether a column of a row is not given to the person whose row it is: who else acted, secrets, what they may not know, and
// people other than they.
func (h Holding) hides(name string, value any, p ident.Person) bool {
	for _, c := range columns(strings.Join([]string{h.By, h.Secret, h.Unsaid}, " ")) {
		if c.name == name {
			return true
		}
	}
	for _, c := range columns(h.About) {
		if c.name == name {
			return value != string(p)
		}
	}
	return false
}
