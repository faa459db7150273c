package retention

import (
	"fmt"
	"slices"
	"strings"

	"adoptionfund/internal/audit"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// wiping takes the data of one application away.
type wiping struct {
	tx   *work.Tx
	id   ident.Application
	kind Kind
	salt string

	removed, emptied int64
	guards           []audit.Row
}

// holding does to the rows of one table what is to be done.
func (w *wiping) holding(h Holding) error {
	if h.of == "" {
		return nil
	}
	where, args := string(h.of), h.of.args([]string{string(w.id)})
	var err error
	switch h.Fate {
	case Removed:
		q := w.tx.DB().Exec("DELETE FROM "+h.Table+" WHERE "+where, args...)
		w.removed, err = w.removed+q.RowsAffected, q.Error
	case Kept:
		err = w.empty(h)
	case Own, Stays:
	}
	if err != nil {
		return fmt.Errorf("removing from %s: %w", h.Table, err)
	}
	return nil
}

// empty takes people and what they wrote out of rows that stay, and notes those that are protected.
func (w *wiping) empty(h Holding) error {
	for _, c := range h.persons() {
		if c.mark == "~" {
			if err := w.disguise(h, c.name); err != nil {
				return err
			}
			continue
		}
		if err := w.set(h, c.name, nobody); err != nil {
			return err
		}
	}
	for _, c := range columns(h.Words) {
		if c.mark == "=" || w.kind == Award && h.Table == "applications" { // the title of an award was published
			continue
		}
		if err := w.set(h, c.name, map[string]string{"!": "Removed", "{}": "{}", "[]": "[]"}[c.mark]); err != nil {
			return err
		}
	}
	return w.protect(h)
}

func (w *wiping) set(h Holding, name, value string) error {
	args := append([]any{value}, h.of.args([]string{string(w.id)})...)
	return w.tx.DB().Exec("UPDATE "+h.Table+" SET "+name+" = ? WHERE "+string(h.of)+" AND "+name+" IS NOT NULL", args...).Error
}

// disguise puts pseudonyms in the place of people.
func (w *wiping) disguise(h Holding, name string) error {
	args := h.of.args([]string{string(w.id)})
	var ids []string
	if err := w.tx.DB().Raw("SELECT DISTINCT CAST("+name+" AS text) FROM "+h.Table+" WHERE "+string(h.of), args...).Scan(&ids).Error; err != nil {
		return err //nolint:wrapcheck // holding says what it was doing
	}
	for _, id := range ids {
		values := append([]any{pseudonym(w.salt, ident.Person(id))}, append(args, id)...)
		if err := w.tx.DB().Exec("UPDATE "+h.Table+" SET "+name+" = ? WHERE "+string(h.of)+" AND "+name+" = ?", values...).Error; err != nil {
			return err //nolint:wrapcheck // holding says what it was doing
		}
	}
	return nil
}

// protect notes the rows whose digests the event has to carry, and counts those that were emptied.
func (w *wiping) protect(h Holding) error {
	key := audit.KeyColumns(h.Table)
	if len(key) == 0 {
		key = []string{"1"}
	}
	parts := make([]string, len(key))
	for i, name := range key {
		parts[i] = "CAST(" + name + " AS text)"
	}
	var keys []string
	joined := strings.Join(parts, " || '/' || ")
	if err := w.tx.DB().Raw("SELECT "+joined+" FROM "+h.Table+" WHERE "+string(h.of), h.of.args([]string{string(w.id)})...).Scan(&keys).Error; err != nil {
		return err //nolint:wrapcheck // holding says what it was doing
	}
	w.emptied += int64(len(keys))
	if audit.KeyColumns(h.Table) == nil {
		return nil
	}
	for _, k := range keys {
		w.guards = append(w.guards, audit.Row{Table: h.Table, Key: k})
	}
	return nil
}

// Effect is how many rows of a table a list removes or empties.
type Effect struct {
	Kind    Kind   `json:"kind"`
	Label   string `json:"label"`
	Rows    int64  `json:"rows"`
	Removed bool   `json:"removed"`
}

// manyIDs is how many ids go into one question to the database.
const manyIDs = 500

// effects counts what a removal of applications does to each table.
func effects(tx *work.Tx, k Kind, ids []string) ([]Effect, error) {
	var all []Effect
	for _, h := range Holdings() {
		if h.of == "" {
			continue
		}
		e := Effect{Kind: k, Label: h.Label, Removed: h.Fate == Removed}
		for some := range slices.Chunk(ids, manyIDs) {
			var n int64
			if err := tx.DB().Raw("SELECT COUNT(*) FROM "+h.Table+" WHERE "+string(h.of), h.of.args(some)...).Scan(&n).Error; err != nil {
				return nil, fmt.Errorf("counting the rows of %s: %w", h.Table, err)
			}
			e.Rows += n
		}
		if e.Rows > 0 {
			all = append(all, e)
		}
	}
	return all, nil
}
