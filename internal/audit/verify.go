package audit

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
)

// Finding is what verification found: how much was walked, and the first break, if any.
type Finding struct {
	Events int64  `json:"events"`
	Blocks int64  `json:"read_blocks"`
	Rows   int64  `json:"protected_rows"`
	Head   string `json:"head"`
	// ReadHead is the digest of the last block of the read log.
	ReadHead string `json:"read_head"`
	Break    string `json:"break,omitempty"`
}

// Whole reports whether nothing was found broken.
func (f Finding) Whole() bool { return f.Break == "" }

// Inspect walks the whole chain of events, the chain of read blocks, their signed ends and every protected row. It must
// run in one read transaction, so that it sees one moment. public is the installation's public key in base64.
func Inspect(tx *gorm.DB, public string) (Finding, error) {
	var f Finding
	recorded, err := f.walkEvents(tx, public)
	if err != nil || !f.Whole() {
		return f, err
	}
	if err := f.walkBlocks(tx, public); err != nil || !f.Whole() {
		return f, err
	}
	return f, f.walkRows(tx, recorded)
}

func (f *Finding) broken(format string, args ...any) {
	if f.Break == "" {
		f.Break = fmt.Sprintf(format, args...)
	}
}

// walkEvents checks each entry against its own digest and its predecessor's, and collects the latest digest of each
// protected row.
func (f *Finding) walkEvents(tx *gorm.DB, public string) (map[Row]string, error) {
	recorded, approved := map[Row]string{}, removals{}
	prev, next := "", int64(1)
	for f.Whole() {
		var batch []Entry
		if err := tx.Where("seq >= ?", next).Order("seq").Limit(1000).Find(&batch).Error; err != nil {
			return nil, fmt.Errorf("reading the audit trail: %w", err)
		}
		if len(batch) == 0 {
			break
		}
		for _, e := range batch {
			f.checkEntry(e, next, prev)
			if !f.Whole() {
				return nil, nil
			}
			if f.collect(e, recorded, approved); !f.Whole() {
				return nil, nil
			}
			prev, next = e.Digest, next+1
		}
	}
	f.Events, f.Head = next-1, prev
	return recorded, f.checkHead(tx, events, next-1, prev, public)
}

func (f *Finding) checkEntry(e Entry, want int64, prev string) {
	switch {
	case e.Seq != want:
		f.broken("event %d is missing: the next one kept is %d", want, e.Seq)
	case e.Prev != prev:
		f.broken("event %d (%s of %s %s) does not follow the one before it", e.Seq, e.Verb, e.Kind, e.Subject)
	case e.Digest != e.compute():
		f.broken("event %d (%s of %s %s) was changed", e.Seq, e.Verb, e.Kind, e.Subject)
	}
}

// collect takes the digests of the protected rows that an entry carries. Only what an approved list names may remove one.
func (f *Finding) collect(e Entry, into map[Row]string, approved removals) {
	rows, err := e.guarded()
	if err != nil {
		f.broken("event %d names protected rows that cannot be read", e.Seq)
		return
	}
	wrong, err := approved.wrong(e, into, rows)
	switch {
	case err != nil:
		f.broken("event %d says of a removal what cannot be read", e.Seq)
	case wrong != "":
		f.broken("%s", wrong)
	}
	for _, r := range rows {
		into[r.Row] = r.Digest
	}
}

func (f *Finding) checkHead(tx *gorm.DB, chain string, seq int64, digest, public string) error {
	var h head
	if err := tx.Where("chain = ?", chain).Limit(1).Find(&h).Error; err != nil {
		return fmt.Errorf("reading the end of the chain: %w", err)
	}
	switch {
	case h.Seq == 0 && seq == 0:
	case h.Seq == 0:
		f.broken("the signed end of the chain of %s is missing", chain)
	case !Verify(public, h.Signature, h.text()):
		f.broken("the end of the chain of %s is not signed with this installation's key", chain)
	case h.Seq > seq:
		f.broken("%s %d to %d, the last ones, are missing", chain, seq+1, h.Seq)
	case h.Seq < seq:
		f.broken("%s %d to %d were added behind the signed end", chain, h.Seq+1, seq)
	case h.Digest != digest:
		f.broken("the last of the %s is not the one that was signed", chain)
	}
	return nil
}

