package route

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Cache is what anybody's cache may keep of an answer that is the same for everybody.
type Cache struct {
	Tag      string    // what is the same has the same
	Modified time.Time // the zero time: not known
	Age      time.Duration
}

// Cached answers with what make gives, for caches to keep; or, to who has it already, that it has not changed.
func (r *Request) Cached(c Cache, make func() (Reply, error)) (Reply, error) { //nolint:predeclared // what is made if it has to be
	tag := `"` + c.Tag + `"`
	h := r.gin.Writer.Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "public, max-age="+strconv.Itoa(int(c.Age.Seconds())))
	h.Del("Vary") // whoever is signed in gets the same
	if !c.Modified.IsZero() {
		h.Set("Last-Modified", c.Modified.UTC().Format(http.TimeFormat))
	}
	if r.has(tag, c.Modified) {
		return Reply{status: http.StatusNotModified, unchanged: true}, nil
	}
	reply, err := make()
	if err != nil {
		for _, name := range []string{"ETag", "Last-Modified"} {
			h.Del(name)
		}
		h.Set("Cache-Control", "no-store")
	}
	return reply, err
}

// has reports whether the one who asks has the answer already: by its tag, or without one by its date [RFC 9110, 13.2.2].
func (r *Request) has(tag string, modified time.Time) bool {
	if given := r.gin.Request.Header.Get("If-None-Match"); given != "" {
		for one := range strings.SplitSeq(given, ",") {
			if one = strings.TrimPrefix(strings.TrimSpace(one), "W/"); one == tag || one == "*" {
				return true
			}
		}
		return false
	}
	since, err := http.ParseTime(r.gin.Request.Header.Get("If-Modified-Since"))
	return err == nil && !modified.IsZero() && !modified.Truncate(time.Second).After(since)
}
