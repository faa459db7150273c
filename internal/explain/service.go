package explain

import (
	"context"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/application"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/interest"
	"adoptionfund/internal/letter"
	"adoptionfund/internal/monitoring"
	"adoptionfund/internal/panel"
	"adoptionfund/internal/people"
	"adoptionfund/internal/product"
	"adoptionfund/internal/review"
	"adoptionfund/internal/work"
)

// Rooms are those whose figures and reasons the story tells.
type Rooms struct {
	Eligibility *eligibility.Service
	Reviews     *review.Service
	Allocations *allocation.Service
	Monitoring  *monitoring.Service
}

// Service tells the stories of applications.
type Service struct {
	gate  *work.Gate
	rooms Rooms
}

// NewService makes the service.
func NewService(gate *work.Gate, rooms Rooms) *Service { return &Service{gate, rooms} }

// Asked is which copy of a story somebody asks for.
type Asked struct {
	Ref     ident.Ref
	Release bool        // a copy for whoever asks for information
	Apply   []Exemption // what is withheld in it
}

// words say which copy it is, for the trail.
func (a Asked) words() string {
	if !a.Release {
		return "whole"
	}
	if len(a.Apply) == 0 {
		return "for release, nothing withheld"
	}
	var parts []string
	for _, e := range a.Apply {
		parts = append(parts, e.Section())
	}
	return "for release, withheld under " + strings.Join(parts, ", ")
}

// Told is a story with what stands on every sheet of it.
type Told struct {
	Story

	Asked  Asked
	Counts []Count
	Head   audit.Entry // of the audit trail: its number and digest
	Maker  Line
	Kept   bool // the making of the file is the event at the head
	Notice string
	Stamp
}

// Tell gives the story of an application as it is now.
func (s *Service) Tell(ctx context.Context, a Asked) (Told, error) {
	var told Told
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		told, err = s.tell(tx, a)
		return err
	})
	return told, err
}

// Copy gives the story as a file is made of it. That it is made, by whom and what is withheld in it is recorded before the first byte is given out.
func (s *Service) Copy(ctx context.Context, a Asked) (Told, error) {
	var head audit.Entry
	err := s.gate.Write(ctx, func(tx *work.Tx) error {
		app, err := permitted(tx, a.Ref)
		if err != nil {
			return err
		}
		if a.Release {
			if err := tx.Require(access.DiscloseData, app); err != nil {
				return err
			}
		}
		tx.Record(application.Event(app, string(access.ExplainApplication), map[string]any{"format": "pdf", "copy": a.words()}))
		tx.Sealed(func(entries []audit.Entry) error {
			head = entries[len(entries)-1]
			return nil
		})
		return nil
	})
	if err != nil {
		return Told{}, err
	}
	told, err := s.Tell(ctx, a)
	told.Head, told.Kept = head, true
	return told, err
}

// permitted reads an application for somebody who may be told its story. To those who are barred from it there is none.
func permitted(tx *work.Tx, ref ident.Ref) (*application.Application, error) {
	a, err := application.ByRef(tx, ref)
	if err == nil && a.Bars(tx.By.ID) {
		err = work.NotFound("application")
	}
	if err != nil {
		return nil, err
	}
	return a, tx.Require(access.ExplainApplication, a)
}

func (s *Service) tell(tx *work.Tx, asked Asked) (Told, error) {
	told := Told{Asked: asked}
	app, err := permitted(tx, asked.Ref)
	if err != nil {
		return told, err
	}
	tx.Saw("explanation", string(app.Ref))
	k, err := s.read(tx, app)
	if err != nil {
		return told, err
	}
	last, err := audit.Search(tx.DB(), audit.Query{}, 1)
	if err != nil {
		return told, err
	}
	if len(last) > 0 {
		told.Head = last[0]
	}
	told.Story = k.story()
	told.Maker = Line{{Words: tx.By.Name, Kind: Staff}}
	told.Notice, told.Stamp = k.round.Notice, Stamp{Made: tx.Now, Released: app.Facts().Released, Release: asked.Release, Applied: asked.Apply}
	if err := told.named(tx); err != nil || !asked.Release {
		return told, err
	}
	told.redact()
	return told, nil
}

// redact withholds what was asked for, also on what stands on every sheet.
func (t *Told) redact() {
	whole := t.Story
	whole.Sections = append(slices.Clone(whole.Sections), Section{Blocks: []Block{{Say: t.Maker}}})
	out, counts := Redact(whole, t.Asked.Apply)
	last := len(out.Sections) - 1
	t.Maker = out.Sections[last].Blocks[0].Say
	out.Sections = out.Sections[:last]
	t.Story, t.Counts = out, counts
}

