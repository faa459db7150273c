// Package account holds the pages of accounts: signing up and in, the account itself, one-time codes.
//
// It owns what these pages say. It leaves what is checked to people, and where they stand to site.
package account

import (
	"strings"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/people"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// SignUp is the page on which somebody makes an account.
type SignUp struct {
	Name, Email string
	Problems    fault.Problems
}

// Head tells the frame.
func (SignUp) Head() shared.Head { return shared.Head{Title: "Create an account"} }

// Sent says that a mail is on its way, where whether there is an account is not told.
type Sent struct {
	Title string
	What  string // such as "a link to confirm your email address"
	Demo  bool   // mail can be read in the demonstration's mailbox
}

// Head tells the frame.
func (s Sent) Head() shared.Head { return shared.Head{Title: s.Title} }

// Confirm asks to press a button, so that a mail scanner that follows the link does not use it up.
type Confirm struct{ Token string }

// Head tells the frame.
func (Confirm) Head() shared.Head { return shared.Head{Title: "Confirm your email address"} }

// SignIn is the page on which somebody signs in.
type SignIn struct {
	Email, Next string
	NeedsCode   bool // the password is right and a code is asked
	Problems    fault.Problems
	Demo        bool
}

// Head tells the frame.
func (SignIn) Head() shared.Head { return shared.Head{Title: "Sign in"} }

func (s SignIn) codeHint() string {
	if s.NeedsCode {
		return "Your account asks for a code. Enter the one that your app shows now, or a recovery code, and your password again."
	}
	return "Only if you have set up one-time codes: the one that your app shows now, or a recovery code."
}

// Forgotten is the page on which somebody asks for a new password.
type Forgotten struct {
	Email    string
	Problems fault.Problems
}

// Head tells the frame.
func (Forgotten) Head() shared.Head { return shared.Head{Title: "Set a new password"} }

// Reset is the page on which a new password is chosen.
type Reset struct {
	Token    string
	Problems fault.Problems
}

// Head tells the frame.
func (Reset) Head() shared.Head { return shared.Head{Title: "Choose a new password"} }

// Invitation is the page on which somebody who was invited chooses a password.
type Invitation struct {
	Token, Name, Email string
	Next               string // the page to come to after signing in, or empty
	Problems           fault.Problems
}

// Head tells the frame.
func (Invitation) Head() shared.Head { return shared.Head{Title: "Accept your invitation"} }

// Expired says that a link no longer works.
type Expired struct{ Why string }

// Head tells the frame.
func (Expired) Head() shared.Head { return shared.Head{Title: "This link no longer works"} }

// Role is a role that somebody holds, in words.
type Role struct{ Label, Where string }

// Account is somebody's own account.
type Account struct {
	people.Account
	Roles    []Role
	Session  string // the id of the session that this page is seen in
	Typed    Typed
	Problems fault.Problems
}

// Typed is what stands in the fields of the account page.
type Typed struct{ Name, Organisation string }

// Head tells the frame.
func (Account) Head() shared.Head { return shared.Head{Title: "Your account"} }

func (a Account) details() nhs.SummaryList {
	list := nhs.SummaryList{Rows: []nhs.SummaryRow{{Key: "Email address", Value: a.Person.Email}}}
	codes := "Not set up"
	if a.Person.FactorAt != nil {
		codes = "Set up on " + uktime.Date(*a.Person.FactorAt)
	}
	row := nhs.SummaryRow{Key: "One-time codes", Value: codes}
	if a.Person.FactorAt == nil {
		row.Actions = []nhs.Link{{Href: "/account/codes", Text: "Set up", Hidden: "one-time codes"}}
	}
	return nhs.SummaryList{Rows: append(list.Rows, row)}
}

func (a Account) roles() nhs.Table {
	t := nhs.Table{ID: "roles", Caption: "Your roles", CaptionSize: nhs.Medium, Columns: []nhs.Column{{Heading: "Role"}, {Heading: "Where"}}, Empty: "You hold no role."}
	for _, r := range a.Roles {
		t.Rows = append(t.Rows, nhs.Cells(capital(r.Label), r.Where))
	}
	return t
}

func (a Account) organisations() nhs.Table {
	t := nhs.Table{
		ID: "organisations", Caption: "Organisations you act for", CaptionSize: nhs.Medium,
		Columns: []nhs.Column{{Heading: "Organisation"}, {Heading: "Code"}, {Heading: "Status"}},
		Empty:   "You do not act for an organisation yet. Before you can start an application, ask to act for the one that leads it.",
	}
	for _, o := range a.Organisations {
		status := nhs.Tag{Text: "Waiting", Colour: nhs.Yellow}
		if o.Standing {
			status = nhs.Tag{Text: "You act for it", Colour: nhs.Green}
		}
		t.Rows = append(t.Rows, []nhs.Cell{{Text: o.Organisation.Name}, {Text: string(o.Organisation.ODSCode)}, {Content: status}})
	}
	return t
}

func (a Account) sessions() nhs.Table {
	t := nhs.Table{ID: "sessions", Caption: "Where you are signed in", CaptionSize: nhs.Medium, Columns: []nhs.Column{{Heading: "Browser"}, {Heading: "Since"}, {Heading: "Last used"}}}
	for _, s := range a.Sessions {
		agent := browser(s.Agent)
		if s.ID == a.Session {
			agent += " (this one)"
		}
		t.Rows = append(t.Rows, nhs.Cells(agent, uktime.Moment(s.CreatedAt), uktime.Moment(s.SeenAt)))
	}
	return t
}

// browser names a browser and its system by what it calls itself.
func browser(agent string) string {
	name, system := "Another browser", ""
	for _, b := range [][2]string{{"Firefox/", "Firefox"}, {"Edg/", "Edge"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}} {
		if strings.Contains(agent, b[0]) {
			name = b[1]
			break
		}
	}
	for _, s := range [][2]string{{"Windows", "Windows"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Mac OS", "macOS"}, {"Linux", "Linux"}} {
		if strings.Contains(agent, s[0]) {
			system = " on " + s[1]
			break
		}
	}
	return name + system
}

// Codes is the page on which one-time codes are set up.
type Codes struct {
	people.Enrolment
	Picture  Picture
	Problems fault.Problems
}

// Head tells the frame.
func (Codes) Head() shared.Head {
	return shared.Head{Title: "Set up one-time codes", Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}, {Href: "/account", Text: "Your account"}}}
}

// spaced writes the secret in groups of four, to be typed.
func (c Codes) spaced() string {
	var b strings.Builder
	for i, r := range c.Secret {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Picture is a QR code as the path of an SVG: Path draws the dark modules of a square with sides of Size.
type Picture struct {
	Size int
	Path string
}

// StartCodes is the page before one-time codes are set up.
type StartCodes struct{ Done bool }

// Head tells the frame.
func (StartCodes) Head() shared.Head { return Codes{}.Head() }

// Recovery shows the recovery codes, this once.
type Recovery struct{ Codes []string }

// Head tells the frame.
func (Recovery) Head() shared.Head { return shared.Head{Title: "One-time codes are set up"} }

func capital(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
