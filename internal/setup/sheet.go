package setup

import (
	"fmt"
	"io/fs"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/money"
	"adoptionfund/internal/uktime"
)

// Sheet is the questions that a fund manager is asked of a round or a call, each tied to the field of the round's file that it fills. A new
// setting is a field of the file and a question in configs/setup: the question's code is the key in the file, in capitals without dots and
// underscores.
type Sheet struct {
	Form   *form.Form
	fields map[form.Code]field
}

// field is a setting in the file.
type field struct {
	key   string // as the file and its problems name it: method.min_score
	index []int  // of the field in the struct
	kind  reflect.Type
	clock bool // the question is for the time of day of the setting
}

// clockSuffix ends the code of the question for the time of day, beside the one for the day.
const clockSuffix = "CLOCK"

// newSheet ties the questions of a file to the fields of a struct. A question for which there is no field is a mistake of the file.
func newSheet(files fs.FS, path string, of any) (*Sheet, error) {
	f, err := form.Load(files, path)
	if err != nil {
		return nil, fmt.Errorf("reading the questions of a set-up: %w", err)
	}
	s := &Sheet{Form: f, fields: map[form.Code]field{}}
	s.walk(reflect.TypeOf(of), nil, "")
	for _, q := range f.Questions() {
		if _, known := s.fields[q.Code]; known {
			continue
		}
		base, _ := strings.CutSuffix(string(q.Code), clockSuffix)
		at, known := s.fields[form.Code(base)]
		at.clock = true
		s.fields[q.Code] = at
		if !known {
			return nil, fmt.Errorf("%s:%d: there is no setting for %s", path, q.Line, q.Code)
		}
	}
	return s, nil
}

// walk finds the fields of a struct by their keys in YAML.
func (s *Sheet) walk(t reflect.Type, index []int, key string) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, option, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		at := append(slices.Clone(index), i)
		switch {
		case name == "-":
		case option == "inline":
			s.walk(f.Type, at, key)
		case f.Type.Kind() == reflect.Struct:
			s.walk(f.Type, at, key+name+".")
		default:
			s.fields[codeOf(key+name)] = field{key: key + name, index: at, kind: f.Type}
		}
	}
}

func codeOf(key string) form.Code {
	return form.Code(strings.ToUpper(strings.NewReplacer(".", "", "_", "").Replace(key)))
}

// offer makes a question a choice among what there is.
func (s *Sheet) offer(code form.Code, kind form.Kind, options []form.Option) error {
	q, ok := s.Form.Question(code)
	if !ok {
		return fmt.Errorf("setup: there is no question %s", code)
	}
	q.Kind, q.Options = kind, options
	return nil
}

// Answers gives what a file says as the answers to the questions.
func (s *Sheet) Answers(file any) form.Answers {
	answers := form.Answers{}
	v := reflect.Indirect(reflect.ValueOf(file))
	for _, q := range s.Form.Questions() {
		at := s.fields[q.Code]
		value := v.FieldByIndex(at.index)
		switch {
		case at.clock:
			_, clock, _ := strings.Cut(value.String(), " ")
			answers[q.Code] = form.Value{Text: clock}
		default:
			answers[q.Code] = answer(q, value)
		}
	}
	return answers
}

// answer gives a value of the file as the answer to a question.
func answer(q *form.Question, v reflect.Value) form.Value {
	switch v.Kind() { //nolint:exhaustive // the file has no other kinds
	case reflect.Slice:
		return listed(q, v)
	case reflect.Map:
		return mapped(q, v)
	case reflect.Pointer:
		if v.IsNil() {
			return form.Value{}
		}
		return single(q, v.Elem())
	default:
		if v.IsZero() && v.Kind() != reflect.Bool {
			return form.Value{}
		}
		return single(q, v)
	}
}

// single is a value that is one thing; a nought is one.
func single(q *form.Question, v reflect.Value) form.Value {
	switch v.Kind() { //nolint:exhaustive // the file has no other kinds
	case reflect.Bool:
		return form.Chosen(map[bool]string{true: "yes", false: "no"}[v.Bool()])
	case reflect.Int, reflect.Int64:
		if q.Kind == form.KindMoney {
			return form.Amount(money.Pounds(v.Int()))
		}
		return form.Value{Number: strconv.FormatInt(v.Int(), 10)}
	case reflect.Float64:
		return form.Value{Number: strconv.FormatFloat(v.Float(), 'f', -1, 64)}
	}
	text := v.String()
	switch q.Kind { //nolint:exhaustive // the others are texts
	case form.KindDate:
		day, _, _ := strings.Cut(text, " ")
		return form.Value{Date: form.Date(day)}
	case form.KindSingleChoice:
		return form.Chosen(text)
	case form.KindLongText:
		return form.Value{Text: strings.TrimRight(text, "\n")}
	default:
		return form.Value{Text: text}
	}
}

