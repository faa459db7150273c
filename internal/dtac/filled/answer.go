package filled

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"adoptionfund/internal/form"
)

// shown is how much of a cell is shown beside a proposal.
const shown = 600

// cellOf is a proposal from a cell of a row, by its number from 0 after the code.
func (r codedRow) proposal(at int, v form.Value, sure bool, why string) Proposal {
	text := []rune(r.cells[at].Text())
	if len(text) > shown {
		text = append(text[:shown], '…')
	}
	return Proposal{Code: r.code, Value: v, Sure: sure, Why: why, Table: r.table, Row: r.number, Column: at + 2, Cell: string(text)}
}

// head is the heading over a cell, by its number from 0 after the code.
func (r codedRow) head(at int) string {
	if at < len(r.heads) && r.heads[at] != "" {
		return r.heads[at]
	}
	return []string{"question", "options", "supporting information", "scoring criteria"}[min(at, 3)]
}

// answerOf reads what a row answers: the cell of the options decides; what is typed over the cells after it may be an answer too.
func answerOf(q *form.Question, r codedRow) (Proposal, bool) {
	options := -1
	for at := range r.cells {
		if strings.HasPrefix(r.head(at), "option") {
			options = at
			break
		}
	}
	if options < 0 {
		return Proposal{}, false
	}
	if v, sure, why := inOptions(q, r.cells[options]); why != "" {
		return r.proposal(options, v, sure, why), true
	}
	for at := len(r.cells) - 1; at > options; at-- {
		if v, why := typedOver(q, r.cells[at]); why != "" {
			return r.proposal(at, v, false, why), true
		}
	}
	return Proposal{}, false
}

// inOptions reads the cell that the blank form prints the choices in.
func inOptions(q *form.Question, c Cell) (form.Value, bool, string) {
	if len(q.Options) > 0 && q.Kind != form.KindDate {
		return chosen(q, c)
	}
	text := withoutPrompts(c.Text())
	if text == "" {
		if q.Kind == form.KindDate && marked(c, form.NotApplicable) {
			return form.Value{NotApplicable: true}, true, "“Not applicable” is marked"
		}
		return form.Value{}, false, ""
	}
	v, sure := valueOf(q, text)
	return v, sure && !reads(q, text), "Typed over or under the options"
}

// valueOf makes a value of what was typed for a question without choices.
func valueOf(q *form.Question, text string) (form.Value, bool) {
	switch q.Kind { //nolint:exhaustive // the rest has choices, or is text as it is typed
	case form.KindDate:
		if plain(text) == "not applicable" || plain(text) == "n a" {
			return form.Value{NotApplicable: q.HasNotApplicable()}, q.HasNotApplicable()
		}
		return dateIn(text)
	case form.KindNumber:
		if m := numberPattern.FindStringSubmatch(text); m != nil {
			return form.Value{Number: m[1]}, m[0] == text
		}
		return form.Value{Text: text}, false
	case form.KindURL:
		if m := addressPattern.FindString(text); m != "" {
			return form.Value{Text: m}, true
		}
		return form.Value{Text: oneLine(text)}, false
	case form.KindText, form.KindEmail, form.KindTelephone:
		return form.Value{Text: oneLine(text)}, true
	default:
		return form.Value{Text: text}, true
	}
}

var (
	numberPattern  = regexp.MustCompile(`(\d{1,9}(?:\.\d{1,6})?)\s*%?`)
	addressPattern = regexp.MustCompile(`https?://[^\s<>"|]+`)
	datePattern    = regexp.MustCompile(`(\d{1,2})(?:st|nd|rd|th)?[ ./-]+([A-Za-z]{3,9}|\d{1,2})[ ./,-]+(\d{4})|(\d{4}-\d{2}-\d{2})`)
)

func dateIn(text string) (form.Value, bool) {
	m := datePattern.FindStringSubmatch(text)
	if m == nil {
		return form.Value{Typed: &form.TypedDate{Day: oneLine(text)}}, false
	}
	iso := m[4]
	if iso == "" {
		iso = m[3] + "-" + twoDigits(monthOf(m[2])) + "-" + twoDigits(m[1])
	}
	if d, err := form.ParseDate(iso); err == nil {
		return form.Value{Date: d}, true
	}
	return form.Value{Typed: &form.TypedDate{Day: m[1], Month: m[2], Year: m[3]}}, false
}

