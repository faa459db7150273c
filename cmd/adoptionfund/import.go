package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/otherfunding"
)

type importCommand struct {
	Organisations importOrganisations `cmd:"" help:"Import the list of organisations (CSV). Example: adoptionfund import organisations organisations.csv"`
	Reviewers     importReviewers     `cmd:"" help:"Import the reviewers of a round (CSV). Example: adoptionfund import reviewers reviewers.csv --round AF26"`
	Programmes    importProgrammes    `cmd:"" help:"Import awards of national programmes (CSV). Example: adoptionfund import programmes programmes.csv"`
	Grants        importGrants        `cmd:"" help:"Import grants in the 360Giving standard (JSON or CSV). Example: adoptionfund import grants grants.json --json"`
}

// listed is the file of a list and who imports it.
type listed struct {
	As   string `help:"Act as this person." placeholder:"EMAIL"`
	JSON bool   `help:"Print JSON." name:"json"`
}

// outcome is what an import has done, as JSON.
type outcome struct {
	Imported string `json:"imported"`
	List     string `json:"list,omitempty"`
	Records  int64  `json:"records"`
	Changed  bool   `json:"changed"`
	Digest   string `json:"digest,omitempty"`
}

// say prints what was imported.
func (l listed) say(s *session, o outcome) error {
	switch {
	case l.JSON:
		return s.json(o)
	case !o.Changed:
		s.printf("%s holds what was imported already: %d %s. Nothing changed\n", o.List, o.Records, o.Imported)
	default:
		s.printf("imported %d %s\n", o.Records, o.Imported)
	}
	return nil
}

// opened runs an import on a file.
func (l listed) opened(s *session, name string, run func(ctx context.Context, a *app, f *os.File) (outcome, error)) error {
	f, err := os.Open(name) //nolint:gosec // the operator names the file
	if err != nil {
		return fmt.Errorf("opening the list: %w", err)
	}
	defer func() { _ = f.Close() }()
	return s.with(l.As, func(ctx context.Context, a *app) error {
		o, err := run(ctx, a, f)
		if err != nil {
			return fmt.Errorf("importing %s: %w", name, err)
		}
		return l.say(s, o)
	})
}

type importOrganisations struct {
	listed

	File string `arg:"" help:"CSV with ods_code,name,kind,region,ics,valid_from,valid_to,successor." type:"existingfile"`
}

// Run imports organisations, all or nothing.
func (c *importOrganisations) Run(s *session) error {
	return c.opened(s, c.File, func(ctx context.Context, a *app, f *os.File) (outcome, error) {
		n, err := a.people.ImportOrganisations(ctx, f)
		return outcome{Imported: "organisations", Records: int64(n), Changed: true}, err //nolint:wrapcheck // a fault for the person
	})
}

type importReviewers struct {
	listed

	File  string `arg:"" help:"CSV with email,name,kind,ods_code,themes,capacity; several themes separated by ;" type:"existingfile"`
	Round string `help:"The round; left out: the newest." placeholder:"REF"`
}

// Run makes people reviewers in a round, all or nothing.
func (c *importReviewers) Run(s *session) error {
	return c.opened(s, c.File, func(ctx context.Context, a *app, f *os.File) (outcome, error) {
		ref := ident.RoundRef(c.Round)
		if ref == "" {
			rounds, err := a.funds.List(ctx)
			if err != nil {
				return outcome{}, err //nolint:wrapcheck // a fault for the person
			}
			if len(rounds) == 0 {
				return outcome{}, usageError{"there is no round: make one with round create"}
			}
			ref = rounds[0].Ref
		}
		n, err := a.assignments.Import(ctx, ref, f)
		return outcome{Imported: "reviewers", List: string(ref), Records: int64(n), Changed: true}, err //nolint:wrapcheck // a fault for the person
	})
}

type importProgrammes struct {
	listed

	File string `arg:"" help:"CSV with programme,organisation,ods_code,product,supplier,pathway,from,to,amount; amount in pounds." type:"existingfile"`
	List string `help:"Name of the list; a list of the same name is replaced. Left out: the file's name." placeholder:"NAME"`
}

// Run imports awards of national programmes, all or nothing.
func (c *importProgrammes) Run(s *session) error {
	return c.other(s, otherfunding.Programme, c.File, c.List)
}

type importGrants struct {
	listed

	File string `arg:"" help:"Grants in the 360Giving standard, as JSON or CSV." type:"existingfile"`
	List string `help:"Name of the list; a list of the same name is replaced. Left out: the file's name." placeholder:"NAME"`
}

// Run imports grants, all or nothing.
func (c *importGrants) Run(s *session) error {
	return c.other(s, otherfunding.Grant, c.File, c.List)
}

// other imports a list of other funding, with a bar on a terminal.
func (l listed) other(s *session, source otherfunding.Source, file, name string) error {
	if name == "" {
		name = filepath.Base(file)
	}
	return l.opened(s, file, func(ctx context.Context, a *app, f *os.File) (outcome, error) {
		bar := newBar(s.errOut, s.now, "Importing "+name)
		imported, again, err := a.others.Import(ctx, otherfunding.File{Source: source, List: name, Content: f, Progress: bar.show})
		bar.end()
		what := map[otherfunding.Source]string{otherfunding.Programme: "awards of national programmes", otherfunding.Grant: "grants"}[source]
		return outcome{Imported: what, List: imported.List, Records: imported.Records, Changed: !again, Digest: imported.Digest}, err //nolint:wrapcheck // a fault for the person
	})
}
