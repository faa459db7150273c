// Package config is the settings of an installation: defaults, a file, the environment and flags, in that order; the
// last word wins. Everything wrong is reported at once, by its key. Secrets do not print.
package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"
)

// Secret is a setting that is never shown.
type Secret string

// String hides the secret, in logs too.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "••••••"
}

// MarshalText hides the secret where settings are printed.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Config is every setting. The yaml tag is the key in the file; the environment variable is ADOPTIONFUND_ and the key
// in capitals, its parts joined by underscores; the flag is the key with dashes.
type Config struct {
	DatabaseURL    string `yaml:"database_url"`
	Address        string `yaml:"address"`
	MetricsAddress string `yaml:"metrics_address"`
	PublicURL      string `yaml:"public_url"`
	KeyFile        string `yaml:"key_file"`
	StorageURL     string `yaml:"storage_url"`
	S3Key          Secret `yaml:"s3_key"`
	S3Secret       Secret `yaml:"s3_secret"`
	SMTPURL        Secret `yaml:"smtp_url"`
	ClamdURL       string `yaml:"clamd_url"`
	Chromium       string `yaml:"chromium"` // path; empty: looked for; off: no PDF files

	Service  Service  `yaml:"service"`
	Accounts Accounts `yaml:"accounts"`
	Clock    Clock    `yaml:"clock"`
	Limits   Limits   `yaml:"limits"`
	Register Register `yaml:"register"`
	Audit    Audit    `yaml:"audit"`
	Awards   Awards   `yaml:"awards"`

	Retention Retention `yaml:"retention"`
}

// Service is how the installation presents itself.
type Service struct {
	Name          string `yaml:"name"`
	Organisation  string `yaml:"organisation"`
	ContactEmail  string `yaml:"contact_email"`
	ContactPhone  string `yaml:"contact_phone"`
	MailFrom      string `yaml:"mail_from"`
	DataOfficer   string `yaml:"data_officer"`
	OfficialBrand bool   `yaml:"official_brand"`
}

// Accounts is how people sign in.
type Accounts struct {
	SecondFactor    bool          `yaml:"second_factor"`
	SessionLifetime time.Duration `yaml:"session_lifetime"`
	SessionWarning  time.Duration `yaml:"session_warning"`
	InvitationDays  int           `yaml:"invitation_days"`
	ResetMinutes    int           `yaml:"reset_minutes"`
	TriesBeforeWait int           `yaml:"tries_before_wait"`
}

// Clock is when the program acts by itself.
type Clock struct {
	Every      time.Duration `yaml:"every"`
	CloseGrace time.Duration `yaml:"close_grace"`
}

// Limits guard the server.
type Limits struct {
	BodyBytes         int64   `yaml:"body_bytes"`
	RequestsPerSecond float64 `yaml:"requests_per_second"`
	Burst             int     `yaml:"burst"`
}

// Register is how the register of awards is published, in the 360Giving standard.
type Register struct {
	Prefix   string `yaml:"prefix"`    // of the identifiers of grants, as 360Giving gave it to the fund
	FunderID string `yaml:"funder_id"` // the fund's organisation by a list of org-id.guide
	Licence  string `yaml:"licence"`   // an address
}

// Audit is who holds copies of what the audit trail was.
type Audit struct {
	CheckpointsTo string `yaml:"checkpoints_to"` // addresses, separated by commas or spaces
}

// Addresses are those that each checkpoint is mailed to.
func (a Audit) Addresses() []string {
	return strings.FieldsFunc(a.CheckpointsTo, func(r rune) bool { return r == ',' || r == ' ' || r == ';' })
}

// Awards is what an installation sets for its awards.
type Awards struct {
	// MinimalAssistancePounds is the ceiling of minimal financial assistance over the financial year of an award and the two before it.
	MinimalAssistancePounds int `yaml:"minimal_assistance_pounds"`
}

// Retention is for how many years data of each kind is kept; what each is counted from says the room of retention.
type Retention struct {
	NotSubmittedYears int `yaml:"not_submitted_years"`
	UnsuccessfulYears int `yaml:"unsuccessful_years"`
	AwardYears        int `yaml:"award_years"`
	InvitationYears   int `yaml:"invitation_years"`
	AccountYears      int `yaml:"account_years"`
	MailYears         int `yaml:"mail_years"`
}

// longestKept is the most years that a period may have: a larger number is a mistyped one.
const longestKept = 100

func (r Retention) check(p *complaints) {
	for key, years := range map[string]int{
		"not_submitted_years": r.NotSubmittedYears, "unsuccessful_years": r.UnsuccessfulYears, "award_years": r.AwardYears,
		"invitation_years": r.InvitationYears, "account_years": r.AccountYears, "mail_years": r.MailYears,
	} {
		if years < 1 || years > longestKept {
			p.add("retention."+key, fmt.Sprintf("must be from 1 to %d", longestKept))
		}
	}
}

