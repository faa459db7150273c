package main

import (
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
	"sync/atomic"
	"testing"
	"time"

	"adoptionfund/internal/db"
	"adoptionfund/internal/matching"
	"adoptionfund/internal/otherfunding"
)

// grantsFlag is how many grants the search for double funding is measured among.
var grantsFlag = flag.Int("grants", 20_000, "grants among which double funding is looked for")

// BenchmarkImportAndSearchOfGrants imports a file of invented grants as the command does, then looks for the double funding of
// applications among them.
func BenchmarkImportAndSearchOfGrants(b *testing.B) {
	n := *grantsFlag
	l := newLoad(b, 1, db.Normal)
	path := filepath.Join(b.TempDir(), "grants.json")
	l.no(writeGrants(path, n))
	file, err := os.Open(path)
	l.no(err)
	defer func() { _ = file.Close() }()
	runtime.GC()
	peak, stop := heapPeak()
	began := time.Now()
	_, _, err = l.app.others.Import(l.operator(), otherfunding.File{Source: otherfunding.Grant, List: "invented", Content: file})
	l.no(err)
	took := time.Since(began)
	stop()
	if l.app.db.Dialect == db.Postgres {
		l.no(l.app.db.Write.Exec("ANALYZE").Error)
	}
	rng := rand.New(rand.NewPCG(7, 26))
	var times []time.Duration
	for b.Loop() {
		asked := inventedAsk(rng)
		began := time.Now()
		found, err := l.app.others.Among(l.operator(), asked)
		times = append(times, time.Since(began))
		l.no(err)
		if len(found) == 0 {
			b.Fatalf("nothing was found for %+v", asked)
		}
	}
	slices.Sort(times)
	at := func(share float64) float64 {
		return float64(times[min(len(times)-1, int(share*float64(len(times))))].Microseconds()) / 1000
	}
	b.ReportMetric(float64(n), "grants")
	b.ReportMetric(took.Seconds(), "import-s")
	b.ReportMetric(float64(peak.Load())/(1<<20), "import-peak-heap-MB")
	b.ReportMetric(at(0.5), "p50-ms")
	b.ReportMetric(at(0.95), "p95-ms")
}

// heapPeak watches how much memory is in use until stop is called.
func heapPeak() (*atomic.Uint64, func()) {
	var peak atomic.Uint64
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		var m runtime.MemStats
		for {
			runtime.ReadMemStats(&m)
			peak.Store(max(peak.Load(), m.HeapAlloc))
			select {
			case <-done:
				return
			case <-time.After(100 * time.Millisecond):
			}
		}
	}()
	return &peak, func() { close(done); <-ended }
}

func grantWords() (subjects, places []string) {
	subjects = strings.Fields("cardiac surgery monitoring remote wound photographs fracture clinic virtual knee exercise hip waiting dermatology lesion images bowel capsule endoscopy maternity notes " +
		"language interpreting video ward tablet inclusion library volunteers rehabilitation stroke falls frailty asthma inhaler diabetes foot retina glaucoma cataract consent questionnaire triage pathway " +
		"radiology report pathology slides genomics consent theatre list scheduling discharge transport pharmacy medicines reconciliation sepsis deterioration school nurse youth mental crisis garden choir " +
		"lunch club heritage archive museum playground football pitch heating roof kitchen minibus training placements research fellowship equipment laboratory microscope")
	places = strings.Fields("London Leeds Bristol Cornwall Devon Norfolk Suffolk Kent Surrey Sussex Dorset Cumbria Derby Leicester Nottingham Lincoln Sheffield York Hull Durham Newcastle Preston Salford Bolton Wigan")
	return subjects, places
}

// inventedWord makes names that are as rare as names are.
func inventedWord(rng *rand.Rand) string {
	parts := strings.Fields("ba ce di fo gu ha ji ke lo mu na pe qui ro su ta ve wi xa yo zen bra cle dro")
	var b strings.Builder
	for range 3 {
		b.WriteString(parts[rng.IntN(len(parts))])
	}
	word := b.String()
	return strings.ToUpper(word[:1]) + word[1:]
}

// writeGrants writes a package of invented grants in the 360Giving standard, one after the other.
func writeGrants(path string, n int) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	rng := rand.New(rand.NewPCG(360, 26))
	subjects, places := grantWords()
	pick := func(from []string) string { return from[rng.IntN(len(from))] }
	if _, err := io.WriteString(file, `{"version": "1.4", "grants": [`); err != nil {
		return err
	}
	for i := range n {
		recipient := map[string]any{"id": fmt.Sprintf("GB-CHC-%d", 1_000_000+rng.IntN(150_000)), "name": inventedWord(rng) + " " + pick(places) + " Trust"}
		if i%20 == 0 {
			recipient = map[string]any{"id": "GB-NHS-R" + string(rune('A'+rng.IntN(20))) + string(rune('A'+rng.IntN(10))), "name": pick(places) + " University Hospitals NHS Foundation Trust"}
		}
		words := make([]string, 30)
		for j := range words {
			words[j] = pick(subjects)
		}
		text, err := json.Marshal(map[string]any{
			"id": fmt.Sprintf("360G-Invented-%d", i), "title": "Invented " + strings.Join(words[:4], " ") + " in " + pick(places), "currency": "GBP", "amountAwarded": 1000 + i%90_000, "awardDate": "2025-04-01",
			"description":           "With " + inventedWord(rng) + ": " + strings.Join(words, " "),
			"recipientOrganization": []any{recipient}, "fundingOrganization": []any{map[string]any{"id": "GB-GOR-D1", "name": "Invented Foundation"}},
		})
		if err != nil {
			return err
		}
		if i > 0 {
			text = append([]byte(",\n"), text...)
		}
		if _, err := file.Write(text); err != nil {
			return err
		}
	}
	if _, err := io.WriteString(file, "]}"); err != nil {
		return err
	}
	return file.Close()
}

// inventedAsk is what an invented application asks for.
func inventedAsk(rng *rand.Rand) matching.Described {
	subjects, places := grantWords()
	pick := func(from []string) string { return from[rng.IntN(len(from))] }
	words := make([]string, 40)
	for j := range words {
		words[j] = pick(subjects)
	}
	return matching.Described{
		Title: strings.Join(words[:5], " "), Text: strings.Join(words, " "), Products: []matching.Product{{Name: inventedWord(rng) + inventedWord(rng)[:4], Supplier: "Invented " + inventedWord(rng) + " Ltd"}},
		Organisations: []matching.Organisation{
			{Name: pick(places) + " University Hospitals NHS Foundation Trust", Codes: []string{"R" + string(rune('A'+rng.IntN(20))) + string(rune('A'+rng.IntN(10)))}, Part: "the lead organisation"},
			{Name: "NHS " + pick(places) + " Integrated Care Board", Codes: []string{"Q" + string(rune('A'+rng.IntN(20))) + "A"}},
		},
	}
}
