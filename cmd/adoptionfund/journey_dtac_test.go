package main

import (
	"os"
	"testing"

	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/product"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/testkit/chromium"
)

// A supplier brings the published DTAC form as they filled it in, looks at what was read, takes it, and sends the return: at a desk, and
// on a phone without JavaScript.
//
//nolint:paralleltest // the browser is one
func TestAFilledInDTACFormIsReadConfirmedAndSent(t *testing.T) {
	b := chromium.Start(t, modules)
	for name, how := range map[string]chromium.How{"desk": {JavaScript: true, Width: 1200}, "phone without JavaScript": {Width: 390}} {
		t.Run(name, func(t *testing.T) {
			p := newPath(t, b, how)
			p.prepare()
			page := p.claimed("supplier@maker.example")
			at := p.person("supplier@maker.example")
			at.Go(page).Bring("document", "our DTAC form.docx", p.document()).Press("Read the answers")
			at.Sees("Answers found in your file", "our DTAC form.docx was read", "Where it was found", "Nothing is taken yet").Not("There is a problem")
			at.Press("Take the answers that are ticked").Sees("answers are taken from the file")
			at.Press("Send the return").Sees("The return is sent", "Provisional status")
		})
	}
}

// claimed has the supplier claim a product, and the fund confirm it; it gives the page of the return.
func (p *path) claimed(email string) string {
	p.t.Helper()
	id, err := p.app.products.Claim(p.as(email), product.Named{Name: "CardioWatch", Supplier: "Example Ltd", Version: "2.1"})
	if err != nil {
		p.t.Fatal(err)
	}
	who, err := p.app.people.As(p.t.Context(), email)
	if err == nil {
		err = p.app.products.ConfirmClaim(p.as("admin@fund.example"), id, who.ID)
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return "/supplier/products/" + string(id)
}

// document is the published form, filled in with a whole return.
func (p *path) document() []byte {
	p.t.Helper()
	const example = "../../internal/dtac/status/testdata/v2-compliant.yaml"
	f, err := p.app.library.Form("dtac-v2")
	if err != nil {
		p.t.Fatal(err)
	}
	text, err := os.ReadFile(example)
	if err != nil {
		p.t.Fatal(err)
	}
	r, err := status.ParseReturn(f, example, text)
	if err != nil {
		p.t.Fatal(err)
	}
	return testkit.FilledForm(p.t, f, r.Answers)
}
