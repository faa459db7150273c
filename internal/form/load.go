package form

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"adoptionfund/internal/form/expression"
	"adoptionfund/internal/form/source"
)

// Load reads a form file. An error holds every problem of the file, with its line.
func Load(fsys fs.FS, path string) (*Form, error) {
	data, err := fs.ReadFile(fsys, path)
	if err != nil {
		return nil, fmt.Errorf("reading form %s: %w", path, err)
	}
	return Parse(path, data)
}

// Parse reads a form. The name stands in its problems, which are of type source.Problems.
func Parse(fileName string, data []byte) (*Form, error) {
	file, root := source.Read(fileName, data)
	if err := file.Err(); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	l := &loader{
		form:  &Form{File: fileName, Digest: hex.EncodeToString(sum[:]), questions: map[Code]*Question{}},
		order: map[Code]int{}, seen: map[string]int{}, first: map[Code]int{},
	}
	l.read(root)
	if err := file.Err(); err != nil {
		return nil, err
	}
	return l.form, nil
}

// CheckFile lists what is wrong with a form file, for its author.
func CheckFile(fileName string, data []byte) source.Problems {
	_, err := Parse(fileName, data)
	return source.Of(err)
}

// loader is a form being read.
type loader struct {
	form   *Form
	labels map[string]string // of options, for the whole form
	order  map[Code]int      // place of each question
	seen   map[string]int    // line of each section
	first  map[Code]int      // line of each question
	later  []func()          // checks that need the whole form
}

