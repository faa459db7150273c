package form

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"adoptionfund/internal/form/expression"
	"adoptionfund/internal/form/source"
	"adoptionfund/internal/money"
)

// judgement is the one pass_if that is no expression.
const judgement = "assessor judgement"

func (l *loader) question(n source.Node, s *Section) *Question {
	f := n.Fields("code", "text", "short", "type", "options", "option_labels", "option_hints", "allow_other", "required", "when",
		"limits", "columns", "evidence", "visible_to", "published", "sensitive", "foi", "autocomplete", "guidance", "if_empty",
		"assessed", "pass_if", "assessor_check", "weight", "weight_group", "standard", "from_v1", "confirmed", "unconfirmed", "note")
	q := &Question{
		Code: Code(f.Must("code")), Section: s.Code, Text: f.Must("text"), Short: f.Text("short"), Guidance: f.Text("guidance"), IfEmpty: f.Text("if_empty"),
		AllowOther: f.Get("allow_other").Bool(), Required: required(f.Get("required")),
		Published: f.Get("published").Bool(), Sensitive: f.Get("sensitive").Bool(), Autocomplete: f.Text("autocomplete"),
		Assessed: assessed(f.Get("assessed")), AssessorCheck: f.Text("assessor_check"), Weight: decimalOf(f.Get("weight")),
		WeightGroup: f.Text("weight_group"), Standard: f.Text("standard"), Confirmed: f.Get("confirmed").Bool(),
		Unconfirmed: f.Get("unconfirmed").Texts(), Note: f.Text("note"), Line: n.Line(),
	}
	for _, c := range f.Get("from_v1").Texts() {
		q.FromV1 = append(q.FromV1, Code(c))
	}
	for _, item := range f.Get("foi").Items() {
		q.FOI = append(q.FOI, item.Int())
	}
	l.register(q, f.Get("code"))
	q.Visible = visible(f.Get("visible_to"))
	l.kind(f, n, &typed{kind: &q.Kind, options: &q.Options, limits: &q.Limits})
	q.Columns = l.columns(f.Get("columns"), q)
	q.Evidence = l.evidence(f.Get("evidence"))
	l.conditions(f, q)
	if q.AllowOther {
		if _, ok := q.Option(Other); !ok {
			f.Get("allow_other").Fault("allow_other needs an option “%s”", Other)
		}
	}
	defined(n, q, "question "+string(q.Code))
	return q
}

// register gives the question its place, and refuses a code that is none or is taken.
func (l *loader) register(q *Question, at source.Node) {
	if q.Code == "" {
		return
	}
	if !expression.IsCode(string(q.Code)) {
		at.Fault("%q is not a question's code: a capital letter, then capitals, digits and dots, such as EV1 or C1.2.4", q.Code)
	}
	if line, twice := l.first[q.Code]; twice {
		at.Fault("question %s is there already, at line %d", q.Code, line)
		return
	}
	l.first[q.Code], l.order[q.Code] = at.Line(), len(l.order)
	l.form.questions[q.Code] = q
}

func required(n source.Node) Required {
	return Required(oneOf(n, "required", string(RequiredAlways), string(RequiredWhen), string(RequiredNever)))
}

func visible(n source.Node) Visibility {
	if n.Absent() {
		return VisiblePanel
	}
	return Visibility(oneOf(n, "visible_to", string(VisiblePanel), string(VisibleFundTeam), string(VisibleSecurity)))
}

// typed is what questions and columns have alike.
type typed struct {
	kind    *Kind
	options *[]Option
	limits  *Limits
}

func (l *loader) kind(f source.Fields, n source.Node, t *typed) {
	k := Kind(f.Must("type"))
	*t.kind = k
	if k != "" && !slices.Contains(Kinds(), k) {
		f.Get("type").Fault("type: %q is not one of %s", k, kindNames())
		return
	}
	*t.options = l.options(f, n, k)
	if k != "" {
		*t.limits = limits(f.Get("limits"), k)
	}
}

