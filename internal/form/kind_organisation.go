package form

import (
	"maps"
	"regexp"
	"strings"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
)

var (
	odsPattern   = regexp.MustCompile(`^[A-Z0-9]{2,10}$`)
	namedPattern = regexp.MustCompile(`\(([A-Za-z0-9]{2,10})\)$`)
)

// ODS gives the code in what somebody typed or chose: a code, or a name with its code in brackets. Whether there is such an
// organisation is not known here.
func ODS(typed string) ident.ODS {
	typed = oneLine(typed)
	if named := namedPattern.FindStringSubmatch(typed); named != nil {
		typed = named[1]
	}
	return ident.ODS(strings.ToUpper(typed))
}

func organisationKind() behaviour {
	return behaviour{
		parts:  partOrganisation | partText,
		column: true,
		read: func(_ *Question, in input) Value {
			typed := oneLine(in.first(""))
			if code := ODS(typed); looksLikeCode(code) {
				return Value{Organisation: code}
			}
			return Value{Text: typed}
		},
		write: func(_ *Question, v Value, out output) { out.put("", string(v.Organisation)+v.Text) },
		check: func(q *Question, v Value, how How) fault.Problems {
			known := v.Text == "" && odsPattern.MatchString(string(v.Organisation))
			if known && how.Organisation != nil {
				known = how.Organisation(v.Organisation)
			}
			if !known {
				return wrong(q.Name() + " must be an organisation from the list: choose one, or enter its ODS code, like RJ1")
			}
			return nil
		},
		ask:     askToSelect,
		show:    func(_ *Question, v Value) string { return string(v.Organisation) + v.Text },
		operand: noOperand,
	}
}

// looksLikeCode tells a code from a name that is one word: codes are short or have a digit in them.
func looksLikeCode(code ident.ODS) bool {
	const longestOfLetters = 4
	return odsPattern.MatchString(string(code)) && (len(code) <= longestOfLetters || strings.ContainsAny(string(code), "0123456789"))
}

// EachOrganisation gives the answers of a section with every answer and cell that is to name an organisation replaced by what change
// gives for it. input is the name of its input.
func EachOrganisation(s *Section, a Answers, change func(input string, v Value) Value) Answers {
	changed := a.Merge(nil)
	for _, q := range s.Questions {
		v, there := a[q.Code]
		switch {
		case !there:
		case q.Kind == KindOrganisation:
			changed[q.Code] = change(string(q.Code), v)
		case q.Kind == KindTable:
			changed[q.Code] = eachCell(q, v, change)
		}
	}
	return changed
}

func eachCell(q *Question, v Value, change func(string, Value) Value) Value {
	rows := make([]Row, len(v.Rows))
	for i, row := range v.Rows {
		rows[i] = maps.Clone(row)
		for _, c := range q.Columns {
			if cell, there := row[c.Code]; there && c.Kind == KindOrganisation {
				rows[i][c.Code] = change(string(q.Code)+cellSuffix(i, c.Code), cell)
			}
		}
	}
	if len(rows) > 0 {
		v.Rows = rows
	}
	return v
}
