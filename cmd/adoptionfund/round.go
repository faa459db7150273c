package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
)

type roundCommand struct {
	List   roundList   `cmd:"" help:"List rounds with their calls, newest first. Example: adoptionfund round list --json"`
	Show   roundShow   `cmd:"" help:"Show one round. Example: adoptionfund round show AF21"`
	Create roundCreate `cmd:"" help:"Create a round and its calls from a file. Example: adoptionfund round create --file configs/rounds/af26.yaml"`
}

// roundJSON is a round as `round list --json` prints it.
type roundJSON struct {
	Ref         ident.RoundRef     `json:"ref"`
	Title       string             `json:"title"`
	State       workflow.CallState `json:"state"`
	BudgetPence money.Pence        `json:"budget_pence"`
	Calls       []callJSON         `json:"calls"`
}

type callJSON struct {
	Ref    ident.CallRef      `json:"ref"`
	Theme  string             `json:"theme"`
	Title  string             `json:"title"`
	State  workflow.CallState `json:"state"`
	Opens  string             `json:"opens"`
	Closes string             `json:"closes"`
}

func asCallJSON(c fund.Call) callJSON {
	return callJSON{c.Ref, c.Theme, c.Title, c.State, c.OpensAt.UTC().Format(time.RFC3339), c.ClosesAt.UTC().Format(time.RFC3339)}
}

func asRoundJSON(r fund.RoundWithCalls) roundJSON {
	out := roundJSON{r.Ref, r.Title, r.State(), r.Budget, []callJSON{}}
	for _, c := range r.Calls {
		out.Calls = append(out.Calls, asCallJSON(c))
	}
	return out
}

type roundList struct {
	JSON bool `help:"Print JSON." name:"json"`
}

// Run lists rounds.
func (c *roundList) Run(s *session) error {
	return s.with("", func(ctx context.Context, a *app) error {
		rounds, err := a.funds.List(ctx)
		if err != nil {
			return fmt.Errorf("listing rounds: %w", err)
		}
		return s.rounds(rounds, c.JSON)
	})
}

func (s *session) rounds(rounds []fund.RoundWithCalls, asJSON bool) error {
	if asJSON {
		out := make([]roundJSON, len(rounds))
		for i, r := range rounds {
			out[i] = asRoundJSON(r)
		}
		return s.json(out)
	}
	var rows [][]string
	for _, r := range rounds {
		rows = append(rows, []string{string(r.Ref), string(r.State()), r.Budget.String(), "", r.Title})
		for _, c := range r.Calls {
			rows = append(rows, []string{"  " + string(c.Ref), string(c.State), c.Settings.Budget.String(), uktime.Moment(c.ClosesAt), c.Title})
		}
	}
	return s.table([]string{"REF", "STATE", "BUDGET", "CLOSES", "TITLE"}, rows)
}

type roundShow struct {
	Ref  string `arg:"" help:"The round, such as AF21."`
	JSON bool   `help:"Print JSON." name:"json"`
}

// Run shows a round.
func (c *roundShow) Run(s *session) error {
	return s.with("", func(ctx context.Context, a *app) error {
		rounds, err := a.funds.List(ctx)
		if err != nil {
			return fmt.Errorf("reading rounds: %w", err)
		}
		for _, r := range rounds {
			if string(r.Ref) != c.Ref {
				continue
			}
			if c.JSON {
				return s.json(asRoundJSON(r))
			}
			return s.rounds([]fund.RoundWithCalls{r}, false)
		}
		return fault.New(fault.NotFound, "there is no round %s", c.Ref)
	})
}

type roundCreate struct {
	File string `required:"" help:"The round file." type:"existingfile" placeholder:"ROUND.yaml"`
	As   string `help:"Act as this person." placeholder:"EMAIL"`
}

// Run creates a round.
func (c *roundCreate) Run(s *session) error {
	data, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("reading the round file: %w", err)
	}
	f, err := fund.ParseFile(c.File, data)
	if err != nil {
		return err //nolint:wrapcheck // the fault names the file
	}
	return s.with(c.As, func(ctx context.Context, a *app) error {
		if err := a.funds.Create(ctx, f); err != nil {
			return fmt.Errorf("creating round %s: %w", f.Round, err)
		}
		s.printf("created round %s with %d calls\n", f.Round, len(f.Calls))
		return nil
	})
}

type callCommand struct {
	List    callList    `cmd:"" help:"List calls. Example: adoptionfund call list --json"`
	Show    callShow    `cmd:"" help:"Show one call. Example: adoptionfund call show --call AF26-CAR"`
	Approve callApprove `cmd:"" help:"Approve the opening of a call. Example: adoptionfund call approve --call AF26-CAR --as senior@example.org"`
	Open    callOpen    `cmd:"" help:"Open a call whose time has come. Example: adoptionfund call open --call AF26-CAR"`
	Extend  callExtend  `cmd:"" help:"Propose a later deadline, or confirm the proposed one as a second person. Example: adoptionfund call extend --call AF26-CAR --until '2026-12-01 12:00' --reason '…' --as admin@example.org"`
	Close   callClose   `cmd:"" help:"Close a call whose deadline has passed. Example: adoptionfund call close --call AF26-CAR"`
	Release callRelease `cmd:"" help:"Release the decisions of a call whose release time has come. Example: adoptionfund call release --call AF26-CAR"`
}

