package audit

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
)

// Query narrows the trail. What is empty narrows nothing.
type Query struct {
	By          []string // who acted: ids of persons, or the names of jobs and operators
	Subject     string   // the id of a thing
	Application string   // its id
	Verb        string   // whole, or its beginning up to a dot: "award."
	From, Until time.Time
	Before      int64 // only events with a smaller number
}

// Search gives at most n events, the newest first. tx may be narrowed already.
func Search(tx *gorm.DB, q Query, n int) ([]Entry, error) {
	tx = tx.Order("seq DESC").Limit(n)
	for column, value := range map[string]string{"subject": q.Subject, "application": q.Application} {
		if value != "" {
			tx = tx.Where(column+" = ?", value)
		}
	}
	if len(q.By) > 0 {
		tx = tx.Where("by_id IN ?", q.By)
	}
	switch {
	case strings.HasSuffix(q.Verb, "."):
		tx = tx.Where("verb >= ? AND verb < ?", q.Verb, strings.TrimSuffix(q.Verb, ".")+"/") // "/" follows "."
	case q.Verb != "":
		tx = tx.Where("verb = ?", q.Verb)
	}
	if !q.From.IsZero() {
		tx = tx.Where("at >= ?", q.From)
	}
	if !q.Until.IsZero() {
		tx = tx.Where("at < ?", q.Until)
	}
	if q.Before > 0 {
		tx = tx.Where("seq < ?", q.Before)
	}
	var entries []Entry
	if err := tx.Find(&entries).Error; err != nil {
		return nil, fmt.Errorf("searching the audit trail: %w", err)
	}
	return entries, nil
}

// At gives an event by its number, or nil.
func At(tx *gorm.DB, seq int64) (*Entry, error) {
	var entries []Entry
	if err := tx.Where("seq = ?", seq).Limit(1).Find(&entries).Error; err != nil {
		return nil, fmt.Errorf("reading event %d: %w", seq, err)
	}
	if len(entries) == 0 {
		return nil, nil //nolint:nilnil // there is none
	}
	return &entries[0], nil
}

// Protects gives the protected rows of an event, with the digests that they had when it was sealed.
func (e Entry) Protects() (map[Row]string, error) {
	guarded, err := e.guarded()
	rows := make(map[Row]string, len(guarded))
	for _, r := range guarded {
		rows[r.Row] = r.Digest
	}
	return rows, err
}

func (e Entry) guarded() ([]guardedRow, error) {
	var rows []guardedRow
	if err := json.Unmarshal([]byte(e.Guarded), &rows); err != nil {
		return nil, fmt.Errorf("event %d: %w", e.Seq, err)
	}
	return rows, nil
}

// farBack is how many earlier events of the same thing are looked through for a row's digest before an event.
const farBack = 2000

// Earlier gives what stood before an event: the latest earlier event that did the same to the same thing (nil: it is the first), and, of
// each row that the event protects, the digest that an earlier event of the same thing sealed; a row that none did is left out.
func (e Entry) Earlier(tx *gorm.DB) (*Entry, map[Row]string, error) {
	rows, err := e.Protects()
	if err != nil {
		return nil, nil, err
	}
	q := tx.Where("seq < ? AND subject = ?", e.Seq, e.Subject)
	if e.Application != "" {
		q = tx.Where("seq < ? AND application = ?", e.Seq, e.Application)
	}
	var before []Entry
	if err := q.Order("seq DESC").Limit(farBack).Find(&before).Error; err != nil {
		return nil, nil, fmt.Errorf("reading what came before event %d: %w", e.Seq, err)
	}
	at := slices.IndexFunc(before, func(b Entry) bool { return b.Verb == e.Verb && b.Kind == e.Kind && b.Subject == e.Subject })
	digests, err := latestOf(rows, before)
	if at < 0 {
		return nil, digests, err
	}
	return &before[at], digests, err
}

// latestOf gives the digests of rows that the first of some events sealed which protects them.
func latestOf(rows map[Row]string, entries []Entry) (map[Row]string, error) {
	digests := map[Row]string{}
	for _, e := range slices.Backward(entries) {
		sealed, err := e.Protects()
		if err != nil {
			return nil, err
		}
		for row, digest := range sealed {
			if _, asked := rows[row]; asked {
				digests[row] = digest // the last to be put down is the first of the events
			}
		}
	}
	return digests, nil
}

