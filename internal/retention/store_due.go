package retention

import (
	"database/sql"
	"fmt"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// candidate is something with a period, as it stands now.
type candidate struct {
	Kind    Kind
	Subject string // its id; of mails, the month
	Label   string // its reference; never a name, since lists stay
	Round   string
	Call    string
	App     string // the application that it belongs to
	Began   time.Time
	Due     time.Time
	Print   string // the digest of what it was found by: another one, and it changed
	Held    bool
}

// search finds candidates; where only is given, that one, whether its period is over or not.
type search struct {
	tx      *work.Tx
	periods Periods
	held    held
	only    string
}

// over reports whether a candidate belongs into a list, and notes the end of its period.
func (s search) over(c *candidate) bool {
	c.Due = s.periods.Due(c.Kind, c.Began)
	return s.only != "" || !c.Due.After(s.tx.Now)
}

// all finds the candidates of every kind.
func (s search) all() ([]candidate, error) {
	var all []candidate
	for _, find := range []func() ([]candidate, error){s.applications, s.invitations, s.accounts, s.mails} {
		some, err := find()
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// of finds what an item of a list names, or nil.
func (s search) of(k Kind, subject string) (*candidate, error) {
	s.only = subject
	find := map[Kind]func() ([]candidate, error){Invitation: s.invitations, Account: s.accounts, Mail: s.mails}[k]
	if find == nil {
		find = s.applications
	}
	found, err := find()
	if err != nil || len(found) != 1 {
		return nil, err
	}
	return &found[0], nil
}

// done leaves out what was removed already.
const done = "NOT EXISTS (SELECT 1 FROM removal_items i WHERE i.subject = CAST(%s AS text) AND i.result = 'removed')"

func digested(parts ...any) string { return audit.Digest([]byte(fmt.Sprint(parts...))) }

// finished are the states in which the period of an application runs, if its award is over too.
func finished() []workflow.ApplicationState {
	return append(notFunded(), workflow.NotSubmitted, workflow.Withdrawn, workflow.Successful)
}

// applications finds those that are over; not one whose decision is being reviewed.
func (s search) applications() ([]candidate, error) {
	parts, err := partsOf(s.tx, s.held.people())
	if err != nil {
		return nil, err
	}
	query := `SELECT a.id, a.ref, a.round_id, a.call_id, a.state, a.state_at, a.version, a.submission_id, a.deadline, c.closes_at, c.closed_at, w.state, w.state_at, w.version
		FROM applications a JOIN calls c ON c.id = a.call_id LEFT JOIN awards w ON w.application_id = a.id
		WHERE a.state IN ? AND ` + fmt.Sprintf(done, "a.id") + ` AND NOT EXISTS (SELECT 1 FROM decision_reviews d WHERE d.application_id = a.id AND d.outcome = '')`
	args := []any{finished()}
	if s.only != "" {
		query, args = query+" AND a.id = ?", append(args, s.only)
	}
	var all []candidate
	err = work.Each(s.tx, "applications that are over", query+" ORDER BY a.ref", args, func(rows *sql.Rows) error {
		c := candidate{}
		var stands Standing
		var version int
		var submission, award sql.NullString
		var closed *time.Time
		var awardVersion sql.NullInt64
		if err := rows.Scan(&c.Subject, &c.Label, &c.Round, &c.Call, &stands.State, &stands.StateAt, &version, &submission, &stands.Deadline, &stands.CallClosed, &closed, &award, &stands.AwardAt, &awardVersion); err != nil {
			return err //nolint:wrapcheck // each says what was read
		}
		if closed != nil && closed.After(stands.CallClosed) {
			stands.CallClosed = *closed
		}
		stands.Submitted, stands.Award = submission.Valid, workflow.AwardState(award.String)
		var ok bool
		if c.Kind, c.Began, ok = stands.Began(); !ok {
			return nil
		}
		c.App, c.Print = c.Subject, digested(stands.State, version, " ", award.String, awardVersion.Int64)
		if c.Held = s.held.covers(c, parts); s.over(&c) {
			all = append(all, c)
		}
		return nil
	})
	return all, err
}

// invitations finds those that nobody accepted.
func (s search) invitations() ([]candidate, error) {
	contributors, err := s.invitationsIn("application_invitations")
	if err != nil {
		return nil, err
	}
	suppliers, err := s.invitationsIn("supplier_invitations")
	return append(contributors, suppliers...), err
}

func (s search) invitationsIn(table string) ([]candidate, error) {
	query := `SELECT v.id, v.person, v.application_id, a.ref, a.round_id, a.call_id, v.expires_at, v.ended_at FROM ` + table + ` v JOIN applications a ON a.id = v.application_id
		WHERE v.accepted_at IS NULL AND ` + fmt.Sprintf(done, "v.id") + ` AND ` + fmt.Sprintf(done, "a.id")
	var args []any
	if s.only != "" {
		query, args = query+" AND v.id = ?", append(args, s.only)
	}
	var all []candidate
	err := work.Each(s.tx, "invitations", query+" ORDER BY a.ref, v.id", args, func(rows *sql.Rows) error {
		c := candidate{Kind: Invitation}
		var person string
		var ended *time.Time
		if err := rows.Scan(&c.Subject, &person, &c.App, &c.Label, &c.Round, &c.Call, &c.Began, &ended); err != nil {
			return err //nolint:wrapcheck // each says what was read
		}
		if ended != nil && ended.Before(c.Began) {
			c.Began = *ended
		}
		c.Print = digested(c.Began.UTC().Unix())
		c.Held = s.held.on(HeldPerson, person) || s.held.on(HeldApplication, c.App) || s.held.on(HeldCall, c.Call) || s.held.on(HeldRound, c.Round)
		if s.over(&c) {
			all = append(all, c)
		}
		return nil
	})
	return all, err
}

// accounts finds those whose holder has not signed in for long, holds no role that was granted, and stands in no record of the fund.
func (s search) accounts() ([]candidate, error) {
	var roles []string
	for _, r := range s.tx.Policy().Roles() {
		if r.GivenBy == access.GivenByGrant {
			roles = append(roles, r.Name)
		}
	}
	query := `SELECT p.id, p.version, p.created_at FROM persons p WHERE ` + fmt.Sprintf(done, "p.id") + ` AND p.created_at <= ?
		AND NOT EXISTS (SELECT 1 FROM grants g WHERE g.person = p.id AND g.role IN ? AND g.revoked_at IS NULL)`
	args := []any{s.tx.Now, roles}
	if s.only != "" {
		query, args = query+" AND p.id = ?", append(args, s.only)
	}
	byID := map[string]*candidate{}
	var ids []string
	err := work.Each(s.tx, "accounts", query+" ORDER BY p.created_at, p.id", args, func(rows *sql.Rows) error {
		c := candidate{Kind: Account}
		var version int
		if err := rows.Scan(&c.Subject, &version, &c.Began); err != nil {
			return err //nolint:wrapcheck // each says what was read
		}
		c.Print, c.Held = digested(version), s.held.on(HeldPerson, c.Subject)
		if s.over(&c) {
			byID[c.Subject], ids = &c, append(ids, c.Subject)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.unused(byID, ids)
}

// unused leaves out the accounts that were signed in to since, and those that records refer to.
func (s search) unused(byID map[string]*candidate, ids []string) ([]candidate, error) {
	if err := signedIn(s.tx, ids, func(id string, at time.Time) {
		if c := byID[id]; at.After(c.Began) {
			c.Began = at
		}
	}); err != nil {
		return nil, err
	}
	named, err := referredTo(s.tx, ids)
	if err != nil {
		return nil, err
	}
	var all []candidate
	for _, id := range ids {
		if c := byID[id]; !named[id] && s.over(c) {
			all = append(all, *c)
		}
	}
	return all, nil
}

// mails finds the months whose mails are all past their period. While an application, a call or a round is on hold there is none: a mail
// does not say what it is about.
func (s search) mails() ([]candidate, error) {
	first, err := firstMail(s.tx, s.held.people())
	if err != nil || first == nil {
		return nil, err
	}
	var all []candidate
	at := first.UTC()
	for month := time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC); month.Before(s.tx.Now); month = month.AddDate(0, 1, 0) {
		c := candidate{Kind: Mail, Subject: month.Format("2006-01"), Label: month.Format("January 2006"), Began: month.AddDate(0, 1, 0).Add(-time.Second), Held: s.held.anything()}
		c.Print = digested(c.Subject)
		if s.only != "" && s.only != c.Subject || !s.over(&c) {
			continue
		}
		n, err := mailsOf(s.tx, month, s.held.people())
		if err != nil {
			return nil, err
		}
		if n > 0 {
			all = append(all, c)
		}
	}
	return all, nil
}

// why says why an item is not carried out; empty if it is.
func (s search) why(found *candidate, it Item) string {
	switch {
	case found == nil:
		return "It is no longer over, or was removed already"
	case found.Held:
		return "A legal hold stands on it"
	case found.Kind != it.Kind || found.Print != it.Print:
		return "It changed since the list was made"
	case found.Due.After(s.tx.Now):
		return "Its period ends on " + uktime.Date(found.Due)
	}
	return ""
}
