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
	ceilingReason = 10_000 // what is too long is kept up to here, so that nobody loses what they typed
	ceilingText   = 15_000
)

// fill takes what was typed into the review, complete or not. It names what no page of ours sends, of which nothing is kept.
func (s *Sheet) fill(in Typed) fault.Problems {
	foreign, marks := fault.Problems{}, Marks{}
	for _, p := range s.Parts {
		if g, there := s.Review.Marks[p.Code]; there && !in.brings(form.Code(p.Code)) {
			marks[p.Code] = g
		}
	}
	for code, g := range in.Marks {
		g.Mark, g.Reason = strings.TrimSpace(g.Mark), tidy(g.Reason)
		if field, words := s.foreign(code, g); words != "" {
			foreign[field] = words
		} else if !g.blank() {
			marks[code] = g
		}
	}
	s.Review.Marks = marks
	if in.brings(CommentsCode) {
		s.Review.Comments = tidy(in.Comments)
	}
	if in.brings(FeedbackCode) {
		s.Review.Feedback = tidy(in.Feedback)
	}
	for field, text := range map[string]string{"comments-panel": s.Review.Comments, "feedback": s.Review.Feedback} {
		if form.Characters(text) > ceilingText {
			foreign[field] = tooLong("This text", longestText)
		}
	}
	return foreign
}

// foreign says what about a part no page of ours sends, by its input; nothing if it is as it should be.
func (s *Sheet) foreign(code rubric.Code, g Given) (field, words string) {
	_, _, ok := g.read()
	switch {
	case !slices.ContainsFunc(s.Parts, func(p *rubric.Part) bool { return p.Code == code }):
		return string(code), fmt.Sprintf("You do not score %s", code)
	case !ok && g.Mark != "":
		return string(code), fmt.Sprintf("Select a score from 0 to %d, not applicable or abstain", rubric.Highest)
	case form.Characters(g.Reason) > ceilingReason:
		return string(code) + "-reason", tooLong("Reason", longestReason)
	}
	return "", ""
}

// wrong names what is too long to be sent, by the inputs' names.
func (s *Sheet) wrong() fault.Problems {
	problems := fault.Problems{}
	for code, g := range s.Review.Marks {
		if form.Characters(g.Reason) > longestReason {
			problems[string(code)+"-reason"] = tooLong("Reason for "+string(code), longestReason)
		}
	}
	if form.Characters(s.Review.Comments) > longestText {
		problems["comments-panel"] = tooLong("Comments", longestText)
	}
	if form.Characters(s.Review.Feedback) > longestText {
		problems["feedback"] = tooLong("Feedback", longestText)
	}
	return problems
}

func tooLong(what string, most int) string {
	return fmt.Sprintf("%s must be %d,000 characters or fewer", what, most/1000)
}

// tidy makes line breaks one kind and takes out what is no text.
func tidy(text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\r\n", "\n"), "\x00", "")
	return strings.TrimSpace(text)
}

// Missing names what a review lacks to be sent, part by part, by the inputs' names.
func (s *Sheet) Missing() fault.Problems { return s.missing() }

// missing names what a review lacks to be sent, by the inputs' names.
func (s *Sheet) missing() fault.Problems {
	problems := s.wrong()
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
