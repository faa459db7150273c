package retention

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// holds gives the holds that stand.
func holds(tx *work.Tx) (held, error) {
	return work.Many[Hold](tx.DB().Where("lifted_at IS NULL").Order("set_at, id"), "legal holds")
}

// allHolds gives all holds, those that stand first.
func allHolds(tx *work.Tx) ([]Hold, error) {
	return work.Many[Hold](tx.DB().Order("CASE WHEN lifted_at IS NULL THEN 0 ELSE 1 END, set_at DESC, id"), "legal holds")
}

func holdByID(tx *work.Tx, id string) (*Hold, error) {
	if _, err := ident.Parse[string](id); err != nil {
		return nil, work.NotFound("legal hold")
	}
	return work.One[Hold](tx.DB().Where("id = ?", id), "legal hold")
}

func liftHold(tx *work.Tx, h *Hold, reason string) error {
	done := tx.DB().Model(h).Where("lifted_at IS NULL").Updates(map[string]any{"lifted_at": tx.Now, "lifted_by": by(tx), "lift_reason": reason})
	if done.Error != nil {
		return fmt.Errorf("lifting a hold: %w", done.Error)
	}
	return nil
}

// openList gives the list that is not finished, or nil, and the number of the last one.
func openList(tx *work.Tx) (*List, int, error) {
	last, err := work.Find[List](tx.DB().Order("number DESC"), "list")
	if err != nil || last == nil {
		return nil, 0, err
	}
	open, err := work.Find[List](tx.DB().Where("state IN ?", []ListState{Made, Approved}), "list")
	return open, last.Number, err
}

func listByID(tx *work.Tx, id string) (*List, error) {
	if _, err := ident.Parse[string](id); err != nil {
		return nil, work.NotFound("list")
	}
	return work.One[List](tx.DB().Where("id = ?", id), "list")
}

// lists gives all lists, the newest first, without what they say.
func lists(tx *work.Tx) ([]List, error) {
	return work.Many[List](tx.DB().Omit("content", "salt").Order("number DESC"), "lists")
}

func addList(tx *work.Tx, l *List, items []Item) error {
	if err := work.Add(tx, l); err != nil {
		return err
	}
	rows := make([]Result, len(items))
	for i, it := range items {
		rows[i] = Result{ListID: l.ID, Number: it.Number, Kind: it.Kind, Subject: it.Subject}
	}
	if err := tx.DB().CreateInBatches(&rows, 200).Error; err != nil {
		return fmt.Errorf("keeping the items of a list: %w", err)
	}
	return nil
}

func resultsOf(tx *work.Tx, id string) ([]Result, error) {
	return work.Many[Result](tx.DB().Where("list_id = ?", id).Order("number"), "results")
}

func waitingItems(tx *work.Tx, id string) ([]int, error) {
	var numbers []int
	if err := tx.DB().Model(&Result{}).Where("list_id = ? AND result = ''", id).Order("number").Pluck("number", &numbers).Error; err != nil {
		return nil, fmt.Errorf("reading what waits of a list: %w", err)
	}
	return numbers, nil
}

// note keeps what becomes of an item, unless it is kept already. Whoever keeps it first does it: others wait here for the end of that transaction.
func note(tx *work.Tx, l *List, it Item, why string) (bool, error) {
	result := removed
	if why != "" {
		result = skipped
	}
	done := tx.DB().Model(&Result{}).Where("list_id = ? AND number = ? AND result = ''", l.ID, it.Number).Updates(map[string]any{"result": result, "why": why, "at": tx.Now})
	if done.Error != nil {
		return false, fmt.Errorf("noting what became of an item: %w", done.Error)
	}
	return done.RowsAffected > 0, nil
}

// partsOf gives the applications in which people have a part: as applicants, signatories, reviewers or otherwise.
func partsOf(tx *work.Tx, people []string) (map[string]bool, error) {
	found := map[string]bool{}
	query := `SELECT application_id FROM application_people WHERE person IN ? UNION SELECT id FROM applications WHERE main_contact IN ?
		UNION SELECT application_id FROM assignments WHERE person IN ? UNION SELECT application_id FROM signatures WHERE person IN ?`
	err := work.Each(tx, "parts of people on hold", query, []any{people, people, people, people}, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		found[id] = true
		return err //nolint:wrapcheck // each says what was read
	})
	return found, err
}

