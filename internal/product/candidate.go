package product

import (
	"cmp"
	"slices"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
)

// Outlook is a candidate product as those of an application see it: the provisional status of its return and the reasons for it, but
// nothing of the answers and evidence that they rest on.
type Outlook struct {
	Named
	Known       bool // there is a record of the product
	Form        *form.Form
	SentAt      *time.Time // of the return that the status is from; nil: none was sent that the call accepts
	Provisional status.Status
	Reasons     []Reason
	Position    *Position // of this call, else the last; nil: none
	Withheld    bool      // its supplier has not permitted that this application relies on its return

	Claimed  bool          // somebody acts for the supplier
	FilledIn ident.Product // the record in which the return is filled in for the supplier; empty: none
	ByFiller bool          // the status is from what was filled in
	MayFill  bool          // the one who looks may fill it in
}

// Key tells the products of one application apart.
func (o Outlook) Key() string { return o.identity() }

// Reason is a question that keeps the provisional status of a return from being compliant.
type Reason struct {
	Question form.Code
	Text     string
	Says     string
}

// sealedReason is said of every question about technical security, whatever stands in its way.
const sealedReason = "Not met yet. What is missing is seen by the supplier and DTAC assessors only."

// Outlooks gives what can be said today of the products that the answers of an application name, in their order. It writes nothing, so
// that a draft can be looked at: a product is known by its name, supplier and version.
func Outlooks(tx *work.Tx, use Use, f *form.Form, answers form.Answers) ([]Outlook, error) {
	named := namedIn(f, answers)
	if len(named) == 0 {
		return nil, nil
	}
	identities := make([]string, len(named))
	for i, n := range named {
		identities[i] = n.identity()
	}
	known, err := byIdentities(tx, identities)
	if err != nil {
		return nil, err
	}
	call, err := fund.CallByID(tx, use.Call)
	if err != nil {
		return nil, err
	}
	filled, err := filledFor(tx, use.Application)
	if err != nil {
		return nil, err
	}
	h, err := holdOf(tx, use.Application)
	if err != nil {
		return nil, err
	}
	look := looking{h, filled, call}
	list := make([]Outlook, len(named))
	for i, n := range named {
		list[i] = Outlook{Named: n, Provisional: status.Incomplete}
		var p *Product
		if record, ok := known[identities[i]]; ok {
			p = &record
		}
		if err := list[i].see(tx, p, look); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// looking is an application that looks at the products that it names.
type looking struct {
	hold   *hold
	filled map[ident.Product]Product
	call   *fund.Call
}

// see says what can be said of a product, nil if there is no record of it, and whether its return may be filled in.
func (o *Outlook) see(tx *work.Tx, p *Product, from looking) error {
	may, err := from.hold.fillable(tx, p)
	if err != nil {
		return err
	}
	if o.MayFill, err = tx.May(access.AnswerReturn, may); err != nil || p == nil {
		return err
	}
	o.Known = true
	if o.Claimed, err = isClaimed(tx, p.ID); err != nil {
		return err
	}
	counts, err := relying(tx, p, from.hold.ApplicationID)
	if err != nil {
		return err
	}
	if o.Withheld = !counts; counts {
		if err := o.look(tx, p, from.call); err != nil {
			return err
		}
	}
	own, there := from.filled[p.ID]
	if !there {
		return nil
	}
	o.FilledIn = own.ID
	if o.SentAt != nil {
		return nil
	}
	position := o.Position
	o.Withheld = false
	if err := o.look(tx, &own, from.call); err != nil {
		return err
	}
	o.ByFiller, o.Position = o.SentAt != nil, cmp.Or(o.Position, position)
	return nil
}

// look evaluates the returns of a product that were sent and that the call accepts, and keeps the best.
func (o *Outlook) look(tx *work.Tx, p *Product, call *fund.Call) error {
	positions, err := positionsOf(tx, []ident.Product{p.ID})
	if err != nil {
		return err
	}
	slices.Reverse(positions)
	o.Position = latest(positions, call.ID)
	returns, err := returnsOf(tx, []ident.Product{p.ID})
	if err != nil {
		return err
	}
	waived, err := waivers(tx, returns)
	if err != nil {
		return err
	}
	library, err := published()
	if err != nil {
		return err
	}
	for i := range returns {
		r := &returns[i]
		if !r.IsSent() || !slices.Contains(call.Settings.Forms.DTAC, r.Form) {
			continue
		}
		f, err := library.Form(r.Form)
		if err != nil {
			return err
		}
		result, err := status.Evaluate(f, r.Sent.of(p, settings(call, f), waived[r.ID]), form.Date(uktime.Day(tx.Now)))
		if err != nil {
			return err
		}
		if o.SentAt == nil || better(o.Provisional, result.Provisional) != o.Provisional {
			o.Form, o.SentAt, o.Provisional, o.Reasons = f, r.SubmittedAt, result.Provisional, reasons(f, r.Sent.Plan, result)
		}
	}
	return nil
}

// reasons names the questions that stand in the way, from answers, evidence and plan alone. Of technical security no more is said than
// that something does.
func reasons(f *form.Form, plan []status.Planned, result status.Result) []Reason {
	var list []Reason
	for _, item := range result.Items {
		q, ok := f.Question(item.Question)
		if !ok || slices.Contains([]status.State{status.Pass, status.Waived, status.NotAsked}, item.Mechanical) || item.State == status.Waived {
			continue
		}
		r := Reason{Question: q.Code, Text: q.Text, Says: item.Mechanical.Label()}
		switch {
		case Sealed(q):
			r.Says = sealedReason
		case slices.ContainsFunc(plan, func(row status.Planned) bool { return row.Question == q.Code }):
			r.Says += "; an action is planned"
		}
		list = append(list, r)
	}
	return list
}

// Supply notes that the one who acts was invited by an applicant as the supplier of a product, whose record is made if there is none.
// Their claim counts at once where nobody else claims the product; otherwise it waits for the fund, as any claim. It says whether it
// counts. The use case that calls it has asked for its own permission.
func Supply(tx *work.Tx, n Named, invitedBy ident.Person) (bool, error) {
	found, err := ensure(tx, []Named{n})
	if err != nil {
		return false, err
	}
	id := found[0].ID
	if err := tx.Require(access.ClaimProduct, access.Facts{Subjects: []access.Subject{access.ForProduct(id)}}); err != nil {
		return false, err
	}
	claims, err := claimsTo(tx, id)
	if err != nil {
		return false, err
	}
	mine := slices.IndexFunc(claims, func(c Claim) bool { return c.Person == tx.By.ID })
	if mine >= 0 && claims[mine].ConfirmedAt != nil {
		return true, nil
	}
	contested := slices.ContainsFunc(claims, func(c Claim) bool { return c.Person != tx.By.ID })
	claim := &Claim{ProductID: id, Person: tx.By.ID, ClaimedAt: tx.Now}
	if mine < 0 {
		tx.Record(event(id, string(access.ClaimProduct), map[string]any{"person": tx.By.ID, "invited_by": invitedBy}))
		if err := work.Add(tx, claim); err != nil {
			return false, err
		}
	}
	if contested || invitedBy == tx.By.ID {
		return false, nil
	}
	claim.ConfirmedBy, claim.ConfirmedAt = string(invitedBy), &tx.Now
	tx.Record(event(id, "product.claim_by_invitation", map[string]any{"person": tx.By.ID, "invited_by": invitedBy}))
	if err := confirm(tx, claim); err != nil {
		return false, err
	}
	return true, people.GiveRoles(tx, tx.By.ID, access.GivenBySupplying)
}
