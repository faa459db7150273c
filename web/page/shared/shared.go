// Package shared holds what every page has in common: the frame around it, the pages for what went wrong, and the pages that
// every footer links to.
//
// It owns the order of a page: title, header, breadcrumbs, message, error summary, heading, content, footer. It leaves what a
// page says to the page, and what the frame is told (who is signed in, which navigation is theirs) to site.
package shared

import (
	"strings"

	"github.com/a-h/templ"

	"adoptionfund/web/nhs"
)

// Page is a page: what the frame shows around it, and its content.
type Page interface {
	Head() Head
	View() templ.Component
}

// Head is what a page tells its frame.
type Head struct {
	Title      string          // the heading of the page and, with the service's name, of the browser's tab
	Caption    string          // a line above the heading, such as the application it belongs to
	OwnHeading bool            // the content has its own h1, such as a Panel or a legend
	Crumbs     nhs.Breadcrumbs // the pages above this one; or
	Back       *nhs.BackLink   // the page before, in a sequence of pages
	Wide       bool            // the content takes the whole width: tables, workbenches
	// Differences are, after a stale edit, what was typed and what stands now; the frame shows both.
	Differences []Difference
}

// Difference is one field of a stale edit.
type Difference struct{ Label, Typed, Latest string }

// Flash is a message that was left for the next page.
type Flash struct {
	Text    string
	Success bool
}

// Brand is how the installation presents itself.
type Brand struct {
	Service      string // its name
	Organisation string // who runs it
	Email, Phone string // where people get help
	DataOfficer  string // e-mail of the data protection officer
	Official     bool   // may show the NHS logo
	Demo         bool   // a demonstration with invented data
}

// Chrome is what the frame needs beside the page.
type Chrome struct {
	Brand          Brand
	Person         string // name of who is signed in
	Keeper         string // what a device knows them by, to keep text that was not sent yet
	Items          []nhs.NavItem
	Flash          *Flash
	Enrol          string // where one-time codes are set up, if roles wait for that
	SessionSeconds int    // until the session ends; 0 if that is not known
	WarningSeconds int    // how long before that the person is warned
	Problems       []nhs.Problem
	Stale          string // why an edit was not saved, when somebody else's came first
}

func (c Chrome) title(h Head) string {
	var b strings.Builder
	if len(c.Problems) > 0 {
		b.WriteString("Error: ")
	}
	b.WriteString(h.Title)
	if h.Caption != "" {
		b.WriteString(" - " + h.Caption)
	}
	b.WriteString(" - " + c.Brand.Service)
	return b.String()
}

func (c Chrome) header() nhs.Header {
	return nhs.Header{
		Service: c.Brand.Service, Home: "/", Official: c.Brand.Official,
		Person: c.Person, AccountHref: "/account", SignInHref: "/sign-in", SignOutPath: "/sign-out", Items: c.Items,
	}
}

func (c Chrome) footer() nhs.Footer {
	return nhs.Footer{
		Links: []nhs.Link{
			{Href: "/accessibility-statement", Text: "Accessibility statement"},
			{Href: "/contact", Text: "Contact us"},
			{Href: "/cookies", Text: "Cookies"},
			{Href: "/privacy", Text: "Privacy"},
			{Href: "/terms", Text: "Terms and conditions"},
		},
		Text: c.Brand.Organisation,
	}
}

func column(h Head) string {
	if h.Wide {
		return "nhsuk-grid-column-full"
	}
	return "nhsuk-grid-column-two-thirds"
}
