package people

import (
	"context"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// SignIn is what somebody types to sign in. Code is a one-time code or a recovery code, where one is asked.
type SignIn struct {
	Email    string
	Password string
	Code     string
	Agent    string // the browser, as it names itself
}

// SignedIn is what comes of it: the token for the cookie, or that a code is needed.
type SignedIn struct {
	Token     string
	Person    ident.Person
	ExpiresAt time.Time
	NeedsCode bool // the password is right: ask for the code
	Home      string
}

// wrong is the one answer to a wrong address, a wrong password, an unconfirmed and a disabled account.
func wrong() error {
	return fault.Fields(fault.Problems{"email": "The email address or password is not right"})
}

// SignIn checks who somebody is and begins a session. After some wrong tries in a row one must wait, twice as long each time.
func (s *Service) SignIn(ctx context.Context, in SignIn) (SignedIn, error) {
	email, err := NormalEmail(in.Email)
	if err != nil {
		return SignedIn{}, fault.Fields(fault.Problems{"email": words(err)})
	}
	if in.Password == "" {
		return SignedIn{}, fault.Fields(fault.Problems{"password": "Enter your password"})
	}
	var p *Person
	err = s.gate.Read(ctx, func(tx *work.Tx) error {
		p, err = ByEmail(tx, email)
		return err
	})
	if err != nil {
		return SignedIn{}, err
	}
	now := s.gate.Now()
	if p != nil && p.WaitUntil != nil && now.Before(*p.WaitUntil) {
		return SignedIn{}, fault.New(fault.TooMany, "Too many wrong tries. Wait %s and try again", wait(p.WaitUntil.Sub(now)))
	}
	stored := ""
	if p != nil && p.Active() {
		stored = p.Password
	}
	fits, err := s.hasher.fits(ctx, in.Password, stored)
	if err != nil {
		return SignedIn{}, err
	}
	if p == nil {
		return SignedIn{}, wrong()
	}
	return s.finishSignIn(ctx, p.ID, in, fits)
}

func wait(d time.Duration) string {
	if d < time.Minute {
		return "a minute"
	}
	return d.Round(time.Minute).String()
}

// finishSignIn counts a wrong try, asks for the code, or begins the session. It ends with the answer for the person apart from
// errors, since a wrong try is kept too.
func (s *Service) finishSignIn(ctx context.Context, id ident.Person, in SignIn, fits bool) (SignedIn, error) {
	var out SignedIn
	var answer error
	err := s.gate.Write(ctx, func(tx *work.Tx) error {
		out, answer = SignedIn{}, nil
		if err := tx.Require(access.SignIn, access.Scope{}); err != nil {
			return err
		}
		p, err := ByID(tx, id)
		if err != nil {
			return err
		}
		if !fits {
			answer = wrong()
			return s.countFailure(tx, p)
		}
		out.NeedsCode, answer, err = s.askCode(tx, p, in.Code)
		if err != nil || out.NeedsCode {
			return err
		}
		out, err = s.begin(tx, p, in.Agent, !s.rules.SecondFactor || p.FactorAt != nil)
		return err
	})
	if err == nil {
		err = answer
	}
	return out, err
}

// askCode reports whether a code is still needed, with the answer for the person where the one they typed is wrong.
func (s *Service) askCode(tx *work.Tx, p *Person, code string) (needed bool, answer, err error) {
	if !s.rules.SecondFactor || p.FactorAt == nil {
		return false, nil, nil
	}
	if code == "" {
		return true, nil, nil
	}
	right, err := s.checkCode(tx, p, code)
	if err != nil || right {
		return false, nil, err
	}
	answer = fault.Fields(fault.Problems{"code": "The code is not right. Enter the one that your app shows now, or a recovery code"})
	return true, answer, s.countFailure(tx, p)
}

func (s *Service) countFailure(tx *work.Tx, p *Person) error {
	p.Failures++
	if over := p.Failures - s.rules.TriesBeforeWait; over >= 0 {
		until := tx.Now.Add(min(time.Minute<<min(over, 10), 4*time.Hour))
		p.WaitUntil = &until
	}
	tx.Record(audit.Event{Verb: "account.wrong_try", Kind: "person", Subject: string(p.ID), Facts: map[string]any{"in_a_row": p.Failures}})
	return work.Save(tx, p, &p.Version)
}

// checkCode accepts a one-time code once, or a recovery code once.
func (s *Service) checkCode(tx *work.Tx, p *Person, code string) (bool, error) {
	if step, ok := codeStep(p.FactorSecret, code, tx.Now, p.FactorStep); ok {
		p.FactorStep = step
		return true, nil
	}
	return useRecoveryCode(tx, p.ID, recoveryDigest(code), tx.Now)
}

// begin makes a session.
func (s *Service) begin(tx *work.Tx, p *Person, agent string, factor bool) (SignedIn, error) {
	p.Failures, p.WaitUntil = 0, nil
	if err := work.Save(tx, p, &p.Version); err != nil {
		return SignedIn{}, err
	}
	token := newToken()
	row := Session{
		Digest: audit.Digest([]byte(token)), ID: ident.New[string](), Person: p.ID, Factor: factor, Agent: short(agent),
		CreatedAt: tx.Now, SeenAt: tx.Now, ExpiresAt: tx.Now.Add(s.rules.SessionLifetime),
	}
	if err := work.Add(tx, &row); err != nil {
		return SignedIn{}, err
	}
	tx.Record(audit.Event{Verb: string(access.SignIn), Kind: "person", Subject: string(p.ID), Facts: map[string]any{"session": row.ID}})
	return SignedIn{Token: token, Person: p.ID, ExpiresAt: row.ExpiresAt, Home: "/"}, nil
}

// Visitor is who a browser's cookie says it is.
type Visitor struct {
	Principal access.Principal
	Session   Session
	// MustEnrol says that the person holds roles that ask for one-time codes and has not set them up: those roles do not count yet.
	MustEnrol bool
}

// Visitor finds who sent a token. An unknown or ended one is nobody, which is no error; the session says if there was one.
func (s *Service) Visitor(ctx context.Context, token string) (Visitor, error) {
	var v Visitor
	var stale bool
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		row, err := sessionOf(tx, token)
		if err != nil || row == nil {
			return err
		}
		v.Session = *row
		if !row.live(tx.Now) {
			return nil
		}
		p, err := ByID(tx, row.Person)
		if err != nil || !row.lets(p) {
			return err
		}
		stale = tx.Now.Sub(row.SeenAt) > time.Minute
		v.Principal, v.MustEnrol, err = s.visitor(tx, row, p)
		return err
	})
	if err != nil || !stale {
		return v, err
	}
	return v, s.touch(access.With(ctx, v.Principal), token)
}

