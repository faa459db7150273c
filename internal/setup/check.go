package setup

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/letter"
	"adoptionfund/internal/money"
	"adoptionfund/internal/people"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Place is where something is put right.
type Place string

// The places besides the sections of a call.
const (
	AtRound     Place = "round"
	AtPeople    Place = "people"
	AtReviewers Place = "reviewers"
	AtLetters   Place = "letters"
)

// Finding is something that a call lacks, or that is odd about it.
type Finding struct {
	Blocks bool  // the opening cannot be approved before it is put right
	At     Place // a section of the call by its path, or another place
	Words  string
}

// findings collects what is found.
type findings []Finding

func (f *findings) error(at Place, format string, args ...any) {
	*f = append(*f, Finding{true, at, fmt.Sprintf(format, args...)})
}

func (f *findings) warn(at Place, format string, args ...any) {
	*f = append(*f, Finding{false, at, fmt.Sprintf(format, args...)})
}

// check finds everything that is missing or odd before a call opens; what blocks comes first. A call that has opened is not checked.
func (s *Service) check(tx *work.Tx, r *fund.Round, c *fund.Call) ([]Finding, error) {
	if !c.Changeable() {
		return nil, nil
	}
	var f findings
	s.missing(&f, c)
	timetable(&f, c, tx.Now)
	if err := budgets(tx, &f, r, c); err != nil {
		return nil, err
	}
	s.versions(&f, c)
	if err := hands(tx, &f, r, c); err != nil {
		return nil, err
	}
	if err := texts(tx, &f, r); err != nil {
		return nil, err
	}
	slices.SortStableFunc(f, func(a, b Finding) int {
		switch {
		case a.Blocks == b.Blocks:
			return 0
		case a.Blocks:
			return -1
		default:
			return 1
		}
	})
	return f, nil
}

// missing names the settings without which a call does not open, and what the check of the file finds.
func (s *Service) missing(f *findings, c *fund.Call) {
	file := c.File()
	answers := s.call.Answers(file)
	problems := form.Check(s.call.Form, nil, answers, form.How{Mode: form.Complete})
	for name, words := range s.call.Placed(file, file.Problems()) {
		problems[name] = words
	}
	for _, section := range s.call.Form.Sections {
		in := within(section, problems)
		for _, name := range in.Names() {
			f.error(Place(section.Path()), "%s", in[name])
		}
	}
}

// timetable looks at what the dates of a call are to one another.
func timetable(f *findings, c *fund.Call, now time.Time) {
	const section, week = Place("dates"), 7 * 24 * time.Hour
	if !c.OpensAt.After(now) && c.State == workflow.CallDraft {
		f.warn(section, "The day of opening has passed: the call opens as soon as it is approved")
	}
	if !c.ClosesAt.After(now) {
		f.error(section, "The deadline has passed")
	}
	if c.ClosesAt.Sub(c.OpensAt) < 2*week {
		f.warn(section, "The call is open for less than two weeks")
	}
	if d := c.ClosesAt.In(uktime.Zone()).Weekday(); d == time.Saturday || d == time.Sunday {
		f.warn(section, "The deadline is on a %s", d)
	}
	reviewed := c.ClosesAt.AddDate(0, 0, c.Settings.Review.Days)
	switch {
	case c.ReleaseAt == nil:
		f.warn(section, "No day is planned for the release of the decisions")
	case !c.ReleaseAt.After(c.ClosesAt):
		f.error(section, "The release is not after the deadline")
	case c.ReleaseAt.Before(reviewed):
		f.warn(section, "The release is before reviewers have had their %d days after the deadline", c.Settings.Review.Days)
	}
	spend, set := day(c.Settings.SpendBy)
	switch {
	case !set:
		f.warn(section, "No day is set by which an award must be spent")
	case !spend.After(c.ClosesAt):
		f.error(section, "The day by which an award must be spent is not after the deadline")
	case c.ReleaseAt != nil && !spend.After(*c.ReleaseAt):
		f.error(section, "The day by which an award must be spent is not after the release")
	}
	if action, set := day(c.Settings.DTAC.LatestAction); set && !action.After(c.ClosesAt) {
		f.error("dtac", "The latest day of an agreed DTAC action is not after the deadline")
	}
}

