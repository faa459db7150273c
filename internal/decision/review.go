package decision

import (
	"context"
	"slices"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/people"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Ground is why a decision is to be looked at again: always how it came about, never that others would have judged otherwise.
type Ground string

// GroundInfo describes a ground for people.
type GroundInfo struct {
	Ground Ground
	Label  string
}

// Grounds are all grounds, in the order in which they are offered.
func Grounds() []GroundInfo {
	return []GroundInfo{
		{"process", "The fund did not follow the process that the call published"},
		{"overlooked", "Something that was submitted in time was overlooked"},
		{"fact", "The decision rests on a fact that is wrong"},
		{"interest", "Somebody who decided had an interest that was not dealt with"},
	}
}

// Label is the ground as people read it.
func (g Ground) Label() string {
	for _, info := range Grounds() {
		if info.Ground == g {
			return info.Label
		}
	}
	return string(g)
}

// Settlement is what came of a review.
type Settlement string

// The settlements.
const (
	Open      Settlement = ""
	Upheld    Settlement = "upheld"
	Dismissed Settlement = "dismissed"
)

// Review is a request to look at one decision again, and what came of it.
type Review struct {
	ID            string
	ApplicationID ident.Application
	CallID        ident.Call
	DecidedState  workflow.ApplicationState
	DecidedAt     time.Time
	Grounds       string // separated by spaces
	Statement     string
	AskedBy       ident.Person
	AskedAt       time.Time
	Outcome       Settlement
	Reason        string // that the applicant reads
	SettledBy     *ident.Person
	SettledAt     *time.Time
	Version       int
}

// TableName is the table of reviews of decisions.
func (Review) TableName() string { return "decision_reviews" }

// Why are the grounds of the request.
func (r Review) Why() []Ground {
	var grounds []Ground
	for _, text := range strings.Fields(r.Grounds) {
		grounds = append(grounds, Ground(text))
	}
	return grounds
}

// ReviewUntil is when the time ends in which a review of the decision on an application can be asked for: noon, UK time, so many days after
// it was told as the call says. It is zero where the call allows none or nothing is decided that can be reviewed.
func ReviewUntil(a *application.Application) time.Time {
	if !slices.Contains(reviewable(), a.State) {
		return time.Time{}
	}
	return a.Call().ReviewableUntil(a.StateAt)
}

// reviewable are the states whose decision can be upheld to have been wrong.
func reviewable() []workflow.ApplicationState {
	var states []workflow.ApplicationState
	for _, m := range workflow.Applications().Moves() {
		if m.On == workflow.Uphold {
			states = append(states, m.From)
		}
	}
	return states
}

// Request is what an applicant asks for.
type Request struct {
	Grounds   []Ground
	Statement string
}

func (q *Request) check() error {
	problems := fault.Problems{}
	q.Statement = strings.TrimSpace(q.Statement)
	if len(q.Grounds) == 0 || slices.ContainsFunc(q.Grounds, func(g Ground) bool { return g.Label() == string(g) }) {
		problems["grounds"] = "Select why the decision should be looked at again"
	}
	if q.Statement == "" || form.Characters(q.Statement) > 4000 {
		problems["statement"] = "Say what went wrong, in 4,000 characters or fewer"
	}
	return fault.Fields(problems)
}

// AskReview asks for a review of the decision on an application, once for each decision, within the call's days. Those who may settle it
// are told.
func (s *Service) AskReview(ctx context.Context, ref ident.Ref, q Request) error {
	if err := q.check(); err != nil {
		return err
	}
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := application.Permitted(tx, ref, access.RequestDecisionReview)
		if err != nil {
			return err
		}
		earlier, err := reviewsOf(tx, a.ID)
		if err != nil {
			return err
		}
		if why := notAskable(tx, a, earlier); why != "" {
			return fault.New(fault.Conflict, "%s", why)
		}
		texts := make([]string, len(q.Grounds))
		for i, g := range q.Grounds {
			texts[i] = string(g)
		}
		r := Review{
			ID: ident.New[string](), ApplicationID: a.ID, CallID: a.CallID, DecidedState: a.State, DecidedAt: a.StateAt, Grounds: strings.Join(texts, " "),
			Statement: q.Statement, AskedBy: tx.By.ID, AskedAt: tx.Arrival, Version: 1,
		}
		tx.Record(application.Event(a, string(access.RequestDecisionReview), map[string]any{"of": a.State, "grounds": texts}))
		if err := work.Add(tx, &r); err != nil {
			return err
		}
		staff, err := application.Staff(tx, a, access.UpholdDecisionReview)
		if err != nil {
			return err
		}
		return tell(tx, a, "decision_review_asked", staff)
	})
}

// notAskable says why a review cannot be asked for now, or "".
func notAskable(tx *work.Tx, a *application.Application, earlier []Review) string {
	until := ReviewUntil(a)
	switch {
	case until.IsZero():
		return "There is no decision on this application that can be reviewed"
	case slices.ContainsFunc(earlier, func(r Review) bool { return r.DecidedAt.Equal(a.StateAt) }):
		return "A review of this decision was asked for already"
	case !tx.Arrival.Before(until):
		return "The time to ask for a review ended on " + uktime.Deadline(until)
	}
	return ""
}

func tell(tx *work.Tx, a *application.Application, kind notify.Kind, readers []people.Person) error {
	for _, p := range readers {
		m := notify.Message{Kind: kind, Person: p.ID, Address: p.Email, Key: string(a.ID) + tx.Now.Format(time.RFC3339Nano), Fields: application.Fields(a)}
		m.Fields["name"] = p.Name
		if err := tx.Notify(m); err != nil {
			return err
		}
	}
	return nil
}

