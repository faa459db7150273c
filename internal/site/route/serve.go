package route

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Env is what every row is served with.
type Env struct {
	Brand   shared.Brand
	Policy  *access.Policy
	Log     *slog.Logger
	Rows    []Row // the whole table, for the menu
	Secure  bool  // people reach the service over TLS
	Body    int64 // the largest request of a row that does not say
	Warning time.Duration
	// EnrolPath is where one-time codes are set up.
	EnrolPath string
	// Held keeps a form that was sent when the session had ended; may be nil.
	Held Held
	// Print makes a PDF file of a whole HTML document; nil where no browser is installed to do it.
	Print func(ctx context.Context, document, footer string) ([]byte, error)

	sheets sync.Pool // buffers that pages are rendered in
}

// Mount puts a row where gin finds it.
func (e *Env) Mount(routes gin.IRoutes, row Row) {
	routes.Handle(row.Method, row.pattern(), e.serve(row))
	if row.Method == http.MethodGet {
		routes.HEAD(row.pattern(), e.serve(row))
	}
}

func (e *Env) serve(row Row) gin.HandlerFunc {
	return func(c *gin.Context) {
		r := &Request{gin: c, env: e, row: row}
		r.forgetNarrow()
		reply, err := e.answer(r)
		if fault.Is(err, fault.SignIn) && !r.narrow {
			reply, err = e.hold(r, err)
		}
		if err == nil {
			err = e.write(r, reply)
		}
		if err != nil {
			e.Fail(c, err)
		}
		if err := r.body.done(); err != nil {
			e.Log.LogAttrs(c.Request.Context(), slog.LevelWarn, "removing uploaded temporary files", slog.Any("error", err))
		}
	}
}

// forgetNarrow makes a stranger of somebody whose session reaches one application only, on every page but those of that one.
func (r *Request) forgetNarrow() {
	who, _ := r.Principal()
	if !who.Narrow() {
		return
	}
	ref := r.Path("ref")
	if r.row.Narrow && (ref == "" || ref == string(who.Only.Ref)) {
		return
	}
	r.narrow = true
	ctx := access.Forget(context.WithValue(r.gin.Request.Context(), visitorKey{}, Visitor{}))
	r.gin.Request = r.gin.Request.WithContext(ctx)
}

// answer asks the policy, reads the form and calls the handler.
func (e *Env) answer(r *Request) (Reply, error) {
	if moved, err := r.canonicalPath(); moved != "" || err != nil {
		return Reply{status: http.StatusMovedPermanently, location: moved}, err
	}
	who, _ := r.Principal()
	if !e.Policy.MayAnywhere(who, r.row.Action) {
		return Reply{}, e.refuse(who, r.row.Action)
	}
	limit := r.row.Body
	if limit == 0 {
		limit = e.Body
	}
	read, err := readBody(r.gin.Writer, r.gin.Request, limit, r.row.Stream)
	r.body = read
	if err != nil {
		return Reply{}, err
	}
	return r.row.Handle(r)
}

// refuse says why the policy knows nothing that who may do this to.
func (e *Env) refuse(who access.Principal, a access.Action) error {
	if err := e.Policy.Can(who, a, access.Facts{}).Err(); err != nil {
		return err
	}
	return fault.New(fault.Forbidden, "You may not do this.")
}

// canonicalPath gives the address that a GET is sent to if a part of this one was written in another way; parts that no
// address of ours can have are not found.
func (r *Request) canonicalPath() (string, error) {
	moved := r.row.Path
	same := true
	for _, p := range r.gin.Params {
		if !readable(p.Value) || clean(p.Value) != p.Value {
			return "", fault.New(fault.NotFound, "There is no such page.")
		}
		value := canonical(p.Key, p.Value)
		same = same && value == p.Value
		moved = strings.Replace(moved, "{"+p.Key+"}", url.PathEscape(value), 1)
	}
	if same || r.gin.Request.Method == http.MethodPost {
		return "", nil
	}
	if query := r.gin.Request.URL.RawQuery; query != "" {
		moved += "?" + query
	}
	return moved, nil
}

// write writes a reply. Pages are rendered first, so that a page that fails becomes a fault and nothing of it is sent.
func (e *Env) write(r *Request, reply Reply) error {
	switch {
	case reply.unchanged:
		r.gin.Status(reply.status)
		r.gin.Writer.WriteHeaderNow()
		return nil
	case reply.printed != nil:
		return e.writePDF(r, reply)
	case reply.page != nil:
		return e.writePage(r, reply)
	case reply.location != "":
		r.setCookies(false)
		r.gin.Header("Location", reply.location)
		r.gin.Status(reply.status)
		r.gin.Writer.WriteHeaderNow()
		return nil
	case reply.download != nil:
		r.setCookies(false)
		return e.writeDownload(r.gin, reply)
	case reply.kind != "":
		r.setCookies(false)
		r.gin.Data(reply.status, reply.kind, reply.content)
		return nil
	}
	return errors.New("route: the handler replied nothing")
}

