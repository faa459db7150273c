package application

import (
	"context"
	"slices"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Deed is what an application waits for from somebody on the applicant's side.
type Deed string

// The deeds that an application can wait for.
const (
	DeedWrite Deed = "write" // answers are to be given, and the application submitted
	DeedSign  Deed = "sign"
)

// Waiting is an application that waits for a deed of the one who is signed in.
type Waiting struct {
	Application *Application
	Deed        Deed
	Due         time.Time
}

// Waiting gives what waits for the one who is signed in, among the applications in which they have a part.
func (s *Service) Waiting(ctx context.Context) ([]Waiting, error) {
	var all []Waiting
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		rows, err := List(tx, access.ViewApplication, Query{Mine: true, Limit: 200, States: []workflow.ApplicationState{workflow.Draft, workflow.Submitted}})
		if err != nil || len(rows) == 0 {
			return err
		}
		signed, err := signedParts(tx, rows)
		if err != nil {
			return err
		}
		if err := completeAll(tx, rows); err != nil {
			return err
		}
		for _, a := range rows {
			if deed := a.waitsFor(tx.By.ID, signed[a.ID]); deed != "" {
				all = append(all, Waiting{a, deed, a.ClosesAt()})
			}
		}
		return nil
	})
	return all, err
}

// waitsFor says what the application waits for from a person, if anything.
func (a *Application) waitsFor(person ident.Person, signed []Relation) Deed {
	has := func(relations ...Relation) bool {
		return slices.ContainsFunc(a.people, func(p Part) bool { return p.Person == person && slices.Contains(relations, p.Relation) })
	}
	switch {
	case !a.inTime:
		return ""
	case slices.ContainsFunc(a.PartsOf(person), func(part Relation) bool { return !slices.Contains(signed, part) }):
		return DeedSign
	case has(MainContact, Contributor) && a.State == workflow.Draft:
		return DeedWrite
	}
	return ""
}

// organisationsIn gives the names of the organisations that answers name.
func organisationsIn(tx *work.Tx, answers form.Answers) (map[ident.ODS]string, error) {
	var codes []ident.ODS
	add := func(v form.Value) {
		if v.Organisation != "" && !slices.Contains(codes, v.Organisation) {
			codes = append(codes, v.Organisation)
		}
	}
	for _, v := range answers {
		add(v)
		for _, row := range v.Rows {
			for _, cell := range row {
				add(cell)
			}
		}
	}
	found, err := people.OrganisationsByODS(tx, codes)
	if err != nil {
		return nil, err
	}
	names := make(map[ident.ODS]string, len(found))
	for code, o := range found {
		names[code] = o.Name
	}
	return names, nil
}
