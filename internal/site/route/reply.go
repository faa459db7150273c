package route

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"adoptionfund/web/page/shared"
)

// Reply is what is answered. The zero value answers nothing, which is a mistake.
type Reply struct {
	status   int
	page     shared.Page
	location string
	content  []byte
	kind     string // media type of content or download
	download *download
	printed  *printed
	// unchanged: who asks has it already.
	unchanged bool
}

// printed is a page that is sent as a PDF file.
type printed struct{ name, footer string }

type download struct {
	name   string
	inline bool
	write  func(io.Writer) error
}

// Show answers with a page.
func Show(page shared.Page) (Reply, error) { return ShowStatus(http.StatusOK, page) }

// ShowStatus answers with a page and a status.
func ShowStatus(status int, page shared.Page) (Reply, error) {
	if page == nil {
		return Reply{}, errors.New("route: no page to show")
	}
	return Reply{status: status, page: page}, nil
}

// Go sends the browser to a page of ours with 303. The arguments are escaped as parts of a path.
func Go(format string, args ...any) (Reply, error) {
	parts := make([]any, len(args))
	for n, arg := range args {
		parts[n] = url.PathEscape(fmt.Sprint(arg))
	}
	return GoTo(fmt.Sprintf(format, parts...))
}

// GoTo sends the browser to a page of ours with 303; the path may have a query.
func GoTo(path string) (Reply, error) {
	if !local(path) {
		return Reply{}, fmt.Errorf("route: %q is not a path of this service", path)
	}
	return Reply{status: http.StatusSeeOther, location: path}, nil
}

// Local gives a path that came from outside if it is one of ours, else the other one. For next=….
func Local(path, otherwise string) string {
	if local(path) {
		return path
	}
	return otherwise
}

// local reports whether a browser would stay on this service.
func local(path string) bool {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\") || clean(path) != path {
		return false
	}
	u, err := url.Parse(path)
	return err == nil && u.Host == "" && u.Scheme == "" && u.User == nil
}

// Download answers with a file that write streams. It is shown in the browser only if inline is asked and its media type is
// one that cannot run anything; otherwise it is saved.
func Download(name, mediaType string, inline bool, write func(io.Writer) error) (Reply, error) {
	if write == nil {
		return Reply{}, errors.New("route: nothing to download")
	}
	return Reply{status: http.StatusOK, kind: mediaType, download: &download{name: name, inline: inline, write: write}}, nil
}

// PDF answers with a page as a PDF file; the footer stands on every sheet. Where the installation cannot print, the person is told to print
// the page itself.
func PDF(name, footer string, page shared.Page) (Reply, error) {
	reply, err := Show(page)
	reply.printed = &printed{name, footer}
	return reply, err
}

// JSON answers with a value as JSON.
func JSON(value any) (Reply, error) { return JSONStatus(http.StatusOK, value) }

// JSONStatus answers with a value as JSON and a status.
func JSONStatus(status int, value any) (Reply, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return Reply{}, fmt.Errorf("writing JSON: %w", err)
	}
	return Reply{status: status, content: append(text, '\n'), kind: "application/json"}, nil
}

// Text answers with plain text.
func Text(text string) (Reply, error) { return TextStatus(http.StatusOK, text) }

// TextStatus answers with plain text and a status.
func TextStatus(status int, text string) (Reply, error) {
	return Reply{status: status, content: []byte(text), kind: "text/plain; charset=utf-8"}, nil
}
