package letter

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/people"
	"adoptionfund/internal/product"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
)

// Held is a decision whose letter is made.
type Held struct {
	Application *application.Application
	DecisionID  string
	Kind        Kind
	Amount      money.Pence
}

// Draft is a letter as it stands before its release.
type Draft struct {
	Held

	Subject         string
	Doc             Doc
	TemplateVersion int
	Missing         []Lack
	Digest          string // of what it says, but for what follows from the day of the release
}

// Lack is something without which a letter is not released.
type Lack struct {
	What string // as a sentence
	Path string // where it can be put right, below the call's pages; empty: elsewhere
}

// Compose makes the letters on decisions of one call as they stand now, in the order in which they are given, with a fixed number of queries.
// told is when they are released. Who asks must be allowed to see them.
func (s *Service) Compose(tx *work.Tx, c *fund.Call, told time.Time, held []Held) ([]Draft, error) {
	if len(held) == 0 {
		return nil, nil
	}
	m, err := s.material(tx, c, held)
	if err != nil {
		return nil, err
	}
	m.told = told
	drafts := make([]Draft, len(held))
	for i, h := range held {
		drafts[i] = m.draft(h)
	}
	return drafts, nil
}

// material is what the letters of a call are made of.
type material struct {
	sender    Sender
	call      *fund.Call
	told      time.Time
	templates map[Kind]Template
	rubric    *rubric.Rubric
	results   map[ident.Application]rubric.Result
	feedback  map[ident.Application][]string
	actions   map[ident.Application][]product.OpenAction
	contacts  map[ident.Person]people.Person
}

func (s *Service) material(tx *work.Tx, c *fund.Call, held []Held) (*material, error) {
	m := &material{sender: s.sender, call: c, contacts: map[ident.Person]people.Person{}}
	var ids, successful []ident.Application
	var contacts []ident.Person
	for _, h := range held {
		ids, contacts = append(ids, h.Application.ID), append(contacts, h.Application.MainContact)
		if h.Kind == Successful {
			successful = append(successful, h.Application.ID)
		}
	}
	var err error
	if m.templates, err = templatesOf(tx, c.RoundID); err != nil {
		return nil, err
	}
	if m.rubric, err = s.reviews.Rubric(c); err != nil {
		return nil, fmt.Errorf("reading the rubric of %s: %w", c.Ref, err)
	}
	if c.Settings.Feedback.PublishScores {
		if m.results, err = s.reviews.ResultsOf(tx, c, ids); err != nil {
			return nil, fmt.Errorf("reading the scores of %s: %w", c.Ref, err)
		}
	}
	if m.feedback, err = s.reviews.FeedbackFor(tx, c); err != nil {
		return nil, fmt.Errorf("reading the feedback of %s: %w", c.Ref, err)
	}
	if m.actions, err = product.OpenActions(tx, c, successful); err != nil {
		return nil, fmt.Errorf("reading the DTAC actions of %s: %w", c.Ref, err)
	}
	known, err := people.ByIDs(tx, contacts)
	for _, p := range known {
		m.contacts[p.ID] = p
	}
	return m, err
}

// draft makes one letter.
func (m *material) draft(h Held) Draft {
	t := m.templates[h.Kind]
	fields := For(h.Kind)
	v := m.values(h)
	d := Draft{Held: h, TemplateVersion: t.Version}
	subject, emptyInSubject := merge(fields, t.Subject, v)
	doc, empty := merge(fields, t.Body, v)
	d.Doc = doc
	if len(subject) > 0 {
		d.Subject = subject[0].Text
	}
	d.Missing = m.missing(h, slices.Concat(empty, emptyInSubject))
	undated := values{maps.Clone(v.inline), v.blocks}
	for _, f := range fields {
		if f.dated && undated.inline[f.Name] != "" {
			undated.inline[f.Name] = "DAY"
		}
	}
	said, _ := merge(fields, t.Body, undated)
	d.Digest = audit.Digest([]byte(d.Subject + "\n" + said.Text()))
	return d
}

