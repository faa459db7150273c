package access

import "adoptionfund/internal/ident"

// Per says on what a pair of deeds excludes one another: two deeds that one person may not both do on the same application,
// call, round, award, product, proposal or removal.
type Per string

// What deeds are counted by.
const (
	PerApplication Per = "application"
	PerCall        Per = "call"
	PerRound       Per = "round"
	PerAward       Per = "award"
	PerProduct     Per = "product"
	PerProposal    Per = "proposal"
	PerRemoval     Per = "removal"
)

// Subject is one thing on which deeds are counted.
type Subject struct {
	Per Per
	ID  string
}

// ForApplication is the application as a subject of deeds.
func ForApplication(id ident.Application) Subject { return Subject{PerApplication, string(id)} }

// ForAward is the award as a subject of deeds.
func ForAward(id ident.Award) Subject { return Subject{PerAward, string(id)} }

// ForProduct is the product as a subject of deeds.
func ForProduct(id ident.Product) Subject { return Subject{PerProduct, string(id)} }

// none stands for the things of a kind that an object has none of.
const none = "none"

// ForProducts are the products that an object rests on as subjects of deeds. That it rests on none is said too: an object that is silent about its
// products bars everybody.
func ForProducts(ids []ident.Product) []Subject {
	if len(ids) == 0 {
		return []Subject{{PerProduct, none}}
	}
	subjects := make([]Subject, len(ids))
	for i, id := range ids {
		subjects[i] = ForProduct(id)
	}
	return subjects
}

// ForProposal is the proposal as a subject of deeds.
func ForProposal(id ident.Proposal) Subject { return Subject{PerProposal, string(id)} }

// ForRemoval is a list of data to remove as a subject of deeds.
func ForRemoval(list string) Subject { return Subject{PerRemoval, list} }

// Facts is what conditions may look at in a loaded object. Concept packages fill what concerns the object; a relation that is
// left empty is held by nobody.
type Facts struct {
	Scope    Scope
	Subjects []Subject // the object itself, its application, its call, its round, as far as deeds are counted by them

	Owners          []ident.Person // who hold the application: its main contact
	Contributors    []ident.Person // who are invited to it, or to the section that is asked about
	Signatories     []ident.Person // who sign for it: project SRO, finance lead, or their named deputies
	Suppliers       []ident.Person // who act for the supplier of the product
	Representatives []ident.Person // who already act for the organisation
	Assigned        []ident.Person // reviewers assigned to it
	Declared        []ident.Person // who declared that they have no barring interest in it
	Reviewed        []ident.Person // who have sent their own review of it
	Conflicted      []ident.Person // reviewers with a conflict
	Recused         []ident.Person // chair, officers, approvers, members, assessors who are recused
	Deputies        []ident.Person // who act for one who is recused
	Briefed         []ident.Person // who are on the embargoed briefing list
	Self            ident.Person   // the person that it is about: an account, a grant, a declaration

	InTime    bool // the request arrived before the deadline that applies
	Submitted bool // the application was submitted: before, it is its writers' alone
	Released  bool // its outcome is released (or was told at once)
	Unclaimed bool // nobody acts for the product's supplier, and the application that names it is under way

	Confirmed bool // the asking person confirmed a few minutes ago that it is they; the gate fills it

	// Did are the deeds that the asking person did and that bar the action: see Policy.Barring. The gate fills it.
	Did []Action
}

// Facts makes facts a resource of their own.
func (f Facts) Facts() Facts { return f }

// Resource is anything that the policy can be asked about.
type Resource interface{ Facts() Facts }

// Deed is an action counted on a subject.
type Deed struct {
	Action  Action
	Subject Subject
}
