// Package demonstration fills an installation with an invented round that looks like the fund's first one, and a live round after it,
// so that every role finds work on the first day. Everything goes through the use cases, with the clock moved; no row is inserted.
//
// It owns what is invented: projects, people, scores. All of it is marked as invented.
package demonstration

import (
	"embed"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/goccy/go-yaml"

	"adoptionfund/internal/people"
)

//go:embed content
var content embed.FS

// project is an invented idea for an application.
type project struct {
	Title    string  `yaml:"title"`
	Product  string  `yaml:"product"`
	Supplier string  `yaml:"supplier"`
	Device   string  `yaml:"device"`
	Tier     string  `yaml:"tier"`
	Purpose  string  `yaml:"purpose"`
	Problem  string  `yaml:"problem"`
	Approach string  `yaml:"approach"`
	Measure  string  `yaml:"measure"`
	Baseline float64 `yaml:"baseline"`
	Drop     float64 `yaml:"drop"` // per cent by which the measure falls; negative: it rises
	Setting  string  `yaml:"setting"`
	User     string  `yaml:"user"`
	Connects string  `yaml:"connects"`
	Study    string  `yaml:"study"`
	Priority string  `yaml:"priority"`
}

func projects() (map[string][]project, error) {
	data, err := content.ReadFile("content/projects.yaml")
	if err != nil {
		return nil, fmt.Errorf("reading the invented projects: %w", err)
	}
	var byTheme map[string][]project
	if err := yaml.UnmarshalWithOptions(data, &byTheme, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("reading the invented projects: %w", err)
	}
	return byTheme, nil
}

// bid is an invented application: a project in a place, with its figures.
type bid struct {
	project
	theme    string
	lead     people.Organisation
	delivers people.Organisation // the trust, or the lead itself
	quality  float64             // 0–5, what reviewers feel for
	pounds   int64               // asked for
	least    int64
	weeks    int // to the first patient
	sites    int
	dtac     string // compliant, on_the_way or poor
	rng      *rand.Rand
}

// pick takes one of several ways to say a thing.
func (b *bid) pick(options ...string) string { return options[b.rng.IntN(len(options))] }

// place is where the bid is, as its people would say it.
func (b *bid) place() string {
	name := strings.TrimPrefix(b.lead.Name, "NHS ")
	return strings.TrimSuffix(strings.TrimSuffix(name, " Integrated Care Board"), " NHS Foundation Trust")
}

// title is the project's title with its place, at most 120 characters.
func (b *bid) title() string {
	t := b.Title + " in " + b.place()
	if len([]rune(t)) > 120 {
		return b.Title
	}
	return t
}

// expected is the measure once the project is live.
func (b *bid) expected() float64 {
	return float64(int(b.Baseline*(100-b.Drop)+0.5)) / 100
}

// poundsOf draws an amount between £60,000 and £500,000 in whole thousands, more often a smaller one.
func poundsOf(rng *rand.Rand) int64 {
	u := rng.Float64()
	return int64(60+440*u*u*(0.6+0.4*u)) * 1000
}
