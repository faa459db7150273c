package applicant

import (
	"net/url"

	"adoptionfund/internal/form"
	"adoptionfund/internal/product"
	"adoptionfund/internal/site/route"
	"adoptionfund/internal/site/saving"
	page "adoptionfund/web/page/apply"
)

func (h supplier) section(r *route.Request) (route.Reply, error) {
	space, err := h.products.Show(r.Context(), productID(r), formID(r), r.Path("section"))
	if err != nil {
		return route.Reply{}, err
	}
	shown := page.Return{Space: space, Problems: r.Problems(), Typed: r.Typed}
	if typed, again := r.Typing(); again {
		shown.Stored = space.Return.Body.Answers
		shown.Return.Body.Answers, _ = form.Bind(space.Section, typed, shown.Stored)
	}
	return route.Show(page.ReturnSection{Return: shown})
}

// save keeps what was typed in a section of a return, and goes where the button says.
func (h supplier) save(r *route.Request) (route.Reply, error) {
	if r.WantsJSON() {
		return h.saveTyping(r)
	}
	values, unchosen := saving.Chosen(r.Form())
	going := r.Button() == "continue"
	space, err := h.products.SaveSection(r.Context(), productID(r), formID(r), r.Path("section"), product.Typed{Values: values, Revision: r.Version(), Strict: going})
	if len(space.Clashes) > 0 {
		return saving.Choose(r, page.ChooseInReturn(space, unchosen, r.Form()), unchosen)
	}
	if err != nil {
		return r.Again(err, h.section)
	}
	switch {
	case going:
		r.Flash("Saved")
		return h.next(r, space)
	case r.Button() == "choose":
		r.Flash("Saved: the versions that you chose are in the section now.")
		return route.GoTo(h.base(r) + "/sections/" + url.PathEscape(r.Path("section")) + "?form=" + url.QueryEscape(space.Form.ID))
	}
	r.Flash("Saved")
	return h.back(r)
}

// saveTyping keeps what is being typed and answers the script that sent it, with the provisional status that the answers point to now.
// It is save with other words.
func (h supplier) saveTyping(r *route.Request) (route.Reply, error) {
	space, err := h.products.SaveSection(r.Context(), productID(r), formID(r), r.Path("section"), product.Typed{
		Values: r.Form(), Revision: r.Version(), Typing: true,
	})
	if err != nil && len(space.Problems)+len(space.Clashes) == 0 {
		return route.Reply{}, err //nolint:wrapcheck // product has said what it was doing
	}
	a := saving.Acknowledge(r, space.Section, space.Return.Body.Answers, space.Clashes)
	a.Version, a.Problems, a.Others = space.Return.Revision, space.Problems, space.Others
	if a.Live, err = page.LiveStatus(r.Context(), space); err != nil {
		return route.Reply{}, err //nolint:wrapcheck // the page has said what it was doing
	}
	return a.Reply()
}

// next leads to the section after the one that was saved, or back to the return.
func (h supplier) next(r *route.Request, space product.Space) (route.Reply, error) {
	for i, s := range space.Form.Sections {
		if s.Code == space.Section.Code && i+1 < len(space.Form.Sections) {
			path := h.base(r) + "/sections/" + url.PathEscape(space.Form.Sections[i+1].Path())
			return route.GoTo(path + "?form=" + url.QueryEscape(space.Form.ID))
		}
	}
	return h.back(r)
}
