package site

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/gin-gonic/gin"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/site/route"
	"adoptionfund/internal/work"
	"adoptionfund/web/page/shared"
	"adoptionfund/web/static"
)

// contentSecurityPolicy lets a page use what this service sends, and nothing inline.
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func (o Options) secure() bool { return strings.HasPrefix(o.PublicURL, "https://") }

// stamp notes when the request arrived and gives it a reference. It is the outermost: deadlines compare what it notes.
func (o Options) stamp() gin.HandlerFunc {
	return func(c *gin.Context) {
		text := rand.Text()
		reference := text[:4] + "-" + text[4:8] + "-" + text[8:12]
		now := o.Clock()
		ctx := work.WithArrival(route.WithArrival(c.Request.Context(), now), now)
		c.Request = c.Request.WithContext(route.WithReference(ctx, reference))
		c.Header("X-Request-Id", reference)
		c.Next()
	}
}

// recovered turns a panic into a page with a reference that is in the log; the service goes on.
func recovered(env *route.Env) gin.HandlerFunc {
	return func(c *gin.Context) {
		defer func() {
			reason := recover()
			if reason == nil {
				return
			}
			if err, ok := reason.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(reason)
			}
			ctx := c.Request.Context()
			env.Log.LogAttrs(ctx, slog.LevelError, "a handler panicked", slog.String("reference", route.Reference(ctx)),
				slog.Any("reason", reason), slog.String("stack", string(debug.Stack())))
			if c.Writer.Written() {
				panic(http.ErrAbortHandler)
			}
			env.FailWith(c, http.StatusInternalServerError, shared.Broken{Reference: route.Reference(ctx), Email: env.Brand.Email})
		}()
		c.Next()
	}
}

// headers tells browsers what they may do with what we send.
func (o Options) headers() gin.HandlerFunc {
	return func(c *gin.Context) {
		h := c.Writer.Header()
		h.Set("Content-Security-Policy", contentSecurityPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		if o.secure() {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		c.Next()
	}
}

// crossOrigin refuses what another site makes a browser send.
func (o Options) crossOrigin() (func(*route.Env) gin.HandlerFunc, error) {
	protection := http.NewCrossOriginProtection()
	if err := protection.AddTrustedOrigin(strings.TrimSuffix(o.PublicURL, "/")); err != nil {
		return nil, fmt.Errorf("public address %q: %w", o.PublicURL, err)
	}
	return func(env *route.Env) gin.HandlerFunc {
		return func(c *gin.Context) {
			if protection.Check(c.Request) != nil {
				env.FailWith(c, http.StatusForbidden, shared.CrossSite{})
				return
			}
			c.Next()
		}
	}, nil
}

// authenticated puts the person into the request's context. What a signed-in person sees is kept by no cache.
func (o Options) authenticated(env *route.Env) gin.HandlerFunc {
	return func(c *gin.Context) {
		if isAsset(c) {
			c.Next()
			return
		}
		c.Header("Vary", "Cookie")
		c.Header("Cache-Control", "no-cache")
		token := route.SessionToken(c.Request, o.secure())
		if o.Visitor == nil || token == "" {
			c.Next()
			return
		}
		v, err := o.Visitor(c.Request.Context(), token)
		if err != nil {
			env.Fail(c, fmt.Errorf("finding whose session it is: %w", err))
			return
		}
		if v.Principal.Narrow() && c.FullPath() == "" {
			c.Next() // there is no such page: said as to a stranger
			return
		}
		if v.SignedIn() {
			c.Request = c.Request.WithContext(route.WithVisitor(c.Request.Context(), v))
			c.Header("Cache-Control", "no-store")
		}
		c.Next()
	}
}

// limited slows down an address that asks too fast.
func (o Options) limited(env *route.Env) gin.HandlerFunc {
	if o.RequestsPerSecond <= 0 {
		return func(c *gin.Context) { c.Next() }
	}
	limits := newLimiter(o.RequestsPerSecond, o.Burst)
	return func(c *gin.Context) {
		if isAsset(c) {
			c.Next()
			return
		}
		if wait := limits.wait(c.ClientIP(), route.Arrival(c.Request.Context())); wait > 0 {
			env.Fail(c, &fault.Fault{Kind: fault.TooMany, Words: "Many requests came from your address at once.", Latest: wait})
			return
		}
		c.Next()
	}
}

func isAsset(c *gin.Context) bool { return strings.HasPrefix(c.Request.URL.Path, static.Prefix) }

// notFound sends an address with a slash at its end to the one without, and shows a page for any other.
func notFound(env *route.Env) gin.HandlerFunc {
	return func(c *gin.Context) {
		here := c.Request.URL.Path
		trimmed := strings.TrimRight(here, "/")
		safe := c.Request.Method == http.MethodGet || c.Request.Method == http.MethodHead
		if safe && trimmed != here && route.Local(trimmed, "") != "" {
			if query := c.Request.URL.RawQuery; query != "" {
				trimmed += "?" + query
			}
			c.Header("Location", trimmed)
			c.Status(http.StatusMovedPermanently)
			c.Writer.WriteHeaderNow()
			return
		}
		env.FailWith(c, http.StatusNotFound, shared.NotFound{})
	}
}
