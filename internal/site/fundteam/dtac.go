package fundteam

import (
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/position"
	"adoptionfund/internal/product"
	"adoptionfund/internal/review"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/screen"
)

type dtac struct {
	products  *product.Service
	positions *position.Service
	checks    *eligibility.Service
	reviews   *review.Service
}

// DTAC are the rows of the DTAC assessors' pages.
func DTAC(products *product.Service, positions *position.Service, checks *eligibility.Service, reviews *review.Service) []route.Row {
	h := dtac{products, positions, checks, reviews}
	return []route.Row{
		{Method: http.MethodGet, Path: "/dtac", Action: access.ListDTAC, Title: "DTAC register", Menu: "DTAC", Handle: h.register},
		{Method: http.MethodPost, Path: "/dtac/claims", Action: access.ConfirmClaim, Title: "Claims to products", Handle: h.confirmClaim},
		{Method: http.MethodGet, Path: "/dtac/products/{product}", Action: access.ViewDTAC, Title: "DTAC of a product", Handle: h.product},
		{Method: http.MethodPost, Path: "/dtac/products/{product}", Action: access.AssessReturn, Title: "DTAC of a product", Handle: h.assess},
		{Method: http.MethodGet, Path: "/dtac/products/{product}/summary", Action: access.ViewDTAC, Title: "DTAC position of a product", Handle: h.summary},
		{Method: http.MethodGet, Path: "/dtac/products/{product}/summary.pdf", Action: access.ViewDTAC, Title: "DTAC position as a PDF file", Handle: h.paper},
		{Method: http.MethodGet, Path: "/dtac/products/{product}/return.yaml", Action: access.ViewSecurityEvidence, Title: "DTAC return as a file", Handle: h.export},
		{Method: http.MethodGet, Path: "/dtac/products/{product}/recognised", Action: access.RecogniseAssessment, Title: "Rely on the assessment of another NHS body", Handle: h.recognised},
		{Method: http.MethodPost, Path: "/dtac/products/{product}/recognised", Action: access.RecogniseAssessment, Title: "Rely on the assessment of another NHS body", Handle: h.recognise},
		{Method: http.MethodGet, Path: "/dtac/applications/{ref}", Action: access.ListDTAC, Title: "DTAC of an application", Handle: h.application},
		{Method: http.MethodPost, Path: "/dtac/applications/{ref}", Action: access.ScoreDT1, Title: "DTAC of an application", Handle: h.score},
	}
}

func (h dtac) register(r *route.Request) (route.Reply, error) {
	q := position.Query{
		Search: r.Query("search"), View: r.Query("view"), Sort: r.Query("sort"), Status: status.Status(r.Query("status")),
		Provisional: status.Status(r.Query("provisional")), Limit: listLength + 1,
	}
	if after, err := ident.Parse[ident.Product](r.Query("after")); err == nil {
		q.After = after
	}
	entries, err := h.positions.Register(r.Context(), q)
	if err != nil {
		return route.Reply{}, err
	}
	var claims []product.Waiting
	if r.May(access.ConfirmClaim) {
		if claims, err = h.products.Claims(r.Context()); err != nil {
			return route.Reply{}, err
		}
	}
	p := page.Register{Entries: entries, Claims: claims, Query: q}
	if len(entries) > listLength {
		p.Entries = entries[:listLength]
		next := r.Queries()
		next.Set("after", string(p.Entries[listLength-1].ID))
		p.Next = "/dtac?" + next.Encode()
	}
	return route.Show(p)
}

func (h dtac) confirmClaim(r *route.Request) (route.Reply, error) {
	id, err := ident.Parse[ident.Product](r.Field("product"))
	if err != nil {
		return route.Reply{}, fault.Wrap(fault.NotFound, err, "There is no such product")
	}
	person, err := ident.Parse[ident.Person](r.Field("person"))
	if err != nil {
		return route.Reply{}, fault.Wrap(fault.NotFound, err, "There is no such person")
	}
	if err := h.products.ConfirmClaim(r.Context(), id, person); err != nil {
		return route.Reply{}, err
	}
	r.Flash("The claim is confirmed")
	return route.Go("/dtac")
}

