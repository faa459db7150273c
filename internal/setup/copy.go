package setup

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/letter"
	"adoptionfund/internal/people"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
)

// Held is a role that somebody holds in a round or in one of its calls, and could hold in the copy.
type Held struct {
	Grant people.Grant
	Name  string
	Role  string        // as people call it
	Call  ident.CallRef // empty: in the round
}

// Pooled is a reviewer of a round who could be invited to the copy.
type Pooled struct {
	Person ident.Person
	Name   string
	Kind   string
}

// Copying is a round with what can be copied of it.
type Copying struct {
	Round     fund.Round
	Calls     []fund.Call
	Letters   int // kinds of letters for which the round has a text of its own
	Roles     []Held
	Reviewers []Pooled
	Newer     []string      // newer published versions of what the calls use
	Kinds     []form.Option // of reviewers, with what people call them
}

// ByYear reports whether a call of the round has a budget for costs of one financial year.
func (c Copying) ByYear() bool {
	return slices.ContainsFunc(c.Calls, func(call fund.Call) bool {
		return slices.ContainsFunc(call.Settings.Method.Budgets, func(b fund.Pot) bool { return b.Year != "" })
	})
}

// Copying gives what can be copied of a round.
func (s *Service) Copying(ctx context.Context, ref ident.RoundRef) (Copying, error) {
	var c Copying
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		r, err := permitted(tx, ref, access.ViewRound)
		if err != nil {
			return err
		}
		tx.Saw("people of round", string(ref))
		c, err = s.copying(tx, r)
		return err
	})
	return c, err //nolint:wrapcheck // says what it was doing
}

func (s *Service) copying(tx *work.Tx, r *fund.Round) (Copying, error) {
	c := Copying{Round: *r}
	var err error
	if c.Calls, err = fund.CallsOf(tx, r.ID); err != nil {
		return c, err //nolint:wrapcheck // fund has said what it was doing
	}
	state, err := letter.Readiness(tx, r.ID)
	if err != nil {
		return c, err //nolint:wrapcheck // letter has said what it was doing
	}
	c.Letters = len(letter.Kinds()) - len(state.Own)
	if err := c.addRoles(tx, s.people.RoleLabel); err != nil {
		return c, err
	}
	if err := c.addReviewers(tx); err != nil {
		return c, err
	}
	c.Newer = s.newer(c.Calls)
	c.Kinds = s.kinds()
	return c, nil
}

