package review

import (
	"context"
	"fmt"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Moderation is what a panel discusses in a call.
type Moderation struct {
	Call   *fund.Call
	Rubric *rubric.Rubric
	Items  []Line
	Masked int
}

// Line is an application in moderation, or one whose scores are apart and whose moderation can be opened.
type Line struct {
	Ref    ident.Ref
	Title  string
	Lead   string
	State  workflow.ApplicationState
	Totals Totals
	Apart  []rubric.PartTotal
	Posts  int // in its discussion
}

// Moderation gives the applications of a call that are in moderation or need it, those that the one who looks may see.
func (s *Service) Moderation(ctx context.Context, ref ident.CallRef) (Moderation, error) {
	var m Moderation
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		c, err := fund.CallByRef(tx, ref)
		if err != nil {
			return err
		}
		facts := c.Facts()
		facts.Submitted = true // of a call, applications alone are discussed that were submitted
		if err := tx.Require(access.ViewModeration, facts); err != nil {
			return err
		}
		tx.Saw("moderation", string(c.Ref))
		d, err := s.deskOf(tx, c)
		if err != nil {
			return err
		}
		posts, err := countPosts(tx, c.ID)
		if err != nil {
			return err
		}
		m = Moderation{Call: c, Rubric: d.rubric, Masked: d.masked}
		for _, a := range d.apps {
			if row := d.row(a); row.discussed() {
				m.Items = append(m.Items, Line{row.Ref, row.Title, row.Lead, row.State, row.Totals, row.Apart, posts[a.id]})
			}
		}
		return nil
	})
	return m, err
}

// discussed reports whether an application is in moderation or needs it.
func (r ProgressRow) discussed() bool {
	return r.State == workflow.Moderation || r.State == workflow.Assessment && len(r.Totals.Missing) == 0 && len(r.Apart) > 0
}

// Item is an application with all that is said in its moderation.
type Item struct {
	Application *application.Application
	Rubric      *rubric.Rubric
	Totals      Totals
	Parts       []Discussed
	Comments    []Comment
	Minutes     []Minuted
	Threads     []Thread
	Voices      []string // who takes part, as they are named with an @
	You         string   // as the one who looks is named
	Open        bool     // posts can be written
	May         map[access.Action]bool
}

// Discussed is a part with the scores of all who gave one.
type Discussed struct {
	rubric.PartTotal

	Apart  bool
	Scores []Said
	Agreed *Said  // the consensus, if there is one
	Before []Said // consensuses that it replaced, the oldest first
}

// Said is a score with its reason, and who gave it: by name, or by kind and number where the call masks names.
type Said struct {
	Score

	Who     string
	Earlier []Said // as it was before its review was revised, the oldest first
}

// Comment is what a reviewer wrote to the panel, and to the applicant.
type Comment struct {
	Who      string
	Panel    string
	Feedback string // for the panel's eyes, not for the other reviewers'
}

// Minuted is a reason that was given for a step.
type Minuted struct {
	Minute

	Who string
}

// Discussion gives the moderation of one application to its reviewers who have sent their own review, to the panel, and to those who oversee.
func (s *Service) Discussion(ctx context.Context, ref ident.Ref) (Item, error) {
	var item Item
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		a, err := discussable(tx, ref, access.ViewModeration)
		if err != nil {
			return err
		}
		tx.Saw("moderation", string(a.Ref))
		item, err = s.item(tx, a)
		return err
	})
	return item, err
}

// discussable reads an application for somebody who may do an action in its moderation. Who is barred from it does not learn that it is
// there, whatever roles they hold besides; who is to review it sends their own review first.
func discussable(tx *work.Tx, ref ident.Ref, act access.Action) (*application.Application, error) {
	a, err := application.ByRef(tx, ref)
	if err != nil {
		return nil, err
	}
	if a.Bars(tx.By.ID) {
		return nil, work.NotFound("application")
	}
	if err := tx.Require(act, a); err != nil {
		return nil, err
	}
	if has(a, application.Assigned, tx.By.ID) && !has(a, application.Reviewed, tx.By.ID) {
		return nil, fault.New(fault.Forbidden, "Send your own review of this application first")
	}
	return a, nil
}

func (s *Service) item(tx *work.Tx, a *application.Application) (Item, error) {
	item := Item{Application: a, Open: a.State == workflow.Moderation, May: map[access.Action]bool{}}
	var err error
	if item.Rubric, err = s.rubric(a.Call()); err != nil {
		return item, err
	}
	for _, act := range []access.Action{access.OpenModeration, access.RecordConsensus, access.RequestReviews, access.DiscussModeration, access.ReviseReview} {
		if item.May[act], err = tx.May(act, a); err != nil {
			return item, err
		}
	}
	if item.Totals, err = s.totals(tx, a); err != nil {
		return item, err
	}
	reviews, err := submittedOf(tx, a.ID)
	if err != nil {
		return item, err
	}
	v, err := s.voices(tx, a, reviews)
	if err != nil {
		return item, err
	}
	item.You, item.Voices = v.names[tx.By.ID], v.listed()
	if err := item.parts(tx, a, v); err != nil {
		return item, err
	}
	reviewer := has(a, application.Reviewed, tx.By.ID)
	for _, r := range reviews {
		c := Comment{Who: v.names[r.Person], Panel: r.Comments}
		if !reviewer {
			c.Feedback = r.Feedback
		}
		if c.Panel+c.Feedback != "" {
			item.Comments = append(item.Comments, c)
		}
	}
	minutes, err := minutesOf(tx, a.ID)
	if err != nil {
		return item, err
	}
	for _, m := range minutes {
		item.Minutes = append(item.Minutes, Minuted{m, v.names[m.Person]})
	}
	posts, err := postsOf(tx, a.ID)
	item.Threads = threads(posts, v, tx.By.ID)
	return item, err
}

