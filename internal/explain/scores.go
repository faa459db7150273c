package explain

import (
	"fmt"
	"strconv"
	"strings"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/review"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/workflow"
)

// kindTitle is how people call a kind of reviewer.
func (t teller) kindTitle(kind string) string {
	if t.k.assessed.Rubric == nil {
		return capital(kind)
	}
	return t.k.assessed.Rubric.KindTitle(rubric.Kind(kind))
}

// score is a text that is withheld before the release.
func (t teller) score(words string) Line { return until(Scores, t.secret, words) }

func (t teller) scores() Section {
	s := Section{ID: "scores", Title: "Scores", Page: "/panel/" + string(t.k.app.Call().Ref) + "/progress"}
	p := t.k.assessed
	if p.Rubric == nil || len(p.Scores) == 0 {
		return s.none("It was not scored.")
	}
	total := []Fact{{"Total of 100, as given", t.score(p.Totals.Total.String())}}
	for _, h := range p.Rubric.Criteria {
		total = append(total, Fact{h.Title, t.score(p.Totals.Criterion(h.Code).String())})
	}
	total = append(total, Fact{"Reviews that count", plain(count(p.Totals.Reviews))}, Fact{"Still missing", plain(strings.Join(p.Totals.Missing, "; "))})
	s.Blocks = append(s.Blocks, Block{Facts: facts(total...)}, t.byPart())
	given := Table{Caption: "Every score that was given, with its reason", Columns: []string{"Part", "Score", "Reason", "By", "As", "Given", "Stands"}}
	for _, g := range p.Scores {
		by := t.who(g.Person)
		if g.ConfirmedBy != nil {
			by = by.and(plain("; confirmed by "), t.whoOr(g.ConfirmedBy))
		}
		given.Rows = append(given.Rows, []Line{plain(string(g.Part)), t.score(g.Label()), t.score(g.Reason), by, plain(t.source(g)), plain(at(g.At)), plain(g.State.Label())})
	}
	s.Blocks = append(s.Blocks, Block{Table: &given})
	s.Blocks = append(s.Blocks, t.written()...)
	return s
}

func (t teller) source(s review.Score) string {
	switch s.Source {
	case review.ByReviewer:
		return t.kindTitle(s.Kind) + " reviewer"
	case review.ByOfficer:
		return "Eligibility officer"
	case review.ByAssessor:
		return "DTAC assessor"
	case review.ByConsensus:
		return "Consensus of the moderation"
	}
	return string(s.Source)
}

func (t teller) byPart() Block {
	table := Table{Caption: "By part", Columns: []string{"Part", "Weight", "Score of 5", "Points", "How it came about"}}
	for _, p := range t.k.assessed.Totals.Parts {
		how := fmt.Sprintf("Mean of %d", p.Scores)
		switch {
		case !p.Counts:
			how = "Left out: " + p.LeftOut
		case p.Consensus:
			how = fmt.Sprintf("Consensus; the scores behind it were %d to %d", p.Least, p.Best)
		}
		mean := ""
		if p.Counts {
			mean = strconv.FormatFloat(p.Mean, 'f', 2, 64)
		}
		table.Rows = append(table.Rows, []Line{plain(string(p.Part.Code), " ", p.Part.Title), plain(count(p.Part.Weight)), t.score(mean), t.score(p.Points.String()), t.score(how)})
	}
	return Block{Table: &table}
}

// written is what reviewers wrote, and how their reviews read before they were revised.
func (t teller) written() []Block {
	p := t.k.assessed
	reviews := Table{Caption: "Reviews", Columns: []string{"Reviewer", "As", "Sent", "Comments to the panel", "Feedback to the applicant"}, Empty: "No review was sent."}
	byID := map[ident.Review]review.Review{}
	for _, r := range p.Reviews {
		byID[r.ID] = r
		as := t.kindTitle(r.Kind)
		if r.State == review.Struck {
			as += ", struck because of a conflict: it counts nowhere"
		}
		reviews.Rows = append(reviews.Rows, []Line{t.who(r.Person), plain(as), plain(atOr(r.SubmittedAt)), of(Advice, r.Comments), until(Letters, t.secret, r.Feedback)})
	}
	blocks := []Block{{Table: &reviews}}
	versions := Table{Caption: "Reviews as they were before they were revised", Columns: []string{"Reviewer", "Sent", "Scores and reasons", "Comments to the panel", "Feedback to the applicant"}}
	for _, v := range p.Versions {
		var marks []string
		for _, part := range p.Rubric.Parts {
			if g, there := v.Marks[part.Code]; there {
				marks = append(marks, string(part.Code)+": "+g.Label()+". "+g.Reason)
			}
		}
		versions.Rows = append(versions.Rows, []Line{t.who(byID[v.ReviewID].Person), plain(at(v.SubmittedAt)), t.score(strings.Join(marks, "\n")), of(Advice, v.Comments), until(Letters, t.secret, v.Feedback)})
	}
	if len(versions.Rows) > 0 {
		blocks = append(blocks, Block{Table: &versions})
	}
	if len(p.Feedback) > 0 {
		edited := Table{Caption: "Feedback as the fund edited it, the last first", Columns: []string{"Version", "Feedback", "By"}}
		for _, f := range p.Feedback {
			edited.Rows = append(edited.Rows, []Line{plain(count(f.Version)), until(Letters, t.secret, f.Body), t.done(f.EditedBy, f.EditedAt)})
		}
		blocks = append(blocks, Block{Table: &edited})
	}
	return blocks
}

