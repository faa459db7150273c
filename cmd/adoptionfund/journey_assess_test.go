package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"adoptionfund/internal/access"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/position"
	"adoptionfund/internal/product"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/testkit/chromium"
)

// named is a product of a submitted application whose supplier has sent an example as its return; with what the example decides.
func (p *path) named(w *testkit.World) (ident.Product, status.Return) {
	p.t.Helper()
	w.Submitted("Remote monitoring after surgery")
	w.Closed()
	no := func(err error) {
		p.t.Helper()
		if err != nil {
			p.t.Fatal(err)
		}
	}
	w.Person("safety", "dtac_assessor", access.Scope{})
	w.Person("security", "dtac_assessor", access.Scope{})
	supplier := w.Person("supplier", "", access.Scope{})
	entries, err := p.app.positions.Register(w.As("safety"), position.Query{})
	no(err)
	e := entries[0]
	id, err := p.app.products.Claim(w.As("supplier"), product.Named{Name: e.Name, Supplier: e.Supplier, Version: e.Version})
	no(err)
	no(p.app.products.ConfirmClaim(w.As("one"), id, supplier.ID))
	data, err := os.ReadFile("../../internal/dtac/status/testdata/v2-on-the-way.yaml")
	no(err)
	data = []byte(strings.Replace(string(data), "version: '2.1'", "version: '"+e.Version+"'", 1))
	f, err := p.app.library.Form("dtac-v2")
	no(err)
	r, err := status.ParseReturn(f, "return.yaml", data)
	no(err)
	no(p.app.products.UploadReturn(w.As("supplier"), id, "dtac-v2", "return.yaml", data))
	no(p.app.products.Submit(w.As("supplier"), id, "dtac-v2"))
	return id, r
}

// decide fills in what an example decides of a section, and saves it.
func decide(at *chromium.Person, r status.Return, section string) {
	for _, a := range r.Assessments {
		code := string(a.Question)
		if !strings.HasPrefix(code, section+".") {
			continue
		}
		at.Type(map[string]string{code: string(a.Result), code + "-reason": a.Reason})
		if a.Result == status.DecidedActionNeeded {
			at.Type(map[string]string{code + "-what": a.Action.What, code + "-owner": a.Action.Owner, code + "-due": string(a.Action.Due)})
		}
	}
	at.Press("Save decisions on " + section).Not("There is a problem").Sees("Decisions saved")
}

// Two specialists share a return by section: one takes clinical safety, the other security; they hand a section over, meet on a question, and
// one records the position. The page, the summary and the command agree.
//
//nolint:paralleltest // the browser is one, and each path is long
func TestTwoSpecialistsAssessAReturn(t *testing.T) {
	b := chromium.Start(t, modules)
	for name, how := range ways() {
		t.Run(name, func(t *testing.T) {
			p := newPath(t, b, how)
			w := p.around()
			id, r := p.named(w)
			page := "/dtac/products/" + string(id)
			safety, security := p.visitor(w, "safety"), p.visitor(w, "security")
			safety.Go("/dtac").Sees("DTAC register", "Provisional status").Go(page).Sees("Nobody has this section")
			safety.Press("Take section C1").Sees("You have this section since")
			security.Go(page).Sees("Only they decide in it").Press("Take section C3").Sees("You have the section")
			decide(safety, r, "C1")
			decide(security, r, "C3")
			security.Go("/dtac?view=mine").Sees("C1 Safety Invented, C3 Security Invented")
			decide(safety.Go(page), r, "C2")
			p.meet(safety, security, page)
			decide(security.Go(page), r, "C4")
			security.Press("Record the position").Sees("Position recorded: On the way", "This is not a certificate")
			security.Press("Summary to print").Sees("as reviewed on", "Kept with the security evidence")
			safety.Go(page + "/recognised").Sees("Rely on the assessment of another NHS body").Press("Record it").Sees("There is a problem")
			p.agrees(w, id)
		})
	}
}

// meet has both change one decision at once: the second sees both.
func (p *path) meet(first, second *chromium.Person, page string) {
	p.t.Helper()
	second.Go(page)
	first.Go(page).Type(map[string]string{"C2.2.2": "fail", "C2.2.2-reason": "Two topics are missing"}).Press("Save decisions on C2").Sees("Decisions saved")
	second.Type(map[string]string{"C2.2.2": "pass", "C2.2.2-reason": "All twelve topics are there"}).Press("Save decisions on C2")
	second.Sees("Decided meanwhile by Safety Invented", "Two topics are missing").Press("Save decisions on C2").Sees("Decisions saved", "Decided by Security Invented")
}

// agrees compares what the page computes with what the command makes of the file that the page exports.
func (p *path) agrees(w *testkit.World, id ident.Product) {
	p.t.Helper()
	out, err := p.app.positions.Export(w.As("safety"), id, "")
	if err != nil {
		p.t.Fatal(err)
	}
	desk, err := p.app.positions.Open(w.As("safety"), id, "")
	if err != nil {
		p.t.Fatal(err)
	}
	file := filepath.Join(p.t.TempDir(), out.Name)
	if err := os.WriteFile(file, out.Data, 0o600); err != nil {
		p.t.Fatal(err)
	}
	var said, complained bytes.Buffer
	if code := run(p.t.Context(), []string{"dtac", "status", "--form", "dtac-v2", "--return", file, "--on", desk.Result.On, "--json"}, nil, &said, &complained); code != exitDone {
		p.t.Fatalf("exit %d: %s", code, &complained)
	}
	want, err := json.Marshal(desk.Result)
	if err != nil {
		p.t.Fatal(err)
	}
	var command, shown any
	if json.Unmarshal(said.Bytes(), &command) != nil || json.Unmarshal(want, &shown) != nil {
		p.t.Fatalf("not JSON: %s", &said)
	}
	if d := cmp.Diff(shown, command); d != "" {
		p.t.Errorf("the page and the command differ:\n%s", d)
	}
}