// missing says what keeps a letter from being released.
func (m *material) missing(h Held, empty []string) []Lack {
	var lacks []Lack
	for _, name := range slices.Compact(slices.Sorted(slices.Values(empty))) {
		switch name {
		case "feedback":
			lacks = append(lacks, Lack{"There is no feedback, and the call promises it", "feedback/" + string(h.Application.Ref)})
		case "contact":
			lacks = append(lacks, Lack{What: "There is no address for complaints: the setting service.contact_email is empty"})
		default:
			lacks = append(lacks, Lack{What: "The field ((" + name + ")) is empty"})
		}
	}
	contact, there := m.contacts[h.Application.MainContact]
	switch {
	case !there:
		lacks = append(lacks, Lack{What: "The application has no main contact to write to"})
	case !contact.Active():
		lacks = append(lacks, Lack{What: "The main contact, " + contact.Name + ", cannot sign in. Give the application another one"})
	}
	return lacks
}

func (m *material) values(h Held) values {
	a, f := h.Application, m.call.Settings.Feedback
	v := values{inline: map[string]string{
		"ref": string(a.Ref), "title": a.Title, "call": m.call.Title, "lead": a.LeadName, "contact_name": m.contacts[a.MainContact].Name, "date": uktime.Date(m.told),
		"requested": a.Requested.String(), "service": m.sender.Service, "contact": m.sender.Contact,
		"offer_days": strconv.Itoa(f.OfferDays), "reserve_days": strconv.Itoa(f.ReserveDays),
		"review_page": m.sender.Public + "/applications/" + string(a.Ref) + "/decision-review",
	}, blocks: map[string]Doc{}}
	if h.Amount > 0 {
		v.inline["amount"] = h.Amount.String()
	}
	if until := m.call.ReviewableUntil(m.told); !until.IsZero() {
		v.inline["review_until"] = uktime.Deadline(until)
	}
	for _, text := range m.feedback[a.ID] {
		v.blocks["feedback"] = append(v.blocks["feedback"], prose(text)...)
	}
	if r, there := m.results[a.ID]; there {
		v.blocks["scores"] = m.scores(r)
	}
	if h.Kind == Successful {
		v.blocks["conditions"] = m.conditions(h)
	}
	return v
}

// scores are the points by criterion and the total, as the call publishes them.
func (m *material) scores(r rubric.Result) Doc {
	var d Doc
	for _, c := range m.rubric.Criteria {
		most, counts := 0, false
		for _, p := range r.Parts {
			if p.Part.Criterion == c.Code && p.Counts {
				most, counts = most+p.Part.Weight, true
			}
		}
		text := c.Title + ": not scored"
		if counts {
			// Where parts are left out the weights of the others are scaled up to 100.
			text = fmt.Sprintf("%s: %s of %s", c.Title, r.Criterion(c.Code), points(float64(most)*100/float64(r.Weight)))
		}
		d = append(d, Block{Item, text})
	}
	return append(d, Block{Item, fmt.Sprintf("Total: %s of 100", r.Total)})
}

// points writes a number of points without needless decimals.
func points(n float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(n, 'f', 2, 64), ".00")
}

// conditions are what an award depends on: what every award does, what the amount asks for, and the DTAC actions that are still open.
func (m *material) conditions(h Held) Doc {
	d := Doc{{Item, "The pre-award checks are passed and the agreement is signed by both sides before any money is committed"}}
	if day := form.Date(m.call.Settings.SpendBy); day != "" {
		d = append(d, Block{Item, "The money is spent by " + day.String()})
	}
	if h.Amount < h.Application.Requested {
		d = append(d, Block{Item, "You send a revised plan for " + h.Amount.String() + ", which is less than the " + h.Application.Requested.String() + " that you asked for"})
	}
	for _, a := range m.actions[h.Application.ID] {
		d = append(d, Block{Item, a.Words()})
	}
	return d
}

// Write keeps the letters at their release. None of them may lack anything.
func Write(tx *work.Tx, drafts []Draft) error {
	rows := make([]Letter, len(drafts))
	for i, d := range drafts {
		rows[i] = Letter{
			ID: ident.New[string](), ApplicationID: d.Application.ID, CallID: d.Application.CallID, DecisionID: d.DecisionID, Number: 1, Kind: d.Kind,
			TemplateVersion: d.TemplateVersion, Subject: d.Subject, Body: d.Doc.Text(), WrittenAt: tx.Now,
		}
		e := application.Event(d.Application, "letter.write", map[string]any{"number": 1, "template": d.TemplateVersion, "digest": audit.Digest([]byte(rows[i].Body))})
		e.Guards = append(e.Guards, audit.Row{Table: "letters", Key: rows[i].ID})
		tx.Record(e)
	}
	return addLetters(tx, rows)
}
