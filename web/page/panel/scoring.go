package panel

import (
	"fmt"
	"strconv"

	"adoptionfund/internal/agreement"
	"adoptionfund/internal/review"
	"adoptionfund/internal/rubric"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Scoring is how the reviewers of a call score, and how far they agree.
type Scoring struct {
	Pages   []nhs.Link
	Scoring review.Scoring
	From    int
}

// Head is what the frame shows.
func (p Scoring) Head() shared.Head { return head("Agreement and scoring", p.Scoring.Call) }

func (p Scoring) agreement() nhs.Table {
	t := nhs.Table{
		ID: "agreement", Caption: "Agreement by part", CaptionSize: nhs.Medium, RowHeaders: true, Compact: true,
		Columns: []nhs.Column{{Heading: "Part"}, {Heading: "Agreement"}, {Heading: "Alpha (95% interval)", Numeric: true}, {Heading: "Applications compared", Numeric: true}, {Heading: "Scores", Numeric: true}},
	}
	for _, a := range p.Scoring.Parts {
		words := capital(a.Words())
		if a.Known == agreement.Yes && !a.Bounded {
			words += "; too few applications for an interval"
		}
		t.Rows = append(t.Rows, nhs.Cells(string(a.Part.Code)+" "+a.Part.Title, words, a.Figures(), strconv.Itoa(a.Units), strconv.Itoa(a.Scores)))
	}
	return t
}

// shown are the reviewers of this page.
func (p Scoring) shown() []review.Scored {
	return onPage(p.Scoring.Reviewers, p.From)
}

func (p Scoring) turn() nhs.Pagination {
	return turned(p.From, len(p.shown()), len(p.Scoring.Reviewers), func(from int) string {
		return address(p.Scoring.Call, "progress/scoring", "") + "?from=" + strconv.Itoa(from)
	})
}

func (p Scoring) reviewers() nhs.Table {
	t := nhs.Table{
		ID: "reviewers", Caption: "How each reviewer scores beside the others of their kind", CaptionHidden: true, RowHeaders: true, Compact: true, Scroll: true, Empty: "No review is sent yet.",
		Columns: []nhs.Column{{Heading: "Reviewer"}, {Heading: "Picture"}},
	}
	for score := range rubric.Highest + 1 {
		t.Columns = append(t.Columns, nhs.Column{Heading: strconv.Itoa(score), Numeric: true})
	}
	t.Columns = append(t.Columns, nhs.Column{Heading: "Mean", Numeric: true}, nhs.Column{Heading: "Mean of the others", Numeric: true}, nhs.Column{Heading: "Against others on the same applications", Numeric: true})
	if p.Scoring.Named {
		t.Columns = append(t.Columns, nhs.Column{Heading: "Scores", Numeric: true})
	}
	for _, r := range p.shown() {
		row := []nhs.Cell{{Text: r.Who}, {Content: bars(r)}}
		for score := range rubric.Highest + 1 {
			row = append(row, nhs.Cell{Text: shares(r, score)})
		}
		row = append(row, nhs.Cells(mean(r.Own), mean(r.Rest), leans(r))...)
		if p.Scoring.Named {
			row = append(row, nhs.Cell{Text: strconv.Itoa(r.Own.Of())})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// shares are how often a score is given by a reviewer, and by the others.
func shares(r review.Scored, score int) string {
	if r.Rest.Of() == 0 {
		return fmt.Sprintf("%d%%", r.Own.Share(score))
	}
	return fmt.Sprintf("%d%% (%d%%)", r.Own.Share(score), r.Rest.Share(score))
}

func mean(s review.Spread) string {
	if s.Of() == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f", s.Mean())
}

// leans is how far a reviewer is from the others, with its sign.
func leans(r review.Scored) string {
	switch text := fmt.Sprintf("%+.1f", r.Leans); {
	case r.Pairs == 0:
		return ""
	case text == "+0.0" || text == "-0.0":
		return "0.0"
	default:
		return text
	}
}

func capital(s string) string { return string(s[0]-'a'+'A') + s[1:] }

// bar is one bar of a picture, in its units: a score takes 20 across, 100% is 50 high.
type bar struct{ x, y, height int }

// drawn are the bars of how often each score is given; right of the middle of the score if beside is set.
func drawn(s review.Spread, beside bool) []bar {
	all := make([]bar, 0, len(s))
	for score := range s {
		b := bar{x: score*20 + 2, height: s.Share(score) / 2}
		if beside {
			b.x += 8
		}
		b.y = 50 - b.height
		all = append(all, b)
	}
	return all
}

// OwnScoring is how the one who is signed in scores.
type OwnScoring struct{ Calls []review.Own }

// Head is what the frame shows.
func (p OwnScoring) Head() shared.Head {
	return shared.Head{Title: "How you score", Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}, {Href: "/reviews", Text: "Your reviews"}}}
}

func ownTable(o review.Own) nhs.Table {
	t := nhs.Table{
		ID: "own-" + string(o.Call.Ref), Caption: "How often you gave each score", CaptionSize: nhs.Small, RowHeaders: true, Compact: true,
		Columns: []nhs.Column{{Heading: "Score"}, {Heading: "You", Numeric: true}},
	}
	others := o.Scored.Rest.Of() > 0
	if others {
		t.Columns = append(t.Columns, nhs.Column{Heading: "Others of your kind", Numeric: true})
	}
	for score, n := range o.Scored.Own {
		row := nhs.Cells(strconv.Itoa(score), fmt.Sprintf("%d (%d%%)", n, o.Scored.Own.Share(score)))
		if others {
			row = append(row, nhs.Cell{Text: fmt.Sprintf("%d%%", o.Scored.Rest.Share(score))})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// beside says how the reader scores beside the others, or why that is not said.
func beside(o review.Own) string {
	switch {
	case o.Waiting == 1:
		return "How you score beside the others is shown when your last review is sent."
	case o.Waiting > 1:
		return fmt.Sprintf("How you score beside the others is shown when your %d reviews that wait are sent.", o.Waiting)
	case o.Few:
		return "Too few others of your kind have sent a review to show how they score."
	case o.Scored.Pairs == 0:
		return "Nobody else has scored the same parts of the same applications yet."
	}
	switch text := leans(o.Scored); text[0] {
	case '+':
		return "On the same parts of the same applications you gave " + text[1:] + " points more than the others, on average."
	case '-':
		return "On the same parts of the same applications you gave " + text[1:] + " points less than the others, on average."
	}
	return "On the same parts of the same applications you gave what the others gave, on average."
}
