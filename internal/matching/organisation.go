package matching

import (
	"slices"
	"strings"
)

// Organisation is one that asks for, gets or uses funding.
type Organisation struct {
	Name   string
	Codes  []string // its identifiers as Code writes them, those of predecessors and successors after its own
	System string   // its integrated care system
	Region string
	Part   string // what it is here, such as "the lead organisation"
}

// Code writes an identifier in one spelling: the ODS code of an NHS body, with or without the prefix of org-id, and the number of a
// company or charity with its register. An identifier that its publisher made up is none.
func Code(id string) string {
	id = strings.ToUpper(strings.TrimSpace(id))
	if strings.HasPrefix(id, "360G-") {
		return ""
	}
	for _, prefix := range []string{"GB-NHS-", "GB-ODS-", "XI-ODS-"} {
		if code, ok := strings.CutPrefix(id, prefix); ok {
			id = code
		}
	}
	var b strings.Builder
	for _, r := range id {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			b.WriteRune(r)
		}
	}
	code := b.String()
	if strings.HasPrefix(code, "GBCOH") {
		return "GBCOH" + strings.TrimLeft(code[5:], "0")
	}
	if len(code) > 40 {
		return ""
	}
	return code
}

// kinds of organisations as their names tell them.
const (
	trust   = "trust"
	board   = "board"
	company = "company"
)

// name is the name of an organisation taken apart.
type name struct {
	kind     string
	words    []string // that tell it from others of its kind
	initials []string // in which it may be abbreviated
	all      string   // its words joined in the order of the alphabet
}

// takeApart reads the name of an organisation: what kind it is, and the words that tell which.
func takeApart(text string) name {
	var n name
	text = " " + strings.Join(strings.Fields(fold(text)), " ")
	for _, long := range [...][2]string{
		{" integrated care board", " icb"}, {" integrated care system", " icb"}, {" integrated care partnership", " icb"}, {" foundation trust", " ft"},
		{" community interest company", " cic"}, {" sustainability and transformation partnership", " icb"},
	} {
		text = strings.Replace(text, long[0], long[1], 1)
	}
	var short, long strings.Builder
	for word := range strings.FieldsSeq(text) {
		switch word {
		case "the", "of", "and", "on", "in", "for":
			long.WriteByte(word[0])
			continue
		case "nhs", "nhst", "nhsft", "ft", "trust":
			n.kind = trust
			continue
		case "icb", "ics", "icp":
			n.kind = board
			continue
		case "ltd", "limited", "plc", "llp", "inc", "cic", "company", "co", "group", "holdings", "uk":
			n.kind = company
			continue
		}
		short.WriteByte(word[0])
		long.WriteByte(word[0])
		if word = stem(whole(word)); !slices.Contains(n.words, word) {
			n.words = append(n.words, word)
		}
	}
	n.initials = []string{short.String(), long.String()}
	slices.Sort(n.words)
	n.all = strings.Join(n.words, "")
	return n
}

// whole writes an abbreviated word out.
func whole(word string) string {
	switch word {
	case "st":
		return "saint"
	case "uni", "univ":
		return "university"
	case "hosp", "hosps", "hsp":
		return "hospital"
	case "gen":
		return "general"
	case "n":
		return "north"
	case "s":
		return "south"
	case "e":
		return "east"
	case "w":
		return "west"
	case "mcr":
		return "manchester"
	case "ldn":
		return "london"
	}
	return word
}

// telling is how much a word of a name tells: many organisations are a university hospital.
func telling(word string) float64 {
	switch word {
	case "university", "hospital", "healthcar", "health", "general", "royal", "colleg", "teach", "community", "mental", "care", "partnership", "children", "city", "county", "district", "invent":
		return 0.4
	case "north", "south", "east", "west", "great", "central", "london":
		return 0.7
	}
	return 1
}

// resembles compares two names, from 0 to 1.
func (n name) resembles(other name) float64 {
	if len(n.words) == 0 || len(other.words) == 0 {
		return 0
	}
	var share float64
	switch {
	case n.all == other.all:
		share = 1
	case n.abbreviates(other) || other.abbreviates(n):
		share = 0.9
	default:
		share = aligned(n.words, other.words)
	}
	if n.kind != "" && other.kind != "" && n.kind != other.kind {
		return share * 0.5 // a trust and the board of the same place are two organisations
	}
	return share
}

// abbreviates reports whether the name is the other's initials.
func (n name) abbreviates(other name) bool {
	return len(n.words) == 1 && len(n.words[0]) >= 3 && len(other.words) > 2 && slices.Contains(other.initials, strings.TrimSuffix(n.words[0], "ft"))
}

// aligned pairs the words of two names as well as it can.
func aligned(a, b []string) float64 {
	taken := make([]bool, len(b))
	var shared, whole float64
	for _, word := range a {
		best, at := 0.0, -1
		for j, other := range b {
			if s := alike(word, other); !taken[j] && s > best {
				best, at = s, j
			}
		}
		whole += telling(word)
		if at >= 0 {
			taken[at] = true
			shared += best * (telling(word) + telling(b[at]))
		}
	}
	for _, word := range b {
		whole += telling(word)
	}
	return shared / whole
}
