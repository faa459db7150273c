// Package otherfunding is what others pay for: imported lists of national programme awards and of grants in the 360Giving standard, the
// applications of all rounds beside them, likely double funding among all of these, and what officers concluded of it.
//
// It owns imports, the index of words, searches, matches and conclusions. How two descriptions are compared is the matter of matching;
// what a match means for an application is decided in eligibility.
package otherfunding

import (
	"slices"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/matching"
	"adoptionfund/internal/money"
)

// Source is where a record comes from.
type Source string

// The sources.
const (
	Application Source = "application"
	Programme   Source = "programme"
	Grant       Source = "grant"
)

// Sources are all sources.
func Sources() []Source { return []Source{Application, Programme, Grant} }

// Known reports whether it is a source.
func (s Source) Known() bool { return slices.Contains(Sources(), s) }

// Label is the source as people read it.
func (s Source) Label() string {
	return map[Source]string{Application: "Application to this fund", Programme: "National programme award", Grant: "Grant"}[s]
}

// Plural is the source as people read it where several are meant.
func (s Source) Plural() string {
	return map[Source]string{Application: "Applications to this fund", Programme: "National programme awards", Grant: "Grants"}[s]
}

// action is the permission to import a list of the source.
func (s Source) action() access.Action {
	if s == Grant {
		return access.ImportGrants
	}
	return access.ImportProgrammes
}

// State is where an import stands.
type State string

// The states of an import. A failed and a replaced one are swept: their rows are removed.
const (
	Staging  State = "staging"
	Standing State = "standing"
	Replaced State = "replaced"
	Failed   State = "failed"
	Swept    State = "swept"
)

// Import is a list that was imported.
type Import struct {
	ID         string    `json:"-"`
	Number     int64     `json:"number"`
	Source     Source    `json:"source"`
	List       string    `json:"list"`
	Digest     string    `json:"digest"` // SHA-256 of the file
	Records    int64     `json:"records"`
	State      State     `json:"state"`
	ImportedBy string    `json:"imported_by"`
	ImportedAt time.Time `json:"imported_at"`
	TouchedAt  time.Time `json:"-"`
}

// TableName is the table of imports.
func (Import) TableName() string { return "other_funding_imports" }

// Record is funding as a list or an application describes it. Organisations, products and suppliers are separated by semicolons; the
// codes stand in the order of the organisations.
type Record struct {
	ID            int64 `gorm:"primaryKey;autoIncrement:false"`
	Number        int64 // of its import; 0: an application
	Source        Source
	List          string
	Line          int64  // of the list
	Identity      string // the same whenever the list is imported again
	ApplicationID *ident.Application
	Title         string
	Description   string
	Organisation  string
	Codes         string
	Product       string
	Supplier      string
	Funder        string // who gave it, with the programme
	Amount        money.Pence
	Currency      string
	FromDay       string
	ToDay         string
}

// TableName is the table of records.
func (Record) TableName() string { return "other_funding_records" }

// spread is how far the ids of two imports are apart.
const spread = 1_000_000_000

// clip keeps a text within what the table takes.
func clip(text string, most int) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most-3], "") + "…"
}

// several joins the values of a column that holds several.
func several(values []string) string {
	clean := make([]string, len(values))
	for i, v := range values {
		clean[i] = strings.ReplaceAll(v, ";", ",")
	}
	return strings.Join(clean, "; ")
}

func apart(text string) []string {
	if text == "" {
		return nil
	}
	parts := strings.Split(text, ";")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

// tidy keeps the texts of a record within what its table takes.
func (r *Record) tidy() {
	r.Title, r.Description, r.Organisation = clip(r.Title, 480), clip(r.Description, 3900), clip(r.Organisation, 290)
	r.Product, r.Supplier, r.Funder = clip(r.Product, 900), clip(r.Supplier, 900), clip(r.Funder, 290)
}

// described is the record as matching compares it, with what is known of its organisations.
func (r *Record) described(known organisations) matching.Described {
	d := matching.Described{Title: r.Title, Text: r.Description}
	names, codes := apart(r.Organisation), apart(r.Codes)
	for i := range max(len(names), len(codes)) {
		o := matching.Organisation{Part: "a partner or a site"}
		if i == 0 {
			o.Part = "the lead organisation"
		}
		if i < len(names) {
			o.Name = names[i]
		}
		if i < len(codes) && codes[i] != "" {
			o.Codes = append([]string{codes[i]}, known.kin(codes[i])...)
			o.System = known.system(codes[i])
		}
		d.Organisations = append(d.Organisations, o)
	}
	products, suppliers := apart(r.Product), apart(r.Supplier)
	for i := range max(len(products), len(suppliers)) {
		var p matching.Product
		if i < len(products) {
			p.Name = products[i]
		}
		if i < len(suppliers) {
			p.Supplier = suppliers[i]
		}
		d.Products = append(d.Products, p)
	}
	return d
}
