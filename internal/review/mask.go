package review

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"adoptionfund/internal/application"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
)

// What stands in the place of what is hidden.
const (
	hiddenName  = "[name hidden]"
	hiddenEmail = "[email hidden]"
	hiddenText  = "[hidden: about a person]"
)

// Mask hides the names of an application's people, and all e-mail addresses, from those who score it, where the call asks for it. Answers
// to questions about a person are hidden whole; elsewhere names are found as they are written in those answers and in the accounts of
// the applicant's side. What it cannot do stands in docs/decisions/23-masking-and-reviews.md.
type Mask struct {
	surnames []string // in small letters: a text with none of them needs no closer look
	names    *regexp.Regexp
	tokens   *regexp.Regexp // parts of names, for the names of files
}

// maskOf gives the mask of an application, nil where its call shows names. accounts are the names of people by their ids.
func maskOf(a *application.Application, f *form.Form, answers form.Answers, accounts map[ident.Person]string) *Mask {
	if !a.Call().Settings.Review.MaskNames {
		return nil
	}
	found := named(f, answers)
	for _, id := range applicants(a) {
		found = append(found, accounts[id])
	}
	return NewMask(found...)
}

// applicants are the people of the applicant's side.
func applicants(a *application.Application) []ident.Person {
	ids := []ident.Person{a.MainContact}
	for _, relation := range []application.Relation{
		application.MainContact, application.Contributor, application.SRO, application.Finance, application.SRODeputy, application.FinDeputy,
	} {
		ids = append(ids, a.With(relation)...)
	}
	return ids
}

// mask gives the mask of one application.
func mask(tx *work.Tx, a *application.Application, f *form.Form, answers form.Answers) (*Mask, error) {
	if !a.Call().Settings.Review.MaskNames {
		return nil, nil //nolint:nilnil // no mask is an answer
	}
	accounts, err := people.Names(tx, applicants(a)...)
	return maskOf(a, f, answers, accounts), err
}

// named are the names that answers to questions about people hold.
func named(f *form.Form, answers form.Answers) []string {
	var names []string
	for _, q := range f.Questions() {
		v := answers[q.Code]
		if q.AsksWho() {
			name, _, _ := strings.Cut(v.Text, ",") // a job title may follow
			names = append(names, name)
		}
		for _, column := range q.PersonColumns() {
			for _, row := range v.Rows {
				names = append(names, row[column].Text)
			}
		}
	}
	return names
}

// NewMask makes the mask of people by their names.
func NewMask(names ...string) *Mask {
	m := &Mask{}
	var whole, tokens []string
	for _, name := range names {
		parts := nameParts(name)
		if len(parts) < 2 {
			continue
		}
		first, last := parts[0], parts[len(parts)-1]
		m.surnames = append(m.surnames, strings.ToLower(plainQuotes(last)))
		whole = append(whole, patternsOf(first, last)...)
		for _, part := range parts {
			if utf8.RuneCountInString(part) > 2 {
				tokens = append(tokens, quoted(part))
			}
		}
	}
	if len(whole) > 0 {
		longestFirst(whole)
		longestFirst(tokens)
		m.names = regexp.MustCompile(`(?i)` + strings.Join(whole, "|"))
		m.tokens = regexp.MustCompile(`(?i)` + strings.Join(tokens, "|"))
	}
	return m
}