func has(a *application.Application, r application.Relation, person ident.Person) bool {
	for _, id := range a.With(r) {
		if id == person && id != "" {
			return true
		}
	}
	return false
}

// parts fills in the scores by part: those that stand, the versions before them, and the consensuses.
func (item *Item) parts(tx *work.Tx, a *application.Application, v voices) error {
	scores, err := spokenOf(tx, a.ID)
	if err != nil {
		return err
	}
	versions, err := versionsOf(tx, a.ID)
	if err != nil {
		return err
	}
	for _, p := range item.Totals.Parts {
		if p.Part.Source != rubric.Reviewers {
			continue
		}
		d := Discussed{PartTotal: p, Apart: !p.Consensus && p.Spread() > a.Call().Settings.Review.ApartBy}
		for _, score := range scores {
			if score.Part == p.Part.Code {
				d.take(Said{Score: score, Who: v.names[score.Person], Earlier: earlier(score, versions)})
			}
		}
		item.Parts = append(item.Parts, d)
	}
	return nil
}

func (d *Discussed) take(s Said) {
	switch {
	case s.Source != ByConsensus:
		d.Scores = append(d.Scores, s)
	case s.State == ScoreStands:
		d.Agreed = &s
	default:
		d.Before = append(d.Before, s)
	}
}

// earlier are the versions of a score before its review was revised, where mark or reason was another.
func earlier(s Score, versions []Version) []Said {
	var all []Said
	for _, v := range versions {
		if s.ReviewID == nil || v.ReviewID != *s.ReviewID {
			continue
		}
		given, there := v.Marks[s.Part]
		mark, value, ok := given.read()
		if !there || !ok {
			continue
		}
		if n := len(all); n > 0 && all[n-1].Mark == mark && all[n-1].Reason == given.Reason && all[n-1].Label() == (Score{Mark: mark, Value: value}).Label() {
			continue
		}
		all = append(all, Said{Score: Score{Part: s.Part, Value: value, Mark: mark, Reason: given.Reason, At: v.SubmittedAt}})
	}
	if n := len(all); n > 0 && all[n-1].Label() == s.Label() && all[n-1].Reason == s.Reason {
		all = all[:n-1]
	}
	return all
}

// voices are who speaks on an application, as each is named there: reviewers by name, or by kind and number where the call masks names, to
// everybody but those who may see names; everybody else by name.
type voices struct {
	names  map[ident.Person]string
	taking []people.Person // who takes part: the reviewers who have sent a review, and the panel
}

// listed are the names of those who take part.
func (v voices) listed() []string {
	names := make([]string, len(v.taking))
	for i, p := range v.taking {
		names[i] = v.names[p.ID]
	}
	return names
}

func (s *Service) voices(tx *work.Tx, a *application.Application, reviews []Review) (voices, error) {
	v := voices{names: map[ident.Person]string{}}
	ids, err := spokeOn(tx, a.ID)
	if err != nil {
		return v, err
	}
	for _, r := range reviews {
		ids = append(ids, r.Person)
	}
	staff, err := application.Staff(tx, a, access.OpenModeration) // the panel: a reviewer's role lets discuss too, but not here
	if err != nil {
		return v, err
	}
	if v.names, err = people.Names(tx, ids...); err != nil {
		return v, err
	}
	for _, p := range staff {
		v.names[p.ID] = p.Name
	}
	if err := s.mask(tx, a, reviews, v.names); err != nil {
		return v, err
	}
	v.taking, err = taking(tx, a, reviews, staff)
	return v, err
}

// mask puts kind and number in the place of the reviewers' names, unless the call shows names or the one who looks may see them. Reviewers
// are numbered by when they began, so that a number stays with its reviewer.
func (s *Service) mask(tx *work.Tx, a *application.Application, reviews []Review, names map[ident.Person]string) error {
	named, err := tx.May(access.ViewNamedSeverity, a.Call())
	if err != nil || named || !a.Call().Settings.Review.MaskNames {
		return err
	}
	r, err := s.rubric(a.Call())
	if err != nil {
		return err
	}
	number := map[string]int{}
	for _, w := range reviews {
		number[w.Kind]++
		names[w.Person] = fmt.Sprintf("%s reviewer %d", r.KindTitle(rubric.Kind(w.Kind)), number[w.Kind])
	}
	return nil
}

// taking are those who take part: reviewers with a review that counts, and the panel but for those who are to review it and have not.
func taking(tx *work.Tx, a *application.Application, reviews []Review, staff []people.Person) ([]people.Person, error) {
	ids := make([]ident.Person, len(reviews))
	for i, r := range reviews {
		ids[i] = r.Person
	}
	found, err := people.ByIDs(tx, ids)
	if err != nil {
		return nil, err
	}
	var list []people.Person
	for _, id := range ids {
		for _, p := range found {
			if p.ID == id && p.DisabledAt == nil && !a.Bars(id) {
				list = append(list, p)
			}
		}
	}
	for _, p := range staff {
		if !has(a, application.Assigned, p.ID) && !has(a, application.Reviewed, p.ID) {
			list = append(list, p)
		}
	}
	return list, nil
}
