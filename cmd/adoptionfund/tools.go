package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strings"

	"adoptionfund/configs"
	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/form"
	"adoptionfund/internal/form/source"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/report"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/rules"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
	"adoptionfund/migrations"
	"adoptionfund/policies"
)

type formCommand struct {
	Check formCheck `cmd:"" help:"Check form, rubric and rule files; prints file:line: reason. Example: adoptionfund form check configs/forms/application-1.yaml"`
}

type formCheck struct {
	Files []string `arg:"" help:"The files." type:"existingfile"`
}

// Run checks files. What a file is it says itself: a rubric has parts, rules have rules, all else is a form.
func (c *formCheck) Run(s *session) error {
	found := 0
	for _, name := range c.Files {
		data, err := os.ReadFile(name) //nolint:gosec // the operator names the file
		if err != nil {
			return fmt.Errorf("reading %s: %w", name, err)
		}
		for _, p := range checkFile(name, data) {
			found++
			s.printf("%s\n", p)
		}
	}
	if found > 0 {
		return exitCode(exitFailed)
	}
	s.printf("%d files are in order\n", len(c.Files))
	return nil
}

func checkFile(name string, data []byte) source.Problems {
	has := func(key string) bool { return strings.Contains("\n"+string(data), "\n"+key+":") }
	switch {
	case has("parts"):
		return rubric.CheckFile(name, data)
	case has("rules"):
		return rules.CheckFile(name, data, func(id string) (*form.Form, error) {
			return form.Load(configs.FS, "forms/"+id+".yaml") //nolint:wrapcheck // names the file
		})
	default:
		return form.CheckFile(name, data)
	}
}

type dtacCommand struct {
	Status dtacStatus `cmd:"" help:"Work out the status of a return. Example: adoptionfund dtac status --form dtac-v2 --return return.yaml --on 2026-11-23 --json"`
}

type dtacStatus struct {
	Form   string `required:"" help:"The question set: dtac-v1 or dtac-v2." enum:"dtac-v1,dtac-v2"`
	Return string `required:"" help:"The return (YAML)." type:"existingfile" placeholder:"FILE"`
	On     string `help:"The day; today in London if left out." placeholder:"DATE"`
	JSON   bool   `help:"Print JSON." name:"json"`
}

// Run works out the status, without a database.
func (c *dtacStatus) Run(s *session) error {
	f, err := form.Load(configs.FS, "forms/"+c.Form+".yaml")
	if err != nil {
		return fmt.Errorf("reading the question set: %w", err)
	}
	data, err := os.ReadFile(c.Return)
	if err != nil {
		return fmt.Errorf("reading the return: %w", err)
	}
	r, err := status.ParseReturn(f, c.Return, data)
	if err != nil {
		return err //nolint:wrapcheck // names the file and what is wrong
	}
	on := form.Date(uktime.Day(s.now()))
	if c.On != "" {
		if on, err = form.ParseDate(c.On); err != nil {
			return usageError{"--on: " + err.Error()}
		}
	}
	result, err := status.Evaluate(f, r, on)
	if err != nil {
		return fmt.Errorf("working out the status: %w", err)
	}
	if c.JSON {
		return s.json(result)
	}
	s.printf("%s on %s: %s (provisional: %s)\n", c.Form, on, result.Status, result.Provisional)
	var rows [][]string
	for _, i := range result.Items {
		rows = append(rows, []string{string(i.Question), string(i.State), i.Reason})
	}
	return s.table([]string{"QUESTION", "STATE", "REASON"}, rows)
}

type policyCommand struct {
	Check   policyCheck   `cmd:"" help:"Check the policy's consistency and its expected answers. Example: adoptionfund policy check"`
	Explain policyExplain `cmd:"" help:"Explain one answer; exit 0 allow, 1 deny. Example: adoptionfund policy explain --role reviewer --action review.save --resource review --where assigned=false"`
}

type policyCheck struct{}

// Run checks the policy.
func (policyCheck) Run(s *session) error {
	p, err := access.Load(policies.FS)
	if err != nil {
		return fmt.Errorf("reading the policy: %w", err)
	}
	if err := p.Check(); err != nil {
		return fmt.Errorf("the policy: %w", err)
	}
	s.printf("the policy is consistent and gives every expected answer\n")
	return nil
}

type policyExplain struct {
	Role     string          `required:"" help:"The role."`
	Action   string          `required:"" help:"The action, such as review.save."`
	Resource string          `required:"" help:"The kind of thing that it is done to, such as review."`
	Where    map[string]bool `help:"Conditions that hold or not; those not named hold." placeholder:"CONDITION=true|false"`
	Held     string          `help:"Where the role is held: fund, round or call." default:"fund" enum:"fund,round,call"`
}

// Run explains one answer.
func (c *policyExplain) Run(s *session) error {
	p, err := access.Load(policies.FS)
	if err != nil {
		return fmt.Errorf("reading the policy: %w", err)
	}
	if err := c.known(p); err != nil {
		return err
	}
	e, err := p.Explain(access.Question{Role: c.Role, Action: access.Action(c.Action), Held: access.Level(c.Held), Where: c.Where})
	if err != nil {
		return usageError{err.Error()}
	}
	s.printf("%s\n", e)
	if !e.Allowed {
		return exitCode(exitFailed)
	}
	return nil
}

