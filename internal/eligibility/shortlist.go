package eligibility

import (
	"context"
	"slices"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// ShortlistLine is an eligible application that is to be left off the shortlist, with the feedback that its applicant gets.
type ShortlistLine struct {
	ID            string
	ApplicationID ident.Application
	CallID        ident.Call
	Feedback      string
	ProposedBy    ident.Person
	ProposedAt    time.Time
	Settled       string // "", confirmed or returned
	Note          string // why it was returned
	SettledBy     *ident.Person
	SettledAt     *time.Time
}

const (
	confirmed = "confirmed"
	returned  = "returned"
)

// Returned reports whether the proposal was returned.
func (l ShortlistLine) Returned() bool { return l.Settled == returned }

// LeftOff is an application that a fund manager proposes to leave off.
type LeftOff struct {
	Ref      ident.Ref
	Feedback string
}

// ProposeShortlist proposes which eligible applications of a call are left off its shortlist, each with its feedback: all of them or, if
// one is wrong, none. One that was proposed already is proposed anew.
func (s *Service) ProposeShortlist(ctx context.Context, call ident.CallRef, off []LeftOff) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		c, err := fund.PermittedCall(tx, call, access.ProposeShortlist)
		if err != nil {
			return err
		}
		if !c.Settings.Review.Shortlist {
			return fault.New(fault.Conflict, "This call has no shortlist: every eligible application is assessed")
		}
		apps, err := application.InCall(tx, c, workflow.Eligible)
		if err != nil {
			return err
		}
		lines, err := linesOf(tx, apps, off)
		if err != nil {
			return err
		}
		return replaceLines(tx, lines)
	})
}

// linesOf checks what is proposed, by the names of the inputs, and records it.
func linesOf(tx *work.Tx, apps []*application.Application, off []LeftOff) ([]ShortlistLine, error) {
	problems := fault.Problems{}
	var lines []ShortlistLine
	for _, o := range off {
		i := slices.IndexFunc(apps, func(a *application.Application) bool { return a.Ref == o.Ref })
		text := strings.TrimSpace(o.Feedback)
		switch {
		case i < 0:
			return nil, fault.New(fault.Conflict, "%s is not an eligible application of this call any more", o.Ref)
		case text == "" || form.Characters(text) > 4000:
			problems[string(o.Ref)+"-feedback"] = "Enter the feedback to the applicant of " + string(o.Ref) + ", in 4,000 characters or fewer"
			continue
		}
		a := apps[i]
		tx.Record(application.Event(a, string(access.ProposeShortlist), nil))
		lines = append(lines, ShortlistLine{ID: ident.New[string](), ApplicationID: a.ID, CallID: a.CallID, Feedback: text, ProposedBy: tx.By.ID, ProposedAt: tx.Now})
	}
	if len(off) == 0 {
		problems["application"] = "Select the applications that are left off the shortlist"
	}
	return lines, fault.Fields(problems)
}

// ConfirmShortlist leaves an application off the shortlist, by the chair. Its applicant is told at once.
func (s *Service) ConfirmShortlist(ctx context.Context, ref ident.Ref) error {
	return s.move(ctx, ref, func(tx *work.Tx, a *application.Application) error {
		line, err := waitingLine(tx, a.ID)
		if err != nil {
			return err
		}
		guards := work.Guards{workflow.CallShortlists: work.Holds(a.Call().Settings.Review.Shortlist), workflow.ReasonGiven: work.Holds(line != nil)}
		if err := application.Move(tx, a, workflow.LeaveOffShortlist, guards, nil); err != nil {
			return err
		}
		return settleLine(tx, line, confirmed, "")
	})
}

