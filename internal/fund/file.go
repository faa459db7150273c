package fund

import (
	"fmt"
	"regexp"
	"strings"
	"time"

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

// ParseFile reads a round file. The fault names everything that is wrong, by its place in the file.
func ParseFile(name string, data []byte) (File, error) {
	var f File
	if err := yaml.UnmarshalWithOptions(data, &f, yaml.Strict()); err != nil {
		return f, fault.New(fault.Invalid, "%s: %s", name, yaml.FormatError(err, false, false))
	}
	if found := f.problems(); len(found) > 0 {
		return f, fault.New(fault.Invalid, "%s: %s", name, strings.Join(found, "\n"+name+": "))
	}
	return f, nil
}

func (f File) problems() []string {
	var found []string
	bad := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	if !roundPattern.MatchString(f.Round) {
		bad("round: must be two letters and two digits, such as AF26")
	}
	if strings.TrimSpace(f.Title) == "" {
		bad("title: is missing")
	}
	if !strings.Contains(f.SeniorOfficer, "@") {
		bad("senior_officer: must be an e-mail address")
	}
	if f.Budget < 0 || f.Budget > int64(money.Limit/100) {
		bad("budget: must be an amount in pounds")
	}
	themes := map[string]bool{}
	for i, c := range f.Calls {
		at := fmt.Sprintf("calls[%d]", i)
		if themes[c.Theme] {
			bad("%s.theme: %s is there twice", at, c.Theme)
		}
		themes[c.Theme] = true
		for _, p := range c.problems() {
			bad("%s.%s", at, p)
		}
	}
	return found
}

func (c CallFile) problems() []string {
	var found []string
	if !themePattern.MatchString(c.Theme) {
		found = append(found, "theme: must be two to six capital letters, such as CAR")
	}
	if strings.TrimSpace(c.Title) == "" {
		found = append(found, "title: is missing")
	}
	opens, err := uktime.Parse(c.Opens)
	if err != nil {
		found = append(found, "opens: "+err.Error())
	}
	closes, err2 := uktime.Parse(c.Closes)
	if err2 != nil {
		found = append(found, "closes: "+err2.Error())
	}
	if err == nil && err2 == nil && !closes.After(opens) {
		found = append(found, "closes: must be after it opens")
	}
	if c.Release != "" {
		if _, err := uktime.Parse(c.Release); err != nil {
			found = append(found, "release: "+err.Error())
		}
	}
	return append(found, c.settings().problems()...)
}

// settings are the settings of the file with the amounts in pence and the defaults filled in.
func (c CallFile) settings() Settings {
	s := c.Settings
	s.Budget, s.AwardCap = money.Pounds(c.Budget), money.Pounds(c.AwardCap)
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
