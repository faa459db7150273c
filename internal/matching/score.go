package matching

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Product is a digital technology and who makes it.
type Product struct {
	Name     string
	Supplier string
}

// Described is funding as one side describes it: what is asked for here, or what was given elsewhere.
type Described struct {
	Title         string
	Text          string
	Organisations []Organisation
	Products      []Product
}

// Reason is something that two descriptions have in common, or that tells them apart, with its weight.
type Reason struct {
	Words  string `json:"words"`
	Weight int    `json:"weight"`
}

// Match is how strongly a candidate matches, of 100, and why.
type Match struct {
	Strength int
	Reasons  []Reason
}

// From which strength a match is called strong or likely; below Least it is not worth an officer's time.
const (
	Strong = 60
	Likely = 40
	Least  = 20
)

// What the reasons weigh. They add up; strength ends at 100.
const (
	sameOrganisation  = 35
	successor         = 30
	similarName       = 28
	sameSystem        = 14
	otherOrganisation = -25
	sameProduct       = 35
	similarProduct    = 28
	namedInText       = 28
	otherProduct      = -20
	sameSupplier      = 10
	supplierIsFunded  = 12
	titleAlike        = 25
	textAlike         = 25
)

// Ready is a description taken apart once, to be compared with many.
type Ready struct {
	of       Described
	title    []string
	all      []string
	text     string // all of it folded, for names that stand in it and for words as people read them
	names    []name
	products []readyProduct
}

type readyProduct struct {
	Product

	joined   string
	words    []string
	supplier name
}

// Prepare takes a description apart.
func Prepare(d Described) *Ready {
	r := &Ready{of: d, title: Words(d.Title)}
	r.text = " " + strings.Join(strings.Fields(fold(d.Title+" "+d.Text)), " ") + " "
	whole := []string{d.Title, d.Text}
	for _, p := range d.Products {
		r.products = append(r.products, readyProduct{p, joined(p.Name), Words(parted(p.Name)), takeApart(p.Supplier)})
		whole = append(whole, p.Name)
	}
	r.all = Words(strings.Join(whole, " "))
	for _, o := range d.Organisations {
		r.names = append(r.names, takeApart(o.Name))
	}
	return r
}

// Score compares what is asked for with a candidate.
func Score(asked, candidate *Ready, rarity Rarity) Match {
	var m Match
	add := func(weight int, format string, args ...any) {
		if weight != 0 {
			m.Reasons = append(m.Reasons, Reason{fmt.Sprintf(format, args...), weight})
			m.Strength += weight
		}
	}
	organisations(asked, candidate, add)
	products(asked, candidate, add)
	title := likeness(asked.title, candidate.title, rarity)
	if w := scaled(title, titleAlike); w >= 3 {
		add(w, "Its title says much the same (%d%%)", percent(title))
	}
	text := likeness(asked.all, candidate.all, rarity)
	if w := scaled(math.Min(1, text*1.6), textAlike); w >= 3 {
		add(w, "Its description has words in common: %s", strings.Join(asWritten(shared(asked.all, candidate.all, rarity), asked.text), ", "))
	}
	m.Strength = max(0, min(100, m.Strength))
	slices.SortStableFunc(m.Reasons, func(a, b Reason) int { return b.Weight - a.Weight })
	return m
}

func scaled(share float64, most int) int { return int(math.Round(share * float64(most))) }

func percent(share float64) int { return int(math.Round(share * 100)) }

// shared gives the words that tell most of those in common.
func shared(a, b []string, rarity Rarity) []string {
	var words []string
	for _, w := range a {
		if slices.Contains(b, w) {
			words = append(words, w)
		}
	}
	slices.SortStableFunc(words, func(x, y string) int {
		if rarity(x) > rarity(y) {
			return -1
		}
		return 1
	})
	return words[:min(len(words), 6)]
}

type adder func(weight int, format string, args ...any)

// finding keeps the heaviest of several reasons of a kind.
type finding struct {
	weight int
	words  string
}

func (f *finding) better(weight int, format string, args ...any) {
	if weight > f.weight {
		f.weight, f.words = weight, fmt.Sprintf(format, args...)
	}
}

