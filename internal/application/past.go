package application

import (
	"cmp"
	"fmt"
	"slices"

	"adoptionfund/internal/audit"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// Past is what is kept of how an application came in and of all that happened to it, for its explanation.
type Past struct {
	Submissions []Submission // without their snapshots, the newest first
	Receipts    []Kept       // the newest first
	Signatures  []SentSignature
	Extensions  []Extension
	Withdrawals []Withdrawal // the oldest first
	Events      []audit.Entry
	Parts       []Part // who has to do with it, and since when
	Cut         bool   // there are earlier events than those
}

// mostEvents is how many events an explanation goes through: more than any application has had.
const mostEvents = 5000

// PastOf reads the past of an application with a fixed number of queries. Who asks must be allowed to see all of it.
func PastOf(tx *work.Tx, a *Application) (Past, error) {
	p := Past{Parts: slices.Clone(a.people)}
	var err error
	if p.Submissions, err = submissionsOf(tx, a.ID); err != nil {
		return p, err
	}
	rows, err := receiptsOf(tx, a.ID)
	if err != nil {
		return p, err
	}
	if p.Receipts, err = a.kept(rows); err != nil {
		return p, err
	}
	if p.Signatures, err = SignaturesOf(tx, a); err != nil {
		return p, err
	}
	if p.Extensions, err = Extensions(tx, a.ID); err != nil {
		return p, err
	}
	if p.Withdrawals, err = work.Many[Withdrawal](tx.DB().Where("application_id = ?", a.ID).Order("at, id"), "withdrawals"); err != nil {
		return p, err
	}
	if p.Events, err = eventsOf(tx, a.ID, 0, mostEvents); err != nil {
		return p, err
	}
	p.Cut = len(p.Events) == mostEvents
	slices.SortFunc(p.Events, func(x, y audit.Entry) int { return cmp.Compare(x.Seq, y.Seq) })
	return p, nil
}

// kept reads receipts out.
func (a *Application) kept(rows []receiptRow) ([]Kept, error) {
	var all []Kept
	for _, row := range rows {
		r, err := audit.ReadReceipt([]byte(row.Receipt))
		if err != nil {
			return nil, fmt.Errorf("reading receipt %d of %s: %w", row.Number, a.Ref, err)
		}
		all = append(all, Kept{row.Number, a.SubmissionID != nil && row.SubmissionID == *a.SubmissionID, r, row.Receipt})
	}
	return all, nil
}

// Side reports whether somebody is on the applicant's side: main contact, contributor or signatory.
func (a *Application) Side(person ident.Person) bool {
	return a.side(person) || a.MainContact == person
}

// InWords gives an event of an application in words: as the applicant's side reads it where it is told of it, else as its verb says.
func InWords(verb string) string { return cmp.Or(plainWords()[verb], humanise(verb)) }
