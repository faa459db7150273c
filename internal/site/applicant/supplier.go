package applicant

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/product"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/apply"
)

// supplier handles the pages of returns. root is where they stand: in the space of suppliers, or where an applicant fills one in.
type supplier struct {
	products *product.Service
	root     string
}

const (
	suppliersRoot = "/supplier/products/"
	fillingRoot   = "/filling-in/"
)

// Supplier are the rows of the suppliers' pages, and of those on which an applicant fills a return in for a supplier.
func Supplier(products *product.Service) []route.Row {
	h := supplier{products, suppliersRoot}
	one := "/supplier/products/{product}"
	return slices.Concat([]route.Row{
		{Method: http.MethodGet, Path: "/supplier", Action: access.ListProducts, Title: "Your products", Handle: h.list},
		{Method: http.MethodPost, Path: "/supplier", Action: access.ClaimProduct, Title: "Your products", Handle: h.claim},
		{Method: http.MethodPost, Path: one + "/reuse", Action: access.PermitReuse, Title: "Reuse of a DTAC return", Handle: h.permit},
		{Method: http.MethodGet, Path: one + "/release", Action: access.DeclareRelease, Title: "A new version of a product", Handle: h.releasing},
		{Method: http.MethodPost, Path: one + "/release", Action: access.DeclareRelease, Title: "A new version of a product", Handle: h.release},
		{Method: http.MethodGet, Path: one + "/merge", Action: access.MergeProducts, Title: "Two records of one product", Handle: h.mergeable},
		{Method: http.MethodPost, Path: one + "/merge", Action: access.MergeProducts, Title: "Two records of one product", Handle: h.merge},
		{Method: http.MethodGet, Path: one + "/filled-in/{filled}", Action: access.AnswerReturn, Title: "What an applicant filled in", Handle: h.filled},
		{Method: http.MethodPost, Path: one + "/filled-in/{filled}", Action: access.AnswerReturn, Title: "What an applicant filled in", Handle: h.answerFilled},
	}, h.returnRows(), supplier{products, fillingRoot}.returnRows())
}

// returnRows are the pages of a return: of a product, for its supplier, or of what an applicant fills in for one.
func (h supplier) returnRows() []route.Row {
	one := h.root + "{product}"
	section, document := one+"/sections/{section}", one+"/import"
	return append(h.uploadRows(), []route.Row{
		{Method: http.MethodGet, Path: one, Action: access.ViewReturn, Title: "DTAC return", Handle: h.show},
		{Method: http.MethodPost, Path: one, Action: access.AnswerReturn, Title: "DTAC return", Handle: h.act, Body: 101 << 20},
		{Method: http.MethodGet, Path: one + "/files/{file}", Action: access.ViewReturn, Title: "Evidence of a DTAC return", Handle: h.download},
		{Method: http.MethodGet, Path: section, Action: access.ViewReturn, Title: "A section of a DTAC return", Handle: h.section},
		{Method: http.MethodPost, Path: section, Action: access.AnswerReturn, Title: "A section of a DTAC return", Handle: h.save},
		{Method: http.MethodGet, Path: document, Action: access.AnswerReturn, Title: "Answers from a filled-in DTAC form", Handle: h.imported},
		{Method: http.MethodPost, Path: document, Action: access.AnswerReturn, Title: "Answers from a filled-in DTAC form", Handle: h.decide, Body: 21 << 20},
	}...)
}

func (h supplier) list(r *route.Request) (route.Reply, error) {
	products, err := h.products.Mine(r.Context())
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Supplied{Products: products, MayClaim: r.May(access.ClaimProduct), Problems: r.Problems(), Typed: r.Typed})
}

func (h supplier) claim(r *route.Request) (route.Reply, error) {
	_, err := h.products.Claim(r.Context(), product.Named{Name: r.Field("name"), Supplier: r.Field("supplier"), Version: r.Field("version")})
	if err != nil {
		return r.Again(err, h.list)
	}
	r.Flash("Your claim is with the fund. The product appears here once it is confirmed")
	return route.Go("/")
}

func productID(r *route.Request) ident.Product { return ident.Product(r.Path("product")) }

// formID is the version of DTAC that the page is about: of the form that was sent, else of the address.
func formID(r *route.Request) string {
	if id := r.Field("form"); id != "" {
		return id
	}
	return r.Query("form")
}

func (h supplier) show(r *route.Request) (route.Reply, error) {
	space, err := h.products.Show(r.Context(), productID(r), formID(r), "")
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Return{Space: space, Problems: r.Problems(), Typed: r.Typed})
}

// act takes the buttons of the page of a return.
func (h supplier) act(r *route.Request) (route.Reply, error) {
	done, err := h.button(r)
	if err != nil {
		return r.Again(err, h.show)
	}
	r.Flash(done)
	return h.back(r)
}

// base is the address of the return.
func (h supplier) base(r *route.Request) string { return h.root + url.PathEscape(string(productID(r))) }

