package application_test

import (
	"io"
	"slices"
	"strings"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/product"
	"adoptionfund/internal/testkit/clamd"
)

// The scan goes by bytes: it finds those of DTAC returns as those of applications.
func TestEvidenceOfAReturnIsHeldBackUntilItIsFoundCleanAndAVirusTakesItAway(t *testing.T) {
	t.Parallel()
	const maker = "maker@maker.example"
	w := scanning(t, clamd.Start(t).URL)
	products := product.NewService(w.Gate, w.Library, w.Files)
	w.Person("manager", "administrator", access.Scope{})
	who := w.Person(maker, "", access.Scope{})
	id, err := products.Claim(w.As(maker), product.Named{Name: "CardioWatch", Supplier: "Example Ltd", Version: "2.1"})
	must(t, err)
	must(t, products.ConfirmClaim(w.As("manager"), id, who.ID))
	for name, content := range map[string]io.Reader{"good.pdf": pdf("good"), "bad.pdf": io.MultiReader(pdf("x"), strings.NewReader(clamd.Eicar()))} {
		must(t, products.AttachEvidence(w.As(maker), id, "", status.Evidence{Question: "C2.2.2", Kind: "dpia", ProductVersion: "2.1"}, product.Attachment{Name: name, Content: content}))
	}
	stored := map[string]ident.File{}
	sp, err := products.Show(w.As(maker), id, "", "")
	must(t, err)
	for _, e := range sp.Return.Body.Evidence {
		stored[e.File] = e.Stored
		_, _, err := products.Download(w.As(maker), id, e.Stored)
		w.Want(err, fault.Conflict)
	}
	runJobs(t, w)
	runJobs(t, w)
	file, content, err := products.Download(w.As(maker), id, stored["good.pdf"])
	must(t, err)
	must(t, content.Close())
	if file.Found != "" {
		t.Errorf("%+v", file)
	}
	_, _, err = products.Download(w.As(maker), id, stored["bad.pdf"])
	w.Want(err, fault.Conflict)
	told := slices.DeleteFunc(w.Mails(maker), func(m notify.Mail) bool { return m.Kind != "evidence_infected" })
	if len(told) != 1 || !strings.Contains(told[0].Body, "bad.pdf") || strings.Contains(told[0].Body, "good.pdf") {
		t.Errorf("%+v", told)
	}
	w.Unbroken()
}
