package demonstration

import (
	"math/rand/v2"
	"time"

	"adoptionfund/internal/form"
	"adoptionfund/internal/people"
)

// Sample is an application as the demonstration would send it.
type Sample struct {
	Title   string
	Answers form.Answers
}

// Samples are applications of every invented project, each four times with other figures.
func Samples(today time.Time) ([]Sample, error) {
	byTheme, err := projects()
	if err != nil {
		return nil, err
	}
	lead := people.Organisation{ODSCode: "QMF", Name: "NHS North East London Integrated Care Board", Kind: "icb"}
	trust := people.Organisation{ODSCode: "R1H", Name: "Barts Health NHS Trust", Kind: "trust"}
	who := team{named{"A", "a@x.example"}, named{"B", "b@x.example"}, named{"C", "c@x.example"}, named{"D", "d@x.example"}}
	var samples []Sample
	for theme, list := range byTheme {
		for i, p := range list {
			for n := range 4 {
				rng := rand.New(rand.NewPCG(uint64(i), uint64(n)))
				amount := poundsOf(rng)
				b := &bid{
					project: p, theme: theme, lead: lead, delivers: trust, pounds: amount, least: amount * 7 / 10 / 1000 * 1000, weeks: 4 + n, sites: 1 + n,
					dtac: []string{"compliant", "on_the_way", "poor"}[n%3], rng: rng,
				}
				samples = append(samples, Sample{p.Title, b.answers(who, today)})
			}
		}
	}
	return samples, nil
}