func (h dtac) product(r *route.Request) (route.Reply, error) {
	desk, err := h.positions.Open(r.Context(), ident.Product(r.Path("product")), setOf(r))
	if err != nil {
		return route.Reply{}, err
	}
	p := page.ProductDesk{Desk: desk, Problems: r.Problems(), Typed: r.Typed, Posted: form.Code(r.Field("section"))}
	if latest, stale := r.Stale(); stale {
		p.Met, _ = latest.(map[form.Code]product.Assessed)
	}
	return route.Show(p)
}

// setOf is the question set that a page is about: as it was typed, else as the address says.
func setOf(r *route.Request) string {
	if typed := r.Field("form"); typed != "" {
		return typed
	}
	return r.Query("form")
}

// deed is what a button of the desk does; it gives the words that tell of it.
type deed func(h dtac, r *route.Request, id ident.Product, in position.Deciding) (string, error)

// deeds are the buttons of the desk.
func deeds() map[string]deed {
	section := func(r *route.Request) form.Code { return form.Code(r.Field("section")) }
	return map[string]deed{
		"save": func(h dtac, r *route.Request, id ident.Product, in position.Deciding) (string, error) {
			return "Decisions saved", h.positions.Decide(r.Context(), id, setOf(r), in)
		},
		"record": func(h dtac, r *route.Request, id ident.Product, in position.Deciding) (string, error) {
			p, err := h.positions.AssessAndRecord(r.Context(), id, setOf(r), in.Decided)
			return "Position recorded: " + p.Words(), err
		},
		"propose": func(h dtac, r *route.Request, id ident.Product, in position.Deciding) (string, error) {
			return "The position waits for a second look", h.positions.Propose(r.Context(), id, setOf(r), in)
		},
		"confirm": func(h dtac, r *route.Request, id ident.Product, _ position.Deciding) (string, error) {
			p, err := h.positions.Confirm(r.Context(), id, setOf(r))
			return "Position recorded: " + p.Words(), err
		},
		"return": func(h dtac, r *route.Request, id ident.Product, _ position.Deciding) (string, error) {
			return "The position is returned", h.positions.ReturnProposal(r.Context(), id, setOf(r), r.Field("reason"))
		},
		"take": func(h dtac, r *route.Request, id ident.Product, _ position.Deciding) (string, error) {
			return "You have the section", h.positions.Take(r.Context(), id, setOf(r), section(r))
		},
		"give_back": func(h dtac, r *route.Request, id ident.Product, _ position.Deciding) (string, error) {
			return "The section is given back", h.positions.GiveBack(r.Context(), id, setOf(r), section(r))
		},
		"hand_over": func(h dtac, r *route.Request, id ident.Product, _ position.Deciding) (string, error) {
			return "The section is handed over", h.positions.HandOver(r.Context(), id, setOf(r), section(r), ident.Person(r.Field("to")))
		},
	}
}

// assess takes the buttons of the desk.
func (h dtac) assess(r *route.Request) (route.Reply, error) {
	id := ident.Product(r.Path("product"))
	desk, err := h.positions.Open(r.Context(), id, setOf(r))
	if err != nil {
		return route.Reply{}, err
	}
	do, ok := deeds()[r.Button()]
	if !ok {
		do = deeds()["save"]
	}
	done, err := do(h, r, id, decisions(r, desk.Form))
	if err != nil {
		return r.Again(err, h.product)
	}
	r.Flash(done)
	return route.GoTo("/dtac/products/" + url.PathEscape(string(id)) + "?form=" + url.QueryEscape(desk.Form.ID))
}

func (h dtac) summary(r *route.Request) (route.Reply, error) {
	sum, err := h.positions.Summarise(r.Context(), ident.Product(r.Path("product")), r.Query("form"))
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Summary{Summary: sum, Now: r.Arrival(), MayPrint: r.MayPrint()})
}

// paper gives the same as a PDF file.
func (h dtac) paper(r *route.Request) (route.Reply, error) {
	sum, err := h.positions.Summarise(r.Context(), ident.Product(r.Path("product")), r.Query("form"))
	if err != nil {
		return route.Reply{}, err
	}
	sheet := page.Summary{Summary: sum, Now: r.Arrival(), Paper: true}
	return route.PDF("dtac-position.pdf", sheet.Footer(), sheet)
}

