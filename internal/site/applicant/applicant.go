// Package applicant is the doors of those who apply: starting, writing, signing and submitting an application, and what becomes of
// it. It takes what was typed and shows pages; what may be done is decided by application.
package applicant

import (
	"context"
	"net/http"
	"slices"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/site/route"
	"adoptionfund/internal/workflow"
	page "adoptionfund/web/page/apply"
	"adoptionfund/web/page/public"
)

// Options are what the applicant's pages need.
type Options struct {
	Applications *application.Service
	Funds        *fund.Service
	People       *people.Service
	// Later is what the rooms after this one know of an application; nil: nothing.
	Later func(ctx context.Context, a *application.Application) (Later, error)
	// Decline declines the award of a successful application; nil: there is none.
	Decline func(ctx context.Context, ref ident.Ref, reason string) error
}

// Later is what becomes of an application after it was submitted.
type Later struct {
	Dates map[workflow.When]time.Time
	// Declinable says that there is an award that is not agreed yet.
	Declinable bool
}

func (o Options) later(r *route.Request, a *application.Application) (Later, error) {
	if o.Later == nil {
		return Later{}, nil
	}
	return o.Later(r.Context(), a)
}

// uploadBytes is the largest form with files.
const uploadBytes = 220 << 20

// Rows are the rows of the applicant's pages.
func Rows(o Options) []route.Row {
	get := func(path, title string, a access.Action, handle route.Handler) route.Row {
		return route.Row{Method: http.MethodGet, Path: path, Title: title, Action: a, Handle: handle}
	}
	post := func(path string, a access.Action, handle route.Handler) route.Row {
		return route.Row{Method: http.MethodPost, Path: path, Title: path, Action: a, Handle: handle}
	}
	list := get("/applications", "Your applications", access.ListApplications, o.list)
	list.Menu = "Applications"
	save := post("/applications/{ref}/sections/{section}", access.EditApplication, o.save)
	save.Body = uploadBytes
	return slices.Concat(uploadRows(o), o.peopleRows(), o.productRows(), o.signRows(), []route.Row{
		list,
		get("/applications/start", "Start an application", access.StartApplication, o.startPage),
		post("/applications", access.StartApplication, o.start),
		get("/applications/{ref}", "An application", access.ViewApplication, o.overview),
		get("/applications/{ref}/sections/{section}", "A section", access.ViewApplication, o.section),
		save,
		get("/applications/{ref}/check", "All answers", access.ViewApplication, o.check),
		get("/applications/{ref}/preview", "The whole application", access.ViewApplication, o.preview),
		get("/applications/{ref}/application.pdf", "The whole application as a PDF file", access.ViewApplication, o.paper),
		get("/applications/{ref}/submit", "Submit an application", access.ViewApplication, o.overview),
		post("/applications/{ref}/submit", access.SubmitApplication, o.submit),
		post("/applications/{ref}/reopen", access.ReopenCopy, o.reopen),
		get("/applications/{ref}/receipt", "Receipt", access.ViewReceipt, o.receipt),
		get("/applications/{ref}/copy", "Copy an application into another call", access.CopyApplication, o.copyPage),
		post("/applications/{ref}/copy", access.CopyApplication, o.copy),
		get("/applications/{ref}/withdraw", "Withdraw an application", access.WithdrawApplication, o.withdrawPage),
		post("/applications/{ref}/withdraw", access.WithdrawApplication, o.withdraw),
		get("/applications/{ref}/history", "History of an application", access.ViewApplicationHistory, o.history),
		post("/applications/{ref}/history", access.EditApplication, o.restore),
		get("/applications/{ref}/files", "Files of an application", access.ViewApplication, o.files),
		narrow(get("/applications/{ref}/files/{file}", "A file", access.ViewApplication, o.download)),
	})
}

// narrow lets a session that was opened from a mail, and reaches one application only, come to a page of it.
func narrow(row route.Row) route.Row {
	row.Narrow = true
	return row
}

