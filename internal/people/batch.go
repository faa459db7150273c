package people

import (
	"fmt"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// OrganisationsByODS reads organisations by their codes; those that are not in the list are left out.
func OrganisationsByODS(tx *work.Tx, codes []ident.ODS) (map[ident.ODS]Organisation, error) {
	found := map[ident.ODS]Organisation{}
	if len(codes) == 0 {
		return found, nil
	}
	rows, err := work.Many[Organisation](tx.DB().Where("ods_code IN ?", codes), "organisations")
	for _, o := range rows {
		found[o.ODSCode] = o
	}
	return found, err
}

// Represented gives the organisations for which each of the people may act.
func Represented(tx *work.Tx, ids []ident.Person) (map[ident.Person][]ident.ODS, error) {
	found := map[ident.Person][]ident.ODS{}
	if len(ids) == 0 {
		return found, nil
	}
	rows, err := work.Many[Representative](tx.DB().Where("person IN ?", ids).Order("ods_code"), "representatives")
	for _, r := range rows {
		if r.Standing() {
			found[r.Person] = append(found[r.Person], r.ODSCode)
		}
	}
	return found, err
}

// GrantFor gives somebody the role with which an action is done in a scope: the one that a fund manager grants for it.
func GrantFor(tx *work.Tx, to ident.Person, act access.Action, in access.Scope) error {
	if err := tx.Require(access.GrantRole, about(to, in)); err != nil {
		return err
	}
	roles := rolesFor(tx, act, in)
	if len(roles) != 1 {
		return fmt.Errorf("people: %s is not of one role, but of %s", act, strings.Join(roles, ", "))
	}
	_, err := grant(tx, to, roles[0], in)
	return err
}
