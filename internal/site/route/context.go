package route

import (
	"context"
	"time"

	"adoptionfund/internal/access"
)

// Visitor is whose session a request belongs to. The zero value is nobody.
type Visitor struct {
	Principal access.Principal
	Ends      time.Time // when the session ends; people are warned before
	// MustEnrol: the person holds roles that do not count until one-time codes are set up.
	MustEnrol bool
}

// SignedIn reports whether the visitor is a person.
func (v Visitor) SignedIn() bool { return v.Principal.Kind == access.Person }

type (
	visitorKey   struct{}
	arrivalKey   struct{}
	referenceKey struct{}
)

// WithVisitor returns ctx carrying the visitor and, for whoever asks access, the principal.
func WithVisitor(ctx context.Context, v Visitor) context.Context {
	return access.With(context.WithValue(ctx, visitorKey{}, v), v.Principal)
}

// visitor gives whose session the request belongs to.
func visitor(ctx context.Context) Visitor {
	v, _ := ctx.Value(visitorKey{}).(Visitor)
	return v
}

// WithArrival returns ctx carrying when the request arrived.
func WithArrival(ctx context.Context, at time.Time) context.Context {
	return context.WithValue(ctx, arrivalKey{}, at)
}

// Arrival gives when the request arrived at the outermost middleware.
func Arrival(ctx context.Context) time.Time {
	at, _ := ctx.Value(arrivalKey{}).(time.Time)
	return at
}

// WithReference returns ctx carrying what finds the request in the log.
func WithReference(ctx context.Context, reference string) context.Context {
	return context.WithValue(ctx, referenceKey{}, reference)
}

// Reference gives what finds the request in the log.
func Reference(ctx context.Context) string {
	reference, _ := ctx.Value(referenceKey{}).(string)
	return reference
}
