package form

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/form/expression"
)

// The names of inputs after a question's code, beside those of its kind.
const (
	suffixShown           = "-shown"
	suffixSensitive       = "-sensitive"
	suffixSensitiveReason = "-sensitive-reason"
	suffixSensitiveUntil  = "-sensitive-until"
)

// ShownName is the name of the hidden input that says "this question was on the page". Without it an input that is absent
// leaves its answer as it was; with it the answer is cleared, as when every box of a question is unticked.
func ShownName(code Code) string { return string(code) + suffixShown }

var cellPattern = regexp.MustCompile(`^\[(\d{1,3})\]\.([a-z][a-z0-9_]*)(-[a-z-]+)?$`)

// input is what was typed for one question or cell.
type input struct {
	name   string
	values map[string][]string
	old    Value
}

func (in input) first(suffix string) string {
	if vs := in.values[in.name+suffix]; len(vs) > 0 {
		return vs[0]
	}
	return ""
}

func (in input) all(suffix string) []string { return in.values[in.name+suffix] }

func (in input) has(suffix string) bool {
	_, ok := in.values[in.name+suffix]
	return ok
}

func (in input) cell(row int, column string) input {
	return input{name: in.name + cellSuffix(row, column), values: in.values}
}

func cellSuffix(row int, column string) string { return fmt.Sprintf("[%d].%s", row, column) }

// rows are the numbers of the rows that were typed, in order.
func (in input) rows() []int {
	seen := map[int]bool{}
	for n := range in.values {
		rest, ok := strings.CutPrefix(n, in.name)
		if m := cellPattern.FindStringSubmatch(rest); ok && m != nil {
			if row, err := strconv.Atoi(m[1]); err == nil {
				seen[row] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// oneLine makes one line of what was typed.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// Bind reads what was typed on the page of a section, by the names of the inputs, into a copy of the answers. What is wrong is
// kept as it was typed, so that the page can show it again; Check says what is wrong with it. The problems of Bind are about
// input that no page of ours sends: unknown questions, text that is none, more than any answer may hold.
// Names that do not begin with a capital letter (version, action) are the page's own and are passed over.
func Bind(s *Section, typed map[string][]string, old Answers) (Answers, fault.Problems) {
	answers, problems := old.Merge(nil), fault.Problems{}
	questions := map[Code]*Question{}
	for _, q := range s.Questions {
		questions[q.Code] = q
	}
	byCode := map[Code]map[string][]string{}
	for _, inputName := range slices.Sorted(maps.Keys(typed)) {
		if inputName == "" || inputName[0] < 'A' || inputName[0] > 'Z' {
			continue
		}
		code, rest := splitName(inputName)
		q, ok := questions[code]
		if !ok || !known(q, rest) {
			problems[shorten(clean(inputName))] = fmt.Sprintf("There is no question “%s” in “%s”", shorten(clean(inputName)), s.Title)
			continue
		}
		if byCode[code] == nil {
			byCode[code] = map[string][]string{}
		}
		byCode[code][inputName] = cleanAll(q, inputName, typed[inputName], problems)
	}
	for code, values := range byCode {
		answers[code] = bindOne(questions[code], values, old[code], problems)
	}
	return answers, problems
}

func splitName(inputName string) (Code, string) {
	n := expression.CodeLength(inputName)
	return Code(inputName[:n]), inputName[n:]
}

// known reports whether the rest of an input's name belongs to the question.
func known(q *Question, rest string) bool {
	if rest == "" || rest == suffixShown {
		return true
	}
	if after, ok := strings.CutPrefix(rest, suffixSensitive); ok {
		return q.Sensitive && slices.Contains([]string{"", "-reason", "-until-day", "-until-month", "-until-year"}, after)
	}
	if rest == "-other" && !q.AllowOther {
		return false
	}
	if q.Kind != KindTable {
		return slices.Contains(behave(q.Kind).suffixes, rest)
	}
	m := cellPattern.FindStringSubmatch(rest)
	if m == nil {
		return false
	}
	c, ok := q.Column(m[2])
	return ok && (m[3] == "" || slices.Contains(behave(c.Kind).suffixes, m[3]))
}

// cleanAll makes texts fit to be kept and shown, and refuses those that no answer may hold.
func cleanAll(q *Question, inputName string, texts []string, problems fault.Problems) []string {
	ceiling := maxText
	if q.Kind == KindLongText {
		ceiling = maxLongText
	}
	if len(texts) > maxChoices {
		problems[inputName] = q.Name() + " has more answers than it can hold"
		texts = texts[:maxChoices]
	}
	cleaned := make([]string, len(texts))
	for i, text := range texts {
		if unclean(strings.ReplaceAll(text, "\r", "\n")) {
			problems[inputName] = q.Name() + " contains characters that are not text: type it again"
		}
		cleaned[i] = clean(text)
		if n := Characters(cleaned[i]); n > ceiling {
			problems[inputName] = fmt.Sprintf("%s is too long: it has %d characters and can have %d", q.Name(), n, ceiling)
		}
	}
	return cleaned
}

func bindOne(q *Question, values map[string][]string, old Value, problems fault.Problems) Value {
	in := input{name: string(q.Code), values: values, old: old}
	if len(in.rows()) > maxRows {
		problems[string(q.Code)] = fmt.Sprintf("%s has more than %d rows", q.Name(), maxRows)
		return old
	}
	v := old
	if in.answers() {
		v = behave(q.Kind).read(q, in)
		v.Sensitive = old.Sensitive
	}
	if q.Sensitive && (in.has(suffixShown) || in.has(suffixSensitive) || in.has(suffixSensitiveReason)) {
		v.Sensitive = readSensitive(in)
	}
	return v
}

// answers reports whether the inputs hold the answer itself, and not its mark of sensitivity only.
func (in input) answers() bool {
	for n := range in.values {
		if !strings.HasPrefix(n, in.name+suffixSensitive) {
			return true
		}
	}
	return false
}

func readSensitive(in input) *SensitivityMark {
	if in.first(suffixSensitive) == "" {
		return nil
	}
	mark := SensitivityMark{Reason: in.first(suffixSensitiveReason)}
	until := readDate(&Question{}, input{name: in.name + suffixSensitiveUntil, values: in.values})
	mark.Until, mark.Typed = until.Date, until.Typed
	return &mark
}

// output collects inputs.
type output struct {
	name   string
	values map[string][]string
}

func (out output) put(suffix, value string) {
	if value != "" {
		out.values[out.name+suffix] = append(out.values[out.name+suffix], value)
	}
}

func (out output) cell(row int, column string) output {
	return output{name: out.name + cellSuffix(row, column), values: out.values}
}

// Inputs is what stands in the inputs of a question when its answer is shown for editing: the reverse of Bind.
func Inputs(q *Question, v Value) map[string][]string {
	out := output{name: string(q.Code), values: map[string][]string{}}
	behave(q.Kind).write(q, v, out)
	if v.Sensitive != nil {
		out.put(suffixSensitive, "yes")
		out.put(suffixSensitiveReason, v.Sensitive.Reason)
		until := Value{Date: v.Sensitive.Until, Typed: v.Sensitive.Typed}.typed()
		out.put(suffixSensitiveUntil+"-day", until.Day)
		out.put(suffixSensitiveUntil+"-month", until.Month)
		out.put(suffixSensitiveUntil+"-year", until.Year)
	}
	return out.values
}

// CodeOf is the question that an input belongs to by its name.
func CodeOf(inputName string) Code {
	code, _ := splitName(inputName)
	return code
}
