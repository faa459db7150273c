package route

import (
	"context"
	"time"
)

type (
	arrivalKey   struct{}
	referenceKey struct{}
)

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
