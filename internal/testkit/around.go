package testkit

import (
	"strings"
	"testing"
)

// Around makes a world of services that are wired already, such as those of the whole program, on an empty database. Its
// organisations are imported.
func Around(tb testing.TB, w World) *World {
	tb.Helper()
	w.tb = tb
	_, err := w.People.ImportOrganisations(w.Operator(), strings.NewReader(organisations))
	w.no(err)
	return &w
}
