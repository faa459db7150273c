package award

import (
	"slices"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/people"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// side is who of the recipient's people gets a mail.
type side int

const (
	nobody side = iota
	applicantSide
	signatories
)

// notice is a mail about an award: to the recipient's people, or to those of the fund who may do what comes next.
type notice struct {
	kind  notify.Kind
	to    side
	staff access.Action
	due   string // in words; empty: the offer's
	what  string // what is reminded of
}

// tell sends the notices of a move: to the applicant's side, or to the fund's where it has to act next.
func tell(tx *work.Tx, a *Award, notices []workflow.Notice) error {
	for _, n := range notices {
		m := notice{kind: notify.Kind(n), to: applicantSide}
		switch n { //nolint:exhaustive // all others are for the applicant's side
		case workflow.TellChecksStarted:
			m = notice{kind: m.kind, staff: access.RecordCheck}
		case workflow.TellAccepted:
			m = notice{kind: m.kind, staff: access.CountersignAgreement}
		}
		if err := write(tx, a, m); err != nil {
			return err
		}
	}
	return nil
}

// WriteTo writes a mail about an award to those of the fund's people who may do an action to it.
func WriteTo(tx *work.Tx, a *Award, act access.Action, kind notify.Kind) error {
	return write(tx, a, notice{kind: kind, staff: act})
}

// WriteBack writes a mail about an award to the applicant's side, about something with a date in words.
func WriteBack(tx *work.Tx, a *Award, kind notify.Kind, what, due string) error {
	return write(tx, a, notice{kind: kind, to: applicantSide, what: what, due: due})
}

func write(tx *work.Tx, a *Award, n notice) error {
	readers, err := readers(tx, a, n)
	if err != nil {
		return err
	}
	for _, p := range readers {
		fields := application.Fields(a.application)
		fields["name"], fields["amount"], fields["due"], fields["what"] = p.Name, a.Amount.String(), n.due, n.what
		if n.due == "" && a.OfferDue != nil {
			fields["due"] = uktime.Moment(*a.OfferDue)
		}
		m := notify.Message{Kind: n.kind, Person: p.ID, Address: p.Email, Key: string(a.ID) + ":" + n.what + tx.Now.Format(time.RFC3339Nano), Fields: fields}
		if err := tx.Notify(m); err != nil {
			return err //nolint:wrapcheck // says what it was doing
		}
	}
	return nil
}

func readers(tx *work.Tx, a *Award, n notice) ([]people.Person, error) {
	app := a.application
	if n.staff != "" {
		return application.Staff(tx, app, n.staff) //nolint:wrapcheck // application has said what it was doing
	}
	to := slices.Concat(app.Signing(application.SRO), app.Signing(application.Finance))
	if n.to == applicantSide {
		to = append(to, app.With(application.MainContact)...)
	}
	return people.ByIDs(tx, to) //nolint:wrapcheck // people has said what it was doing
}