// budgets looks at the money of the call beside that of the round and its other calls.
func budgets(tx *work.Tx, f *findings, r *fund.Round, c *fund.Call) error {
	calls, err := fund.CallsOf(tx, r.ID)
	if err != nil {
		return err //nolint:wrapcheck // fund has said what it was doing
	}
	var own money.Pence
	for i := range calls {
		own += calls[i].Settings.Budget
	}
	s := c.Settings
	share := s.Budget
	if share == 0 {
		share = r.Budget - own
	}
	switch {
	case s.Budget == 0 && r.Budget == 0:
		f.error("money", "Neither the call nor the round has a budget")
	case own > r.Budget && r.Budget > 0:
		f.error("money", "The budgets of the calls add up to %s, more than the round's %s", own, r.Budget)
	case share <= 0:
		f.error("money", "The other calls leave nothing of the round's budget to share")
	}
	if s.AwardCap == 0 {
		f.warn("money", "There is no limit to what one application can ask for")
	} else if s.AwardCap > share && share > 0 {
		f.warn("money", "One application can ask for more than the whole budget")
	}
	var pots money.Pence
	for _, p := range s.Method.Budgets {
		pots += money.Pounds(p.Pounds)
	}
	if pots > share && share > 0 {
		f.error("money", "The budgets by year and use add up to %s, more than the budget of %s", pots, share)
	}
	limits(f, calls, s.Method)
	return nil
}

// limits looks at whether the round has the themes that are bounded.
func limits(f *findings, calls []fund.Call, m fund.Method) {
	for i, l := range m.Limits {
		if l.By == "theme" && l.Value != "*" && !slices.ContainsFunc(calls, func(other fund.Call) bool { return other.Theme == l.Value }) {
			f.warn("method", "Limit %d is on the theme %s, which no call of the round has", i+1, l.Value)
		}
	}
}

// versions looks at whether the form, the rubric, the rules and the DTAC forms of a call fit together.
func (s *Service) versions(f *findings, c *fund.Call) {
	set := c.Settings
	if set.Forms.DTAC == nil {
		set.Forms.DTAC = []string{}
	}
	if of, known := s.rules[set.Forms.Rules]; !known {
		f.error("forms", "There are no rules %s for calls", set.Forms.Rules)
	} else if of.FormID != set.Forms.Application {
		f.error("forms", "The rules %s are for the form %s, not for %s", set.Forms.Rules, of.FormID, set.Forms.Application)
	}
	for _, q := range slices.Concat(set.DTAC.NeverDefer, set.DTAC.Require) {
		if !slices.ContainsFunc(set.Forms.DTAC, func(id string) bool {
			questions, err := s.library.Form(id)
			if err != nil {
				return false
			}
			_, known := questions.Question(form.Code(q))
			return known
		}) {
			f.error("dtac", "No DTAC form that is accepted has a question %s", q)
		}
	}
	if set.DTAC.D1Minimum != nil && !slices.Contains(set.Forms.DTAC, "dtac-v1") {
		f.error("dtac", "A least percentage of D1 is for version 1 of the DTAC form alone, which the call does not accept")
	}
	parts, err := s.rubrics.Rubric(set.Forms.Rubric)
	if err != nil {
		f.error("forms", "There is no rubric %s", set.Forms.Rubric)
		return
	}
	scored(f, c, parts)
}

// scored looks at whether every part of the rubric has somebody who scores it.
func scored(f *findings, c *fund.Call, parts *rubric.Rubric) {
	reviews := c.Settings.Review.Kinds
	for _, p := range parts.Parts {
		if p.Source != rubric.Reviewers || !p.AppliesTo(c.Theme) {
			continue
		}
		if !slices.ContainsFunc(p.Kinds, func(k rubric.Kind) bool { return reviews[string(k)] > 0 }) {
			f.error("review", "Nobody scores %s %s: no review is asked for of a kind that does", p.Code, p.Title)
		}
	}
	for _, part := range slices.Sorted(maps.Keys(c.Settings.Method.MinParts)) {
		if parts.Part(rubric.Code(part)) == nil {
			f.error("method", "The rubric %s has no part %s, for which there is a least score", parts.ID, part)
		}
	}
}

