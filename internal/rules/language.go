package rules

import (
	"fmt"
	"slices"
	"strconv"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"adoptionfund/internal/form"
)

// costLimit bounds the work of one rule: far above what 200 rows of a table need.
const costLimit = 1_000_000

// answeredPrefix begins the variables behind answered(CODE).
const answeredPrefix = "answered_"

// environment is the language of the rules of a form: a variable for each question by its code, answered(CODE), pounds(N), and the
// facts. Texts and choices that are missing are empty; numbers, amounts and dates that are missing cannot be worked out, so that a
// rule asks for answered(CODE) first.
func environment(f *form.Form) (*cel.Env, error) {
	options := []cel.EnvOption{
		cel.Macros(append(slices.Clone(cel.StandardMacros), cel.GlobalMacro("answered", 1, expandAnswered))...),
		cel.Function("pounds", cel.Overload("pounds_int", []*cel.Type{cel.IntType}, cel.IntType, cel.UnaryBinding(pounds))),
		cel.Variable("today", cel.StringType), cel.Variable("spend_by", cel.StringType), cel.Variable("days_to_spend", cel.IntType),
		cel.Variable("requested", cel.IntType), cel.Variable("minimum", cel.IntType), cel.Variable("cap", cel.IntType),
		cel.Variable("lead_kind", cel.StringType), cel.Variable("who_may_lead", cel.ListType(cel.StringType)),
		cel.Variable("dtac", cel.StringType), cel.Variable("dtac_forms", cel.ListType(cel.StringType)),
		cel.Variable("products", cel.ListType(cel.StringType)), cel.Variable("matches", cel.ListType(cel.StringType)),
		cel.Variable("priorities", cel.IntType),
	}
	for _, q := range f.Questions() {
		options = append(options, cel.Variable(string(q.Code), typeOf(q.Kind)), cel.Variable(answeredPrefix+string(q.Code), cel.BoolType))
	}
	env, err := cel.NewEnv(options...)
	if err != nil {
		return nil, fmt.Errorf("rules: preparing the language: %w", err)
	}
	return env, nil
}

// expandAnswered turns answered(EV7) into a variable, so that an unknown code is found when the rules are read.
func expandAnswered(f cel.MacroExprFactory, _ ast.Expr, args []ast.Expr) (ast.Expr, *common.Error) {
	if args[0].Kind() != ast.IdentKind {
		return nil, f.NewError(args[0].ID(), "answered takes the code of a question")
	}
	return f.NewIdent(answeredPrefix + args[0].AsIdent()), nil
}

func pounds(v ref.Val) ref.Val {
	n, ok := v.(types.Int)
	if !ok || n > 1e12 || n < -1e12 {
		return types.NewErr("pounds takes a whole number")
	}
	return n * 100
}

func typeOf(k form.Kind) *cel.Type {
	switch k {
	case form.KindMultiChoice:
		return cel.ListType(cel.StringType)
	case form.KindNumber:
		return cel.DoubleType
	case form.KindMoney, form.KindFile:
		return cel.IntType // pence; the number of files
	case form.KindTable:
		return cel.ListType(cel.MapType(cel.StringType, cel.DynType))
	case form.KindText, form.KindLongText, form.KindEmail, form.KindTelephone, form.KindURL, form.KindYesNo, form.KindSingleChoice,
		form.KindDate, form.KindOrganisation, form.KindDeclaration:
	}
	return cel.StringType
}

// variables are the values of all variables that have one.
func variables(f *form.Form, answers form.Answers, asked form.Asked, facts Facts) map[string]any {
	v := map[string]any{
		"today": string(facts.Today), "spend_by": string(facts.SpendBy), "requested": facts.Requested, "minimum": facts.Minimum,
		"cap": facts.Cap, "lead_kind": facts.LeadKind, "who_may_lead": list(facts.WhoMayLead), "dtac": facts.DTAC,
		"dtac_forms": list(facts.DTACForms), "products": list(facts.Products), "matches": list(facts.Matches),
		"priorities": int64(facts.Priorities),
	}
	if facts.SpendBy != "" && facts.Today != "" {
		v["days_to_spend"] = int64(facts.SpendBy.Time().Sub(facts.Today.Time()).Hours() / 24)
	}
	for _, q := range f.Questions() {
		value := answers[q.Code]
		there := asked[q.Code] && form.Answered(q, value)
		if !asked[q.Code] {
			value = form.Value{}
		}
		v[answeredPrefix+string(q.Code)] = there
		if native, ok := nativeOf(q, value); ok {
			v[string(q.Code)] = native
		}
	}
	return v
}

