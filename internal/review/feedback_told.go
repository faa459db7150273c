package review

import (
	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
)

// FeedbackFor gives what the applicants of a call are told of the reviews, by application and with a fixed number of queries: as the chair
// edited it or, where nobody did, what the reviewers wrote, without the names of those who judge. Who asks must be allowed to see it.
func (s *Service) FeedbackFor(tx *work.Tx, c *fund.Call) (map[ident.Application][]string, error) {
	edited, err := latestFeedback(tx, c.ID)
	if err != nil {
		return nil, err
	}
	reviews, err := work.Many[Review](inCall(tx, c.ID).Where("state = ? AND feedback <> ''", Submitted).Order("application_id, id"), "feedback of reviewers")
	if err != nil {
		return nil, err
	}
	told := make(map[ident.Application][]string, len(reviews))
	for id, v := range edited {
		told[id] = []string{v.Body}
	}
	masks, err := masksIn(tx, c, reviews, edited)
	if err != nil {
		return nil, err
	}
	for _, r := range reviews {
		if m, plain := masks[r.ApplicationID]; plain {
			told[r.ApplicationID] = append(told[r.ApplicationID], m.Text(r.Feedback))
		}
	}
	return told, nil
}

// masksIn gives the masks of the applications of a call whose feedback nobody edited.
func masksIn(tx *work.Tx, c *fund.Call, reviews []Review, edited map[ident.Application]FeedbackVersion) (map[ident.Application]*Mask, error) {
	masks := map[ident.Application]*Mask{}
	for _, r := range reviews {
		if _, there := edited[r.ApplicationID]; !there {
			masks[r.ApplicationID] = nil
		}
	}
	if len(masks) == 0 {
		return masks, nil
	}
	rows, err := assignment.InCall(tx, c.ID)
	if err != nil {
		return nil, err //nolint:wrapcheck // assignment has said what it was doing
	}
	var ids []ident.Person
	for _, row := range rows {
		ids = append(ids, row.Person)
	}
	names, err := people.Names(tx, ids...)
	if err != nil {
		return nil, err //nolint:wrapcheck // people has said what it was doing
	}
	everywhere, err := deciders(tx, c.Scope())
	if err != nil {
		return nil, err
	}
	own := map[ident.Application][]string{}
	for _, row := range rows {
		own[row.ApplicationID] = append(own[row.ApplicationID], names[row.Person])
	}
	for id := range masks {
		all := own[id]
		for _, p := range everywhere {
			all = append(all, p.Name)
		}
		masks[id] = NewMask(all...)
	}
	return masks, nil
}

// deciders are those who close assessments, moderate, approve or score in a call, besides its reviewers.
func deciders(tx *work.Tx, in access.Scope) ([]people.Person, error) {
	var all []people.Person
	for _, act := range []access.Action{access.ViewModeration, access.ApproveProposal, access.ScoreDT1, access.ProposeFU1} {
		some, err := people.WhoMay(tx, act, in)
		if err != nil {
			return nil, err //nolint:wrapcheck // people has said what it was doing
		}
		all = append(all, some...)
	}
	return all, nil
}

// toldOf gives what one applicant is told, as FeedbackFor does.
func (s *Service) toldOf(tx *work.Tx, a *application.Application) ([]string, error) {
	versions, err := feedbackOf(tx, a.ID)
	if err != nil {
		return nil, err
	}
	if len(versions) > 0 {
		return []string{versions[0].Body}, nil
	}
	own, err := s.texts(tx, a)
	if err != nil {
		return nil, err
	}
	known, err := judges(tx, a)
	if err != nil {
		return nil, err
	}
	mask := NewMask(known.names()...)
	var texts []string
	for _, t := range own {
		texts = append(texts, mask.Text(t.Text))
	}
	return texts, nil
}
