package report

import (
	"database/sql"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/ranking"
	"adoptionfund/internal/review"
	"adoptionfund/internal/work"
)

// scores are all that stand: those of reviewers as they gave them, of officers and assessors, and each consensus. Reviewers are told by
// the pseudonym that calibration uses.
func scores() *Report {
	return &Report{
		Kind: "scores", Title: "Scores", One: "score", Many: "scores", Action: access.ExportScores,
		About:   "Every score that stands, part by part with its reason: by reviewers, under the pseudonym of the ranking, by officers and assessors, and by consensus. From it the calibration can be repeated.",
		Sources: "The scores that stand; of what was revised, the last version. Scores of reviews that a conflict struck are not in it.",
		Columns: []Column{
			{Name: "application", Label: "Application", Type: Text, Meaning: "The application's reference"},
			{Name: "call", Label: "Call", Type: Text, Meaning: "The reference of its call"},
			{Name: "part", Label: "Part", Type: Text, Meaning: "The part of the rubric"},
			{Name: "source", Label: "From", Type: Label, Meaning: "Reviewer, officer, assessor or consensus", Words: sourceWords},
			{Name: "kind", Label: "Kind", Type: Text, Meaning: "The kind of reviewer; empty for the others"},
			{Name: "reviewer", Label: "Reviewer", Type: Text, Meaning: "The pseudonym of a reviewer in this call; empty for the others"},
			{Name: "value", Label: "Score", Type: Number, Meaning: "0 to 5; empty where it does not apply or somebody abstained"},
			{Name: "mark", Label: "Mark", Type: Text, Meaning: "score, not_applicable or abstained"},
			{Name: "given", Label: "Given", Type: Moment, Meaning: "When it was given"},
			{Name: "reason", Label: "Reason", Type: Text, Meaning: "Why, in the words of whoever gave it", Aside: true},
		},
		Groups:  []Group{{"by_part", "By part", nil}, {"by_source", "By where they come from", sourceWords}},
		Filters: standardFilters(), masks: true,
		rows: scoreRows,
	}
}

func sourceWords(s string) string {
	return chosen([]Choice{{"reviewer", "Reviewer"}, {"officer", "Eligibility officer"}, {"assessor", "DTAC assessor"}, {"consensus", "Consensus"}}, s)
}

func scoreRows(r *Reading, after string, n int) ([]Row, error) {
	where, args := r.where()
	ref, id := "", nobody
	if parts := strings.Fields(after); len(parts) == 2 {
		ref, id = parts[0], parts[1]
	}
	query := `SELECT s.id, a.ref, a.call_id, s.part, s.source, s.kind, s.person, s.value, s.mark, s.at, s.reason FROM scores s JOIN applications a ON a.id = s.application_id
		WHERE ` + where + ` AND s.state = 'standing' AND (a.ref, s.id) > (?, ?) ORDER BY a.ref, s.id LIMIT ?`
	var lines []Row
	err := work.Each(r.tx, "scores", query, append(args, ref, id, n), func(rows *sql.Rows) error {
		var id, ref, part, source, kind, mark, reason string
		var call ident.Call
		var person ident.Person
		var value sql.NullInt64
		var at time.Time
		if err := rows.Scan(&id, &ref, &call, &part, &source, &kind, &person, &value, &mark, &at, &reason); err != nil {
			return err //nolint:wrapcheck // each says what was read
		}
		var who, of, given any
		if review.Source(source) == review.ByReviewer {
			who, of = ranking.Reviewer(call, kind, person), kind
		}
		if value.Valid {
			given = value.Int64
		}
		lines = append(lines, Row{
			Key: ref + " " + id, Count: 1, Groups: []string{part, source},
			Cells: []any{ref, string(r.byID[call].Ref), part, source, of, who, given, mark, at.UTC(), reason},
		})
		return nil
	})
	return lines, err
}