func monthOf(text string) string {
	for i, name := range []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"} {
		if strings.HasPrefix(strings.ToLower(text), name) {
			return []string{"01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12"}[i]
		}
	}
	return text
}

func twoDigits(text string) string {
	if len(text) == 1 {
		return "0" + text
	}
	return text
}

// typedOver reads a cell after the options, over whose guidance or criteria people type. It is never sure: what the blank form prints
// there is not known.
func typedOver(q *form.Question, c Cell) (form.Value, string) {
	text := c.Text()
	if text == "" || reads(q, text) {
		return form.Value{}, ""
	}
	const why = "Typed over the text beside the options"
	if len(q.Options) == 0 || q.Kind == form.KindDate {
		v, _ := valueOf(q, text)
		if q.Kind == form.KindDate && v.Date == "" && !v.NotApplicable || q.Kind == form.KindNumber && v.Number == "" {
			return form.Value{}, ""
		}
		return v, why
	}
	if o, ok := begins(q, text); ok {
		return form.Value{Choices: []string{o.Value}}, why
	}
	return form.Value{}, ""
}

// prompts are what the blank forms print where something is to be typed.
var prompts = regexp.MustCompile(`(?i)^\s*(\[?\s*(free[ -]?text( box| field)?|text( box| field)?|date|number|numeric|percentage|url|link|web ?address|e-?mail( address)?|telephone( number)?|address|` +
	`dd ?[/.-] ?mm ?[/.-] ?yy(yy)?|not applicable|n/?a|click or tap (here )?to enter (text|a date)|please (specify|describe|state))\s*\]?\s*[:.]?)\s*$`)

// withoutPrompts is what was typed in a cell, without what the blank form prints there.
func withoutPrompts(text string) string {
	var kept []string
	lines := strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '|' })
	for _, line := range lines {
		if !prompts.MatchString(line) && strings.TrimSpace(line) != "" {
			kept = append(kept, strings.TrimSpace(line))
		}
	}
	if len(kept) == 0 {
		if len(lines) == 1 && (plain(text) == "not applicable" || plain(text) == "n a") {
			return strings.TrimSpace(text) // all that is left of several choices
		}
		return ""
	}
	joined := strings.Join(kept, "\n")
	if m := leadingPrompt.FindString(joined); m != "" && len(m) < len(joined) {
		joined = joined[len(m):]
	}
	return strings.TrimSpace(joined)
}

var leadingPrompt = regexp.MustCompile(`(?i)^free[ -]?text\s*[:–-]\s*`)

// instruction finds the words by which forms tell people what to do or how it is judged, and people who answer do not use.
var instruction = regexp.MustCompile(`(?i)\b(please|to pass|must|should|if (yes|no|not|applicable)|you|your|pass(es|ed)?|fail(s|ed)?|scor(e|ed|es|ing)|weight(ing|ed)?|criteria|not assessed|guidance|this question)\b`)

// reads reports whether a text reads like what the form itself prints: instructions, or the question's own words.
func reads(q *form.Question, text string) bool {
	if instruction.MatchString(text) {
		return true
	}
	for _, own := range []string{q.Text, q.Guidance, q.AssessorCheck} {
		if len(strings.Fields(plain(text))) > 3 && overlap(text, own) > 0.6 {
			return true
		}
	}
	return is(text, "free text") || is(text, "no scoring") || is(text, "none")
}

// overlap is the share of the words of a text that another has too.
func overlap(text, other string) float64 {
	words, others := strings.Fields(plain(text)), strings.Fields(plain(other))
	if len(words) == 0 {
		return 0
	}
	n := 0
	for _, w := range words {
		if slices.Contains(others, w) {
			n++
		}
	}
	return float64(n) / float64(len(words))
}

// plain is a text in small letters, words separated by single spaces, without punctuation.
func plain(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), " ")
}

func is(text, words string) bool { return plain(text) == words }

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

func has(list []string, text string) bool { return slices.Contains(list, text) }
