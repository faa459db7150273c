package simulation

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"
)

// objectives are the two ways of counting, with their names in files and their words.
func (r Result) objectives() []struct {
	name, words string
	outcome     Outcome
} {
	return []struct {
		name, words string
		outcome     Outcome
	}{
		{"by_amount", "Each pound is worth the true quality of what it funds", r.ByAmount},
		{"by_score", "Each application funded is worth its true quality", r.ByScore},
	}
}

// Table is the result as rows for people: method, share of the best and how much of the gap is closed, each with its 95% interval. There is one
// table for each way of counting.
func (r Result) Table(show func(title string, columns []string, rows [][]string) error) error {
	for _, o := range r.objectives() {
		var rows [][]string
		for _, m := range Methods() {
			share, gap := o.outcome.MeanShare[m], o.outcome.GapClosed[m]
			row := []string{m.Words(), percent(share, 2), between(o.outcome.CI95[m], 2), "", ""}
			if gap.Mean != nil && m != RawMerit {
				row[3], row[4] = percent(*gap.Mean, 1), between(gap.CI95, 1)
			}
			rows = append(rows, row)
		}
		if err := show(o.words, []string{"METHOD", "SHARE OF THE BEST", "95% INTERVAL", "GAP CLOSED", "95% INTERVAL"}, rows); err != nil {
			return err
		}
	}
	return nil
}

func percent(v float64, decimals int) string {
	return strconv.FormatFloat(100*v, 'f', decimals, 64) + "%"
}

func between(ends *[2]float64, decimals int) string {
	if ends == nil {
		return ""
	}
	return percent(ends[0], decimals) + " to " + percent(ends[1], decimals)
}

// WriteCSV writes the figures: a row for each way of counting and method. What is not known is left empty.
func (r Result) WriteCSV(to io.Writer) error {
	out := csv.NewWriter(to)
	_ = out.Write([]string{"objective", "method", "mean_share", "ci95_low", "ci95_high", "gap_closed", "gap_ci95_low", "gap_ci95_high", "rounds", "seed"}) // kept by the writer, and given below
	for _, o := range r.objectives() {
		for _, m := range Methods() {
			row := []string{o.name, string(m), figure(o.outcome.MeanShare[m])}
			row = append(row, ends(o.outcome.CI95[m])...)
			if gap := o.outcome.GapClosed[m]; gap.Mean == nil {
				row = append(row, "", "", "")
			} else {
				row = append(append(row, figure(*gap.Mean)), ends(gap.CI95)...)
			}
			_ = out.Write(append(row, strconv.Itoa(r.Rounds), strconv.FormatUint(r.Seed, 10)))
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("writing the figures: %w", err)
	}
	return nil
}

func ends(of *[2]float64) []string {
	if of == nil {
		return []string{"", ""}
	}
	return []string{figure(of[0]), figure(of[1])}
}

func figure(v float64) string { return strconv.FormatFloat(math.Round(v*1e6)/1e6+0, 'f', 6, 64) } // + 0: minus nothing is nothing
