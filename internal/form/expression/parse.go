package expression

import (
	"fmt"
	"math/big"
	"strings"
	"unicode/utf8"
)

// The ceilings of an expression.
const (
	maxText  = 4000
	maxDepth = 40
)

// Error says what is wrong with an expression and where, in characters from 1.
type Error struct {
	Column int
	Reason string
}

// Error gives the reason with its column.
func (e *Error) Error() string { return fmt.Sprintf("%s (character %d)", e.Reason, e.Column) }

// Parse reads an expression.
func Parse(text string) (*Expr, error) {
	tokens, err := lex(text)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens}
	root, err := p.or(0)
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind != tokenEnd {
		return nil, fail(t, "%s is not expected here", t)
	}
	return &Expr{root: root, text: strings.TrimSpace(text)}, nil
}

type tokenKind int

const (
	tokenEnd tokenKind = iota
	tokenCode
	tokenWord
	tokenText
	tokenNumber
	tokenCompare
	tokenMark // ( ) ,
)

type token struct {
	kind   tokenKind
	text   string
	column int
}

func (t token) String() string {
	if t.kind == tokenEnd {
		return "the end"
	}
	return "“" + t.text + "”"
}

func fail(t token, format string, args ...any) error {
	return &Error{Column: t.column, Reason: fmt.Sprintf(format, args...)}
}

func lex(text string) ([]token, error) {
	if len(text) > maxText {
		return nil, &Error{Column: 1, Reason: fmt.Sprintf("an expression has at most %d characters", maxText)}
	}
	var tokens []token
	for at := 0; ; {
		for at < len(text) && strings.IndexByte(" \t\r\n", text[at]) >= 0 {
			at++
		}
		column := utf8.RuneCountInString(text[:at]) + 1
		if at == len(text) {
			return append(tokens, token{column: column}), nil
		}
		t, length := next(text[at:])
		t.column = column
		if length == 0 {
			return nil, fail(t, "%s cannot be read", t)
		}
		tokens = append(tokens, t)
		at += length
	}
}

// next reads the token at the beginning of a text and how long it is; 0 if there is none.
func next(s string) (token, int) {
	switch {
	case strings.IndexByte("(),", s[0]) >= 0:
		return token{kind: tokenMark, text: s[:1]}, 1
	case strings.IndexByte("=!<>", s[0]) >= 0:
		return compare(s)
	case s[0] == '\'':
		return quoted(s)
	case digit(s[0]) || s[0] == '-':
		return number(s)
	case s[0] >= 'A' && s[0] <= 'Z':
		n := CodeLength(s)
		return token{kind: tokenCode, text: s[:n]}, n
	}
	n := 0
	for n < len(s) && (s[n] >= 'a' && s[n] <= 'z' || s[n] == '_' || n > 0 && digit(s[n])) {
		n++
	}
	if n == 0 {
		_, size := utf8.DecodeRuneInString(s)
		return token{kind: tokenWord, text: s[:size]}, 0
	}
	return token{kind: tokenWord, text: s[:n]}, n
}

func compare(s string) (token, int) {
	n := 1
	if len(s) > 1 && s[1] == '=' {
		n = 2
	}
	if s[:n] == "=" || s[:n] == "!" {
		return token{kind: tokenCompare, text: s[:n]}, 0
	}
	return token{kind: tokenCompare, text: s[:n]}, n
}

func quoted(s string) (token, int) {
	end := strings.IndexByte(s[1:], '\'')
	if end < 0 {
		return token{kind: tokenText, text: s}, 0
	}
	return token{kind: tokenText, text: s[1 : end+1]}, end + 2
}

func number(s string) (token, int) {
	n := 1
	for n < len(s) && digit(s[n]) {
		n++
	}
	if n+1 < len(s) && s[n] == '.' && digit(s[n+1]) {
		for n += 2; n < len(s) && digit(s[n]); n++ {
		}
	}
	if s[:n] == "-" {
		return token{kind: tokenNumber, text: "-"}, 0
	}
	return token{kind: tokenNumber, text: s[:n]}, n
}

type parser struct {
	tokens []token
	at     int
}

