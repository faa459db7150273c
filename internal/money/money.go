// Package money is amounts in pence: read as people type them, shown as people read them, summed and split without loss.
// There is no other way to hold an amount in this program; floating point never touches one.
package money

import (
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// Pence is an amount of money in pence.
type Pence int64

// Limit is the largest amount that is accepted from a person: £10 billion, far above any fund and far below overflow.
const Limit Pence = 1_000_000_000_000

// ErrNotMoney says that a text is no amount in pounds.
var ErrNotMoney = errors.New("not an amount in pounds")

// Pounds makes pence of whole pounds.
func Pounds(n int64) Pence { return Pence(n * 100) }

// Parse reads an amount in pounds as people type it: "1250000", "£1,250,000.50", " 12.5 ". Negative amounts, more than
// two decimals and misplaced commas are refused.
func Parse(text string) (Pence, error) {
	s := strings.TrimSpace(text)
	s = strings.TrimSpace(strings.TrimPrefix(s, "£"))
	whole, part, hasPart := strings.Cut(s, ".")
	whole, ok := ungroup(whole)
	if !ok || (hasPart && (part == "" || len(part) > 2)) {
		return 0, ErrNotMoney
	}
	part = (part + "00")[:2]
	if !digits(whole) || !digits(part) || len(whole) > 12 {
		return 0, ErrNotMoney
	}
	pounds, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return 0, ErrNotMoney
	}
	pence, err := strconv.ParseInt(part, 10, 64)
	if err != nil {
		return 0, ErrNotMoney
	}
	amount := Pence(pounds*100 + pence)
	if amount > Limit {
		return 0, ErrNotMoney
	}
	return amount, nil
}

// ungroup takes out commas that stand before groups of three digits.
func ungroup(s string) (string, bool) {
	groups := strings.Split(s, ",")
	for i, g := range groups {
		if len(groups) > 1 && (i > 0 && len(g) != 3 || i == 0 && (g == "" || len(g) > 3)) {
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}

func digits(s string) bool {
	if s == "" {
		return false
	}
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// pence is how many pence there are, without the sign.
func (p Pence) pence() uint64 {
	if p < 0 {
		p = -p
	}
	return uint64(p) //nolint:gosec // it is not negative
}

// String shows the amount for people: "£1,250,000", or "£12.50" where there are pence.
func (p Pence) String() string {
	sign, n := "", p.pence()
	if p < 0 {
		sign = "-"
	}
	whole := strconv.FormatUint(n/100, 10)
	var b strings.Builder
	b.WriteString(sign + "£")
	for i, c := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	if n%100 != 0 {
		fmt.Fprintf(&b, ".%02d", n%100)
	}
	return b.String()
}

// Decimal is the amount in pounds with two decimals and nothing else, as files carry it: "1250000.00".
func (p Pence) Decimal() string {
	if p < 0 {
		return "-" + (-p).Decimal()
	}
	return fmt.Sprintf("%d.%02d", int64(p)/100, int64(p)%100)
}

// Sum adds amounts.
func Sum(amounts ...Pence) Pence {
	var total Pence
	for _, a := range amounts {
		total += a
	}
	return total
}

// Share gives whole × part ÷ of in pence, rounded down; none may be negative and of must be above zero.
func Share(whole, part, of Pence) Pence {
	hi, lo := bits.Mul64(whole.pence(), part.pence())
	q, _ := bits.Div64(hi, lo, of.pence())
	return Pence(q) //nolint:gosec // a share is not more than the whole, which is a Pence
}

// Split divides an amount in proportion to weights so that the parts add up to it exactly: each gets its share rounded
// down, and the pence left over go one each to the first parts that have a weight.
func Split(whole Pence, weights []Pence) []Pence {
	parts := make([]Pence, len(weights))
	of := Sum(weights...)
	if of == 0 {
		return parts
	}
	left := whole
	for i, w := range weights {
		parts[i] = Share(whole, w, of)
		left -= parts[i]
	}
	for i := range parts {
		if left == 0 {
			break
		}
		if weights[i] > 0 {
			parts[i]++
			left--
		}
	}
	return parts
}
