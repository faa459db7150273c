package account

import (
	"fmt"
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/account"
)

// account shows somebody's own account.
func (h handlers) account(r *route.Request) (route.Reply, error) {
	a, err := h.people.Account(r.Context())
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // people has said what it was doing
	}
	v, err := h.people.Visitor(r.Context(), r.SessionToken())
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // people has said what it was doing
	}
	shown := page.Account{
		Account: a, Session: v.Session.ID, Problems: r.Problems(),
		Typed: page.Typed{Name: a.Person.Name, Organisation: r.Typed("organisation", "")},
	}
	if r.Problem("name") != "" {
		shown.Typed.Name = r.Typed("name", "")
	}
	for _, g := range a.Grants {
		where, err := h.scopeName(r.Context(), g.Scope())
		if err != nil {
			return route.Reply{}, err
		}
		shown.Roles = append(shown.Roles, page.Role{Label: h.people.RoleLabel(g.Role), Where: where})
	}
	return route.Show(shown)
}

func (h handlers) rename(r *route.Request) (route.Reply, error) {
	if err := h.people.Rename(r.Context(), r.Field("name")); err != nil {
		return r.Again(err, h.account)
	}
	r.Flash("Your name is saved.")
	return route.GoTo("/account")
}

func (h handlers) changePassword(r *route.Request) (route.Reply, error) {
	err := h.people.ChangePassword(r.Context(), r.SessionToken(), r.Form().Get("old_password"), r.Form().Get("password"))
	if err != nil {
		return r.Again(err, h.account)
	}
	r.Flash("Your password is changed. You were signed out everywhere else.")
	return route.GoTo("/account")
}

func (h handlers) join(r *route.Request) (route.Reply, error) {
	standing, err := h.people.Join(r.Context(), form.ODS(r.Field("organisation")))
	if err != nil {
		return r.Again(err, h.account)
	}
	if standing {
		r.Flash("You can act for this organisation now.")
	} else {
		r.Notice("Your request waits for somebody who acts for the organisation already, or for the fund manager.")
	}
	return route.GoTo("/account")
}

func (h handlers) settle(r *route.Request) (route.Reply, error) {
	err := h.people.Authorise(r.Context(), ident.Person(r.Field("person")), ident.ODS(r.Field("organisation")))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // people has said what it was doing
	}
	r.Flash("They can act for the organisation now.")
	return route.GoTo("/account")
}

func (h handlers) endSessions(r *route.Request) (route.Reply, error) {
	if err := h.people.EndSessions(r.Context(), r.Field("session")); err != nil {
		return route.Reply{}, err //nolint:wrapcheck // people has said what it was doing
	}
	r.EndSession()
	r.Flash("You are signed out everywhere.")
	return route.GoTo("/sign-in")
}

func (h handlers) codesPage(r *route.Request) (route.Reply, error) {
	a, err := h.people.Account(r.Context())
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // people has said what it was doing
	}
	secret, started := r.Form()["secret"]
	switch {
	case a.Person.FactorAt != nil:
		return route.Show(page.StartCodes{Done: true})
	case a.Person.FactorSecret == "" || started && secret[0] != a.Person.FactorSecret:
		return route.Show(page.StartCodes{})
	}
	e, err := h.people.Enrolment(a.Person)
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // people has said what it was doing
	}
	picture, err := draw(e.Address)
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Codes{Enrolment: e, Picture: picture, Problems: r.Problems()})
}

// codes starts or ends the set-up. Recovery codes are shown in the answer itself: they are kept nowhere else.
func (h handlers) codes(r *route.Request) (route.Reply, error) {
	if r.Button() == "start" {
		if _, err := h.people.StartFactor(r.Context()); err != nil && !fault.Is(err, fault.Conflict) {
			return route.Reply{}, err //nolint:wrapcheck // people has said what it was doing
		}
		return route.GoTo(CodesPath)
	}
	codes, err := h.people.ConfirmFactor(r.Context(), r.SessionToken(), r.Field("secret"), r.Field("code"))
	if err != nil {
		return r.Again(err, h.codesPage)
	}
	return route.Show(page.Recovery{Codes: codes})
}

// draw makes a QR code of a text, with the white margin that readers need.
func draw(text string) (page.Picture, error) {
	const margin = 4
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return page.Picture{}, fmt.Errorf("drawing a QR code: %w", err)
	}
	side := code.Bounds().Dx()
	var path strings.Builder
	for y := range side {
		for x := range side {
			if dark(code, x, y) {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+margin, y+margin)
			}
		}
	}
	return page.Picture{Size: side + 2*margin, Path: path.String()}, nil
}

func dark(code barcode.Barcode, x, y int) bool {
	red, _, _, _ := code.At(x, y).RGBA()
	return red < 0x8000
}
