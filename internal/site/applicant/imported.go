package applicant

import (
	"fmt"
	"net/url"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/files"
	"adoptionfund/internal/form"
	"adoptionfund/internal/product"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/apply"
)

// imported shows what was read from a filled-in form, beside what the return says now.
func (h supplier) imported(r *route.Request) (route.Reply, error) {
	in, err := h.products.ShowImport(r.Context(), productID(r), formID(r))
	if fault.Is(err, fault.NotFound) && r.Query("form") == "" {
		return h.show(r) // the address alone: there is nothing to decide
	}
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // product has said what it was doing
	}
	return route.Show(page.Import{Imported: in, Problems: r.Problems(), Ticked: r.Form()["take"], Again: len(r.Problems()) > 0})
}

// decide takes the buttons: read a file, take what is ticked, leave the file aside.
func (h supplier) decide(r *route.Request) (route.Reply, error) {
	ctx, id, which := r.Context(), productID(r), formID(r)
	switch r.Button() {
	case "read":
		return h.read(r)
	case "take":
		t := product.Taking{Digest: r.Field("digest"), Revision: r.Version()}
		for _, code := range r.Form()["take"] {
			t.Codes = append(t.Codes, form.Code(code))
		}
		n, err := h.products.TakeImport(ctx, id, which, t)
		if err != nil {
			return r.Again(err, h.imported)
		}
		r.Flash(fmt.Sprintf("%d answers are taken from the file", n))
	case "leave":
		if err := h.products.LeaveImport(ctx, id, which); err != nil {
			return r.Again(err, h.imported)
		}
		r.Flash("The file is left aside. Nothing is changed")
	default:
		return r.Again(fault.New(fault.Invalid, "Press one of the buttons on the page"), h.show)
	}
	return h.back(r)
}

func (h supplier) read(r *route.Request) (route.Reply, error) {
	name, content, err := brought(r, "document", "Select the filled-in DTAC form")
	if err != nil {
		return r.Again(err, h.show)
	}
	version, err := h.products.ReadDocument(r.Context(), productID(r), files.CleanName(name), content)
	if err != nil {
		return r.Again(err, h.show)
	}
	return route.GoTo(h.base(r) + "/import?form=" + url.QueryEscape(version))
}
