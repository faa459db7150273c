package fund

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/uktime"
)

// File is a round with its calls as a YAML file carries it: configs/rounds, `round create --file`.
type File struct {
	Round         string     `yaml:"round"`
	Title         string     `yaml:"title"`
	Budget        int64      `yaml:"budget"` // pounds
	SeniorOfficer string     `yaml:"senior_officer"`
	Notice        string     `yaml:"notice"`
	Source        []string   `yaml:"source"` // where the facts in the file are from
	Calls         []CallFile `yaml:"calls"`
}

// CallFile is a call in the file. Dates are UK time, "2026-10-12 12:00"; amounts are pounds.
type CallFile struct {
	Theme    string `yaml:"theme"`
	Title    string `yaml:"title"`
	Opens    string `yaml:"opens"`
	Closes   string `yaml:"closes"`
	Release  string `yaml:"release"`
	Budget   int64  `yaml:"budget"`
	AwardCap int64  `yaml:"award_cap"`
	Settings `yaml:",inline"`
}

var (
	roundPattern = regexp.MustCompile(`^[A-Z]{2}\d{2}$`)
	themePattern = regexp.MustCompile(`^[A-Z]{2,6}$`)
)

// Problem is what is wrong with a round or a call, by its key in the file, such as calls[0].method.limits[1].by. Pages find the field by it.
type Problem struct{ Key, Words string }

// String is the problem as the author of a file reads it.
func (p Problem) String() string {
	if p.Key == "" {
		return p.Words
	}
	return p.Key + ": " + p.Words
}

// under puts problems under the key of what they are a part of.
func under(key string, problems []Problem) []Problem {
	out := make([]Problem, len(problems))
	for i, p := range problems {
		out[i] = Problem{Key: key, Words: p.Words}
		if p.Key != "" {
			out[i].Key = key + "." + p.Key
		}
	}
	return out
}

// found collects problems.
type found []Problem

func (f *found) bad(key, format string, args ...any) {
	*f = append(*f, Problem{key, fmt.Sprintf(format, args...)})
}

// ParseFile reads a round file. The fault names everything that is wrong, by its place in the file.
func ParseFile(name string, data []byte) (File, error) {
	var f File
	if err := yaml.UnmarshalWithOptions(data, &f, yaml.Strict()); err != nil {
		return f, fault.New(fault.Invalid, "%s: %s", name, yaml.FormatError(err, false, false))
	}
	if problems := f.Problems(); len(problems) > 0 {
		lines := make([]string, len(problems))
		for i, p := range problems {
			lines[i] = p.String()
		}
		return f, fault.New(fault.Invalid, "%s: %s", name, strings.Join(lines, "\n"+name+": "))
	}
	return f, nil
}

// Write gives the file as YAML: what ParseFile reads.
func (f File) Write() ([]byte, error) {
	text, err := yaml.MarshalWithOptions(f, yaml.UseLiteralStyleIfMultiline(true), yaml.OmitEmpty())
	if err != nil {
		return nil, fmt.Errorf("writing the file of round %s: %w", f.Round, err)
	}
	return text, nil
}

// Problems says everything that is wrong with a round and its calls. There is no other check of them: pages show these beside their fields.
func (f File) Problems() []Problem {
	all := f.roundProblems()
	themes := map[string]bool{}
	for i, c := range f.Calls {
		at := fmt.Sprintf("calls[%d]", i)
		if themes[c.Theme] {
			all.bad(at+".theme", "%s is there twice", c.Theme)
		}
		themes[c.Theme] = true
		all = append(all, under(at, c.Problems())...)
	}
	return all
}

// roundProblems says what is wrong with the round itself.
func (f File) roundProblems() found {
	var all found
	if !roundPattern.MatchString(f.Round) {
		all.bad("round", "must be two letters and two digits, such as AF26")
	}
	all.title(f.Title)
	if !strings.Contains(f.SeniorOfficer, "@") || len(f.SeniorOfficer) > longestAddress {
		all.bad("senior_officer", "must be an e-mail address")
	}
	if f.Budget < 0 || f.Budget > int64(money.Limit/100) {
		all.bad("budget", "must be an amount in pounds")
	}
	if utf8.RuneCountInString(f.Notice) > longestNotice {
		all.bad("notice", "must be %d characters or fewer", longestNotice)
	}
	return all
}

