package oversight

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/award"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/site/account"
	"adoptionfund/internal/site/route"
	"adoptionfund/internal/upload"
	"adoptionfund/internal/work"
	page "adoptionfund/web/page/oversee"
)

// part is the page of a part of an award: how it is shown, and what its buttons do.
type part struct {
	path, title string
	show        func(r *route.Request, v page.AwardView) (page.AwardPart, error)
	act         func(r *route.Request, ref ident.Ref) (string, error) // says what was done
}

// address is that of the part's page in the award of a request.
func (p part) address(r *route.Request) string {
	path := p.path
	for _, name := range []string{"check", "condition", "payment", "quarter"} {
		path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(r.Path(name)))
	}
	return "/awards/" + url.PathEscape(r.Path("ref")) + path
}

// parts are the pages of an award. Each is a page of its own, so that nobody has to find their place on a long one.
func (h handlers) parts() []part {
	plain := func(show func(page.AwardView) page.AwardPart) func(*route.Request, page.AwardView) (page.AwardPart, error) {
		return func(_ *route.Request, v page.AwardView) (page.AwardPart, error) { return show(v), nil }
	}
	return []part{
		{"/checks/{check}", "Pre-award check", h.showCheck, h.onCheck},
		{"/product", "Product that an award rests on", plain(page.AwardProduct), h.onProduct},
		{"/plan", "Plan for the amount offered", plain(page.AwardPlan), h.onPlan},
		{"/offer", "Offer", func(r *route.Request, v page.AwardView) (page.AwardPart, error) {
			return page.AwardOffer(v, r.TypedAll("acknowledge", nil)), nil
		}, h.onOffer},
		{"/conditions", "Conditions of an award", plain(page.AwardConditions), h.onConditions},
		{"/conditions/{condition}", "Condition of an award", h.showCondition, h.onCondition},
		{"/payments", "Payments of an award", plain(page.AwardPayments), h.onPayments},
		{"/payments/{payment}", "Payment of an award", h.showPayment, h.onPayment},
		{"/returns", "Returns on an award", plain(page.AwardReturns), nil},
		{"/returns/{quarter}", "Return on an award", h.showReturn, h.onReturn},
		{"/variation", "Variation of an award", plain(page.AwardVariation), h.onVariation},
		{"/decisions", "Decisions on an award", func(r *route.Request, v page.AwardView) (page.AwardPart, error) {
			return page.AwardDecisions(v, r.Typed("decision", "")), nil
		}, h.onDecision},
		{"/closing", "Closing of an award", plain(page.AwardClosing), h.onClosing},
	}
}

// awardRows are the pages of awards.
func (h handlers) awardRows() []route.Row {
	rows := []route.Row{
		{Method: http.MethodGet, Path: "/awards", Action: access.ListAwards, Title: "Awards", Menu: "Awards", Handle: h.awards},
		{Method: http.MethodPost, Path: "/awards/archive/{call}", Action: access.ArchiveCall, Title: "Archive a call", Handle: h.archive},
		{Method: http.MethodGet, Path: "/awards/{ref}", Action: access.ViewAward, Title: "Award", Handle: h.award},
		{Method: http.MethodGet, Path: "/awards/{ref}/agreement", Action: access.ViewAward, Title: "Agreement", Handle: h.agreement},
		{Method: http.MethodPost, Path: "/awards/{ref}/agreement", Action: access.ViewAward, Title: "Agreement", Handle: h.onAgreement},
		{Method: http.MethodGet, Path: "/awards/{ref}/agreement.pdf", Action: access.ViewAward, Title: "Agreement as a PDF file", Handle: h.agreementFile},
		{Method: http.MethodGet, Path: "/awards/{ref}/files/{evidence}", Action: access.ViewAward, Title: "File of an award", Handle: h.awardFile},
	}
	for _, p := range h.parts() {
		path := "/awards/{ref}" + p.path
		rows = append(rows, route.Row{Method: http.MethodGet, Path: path, Action: access.ViewAward, Title: p.title, Handle: h.shown(p)})
		if p.act != nil {
			rows = append(rows, route.Row{Method: http.MethodPost, Path: path, Action: access.ViewAward, Title: p.title, Handle: h.acted(p), Body: upload.MostKept + 1<<20})
		}
	}
	return rows
}

// view gives the award of the address.
func (h handlers) view(r *route.Request) (page.AwardView, error) {
	shown, err := h.Monitoring.Show(r.Context(), ident.Ref(r.Path("ref")))
	if err != nil {
		return page.AwardView{}, err
	}
	who, _ := r.Principal()
	v := page.AwardView{Page: shown, Staff: !shown.Award.OfSide(who.ID), Problems: r.Problems(), Typed: r.Typed, MayPrint: r.MayPrint(), Confirmed: who.Confirmed}
	if v.Signs() {
		v.AsksCode, err = h.People.AsksCode(r.Context())
	}
	return v, err
}

func (h handlers) awards(r *route.Request) (route.Reply, error) {
	desk, err := h.Monitoring.Desk(r.Context())
	if err != nil {
		return route.Reply{}, err
	}
	show := r.Query("show")
	if !slices.Contains([]string{"", "overdue", "waiting"}, show) {
		return route.Reply{}, work.NotFound("list")
	}
	return route.Show(page.Awards{Desk: desk, Round: ident.RoundRef(r.Query("round")), Show: show, Staff: r.May(access.RecordCheck) || r.May(access.HoldAward) || r.May(access.ReportAwards)})
}