func (h supplier) back(r *route.Request) (route.Reply, error) {
	path := h.base(r)
	if id := formID(r); id != "" {
		path += "?form=" + url.QueryEscape(id)
	}
	return route.GoTo(path)
}

// button does what a button asks, and gives the words for when it is done.
func (h supplier) button(r *route.Request) (string, error) {
	ctx, id, which := r.Context(), productID(r), formID(r)
	switch r.Button() {
	case "submit":
		return "The return is sent", h.products.Submit(ctx, id, which)
	case "upload":
		return "The file is read", h.upload(r)
	case "evidence":
		return "Evidence added", h.addEvidence(r)
	case "plan":
		return "Action added", h.products.AddPlan(ctx, id, which, status.Planned{
			Question: form.Code(r.Field("plan-question")),
			Action:   status.Action{What: r.Field("plan-what"), Owner: r.Field("plan-owner"), Due: day(r.Field("plan-due"))},
		})
	case "change":
		return "Action changed", h.changePlan(r)
	case "remove":
		return "Removed", h.products.Remove(ctx, id, which, item(r))
	}
	return "", fault.New(fault.Invalid, "Press one of the buttons on the page")
}

// changePlan changes an action where it stands: its inputs are named by its number, and so is what is wrong with them.
func (h supplier) changePlan(r *route.Request) error {
	i := item(r)
	n := "-" + strconv.Itoa(i.Number)
	err := h.products.ChangePlan(r.Context(), productID(r), formID(r), i, status.Action{
		What: r.Field("plan-what" + n), Owner: r.Field("plan-owner" + n), Due: day(r.Field("plan-due" + n)),
	})
	f, ok := fault.Of(err)
	if !ok || len(f.Fields) == 0 {
		return err //nolint:wrapcheck // product has said what it was doing
	}
	named := fault.Problems{}
	for field, words := range f.Fields {
		named[field+n] = words
	}
	return fault.Fields(named)
}

// item is the row of a return that a button is about.
func item(r *route.Request) product.Item {
	n, err := strconv.Atoi(r.Field("number"))
	if err != nil {
		n = -1
	}
	return product.Item{Plan: r.Field("what") == "plan", Number: n, Mark: r.Field("mark")}
}

// addEvidence adds an item of evidence, with the file that came with it or with the name of a document alone.
func (h supplier) addEvidence(r *route.Request) error {
	if arrived := r.Field("upload"); arrived != "" {
		return h.products.AttachEvidence(r.Context(), productID(r), formID(r), evidence(r), product.Attachment{Upload: ident.Upload(arrived)})
	}
	chosen := r.Files("content")
	if len(chosen) == 0 {
		return h.products.AddEvidence(r.Context(), productID(r), formID(r), evidence(r))
	}
	opened, err := chosen[0].Open()
	if err != nil {
		return err //nolint:wrapcheck // route says what it was doing
	}
	defer func() { _ = opened.Close() }()
	return h.products.AttachEvidence(r.Context(), productID(r), formID(r), evidence(r), product.Attachment{Name: chosen[0].Name, Content: opened})
}

func (h supplier) download(r *route.Request) (route.Reply, error) {
	file, content, err := h.products.Download(r.Context(), productID(r), ident.File(r.Path("file")))
	if err != nil {
		return route.Reply{}, err
	}
	return route.Download(file.Name, file.MediaType, true, func(w io.Writer) error {
		defer func() { _ = content.Close() }()
		_, err := io.Copy(w, content)
		return err //nolint:wrapcheck // route says what it was doing
	})
}

// evidence reads an item of evidence: what is no field of its own is one of the fields that its question asks for.
func evidence(r *route.Request) status.Evidence {
	e := status.Evidence{
		Question: form.Code(r.Field("question")), Kind: r.Field("kind"), File: r.Field("file"), ProductVersion: r.Field("product_version"), Fields: map[string]string{},
	}
	for name := range r.Form() {
		switch name {
		case "question", "kind", "file", "product_version", "action", "form", "version", "content", "upload":
		default:
			e.Fields[name] = r.Field(name)
		}
	}
	return e
}

func (h supplier) upload(r *route.Request) error {
	name, data, err := brought(r, "return", "Select the file of the return")
	if err != nil {
		return err
	}
	return h.products.UploadReturn(r.Context(), productID(r), formID(r), name, data)
}

// brought reads the file of a field, or says with these words that there is none.
func brought(r *route.Request, field, none string) (string, []byte, error) {
	files := r.Files(field)
	if len(files) == 0 || files[0].Size == 0 {
		return "", nil, fault.Fields(fault.Problems{field: none})
	}
	opened, err := files[0].Open()
	if err != nil {
		return "", nil, fmt.Errorf("opening an upload: %w", err)
	}
	data, err := io.ReadAll(opened)
	if closing := opened.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return "", nil, fmt.Errorf("reading an upload: %w", err)
	}
	return files[0].Name, data, nil
}

// day reads a day as people type it; what is none stays as it was typed, to be named as wrong.
func day(text string) form.Date {
	if d, ok := form.ReadDate(text); ok {
		return d
	}
	return form.Date(strings.TrimSpace(text))
}
