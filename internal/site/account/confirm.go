package account

import (
	"context"

	"adoptionfund/internal/access"
	"adoptionfund/internal/people"
	"adoptionfund/internal/site/route"
)

// Confirmed gives the context in which the one who asks has confirmed that it is they: with the fields password and code of the form (see
// shared.Identity), or a few minutes ago. What is wrong with those fields is a fault to show beside them.
func Confirmed(r *route.Request, p *people.Service) (context.Context, error) {
	who, _ := r.Principal()
	typed := r.Form().Get("password")
	if who.Confirmed && typed == "" {
		return r.Context(), nil
	}
	who, err := p.ConfirmIdentity(r.Context(), people.Identity{Token: r.SessionToken(), Password: typed, Code: r.Field("code")})
	return access.With(r.Context(), who), err //nolint:wrapcheck // a fault for the person
}