// organisations finds the best that the two have in common of organisations.
func organisations(asked, candidate *Ready, add adder) {
	var best finding
	named := func(o Organisation) bool { return o.Name != "" || len(o.Codes) > 0 }
	for i, a := range asked.of.Organisations {
		for j, c := range candidate.of.Organisations {
			if named(a) && named(c) {
				best.identifiers(a, c)
				best.similar(a, c, asked.names[i].resembles(candidate.names[j]))
			}
		}
	}
	if best.weight == 0 && slices.ContainsFunc(asked.of.Organisations, named) && slices.ContainsFunc(candidate.of.Organisations, named) {
		best = finding{otherOrganisation, "Another organisation: " + candidate.of.Organisations[0].Name}
	}
	add(best.weight, "%s", best.words)
}

// part is what an organisation is in what is asked for.
func (o Organisation) part() string {
	if o.Part == "" {
		return "an organisation"
	}
	return o.Part
}

func (f *finding) identifiers(a, c Organisation) {
	switch {
	case len(a.Codes) == 0 || len(c.Codes) == 0:
	case a.Codes[0] == c.Codes[0]:
		f.better(sameOrganisation, "The same organisation (%s): it is %s here", a.Codes[0], a.part())
	case slices.Contains(a.Codes, c.Codes[0]):
		f.better(successor, "%s came before or after %s, which is %s here", c.Codes[0], a.Codes[0], a.part())
	}
}

func (f *finding) similar(a, c Organisation, likeness float64) {
	if likeness >= 0.72 {
		f.better(scaled(likeness, similarName), "The name “%s” is much like “%s”, which is %s here", c.Name, a.Name, a.part())
	}
	if a.System != "" && a.System == c.System {
		f.better(sameSystem, "In the same integrated care system (%s)", a.System)
	}
}

// products finds the best that the two have in common of products and suppliers.
func products(asked, candidate *Ready, add adder) {
	var product, supplier finding
	for _, a := range asked.products {
		product.product(a, candidate)
		supplier.supplier(a, candidate)
	}
	named := func(p readyProduct) bool { return p.joined != "" }
	if other := slices.IndexFunc(candidate.products, named); product.weight == 0 && other >= 0 && slices.ContainsFunc(asked.products, named) {
		product = finding{otherProduct, "It names another product: " + candidate.products[other].Name}
	}
	add(product.weight, "%s", product.words)
	add(supplier.weight, "%s", supplier.words)
}

func (f *finding) product(a readyProduct, candidate *Ready) {
	for _, c := range candidate.products {
		switch s := a.resembles(c); {
		case s == 1:
			f.better(sameProduct, "The same product: %s", a.Name)
		case s >= 0.75:
			f.better(scaled(s, similarProduct), "A product of a similar name: %s", c.Name)
		}
	}
	if a.standsIn(candidate.text) {
		f.better(namedInText, "Its description names the product %s", a.Name)
	}
}

func (f *finding) supplier(a readyProduct, candidate *Ready) {
	for _, c := range candidate.products {
		if a.supplier.resembles(c.supplier) >= 0.8 {
			f.better(sameSupplier, "The same supplier: %s", a.Supplier)
		}
	}
	for i, o := range candidate.names {
		if a.supplier.resembles(o) >= 0.85 {
			f.better(supplierIsFunded, "It was given to the supplier: %s", candidate.of.Organisations[i].Name)
		}
	}
}

func (p readyProduct) resembles(other readyProduct) float64 {
	if p.joined == "" || other.joined == "" {
		return 0
	}
	if p.joined == other.joined {
		return 1
	}
	if len(p.joined) >= 5 && distance(p.joined, other.joined, 2) <= 1+len(p.joined)/10 {
		return 0.9
	}
	return 0.95 * aligned(p.words, other.words)
}

// standsIn reports whether a text names the product, in one word or several. A name that is one plain word is none by itself.
func (p readyProduct) standsIn(text string) bool {
	if len(p.joined) < 5 {
		return false
	}
	apart := strings.Join(strings.Fields(fold(parted(p.Name))), " ")
	return strings.Contains(text, " "+p.joined+" ") || strings.Contains(text, " "+apart+" ")
}
