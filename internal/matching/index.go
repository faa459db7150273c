package matching

import (
	"math"
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
	// Expect is about how many candidates there are, if words fall independently of one another.
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

const (
	// few is how many candidates a token may have to be asked for by itself.
	few = 250
	// mostRead is how many candidates a question may be expected to give. One that gives more costs time and tells little: of what it
	// gives, the index returns the newest alone.
	mostRead = 400
)

// Plan says what to ask an index of so many records: for what is rare by itself, for what is common only together with something rare.
// frequency is in how many records a token stands; one that stands in none is not asked for.
func (r *Ready) Plan(records int, frequency func(token string) int) []Clause {
	p := planner{records: float64(max(records, 1)), frequency: frequency}
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
		if parts := p.rarest(withPrefix(r.names[i].words), 4); len(parts) > 0 {
			p.narrow(parts[0], rare)
			p.together(parts)
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
	records   float64
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
	paired := false
	for i, w := range title[:max(0, len(title)-1)] {
		paired = p.either(w, title[i+1:]) || paired
	}
	if !paired {
		p.together(title)
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
	switch n := p.frequency(token); {
	case n == 0:
	case n <= few:
		p.add(Clause{All: []string{token}})
	case p.either(token, rare):
	case n <= mostRead:
		p.add(Clause{All: []string{token}})
	default:
		p.together(append([]string{token}, rare...))
	}
}

// either asks for a token with one at least of others: of as many, from the first on, as do not make the question too broad. It says
// whether it asks.
func (p *planner) either(token string, others []string) bool {
	for n := len(others); n > 0; n-- {
		if p.add(Clause{All: []string{token}, Any: others[:n]}) {
			return true
		}
	}
	return false
}

// together asks for as many tokens at once, from the first on, as it takes for the question not to be too broad; for two at least.
func (p *planner) together(tokens []string) {
	for n := max(1, min(2, len(tokens))); n <= min(len(tokens), 5); n++ {
		if p.add(Clause{All: tokens[:n:n]}) {
			return
		}
	}
}

// add asks, unless nothing or too much is to be expected, and says whether it is asked.
func (p *planner) add(c Clause) bool {
	c.Expect = p.expect(c)
	if c.Expect == 0 || c.Expect > mostRead {
		return false
	}
	if !slices.ContainsFunc(p.clauses, func(o Clause) bool { return slices.Equal(o.All, c.All) && slices.Equal(o.Any, c.Any) }) {
		p.clauses = append(p.clauses, c)
	}
	return true
}

// expect is about how many records answer a question; 0 if certainly none does.
func (p *planner) expect(c Clause) int {
	share := func(token string) float64 { return min(1, float64(p.frequency(token))/p.records) }
	some := p.records
	for _, t := range c.All {
		some *= share(t)
	}
	if len(c.Any) > 0 {
		none := 1.0
		for _, t := range c.Any {
			none *= 1 - share(t)
		}
		some *= 1 - none
	}
	return int(math.Ceil(some))
}
