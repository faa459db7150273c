package form

import (
	"regexp"
	"strings"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
)

var (
	odsPattern   = regexp.MustCompile(`^[A-Z0-9]{2,10}$`)
	namedPattern = regexp.MustCompile(`\(([A-Za-z0-9]{2,10})\)$`)
)

// organisationKind is an organisation of the ODS list: its code, or what a search field puts in, "Name (CODE)".
func organisationKind() behaviour {
	return behaviour{
		parts:  partOrganisation | partText,
		column: true,
		read: func(_ *Question, in input) Value {
			typed := oneLine(in.first(""))
			code := strings.ToUpper(typed)
			if named := namedPattern.FindStringSubmatch(typed); named != nil {
				code = strings.ToUpper(named[1])
			}
			if odsPattern.MatchString(code) {
				return Value{Organisation: ident.ODS(code)}
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
