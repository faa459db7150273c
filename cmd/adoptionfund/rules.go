package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/rules"
)

type rulesCommand struct {
	Try rulesTry `cmd:"" help:"Say what a changed rule file would find differently in the submissions of a round. Example: adoptionfund rules try --round AF26 --file changed.yaml --json"`
}

type rulesTry struct {
	Round string `required:"" help:"The round." placeholder:"REF"`
	File  string `required:"" help:"The changed rules (YAML)." type:"existingfile" placeholder:"RULES.yaml"`
	As    string `help:"Act as this person instead of the operator." placeholder:"EMAIL"`
	JSON  bool   `help:"Print JSON." name:"json"`
}

// trialJSON is what `rules try --json` prints.
type trialJSON struct {
	Round       ident.RoundRef   `json:"round"`
	Rules       string           `json:"rules"`
	Looked      int              `json:"submissions"`
	Other       int              `json:"on_another_form"`
	Differences []differenceJSON `json:"differences"`
}

type differenceJSON struct {
	Ref  ident.Ref     `json:"application"`
	New  []findingJSON `json:"new"`
	Gone []findingJSON `json:"gone"`
}

type findingJSON struct {
	Rule      string         `json:"rule"`
	Criterion string         `json:"criterion"`
	Severity  rules.Severity `json:"severity"`
	Message   string         `json:"message"`
}

// Run tries the rules; nothing is changed.
func (c *rulesTry) Run(s *session) error {
	text, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("reading the rules: %w", err)
	}
	set, err := eligibility.ReadRules(c.File, text)
	if err != nil {
		return err //nolint:wrapcheck // names file and line
	}
	return s.with(c.As, func(ctx context.Context, a *app) error {
		t, err := a.eligibility.TryRules(ctx, ident.RoundRef(c.Round), set)
		if err != nil {
			return fmt.Errorf("trying the rules: %w", err)
		}
		if c.JSON {
			return s.json(asTrialJSON(t))
		}
		return s.trial(t)
	})
}

func (s *session) trial(t eligibility.Trial) error {
	s.printf("%s on %d submissions of %s: %d would be found differently\n", t.Set.ID, t.Looked, t.Round, len(t.Differences))
	if t.Other > 0 {
		s.printf("%d submissions are on another form than %s and were left out\n", t.Other, t.Set.FormID)
	}
	if len(t.Differences) == 0 {
		return nil
	}
	var rows [][]string
	for _, d := range t.Differences {
		rows = append(rows, []string{string(d.Ref), signed("+", d.New), signed("-", d.Gone), d.Title})
	}
	return s.table([]string{"APPLICATION", "NEW", "GONE", "TITLE"}, rows)
}

func signed(sign string, list []rules.Finding) string {
	texts := make([]string, len(list))
	for i, f := range list {
		texts[i] = sign + f.Rule + " (" + string(f.Severity) + ")"
	}
	return strings.Join(texts, " ")
}

func asTrialJSON(t eligibility.Trial) trialJSON {
	out := trialJSON{t.Round, t.Set.ID, t.Looked, t.Other, []differenceJSON{}}
	for _, d := range t.Differences {
		out.Differences = append(out.Differences, differenceJSON{d.Ref, asFindingsJSON(d.New), asFindingsJSON(d.Gone)})
	}
	return out
}

func asFindingsJSON(list []rules.Finding) []findingJSON {
	out := []findingJSON{}
	for _, f := range list {
		out = append(out, findingJSON{f.Rule, f.Criterion, f.Severity, f.Message})
	}
	return out
}
