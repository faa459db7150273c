package interest

import (
	"fmt"

	"gorm.io/gorm/clause"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// of gives all interests of somebody in an application, oldest first.
func of(tx *work.Tx, id ident.Application, person ident.Person) ([]Interest, error) {
	return work.Many[Interest](tx.DB().Where("application_id = ? AND person = ?", id, person).Order("at, id"), "interests")
}

func byID(tx *work.Tx, id string) (*Interest, error) {
	return work.One[Interest](tx.DB().Where("id = ?", id), "declaration")
}

// mine gives the interests of somebody, newest first.
func mine(tx *work.Tx, person ident.Person) ([]Interest, error) {
	return work.Many[Interest](tx.DB().Where("person = ?", person).Order("at DESC, id DESC"), "interests")
}

// InCall gives the interests in the applications of a call, oldest first, with one query.
func InCall(tx *work.Tx, call ident.Call) ([]Interest, error) {
	q := tx.DB().Where("application_id IN (SELECT id FROM applications WHERE call_id = ?)", call).Order("at, id")
	return work.Many[Interest](q, "interests")
}

func settle(tx *work.Tx, i *Interest, as Severity, note string) error {
	err := tx.DB().Model(&Interest{}).Where("id = ?", i.ID).Updates(map[string]any{"settled_as": as, "settled_by": tx.By.ID, "settled_at": tx.Now, "note": note}).Error
	if err != nil {
		return fmt.Errorf("settling an interest: %w", err)
	}
	i.SettledAs, i.SettledBy, i.SettledAt, i.Note = as, &tx.By.ID, &tx.Now, note
	return nil
}

func withdraw(tx *work.Tx, i *Interest, note string) error {
	err := tx.DB().Model(&Interest{}).Where("id = ?", i.ID).Updates(map[string]any{"withdrawn_by": tx.By.ID, "withdrawn_at": tx.Now, "note": note}).Error
	if err != nil {
		return fmt.Errorf("withdrawing a declaration: %w", err)
	}
	i.WithdrawnBy, i.WithdrawnAt, i.Note = &tx.By.ID, &tx.Now, note
	return nil
}

// refsOf gives the references of the applications that interests are about.
func refsOf(tx *work.Tx, all []Interest) (map[ident.Application]ident.Ref, error) {
	ids := make([]ident.Application, len(all))
	for i, one := range all {
		ids[i] = one.ApplicationID
	}
	refs := map[ident.Application]ident.Ref{}
	if len(ids) == 0 {
		return refs, nil
	}
	var rows []struct {
		ID  ident.Application
		Ref ident.Ref
	}
	if err := tx.DB().Table("applications").Select("id, ref").Where("id IN ?", ids).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading references: %w", err)
	}
	for _, row := range rows {
		refs[row.ID] = row.Ref
	}
	return refs, nil
}

// suppliedRow is a product of an application of a call.
type suppliedRow struct {
	ApplicationID ident.Application
	Name          string
	Supplier      string
	SupplierODS   ident.ODS
}

func (r suppliedRow) supply() Supply { return Supply{r.Name, r.Supplier, r.SupplierODS} }

// suppliedIn gives the products that the submitted applications of a call may use, with their suppliers.
func suppliedIn(tx *work.Tx, call ident.Call) ([]suppliedRow, error) {
	var rows []suppliedRow
	err := tx.DB().Table("application_products AS l").Select("l.application_id, p.name, p.supplier, p.supplier_ods").Joins("JOIN products p ON p.id = l.product_id").
		Joins("JOIN applications a ON a.id = l.application_id").Where("l.call_id = ? AND a.submission_id IS NOT NULL", call).Order("l.application_id, p.id").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("reading the suppliers of a call: %w", err)
	}
	return rows, nil
}

// suppliesOf gives the products for whose suppliers people act.
func suppliesOf(tx *work.Tx, ids []ident.Person) (map[ident.Person][]Supply, error) {
	all := map[ident.Person][]Supply{}
	if len(ids) == 0 {
		return all, nil
	}
	var rows []struct {
		Person      ident.Person
		Name        string
		Supplier    string
		SupplierODS ident.ODS
	}
	err := tx.DB().Table("product_people AS s").Select("s.person, p.name, p.supplier, p.supplier_ods").Joins("JOIN products p ON p.id = s.product_id").
		Where("s.confirmed_at IS NOT NULL AND s.person IN ?", ids).Order("p.id").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("reading who acts for suppliers: %w", err)
	}
	for _, row := range rows {
		all[row.Person] = append(all[row.Person], Supply{row.Name, row.Supplier, row.SupplierODS})
	}
	return all, nil
}

type allyRow struct {
	Lead  ident.ODS
	ODS   ident.ODS
	Award ident.Ref
}

// alliesOf gives who had an agreed award together with each of the leads.
func alliesOf[V any](tx *work.Tx, leads map[ident.ODS]V) ([]allyRow, error) {
	codes := make([]ident.ODS, 0, len(leads))
	for code := range leads {
		codes = append(codes, code)
	}
	if len(codes) == 0 {
		return nil, nil
	}
	var rows []allyRow
	err := tx.DB().Table("awards AS w").Select("mine.ods_code AS lead, other.ods_code AS ods, MIN(w.ref) AS award").
		Joins("JOIN application_organisations mine ON mine.application_id = w.application_id").
		Joins("JOIN application_organisations other ON other.application_id = w.application_id AND other.ods_code <> mine.ods_code").
		Where("w.agreed_at IS NOT NULL AND mine.ods_code IN ?", codes).Group("mine.ods_code, other.ods_code").Order("lead, ods").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("reading earlier awards: %w", err)
	}
	return rows, nil
}

// overruledIn gives what was found in a call and then withdrawn, or settled as no interest.
func overruledIn(tx *work.Tx, call ident.Call) ([]Interest, error) {
	q := tx.DB().Where("source = ? AND (withdrawn_at IS NOT NULL OR settled_as = ?) AND application_id IN (SELECT id FROM applications WHERE call_id = ?)", found, Clear, call)
	return work.Many[Interest](q, "interests that were overruled")
}

// foundIn gives what was found in a call, whatever became of it.
func foundIn(tx *work.Tx, call ident.Call) (map[overruled]bool, error) {
	rows, err := work.Many[Interest](tx.DB().Where("source = ? AND application_id IN (SELECT id FROM applications WHERE call_id = ?)", found, call), "found interests")
	known := make(map[overruled]bool, len(rows))
	for _, i := range rows {
		known[overruled{i.ApplicationID, i.Person, i.Kind, i.Basis}] = true
	}
	return known, err
}

// addFound keeps a found interest, unless it is there; it says whether it did.
func addFound(tx *work.Tx, i *Interest) (bool, error) {
	done := tx.DB().Clauses(clause.OnConflict{DoNothing: true}).Create(i)
	if done.Error != nil {
		return false, fmt.Errorf("keeping a found interest: %w", done.Error)
	}
	return done.RowsAffected == 1, nil
}

// Of gives the interests in one application, oldest first. Who asks must be allowed to see them.
func Of(tx *work.Tx, id ident.Application) ([]Interest, error) {
	return work.Many[Interest](tx.DB().Where("application_id = ?", id).Order("at, id"), "interests")
}