// known refuses a resource that is not the action's.
func (c *policyExplain) known(*access.Policy) error {
	for _, a := range access.Actions() {
		if string(a.Action) == c.Action && a.Resource != c.Resource {
			return usageError{fmt.Sprintf("--resource: %s is done to a %s, not to a %s", c.Action, a.Resource, c.Resource)}
		}
	}
	return nil
}

type workflowCommand struct {
	Diagram workflowDiagram `cmd:"" help:"Print a transition table. Example: adoptionfund workflow diagram --of application --format svg"`
}

type workflowDiagram struct {
	Of     string `required:"" help:"What it is of: call, application or award." enum:"call,application,award"`
	Format string `help:"svg, mermaid or table." default:"table" enum:"svg,mermaid,table"`
}

// Run prints a diagram.
func (c *workflowDiagram) Run(s *session) error {
	text, err := workflow.Diagram(c.Of, workflow.Format(c.Format))
	if err != nil {
		return fmt.Errorf("drawing the diagram: %w", err)
	}
	s.printf("%s\n", strings.TrimRight(text, "\n"))
	return nil
}

type auditCommand struct {
	Verify     auditVerify     `cmd:"" help:"Walk the whole chain and the protected rows; exit 1 at the first break. Example: adoptionfund audit verify --round AF21"`
	Checkpoint auditCheckpoint `cmd:"" help:"Verify the whole trail and sign what it holds now, to be kept elsewhere. Example: adoptionfund audit checkpoint --out today.json"`
}

type auditCheckpoint struct {
	Out string `help:"Where the checkpoint goes; the terminal if left out." placeholder:"FILE"`
}

// Run signs a checkpoint of a trail that is whole.
func (c *auditCheckpoint) Run(s *session) error {
	return s.with("", func(ctx context.Context, a *app) error {
		signed, err := a.trail.SignNow(ctx)
		if err != nil {
			return fmt.Errorf("signing a checkpoint: %w", err)
		}
		text, err := signed.JSON()
		if err != nil {
			return err //nolint:wrapcheck // says what it was doing
		}
		if err := s.output(c.Out, func(w io.Writer) error {
			_, err := w.Write(text)
			return err //nolint:wrapcheck // the one who writes says what it was doing
		}); err != nil || c.Out == "" {
			return err
		}
		s.printf("signed: %d events, %d blocks of the read log\n", signed.Events, signed.Blocks)
		return nil
	})
}

type auditVerify struct {
	Round      string   `help:"List the events of this round." placeholder:"REF"`
	Checkpoint []string `help:"Hold the trail against this checkpoint too, which somebody kept; may be given again." type:"existingfile" sep:"none" placeholder:"FILE"`
	JSON       bool     `help:"Print JSON." name:"json"`
}

// Run verifies the audit trail; what is walked is always the whole chain.
func (c *auditVerify) Run(s *session) error {
	var kept []audit.Checkpoint
	for _, file := range c.Checkpoint {
		data, err := os.ReadFile(file) // #nosec G304 -- the operator names the file
		if err != nil {
			return fmt.Errorf("reading a checkpoint: %w", err)
		}
		one, err := audit.ReadCheckpoint(data)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		kept = append(kept, one)
	}
	return s.with("", func(ctx context.Context, a *app) error {
		var each func(audit.Entry) error
		if c.Round != "" && !c.JSON {
			each = s.printEvent
		}
		f, err := a.trail.Verify(ctx, kept, ident.RoundRef(c.Round), each)
		if err != nil {
			return fmt.Errorf("verifying: %w", err)
		}
		return s.finding(f, len(kept), c.JSON)
	})
}

func (s *session) printEvent(e audit.Entry) error {
	s.printf("%d %s %s %s %s %s\n", e.Seq, audit.When(e.At), e.ByKind, e.Verb, e.Kind, e.Subject)
	return nil
}

func (s *session) finding(f audit.Finding, checkpoints int, asJSON bool) error {
	if asJSON {
		if err := s.json(f); err != nil {
			return err
		}
	} else if f.Whole() {
		s.printf("whole: %d events, %d blocks of the read log, %d protected rows\n", f.Events, f.Blocks, f.Rows)
		if checkpoints > 0 {
			s.printf("It agrees with the checkpoints given: %d\n", checkpoints)
		}
	}
	if !f.Whole() {
		return fmt.Errorf("broken: %s", f.Break)
	}
	return nil
}

type receiptCommand struct {
	Verify receiptVerify `cmd:"" help:"Check a receipt offline. Example: adoptionfund receipt verify receipt.json"`
}

type receiptVerify struct {
	File string `arg:"" help:"The receipt." type:"existingfile"`
	Key  string `help:"The installation's public key, as /receipts/key gives it." placeholder:"BASE64"`
}

