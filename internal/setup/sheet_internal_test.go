package setup

import (
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"adoptionfund/configs"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/rubric"
)

// sheets are the questions of a round and of a call, with the published versions to choose from.
func sheets(tb testing.TB) (round, call *Sheet) {
	tb.Helper()
	library, err := fund.NewLibrary(configs.FS)
	if err != nil {
		tb.Fatal(err)
	}
	rubrics, err := rubric.NewLibrary(configs.FS)
	if err != nil {
		tb.Fatal(err)
	}
	s, err := NewService(nil, Rooms{Library: library, Rubrics: rubrics, Files: configs.FS})
	if err != nil {
		tb.Fatal(err)
	}
	return s.round, s.call
}

// TestEverySettingIsAsked: a setting for which there is no question could be set in a file alone.
func TestEverySettingIsAsked(t *testing.T) {
	t.Parallel()
	round, call := sheets(t)
	for _, of := range []struct {
		sheet *Sheet
		but   []string // calls are made one by one, and facts from outside have no source in a browser
	}{{round, []string{"CALLS", "SOURCE"}}, {call, nil}} {
		for code, at := range of.sheet.fields {
			if _, asked := of.sheet.Form.Question(code); !asked && !slices.Contains(of.but, string(code)) {
				t.Errorf("%s: nothing asks for %s", of.sheet.Form.File, at.key)
			}
		}
	}
}

// typed is what a browser sends of a file: what stands in the inputs of every section, one page after the other.
func typed(s *Sheet, file any, into any) fault.Problems {
	all := fault.Problems{}
	answers := s.Answers(file)
	for _, section := range s.Form.Sections {
		values := map[string][]string{}
		for _, q := range section.Questions {
			values[form.ShownName(q.Code)] = []string{""}
			maps.Copy(values, form.Inputs(q, answers[q.Code]))
		}
		_, problems := bind(s, into, section, values)
		maps.Copy(all, problems)
	}
	return all
}

// same compares two files of calls as their settings come out: with the defaults, and without what an empty list is.
func same(a, b fund.CallFile) string {
	return cmp.Diff(written(a), written(b))
}

func written(c fund.CallFile) string {
	text, err := fund.File{Calls: []fund.CallFile{c}}.Write()
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// TestTheFileAndTheBrowserMakeTheSameCall, for every call that comes with the program.
func TestTheFileAndTheBrowserMakeTheSameCall(t *testing.T) {
	t.Parallel()
	round, call := sheets(t)
	paths, err := fs.Glob(configs.FS, "rounds/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range paths {
		data, err := configs.FS.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		f, err := fund.ParseFile(p, data)
		if err != nil {
			t.Fatal(err)
		}
		var again fund.File
		if problems := typed(round, f, &again); len(problems) > 0 {
			t.Error(problems)
		}
		again.Calls, again.Source = f.Calls, f.Source
		if d := cmp.Diff(f, again); d != "" {
			t.Errorf("%s: %s", p, d)
		}
		for _, c := range f.Calls {
			c.Guidance = strings.TrimSpace(c.Guidance) // as the fund keeps it
			var again fund.CallFile
			if problems := typed(call, c, &again); len(problems) > 0 {
				t.Errorf("%s: %v", c.Theme, problems)
			}
			if d := same(c, again); d != "" {
				t.Errorf("%s: %s", c.Theme, d)
			}
		}
	}
}

// TestAnySettingsComeBackAsTheyWere: settings to the inputs of a browser and back are the same settings, whatever they are.
func TestAnySettingsComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	_, call := sheets(t)
	rapid.Check(t, func(t *rapid.T) {
		c := drawn(t)
		var again fund.CallFile
		problems := typed(call, c, &again)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		if d := same(c, again); d != "" {
			t.Fatal(d)
		}
		if d := cmp.Diff(call.Placed(c, c.Problems()), call.Placed(again, again.Problems())); d != "" {
			t.Fatal(d)
		}
	})
}

