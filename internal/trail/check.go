package trail

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
)

// CheckDue verifies the whole trail once each day, keeps what was found, signs a checkpoint of it where it is whole, and mails that, or
// the break, to those who hold copies. Several processes may run it at once: one of them keeps the day's.
func (s *Service) CheckDue(ctx context.Context) error {
	ctx = access.With(ctx, access.System(access.MakeCheckpoint))
	var found audit.Finding
	var at time.Time
	due := false
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		last, err := lastCheck(tx)
		if err != nil {
			return err
		}
		if due = last == nil || last.Day < uktime.Day(tx.Now); !due {
			return nil
		}
		at = tx.Now
		found, err = tx.Verify()
		return err
	})
	if err != nil || !due {
		return err
	}
	return s.gate.Write(ctx, func(tx *work.Tx) error { return s.keep(tx, found, at) })
}

// keep keeps a verification and tells of it.
func (s *Service) keep(tx *work.Tx, found audit.Finding, at time.Time) error {
	if err := tx.Require(access.MakeCheckpoint, access.Scope{}); err != nil {
		return err
	}
	c := Check{Day: uktime.Day(at), MadeAt: at, Events: found.Events, Blocks: found.Blocks, Rows: found.Rows, Break: found.Break}
	if found.Whole() {
		text, err := tx.Checkpoint(found, at).JSON()
		if err != nil {
			return err //nolint:wrapcheck // says what it was doing
		}
		c.Checkpoint = string(text)
	}
	kept, err := addCheck(tx, &c)
	if err != nil || !kept {
		return err
	}
	tx.Record(audit.Event{Verb: string(access.MakeCheckpoint), Kind: "audit", Subject: c.Day, Facts: map[string]any{
		"events": c.Events, "blocks": c.Blocks, "rows": c.Rows, "break": c.Break, "checkpoint": audit.Digest([]byte(c.Checkpoint)),
	}})
	return s.tell(tx, c)
}

func (s *Service) tell(tx *work.Tx, c Check) error {
	kind := notify.Kind("audit_checkpoint")
	if c.Break != "" {
		kind = "audit_broken"
	}
	fields := map[string]string{
		"date": uktime.Date(c.MadeAt), "day": c.Day, "events": strconv.FormatInt(c.Events, 10), "blocks": strconv.FormatInt(c.Blocks, 10),
		"rows": strconv.FormatInt(c.Rows, 10), "break": c.Break, "checkpoint": c.Checkpoint,
	}
	for _, address := range s.to {
		if err := tx.Notify(notify.Message{Kind: kind, Address: address, Key: "checkpoint:" + c.Day + ":" + address, Fields: fields}); err != nil {
			return fmt.Errorf("telling of a checkpoint: %w", err)
		}
	}
	return nil
}

// mostChecks is how many verifications the page lists: those of a year.
const mostChecks = 366

// Checks gives the verifications of the last year, the newest first.
func (s *Service) Checks(ctx context.Context) ([]Check, error) {
	var all []Check
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		err := tx.Require(access.ViewAudit, tx.Anywhere(access.ViewAudit))
		if err == nil {
			all, err = checks(tx, mostChecks)
		}
		return err
	})
	return all, err
}

// Checkpoint gives the signed checkpoint of a day.
func (s *Service) Checkpoint(ctx context.Context, of string) (string, error) {
	var text string
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.ViewAudit, tx.Anywhere(access.ViewAudit)); err != nil {
			return err
		}
		c, err := checkOf(tx, of)
		if err != nil {
			return err
		}
		if text = c.Checkpoint; text == "" {
			return fault.New(fault.NotFound, "No checkpoint was signed on this day: the trail was broken")
		}
		tx.Saw("checkpoint", of)
		return nil
	})
	return text, err
}

// Verify walks the whole trail now, and holds it against checkpoints that somebody kept. Where each is not nil it is given the events of a
// round, in order.
func (s *Service) Verify(ctx context.Context, kept []audit.Checkpoint, round ident.RoundRef, each func(audit.Entry) error) (audit.Finding, error) {
	var f audit.Finding
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.VerifyAudit, tx.Anywhere(access.VerifyAudit)); err != nil {
			return err
		}
		var err error
		if f, err = tx.Verify(); err != nil {
			return err //nolint:wrapcheck // says what it was doing
		}
		if err := holdAgainst(tx, &f, kept); err != nil || each == nil {
			return err
		}
		r, err := fund.RoundByRef(tx, round)
		if err != nil {
			return err
		}
		return audit.Each(tx.DB(), string(r.ID), each) //nolint:wrapcheck // says what it was doing
	})
	return f, err
}

// holdAgainst adds to what was found where the trail departs from checkpoints.
func holdAgainst(tx *work.Tx, f *audit.Finding, kept []audit.Checkpoint) error {
	for _, c := range kept {
		said, err := tx.Against(c)
		if err != nil {
			return err //nolint:wrapcheck // says what it was doing
		}
		if f.Whole() {
			f.Break = said
		}
	}
	return nil
}

// VerifyAgainst is Verify with the text of a checkpoint as somebody pastes it, or none.
func (s *Service) VerifyAgainst(ctx context.Context, pasted string) (audit.Finding, error) {
	if strings.TrimSpace(pasted) == "" {
		return s.Verify(ctx, nil, "", nil)
	}
	c, err := audit.ReadCheckpoint([]byte(pasted))
	if err != nil {
		return audit.Finding{}, fault.Fields(fault.Problems{"checkpoint": "Paste a whole checkpoint, as its file or its mail has it"})
	}
	return s.Verify(ctx, []audit.Checkpoint{c}, "", nil)
}

// SignNow verifies the whole trail and signs a checkpoint of it, for whoever keeps one elsewhere; a broken trail is not signed.
func (s *Service) SignNow(ctx context.Context) (audit.Checkpoint, error) {
	var c audit.Checkpoint
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.VerifyAudit, access.Scope{}); err != nil {
			return err
		}
		f, err := tx.Verify()
		if err != nil {
			return err //nolint:wrapcheck // says what it was doing
		}
		if !f.Whole() {
			return fault.New(fault.Conflict, "The trail is broken: %s", f.Break)
		}
		c = tx.Checkpoint(f, tx.Now)
		return nil
	})
	return c, err
}
