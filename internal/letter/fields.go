package letter

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
)

// Field is a merge field: what stands between double brackets in a template.
type Field struct {
	Name  string
	Is    string // what it says, for who writes a template
	Block bool   // it is paragraphs or a list, and stands alone on its line
	May   bool   // it may be empty: what stands in one paragraph with it is left out then. Any other one that is empty blocks the release
	Needs string // why a template must use it, as the end of "The letter must say …"; empty: it need not
	Only  []Kind // the kinds that have it, or must use it; none: all
	dated bool   // it follows from the day of the release
}

// Fields are the merge fields that a template may use. A review can be asked for where it can be upheld: of a decision not to fund.
func Fields() []Field {
	return []Field{
		{Name: "ref", Is: "The application's reference", Needs: "which application it is about"},
		{Name: "title", Is: "The project's title"},
		{Name: "call", Is: "The title of the call"},
		{Name: "lead", Is: "The lead organisation"},
		{Name: "contact_name", Is: "The name of the main contact"},
		{Name: "date", Is: "The day of the release", dated: true},
		{Name: "requested", Is: "The amount that was asked for"},
		{Name: "amount", Is: "The amount of the award", Only: []Kind{Successful}, Needs: "the amount"},
		{Name: "offer_days", Is: "The days in which an offer must be accepted", Only: []Kind{Successful}},
		{Name: "conditions", Is: "A list: what the award depends on, with the DTAC actions that are still open", Block: true, Only: []Kind{Successful}, Needs: "what the award depends on"},
		{Name: "reserve_days", Is: "The days for which the reserve list stands", Only: []Kind{Reserve}},
		{Name: "scores", Is: "A list: the scores by criterion and the total. It is left out where the call does not publish scores", Block: true, May: true, Needs: "the scores, where the call publishes them"},
		{Name: "feedback", Is: "The feedback to the applicant", Block: true, Needs: "the feedback that the call promises"},
		{Name: "review_until", Is: "Until when a review of the decision can be asked for. It is left out where the call allows none", May: true, Only: []Kind{Unsuccessful}, Needs: "how to ask for a review", dated: true},
		{Name: "review_page", Is: "The address at which a review is asked for", Only: []Kind{Unsuccessful}},
		{Name: "contact", Is: "The fund's address for questions and complaints", Needs: "how to complain"},
		{Name: "service", Is: "The name of the service"},
	}
}

// For are the fields that a kind of letter has.
func For(kind Kind) []Field {
	return slices.DeleteFunc(Fields(), func(f Field) bool { return len(f.Only) > 0 && !slices.Contains(f.Only, kind) })
}

const (
	longestSubject = 200
	longestBody    = 12_000
)

// used is a field where it stands in a template.
var used = regexp.MustCompile(`\(\(([^()]*)\)\)`)

// Check names what is wrong with a template, by the input that it is in and with the line: fields that there are not, brackets that are
// not closed, headings without words, and what a letter must say and this one does not.
func Check(kind Kind, subject, body string) fault.Problems {
	problems := fault.Problems{}
	fields := For(kind)
	seen := map[string]bool{}
	if wrong := checkSubject(subject, fields, seen); wrong != "" {
		problems["subject"] = wrong
	}
	if wrong := checkBody(body, fields, seen); len(wrong) > 0 {
		problems["body"] = some(wrong)
	}
	if problems["body"] != "" {
		return problems
	}
	var missing []string
	for _, f := range fields {
		if f.Needs != "" && !seen[f.Name] {
			missing = append(missing, fmt.Sprintf("%s: use ((%s))", f.Needs, f.Name))
		}
	}
	if len(missing) > 0 {
		problems["body"] = "The letter must say " + strings.Join(missing, "; and ")
	}
	return problems
}

func checkSubject(subject string, fields []Field, seen map[string]bool) string {
	switch {
	case strings.TrimSpace(subject) == "":
		return "Enter the subject of the letter"
	case form.Characters(subject) > longestSubject:
		return fmt.Sprintf("Subject must be %d characters or fewer", longestSubject)
	case strings.Contains(subject, "\n"):
		return "The subject is one line"
	}
	return strings.Join(checkLine(subject, fields, seen, true), ". ")
}

func checkBody(body string, fields []Field, seen map[string]bool) []string {
	switch {
	case strings.TrimSpace(body) == "":
		return []string{"Enter the text of the letter"}
	case form.Characters(body) > longestBody:
		return []string{fmt.Sprintf("Text must be %d,000 characters or fewer", longestBody/1000)}
	}
	var wrong []string
	for n, line := range strings.Split(body, "\n") {
		kind, rest := marked(strings.TrimSpace(line))
		if kind != Paragraph && rest == "" {
			wrong = append(wrong, fmt.Sprintf("Line %d: there are no words after the mark", n+1))
		}
		for _, w := range checkLine(line, fields, seen, false) {
			wrong = append(wrong, fmt.Sprintf("Line %d: %s", n+1, w))
		}
	}
	return wrong
}

