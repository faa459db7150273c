package otherfunding

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"adoptionfund/internal/work"
)

// standingWith gives the standing import of a file, or nil.
func standingWith(tx *work.Tx, source Source, digest string) (*Import, error) {
	return work.Find[Import](tx.DB().Where("source = ? AND digest = ? AND state = ?", source, digest, Standing), "import")
}

func lastNumber(tx *work.Tx) (int64, error) {
	var n int64
	if err := tx.DB().Model(&Import{}).Select("COALESCE(MAX(number), 0)").Scan(&n).Error; err != nil {
		return 0, fmt.Errorf("numbering an import: %w", err)
	}
	return n, nil
}

func imports(tx *work.Tx) ([]Import, error) {
	return work.Many[Import](tx.DB().Order("number DESC").Limit(200), "imports")
}

// standingNumbers are the numbers of the lists that are searched.
func standingNumbers(tx *work.Tx) ([]int64, int64, error) {
	rows, err := work.Many[Import](tx.DB().Where("state = ?", Standing).Order("number"), "imports")
	numbers, records := []int64{0}, int64(0)
	for _, r := range rows {
		numbers = append(numbers, r.Number)
		records += r.Records
	}
	return numbers, records, err
}

func setState(tx *work.Tx, id string, s State) error {
	if err := tx.DB().Model(&Import{}).Where("id = ?", id).Updates(map[string]any{"state": s, "touched_at": tx.Now}).Error; err != nil {
		return fmt.Errorf("setting the state of an import: %w", err)
	}
	return nil
}

func touch(tx *work.Tx, id string) error {
	if err := tx.DB().Model(&Import{}).Where("id = ?", id).Update("touched_at", tx.Now).Error; err != nil {
		return fmt.Errorf("keeping how far an import is: %w", err)
	}
	return nil
}

// stand lets an import take the place of the one with its name. One that was given up meanwhile is not there any more.
func stand(tx *work.Tx, i Import) error {
	old := tx.DB().Model(&Import{}).Where("source = ? AND list = ? AND state = ?", i.Source, i.List, Standing).Update("state", Replaced)
	if old.Error != nil {
		return fmt.Errorf("replacing a list: %w", old.Error)
	}
	done := tx.DB().Model(&Import{}).Where("id = ? AND state = ?", i.ID, Staging).Updates(map[string]any{"state": Standing, "records": i.Records, "touched_at": tx.Now})
	if done.Error != nil {
		return fmt.Errorf("finishing an import: %w", done.Error)
	}
	if done.RowsAffected == 0 {
		return fmt.Errorf("import %d was given up meanwhile", i.Number)
	}
	return nil
}

// toSweep gives an import whose rows are to be removed, or nil.
func toSweep(tx *work.Tx, before time.Time) (*Import, error) {
	return work.Find[Import](tx.DB().Where("state IN ? OR (state = ? AND touched_at < ?)", []State{Failed, Replaced}, Staging, before).Order("number").Limit(1), "import")
}

// index is the words of records, as the two databases keep them.
type index interface {
	add(db *gorm.DB, records []Record, tokens [][]string) error
	remove(db *gorm.DB, from, to int64) error
	// ask gives at most n ids within a range, the newest first.
	ask(db *gorm.DB, q question) ([]int64, error)
}

// question is what an index is asked: all of some words, one at least of others.
type question struct {
	all, either []string
	from, to    int64
	most        int
}

func indexOf(tx *work.Tx) index {
	if tx.Postgres() {
		return vectors{}
	}
	return fts{}
}

// fts is SQLite's FTS5. It keeps no texts, so that what is removed is known by its id alone.
type fts struct{}

func (fts) add(db *gorm.DB, records []Record, tokens [][]string) error {
	args := make([]any, 0, 2*len(records))
	for i, r := range records {
		args = append(args, r.ID, strings.Join(tokens[i], " "))
	}
	return db.Exec("INSERT INTO other_funding_index (rowid, tokens) VALUES "+strings.Repeat("(?,?),", len(records)-1)+"(?,?)", args...).Error
}

func (fts) remove(db *gorm.DB, from, to int64) error {
	return db.Exec("DELETE FROM other_funding_index WHERE rowid IN (SELECT id FROM other_funding_records WHERE id BETWEEN ? AND ?)", from, to).Error
}

func (fts) ask(db *gorm.DB, q question) ([]int64, error) {
	var ids []int64
	err := db.Raw("SELECT rowid FROM other_funding_index WHERE other_funding_index MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid DESC LIMIT ?",
		q.expression(`"`, " AND ", " OR "), q.from, q.to, q.most).Scan(&ids).Error
	return ids, err
}

// vectors is PostgreSQL's tsvector with a GIN index.
type vectors struct{}

func (vectors) add(db *gorm.DB, records []Record, tokens [][]string) error {
	args := make([]any, 0, 2*len(records))
	for i, r := range records {
		args = append(args, r.ID, strings.Join(tokens[i], " "))
	}
	row := "(?,array_to_tsvector(string_to_array(?, ' ')))"
	return db.Exec("INSERT INTO other_funding_index (id, tokens) VALUES "+strings.Repeat(row+",", len(records)-1)+row, args...).Error
}

func (vectors) remove(db *gorm.DB, from, to int64) error {
	return db.Exec("DELETE FROM other_funding_index WHERE id BETWEEN ? AND ?", from, to).Error
}

