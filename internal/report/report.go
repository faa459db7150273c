// Package report is the catalogue of reports and exports: what each is called, who may have it, its columns and rows. The page, the
// files and the totals are made from the same rows, so that they agree to the penny.
package report

import (
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/rubric"
)

// Export is an entry of the catalogue.
type Export struct {
	Kind    string
	Title   string
	Action  access.Action
	Formats []string
}

// Catalogue is every export. A new one is an entry here and the rows that it writes.
func Catalogue() []Export {
	return []Export{
		{Kind: "allocations", Title: "Allocation report", Action: access.ExportAllocations, Formats: []string{"csv", "json", "xlsx"}},
	}
}

// Find gives the entry with a kind that offers a format.
func Find(kind, format string) (Export, bool) {
	for _, e := range Catalogue() {
		for _, f := range e.Formats {
			if e.Kind == kind && f == format {
				return e, true
			}
		}
	}
	return Export{}, false
}

// Row is one application that was ever submitted, in the allocation report.
type Row struct {
	Application      ident.Ref
	Call             ident.CallRef
	Title            string
	LeadOrganisation string
	LeadODSCode      ident.ODS
	LeadKind         string
	FundingRecipient string
	Region           string
	Theme            string
	State            string
	DTACStatus       string
	Scores           *Scores // nil until there are scores
	Requested        money.Pence
	Proposed         *money.Pence // nil: not proposed
	Awarded          *money.Pence // nil: no award
	ConditionsOpen   int
	Reason           string
}

// Scores are raw points; those by criterion add up to the total.
type Scores struct{ EV, DT, FU, RO, Other, Total rubric.Points }

// Figures are what each group of the totals has.
type Figures struct {
	Applications int         `json:"applications"`
	Requested    money.Pence `json:"requested_pence"`
	Proposed     money.Pence `json:"proposed_pence"`
	Awarded      money.Pence `json:"awarded_pence"`
}

func (f Figures) plus(r Row) Figures {
	f.Applications++
	f.Requested += r.Requested
	if r.Proposed != nil {
		f.Proposed += *r.Proposed
	}
	if r.Awarded != nil {
		f.Awarded += *r.Awarded
	}
	return f
}

// Totals are the figures of all rows and of each group.
type Totals struct {
	Figures
	ByTheme            map[string]Figures `json:"by_theme"`
	ByRegion           map[string]Figures `json:"by_region"`
	ByOrganisationKind map[string]Figures `json:"by_organisation_kind"`
	ByDTACStatus       map[string]Figures `json:"by_dtac_status"`
}

// Sum adds rows up: the one place where the money of a report is summed.
func Sum(rows []Row) Totals {
	t := Totals{ByTheme: map[string]Figures{}, ByRegion: map[string]Figures{}, ByOrganisationKind: map[string]Figures{}, ByDTACStatus: map[string]Figures{}}
	for _, r := range rows {
		t.Figures = t.plus(r)
		t.ByTheme[r.Theme] = t.ByTheme[r.Theme].plus(r)
		t.ByRegion[r.Region] = t.ByRegion[r.Region].plus(r)
		t.ByOrganisationKind[r.LeadKind] = t.ByOrganisationKind[r.LeadKind].plus(r)
		t.ByDTACStatus[r.DTACStatus] = t.ByDTACStatus[r.DTACStatus].plus(r)
	}
	return t
}

// Allocation is the allocation report of a round.
type Allocation struct {
	Round  ident.RoundRef
	Title  string
	Notice string
	Budget money.Pence
	Made   time.Time
	Maker  string
	Rows   []Row
	Totals Totals
}
