package site

import (
	"bytes"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"adoptionfund/web/static"
)

// assets serves the style sheet, scripts and pictures. Their names change with their content, so that browsers keep them for good.
func assets(c *gin.Context) {
	name := strings.TrimPrefix(c.Request.URL.Path, static.Prefix)
	content, err := fs.ReadFile(static.FS(), name)
	if err != nil || path.Ext(name) == ".gz" || path.Ext(name) == ".json" {
		c.Header("Cache-Control", "no-cache")
		c.Data(http.StatusNotFound, "text/plain; charset=utf-8", []byte("Not found\n"))
		return
	}
	h := c.Writer.Header()
	h.Set("Content-Type", mediaType(name))
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	if packed, err := fs.ReadFile(static.FS(), name+".gz"); err == nil {
		h.Set("Vary", "Accept-Encoding")
		if acceptsGzip(c.GetHeader("Accept-Encoding")) {
			h.Set("Content-Encoding", "gzip")
			content = packed
		}
	}
	http.ServeContent(c.Writer, c.Request, "", time.Time{}, bytes.NewReader(content))
}

func mediaType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	if kind := mime.TypeByExtension(path.Ext(name)); kind != "" {
		return kind
	}
	return "application/octet-stream"
}

func acceptsGzip(header string) bool {
	for coding := range strings.SplitSeq(header, ",") {
		name, parameters, _ := strings.Cut(strings.TrimSpace(coding), ";")
		if name == "gzip" && strings.ReplaceAll(parameters, " ", "") != "q=0" {
			return true
		}
	}
	return false
}
