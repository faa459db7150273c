package assignment

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/sheet"
	"adoptionfund/internal/work"
)

// Service is the use cases of reviewers, plans and assignments.
type Service struct {
	gate    *work.Gate
	library *fund.Library
	people  *people.Service // for the links of invitations
}

// NewService makes the service.
func NewService(gate *work.Gate, library *fund.Library, p *people.Service) *Service {
	return &Service{gate, library, p}
}

// Newcomer is somebody to be a reviewer in a round.
type Newcomer struct {
	Email    string
	Name     string
	Kind     string
	ODS      ident.ODS
	Themes   []string
	Capacity int

	row   int    // of the file that it was read from
	wrong string // what could not be read
}

// Register makes people reviewers in a round: all of them or, if one is wrong, none. Those who are reviewers already are changed. Each
// gets the role for it in the round.
func (s *Service) Register(ctx context.Context, ref ident.RoundRef, list []Newcomer) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		r, err := fund.RoundByRef(tx, ref)
		if err != nil {
			return err
		}
		if err := tx.Require(access.ImportReviewers, r); err != nil {
			return err
		}
		if err := checkAll(tx, r, list); err != nil {
			return err
		}
		tx.Record(audit.Event{Verb: string(access.ImportReviewers), Kind: "round", Subject: string(r.ID), Round: r.ID, Facts: map[string]any{"reviewers": len(list)}})
		for i, n := range list {
			if err := register(tx, r, n); err != nil {
				return inRow(n.at(i), err)
			}
		}
		return nil
	})
}

// at is the row of the file, or for one that came from no file its place below the heading.
func (n Newcomer) at(i int) int {
	if n.row > 0 {
		return n.row
	}
	return i + 2
}

// inRow says in which row of the list something is wrong.
func inRow(row int, err error) error {
	f, ok := fault.Of(err)
	if !ok {
		return err
	}
	words := []string{f.Words}
	if len(f.Fields) > 0 {
		words = nil
	}
	for _, name := range f.Fields.Names() {
		words = append(words, f.Fields[name])
	}
	return fault.Wrap(f.Kind, err, "row %d: %s", row, strings.Join(words, "; "))
}

// checkAll names every row that is wrong; row 1 is the heading of the file.
func checkAll(tx *work.Tx, r *fund.Round, list []Newcomer) error {
	kinds, themes, err := offered(tx, r)
	if err != nil {
		return err
	}
	codes := make([]ident.ODS, len(list))
	for i, n := range list {
		codes[i] = n.ODS
	}
	organisations, err := people.OrganisationsByODS(tx, codes)
	if err != nil {
		return err
	}
	var problems sheet.Problems
	seen := map[string]int{}
	for i, n := range list {
		if before, twice := seen[strings.ToLower(n.Email)]; twice && n.Email != "" {
			problems.Add(n.at(i), "%s is in row %d already", n.Email, before)
		}
		seen[strings.ToLower(n.Email)] = n.at(i)
		_, known := organisations[n.ODS]
		for _, problem := range n.problems(kinds, themes, known || n.ODS == "") {
			problems.Add(n.at(i), "%s", problem)
		}
	}
	return problems.Err() //nolint:wrapcheck // a fault for the person
}

func (n Newcomer) problems(kinds, themes []string, known bool) []string {
	var found []string
	if n.wrong != "" {
		found = append(found, n.wrong)
	}
	if strings.TrimSpace(n.Name) == "" {
		found = append(found, "name is missing")
	}
	if _, err := people.NormalEmail(n.Email); err != nil {
		if f, ok := fault.Of(err); ok {
			found = append(found, f.Words)
		}
	}
	if len(kinds) > 0 && !slices.Contains(kinds, n.Kind) || n.Kind == "" {
		found = append(found, fmt.Sprintf("kind %q is not one that a call of the round asks for", n.Kind))
	}
	for _, theme := range n.Themes {
		if len(themes) > 0 && !slices.Contains(themes, theme) {
			found = append(found, fmt.Sprintf("there is no call with the theme %q", theme))
		}
	}
	if n.Capacity < 0 || n.Capacity > 1000 {
		found = append(found, "capacity must be from 0 to 1000")
	}
	if !known {
		found = append(found, fmt.Sprintf("there is no organisation %q", n.ODS))
	}
	return found
}

func register(tx *work.Tx, r *fund.Round, n Newcomer) error {
	p, err := people.Ensure(tx, n.Email, n.Name)
	if err != nil {
		return err
	}
	if err := people.GrantFor(tx, p.ID, access.SaveReview, r.Scope()); err != nil {
		return err
	}
	before, err := ReviewerOf(tx, r.ID, p.ID)
	if err != nil {
		return err
	}
	row := &Reviewer{ID: ident.New[string](), RoundID: r.ID, Person: p.ID, AddedAt: tx.Now, Version: 1}
	if before != nil {
		row = before
	}
	row.Kind, row.ODS, row.Themes, row.Capacity = n.Kind, n.ODS, strings.Join(n.Themes, " "), n.Capacity
	if before != nil {
		return work.Save(tx, row, &row.Version)
	}
	return work.Add(tx, row)
}

// Columns are the columns of a list of reviewers.
func Columns() []string { return []string{"email", "name", "kind", "ods_code", "themes", "capacity"} }

// Import registers the reviewers of a CSV file, and gives how many there were.
func (s *Service) Import(ctx context.Context, ref ident.RoundRef, file io.Reader) (int, error) {
	list, err := read(file)
	if err != nil {
		return 0, err
	}
	return len(list), s.Register(ctx, ref, list)
}

func read(file io.Reader) ([]Newcomer, error) {
	r, err := sheet.Open(file, Columns()...)
	if err != nil {
		return nil, err //nolint:wrapcheck // a fault for the person
	}
	var list []Newcomer
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, err //nolint:wrapcheck // a fault for the person
		}
		capacity, err := strconv.Atoi(row.Cell("capacity"))
		n := Newcomer{
			Email: row.Cell("email"), Name: row.Cell("name"), Kind: row.Cell("kind"), ODS: ident.ODS(strings.ToUpper(row.Cell("ods_code"))), Capacity: capacity, row: row.Number,
		}
		if err != nil {
			n.wrong = fmt.Sprintf("capacity %q is not a whole number", row.Cell("capacity"))
		}
		for _, theme := range row.List("themes") {
			n.Themes = append(n.Themes, strings.ToUpper(theme))
		}
		list = append(list, n)
	}
}
