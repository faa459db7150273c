package allocation

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/ranking"
	"adoptionfund/internal/review"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Part is one of the things that a proposal rests on.
type Part string

// The parts, in the order in which they are shown.
const (
	PartMethod   Part = "method"
	PartLimits   Part = "limits"
	PartScenario Part = "scenario"
	PartRanking  Part = "ranking"
	PartScores   Part = "scores"
	PartAmounts  Part = "amounts"
	PartLines    Part = "lines"
)

// Parts are all parts.
func Parts() []Part {
	return []Part{PartMethod, PartLimits, PartScenario, PartRanking, PartScores, PartAmounts, PartLines}
}

// Seal is the digest of a part of what a proposal rests on, as it was when the proposal was made. It never changes.
type Seal struct {
	ID         string
	ProposalID ident.Proposal
	Part       Part
	Digest     string // of the content
	Content    string // JSON: of each application, by reference, or of the whole ("") the digest of what it is
}

// TableName is the table of seals.
func (Seal) TableName() string { return "proposal_seals" }

// resting is what a part comes to: by the reference of an application, or "" for what is about none, a digest.
type resting map[string]string

// whole is what in a part is about no application.
const whole = ""

// digested is the digest of something as JSON. The first half of it is enough for one application in a list of many.
func digested(v any) (string, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("digesting what a proposal rests on: %w", err)
	}
	return audit.Digest(text), nil
}

func (r resting) add(key string, v any) error {
	d, err := digested(v)
	if key != whole {
		d = d[:min(len(d), 32)]
	}
	r[key] = d
	return err
}

// rests reads everything that a proposal rests on from the live rows, of which the applications and scores of its call were read already.
func rests(tx *work.Tx, p *Proposal, lines []Line, scored review.CallScores) (map[Part]resting, error) {
	all, apps := map[Part]resting{}, byID(scored.Applications)
	for _, part := range Parts() {
		all[part] = resting{}
	}
	settings := p.call.Settings
	method := settings.Method
	limits := []any{settings.Budget, settings.AwardCap, method.MinScore, method.MinParts, method.MaxCount, method.Limits, method.Budgets}
	method.MinScore, method.MinParts, method.MaxCount, method.Limits, method.Budgets = 0, nil, 0, nil, nil
	if err := all[PartMethod].add(whole, []any{method, settings.Approval}); err != nil {
		return nil, err
	}
	if err := all[PartLimits].add(whole, limits); err != nil {
		return nil, err
	}
	if err := restsOnScenario(tx, p, all); err != nil {
		return nil, err
	}
	if err := restsOnScores(scored.Scores, apps, all[PartScores]); err != nil {
		return nil, err
	}
	for _, l := range lines {
		a := apps[l.ApplicationID]
		if a == nil {
			continue
		}
		if err := all[PartAmounts].add(string(a.Ref), []any{a.Requested, a.Minimum, a.SubmissionID}); err != nil {
			return nil, err
		}
		if err := all[PartLines].add(string(a.Ref), []any{l.Outcome, l.Amount, l.Place, l.Score, l.Reason}); err != nil {
			return nil, err
		}
		if all[PartScores][string(a.Ref)] == "" {
			all[PartScores][string(a.Ref)] = "none"
		}
	}
	return all, nil
}

// restsOnScenario adds the scenario and the ranking below it, where there is one.
func restsOnScenario(tx *work.Tx, p *Proposal, all map[Part]resting) error {
	sc, err := scenarioByID(tx, p.ScenarioID)
	if err != nil {
		return err
	}
	details, err := detailsOf(tx, p.CallID)
	if err != nil {
		return err
	}
	rest := []any{sc.Name, sc.PublishedMethod, sc.Problem, sc.Result, sc.Fingerprint}
	d := details[sc.ID]
	if d != nil {
		rest = append(rest, d.Asked, d.Sensitivity)
	}
	if err := all[PartScenario].add(whole, rest); err != nil || d == nil || d.RankingID == nil {
		return err
	}
	kept, err := ranking.ByID(tx, *d.RankingID)
	if err != nil {
		return err //nolint:wrapcheck // says what it was doing
	}
	return all[PartRanking].add(whole, []any{kept.ID, kept.Digest, kept.Seed, kept.Draws, kept.Software, kept.Problem, kept.Result})
}

