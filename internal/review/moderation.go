package review

import (
	"context"
	"fmt"
	"slices"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
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
	Items  []Item
	Masked int
}

// Item is an application in moderation, or one whose scores are apart and whose moderation can be opened.
type Item struct {
	Ref      ident.Ref
	Title    string
	Lead     string
	State    workflow.ApplicationState
	Totals   Totals
	Parts    []Discussed
	Comments []Comment
	May      map[access.Action]bool
}

// Discussed is a part with the scores of all who gave one.
type Discussed struct {
	rubric.PartTotal

	Apart  bool
	Scores []Said
	Agreed *Said // the consensus, if there is one
}

// Said is a score with its reason, and who gave it: by name, or by kind and number where the call masks names.
type Said struct {
	Score

	Who string
}

// Comment is what a reviewer wrote to the panel, and to the applicant.
type Comment struct {
	Who      string
	Panel    string
	Feedback string
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
		m.Call = c
		if m.Rubric, err = s.rubric(c); err != nil {
			return err
		}
		tx.Saw("moderation", string(c.Ref))
		return s.discuss(tx, &m)
	})
	return m, err
}

func (s *Service) discuss(tx *work.Tx, m *Moderation) error {
	apps, err := application.InCall(tx, m.Call, workflow.Assessment, workflow.Moderation)
	if err != nil {
		return err
	}
	totals, err := s.Totals(tx, m.Call)
	if err != nil {
		return err
	}
	scores, err := standingIn(tx, m.Call.ID)
	if err != nil {
		return err
	}
	reviews, err := submittedIn(tx, m.Call.ID)
	if err != nil {
		return err
	}
	who, err := m.voices(tx, reviews, scores)
	if err != nil {
		return err
	}
	for _, a := range apps {
		t := totals[a.ID]
		apart := t.Apart(m.Call.Settings.Review.ApartBy)
		if a.State == workflow.Assessment && (len(t.Missing) > 0 || len(apart) == 0) {
			continue
		}
		if err := m.add(tx, a, t, voiced{scores, reviews, who}); err != nil {
			return err
		}
	}
	return nil
}

// voiced is what was said in a call, and by whom.
type voiced struct {
	scores  []Score
	reviews []Review
	who     map[voice]string
}

// voice is somebody who speaks on an application.
type voice struct {
	application ident.Application
	person      ident.Person
}

func (m *Moderation) add(tx *work.Tx, a *application.Application, t Totals, v voiced) error {
	may, err := tx.May(access.ViewModeration, a)
	if err != nil {
		return err
	}
	if !may || a.Bars(tx.By.ID) {
		m.Masked++
		return nil
	}
	item := Item{Ref: a.Ref, Title: a.Title, Lead: a.LeadName, State: a.State, Totals: t, May: map[access.Action]bool{}}
	for _, act := range []access.Action{access.OpenModeration, access.RecordConsensus, access.RequestReviews} {
		if item.May[act], err = tx.May(act, a); err != nil {
			return err
		}
	}
	for _, p := range t.Parts {
		if p.Part.Source == rubric.Reviewers {
			item.Parts = append(item.Parts, discussed(a, p, v))
		}
	}
	for _, r := range v.reviews {
		if r.ApplicationID == a.ID && r.Comments+r.Feedback != "" {
			item.Comments = append(item.Comments, Comment{v.who[voice{a.ID, r.Person}], r.Comments, r.Feedback})
		}
	}
	m.Items = append(m.Items, item)
	return nil
}

func discussed(a *application.Application, p rubric.PartTotal, v voiced) Discussed {
	d := Discussed{PartTotal: p, Apart: p.Spread() > a.Call().Settings.Review.ApartBy}
	for _, score := range v.scores {
		if score.ApplicationID != a.ID || score.Part != p.Part.Code {
			continue
		}
		said := Said{score, v.who[voice{a.ID, score.Person}]}
		if score.Source == ByConsensus {
			d.Agreed = &said
		} else {
			d.Scores = append(d.Scores, said)
		}
	}
	return d
}

// voices gives the name under which each reviewer of each application is shown: by kind and number where the call masks names, to
// everybody but those who may see names.
func (m *Moderation) voices(tx *work.Tx, reviews []Review, scores []Score) (map[voice]string, error) {
	named, err := tx.May(access.ViewNamedSeverity, m.Call)
	if err != nil {
		return nil, err
	}
	var ids []ident.Person
	for _, s := range scores {
		if !slices.Contains(ids, s.Person) {
			ids = append(ids, s.Person)
		}
	}
	names, err := people.Names(tx, ids...)
	if err != nil {
		return nil, err
	}
	who := map[voice]string{}
	for _, s := range scores {
		who[voice{s.ApplicationID, s.Person}] = names[s.Person]
	}
	if named || !m.Call.Settings.Review.MaskNames {
		return who, nil
	}
	number := map[string]int{}
	for _, r := range reviews {
		key := string(r.ApplicationID) + r.Kind
		number[key]++
		who[voice{r.ApplicationID, r.Person}] = fmt.Sprintf("%s reviewer %d", m.Rubric.KindTitle(rubric.Kind(r.Kind)), number[key])
	}
	return who, nil
}
