package form

import (
	"fmt"
	"math/big"
	"strings"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/form/expression"
	"adoptionfund/internal/money"
)

// moneyKind is an amount in pounds as people type it, kept in pence.
func moneyKind() behaviour {
	return behaviour{
		parts:  partAmount | partText,
		limits: []string{"money_min", "money_max"},
		column: true,
		define: func(q *Question) []string {
			if q.Limits.MaxMoney > 0 && q.Limits.MinMoney > q.Limits.MaxMoney {
				return []string{"limit money_min is above money_max"}
			}
			return nil
		},
		read: func(_ *Question, in input) Value {
			typed := oneLine(in.first(""))
			if typed == "" {
				return Value{}
			}
			if p, err := money.Parse(typed); err == nil {
				return Amount(p)
			}
			return Value{Text: typed}
		},
		write: func(_ *Question, v Value, out output) {
			if v.Amount != nil {
				out.put("", strings.TrimPrefix(v.Amount.String(), "£"))
				return
			}
			out.put("", v.Text)
		},
		check: checkMoney,
		ask:   askToEnter,
		show: func(_ *Question, v Value) string {
			if v.Amount == nil {
				return v.Text
			}
			return v.Amount.String()
		},
		operand: func(v Value) expression.Operand {
			if v.Amount == nil {
				return expression.Operand{}
			}
			return expression.Operand{Number: big.NewRat(int64(*v.Amount), 100)}
		},
	}
}

func checkMoney(q *Question, v Value, how How) fault.Problems {
	if v.Amount == nil || v.Text != "" {
		return wrong(q.Name() + " must be an amount of money, like 1,250 or 1,250.50")
	}
	most := money.Limit
	if q.Limits.MaxMoney > 0 {
		most = q.Limits.MaxMoney
	}
	if limit, ok := how.Caps[q.Code]; ok {
		most = min(most, limit)
	}
	switch amount := *v.Amount; {
	case amount < 0:
		return wrong(q.Name() + " must be £0 or more")
	case amount < q.Limits.MinMoney:
		return wrong(fmt.Sprintf("%s must be %s or more", q.Name(), q.Limits.MinMoney))
	case amount > most:
		return wrong(fmt.Sprintf("%s must be %s or less", q.Name(), most))
	}
	return nil
}