func (p *parser) peek() token { return p.tokens[p.at] }

func (p *parser) take() token {
	t := p.tokens[p.at]
	if t.kind != tokenEnd {
		p.at++
	}
	return t
}

func (p *parser) takeIf(kind tokenKind, text string) bool {
	if t := p.peek(); t.kind != kind || t.text != text {
		return false
	}
	p.at++
	return true
}

func (p *parser) want(kind tokenKind, what string) (token, error) {
	t := p.take()
	if t.kind != kind || kind == tokenMark && t.text != what {
		return t, fail(t, "%s should stand here, not %s", what, t)
	}
	return t, nil
}

func (p *parser) or(depth int) (node, error) {
	n, err := p.and(depth)
	if err != nil {
		return nil, err
	}
	either := some{n}
	for p.takeIf(tokenWord, "or") {
		if n, err = p.and(depth); err != nil {
			return nil, err
		}
		either = append(either, n)
	}
	if len(either) == 1 {
		return n, nil
	}
	return either, nil
}

func (p *parser) and(depth int) (node, error) {
	n, err := p.unary(depth)
	if err != nil {
		return nil, err
	}
	both := all{n}
	for p.takeIf(tokenWord, "and") {
		if n, err = p.unary(depth); err != nil {
			return nil, err
		}
		both = append(both, n)
	}
	if len(both) == 1 {
		return n, nil
	}
	return both, nil
}

func (p *parser) unary(depth int) (node, error) {
	if depth > maxDepth {
		return nil, fail(p.peek(), "the expression is nested more than %d deep", maxDepth)
	}
	negated := p.takeIf(tokenWord, "not")
	n, err := p.operand(depth)
	if err != nil || !negated {
		return n, err
	}
	return not{n}, nil
}

func (p *parser) operand(depth int) (node, error) {
	if !p.takeIf(tokenMark, "(") {
		return p.atom()
	}
	n, err := p.or(depth + 1)
	if err != nil {
		return nil, err
	}
	_, err = p.want(tokenMark, ")")
	return n, err
}

func (p *parser) atom() (node, error) {
	t := p.take()
	switch {
	case t.kind == tokenCode:
		return p.comparison(t)
	case t.kind == tokenWord && t.text == "answered":
		return p.function(Answered, false)
	case t.kind == tokenWord && t.text == "has_evidence":
		return p.function(Evidence, true)
	case t.kind == tokenWord && t.text == "evidence_current":
		return p.function(Evidence, false)
	}
	return nil, fail(t, "a question's code, answered(…), has_evidence(…) or evidence_current(…) should stand here, not %s", t)
}

func (p *parser) comparison(code token) (node, error) {
	sign, err := p.want(tokenCompare, "a comparison such as ==")
	if err != nil {
		return nil, err
	}
	ref := Ref{Code: code.text, Column: code.column}
	value := p.take()
	switch {
	case value.kind == tokenText && (sign.text == "==" || sign.text == "!="):
		ref.Literal = value.text
		return atom{ref: ref, compare: sign.text}, nil
	case value.kind == tokenText:
		return nil, fail(sign, "%s compares numbers; an option is compared with == or !=", sign)
	case value.kind != tokenNumber:
		return nil, fail(value, "an option in single quotes, or a number, should stand here, not %s", value)
	}
	n, ok := new(big.Rat).SetString(value.text)
	if !ok {
		return nil, fail(value, "%s is not a number", value)
	}
	ref.Use = Measured
	return atom{ref: ref, compare: sign.text, number: n}, nil
}

func (p *parser) function(use Use, second bool) (node, error) {
	if _, err := p.want(tokenMark, "("); err != nil {
		return nil, err
	}
	code, err := p.want(tokenCode, "a question's code")
	if err != nil {
		return nil, err
	}
	ref := Ref{Code: code.text, Use: use, Column: code.column}
	if second && p.takeIf(tokenMark, ",") {
		kind, kindErr := p.want(tokenText, "a kind of evidence in single quotes")
		if kindErr != nil {
			return nil, kindErr
		}
		ref.Literal = kind.text
	}
	_, err = p.want(tokenMark, ")")
	return atom{ref: ref}, err
}