// Place is where a reading stands in the log: its block, and its number in it from 1. The zero place is the end of the log.
type Place struct{ Block, Number int64 }

// ReadQuery narrows the read log. What is empty narrows nothing.
type ReadQuery struct {
	By          []string
	Subject     string
	From, Until time.Time
	Before      Place // only what stands before it
}

// matches reports whether a reading is one that is looked for.
func (q ReadQuery) matches(at Place, r Reading) bool {
	return (q.Before.Block == 0 || at.Block < q.Before.Block || at.Number < q.Before.Number) &&
		(len(q.By) == 0 || slices.Contains(q.By, r.By)) && (q.Subject == "" || slices.Contains(r.Subjects, q.Subject)) &&
		(q.From.IsZero() || !r.At.Before(q.From)) && (q.Until.IsZero() || r.At.Before(q.Until))
}

// blocksAtOnce are read together, and mostBlocks looked through for one page: a search that finds little goes on from there.
const (
	blocksAtOnce = 20
	mostBlocks   = 2000
)

// SearchReads gives at most n readings, the newest first. older is the place before which a next search goes on; the zero place if there
// is no more.
func SearchReads(tx *gorm.DB, q ReadQuery, n int) (found []Reading, older Place, err error) {
	for range mostBlocks / blocksAtOnce {
		blocks, err := q.blocks(tx)
		if err != nil {
			return nil, Place{}, err
		}
		for _, b := range blocks {
			var at Place
			if found, at, err = q.take(b, found, n); err != nil || len(found) == n {
				return found, at, err
			}
		}
		if len(blocks) < blocksAtOnce {
			return found, Place{}, nil
		}
		q.Before = Place{blocks[len(blocks)-1].Seq, 1}
	}
	return found, q.Before, nil
}

// take adds to what was found the readings of a block that are looked for, until there are n; at is the place of the last one.
func (q ReadQuery) take(b block, found []Reading, n int) (_ []Reading, at Place, err error) {
	var readings []Reading
	if err := json.Unmarshal([]byte(b.Entries), &readings); err != nil {
		return nil, Place{}, fmt.Errorf("reading block %d of the read log: %w", b.Seq, err)
	}
	for i, r := range slices.Backward(readings) {
		at = Place{b.Seq, int64(i) + 1}
		if !q.matches(at, r) {
			continue
		}
		if found = append(found, r); len(found) == n {
			break
		}
	}
	return found, at, nil
}

// blocks are the next that may hold what is looked for.
func (q ReadQuery) blocks(tx *gorm.DB) ([]block, error) {
	tx = tx.Order("seq DESC").Limit(blocksAtOnce)
	if len(q.By) > 0 {
		tx = tx.Where(anyOf(tx, `"by":`, q.By))
	}
	if q.Subject != "" {
		tx = tx.Where(anyOf(tx, "", []string{q.Subject}))
	}
	if !q.From.IsZero() {
		tx = tx.Where("at >= ?", q.From)
	}
	if !q.Until.IsZero() {
		tx = tx.Where("at < ?", q.Until.Add(time.Hour)) // a block is written after what was read
	}
	switch {
	case q.Before.Number > 1:
		tx = tx.Where("seq <= ?", q.Before.Block)
	case q.Before.Block > 0:
		tx = tx.Where("seq < ?", q.Before.Block)
	}
	var blocks []block
	if err := tx.Find(&blocks).Error; err != nil {
		return nil, fmt.Errorf("searching the read log: %w", err)
	}
	return blocks, nil
}

// anyOf holds for blocks in whose text one of the values stands as a JSON string.
func anyOf(tx *gorm.DB, key string, values []string) *gorm.DB {
	q := tx.Session(&gorm.Session{NewDB: true})
	for _, v := range values {
		text, err := json.Marshal(v)
		if err != nil {
			continue // a text always has JSON
		}
		q = q.Or(`entries LIKE ? ESCAPE '\'`, "%"+strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(key+string(text))+"%")
	}
	return q
}
