package explain

import (
	"strconv"
	"strings"
	"time"

	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/uktime"
)

// plain is text that is never withheld for what it is.
func plain(parts ...string) Line { return Line{{Words: strings.Join(parts, "")}} }

// of is a text of a kind.
func of(k Kind, words string) Line { return Line{{Words: words, Kind: k}} }

// until is a text of a kind that may be withheld for as long as something is not decided.
func until(k Kind, undecided bool, words string) Line {
	return Line{{Words: words, Kind: k, Undecided: undecided}}
}

// and puts lines together.
func (l Line) and(more ...Line) Line {
	for _, m := range more {
		l = append(l, m...)
	}
	return l
}

// below puts a line below another one; where either says nothing it is the other.
func (l Line) below(m Line) Line {
	if l.Blank() || m.Blank() {
		return l.and(m)
	}
	return l.and(plain("\n"), m)
}

func at(t time.Time) string { return uktime.Moment(t) }

func atOr(t *time.Time) string {
	if t == nil {
		return ""
	}
	return at(*t)
}

func count(n int) string { return strconv.Itoa(n) }

// tenths and hundredths are figures as the pages of rankings and proposals show them.
func tenths(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }

func hundredths(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }

// day is a day as it is kept, in words where it is one.
func day(text string) string {
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return uktime.Date(t)
	}
	return text
}

// facts are facts without those that say nothing.
func facts(all ...Fact) []Fact {
	var said []Fact
	for _, f := range all {
		if !f.Value.Blank() {
			said = append(said, f)
		}
	}
	return said
}

// tags are the exemptions of an answer: those of its question, and that it is commercially sensitive.
func tags(q *form.Question, v form.Value) []Exemption {
	var all []Exemption
	for _, n := range q.FOI {
		all = append(all, Exemption(n))
	}
	if v.Sensitive != nil {
		all = append(all, Commercial)
	}
	return all
}

// teller is what the parts of a story have in common.
type teller struct {
	k      *known
	secret bool // nothing of the outcome is released
}

// who names somebody, as what they are to the application; nobody is nobody.
func (t teller) who(id ident.Person) Line {
	if id == "" {
		return nil
	}
	kind := Staff
	switch {
	case t.k.app.Side(id):
		kind = Applicant
	case t.k.reviews(id):
		kind = Reviewer
	}
	return Line{{Kind: kind, person: id}}
}

func (t teller) whoOr(id *ident.Person) Line {
	if id == nil {
		return nil
	}
	return t.who(*id)
}

// all names several people.
func (t teller) all(ids []ident.Person) Line {
	var l Line
	for i, id := range ids {
		if i > 0 {
			l = append(l, Text{Words: ", "})
		}
		l = append(l, t.who(id)...)
	}
	return l
}

// done is by whom something was done, and when.
func (t teller) done(id ident.Person, when time.Time) Line {
	return t.who(id).and(plain(", ", at(when)))
}

func (t teller) doneOr(id *ident.Person, when *time.Time) Line {
	if id == nil || when == nil {
		return nil
	}
	return t.done(*id, *when)
}
