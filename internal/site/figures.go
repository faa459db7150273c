package site

import (
	"log/slog"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"adoptionfund/internal/site/route"
)

// figures count and time requests, by the pattern of their route.
type figures struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	open     prometheus.Gauge
}

func newFigures(registry *prometheus.Registry) *figures {
	f := &figures{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "adoptionfund_http_requests_total", Help: "Requests answered, by method, route and status.",
		}, []string{"method", "route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "adoptionfund_http_request_seconds", Help: "Time to answer, by method and route.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"method", "route"}),
		open: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "adoptionfund_http_requests_open", Help: "Requests being answered.",
		}),
	}
	registry.MustRegister(f.requests, f.seconds, f.open,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return f
}

// Metrics serves the figures for Prometheus, on a listener of its own.
func (s *Site) Metrics() http.Handler {
	return promhttp.HandlerFor(s.registry, promhttp.HandlerOpts{})
}

// observe counts, times and logs each request. The log names the pattern of the route, never the address: an address may hold
// a secret, such as in a link for a new password.
func (o Options) observe(f *figures) gin.HandlerFunc {
	return func(c *gin.Context) {
		f.open.Inc()
		defer func() {
			f.open.Dec()
			pattern, method, status := pattern(c), knownMethod(c.Request.Method), c.Writer.Status()
			took := o.Clock().Sub(route.Arrival(c.Request.Context()))
			f.requests.WithLabelValues(method, pattern, strconv.Itoa(status)).Inc()
			f.seconds.WithLabelValues(method, pattern).Observe(took.Seconds())
			o.Log.LogAttrs(c.Request.Context(), level(c, status), "request",
				slog.String("method", method), slog.String("route", pattern), slog.Int("status", status),
				slog.Duration("took", took), slog.Int("bytes", max(c.Writer.Size(), 0)),
				slog.String("reference", route.Reference(c.Request.Context())))
		}()
		c.Next()
	}
}

func pattern(c *gin.Context) string {
	if path := c.FullPath(); path != "" {
		return path
	}
	return "none"
}

// knownMethod keeps the number of labels small, whatever is sent.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
		return method
	}
	return "other"
}

// level keeps what comes often and says little out of an ordinary log.
func level(c *gin.Context, status int) slog.Level {
	switch path := c.Request.URL.Path; {
	case status >= http.StatusInternalServerError:
		return slog.LevelError
	case isAsset(c), path == "/healthz", path == "/readyz":
		return slog.LevelDebug
	}
	return slog.LevelInfo
}
