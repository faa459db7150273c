package otherfunding

import (
	"strings"
	"testing"

	"adoptionfund/internal/sheet"
)

// drain reads a list to its end, and checks what the tables demand of each record.
func drain(t *testing.T, r reader, err error) {
	t.Helper()
	for err == nil {
		var record *Record
		if record, err = r.next(); err != nil {
			return
		}
		record.tidy()
		for name, at := range map[string][2]int{
			"title": {len(record.Title), 500}, "description": {len(record.Description), 4000}, "organisation": {len(record.Organisation), 300}, "codes": {len(record.Codes), 2000},
			"product": {len(record.Product), 1000}, "funder": {len(record.Funder), 300}, "identity": {len(record.Identity), 300}, "currency": {len(record.Currency), 3}, "to": {len(record.ToDay), 10}, "from": {len(record.FromDay), 10},
		} {
			if at[0] > at[1] {
				t.Errorf("%s has %d bytes, more than %d", name, at[0], at[1])
			}
		}
		if record.Identity == "" || record.Line < 1 {
			t.Errorf("%+v", record)
		}
	}
}

const grant = `{"id": "g", "title": "T", "description": "D", "currency": "GBP", "amountAwarded": 1.5, "awardDate": "2025-04-01", "recipientOrganization": [{"id": "GB-NHS-R1H", "name": "N"}], "fundingOrganization": [{"id": "f", "name": "F"}]}`

func FuzzGrantsAreReadOrRefused(f *testing.F) {
	for _, text := range []string{
		`{"version": "1.4", "grants": [` + grant + `], "title": "x"}`, `{"grants": [{}, 3, null]}`, `{"grants": {}}`, `[`, `{"grants": [` + grant,
		"Identifier,Title,Description,Currency,Amount Awarded,Award Date,Recipient Org:Identifier,Recipient Org:Name,Funding Org:0:Identifier,Funding Org:Name\ng,T,D,GBP,\"1,000\",2025-04-01,o,N,f,F\n",
		"id,recipientOrganization/9/name,recipientOrganization/0/location/3/name\ng,x,y\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var problems sheet.Problems
		r, err := readGrants(strings.NewReader(text), &problems)
		drain(t, r, err)
	})
}

func FuzzProgrammesAreReadOrRefused(f *testing.F) {
	f.Add(strings.Join(programmeColumns(), ",") + "\nP,O;Q,R1H;,Prod,Supp,Path,2024-01-01,2025-01-01,\"£1,000.50\"\n")
	f.Add(strings.Join(programmeColumns(), ",") + "\n,,,,,,,,\n\nx\n")
	f.Fuzz(func(t *testing.T, text string) {
		var problems sheet.Problems
		r, err := readProgrammes(strings.NewReader(text), &problems)
		drain(t, r, err)
	})
}
