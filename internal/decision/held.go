package decision

import (
	"context"
	"slices"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/letter"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// held gives the decisions of an approved proposal that wait for their release, in the order of references, with what their letters are made from.
func (s *Service) held(tx *work.Tx, c *fund.Call, p *allocation.Proposal) ([]Decision, []letter.Held, error) {
	all, err := decisionsOf(tx, p.ID)
	if err != nil {
		return nil, nil, err
	}
	apps, err := application.InCall(tx, c, unreleased()...)
	if err != nil {
		return nil, nil, err
	}
	later, err := heldIn(tx, p.ID)
	if err != nil {
		return nil, nil, err
	}
	of := map[ident.Application]Decision{}
	for _, d := range all {
		if d.ReleasedAt == nil && !later[d.ApplicationID] {
			of[d.ApplicationID] = d
		}
	}
	var rows []Decision
	var letters []letter.Held
	for _, a := range apps { // who withdrew is not among them
		if d, there := of[a.ID]; there {
			rows = append(rows, d)
			letters = append(letters, letter.Held{Application: a, DecisionID: d.ID, Kind: letter.Kind(d.Outcome), Amount: d.Amount})
		}
	}
	return rows, letters, nil
}

// drafts gives the letters that wait for the release of a proposal, as they stand now.
func (s *Service) drafts(tx *work.Tx, c *fund.Call, p *allocation.Proposal) ([]letter.Draft, error) {
	_, held, err := s.held(tx, c, p)
	if err != nil {
		return nil, err
	}
	return s.letters.Compose(tx, c, letter.ToldAt(c, tx.Now), held)
}

// HeldRow is a letter in the list of those that wait.
type HeldRow struct {
	letter.Draft

	LookedBy string // who looked at it as it stands; empty: nobody yet
	LookedAt time.Time
	Changed  bool // it was looked at, and says something else since
}

// ReleaseDesk is what waits for the release of a call.
type ReleaseDesk struct {
	Call        *fund.Call
	Waits       bool      // an approved proposal waits for its release
	Letters     []HeldRow // by reference
	Masked      int       // letters to applications from which the one who looks is barred
	MaskedLacks int       // of these, those that lack something
	Looked      int       // letters that somebody looked at as they stand
	Counts      map[letter.Kind]int
	MaySchedule bool
	MayLook     bool
	MayBrief    bool
	MayEdit     bool // the templates of the round
	Round       *fund.Round
}

// Lacking are the letters that lack something.
func (d ReleaseDesk) Lacking() []HeldRow {
	return slices.DeleteFunc(slices.Clone(d.Letters), func(r HeldRow) bool { return len(r.Missing) == 0 })
}

// Releases gives what waits for the release of a call.
func (s *Service) Releases(ctx context.Context, ref ident.CallRef) (ReleaseDesk, error) {
	var d ReleaseDesk
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		c, err := fund.PermittedCall(tx, ref, access.ViewLetters)
		if err != nil {
			return err
		}
		d = ReleaseDesk{Call: c, Counts: map[letter.Kind]int{}}
		if err := d.may(tx); err != nil {
			return err
		}
		if d.Round, err = fund.RoundByID(tx, c.RoundID); err != nil {
			return err
		}
		p, err := allocation.Latest(tx, c)
		if err != nil || p == nil || p.State != allocation.Approved {
			return err
		}
		d.Waits = true
		drafts, err := s.drafts(tx, c, p)
		if err != nil {
			return err
		}
		tx.Saw("held letters", string(c.Ref))
		return d.fill(tx, drafts)
	})
	return d, err
}

func (d *ReleaseDesk) may(tx *work.Tx) error {
	for act, may := range map[access.Action]*bool{
		access.ScheduleRelease: &d.MaySchedule, access.DraftLetters: &d.MayLook, access.GrantBriefing: &d.MayBrief,
	} {
		var err error
		if *may, err = tx.May(act, d.Call); err != nil {
			return err
		}
	}
	d.MayEdit = d.MayLook
	return nil
}

func (d *ReleaseDesk) fill(tx *work.Tx, drafts []letter.Draft) error {
	var ids []string
	for _, draft := range drafts {
		if draft.Application.Bars(tx.By.ID) {
			d.Masked++
			if len(draft.Missing) > 0 {
				d.MaskedLacks++
			}
			continue
		}
		d.Counts[draft.Kind]++
		d.Letters, ids = append(d.Letters, HeldRow{Draft: draft}), append(ids, draft.DecisionID)
	}
	looks, err := letter.LooksAt(tx, ids)
	if err != nil {
		return err
	}
	var who []ident.Person
	for _, l := range looks {
		for _, one := range l {
			who = append(who, one.Person)
		}
	}
	names, err := people.Names(tx, who...)
	for i := range d.Letters {
		d.Letters[i].looked(looks[d.Letters[i].DecisionID], names)
		if d.Letters[i].LookedBy != "" {
			d.Looked++
		}
	}
	return err
}

