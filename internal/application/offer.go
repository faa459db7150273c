package application

import (
	"slices"
	"strings"

	"adoptionfund/internal/form"
	"adoptionfund/internal/people"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
)

const (
	offered  = 8 // organisations that are offered for one name
	searched = 5 // names of one section that are looked up at once
)

// recognise puts the organisation that is meant in place of a name that was typed, where the list of organisations has one of that name,
// or one alone that fits. So the look-up works without scripts.
func recognise(tx *work.Tx, sec *form.Section, answers form.Answers) (form.Answers, error) {
	var failed error
	recognised := form.EachOrganisation(sec, answers, func(_ string, v form.Value) form.Value {
		found, err := meant(tx, v, 2)
		if err != nil {
			failed = err
		}
		if len(found) == 1 {
			return form.Value{Organisation: found[0].ODSCode, Sensitive: v.Sensitive}
		}
		return v
	})
	return recognised, failed
}

// offers are, by the name of the input, the organisations among which somebody must choose because what they typed fits several.
func offers(tx *work.Tx, sec *form.Section, answers form.Answers) (map[string][]people.Organisation, error) {
	var failed error
	all := map[string][]people.Organisation{}
	form.EachOrganisation(sec, answers, func(input string, v form.Value) form.Value {
		if len(all) < searched {
			found, err := meant(tx, v, offered)
			if err != nil {
				failed = err
			}
			if len(found) > 1 {
				all[input] = found
			}
		}
		return v
	})
	return all, failed
}

// meant finds the organisations that a typed name can mean: none where it is blank or the code of one.
func meant(tx *work.Tx, v form.Value, n int) ([]people.Organisation, error) {
	text := v.Text
	if text == "" && v.Organisation != "" {
		known, err := people.ByODS(tx, v.Organisation)
		if err != nil || known != nil {
			return nil, err
		}
		text = string(v.Organisation) // a short name can look like a code
	}
	if form.Characters(text) < 3 {
		return nil, nil
	}
	found, err := people.SearchOrganisations(tx, text, uktime.Day(tx.Now), n)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(found, func(o people.Organisation) bool { return strings.EqualFold(o.Name, text) }); i >= 0 {
		return found[i : i+1], nil
	}
	return found, nil
}