// export gives the return as a file that the command reads.
func (h dtac) export(r *route.Request) (route.Reply, error) {
	out, err := h.positions.Export(r.Context(), ident.Product(r.Path("product")), r.Query("form"))
	if err != nil {
		return route.Reply{}, err
	}
	return route.Download(out.Name, "application/yaml", false, func(w io.Writer) error {
		_, err := w.Write(out.Data)
		return err
	})
}

func (h dtac) recognised(r *route.Request) (route.Reply, error) {
	desk, err := h.positions.Open(r.Context(), ident.Product(r.Path("product")), "")
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Recognise{Product: desk.Product, Problems: r.Problems(), Typed: r.Typed})
}

// recognise records the assessment of another NHS body.
func (h dtac) recognise(r *route.Request) (route.Reply, error) {
	id := ident.Product(r.Path("product"))
	err := h.positions.Recognise(r.Context(), id, position.Recognised{
		Body: r.Field("body"), Officer: r.Field("officer"), ProductVersion: r.Field("product_version"), Form: r.Field("which"),
		Status: status.Status(r.Field("status")), AssessedOn: day(r.Field("assessed_on")), Expires: day(r.Field("expires")),
		Reference: r.Field("reference"), Reason: r.Field("why"),
	})
	if err != nil {
		return r.Again(err, h.recognised)
	}
	r.Flash("The assessment is recorded as recognised")
	return route.GoTo("/dtac/products/" + url.PathEscape(string(id)))
}

// decisions reads what was decided: of questions by their codes, and of sections that are waived whole.
func decisions(r *route.Request, f *form.Form) position.Deciding {
	in := position.Deciding{Seen: map[form.Code]int{}, Carried: map[form.Code]string{}}
	read := func(code form.Code) {
		name := string(code)
		a := status.Assessment{Question: code, Result: status.Decision(r.Field(name)), Reason: r.Field(name + "-reason")}
		if a.Result == status.DecidedActionNeeded {
			a.Action = status.Action{What: r.Field(name + "-what"), Owner: r.Field(name + "-owner"), Due: day(r.Field(name + "-due"))}
		}
		if a.Result != "" {
			in.Decided = append(in.Decided, a)
		}
		if seen, err := strconv.Atoi(r.Field(name + "-seen")); err == nil {
			in.Seen[code] = seen
		}
		if from := r.Field(name + "-carried"); from != "" {
			in.Carried[code] = from
		}
	}
	for _, s := range f.Sections {
		if s.Waiver != "" {
			read(s.Code)
		}
		for _, q := range s.Questions {
			read(q.Code)
		}
	}
	return in
}

// day reads a day as people type it, 2026-12-31 or 31/12/2026; what is none stays as it was typed, to be named as wrong.
func day(text string) form.Date {
	for _, layout := range []string{time.DateOnly, "2/1/2006", "2 1 2006", "2 January 2006"} {
		if t, err := time.Parse(layout, strings.TrimSpace(text)); err == nil {
			return form.DateOf(t)
		}
	}
	return form.Date(text)
}

func (h dtac) application(r *route.Request) (route.Reply, error) {
	products, err := h.checks.Products(r.Context(), ref(r))
	if err != nil {
		return route.Reply{}, err
	}
	fixed, err := h.reviews.Fixed(r.Context(), ref(r))
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.ApplicationDesk{ApplicationProducts: products, Fixed: &fixed, Problems: r.Problems(), Typed: r.Typed})
}

func (h dtac) score(r *route.Request) (route.Reply, error) {
	fixed, err := h.reviews.Fixed(r.Context(), ref(r))
	if err != nil {
		return route.Reply{}, err
	}
	if fixed.Assessor == nil {
		return route.Reply{}, fault.New(fault.Conflict, "The rubric of this call has no part that DTAC assessors score")
	}
	code := string(fixed.Assessor.Code)
	if err := h.reviews.ScoreDT1(r.Context(), ref(r), review.Given{Mark: r.Field(code), Reason: r.Field(code + "-reason")}); err != nil {
		return r.Again(err, h.application)
	}
	r.Flash("The score is given")
	return route.Go("/dtac/applications/%s", ref(r))
}
