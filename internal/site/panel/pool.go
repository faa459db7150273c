package panel

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/report"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/panel"
)

// largestPool is how large a list of reviewers may be that is uploaded.
const largestPool = 2 << 20

type poolDesk struct{ assignments *assignment.Service }

// Pool are the rows of the reviewers of a round.
func Pool(s *assignment.Service) []route.Row {
	h := poolDesk{s}
	one := "/admin/reviewers/{round}"
	return []route.Row{
		{Method: http.MethodGet, Path: "/admin/reviewers", Action: access.ViewReviewers, Title: "Reviewers", Menu: "Reviewers", Handle: h.show},
		{Method: http.MethodGet, Path: one, Action: access.ViewReviewers, Title: "Reviewers", Handle: h.show},
		{Method: http.MethodPost, Path: one, Action: access.EditReviewer, Title: "Change a reviewer", Handle: h.keep},
		{Method: http.MethodPost, Path: one + "/invite", Action: access.InviteReviewer, Title: "Invite reviewers", Handle: h.invite},
		{Method: http.MethodPost, Path: one + "/import", Action: access.ImportReviewers, Title: "Import reviewers", Handle: h.upload, Body: largestPool},
		{Method: http.MethodGet, Path: one + "/reviewers.csv", Action: access.ViewReviewers, Title: "Reviewers as a list", Handle: h.export},
	}
}

func round(r *route.Request) ident.RoundRef { return ident.RoundRef(r.Path("round")) }

// person is the reviewer that the address or the form names; empty if it names none that can be.
func person(r *route.Request) ident.Person {
	text := r.Field("person")
	if text == "" {
		text = r.Query("person")
	}
	id, err := ident.Parse[ident.Person](text)
	if err != nil {
		return ""
	}
	return id
}

func (h poolDesk) show(r *route.Request) (route.Reply, error) {
	pool, err := h.assignments.Pool(r.Context(), round(r))
	if err != nil {
		return route.Reply{}, err
	}
	p := page.Pool{
		Pool: pool, Chosen: person(r), Problems: r.Problems(), Typed: r.Typed, TypedAll: r.TypedAll,
		Search: r.Query("q"), Kind: r.Query("kind"), Theme: r.Query("theme"), Stand: r.Query("stand"),
	}
	if latest, stale := r.Stale(); stale {
		p.Latest, _ = latest.(*assignment.Reviewer)
	}
	return route.Show(p)
}

func (h poolDesk) keep(r *route.Request) (route.Reply, error) {
	capacity, err := strconv.Atoi(r.Field("capacity"))
	if err != nil {
		capacity = -1
	}
	d := assignment.Details{
		Newcomer: assignment.Newcomer{
			Email: r.Field("email"), Name: r.Field("name"), Kind: r.Field("kind"), ODS: ident.ODS(strings.ToUpper(r.Field("ods"))), Themes: r.Form()["themes"], Capacity: capacity,
		},
		Person: person(r), Away: r.Form().Get("away"), Training: r.Field("training"), On: r.Field("trained-on"), Version: r.Version(),
	}
	if err := h.assignments.Keep(r.Context(), round(r), d); err != nil {
		return r.Again(err, h.show)
	}
	r.Flash("The reviewer is saved")
	return route.Go("/admin/reviewers/%s", round(r))
}

func (h poolDesk) invite(r *route.Request) (route.Reply, error) {
	var who []ident.Person
	if id := person(r); id != "" {
		who = append(who, id)
	} else if r.Button() != "everybody" {
		return r.Again(fault.New(fault.Invalid, "Press one of the buttons on the page"), h.show)
	}
	n, err := h.assignments.Invite(r.Context(), round(r), who...)
	if err != nil {
		return r.Again(err, h.show)
	}
	r.Flash(fmt.Sprintf("%d invitations are sent", n))
	return route.Go("/admin/reviewers/%s", round(r))
}

func (h poolDesk) upload(r *route.Request) (route.Reply, error) {
	n, err := h.imported(r)
	if f, ok := fault.Of(err); ok && f.Kind == fault.Invalid && len(f.Fields) == 0 {
		err = fault.Fields(fault.Problems{"file": f.Words})
	}
	if err != nil {
		return r.Again(err, h.show)
	}
	r.Flash(fmt.Sprintf("%d reviewers are imported", n))
	return route.Go("/admin/reviewers/%s", round(r))
}

func (h poolDesk) imported(r *route.Request) (int, error) {
	sent := r.Files("file")
	if len(sent) != 1 {
		return 0, fault.Fields(fault.Problems{"file": "Select the file with the list"})
	}
	file, err := sent[0].Seek()
	if err != nil {
		return 0, err
	}
	defer func() { _ = file.Close() }()
	return h.assignments.Import(r.Context(), round(r), file)
}

// export gives the list with the columns of the import, so that it can be imported again, and what the pool knows besides.
func (h poolDesk) export(r *route.Request) (route.Reply, error) {
	pool, err := h.assignments.Pool(r.Context(), round(r))
	if err != nil {
		return route.Reply{}, err
	}
	var text bytes.Buffer
	out := csv.NewWriter(&text)
	rows := [][]string{append(assignment.Columns(), "load", "done", "invitation", "away", "terms_accepted", "training", "trained_on")}
	for _, e := range pool.Entries {
		terms := ""
		if e.TermsAcceptedAt != nil {
			terms = e.TermsAcceptedAt.Format("2006-01-02")
		}
		rows = append(rows, []string{
			e.Email, e.Name, e.Kind, string(e.ODS), strings.Join(strings.Fields(e.Themes), ";"), strconv.Itoa(e.Capacity), strconv.Itoa(e.Load), strconv.Itoa(e.Done), e.Stand,
			strings.ReplaceAll(assignment.AwayText(e.Away), "\n", ";"), terms, e.Training, e.TrainedOn,
		})
	}
	for _, row := range rows {
		for i := range row {
			row[i] = report.Safe(row[i])
		}
		if err := out.Write(row); err != nil {
			return route.Reply{}, fmt.Errorf("writing the list of reviewers: %w", err)
		}
	}
	out.Flush()
	return route.Download("reviewers-"+string(pool.Round.Ref)+".csv", "text/csv; charset=utf-8", false, func(w io.Writer) error {
		_, err := w.Write(text.Bytes())
		return err //nolint:wrapcheck // the one who writes says what it was doing
	})
}