// addRoles adds who holds which role below the round. Nobody's own: they cannot give themselves one. Reviewers are invited anew.
func (c *Copying) addRoles(tx *work.Tx, label func(string) string) error {
	grants, err := people.GrantsIn(tx, c.Round.ID)
	if err != nil {
		return err //nolint:wrapcheck // people has said what it was doing
	}
	reviewing := people.RolesFor(tx, access.SaveReview, c.Round.Scope())
	var ids []ident.Person
	for _, g := range grants {
		ids = append(ids, g.Person)
	}
	names, err := people.Names(tx, ids...)
	if err != nil {
		return err //nolint:wrapcheck // people has said what it was doing
	}
	for _, g := range grants {
		if g.Person == tx.By.ID || slices.Contains(reviewing, g.Role) {
			continue
		}
		held := Held{Grant: g, Name: names[g.Person], Role: label(g.Role)}
		for _, call := range c.Calls {
			if call.ID == g.CallID {
				held.Call = call.Ref
			}
		}
		c.Roles = append(c.Roles, held)
	}
	slices.SortStableFunc(c.Roles, func(a, b Held) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

func (c *Copying) addReviewers(tx *work.Tx) error {
	rows, err := assignment.ReviewersIn(tx, c.Round.ID)
	if err != nil {
		return err //nolint:wrapcheck // assignment has said what it was doing
	}
	ids := make([]ident.Person, len(rows))
	for i, row := range rows {
		ids[i] = row.Person
	}
	names, err := people.Names(tx, ids...)
	if err != nil {
		return err //nolint:wrapcheck // people has said what it was doing
	}
	for _, row := range rows {
		if row.Person != tx.By.ID {
			c.Reviewers = append(c.Reviewers, Pooled{row.Person, names[row.Person], row.Kind})
		}
	}
	slices.SortStableFunc(c.Reviewers, func(a, b Pooled) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

// kinds are the kinds of reviewers as a call is asked for them.
func (s *Service) kinds() []form.Option {
	q, _ := s.call.Form.Question("REVIEWKINDS")
	kind, _ := q.Column("kind")
	return kind.Options
}

var numbered = regexp.MustCompile(`^(.*?)(\d+)$`)

// newer names the versions of files that are newer than those that the calls use.
func (s *Service) newer(calls []fund.Call) []string {
	var found []string
	for _, v := range versioned() {
		q, _ := s.call.Form.Question(v.code)
		for _, c := range calls {
			used := s.call.Answers(c.File())[v.code].Choices
			for _, o := range q.Options {
				line := fmt.Sprintf("%s uses %s; %s is newer (%s)", c.Ref, strings.Join(used, ", "), o.Value, strings.ToLower(q.Name()))
				if len(used) > 0 && !slices.ContainsFunc(used, func(id string) bool { return !older(id, o.Value) }) {
					found = append(found, line)
				}
			}
		}
	}
	return found
}

// older reports whether a version comes before another one of the same file.
func older(a, b string) bool {
	x, y := numbered.FindStringSubmatch(a), numbered.FindStringSubmatch(b)
	if x == nil || y == nil || x[1] != y[1] {
		return false
	}
	m, err := strconv.Atoi(x[2])
	n, err2 := strconv.Atoi(y[2])
	return err == nil && err2 == nil && m < n
}

// Copy is what is copied of a round, and what differs in the copy.
type Copy struct {
	Ref       string
	Title     string
	Days      string                                       // by how many all dates are later, as typed
	Day       func(call ident.CallRef, date string) string // a day of a call as typed in place of that: opens, closes, release
	Calls     []string                                     // references
	Letters   bool
	Roles     []string // ids of grants
	Reviewers []string // ids of persons
}

// Copy makes a round from another one: its calls with their settings, and of letters, roles and reviewers what is chosen. Nothing of
// applications is copied. Whoever copies is the author of all of it, and grants each role themselves.
func (s *Service) Copy(ctx context.Context, from ident.RoundRef, in Copy) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error { //nolint:wrapcheck // says what it was doing
		r, err := permitted(tx, from, access.ViewRound)
		if err != nil {
			return err
		}
		c, err := s.copying(tx, r)
		if err != nil {
			return err
		}
		files, err := in.files(c)
		if err != nil {
			return err
		}
		made, err := fund.CreateRound(tx, files.round, &r.ID)
		if fault.Is(err, fault.Conflict) {
			return fault.Fields(fault.Problems{"ref": "There is a round " + in.Ref + " already"}) //nolint:wrapcheck // words for the person
		}
		if err != nil {
			return err //nolint:wrapcheck // fund has said what it was doing
		}
		calls := map[ident.Call]ident.Call{}
		for i, f := range files.round.Calls {
			call, err := s.funds.AddCall(tx, made, f, &files.from[i])
			if err != nil {
				return err //nolint:wrapcheck // fund has said what it was doing
			}
			calls[files.from[i]] = call.ID
		}
		return s.copyPeople(tx, c, made, calls, in)
	})
}

// copyPeople copies the letters, the roles that were ticked, and invites the reviewers who were.
func (s *Service) copyPeople(tx *work.Tx, c Copying, made *fund.Round, calls map[ident.Call]ident.Call, in Copy) error {
	if in.Letters {
		if err := letter.CopyTemplates(tx, c.Round.ID, made); err != nil {
			return err //nolint:wrapcheck // letter has said what it was doing
		}
	}
	for _, held := range c.Roles {
		at, copied := place(made, calls, held)
		if !copied || !slices.Contains(in.Roles, held.Grant.ID) {
			continue
		}
		if err := people.GrantInside(tx, s.people, held.Grant.Person, held.Grant.Role, at); err != nil {
			return err //nolint:wrapcheck // people has said what it was doing
		}
	}
	var invited []ident.Person
	for _, one := range c.Reviewers {
		if slices.Contains(in.Reviewers, string(one.Person)) {
			invited = append(invited, one.Person)
		}
	}
	if len(invited) == 0 {
		return nil
	}
	return assignment.InviteTo(tx, s.assignments, &c.Round, made, invited) //nolint:wrapcheck // assignment has said what it was doing
}

// place is where a role is held in the copy; false if its call is not copied.
func place(made *fund.Round, calls map[ident.Call]ident.Call, held Held) (access.Scope, bool) {
	at := made.Scope()
	if held.Grant.CallID == "" {
		return at, true
	}
	var copied bool
	at.Call, copied = calls[held.Grant.CallID]
	return at, copied
}

// copied is the file of a copy, with the call that each of its calls is from.
type copied struct {
	round fund.File
	from  []ident.Call
}

// files makes the file of the copy, and names what is wrong with it by the inputs of the page.
func (in Copy) files(c Copying) (copied, error) {
	problems := fault.Problems{}
	days, err := strconv.Atoi(strings.TrimSpace(in.Days))
	if in.Days != "" && err != nil || days < -4000 || days > 4000 {
		problems["days"] = "Enter a whole number of days, such as 364, or leave it empty"
	}
	out := copied{round: fund.FileOf(&c.Round, nil)}
	out.round.Round, out.round.Title = strings.ToUpper(in.Ref), in.Title
	for i := range c.Calls {
		if call := &c.Calls[i]; slices.Contains(in.Calls, string(call.Ref)) {
			out.round.Calls = append(out.round.Calls, in.call(call, days, problems))
			out.from = append(out.from, call.ID)
		}
	}
	for _, p := range out.round.Problems() {
		name, words := in.place(c, out, p)
		if _, known := problems[name]; !known {
			problems[name] = words
		}
	}
	return out, fault.Fields(problems) //nolint:wrapcheck // words for the person
}

// place finds the input of a problem of the copy, and says it.
func (in Copy) place(c Copying, out copied, p fund.Problem) (input, words string) {
	switch p.Key {
	case "round":
		return "ref", said("The reference", p.Words)
	case "title":
		return "title", said("The title", p.Words)
	}
	m := callOfKey.FindStringSubmatch(p.Key)
	if m == nil {
		return p.Key, p.String()
	}
	at, err := strconv.Atoi(m[1])
	if err != nil {
		return p.Key, p.String()
	}
	i := slices.IndexFunc(c.Calls, func(call fund.Call) bool { return call.ID == out.from[at] })
	ref := c.Calls[i].Ref
	return DateInput(ref, m[2]), said(map[string]string{"opens": "The opening", "closes": "The deadline", "release": "The release"}[m[2]]+" of "+string(ref), p.Words)
}

var callOfKey = regexp.MustCompile(`^calls\[(\d+)\]\.(opens|closes|release)$`)

// DateInput is the name of the input for a day of a call.
func DateInput(call ident.CallRef, date string) string { return date + "-" + string(call) }

// call is a call of the copy: all its days so many later, but for those that were typed. Times of day stay as they are on the clock.
func (in Copy) call(c *fund.Call, days int, problems fault.Problems) fund.CallFile {
	f := c.File()
	for _, at := range []struct {
		date string
		text *string
	}{{"opens", &f.Opens}, {"closes", &f.Closes}, {"release", &f.Release}} {
		typed := strings.TrimSpace(in.Day(c.Ref, at.date))
		if typed == "" {
			*at.text = later(*at.text, days)
			continue
		}
		day, ok := form.ReadDate(typed)
		if !ok {
			problems[DateInput(c.Ref, at.date)] = "Enter a day, such as 14 October 2026"
			continue
		}
		_, clock, _ := strings.Cut(*at.text, " ")
		*at.text = strings.TrimSpace(string(day) + " " + clock)
	}
	f.SpendBy, f.DTAC.LatestAction = later(f.SpendBy, days), later(f.DTAC.LatestAction, days)
	f.Method.Budgets = slices.Clone(f.Method.Budgets)
	for i := range f.Method.Budgets {
		f.Method.Budgets[i].Year = yearsLater(f.Method.Budgets[i].Year, years(days))
	}
	return f
}

// years are the days by which a round is moved in whole years, to the nearest: 364 are one.
func years(days int) int { return int(math.Round(float64(days) / 365.25)) }

// yearsLater is a financial year as cost lines name it, such as 2026_27, so many years later. Any other text stays.
func yearsLater(year string, n int) string {
	first, _, _ := strings.Cut(year, "_")
	begins, err := strconv.Atoi(first)
	if err != nil || first == year {
		return year
	}
	return fmt.Sprintf("%d_%02d", begins+n, (begins+n+1)%100)
}

// later is a day of a file, with its time of day if it has one, so many days later in the United Kingdom.
func later(text string, days int) string {
	day, clock, timed := strings.Cut(text, " ")
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return text
	}
	day = t.AddDate(0, 0, days).Format(time.DateOnly)
	if !timed {
		return day
	}
	if _, ok := uktime.At(day, clock); !ok {
		clock = uktime.Noon // the clocks go forward over the other
	}
	return day + " " + clock
}