// named reads the names of all people in a story at once.
func (t *Told) named(tx *work.Tx) error {
	var ids []ident.Person
	t.each(func(l *Line) {
		for _, piece := range *l {
			if piece.person != "" {
				ids = append(ids, piece.person)
			}
		}
	})
	slices.Sort(ids)
	names, err := people.Names(tx, slices.Compact(ids)...)
	t.each(func(l *Line) {
		for i := range *l {
			if piece := &(*l)[i]; piece.person != "" {
				piece.Words, piece.person = names[piece.person], ""
				if piece.Words == "" {
					piece.Words, piece.Kind = "Somebody", Plain
				}
			}
		}
	})
	return err
}

// known is everything that a story is told from. A part that the reader may not see is left out, and the story says so.
type known struct {
	app       *application.Application
	round     *fund.Round
	past      application.Past
	screened  *eligibility.Past
	actions   []product.OpenAction
	interests []interest.Interest
	assigned  assignment.Past
	assessed  review.Past
	meetings  []panel.Taken
	ranked    *placed
	proposals []allocation.Past
	decided   decision.Past
	letters   letter.Past
	award     *monitoring.Past
	amended   []application.Amendment
	may       map[access.Action]bool
}

// reviews reports whether somebody was asked to review the application.
func (k *known) reviews(id ident.Person) bool {
	return slices.ContainsFunc(k.assigned.Assignments, func(a assignment.Assignment) bool { return a.Person == id }) ||
		slices.ContainsFunc(k.past.Parts, func(p application.Part) bool {
			return p.Person == id && (p.Relation == application.Assigned || p.Relation == application.Reviewed)
		})
}

// parts are the actions of the pages on which the parts of the story stand.
func parts() []access.Action {
	return []access.Action{
		access.ViewApplication, access.ViewReceipt, access.ViewEligibility, access.ViewOtherFunding, access.ViewInterests, access.ViewAssignment, access.ViewOtherReviews,
		access.ViewModeration, access.ViewMeeting, access.ViewRanking, access.ViewProposal, access.ViewLetters, access.ViewDecisionReview, access.ViewAward,
	}
}

// read collects it, with a number of queries that does not grow with what there is.
func (s *Service) read(tx *work.Tx, a *application.Application) (*known, error) {
	k := &known{app: a, may: map[access.Action]bool{}}
	var err error
	for _, act := range parts() {
		if k.may[act], err = tx.May(act, a); err != nil {
			return nil, err
		}
	}
	if k.round, err = fund.RoundByID(tx, a.RoundID); err != nil {
		return nil, err
	}
	if k.past, err = application.PastOf(tx, a); err != nil {
		return nil, err
	}
	for _, read := range []func(*work.Tx, *known) error{s.before, s.assessment, s.weighing, s.after} {
		if err := read(tx, k); err != nil {
			return nil, err
		}
	}
	return k, nil
}

// before reads the check of eligibility and the interests.
func (s *Service) before(tx *work.Tx, k *known) error {
	var err error
	if k.may[access.ViewEligibility] && k.app.SubmissionID != nil {
		found, err := s.rooms.Eligibility.PastOf(tx, k.app)
		if err != nil {
			return err
		}
		k.screened, k.amended = &found, found.Amendments
		open, err := product.OpenActions(tx, k.app.Call(), []ident.Application{k.app.ID})
		if err != nil {
			return err
		}
		k.actions = open[k.app.ID]
	}
	if k.may[access.ViewInterests] {
		k.interests, err = interest.Of(tx, k.app.ID)
	}
	return err
}

// assessment reads who reviewed it and what they said.
func (s *Service) assessment(tx *work.Tx, k *known) error {
	var err error
	if k.assigned, err = assignment.PastOf(tx, k.app); err != nil {
		return err
	}
	if k.may[access.ViewOtherReviews] {
		if k.assessed, err = s.rooms.Reviews.PastOf(tx, k.app); err != nil {
			return err
		}
	}
	if k.may[access.ViewMeeting] {
		k.meetings, err = panel.PastOf(tx, k.app)
	}
	return err
}

// weighing reads its place among the others, and the proposals it was in.
func (s *Service) weighing(tx *work.Tx, k *known) error {
	var err error
	if k.may[access.ViewRanking] && k.app.SubmissionID != nil {
		near, err := s.rooms.Allocations.Ranking(tx, k.app.Call())
		if err != nil {
			return err
		}
		k.ranked = placeIn(near, k.app.Ref, tx.By.ID)
	}
	if k.may[access.ViewProposal] {
		k.proposals, err = allocation.PastOf(tx, k.app)
	}
	return err
}

// after reads what was decided and told, and what came of it.
func (s *Service) after(tx *work.Tx, k *known) error {
	var err error
	if k.may[access.ViewProposal] {
		ids := make([]ident.Proposal, len(k.proposals))
		for i, p := range k.proposals {
			ids[i] = p.Proposal.ID
		}
		if k.decided, err = decision.PastOf(tx, k.app, ids); err != nil {
			return err
		}
	}
	if k.may[access.ViewLetters] {
		if k.letters, err = letter.PastOf(tx, k.app); err != nil {
			return err
		}
	}
	if k.may[access.ViewAward] {
		k.award, err = s.rooms.Monitoring.PastOf(tx, k.app.Ref)
	}
	return err
}
