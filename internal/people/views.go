package people

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// View is how somebody likes to see a list: what it is filtered and sorted by, under a name.
type View struct {
	ID     string
	Person ident.Person
	List   string // of which list, by its path
	Name   string
	Query  string // url.Values, sorted
	KeptAt time.Time
}

// TableName is the table of views.
func (View) TableName() string { return "saved_views" }

// Address leads to the list as the view shows it.
func (v View) Address() string { return v.List + "?" + v.Query }

const (
	mostViews = 20
	viewName  = 60
)

// Views gives the views of a list that the one who is signed in keeps, by name.
func (s *Service) Views(ctx context.Context, list string) ([]View, error) {
	var views []View
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		views, err = viewsOf(tx, list)
		return err
	})
	return views, err
}

// KeepView keeps a view of a list under a name; one of that name is replaced.
func (s *Service) KeepView(ctx context.Context, list, name string, query url.Values) error {
	name = strings.TrimSpace(name)
	if name == "" || len([]rune(name)) > viewName {
		return fault.Fields(fault.Problems{"name": fmt.Sprintf("Enter a name for this view, in %d characters or fewer", viewName)})
	}
	text := query.Encode()
	if len(text) > 2000 {
		return fault.New(fault.Invalid, "This view is too long to keep")
	}
	return s.gate.Keep(ctx, func(tx *work.Tx) error {
		kept, err := viewsOf(tx, list)
		if err != nil {
			return err
		}
		if len(kept) >= mostViews {
			return fault.Fields(fault.Problems{"name": fmt.Sprintf("You keep %d views of this list already. Remove one first", mostViews)})
		}
		return keepView(tx, View{ID: ident.New[string](), Person: tx.By.ID, List: list, Name: name, Query: text, KeptAt: tx.Now})
	})
}

// DropView removes one of the views of the one who is signed in; one that is not there is no fault.
func (s *Service) DropView(ctx context.Context, id string) error {
	if _, err := ident.Parse[string](id); err != nil {
		return work.NotFound("view")
	}
	return s.gate.Keep(ctx, func(tx *work.Tx) error {
		return dropView(tx, id)
	})
}