type callFlags struct {
	Call string `required:"" help:"The call, such as AF26-CAR." placeholder:"REF"`
	As   string `help:"Act as this person." placeholder:"EMAIL"`
}

func (c callFlags) ref() ident.CallRef { return ident.CallRef(c.Call) }

// act runs a use case on the call and says that it was done.
func (s *session) act(c callFlags, done string, fn func(ctx context.Context, a *app) error) error {
	return s.with(c.As, func(ctx context.Context, a *app) error {
		if err := fn(ctx, a); err != nil {
			return err
		}
		s.printf("%s %s\n", c.Call, done)
		return nil
	})
}

type callList struct {
	JSON bool `help:"Print JSON." name:"json"`
}

// Run lists calls.
func (c *callList) Run(s *session) error {
	return s.with("", func(ctx context.Context, a *app) error {
		rounds, err := a.funds.List(ctx)
		if err != nil {
			return fmt.Errorf("listing calls: %w", err)
		}
		calls := []callJSON{}
		var rows [][]string
		for _, r := range rounds {
			for _, call := range r.Calls {
				calls = append(calls, asCallJSON(call))
				rows = append(rows, []string{string(call.Ref), string(call.State), uktime.Moment(call.OpensAt), uktime.Moment(call.ClosesAt), call.Title})
			}
		}
		if c.JSON {
			return s.json(calls)
		}
		return s.table([]string{"REF", "STATE", "OPENS", "CLOSES", "TITLE"}, rows)
	})
}

type callShow struct {
	callFlags
	JSON bool `help:"Print JSON." name:"json"`
}

// Run shows a call.
func (c *callShow) Run(s *session) error {
	return s.with(c.As, func(ctx context.Context, a *app) error {
		call, _, _, err := a.funds.Show(ctx, c.ref())
		if err != nil {
			return fmt.Errorf("showing %s: %w", c.Call, err)
		}
		if c.JSON {
			return s.json(struct {
				callJSON
				Settings fund.Settings `json:"settings"`
				Digest   string        `json:"published_digest"`
			}{asCallJSON(call), call.Settings, call.PublishedDigest})
		}
		return s.table([]string{"REF", "STATE", "OPENS", "CLOSES", "TITLE"}, [][]string{{string(call.Ref), string(call.State), uktime.Moment(call.OpensAt), uktime.Moment(call.ClosesAt), call.Title}})
	})
}

type callApprove struct{ callFlags }

// Run approves the opening.
func (c *callApprove) Run(s *session) error {
	return s.act(c.callFlags, "is approved to open", func(ctx context.Context, a *app) error { return a.funds.ApproveOpening(ctx, c.ref()) })
}

type callOpen struct{ callFlags }

// Run opens the call.
func (c *callOpen) Run(s *session) error {
	return s.act(c.callFlags, "is open", func(ctx context.Context, a *app) error { return a.funds.Open(ctx, c.ref()) })
}

type callExtend struct {
	callFlags
	Until  string `help:"The new deadline, UK time; leave out to confirm the proposed one." placeholder:"DATE TIME"`
	Reason string `help:"The reason, as it will be published."`
}

// Run proposes an extension, or confirms it.
func (c *callExtend) Run(s *session) error {
	if c.Until == "" {
		return s.act(c.callFlags, "is extended", func(ctx context.Context, a *app) error { return a.applications.ExtendCall(ctx, c.ref()) })
	}
	until, err := uktime.Parse(c.Until)
	if err != nil {
		return usageError{"--until: " + err.Error()}
	}
	return s.act(c.callFlags, "has a proposed extension; a second person confirms it", func(ctx context.Context, a *app) error {
		return a.funds.ProposeExtension(ctx, c.ref(), fund.Extension{Until: until, Reason: c.Reason})
	})
}

type callClose struct{ callFlags }

// Run closes the call.
func (c *callClose) Run(s *session) error {
	return s.act(c.callFlags, "is closed", func(ctx context.Context, a *app) error { return a.applications.CloseCall(ctx, c.ref()) })
}

type callRelease struct{ callFlags }

// Run releases the decisions, and makes the awards that follow from them.
func (c *callRelease) Run(s *session) error {
	return s.act(c.callFlags, "is released", func(ctx context.Context, a *app) error {
		if err := a.decisions.Release(ctx, c.ref()); err != nil {
			return fmt.Errorf("releasing %s: %w", c.Call, err)
		}
		worker, err := a.worker()
		if err != nil {
			return err
		}
		if _, err := worker.Run(ctx); err != nil {
			return fmt.Errorf("making awards: %w", err)
		}
		return nil
	})
}
