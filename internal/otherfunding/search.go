package otherfunding

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/matching"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
)

// organisations is what is known of organisations by their codes.
type organisations struct {
	systems map[string]string
	related map[string][]string
}

func (o organisations) system(code string) string { return o.systems[code] }

// kin are the codes of predecessors and successors.
func (o organisations) kin(code string) []string { return o.related[code] }

// known reads what is known of the organisations of some records.
func known(tx *work.Tx, records []Record) (organisations, error) {
	o := organisations{map[string]string{}, map[string][]string{}}
	var codes []ident.ODS
	for _, r := range records {
		for _, code := range apart(r.Codes) {
			if code != "" && !slices.Contains(codes, ident.ODS(code)) {
				codes = append(codes, ident.ODS(code))
			}
		}
	}
	if len(codes) == 0 {
		return o, nil
	}
	rows, err := people.Related(tx, codes)
	if err != nil {
		return o, err
	}
	for _, row := range rows {
		code := string(row.ODSCode)
		o.systems[code] = row.ICS
		if row.Successor != "" {
			o.related[code] = append(o.related[code], row.Successor)
			o.related[row.Successor] = append(o.related[row.Successor], code)
		}
	}
	return o, nil
}

const (
	mostAsked  = 200 // candidates that one question to the index may give
	mostScored = 250 // candidates of each kind that are compared in full
	mostFound  = 50  // matches that are kept or shown
)

// hit is a record that a search found.
type hit struct {
	record Record
	match  matching.Match
}

// scope is what a search looks in: the sources, and how strong a match must be.
type scope struct {
	sources []Source
	least   int
	but     ident.Application
}

// search finds the records that are most like what is asked for: candidates by their rarest words, then compared one by one.
func search(tx *work.Tx, asked *matching.Ready, in scope) ([]hit, error) {
	numbers, records, err := standingNumbers(tx)
	if err != nil {
		return nil, err
	}
	applications, lists, err := frequencies(tx, asked.Asks(), numbers)
	if err != nil {
		return nil, err
	}
	var ids []int64
	if slices.Contains(in.sources, Application) {
		last, err := nextApplication(tx)
		if err != nil {
			return nil, err
		}
		found, err := candidates(tx, asked, held{int(last), applications}, question{from: 0, to: spread - 1})
		if err != nil {
			return nil, err
		}
		ids = append(ids, found...)
	}
	if len(numbers) > 1 && (slices.Contains(in.sources, Programme) || slices.Contains(in.sources, Grant)) {
		found, err := candidates(tx, asked, held{int(records), lists}, question{from: spread, to: math.MaxInt64})
		if err != nil {
			return nil, err
		}
		ids = append(ids, found...)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := recordsByID(tx, ids, numbers)
	if err != nil {
		return nil, err
	}
	return compare(tx, asked, rows, in, rarity(applications, lists, records))
}

// rarity is how much each word tells; a word that nobody asked about tells as much as most do.
func rarity(applications, lists map[string]int, records int64) matching.Rarity {
	all := float64(records + 1000)
	weigh := func(n int) float64 { return math.Log(1 + all/float64(1+n)) }
	usual := weigh(int(all / 200))
	return func(word string) float64 {
		n := applications[word] + lists[word]
		if n == 0 {
			return usual
		}
		return weigh(n)
	}
}

// held is how many records are asked among, and in how many of them each word stands.
type held struct {
	records   int
	frequency map[string]int
}

// candidates asks the index and gives the ids of those that answer most of the rarest questions.
func candidates(tx *work.Tx, asked *matching.Ready, among held, within question) ([]int64, error) {
	votes := map[int64]float64{}
	for _, c := range asked.Plan(among.records, func(token string) int { return among.frequency[token] }) {
		q := within
		q.all, q.either, q.most = c.All, c.Any, mostAsked
		if len(c.All) == 0 {
			q.most = 3 * mostAsked
		}
		ids, err := indexOf(tx).ask(tx.DB(), q)
		if err != nil {
			return nil, asking(err)
		}
		for _, id := range ids {
			votes[id] += 1 / math.Log(3+float64(len(ids)))
		}
	}
	ids := make([]int64, 0, len(votes))
	for id := range votes {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b int64) int { return cmp.Or(cmp.Compare(votes[b], votes[a]), cmp.Compare(b, a)) })
	return ids[:min(len(ids), mostScored)], nil
}

// compare scores candidates, the strongest first.
func compare(tx *work.Tx, asked *matching.Ready, rows []Record, in scope, rare matching.Rarity) ([]hit, error) {
	orgs, err := known(tx, rows)
	if err != nil {
		return nil, err
	}
	var hits []hit
	seen := map[string]int{}
	for _, r := range rows {
		if !slices.Contains(in.sources, r.Source) || in.but != "" && r.ApplicationID != nil && *r.ApplicationID == in.but {
			continue
		}
		m := matching.Score(asked, matching.Prepare(r.described(orgs)), rare)
		if m.Strength < in.least {
			continue
		}
		if at, twice := seen[r.Identity]; twice { // the same grant in two lists: the newer
			hits[at] = hit{r, m}
			continue
		}
		seen[r.Identity] = len(hits)
		hits = append(hits, hit{r, m})
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(b.match.Strength, a.match.Strength), strings.Compare(a.record.Identity, b.record.Identity))
	})
	return hits[:min(len(hits), mostFound)], nil
}