// What the columns of rounds and calls hold, in characters.
const (
	longestTitle   = 200
	longestNotice  = 500
	longestAddress = 254
)

func (f *found) title(text string) {
	if strings.TrimSpace(text) == "" {
		f.bad("title", "is missing")
	} else if utf8.RuneCountInString(text) > longestTitle {
		f.bad("title", "must be %d characters or fewer", longestTitle)
	}
}

// moment reads a date and time of the file; the zero time if it is none.
func (f *found) moment(key, text string) time.Time {
	t, err := uktime.Parse(text)
	switch {
	case err != nil:
		f.bad(key, "%v", err)
		return time.Time{}
	case t.In(uktime.Zone()).Format(uktime.File) != strings.TrimSpace(text) && t.In(uktime.Zone()).Format(time.DateOnly) != strings.TrimSpace(text):
		f.bad(key, "there is no such time: the clocks go forward over it")
		return time.Time{}
	}
	return t
}

// Problems says what is wrong with a call.
func (c CallFile) Problems() []Problem {
	var all found
	if !themePattern.MatchString(c.Theme) {
		all.bad("theme", "must be two to six capital letters, such as CAR")
	}
	all.title(c.Title)
	opens, closes := all.moment("opens", c.Opens), all.moment("closes", c.Closes)
	if !opens.IsZero() && !closes.IsZero() && !closes.After(opens) {
		all.bad("closes", "must be after it opens")
	}
	if c.Release != "" {
		all.moment("release", c.Release)
	}
	return append(all, c.settings().problems()...)
}

// settings are the settings of the file with the amounts in pence and the defaults filled in.
func (c CallFile) settings() Settings {
	s := c.Settings
	s.Budget, s.AwardCap = money.Pounds(c.Budget), money.Pounds(c.AwardCap)
	s.Purpose, s.Guidance = strings.TrimSpace(s.Purpose), strings.TrimSpace(s.Guidance)
	return s.withDefaults()
}

// call makes the call of the file; its dates were checked.
func (c CallFile) call(r *Round, author string, now time.Time) (*Call, error) {
	opens, err := uktime.Parse(c.Opens)
	if err != nil {
		return nil, fmt.Errorf("reading the opening of %s: %w", c.Theme, err)
	}
	closes, err := uktime.Parse(c.Closes)
	if err != nil {
		return nil, fmt.Errorf("reading the deadline of %s: %w", c.Theme, err)
	}
	made := &Call{
		ID: ident.New[ident.Call](), RoundID: r.ID, Ref: ident.CallRef(string(r.Ref) + "-" + c.Theme), Theme: c.Theme, Title: c.Title,
		OpensAt: opens, ClosesAt: closes, Settings: c.settings(), Author: author, CreatedAt: now, Version: 1,
	}
	if c.Release != "" {
		release, err := uktime.Parse(c.Release)
		if err != nil {
			return nil, fmt.Errorf("reading the release of %s: %w", c.Theme, err)
		}
		made.ReleaseAt = &release
	}
	return made, nil
}

// FileOf gives a round with its calls as the file that makes them.
func FileOf(r *Round, calls []Call) File {
	f := File{Round: string(r.Ref), Title: r.Title, Budget: pounds(r.Budget), SeniorOfficer: r.SeniorOfficer, Notice: r.Notice}
	for i := range calls {
		f.Calls = append(f.Calls, calls[i].File())
	}
	return f
}

// File gives the call as the file carries it.
func (c *Call) File() CallFile {
	f := CallFile{
		Theme: c.Theme, Title: c.Title, Opens: uktime.InFile(c.OpensAt), Closes: uktime.InFile(c.ClosesAt),
		Budget: pounds(c.Settings.Budget), AwardCap: pounds(c.Settings.AwardCap), Settings: c.Settings,
	}
	f.Forms.Digests = nil
	if c.ReleaseAt != nil {
		f.Release = uktime.InFile(*c.ReleaseAt)
	}
	return f
}

func pounds(p money.Pence) int64 { return int64(p / 100) }
