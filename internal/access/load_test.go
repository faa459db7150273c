package access_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"adoptionfund/internal/access"
	"adoptionfund/policies"
)

// planted is the policy with a line added to one of its files.
func planted(t *testing.T, file, line string) fs.FS {
	t.Helper()
	copied := fstest.MapFS{}
	for _, name := range []string{"model.conf", "policy.csv", "roles.csv", "segregation.csv", "expectations.csv"} {
		text, err := fs.ReadFile(policies.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		if name == file {
			text = append([]byte(line+"\n"), text...)
		}
		copied[name] = &fstest.MapFile{Data: text}
	}
	return copied
}

func TestAFaultyLineStopsTheStartAndIsNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ file, line, want string }{
		{"policy.csv", "p, king, fund, call.open, any", `policy.csv:1: unknown role "king"`},
		{"policy.csv", "p, auditor, fund, call.burn, any", `policy.csv:1: unknown action "call.burn"`},
		{"policy.csv", "p, auditor, world, call.view, any", `policy.csv:1: unknown scope "world"`},
		{"policy.csv", "p, auditor, fund, call.view, wishful", `policy.csv:1: unknown condition "wishful"`},
		{"policy.csv", "p, auditor, fund, call.view, any & wishful", `policy.csv:1: unknown condition "wishful"`},
		{"policy.csv", "p, auditor, call, call.view, any", `policy.csv:1: role "auditor" is never held as narrowly as in a call`},
		{"policy.csv", "p, auditor, fund", "policy.csv:1: a rule reads"},
		{"policy.csv", "g, auditor, fund, call.view, any", "policy.csv:1: a rule reads"},
		{"policy.csv", "p, auditor, round, call.view, any", "the rule stands already in line 1"},
		{"policy.csv", `p, "auditor, fund`, "policy.csv:"},
		{"roles.csv", "auditor,auditor,fund,yes,/audit", "roles.csv:1: a role has 6 columns"},
		{"roles.csv", "king,king,world,yes,/,grant", `roles.csv:1: unknown scope "world"`},
		{"roles.csv", "king,king,fund,perhaps,/,grant", "roles.csv:1: second_factor is yes or no"},
		{"roles.csv", "king,king,fund,no,throne,grant", `roles.csv:1: home "throne" is not a path`},
		{"roles.csv", "king,king,fund,no,/,birth", `roles.csv:1: unknown given_by "birth"`},
		{"roles.csv", "king,,fund,no,/,grant", "roles.csv:1: a role needs a name and a label"},
		{"roles.csv", "auditor,again,round,no,/,grant", `role "auditor" stands here twice`},
		{"roles.csv", "job:call.burn,burns,fund,no,/,job", `roles.csv:1: unknown action "call.burn"`},
		{"roles.csv", "burner,burns,fund,no,/,job", "roles.csv:1: the names of roles given by job"},
		{"segregation.csv", "call.edit,call.burn,call", `segregation.csv:1: unknown action "call.burn"`},
		{"segregation.csv", "call.edit,call.open,galaxy", `segregation.csv:1: unknown scope "galaxy"`},
		{"segregation.csv", "call.edit,call.open", "segregation.csv:1: a pair has 3 columns"},
		{"segregation.csv", "call.approve_opening,call.edit,call", "the pair call.edit and call.approve_opening stands here twice"},
		{"model.conf", "nonsense", "model.conf"},
	} {
		_, err := access.Load(planted(t, c.file, c.line))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %q: got %v, want %q", c.file, c.line, err, c.want)
		}
	}
}

func TestAllFaultsAreToldAtOnce(t *testing.T) {
	t.Parallel()
	_, err := access.Load(planted(t, "policy.csv", "p, king, fund, call.open, any\np, queen, fund, call.open, any"))
	if err == nil || !strings.Contains(err.Error(), "policy.csv:1") || !strings.Contains(err.Error(), "policy.csv:2") {
		t.Errorf("got %v", err)
	}
}

func TestAMissingFileStopsTheStart(t *testing.T) {
	t.Parallel()
	if _, err := access.Load(fstest.MapFS{}); err == nil || !strings.Contains(err.Error(), "roles.csv") {
		t.Errorf("got %v", err)
	}
}

func TestCheckFindsWhatIsInconsistent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ file, line, want string }{
		{"expectations.csv", "auditor,call.edit,,allow", "expectations.csv:1: the policy says deny"},
		{"expectations.csv", "auditor,call.view,,deny", "expectations.csv:1: the policy says allow"},
		{"expectations.csv", "king,call.view,,deny", "expectations.csv:1"},
		{"expectations.csv", "auditor,call.view,wishful=false,deny", "expectations.csv:1"},
		{"expectations.csv", "auditor,call.view,perhaps,deny", "expectations.csv:1"},
		{"expectations.csv", "auditor,call.view,,maybe", "expectations.csv:1: expected is allow or deny"},
		{"policy.csv", "p, auditor, fund, call.edit, any", "the policy says allow: auditor"},
		{"roles.csv", "king,king,fund,no,/,grant", "the role king may do nothing"},
		{"roles.csv", "king,king,fund,no,/,grant", "no answer is expected for king,call.view"},
		{"roles.csv", "job:call.edit,edits calls,fund,no,/,job", "job:call.edit may not do what it is known by"},
		{"segregation.csv", "mail.send,call.edit,call", "segregation.csv: no person may do mail.send"},
	} {
		p, err := access.Load(planted(t, c.file, c.line))
		if err != nil {
			t.Errorf("%s %q: %v", c.file, c.line, err)
			continue
		}
		if err := p.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %q: Check does not say %q", c.file, c.line, c.want)
		}
	}
}

func TestAnExplanationShowsTheRuleAndEachCondition(t *testing.T) {
	t.Parallel()
	p := load(t)
	reviewer := roleHome(p, "/reviews").Name
	e, err := p.Explain(access.Question{Role: reviewer, Action: access.SaveReview, Where: map[string]bool{"not_conflicted": false}})
	if err != nil {
		t.Fatal(err)
	}
	text := e.String()
	for _, want := range []string{"deny: reviewer", "review.save", "policy.csv:", "assigned (the application must be assigned to you): yes", "not_conflicted (you must have no conflict of interest): no"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	e, err = p.Explain(access.Question{Role: reviewer, Action: access.ApproveProposal})
	if err != nil || e.Allowed || !strings.Contains(e.String(), "no rule in policy.csv allows it") {
		t.Errorf("%v\n%s", err, e)
	}
	for _, q := range []access.Question{
		{Role: "king", Action: access.SaveReview},
		{Role: reviewer, Action: "call.burn"},
		{Role: reviewer, Action: access.SaveReview, Held: "world"},
		{Role: reviewer, Action: access.SaveReview, Where: map[string]bool{"wishful": true}},
	} {
		if _, err := p.Explain(q); err == nil {
			t.Errorf("%+v was explained", q)
		}
	}
}