func drawn(t *rapid.T) fund.CallFile {
	word := rapid.StringMatching(`[A-Za-z0-9£:'"#,.é-]{1,12}( [a-z]{1,9}){0,4}`)
	words := func(name string) []string { return rapid.SliceOfN(word, 0, 4).Draw(t, name) }
	day := rapid.SampledFrom([]string{"", "2031-03-30", "2031-10-26", "2032-02-29"})
	moment := rapid.SampledFrom([]string{"2031-03-30 00:30", "2031-10-26 12:00", "2032-02-29 23:59"})
	pounds, n := rapid.Int64Range(0, 9_000_000), rapid.IntRange(0, 9)
	counts := rapid.MapOfN(rapid.SampledFrom([]string{"clinical", "technical", "ppv"}), n, 0, 3)
	c := fund.CallFile{
		Theme: "CAR", Title: word.Draw(t, "title"), Opens: moment.Draw(t, "opens"), Closes: moment.Draw(t, "closes"),
		Budget: pounds.Draw(t, "budget"), AwardCap: pounds.Draw(t, "cap"),
	}
	c.Purpose, c.Benefits, c.MustInclude = strings.Join(words("purpose"), "\n"), words("benefits"), words("must")
	for _, title := range words("priorities") {
		c.Priorities = append(c.Priorities, fund.Priority{Code: "P1", Title: title})
	}
	c.WhoMayLead = rapid.SampledFrom([][]string{nil, {"icb"}, {"icb", "trust"}, {"pcn", "local_authority"}}).Draw(t, "lead")
	c.PerLead, c.SystemNames, c.SpendBy = n.Draw(t, "per lead"), rapid.Bool().Draw(t, "names"), day.Draw(t, "spend by")
	c.Forms = fund.Forms{Application: "application-1", Rubric: "default-1", Rules: "default-2", DTAC: []string{"dtac-v1", "dtac-v2"}}
	c.DTAC = fund.DTAC{LatestAction: day.Draw(t, "action"), NeverDefer: words("defer"), Assess: "all", D1Minimum: rapid.Ptr(rapid.Float64Range(0, 100), true).Draw(t, "d1")}
	if c.DTAC.D1Minimum != nil {
		*c.DTAC.D1Minimum = float64(int(*c.DTAC.D1Minimum*10)) / 10
	}
	c.Review = fund.Review{Kinds: counts.Draw(t, "kinds"), Quorum: counts.Draw(t, "quorum"), ApartBy: n.Draw(t, "apart"), Days: n.Draw(t, "days"), MaskNames: rapid.Bool().Draw(t, "mask"), HeldBack: n.Draw(t, "held")}
	c.Method = fund.Method{Ranking: "raw", Strategy: "merit", Objective: "score_by_amount", Band: "panel", Partial: rapid.Bool().Draw(t, "partial"), Pooled: rapid.Bool().Draw(t, "pooled"), MinScore: float64(n.Draw(t, "score")) / 4, Reserve: n.Draw(t, "reserve")}
	for range n.Draw(t, "limits") {
		c.Method.Limits = append(c.Method.Limits, fund.Limit{
			By: rapid.SampledFrom([]string{"theme", "region", "organisation"}).Draw(t, "by"), Value: word.Draw(t, "value"), MinPounds: pounds.Draw(t, "least"),
			MaxPounds: rapid.Ptr(pounds, true).Draw(t, "most"), MaxCount: rapid.Ptr(n, true).Draw(t, "most awards"), MinCount: n.Draw(t, "fewest"),
		})
	}
	for range rapid.IntRange(0, 3).Draw(t, "pots") {
		c.Method.Budgets = append(c.Method.Budgets, fund.Pot{Name: word.Draw(t, "pot"), Use: rapid.SampledFrom([]string{"", "capital", "revenue"}).Draw(t, "use"), Pounds: pounds.Draw(t, "pounds")})
	}
	return c
}

