package sheet_test

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"adoptionfund/internal/sheet"
)

func read(t *testing.T, text string) ([]sheet.Row, error) {
	t.Helper()
	r, err := sheet.Open(strings.NewReader(text), "name", "themes")
	if err != nil {
		return nil, err
	}
	var rows []sheet.Row
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		if n := len(rows); n > 0 && row.Number <= rows[n-1].Number {
			t.Errorf("row %d after row %d", row.Number, rows[n-1].Number)
		}
		rows = append(rows, row)
	}
}

func TestRowsAreNumberedAsASpreadsheetCountsThem(t *testing.T) {
	t.Parallel()
	rows, err := read(t, "\ufeffname,themes\none,\"GAS; CAR;\"\n\n\n\"two\nlines\", \nthree,MSK\n")
	var numbers []int
	for _, r := range rows {
		numbers = append(numbers, r.Number)
	}
	if err != nil || !slices.Equal(numbers, []int{2, 5, 6}) {
		t.Errorf("%v %v", numbers, err)
	}
}

func TestSeveralValuesStandInOneCell(t *testing.T) {
	t.Parallel()
	r, err := sheet.Open(strings.NewReader("name,themes\n x ,GAS; CAR ;;\n"), "name", "themes")
	if err != nil {
		t.Fatal(err)
	}
	row, err := r.Next()
	if err != nil || row.Cell("name") != "x" || row.Cell("none") != "" || !slices.Equal(row.List("themes"), []string{"GAS", "CAR"}) {
		t.Errorf("%v %v", row, err)
	}
}

func TestWhatIsWrongIsSaidByTheRow(t *testing.T) {
	t.Parallel()
	for text, words := range map[string]string{
		"":                                 "The first row must be name,themes",
		"name\n":                           "The first row must be name,themes",
		"name,name\n":                      "The first row must be name,themes",
		"name,themes\na,b\n\nc\n":          "row 4: has another number of cells than the 2 columns",
		"name,themes\na,b\n\"c\" d,e\n":    "row 3: ",
		"name,themes\na,b\n\"never,ends\n": "row 3: ",
	} {
		if _, err := read(t, text); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%q: %v", text, err)
		}
	}
	var p sheet.Problems
	if p.Any() || p.Err() != nil {
		t.Error("a problem before there is one")
	}
	for n := range 60 {
		p.Add(n+2, "%s is wrong", "name")
	}
	if lines := strings.Split(p.Err().Error(), "\n"); len(lines) != 51 || lines[0] != "row 2: name is wrong" || lines[50] != "and 10 more problems" {
		t.Errorf("%v", lines)
	}
}

func FuzzARowIsReadOrRefused(f *testing.F) {
	f.Add("name,themes\na,b\n")
	f.Add("name,themes\n\"a\n\n\",b\n\nc,d")
	f.Fuzz(func(t *testing.T, text string) { _, _ = read(t, text) })
}
