package position_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/position"
	"adoptionfund/internal/product"
	"adoptionfund/internal/testkit/dtackit"
	"adoptionfund/internal/workflow"
)

// many fills the register with products that have returns and positions; every five are named by an application of their own.
func many(tb testing.TB, w *dtackit.World, n int) {
	tb.Helper()
	app := w.Application("CAR", "Example")
	id, r, _ := w.Sent("Example", "v2-compliant")
	p, err := w.Positions.AssessAndRecord(w.As("dtac", "dtac_assessor"), id, "", r.Assessments)
	w.Must(err)
	w.Exec("UPDATE applications SET state = ? WHERE id = ?", workflow.ProposedFund, app)
	var like product.Return
	w.Must(w.DB.Read.Where("product_id = ?", id).Take(&like).Error)
	var standing product.Standing
	w.Must(w.DB.Read.Where("product_id = ?", id).Take(&standing).Error)
	for from := 0; from < n; from += 250 {
		apps := applications(w, app, from, 50)
		var products []product.Product
		var returns []product.Return
		var standings []product.Standing
		var links []string
		for i := from; i < min(from+250, n); i++ {
			id := ident.New[ident.Product]()
			name := fmt.Sprintf("Invented product %05d", (i*7919)%n)
			products = append(products, product.Product{
				ID: id, Name: name, Supplier: fmt.Sprintf("Invented supplier %d Ltd", i%300), Version: "1.0", Identity: name, CreatedBy: "test", CreatedAt: w.Clock.Now(), Revision: 1,
			})
			ret := like
			ret.ID, ret.ProductID = ident.New[ident.Return](), id
			returns = append(returns, ret)
			st := standing
			st.ProductID = id
			if i%3 == 0 {
				st.PositionID, st.Status, st.ReviewedOn, st.PersonName, st.Expires = nil, "", "", "", ""
			} else {
				st.PositionID, st.Expires = &p.ID, form.Date("2026-11-23").AddDays(i%400-30)
			}
			st.Stale = i%50 == 0
			standings = append(standings, st)
			links = append(links, fmt.Sprintf("('%s', '%s', '%s', '%s', false, true)", apps[(i-from)/5], id, w.Round, w.Calls["CAR"]))
		}
		w.Must(w.DB.Write.Create(&products).Error)
		w.Must(w.DB.Write.Create(&returns).Error)
		w.Must(w.DB.Write.Create(&standings).Error)
		w.Exec("INSERT INTO application_products (application_id, product_id, round_id, call_id, chosen, relies) VALUES " + strings.Join(links, ", "))
	}
	w.Exec("ANALYZE")
}

// applications makes so many like one.
func applications(w *dtackit.World, like ident.Application, from, n int) []ident.Application {
	ids := make([]ident.Application, n)
	for i := range ids {
		ids[i] = ident.New[ident.Application]()
		w.Exec(`INSERT INTO applications (id, ref, round_id, call_id, theme, title, lead, lead_name, lead_kind, region, ics, recipient, requested, minimum,
			state, state_at, main_contact, created_at, version) SELECT CAST(? AS `+w.UUID()+`), ?, round_id, call_id, theme, title, lead, lead_name, lead_kind, region, ics, recipient,
			requested, minimum, state, state_at, main_contact, created_at, version FROM applications WHERE id = ?`, ids[i], fmt.Sprintf("AF26-%06d", 1000+from+i), like)
	}
	return ids
}

// A page of the register with 10,000 products.
func BenchmarkRegister(b *testing.B) {
	w := dtackit.New(b)
	many(b, w, 10_000)
	dtac := w.As("dtac", "dtac_assessor")
	for name, q := range map[string]position.Query{
		"first": {}, "search": {Search: "product 0777"}, "owed": {View: "owed"}, "ending": {View: "ending", Sort: "ends"}, "stale": {View: "stale"},
		"not assessed": {Status: status.NotAssessed, Sort: "reviewed"},
	} {
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				began := time.Now()
				entries, err := w.Positions.Register(dtac, q)
				if err != nil || len(entries) == 0 {
					b.Fatal(len(entries), err)
				}
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
		})
	}
}
