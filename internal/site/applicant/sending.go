package applicant

import (
	"fmt"
	"io"
	"strconv"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/site/route"
	"adoptionfund/internal/workflow"
	page "adoptionfund/web/page/apply"
	"adoptionfund/web/page/shared"
)

func (o Options) submit(r *route.Request) (route.Reply, error) {
	ref := refOf(r)
	err := o.Applications.Submit(r.Context(), ref)
	switch {
	case err == nil:
		return route.Go("/applications/%s/receipt", ref)
	case fault.Is(err, fault.Invalid):
		return r.Again(err, o.overview)
	}
	return r.Instead(err, func(words string, ours bool) shared.Page {
		return page.NotSent{Ref: ref, Why: words, Ours: ours, Arrived: r.Arrival(), Reference: r.Reference(), Email: r.Brand().Email}
	})
}

func (o Options) reopen(r *route.Request) (route.Reply, error) {
	ref := refOf(r)
	if err := o.Applications.ReopenCopy(r.Context(), ref); err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	r.Flash("You can change the application now. The last signed submission stands until another replaces it.")
	return route.Go("/applications/%s", ref)
}

func (o Options) receipt(r *route.Request) (route.Reply, error) {
	a, all, err := o.Applications.Receipts(r.Context(), refOf(r))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	if r.Query("format") == "json" {
		name, text := fmt.Sprintf("receipt-%s.json", a.Ref), all[0].Text
		for _, kept := range all {
			if number := strconv.Itoa(kept.Number); r.Query("number") == number {
				name, text = fmt.Sprintf("receipt-%s-%s.json", a.Ref, number), kept.Text
			}
		}
		return route.Download(name, "application/json", false, func(w io.Writer) error {
			_, err := io.WriteString(w, text+"\n")
			return err //nolint:wrapcheck // route says what it was doing
		})
	}
	signatures, err := o.Applications.SignaturesSent(r.Context(), refOf(r))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	return route.Show(page.Receipt{Application: a, Receipt: all[0].Receipt, All: all, Signatures: signatures})
}

func (o Options) withdrawPage(r *route.Request) (route.Reply, error) {
	v, err := o.Applications.Overview(r.Context(), refOf(r))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	return route.Show(page.Withdraw{Application: v.Application, Reason: r.Typed("reason", ""), Problems: r.Problems()})
}

func (o Options) withdraw(r *route.Request) (route.Reply, error) {
	ref := refOf(r)
	v, err := o.Applications.Overview(r.Context(), ref)
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	take, done := o.Applications.Withdraw, "The application is withdrawn."
	if v.Application.State == workflow.Successful && o.Decline != nil {
		take, done = o.Decline, "The award is declined."
	}
	if err := take(r.Context(), ref, r.Field("reason")); err != nil {
		return r.Again(err, o.withdrawPage)
	}
	r.Flash(done)
	return route.Go("/applications/%s", ref)
}
