package route

import (
	"fmt"
	"log/slog"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
)

// held is how much of a download is kept back before the first byte is sent, so that an early failure can still be a page.
const held = 64 << 10

// writeDownload streams a file. An error after the first bytes cuts the connection: half a file must not look whole.
func (e *Env) writeDownload(c *gin.Context, reply Reply) error {
	out := &lateWriter{gin: c, reply: reply}
	err := reply.download.write(out)
	switch {
	case err == nil:
		return out.flush()
	case !out.started:
		return fmt.Errorf("making the download %s: %w", reply.download.name, err)
	}
	e.Log.LogAttrs(c.Request.Context(), slog.LevelError, "a download was cut off",
		slog.String("reference", Reference(c.Request.Context())), slog.Any("error", err))
	panic(http.ErrAbortHandler)
}

// lateWriter keeps the beginning back until it is worth sending.
type lateWriter struct {
	gin     *gin.Context
	reply   Reply
	kept    []byte
	started bool
}

// Write keeps or sends p.
func (w *lateWriter) Write(p []byte) (int, error) {
	if !w.started && len(w.kept)+len(p) < held {
		w.kept = append(w.kept, p...)
		return len(p), nil
	}
	if err := w.flush(); err != nil {
		return 0, err
	}
	n, err := w.gin.Writer.Write(p)
	if err != nil {
		return n, fmt.Errorf("sending the download: %w", err)
	}
	return n, nil
}

// flush sends the head and what was kept back.
func (w *lateWriter) flush() error {
	if w.started {
		return nil
	}
	w.started = true
	w.head()
	if _, err := w.gin.Writer.Write(w.kept); err != nil {
		return fmt.Errorf("sending the download: %w", err)
	}
	return nil
}

func (w *lateWriter) head() {
	kind, _, err := mime.ParseMediaType(w.reply.kind)
	if err != nil {
		kind = "application/octet-stream"
	}
	inline := w.reply.download.inline && harmless(kind)
	h := w.gin.Writer.Header()
	h.Set("Content-Type", withCharset(kind))
	h.Set("Content-Disposition", disposition(w.reply.download.name, inline))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", confined(kind, inline))
	w.gin.Status(w.reply.status)
}

// confined is the policy of a file. Browsers do not show a PDF in a sandbox: their own viewer, which runs nothing of ours, is let
// show it.
func confined(kind string, inline bool) string {
	if inline && kind == "application/pdf" {
		return "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	}
	return "default-src 'none'; sandbox"
}

// harmless reports whether a browser shows the type without running anything in it: a PDF or a picture made of dots.
func harmless(kind string) bool {
	return slices.Contains([]string{"application/pdf", "image/png", "image/jpeg"}, kind)
}

func withCharset(kind string) string {
	if strings.HasPrefix(kind, "text/") || kind == "application/json" {
		return kind + "; charset=utf-8"
	}
	return kind
}

// disposition names the file for the browser; whatever is in the name stays inside it.
func disposition(name string, inline bool) string {
	way := "attachment"
	if inline {
		way = "inline"
	}
	if value := mime.FormatMediaType(way, map[string]string{"filename": fileName(name)}); value != "" {
		return value
	}
	return way
}
