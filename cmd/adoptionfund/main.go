// Command adoptionfund takes applications to the Adoption Fund, has them screened, reviewed, ranked and approved, and explains every
// pound. One binary: the server, the demonstration, and the commands of operators and analysts.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"os/user"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"adoptionfund/configs"
	"adoptionfund/internal/config"
	"adoptionfund/internal/fault"
)

// Exit codes: done, failed with one clear line, wrong usage.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// commands is every command with its flags.
type commands struct {
	Config      string `help:"File of settings; see configs/adoptionfund.yaml." placeholder:"FILE" type:"existingfile"`
	DatabaseURL string `help:"sqlite://PATH or postgres://…" placeholder:"URL" name:"database-url"`
	Address     string `help:"Where the server listens, HOST:PORT." placeholder:"ADDRESS"`
	PublicURL   string `help:"The address under which people reach the service." placeholder:"URL" name:"public-url"`

	Serve     serveCommand     `cmd:"" help:"Serve the web application. Example: adoptionfund serve --migrate"`
	Demo      demoCommand      `cmd:"" help:"Set up a demonstration with invented data, then serve it. Example: adoptionfund demo --stage review"`
	Migrate   migrateCommand   `cmd:"" help:"Bring the schema up to date, or say how it stands. Example: adoptionfund migrate up"`
	Round     roundCommand     `cmd:"" help:"Rounds of the fund. Example: adoptionfund round create --file configs/rounds/af26.yaml"`
	Call      callCommand      `cmd:"" help:"Calls of a round. Example: adoptionfund call show --call AF26-CAR"`
	Form      formCommand      `cmd:"" help:"Check form files. Example: adoptionfund form check configs/forms/application-1.yaml"`
	User      userCommand      `cmd:"" help:"People and roles. Example: adoptionfund user add --email asha@example.org --name 'Asha' --role administrator"`
	Import    importCommand    `cmd:"" help:"Import lists. Example: adoptionfund import organisations organisations.csv"`
	Export    exportCommand    `cmd:"" help:"Export reports. Example: adoptionfund export allocations --round AF21 --format csv"`
	Assign    assignCommand    `cmd:"" help:"Share out reviews, from a file. Example: adoptionfund assign --problem problem.json --out answer.json"`
	Allocate  allocateCommand  `cmd:"" help:"Decide which applications are funded, from a file. Example: adoptionfund allocate --problem problem.json --out result.json"`
	Calibrate calibrateCommand `cmd:"" help:"Correct scores for harsh and lenient reviewers. Example: adoptionfund calibrate --scores scores.csv --weights EV1=20,EV2=15 --out-reviewers reviewers.csv"`
	Simulate  simulateCommand  `cmd:"" help:"Show how well ways of deciding decide, in simulated rounds. Example: adoptionfund simulate --rounds 200 --plot gap.svg"`
	DTAC      dtacCommand      `cmd:"" name:"dtac" help:"DTAC. Example: adoptionfund dtac status --form dtac-v2 --return return.yaml --json"`
	Rules     rulesCommand     `cmd:"" help:"Rules of eligibility. Example: adoptionfund rules try --round AF26 --file changed.yaml"`
	Policy    policyCommand    `cmd:"" help:"The access policy. Example: adoptionfund policy explain --role reviewer --action review.save --resource review"`
	Workflow  workflowCommand  `cmd:"" help:"The transition tables. Example: adoptionfund workflow diagram --of application --format svg"`
	Audit     auditCommand     `cmd:"" help:"The audit trail. Example: adoptionfund audit verify"`
	Receipt   receiptCommand   `cmd:"" help:"Receipts of submissions. Example: adoptionfund receipt verify receipt.json"`
	Settings  settingsCommand  `cmd:"" name:"config" help:"Settings. Example: adoptionfund config show"`
	Version   versionCommand   `cmd:"" help:"Version, commit, Go version, dialect and schema. Example: adoptionfund version"`
}

// session is what a command runs with.
type session struct {
	ctx    context.Context //nolint:containedctx // kong calls Run with the session alone
	cli    *commands
	out    io.Writer
	errOut io.Writer
	now    func() time.Time
	env    []string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}

// run is the program without the process around it.
func run(ctx context.Context, args, env []string, out, errOut io.Writer) int {
	cli := &commands{}
	exited := -1
	parser, err := kong.New(cli, kong.Name("adoptionfund"), kong.UsageOnError(), kong.Writers(out, errOut),
		kong.Description("Applications to the Adoption Fund: taken in, reviewed, ranked, approved, explained."),
		kong.Exit(func(code int) { exited = code }))
	if err != nil {
		_, _ = fmt.Fprintln(errOut, "adoptionfund:", err)
		return exitFailed
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 {
		return exited // --help
	}
	if err != nil {
		_, _ = fmt.Fprintf(errOut, "adoptionfund: %v\nTry: adoptionfund --help\n", err)
		return exitUsage
	}
	s := &session{ctx: ctx, cli: cli, out: out, errOut: errOut, now: time.Now, env: env}
	return s.end(parsed.Run(s))
}

// end says what went wrong in one line, or as many as there are problems, and gives the exit code.
func (s *session) end(err error) int {
	if err == nil {
		return exitDone
	}
	if code, ok := errors.AsType[exitCode](err); ok {
		return int(code)
	}
	words := err.Error()
	if f, ok := fault.Of(err); ok {
		lines := []string{f.Words}
		for _, name := range f.Fields.Names() {
			lines = append(lines, name+": "+f.Fields[name])
		}
		words = strings.Join(lines, "\n")
	}
	_, _ = fmt.Fprintln(s.errOut, "adoptionfund:", words)
	if _, ok := errors.AsType[usageError](err); ok {
		return exitUsage
	}
	return exitFailed
}

// exitCode ends the program with a code after everything was said.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit %d", int(c)) }

// usageError says that the command was called wrongly.
type usageError struct{ words string }

func (u usageError) Error() string { return u.words }

// settings reads the settings from all sources.
func (s *session) settings() (config.Config, error) {
	defaults, err := configs.FS.ReadFile("adoptionfund.yaml")
	if err != nil {
		return config.Config{}, fmt.Errorf("reading the default settings: %w", err)
	}
	flags := map[string]string{}
	for key, value := range map[string]string{"database_url": s.cli.DatabaseURL, "address": s.cli.Address, "public_url": s.cli.PublicURL} {
		if value != "" {
			flags[key] = value
		}
	}
	c, err := config.Load(defaults, s.cli.Config, s.env, flags)
	if err != nil {
		return c, fmt.Errorf("settings: %w", err)
	}
	return c, nil
}

// machineUser is the name of the user of the machine, for the audit trail.
func machineUser() string {
	u, err := user.Current()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(u.Username)
}

func (s *session) printf(format string, args ...any) { _, _ = fmt.Fprintf(s.out, format, args...) }
