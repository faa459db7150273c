package form_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"adoptionfund/internal/form"
	"adoptionfund/internal/money"
)

// filled answers the whole application form in the plainest way.
func filled(tb testing.TB, f *form.Form) form.Answers {
	tb.Helper()
	answers := form.Answers{}
	for _, s := range f.Sections {
		in := typed{}
		for _, q := range s.Questions {
			name := string(q.Code)
			if q.Kind != form.KindTable {
				fill(in, name, q)
				continue
			}
			for i := range max(1, q.Limits.MinRows) {
				for _, c := range q.Columns {
					fill(in, fmt.Sprintf("%s[%d].%s", name, i, c.Code), c.Question())
				}
			}
		}
		var refused map[string]string
		answers, refused = form.Bind(s, in, answers)
		if len(refused) > 0 {
			tb.Fatal(refused)
		}
	}
	return answers
}

func fill(in typed, name string, q *form.Question) {
	switch q.Kind {
	case form.KindText, form.KindLongText:
		in[name] = []string{"Some words"}
	case form.KindEmail:
		in[name] = []string{strings.ToLower(name) + "@nhs.example"}
	case form.KindTelephone:
		in[name] = []string{"01632 960 001"}
	case form.KindURL:
		in[name] = []string{"https://nhs.example/"}
	case form.KindNumber:
		in[name] = []string{"12"}
	case form.KindMoney:
		in[name] = []string{"£50,000"}
	case form.KindDate:
		in[name+"-day"], in[name+"-month"], in[name+"-year"] = []string{"1"}, []string{"March"}, []string{"2026"}
	case form.KindOrganisation:
		in[name] = []string{"RJ1"}
	case form.KindDeclaration:
		in[name] = []string{form.Agreed}
	case form.KindYesNo:
		in[name] = []string{"no"}
		if name == "OR19" {
			in[name] = []string{"yes"}
		}
	case form.KindSingleChoice, form.KindMultiChoice:
		in[name] = []string{q.Options[0].Value}
	case form.KindFile, form.KindTable:
	}
}

func inDecember() form.How { return form.How{Mode: form.Complete, Today: "2026-12-01"} }

func TestTheApplicationFormCanBeCompleted(t *testing.T) {
	t.Parallel()
	f := load(t, "forms/application-1.yaml")
	answers := filled(t, f)
	answers["IN4"], answers["IN6"] = form.Chosen("no"), form.Value{Date: "2027-01-31"}
	if got := form.Check(f, nil, answers, inDecember()); len(got) > 0 {
		t.Errorf("got %v", got)
	}
	for _, s := range f.Sections {
		if got := form.SectionProgress(f, s, answers, inDecember()); got != form.Done {
			t.Errorf("%s is %s", s.Code, got)
		}
		if got := form.SectionProgress(f, s, nil, inDecember()); got != form.NotStarted {
			t.Errorf("%s is %s", s.Code, got)
		}
	}
}

func TestTheApplicationFormHasItsSectionsInOrder(t *testing.T) {
	t.Parallel()
	f := load(t, "forms/application-1.yaml")
	var got []string
	for _, s := range f.Sections {
		got = append(got, s.Path())
	}
	want := []string{"summary", "organisations", "products", "evidence", "dtac", "funding", "rollout", "inclusion", "delivery", "costs", "declarations"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	for _, q := range f.Questions() {
		if q.Short == "" {
			t.Errorf("%s has no short name for messages", q.Code)
		}
	}
}

func TestAmountsOfTheApplicationFormAgree(t *testing.T) {
	t.Parallel()
	f := load(t, "forms/application-1.yaml")
	answers := filled(t, f)
	answers["CO2"], answers["CO3"] = form.Amount(money.Pounds(40000)), form.Amount(money.Pounds(45000))
	answers["OR11"] = form.Value{Text: strings.ToUpper(answers["OR8"].Text)}
	got := form.Check(f, nil, answers, inDecember())
	for name, want := range map[string]string{
		"CO1":  "The cost lines add up to £50,000, but the total you ask for is £40,000. They must be the same",
		"CO3":  "The least amount, £45,000, must not be above the total you ask for, £40,000",
		"OR11": "The finance lead and the project SRO must be two different people, each with their own email address",
	} {
		if got[name] != want {
			t.Errorf("%s: got %q", name, got[name])
		}
	}
	costs, _ := f.Section("COSTS")
	if got := form.Check(f, costs, answers, inDecember()); got["CO1"] == "" || got["OR11"] != "" {
		t.Errorf("one section: %v", got)
	}
	how := inDecember()
	how.Mode = form.Partial
	if got := form.Check(f, costs, answers, how); len(got) > 0 {
		t.Errorf("a draft need not agree yet: %v", got)
	}
	delete(answers, "CO2")
	if got := form.Check(f, costs, answers, inDecember()); len(got) != 1 || got["CO2"] == "" {
		t.Errorf("without a total: %v", got)
	}
}

func TestRolesFindAnswers(t *testing.T) {
	t.Parallel()
	f := load(t, "forms/application-1.yaml")
	answers := filled(t, f)
	if f.Text(form.RoleTitle, answers) != "Some words" || f.Organisation(form.RoleLead, answers) != "RJ1" {
		t.Error("title or lead")
	}
	if p, ok := f.Money(form.RoleRequested, answers); !ok || p != money.Pounds(50000) {
		t.Errorf("requested %v", p)
	}
	if cells := f.Cells(form.RoleCostAmount, answers); len(cells) != 1 || *cells[0].Amount != money.Pounds(50000) {
		t.Errorf("costs %v", cells)
	}
	if rows := f.Rows(form.RoleProductName, answers); len(rows) != 1 || f.Cell(form.RoleProductSupplier, rows[0]).Text != "Some words" {
		t.Errorf("products %v", rows)
	}
	if q := f.Role(form.RoleRequested); q == nil || q.Kind != form.KindMoney {
		t.Errorf("requested is %v", q)
	}
	v2 := load(t, "forms/dtac-v2.yaml")
	if v2.Role(form.RoleTitle) != nil || v2.Cells(form.RoleTitle, answers) != nil {
		t.Error("a form without roles plays one")
	}
}

func TestEvidenceKeptApartIsAskedFor(t *testing.T) {
	t.Parallel()
	f := load(t, "forms/dtac-v2.yaml")
	c1, _ := f.Section("c1")
	answers := form.Answers{"C1.1.1": form.Chosen("no"), "C1.2": form.Chosen("yes"), "C1.2.2": form.Chosen("yes"),
		"C1.2.3": form.Chosen("not_provided"), "C1.2.4": form.Chosen("provided"), "C1.2.5": {Text: "A. Nurse (invented), NMC"}}
	how := complete()
	how.Evidence = func(code form.Code, kind string) bool { return code == "C1.2.4" && kind != "hazard_log" }
	if got := form.Check(f, c1, answers, how); len(got) != 1 || !strings.Contains(got["C1.2.4"], "Attach the evidence") {
		t.Errorf("got %v", got)
	}
	how.Evidence = func(code form.Code, _ string) bool { return code == "C1.2.4" }
	if got := form.Check(f, c1, answers, how); len(got) > 0 {
		t.Errorf("got %v", got)
	}
}