// restsOnScores adds what was scored, application by application, as it stands: also what is behind a consensus, since the calibration uses it.
func restsOnScores(scores []review.Score, apps map[ident.Application]*application.Application, into resting) error {
	by := map[ident.Ref][]string{}
	for _, s := range scores {
		a := apps[s.ApplicationID]
		if a == nil {
			continue
		}
		value := -1
		if s.Value != nil {
			value = *s.Value
		}
		by[a.Ref] = append(by[a.Ref], fmt.Sprintf("%s %s %s %s %s %d", s.Part, s.Source, s.Kind, s.Person, s.Mark, value))
	}
	for ref, rows := range by {
		slices.Sort(rows)
		if err := into.add(string(ref), rows); err != nil {
			return err
		}
	}
	return nil
}

// seal keeps the digests of everything that a proposal rests on.
func seal(tx *work.Tx, p *Proposal, lines []Line, scored review.CallScores) error {
	all, err := rests(tx, p, lines, scored)
	if err != nil {
		return err
	}
	var rows []Seal
	e := event(p, "proposal.seal", map[string]any{})
	for _, part := range Parts() {
		if part == PartScores { // of the applications that it is about
			proposed := resting{}
			for ref := range all[PartLines] {
				proposed[ref] = all[part][ref]
			}
			all[part] = proposed
		}
		text, err := json.Marshal(all[part])
		if err != nil {
			return fmt.Errorf("sealing a proposal: %w", err)
		}
		s := Seal{ID: ident.New[string](), ProposalID: p.ID, Part: part, Digest: audit.Digest(text), Content: string(text)}
		e.Facts[string(part)] = s.Digest
		e.Guards = append(e.Guards, audit.Row{Table: "proposal_seals", Key: s.ID})
		rows = append(rows, s)
	}
	for _, l := range lines {
		e.Guards = append(e.Guards, l.Row())
	}
	tx.Record(e)
	if err := tx.DB().Create(&rows).Error; err != nil {
		return fmt.Errorf("sealing a proposal: %w", err)
	}
	return nil
}

// Row names the line among the protected rows.
func (l *Line) Row() audit.Row {
	return audit.Row{Table: "proposal_lines", Key: audit.RowKey(string(l.ProposalID), string(l.ApplicationID))}
}

func byID(apps []*application.Application) map[ident.Application]*application.Application {
	by := make(map[ident.Application]*application.Application, len(apps))
	for _, a := range apps {
		by[a.ID] = a
	}
	return by
}

// Checked is how what a proposal rests on stands beside what was sealed.
type Checked struct {
	Seals   []Seal              // in the order of the parts
	Changed map[Part]([]string) // by part the references of the applications whose share of it changed; "" stands for what is about none
}

// Whole reports whether nothing changed.
func (c *Checked) Whole() bool { return len(c.Changed) == 0 }

// Parts are the parts that changed, in their order.
func (c *Checked) Parts() []Part {
	return slices.DeleteFunc(Parts(), func(p Part) bool { return c.Changed[p] == nil })
}

func (c *Checked) changed(p Part, key string) {
	if !slices.Contains(c.Changed[p], key) {
		c.Changed[p] = append(c.Changed[p], key)
	}
}

// Check compares what a proposal rests on with what was sealed when it was made: the one place that says whether approvals of it still count. What
// is about an application that was withdrawn or excepted since is left out, and so are DTAC positions, which become conditions.
// A proposal without seals, made before there were any, is changed in every part.
func Check(tx *work.Tx, p *Proposal) (Checked, error) {
	scored, err := review.InCall(tx, p.call)
	if err != nil {
		return Checked{}, err //nolint:wrapcheck // says what it was doing
	}
	return check(tx, p, scored)
}

