package reviewer

import (
	"time"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/review"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/review"
)

// choosePack lets a reviewer choose what to print.
func (h handlers) choosePack(r *route.Request) (route.Reply, error) { return h.offer(r, nil) }

func (h handlers) offer(r *route.Request, problems fault.Problems) (route.Reply, error) {
	tasks, err := h.Reviews.Queue(r.Context())
	if err != nil {
		return route.Reply{}, err
	}
	p := page.ChoosePack{Tasks: tasks, Chosen: r.QueryAll("application"), MayPrint: r.MayPrint(), Problems: problems}
	return route.Show(p)
}

// pack shows the chosen applications as pages to print.
func (h handlers) pack(r *route.Request) (route.Reply, error) {
	if len(r.Queries()) == 0 {
		return h.choosePack(r)
	}
	p, err := h.packed(r)
	if err != nil {
		return h.chooseAgain(r, err)
	}
	return route.Show(p)
}

// packPDF gives the same as a PDF file.
func (h handlers) packPDF(r *route.Request) (route.Reply, error) {
	if len(r.Queries()) == 0 {
		return h.choosePack(r)
	}
	p, err := h.packed(r)
	if err != nil {
		return h.chooseAgain(r, err)
	}
	p.Paper = true
	return route.PDF(p.FileName(), p.Marking(), p)
}

// chooseAgain shows the choice once more where too much or nothing was chosen.
func (h handlers) chooseAgain(r *route.Request, err error) (route.Reply, error) {
	return r.Again(err, func(r *route.Request) (route.Reply, error) { return h.offer(r, r.Problems()) })
}

func (h handlers) packed(r *route.Request) (page.Pack, error) {
	var refs []ident.Ref
	for _, text := range r.QueryAll("application") {
		ref, err := ident.ParseRef(text)
		if err != nil {
			return page.Pack{}, fault.Wrap(fault.NotFound, err, "There is no such application")
		}
		refs = append(refs, ref)
	}
	sheets, err := h.Reviews.Pack(r.Context(), refs)
	if err != nil {
		return page.Pack{}, err
	}
	who, _ := r.Principal()
	return packOf(sheets, who.Name, r.Arrival()), nil
}

func packOf(sheets []review.Sheet, reader string, at time.Time) page.Pack {
	p := page.Pack{Reader: reader, At: at}
	for _, s := range sheets {
		p.Sheets = append(p.Sheets, page.Sheet{Sheet: s})
	}
	return p
}