func list(texts []string) []string {
	if texts == nil {
		return []string{}
	}
	return texts
}

// nativeOf is an answer or cell as a rule sees it; false if it is missing and has no empty form.
func nativeOf(q *form.Question, v form.Value) (any, bool) {
	switch q.Kind {
	case form.KindMultiChoice:
		return list(v.Choices), true
	case form.KindNumber:
		n, err := strconv.ParseFloat(v.Number, 64)
		return n, err == nil
	case form.KindMoney:
		if v.Amount == nil {
			return nil, false
		}
		return int64(*v.Amount), true
	case form.KindDate:
		return string(v.Date), v.Date != ""
	case form.KindFile:
		return int64(len(v.Files)), true
	case form.KindOrganisation:
		return string(v.Organisation), true
	case form.KindTable:
		return rows(q, v), true
	case form.KindYesNo, form.KindSingleChoice, form.KindDeclaration:
		if len(v.Choices) > 0 {
			return v.Choices[0], true
		}
		return "", true
	case form.KindText, form.KindLongText, form.KindEmail, form.KindTelephone, form.KindURL:
	}
	return v.Text, true
}

func rows(q *form.Question, v form.Value) []map[string]any {
	all := make([]map[string]any, len(v.Rows))
	for i, row := range v.Rows {
		all[i] = map[string]any{}
		for _, c := range q.Columns {
			if native, ok := nativeOf(c.Question(), row[c.Code]); ok {
				all[i][c.Code] = native
			}
		}
	}
	return all
}

// compile reads an expression. The words say what is wrong with it.
func compile(env *cel.Env, f *form.Form, text string) (cel.Program, []form.Code, string) {
	tree, issues := env.Compile(text)
	if issues != nil && issues.Err() != nil {
		return nil, nil, issueWords(issues)
	}
	if tree.OutputType() != cel.BoolType {
		return nil, nil, fmt.Sprintf("the expression should be true or false, but is %s", tree.OutputType())
	}
	named, columns := names(f, tree)
	for _, c := range columns {
		if !slices.ContainsFunc(named, func(code form.Code) bool { return hasColumn(f, code, c) }) {
			return nil, nil, fmt.Sprintf("none of the tables that the expression names has a column %q", c)
		}
	}
	program, err := env.Program(tree, cel.CostLimit(costLimit))
	if err != nil {
		return nil, nil, err.Error()
	}
	return program, named, ""
}

func issueWords(issues *cel.Issues) string {
	e := issues.Errors()[0]
	return fmt.Sprintf("column %d of the expression: %s", e.Location.Column()+1, e.Message)
}

// names are the questions that an expression names, and the fields that it selects.
func names(f *form.Form, tree *cel.Ast) (codes []form.Code, fields []string) {
	ast.PreOrderVisit(tree.NativeRep().Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		switch e.Kind() {
		case ast.IdentKind:
			name := form.Code(e.AsIdent())
			if len(name) > len(answeredPrefix) && name[:len(answeredPrefix)] == answeredPrefix {
				name = name[len(answeredPrefix):]
			}
			if _, ok := f.Question(name); ok && !slices.Contains(codes, name) {
				codes = append(codes, name)
			}
		case ast.SelectKind:
			fields = append(fields, e.AsSelect().FieldName())
		case ast.CallKind, ast.ComprehensionKind, ast.ListKind, ast.LiteralKind, ast.MapKind, ast.StructKind, ast.UnspecifiedExprKind:
		}
	}))
	return codes, fields
}

func hasColumn(f *form.Form, code form.Code, column string) bool {
	q, ok := f.Question(code)
	if !ok {
		return false
	}
	_, ok = q.Column(column)
	return ok
}
