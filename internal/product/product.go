// Package product is the digital technology that applications name: products at a version, those who act for their suppliers, their
// DTAC returns with evidence and plan, and what the fund knows of them: read here, decided in position.
//
// A return belongs to a product at a version, not to an application: it is completed once for all who name the product. A status is
// never typed; it is computed by dtac/status, and a position freezes what was computed. It leaves to eligibility and review what a
// status means for an application, and to award which product is chosen.
package product

import (
	"slices"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// Product is a digital technology at a version, with its supplier.
type Product struct {
	ID          ident.Product
	Name        string
	Supplier    string
	SupplierODS string `gorm:"column:supplier_ods"`
	Version     string // of the product, as its supplier calls it
	Identity    string // name, supplier and version in one spelling
	CreatedBy   string
	CreatedAt   time.Time
	Revision    int // of the row

	ReusePermitted bool           // its supplier lets other applications rely on its returns
	MergedInto     *ident.Product // the record of the same product that took its place; nil: it stands

	// FilledFor is the application for which this record is filled in while nobody acts for the supplier; nil: it is the product itself.
	FilledFor *ident.Application
	StandsFor *ident.Product // the product itself, of a record that is filled in for its supplier
	Answered  Answered       // what its supplier made of what was filled in

	suppliers []ident.Person
	places    []place
	relatives []ident.Product // the product that the record stands for, or those that stand for it
	hold      *hold           // of a record that is filled in: whose it is
}

// place is an application that names a product: the way by which assessors reach it.
type place struct {
	ApplicationID ident.Application
	RoundID       ident.Round
	CallID        ident.Call
	Chosen        bool

	recused []ident.Person
}

func (p place) scope() access.Scope { return access.Scope{Round: p.RoundID, Call: p.CallID} }

// Named is a product as an application or a supplier names it.
type Named struct {
	Name     string
	Supplier string
	Version  string
}

// identity writes a name in one spelling: small letters, single spaces, no punctuation at the ends of words, "limited" as "ltd".
func (n Named) identity() string {
	return plain(n.Name) + " | " + plain(n.Supplier) + " | " + strings.TrimPrefix(strings.TrimPrefix(plain(n.Version), "version "), "v")
}

func plain(text string) string {
	words := strings.Fields(strings.ToLower(text))
	for i, w := range words {
		words[i] = strings.Trim(w, ".,;:()")
		if words[i] == "limited" {
			words[i] = "ltd"
		}
	}
	return strings.Join(words, " ")
}

// tidy gives the name without surrounding space, or false if a part is missing or too long.
func (n Named) tidy() (Named, bool) {
	one := func(text string) string { return strings.Join(strings.Fields(text), " ") }
	n = Named{one(n.Name), one(n.Supplier), one(n.Version)}
	fits := func(text string, most int) bool { return text != "" && form.Characters(text) <= most }
	return n, fits(n.Name, 200) && fits(n.Supplier, 200) && fits(n.Version, 80)
}

// reached is the product as the one who acts reaches it to do an action: through a call in which they may, by way of an application
// from which they are not recused.
func (p *Product) reached(tx *work.Tx, act access.Action) access.Facts {
	f, _ := p.through(tx, act)
	return f
}

// through is reached, with the call that is passed through; empty if it is none.
func (p *Product) through(tx *work.Tx, act access.Action) (access.Facts, ident.Call) {
	f := access.Facts{Suppliers: p.suppliers, Subjects: []access.Subject{access.ForProduct(p.ID)}}
	for _, id := range p.relatives {
		f.Subjects = append(f.Subjects, access.ForProduct(id))
	}
	p.hold.allows(&f)
	scopes := tx.Policy().Scopes(tx.By, act)
	var best *place
	for i := range p.places {
		at := &p.places[i]
		covered := slices.ContainsFunc(scopes, func(s access.Scope) bool { return s.Covers(at.scope()) })
		if covered && (best == nil || best.bars(tx.By.ID) && !at.bars(tx.By.ID)) {
			best = at
		}
	}
	if best == nil {
		return f, ""
	}
	f.Scope, f.Recused = best.scope(), best.recused
	f.Subjects = append(f.Subjects, best.scope().Subjects()...)
	return f, best.CallID
}

func (p place) bars(person ident.Person) bool { return slices.Contains(p.recused, person) }

// Return is the completed DTAC form of a product at its version.
type Return struct {
	ID             ident.Return
	ProductID      ident.Product
	Form           string
	ProductVersion string
	Body           Content // what the supplier works on
	Sent           Content // what was sent last: what assessors and the status see
	SentDigest     string
	SubmittedBy    string
	SubmittedAt    *time.Time
	Revision       int

	SavedBy       string // who changed it last
	SavedAt       *time.Time
	TypingSection string     // the section in which they are typing: until they pause, do something else or another saves
	TypingSince   *time.Time // when the event was recorded that this belongs to
}

// IsSent reports whether the return was sent.
func (r *Return) IsSent() bool { return r.SubmittedAt != nil }

// Assessed is what an assessor decided of a question.
type Assessed struct {
	ReturnID   ident.Return
	Question   form.Code
	Result     status.Decision
	Reason     string
	What       string
	Owner      string
	Due        form.Date
	AssessedBy ident.Person
	AssessedAt time.Time
	Revision   int    // how often it was decided
	Carried    string // the form whose assessment it was carried over from; empty: none
}

// TableName is the table of assessments.
func (Assessed) TableName() string { return "dtac_assessments" }

func (a Assessed) assessment() status.Assessment {
	return status.Assessment{Question: a.Question, Result: a.Result, Reason: a.Reason, Action: status.Action{What: a.What, Owner: a.Owner, Due: a.Due}}
}

// Position is what the fund concluded of a product: as reviewed on a day by a person, not a certificate. It never changes.
type Position struct {
	ID          ident.Position
	ProductID   ident.Product
	ReturnID    ident.Return
	RoundID     ident.Round
	CallID      ident.Call
	Form        string
	Status      status.Status
	Provisional status.Status
	Result      string // JSON of status.Result
	SentDigest  string
	ReviewedOn  form.Date
	Person      ident.Person
	PersonName  string
	Expires     form.Date // the first day on which the status would be lower; empty: none foreseen
	RecordedAt  time.Time
}

// Lapsed reports whether evidence that the position rests on has ended by a day.
func (p *Position) Lapsed(on form.Date) bool { return p.Expires != "" && on >= p.Expires }

// Words say what a position is, as every page and print must.
func (p *Position) Words() string {
	return p.Status.Label() + ", as reviewed on " + p.ReviewedOn.String() + " by " + p.PersonName + ". This is not a certificate."
}

// standing orders statuses from worst to best, where the best candidate counts.
func standing(s status.Status) int {
	return slices.Index([]status.Status{"", status.NotAssessed, status.Incomplete, status.NotCompliant, status.OnTheWay, status.Compliant}, s)
}

// better is the better of two statuses.
func better(a, b status.Status) status.Status {
	if standing(b) > standing(a) {
		return b
	}
	return a
}
