package people

import (
	"context"
	"net/url"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/config"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/work"
)

// Service is the use cases of people.
type Service struct {
	gate    *work.Gate
	hasher  *hasher
	rules   config.Accounts
	public  string // the address of the service, for links in mails
	service string // its name
}

// NewService makes the service.
func NewService(gate *work.Gate, c config.Config) (*Service, error) {
	h, err := newHasher()
	if err != nil {
		return nil, err
	}
	return &Service{gate, h, c.Accounts, c.Public(), c.Service.Name}, nil
}

// SignUp is what somebody types to get an account.
type SignUp struct {
	Email    string
	Name     string
	Password string
}

// SignUp makes an account that counts once its address is confirmed. Whether there was one already is told to the address
// alone, not to whoever asks.
func (s *Service) SignUp(ctx context.Context, in SignUp) error {
	problems := fault.Problems{}
	email, err := NormalEmail(in.Email)
	if err != nil {
		problems["email"] = words(err)
	}
	name, problem := checkName(in.Name)
	if problem != "" {
		problems["name"] = problem
	}
	if problem := checkPassword(in.Password, email); problem != "" {
		problems["password"] = problem
	}
	if err := fault.Fields(problems); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, in.Password)
	if err != nil {
		return err
	}
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.SignUp, access.Scope{}); err != nil {
			return err
		}
		known, err := ByEmail(tx, email)
		if err != nil {
			return err
		}
		if known != nil && known.ConfirmedAt != nil {
			return s.tellKnown(tx, known)
		}
		p, err := s.keepUnconfirmed(tx, known, Person{Email: email, Name: name, Password: hash})
		if err != nil {
			return err
		}
		return s.sendLink(tx, p, mailedLink{confirming, 24 * time.Hour, "account.confirm", "/sign-up/confirm"})
	})
}

func words(err error) string {
	if f, ok := fault.Of(err); ok {
		return f.Words
	}
	return err.Error()
}

func (s *Service) tellKnown(tx *work.Tx, p *Person) error {
	tx.Record(audit.Event{Verb: "account.sign_up_again", Kind: "person", Subject: string(p.ID)})
	return s.tell(tx, p, "account.known", tx.Now.Format(time.RFC3339Nano), map[string]string{"name": p.Name})
}

// keepUnconfirmed adds the person, or replaces what somebody typed before without confirming the address.
func (s *Service) keepUnconfirmed(tx *work.Tx, known *Person, typed Person) (*Person, error) {
	if known == nil {
		typed.ID, typed.CreatedAt, typed.Version = ident.New[ident.Person](), tx.Now, 1
		tx.Record(audit.Event{Verb: string(access.SignUp), Kind: "person", Subject: string(typed.ID)})
		return &typed, work.Add(tx, &typed)
	}
	known.Name, known.Password = typed.Name, typed.Password
	tx.Record(audit.Event{Verb: string(access.SignUp), Kind: "person", Subject: string(known.ID)})
	return known, work.Save(tx, known, &known.Version)
}

// tell writes a mail to a person.
func (s *Service) tell(tx *work.Tx, p *Person, kind notify.Kind, key string, fields map[string]string) error {
	return tx.Notify(notify.Message{Kind: kind, Person: p.ID, Address: p.Email, Key: key, Fields: fields})
}

// mailedLink is a link as it is mailed: what for, how long it works, the mail's text, and the page that it leads to.
type mailedLink struct {
	why  purpose
	life time.Duration
	kind notify.Kind
	path string
}

// sendLink makes a link and mails it.
func (s *Service) sendLink(tx *work.Tx, p *Person, l mailedLink) error {
	token, err := newLink(tx, p.ID, l.why, l.life)
	if err != nil {
		return err
	}
	return s.tell(tx, p, l.kind, audit.Digest([]byte(token)), map[string]string{"name": p.Name, "link": s.linkTo(l.path, token)})
}

func (s *Service) linkTo(path, token string) string {
	return s.public + path + "?token=" + url.QueryEscape(token)
}

// Confirm confirms the address of an account with the link that was mailed to it. Everybody who signs up gets the roles that
// the policy gives to them.
func (s *Service) Confirm(ctx context.Context, token string) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.SignUp, access.Scope{}); err != nil {
			return err
		}
		p, err := s.useLink(tx, token, confirming)
		if err != nil {
			return err
		}
		return s.confirm(tx, p)
	})
}

func (s *Service) confirm(tx *work.Tx, p *Person) error {
	if p.ConfirmedAt == nil {
		p.ConfirmedAt = &tx.Now
		if err := work.Save(tx, p, &p.Version); err != nil {
			return err
		}
	}
	tx.Record(audit.Event{Verb: "account.confirm", Kind: "person", Subject: string(p.ID)})
	if err := endLinks(tx, p.ID, inviting); err != nil {
		return err // an invitation sets a password without asking for one: it is for those who have none
	}
	if err := GiveRoles(tx, p.ID, access.GivenBySignUp); err != nil {
		return err
	}
	codes, err := domainOf(tx, p.Email)
	if err != nil {
		return err
	}
	for _, code := range codes {
		if err := settle(tx, Representative{Person: p.ID, ODSCode: code, Settled: byDomain, At: tx.Now}); err != nil {
			return err
		}
	}
	return nil
}