func longestFirst(patterns []string) {
	slices.SortStableFunc(patterns, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
}

const titles = `(?:Dr|Mr|Mrs|Ms|Miss|Mx|Prof|Professor|Sir|Dame|Lord|Lady|Rev|Reverend|Sister|Nurse)\.?\s+`

// patternsOf are the ways in which texts name somebody: whole, by initial and surname, the surname first, by title and surname.
func patternsOf(first, last string) []string {
	f, l := quoted(first), quoted(last)
	initial, _ := utf8.DecodeRuneInString(first)
	i := regexp.QuoteMeta(string(initial))
	between := `(?:\s+[\p{L}'’.-]+){0,2}?\s+`
	return []string{
		`(?:` + titles + `)?` + f + between + l, `(?:` + titles + `)?` + f + `\s+` + l, `(?:` + titles + `)?` + i + `\.?(?:\s*[\p{L}]\.?)?\s*` + l,
		l + `,\s*(?:` + f + `|` + i + `\.?)`, l + `\s+` + f, titles + l,
	}
}

// quoted is a part of a name as a pattern: however its apostrophe and its hyphen are typed.
func quoted(part string) string {
	p := regexp.QuoteMeta(plainQuotes(part))
	return strings.ReplaceAll(strings.ReplaceAll(p, "'", `['’]?`), "-", `[-‐‑ ]`)
}

func plainQuotes(s string) string { return strings.ReplaceAll(s, "’", "'") }

var titleWord = regexp.MustCompile(`(?i)^(?:Dr|Mr|Mrs|Ms|Miss|Mx|Prof|Professor|Sir|Dame|Lord|Lady|Rev|Reverend|Sister|Nurse|OBE|MBE|CBE|PhD|MD)\.?$`)

// nameParts are the words of a name without titles, initials in the middle and what stands in brackets.
func nameParts(name string) []string {
	name, _, _ = strings.Cut(name, "(")
	words := slices.DeleteFunc(strings.Fields(name), func(w string) bool { return titleWord.MatchString(w) })
	if len(words) > 5 {
		return nil // a sentence
	}
	for i, w := range words {
		words[i] = strings.Trim(w, ".,;")
	}
	return slices.DeleteFunc(words, func(w string) bool { return w == "" })
}

var address = regexp.MustCompile(`[\p{L}\p{N}._%+'-]+@[\p{L}\p{N}.-]+\.\p{L}{2,}`)

// Text hides names and addresses in a text. A nil mask hides nothing.
func (m *Mask) Text(text string) string {
	if m == nil || text == "" {
		return text
	}
	if strings.Contains(text, "@") {
		text = address.ReplaceAllString(text, hiddenEmail)
	}
	if !m.mayName(text) {
		return text
	}
	return replaceWords(m.names, text, hiddenName, false)
}

// mayName looks for a surname in the cheap way: most texts name nobody.
func (m *Mask) mayName(text string) bool {
	if m.names == nil {
		return false
	}
	small := strings.ToLower(plainQuotes(text))
	return slices.ContainsFunc(m.surnames, func(s string) bool {
		return strings.Contains(small, s) || strings.ContainsAny(s, "'-") // these are typed in several ways
	})
}

// FileName hides names in the name of a file, where they stand without spaces too: a surname alone is enough.
func (m *Mask) FileName(name string) string {
	if m == nil {
		return name
	}
	ending := path.Ext(name)
	stem := address.ReplaceAllString(strings.TrimSuffix(name, ending), "email-hidden")
	if m.tokens != nil {
		stem = replaceWords(m.tokens, stem, "name-hidden", true)
		stem = strings.ReplaceAll(stem, "name-hiddenname-hidden", "name-hidden")
	}
	return stem + ending
}

// replaceWords replaces what stands by itself: no letter before or after it. In camel case a change to a capital begins a word.
func replaceWords(what *regexp.Regexp, text, by string, camel bool) string {
	var b strings.Builder
	at := 0
	for at < len(text) {
		found := what.FindStringIndex(text[at:])
		if found == nil {
			break
		}
		from, to := at+found[0], at+found[1]
		if !apart(text, from, camel) || !apart(text, to, camel) {
			_, size := utf8.DecodeRuneInString(text[from:])
			b.WriteString(text[at : from+size])
			at = from + size
			continue
		}
		b.WriteString(text[at:from])
		b.WriteString(by)
		at = to
	}
	b.WriteString(text[at:])
	return b.String()
}

// apart reports whether a word ends or begins at a place in a text.
func apart(text string, at int, camel bool) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:at])
	after, _ := utf8.DecodeRuneInString(text[at:])
	if at == 0 || at == len(text) || !unicode.IsLetter(before) || !unicode.IsLetter(after) {
		return true
	}
	return camel && unicode.IsLower(before) && unicode.IsUpper(after)
}

// Answers hides what answers say of people. Those to questions about a person are hidden whole.
func (m *Mask) Answers(f *form.Form, answers form.Answers) form.Answers {
	if m == nil {
		return answers
	}
	masked := make(form.Answers, len(answers))
	for code, v := range answers {
		v = m.value(v)
		if q, known := f.Question(code); known && q.Personal() {
			v = hide(q, v)
		}
		masked[code] = v
	}
	return masked
}

// hide takes the people out of an answer to a personal question.
func hide(q *form.Question, v form.Value) form.Value {
	if v.Text != "" {
		v.Text = hiddenText
		if q.AsksWho() {
			v.Text = hiddenName
		}
	}
	for _, column := range q.PersonColumns() {
		for _, row := range v.Rows { // of a copy
			row[column] = form.Value{Text: hiddenName}
		}
	}
	return v
}

func (m *Mask) value(v form.Value) form.Value {
	v.Text, v.Other = m.Text(v.Text), m.Text(v.Other)
	if v.Sensitive != nil {
		mark := *v.Sensitive
		mark.Reason = m.Text(mark.Reason)
		v.Sensitive = &mark
	}
	if len(v.Rows) == 0 {
		return v
	}
	rows := make([]form.Row, len(v.Rows))
	for i, row := range v.Rows {
		rows[i] = make(form.Row, len(row))
		for column, cell := range row {
			rows[i][column] = m.value(cell)
		}
	}
	v.Rows = rows
	return v
}

// Files hides names in the names of files.
func (m *Mask) Files(files []application.StandingFile) []application.StandingFile {
	if m == nil {
		return files
	}
	masked := slices.Clone(files)
	for i := range masked {
		masked[i].Name = m.FileName(masked[i].Name)
	}
	return masked
}
