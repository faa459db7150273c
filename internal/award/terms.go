package award

import (
	"cmp"
	"slices"
	"time"

	"adoptionfund/internal/application"
	"adoptionfund/internal/award/plan"
	"adoptionfund/internal/form"
	"adoptionfund/internal/people"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
)

// EnsureTerms gives the terms of an award, in a transaction that writes. An award that was made before there were any gets them now, from
// its application.
func EnsureTerms(tx *work.Tx, a *Award) (*Terms, error) {
	t, err := TermsOf(tx, a.ID)
	if err != nil || t != nil {
		return t, err
	}
	return makeTerms(tx, a)
}

// makeTerms keeps what follows from the standing submission: the plan for the amount, the dates, the payments, and milestones as
// conditions.
func makeTerms(tx *work.Tx, a *Award) (*Terms, error) {
	said, err := standing(tx, a)
	if err != nil {
		return nil, err
	}
	t := first(tx.Now, a, said)
	if err := work.Add(tx, t); err != nil {
		return nil, err //nolint:wrapcheck // says what it was doing
	}
	if err := schedule(tx, a, plan.Schedule(t.Plan)); err != nil {
		return nil, err
	}
	return t, addMissing(tx, a, milestones(said, uktime.Day(tx.Now)))
}

func standing(tx *work.Tx, a *Award) (application.Standing, error) {
	all, err := application.StandingOf(tx, a.ApplicationID)
	return all[a.ApplicationID], err //nolint:wrapcheck // application has said what it was doing
}

// first are the terms that follow from what was submitted.
func first(now time.Time, a *Award, said application.Standing) *Terms {
	t := &Terms{ID: a.ID, Plan: Lines(plan.Scaled(costs(said), a.Amount)), Version: 1}
	today := uktime.Day(now)
	if plan.Total(t.Plan) != a.Amount { // the submission has no cost lines
		q, _ := plan.Of(today)
		t.Plan = Lines{{Year: q.Year, Quarter: q.Name, Use: "revenue", Amount: a.Amount}}
	}
	t.StartsOn = cmp.Or(string(said.Answers["DE1"].Date), today)
	t.EndsOn = cmp.Or(string(said.Answers["DE2"].Date), a.application.Call().Settings.SpendBy)
	if t.EndsOn < t.StartsOn {
		t.EndsOn = plan.Quarter{Year: t.Plan[len(t.Plan)-1].Year, Name: t.Plan[len(t.Plan)-1].Quarter}.End()
	}
	return t
}

// costs are the cost lines of a submission by quarter and use: the rows of its tables that have a year, a use and an amount.
func costs(said application.Standing) []plan.Line {
	var lines []plan.Line
	for _, row := range rowsWith(said, "year", "use", "amount") {
		year, use, quarter := one(row["year"]), one(row["use"]), cmp.Or(one(row["quarter"]), "q1")
		if amount := row["amount"].Amount; amount != nil && (plan.Quarter{Year: year, Name: quarter}).Valid() {
			lines = append(lines, plan.Line{Year: year, Quarter: quarter, Use: use, Amount: *amount})
		}
	}
	return plan.Merged(lines)
}

func one(v form.Value) string {
	if len(v.Choices) == 1 {
		return v.Choices[0]
	}
	return ""
}

// rowsWith are the rows of tables that have all of some columns, in the order of the questions.
func rowsWith(said application.Standing, columns ...string) []form.Row {
	codes := make([]form.Code, 0, len(said.Answers))
	for code := range said.Answers {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	var rows []form.Row
	for _, code := range codes {
		for _, row := range said.Answers[code].Rows {
			if !slices.ContainsFunc(columns, func(c string) bool { _, there := row[c]; return !there }) {
				rows = append(rows, row)
			}
		}
	}
	return rows
}

// milestones are those of the application that are still to come, as conditions.
func milestones(said application.Standing, today string) []Condition {
	var all []Condition
	for _, row := range rowsWith(said, "milestone", "due") {
		if due := string(row["due"].Date); due >= today && row["milestone"].Text != "" {
			all = append(all, Condition{Text: "Milestone: " + row["milestone"].Text, Owner: row["owner"].Text, Due: due, Source: FromMilestone})
		}
	}
	return all
}

// Promise is a benefit that the application promised.
type Promise struct{ Benefit, Measure string }

// Promised is what an application promised: what a return is compared with.
type Promised struct {
	Benefits []Promise
	Sites    int
	Patients string // people in the area or group that is served, as it was typed
}

// PromisedBy gives what the application of an award promised.
func PromisedBy(tx *work.Tx, a *Award) (Promised, error) {
	said, err := standing(tx, a)
	if err != nil {
		return Promised{}, err
	}
	p := Promised{Patients: said.Answers["RO2"].Number}
	for _, row := range rowsWith(said, "benefit", "measure") {
		p.Benefits = append(p.Benefits, Promise{row["benefit"].Text, row["measure"].Text})
	}
	p.Sites = len(rowsWith(said, "site", "live"))
	return p, nil
}

// toNHS reports whether the funding recipient is an NHS body, which gets a memorandum instead of a grant agreement.
func (s *Service) toNHS(tx *work.Tx, a *Award) (bool, error) {
	kind := a.application.LeadKind
	said, err := standing(tx, a)
	if err != nil {
		return false, err
	}
	if f, err := s.library.Form(said.Form); err == nil {
		if code := f.Organisation(form.RoleRecipient, said.Answers); code != "" && code != a.application.Lead {
			o, err := people.ByODS(tx, code)
			if err != nil {
				return false, err //nolint:wrapcheck // people has said what it was doing
			}
			if o != nil {
				kind = o.Kind
			}
		}
	}
	return slices.Contains([]string{"icb", "trust", "commissioning_support", "nhs_england"}, kind), nil
}

func today(tx *work.Tx) form.Date { return form.Date(uktime.Day(tx.Now)) }
