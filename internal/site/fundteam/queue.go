package fundteam

import (
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form/source"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/report"
	"adoptionfund/internal/rules"
	"adoptionfund/internal/site/route"
	"adoptionfund/internal/workflow"
	page "adoptionfund/web/page/screen"
)

// queuePath is the list of applications in screening; views of it are kept under it.
const queuePath = "/screening"

func (h screening) queueRows() []route.Row {
	return []route.Row{
		{Method: http.MethodGet, Path: queuePath, Action: access.ListScreening, Title: "Eligibility", Menu: "Eligibility", Handle: h.queue},
		{Method: http.MethodGet, Path: queuePath + "/list.csv", Action: access.ListScreening, Title: "The list of eligibility as CSV", Handle: h.download},
		{Method: http.MethodPost, Path: queuePath + "/views", Action: access.ListScreening, Title: "Views of the list", Handle: h.views},
		{Method: http.MethodGet, Path: queuePath + "/batch", Action: access.ListScreening, Title: "Several applications at once", Handle: h.batch},
		{Method: http.MethodPost, Path: queuePath + "/batch", Action: access.ListScreening, Title: "Several applications at once", Handle: h.doBatch},
		{Method: http.MethodGet, Path: queuePath + "/results/{batch}", Action: access.ListScreening, Title: "What became of a batch", Handle: h.done},
		{Method: http.MethodGet, Path: queuePath + "/rules", Action: access.TryRules, Title: "Try changed rules", Handle: h.rules},
		{Method: http.MethodPost, Path: queuePath + "/rules", Action: access.TryRules, Title: "Try changed rules", Handle: h.tryRules, Body: 1 << 20},
	}
}

// asked are the parts of the address that narrow and sort the list.
func asked(from url.Values) url.Values {
	q := url.Values{}
	for _, name := range []string{"search", "call", "state", "has", "sort"} {
		if v := from.Get(name); v != "" {
			q.Set(name, v)
		}
	}
	return q
}

// filter is the list that is asked for; what makes no sense narrows nothing.
func filter(r *route.Request) eligibility.Filter {
	f := eligibility.Filter{Call: ident.CallRef(r.Query("call")), Search: r.Query("search"), After: ident.Ref(r.Query("after")), From: r.Query("from"), Limit: listLength + 1}
	if state := workflow.ApplicationState(r.Query("state")); state.Known() {
		f.States = []workflow.ApplicationState{state}
	}
	if o := application.Order(r.Query("sort")); slices.Contains(application.Orders(), o) {
		f.Order = o
	}
	f.Has = r.Query("has")
	if _, err := ident.Parse[ident.Person](f.Has); err != nil && f.Has != eligibility.Mine && f.Has != eligibility.Nobody {
		f.Has = eligibility.Anybody
	}
	return f
}

func (h screening) queue(r *route.Request) (route.Reply, error) {
	f := filter(r)
	list, err := h.checks.Queue(r.Context(), f)
	if err != nil {
		return route.Reply{}, err
	}
	views, err := h.people.Views(r.Context(), queuePath)
	if err != nil {
		return route.Reply{}, err
	}
	p := page.Queue{Listing: list, Asked: asked(r.Queries()), Views: views, Problems: r.Problems(), Typed: r.Typed}
	if len(list.Rows) > listLength {
		p.Rows = list.Rows[:listLength]
		last := p.Rows[listLength-1]
		next := asked(r.Queries())
		next.Set("after", string(last.Ref))
		if key := f.Order.Key(last.Application); key != "" {
			next.Set("from", key)
		}
		p.Next = queuePath + "?" + next.Encode()
	}
	return route.Show(p)
}

// download gives the whole list as it is narrowed and sorted, page by page.
func (h screening) download(r *route.Request) (route.Reply, error) {
	f := filter(r)
	f.After, f.From, f.Limit = "", "", 500
	return route.Download("eligibility.csv", "text/csv", false, func(w io.Writer) error {
		out := csv.NewWriter(w)
		head := []string{"application", "title", "lead_organisation", "lead_ods_code", "theme", "requested", "state", "days_in_state", "officer"}
		if err := out.Write(slices.Concat(head, rules.Criteria())); err != nil {
			return fmt.Errorf("writing the list: %w", err)
		}
		for {
			list, err := h.checks.Queue(r.Context(), f)
			if err != nil {
				return err //nolint:wrapcheck // eligibility has said what it was doing
			}
			if err := out.WriteAll(cells(list)); err != nil {
				return fmt.Errorf("writing the list: %w", err)
			}
			if len(list.Rows) < f.Limit {
				return nil
			}
			last := list.Rows[len(list.Rows)-1]
			f.After, f.From = last.Ref, f.Order.Key(last.Application)
		}
	})
}

