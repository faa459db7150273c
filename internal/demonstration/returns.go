package demonstration

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/product"
)

const questionSet = "dtac-v2"

// returnOf writes an invented DTAC return: complete, or with something on the way, or without what cannot be put off.
func returnOf(p project, grade string, today, ends time.Time) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("product: {name: %q, version: \"2.1\", supplier: %q}", p.Product, p.Supplier)
	line("answers:")
	for _, a := range [][2]string{
		{"A1", p.Supplier}, {"A2", p.Product}, {"A3", "2.1"}, {"A4", "saas"}, {"A5", "Head of assurance (invented)"}, {"A6", "assurance@supplier.example"},
		{"A7", "020 7946 0000"}, {"A8", "1 Invented Street, London"}, {"A9", "00000000"}, {"A11", "not_applicable"}, {"B2", p.Purpose}, {"B3", "Fewer lost appointments and visits, with evaluation in use (invented)"},
		{"B4", "provided"}, {"C1.1.1", "no"}, {"C1.2", "yes"}, {"C1.2.2", "yes"}, {"C1.2.3", "provided"}, {"C1.2.4", "provided"}, {"C1.2.5", "Dr Invented Officer, registration invented"},
		{"C2.1", "confirmed"}, {"C2.2", "yes"}, {"C2.2.1", "provided"}, {"C2.2.2", "provided"}, {"C2.2.3", "provided"}, {"C2.2.4", "provided"}, {"C2.2.5", "uk_only"},
		{"C3.1", "provided"}, {"C3.2", "no"}, {"C3.3", "provided"}, {"C3.4", "confirmed"}, {"C3.5", "yes"}, {"C3.5.1", "yes"}, {"C3.6", "yes"},
		{"C4.1", "yes"}, {"C4.1.1", "FHIR R4 (invented)"}, {"C4.1.2", "confirm"}, {"C4.2", "yes"}, {"C4.2.1", "yes"}, {"C4.2.2", "yes"}, {"C4.2.4", "yes"},
		{"D1.1", "provided"}, {"D1.2", "yes"}, {"D1.3", "confirm"}, {"D1.4", "yes"}, {"D1.4.1", "yes"}, {"D1.4.3", "https://supplier.example/accessibility"}, {"D1.5", "99.9"},
	} {
		if grade == "poor" && a[0] == "C1.2.5" {
			continue
		}
		line("  %s: %q", a[0], a[1])
	}
	line("  B1: [patient_care_or_support]")
	line("evidence:")
	day := func(months int) string { return today.AddDate(0, months, 0).Format(time.DateOnly) }
	evidence := []struct{ question, kind, fields string }{
		{"B4", "data_flow_diagram", ""}, {"C1.2.3", "clinical_risk_management_system", ""}, {"C1.2.4", "clinical_safety_case_report", ""}, {"C1.2.4", "hazard_log", ""},
		{"C2.2.1", "ico_registration", "registration_expiry_date: " + quoted(ends.Format(time.DateOnly))}, {"C2.2.2", "dpia", ""}, {"C2.2.3", "privacy_notice", ""}, {"C2.2.4", "terms_and_conditions", ""},
		{"C3.1", "cyber_essentials_certificate", "certificate_issue_date: " + quoted(day(-4))}, {"C3.3", "penetration_test_summary", "test_date: " + quoted(day(-3))}, {"D1.1", "user_journey_map", ""},
	}
	for _, e := range evidence {
		if grade == "on_the_way" && e.question == "C1.2.3" {
			continue
		}
		line("  - {question: %s, kind: %s, file: %s.pdf, product_version: \"2.1\", fields: {%s}}", e.question, e.kind, e.kind, e.fields)
	}
	if grade == "on_the_way" {
		line("plan:\n  - {question: C1.2.3, what: the clinical risk management system is approved by the board, owner: clinical safety officer, due: %s}", quoted(day(3)))
	}
	if grade == "poor" {
		line("plan:\n  - {question: C1.2.5, what: a clinical safety officer is appointed, owner: managing director, due: %s}", quoted(day(6)))
	}
	return b.String()
}

func quoted(s string) string { return `"` + s + `"` }