// Tasks are what waits for somebody who applies or signs, for the start page.
func Tasks(applications *application.Service) func(context.Context) ([]public.Task, error) {
	return func(ctx context.Context) ([]public.Task, error) {
		waiting, err := applications.Waiting(ctx)
		if err != nil {
			return nil, err //nolint:wrapcheck // application has said what it was doing
		}
		invitations, err := applications.MyInvitations(ctx)
		if err != nil {
			return nil, err //nolint:wrapcheck // application has said what it was doing
		}
		products, err := applications.MySupplierInvitations(ctx)
		if err != nil {
			return nil, err //nolint:wrapcheck // application has said what it was doing
		}
		tasks := make([]public.Task, 0, len(waiting)+len(invitations)+len(products))
		for _, in := range products {
			tasks = append(tasks, public.Task{Title: "Answer the invitation as supplier of " + in.Product, About: in.Title, Href: "/supplier/invitations", Due: in.ExpiresAt})
		}
		for _, in := range invitations {
			tasks = append(tasks, public.Task{Title: "Answer the invitation to " + string(in.Ref), About: in.Title, Href: "/applications/" + string(in.Ref) + "/invitation", Due: in.ExpiresAt})
		}
		for _, w := range waiting {
			ref := string(w.Application.Ref)
			t := public.Task{Title: "Finish and submit " + ref, About: w.Application.Title, Href: "/applications/" + ref, Due: w.Due}
			if w.Deed == application.DeedSign {
				t.Title, t.Href = "Sign "+ref, "/applications/"+ref+"/sign"
			}
			tasks = append(tasks, t)
		}
		return tasks, nil
	}
}

// refOf is the application that the address names.
func refOf(r *route.Request) ident.Ref { return ident.Ref(r.Path("ref")) }

func (o Options) list(r *route.Request) (route.Reply, error) {
	rows, err := o.Applications.Mine(r.Context())
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	return route.Show(page.List{Applications: rows, Now: r.Arrival(), MayStart: r.May(access.StartApplication)})
}

func (o Options) startPage(r *route.Request) (route.Reply, error) {
	calls, err := o.openCalls(r)
	if err != nil {
		return route.Reply{}, err
	}
	account, err := o.People.Account(r.Context())
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // people has said what it was doing
	}
	shown := page.Start{
		Calls: calls, Call: r.Typed("call", r.Query("call")), Title: r.Typed("title", ""), Lead: r.Typed("lead", ""), Problems: r.Problems(), Now: r.Arrival(),
	}
	for _, acting := range account.Organisations {
		if acting.Standing {
			shown.Acting = append(shown.Acting, acting.Organisation)
		}
	}
	if len(shown.Acting) == 1 && shown.Lead == "" {
		shown.Lead = string(shown.Acting[0].ODSCode)
	}
	return route.Show(shown)
}

// openCalls are the calls in which an application can begin now.
func (o Options) openCalls(r *route.Request) ([]fund.Call, error) {
	rounds, err := o.Funds.List(r.Context())
	if err != nil {
		return nil, err //nolint:wrapcheck // fund has said what it was doing
	}
	var calls []fund.Call
	for _, round := range rounds {
		for _, c := range round.Calls {
			if c.State == workflow.CallOpen && c.InTime(r.Arrival()) {
				calls = append(calls, c)
			}
		}
	}
	return calls, nil
}

func (o Options) start(r *route.Request) (route.Reply, error) {
	ref, err := o.Applications.Start(r.Context(), application.Beginning{
		Call: ident.CallRef(r.Field("call")), Title: r.Field("title"), Lead: form.ODS(r.Field("lead")),
	})
	if err != nil {
		return r.Again(err, o.startPage)
	}
	return route.Go("/applications/%s", ref)
}

func (o Options) overview(r *route.Request) (route.Reply, error) {
	v, err := o.Applications.Overview(r.Context(), refOf(r))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	later, err := o.later(r, v.Application)
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Overview{Overview: v, Now: r.Arrival(), Problems: r.Problems(), Dates: later.Dates, Declinable: later.Declinable})
}

func (o Options) check(r *route.Request) (route.Reply, error) {
	v, err := o.Applications.Overview(r.Context(), refOf(r))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	return route.Show(page.Check{Overview: v, Title: "Check your answers"})
}
