package people

import (
	"context"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// Enrolment is what an app for one-time codes is set up with.
type Enrolment struct {
	Secret  string
	Address string // otpauth://…
}

// StartFactor makes the secret of one-time codes; they count once a code was typed. Starting again before that shows the
// same secret.
func (s *Service) StartFactor(ctx context.Context) (Enrolment, error) {
	var out Enrolment
	err := s.gate.Write(ctx, func(tx *work.Tx) error {
		p, err := s.self(tx, access.ManageSecondFactor)
		if err != nil {
			return err
		}
		if p.FactorAt != nil {
			return fault.New(fault.Conflict, "One-time codes are set up already")
		}
		if p.FactorSecret == "" {
			if p.FactorSecret, err = newFactor(s.service, p.Email); err != nil {
				return err
			}
		}
		if out, err = s.Enrolment(*p); err != nil {
			return err
		}
		tx.Record(audit.Event{Verb: "account.start_factor", Kind: "person", Subject: string(p.ID)})
		return work.Save(tx, p, &p.Version)
	})
	return out, err
}

// Enrolment gives what an app is set up with for somebody who has started the set-up.
func (s *Service) Enrolment(p Person) (Enrolment, error) {
	address, err := factorAddress(s.service, p.Email, p.FactorSecret)
	return Enrolment{p.FactorSecret, address}, err
}

// self reads the one who is signed in, and asks for an action on their own account.
func (s *Service) self(tx *work.Tx, act access.Action) (*Person, error) {
	if tx.By.ID == "" {
		return nil, fault.New(fault.SignIn, "Sign in to continue")
	}
	p, err := ByID(tx, tx.By.ID)
	if err != nil {
		return nil, err
	}
	return p, tx.Require(act, p)
}

// ConfirmFactor makes one-time codes count, and gives the recovery codes, which are shown this once. The session of the token
// counts as one with a code.
func (s *Service) ConfirmFactor(ctx context.Context, token, secret, code string) ([]string, error) {
	codes, digests := newRecoveryCodes()
	err := s.gate.Write(ctx, func(tx *work.Tx) error {
		p, err := s.self(tx, access.ManageSecondFactor)
		if err != nil {
			return err
		}
		if p.FactorAt != nil || p.FactorSecret == "" || p.FactorSecret != secret {
			return fault.New(fault.Conflict, "Start setting up one-time codes again")
		}
		step, ok := codeStep(p.FactorSecret, code, tx.Now, p.FactorStep)
		if !ok {
			return fault.Fields(fault.Problems{"code": "The code is not right. Enter the one that your app shows now"})
		}
		p.FactorAt, p.FactorStep = &tx.Now, step
		if err := work.Save(tx, p, &p.Version); err != nil {
			return err
		}
		if err := keepRecoveryCodes(tx, p.ID, digests); err != nil {
			return err
		}
		if err := markFactor(tx, token); err != nil {
			return err
		}
		tx.Record(audit.Event{Verb: string(access.ManageSecondFactor), Kind: "person", Subject: string(p.ID)})
		return s.tell(tx, p, "account.factor_set_up", string(p.ID)+secretKey(secret), map[string]string{"name": p.Name})
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// secretKey tells two set-ups apart without saying the secret.
func secretKey(secret string) string { return audit.Digest([]byte(secret))[:12] }

// ResetFactor takes away the one-time codes of somebody who lost them; they set up new ones at the next sign-in.
func (s *Service) ResetFactor(ctx context.Context, id ident.Person) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		p, err := ByID(tx, id)
		if err != nil {
			return err
		}
		if err := tx.Require(access.ResetSecondFactor, p); err != nil {
			return err
		}
		p.FactorSecret, p.FactorAt, p.FactorStep = "", nil, 0
		if err := work.Save(tx, p, &p.Version); err != nil {
			return err
		}
		if err := keepRecoveryCodes(tx, p.ID, nil); err != nil {
			return err
		}
		tx.Record(audit.Event{Verb: string(access.ResetSecondFactor), Kind: "person", Subject: string(p.ID)})
		return endSessions(tx, p.ID, "")
	})
}
