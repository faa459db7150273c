package retention

import (
	"context"
	"database/sql"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
)

// Overview is what is past its period, what is on hold, and the lists of removal.
type Overview struct {
	Kinds      []KindCount
	Holds      []Hold
	Lists      []List
	Names      map[ident.Person]string
	MayHold    bool
	MayPropose bool
}

// KindCount is a kind with how much of it is past its period.
type KindCount struct {
	KindInfo

	Due    int
	OnHold int // past its period, and kept by a hold
}

// Open is the list that is not finished, or nil.
func (o Overview) Open() *List {
	for i, l := range o.Lists {
		if l.State == Made || l.State == Approved {
			return &o.Lists[i]
		}
	}
	return nil
}

// Overview gives what stands where today.
func (s *Service) Overview(ctx context.Context) (Overview, error) {
	var o Overview
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		o = Overview{}
		if err := tx.Require(access.ViewRetention, access.Scope{}); err != nil {
			return err
		}
		if err := s.count(tx, &o); err != nil {
			return err
		}
		var err error
		if o.Holds, err = allHolds(tx); err != nil {
			return err
		}
		if o.Lists, err = lists(tx); err != nil {
			return err
		}
		if o.MayHold, err = tx.May(access.HoldData, access.Scope{}); err != nil {
			return err
		}
		if o.MayPropose, err = tx.May(access.ProposeRemoval, &List{ID: nobody}); err != nil {
			return err
		}
		tx.Saw("retention")
		return o.name(tx)
	})
	return o, err
}

func (s *Service) count(tx *work.Tx, o *Overview) error {
	find, err := s.search(tx)
	if err != nil {
		return err
	}
	found, err := find.all()
	if err != nil {
		return err
	}
	for _, info := range s.periods.Kinds() {
		k := KindCount{KindInfo: info}
		for _, c := range found {
			switch {
			case c.Kind != info.Kind:
			case c.Held:
				k.OnHold++
			default:
				k.Due++
			}
		}
		o.Kinds = append(o.Kinds, k)
	}
	return nil
}

func (o *Overview) name(tx *work.Tx) error {
	var ids []ident.Person
	for _, h := range o.Holds {
		for _, id := range []*ident.Person{h.SetBy, h.LiftedBy} {
			if id != nil {
				ids = append(ids, *id)
			}
		}
	}
	for _, l := range o.Lists {
		if ids = append(ids, l.MadeBy); l.SettledBy != nil {
			ids = append(ids, *l.SettledBy)
		}
	}
	var err error
	o.Names, err = people.Names(tx, ids...)
	return err
}

// Sheet is a list with what became of each item.
type Sheet struct {
	List

	Content Content
	Lines   []Line
	Kinds   []KindInfo
	Names   map[ident.Person]string
	// MaySettle reports whether the one who asks may approve or refuse it, once they have confirmed that it is they; Barred, that they made it.
	MaySettle, Barred bool
}

// Line is an item with its result, as it is shown.
type Line struct {
	Item

	Result, Why string
	Hidden      bool // an application that the one who asks is recused from, or has a conflict with
}

// Count is how many items have a result.
func (s Sheet) Count(result string) int {
	n := 0
	for _, l := range s.Lines {
		if l.Result == result {
			n++
		}
	}
	return n
}

// Show gives a list.
func (s *Service) Show(ctx context.Context, id string) (Sheet, error) {
	var sheet Sheet
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.ViewRetention, access.Scope{}); err != nil {
			return err
		}
		l, err := listByID(tx, id)
		if err != nil {
			return err
		}
		sheet = Sheet{List: *l, Kinds: s.periods.Kinds()}
		if sheet.Content, err = l.read(); err != nil {
			return err
		}
		if sheet.MaySettle, err = tx.MayConfirmed(access.ApproveRemoval, l); err != nil {
			return err
		}
		sheet.Barred = tx.By.ID == l.MadeBy
		tx.Saw("list of removal", l.ID)
		return sheet.fill(tx)
	})
	return sheet, err
}

func (s *Sheet) fill(tx *work.Tx) error {
	results, err := resultsOf(tx, s.ID)
	if err != nil {
		return err
	}
	barred, err := barredFrom(tx)
	if err != nil {
		return err
	}
	ids := []ident.Person{s.MadeBy}
	if s.SettledBy != nil {
		ids = append(ids, *s.SettledBy)
	}
	byNumber := map[int]Result{}
	for _, r := range results {
		byNumber[r.Number] = r
	}
	for _, it := range s.Content.Items {
		r := byNumber[it.Number]
		line := Line{Item: it, Result: r.Result, Why: r.Why, Hidden: barred[it.Label]}
		if it.Kind == Account {
			ids = append(ids, ident.Person(it.Subject))
		}
		s.Lines = append(s.Lines, line)
	}
	s.Names, err = people.Names(tx, ids...)
	return err
}

// barredFrom are the references of the applications from which the one who asks is barred.
func barredFrom(tx *work.Tx) (map[string]bool, error) {
	barred := map[string]bool{}
	if tx.By.ID == "" {
		return barred, nil
	}
	query := "SELECT DISTINCT a.ref FROM applications a JOIN application_relations r ON r.application_id = a.id WHERE r.person = ? AND r.relation IN ?"
	err := work.Each(tx, "applications that somebody is barred from", query, []any{tx.By.ID, application.Barring()}, func(rows *sql.Rows) error {
		var ref string
		err := rows.Scan(&ref)
		barred[ref] = true
		return err //nolint:wrapcheck // each says what was read
	})
	return barred, err
}

// Placed is a hold with the names of those who placed and lifted it.
type Placed struct {
	Hold

	PlacedBy, LiftedByName string
}

// Hold gives a hold.
func (s *Service) Hold(ctx context.Context, id string) (Placed, error) {
	var p Placed
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.ViewRetention, access.Scope{}); err != nil {
			return err
		}
		h, err := holdByID(tx, id)
		if err != nil {
			return err
		}
		o := Overview{Holds: []Hold{*h}}
		if err := o.name(tx); err != nil {
			return err
		}
		p = Placed{*h, o.Who(h.SetBy), o.Who(h.LiftedBy)}
		tx.Saw("legal hold", h.ID)
		return nil
	})
	return p, err
}

// Who names a person who placed or lifted a hold, or decided on a list.
func (o Overview) Who(id *ident.Person) string {
	if id == nil {
		return "the operator"
	}
	return o.Names[*id]
}

// Waiting gives the list that the one who asks may decide on, or nil.
func (s *Service) Waiting(ctx context.Context) (*List, error) {
	var found *List
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		found = nil
		if may, err := tx.May(access.ViewRetention, access.Scope{}); err != nil || !may {
			return err
		}
		open, _, err := openList(tx)
		if err != nil || open == nil || open.State != Made {
			return err
		}
		may, err := tx.MayConfirmed(access.ApproveRemoval, open)
		if may {
			found = open
		}
		return err
	})
	return found, err
}
