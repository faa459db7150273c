package fundteam

import (
	"net/http"
	"net/url"
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
		{Method: http.MethodGet, Path: "/dtac/applications/{ref}", Action: access.ListDTAC, Title: "DTAC of an application", Handle: h.application},
		{Method: http.MethodPost, Path: "/dtac/applications/{ref}", Action: access.ScoreDT1, Title: "DTAC of an application", Handle: h.score},
	}
}

func (h dtac) register(r *route.Request) (route.Reply, error) {
	q := position.Query{Search: r.Query("search"), Limit: listLength + 1}
	if after, err := ident.Parse[ident.Product](r.Query("after")); err == nil {
		q.After = after
	}
	entries, err := h.positions.Register(r.Context(), q)
	if err != nil {
		return route.Reply{}, err
	}
	claims, err := h.products.Claims(r.Context())
	if err != nil {
		return route.Reply{}, err
	}
	p := page.Register{Entries: entries, Claims: claims, Search: q.Search}
	if len(entries) > listLength {
		p.Entries = entries[:listLength]
		p.Next = "/dtac?" + url.Values{"search": {q.Search}, "after": {string(p.Entries[listLength-1].ID)}}.Encode()
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
	which := r.Query("form")
	if typed := r.Field("form"); typed != "" {
		which = typed
	}
	desk, err := h.positions.Open(r.Context(), ident.Product(r.Path("product")), which)
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.ProductDesk{Desk: desk, Problems: r.Problems(), Typed: r.Typed})
}

// assess keeps what was decided of questions, and records the position if that was asked.
func (h dtac) assess(r *route.Request) (route.Reply, error) {
	id := ident.Product(r.Path("product"))
	desk, err := h.positions.Open(r.Context(), id, r.Field("form"))
	if err != nil {
		return route.Reply{}, err
	}
	decided := decisions(r, desk.Form)
	if r.Button() == "record" {
		var p product.Position
		if p, err = h.positions.AssessAndRecord(r.Context(), id, desk.Form.ID, decided); err == nil {
			r.Flash("Position recorded: " + p.Words())
		}
	} else if err = h.positions.Assess(r.Context(), id, desk.Form.ID, decided); err == nil {
		r.Flash("Decisions saved")
	}
	if err != nil {
		return r.Again(err, h.product)
	}
	return route.GoTo("/dtac/products/" + url.PathEscape(string(id)) + "?form=" + url.QueryEscape(desk.Form.ID))
}

// decisions reads what was decided: of questions by their codes, and of sections that are waived whole.
func decisions(r *route.Request, f *form.Form) []status.Assessment {
	var decided []status.Assessment
	read := func(code form.Code) {
		name := string(code)
		a := status.Assessment{Question: code, Result: status.Decision(r.Field(name)), Reason: r.Field(name + "-reason")}
		if a.Result == status.DecidedActionNeeded {
			a.Action = status.Action{What: r.Field(name + "-what"), Owner: r.Field(name + "-owner"), Due: day(r.Field(name + "-due"))}
		}
		if a.Result != "" {
			decided = append(decided, a)
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
	return decided
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
