package decision

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/letter"
	"adoptionfund/internal/money"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/people"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
)

// Briefing lets one person read the outcomes of a call before their release, from a moment on. The release ends it.
type Briefing struct {
	ID      string
	CallID  ident.Call
	Person  ident.Person
	Reason  string
	FromAt  time.Time
	GivenBy ident.Person
	GivenAt time.Time
	EndedBy *ident.Person // who took it back
	EndedAt *time.Time
}

// TableName is the table of early access.
func (Briefing) TableName() string { return "briefings" }

// early is the briefing list of a call as the policy looks at it: who is on it now, and who may not see it whatever they hold, because they
// take part in one of its applications or are barred from one.
type early struct {
	call *fund.Call
	on   []ident.Person
	part []ident.Person
}

// Facts is what a permission may look at.
func (e early) Facts() access.Facts {
	f := e.call.Facts()
	f.Briefed, f.Conflicted = e.on, e.part
	return f
}

// earlyIn reads who is on the briefing list of a call now. Once nothing waits for a release, nobody is.
func earlyIn(tx *work.Tx, c *fund.Call, waits bool) (early, error) {
	e := early{call: c}
	var err error
	if e.part, err = application.Partial(tx, c); err != nil || !waits {
		return e, err
	}
	rows, err := briefingsOf(tx, c.ID)
	for _, b := range rows {
		if b.EndedAt == nil && !b.FromAt.After(tx.Now) && !after(c, b) {
			e.on = append(e.on, b.Person)
		}
	}
	return e, err
}

// after reports whether the decisions of a call were released since somebody was put on its list: for a later release they are named anew.
func after(c *fund.Call, b Briefing) bool {
	return c.ReleasedAt != nil && b.GivenAt.Before(*c.ReleasedAt)
}

// embargoed is what the read log says of a look at the list.
const embargoed = "embargoed outcomes"

// Outcomes is the embargoed list of a call.
type Outcomes struct {
	Call      *fund.Call
	ReleaseAt *time.Time // until then it is embargoed; nil: the time is not set
	Lines     []OutcomeLine
	Total     money.Pence
}

// OutcomeLine is an application in it.
type OutcomeLine struct {
	Ref     ident.Ref
	Title   string
	Lead    string
	Outcome Outcome
	Amount  money.Pence
}

// Brief gives the outcomes of a call before their release to those who are on its briefing list. Each look is logged by name.
func (s *Service) Brief(ctx context.Context, ref ident.CallRef) (Outcomes, error) {
	var o Outcomes
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		c, err := fund.CallByRef(tx, ref)
		if err != nil {
			return err
		}
		p, err := allocation.Latest(tx, c)
		if err != nil {
			return err
		}
		waits := p != nil && p.State == allocation.Approved
		list, err := earlyIn(tx, c, waits)
		if err != nil {
			return err
		}
		if err := tx.Require(access.ViewBriefing, list); err != nil {
			return err
		}
		o = Outcomes{Call: c}
		if !waits {
			return work.NotFound("briefing list")
		}
		tx.Saw(embargoed, string(c.Ref))
		rows, held, err := s.held(tx, c, p)
		o.fill(tx, rows, held)
		return err
	})
	return o, err
}

func (o *Outcomes) fill(tx *work.Tx, rows []Decision, held []letter.Held) {
	if at := o.Call.ReleaseAt; at != nil && at.After(tx.Now) {
		o.ReleaseAt = at
	}
	for i, d := range rows {
		a := held[i].Application
		o.Lines = append(o.Lines, OutcomeLine{a.Ref, a.Title, a.LeadName, d.Outcome, d.Amount})
		o.Total += d.Amount
	}
}

// BriefingList is who may read the outcomes of a call before their release, as the fund manager keeps it.
type BriefingList struct {
	Call   *fund.Call
	Waits  bool // decisions wait for their release
	Rows   []BriefingRow
	Viewed []audit.Reading // who read the outcomes, newest first
	Names  map[ident.Person]string
}