// check is Check where the applications and scores of the call were read already.
func check(tx *work.Tx, p *Proposal, scored review.CallScores) (Checked, error) {
	c := Checked{Changed: map[Part][]string{}}
	seals, err := sealsOf(tx, p.ID)
	if err != nil {
		return c, err
	}
	lines, err := Lines(tx, p.ID)
	if err != nil {
		return c, err
	}
	now, err := rests(tx, p, lines, scored)
	if err != nil {
		return c, err
	}
	apps := byID(scored.Applications)
	gone := map[string]bool{}
	for _, l := range lines {
		if a := apps[l.ApplicationID]; a != nil && !l.stands(a) {
			gone[string(a.Ref)] = true
		}
	}
	for _, part := range Parts() {
		at := slices.IndexFunc(seals, func(s Seal) bool { return s.Part == part })
		if at < 0 {
			c.changed(part, whole)
			continue
		}
		c.Seals = append(c.Seals, seals[at])
		if err := c.compare(seals[at], now[part], gone); err != nil {
			return c, err
		}
	}
	return c, c.money(tx, p, lines, apps)
}

// stands reports whether a line still counts: it was neither dropped nor its application withdrawn.
func (l *Line) stands(a *application.Application) bool {
	return l.DroppedAt == nil && a.State != workflow.Withdrawn
}

// compare finds what differs between what was sealed of a part and what it is now.
func (c *Checked) compare(s Seal, now resting, gone map[string]bool) error {
	var was resting
	if err := json.Unmarshal([]byte(s.Content), &was); err != nil {
		return fmt.Errorf("reading the seal of %s: %w", s.Part, err)
	}
	if audit.Digest([]byte(s.Content)) != s.Digest {
		c.changed(s.Part, whole)
	}
	keys := slices.Collect(maps.Keys(was))
	if s.Part != PartScores { // scores of applications that were not proposed do not matter
		keys = slices.AppendSeq(keys, maps.Keys(now))
	}
	slices.Sort(keys)
	for _, key := range slices.Compact(keys) {
		if !gone[key] && was[key] != now[key] {
			c.changed(s.Part, key)
		}
	}
	return nil
}

// money finds that the budget, or what is left of a shared one, no longer covers what is proposed beside what was promised before.
func (c *Checked) money(tx *work.Tx, p *Proposal, lines []Line, apps map[ident.Application]*application.Application) error {
	round, err := fund.RoundByID(tx, p.call.RoundID)
	if err != nil {
		return err //nolint:wrapcheck // says what it was doing
	}
	left, err := available(tx, p.call, round)
	if err != nil {
		return err
	}
	before, err := settled(tx, p.call, p.Number)
	if err != nil {
		return err
	}
	if Standing(lines, apps) > left-before.promised() {
		c.changed(PartLimits, whole)
	}
	return nil
}

// Standing is what the lines that still stand come to.
func Standing(lines []Line, apps map[ident.Application]*application.Application) money.Pence {
	var sum money.Pence
	for _, l := range lines {
		if a := apps[l.ApplicationID]; a != nil && l.stands(a) {
			sum += l.Amount
		}
	}
	return sum
}

// Words say what changed, without naming applications.
func (c *Checked) Words() string {
	var said []string
	for _, part := range c.Parts() {
		words := part.Label()
		n := len(slices.DeleteFunc(slices.Clone(c.Changed[part]), func(key string) bool { return key == whole }))
		switch {
		case n == 1:
			words += " of 1 application"
		case n > 1:
			words += fmt.Sprintf(" of %d applications", n)
		}
		said = append(said, words)
	}
	return strings.Join(said, "; ")
}

// Label is a part as people read it.
func (p Part) Label() string {
	return cmp.Or(map[Part]string{
		PartMethod: "the method and the rule for approving", PartLimits: "the budget and the limits", PartScenario: "the scenario", PartRanking: "the ranking",
		PartScores: "the scores", PartAmounts: "what is asked for", PartLines: "the lines of the proposal",
	}[p], string(p))
}