func (h handlers) archive(r *route.Request) (route.Reply, error) {
	if err := h.Monitoring.ArchiveCall(r.Context(), ident.CallRef(r.Path("call"))); err != nil {
		return r.Again(err, h.awards)
	}
	r.Flash("The call is archived.")
	return route.Go("/awards")
}

func (h handlers) award(r *route.Request) (route.Reply, error) {
	v, err := h.view(r)
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Award{AwardView: v})
}

func (h handlers) shown(p part) route.Handler {
	return func(r *route.Request) (route.Reply, error) {
		v, err := h.view(r)
		if err != nil {
			return route.Reply{}, err
		}
		shown, err := p.show(r, v)
		if err != nil {
			return route.Reply{}, err
		}
		return route.Show(shown)
	}
}

// acted does what a button says, or adds a file, and comes back to the page.
func (h handlers) acted(p part) route.Handler {
	return func(r *route.Request) (route.Reply, error) {
		ref := ident.Ref(r.Path("ref"))
		act := p.act
		if r.Button() == "file" {
			act = h.addFile
		}
		done, err := act(r, ref)
		if err != nil {
			return r.Again(err, h.shown(p))
		}
		r.Flash(done)
		return route.GoTo(p.address(r))
	}
}

// pressed is the fault of a form that none of the page's buttons sent.
func pressed() (string, error) {
	return "", fault.New(fault.Invalid, "Press one of the buttons on the page")
}

func (h handlers) addFile(r *route.Request, ref ident.Ref) (string, error) {
	chosen := r.Files("file")
	if len(chosen) == 0 {
		return "", fault.Fields(fault.Problems{"file": "Select a file"})
	}
	content, err := chosen[0].Open()
	if err != nil {
		return "", err
	}
	defer func() { _ = content.Close() }()
	return "The file is added", h.Awards.AddFile(r.Context(), ref, award.Uploading{Place: r.Field("place"), Name: chosen[0].Name, Content: content})
}

func (h handlers) awardFile(r *route.Request) (route.Reply, error) {
	k, content, err := h.Awards.OpenFile(r.Context(), ident.Ref(r.Path("ref")), ident.File(r.Path("evidence")))
	if err != nil {
		return route.Reply{}, err
	}
	return route.Download(k.Name, k.MediaType, false, func(w io.Writer) error {
		defer func() { _ = content.Close() }()
		_, err := io.Copy(w, content)
		return err //nolint:wrapcheck // the download is named by the caller
	})
}

func (h handlers) drawn(r *route.Request, paper bool) (page.AgreementPage, error) {
	v, err := h.view(r)
	if err != nil {
		return page.AgreementPage{}, err
	}
	_, says, err := h.Awards.Drawn(r.Context(), ident.Ref(r.Path("ref")))
	return page.AgreementPage{AwardView: v, Says: says, Paper: paper, Now: r.Arrival()}, err
}

func (h handlers) agreement(r *route.Request) (route.Reply, error) {
	p, err := h.drawn(r, false)
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(p)
}

func (h handlers) agreementFile(r *route.Request) (route.Reply, error) {
	p, err := h.drawn(r, true)
	if err != nil {
		return route.Reply{}, err
	}
	return route.PDF("agreement-"+r.Path("ref")+".pdf", p.Footer(), p)
}

func (h handlers) onAgreement(r *route.Request) (route.Reply, error) {
	ref := ident.Ref(r.Path("ref"))
	var err error
	switch r.Button() {
	case "sign":
		r.Flash("The agreement is signed for the recipient")
		err = h.Awards.Sign(r.Context(), ref, r.Field("name"), r.Field("digest"))
	case "countersign":
		err = h.countersign(r, ref)
	default:
		_, err = pressed()
	}
	if err != nil {
		return r.Again(err, h.agreement)
	}
	return route.Go("/awards/%s/agreement", r.Path("ref"))
}

// countersign signs an agreement for the fund, by somebody who confirms that it is they.
func (h handlers) countersign(r *route.Request, ref ident.Ref) error {
	ctx, err := account.Confirmed(r, h.People)
	if err != nil {
		return err
	}
	r.Flash("The award is agreed")
	return h.Awards.Countersign(ctx, ref, r.Field("name"))
}

// pounds reads an amount that was typed; nil if there is none, or it is none.
func pounds(r *route.Request, name string) *money.Pence {
	p, err := money.Parse(r.Field(name))
	if err != nil {
		return nil
	}
	return &p
}

// day reads a day that was typed; as it was typed where it is none.
func day(r *route.Request, name string) string {
	if d, ok := form.ReadDate(r.Field(name)); ok {
		return string(d)
	}
	return r.Field(name)
}

// bound are the answers to a section's questions as they were typed, if the page is shown again.
func bound(r *route.Request, section *form.Section, stored form.Answers) form.Answers {
	typed, again := r.Typing()
	if !again || r.Button() == "file" {
		return nil
	}
	answers, _ := form.Bind(section, typed, stored)
	return answers
}
