package main

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/site/htmlcheck"
	"adoptionfund/internal/site/route"
)

// TestTheRoutesKeepTheirContract asks for every row of the route table as everybody who could: what the policy grants nowhere is
// refused before anything happens, what is not there is not found, and nothing that anybody sends is a mistake of ours.
//
//nolint:paralleltest // the steps share one world, in this order
func TestTheRoutesKeepTheirContract(t *testing.T) {
	t.Parallel()
	c := newContract(t, (*contract).inAssessment).everyRole()
	t.Run("an action that the policy knows stands behind every row", c.rowsAndPolicyAgree)
	t.Run("nobody who has not signed in gets past the sign-in page", c.strangersSignIn)
	t.Run("no other site can send a form", c.crossOriginIsRefused)
	t.Run("a role without the action is refused and told what it needs", c.theUnentitledAreRefused)
	t.Run("everybody comes to a page of theirs after signing in", c.everyRoleComesHome)
	t.Run("pages", func(t *testing.T) {
		for _, at := range c.actors {
			t.Run(at.name, func(t *testing.T) {
				t.Parallel()
				c.pagesOf(t, at)
				c.unknownAddresses(t, at)
			})
		}
	})
	t.Run("a script learns no more than a page says", c.scriptsLearnNothing)
	t.Run("a form with values that no browser sends never breaks", c.hostileForms)
	t.Run("an empty form is answered and never breaks", c.emptyForms)
}

// TestThePagesAfterTheDecisions asks for every page when the applications are decided, released and awarded.
//
//nolint:paralleltest // the steps share one world, in this order
func TestThePagesAfterTheDecisions(t *testing.T) {
	t.Parallel()
	c := newContract(t, (*contract).awarded).everyRole()
	t.Run("pages", func(t *testing.T) {
		for _, at := range c.actors {
			t.Run(at.name, func(t *testing.T) {
				t.Parallel()
				c.pagesOf(t, at)
			})
		}
	})
	for _, row := range c.site.Rows() {
		elsewhere := []string{ // they need a form, a link, an invitation, a file, a choice made before; or lead on
			"/screening/batch", "/screening/results/{batch}",
			// they need a return that was sent, or one that is still filled in for its supplier
			"/dtac/products/{product}/summary", "/dtac/products/{product}/summary.pdf", "/dtac/products/{product}/return.yaml",
			"/supplier/products/{product}/filled-in/{filled}", "/filling-in/{product}/uploads/{form}", "/filling-in/{product}/uploads/{form}/{upload}", "/filling-in/{product}/import",
			"/briefing/{call}", "/account/data/file", "/held", "/invitation", "/mail/stop", "/sign", "/sign/code", "/applications/{ref}/invitation", "/panel/{call}/ranking/computing", "/panel/{call}/allocation/computing", "/panel/{call}/allocation/compare", "/reviews/{ref}/files/{file}",
		}
		if _, shown := c.shown.Load(row.Path); row.Method == http.MethodGet && !shown && !slices.Contains(elsewhere, row.Path) {
			t.Errorf("%s is shown to nobody", row)
		}
	}
	t.Run("a form with values that no browser sends never breaks", c.hostileForms)
	t.Run("an empty form is answered and never breaks", c.emptyForms)
}

// TestAConflictedReviewerSeesNothing asks for every page as a reviewer with a conflict: the application is nowhere.
func TestAConflictedReviewerSeesNothing(t *testing.T) {
	t.Parallel()
	c := newContract(t, (*contract).inAssessment)
	at := c.actors[slices.IndexFunc(c.actors, func(a *actor) bool { return a.name == conflicted })]
	for _, row := range c.site.Rows() {
		if row.Method != http.MethodGet {
			continue
		}
		got := c.send(at, http.MethodGet, c.address(t, row, nil), nil)
		own := row.Public || row.Action == access.ViewOwnInterests || row.Path == "/reviews"
		if got.status == http.StatusOK && !own && (strings.Contains(got.body, string(c.barred.Ref)) || strings.Contains(got.body, c.barred.Title)) {
			t.Errorf("%s shows %s to its conflicted reviewer", row, c.barred.Ref)
		}
		if strings.Contains(row.Path, "{ref}") && c.app.policy.MayAnywhere(at.who, row.Action) {
			if got := c.send(at, http.MethodGet, c.address(t, row, map[string]string{"ref": string(c.barred.Ref)}), nil); got.status != http.StatusNotFound {
				t.Errorf("%s: %d to the conflicted reviewer of %s, not 404\n%.3000s", row, got.status, c.barred.Ref, got.body)
			}
		}
	}
}