// BriefingRow is somebody on the list, or who was.
type BriefingRow struct {
	Briefing

	Name    string
	Email   string
	GivenTo string // the name of who put them on it
	Ended   string // why it does not hold any more; empty: it does
}

// Briefings gives who is on the briefing list of a call.
func (s *Service) Briefings(ctx context.Context, ref ident.CallRef) (BriefingList, error) {
	var l BriefingList
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		c, err := fund.PermittedCall(tx, ref, access.GrantBriefing)
		if err != nil {
			return err
		}
		p, err := allocation.Latest(tx, c)
		if err != nil {
			return err
		}
		l = BriefingList{Call: c, Waits: p != nil && p.State == allocation.Approved}
		rows, err := briefingsOf(tx, c.ID)
		if err != nil {
			return err
		}
		return l.fill(tx, rows)
	})
	return l, err
}

const mostViews = 100

func (l *BriefingList) fill(tx *work.Tx, rows []Briefing) error {
	var ids []ident.Person
	for _, b := range rows {
		ids = append(ids, b.Person, b.GivenBy)
	}
	if len(rows) > 0 {
		var err error
		if l.Viewed, err = audit.Readings(tx.DB(), embargoed, string(l.Call.Ref), rows[len(rows)-1].GivenAt, mostViews); err != nil {
			return fmt.Errorf("reading who looked: %w", err)
		}
	}
	for _, v := range l.Viewed {
		ids = append(ids, ident.Person(v.By))
	}
	who, err := people.ByIDs(tx, ids)
	if err != nil {
		return err
	}
	by := map[ident.Person]people.Person{}
	l.Names = map[ident.Person]string{}
	for _, p := range who {
		by[p.ID], l.Names[p.ID] = p, p.Name
	}
	for _, b := range rows {
		row := BriefingRow{Briefing: b, Name: by[b.Person].Name, Email: by[b.Person].Email, GivenTo: by[b.GivenBy].Name}
		switch {
		case b.EndedAt != nil:
			row.Ended = "Taken back on " + uktime.Moment(*b.EndedAt)
		case after(l.Call, b):
			row.Ended = "Ended with the release on " + uktime.Moment(*l.Call.ReleasedAt)
		}
		l.Rows = append(l.Rows, row)
	}
	return nil
}

// Invited is somebody who is put on a briefing list.
type Invited struct {
	Email  string
	Reason string
	From   string // as typed; empty: at once
}

func (in *Invited) check(now time.Time) (time.Time, fault.Problems) {
	problems := fault.Problems{}
	in.Email, in.Reason, in.From = strings.ToLower(strings.TrimSpace(in.Email)), strings.TrimSpace(in.Reason), strings.TrimSpace(in.From)
	if in.Email == "" {
		problems["email"] = "Enter the e-mail address of the person"
	}
	if in.Reason == "" || form.Characters(in.Reason) > 1000 {
		problems["reason"] = "Say why they may know before the release, in 1,000 characters or fewer"
	}
	at := now
	if in.From != "" {
		var err error
		if at, err = uktime.Parse(in.From); err != nil {
			problems["from"] = "Enter a date and time such as 2026-12-01 09:00, or leave it empty"
		}
	}
	return at, problems
}

// GiveBriefing puts a person on the briefing list of a call. Nobody who takes part in one of its applications or is barred from one can be on it.
func (s *Service) GiveBriefing(ctx context.Context, ref ident.CallRef, in Invited) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		c, err := fund.PermittedCall(tx, ref, access.GrantBriefing)
		if err != nil {
			return err
		}
		from, problems := in.check(tx.Now)
		if len(problems) > 0 {
			return fault.Fields(problems)
		}
		who, err := s.invited(tx, c, in)
		if err != nil {
			return err
		}
		row := &Briefing{ID: ident.New[string](), CallID: c.ID, Person: who.ID, Reason: in.Reason, FromAt: from, GivenBy: tx.By.ID, GivenAt: tx.Now}
		tx.Record(audit.Event{Verb: string(access.GrantBriefing), Kind: "call", Subject: string(c.ID), Round: c.RoundID, Call: c.ID, Facts: map[string]any{
			"person": who.ID, "reason": audit.Digest([]byte(in.Reason)), "from": from,
		}})
		if err := work.Add(tx, row); err != nil {
			return err
		}
		fields := fund.Fields(c)
		fields["name"], fields["from"], fields["until"] = who.Name, uktime.Moment(from), "the release"
		if c.ReleaseAt != nil {
			fields["until"] = "the release, " + uktime.Moment(*c.ReleaseAt)
		}
		return tx.Notify(notify.Message{Kind: "briefing_given", Person: who.ID, Address: who.Email, Key: row.ID, Fields: fields})
	})
}