func (f *Finding) walkBlocks(tx *gorm.DB, public string) error {
	prev, next := "", int64(1)
	for {
		var batch []block
		if err := tx.Where("seq >= ?", next).Order("seq").Limit(200).Find(&batch).Error; err != nil {
			return fmt.Errorf("reading the read log: %w", err)
		}
		if len(batch) == 0 {
			break
		}
		for _, b := range batch {
			if b.Seq != next || b.Prev != prev || b.Digest != b.compute() {
				f.broken("block %d of the read log was changed or removed", next)
				return nil
			}
			prev, next = b.Digest, next+1
		}
	}
	f.Blocks, f.ReadHead = next-1, prev
	return f.checkHead(tx, reads, next-1, prev, public)
}

// walkRows compares every row of every protected table with the digest that its latest event carries.
func (f *Finding) walkRows(tx *gorm.DB, recorded map[Row]string) error {
	for _, table := range protected() {
		if err := f.walkTable(tx, table, recorded); err != nil || !f.Whole() {
			return err
		}
	}
	missing := slices.SortedFunc(maps.Keys(recorded), func(a, b Row) int {
		return slices.Compare([]string{a.Table, a.Key}, []string{b.Table, b.Key})
	})
	for _, row := range missing {
		if recorded[row] != "" {
			f.broken("%s %s was removed behind the gate", row.Table, row.Key)
		}
	}
	return nil
}

// walkTable takes each row that it finds out of recorded, so that what is left is missing.
func (f *Finding) walkTable(tx *gorm.DB, of protectedTable, recorded map[Row]string) error {
	table := of.name
	rows, err := tx.Raw("SELECT * FROM " + table + " ORDER BY " + strings.Join(of.key, ", ")).Rows() // #nosec G202 -- the name is one of the list
	if err != nil {
		return fmt.Errorf("reading %s: %w", table, err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		values, err := scanFields(rows)
		if err != nil {
			return fmt.Errorf("reading %s: %w", table, err)
		}
		now, err := values.digest()
		if err != nil {
			return err
		}
		row := Row{Table: table, Key: values.key(of.key)}
		was, known := recorded[row]
		delete(recorded, row)
		f.Rows++
		switch {
		case !known:
			f.broken("%s %s was added behind the gate", table, row.Key)
		case was != now:
			f.broken("%s %s was changed behind the gate", table, row.Key)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("reading %s: %w", table, err)
	}
	return nil
}

// History gives what happened to one application, oldest first.
func History(tx *gorm.DB, application string) ([]Entry, error) {
	var entries []Entry
	if err := tx.Where("application = ?", application).Order("seq").Limit(5000).Find(&entries).Error; err != nil {
		return nil, fmt.Errorf("reading the history: %w", err)
	}
	return entries, nil
}

// Each walks all entries in order, a batch at a time, for exports.
func Each(tx *gorm.DB, round string, fn func(Entry) error) error {
	for next := int64(0); ; {
		q := tx.Where("seq > ?", next).Order("seq").Limit(1000)
		if round != "" {
			q = q.Where("round = ?", round)
		}
		var batch []Entry
		if err := q.Find(&batch).Error; err != nil {
			return fmt.Errorf("reading the audit trail: %w", err)
		}
		for _, e := range batch {
			if err := fn(e); err != nil {
				return err
			}
			next = e.Seq
		}
		if len(batch) == 0 {
			return nil
		}
	}
}

// When is the moment in the form that people read in files: RFC 3339, UTC.
func When(t time.Time) string { return t.UTC().Format(time.RFC3339) }
