package trail

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// visible are the events that the one who acts may see: those of the rounds that are theirs, or all; never those about applications that
// they are barred from.
func visible(tx *work.Tx) *gorm.DB {
	q := tx.DB()
	if rounds, all := roundsOf(tx); !all {
		q = q.Where("round IN ?", rounds)
	}
	if tx.By.ID != "" {
		q = q.Where("application NOT IN (SELECT "+text(tx, "application_id")+" FROM application_relations WHERE person = ? AND relation IN ?)", tx.By.ID, application.Barring())
	}
	return q.Session(&gorm.Session{})
}

// text is a column of ids as text: events hold ids as text.
func text(tx *work.Tx, column string) string {
	if tx.Postgres() {
		return column + "::text"
	}
	return column
}

// roundsOf are the rounds in which the one who acts may see the trail; all reports that it is every one.
func roundsOf(tx *work.Tx) (rounds []ident.Round, all bool) {
	for _, scope := range tx.Policy().Scopes(tx.By, access.ViewAudit) {
		if scope == (access.Scope{}) {
			return nil, true
		}
		rounds = append(rounds, scope.Round)
	}
	return rounds, false
}

// hiddenRefs tells which references in the read log are not for the one who acts.
func hiddenRefs(tx *work.Tx) (func(string) bool, error) {
	barred, err := application.BarredFrom(tx)
	if err != nil {
		return nil, err
	}
	refs := slices.Collect(maps.Values(barred))
	var own []string
	rounds, all := roundsOf(tx)
	if !all {
		if err := tx.DB().Raw("SELECT ref FROM rounds WHERE id IN ?", rounds).Scan(&own).Error; err != nil {
			return nil, fmt.Errorf("reading the rounds of somebody: %w", err)
		}
	}
	return func(ref string) bool {
		ofOwn := all || slices.ContainsFunc(own, func(round string) bool { return ref == round || strings.HasPrefix(ref, round+"-") })
		return !ofOwn || slices.Contains(refs, ident.Ref(ref))
	}, nil
}

// lastCheck gives the latest verification, or nil.
func lastCheck(tx *work.Tx) (*Check, error) {
	return work.Find[Check](tx.DB().Order("day DESC"), "verification")
}

// checks gives verifications, the newest first.
func checks(tx *work.Tx, n int) ([]Check, error) {
	return work.Many[Check](tx.DB().Order("day DESC").Limit(n), "verifications")
}

func checkOf(tx *work.Tx, day string) (*Check, error) {
	return work.One[Check](tx.DB().Where("day = ?", day), "checkpoint")
}

// addCheck keeps a verification unless there is one of its day; it reports whether it did.
func addCheck(tx *work.Tx, c *Check) (bool, error) {
	q := tx.DB().Clauses(clause.OnConflict{DoNothing: true}).Create(c)
	if q.Error != nil {
		return false, fmt.Errorf("keeping a verification: %w", q.Error)
	}
	return q.RowsAffected > 0, nil
}