// ReturnShortlist keeps an application on the shortlist, by the chair, with a reason for the fund manager.
func (s *Service) ReturnShortlist(ctx context.Context, ref ident.Ref, note string) error {
	return s.move(ctx, ref, func(tx *work.Tx, a *application.Application) error {
		if err := tx.Require(access.ConfirmShortlist, a); err != nil {
			return err
		}
		if !fits(note) {
			return fault.Fields(fault.Problems{"note": "Enter the reason why it stays on the shortlist, in 4,000 characters or fewer"})
		}
		line, err := waitingLine(tx, a.ID)
		if err != nil {
			return err
		}
		if line == nil {
			return fault.New(fault.Conflict, "Nobody proposes any more to leave %s off the shortlist", a.Ref)
		}
		tx.Record(application.Event(a, "shortlist.return", nil))
		return settleLine(tx, line, returned, strings.TrimSpace(note))
	})
}

// ShortlistRow is an application in the page of the shortlist.
type ShortlistRow struct {
	Application *application.Application
	Line        *ShortlistLine // the last one; nil: none
	MayConfirm  bool
}

// Shortlist is the eligible applications of a call, and those that were left off.
type Shortlist struct {
	Call       *fund.Call
	Rows       []ShortlistRow
	Masked     int // applications from which the one who looks is barred
	MayPropose bool
	Names      map[ident.Person]string
}

// Waits counts the proposals that wait for the chair.
func (l Shortlist) Waits() int {
	n := 0
	for _, r := range l.Rows {
		if r.Line != nil && r.Line.Settled == "" {
			n++
		}
	}
	return n
}

// Shortlist gives the shortlist of a call to the fund manager, the chair and the auditor.
func (s *Service) Shortlist(ctx context.Context, ref ident.CallRef) (Shortlist, error) {
	var l Shortlist
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		c, err := fund.PermittedCall(tx, ref, access.ViewShortlist)
		if err != nil {
			return err
		}
		l.Call = c
		if l.MayPropose, err = tx.May(access.ProposeShortlist, c); err != nil {
			return err
		}
		apps, err := application.InCall(tx, c, workflow.Eligible, workflow.NotShortlisted)
		if err != nil {
			return err
		}
		lines, err := lastLines(tx, c.ID)
		if err != nil {
			return err
		}
		return l.fill(tx, apps, lines)
	})
	return l, err
}

// fill puts the applications into the list, but those from which the one who looks is barred, unless they propose the shortlist.
func (l *Shortlist) fill(tx *work.Tx, apps []*application.Application, lines map[ident.Application]*ShortlistLine) error {
	var ids []ident.Person
	for _, a := range apps {
		if a.Bars(tx.By.ID) && !l.MayPropose {
			l.Masked++
			continue
		}
		may, err := tx.May(access.ConfirmShortlist, a)
		if err != nil {
			return err
		}
		row := ShortlistRow{Application: a, Line: lines[a.ID], MayConfirm: may}
		if row.Line != nil {
			ids = append(ids, row.Line.ProposedBy)
		}
		l.Rows = append(l.Rows, row)
		tx.Saw("shortlist", string(a.Ref))
	}
	var err error
	l.Names, err = people.Names(tx, ids...)
	return err
}

// Reason is why an application was not considered further, as its applicant is told.
type Reason struct {
	Title string // the criterion, or the shortlist
	Text  string
}

// Reasons gives the reasons of an outcome of screening to whom the outcome concerns: none where it is another one.
func (s *Service) Reasons(ctx context.Context, ref ident.Ref) ([]Reason, error) {
	var reasons []Reason
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		a, err := application.Permitted(tx, ref, access.ViewOutcome)
		if err != nil {
			return err
		}
		switch a.State { //nolint:exhaustive // the others have their reasons in a letter
		case workflow.Ineligible:
			reasons, err = failures(tx, a)
		case workflow.NotShortlisted:
			var line *ShortlistLine
			if line, err = confirmedLine(tx, a.ID); line != nil {
				reasons = []Reason{{"Feedback on your application", line.Feedback}}
			}
		}
		tx.Saw("outcome", string(a.Ref))
		return err
	})
	return reasons, err
}
