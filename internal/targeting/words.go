package targeting

import (
	"fmt"
	"math"
	"slices"

	"adoptionfund/internal/assign"
	"adoptionfund/internal/money"
)

// value is what a review of an application by a reviewer is worth; without one (-1) there is nobody who could give it.
func (s *state) value(a, r int) Value {
	v := Value{Line: s.lineOf(a)}
	app := s.p.Applications[a]
	switch {
	case app.Shut:
		v.Reason = "It gets no more reviews."
		return v
	case r < 0:
		v.Reason = "Nobody is left who could review it: all have a conflict, no room, or have reviewed it."
		return v
	}
	v.Move, v.Gain = math.Sqrt(s.takes(a, r)), s.adds(a, r)
	if v.Move > 0 {
		v.Cross = beyond(math.Abs(app.Score-v.Line) / v.Move)
	}
	v.Reason = s.reason(a, v)
	return v
}

// reason says in words what makes a review worth so much.
func (s *state) reason(a int, v Value) string {
	app := s.p.Applications[a]
	stake := money.Pounds(int64(math.Round(app.Amount)))
	distance := app.Score - v.Line
	side := "above"
	if distance < 0 {
		side = "below"
	}
	said := fmt.Sprintf("Its score is %s %s the funding line. ", s.figure(math.Abs(distance)), side)
	switch {
	case v.Move == 0:
		return said + "One more review would not move it."
	case v.Cross < 0.005:
		return said + fmt.Sprintf("One more review would move it by about %s, hardly ever across the line.", s.figure(v.Move))
	}
	return said + fmt.Sprintf("One more review would move it by about %s, and across the line in %.0f of 100 cases. %s depends on it.", s.figure(v.Move), 100*v.Cross, stake)
}

// figure writes a score or a difference of scores: with two decimals where scores are small.
func (s *state) figure(score float64) string {
	if s.large {
		return fmt.Sprintf("%.1f", score)
	}
	return fmt.Sprintf("%.2f", score)
}

// review is a review of the batch, with why it is this reviewer.
func (s *state) review(pair assign.Pair, r int) Review {
	reviewer := s.p.Reviewers[r]
	theme := ""
	for _, app := range s.p.Applications {
		if app.ID == pair[1] {
			theme = app.Theme
		}
	}
	why := fmt.Sprintf("Has room for %d more reviews and has not reviewed it.", reviewer.Room)
	if reviewer.Room == 1 {
		why = "Has room for one more review and has not reviewed it."
	}
	if theme != "" && slices.Contains(reviewer.Themes, theme) {
		why = "Knows the theme. " + why
	}
	return Review{Reviewer: reviewer.ID, Application: pair[1], Kind: reviewer.Kind, Reason: why}
}