func (t teller) discussion() Section {
	s := Section{ID: "moderation", Title: "Moderation and consensus", Page: "/panel/" + string(t.k.app.Call().Ref) + "/moderation"}
	p := t.k.assessed
	words := map[workflow.Event]string{
		workflow.CloseShort: "Closed with fewer reviews than the call asks for", workflow.ChooseModeration: "Moderated by choice of the chair", workflow.RequestReviews: "Further reviews asked for",
		workflow.RecordConsensus: "Consensus recorded", workflow.TakeToPanel: "Taken to the panel",
	}
	minutes := Table{Caption: "Steps with a minuted reason", Columns: []string{"Step", "Reason", "By"}, Empty: "No step of the assessment needed a reason."}
	for _, m := range p.Minutes {
		step := words[workflow.Event(m.Event)]
		if step == "" {
			step = capital(strings.ReplaceAll(m.Event, "_", " "))
		}
		minutes.Rows = append(minutes.Rows, []Line{t.score(step), of(Advice, m.Reason), t.done(m.Person, m.At)})
	}
	consensus := Table{Caption: "Consensus", Columns: []string{"Part", "Score", "Reason", "By", "Stands"}, Empty: "No consensus was recorded."}
	for _, g := range p.Scores {
		if g.Source == review.ByConsensus {
			consensus.Rows = append(consensus.Rows, []Line{plain(string(g.Part)), t.score(g.Label()), t.score(g.Reason), t.done(g.Person, g.At), plain(g.State.Label())})
		}
	}
	posts := Table{Caption: "Discussion", Columns: []string{"By", "About", "What was written"}, Empty: "Nothing was written in a discussion."}
	for _, d := range p.Posts {
		text := of(Advice, d.Text)
		if d.WithdrawnAt != nil {
			text = plain("Taken back by its writer on " + at(*d.WithdrawnAt) + ": ").and(of(Advice, d.WithdrawnWhy))
		}
		posts.Rows = append(posts.Rows, []Line{t.done(d.Person, d.At), plain(d.Part), text})
	}
	s.Blocks = []Block{{Table: &minutes}, {Table: &consensus}, {Table: &posts}}
	return s
}

func (t teller) meetings() Section {
	s := Section{ID: "meetings", Title: "Panel meetings", Page: "/panel/" + string(t.k.app.Call().Ref) + "/meeting"}
	if len(t.k.meetings) == 0 {
		return s.none("It was on the agenda of no meeting.")
	}
	for _, m := range t.k.meetings {
		b := Block{Heading: m.Meeting.Title, Facts: facts(
			Fact{"Meeting", plain(at(m.Meeting.StartsAt))}, Fact{"Place on the agenda", plain(count(m.Item.Position))}, Fact{"Taken", plain(atOr(m.Item.OpenedAt))},
			Fact{"Decided", until(Outcome, t.secret, m.Item.Outcome.Label())}, Fact{"Note", of(Advice, m.Item.Note)}, Fact{"Led by", t.whoOr(m.Item.LedBy)}, Fact{"Recorded by", t.whoOr(m.Item.RecordedBy)},
			Fact{"Present", t.all(m.Item.Present)}, Fact{"Stepped out for it", t.all(m.Item.SteppedOut)}, Fact{"Minutes", plain(signed(m.Meeting.Digest))})}
		for _, d := range m.Declared {
			b.Facts = append(b.Facts, Fact{"Declared there", t.done(d.Person, d.At).and(of(Interests, ": "+d.Statement))})
		}
		s.Blocks = append(s.Blocks, b)
	}
	return s
}

func signed(digest string) string {
	if digest == "" {
		return "Not signed in full"
	}
	return "Signed, digest " + digest
}
