package people

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/sheet"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
)

// Organisation gives the organisation with a code.
func (s *Service) Organisation(ctx context.Context, code ident.ODS) (*Organisation, error) {
	var o *Organisation
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		o, err = ByODS(tx, code)
		if err == nil && o == nil {
			err = work.NotFound("organisation")
		}
		return err
	})
	return o, err
}

// Search finds organisations by part of their name or code.
func (s *Service) Search(ctx context.Context, text string) ([]Organisation, error) {
	var found []Organisation
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.ViewOrganisations, access.Scope{}); err != nil {
			return err
		}
		var err error
		found, err = SearchOrganisations(tx, text, uktime.Day(tx.Now), 20)
		return err
	})
	return found, err
}

// Join asks to act for an organisation. A registered mail domain settles it at once; otherwise someone who acts for it
// already, or the fund, does.
func (s *Service) Join(ctx context.Context, code ident.ODS) (bool, error) {
	standing := false
	err := s.gate.Write(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.JoinOrganisation, access.Scope{}); err != nil {
			return err
		}
		o, err := ByODS(tx, code)
		if err != nil {
			return err
		}
		if o == nil {
			return fault.Fields(fault.Problems{"organisation": "Choose an organisation from the list"})
		}
		known, err := ActsFor(tx, tx.By.ID, o.ODSCode)
		if err != nil || known {
			standing = known
			return err
		}
		domains, err := domainOf(tx, tx.By.Email)
		if err != nil {
			return err
		}
		how := asked
		if slices.Contains(domains, o.ODSCode) {
			how, standing = byDomain, true
		}
		tx.Record(audit.Event{Verb: string(access.JoinOrganisation), Kind: "organisation", Subject: string(o.ODSCode), Facts: map[string]any{"settled": how}})
		return settle(tx, Representative{Person: tx.By.ID, ODSCode: o.ODSCode, Settled: how, At: tx.Now})
	})
	return standing, err
}

// Authorise settles that somebody may act for an organisation.
func (s *Service) Authorise(ctx context.Context, person ident.Person, code ident.ODS) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		o, err := ByODS(tx, code)
		if err != nil {
			return err
		}
		if o == nil {
			return work.NotFound("organisation")
		}
		acting, err := actingFor(tx, o.ODSCode)
		if err != nil {
			return err
		}
		if err := tx.Require(access.AuthorisePerson, access.Facts{Representatives: acting, Self: person}); err != nil {
			return err
		}
		p, err := ByID(tx, person)
		if err != nil {
			return err
		}
		how := byFund
		if slices.Contains(acting, tx.By.ID) {
			how = byFellow
		}
		tx.Record(audit.Event{Verb: string(access.AuthorisePerson), Kind: "organisation", Subject: string(o.ODSCode), Facts: map[string]any{"person": person, "settled": how}})
		if err := settle(tx, Representative{Person: person, ODSCode: o.ODSCode, Settled: how, SettledBy: actor(tx), At: tx.Now}); err != nil {
			return err
		}
		return s.tell(tx, p, "organisation.joined", string(o.ODSCode), map[string]string{"name": p.Name, "organisation": o.Name})
	})
}

// RegisterDomain lets everybody with an address in a domain act for an organisation.
func (s *Service) RegisterDomain(ctx context.Context, domain string, code ident.ODS) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.EditOrganisation, access.Scope{}); err != nil {
			return err
		}
		tx.Record(audit.Event{Verb: string(access.EditOrganisation), Kind: "organisation", Subject: string(code), Facts: map[string]any{"domain": domain}})
		return addDomain(tx, domain, code)
	})
}

func actingFor(tx *work.Tx, code ident.ODS) ([]ident.Person, error) {
	rows, err := representatives(tx, code)
	var ids []ident.Person
	for _, r := range rows {
		if r.Standing() {
			ids = append(ids, r.Person)
		}
	}
	return ids, err
}

// ImportOrganisations reads the list of organisations from CSV: all of it or, if a row is wrong, none. The fault names rows.
func (s *Service) ImportOrganisations(ctx context.Context, file io.Reader) (int, error) {
	list, err := ReadOrganisations(file)
	if err != nil {
		return 0, err
	}
	return len(list), s.gate.Write(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.ImportOrganisations, access.Scope{}); err != nil {
			return err
		}
		tx.Record(audit.Event{Verb: string(access.ImportOrganisations), Kind: "organisation", Subject: "list", Facts: map[string]any{"rows": len(list)}})
		return saveOrganisations(tx, list)
	})
}

func columns() []string {
	return []string{"ods_code", "name", "kind", "region", "ics", "valid_from", "valid_to", "successor"}
}

// ReadOrganisations reads the list from CSV; the fault names every row that is wrong.
func ReadOrganisations(file io.Reader) ([]Organisation, error) {
	r, err := sheet.Open(file, columns()...)
	if err != nil {
		return nil, err //nolint:wrapcheck // a fault for the person
	}
	var list []Organisation
	var problems sheet.Problems
	seen := map[ident.ODS]int{}
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return list, problems.Err()
		}
		if err != nil {
			return nil, err //nolint:wrapcheck // a fault for the person
		}
		o := Organisation{
			ODSCode: ident.ODS(row.Cell("ods_code")), Name: row.Cell("name"), Kind: row.Cell("kind"), Region: row.Cell("region"), ICS: row.Cell("ics"),
			ValidFrom: row.Cell("valid_from"), ValidTo: row.Cell("valid_to"), Successor: row.Cell("successor"),
		}
		if p := o.problem(); p != "" {
			problems.Add(row.Number, "%s", p)
		}
		if first, again := seen[o.ODSCode]; again {
			problems.Add(row.Number, "%s stands in row %d already", o.ODSCode, first)
		}
		seen[o.ODSCode] = row.Number
		list = append(list, o)
	}
}

func (o Organisation) problem() string {
	if o.ODSCode == "" || len(o.ODSCode) > 16 || strings.ToUpper(string(o.ODSCode)) != string(o.ODSCode) {
		return "ods_code must be a code in capitals"
	}
	if o.Name == "" || o.Kind == "" {
		return "name and kind must be given"
	}
	for _, day := range []string{o.ValidFrom, o.ValidTo} {
		if _, err := uktime.Parse(day); day != "" && (err != nil || len(day) != 10) {
			return fmt.Sprintf("%q is not a date such as 2022-07-01", day)
		}
	}
	return ""
}
