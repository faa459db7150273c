package oversight

import (
	"io"
	"net/http"
	"net/url"
	"strconv"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/site/route"
	"adoptionfund/internal/trail"
	page "adoptionfund/web/page/oversee"
)

// trailRows are the pages of the audit trail.
func (h handlers) trailRows() []route.Row {
	get := func(path, title, menu string, handle route.Handler) route.Row {
		return route.Row{Method: http.MethodGet, Path: path, Action: access.ViewAudit, Title: title, Menu: menu, Handle: handle}
	}
	return []route.Row{
		get("/audit", "Audit trail", "Audit", h.events),
		get("/audit/events/{event}", "Event of the audit trail", "", h.event),
		get("/audit/reads", "What people read", "", h.readings),
		get("/audit/access", "Review of access", "", h.accessReview),
		get("/audit/access/file", "Review of access", "", h.accessFile),
		get("/audit/checkpoints", "Verifications and checkpoints", "", h.checkpoints),
		get("/audit/checkpoints/{day}", "Checkpoint", "", h.checkpoint),
		{Method: http.MethodGet, Path: "/audit/verify", Action: access.VerifyAudit, Title: "Verification of the audit trail", Handle: h.verify},
	}
}

// asked is what the address searches for.
func asked(r *route.Request) trail.Search {
	number := func(name string) int64 {
		n, _ := strconv.ParseInt(r.Query(name), 10, 64) // anything else is the first page
		return max(n, 0)
	}
	return trail.Search{
		Person: r.Query("person"), Application: r.Query("application"), Verb: r.Query("what"), From: r.Query("from"), Until: r.Query("until"), Before: number("before"), Number: number("number"),
	}
}

// older is the address of the next page of a search; empty if there is none.
func older(path string, in trail.Search, at audit.Place) string {
	if at.Block == 0 {
		return ""
	}
	q := url.Values{"before": {strconv.FormatInt(at.Block, 10)}}
	if at.Number > 0 {
		q.Set("number", strconv.FormatInt(at.Number, 10))
	}
	for name, value := range map[string]string{"person": in.Person, "application": in.Application, "what": in.Verb, "from": in.From, "until": in.Until} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return path + "?" + q.Encode()
}

func (h handlers) events(r *route.Request) (route.Reply, error) {
	p := page.Audit{Search: asked(r), MayVerify: r.May(access.VerifyAudit)}
	found, err := h.Trail.Search(r.Context(), p.Search)
	if p.Problems = problems(err); p.Problems == nil && err != nil {
		return route.Reply{}, err
	}
	p.Page, p.Older = found, older("/audit", p.Search, audit.Place{Block: found.Older})
	return route.Show(p)
}

func (h handlers) event(r *route.Request) (route.Reply, error) {
	seq, err := strconv.ParseInt(r.Path("event"), 10, 64)
	if err != nil {
		return route.Reply{}, fault.Wrap(fault.NotFound, err, "There is no such event")
	}
	shown, err := h.Trail.Event(r.Context(), seq)
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.AuditEvent{Shown: shown})
}

func (h handlers) readings(r *route.Request) (route.Reply, error) {
	p := page.AuditReads{Search: asked(r)}
	found, err := h.Trail.Reads(r.Context(), p.Search)
	if p.Problems = problems(err); p.Problems == nil && err != nil {
		return route.Reply{}, err
	}
	p.Reads, p.Older = found, older("/audit/reads", p.Search, found.Older)
	return route.Show(p)
}

func (h handlers) checkpoints(r *route.Request) (route.Reply, error) {
	checks, err := h.Trail.Checks(r.Context())
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Checkpoints{Checks: checks, MayVerify: r.May(access.VerifyAudit)})
}

func (h handlers) checkpoint(r *route.Request) (route.Reply, error) {
	text, err := h.Trail.Checkpoint(r.Context(), r.Path("day"))
	if err != nil {
		return route.Reply{}, err
	}
	return route.Download("checkpoint-"+r.Path("day")+".json", "application/json", false, func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err //nolint:wrapcheck // whoever sends it says so
	})
}

// verify walks the whole trail now, and holds it against a checkpoint that was pasted, if there is one.
func (h handlers) verify(r *route.Request) (route.Reply, error) {
	p := page.Verified{Pasted: r.Query("checkpoint")}
	var err error
	p.Finding, err = h.Trail.VerifyAgainst(r.Context(), p.Pasted)
	if p.Problems = problems(err); p.Problems == nil && err != nil {
		return route.Reply{}, err
	}
	return route.Show(p)
}

// problems are what is wrong with what a search was asked for; nil where err is something else.
func problems(err error) fault.Problems {
	if f, wrong := fault.Of(err); wrong && f.Kind == fault.Invalid && len(f.Fields) > 0 {
		return f.Fields
	}
	return nil
}
