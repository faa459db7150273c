package position_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/form"
	"adoptionfund/internal/position"
	"adoptionfund/internal/testkit/dtackit"
)

// difference tells results apart but for what only the evaluation itself uses.
func difference(a, b status.Result) string { return cmp.Diff(a, b) }

func TestAVersion1AssessmentCarriesOverWhereTheSameWasAskedAndStillHolds(t *testing.T) {
	t.Parallel()
	w := dtackit.New(t)
	w.Application("CAR", "Alpha")
	id, _, _ := w.Sent("Alpha", "v2-compliant")
	data, err := os.ReadFile(filepath.Join("..", "dtac", "status", "testdata", "v1-compliant.yaml"))
	w.Must(err)
	f, err := w.Library.Form("dtac-v1")
	w.Must(err)
	r, err := status.ParseReturn(f, "v1.yaml", data)
	w.Must(err)
	version := "version: '" + r.Product.Version + "'"
	data = []byte(strings.Replace(string(data), version, "version: '2.1'", 1))
	supplier, dtac := w.As("supplier", "supplier"), w.As("dtac", "dtac_assessor")
	w.Must(w.Products.UploadReturn(supplier, id, "dtac-v1", "v1.yaml", data))
	w.Must(w.Products.Submit(supplier, id, "dtac-v1"))
	desk, err := w.Positions.Open(dtac, id, "dtac-v2")
	w.Must(err)
	if len(desk.Carried)+len(desk.Again) != 0 {
		t.Errorf("nothing was assessed on version 1, and %d carry, %d are asked again", len(desk.Carried), len(desk.Again))
	}
	w.Must(w.Positions.Assess(dtac, id, "dtac-v1", r.Assessments))
	desk, err = w.Positions.Open(dtac, id, "dtac-v2")
	w.Must(err)
	if desk.Carried["C1.2.5"].Result != status.DecidedPass || desk.Carried["C1.2.5"].Form != "dtac-v1" {
		t.Errorf("the safety officer does not carry: %+v; again: %+v", desk.Carried, desk.Again)
	}
	if _, there := desk.Carried["C3.4"]; there || !strings.Contains(reasonsOf(desk.Again), "C3.4: The code of practice is asked for") {
		t.Errorf("a question that asks for something else carries; again: %s", reasonsOf(desk.Again))
	}
	before := len(desk.Carried)
	w.Must(w.Positions.Decide(dtac, id, "dtac-v2", position.Deciding{
		Decided: []status.Assessment{desk.Carried["C1.2.5"].Assessment}, Carried: map[form.Code]string{"C1.2.5": "dtac-v1"}, Seen: map[form.Code]int{"C1.2.5": 0},
	}))
	w.Must(w.Positions.Assess(dtac, id, "dtac-v1", []status.Assessment{{Question: "C3.5", Result: status.DecidedFail, Reason: "No logs"}}))
	desk, err = w.Positions.Open(dtac, id, "dtac-v2")
	w.Must(err)
	if a := desk.Assessments["C1.2.5"]; a.Carried != "dtac-v1" || len(desk.Carried) != before-2 {
		t.Errorf("%+v; %d carry, %d before", a, len(desk.Carried), before)
	}
	if !strings.Contains(reasonsOf(desk.Again), "C3.6: C3.5 of dtac-v1 stands at “Fail” today") {
		t.Errorf("again: %s", reasonsOf(desk.Again))
	}
}

func reasonsOf(list []position.Again) string {
	var b strings.Builder
	for _, a := range list {
		b.WriteString(string(a.Question) + ": " + a.Because + "\n")
	}
	return b.String()
}
