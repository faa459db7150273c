package applicant_test

import (
	"net/url"
	"testing"

	"adoptionfund/internal/testkit"
)

// TestAnOrganisationIsFoundByItsNameWithoutScripts: one that fits alone is taken; of several that fit, one is chosen.
func TestAnOrganisationIsFoundByItsNameWithoutScripts(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.Draft("A title")
	b := s.SignedIn(testkit.Applicant)
	path := "/applications/AF26-0001/sections/organisations"
	save := func(typed url.Values) {
		t.Helper()
		typed.Set("version", version(t, b.Get(path)))
		typed.Set("action", "save")
		b.Post(path, typed)
	}
	save(url.Values{"OR1": {"invented coast"}})
	want(t, b.Get(path), 200, `value="RX2"`, "Invented Coast NHS Foundation Trust (RX2)")
	save(url.Values{"OR1": {"Invented University Hospitals NHS Trust"}})
	want(t, b.Get(path), 200, `value="RX1"`)

	refused := b.Post(path, url.Values{"version": {version(t, b.Get(path))}, "OR1": {"invented"}, "action": {"save"}})
	want(t, refused, 422, `href="#OR1"`, "must be an organisation from the list", "Which of these is “invented”?", `value="RX2"`, "Invented Coast NHS Foundation Trust (RX2)")
	save(url.Values{"OR1": {"RX2", "invented"}}) // the choice stands before the field
	want(t, b.Get(path), 200, "Now: Invented Coast NHS Foundation Trust (RX2)")

	want(t, b.Post(path, url.Values{"version": {version(t, b.Get(path))}, "OR1": {"inve"}, "action": {"save"}}), 422, "Which of these is", `value="RX2"`)

	refused = b.Post(path, url.Values{"version": {version(t, b.Get(path))}, "OR1": {"No such trust at all"}, "action": {"save"}})
	want(t, refused, 422, "No such trust at all", "must be an organisation from the list")
}
