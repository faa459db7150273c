package otherfunding_test

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"adoptionfund/internal/db"
	"adoptionfund/internal/otherfunding"
	"adoptionfund/internal/testkit"
)

// grantsFlag is how many grants the search for double funding is measured among.
var grantsFlag = flag.Int("grants", 20_000, "grants among which double funding is looked for")

// BenchmarkSearchAmongGrants imports a file of invented grants, then looks for the double funding of applications whose grant is among
// them under another wording. It tells how long both take, how much memory the import takes, and how often the grant is among the first ten.
func BenchmarkSearchAmongGrants(b *testing.B) {
	w := newWorld(b)
	set := newLabelled(bodiesOf(b), 350, 1500)
	path := filepath.Join(b.TempDir(), "grants.json")
	w.no(writeGrants(path, set, *grantsFlag))
	file, err := os.Open(path)
	w.no(err)
	defer func() { _ = file.Close() }()
	runtime.GC()
	peak, stop := testkit.PeakHeap()
	began := time.Now()
	_, _, err = w.lists.Import(w.Operator(), otherfunding.File{Source: otherfunding.Grant, List: "invented", Content: file})
	took := time.Since(began)
	stop()
	w.no(err)
	if w.DB.Dialect == db.Postgres {
		w.no(w.DB.Write.Exec("VACUUM ANALYZE").Error) // as the database does by itself within minutes of an import
	}
	var times []time.Duration
	found, n := 0, 0
	look := func() {
		p := set.pairs[n%len(set.pairs)]
		n++
		began := time.Now()
		list, err := w.lists.Among(w.Operator(), p.asked)
		times = append(times, time.Since(began))
		w.no(err)
		if at := slices.IndexFunc(list, func(m otherfunding.Match) bool { return m.Identity == "grant:"+p.grant.id }); at >= 0 && at < 10 {
			found++
		}
	}
	for b.Loop() {
		look()
	}
	for n%len(set.pairs) != 0 { // each pair is asked for as often as any
		look()
	}
	slices.Sort(times)
	at := func(share float64) float64 {
		return float64(times[min(len(times)-1, int(share*float64(len(times))))].Microseconds()) / 1000
	}
	b.ReportMetric(float64(*grantsFlag), "grants")
	b.ReportMetric(took.Seconds(), "import-s")
	b.ReportMetric(float64(peak.Load())/(1<<20), "import-peak-heap-MB")
	b.ReportMetric(at(0.5), "p50-ms")
	b.ReportMetric(at(0.95), "p95-ms")
	b.ReportMetric(float64(found)/float64(n), "recall-at-10")
}

// writer writes invented grants whose words are as frequent as words are: the n-th most frequent stands in proportion to 1/n. The words of
// the labelled set are among the first thousand of thirty thousand.
type writer struct {
	rng    *rand.Rand
	rank   *rand.Zipf
	words  []string
	bodies []body
}

func newWriter(set *labelled) *writer {
	rng := rand.New(rand.NewPCG(360, 26))
	w := &writer{rng: rng, rank: rand.NewZipf(rng, 1.02, 4, 29_999), bodies: set.bodies}
	for _, p := range purposes {
		for _, text := range p {
			w.words = append(w.words, strings.Fields(strings.ToLower(text))...)
		}
	}
	slices.Sort(w.words)
	w.words = slices.Compact(w.words)
	for len(w.words) < 1000 {
		w.words = append(w.words, w.invented())
	}
	rng.Shuffle(1000, func(i, j int) { w.words[i], w.words[j] = w.words[j], w.words[i] })
	for len(w.words) < 30_000 {
		w.words = append(w.words, w.invented())
	}
	return w
}

// invented makes words that are as rare as names are.
func (w *writer) invented() string {
	parts := strings.Fields("ba ce di fo gu ha ji ke lo mu na pe qui ro su ta ve wi xa yo zen bra cle dro")
	var b strings.Builder
	for range 3 + w.rng.IntN(2) {
		b.WriteString(parts[w.rng.IntN(len(parts))])
	}
	return b.String()
}

func (w *writer) text(words int) string {
	list := make([]string, words)
	for i := range list {
		list[i] = w.words[w.rank.Uint64()]
	}
	return strings.Join(list, " ")
}

func (w *writer) grant(n int) given {
	g := given{id: fmt.Sprintf("360G-Invented-F%d", n), title: w.text(6), text: w.text(30), name: w.invented() + " " + w.text(1) + " trust", funder: "Invented Foundation", amount: float64(1000 + n%90_000)}
	if n%10 == 0 {
		at := w.bodies[w.rng.IntN(len(w.bodies))]
		g.name = respelt(at.name, w.rng)
		if n%20 == 0 {
			g.code = at.code
		}
	}
	return g
}

// writeGrants writes a package in the 360Giving standard: the labelled grants spread among invented others.
func writeGrants(path string, set *labelled, n int) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() {
		if closed := file.Close(); err == nil {
			err = closed
		}
	}()
	out, w := bufio.NewWriter(file), newWriter(set)
	every := max(1, n/len(set.grants))
	if _, err := io.WriteString(out, `{"version": "1.4", "grants": [`); err != nil {
		return err
	}
	for i, next := 0, 0; i < n || next < len(set.grants); i++ {
		g := w.grant(i)
		if i%every == 0 && next < len(set.grants) {
			g = set.grants[next]
			next++
		}
		text, err := json.Marshal(g.object())
		if err != nil {
			return err
		}
		if i > 0 {
			text = append([]byte(",\n"), text...)
		}
		if _, err := out.Write(text); err != nil {
			return err
		}
	}
	if _, err := io.WriteString(out, "]}"); err != nil {
		return err
	}
	return out.Flush()
}