// supplierOf is the address of the person who acts for a supplier.
func supplierOf(name string) string {
	if name == "Invented Remote Care Ltd" {
		return "supplier@demo.example"
	}
	words := strings.Fields(strings.ToLower(name))
	return "assurance-" + words[1] + "@demo.example"
}

// supply has the supplier of a product claim it, the fund manager confirm that, and the supplier send the return.
func (d *Demonstration) supply(ctx context.Context, p project, n int) error {
	email := supplierOf(p.Supplier)
	if err := d.enlist(ctx, Account{Email: email, Name: fullName(2000 + n)}); err != nil {
		return err
	}
	var id ident.Product
	err := d.do(ctx, email, func(ctx context.Context) error {
		var err error
		id, err = d.Products.Claim(ctx, product.Named{Name: p.Product, Supplier: p.Supplier, Version: "2.1"})
		return err
	})
	if err != nil {
		return err
	}
	person, err := d.People.As(ctx, email)
	if err != nil {
		return fmt.Errorf("finding %s: %w", email, err)
	}
	if err := d.do(ctx, "admin@demo.example", func(ctx context.Context) error { return d.Products.ConfirmClaim(ctx, id, person.ID) }); err != nil {
		return err
	}
	d.known[p.Product] = id
	return d.do(ctx, email, func(ctx context.Context) error {
		if err := d.Products.UploadReturn(ctx, id, questionSet, "return.yaml", []byte(returnOf(p, d.grade(p), d.clock.Now(), d.ends(p)))); err != nil {
			return fmt.Errorf("the return of %s: %w", p.Product, err)
		}
		if err := d.Products.Submit(ctx, id, questionSet); err != nil {
			return fmt.Errorf("sending the return of %s: %w", p.Product, err)
		}
		return d.Products.PermitReuse(ctx, id, true)
	})
}

// ends is the day on which the registration of a supplier ends: of some products in the weeks after today.
func (d *Demonstration) ends(p project) time.Time {
	if slices.Contains(endsSoon(), p.Product) {
		return d.today.AddDate(0, 0, 25)
	}
	return d.clock.Now().AddDate(0, 9, 0)
}

// grade is how far a product is with DTAC: most are compliant, a third is on the way, five are not.
func (d *Demonstration) grade(p project) string {
	switch {
	case slices.Contains([]string{"SwallowSight", "EchoMeasure", "CastView", "KneeChoice", "PocketRecord"}, p.Product):
		return "poor"
	case (len(p.Product)+len(p.Title))%3 == 0:
		return "on_the_way"
	default:
		return "compliant"
	}
}

// assess has the DTAC assessor decide every asked question of a product and record its position.
func (d *Demonstration) assess(ctx context.Context, p project) error {
	return d.do(ctx, "dtac@demo.example", func(ctx context.Context) error {
		desk, err := d.Positions.Open(ctx, d.known[p.Product], questionSet)
		if err != nil {
			return fmt.Errorf("opening %s: %w", p.Product, err)
		}
		var decided []status.Assessment
		for _, i := range desk.Result.Items {
			if a, asked := d.decide(i); asked {
				decided = append(decided, a)
			}
		}
		if _, err := d.Positions.AssessAndRecord(ctx, d.known[p.Product], questionSet, decided); err != nil {
			return fmt.Errorf("assessing %s: %w", p.Product, err)
		}
		return nil
	})
}

func (d *Demonstration) decide(i status.Item) (status.Assessment, bool) {
	a := status.Assessment{Question: i.Question, Result: status.DecidedPass}
	switch {
	case i.State == status.NotAsked:
		return a, false
	case i.Mechanical == status.Pass:
		return a, true
	case i.Question == "C1.2.5":
		a.Result, a.Reason = status.DecidedFail, "No clinical safety officer is named, and this cannot be put off"
	default:
		a.Result, a.Reason = status.DecidedActionNeeded, "What was sent is a draft"
		a.Action = status.Action{What: "Approve the document and send it", Owner: "Clinical safety officer", Due: form.DateOf(d.clock.Now().AddDate(0, 3, 0))}
	}
	return a, true
}
