package trail

import (
	"cmp"
	"context"
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
	Day    string // as it was at the end of this day; empty: as it is now
	Role   string // empty: every role that is granted
	Round  string // its reference; empty: all
	Person string // part of a name or an address; empty: everybody
	After  string // the key of the last role of the page before
}

// AccessReview is who held which role where, and whether they used it.
type AccessReview struct {
	At     time.Time
	Held   []RoleHeld // a page of them
	Next   string     // the key of the last one, where more follow
	Counts []RoleCount
	Roles  []access.RoleInfo // that can be asked for
	Rounds []string
}

// RoleCount is how often a role was held, on all pages together.
type RoleCount struct {
	Role    string
	Label   string
	Held    int
	People  int
	Dormant int
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

	key string // of its grant
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

// accessLength is how many roles a page has.
const accessLength = 25

// Access gives a page of a review of who held which role, in the rounds that the one who asks oversees, with the counts of all of them.
func (s *Service) Access(ctx context.Context, in AccessAsked) (AccessReview, error) {
	return s.reviewAccess(ctx, in, accessLength)
}

// AllAccess gives all of a review at once, for a file.
func (s *Service) AllAccess(ctx context.Context, in AccessAsked) (AccessReview, error) {
	in.After = ""
	return s.reviewAccess(ctx, in, 0)
}

func (s *Service) reviewAccess(ctx context.Context, in AccessAsked, limit int) (AccessReview, error) {
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
		return r.fill(tx, in, limit)
	})
	return r, err
}

// fill reads the roles that were held, at most so many (0: all), and counts all of them.
func (r *AccessReview) fill(tx *work.Tx, in AccessAsked, limit int) error {
	labels := map[string]string{}
	var roles []string
	for _, role := range r.Roles {
		labels[role.Name] = role.Label
		if in.Role == "" || in.Role == role.Name {
			roles = append(roles, role.Name)
		}
	}
	if len(roles) == 0 {
		return nil
	}
	own, all := roundsOf(tx)
	var err error
	if r.Rounds, err = roundRefs(tx, own, all); err != nil {
		return err
	}
	which := heldBy(r.At, roles, own, all).narrowed(in)
	if r.Counts, err = which.count(tx); err != nil {
		return err
	}
	for i := range r.Counts {
		r.Counts[i].Label = labels[r.Counts[i].Role]
	}
	if r.Held, err = which.page(tx, in.After, limit); err != nil {
		return err
	}
	if limit > 0 && len(r.Held) > limit {
		r.Held = r.Held[:limit]
		r.Next = r.Held[limit-1].key
	}
	var ids []string
	for i := range r.Held {
		h := &r.Held[i]
		if h.Label = labels[h.Role]; h.Where == "" {
			h.Where = "the whole fund"
		}
		ids = append(ids, string(h.Person))
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