var (
	sectionPattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,29}$`)
	valuePattern   = regexp.MustCompile(`^[a-z0-9][a-z0-9_]{0,59}$`)
	columnPattern  = regexp.MustCompile(`^[a-z][a-z0-9_]{0,29}$`)
	idPattern      = regexp.MustCompile(`^[a-z][a-z0-9-]{0,59}$`)
)

func (l *loader) read(root source.Node) {
	f := root.Fields("id", "title", "version", "published", "mandatory_from", "superseded_on", "publisher",
		"publication_reference", "source", "complete", "completeness_note", "introduction", "outcome", "option_labels", "roles",
		"checks", "sections", "supporting_documents")
	l.form.ID = f.Must("id")
	if l.form.ID != "" && !idPattern.MatchString(l.form.ID) {
		f.Get("id").Fault("id: %q should be small letters, digits and hyphens", l.form.ID)
	}
	l.form.Title, l.form.Version = f.Must("title"), f.Must("version")
	l.form.Introduction = f.Text("introduction")
	l.form.Published = date(f.Get("published"))
	l.form.MandatoryFrom, l.form.SupersededOn = date(f.Get("mandatory_from")), date(f.Get("superseded_on"))
	l.form.Publisher, l.form.PublicationReference = f.Text("publisher"), f.Text("publication_reference")
	l.form.Sources, l.form.Complete = f.Get("source").Texts(), f.Get("complete").Bool()
	l.form.CompletenessNote = f.Text("completeness_note")
	l.labels = labels(f.Get("option_labels"))
	l.sections(f.Get("sections"))
	l.outcome(f.Get("outcome"))
	l.documents(f.Get("supporting_documents"))
	l.roles(f.Get("roles"))
	l.checks(f.Get("checks"))
	for _, check := range l.later {
		check()
	}
}

func (l *loader) sections(list source.Node) {
	items := list.Items()
	if len(items) == 0 {
		list.Fault("sections are missing: a form needs at least one")
	}
	for _, item := range items {
		f := item.Fields("code", "title", "intro", "criterion", "assessed", "waiver", "scoring", "questions")
		s := &Section{
			Code: Code(f.Must("code")), Title: f.Must("title"), Intro: f.Text("intro"), Waiver: f.Text("waiver"),
			Criterion: oneOf(f.Get("criterion"), "criterion", "", "EV", "DT", "FU", "RO"),
			Assessed:  assessed(f.Get("assessed")),
		}
		key := strings.ToLower(string(s.Code))
		switch line, twice := l.seen[key]; {
		case key != "" && !sectionPattern.MatchString(key):
			f.Get("code").Fault("section code %q should be letters, digits and hyphens", s.Code)
		case twice && key != "":
			f.Get("code").Fault("section %s is there already, at line %d", s.Code, line)
		}
		l.seen[key] = f.Get("code").Line()
		s.Scoring = scoring(f.Get("scoring"))
		questions := f.Get("questions").Items()
		if len(questions) == 0 {
			item.Fault("section %s has no questions", s.Code)
		}
		for _, q := range questions {
			s.Questions = append(s.Questions, l.question(q, s))
		}
		l.form.Sections = append(l.form.Sections, s)
	}
}

func scoring(n source.Node) Scoring {
	f := n.Fields("method", "weights_total", "confirmed", "note", "suggested_answer_factors")
	s := Scoring{Method: f.Text("method"), WeightsTotal: decimalOf(f.Get("weights_total")), Note: f.Text("note"),
		Confirmed: f.Get("confirmed").Bool(), Factors: map[string]float64{}}
	for _, p := range f.Get("suggested_answer_factors").Pairs() {
		if p.Key == "confirmed" {
			p.Value.Bool()
			continue
		}
		s.Factors[p.Key] = decimalOf(p.Value)
	}
	return s
}

func (l *loader) outcome(n source.Node) {
	f := n.Fields("rule", "pass_sections", "scored_sections", "confirmed")
	l.form.Outcome = Outcome{Rule: f.Text("rule"), Confirmed: f.Get("confirmed").Bool(),
		PassSections: l.sectionCodes(f.Get("pass_sections")), ScoredSections: l.sectionCodes(f.Get("scored_sections"))}
}

func (l *loader) sectionCodes(n source.Node) []Code {
	var codes []Code
	for _, item := range n.Items() {
		code := Code(item.Text())
		if _, ok := l.form.Section(string(code)); !ok {
			item.Fault("there is no section %s", code)
		}
		codes = append(codes, code)
	}
	return codes
}

func (l *loader) documents(n source.Node) {
	for _, item := range n.Items() {
		f := item.Fields("document", "form_label", "question", "kind")
		d := Document{Document: f.Must("document"), FormLabel: f.Text("form_label"), Question: Code(f.Must("question")), Kind: f.Must("kind")}
		if q, ok := l.form.Question(d.Question); !ok {
			f.Get("question").Fault("there is no question %s", d.Question)
		} else if !slices.Contains(q.Evidence.Kinds, d.Kind) {
			f.Get("kind").Fault("question %s takes no evidence of the kind %s", d.Question, d.Kind)
		}
		l.form.Documents = append(l.form.Documents, d)
	}
}

func (l *loader) roles(n source.Node) {
	if n.Absent() {
		return
	}
	l.form.Roles = map[Role]Place{}
	kinds := roleKinds()
	for _, p := range n.Pairs() {
		allowed, ok := kinds[Role(p.Key)]
		if !ok {
			p.Value.Fault("%q is not a known role", p.Key)
			continue
		}
		if place, found := l.place(p.Value, allowed); found {
			l.form.Roles[Role(p.Key)] = place
		}
		delete(kinds, Role(p.Key))
	}
	for r := range kinds {
		n.Fault("role %s is missing", r)
	}
}

// place reads CODE or CODE[column] whose kind is one of those allowed.
func (l *loader) place(n source.Node, allowed []Kind) (Place, bool) {
	p, ok := parsePlace(n.Text())
	if !ok {
		n.Fault("%q should be a question's code, or CODE[column]", n.Text())
		return p, false
	}
	kind, ok := l.form.find(p)
	if !ok {
		n.Fault("there is no question or column %s", p)
		return p, false
	}
	if !slices.Contains(allowed, kind) {
		n.Fault("%s is of type %s, which does not serve here", p, kind)
		return p, false
	}
	return p, true
}

func (l *loader) checks(n source.Node) {
	for _, item := range n.Items() {
		f := item.Fields("rule", "of", "message")
		c := CrossCheck{Message: f.Must("message"), Rule: oneOf(f.Get("rule"), "rule", RuleSumEquals, RuleNotAbove, RuleDiffer)}
		c.Places = l.places(f.Get("of"), c.Rule)
		l.form.Checks = append(l.form.Checks, c)
	}
}

// places reads what a check is of.
func (l *loader) places(n source.Node, rule string) []Place {
	items, allowed := n.Items(), []Kind{KindMoney}
	if rule == RuleDiffer {
		allowed = []Kind{KindText, KindEmail}
	}
	if len(items) < 2 || len(items) > 2 && rule != RuleDiffer {
		n.Fault("a check is of two places, %s of two or more", RuleDiffer)
	}
	var places []Place
	for i, item := range items {
		p, ok := l.place(item, allowed)
		if !ok {
			continue
		}
		places = append(places, p)
		if p.Column != "" && (i > 0 || rule != RuleSumEquals) {
			item.Fault("only the first place of %s can be a column", RuleSumEquals)
		}
	}
	return places
}

// The readers of small values.

func labels(n source.Node) map[string]string {
	all := map[string]string{}
	for _, p := range n.Pairs() {
		all[p.Key] = strings.TrimSpace(p.Value.Text())
		if all[p.Key] == "" {
			p.Value.Fault("option %s has no label", p.Key)
		}
	}
	return all
}

func date(n source.Node) string {
	text := n.Text()
	if text == "" {
		return ""
	}
	if _, err := ParseDate(text); err != nil {
		n.Fault("%v", err)
	}
	return text
}

// oneOf reads one of some words. The first is what absence means, unless it is not empty: then one must be there.
func oneOf(n source.Node, key string, words ...string) string {
	text := n.Text()
	if text == "" && words[0] != "" {
		n.Fault("%s is missing: one of %s", key, strings.Join(words, ", "))
		return ""
	}
	if !slices.Contains(words, text) {
		n.Fault("%s: %q is not one of %s", key, text, strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), ", "))
		return ""
	}
	return text
}

func assessed(n source.Node) Assessed {
	if n.Absent() {
		return AssessedNone
	}
	return Assessed(oneOf(n, "assessed", string(AssessedNone), string(AssessedPassFail), string(AssessedScored)))
}

func decimalOf(n source.Node) float64 {
	if n.Absent() {
		return 0
	}
	v, err := strconv.ParseFloat(n.Text(), 64)
	if err != nil || v < 0 || v > 1e9 {
		n.Fault("a number should stand here")
		return 0
	}
	return v
}

func expr(n source.Node, key string) *expression.Expr {
	if n.Absent() {
		return nil
	}
	e, err := expression.Parse(n.Text())
	if err != nil {
		n.Fault("%s: %v", key, err)
		return nil
	}
	return e
}
