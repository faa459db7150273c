package explain

import (
	"strings"
	"testing"

	"adoptionfund/internal/workflow"
)

func TestEveryMoveIsToldInWords(t *testing.T) {
	t.Parallel()
	var verbs []string
	for _, m := range workflow.Applications().Moves() {
		verbs = append(verbs, m.Effects.Record)
	}
	for _, m := range workflow.Awards().Moves() {
		verbs = append(verbs, m.Effects.Record)
	}
	for _, verb := range verbs {
		kind, _, _ := strings.Cut(verb, ".")
		if words := deed(verb); words == "" || strings.HasSuffix(words, "("+kind+")") {
			t.Errorf("%s has no words: %q", verb, words)
		}
	}
}
