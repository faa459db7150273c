package applicant

import (
	"net/http"
	"strconv"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/site/route"
	"adoptionfund/internal/upload"
	page "adoptionfund/web/page/apply"
)

// uploadRows are the rows of uploads in pieces: what the script of a section's page speaks, in JSON. Without it the section's form
// brings files.
func uploadRows(o Options) []route.Row {
	return bay{
		at: "/applications/{ref}/uploads", see: access.ViewApplication, bring: access.EditApplication,
		list: o.uploads, start: o.startUpload, progress: o.uploadProgress, piece: o.addPiece, cancel: o.cancelUpload,
	}.rows()
}

// bay is where uploads arrive: at an application, or at a DTAC return.
type bay struct {
	at         string
	see, bring access.Action

	list, start, progress, piece, cancel route.Handler
}

func (b bay) rows() []route.Row {
	one := b.at + "/{upload}"
	row := func(method, path string, a access.Action, handle route.Handler) route.Row {
		return route.Row{Method: method, Path: path, Title: "Upload of a file", Action: a, Handle: inJSON(handle)}
	}
	piece := row(http.MethodPost, one, b.bring, b.piece)
	piece.Stream, piece.Body = true, upload.MostPiece+1
	return []route.Row{
		row(http.MethodGet, b.at, b.see, b.list), row(http.MethodPost, b.at, b.bring, b.start), row(http.MethodGet, one, b.see, b.progress),
		piece, row(http.MethodPost, one+"/cancel", b.bring, b.cancel),
	}
}

// uploading is an upload as the script reads it.
type uploading struct {
	ID       ident.Upload `json:"id"`
	Section  string       `json:"section,omitempty"`
	Question string       `json:"question,omitempty"`
	Name     string       `json:"name,omitempty"`
	Size     int64        `json:"size"`
	Offset   int64        `json:"offset"`
	Piece    int          `json:"piece"`
	File     *uploaded    `json:"file,omitempty"`
}

// uploaded is a file that is there, with the versions of its section.
type uploaded struct {
	ID      ident.File `json:"id"`
	Name    string     `json:"name"`
	Note    string     `json:"note"`
	Href    string     `json:"href,omitempty"`
	Before  int        `json:"before"`
	Version int        `json:"version"`
}

// refusal is why something was not done, in words for the person.
type refusal struct {
	Error  string `json:"error"`
	Offset *int64 `json:"offset,omitempty"` // where to go on
}

// inJSON answers what a person can act on in JSON; the rest is for the wrapper.
func inJSON(handle route.Handler) route.Handler {
	return func(r *route.Request) (route.Reply, error) {
		reply, err := handle(r)
		f, ok := fault.Of(err)
		if !ok || f.Kind == fault.Internal || f.Kind == fault.SignIn {
			return reply, err
		}
		says := refusal{Error: f.Words}
		if f.Kind == fault.NotFound { // of an application that they may not know the same is said as of an upload that has ended
			says.Error = "This upload is no longer there. Choose the file again"
		}
		if names := f.Fields.Names(); len(names) > 0 {
			words := make([]string, len(names))
			for i, name := range names {
				words[i] = f.Fields[name]
			}
			says.Error = strings.Join(words, ". ")
		}
		if u, stale := f.Latest.(upload.Uploading); stale {
			says.Offset = &u.Received
		}
		return route.JSONStatus(route.Status(f.Kind), says)
	}
}

func shown(u upload.Uploading) uploading {
	return uploading{ID: u.ID, Section: u.Section, Question: string(u.Question), Name: u.Name, Size: u.Size, Offset: u.Received, Piece: upload.MostPiece / 2}
}

func progressOf(r *route.Request, p application.Progress) (route.Reply, error) {
	u := shown(p.Uploading)
	if p.Added != nil {
		f := p.Added.File
		entry := page.Attached(refOf(r), f)
		u.ID, u.Name, u.Size, u.Offset, u.Question = ident.Upload(f.ID), f.Name, f.Size, f.Size, f.Question
		u.File = &uploaded{ID: f.ID, Name: f.Name, Note: entry.Note, Href: entry.Href, Before: p.Added.Before, Version: p.Added.Version}
	}
	return route.JSON(u)
}

func (o Options) uploads(r *route.Request) (route.Reply, error) {
	rows, err := o.Applications.Uploads(r.Context(), refOf(r))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	return shownAll(rows, shown)
}

func shownAll(rows []upload.Uploading, one func(upload.Uploading) uploading) (route.Reply, error) {
	list := make([]uploading, len(rows))
	for i, u := range rows {
		list[i] = one(u)
	}
	return route.JSON(list)
}

func (o Options) startUpload(r *route.Request) (route.Reply, error) {
	u, err := o.Applications.StartUpload(r.Context(), refOf(r), starts(r))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	return route.JSONStatus(http.StatusCreated, shown(u))
}

// starts is the file that is to come.
func starts(r *route.Request) upload.Start {
	size, err := strconv.ParseInt(r.Field("size"), 10, 64)
	if err != nil {
		size = 0
	}
	return upload.Start{Section: r.Field("section"), Question: form.Code(r.Field("question")), Name: r.Field("name"), Size: size}
}

func (o Options) uploadProgress(r *route.Request) (route.Reply, error) {
	p, err := o.Applications.UploadProgress(r.Context(), refOf(r), uploadOf(r))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	return progressOf(r, p)
}

func uploadOf(r *route.Request) ident.Upload { return ident.Upload(r.Path("upload")) }

// place is where a piece begins: ?at=N. A request that does not say it is at no place.
func place(r *route.Request) int64 {
	at, err := strconv.ParseInt(r.Query("at"), 10, 64)
	if err != nil {
		return -1
	}
	return at
}

func (o Options) addPiece(r *route.Request) (route.Reply, error) {
	p, err := o.Applications.AddPiece(r.Context(), refOf(r), uploadOf(r), place(r), r.Content())
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	return progressOf(r, p)
}

func (o Options) cancelUpload(r *route.Request) (route.Reply, error) {
	if err := o.Applications.CancelUpload(r.Context(), refOf(r), uploadOf(r)); err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	return route.Go("/applications/%s/uploads", refOf(r))
}