// signedIn tells when people signed in last.
func signedIn(tx *work.Tx, ids []string, tell func(id string, at time.Time)) error {
	for some := range slices.Chunk(ids, manyIDs) {
		err := work.Each(tx, "signing in", "SELECT subject, at FROM audit_events WHERE subject IN ? AND verb = ?", []any{some, string(access.SignIn)}, func(rows *sql.Rows) error {
			var id string
			var at time.Time
			if err := rows.Scan(&id, &at); err != nil {
				return err //nolint:wrapcheck // each says what was read
			}
			tell(id, at)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// referredTo are the people to whom something refers that does not belong to their account.
func referredTo(tx *work.Tx, ids []string) (map[string]bool, error) {
	found := map[string]bool{}
	for some := range slices.Chunk(ids, manyIDs) {
		for _, h := range Holdings() {
			if h.Fate == Own || slices.Contains([]string{"persons", "grants", "mails", "audit_events"}, h.Table) {
				continue
			}
			if err := h.refersTo(tx, some, found); err != nil {
				return nil, err
			}
		}
	}
	return found, nil
}

// refersTo notes which of some people the rows of a table refer to.
func (h Holding) refersTo(tx *work.Tx, ids []string, found map[string]bool) error {
	for _, c := range h.persons() {
		var named []string
		if err := tx.DB().Raw("SELECT DISTINCT CAST("+c.name+" AS text) FROM "+h.Table+" WHERE CAST("+c.name+" AS text) IN ?", ids).Scan(&named).Error; err != nil {
			return fmt.Errorf("looking for people in %s: %w", h.Table, err)
		}
		for _, id := range named {
			found[id] = true
		}
	}
	return nil
}

// past are the mails of a month that were sent, but to people on hold.
const past = "sent_at IS NOT NULL AND created_at >= ? AND created_at < ? AND (person IS NULL OR person NOT IN ?) AND address NOT IN (SELECT email FROM persons WHERE id IN ?)"

func firstMail(tx *work.Tx, onHold []string) (*time.Time, error) {
	type mail struct{ CreatedAt time.Time }
	m, err := work.Find[mail](tx.DB().Table("mails").Select("created_at").Where(past, time.Time{}, tx.Now, onHold, onHold).Order("created_at"), "mail")
	if err != nil || m == nil {
		return nil, err
	}
	return &m.CreatedAt, nil
}

func mailsOf(tx *work.Tx, month time.Time, onHold []string) (int64, error) {
	var n int64
	if err := tx.DB().Table("mails").Where(past, month, month.AddDate(0, 1, 0), onHold, onHold).Count(&n).Error; err != nil {
		return 0, fmt.Errorf("counting the mails of a month: %w", err)
	}
	return n, nil
}

func removeMails(tx *work.Tx, month time.Time, onHold []string) (int64, error) {
	done := tx.DB().Exec("DELETE FROM mails WHERE "+past, month, month.AddDate(0, 1, 0), onHold, onHold)
	if done.Error != nil {
		return 0, fmt.Errorf("removing the mails of a month: %w", done.Error)
	}
	return done.RowsAffected, nil
}

func removeInvitation(tx *work.Tx, id string) (int64, error) {
	var n int64
	for _, table := range []string{"application_invitations", "supplier_invitations"} {
		done := tx.DB().Exec("DELETE FROM "+table+" WHERE id = ?", id)
		if done.Error != nil {
			return 0, fmt.Errorf("removing an invitation: %w", done.Error)
		}
		n += done.RowsAffected
	}
	return n, nil
}

// goneAddress is where mail to an account goes that was removed: nowhere, by RFC 2606.
const goneAddress = "@removed.invalid"

// removeAccount takes the person out of an account, and removes what belongs to it. The row stays: past roles and the trail refer to it.
func removeAccount(tx *work.Tx, id string) (int64, error) {
	var n int64
	for _, h := range Holdings() {
		if h.Fate != Own {
			continue
		}
		done := tx.DB().Exec("DELETE FROM "+h.Table+" WHERE "+columns(h.About)[0].name+" = ?", id)
		if done.Error != nil {
			return 0, fmt.Errorf("removing from %s: %w", h.Table, done.Error)
		}
		n += done.RowsAffected
	}
	mails := tx.DB().Exec("DELETE FROM mails WHERE person = ? OR address IN (SELECT email FROM persons WHERE id = ?)", id, id)
	if mails.Error != nil {
		return 0, fmt.Errorf("removing the mails to an account: %w", mails.Error)
	}
	err := tx.DB().Table("persons").Where("id = ?", id).Updates(map[string]any{
		"email": strings.ToLower(id) + goneAddress, "name": "Removed account", "password": "", "factor_secret": "", "factor_at": nil, "confirmed_at": nil, "disabled_at": tx.Now,
	}).Error
	if err != nil {
		return 0, fmt.Errorf("removing the person of an account: %w", err)
	}
	return n + mails.RowsAffected, nil
}
