package applicant

import (
	"net/url"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/product"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/apply"
)

func (h supplier) permit(r *route.Request) (route.Reply, error) {
	permitted := r.Button() == "permit"
	if err := h.products.PermitReuse(r.Context(), productID(r), permitted); err != nil {
		return r.Again(err, h.show)
	}
	r.Flash("Other applications may not rely on your return from now on. Those that do already keep it")
	if permitted {
		r.Flash("Other applications may now rely on your return")
	}
	return h.back(r)
}

func (h supplier) releasing(r *route.Request) (route.Reply, error) {
	rel, err := h.products.Releasing(r.Context(), productID(r))
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Release{Releasing: rel, Affected: r.Form()["affected"], Problems: r.Problems(), Typed: r.Typed})
}

func (h supplier) release(r *route.Request) (route.Reply, error) {
	id, err := h.products.DeclareRelease(r.Context(), productID(r), product.Release{
		Version: r.Field("release"), Affected: r.Form()["affected"], Seen: r.Version(),
	})
	if err != nil {
		return r.Again(err, h.releasing)
	}
	r.Flash("The new version has a record of its own. Look at its return and send it")
	return route.GoTo("/supplier/products/" + url.PathEscape(string(id)))
}

func (h supplier) mergeable(r *route.Request) (route.Reply, error) {
	m, err := h.products.Mergeable(r.Context(), productID(r))
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Merge{Mergeable: m, Problems: r.Problems(), Typed: r.Typed})
}

// merge takes the buttons: look at both records, then merge them.
func (h supplier) merge(r *route.Request) (route.Reply, error) {
	id, other := productID(r), ident.Product(r.Field("other"))
	if r.Button() != "merge" {
		return h.pair(r)
	}
	if err := h.products.Merge(r.Context(), id, other, r.Version()); err != nil {
		if fault.Is(err, fault.Conflict) {
			return r.Again(err, h.pair)
		}
		return r.Again(err, h.mergeable)
	}
	r.Flash("The two records are one")
	return h.back(r)
}

// pair shows both records before they become one.
func (h supplier) pair(r *route.Request) (route.Reply, error) {
	p, err := h.products.Pair(r.Context(), productID(r), ident.Product(r.Field("other")))
	if err != nil {
		return r.Again(err, h.mergeable)
	}
	return route.Show(page.Pair{Pair: p})
}

// filled shows a supplier what an applicant filled in for it.
func (h supplier) filled(r *route.Request) (route.Reply, error) {
	handed, err := h.products.ShowFilling(r.Context(), productID(r), ident.Product(r.Path("filled")), formID(r))
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Handed{Handed: handed})
}

func (h supplier) answerFilled(r *route.Request) (route.Reply, error) {
	id, from := productID(r), ident.Product(r.Path("filled"))
	switch r.Button() {
	case "take":
		if err := h.products.TakeFilling(r.Context(), id, from); err != nil {
			return r.Again(err, h.filled)
		}
		r.Flash("What was filled in is in your return now. Read it, and send it when it is right")
	case "aside":
		if err := h.products.SetFillingAside(r.Context(), id, from); err != nil {
			return r.Again(err, h.filled)
		}
		r.Flash("What was filled in is set aside. It counts for nothing any more")
	default:
		return r.Again(fault.New(fault.Invalid, "Press one of the buttons on the page"), h.filled)
	}
	return h.back(r)
}
