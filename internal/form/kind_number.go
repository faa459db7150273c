package form

import (
	"fmt"
	"math/big"
	"regexp"
	"strings"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/form/expression"
)

// maxDecimals is the most decimals of any number.
const maxDecimals = 6

var (
	decimalPattern = regexp.MustCompile(`^-?\d{1,15}(\.\d{1,6})?$`)
	typedPattern   = regexp.MustCompile(`^[-+]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?\s*%?$`)
)

// numberKind is a decimal number. It is kept as text, never as floating point.
func numberKind() behaviour {
	return behaviour{
		parts:  partNumber | partText,
		limits: []string{"min", "max", "decimals", "whole"},
		column: true,
		define: defineNumber,
		read: func(_ *Question, in input) Value {
			typed := oneLine(in.first(""))
			if n, ok := decimal(typed); ok {
				return Value{Number: n}
			}
			return Value{Text: typed}
		},
		write: func(_ *Question, v Value, out output) { out.put("", v.Number+v.Text) },
		check: checkNumber,
		ask:   askToEnter,
		show:  func(_ *Question, v Value) string { return v.Number + v.Text },
		operand: func(v Value) expression.Operand {
			return expression.Operand{Number: rat(v.Number)}
		},
	}
}

// decimal reads a number as people type it: "1,234.5", "+3", "98.7 %".
func decimal(typed string) (string, bool) {
	if !typedPattern.MatchString(typed) {
		return "", false
	}
	n := strings.TrimLeft(strings.NewReplacer(",", "", "+", "", "%", "", " ", "", "\t", "").Replace(typed), " ")
	minus := strings.HasPrefix(n, "-")
	whole, part, _ := strings.Cut(strings.TrimPrefix(n, "-"), ".")
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	if part != "" {
		whole += "." + part
	}
	if minus && strings.Trim(whole, "0.") != "" {
		whole = "-" + whole
	}
	return whole, decimalPattern.MatchString(whole)
}

// rat is the value of a decimal; nil if it is none.
func rat(text string) *big.Rat {
	if !decimalPattern.MatchString(text) {
		return nil
	}
	r, _ := new(big.Rat).SetString(text)
	return r
}

func defineNumber(q *Question) []string {
	var reasons []string
	for key, text := range map[string]string{"min": q.Limits.Min, "max": q.Limits.Max} {
		if text != "" && rat(text) == nil {
			reasons = append(reasons, fmt.Sprintf("limit %s: %q is not a number", key, text))
		}
	}
	low, high := rat(q.Limits.Min), rat(q.Limits.Max)
	if low != nil && high != nil && low.Cmp(high) > 0 {
		reasons = append(reasons, "limit min is above max")
	}
	if q.Limits.Decimals > maxDecimals || q.Limits.Whole && q.Limits.Decimals > 0 {
		reasons = append(reasons, fmt.Sprintf("limit decimals: at most %d, and none for whole numbers", maxDecimals))
	}
	return reasons
}

func checkNumber(q *Question, v Value, _ How) fault.Problems {
	n := rat(v.Number)
	if n == nil || v.Text != "" {
		return wrong(q.Name() + " must be a number, like 12 or 99.5")
	}
	_, part, _ := strings.Cut(v.Number, ".")
	switch {
	case q.Limits.Whole && !n.IsInt():
		return wrong(q.Name() + " must be a whole number")
	case q.Limits.Decimals > 0 && len(part) > q.Limits.Decimals:
		return wrong(fmt.Sprintf("%s must have %s or fewer", q.Name(), plural(q.Limits.Decimals, "decimal", "decimals")))
	case q.Limits.Min != "" && n.Cmp(rat(q.Limits.Min)) < 0:
		return wrong(fmt.Sprintf("%s must be %s or more", q.Name(), q.Limits.Min))
	case q.Limits.Max != "" && n.Cmp(rat(q.Limits.Max)) > 0:
		return wrong(fmt.Sprintf("%s must be %s or less", q.Name(), q.Limits.Max))
	}
	return nil
}
