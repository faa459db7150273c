package otherfunding_test

import (
	"strings"
	"testing"

	"gorm.io/gorm"

	"adoptionfund/internal/otherfunding"
	"adoptionfund/internal/testkit"
)

// plan gives how the database would answer a query.
func (w *world) plan(query string, args ...any) string {
	w.t.Helper()
	var lines []string
	w.no(w.DB.Write.Transaction(func(tx *gorm.DB) error {
		if testkit.OnPostgres() {
			if err := tx.Exec("SET LOCAL enable_seqscan = off").Error; err != nil { // the tables of a test are small
				return err
			}
			return tx.Raw("EXPLAIN "+query, args...).Scan(&lines).Error
		}
		var rows []struct{ Detail string }
		err := tx.Raw("EXPLAIN QUERY PLAN "+query, args...).Scan(&rows).Error
		for _, r := range rows {
			lines = append(lines, r.Detail)
		}
		return err
	}))
	return strings.Join(lines, "\n")
}

// TestSearchesGoByIndexes: candidates by the index of words, records by their ids, words and matches by their keys.
func TestSearchesGoByIndexes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, _, err := w.imports(otherfunding.Programme, "tech.csv", head+heart(1))
	w.no(err)
	words, wordsBy := "SELECT rowid FROM other_funding_index WHERE other_funding_index MATCH '\"o_r1h\" AND (\"cardiac\" OR \"surgery\")' AND rowid BETWEEN 1 AND 2000000000 ORDER BY rowid DESC LIMIT 200", "VIRTUAL TABLE INDEX"
	key := "SEARCH"
	if testkit.OnPostgres() {
		words = "SELECT id FROM (SELECT id FROM other_funding_index WHERE tokens @@ '''o_r1h'' & (''cardiac'' | ''surgery'')'::tsquery OFFSET 0) AS hits WHERE id BETWEEN 1 AND 2000000000 ORDER BY id DESC LIMIT 200"
		wordsBy, key = "other_funding_index_tokens", "Index"
	}
	for query, by := range map[string]string{
		words: wordsBy,
		"SELECT * FROM other_funding_records WHERE id IN (1000000001, 1000000002) AND number IN (0, 1)":                            key,
		"SELECT word, SUM(records) FROM other_funding_words WHERE word IN ('cardiac', 'o_r1h') AND number IN (0, 1) GROUP BY word": key,
		"SELECT * FROM other_funding_matches WHERE application_id IN ('00000000-0000-0000-0000-000000000001') ORDER BY identity":   key,
	} {
		if plan := w.plan(query); !strings.Contains(plan, by) || strings.Contains(plan, "SCAN other_funding_records") {
			t.Errorf("%s\n%s", query, plan)
		}
	}
}
