package people

import (
	"context"
	"fmt"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/work"
)

// confirmedFor is how long it counts that somebody confirmed that it is they.
const confirmedFor = 5 * time.Minute

// confirmed reports whether the person of a session confirmed lately that it is they. Signing in is no such confirmation: whoever finds an
// open browser has it.
func (s *Session) confirmed(now time.Time) bool {
	return s.ConfirmedAt != nil && now.Before(s.ConfirmedAt.Add(confirmedFor))
}

// Identity is what somebody who is signed in types to confirm that it is they: before what weighs most, such as an approval. The policy says for
// what, with its condition "confirmed".
type Identity struct {
	Token    string // of their session
	Password string
	Code     string // a one-time code or a recovery code, where the person has set them up
}

// ConfirmIdentity checks the password of the one who is signed in, and their one-time code where they have one, and gives them as a principal
// who has confirmed that it is they. It counts for five minutes in that session. What is wrong is told by field; after some wrong tries in a row,
// counted together with those of signing in, one must wait.
func (s *Service) ConfirmIdentity(ctx context.Context, in Identity) (access.Principal, error) {
	who, _ := access.From(ctx)
	if in.Password == "" {
		return who, fault.Fields(fault.Problems{"password": "Enter your password to confirm that it is you"})
	}
	p, err := s.confirming(ctx, in.Token)
	if err != nil {
		return who, err
	}
	fits, err := s.hasher.fits(ctx, in.Password, p.Password)
	if err != nil {
		return who, err
	}
	var answer error
	err = s.gate.Write(ctx, func(tx *work.Tx) error {
		answer, err = s.identify(tx, in, fits)
		return err
	})
	if err == nil {
		err = answer
	}
	who.Confirmed = err == nil
	return who, err
}

// confirming reads who has the session, unless they must wait.
func (s *Service) confirming(ctx context.Context, token string) (*Person, error) {
	var p *Person
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		row, err := sessionOf(tx, token)
		if err != nil {
			return err
		}
		if row == nil || row.Person != tx.By.ID || !row.live(tx.Now) || row.narrow() {
			return fault.New(fault.SignIn, "Sign in to continue")
		}
		if p, err = ByID(tx, row.Person); err != nil {
			return err
		}
		if p.WaitUntil != nil && tx.Now.Before(*p.WaitUntil) {
			return fault.New(fault.TooMany, "Too many wrong tries. Wait %s and try again", wait(p.WaitUntil.Sub(tx.Now)))
		}
		return nil
	})
	return p, err
}

// identify counts a wrong try or notes the confirmation. The answer for the person comes apart from errors, since a wrong try is kept too.
func (s *Service) identify(tx *work.Tx, in Identity, fits bool) (answer, err error) {
	p, err := s.self(tx, access.ViewAccount)
	if err != nil {
		return nil, err
	}
	if !fits {
		return fault.Fields(fault.Problems{"password": "The password is not right"}), s.countFailure(tx, p)
	}
	needed, answer, err := s.askCode(tx, p, in.Code)
	if err != nil || answer != nil {
		return answer, err
	}
	if needed {
		return fault.Fields(fault.Problems{"code": "Enter the code that your app shows now, or a recovery code"}), nil
	}
	p.Failures, p.WaitUntil = 0, nil
	tx.Record(audit.Event{Verb: "account.confirm_identity", Kind: "person", Subject: string(p.ID)})
	if err := work.Save(tx, p, &p.Version); err != nil {
		return nil, err
	}
	return nil, markConfirmed(tx, in.Token)
}

// AsksCode reports whether the one who is signed in is asked for a one-time code beside the password.
func (s *Service) AsksCode(ctx context.Context) (bool, error) {
	asks := false
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		p, err := s.self(tx, access.ViewAccount)
		asks = err == nil && s.rules.SecondFactor && p.FactorAt != nil
		return err
	})
	return asks, err
}

// markConfirmed notes that the person of a session confirmed that it is they.
func markConfirmed(tx *work.Tx, token string) error {
	if err := tx.DB().Model(&Session{}).Where("digest = ?", audit.Digest([]byte(token))).Update("confirmed_at", tx.Now).Error; err != nil {
		return fmt.Errorf("noting that somebody confirmed who they are: %w", err)
	}
	return nil
}