func kindNames() string {
	names := make([]string, 0, len(Kinds()))
	for _, k := range Kinds() {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}

func (l *loader) options(f source.Fields, n source.Node, k Kind) []Option {
	own, hints := labels(f.Get("option_labels")), labels(f.Get("option_hints"))
	values := f.Get("options").Items()
	rule := behave(k).options
	switch {
	case k == KindYesNo && len(values) == 0:
		return []Option{l.option("yes", own, hints), l.option("no", own, hints)}
	case rule == optionsMust && len(values) == 0:
		n.Fault("a %s question needs options", k)
	case rule == optionsNone && len(values) > 0:
		f.Get("options").Fault("a %s question has no options", k)
	}
	var options []Option
	for _, item := range values {
		value := item.Text()
		if !valuePattern.MatchString(value) {
			item.Fault("option %q should be small letters, digits and underscores", value)
		}
		if slices.ContainsFunc(options, func(o Option) bool { return o.Value == value }) {
			item.Fault("option %s is there twice", value)
		}
		o := l.option(value, own, hints)
		if o.Label == "" {
			item.Fault("option %s has no label in option_labels", value)
		}
		options = append(options, o)
	}
	for _, value := range slices.Concat(slices.Collect(maps.Keys(own)), slices.Collect(maps.Keys(hints))) {
		if !slices.ContainsFunc(options, func(o Option) bool { return o.Value == value }) {
			n.Fault("there is a label or hint for %s, which is not one of the options", value)
		}
	}
	return options
}

func (l *loader) option(value string, own, hints map[string]string) Option {
	o := Option{Value: value, Label: own[value], Hint: hints[value]}
	if o.Label == "" {
		o.Label = l.labels[value]
	}
	if o.Label == "" {
		o.Label = map[string]string{"yes": "Yes", "no": "No"}[value]
	}
	return o
}

// limits reads the limits that a kind knows.
func limits(n source.Node, k Kind) Limits {
	f := n.Fields("words", "characters", "min", "max", "decimals", "whole", "money_min", "money_max", "earliest", "latest",
		"files", "file_kinds", "file_megabytes", "rows_min", "rows_max", "choices_max")
	for _, p := range n.Pairs() {
		if allowed := behave(k).limits; !slices.Contains(allowed, p.Key) {
			p.Value.Fault("limit %s does not belong to type %s", p.Key, k)
		}
	}
	return Limits{
		Words: f.Get("words").Int(), Characters: f.Get("characters").Int(),
		Min: f.Text("min"), Max: f.Text("max"), Decimals: f.Get("decimals").Int(), Whole: f.Get("whole").Bool(),
		MinMoney: pounds(f.Get("money_min")), MaxMoney: pounds(f.Get("money_max")),
		Earliest: f.Text("earliest"), Latest: f.Text("latest"),
		Files: f.Get("files").Int(), FileKinds: f.Get("file_kinds").Texts(), FileMegabytes: f.Get("file_megabytes").Int(),
		MinRows: f.Get("rows_min").Int(), MaxRows: f.Get("rows_max").Int(), MaxChoices: f.Get("choices_max").Int(),
	}
}

func pounds(n source.Node) money.Pence {
	if n.Absent() {
		return 0
	}
	p, err := money.Parse(n.Text())
	if err != nil {
		n.Fault("an amount in pounds should stand here")
	}
	return p
}

func (l *loader) columns(n source.Node, q *Question) []Column {
	items := n.Items()
	if len(items) > 0 && q.Kind != KindTable {
		n.Fault("only a table has columns")
	}
	var columns []Column
	for _, item := range items {
		f := item.Fields("code", "text", "short", "guidance", "type", "options", "option_labels", "option_hints", "limits", "required")
		c := Column{Code: f.Must("code"), Text: f.Must("text"), Short: f.Text("short"), Guidance: f.Text("guidance"),
			Required: f.Get("required").Bool()}
		if c.Code != "" && !columnPattern.MatchString(c.Code) {
			f.Get("code").Fault("column code %q should be small letters, digits and underscores", c.Code)
		}
		if slices.ContainsFunc(columns, func(o Column) bool { return o.Code == c.Code }) {
			f.Get("code").Fault("column %s is there twice", c.Code)
		}
		l.kind(f, item, &typed{kind: &c.Kind, options: &c.Options, limits: &c.Limits})
		if b := behave(c.Kind); b.read != nil && !b.column {
			f.Get("type").Fault("a column cannot be of type %s", c.Kind)
		} else {
			defined(item, c.Question(), "column "+c.Code)
		}
		columns = append(columns, c)
	}
	return columns
}

// defined keeps what the kind of a question or column finds wrong with it.
func defined(n source.Node, q *Question, called string) {
	b := behave(q.Kind)
	if b.define == nil {
		return
	}
	for _, reason := range b.define(q) {
		n.Fault("%s: %s", called, reason)
	}
}

func (l *loader) evidence(n source.Node) Evidence {
	f := n.Fields("required", "kinds", "match", "when", "expires_after_months", "counts_from", "expires_on_field",
		"version_bound", "verify_against", "fields")
	e := Evidence{Required: f.Get("required").Bool(), Kinds: f.Get("kinds").Texts(), When: expr(f.Get("when"), "evidence.when"),
		ExpiryMonths: f.Get("expires_after_months").Int(), CountsFrom: f.Text("counts_from"), ExpiresOn: f.Text("expires_on_field"),
		VersionBound: f.Get("version_bound").Bool(), VerifyAt: f.Text("verify_against"), Fields: f.Get("fields").Texts()}
	if f.Has("match") {
		e.MatchAll = oneOf(f.Get("match"), "match", "any", "all") == "all"
	}
	for key, field := range map[string]string{"counts_from": e.CountsFrom, "expires_on_field": e.ExpiresOn} {
		if field != "" && !slices.Contains(e.Fields, field) {
			f.Get(key).Fault("%s: %s is not one of the fields", key, field)
		}
	}
	switch {
	case (e.ExpiryMonths > 0) != (e.CountsFrom != ""):
		n.Fault("expires_after_months and counts_from belong together")
	case e.ExpiryMonths > 0 && e.ExpiresOn != "":
		n.Fault("evidence expires either after months or on a date of its own, not both")
	case e.Required && len(e.Kinds) == 0:
		n.Fault("evidence is required, but of no kind")
	}
	for i, k := range e.Kinds {
		if !valuePattern.MatchString(k) || slices.Contains(e.Kinds[:i], k) {
			f.Get("kinds").Fault("kind %q is there twice, or is not small letters, digits and underscores", k)
		}
	}
	if e.When != nil {
		l.later = append(l.later, func() { l.resolve(f.Get("when"), "evidence.when", e.When, len(l.order)) })
	}
	return e
}

// conditions reads when and pass_if.
func (l *loader) conditions(f source.Fields, q *Question) {
	q.When = expr(f.Get("when"), "when")
	switch {
	case q.Required == RequiredWhen && !f.Has("when"):
		f.Get("required").Fault("required: when needs a when")
	case q.Required == RequiredAlways && f.Has("when"):
		f.Get("required").Fault("a question with a when is required: when, or optional")
	}
	if q.When != nil {
		l.later = append(l.later, func() { l.resolve(f.Get("when"), "when", q.When, l.order[q.Code]) })
	}
	if text := f.Text("pass_if"); text == judgement {
		q.Judgement = true
	} else if text != "" {
		if q.PassIf = expr(f.Get("pass_if"), "pass_if"); q.PassIf != nil {
			l.later = append(l.later, func() { l.resolve(f.Get("pass_if"), "pass_if", q.PassIf, len(l.order)) })
		}
	}
	if q.Assessed == AssessedPassFail && q.PassIf == nil && !q.Judgement && !f.Has("pass_if") {
		f.Get("assessed").Fault("question %s is pass or fail, but has no pass_if", q.Code)
	}
}

// resolve checks that an expression names only questions that stand before a place, and options and kinds that they have.
func (l *loader) resolve(n source.Node, key string, e *expression.Expr, before int) {
	for _, r := range e.Refs() {
		q, ok := l.form.Question(Code(r.Code))
		if !ok {
			n.Fault("%s: there is no question %s (character %d)", key, r.Code, r.Column)
			continue
		}
		if l.order[q.Code] >= before {
			n.Fault("%s: question %s is not an earlier one (character %d)", key, r.Code, r.Column)
			continue
		}
		if reason := misuse(q, r); reason != "" {
			n.Fault("%s: %s (character %d)", key, reason, r.Column)
		}
	}
}

// misuse says what a question does not have that an expression asks of it.
func misuse(q *Question, r expression.Ref) string {
	switch r.Use {
	case expression.Compared:
		if _, ok := q.Option(r.Literal); !ok && (q.Kind != KindDeclaration || r.Literal != Agreed) {
			return fmt.Sprintf("question %s has no option '%s'", q.Code, r.Literal)
		}
	case expression.Measured:
		if q.Kind != KindNumber && q.Kind != KindMoney {
			return fmt.Sprintf("question %s is of type %s and has no number to compare", q.Code, q.Kind)
		}
	case expression.Evidence:
		if r.Literal != "" && !slices.Contains(q.Evidence.Kinds, r.Literal) {
			return fmt.Sprintf("question %s takes no evidence of the kind '%s'", q.Code, r.Literal)
		}
		if len(q.Evidence.Kinds) == 0 && q.Kind != KindFile {
			return fmt.Sprintf("question %s takes no evidence", q.Code)
		}
	case expression.Answered:
	}
	return ""
}