func (e *Env) writePage(r *Request, reply Reply) error {
	ctx := r.Context()
	content, page := e.sheet(), e.sheet()
	defer e.putBack(content, page)
	if err := reply.page.View().Render(ctx, content); err != nil {
		return fmt.Errorf("rendering %s: %w", r.row, err)
	}
	head := reply.page.Head()
	chrome := e.chrome(r)
	if r.again != nil {
		chrome.Problems = summary(r.again, content.String())
		if r.again.Kind == fault.Conflict {
			chrome.Stale, chrome.Problems = r.again.Words, nil
			if len(head.Differences) == 0 {
				head.Differences = differences(r.body.form, r.again.Latest)
			}
		}
	}
	if err := framed(ctx, page, chrome, head, content); err != nil {
		return fmt.Errorf("rendering the frame of %s: %w", r.row, err)
	}
	r.setCookies(true)
	r.gin.Data(reply.status, htmlType, page.Bytes())
	return nil
}

// writePDF prints a page in a frame of its own, without header, menu and buttons.
func (e *Env) writePDF(r *Request, reply Reply) error {
	if e.Print == nil {
		return fault.New(fault.Unavailable, "This installation makes no PDF files. Open the page and print it, or save it as a PDF, with your browser.")
	}
	ctx := r.Context()
	var content, document bytes.Buffer
	if err := reply.page.View().Render(ctx, &content); err != nil {
		return fmt.Errorf("rendering %s: %w", r.row, err)
	}
	sheet := shared.Sheet(e.Brand, reply.page.Head())
	if err := sheet.Render(templ.WithChildren(ctx, templ.Raw(content.String())), &document); err != nil {
		return fmt.Errorf("rendering the sheets of %s: %w", r.row, err)
	}
	file, err := e.Print(ctx, document.String(), reply.printed.footer)
	if err != nil {
		return fmt.Errorf("printing %s: %w", r.row, err)
	}
	r.setCookies(false)
	r.gin.Header("Content-Disposition", disposition(reply.printed.name, false))
	r.gin.Header("X-Content-Type-Options", "nosniff")
	r.gin.Data(reply.status, "application/pdf", file)
	return nil
}

const htmlType = "text/html; charset=utf-8"

func framed(ctx context.Context, w *bytes.Buffer, chrome shared.Chrome, head shared.Head, content *bytes.Buffer) error {
	inside := templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := w.Write(content.Bytes())
		return err //nolint:wrapcheck // what the frame is written to says it
	})
	return shared.Frame(chrome, head).Render(templ.WithChildren(ctx, inside), w) //nolint:contextcheck // it is given here
}

// mostKept is the size of the largest sheet that is kept for another page: a page with an application of 30,000 words fits.
const mostKept = 2 << 20

// sheet gives a buffer to render a page in, one of those put back if there is one.
func (e *Env) sheet() *bytes.Buffer {
	if b, ok := e.sheets.Get().(*bytes.Buffer); ok {
		return b
	}
	return new(bytes.Buffer)
}

// putBack keeps buffers for other pages, emptied.
func (e *Env) putBack(buffers ...*bytes.Buffer) {
	for _, b := range buffers {
		if b.Cap() <= mostKept {
			b.Reset()
			e.sheets.Put(b)
		}
	}
}

// chrome gives what the frame needs beside the page: who is signed in, and the menu that is theirs.
func (e *Env) chrome(r *Request) shared.Chrome {
	c := shared.Chrome{Brand: e.Brand, Items: e.menu(r.gin), Flash: r.takeFlash()}
	v := visitor(r.Context())
	c.Person = v.Principal.Name
	if v.SignedIn() {
		c.Keeper = keeper(v.Principal.ID)
	}
	if v.MustEnrol {
		c.Enrol = e.EnrolPath
	}
	if !v.Ends.IsZero() {
		c.SessionSeconds = max(int(v.Ends.Sub(r.Arrival()).Seconds()), 0)
		c.WarningSeconds = int(e.Warning.Seconds())
		r.gin.Header("Session-Seconds", strconv.Itoa(c.SessionSeconds))
	}
	return c
}

// keeper is how a device knows whose unsent text it keeps, without knowing who they are.
func keeper(person ident.Person) string {
	sum := sha256.Sum256([]byte("unsent text of " + string(person)))
	return hex.EncodeToString(sum[:8])
}

// menu gives the items of the service navigation that the person may use, and marks the one that the page belongs to.
func (e *Env) menu(c *gin.Context) []nhs.NavItem {
	who, _ := access.From(c.Request.Context())
	here := c.Request.URL.Path
	var items []nhs.NavItem
	nearest, length := -1, 0
	for _, row := range e.Rows {
		if row.Menu == "" || !e.Policy.MayAnywhere(who, row.Action) {
			continue
		}
		items = append(items, nhs.NavItem{Href: row.Path, Text: row.Menu, Current: here == row.Path})
		if within(here, row.Path) && len(row.Path) > length {
			nearest, length = len(items)-1, len(row.Path)
		}
	}
	if nearest >= 0 {
		items[nearest].Within = true
	}
	return items
}

// within reports whether a page stands below another.
func within(here, above string) bool {
	return here == above || above != "/" && strings.HasPrefix(here, above+"/")
}
