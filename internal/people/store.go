package people

import (
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm/clause"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// ByID reads a person.
func ByID(tx *work.Tx, id ident.Person) (*Person, error) {
	if _, err := ident.Parse[ident.Person](string(id)); err != nil {
		return nil, work.NotFound("person")
	}
	return work.One[Person](tx.DB().Where("id = ?", id), "person")
}

// ByEmail reads the person with an address, or nil.
func ByEmail(tx *work.Tx, email string) (*Person, error) {
	return work.Find[Person](tx.DB().Where("email = ?", email), "person")
}

// Names gives the names of people by their ids; whoever is not there is left out.
func Names(tx *work.Tx, ids ...ident.Person) (map[ident.Person]string, error) {
	people, err := work.Many[Person](tx.DB().Select("id", "name").Where("id IN ?", ids), "names")
	if err != nil {
		return nil, err
	}
	names := make(map[ident.Person]string, len(people))
	for _, p := range people {
		names[p.ID] = p.Name
	}
	return names, nil
}

// list gives the people after a name and id, in the order of their names.
func list(tx *work.Tx, after Person, search string, n int) ([]Person, error) {
	q := tx.DB().Order("name, id").Limit(n)
	if after.ID != "" {
		q = q.Where("(name, id) > (?, ?)", after.Name, after.ID)
	}
	if search != "" {
		q = q.Where("lower(name) LIKE ? OR email LIKE ?", like(search), like(search))
	}
	return work.Many[Person](q, "people")
}

// like makes a pattern that finds the text anywhere.
func like(text string) string {
	text = strings.NewReplacer(`%`, "", `_`, "", `\`, "").Replace(strings.ToLower(strings.TrimSpace(text)))
	return "%" + text + "%"
}

// standing gives the roles that a person holds.
func standing(tx *work.Tx, id ident.Person) ([]Grant, error) {
	return work.Many[Grant](tx.DB().Where("person = ? AND revoked_at IS NULL", id).Order("granted_at, id"), "roles")
}

// history gives the roles that a person holds and held.
func history(tx *work.Tx, id ident.Person) ([]Grant, error) {
	return work.Many[Grant](tx.DB().Where("person = ?", id).Order("granted_at, id"), "roles")
}

// Holders gives the active people who hold a role that covers a scope, in the order of their names.
func Holders(tx *work.Tx, role string, in access.Scope) ([]Person, error) {
	q := tx.DB().Where(`disabled_at IS NULL AND id IN (SELECT person FROM grants WHERE role = ? AND revoked_at IS NULL
		AND (round_id = '' OR round_id = ?) AND (call_id = '' OR call_id = ?))`, role, in.Round, in.Call).Order("name, id")
	return work.Many[Person](q, "people")
}

// grant adds a role if the person does not hold it there already; it says whether it did.
func grant(tx *work.Tx, to ident.Person, role string, in access.Scope) (bool, error) {
	g := Grant{ID: ident.New[string](), Person: to, Role: role, RoundID: in.Round, CallID: in.Call, GrantedBy: actor(tx), GrantedAt: tx.Now}
	done := tx.DB().Clauses(clause.OnConflict{DoNothing: true}).Create(&g)
	if done.Error != nil {
		return false, fmt.Errorf("granting a role: %w", done.Error)
	}
	if done.RowsAffected == 0 {
		return false, nil
	}
	tx.Record(audit.Event{Verb: string(access.GrantRole), Kind: "person", Subject: string(to), Round: in.Round, Call: in.Call, Facts: map[string]any{"role": role}})
	return true, nil
}

// actor is who acts, as it is kept beside a change: a person's id, or the name of the operator or job.
func actor(tx *work.Tx) string {
	if tx.By.ID != "" {
		return string(tx.By.ID)
	}
	return tx.By.Name
}

func revoke(tx *work.Tx, g Grant) error {
	err := tx.DB().Model(&Grant{}).Where("id = ? AND revoked_at IS NULL", g.ID).Updates(map[string]any{"revoked_by": actor(tx), "revoked_at": tx.Now}).Error
	if err != nil {
		return fmt.Errorf("revoking a role: %w", err)
	}
	return nil
}

// Organisations

// ByODS reads an organisation, or nil.
func ByODS(tx *work.Tx, code ident.ODS) (*Organisation, error) {
	return work.Find[Organisation](tx.DB().Where("ods_code = ?", strings.ToUpper(strings.TrimSpace(string(code)))), "organisation")
}

// SearchOrganisations finds organisations valid on a day by part of the name or the code, at most n.
func SearchOrganisations(tx *work.Tx, text, day string, n int) ([]Organisation, error) {
	q := tx.DB().Where("(valid_from = '' OR valid_from <= ?) AND (valid_to = '' OR valid_to >= ?)", day, day).Order("name, ods_code").Limit(n)
	for word := range strings.FieldsSeq(strings.ToLower(text)) {
		q = q.Where("search_name LIKE ?", like(word))
	}
	return work.Many[Organisation](q, "organisations")
}

// Related gives organisations with their predecessors and successors.
func Related(tx *work.Tx, codes []ident.ODS) ([]Organisation, error) {
	const query = "ods_code IN @codes OR successor IN @codes OR ods_code IN (SELECT successor FROM organisations WHERE ods_code IN @codes AND successor <> '')"
	return work.Many[Organisation](tx.DB().Where(query, map[string]any{"codes": codes}).Order("ods_code"), "organisations")
}

// saveOrganisations inserts or replaces organisations.
func saveOrganisations(tx *work.Tx, list []Organisation) error {
	for i := range list {
		list[i].SearchName = strings.ToLower(list[i].Name + " " + string(list[i].ODSCode))
	}
	err := tx.DB().Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "ods_code"}}, UpdateAll: true}).CreateInBatches(&list, 200).Error
	if err != nil {
		return fmt.Errorf("keeping organisations: %w", err)
	}
	return nil
}

// domainOf gives the organisations that have registered the domain of an address.
func domainOf(tx *work.Tx, email string) ([]ident.ODS, error) {
	_, domain, _ := strings.Cut(email, "@")
	var codes []ident.ODS
	if err := tx.DB().Table("mail_domains").Where("domain = ?", domain).Order("ods_code").Pluck("ods_code", &codes).Error; err != nil {
		return nil, fmt.Errorf("looking up a mail domain: %w", err)
	}
	return codes, nil
}

func addDomain(tx *work.Tx, domain string, code ident.ODS) error {
	row := struct {
		Domain  string
		ODSCode ident.ODS `gorm:"column:ods_code"`
	}{strings.ToLower(domain), code}
	if err := tx.DB().Table("mail_domains").Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
		return fmt.Errorf("registering a mail domain: %w", err)
	}
	return nil
}

// ActsFor reports whether a person may act for an organisation.
func ActsFor(tx *work.Tx, person ident.Person, code ident.ODS) (bool, error) {
	r, err := work.Find[Representative](tx.DB().Where("person = ? AND ods_code = ? AND settled <> ?", person, code, asked), "representative")
	return r != nil, err
}

// OrganisationsOf gives the organisations for which a person acts or asked to.
func OrganisationsOf(tx *work.Tx, person ident.Person) ([]Representative, error) {
	return work.Many[Representative](tx.DB().Where("person = ?", person).Order("ods_code"), "organisations")
}

// representatives gives those who act or asked to act for an organisation.
func representatives(tx *work.Tx, code ident.ODS) ([]Representative, error) {
	return work.Many[Representative](tx.DB().Where("ods_code = ?", code).Order("at, person"), "representatives")
}

func settle(tx *work.Tx, r Representative) error {
	err := tx.DB().Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "person"}, {Name: "ods_code"}}, UpdateAll: true}).Create(&r).Error
	if err != nil {
		return fmt.Errorf("settling who acts for %s: %w", r.ODSCode, err)
	}
	return nil
}

// recovery codes

func keepRecoveryCodes(tx *work.Tx, person ident.Person, digests []string) error {
	if err := tx.DB().Exec("DELETE FROM recovery_codes WHERE person = ?", person).Error; err != nil {
		return fmt.Errorf("replacing recovery codes: %w", err)
	}
	for _, d := range digests {
		if err := tx.DB().Exec("INSERT INTO recovery_codes (person, digest) VALUES (?, ?)", person, d).Error; err != nil {
			return fmt.Errorf("keeping recovery codes: %w", err)
		}
	}
	return nil
}

// useRecoveryCode reports whether the code was one that had not been used.
func useRecoveryCode(tx *work.Tx, person ident.Person, digest string, at time.Time) (bool, error) {
	done := tx.DB().Exec("UPDATE recovery_codes SET used_at = ? WHERE person = ? AND digest = ? AND used_at IS NULL", at, person, digest)
	if done.Error != nil {
		return false, fmt.Errorf("using a recovery code: %w", done.Error)
	}
	return done.RowsAffected == 1, nil
}

// recoveryCodesLeft counts the recovery codes that were not used.
func recoveryCodesLeft(tx *work.Tx, person ident.Person) (int, error) {
	var n int64
	if err := tx.DB().Table("recovery_codes").Where("person = ? AND used_at IS NULL", person).Count(&n).Error; err != nil {
		return 0, fmt.Errorf("counting recovery codes: %w", err)
	}
	return int(n), nil
}

// askedAnywhere gives everybody who asks to act for an organisation, the longest waiting first.
func askedAnywhere(tx *work.Tx) ([]Representative, error) {
	return work.Many[Representative](tx.DB().Where("settled = ?", asked).Order("at, person").Limit(200), "representatives")
}

// grantsOf gives the roles that people hold, by person.
func grantsOf(tx *work.Tx, people []Person) (map[ident.Person][]Grant, error) {
	ids := make([]ident.Person, len(people))
	for i, p := range people {
		ids[i] = p.ID
	}
	grants, err := work.Many[Grant](tx.DB().Where("person IN ? AND revoked_at IS NULL", ids).Order("role, granted_at"), "roles")
	by := map[ident.Person][]Grant{}
	for _, g := range grants {
		by[g.Person] = append(by[g.Person], g)
	}
	return by, err
}

// WhoMay gives the active people who hold a role that may do an action in a scope, in the order of their names, each once. A role
// counts where it is held as widely as the action asks: a fund manager's in the round, not in one of its calls.
func WhoMay(tx *work.Tx, act access.Action, in access.Scope) ([]Person, error) {
	var held []string
	var args []any
	for _, at := range []access.Scope{{}, {Round: in.Round}, in} {
		roles := rolesFor(tx, act, at)
		if len(roles) == 0 {
			continue
		}
		held = append(held, "(role IN ? AND round_id = ? AND call_id = ?)")
		args = append(args, roles, at.Round, at.Call)
	}
	if len(held) == 0 {
		return nil, nil
	}
	q := tx.DB().Where("disabled_at IS NULL AND confirmed_at IS NOT NULL AND id IN (SELECT person FROM grants WHERE revoked_at IS NULL AND ("+strings.Join(held, " OR ")+"))", args...)
	return work.Many[Person](q.Order("name, id"), "people")
}

// GrantsIn gives the roles that fund managers granted in a round and its calls, of people whose accounts can be used.
func GrantsIn(tx *work.Tx, round ident.Round) ([]Grant, error) {
	var roles []string
	for _, r := range tx.Policy().Roles() {
		if r.GivenBy == access.GivenByGrant {
			roles = append(roles, r.Name)
		}
	}
	q := tx.DB().Where("round_id = ? AND role IN ? AND revoked_at IS NULL AND person IN (SELECT id FROM persons WHERE disabled_at IS NULL)", round, roles)
	return work.Many[Grant](q.Order("role, granted_at, id"), "roles of a round")
}

// RolesFor names the roles that a fund manager grants and that may do an action when held in a scope.
func RolesFor(tx *work.Tx, act access.Action, in access.Scope) []string { return rolesFor(tx, act, in) }

// rolesFor names the roles, of those that a fund manager grants, that may do an action when held in a scope.
func rolesFor(tx *work.Tx, act access.Action, in access.Scope) []string {
	var roles []string
	for _, r := range tx.Policy().Roles() {
		who := access.Principal{Kind: access.Job, Grants: []access.Grant{{Role: r.Name, Scope: in}}}
		if r.GivenBy == access.GivenByGrant && tx.Policy().MayAnywhere(who, act) {
			roles = append(roles, r.Name)
		}
	}
	return roles
}

// ByIDs reads people, each once, in the order of their names.
func ByIDs(tx *work.Tx, ids []ident.Person) ([]Person, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return work.Many[Person](tx.DB().Where("id IN ?", ids).Order("name, id"), "people")
}

// Matching gives the people in whose name or address a text stands, at most n.
func Matching(tx *work.Tx, text string, n int) ([]Person, error) {
	return list(tx, Person{}, text, n)
}
