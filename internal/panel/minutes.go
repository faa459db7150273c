package panel

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
)

func kindOf(text string) rubric.Kind { return rubric.Kind(text) }

// compose writes the minutes from what was recorded, a section for each matter.
func (r *room) compose(tx *work.Tx) []Section {
	var sections []Section
	add := func(heading, text string, a *ident.Application) {
		sections = append(sections, Section{
			ID: ident.New[string](), MeetingID: r.meeting.ID, Position: len(sections) + 1, ApplicationID: a, Heading: heading, Text: text, EditedBy: tx.By.ID, EditedAt: tx.Now, Version: 1,
		})
	}
	add("Meeting", r.opening(), nil)
	add("Present, apologies and attendance", r.attendance(), nil)
	add("Declarations of interest", r.declarations(nil), nil)
	for _, i := range r.items {
		a := r.apps[i.ApplicationID]
		add(fmt.Sprintf("%s: %s", a.Ref, a.Title), r.minute(&i), &i.ApplicationID)
	}
	return sections
}

func (r *room) opening() string {
	m := r.meeting
	lines := []string{fmt.Sprintf("%s of the panel of %s, %s.", m.Title, m.call.Ref, m.call.Title), "Place: " + m.Place + "."}
	if m.StartedAt != nil && m.EndedAt != nil {
		lines = append(lines, fmt.Sprintf("It began on %s and ended on %s.", uktime.Moment(*m.StartedAt), uktime.Moment(*m.EndedAt)))
	}
	return strings.Join(lines, "\n")
}

// attendance says who was there and when, who sent apologies, and who was expected.
func (r *room) attendance() string {
	var lines, sorry, missed []string
	for _, m := range r.members {
		name := r.names[m.Person]
		if m.Kind != "" {
			name += " (" + strings.ReplaceAll(m.Kind, "_", " ") + ")"
		}
		switch times := r.times(m.Person); {
		case times != "":
			lines = append(lines, name+": "+times)
		case m.ApologiesAt != nil && m.Apologies != "":
			sorry = append(sorry, name+" ("+m.Apologies+")")
		case m.ApologiesAt != nil:
			sorry = append(sorry, name)
		default:
			missed = append(missed, name)
		}
	}
	for _, id := range r.others() {
		lines = append(lines, r.names[id]+", in attendance: "+r.times(id))
	}
	slices.Sort(lines)
	if len(lines) == 0 {
		lines = []string{"Nobody was there."}
	}
	lines = append(lines, listed("Apologies: ", sorry)...)
	return strings.Join(append(lines, listed("Not there, without apologies: ", missed)...), "\n")
}

// listed is a line of names, if there are any.
func listed(words string, names []string) []string {
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	return []string{words + strings.Join(names, ", ")}
}

// others are those who came and are no members.
func (r *room) others() []ident.Person {
	var ids []ident.Person
	for _, p := range r.presence {
		if r.member(p.Person) == nil && !slices.Contains(ids, p.Person) {
			ids = append(ids, p.Person)
		}
	}
	return ids
}

