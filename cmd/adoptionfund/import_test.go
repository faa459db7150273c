package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"adoptionfund/internal/testkit"
)

// listFile writes a list and gives where it is.
func listFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// imported is a list of each kind as the command takes it.
type imported struct {
	name    string
	args    []string // beside the file
	right   string
	records int64
	wrong   string
	lines   []string // what is said of the wrong list: a line for each wrong row
	keeps   string   // a query that counts what is kept
	same    bool     // the same list again is known to be the same
}

func importedLists() map[string]imported {
	const organisations = "ods_code,name,kind,region,ics,valid_from,valid_to,successor\n"
	const reviewers = "email,name,kind,ods_code,themes,capacity\n"
	const programmes = "programme,organisation,ods_code,product,supplier,pathway,from,to,amount\n"
	const grant = `{"id": "360G-Invented-1", "title": "T", "description": "D", "currency": "GBP", "amountAwarded": 10, "awardDate": "2025-04-01",
		"recipientOrganization": [{"id": "GB-NHS-R1H", "name": "N"}], "fundingOrganization": [{"id": "f", "name": "F"}]}`
	return map[string]imported{
		"organisations": {
			name: "o.csv", right: organisations + "X01,Invented Trust,trust,London,QMF,2022-07-01,,\nX02,Invented Board,icb,London,QMF,2022-07-01,,\n", records: 2,
			wrong: organisations + "X03,Right Trust,trust,London,QMF,2022-07-01,,\n,Nameless code,trust,London,QMF,2022-07-01,,\nX04,Wrong day,trust,London,QMF,1 July,,\n", lines: []string{"row 3: ", "row 4: "},
			keeps: "SELECT COUNT(*) FROM organisations WHERE ods_code LIKE 'X0%'",
		},
		"reviewers": {
			name: "r.csv", args: []string{"--round", "AF26"}, right: reviewers + "one@fund.example,One,clinical,R1H,CAR;GAS,5\ntwo@fund.example,Two,technical,,MSK,6\n", records: 2,
			wrong: reviewers + "three@fund.example,Three,clinical,,CAR,5\nno address,Four,clinical,,CAR,5\nfive@fund.example,Five,juggler,,CAR,5\n", lines: []string{"row 3: ", "row 4: "},
			keeps: "SELECT COUNT(*) FROM persons WHERE email LIKE '%@fund.example' AND email <> 'first@fund.example'",
		},
		"programmes": {
			name: "p.csv", right: programmes + "Invented Programme,Body,R1H,HeartHome,,,2024-04-01,2026-03-31,10\n", records: 1, same: true,
			wrong: programmes + "Invented Programme,Body,,HeartHome,,,,,\nInvented Programme,Body,,Other,,,April,,\n,Body,,Third,,,,,1\n",
			lines: []string{"row 3: from “April” is no day such as 2026-03-31", "row 4: programme must be given"}, keeps: "SELECT COUNT(*) FROM other_funding_records WHERE source = 'programme'",
		},
		"grants": {
			name: "g.json", right: `{"version": "1.4", "grants": [` + grant + `]}`, records: 1, same: true,
			wrong: `{"version": "1.4", "grants": [` + grant + `, {"id": 1}, 7]}`, lines: []string{"row 2: id: got number, want string", "row 3: a grant must be an object"},
			keeps: "SELECT COUNT(*) FROM other_funding_records WHERE source = 'grant'",
		},
	}
}

// TestEachListIsImportedWholeOrNotAtAll: the four import commands, from outside. Their database is one with organisations and a round.
func TestEachListIsImportedWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	address := testkit.DatabaseURL(t)
	s := newShell(t, address)
	s.want(0, "imported 64 organisations", "import", "organisations", "../../configs/organisations.csv")
	s.want(0, "", "user", "add", "--email", "first@fund.example", "--name", "The First", "--role", "administrator")
	s.want(0, "4 calls", "round", "create", "--file", "../../configs/rounds/af26.yaml")
	for what, list := range importedLists() {
		command := func(text string, more ...string) []string {
			return append(append([]string{"import", what, listFile(t, list.name, text)}, list.args...), more...)
		}
		code, out, said := s.run(command(list.wrong)...)
		if code != 1 || out != "" {
			t.Errorf("%s: exit %d with %q", what, code, out)
		}
		if rows := strings.Count(said, "row "); rows < len(list.lines) {
			t.Errorf("%s: %d rows are named:\n%s", what, rows, said)
		}
		for _, line := range list.lines {
			if !strings.Contains(said, line) {
				t.Errorf("%s: no %q in\n%s", what, line, said)
			}
		}
		if n := counted(t, address, list.keeps); n != 0 {
			t.Errorf("%s: %d of a wrong list were kept", what, n)
		}
		first := command(list.right, "--json")
		var o outcome
		if err := json.Unmarshal([]byte(s.want(0, "{", first...)), &o); err != nil || o.Records != list.records || !o.Changed {
			t.Errorf("%s: %+v %v", what, o, err)
		}
		kept := counted(t, address, list.keeps)
		if err := json.Unmarshal([]byte(s.want(0, "{", first...)), &o); err != nil || o.Records != list.records || o.Changed == list.same {
			t.Errorf("%s again: %+v %v", what, o, err)
		}
		if n := counted(t, address, list.keeps); n != kept || kept != list.records {
			t.Errorf("%s: %d were kept, then %d, want %d", what, kept, n, list.records)
		}
		if list.same {
			s.want(0, "Nothing changed", command(list.right)...)
		}
	}
	s.want(2, "", "import", "grants", filepath.Join(t.TempDir(), "none.json"))
	s.want(1, "", "import", "programmes", listFile(t, "p.csv", ""), "--as", "nobody@fund.example")
	s.want(0, "whole", "audit", "verify")
}

// counted is what a query on the shell's database counts.
func counted(t *testing.T, address, query string) int64 {
	t.Helper()
	d, err := (&session{ctx: t.Context(), cli: &commands{DatabaseURL: address}}).database()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	var n int64
	if err := d.Read.Raw(query).Scan(&n).Error; err != nil {
		t.Fatal(query, err)
	}
	return n
}
