package calibration

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/sheet"
)

// ReadScores reads the scores of a CSV file with the columns application, reviewer and score and, if they are there, part and kind. A row
// without a score says that an application was to be scored. The error names every row that is wrong, up to fifty.
func ReadScores(file io.Reader) (Problem, error) {
	rows, err := sheet.OpenAny(file)
	if err != nil {
		return Problem{}, err //nolint:wrapcheck // says what is wrong
	}
	for _, name := range []string{"application", "reviewer", "score"} {
		if !slices.Contains(rows.Columns(), name) {
			return Problem{}, fault.New(fault.Invalid, "row 1: the column %q is missing", name)
		}
	}
	for _, name := range rows.Columns() {
		if !slices.Contains([]string{"application", "reviewer", "score", "part", "kind"}, name) {
			return Problem{}, fault.New(fault.Invalid, "row 1: %q is not a column of scores", name)
		}
	}
	in := scoreReader{seen: map[[3]string]int{}, kinds: map[string]string{}, rows: map[string]int{}}
	for {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			return in.finish()
		}
		if err != nil {
			return Problem{}, err //nolint:wrapcheck // names the row
		}
		in.read(row)
	}
}

// scoreReader gathers the rows.
type scoreReader struct {
	problem  Problem
	problems sheet.Problems
	seen     map[[3]string]int // in which row a reviewer scored an application on a part
	kinds    map[string]string
	rows     map[string]int // in which row a reviewer came first
	named    []string       // applications
}

func (in *scoreReader) read(row sheet.Row) {
	s := Score{Application: row.Cell("application"), Reviewer: row.Cell("reviewer"), Part: row.Cell("part"), Kind: row.Cell("kind")}
	if s.Application == "" {
		in.problems.Add(row.Number, "the application is missing")
		return
	}
	in.named = append(in.named, s.Application)
	text := row.Cell("score")
	if text == "" {
		return
	}
	value, err := strconv.ParseFloat(text, 64)
	key := [3]string{s.Application, s.Reviewer, s.Part}
	first, known := in.rows[s.Reviewer]
	switch {
	case s.Reviewer == "":
		in.problems.Add(row.Number, "the reviewer is missing")
	case err != nil || !(value >= 0 && value <= Highest):
		in.problems.Add(row.Number, "the score %q is not a number from 0 to 5", text)
	case s.Part == Total:
		in.problems.Add(row.Number, "a part cannot be called %q", Total)
	case in.seen[key] > 0:
		in.problems.Add(row.Number, "%s has scored %s in row %d already", s.Reviewer, s.Application, in.seen[key])
	case known && in.kinds[s.Reviewer] != s.Kind:
		in.problems.Add(row.Number, "%s is of the kind %q in row %d and %q here", s.Reviewer, in.kinds[s.Reviewer], first, s.Kind)
	default:
		s.Value = value
		in.seen[key] = row.Number
		if !known {
			in.kinds[s.Reviewer], in.rows[s.Reviewer] = s.Kind, row.Number
		}
		in.problem.Scores = append(in.problem.Scores, s)
	}
}

func (in *scoreReader) finish() (Problem, error) {
	if err := in.problems.Err(); err != nil {
		return Problem{}, err //nolint:wrapcheck // names the rows
	}
	if len(in.problem.Scores) == 0 {
		return Problem{}, fault.New(fault.Invalid, "There are no scores")
	}
	scored := map[string]bool{}
	for _, s := range in.problem.Scores {
		scored[s.Application] = true
	}
	for _, name := range in.named {
		if !scored[name] {
			scored[name] = true
			in.problem.Without = append(in.problem.Without, name)
		}
	}
	return in.problem, nil
}

// ParseWeights reads weights as they are written in a line: EV1=20,EV2=15.
func ParseWeights(text string) ([]Weight, error) {
	var list []Weight
	for item := range strings.SplitSeq(text, ",") {
		part, number, ok := strings.Cut(strings.TrimSpace(item), "=")
		weight, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if !ok || part == "" || err != nil || !(weight > 0 && weight <= 1e6) {
			return nil, fmt.Errorf("%q is not a part, = and a weight above 0", item)
		}
		list = append(list, Weight{strings.TrimSpace(part), weight})
	}
	return list, nil
}

func number(value float64) string { return strconv.FormatFloat(value+0, 'f', 6, 64) }

// WriteApplications writes the estimates as CSV. parts says whether there is a column for the part. What is not known is left empty.
func WriteApplications(to io.Writer, r Result, parts bool) error {
	columns := []string{"application", "raw_mean", "posterior_mean", "posterior_sd", "lower90", "upper90", "expected_rank"}
	return write(to, columns, parts, func(row func(part string, cells ...string)) {
		for _, e := range r.Estimates {
			cells := []string{e.Application, number(e.Raw), "", "", "", "", ""}
			if e.Known {
				cells = []string{e.Application, number(e.Raw), number(e.Mean), number(e.SD), number(e.Lower), number(e.Upper), number(e.Rank)}
			}
			row(e.Part, cells...)
		}
	})
}

// WriteReviewers writes the severities as CSV.
func WriteReviewers(to io.Writer, r Result, parts bool) error {
	return write(to, []string{"reviewer", "severity_mean", "severity_sd"}, parts, func(row func(part string, cells ...string)) {
		for _, s := range r.Severities {
			row(s.Part, s.Reviewer, number(s.Mean), number(s.SD))
		}
	})
}

// write writes a table; where there are parts, theirs is the second column.
func write(to io.Writer, columns []string, parts bool, rows func(row func(part string, cells ...string))) error {
	out := csv.NewWriter(to)
	row := func(part string, cells ...string) {
		if parts {
			cells = slices.Insert(cells, 1, part)
		}
		_ = out.Write(cells) // kept by the writer, and given below
	}
	row("part", columns...)
	rows(row)
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("writing the results: %w", err)
	}
	return nil
}