// times says when somebody came and left.
func (r *room) times(person ident.Person) string {
	var parts []string
	for _, p := range r.presence {
		if p.Person != person {
			continue
		}
		part := "from " + uktime.Clock(p.JoinedAt)
		if p.LeftAt != nil {
			part += " to " + uktime.Clock(*p.LeftAt)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ")
}

// declarations are what was declared about an application, or in general.
func (r *room) declarations(about *ident.Application) string {
	var lines []string
	for _, d := range r.declared {
		if about == nil && d.ApplicationID == nil || about != nil && d.ApplicationID != nil && *d.ApplicationID == *about {
			lines = append(lines, r.names[d.Person]+" declared: "+d.Statement)
		}
	}
	if about == nil && len(lines) == 0 {
		return "Nothing was declared in general. What concerns one application stands with it."
	}
	return strings.Join(lines, "\n")
}

// minute is what happened to an item.
func (r *room) minute(i *Item) string {
	var lines []string
	if text := r.declarations(&i.ApplicationID); text != "" {
		lines = append(lines, text)
	}
	if i.ClosedAt == nil {
		return strings.Join(append(lines, "Not reached."), "\n")
	}
	if i.LedBy != nil {
		lines = append(lines, r.names[*i.LedBy]+" led the discussion.")
	}
	if len(i.SteppedOut) > 0 {
		lines = append(lines, "Left for this item: "+strings.Join(r.called(i.SteppedOut), ", ")+".")
	}
	lines = append(lines, "Present: "+strings.Join(r.called(i.Present), ", ")+".")
	lines = append(lines, r.scored(i.ApplicationID)...)
	lines = append(lines, "Decided: "+i.Outcome.Label()+".")
	if i.Note != "" {
		lines = append(lines, i.Note)
	}
	return strings.Join(lines, "\n")
}

// scored is the total of an application with what was agreed of it.
func (r *room) scored(id ident.Application) []string {
	t, there := r.totals[id]
	if !there || t.Weight == 0 {
		return nil
	}
	lines := []string{"Total of the scores: " + t.Total.String() + " of 100."}
	for _, p := range t.Parts {
		if p.Consensus {
			lines = append(lines, fmt.Sprintf("%s: consensus %.0f.", p.Part.Code, p.Mean))
		}
	}
	return lines
}

// Minutes are the minutes of a meeting as the one who looks may see them.
type Minutes struct {
	Meeting  *Meeting
	Sections []SectionView
	Masked   int  // sections about applications from which the one who looks is barred
	Signs    bool // there is a section that they can sign
	Edits    bool
}

// SectionView is a section with what can be done to it.
type SectionView struct {
	Section

	Signer string
	Edits  bool
	Signs  bool
}

// Minutes gives them once the meeting has ended.
func (s *Service) Minutes(ctx context.Context, at At) (Minutes, error) {
	var v Minutes
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		m, err := byID(tx, at)
		if err != nil {
			return err
		}
		if err := tx.Require(access.ViewMeeting, m); err != nil {
			return err
		}
		tx.Saw("meeting.minutes", m.ID)
		v.Meeting = m
		return v.fill(tx)
	})
	return v, err
}

func (v *Minutes) fill(tx *work.Tx) error {
	sections, apps, err := minuted(tx, v.Meeting)
	if err != nil {
		return err
	}
	var ids []ident.Person
	for _, s := range sections {
		if s.SignedBy != nil {
			ids = append(ids, *s.SignedBy)
		}
	}
	names, err := people.Names(tx, ids...)
	if err != nil {
		return err
	}
	for _, s := range sections {
		about := matter(v.Meeting, s, apps)
		if barred(about, tx.By.ID) {
			v.Masked++
			continue
		}
		line := SectionView{Section: s}
		if s.SignedBy != nil {
			line.Signer = names[*s.SignedBy]
		} else if err := line.ask(tx, about); err != nil {
			return err
		}
		v.Signs, v.Edits = v.Signs || line.Signs, v.Edits || line.Edits
		v.Sections = append(v.Sections, line)
	}
	return nil
}

// ask finds what the one who looks may do to a section that is not signed.
func (s *SectionView) ask(tx *work.Tx, about access.Resource) error {
	var err error
	if s.Edits, err = tx.May(access.RecordMeeting, about); err != nil {
		return err
	}
	s.Signs, err = tx.May(access.SignMinutes, about)
	return err
}

// minuted reads the sections of a meeting and the applications that they are about.
func minuted(tx *work.Tx, m *Meeting) ([]Section, map[ident.Application]*application.Application, error) {
	sections, err := sectionsOf(tx, m.ID)
	if err != nil {
		return nil, nil, err
	}
	var ids []ident.Application
	for _, s := range sections {
		if s.ApplicationID != nil {
			ids = append(ids, *s.ApplicationID)
		}
	}
	apps, err := application.ByIDs(tx, ids)
	return sections, apps, err
}

// matter is what a section is about, as a permission looks at it.
func matter(m *Meeting, s Section, apps map[ident.Application]*application.Application) access.Resource {
	if s.ApplicationID != nil {
		return apps[*s.ApplicationID]
	}
	return m
}

func barred(about access.Resource, person ident.Person) bool {
	a, is := about.(*application.Application)
	return is && a.Bars(person)
}

// Editing is a section as it is typed.
type Editing struct {
	Section string // its id
	Text    string
	Version int
}

