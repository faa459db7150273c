package testkit

import (
	"strconv"
	"strings"

	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
)

// requested is what a filled application asks for.
const requested = money.Pence(25_000_000)

// Answers makes valid and complete answers to any form. Among choices it takes the one that asks for least besides; what it
// writes is the same each time.
func Answers(f *form.Form) form.Answers {
	answers := form.Answers{}
	for _, sec := range f.Sections {
		for _, q := range sec.Questions {
			if f.Asked(answers, nil)[q.Code] && q.Required != form.RequiredNever {
				answers[q.Code] = answer(f, q, answers)
			}
		}
	}
	roles(f, answers)
	return answers
}

// answer makes an answer to one question.
func answer(f *form.Form, q *form.Question, before form.Answers) form.Value {
	switch q.Kind { //nolint:exhaustive // the others are plain
	case form.KindYesNo, form.KindSingleChoice, form.KindMultiChoice:
		return least(f, q, before)
	case form.KindFile:
		if len(q.Options) > 0 {
			return least(f, q, before)
		}
		return form.Value{Files: []ident.File{ident.New[ident.File]()}}
	case form.KindTable:
		return table(q)
	default:
		return plain(q)
	}
}

// least chooses the option after which the fewest questions are asked; files weigh most.
func least(f *form.Form, q *form.Question, before form.Answers) form.Value {
	best, fewest := form.Value{}, -1
	for _, option := range options(q) {
		v := form.Chosen(option)
		if option == form.Other && q.AllowOther {
			v.Other = "Something else"
		}
		weight := weigh(f, before.Merge(form.Answers{q.Code: v}))
		if fewest < 0 || weight < fewest {
			best, fewest = v, weight
		}
	}
	return best
}

// weigh counts the questions that are asked after answers; a file counts for many.
func weigh(f *form.Form, answers form.Answers) int {
	asked, weight := f.Asked(answers, nil), 0
	for _, q := range f.Questions() {
		if !asked[q.Code] || q.Required == form.RequiredNever {
			continue
		}
		weight++
		if q.Kind == form.KindFile {
			weight += 100
		}
	}
	return weight
}

func options(q *form.Question) []string {
	if q.Kind == form.KindYesNo {
		return []string{"yes", "no"}
	}
	values := make([]string, len(q.Options))
	for i, o := range q.Options {
		values[i] = o.Value
	}
	return values
}

// table fills as many rows as a table must have.
func table(q *form.Question) form.Value {
	var v form.Value
	for range max(q.Limits.MinRows, 1) {
		row := form.Row{}
		for _, c := range q.Columns {
			switch {
			case !c.Required:
			case len(c.Options) > 0 || c.Kind == form.KindYesNo:
				row[c.Code] = form.Chosen(options(c.Question())[0])
			default:
				row[c.Code] = plain(c.Question())
			}
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}

// plain answers a question that has no choices.
func plain(q *form.Question) form.Value {
	switch q.Kind { //nolint:exhaustive // the others are text or were answered before
	case form.KindEmail:
		return form.Value{Text: "colleague@lead.example"}
	case form.KindTelephone:
		return form.Value{Text: "01632 960 001"}
	case form.KindURL:
		return form.Value{Text: "https://lead.example/"}
	case form.KindNumber:
		return form.Value{Number: number(q.Limits)}
	case form.KindMoney:
		return form.Amount(max(q.Limits.MinMoney, 100_000))
	case form.KindDate:
		return form.Value{Date: date(q.Limits)}
	case form.KindOrganisation:
		return form.Value{Organisation: "QMF"}
	case form.KindDeclaration:
		return form.Chosen(form.Agreed)
	default:
		return form.Value{Text: text(q)}
	}
}

func text(q *form.Question) string {
	words := "Invented answer to " + string(q.Code) + " " + strings.TrimRight(q.Name(), "?.")
	if most := q.Limits.Words; most > 0 && form.Words(words) > most {
		words = strings.Join(strings.Fields(words)[:most], " ")
	}
	if most := q.Limits.Characters; most > 0 && form.Characters(words) > most {
		words = strings.TrimSpace(string([]rune(words)[:most]))
	}
	return words
}

func number(l form.Limits) string {
	n := 12
	if low, err := strconv.Atoi(l.Min); err == nil && low > n {
		n = low
	}
	if high, err := strconv.Atoi(l.Max); err == nil && high < n {
		n = high
	}
	return strconv.Itoa(n)
}

func date(l form.Limits) form.Date {
	switch {
	case l.Latest == "today":
		return "2021-04-01"
	case l.Latest != "":
		return form.Date(l.Latest)
	case l.Earliest != "" && l.Earliest != "today":
		return form.Date(l.Earliest)
	}
	return "2027-01-15"
}

// roles makes the answers agree with one another where the form says what they are for.
func roles(f *form.Form, answers form.Answers) {
	set := func(r form.Role, v form.Value) {
		if q := f.Role(r); q != nil {
			answers[q.Code] = v
		}
	}
	set(form.RoleTitle, form.Value{Text: "Invented project"})
	set(form.RoleLead, form.Value{Organisation: "QMF"})
	set(form.RoleRecipient, form.Value{Organisation: "QMF"})
	set(form.RoleSROName, form.Value{Text: NameOf(SRO)})
	set(form.RoleSROEmail, form.Value{Text: SRO})
	set(form.RoleFinanceName, form.Value{Text: NameOf(Finance)})
	set(form.RoleFinanceEmail, form.Value{Text: Finance})
	set(form.RoleContactName, form.Value{Text: NameOf(Applicant)})
	set(form.RoleContactEmail, form.Value{Text: Applicant})
	set(form.RoleRequested, form.Amount(requested))
	set(form.RoleMinimum, form.Amount(requested/100*72))
	if place, ok := f.Roles[form.RoleCostAmount]; ok {
		if rows := answers[place.Code].Rows; len(rows) > 0 {
			rows[0][place.Column] = form.Amount(requested)
			answers[place.Code] = form.Value{Rows: rows[:1]}
		}
	}
}
