package review

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// FeedbackVersion is the feedback to an applicant as the chair made it from what reviewers wrote. The last version counts.
type FeedbackVersion struct {
	ApplicationID ident.Application `gorm:"primaryKey"`
	Version       int               `gorm:"primaryKey"`
	Body          string
	Confirmed     string // what the check found and the editor kept nevertheless, one to a line
	EditedBy      ident.Person
	EditedAt      time.Time
}

// FeedbackText is what one reviewer wrote for the applicant, as it was sent.
type FeedbackText struct {
	Kind   string
	Number int // among those of the kind
	Text   string
}

// FeedbackRow is an application in the list of a call.
type FeedbackRow struct {
	Ref    ident.Ref
	Title  string
	Lead   string
	State  workflow.ApplicationState
	Texts  int // that reviewers wrote
	Edited *FeedbackVersion
	Editor string
}

// FeedbackList is the feedback of a call, application by application.
type FeedbackList struct {
	Call   *fund.Call
	Rows   []FeedbackRow
	Masked int // applications from which the one who looks is barred
}

// FeedbackDesk is the feedback of one application, to be edited.
type FeedbackDesk struct {
	Application *application.Application
	Texts       []FeedbackText
	Versions    []FeedbackVersion // the newest first
	Names       map[ident.Person]string
	Found       []Found // in the text as it stands
	Editable    bool
}

// Version is that of the feedback as it stands; 0 if nobody edited it.
func (d FeedbackDesk) Version() int {
	if len(d.Versions) == 0 {
		return 0
	}
	return d.Versions[0].Version
}

// Standing is the text to edit: the last version, or what the reviewers wrote, one below the other.
func (d FeedbackDesk) Standing() string {
	if len(d.Versions) > 0 {
		return d.Versions[0].Body
	}
	return joined(d.Texts)
}

func joined(texts []FeedbackText) string {
	parts := make([]string, len(texts))
	for i, t := range texts {
		parts[i] = t.Text
	}
	return strings.Join(parts, "\n\n")
}

// feedbackStates are the states in which feedback is edited: from the end of the reviews to the release.
func feedbackStates() []workflow.ApplicationState {
	return []workflow.ApplicationState{
		workflow.Moderation, workflow.Assessed, workflow.ProposedFund, workflow.ProposedReserve, workflow.ProposedNotFund,
	}
}

// Feedback gives the feedback of a call, with a fixed number of queries.
func (s *Service) Feedback(ctx context.Context, ref ident.CallRef) (FeedbackList, error) {
	var list FeedbackList
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		c, err := fund.CallByRef(tx, ref)
		if err != nil {
			return err
		}
		list = FeedbackList{Call: c}
		if err := list.read(tx); err != nil {
			return err
		}
		if len(list.Rows) == 0 { // a deputy sees the list for what they act for, others because of the call
			if err := tx.Require(access.ViewFeedback, c); err != nil {
				return err
			}
		}
		tx.Saw("feedback", string(c.Ref))
		return nil
	})
	return list, err
}

func (l *FeedbackList) read(tx *work.Tx) error {
	apps, err := application.InCall(tx, l.Call, feedbackStates()...)
	if err != nil {
		return err
	}
	texts, err := writtenFor(tx, l.Call.ID)
	if err != nil {
		return err
	}
	edited, err := latestFeedback(tx, l.Call.ID)
	if err != nil {
		return err
	}
	var editors []ident.Person
	for _, v := range edited {
		editors = append(editors, v.EditedBy)
	}
	names, err := people.Names(tx, editors...)
	if err != nil {
		return err
	}
	if apps, err = l.seen(tx, apps); err != nil {
		return err
	}
	for _, a := range apps {
		row := FeedbackRow{Ref: a.Ref, Title: a.Title, Lead: a.LeadName, State: a.State, Texts: texts[a.ID]}
		if v, there := edited[a.ID]; there {
			row.Edited, row.Editor = &v, names[v.EditedBy]
		}
		l.Rows = append(l.Rows, row)
	}
	return nil
}

