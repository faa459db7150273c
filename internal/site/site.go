// Package site is the service as seen from outside: middleware, the table of routes mounted, assets, and whether it is alive.
//
// It owns what happens to every request before and after its handler: arrival, reference, log, figures, security headers, limits,
// who is asking. It leaves handlers to its folders, how a handler is called to route, and what may be done to access.
package site

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"adoptionfund/internal/access"
	"adoptionfund/internal/site/route"
	"adoptionfund/web/page/shared"
	"adoptionfund/web/static"
)

// Options are what the site is made of. Brand, Policy, Log, Clock and PublicURL are needed.
type Options struct {
	Brand     shared.Brand
	Policy    *access.Policy
	Log       *slog.Logger
	Clock     func() time.Time // stamps the arrival of each request
	PublicURL string           // such as https://fund.example; https makes cookies secure
	Routes    []route.Row

	// Visitor says whose session a token belongs to, if anybody's; nil: nobody can sign in.
	Visitor        func(ctx context.Context, token string) (route.Visitor, error)
	SessionWarning time.Duration // how long before its end a session warns
	EnrolPath      string        // where one-time codes are set up
	// Held keeps a form that was sent when the session had ended, and gives it back after signing in; nil: it is lost.
	Held route.Held
	// Print makes a PDF file of a whole HTML document; nil: the service offers none.
	Print func(ctx context.Context, document, footer string) ([]byte, error)
	// Ready says why the service cannot serve, or nil.
	Ready func(context.Context) error

	BodyBytes         int64   // the largest request of a row that does not say; default 1 MiB
	RequestsPerSecond float64 // from one address; 0: no limit
	Burst             int
	TrustedProxies    []string             // addresses whose X-Forwarded-For is believed
	Registry          *prometheus.Registry // where figures are kept; default: a new one
}

// Site serves the service.
type Site struct {
	engine   *gin.Engine
	rows     []route.Row
	registry *prometheus.Registry
}

// New puts the site together. Mistakes in the table of routes are errors, and so is a binary without assets.
func New(o Options) (*Site, error) {
	if !static.Built() {
		return nil, errors.New("this binary was built without its style sheet and scripts: run make build")
	}
	if o.BodyBytes == 0 {
		o.BodyBytes = 1 << 20
	}
	if o.Registry == nil {
		o.Registry = prometheus.NewRegistry()
	}
	rows := slices.Concat(o.Routes, ownRoutes(o))
	if err := route.Check(rows, o.Policy); err != nil {
		return nil, fmt.Errorf("the table of routes: %w", err)
	}
	engine, err := o.mount(rows)
	if err != nil {
		return nil, err
	}
	return &Site{engine: engine, rows: rows, registry: o.Registry}, nil
}

// ServeHTTP answers a request.
func (s *Site) ServeHTTP(w http.ResponseWriter, req *http.Request) { s.engine.ServeHTTP(w, req) }

// Rows gives the whole table, with the rows of the site itself. For contract tests.
func (s *Site) Rows() []route.Row { return slices.Clone(s.rows) }

func (o Options) mount(rows []route.Row) (*gin.Engine, error) {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	engine.RedirectTrailingSlash = false
	if err := engine.SetTrustedProxies(o.TrustedProxies); err != nil {
		return nil, fmt.Errorf("trusted proxies: %w", err)
	}
	origin, err := o.crossOrigin()
	if err != nil {
		return nil, err
	}
	env := o.env(rows)
	engine.Use(o.stamp(), o.observe(newFigures(o.Registry)), recovered(env), o.headers(), o.limited(env), origin(env), o.authenticated(env))
	engine.GET(static.Prefix+"*file", assets)
	engine.HEAD(static.Prefix+"*file", assets)
	for _, row := range rows {
		env.Mount(engine, row)
	}
	engine.NoRoute(notFound(env))
	engine.NoMethod(func(c *gin.Context) { env.FailWith(c, http.StatusMethodNotAllowed, shared.WrongMethod{}) })
	return engine, nil
}

func (o Options) env(rows []route.Row) *route.Env {
	return &route.Env{
		Brand: o.Brand, Policy: o.Policy, Log: o.Log, Rows: rows, Secure: o.secure(), Body: o.BodyBytes,
		Warning: o.SessionWarning, EnrolPath: o.EnrolPath, Held: o.Held, Print: o.Print,
	}
}