// GiveRoles grants the roles that an event gives, in the whole fund; conditions of the policy narrow what they reach.
func GiveRoles(tx *work.Tx, to ident.Person, by access.GivenBy) error {
	for _, role := range tx.Policy().Roles() {
		if role.GivenBy != by {
			continue
		}
		if _, err := grant(tx, to, role.Name, access.Scope{}); err != nil {
			return err
		}
	}
	return nil
}

// useLink takes the person of a link that still works, and uses it up.
func (s *Service) useLink(tx *work.Tx, token string, why purpose) (*Person, error) {
	expired := fault.New(fault.Invalid, "This link has been used or has expired. Ask for a new one")
	l, err := findLink(tx, token, why)
	if err != nil {
		return nil, err
	}
	if l == nil {
		return nil, expired
	}
	used, err := l.use(tx)
	if err != nil {
		return nil, err
	}
	if !used {
		return nil, expired
	}
	return ByID(tx, l.Person)
}

// RequestReset mails a link to set a new password, if there is such an account. Whoever asks is not told.
func (s *Service) RequestReset(ctx context.Context, address string) error {
	email, err := NormalEmail(address)
	if err != nil {
		return fault.Fields(fault.Problems{"email": words(err)})
	}
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.ResetPassword, access.Scope{}); err != nil {
			return err
		}
		p, err := ByEmail(tx, email)
		if err != nil || p == nil || !p.Active() {
			return err
		}
		tx.Record(audit.Event{Verb: "account.ask_reset", Kind: "person", Subject: string(p.ID)})
		return s.sendLink(tx, p, mailedLink{resetting, time.Duration(s.rules.ResetMinutes) * time.Minute, "account.reset", "/sign-in/reset"})
	})
}

// Reset sets a new password with the link that was mailed, and ends all sessions.
func (s *Service) Reset(ctx context.Context, token, password string) error {
	if problem := checkPassword(password, ""); problem != "" {
		return fault.Fields(fault.Problems{"password": problem})
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.ResetPassword, access.Scope{}); err != nil {
			return err
		}
		p, err := s.useLink(tx, token, resetting)
		if err != nil {
			return err
		}
		return s.setPassword(tx, p, hash, "")
	})
}

// setPassword replaces the password, ends other sessions and tells the person.
func (s *Service) setPassword(tx *work.Tx, p *Person, hash, keepSession string) error {
	p.Password, p.Failures, p.WaitUntil = hash, 0, nil
	if err := work.Save(tx, p, &p.Version); err != nil {
		return err
	}
	if err := endSessions(tx, p.ID, keepSession); err != nil {
		return err
	}
	tx.Record(audit.Event{Verb: string(access.ChangePassword), Kind: "person", Subject: string(p.ID)})
	return s.tell(tx, p, "account.password_changed", tx.Now.Format(time.RFC3339Nano), map[string]string{"name": p.Name})
}

// ChangePassword sets a new password for the one who is signed in, who types the old one.
func (s *Service) ChangePassword(ctx context.Context, token, old, fresh string) error {
	me, ok := access.From(ctx)
	if !ok || me.ID == "" {
		return fault.New(fault.SignIn, "Sign in to continue")
	}
	if problem := checkPassword(fresh, me.Email); problem != "" {
		return fault.Fields(fault.Problems{"password": problem})
	}
	var stored string
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		p, err := ByID(tx, me.ID)
		if err == nil {
			stored = p.Password
		}
		return err
	})
	if err != nil {
		return err
	}
	fits, err := s.hasher.fits(ctx, old, stored)
	if err != nil {
		return err
	}
	if !fits {
		return fault.Fields(fault.Problems{"old_password": "Enter your current password"}) // #nosec G101 -- words for the person
	}
	hash, err := s.hasher.hash(ctx, fresh)
	if err != nil {
		return err
	}
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		p, err := ByID(tx, me.ID)
		if err != nil {
			return err
		}
		if err := tx.Require(access.ChangePassword, p); err != nil {
			return err
		}
		return s.setPassword(tx, p, hash, audit.Digest([]byte(token)))
	})
}

// RemoveExpired deletes sessions, links and held forms past their time: a job.
func (s *Service) RemoveExpired(ctx context.Context) error {
	return s.gate.Write(access.With(ctx, access.System(access.ExpireSessions)), func(tx *work.Tx) error {
		if err := tx.Require(access.ExpireSessions, access.Scope{}); err != nil {
			return err
		}
		n, err := removeExpired(tx)
		if err == nil && n > 0 {
			tx.Record(audit.Event{Verb: string(access.ExpireSessions), Kind: "session", Subject: "all", Facts: map[string]any{"removed": n}})
		}
		return err
	})
}

// short keeps a browser's name to a length that fits.
func short(agent string) string {
	agent = strings.ToValidUTF8(agent, "")
	if r := []rune(agent); len(r) > 200 {
		agent = string(r[:200])
	}
	return agent
}
