package review

import (
	"context"
	"errors"
	"slices"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/work"
)

// Typed is what was typed into a review, with the version that it was read at (0: nothing was saved).
type Typed struct {
	Marks    Marks
	Comments string
	Feedback string
	Version  int

	Only   []form.Code          // parts, Comments and Feedback that were on the page; nil: all. What was not on it stays as it is
	Shown  map[form.Code]string // the marks of what the page showed of each of them
	Typing bool                 // sent while somebody types, not by a button: one after another these are one event
}

// The codes of what a reviewer writes beside the parts.
const (
	CommentsCode form.Code = "COMMENTS"
	FeedbackCode form.Code = "FEEDBACK"
)

// brings reports whether something was on the page.
func (in Typed) brings(code form.Code) bool { return in.Only == nil || slices.Contains(in.Only, code) }

// errOvertaken says that another save came in between: to be tried again on what stands now.
var errOvertaken = errors.New("another save came first")

const (
	overtakings = 8                // how often a save is tried again
	typingLasts = 10 * time.Minute // how long what is typed into one review is one event
)

// Save keeps a draft, complete or not; what is too long is kept and named. Saving while somebody types is the same call. What was saved
// from another window meanwhile is not overwritten: changes of different parts are merged, and where both windows changed the same one what
// stands now stays, and the fault carries both.
func (s *Service) Save(ctx context.Context, ref ident.Ref, in Typed) (Sheet, error) {
	var sheet Sheet
	err := s.tried(ctx, func(tx *work.Tx) error {
		var err error
		sheet, err = s.save(tx, ref, in)
		return err
	})
	if err != nil {
		sheet.Problems, sheet.Clashes = nil, nil // they are about what was kept
		return sheet, err
	}
	return sheet, sheet.kept()
}

// tried writes, again where another save came in between.
func (s *Service) tried(ctx context.Context, do func(tx *work.Tx) error) error {
	var err error
	for range overtakings {
		if err = s.gate.Write(ctx, do); !errors.Is(err, errOvertaken) {
			break
		}
	}
	return err //nolint:wrapcheck // the use case has said what it was doing
}

// kept says what is wrong with what was kept, and what was not kept because another window changed it too.
func (s *Sheet) kept() error {
	if len(s.Clashes) > 0 {
		return fault.Stale(s.Clashes, "You changed the same part in another window after you opened this page")
	}
	return fault.Fields(s.Problems)
}

// save keeps a draft, if the review can be written.
func (s *Service) save(tx *work.Tx, ref ident.Ref, in Typed) (Sheet, error) {
	a, err := application.Permitted(tx, ref, access.SaveReview)
	if err != nil {
		return Sheet{}, err
	}
	sheet, err := s.sheet(tx, a)
	if err != nil {
		return sheet, err
	}
	switch {
	case sheet.Review.State == Submitted:
		return sheet, errSent()
	case !sheet.Editable:
		return sheet, fault.New(fault.Conflict, "This application is not in assessment: its reviews cannot be changed")
	case !sheet.Terms:
		return sheet, fault.New(fault.Conflict, "Accept the terms for reviewers first")
	}
	before := sheet.Review
	if foreign := sheet.fill(in); len(foreign) > 0 {
		return sheet, fault.Fields(foreign)
	}
	sheet.merge(in, before)
	sheet.Problems, sheet.Merged = sheet.wrong(), in.Version != before.Version
	if sheet.Review.says(before) && (before.Version > 0 || in.Typing) {
		return sheet, nil // it is there already
	}
	return sheet, keep(tx, a, &sheet.Review, in.Typing)
}

func errSent() error {
	return fault.New(fault.Conflict, "You have sent this review already. It can be revised")
}

// merge puts back what another window saved meanwhile and this one did not change, and what both changed, which is named as a clash.
func (s *Sheet) merge(in Typed, stands Review) {
	now := stands.answers(s)
	var base form.Answers
	if in.Version == stands.Version {
		base = now
	}
	typed := map[string][]string{}
	section := s.Section()
	for _, q := range section.Questions {
		if in.brings(q.Code) {
			typed[string(q.Code)], typed[form.ShownName(q.Code)] = nil, []string{in.Shown[q.Code]}
		}
	}
	merged := form.Reconcile(section, typed, s.Review.answers(s), now, base)
	for _, q := range section.Questions {
		if form.Mark(merged.Answers[q.Code]) == form.Mark(now[q.Code]) {
			s.Review.takeBack(q.Code, stands)
		}
	}
	s.Clashes = merged.Clashes
	for i := range s.Clashes {
		s.Clashes[i].At = stands.SavedAt
	}
}

// takeBack puts a part, the comments or the feedback as they stand.
func (r *Review) takeBack(code form.Code, stands Review) {
	switch code {
	case CommentsCode:
		r.Comments = stands.Comments
	case FeedbackCode:
		r.Feedback = stands.Feedback
	default:
		if g, there := stands.Marks[rubric.Code(code)]; there {
			r.Marks[rubric.Code(code)] = g
		} else {
			delete(r.Marks, rubric.Code(code))
		}
	}
}

// Section is what a reviewer writes as a section of a form: the parts, the comments and the feedback, each one answer.
func (s *Sheet) Section() *form.Section {
	section := &form.Section{Code: "REVIEW", Title: "Your review"}
	add := func(code form.Code, text string) {
		section.Questions = append(section.Questions, &form.Question{Code: code, Text: text, Short: text, Kind: form.KindLongText})
	}
	for _, p := range s.Parts {
		add(form.Code(p.Code), string(p.Code)+" "+p.Title)
	}
	add(CommentsCode, "Comments to the panel")
	add(FeedbackCode, "Feedback to the applicant")
	return section
}

// Answers are what stands of the review, as answers of its section: a part with its score in the first line and the reason below.
func (s *Sheet) Answers() form.Answers { return s.Review.answers(s) }

func (r *Review) answers(s *Sheet) form.Answers {
	all := form.Answers{}
	put := func(code form.Code, text string) {
		if text != "" {
			all[code] = form.Value{Text: text}
		}
	}
	for _, p := range s.Parts {
		if g := r.Marks[p.Code]; !g.blank() {
			put(form.Code(p.Code), g.Label()+"\n"+g.Reason)
		}
	}
	put(CommentsCode, r.Comments)
	put(FeedbackCode, r.Feedback)
	return all
}

// keep saves a draft. What goes on being typed belongs to the event with which the typing began.
func keep(tx *work.Tx, a *application.Application, r *Review, typing bool) error {
	since := r.TypingSince
	r.SavedAt, r.TypingSince = tx.Now, nil
	if typing {
		r.TypingSince = &tx.Now
	}
	e := application.Event(a, string(access.SaveReview), map[string]any{"version": r.Version + 1, "digest": r.digest()})
	if typing && since != nil && tx.Now.Sub(*since) < typingLasts {
		r.TypingSince = since
		tx.GoesOn(e, *since)
	} else {
		tx.Record(e)
	}
	err := write(tx, r)
	if fault.Is(err, fault.Conflict) {
		return fault.Wrap(fault.Conflict, errOvertaken, "This review was saved from another window at the same moment. Save again")
	}
	return err
}

func write(tx *work.Tx, r *Review) error {
	if r.Version > 0 {
		return work.Save(tx, r, &r.Version)
	}
	r.ID, r.Version = ident.New[ident.Review](), 1
	return work.Add(tx, r)
}