// Load reads the defaults, then the file if one is named, then the environment ("KEY=value", as os.Environ gives it),
// then the flags by key. The error lists every problem.
func Load(defaults []byte, file string, environ []string, flags map[string]string) (Config, error) {
	var c Config
	if err := decode("the defaults", defaults, &c); err != nil {
		return c, err
	}
	var problems []error
	if file != "" {
		data, err := os.ReadFile(file) // #nosec G304 -- the operator names the file
		if err != nil {
			return c, fmt.Errorf("reading settings: %w", err)
		}
		problems = append(problems, decode(file, data, &c))
	}
	settings := leaves(&c)
	problems = append(problems, fromEnvironment(settings, environ)...)
	for key, value := range flags {
		problems = append(problems, set(settings, key, value, "--"+strings.ReplaceAll(key, "_", "-")))
	}
	problems = append(problems, c.check()...)
	return c, errors.Join(problems...)
}

// Dialect is the database that the address names: "sqlite" or "postgres".
func (c Config) Dialect() string {
	if strings.HasPrefix(c.DatabaseURL, "sqlite://") {
		return "sqlite"
	}
	return "postgres"
}

// Secure reports whether people reach the service over TLS.
func (c Config) Secure() bool { return strings.HasPrefix(c.Public(), "https://") }

// Public is the address under which people reach the service, without a slash at its end.
func (c Config) Public() string {
	if c.PublicURL != "" {
		return strings.TrimSuffix(c.PublicURL, "/")
	}
	return "http://" + c.Address
}

// Loopback reports whether only this machine can reach the address.
func Loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// grantPrefix is the form of the prefixes that 360Giving gives to publishers.
var grantPrefix = regexp.MustCompile(`^360G-[A-Za-z0-9]{1,40}$`)

// complaints are what is wrong with settings, each with its key.
type complaints []error

func (p *complaints) add(key, words string) { *p = append(*p, errors.New(key+": "+words)) }

func (c Config) check() []error {
	var p complaints
	c.checkAddresses(&p)
	c.checkSecrets(&p)
	c.checkLimits(&p)
	c.Retention.check(&p)
	return p
}

func (c Config) checkAddresses(p *complaints) {
	if !strings.HasPrefix(c.DatabaseURL, "sqlite://") && !strings.HasPrefix(c.DatabaseURL, "postgres://") && !strings.HasPrefix(c.DatabaseURL, "postgresql://") {
		p.add("database_url", "must begin with sqlite:// or postgres://")
	}
	for key, address := range map[string]string{"address": c.Address, "metrics_address": c.MetricsAddress} {
		if _, _, err := net.SplitHostPort(address); err != nil && (key == "address" || address != "") {
			p.add(key, "must be HOST:PORT")
		}
	}
	for key, text := range map[string]string{"public_url": c.PublicURL, "clamd_url": c.ClamdURL, "smtp_url": string(c.SMTPURL), "storage_url": c.StorageURL} {
		if u, err := url.Parse(text); text != "" && (err != nil || u.Scheme == "") {
			p.add(key, "must be a URL")
		}
	}
}

func (c Config) checkSecrets(p *complaints) {
	if strings.HasPrefix(c.StorageURL, "s3://") && (c.S3Key == "" || c.S3Secret == "") {
		p.add("s3_key, s3_secret", "are needed where storage_url is an S3 bucket")
	}
	if c.KeyFile == "" {
		p.add("key_file", "must name the file of the installation's key")
	}
	if c.Service.Name == "" || c.Service.ContactEmail == "" || c.Service.MailFrom == "" {
		p.add("service", "name, contact_email and mail_from must be given")
	}
}

func (c Config) checkLimits(p *complaints) {
	for key, d := range map[string]time.Duration{"accounts.session_lifetime": c.Accounts.SessionLifetime, "accounts.session_warning": c.Accounts.SessionWarning, "clock.every": c.Clock.Every} {
		if d <= 0 {
			p.add(key, "must be longer than nothing")
		}
	}
	for key, n := range map[string]int{"accounts.invitation_days": c.Accounts.InvitationDays, "accounts.reset_minutes": c.Accounts.ResetMinutes, "accounts.tries_before_wait": c.Accounts.TriesBeforeWait, "limits.burst": c.Limits.Burst} {
		if n < 1 {
			p.add(key, "must be 1 or more")
		}
	}
	if !grantPrefix.MatchString(c.Register.Prefix) {
		p.add("register.prefix", "must begin with 360G- and go on with letters and digits")
	}
	if c.Limits.BodyBytes < 1<<16 {
		p.add("limits.body_bytes", "must be 65536 or more")
	}
}