// checkLine names what is wrong with the fields of one line, and notes which it uses.
func checkLine(line string, fields []Field, seen map[string]bool, subject bool) []string {
	var wrong []string
	for _, m := range used.FindAllStringSubmatch(line, -1) {
		name := strings.TrimSpace(m[1])
		i := slices.IndexFunc(fields, func(f Field) bool { return f.Name == name })
		switch {
		case i < 0:
			wrong = append(wrong, fmt.Sprintf("there is no field ((%s)) in this letter%s", name, nearest(name, fields)))
			continue
		case fields[i].Block && (subject || strings.TrimSpace(line) != m[0]):
			wrong = append(wrong, fmt.Sprintf("((%s)) is several lines, and must stand alone on a line of the text", name))
		}
		seen[name] = true
	}
	rest := used.ReplaceAllString(line, "")
	if strings.Contains(rest, "((") {
		wrong = append(wrong, "(( is not closed with ))")
	} else if strings.Contains(rest, "))") {
		wrong = append(wrong, ")) closes no field")
	}
	return wrong
}

// nearest proposes the field that was probably meant: one that shares a beginning, or has the same letters.
func nearest(name string, fields []Field) string {
	letters := func(s string) string {
		all := []rune(strings.ToLower(s))
		slices.Sort(all)
		return string(all)
	}
	for _, f := range fields {
		if letters(f.Name) == letters(name) || len(name) > 2 && (strings.HasPrefix(f.Name, strings.ToLower(name)) || strings.HasPrefix(strings.ToLower(name), f.Name)) {
			return fmt.Sprintf(". Did you mean ((%s))?", f.Name)
		}
	}
	return ""
}

// some are the first of several problems, and how many more there are.
func some(wrong []string) string {
	const most = 4
	if len(wrong) <= most {
		return strings.Join(wrong, ". ")
	}
	return fmt.Sprintf("%s. And %d more", strings.Join(wrong[:most], ". "), len(wrong)-most)
}

// values are what fields stand for in one letter.
type values struct {
	inline map[string]string
	blocks map[string]Doc
}

func (v values) empty(name string) bool {
	return strings.TrimSpace(v.inline[name]) == "" && len(v.blocks[name]) == 0
}

// merge fills a template in, and names the fields that are empty and must not be.
func merge(fields []Field, text string, v values) (d Doc, empty []string) {
	for _, p := range pieces(setApart(text, fields)) {
		name, alone := blockField(p.text, fields)
		if alone {
			d = append(d, v.blocks[name]...)
		}
		lacking, optional := lacks(fields, p.text, v)
		empty = append(empty, lacking...)
		if alone || optional {
			continue
		}
		lines := strings.Split(p.text, "\n")
		for i, line := range lines {
			lines[i] = fill(strings.TrimPrefix(line, escape), v)
		}
		d = append(d, Block{p.kind, strings.Join(lines, "\n")})
	}
	slices.Sort(empty)
	return withoutEmptyHeadings(d), slices.Compact(empty)
}

// setApart puts empty lines around the fields that are several lines, so that the lines before and after are paragraphs of their own.
func setApart(text string, fields []Field) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if _, block := blockField(line, fields); block {
			lines[i] = "\n" + line + "\n"
		}
	}
	return strings.Join(lines, "\n")
}

// blockField gives the field of several lines that a line or a piece is, if it is one.
func blockField(text string, fields []Field) (string, bool) {
	m := used.FindStringSubmatch(text)
	if m == nil || strings.TrimSpace(text) != m[0] {
		return "", false
	}
	name := strings.TrimSpace(m[1])
	return name, slices.ContainsFunc(fields, func(f Field) bool { return f.Block && f.Name == name })
}

// lacks names the fields of a piece that are empty and must not be, and whether one is that may: then the piece is left out.
func lacks(fields []Field, text string, v values) (lacking []string, optional bool) {
	for _, m := range used.FindAllStringSubmatch(text, -1) {
		name := strings.TrimSpace(m[1])
		if !v.empty(name) {
			continue
		}
		if slices.ContainsFunc(fields, func(f Field) bool { return f.Name == name && f.May }) {
			optional = true
		} else {
			lacking = append(lacking, name)
		}
	}
	return lacking, optional
}

func fill(line string, v values) string {
	return used.ReplaceAllStringFunc(line, func(field string) string {
		return oneLine(v.inline[strings.TrimSpace(strings.Trim(field, "()"))])
	})
}
