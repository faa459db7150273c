package matching

import (
	"slices"
	"strings"
)

// The index keeps for each candidate the words of its texts as they are, and with a letter before them its identifiers, names and
// products.
const (
	ofCode    = "o_"
	ofName    = "n_"
	ofPart    = "m_"
	ofProduct = "p_"
	mostWords = 120 // of one candidate
)

// Tokens are what an index keeps of a candidate.
func Tokens(d Described) []string {
	r := Prepare(d)
	tokens := r.keys()
	for _, p := range r.products {
		if p.joined != "" {
			tokens = append(tokens, ofProduct+p.joined)
		}
		for _, w := range p.supplier.words {
			tokens = append(tokens, ofPart+w)
		}
	}
	for _, n := range r.names {
		for _, w := range n.words {
			tokens = append(tokens, ofPart+w)
		}
	}
	tokens = append(tokens, r.all[:min(len(r.all), mostWords)]...)
	slices.Sort(tokens)
	return slices.DeleteFunc(slices.Compact(tokens), func(t string) bool { return len(t) > 60 })
}

func (r *Ready) keys() []string {
	var keys []string
	for i, o := range r.of.Organisations {
		for _, code := range o.Codes {
			keys = append(keys, ofCode+strings.ToLower(code))
		}
		if r.names[i].all != "" {
			keys = append(keys, ofName+r.names[i].all)
		}
	}
	return keys
}

// Clause is a question to the index: candidates with all of some tokens, and one at least of others where any are given.
type Clause struct {
	All []string
	Any []string
	// Expect is at most how many candidates there will be, by the rarest of its tokens.
	Expect int
}

// Asks are all the tokens that Plan may ask for: their frequencies are looked up together.
func (r *Ready) Asks() []string {
	asks := append(r.keys(), r.all...)
	for _, n := range r.names {
		for _, w := range n.words {
			asks = append(asks, ofPart+w)
		}
	}
	for _, p := range r.products {
		if p.joined != "" {
			asks = append(asks, ofProduct+p.joined, p.joined)
			asks = append(asks, p.words...)
		}
		for _, w := range p.supplier.words {
			asks = append(asks, ofPart+w)
		}
	}
	slices.Sort(asks)
	return slices.Compact(asks)
}

// few is how many candidates a token may have to be asked for by itself.
const few = 250

// Plan says what to ask the index for: what is rare by itself, what is common only together with something rare. frequency is in how
// many candidates a token stands; one that stands in none is not asked for.
func (r *Ready) Plan(frequency func(token string) int) []Clause {
	p := planner{frequency: frequency}
	rare := p.rarest(r.all, 12)
	for i := range r.of.Organisations {
		if i == 8 {
			break
		}
		for _, code := range r.of.Organisations[i].Codes {
			p.narrow(ofCode+strings.ToLower(code), rare)
		}
		if r.names[i].all != "" {
			p.narrow(ofName+r.names[i].all, rare)
		}
		if parts := p.rarest(withPrefix(r.names[i].words), 2); len(parts) > 0 {
			p.narrow(parts[0], rare)
			p.add(Clause{All: parts})
		}
	}
	for _, product := range r.products {
		p.narrow(ofProduct+product.joined, rare)
		p.narrow(product.joined, rare)
		if words := p.rarest(product.words, 3); len(words) > 1 && len(words) == len(product.words) {
			p.add(Clause{All: words})
		}
		if parts := p.rarest(withPrefix(product.supplier.words), 2); len(parts) > 0 {
			p.narrow(parts[0], rare)
		}
	}
	p.texts(r, rare)
	return p.clauses
}

func withPrefix(words []string) []string {
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = ofPart + w
	}
	return list
}

type planner struct {
	frequency func(string) int
	clauses   []Clause
}

// texts asks for the rarest words of the texts, and for pairs of those of the title.
func (p *planner) texts(r *Ready, rare []string) {
	var alone []string
	sum := 0
	for _, w := range rare {
		if n := p.frequency(w); sum+n <= 2*few {
			alone, sum = append(alone, w), sum+n
		}
	}
	if len(alone) > 0 {
		p.clauses = append(p.clauses, Clause{Any: alone, Expect: sum})
	}
	title := p.rarest(r.title, 5)
	for i, w := range title[:max(0, len(title)-1)] {
		p.add(Clause{All: []string{w}, Any: title[i+1:]})
	}
}

// rarest gives at most n of the words that stand in some candidate, the rarest first.
func (p *planner) rarest(words []string, n int) []string {
	list := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return p.frequency(w) == 0 })
	slices.SortStableFunc(list, func(a, b string) int { return p.frequency(a) - p.frequency(b) })
	return list[:min(n, len(list))]
}

// narrow asks for a token alone where it is rare, else together with the rare words of the text.
func (p *planner) narrow(token string, rare []string) {
	if p.frequency(token) <= few {
		p.add(Clause{All: []string{token}})
		return
	}
	if len(rare) > 0 {
		p.add(Clause{All: []string{token}, Any: rare})
	}
}

func (p *planner) add(c Clause) {
	c.Expect = p.frequency(c.All[0])
	for _, t := range c.All {
		c.Expect = min(c.Expect, p.frequency(t))
	}
	either := 0
	for _, t := range c.Any {
		either += p.frequency(t)
	}
	if len(c.Any) > 0 {
		c.Expect = min(c.Expect, either)
	}
	if c.Expect > 0 && !slices.ContainsFunc(p.clauses, func(o Clause) bool { return slices.Equal(o.All, c.All) && slices.Equal(o.Any, c.Any) }) {
		p.clauses = append(p.clauses, c)
	}
}
