package otherfunding_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/matching"
	"adoptionfund/internal/otherfunding"
)

const head = "programme,organisation,ods_code,product,supplier,pathway,from,to,amount\n"

func heart(n int) string {
	return fmt.Sprintf("Invented Tech Programme,Barts Health NHS Trust;Another body,R1H; ,HeartHome,Invented Cardiac Care Ltd,Cardiac surgery,2024-04-01,2026-03-31,\"%d,000.50\"\n", n)
}

func asked() matching.Described {
	return matching.Described{
		Title: "Remote monitoring after cardiac surgery", Organisations: []matching.Organisation{{Name: "Barts Health NHS Trust", Codes: []string{"R1H"}}},
		Products: []matching.Product{{Name: "HeartHome", Supplier: "Invented Cardiac Care Ltd"}},
	}
}

func (w *world) among(d matching.Described) []otherfunding.Match {
	w.t.Helper()
	list, err := w.lists.Among(w.Operator(), d)
	w.no(err)
	return list
}

func TestAListOfProgrammesIsImportedAndFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	got, again, err := w.imports(otherfunding.Programme, "tech.csv", head+heart(125))
	w.no(err)
	if again || got.Records != 1 || got.State != otherfunding.Standing || got.List != "tech.csv" || len(got.Digest) != 64 {
		t.Errorf("%+v", got)
	}
	list := w.among(asked())
	if len(list) != 1 || list[0].Level() != "Strong" || list[0].Amount.String() != "£125,000.50" || list[0].List != "tech.csv" || list[0].Line != 2 || list[0].ToDay != "2026-03-31" {
		t.Fatalf("%+v", list)
	}
	for _, want := range []string{"The same product: HeartHome", "The same organisation (R1H)", "The same supplier"} {
		if !strings.Contains(list[0].Reasons, want) {
			t.Errorf("no %q in %s", want, list[0].Reasons)
		}
	}
}

func TestTheSameFileAgainChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first, _, err := w.imports(otherfunding.Programme, "tech.csv", head+heart(1))
	w.no(err)
	got, again, err := w.imports(otherfunding.Programme, "under another name.csv", head+heart(1))
	w.no(err)
	list, err := w.lists.Imports(w.Operator())
	w.no(err)
	if !again || got.ID != first.ID || len(list) != 1 {
		t.Errorf("%v %+v %+v", again, got, list)
	}
}

func TestAListOfTheSameNameIsReplacedAndSwept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, _, err := w.imports(otherfunding.Programme, "tech.csv", head+heart(1)+heart(2)[:len(heart(2))-13]+"3\n")
	if err == nil {
		t.Fatal("what stands twice was imported")
	}
	_, _, err = w.imports(otherfunding.Programme, "tech.csv", head+heart(1))
	w.no(err)
	_, _, err = w.imports(otherfunding.Programme, "tech.csv", head+strings.Replace(heart(7), "HeartHome", "HeartHome Plus", 1))
	w.no(err)
	if list := w.among(asked()); len(list) != 1 || list[0].Product != "HeartHome Plus" {
		t.Errorf("%+v", list)
	}
	w.no(w.lists.Sweep(w.Job(access.MatchOtherFunding)))
	w.no(w.lists.Sweep(w.Job(access.MatchOtherFunding)))
	for table, want := range map[string]int64{"other_funding_records": 1, "other_funding_index": 1, "other_funding_imports": 3} {
		if n := w.count(table); n != want {
			t.Errorf("%d rows of %s, want %d", n, table, want)
		}
	}
	if list := w.among(asked()); len(list) != 1 {
		t.Errorf("%+v", list)
	}
}

func (w *world) count(table string) int64 {
	w.t.Helper()
	var n int64
	w.no(w.DB.Read.Raw("SELECT COUNT(*) FROM " + table).Scan(&n).Error)
	return n
}

