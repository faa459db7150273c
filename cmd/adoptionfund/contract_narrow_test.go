package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
)

// TestASessionFromAMailIsAStrangersEverywhereElse walks the whole table of routes with a session that was opened from a mail: on every
// page but that of what is signed and its files it gets what somebody gets who has not signed in, and changes nothing.
func TestASessionFromAMailIsAStrangersEverywhereElse(t *testing.T) {
	t.Parallel()
	c := newContract(t, (*contract).inAssessment)
	a := c.panel.Application(ident.Ref(c.values["ref"]))
	at := &actor{name: "from a mail"}
	c.no(c.app.gate.Write(access.With(t.Context(), access.Principal{Name: "anonymous"}), func(tx *work.Tx) error {
		if err := tx.Require(access.SignFromMail, access.Scope{}); err != nil {
			return err
		}
		p, err := people.ByEmail(tx, testkit.SRO)
		if err != nil {
			return err
		}
		in, err := people.BeginNarrow(tx, p, access.Reach{Application: a.ID, Ref: a.Ref}, "test")
		at.token = in.Token
		return err
	}))
	if got := c.send(at, http.MethodGet, "/applications/"+string(a.Ref)+"/sign", nil); got.status != http.StatusOK {
		t.Fatalf("the page of what is signed: %d", got.status)
	}
	before, reached := c.digest(), 0
	for _, row := range c.site.Rows() {
		address := c.address(t, row, nil)
		if row.Narrow && strings.Contains(address, string(a.Ref)) || row.Path == "/sign-out" {
			reached++
			continue
		}
		form := url.Values{"action": {"invite"}, "reason": {"No"}, "name": {"A name"}}
		got, same := c.send(at, row.Method, address, form), c.send(&actor{}, row.Method, address, form)
		if got.status != same.status || got.location != same.location {
			t.Errorf("%s: %d %q, a stranger gets %d %q", row, got.status, got.location, same.status, same.location)
		}
	}
	if reached != 3 {
		t.Errorf("it reaches %d rows", reached)
	}
	if after := c.digest(); after != before {
		t.Errorf("before %s\nafter  %s", before, after)
	}
	if got := c.send(at, http.MethodPost, "/sign-out", url.Values{}); got.status != http.StatusSeeOther {
		t.Errorf("it cannot be ended: %d", got.status)
	}
}