// Case is the reviews of the decisions on an application, as a person may see them.
type Case struct {
	Application *application.Application
	Reviews     []Review  // newest first
	Until       time.Time // to ask for one of the decision that stands; zero: not possible
	MayAsk      bool
	NotNow      string // why it cannot be asked for now
	MaySettle   bool   // the one that is open
	Barred      bool   // from settling, because of what they did before
	Names       map[ident.Person]string
}

// Open is the review that waits to be settled, or nil.
func (c Case) Open() *Review {
	i := slices.IndexFunc(c.Reviews, func(r Review) bool { return r.Outcome == Open })
	if i < 0 {
		return nil
	}
	return &c.Reviews[i]
}

// ReviewsOf gives the reviews of the decisions on an application.
func (s *Service) ReviewsOf(ctx context.Context, ref ident.Ref) (Case, error) {
	var c Case
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		a, err := application.Permitted(tx, ref, access.ViewDecisionReview)
		if err != nil {
			return err
		}
		c.Application, c.Until = a, ReviewUntil(a)
		if c.Reviews, err = reviewsOf(tx, a.ID); err != nil {
			return err
		}
		if c.MayAsk, err = tx.May(access.RequestDecisionReview, a); err != nil {
			return err
		}
		c.NotNow = notAskable(tx, a, c.Reviews)
		if c.MaySettle, err = tx.May(access.UpholdDecisionReview, a); err != nil {
			return err
		}
		c.Barred = !c.MaySettle && tx.Policy().MayAnywhere(tx.By, access.UpholdDecisionReview)
		var ids []ident.Person
		for _, r := range c.Reviews {
			ids = append(ids, r.AskedBy)
			if r.SettledBy != nil {
				ids = append(ids, *r.SettledBy)
			}
		}
		c.Names, err = people.Names(tx, ids...)
		tx.Saw("review of a decision", string(a.Ref))
		return err
	})
	return c, err
}

// UpholdReview finds that a decision came about wrongly: the application goes back to where the error was made. It is for somebody who was
// not involved before.
func (s *Service) UpholdReview(ctx context.Context, ref ident.Ref, reason string) error {
	return s.settle(ctx, ref, Upheld, reason)
}

// DismissReview finds that a decision came about as it should: it stands, and the applicant's side is told why.
func (s *Service) DismissReview(ctx context.Context, ref ident.Ref, reason string) error {
	return s.settle(ctx, ref, Dismissed, reason)
}

func (s *Service) settle(ctx context.Context, ref ident.Ref, as Settlement, reason string) error {
	reason = strings.TrimSpace(reason)
	act := map[Settlement]access.Action{Upheld: access.UpholdDecisionReview, Dismissed: access.DismissDecisionReview}[as]
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := application.Permitted(tx, ref, act)
		if err != nil {
			return err
		}
		if reason == "" || form.Characters(reason) > 4000 {
			return fault.Fields(fault.Problems{"reason": "Enter the reason, in 4,000 characters or fewer. The applicant reads it"})
		}
		all, err := reviewsOf(tx, a.ID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(r Review) bool { return r.Outcome == Open })
		if i < 0 {
			return fault.New(fault.Conflict, "No review of a decision on this application is open")
		}
		r := &all[i]
		r.Outcome, r.Reason, r.SettledBy, r.SettledAt = as, reason, &tx.By.ID, &tx.Now
		if err := work.Save(tx, r, &r.Version); err != nil {
			return err
		}
		facts := map[string]any{"of": r.DecidedState}
		if as == Upheld {
			guards := work.Guards{workflow.ReviewAsked: work.Holds(r.DecidedAt.Equal(a.StateAt)), workflow.ReasonGiven: work.Holds(true)}
			return application.Move(tx, a, workflow.Uphold, guards, facts)
		}
		tx.Record(application.Event(a, string(act), facts))
		side, err := application.Side(tx, a)
		if err != nil {
			return err
		}
		return tell(tx, a, "decision_review_dismissed", side)
	})
}

// ReviewWaiting is an open review in the list of those who may settle it.
type ReviewWaiting struct {
	Review

	Application *application.Application
	MaySettle   bool
}

// ReviewsWaiting gives the open reviews that the one who is signed in may see, oldest first.
func (s *Service) ReviewsWaiting(ctx context.Context) ([]ReviewWaiting, error) {
	var list []ReviewWaiting
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		open, err := openReviews(tx)
		if err != nil || len(open) == 0 {
			return err
		}
		ids := make([]ident.Application, len(open))
		for i, r := range open {
			ids[i] = r.ApplicationID
		}
		apps, err := application.ByIDs(tx, ids)
		if err != nil {
			return err
		}
		for _, r := range open {
			w, sees, err := waiting(tx, r, apps[r.ApplicationID])
			if err != nil {
				return err
			}
			if sees {
				list = append(list, w)
			}
		}
		return nil
	})
	return list, err
}

// waiting is an open review as the one who looks may see it; false: not at all.
func waiting(tx *work.Tx, r Review, a *application.Application) (ReviewWaiting, bool, error) {
	sees, err := tx.May(access.ViewDecisionReview, a)
	if err != nil || !sees {
		return ReviewWaiting{}, false, err
	}
	tx.Saw("reviews of decisions", string(a.Ref))
	may, err := tx.May(access.UpholdDecisionReview, a)
	return ReviewWaiting{r, a, may}, true, err
}