// Run checks a receipt, and says what that proves.
func (c *receiptVerify) Run(s *session) error {
	data, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("reading the receipt: %w", err)
	}
	r, err := audit.ReadReceipt(data)
	if err != nil {
		return err //nolint:wrapcheck // names what is wrong
	}
	if c.Key != "" && strings.TrimSpace(c.Key) != r.PublicKey {
		return errors.New("the receipt was signed with another key than the one given")
	}
	s.printf("The receipt is whole: application %s to %s arrived %s, digest %s, event %d of the audit trail.\n", r.Application, r.Call, uktime.Moment(r.Arrived), r.Digest, r.Position)
	if c.Key == "" {
		s.printf("Not proved: that the key in it is the service's own. Compare it with /receipts/key, or give --key.\n")
	}
	s.printf("Not proved here: that the trail still holds the event. `adoptionfund audit verify` does that on the service's side.\n")
	return nil
}

type settingsCommand struct {
	Show settingsShow `cmd:"" help:"Print the settings, secrets masked. Example: adoptionfund config show"`
}

type settingsShow struct{}

// Run prints the settings.
func (settingsShow) Run(s *session) error {
	c, err := s.settings()
	if err != nil {
		return err
	}
	text, err := c.YAML()
	if err != nil {
		return fmt.Errorf("printing the settings: %w", err)
	}
	s.printf("%s", text)
	return nil
}

type versionCommand struct {
	JSON bool `help:"Print JSON." name:"json"`
}

// Run prints what this program is.
func (c *versionCommand) Run(s *session) error {
	settings, err := s.settings()
	if err != nil {
		return err
	}
	need, err := newestMigration()
	if err != nil {
		return err
	}
	out := struct {
		Version string `json:"version"`
		Commit  string `json:"commit"`
		Go      string `json:"go"`
		Dialect string `json:"dialect"`
		Schema  int64  `json:"schema"`
	}{version, commit(), runtime.Version(), settings.Dialect(), need}
	if c.JSON {
		return s.json(out)
	}
	s.printf("adoptionfund %s (%s), %s, %s, schema %d\n", out.Version, out.Commit, out.Go, out.Dialect, out.Schema)
	return nil
}

// version is the version of the product, as in CHANGELOG.md.
const version = "0.1.0"

// built is the commit, set when the binary is built.
var built = "" //nolint:gochecknoglobals // set by the linker

func commit() string {
	if built != "" {
		return built
	}
	info, ok := debug.ReadBuildInfo()
	if ok {
		for _, setting := range info.Settings {
			if setting.Key == "vcs.revision" {
				return setting.Value
			}
		}
	}
	return "unknown commit"
}

func newestMigration() (int64, error) {
	entries, err := migrations.FS.ReadDir(".")
	if err != nil {
		return 0, fmt.Errorf("reading the migrations: %w", err)
	}
	var newest int64
	for _, e := range entries {
		var n int64
		if _, err := fmt.Sscanf(e.Name(), "%d_", &n); err == nil && n > newest {
			newest = n
		}
	}
	return newest, nil
}

type exportCommand struct {
	Allocations  exportAllocations  `cmd:"" help:"The allocation report. Example: adoptionfund export allocations --round AF21 --format csv --out af21.csv"`
	Applications exportApplications `cmd:"" help:"Every application with where it stands. Example: adoptionfund export applications --round AF21 --format csv"`
	Scores       exportScores       `cmd:"" help:"Every score that stands, with its reason. Example: adoptionfund export scores --round AF21 --format csv"`
	Audit        exportAudit        `cmd:"" help:"The audit trail of a round. Example: adoptionfund export audit --round AF21 --format json"`
}

type exportAllocations struct {
	exported
	Format string `required:"" help:"csv, xlsx, json, pdf (where Chromium is installed) or 360giving (the awards that are agreed)." enum:"csv,xlsx,json,pdf,360giving"`
}

type exportApplications struct {
	exported
	Format string `required:"" help:"csv, xlsx or json." enum:"csv,xlsx,json"`
}

type (
	exportScores exportApplications
	exportAudit  exportApplications
)

// exported is what every export is asked.
type exported struct {
	Round string `required:"" help:"The round, such as AF21." placeholder:"REF"`
	Out   string `help:"Write to this file instead of standard output." placeholder:"FILE"`
	As    string `help:"Act as this person." placeholder:"EMAIL"`
}

// Run exports the allocation report.
func (c *exportAllocations) Run(s *session) error { return c.report(s, "allocations", c.Format) }

// Run exports the applications.
func (c *exportApplications) Run(s *session) error { return c.report(s, "applications", c.Format) }

// Run exports the scores.
func (c *exportScores) Run(s *session) error { return c.report(s, "scores", c.Format) }

// Run exports the audit trail.
func (c *exportAudit) Run(s *session) error { return c.report(s, "audit", c.Format) }

// report writes a report of the round. Every column is in a file.
func (c *exported) report(s *session, kind, format string) error {
	return s.with(c.As, func(ctx context.Context, a *app) error {
		file, err := a.reports.Export(ctx, report.Asked{Round: ident.RoundRef(c.Round), Kind: kind}, format)
		if err != nil {
			return err //nolint:wrapcheck // a fault for the person
		}
		return s.output(c.Out, func(w io.Writer) error { return file.Write(ctx, w) })
	})
}
