package demonstration_test

import (
	"fmt"
	"testing"
	"time"

	"adoptionfund/configs"
	"adoptionfund/internal/demonstration"
	"adoptionfund/internal/form"
)

func TestEveryInventedApplicationIsCompleteAndDiffers(t *testing.T) {
	t.Parallel()
	f, err := form.Load(configs.FS, "forms/application-1.yaml")
	if err != nil {
		t.Fatal(err)
	}
	today := time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)
	samples, err := demonstration.Samples(today)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, s := range samples {
		if problems := form.Check(f, nil, s.Answers, form.How{Mode: form.Complete, Today: form.DateOf(today)}); len(problems) > 0 {
			t.Fatalf("%s: %v", s.Title, problems)
		}
		text := fmt.Sprint(s.Answers["SU2"].Text, s.Answers["EV3"].Text, s.Answers["RO10"].Text, s.Answers["IN1"].Text)
		if seen[text] {
			t.Errorf("%s reads like another", s.Title)
		}
		seen[text] = true
	}
}
