// Package public is the doors that anybody can go through: the start page, calls and their questions, the installation's key,
// and the demonstration's mailbox. It shows; what was published is decided by fund.
package public

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/people"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/rules"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/public"
)

// Task is something that waits for the one who is signed in.
type Task = page.Task

// Options are what the public pages need. Mail is nil where there is no demonstration.
type Options struct {
	Funds     *fund.Service
	Library   *fund.Library
	Rubrics   *rubric.Library
	SelfCheck *rules.Set // what the answers to the self-check suggest
	People    *people.Service
	PublicKey string // of the installation, in base64
	PublicURL string
	Mail      *notify.Box
	// Tasks are catalogues of what waits for the one who is signed in; each room that has some brings one.
	Tasks []func(context.Context) ([]Task, error)
}

// Rows are the rows of the public pages.
func Rows(o Options) []route.Row {
	get := func(path, title string, handle route.Handler) route.Row {
		return route.Row{Method: http.MethodGet, Path: path, Title: title, Action: access.ViewPublic, Public: true, Handle: handle}
	}
	home := get("/", "The fund", o.home)
	home.Menu = "Home"
	rows := []route.Row{
		home,
		get("/calls/{call}", "A call", o.call),
		get("/calls/{call}/questions", "All questions of the form", o.questions),
		get("/calls/{call}/questions.docx", "A document to draft in", o.draftDocument),
		get("/calls/{call}/self-check", "Check whether you can apply", o.selfCheck),
		get("/calls/{call}/questions-and-answers", "Questions and answers about a call", o.log),
		{Method: http.MethodPost, Path: "/calls/{call}/questions-and-answers", Title: "Ask about a call", Action: access.AskQuestion, Handle: o.ask},
		get("/receipts/key", "Public key of the installation", o.key),
		{Method: http.MethodGet, Path: "/organisations", Title: "Look up an ODS code", Action: access.ViewOrganisations, Handle: o.organisations},
		{Method: http.MethodGet, Path: "/organisations.json", Title: "Look up an ODS code, for scripts", Action: access.ViewOrganisations, Handle: o.lookUp},
	}
	if o.Mail != nil {
		rows = append(rows,
			route.Row{Method: http.MethodGet, Path: "/demo/mail", Title: "Mail of the demonstration", Action: access.ViewDemoMail, Public: true, Handle: o.mails},
			route.Row{Method: http.MethodGet, Path: "/demo/mail/{mail}", Title: "A mail of the demonstration", Action: access.ViewDemoMail, Public: true, Handle: o.mail},
		)
	}
	return rows
}

// published gives the calls whose opening was approved, the nearest deadline first.
func (o Options) published(ctx context.Context) ([]fund.Call, error) {
	rounds, err := o.Funds.List(ctx)
	if err != nil {
		return nil, err //nolint:wrapcheck // fund has said what it was doing
	}
	var calls []fund.Call
	for _, r := range rounds {
		for _, c := range r.Calls {
			if c.Published != "" {
				calls = append(calls, c)
			}
		}
	}
	slices.SortStableFunc(calls, func(a, b fund.Call) int { return a.ClosesAt.Compare(b.ClosesAt) })
	return calls, nil
}

func (o Options) home(r *route.Request) (route.Reply, error) {
	calls, err := o.published(r.Context())
	if err != nil {
		return route.Reply{}, err
	}
	shown := page.Home{Calls: calls, Now: r.Arrival(), MayStart: r.May(access.ListApplications)}
	if who, ok := r.Principal(); ok && who.Kind == access.Person {
		shown.Person = who.Name
		if shown.Tasks, err = o.tasks(r.Context()); err != nil {
			return route.Reply{}, err
		}
	}
	return route.Show(shown)
}

// tasks gives what waits, the nearest day first, what has no day last.
func (o Options) tasks(ctx context.Context) ([]Task, error) {
	var all []Task
	for _, catalogue := range o.Tasks {
		tasks, err := catalogue(ctx)
		if fault.Is(err, fault.Forbidden) {
			continue // a room in which this person has nothing to do
		}
		if err != nil {
			return nil, fmt.Errorf("collecting what waits: %w", err)
		}
		all = append(all, tasks...)
	}
	slices.SortStableFunc(all, func(a, b Task) int {
		if a.Due.IsZero() != b.Due.IsZero() {
			if a.Due.IsZero() {
				return 1
			}
			return -1
		}
		return a.Due.Compare(b.Due)
	})
	return all, nil
}

func (o Options) call(r *route.Request) (route.Reply, error) {
	c, round, changes, err := o.Funds.Show(r.Context(), ident.CallRef(r.Path("call")))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // fund has said what it was doing
	}
	parts, err := o.Rubrics.Rubric(c.Settings.Forms.Rubric)
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // the library has said what it was doing
	}
	f, err := o.Library.Form(c.Settings.Forms.Application)
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // the library has said what it was doing
	}
	return route.Show(page.Call{Call: c, Round: round, Changes: changes, Rubric: parts, Form: f, Now: r.Arrival(), MayStart: r.May(access.StartApplication)})
}

func (o Options) key(*route.Request) (route.Reply, error) { return route.Text(o.PublicKey + "\n") }

func (o Options) organisations(r *route.Request) (route.Reply, error) {
	shown := page.Organisations{Query: r.Query("q")}
	if shown.Query != "" {
		found, err := o.People.Search(r.Context(), shown.Query)
		if err != nil {
			return route.Reply{}, err //nolint:wrapcheck // people has said what it was doing
		}
		shown.Found = found
	}
	return route.Show(shown)
}

// choice is an organisation as the look-up offers it.
type choice struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

func (o Options) lookUp(r *route.Request) (route.Reply, error) {
	choices := []choice{}
	if q := r.Query("q"); q != "" {
		found, err := o.People.Search(r.Context(), q)
		if err != nil {
			return route.Reply{}, err //nolint:wrapcheck // people has said what it was doing
		}
		for _, organisation := range found {
			code := string(organisation.ODSCode)
			choices = append(choices, choice{code, organisation.Name + " (" + code + ")"})
		}
	}
	return route.JSON(choices)
}

// mailsOnAPage is how many mails the mailbox shows at once.
const mailsOnAPage = 50

func (o Options) mails(r *route.Request) (route.Reply, error) {
	to := r.Query("to")
	mails, err := o.Mail.Recent(r.Context(), to, notify.MailID(r.Query("before")), mailsOnAPage)
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // notify has said what it was doing
	}
	shown := page.Mails{Address: to, Mails: mails}
	if len(mails) == mailsOnAPage {
		shown.Next = "/demo/mail?" + url.Values{"to": {to}, "before": {string(mails[len(mails)-1].ID)}}.Encode()
	}
	return route.Show(shown)
}

func (o Options) mail(r *route.Request) (route.Reply, error) {
	mail, err := o.Mail.One(r.Context(), notify.MailID(r.Path("mail")))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // notify has said what it was doing
	}
	return route.Show(page.Mail{Mail: mail, Public: o.PublicURL})
}