func (c *contract) rowsAndPolicyAgree(t *testing.T) {
	for _, row := range c.site.Rows() {
		if public := c.app.policy.MayAnywhere(access.Principal{}, row.Action); public != row.Public {
			t.Errorf("%s: public is %t, the policy says %t", row, row.Public, public)
		}
		granted := func(role access.RoleInfo) bool {
			who := access.Principal{Kind: access.Person, ID: "somebody", Grants: []access.Grant{{Role: role.Name}}}
			return c.app.policy.MayAnywhere(who, row.Action)
		}
		if !row.Public && !slices.ContainsFunc(c.app.policy.Roles(), granted) {
			t.Errorf("%s: the policy has no rule for %s", row, row.Action)
		}
	}
}

func (c *contract) strangersSignIn(t *testing.T) {
	before := c.digest()
	for _, row := range c.site.Rows() {
		if row.Public {
			continue
		}
		got := c.send(&actor{}, row.Method, c.address(t, row, nil), url.Values{"title": {"Sent without a session"}})
		if path, _, _ := strings.Cut(got.location, "?"); got.status != http.StatusSeeOther || path != "/sign-in" {
			t.Errorf("%s: %d to %q", row, got.status, got.location)
		}
	}
	if after := c.digest(); before != after {
		t.Errorf("before %s\nafter  %s", before, after)
	}
}

func (c *contract) crossOriginIsRefused(t *testing.T) {
	before := c.digest()
	for _, row := range c.site.Rows() {
		if row.Method != http.MethodPost {
			continue
		}
		for _, at := range append(c.actors[:2:2], &actor{name: "nobody"}) {
			got := c.send(at, row.Method, c.address(t, row, nil), url.Values{}, "Sec-Fetch-Site", "cross-site", "Origin", "https://elsewhere.example")
			if got.status != http.StatusForbidden {
				t.Errorf("%s as %s: %d", row, at.name, got.status)
			}
		}
	}
	if after := c.digest(); before != after {
		t.Errorf("before %s\nafter  %s", before, after)
	}
}

func (c *contract) theUnentitledAreRefused(t *testing.T) {
	for _, at := range c.actors {
		before := c.digest()
		for _, row := range c.site.Rows() {
			if c.app.policy.MayAnywhere(at.who, row.Action) {
				continue
			}
			got := c.send(at, row.Method, c.address(t, row, nil), url.Values{})
			if got.status != http.StatusForbidden || !strings.Contains(got.body, "you need one of these roles") && !strings.Contains(got.body, "Nobody may") {
				t.Errorf("%s as %s: %d\n%.2000s", row, at.name, got.status, got.body)
			}
			checkPage(t, row, at, got)
		}
		if after := c.digest(); before != after {
			t.Errorf("%s changed something:\nbefore %s\nafter  %s", at.name, before, after)
		}
	}
}

// everyRoleComesHome asks for the page to which each role comes after signing in.
func (c *contract) everyRoleComesHome(t *testing.T) {
	for _, at := range c.actors {
		for _, g := range at.who.Grants {
			role, _ := c.app.policy.Role(g.Role)
			if got := c.send(at, http.MethodGet, role.Home, nil); got.status != http.StatusOK {
				t.Errorf("%s comes to %s after signing in: %d", at.name, role.Home, got.status)
			}
		}
	}
}