func (r *HeldRow) looked(looks []letter.Looked, names map[ident.Person]string) {
	i := slices.IndexFunc(looks, func(l letter.Looked) bool { return l.Digest == r.Digest })
	if i < 0 {
		r.Changed = len(looks) > 0
		return
	}
	r.LookedBy, r.LookedAt = names[looks[i].Person], looks[i].At
}

// LetterPage is one letter: as it waits for its release, or as it was released with what came after.
type LetterPage struct {
	Call *fund.Call
	Held *HeldRow  // nil: none waits
	Next ident.Ref // the next letter that nobody looked at yet; empty: there is none
	letter.Kept

	MayLook bool
}

// Letter gives one letter of a call as the applicant will read it, or reads it.
func (s *Service) Letter(ctx context.Context, call ident.CallRef, ref ident.Ref) (LetterPage, error) {
	var page LetterPage
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		page, err = s.letterPage(tx, call, ref)
		if err == nil {
			tx.Saw("letter", string(ref))
		}
		return err
	})
	return page, err
}

func (s *Service) letterPage(tx *work.Tx, call ident.CallRef, ref ident.Ref) (LetterPage, error) {
	a, err := application.Permitted(tx, ref, access.ViewLetters)
	if err != nil {
		return LetterPage{}, err
	}
	c := a.Call()
	if c.Ref != call {
		return LetterPage{}, work.NotFound("application in this call")
	}
	page := LetterPage{Call: c}
	if page.Kept, err = s.letters.KeptOn(tx, a); err != nil {
		return page, err
	}
	p, err := allocation.Latest(tx, c)
	if err != nil || p == nil || p.State != allocation.Approved || !slices.Contains(unreleased(), a.State) {
		if err == nil && len(page.Letters) == 0 {
			err = work.NotFound("letter to this applicant")
		}
		return page, err
	}
	if page.MayLook, err = tx.May(access.DraftLetters, a); err != nil {
		return page, err
	}
	return page, s.fillHeld(tx, &page, p)
}

// fillHeld makes the one letter, and finds the next that nobody looked at.
func (s *Service) fillHeld(tx *work.Tx, page *LetterPage, p *allocation.Proposal) error {
	_, held, err := s.held(tx, page.Call, p)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(held, func(h letter.Held) bool { return h.Application.ID == page.Application.ID })
	if at < 0 {
		if len(page.Letters) > 0 { // on the reserve list, and not taken up
			return nil
		}
		return work.NotFound("letter to this applicant")
	}
	drafts, err := s.letters.Compose(tx, page.Call, letter.ToldAt(page.Call, tx.Now), held[at:at+1])
	if err != nil {
		return err
	}
	d := ReleaseDesk{Call: page.Call, Counts: map[letter.Kind]int{}}
	if err := d.fill(tx, drafts); err != nil {
		return err
	}
	page.Held = &d.Letters[0]
	ids := make([]string, len(held))
	for i, h := range held {
		ids[i] = h.DecisionID
	}
	looks, err := letter.LooksAt(tx, ids)
	for _, h := range slices.Concat(held[at+1:], held[:at]) {
		if len(looks[h.DecisionID]) == 0 && !h.Application.Bars(tx.By.ID) {
			page.Next = h.Application.Ref
			break
		}
	}
	return err
}

// LookAt notes that the one who acts looked at a held letter that says what it said to them; it gives the next one that nobody looked at.
func (s *Service) LookAt(ctx context.Context, call ident.CallRef, ref ident.Ref, digest string) (ident.Ref, error) {
	var next ident.Ref
	err := s.gate.Write(ctx, func(tx *work.Tx) error {
		page, err := s.letterPage(tx, call, ref)
		if err != nil {
			return err
		}
		if page.Held == nil {
			return fault.New(fault.Conflict, "This letter does not wait for its release any more")
		}
		a := page.Held.Application
		if err := tx.Require(access.DraftLetters, a); err != nil {
			return err
		}
		if page.Held.Digest != digest {
			return fault.New(fault.Conflict, "The letter was changed since you opened it. Go back and look at it again")
		}
		next = page.Next
		tx.Record(application.Event(a, "letter.look", map[string]any{"digest": digest}))
		return letter.Look(tx, &page.Held.Draft)
	})
	return next, err
}

// unreleased are the states of applications of whom a decision may wait for its release: who is on the reserve list stays there until then.
func unreleased() []workflow.ApplicationState { return append(proposed(), workflow.Reserve) }

// proposed are the states of applications whose outcome is proposed and not released.
func proposed() []workflow.ApplicationState {
	return []workflow.ApplicationState{workflow.ProposedFund, workflow.ProposedReserve, workflow.ProposedNotFund}
}
