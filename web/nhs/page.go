package nhs

import (
	"context"
	"io"
)

// NavItem is an item of the service navigation.
type NavItem struct {
	Href, Text string
	Current    bool // this page
	Within     bool // a page below it
}

func (n NavItem) current() string {
	if n.Current {
		return "page"
	}
	return "true"
}

// Header is the band at the top with the service's name, the account and the service navigation.
type Header struct {
	Service     string
	Home        string
	Official    bool   // shows the NHS logo, only for those who are entitled to it
	Person      string // name of who is signed in
	AccountHref string
	SignInHref  string // for those who are not signed in
	SignOutPath string // where the button posts to
	Items       []NavItem
}

// Render writes it.
func (h Header) Render(ctx context.Context, w io.Writer) error { return render(ctx, w, h.view()) }

// Footer holds the links that are on every page, and a line of text.
type Footer struct {
	Links []Link
	Text  string
}

// Render writes it.
func (f Footer) Render(ctx context.Context, w io.Writer) error { return render(ctx, w, f.view()) }

// PhaseBanner says what kind of installation this is.
type PhaseBanner struct{ Label, Text string }

// Render writes it.
func (p PhaseBanner) Render(ctx context.Context, w io.Writer) error { return render(ctx, w, p.view()) }