func (vectors) ask(db *gorm.DB, q question) ([]int64, error) {
	var ids []int64
	// The offset keeps the planner from walking all ids downwards in the hope of meeting the words soon.
	err := db.Raw("SELECT id FROM (SELECT id FROM other_funding_index WHERE tokens @@ ?::tsquery OFFSET 0) AS hits WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT ?",
		q.expression("'", " & ", " | "), q.from, q.to, q.most).Scan(&ids).Error
	return ids, err
}

func (q question) expression(quote, and, or string) string {
	quoted := func(words []string, by string) string {
		list := make([]string, len(words))
		for i, w := range words {
			list[i] = quote + w + quote
		}
		return strings.Join(list, by)
	}
	var parts []string
	if len(q.all) > 0 {
		parts = append(parts, quoted(q.all, and))
	}
	if len(q.either) > 0 {
		parts = append(parts, "("+quoted(q.either, or)+")")
	}
	return strings.Join(parts, and)
}

func addRecords(tx *work.Tx, records []Record, tokens [][]string) error {
	if len(records) == 0 {
		return nil
	}
	err := tx.DB().Create(&records).Error
	if err == nil {
		err = indexOf(tx).add(tx.DB(), records, tokens)
	}
	if err != nil {
		return fmt.Errorf("keeping records of other funding: %w", err)
	}
	return nil
}

// removeRecords removes at most n records of an import, and says where to go on.
func removeRecords(tx *work.Tx, number, from int64, n int) (next int64, more bool, err error) {
	var ids []int64
	err = tx.DB().Model(&Record{}).Where("id BETWEEN ? AND ?", from, (number+1)*spread-1).Order("id").Limit(n).Pluck("id", &ids).Error
	if err == nil && len(ids) > 0 {
		last := ids[len(ids)-1]
		if err = indexOf(tx).remove(tx.DB(), ids[0], last); err == nil {
			err = tx.DB().Where("id BETWEEN ? AND ?", ids[0], last).Delete(&Record{}).Error
		}
		next = last + 1
	}
	if err != nil {
		return 0, false, fmt.Errorf("removing records of other funding: %w", err)
	}
	return next, len(ids) == n, nil
}

// wordCount is in how many records of an import a word stands.
type wordCount struct {
	Word    string
	Number  int64
	Records int64
}

// TableName is the table of words.
func (wordCount) TableName() string { return "other_funding_words" }

func countWords(tx *work.Tx, number int64, words map[string]int64) error {
	rows := make([]wordCount, 0, len(words))
	for w, n := range words {
		if n != 0 {
			rows = append(rows, wordCount{w, number, n})
		}
	}
	slices.SortFunc(rows, func(a, b wordCount) int { return strings.Compare(a.Word, b.Word) }) // one order, so that two imports do not lock each other out
	for part := range slices.Chunk(rows, 2000) {
		add := clause.OnConflict{
			Columns: []clause.Column{{Name: "word"}, {Name: "number"}}, DoUpdates: clause.Assignments(map[string]any{"records": gorm.Expr("other_funding_words.records + excluded.records")}),
		}
		if err := tx.DB().Clauses(add).Create(&part).Error; err != nil {
			return fmt.Errorf("counting words: %w", err)
		}
	}
	return nil
}

func removeWords(tx *work.Tx, number int64) error {
	if err := tx.DB().Where("number = ?", number).Delete(&wordCount{}).Error; err != nil {
		return fmt.Errorf("removing words: %w", err)
	}
	return nil
}

// frequencies gives in how many records each word stands: of applications, and of the lists that stand.
func frequencies(tx *work.Tx, words []string, numbers []int64) (applications, lists map[string]int, err error) {
	var rows []struct {
		Word    string
		Listed  bool
		Records int64
	}
	err = tx.DB().Raw(`SELECT word, number > 0 AS listed, SUM(records) AS records FROM other_funding_words WHERE word IN ? AND number IN ? GROUP BY word, number > 0`,
		words, numbers).Scan(&rows).Error
	applications, lists = map[string]int{}, map[string]int{}
	for _, r := range rows {
		if r.Listed {
			lists[r.Word] = int(r.Records)
		} else {
			applications[r.Word] = int(r.Records)
		}
	}
	if err != nil {
		return nil, nil, fmt.Errorf("looking up how rare words are: %w", err)
	}
	return applications, lists, nil
}

func recordsByID(tx *work.Tx, ids, numbers []int64) ([]Record, error) {
	return work.Many[Record](tx.DB().Where("id IN ? AND number IN ?", ids, numbers).Order("id"), "records of other funding")
}

// repeat is a record that stands in a list a second time.
type repeat struct {
	Identity    string
	First, Line int64
}

func repeated(tx *work.Tx, number int64) ([]repeat, error) {
	var rows []repeat
	err := tx.DB().Raw(`SELECT identity, MIN(line) AS first, MAX(line) AS line FROM other_funding_records WHERE id BETWEEN ? AND ?
		GROUP BY identity HAVING COUNT(*) > 1 ORDER BY MAX(line) LIMIT 60`, number*spread, (number+1)*spread-1).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("looking for what stands twice in a list: %w", err)
	}
	return rows, nil
}

func asking(err error) error { return fmt.Errorf("asking the index of other funding: %w", err) }
