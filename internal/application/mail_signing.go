package application

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"math/big"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
)

// Signing from a mail: the link shows that somebody got the mail, the code that they read the mailbox now. Both together open a
// session that reaches the one application, and nothing else.
const (
	codeLife   = 10 * time.Minute
	codeTries  = 5                // wrong ones, then another must be sent
	codeMost   = 10               // for one link
	codeApart  = time.Minute      // between two codes
	askedApart = 10 * time.Minute // between two requests to sign the same answers
)

// newSigningLink makes a link with which somebody signs; those before it end. It gives the address for the mail.
func (s *Service) newSigningLink(tx *work.Tx, a *Application, person ident.Person, answersDigest string) (string, error) {
	if err := endSigningLinks(tx, a.ID, person); err != nil {
		return "", err
	}
	token := rand.Text() + rand.Text()
	l := signingLink{
		Digest: audit.Digest([]byte(token)), ApplicationID: a.ID, Person: person, AnswersDigest: answersDigest, MadeAt: tx.Now, ExpiresAt: a.ClosesAt(),
	}
	return s.people.Link("/sign", token), work.Add(tx, &l)
}

// overLink is the one answer to a link that was used, has expired, was replaced by another, or never was.
func overLink() error {
	return fault.New(fault.NotFound, "This link no longer works. It was used, it has expired, or a newer one was sent to you.")
}

// opened is a link that works, with what it is for.
type opened struct {
	link        *signingLink
	application *Application
	person      *people.Person
}

func openLink(tx *work.Tx, token string) (opened, error) {
	var o opened
	var err error
	if err := tx.Require(access.SignFromMail, access.Scope{}); err != nil {
		return o, err
	}
	if o.link, err = linkByToken(tx, token); err != nil || o.link == nil {
		return o, orElse(err, overLink())
	}
	if o.application, err = ByID(tx, o.link.ApplicationID); err != nil {
		return o, err
	}
	if o.person, err = people.ByID(tx, o.link.Person); err != nil {
		return o, err
	}
	if !o.application.Writable() || o.person.DisabledAt != nil || len(o.application.PartsOf(o.person.ID)) == 0 {
		return o, overLink()
	}
	return o, nil
}

// LinkWorks says whether a link to sign works, and changes nothing: programs that look through mail open links too.
func (s *Service) LinkWorks(ctx context.Context, token string) error {
	return s.gate.Read(ctx, func(tx *work.Tx) error {
		_, err := openLink(tx, token)
		return err
	})
}

// SendCode sends a code to the mailbox to which the link was sent.
func (s *Service) SendCode(ctx context.Context, token string) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		o, err := openLink(tx, token)
		if err != nil {
			return err
		}
		switch l := o.link; {
		case l.CodeSentAt != nil && tx.Now.Sub(*l.CodeSentAt) < codeApart:
			return fault.New(fault.TooMany, "A code was sent to you less than a minute ago. Look in your mailbox, or wait a minute and ask again.")
		case l.Codes >= codeMost:
			return fault.New(fault.TooMany, "Too many codes were sent. Ask the main contact of the application to send you another link.")
		}
		n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
		if err != nil {
			return fmt.Errorf("making a code: %w", err)
		}
		code := fmt.Sprintf("%06d", n.Int64())
		kept, err := keepCode(tx, o.link, codeDigest(token, code))
		if err != nil {
			return err
		}
		if !kept {
			return fault.New(fault.TooMany, "A code was sent to you less than a minute ago. Look in your mailbox, or wait a minute and ask again.")
		}
		tx.Record(Event(o.application, "application.send_code", map[string]any{"person": o.person.ID, "number": o.link.Codes + 1}))
		fields := Fields(o.application)
		fields["name"], fields["code"] = o.person.Name, code
		return tx.Notify(notify.Message{Kind: "signature_code", Person: o.person.ID, Address: o.person.Email, Key: fmt.Sprintf("%.24s:%d", o.link.Digest, o.link.Codes+1), Fields: fields})
	})
}

// codeDigest is how a code is kept: with the token, which is not kept, so that the million codes cannot be tried against the database.
func codeDigest(token, code string) string { return audit.Digest([]byte(token + ":" + code)) }

// EnterCode opens a session that reaches the one application, for whoever types the code that was sent. A wrong code is counted, so
// the answer to the person is apart from errors.
func (s *Service) EnterCode(ctx context.Context, token, code, agent string) (people.SignedIn, ident.Ref, error) {
	var in people.SignedIn
	var ref ident.Ref
	var answer error
	err := s.gate.Write(ctx, func(tx *work.Tx) error {
		in, ref, answer = people.SignedIn{}, "", nil
		o, err := openLink(tx, token)
		if err != nil {
			return err
		}
		ref = o.application.Ref
		fresh := o.link.CodeSentAt != nil && tx.Now.Sub(*o.link.CodeSentAt) < codeLife
		left, err := countTry(tx, o.link, codeTries)
		if err != nil {
			return err
		}
		typed := strings.Join(strings.Fields(code), "")
		right := subtle.ConstantTimeCompare([]byte(codeDigest(token, typed)), []byte(o.link.CodeDigest)) == 1
		switch {
		case !fresh || !left:
			answer = fault.Fields(fault.Problems{"code": "This code no longer works. Ask for another code"})
		case !right:
			answer = fault.Fields(fault.Problems{"code": "The code is not right. Enter the six digits of the newest mail"})
		default:
			in, err = openNarrow(tx, o, agent)
			return err
		}
		tx.Record(Event(o.application, "application.wrong_code", map[string]any{"person": o.person.ID}))
		return nil
	})
	if err == nil {
		err = answer
	}
	return in, ref, err
}

func openNarrow(tx *work.Tx, o opened, agent string) (people.SignedIn, error) {
	if err := dropCode(tx, o.link); err != nil {
		return people.SignedIn{}, err
	}
	return people.BeginNarrow(tx, o.person, access.Reach{Application: o.application.ID, Ref: o.application.Ref}, agent)
}
