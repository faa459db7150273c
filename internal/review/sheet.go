package review

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/work"
)

const (
	longestReason = 4000
	longestText   = 5000
)

// fill takes what was typed into the review. It is partial: what is missing is no problem yet, what is wrong is.
func (s *Sheet) fill(in Typed) fault.Problems {
	problems := fault.Problems{}
	marks := Marks{}
	for code, g := range in.Marks {
		g.Mark, g.Reason = strings.TrimSpace(g.Mark), tidy(g.Reason)
		if !slices.ContainsFunc(s.Parts, func(p *rubric.Part) bool { return p.Code == code }) {
			problems[string(code)] = fmt.Sprintf("You do not score %s", code)
			continue
		}
		if _, _, ok := g.read(); !ok && g.Mark != "" {
			problems[string(code)] = fmt.Sprintf("Select a score from 0 to %d, not applicable or abstain", rubric.Highest)
		}
		if form.Characters(g.Reason) > longestReason {
			problems[string(code)+"-reason"] = "Reason must be 4,000 characters or fewer"
		}
		if !g.blank() {
			marks[code] = g
		}
	}
	comments, feedback := tidy(in.Comments), tidy(in.Feedback)
	if form.Characters(comments) > longestText {
		problems["comments-panel"] = "Comments must be 5,000 characters or fewer"
	}
	if form.Characters(feedback) > longestText {
		problems["feedback"] = "Feedback must be 5,000 characters or fewer"
	}
	s.Review.Marks, s.Review.Comments, s.Review.Feedback = marks, comments, feedback
	return problems
}

// tidy makes line breaks one kind and takes out what is no text.
func tidy(text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\r\n", "\n"), "\x00", "")
	return strings.TrimSpace(text)
}

// missing names what a review lacks to be sent, by the inputs' names.
func (s *Sheet) missing() fault.Problems {
	problems := fault.Problems{}
	for _, p := range s.Parts {
		g := s.Review.Marks[p.Code]
		for field, words := range g.missing(p, s.Least) {
			problems[field] = words
		}
	}
	return problems
}

// missing names what a part lacks.
func (g Given) missing(p *rubric.Part, least int) fault.Problems {
	problems := fault.Problems{}
	if _, _, ok := g.read(); !ok {
		problems[string(p.Code)] = fmt.Sprintf("Select a score for %s, %s", p.Code, lower(p.Title))
	}
	switch words := form.Words(g.Reason); {
	case words == 0:
		problems[string(p.Code)+"-reason"] = fmt.Sprintf("Enter the reason for your score of %s", p.Code)
	case words < least:
		problems[string(p.Code)+"-reason"] = fmt.Sprintf("The reason for your score of %s must be %d words or more", p.Code, least)
	}
	return problems
}

// lower makes the first letter of a title small, unless the word is an abbreviation.
func lower(title string) string {
	first, _, _ := strings.Cut(title, " ")
	if strings.ToUpper(first) == first {
		return title
	}
	return strings.ToLower(title[:1]) + title[1:]
}

// Done counts the parts that have a mark and a reason.
func (s *Sheet) Done() int {
	n := 0
	for _, p := range s.Parts {
		if len(s.Review.Marks[p.Code].missing(p, s.Least)) == 0 {
			n++
		}
	}
	return n
}

// scores are the rows that a complete review makes.
func (s *Sheet) scores(tx *work.Tx) []Score {
	var rows []Score
	for _, p := range s.Parts {
		g := s.Review.Marks[p.Code]
		mark, value, _ := g.read()
		rows = append(rows, Score{
			ID: ident.New[string](), ApplicationID: s.Application.ID, Part: p.Code, Kind: s.Kind, Person: tx.By.ID, ReviewID: &s.Review.ID,
			Value: value, Mark: mark, Reason: g.Reason, Source: ByReviewer, State: ScoreStands, At: tx.Now,
		})
	}
	return rows
}

// says reports whether two reviews say the same.
func (r *Review) says(other Review) bool {
	return reflect.DeepEqual(r.Marks, other.Marks) && r.Comments == other.Comments && r.Feedback == other.Feedback
}

// inputs are what stands, by the names of the inputs: what a page shows beside what was typed on an older version.
func (r *Review) inputs() map[string]string {
	in := map[string]string{"comments-panel": r.Comments, "feedback": r.Feedback}
	for code, g := range r.Marks {
		in[string(code)], in[string(code)+"-reason"] = g.Mark, g.Reason
	}
	return in
}

func (r *Review) digest() string {
	text, err := json.Marshal([]any{r.Marks, r.Comments, r.Feedback})
	if err != nil {
		return ""
	}
	return audit.Digest(text)
}