// Edit changes a section that is not signed yet.
func (s *Service) Edit(ctx context.Context, which At, in Editing) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		m, err := byID(tx, which)
		if err != nil {
			return err
		}
		sections, apps, err := minuted(tx, m)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(sections, func(s Section) bool { return s.ID == in.Section })
		if at < 0 || barred(matter(m, sections[at], apps), tx.By.ID) {
			return work.NotFound("section of the minutes")
		}
		row := sections[at]
		about := matter(m, row, apps)
		if err := tx.Require(access.RecordMeeting, about); err != nil {
			return err
		}
		if err := row.take(in); err != nil {
			return err
		}
		row.EditedBy, row.EditedAt = tx.By.ID, tx.Now
		a, _ := about.(*application.Application)
		record(tx, m, event{verb: access.RecordMeeting, about: a, facts: map[string]any{"step": "edit", "section": row.ID, "digest": audit.Digest([]byte(row.Text))}, sections: []Section{row}})
		return work.Save(tx, &row, &row.Version)
	})
}

// take takes what was typed, unless the section was signed or changed meanwhile.
func (s *Section) take(in Editing) error {
	text := strings.TrimSpace(strings.ReplaceAll(in.Text, "\r\n", "\n"))
	switch n := form.Characters(text); {
	case s.SignedAt != nil:
		return fault.New(fault.Conflict, "This section is signed: it cannot be changed")
	case in.Version != s.Version:
		return fault.Stale(map[string]string{"text": s.Text}, "Somebody else changed this section after you opened it")
	case n == 0 || n > 10_000:
		return fault.Fields(fault.Problems{"text": "Enter the minutes of this matter, in 10,000 characters or fewer"})
	}
	s.Text = text
	return nil
}

// Sign signs every section that the one who is signed in may sign and that is not signed: the chair's, but for applications from which they
// are recused; those are the deputy's. With the last one the minutes are final, and their digest is kept. It gives how many were signed.
func (s *Service) Sign(ctx context.Context, at At) (int, error) {
	signed := 0
	err := s.gate.Write(ctx, func(tx *work.Tx) error {
		m, err := byID(tx, at)
		if err != nil {
			return err
		}
		if m.EndedAt == nil {
			return orRefused(tx.Require(access.SignMinutes, m), "Minutes are signed when the meeting has ended")
		}
		sections, apps, err := minuted(tx, m)
		if err != nil {
			return err
		}
		mine, err := signAll(tx, m, sections, apps)
		if err != nil {
			return err
		}
		if signed = len(mine); signed == 0 {
			return orRefused(tx.Require(access.SignMinutes, m), "There is no section that you can sign")
		}
		return finish(tx, m, sections, mine)
	})
	return signed, err
}

// signAll signs the sections that the one who is signed in may sign.
func signAll(tx *work.Tx, m *Meeting, sections []Section, apps map[ident.Application]*application.Application) ([]Section, error) {
	var mine []Section
	for i := range sections {
		about := matter(m, sections[i], apps)
		may, err := tx.May(access.SignMinutes, about)
		if err != nil {
			return nil, err
		}
		if sections[i].SignedAt != nil || !may || barred(about, tx.By.ID) {
			continue
		}
		if err := sign(tx, &sections[i], about); err != nil {
			return nil, err
		}
		mine = append(mine, sections[i])
	}
	return mine, nil
}

func orRefused(err error, words string) error {
	if err != nil {
		return err
	}
	return fault.New(fault.Conflict, "%s", words)
}

func sign(tx *work.Tx, s *Section, about access.Resource) error {
	if err := tx.Require(access.SignMinutes, about); err != nil {
		return err
	}
	s.SignedBy, s.SignedAt = &tx.By.ID, &tx.Now
	return work.Save(tx, s, &s.Version)
}

// finish notes what was signed, and, if that was the last of it, the digest of the whole.
func finish(tx *work.Tx, m *Meeting, all, mine []Section) error {
	facts := map[string]any{"sections": len(mine)}
	if !slices.ContainsFunc(all, func(s Section) bool { return s.SignedAt == nil }) {
		digest, err := whole(all)
		if err != nil {
			return err
		}
		m.SignedAt, m.Digest = &tx.Now, digest
		facts["digest"] = digest
	}
	record(tx, m, event{verb: access.SignMinutes, facts: facts, sections: mine})
	return work.Save(tx, m, &m.Version)
}

// whole is the digest of minutes: SHA-256 of their sections in order, each with its heading, text and signature.
func whole(sections []Section) (string, error) {
	lines := make([][]any, len(sections))
	for i, s := range sections {
		lines[i] = []any{s.Position, s.ApplicationID, s.Heading, s.Text, s.SignedBy, s.SignedAt}
	}
	text, err := json.Marshal(lines)
	if err != nil {
		return "", fmt.Errorf("digesting the minutes: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}