// seen are the applications whose feedback the one who looks may see; those that they are barred from are counted.
func (l *FeedbackList) seen(tx *work.Tx, apps []*application.Application) ([]*application.Application, error) {
	var seen []*application.Application
	for _, a := range apps {
		if a.Bars(tx.By.ID) {
			l.Masked++
			continue
		}
		may, err := tx.May(access.ViewFeedback, a)
		if err != nil {
			return nil, err
		}
		if may {
			seen = append(seen, a)
		}
	}
	return seen, nil
}

// FeedbackOf gives the feedback of one application with the texts that it is made from.
func (s *Service) FeedbackOf(ctx context.Context, ref ident.Ref) (FeedbackDesk, error) {
	var desk FeedbackDesk
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		a, err := application.Permitted(tx, ref, access.ViewFeedback)
		if err != nil {
			return err
		}
		tx.Saw("feedback", string(a.Ref))
		desk, err = s.feedbackDesk(tx, a)
		return err
	})
	return desk, err
}

func (s *Service) feedbackDesk(tx *work.Tx, a *application.Application) (FeedbackDesk, error) {
	may, err := tx.May(access.EditFeedback, a)
	if err != nil {
		return FeedbackDesk{}, err
	}
	desk := FeedbackDesk{Application: a, Editable: may && slices.Contains(feedbackStates(), a.State)}
	if desk.Texts, err = s.texts(tx, a); err != nil {
		return desk, err
	}
	if desk.Versions, err = feedbackOf(tx, a.ID); err != nil {
		return desk, err
	}
	var editors []ident.Person
	for _, v := range desk.Versions {
		editors = append(editors, v.EditedBy)
	}
	if desk.Names, err = people.Names(tx, editors...); err != nil {
		return desk, err
	}
	if desk.Found, err = s.check(tx, a, desk.Standing()); err != nil {
		return desk, err
	}
	return desk, nil
}

// Check gives what the check finds in a text for the applicant, to somebody who may edit it.
func (s *Service) Check(ctx context.Context, ref ident.Ref, text string) ([]Found, error) {
	var found []Found
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		a, err := application.Permitted(tx, ref, access.EditFeedback)
		if err == nil {
			found, err = s.check(tx, a, tidy(text))
		}
		return err
	})
	return found, err
}

// texts gives what reviewers wrote for the applicant, in the order in which their reviews were sent.
func (s *Service) texts(tx *work.Tx, a *application.Application) ([]FeedbackText, error) {
	r, err := s.rubric(a.Call())
	if err != nil {
		return nil, err
	}
	reviews, err := submittedOf(tx, a.ID)
	if err != nil {
		return nil, err
	}
	var texts []FeedbackText
	number := map[string]int{}
	for _, one := range reviews {
		number[one.Kind]++
		if one.Feedback != "" {
			texts = append(texts, FeedbackText{r.KindTitle(rubric.Kind(one.Kind)), number[one.Kind], one.Feedback})
		}
	}
	return texts, nil
}

// Edit is feedback as somebody typed it.
type Edit struct {
	Body      string
	Version   int           // that it was read at
	Confirmed bool          // what the check found may stay
	Call      ident.CallRef // in whose list it was opened; empty: whichever
}

// EditFeedback keeps a new version of the feedback to an applicant. Names and addresses of those who reviewed or decide must not be in it;
// whatever else the check finds is named, and stays only if the editor confirms it.
func (s *Service) EditFeedback(ctx context.Context, ref ident.Ref, in Edit) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error { //nolint:wrapcheck // the use case has said what it was doing
		a, err := application.Permitted(tx, ref, access.EditFeedback)
		if err != nil {
			return err
		}
		in.Body = tidy(in.Body)
		before, err := in.open(tx, a)
		if err != nil || before == in.Body && in.Version > 0 {
			return err
		}
		found, err := s.check(tx, a, in.Body)
		if err != nil {
			return err
		}
		if problems := in.problems(found); len(problems) > 0 {
			return fault.Fields(problems)
		}
		return keepFeedback(tx, a, in, found)
	})
}