// TestWhatTheFileCheckFindsStandsAtItsField, and where it cannot be placed it keeps its key.
func TestWhatTheFileCheckFindsStandsAtItsField(t *testing.T) {
	t.Parallel()
	_, call := sheets(t)
	c := fund.CallFile{Theme: "car", Title: "A", Opens: "2031-01-06 09:30", Closes: "2031-01-05 12:00", Settings: fund.Settings{
		Review: fund.Review{Kinds: map[string]int{"clinical": 1, "technical": 12}, HeldBack: 9000},
		Method: fund.Method{
			Objective: "score", MinScore: 101, MinParts: map[string]float64{"EV1": 6},
			Limits: []fund.Limit{{By: "theme", Value: "CAR", MaxCount: new(int)}, {By: "colour", Value: "*", MinCount: 1}, {By: "region", Value: "*"}}, Budgets: []fund.Pot{{Name: "A", Year: "2031"}},
		},
	}}
	found := call.Placed(c, c.Problems())
	for name, part := range map[string]string{
		"THEME": "Theme must be two to six capital letters", "CLOSES": "must be after it opens", "REVIEWKINDS[1].reviews": "Reviews in row 2 of Reviews of each application must be between 0 and 9",
		"REVIEWHELDBACK": "must be between 0 and 5,000", "METHODOBJECTIVE": "Worth of a portfolio: score is an objective", "METHODMINSCORE": "Least total must be between 0 and 100",
		"METHODMINPARTS[0].least": "must be between 0 and 5", "METHODLIMITS[1].by": "By in row 2 of Limits must be theme", "METHODLIMITS": "limits nothing", "METHODBUDGETS[0].year": "must be a financial year",
	} {
		if !strings.Contains(found[name], part) {
			t.Errorf("%s: %q, not %q", name, found[name], part)
		}
	}
	if len(found) != 10 {
		t.Errorf("%d: %v", len(found), found)
	}
}

// TestWhatCannotBeReadIsNamedByItsInput and does not reach the file.
func TestWhatCannotBeReadIsNamedByItsInput(t *testing.T) {
	t.Parallel()
	_, call := sheets(t)
	var c fund.CallFile
	for code, values := range map[string]map[string][]string{
		"dates":  {"OPENS-day": {"28"}, "OPENS-month": {"3"}, "OPENS-year": {"2027"}, "OPENSCLOCK": {"1:30"}, "CLOSES-day": {"31"}, "CLOSES-month": {"2"}, "CLOSES-year": {"2027"}, "CLOSESCLOCK": {"late"}},
		"money":  {"AWARDCAP": {"12.50"}, "METHODBUDGETS[0].pounds": {"much"}},
		"review": {"REVIEWDAYS": {"1.5"}, "REVIEWKINDS[0].kind": {"clinical"}, "REVIEWKINDS[1].kind": {"clinical"}, "REVIEWKINDS[2].reviews": {"1"}},
	} {
		section, _ := call.Form.Section(code)
		_, problems := bind(call, &c, section, values)
		want := map[string][]string{
			"dates": {"CLOSES", "CLOSESCLOCK", "OPENSCLOCK"}, "money": {"AWARDCAP", "METHODBUDGETS[0].pounds"}, "review": {"REVIEWDAYS", "REVIEWKINDS[1].kind", "REVIEWKINDS[2].kind"},
		}[code]
		if d := cmp.Diff(want, problems.Names()); d != "" {
			t.Errorf("%s: %s%v", code, d, problems)
		}
	}
	if c.AwardCap != 0 || c.Review.Days != 0 {
		t.Errorf("%+v", c)
	}
}

// TestASettingThatMayBeLeftOutSaysWhatHoldsThen: whoever reads it sees that and not a gap.
func TestASettingThatMayBeLeftOutSaysWhatHoldsThen(t *testing.T) {
	t.Parallel()
	for path, of := range map[string]any{"setup/call.yaml": fund.CallFile{}, "setup/round.yaml": fund.File{}} {
		s, err := newSheet(configs.FS, path, of)
		if err != nil {
			t.Fatal(err)
		}
		answers := s.Answers(of)
		for _, q := range s.Form.Questions() {
			if !form.Answered(q, answers[q.Code]) && q.Required == form.RequiredNever && q.IfEmpty == "" {
				t.Errorf("%s: nothing says what holds where %s is left out", path, q.Code)
			}
		}
	}
}