// need is work in a call for which there must be people.
type need struct {
	act   access.Action
	least int
	who   string
	why   string
}

func needs() []need {
	return []need{
		{access.RecordFinding, 2, "eligibility officers", "a second one confirms that an application is ineligible"},
		{access.RecordPosition, 1, "DTAC assessors", "the position on each product is theirs"},
		{access.MakeProposal, 2, "panel chairs and deputies", "a deputy acts where the chair is recused"},
		{access.ApproveProposal, 1, "award approvers", "the decisions are theirs"},
	}
}

// hands looks at whether there are people for what comes.
func hands(tx *work.Tx, f *findings, r *fund.Round, c *fund.Call) error {
	for _, n := range needs() {
		if n.act == access.ApproveProposal && secondNeeded(c, r) {
			n.least, n.why = 2, "the budget is above what one may approve"
		}
		who, err := people.WhoMay(tx, n.act, c.Scope())
		if err != nil {
			return err //nolint:wrapcheck // people has said what it was doing
		}
		if len(who) < n.least {
			f.warn(AtPeople, "%d of at least %d %s: %s", len(who), n.least, n.who, n.why)
		}
	}
	senior, err := people.WhoMay(tx, access.ApproveOpening, c.Scope())
	if err != nil {
		return err //nolint:wrapcheck // people has said what it was doing
	}
	switch {
	case len(senior) == 0:
		f.error(AtPeople, "Nobody holds the role that approves the opening: the senior officer responsible")
	case !slices.ContainsFunc(senior, func(p people.Person) bool { return p.Email == r.SeniorOfficer }):
		f.warn(AtPeople, "%s, who is named as senior officer, does not hold the role", r.SeniorOfficer)
	}
	return pool(tx, f, r, c)
}

// secondNeeded reports whether a proposal for the whole budget needs two approvers.
func secondNeeded(c *fund.Call, r *fund.Round) bool {
	budget := c.Settings.Budget
	if budget == 0 {
		budget = r.Budget
	}
	a := c.Settings.Approval
	above := func(pounds int64) bool { return pounds > 0 && budget > money.Pounds(pounds) }
	return above(a.SecondAbovePounds) || above(a.DelegatedPounds)
}

// pool looks at whether there are reviewers of every kind that the call asks for.
func pool(tx *work.Tx, f *findings, r *fund.Round, c *fund.Call) error {
	reviewers, err := assignment.ReviewersIn(tx, r.ID)
	if err != nil {
		return err //nolint:wrapcheck // assignment has said what it was doing
	}
	if len(reviewers) == 0 {
		f.warn(AtReviewers, "The round has no reviewers yet")
		return nil
	}
	ready := map[string]int{}
	for _, one := range reviewers {
		if one.Assignable(tx.Now) {
			ready[one.Kind]++
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(c.Settings.Review.Kinds)) {
		if least := c.Settings.Review.Kinds[kind]; ready[kind] < least {
			f.warn(AtReviewers, "Each application gets %d reviews of the kind %s, and %d such reviewers can be asked", least, kind, ready[kind])
		}
	}
	return nil
}

// texts looks at the letters of the round.
func texts(tx *work.Tx, f *findings, r *fund.Round) error {
	state, err := letter.Readiness(tx, r.ID)
	if err != nil {
		return err //nolint:wrapcheck // letter has said what it was doing
	}
	if len(state.Own) > 0 {
		f.warn(AtLetters, "The round has no text of its own for these letters, so that the program's is used: %s", strings.Join(state.Own, ", "))
	}
	for _, words := range state.Wrong {
		f.warn(AtLetters, "%s", words)
	}
	return nil
}