func TestAWrongRowLeavesNothingOfTheList(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cases := map[string][]string{
		"a,b\n":             {"The first row must be " + strings.TrimSpace(head)},
		head:                {"The list has no rows"},
		head + ",,,,,,,,\n": {"row 2: organisation or ods_code must be given", "row 2: product or pathway must be given", "row 2: programme must be given"},
		head + heart(1) + "\n" + strings.Replace(heart(2), "2024-04-01", "1 April", 1) + strings.Replace(heart(3), "3,000.50", "lots", 1): {"row 4: from “1 April” is no day", "row 5: amount “lots” is no amount in pounds"},
		head + strings.Replace(heart(1), "2026-03-31", "2020-03-31", 1):                                                                   {"row 2: to is before from"},
		head + heart(1) + heart(2): {"row 3: stands in row 2 already"},
	}
	for file, words := range cases {
		_, _, err := w.imports(otherfunding.Programme, "wrong.csv", file)
		w.Want(err, fault.Invalid)
		for _, want := range words {
			if err != nil && !strings.Contains(err.Error(), want) {
				t.Errorf("no %q in %v", want, err)
			}
		}
	}
	many := head + heart(1) + strings.Repeat("Invented,Body,,Other tool,,,,,1\n", 2500) + "x\n"
	_, _, err := w.imports(otherfunding.Programme, "wrong.csv", many)
	w.Want(err, fault.Invalid)
	for _, table := range []string{"other_funding_records", "other_funding_index", "other_funding_words"} {
		if n := w.count(table); n != 0 {
			t.Errorf("%d rows of %s were left", n, table)
		}
	}
	if list := w.among(asked()); len(list) != 0 {
		t.Errorf("%+v", list)
	}
}

func TestOnlyThoseWhoMayImport(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, ctx := range map[string]context.Context{"nobody": w.Anonymous(), "plain": w.As(w.Person("plain", "", access.Scope{}).Email)} {
		_, _, err := w.lists.Import(ctx, otherfunding.File{Source: otherfunding.Grant, List: "x", Content: strings.NewReader("{}")})
		if !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.SignIn) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := w.lists.Imports(ctx); err == nil {
			t.Errorf("%s sees the lists", name)
		}
	}
	who := w.Person("lists", "administrator", access.Scope{})
	got, _, err := w.lists.Import(w.As(who.Email), otherfunding.File{Source: otherfunding.Programme, List: "x", Content: strings.NewReader(head + heart(1))})
	w.no(err)
	if got.ImportedBy != who.Name {
		t.Errorf("%+v", got)
	}
}

func TestGrantsAreImportedAsJSONAndAsCSV(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	g := given{id: "360G-Invented-1", title: "Home monitoring for hearts", text: "HeartHome after cardiac surgery", name: "Barts Health NHS Trust", code: "R1H", funder: "Invented Foundation", amount: 1234.56}
	_, _, err := w.imports(otherfunding.Grant, "a.json", "\ufeff"+packaged(t, []given{g}))
	w.no(err)
	_, _, err = w.imports(otherfunding.Grant, "b.csv", "Identifier,Title,Description,Currency,Amount Awarded,Award Date,Recipient Org:Identifier,Recipient Org:Name,Recipient Org:1:Identifier,Recipient Org:1:Name,"+
		"fundingOrganization/0/id,fundingOrganization/0/name,Grant Programme:Title,Planned Dates:End Date,Our own column\n"+
		"360G-Invented-2,Home monitoring for hearts,HeartHome after cardiac surgery,GBP,\"£1,234.56\",2025-04-01,GB-NHS-R1H,Barts Health,GB-NHS-RJ1,Guy's,GB-GOR-D1,Invented Foundation,Hearts,2026-03-31,x\n")
	w.no(err)
	list := w.among(asked())
	if len(list) != 2 {
		t.Fatalf("%+v", list)
	}
	for _, m := range list {
		if m.Amount.String() != "£1,234.56" || m.Level() != "Strong" || !strings.HasPrefix(m.Funder, "Invented Foundation") {
			t.Errorf("%+v", m)
		}
	}
}

