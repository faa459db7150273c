package trail

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
)

// AccessAsked is what a review of access looks at, as typed.
type AccessAsked struct {
	Day   string // as it was at the end of this day; empty: as it is now
	Role  string // empty: every role that is granted
	Round string // its reference; empty: all
}

// AccessReview is who held which role where, and whether they used it.
type AccessReview struct {
	At     time.Time
	Held   []RoleHeld
	Roles  []access.RoleInfo // that can be asked for
	Rounds []string
}

// RoleHeld is a role that somebody held at the moment.
type RoleHeld struct {
	Person     ident.Person
	Name       string
	Email      string
	Role       string
	Label      string
	Where      string
	From       time.Time
	GrantedBy  string
	To         *time.Time // nil: it is held still
	EndedBy    string
	LastSignIn *time.Time // nil: never until that day
	Factor     bool       // one-time codes were set up on that day
	Disabled   bool       // the account is disabled now
	Dormant    bool
}

// dormantAfter is how long somebody has not signed in who does not use their access any more.
const dormantAfter = 90 * 24 * time.Hour

// dormant reports whether the access was not used for long: the last sign-in, or the granting where there was none, lies so far back.
func (h RoleHeld) dormant(at time.Time) bool {
	since := h.From
	if h.LastSignIn != nil {
		since = *h.LastSignIn
	}
	return at.Sub(since) > dormantAfter
}

// Dormant is how many of them are.
func (r AccessReview) Dormant() int {
	n := 0
	for _, h := range r.Held {
		if h.Dormant {
			n++
		}
	}
	return n
}

// Access reviews who held which role, in the rounds that the one who asks oversees.
func (s *Service) Access(ctx context.Context, in AccessAsked) (AccessReview, error) {
	var r AccessReview
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		r = AccessReview{At: tx.Now}
		if err := tx.Require(access.ViewAudit, tx.Anywhere(access.ViewAudit)); err != nil {
			return err
		}
		problems := fault.Problems{}
		if at := day(in.Day, "day", 1, problems); !at.IsZero() && at.Before(tx.Now) {
			r.At = at.Add(-time.Microsecond)
		} else if at.After(tx.Now.AddDate(0, 0, 1)) {
			problems["day"] = "Enter a day that is not in the future"
		}
		if err := fault.Fields(problems); err != nil {
			return err
		}
		for _, role := range tx.Policy().Roles() {
			if role.GivenBy == access.GivenByGrant {
				r.Roles = append(r.Roles, role)
			}
		}
		tx.Saw("review of access", uktime.Day(r.At))
		return r.fill(tx, in)
	})
	return r, err
}

func (r *AccessReview) fill(tx *work.Tx, in AccessAsked) error {
	labels := map[string]string{}
	var roles []string
	for _, role := range r.Roles {
		labels[role.Name] = role.Label
		if in.Role == "" || in.Role == role.Name {
			roles = append(roles, role.Name)
		}
	}
	own, all := roundsOf(tx)
	var err error
	if r.Rounds, err = roundRefs(tx, own, all); err != nil {
		return err
	}
	round := strings.ToUpper(strings.TrimSpace(in.Round))
	held, err := heldAt(tx, r.At, roles)
	if err != nil {
		return err
	}
	var ids []string
	for _, h := range held {
		of, _, _ := strings.Cut(h.Where, "-") // of a call its round's reference, empty of the whole fund
		if mine := of == "" || slices.Contains(r.Rounds, of); !mine || round != "" && of != "" && of != round {
			continue
		}
		if h.Label = labels[h.Role]; h.Where == "" {
			h.Where = "the whole fund"
		}
		r.Held, ids = append(r.Held, h), append(ids, string(h.Person))
	}
	return r.used(tx, ids)
}

// used adds when people signed in last, and whether they had one-time codes then, both from the trail.
func (r *AccessReview) used(tx *work.Tx, ids []string) error {
	last, factor := map[string]time.Time{}, map[string]bool{}
	err := accountEvents(tx, ids, r.At, func(id, verb string, at time.Time) {
		switch verb {
		case string(access.SignIn):
			last[id] = at
		case string(access.ManageSecondFactor):
			factor[id] = true
		case string(access.ResetSecondFactor):
			factor[id] = false
		}
	})
	if err != nil {
		return err
	}
	for i := range r.Held {
		h := &r.Held[i]
		if at, there := last[string(h.Person)]; there {
			h.LastSignIn = &at
		}
		h.Factor, h.Dormant = factor[string(h.Person)], h.dormant(r.At)
	}
	return r.nameActors(tx)
}

// nameActors puts names in the place of the ids of those who granted and ended roles; an operator has none.
func (r *AccessReview) nameActors(tx *work.Tx) error {
	var who []ident.Person
	for _, h := range r.Held {
		for _, by := range []string{h.GrantedBy, h.EndedBy} {
			if id, err := ident.Parse[ident.Person](by); err == nil {
				who = append(who, id)
			}
		}
	}
	names, err := people.Names(tx, who...)
	for i := range r.Held {
		h := &r.Held[i]
		h.GrantedBy, h.EndedBy = cmp.Or(names[ident.Person(h.GrantedBy)], h.GrantedBy), cmp.Or(names[ident.Person(h.EndedBy)], h.EndedBy)
	}
	return err
}
