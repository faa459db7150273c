package otherfunding

import (
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/sheet"
)

// flat is a file of grants in CSV: a row for each, a column for each property, named by its title or its path.
type flat struct {
	sheet   *sheet.Reader
	columns []column
}

// column is a property of a grant as a flat file has it.
type column struct {
	name   string
	path   []string // names of properties, and numbers of items of lists
	number bool
}

func newFlat(file io.Reader, schema *standard) (*flat, error) {
	s, err := sheet.OpenAny(file)
	if err != nil {
		return nil, err //nolint:wrapcheck // a fault for the person
	}
	f := &flat{sheet: s}
	for _, name := range s.Columns() {
		if c, known := schema.column(name); known {
			f.columns = append(f.columns, c)
		}
	}
	if !slices.ContainsFunc(f.columns, func(c column) bool { return slices.Equal(c.path, []string{"id"}) }) {
		return nil, fault.New(fault.Invalid, "The first row must name the columns of the 360Giving standard, such as Identifier,Title,Description,Currency,Amount Awarded,Award Date")
	}
	return f, nil
}

func (f *flat) next() (row, error) {
	read, err := f.sheet.Next()
	if err != nil {
		return row{}, err //nolint:wrapcheck // a fault for the person, or the end
	}
	r := row{number: read.Number, grant: map[string]any{}}
	for _, c := range f.columns {
		cell := read.Cell(c.name)
		if cell == "" {
			continue
		}
		var value any = cell
		if c.number {
			plain := strings.ReplaceAll(strings.TrimPrefix(cell, "£"), ",", "")
			if _, ok := new(big.Float).SetString(plain); !ok || !json.Valid([]byte(plain)) {
				r.wrong = fmt.Sprintf("%s “%s” is no number", c.name, clip(cell, 40))
				return r, nil
			}
			value = json.Number(plain)
		}
		put(r.grant, c.path, value)
	}
	return r, nil
}

func isItem(part string) bool { return len(part) == 1 && part[0] >= '0' && part[0] <= '9' }

// put sets a value at a path into lists and objects.
func put(in map[string]any, path []string, value any) {
	for len(path) > 1 {
		name := path[0]
		if isItem(path[1]) {
			items, _ := in[name].([]any)
			at := int(path[1][0] - '0')
			for len(items) <= at {
				items = append(items, map[string]any{})
			}
			in[name] = items
			in, _ = items[at].(map[string]any)
			path = path[2:]
			continue
		}
		inner, is := in[name].(map[string]any)
		if !is {
			inner = map[string]any{}
			in[name] = inner
		}
		in, path = inner, path[1:]
	}
	if len(path) == 1 && in != nil {
		in[path[0]] = value
	}
}