func TestGrantsAreHeldAgainstThePublishedSchema(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	good := given{id: "g1", title: "T", text: "D", name: "N", funder: "F", amount: 1}
	text := packaged(t, []given{good, good})
	for file, want := range map[string]string{
		`{"grants": []}`:          "The list has no rows",
		`{"grant": []}`:           "must be a package of grants",
		`[]`:                      "must be a package of grants",
		`{"grants": [{"id": 1}]}`: "row 1: id: got number, want string",
		`{"grants": [3]}`:         "row 1: a grant must be an object",
		`{"grants": [{"id": "a"`:  "row 1: this is no JSON, or the file ends too early",
		text:                      "row 2: stands in row 1 already (g1)",
		strings.Replace(text, "2025-04-01", "1 April 2025", 1):               "row 1: awardDate",
		strings.Replace(text, `"1.4"`, `"one"`, 1):                           "version",
		strings.Replace(text, `"amountAwarded":1`, `"amountAwarded":"1"`, 1): "row 1: amountAwarded: got string, want number",
		"Identifier,Title\ng1,T\n":                                           "row 2: the grant: missing properties",
		"Name,Title\ng1,T\n":                                                 "must name the columns of the 360Giving standard",
		"Identifier,Amount Awarded\ng1,lots\n":                               "row 2: Amount Awarded “lots” is no number",
	} {
		_, _, err := w.imports(otherfunding.Grant, "wrong", file)
		w.Want(err, fault.Invalid)
		if err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in %v", want, err)
		}
	}
}

func TestTheNamesOfIndividualsAreNotKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, _, err := w.imports(otherfunding.Grant, "people.json", `{"grants": [{"id": "i1", "title": "HeartHome", "description": "Cardiac surgery", "currency": "GBP", "amountAwarded": -5.555,
		"awardDate": "2025-04-01T10:00:00Z", "recipientIndividual": {"id": "p1", "name": "Somebody Private"}, "fundingOrganization": [{"id": "f", "name": "F"}]}]}`)
	w.no(err)
	list := w.among(asked())
	if len(list) != 1 || list[0].Organisation != "An individual" || list[0].Amount != -556 || list[0].FromDay != "2025-04-01" {
		t.Errorf("%+v", list)
	}
}

// TestAnImportThatIsStoppedIsTakenBack: nothing of it counts, and it can be imported again.
func TestAnImportThatIsStoppedIsTakenBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, stop := context.WithCancel(w.Operator())
	var b strings.Builder
	b.WriteString(head + heart(1))
	for n := range 2500 {
		fmt.Fprintf(&b, "Invented,Body %d,,Other tool,,,,,1\n", n)
	}
	text := b.String()
	_, _, err := w.lists.Import(ctx, otherfunding.File{Source: otherfunding.Programme, List: "tech.csv", Content: strings.NewReader(text), Progress: func(float64) { stop() }})
	if err == nil || w.count("other_funding_records") != 0 {
		t.Errorf("%v, %d records", err, w.count("other_funding_records"))
	}
	_, again, err := w.imports(otherfunding.Programme, "tech.csv", text)
	if err != nil || again {
		t.Error(again, err)
	}
}

func TestWhatADeadProgramLeftIsSwept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, _, err := w.imports(otherfunding.Programme, "tech.csv", head+heart(1))
	w.no(err)
	w.no(w.DB.Write.Exec("UPDATE other_funding_imports SET state = 'staging'").Error)
	w.no(w.lists.Sweep(w.Job(access.MatchOtherFunding)))
	if w.count("other_funding_records") != 1 {
		t.Error("an import under way was swept")
	}
	w.Clock.Add(16 * 60 * 1e9)
	w.no(w.lists.Sweep(w.Job(access.MatchOtherFunding)))
	if w.count("other_funding_records") != 0 {
		t.Error("what a dead program left was not swept")
	}
}
