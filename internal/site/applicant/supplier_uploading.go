package applicant

import (
	"net/http"

	"adoptionfund/internal/access"
	"adoptionfund/internal/product"
	"adoptionfund/internal/site/route"
	"adoptionfund/internal/upload"
	page "adoptionfund/web/page/apply"
)

// uploadRows are the rows of evidence of a return that comes in pieces. The file waits there until the form of the page says what it is.
func (h supplier) uploadRows() []route.Row {
	return bay{
		at: h.root + "{product}/uploads/{form}", see: access.AnswerReturn, bring: access.AnswerReturn,
		list: h.uploads, start: h.startUpload, progress: h.uploadProgress, piece: h.addPiece, cancel: h.cancelUpload,
	}.rows()
}

// waiting is an upload to a return as the script reads it: with its file, once all of it has arrived.
func waiting(u upload.Uploading) uploading {
	told := shown(u)
	if u.Arrived() {
		told.File = &uploaded{Name: u.Name, Note: page.Size(u.Size)}
	}
	return told
}

func (h supplier) uploads(r *route.Request) (route.Reply, error) {
	rows, err := h.products.Uploads(r.Context(), productID(r), r.Path("form"))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // product has said what it was doing
	}
	return shownAll(rows, waiting)
}

func (h supplier) startUpload(r *route.Request) (route.Reply, error) {
	u, err := h.products.StartUpload(r.Context(), productID(r), r.Path("form"), starts(r))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // product has said what it was doing
	}
	return route.JSONStatus(http.StatusCreated, waiting(u))
}

func (h supplier) uploadProgress(r *route.Request) (route.Reply, error) {
	u, err := h.products.UploadProgress(r.Context(), productID(r), r.Path("form"), uploadOf(r))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // product has said what it was doing
	}
	return route.JSON(waiting(u))
}

func (h supplier) addPiece(r *route.Request) (route.Reply, error) {
	u, err := h.products.AddPiece(r.Context(), productID(r), r.Path("form"), uploadOf(r), product.Piecemeal{At: place(r), Content: r.Content()})
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // product has said what it was doing
	}
	return route.JSON(waiting(u))
}

func (h supplier) cancelUpload(r *route.Request) (route.Reply, error) {
	if err := h.products.CancelUpload(r.Context(), productID(r), r.Path("form"), uploadOf(r)); err != nil {
		return route.Reply{}, err //nolint:wrapcheck // product has said what it was doing
	}
	return route.GoTo(h.base(r) + "/uploads/" + r.Path("form"))
}