// invited gives the person with an address, if they can be on the list.
func (s *Service) invited(tx *work.Tx, c *fund.Call, in Invited) (*people.Person, error) {
	p, err := allocation.Latest(tx, c)
	if err != nil {
		return nil, err
	}
	if c.ReleasedAt != nil && (p == nil || p.State != allocation.Approved) {
		return nil, fault.New(fault.Conflict, "The decisions of this call are released: there is nothing left to be told early")
	}
	who, err := people.ByEmail(tx, in.Email)
	if err == nil && (who == nil || !who.Active()) {
		return nil, fault.Fields(fault.Problems{"email": "Nobody with this address can sign in. Invite them first, under People"})
	}
	if err != nil {
		return nil, err
	}
	part, err := application.Partial(tx, c)
	if err != nil {
		return nil, err
	}
	if slices.Contains(part, who.ID) {
		return nil, fault.Fields(fault.Problems{"email": who.Name + " takes part in an application of this call or has a conflict of interest with one, and cannot be told early"})
	}
	rows, err := briefingsOf(tx, c.ID)
	if slices.ContainsFunc(rows, func(b Briefing) bool { return b.Person == who.ID && b.EndedAt == nil && !after(c, b) }) {
		return nil, fault.Fields(fault.Problems{"email": who.Name + " is on the list already"})
	}
	return who, err
}

// EndBriefing takes somebody off the briefing list of a call.
func (s *Service) EndBriefing(ctx context.Context, ref ident.CallRef, id string) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		c, err := fund.PermittedCall(tx, ref, access.GrantBriefing)
		if err != nil {
			return err
		}
		if _, err := ident.Parse[string](id); err != nil {
			return work.NotFound("entry of the briefing list")
		}
		b, err := work.One[Briefing](tx.DB().Where("id = ? AND call_id = ?", id, c.ID), "entry of the briefing list")
		if err != nil {
			return err
		}
		if b.EndedAt != nil {
			return fault.New(fault.Conflict, "This was taken back already")
		}
		tx.Record(audit.Event{Verb: "briefing.end", Kind: "call", Subject: string(c.ID), Round: c.RoundID, Call: c.ID, Facts: map[string]any{"person": b.Person}})
		if err := tx.DB().Model(&Briefing{}).Where("id = ?", b.ID).Updates(map[string]any{"ended_by": tx.By.ID, "ended_at": tx.Now}).Error; err != nil {
			return fmt.Errorf("ending early access: %w", err)
		}
		return nil
	})
}

// Briefed gives the calls whose outcomes the one who acts may read now, before their release.
func (s *Service) Briefed(ctx context.Context) ([]fund.Call, error) {
	var calls []fund.Call
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		calls = nil
		own, err := work.Many[Briefing](tx.DB().Where("person = ? AND ended_at IS NULL", tx.By.ID), "early access")
		if err != nil || len(own) == 0 {
			return err
		}
		waiting, err := allocation.Waiting(tx, allocation.Approved)
		if err != nil {
			return err
		}
		for _, p := range waiting {
			c := p.Call()
			list, err := earlyIn(tx, c, true)
			if err != nil {
				return err
			}
			if may, err := tx.May(access.ViewBriefing, list); err != nil {
				return err
			} else if may && slices.Contains(list.on, tx.By.ID) {
				calls = append(calls, *c)
			}
		}
		return nil
	})
	return calls, err
}
