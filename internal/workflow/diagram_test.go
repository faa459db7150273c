package workflow_test

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"adoptionfund/internal/workflow"
)

// TestTheDiagramsAreAsTheTables compares with testdata. UPDATE_GOLDEN=1 writes it anew: look at what changed.
func TestTheDiagramsAreAsTheTables(t *testing.T) {
	t.Parallel()
	suffix := map[workflow.Format]string{workflow.SVG: ".svg", workflow.Mermaid: ".mmd", workflow.Table: ".md"}
	for _, of := range workflow.Names() {
		for format, ext := range suffix {
			got, err := workflow.Diagram(of, format)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", of+ext)
			if os.Getenv("UPDATE_GOLDEN") != "" {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s differs; UPDATE_GOLDEN=1 go test ./internal/workflow writes it anew", path)
			}
		}
	}
}

func TestADrawingIsWellFormedAndSaysInWordsWhatItShows(t *testing.T) {
	t.Parallel()
	for _, of := range workflow.Names() {
		svg, err := workflow.Diagram(of, workflow.SVG)
		if err != nil {
			t.Fatal(err)
		}
		for d := xml.NewDecoder(strings.NewReader(svg)); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", of, err)
			}
		}
		for _, want := range []string{"<title ", "<desc ", "from the beginning", `role="img"`} {
			if !strings.Contains(svg, want) {
				t.Errorf("%s has no %s", of, want)
			}
		}
		if strings.Contains(svg, "style=") {
			t.Errorf("%s has inline styles, which the content security policy blocks", of)
		}
	}
}

func TestAnUnknownDiagramIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := workflow.Diagram("fund", workflow.SVG); err == nil {
		t.Error("there is no life of a fund")
	}
	if _, err := workflow.Diagram("call", "gif"); err == nil {
		t.Error("a diagram was drawn as gif")
	}
}
