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
			if code := ODS(typed); odsPattern.MatchString(string(code)) {
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
