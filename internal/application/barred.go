package application

import (
	"strings"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// BarredFrom gives the applications that the one who acts is barred from, by conflict or recusal, with their references.
func BarredFrom(tx *work.Tx) (map[ident.Application]ident.Ref, error) {
	barred := map[ident.Application]ident.Ref{}
	if tx.By.ID == "" {
		return barred, nil
	}
	q := tx.DB().Select("id", "ref").Where("id IN (SELECT application_id FROM application_relations WHERE person = ? AND relation IN ?)", tx.By.ID, Barring())
	rows, err := work.Many[Application](q, "applications that somebody is barred from")
	for _, a := range rows {
		barred[a.ID] = a.Ref
	}
	return barred, err
}

// Withheld gives what takes the applications that the one who acts is barred from out of a text that names several, such as the facts of an event:
// their references and identifiers become the same word.
func Withheld(tx *work.Tx) (func(text string) string, error) {
	barred, err := BarredFrom(tx)
	if err != nil {
		return nil, err
	}
	named := make([]string, 0, 4*len(barred))
	for id, ref := range barred {
		named = append(named, string(id), "withheld", string(ref), "withheld")
	}
	return strings.NewReplacer(named...).Replace, nil
}