func listed(q *form.Question, v reflect.Value) form.Value {
	if q.Kind == form.KindMultiChoice {
		return form.Chosen(slices.Clone(v.Interface().([]string))...) //nolint:forcetypeassert // a choice of several is a list of texts
	}
	var out form.Value
	for i := range v.Len() {
		row := form.Row{}
		for n, c := range q.Columns {
			cell := v.Index(i)
			if cell.Kind() == reflect.Struct {
				cell = cell.FieldByIndex(column(cell.Type(), c.Code))
			} else if n > 0 {
				continue
			}
			put(row, c, answer(c.Question(), cell))
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

func mapped(q *form.Question, v reflect.Value) form.Value {
	var out form.Value
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	for _, k := range keys {
		row := form.Row{}
		put(row, q.Columns[0], single(q.Columns[0].Question(), k))
		put(row, q.Columns[1], single(q.Columns[1].Question(), v.MapIndex(k)))
		out.Rows = append(out.Rows, row)
	}
	return out
}

func put(row form.Row, c form.Column, v form.Value) {
	if !v.Blank() {
		row[c.Code] = v
	}
}

// column finds the field of a row by its key.
func column(t reflect.Type, key string) []int {
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ","); name == key {
			return []int{i}
		}
	}
	panic("setup: a table has a column " + key + " that is no key of its rows")
}

// Fill puts the answers to the questions of a section into a file; no section: of all. What is not of the kind that a setting needs is left
// out and named by its input.
func (s *Sheet) Fill(file any, section *form.Section, a form.Answers) fault.Problems {
	problems := form.Check(s.Form, section, a, form.How{Mode: form.Partial})
	v := reflect.ValueOf(file).Elem()
	questions := s.Form.Questions()
	if section != nil {
		questions = section.Questions
	}
	for _, q := range questions {
		at := s.fields[q.Code]
		w := writer{problems: problems, name: string(q.Code)}
		switch target := v.FieldByIndex(at.index); {
		case at.clock:
			w.clock(target, a[q.Code].Text)
		case s.timed(q.Code):
			_, clock, _ := strings.Cut(target.String(), " ")
			target.SetString(strings.TrimSpace(string(a[q.Code].Date) + " " + clock))
		default:
			w.set(q, target, a[q.Code])
		}
	}
	return problems
}

// timed reports whether a day has a time of day.
func (s *Sheet) timed(code form.Code) bool {
	_, ok := s.fields[code+clockSuffix]
	return ok
}

// writer puts an answer into the file, and says what cannot be put there.
type writer struct {
	problems fault.Problems
	name     string // of the input
}

func (w writer) bad(words string) {
	if _, known := w.problems[w.name]; !known {
		w.problems[w.name] = words
	}
}

// clock sets the time of day beside the day, which comes first.
func (w writer) clock(target reflect.Value, typed string) {
	day, _, _ := strings.Cut(target.String(), " ")
	clock, ok := uktime.ReadClock(typed)
	switch {
	case !ok:
		w.bad("Enter a time of day, such as 12:00 or 5pm")
	case day == "":
		target.SetString("")
	default:
		if _, ok := uktime.At(day, clock); !ok {
			w.bad("The clocks go forward over this time. Enter one before or after it")
			return
		}
		target.SetString(day + " " + clock)
	}
}

// set puts an answer into a field. A blank one takes the setting away.
func (w writer) set(q *form.Question, target reflect.Value, v form.Value) {
	target.SetZero()
	switch target.Kind() { //nolint:exhaustive // the file has no other kinds
	case reflect.Slice:
		w.list(q, target, v)
	case reflect.Map:
		w.pairs(q, target, v)
	case reflect.Pointer:
		if !v.Blank() {
			target.Set(reflect.New(target.Type().Elem()))
			w.one(q, target.Elem(), v)
		}
	default:
		if !v.Blank() {
			w.one(q, target, v)
		}
	}
}

func (w writer) one(q *form.Question, target reflect.Value, v form.Value) {
	switch target.Kind() { //nolint:exhaustive // the file has no other kinds
	case reflect.Bool:
		target.SetBool(slices.Contains(v.Choices, "yes"))
	case reflect.Int, reflect.Int64:
		w.whole(q, target, v)
	case reflect.Float64:
		if n, err := strconv.ParseFloat(v.Number, 64); err == nil {
			target.SetFloat(n)
		}
	default:
		target.SetString(text(v))
	}
}

// whole sets a whole number, or an amount in whole pounds.
func (w writer) whole(q *form.Question, target reflect.Value, v form.Value) {
	switch {
	case v.Amount != nil && *v.Amount%100 != 0:
		w.bad(q.Name() + " must be in whole pounds")
	case v.Amount != nil:
		target.SetInt(int64(*v.Amount / 100))
	default:
		n, err := strconv.ParseInt(v.Number, 10, 32)
		if err != nil && v.Number != "" {
			w.bad(q.Name() + " must be a whole number that is not too large")
			return
		}
		target.SetInt(n)
	}
}

func text(v form.Value) string {
	switch {
	case v.Date != "":
		return string(v.Date)
	case len(v.Choices) > 0:
		return v.Choices[0]
	default:
		return v.Text
	}
}

func (w writer) cell(row int, c form.Column) writer {
	return writer{w.problems, fmt.Sprintf("%s[%d].%s", w.name, row, c.Code)}
}

func (w writer) list(q *form.Question, target reflect.Value, v form.Value) {
	if q.Kind == form.KindMultiChoice {
		if len(v.Choices) > 0 {
			target.Set(reflect.ValueOf(slices.Clone(v.Choices)))
		}
		return
	}
	for i, row := range v.Rows {
		one := reflect.New(target.Type().Elem()).Elem()
		for n, c := range q.Columns {
			to := one
			if one.Kind() == reflect.Struct {
				to = one.FieldByIndex(column(one.Type(), c.Code))
			} else if n > 0 {
				continue
			}
			w.cell(i, c).set(c.Question(), to, row[c.Code])
		}
		target.Set(reflect.Append(target, one))
	}
}

func (w writer) pairs(q *form.Question, target reflect.Value, v form.Value) {
	if len(v.Rows) == 0 {
		return
	}
	target.Set(reflect.MakeMap(target.Type()))
	name, number := q.Columns[0], q.Columns[1]
	for i, row := range v.Rows {
		key := text(row[name.Code])
		switch {
		case key == "":
			w.cell(i, name).bad(fmt.Sprintf("%s in row %d of %s is missing", name.Name(), i+1, q.Name()))
			continue
		case target.MapIndex(reflect.ValueOf(key)).IsValid():
			w.cell(i, name).bad(fmt.Sprintf("%s is there twice in %s", text(row[name.Code]), q.Name()))
			continue
		}
		n := reflect.New(target.Type().Elem()).Elem()
		w.cell(i, number).set(number.Question(), n, row[number.Code])
		target.SetMapIndex(reflect.ValueOf(key), n)
	}
}

var cellOfKey = regexp.MustCompile(`^\[(\d+)\]\.([a-z_]+)$`)

// Placed gives the problems of a file by the inputs of the questions. Problems of what is not asked are named by their key.
func (s *Sheet) Placed(file any, problems []fund.Problem) fault.Problems {
	found := fault.Problems{}
	for _, p := range problems {
		name, words := s.place(file, p)
		if _, known := found[name]; !known {
			found[name] = words
		}
	}
	return found
}

// place finds the input of a problem, and says the problem with the name of its question.
func (s *Sheet) place(file any, p fund.Problem) (input, words string) {
	for _, code := range slices.Sorted(maps.Keys(s.fields)) {
		at := s.fields[code]
		rest, is := strings.CutPrefix(p.Key, at.key)
		q, asked := s.Form.Question(code)
		if !is || !asked || at.clock || rest != "" && rest[0] != '.' && rest[0] != '[' {
			continue
		}
		row, c, found := cellOf(q, rest, s.Answers(file)[code])
		if !found {
			return string(code), said(q.Name(), p.Words)
		}
		return fmt.Sprintf("%s[%d].%s", code, row, c.Code), said(fmt.Sprintf("%s in row %d of %s", c.Name(), row+1, q.Name()), p.Words)
	}
	return p.Key, p.String()
}

// cellOf finds the cell of a table that the rest of a key names: [2].by in a list, .clinical in a map.
func cellOf(q *form.Question, rest string, v form.Value) (row int, c form.Column, found bool) {
	if m := cellOfKey.FindStringSubmatch(rest); m != nil {
		row, err := strconv.Atoi(m[1])
		c, known := q.Column(m[2])
		return row, c, known && err == nil
	}
	key, is := strings.CutPrefix(rest, ".")
	if !is || len(q.Columns) < 2 {
		return 0, c, false
	}
	row = slices.IndexFunc(v.Rows, func(r form.Row) bool { return text(r[q.Columns[0].Code]) == key })
	return row, q.Columns[1], row >= 0
}

// said makes a sentence of what a problem is of and its words.
func said(of, words string) string {
	for _, verb := range []string{"must ", "is "} {
		if strings.HasPrefix(words, verb) {
			return of + " " + words
		}
	}
	return of + ": " + words
}

// inputs are what stands in the inputs of a section, for who comes second.
func (s *Sheet) inputs(file any, section *form.Section) map[string]string {
	latest := map[string]string{}
	answers := s.Answers(file)
	for _, q := range section.Questions {
		for name, values := range form.Inputs(q, answers[q.Code]) {
			latest[name] = strings.Join(values, ", ")
		}
	}
	return latest
}

// day is a date of the file as its day.
func day(text string) (time.Time, bool) {
	t, err := uktime.Parse(text)
	return t, err == nil
}
