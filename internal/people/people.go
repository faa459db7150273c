// Package people is who is who: persons and their accounts, sign-in, sessions, roles held in the fund, a round or a call, and
// organisations with those who may act for them.
//
// It leaves what a role may do to access, and who has a part in an application to application.
package people

import (
	"net/mail"
	"strings"
	"time"
	"unicode/utf8"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
)

// Person is somebody with an account, or somebody invited who has not accepted yet.
type Person struct {
	ID           ident.Person
	Email        string // in lower case
	Name         string
	Password     string // argon2id, empty until it is set
	ConfirmedAt  *time.Time
	DisabledAt   *time.Time
	FactorSecret string     // of one-time codes; set but not confirmed while it is being set up
	FactorAt     *time.Time // when one-time codes were confirmed
	FactorStep   int64      // the last code's step in time, so that no code works twice
	Failures     int        // wrong passwords or codes in a row
	WaitUntil    *time.Time
	CreatedAt    time.Time
	Version      int
}

// TableName is the table of persons.
func (Person) TableName() string { return "persons" }

// Facts is what a permission may look at: the account is the person's own.
func (p *Person) Facts() access.Facts { return access.Facts{Self: p.ID} }

// Active reports whether the person can sign in.
func (p *Person) Active() bool { return p.ConfirmedAt != nil && p.DisabledAt == nil }

// Grant is a role that somebody holds, or held.
type Grant struct {
	ID        string
	Person    ident.Person
	Role      string
	RoundID   ident.Round
	CallID    ident.Call
	GrantedBy string
	GrantedAt time.Time
	RevokedBy string
	RevokedAt *time.Time
}

// Scope is where the role is held.
func (g Grant) Scope() access.Scope { return access.Scope{Round: g.RoundID, Call: g.CallID} }

// Organisation is one of the list of the NHS Organisation Data Service.
type Organisation struct {
	ODSCode    ident.ODS `gorm:"column:ods_code;primaryKey" json:"ods_code"`
	Name       string    `json:"name"`
	SearchName string    `json:"-"`
	Kind       string    `json:"kind"`
	Region     string    `json:"region"`
	ICS        string    `gorm:"column:ics" json:"ics"`
	ValidFrom  string    `json:"valid_from"` // a day, or empty
	ValidTo    string    `json:"valid_to"`
	Successor  string    `json:"successor"`
}

// Valid reports whether the organisation existed on a day ("2026-10-12").
func (o Organisation) Valid(day string) bool {
	return (o.ValidFrom == "" || o.ValidFrom <= day) && (o.ValidTo == "" || day <= o.ValidTo)
}

// SystemName is how the integrated care system of a board was called before boards existed, in July 2022: "Surrey Heartlands ICS".
// Other organisations keep their names.
func (o Organisation) SystemName() string {
	name, isBoard := strings.CutSuffix(o.Name, " Integrated Care Board")
	if !isBoard {
		return o.Name
	}
	return strings.TrimPrefix(name, "NHS ") + " ICS"
}

// Representative is somebody who may act for an organisation, or asked to.
type Representative struct {
	Person    ident.Person
	ODSCode   ident.ODS `gorm:"column:ods_code"`
	Settled   string    // asked, domain, representative or fund
	SettledBy string
	At        time.Time
}

// Standing reports whether the person may act for it.
func (r Representative) Standing() bool { return r.Settled != asked }

const (
	asked     = "asked"
	byDomain  = "domain"
	byFellow  = "representative"
	byFund    = "fund"
	minLength = 12 // characters of a password
	maxLength = 200
)

// NormalEmail gives an e-mail address in the form in which it is kept, or says that it is none.
func NormalEmail(text string) (string, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	a, err := mail.ParseAddress(text)
	if err != nil || a.Address != text || len(text) > 254 || strings.ContainsAny(text, "\"\r\n\x00<> ") {
		return "", fault.New(fault.Invalid, "Enter an email address in the correct format, like name@example.com")
	}
	_, domain, _ := strings.Cut(text, "@")
	if !strings.Contains(domain, ".") {
		return "", fault.New(fault.Invalid, "Enter an email address in the correct format, like name@example.com")
	}
	return text, nil
}

// checkName gives a name without surrounding space, or the problem with it.
func checkName(text string) (name, problem string) {
	text = strings.Join(strings.Fields(text), " ")
	switch {
	case text == "":
		return "", "Enter your full name"
	case !utf8.ValidString(text) || utf8.RuneCountInString(text) > 200 || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' }):
		return "", "Full name must be 200 characters or fewer"
	default:
		return text, ""
	}
}

// checkPassword gives the problem with a new password, or nothing. Length is what counts [OWASP ASVS 2.1]; the few that are
// tried first everywhere, and the address itself, are refused.
func checkPassword(password, email string) string {
	n := utf8.RuneCountInString(password)
	switch {
	case n < minLength:
		return "Password must be 12 characters or more"
	case n > maxLength:
		return "Password must be 200 characters or fewer"
	case strings.EqualFold(password, email) || common(strings.ToLower(password)):
		return "Choose a password that is harder to guess"
	default:
		return ""
	}
}

// common recognises passwords made of one repeated piece or a run of keys.
func common(password string) bool {
	for _, known := range []string{"password", "qwertyuiop", "1234567890", "adoptionfund", "letmein", "welcome"} {
		if strings.Trim(password, known+"0123456789!?.") == "" {
			return true
		}
	}
	for size := 1; size <= 4; size++ {
		if len(password)%size == 0 && strings.Repeat(password[:size], len(password)/size) == password {
			return true
		}
	}
	return false
}