// open gives the text as it stands, unless it cannot be edited now or stands otherwise than the editor read it.
func (in Edit) open(tx *work.Tx, a *application.Application) (string, error) {
	switch {
	case in.Call != "" && in.Call != a.Call().Ref:
		return "", work.NotFound("application in this call")
	case !slices.Contains(feedbackStates(), a.State):
		return "", fault.New(fault.Conflict, "Feedback is edited between the end of the reviews and the release")
	}
	versions, err := feedbackOf(tx, a.ID)
	if err != nil {
		return "", err
	}
	now := FeedbackDesk{Versions: versions}
	if now.Version() != in.Version {
		return "", fault.Stale(map[string]string{"feedback": now.Standing()}, "Somebody else edited this feedback after you opened it")
	}
	return now.Standing(), nil
}

// problems are what keeps a text from being saved.
func (in Edit) problems(found []Found) fault.Problems {
	blocking, asking := 0, 0
	for _, f := range found {
		if f.Blocks {
			blocking++
		} else {
			asking++
		}
	}
	switch {
	case in.Body == "":
		return fault.Problems{"feedback": "Enter the feedback that the applicant gets"}
	case form.Characters(in.Body) > ceilingText:
		return fault.Problems{"feedback": "Feedback must be 15,000 characters or fewer"}
	case blocking > 0:
		return fault.Problems{"feedback": "Take the names and addresses of people out of the feedback"}
	case asking > 0 && !in.Confirmed:
		return fault.Problems{"confirm": "Look at what was found in the text. Change it, or confirm that it may stay"}
	}
	return nil
}

func keepFeedback(tx *work.Tx, a *application.Application, in Edit, found []Found) error {
	lines := make([]string, len(found))
	for i, f := range found {
		lines[i] = f.String()
	}
	v := &FeedbackVersion{ApplicationID: a.ID, Version: in.Version + 1, Body: in.Body, Confirmed: strings.Join(lines, "\n"), EditedBy: tx.By.ID, EditedAt: tx.Now}
	tx.Record(application.Event(a, string(access.EditFeedback), map[string]any{"version": v.Version, "digest": audit.Digest([]byte(v.Body)), "confirmed": len(found)}))
	err := work.Add(tx, v)
	if fault.Is(err, fault.Conflict) {
		return fault.Wrap(fault.Conflict, err, "Somebody else edited this feedback at the same moment. Open it again")
	}
	return err
}

// OutcomeFeedback gives an applicant the feedback on their application once it is decided and released: as the chair edited it or, if
// nobody did, what the reviewers wrote, without their names.
func (s *Service) OutcomeFeedback(ctx context.Context, ref ident.Ref) ([]string, error) {
	var texts []string
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		texts = nil
		a, err := application.Permitted(tx, ref, access.ViewOutcome)
		if err != nil || !toldFeedback(a.State) {
			return err
		}
		texts, err = s.toldOf(tx, a)
		return err
	})
	return texts, err
}

// toldFeedback reports whether an applicant has been told the outcome of the panel.
func toldFeedback(state workflow.ApplicationState) bool {
	return slices.Contains([]workflow.ApplicationState{workflow.Successful, workflow.Reserve, workflow.Unsuccessful}, state)
}

// known are the people whose names must not reach an applicant.
type known struct {
	reviewers []people.Person // of this application, also those who declined
	others    []people.Person // who decide, assess or run the round
}

func (k known) names() []string {
	var names []string
	for _, p := range slices.Concat(k.reviewers, k.others) {
		names = append(names, p.Name)
	}
	return names
}

// judges gives those who review an application, and those who close its assessment, moderate, approve or score it.
func judges(tx *work.Tx, a *application.Application) (known, error) {
	rows, err := assignment.Of(tx, a.ID)
	if err != nil {
		return known{}, err
	}
	ids := make([]ident.Person, len(rows))
	for i, row := range rows {
		ids[i] = row.Person
	}
	var k known
	if k.reviewers, err = people.ByIDs(tx, ids); err != nil {
		return k, err
	}
	some, err := deciders(tx, access.Scope{Round: a.RoundID, Call: a.CallID})
	if err != nil {
		return k, fmt.Errorf("looking who judges: %w", err)
	}
	for _, p := range some {
		same := func(o people.Person) bool { return o.ID == p.ID }
		if !slices.ContainsFunc(k.others, same) && !slices.ContainsFunc(k.reviewers, same) {
			k.others = append(k.others, p)
		}
	}
	return k, nil
}
