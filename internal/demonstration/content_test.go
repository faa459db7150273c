package demonstration

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"adoptionfund/configs"
	"adoptionfund/internal/form"
	"adoptionfund/internal/people"
)

func TestEveryInventedApplicationIsCompleteAndDiffers(t *testing.T) {
	t.Parallel()
	f, err := form.Load(configs.FS, "forms/application-1.yaml")
	if err != nil {
		t.Fatal(err)
	}
	byTheme, err := projects()
	if err != nil {
		t.Fatal(err)
	}
	today := time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)
	seen := map[string]bool{}
	lead := people.Organisation{ODSCode: "QMF", Name: "NHS North East London Integrated Care Board", Kind: "icb"}
	trust := people.Organisation{ODSCode: "R1H", Name: "Barts Health NHS Trust", Kind: "trust"}
	for theme, list := range byTheme {
		for i, p := range list {
			for n := range 4 {
				rng := rand.New(rand.NewPCG(uint64(i), uint64(n)))
				amount := poundsOf(rng)
				b := &bid{project: p, theme: theme, lead: lead, delivers: trust, pounds: amount, least: amount * 7 / 10 / 1000 * 1000, weeks: 4 + n, sites: 1 + n, dtac: []string{"compliant", "on_the_way", "poor"}[n%3], rng: rng}
				who := team{named{"A", "a@x.example"}, named{"B", "b@x.example"}, named{"C", "c@x.example"}, named{"D", "d@x.example"}}
				a := b.answers(who, today)
				if problems := form.Check(f, nil, a, form.How{Mode: form.Complete, Today: form.DateOf(today)}); len(problems) > 0 {
					t.Fatalf("%s: %v", p.Title, problems)
				}
				text := fmt.Sprint(a["SU2"].Text, a["EV3"].Text, a["RO10"].Text, a["IN1"].Text)
				if seen[text] {
					t.Errorf("%s reads like another", p.Title)
				}
				seen[text] = true
			}
		}
	}
}