// pagesOf asks for every page that somebody may see somewhere.
func (c *contract) pagesOf(t *testing.T, at *actor) {
	t.Helper()
	for _, row := range c.site.Rows() {
		if row.Method != http.MethodGet || !c.app.policy.MayAnywhere(at.who, row.Action) {
			continue
		}
		address := c.address(t, row, nil)
		got := c.send(at, row.Method, address, nil)
		if got.status == http.StatusOK {
			c.shown.Store(row.Path, true)
		}
		// It says that the outcome is not released, or that a return is filled in for its supplier while the application is under way.
		early := slices.Contains([]access.Action{access.ViewOutcome, access.AnswerReturn}, row.Action) && !at.outside && got.status == http.StatusForbidden
		if !early && !slices.Contains([]int{http.StatusOK, http.StatusSeeOther, http.StatusNotFound}, got.status) {
			t.Errorf("GET %s as %s: %d\n%.3000s", address, at.name, got.status, got.body)
		}
		if at.outside && strings.Contains(row.Path, "{ref}") && got.status != http.StatusNotFound {
			t.Errorf("GET %s as %s: %d for somebody else's application", address, at.name, got.status)
		}
		checkPage(t, row, at, got)
	}
}

// unknownAddresses asks for what is not there, one wrong part at a time, of pages that are there for somebody.
func (c *contract) unknownAddresses(t *testing.T, at *actor) {
	t.Helper()
	for _, row := range c.site.Rows() {
		if !c.app.policy.MayAnywhere(at.who, row.Action) {
			continue
		}
		for _, parameter := range pathParameter.FindAllStringSubmatch(row.Path, -1) {
			for _, value := range unknown(parameter[1]) {
				address := c.address(t, row, map[string]string{parameter[1]: value})
				got := c.send(at, row.Method, address, url.Values{})
				for hops := 0; hops < 3 && got.location != "" && row.Method == http.MethodGet; hops++ { // to the way in which we would write it, or to where it stands now
					got = c.send(at, row.Method, got.location, nil)
				}
				if got.status != http.StatusNotFound {
					t.Errorf("%s %s as %s: %d, not 404\n%.3000s", row.Method, address, at.name, got.status, got.body)
				}
				checkPage(t, row, at, got)
			}
		}
	}
}

// emptyForms sends every form without a field; those that end a session come last.
func (c *contract) emptyForms(t *testing.T) {
	rows := slices.DeleteFunc(c.site.Rows(), func(r route.Row) bool { return r.Method != http.MethodPost })
	ends := func(r route.Row) int {
		return strings.Count(r.Path, "/account/sessions") + 2*strings.Count(r.Path, "/sign-out")
	}
	slices.SortStableFunc(rows, func(a, b route.Row) int { return ends(a) - ends(b) })
	fine := []int{http.StatusSeeOther, http.StatusUnprocessableEntity, http.StatusNotFound, http.StatusForbidden, http.StatusConflict}
	for _, at := range c.actors {
		for _, row := range rows {
			if !c.app.policy.MayAnywhere(at.who, row.Action) {
				continue
			}
			address := c.address(t, row, nil)
			got := c.send(at, row.Method, address, url.Values{})
			if signedOut := strings.HasPrefix(got.location, "/sign-in") && ends(row) == 0 && !row.Public; signedOut || !slices.Contains(fine, got.status) {
				t.Errorf("POST %s as %s: %d to %q\n%.3000s", address, at.name, got.status, got.location, got.body)
			}
			if at.outside && strings.Contains(row.Path, "{ref}") && got.status != http.StatusNotFound {
				t.Errorf("POST %s as %s: %d for somebody else's application", address, at.name, got.status)
			}
			checkPage(t, row, at, got)
		}
	}
}

// checkPage fails the test for a page that keeps people with assistive technology out, and for a mistake of ours.
func checkPage(t *testing.T, row route.Row, at *actor, got reply) {
	t.Helper()
	if got.status >= http.StatusInternalServerError {
		t.Errorf("%s as %s: %d", row, at.name, got.status)
	}
	if !got.html {
		return
	}
	for _, problem := range htmlcheck.CheckPage(got.body) {
		t.Errorf("%s as %s: %s", row, at.name, problem)
	}
}