// principal gives the person with the roles that count in a session: those that ask for a one-time code only in one that had it.
func (s *Service) principal(tx *work.Tx, p *Person, factor bool) (access.Principal, bool, error) {
	who := access.Principal{ID: p.ID, Kind: access.Person, Name: p.Name, Email: p.Email}
	grants, err := standing(tx, p.ID)
	if err != nil {
		return who, false, err
	}
	guarded := map[string]bool{}
	for _, r := range tx.Policy().Roles() {
		guarded[r.Name] = r.SecondFactor
	}
	mustEnrol := false
	for _, g := range grants {
		if s.rules.SecondFactor && guarded[g.Role] && !factor {
			mustEnrol = true
			continue
		}
		who.Grants = append(who.Grants, access.Grant{Role: g.Role, Scope: g.Scope()})
	}
	return who, mustEnrol, nil
}

// touch notes that the session was used, at most once a minute. It is bookkeeping of the session, not an event.
func (s *Service) touch(ctx context.Context, token string) error {
	return s.gate.Keep(ctx, func(tx *work.Tx) error { return touchSession(tx, token) })
}

// As gives the person with an address as a principal with all roles, for commands that act as a person.
func (s *Service) As(ctx context.Context, address string) (access.Principal, error) {
	var who access.Principal
	email, err := NormalEmail(address)
	if err != nil {
		return who, err
	}
	err = s.gate.Read(ctx, func(tx *work.Tx) error {
		p, err := ByEmail(tx, email)
		if err != nil {
			return err
		}
		if p == nil || !p.Active() {
			return fault.New(fault.NotFound, "There is no active account with the address %s", email)
		}
		who, _, err = s.principal(tx, p, true)
		who.Confirmed = true // whoever may give commands is trusted to be whom they name
		return err
	})
	return who, err
}

// SignOut ends the session of a token.
func (s *Service) SignOut(ctx context.Context, token string) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.SignOut, access.Scope{}); err != nil {
			return err
		}
		tx.Record(audit.Event{Verb: string(access.SignOut), Kind: "person", Subject: string(tx.By.ID)})
		return endSession(tx, audit.Digest([]byte(token)))
	})
}

// Sessions gives the live sessions of the one who is signed in, newest first.
func (s *Service) Sessions(ctx context.Context) ([]Session, error) {
	var rows []Session
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.ManageSessions, access.Facts{Self: tx.By.ID}); err != nil {
			return err
		}
		var err error
		rows, err = sessionsOf(tx, tx.By.ID)
		return err
	})
	return rows, err
}

// EndSessions ends one session of the one who is signed in, or all of them where id is empty.
func (s *Service) EndSessions(ctx context.Context, id string) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.ManageSessions, access.Facts{Self: tx.By.ID}); err != nil {
			return err
		}
		if _, err := ident.Parse[string](id); id != "" && err != nil {
			return work.NotFound("session")
		}
		tx.Record(audit.Event{Verb: string(access.ManageSessions), Kind: "person", Subject: string(tx.By.ID), Facts: map[string]any{"session": id}})
		if id == "" {
			return endSessions(tx, tx.By.ID, "")
		}
		return endSessionByID(tx, tx.By.ID, id)
	})
}

// Hold keeps a form that somebody sent when the session had ended; token is that of the ended session. It gives the id under
// which the form is given back to the same person, or "" if the token was never one of this service.
func (s *Service) Hold(ctx context.Context, token, path, body string) (string, error) {
	id := ""
	err := s.gate.Keep(ctx, func(tx *work.Tx) error {
		row, err := sessionOf(tx, token)
		if err != nil || row == nil {
			return err
		}
		id = ident.New[string]()
		return keepHeld(tx, Held{ID: id, Person: row.Person, Path: path, Body: body, HeldAt: tx.Now})
	})
	return id, err
}

// TakeHeld gives the held form back to the one who sent it, once; nil if there is none.
func (s *Service) TakeHeld(ctx context.Context, id string) (*Held, error) {
	var held *Held
	if _, err := ident.Parse[string](id); err != nil {
		return nil, nil //nolint:nilnil // none is an answer
	}
	err := s.gate.Keep(ctx, func(tx *work.Tx) error {
		if tx.By.ID == "" {
			return nil
		}
		var err error
		held, err = heldOf(tx, id, tx.By.ID)
		if err != nil || held == nil {
			return err
		}
		return dropHeld(tx, id)
	})
	return held, err
}