// cells are the rows of the list as a spreadsheet takes them.
func cells(list eligibility.Listing) [][]string {
	rows := make([][]string, len(list.Rows))
	for i, row := range list.Rows {
		rows[i] = []string{
			string(row.Ref), row.Title, row.LeadName, string(row.Lead), row.Theme, row.Requested.Decimal(), string(row.State), strconv.Itoa(row.Days), list.Name(row.Officer),
		}
		for _, c := range rules.Criteria() {
			rows[i] = append(rows[i], string(row.Decided[c]))
		}
		for n := range rows[i] {
			rows[i][n] = report.Safe(rows[i][n])
		}
	}
	return rows
}

// views keeps a view of the list or removes one.
func (h screening) views(r *route.Request) (route.Reply, error) {
	if r.Button() == "drop" {
		if err := h.people.DropView(r.Context(), r.Field("view")); err != nil {
			return route.Reply{}, err
		}
		r.Flash("The view is removed")
		return route.Go(queuePath)
	}
	query, err := url.ParseQuery(r.Field("query"))
	if err != nil {
		return route.Reply{}, fault.Wrap(fault.Invalid, err, "This view cannot be kept")
	}
	query = asked(query)
	if err := h.people.KeepView(r.Context(), queuePath, r.Field("name"), query); err != nil {
		return r.Again(err, h.queue)
	}
	r.Flash("The view is kept")
	return route.GoTo(queuePath + "?" + query.Encode())
}

// selected reads which applications a batch is about, and what is done to them.
func selected(deed string, refs []string) eligibility.Batch {
	b := eligibility.Batch{Deed: eligibility.Deed(deed)}
	for _, ref := range refs {
		b.Refs = append(b.Refs, ident.Ref(ref))
	}
	return b
}

func (h screening) batch(r *route.Request) (route.Reply, error) {
	b := selected(r.Query("deed"), r.QueryAll("application"))
	if again, ok := r.Typing(); ok {
		b = selected(again.Get("deed"), again["application"])
	}
	preview, err := h.checks.PreviewBatch(r.Context(), b)
	if fault.Is(err, fault.Invalid) {
		r.Notice("Select the applications in the list first, at most 100, and what to do with them")
		return route.Go(queuePath)
	}
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Batch{Preview: preview, Problems: r.Problems(), Typed: r.Typed})
}

func (h screening) doBatch(r *route.Request) (route.Reply, error) {
	b := selected(r.Field("deed"), r.Form()["application"])
	b.Officer, b.Question.Text = ident.Person(r.Field("officer")), r.Field("text")
	if days, err := strconv.Atoi(r.Field("due")); err == nil {
		b.Days = days
	}
	id, err := h.checks.DoBatch(r.Context(), b)
	if err != nil {
		return r.Again(err, h.batch)
	}
	return route.Go(queuePath+"/results/%s", id)
}

func (h screening) done(r *route.Request) (route.Reply, error) {
	results, err := h.checks.Results(r.Context(), r.Path("batch"))
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.BatchDone{Preview: results})
}

func (h screening) rules(r *route.Request) (route.Reply, error) { return h.trial(r, nil) }

func (h screening) trial(r *route.Request, t *eligibility.Trial) (route.Reply, error) {
	rounds, err := h.checks.RoundsToTry(r.Context())
	if err != nil {
		return route.Reply{}, err
	}
	p := page.RulesTrial{Rounds: rounds, From: r.Query("rules"), Trial: t, Problems: r.Problems(), Typed: r.Typed}
	if p.From == "" {
		p.From = p.Newest()
	}
	if p.From != "" {
		if p.Rules, err = eligibility.RulesText(p.From, rounds); err != nil {
			return route.Reply{}, err //nolint:wrapcheck // says what it was doing
		}
	}
	if t != nil {
		p.Typed = func(name, _ string) string { return r.Form().Get(name) }
	}
	return route.Show(p)
}

// tryRules shows what changed rules would find. It changes nothing, so that its page is the answer itself.
func (h screening) tryRules(r *route.Request) (route.Reply, error) {
	set, err := eligibility.ReadRules("rules.yaml", []byte(r.Form().Get("rules")))
	if problems := source.Of(err); len(problems) > 0 {
		return r.Again(fault.Fields(fault.Problems{"rules": problems.Error()}), h.rules)
	}
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // rules has said what it was doing
	}
	t, err := h.checks.TryRules(r.Context(), ident.RoundRef(r.Field("round")), set)
	if err != nil {
		return r.Again(err, h.rules)
	}
	return h.trial(r, &t)
}
