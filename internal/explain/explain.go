// Package explain tells the whole story of one application: every state and what led to it, what was sent, found, scored, weighed, decided
// and told, for those who oversee the fund, and, with what the law lets the fund withhold left out, for whoever asks for information.
//
// It owns the order of the story, its words, and what is withheld under which section of the Freedom of Information Act 2000. Every figure,
// state and reason is the one that the room gives to which it belongs: nothing is computed anew.
package explain

import (
	"fmt"
	"slices"
	"time"

	"adoptionfund/internal/ident"
)

// Exemption is a section of the Freedom of Information Act 2000.
type Exemption int

// The exemptions that can be applied.
const (
	FuturePublication Exemption = 22
	EffectiveConduct  Exemption = 36
	PersonalData      Exemption = 40
	InConfidence      Exemption = 41
	Commercial        Exemption = 43
)

// Exemptions are all of them, in the order of the Act.
func Exemptions() []Exemption {
	return []Exemption{FuturePublication, EffectiveConduct, PersonalData, InConfidence, Commercial}
}

// Section names the section as the Act does, with the limb that this system's tags are under.
func (e Exemption) Section() string {
	return map[Exemption]string{FuturePublication: "22", EffectiveConduct: "36", PersonalData: "40(2)", InConfidence: "41", Commercial: "43(2)"}[e]
}

// Words say what the section is about.
func (e Exemption) Words() string {
	return map[Exemption]string{
		FuturePublication: "information to be published later", EffectiveConduct: "effective conduct of public affairs", PersonalData: "personal data",
		InConfidence: "given in confidence", Commercial: "commercial interests",
	}[e]
}

// Mark is what stands in place of what is withheld.
func (e Exemption) Mark() string { return "Withheld: section " + e.Section() + ", " + e.Words() }

// Kind says what a piece of the story is, as far as that decides whether it may be withheld.
type Kind string

// The kinds. Each has a line in Kinds.
const (
	Plain      Kind = ""
	Applicant  Kind = "applicant"
	Staff      Kind = "staff"
	Reviewer   Kind = "reviewer"
	Interests  Kind = "interest"
	Outcome    Kind = "outcome"
	Scores     Kind = "score"
	Finding    Kind = "finding"
	Advice     Kind = "advice"
	Letters    Kind = "letter"
	Confidence Kind = "confidence"
	Prices     Kind = "price"
)

// KindInfo is what a kind is, and which exemptions are tagged for it.
type KindInfo struct {
	Kind      Kind
	Is        string
	Exempt    []Exemption // the first that is applied is the one that is named
	Undecided bool        // only for as long as it is not decided and released
}

// Kinds is the one table of what may be withheld by what it is. Answers have the tags of their questions besides, and 43 where the applicant marked
// them as commercially sensitive. Technical security, of which the supplier and DTAC assessors alone know, is in no story at all.
func Kinds() []KindInfo {
	return []KindInfo{
		{Plain, "What is published, or would be told to anybody", nil, false},
		{Applicant, "Names of people on the applicant’s side", []Exemption{PersonalData}, false},
		{Staff, "Names of the fund’s people: officers, assessors, chair, approvers", []Exemption{PersonalData}, false},
		{Reviewer, "Names of reviewers", []Exemption{PersonalData}, false},
		{Interests, "What somebody’s interest is, and how it was settled", []Exemption{PersonalData}, false},
		{Outcome, "States, places, proposals and decisions that are not released", []Exemption{FuturePublication}, true},
		{Scores, "Scores, totals and their reasons before the release", []Exemption{EffectiveConduct, FuturePublication}, true},
		{Finding, "Officers’ reasons before the release", []Exemption{EffectiveConduct}, true},
		{Advice, "Comments to the panel, discussions, notes and minutes among those who decide", []Exemption{EffectiveConduct}, false},
		{Letters, "Letters and feedback before their release", []Exemption{FuturePublication}, true},
		{Confidence, "What an applicant or a supplier said to the fund alone", []Exemption{InConfidence}, false},
		{Prices, "Prices, least amounts, and other funding that is not public", []Exemption{Commercial}, false},
	}
}

func infoOf(k Kind) KindInfo {
	for _, info := range Kinds() {
		if info.Kind == k {
			return info
		}
	}
	return KindInfo{Kind: k, Exempt: Exemptions()} // a kind that nobody described is withheld whatever is applied
}

// Text is a piece of the story. Where it is withheld it has no words.
type Text struct {
	Words     string
	Kind      Kind
	Tags      []Exemption // of its question
	Undecided bool        // it is not decided, or not released
	Withheld  Exemption   // 0: it is not

	person ident.Person // whose name it is, until names are read
}

// Personal reports whether it is somebody's name.
func (t Text) Personal() bool { return t.Kind == Applicant || t.Kind == Staff || t.Kind == Reviewer }

// Exempt are the exemptions that are tagged for it, the one that is named first first.
func (t Text) Exempt() []Exemption {
	var all []Exemption
	if info := infoOf(t.Kind); !info.Undecided || t.Undecided {
		all = append(all, info.Exempt...)
	}
	for _, e := range t.Tags {
		if !slices.Contains(all, e) {
			all = append(all, e)
		}
	}
	return all
}

// Line is pieces that are read together.
type Line []Text

// Blank reports whether nothing is said, nor withheld.
func (l Line) Blank() bool {
	return !slices.ContainsFunc(l, func(t Text) bool { return t.Words != "" || t.Withheld != 0 || t.person != "" })
}

// Fact is a line with what it is.
type Fact struct {
	Label string
	Value Line
}

// Table is lines under headings.
type Table struct {
	Caption string
	Columns []string
	Rows    [][]Line
	Empty   string // what stands in its place where it has no rows
}

// Block is one of a paragraph, facts or a table.
type Block struct {
	Heading string
	Say     Line
	Facts   []Fact
	Table   *Table
}

// Section is a part of the story.
type Section struct {
	ID     string
	Title  string
	Page   string // where the same stands in the service; empty: nowhere
	Blocks []Block
}

// Entry is something that happened.
type Entry struct {
	At   time.Time
	What Line
	Way  Line // from which state to which
	Rule Line // by whose right, and what had to hold
	Who  Line
}

// Story is an application from its beginning to now.
type Story struct {
	Ref      ident.Ref
	Call     ident.CallRef
	Title    Line
	Summary  Section // where it stands and why, in short
	Timeline []Entry
	Sections []Section
	Cut      bool // there are earlier events than those of the timeline
}

// each gives every line of the story to change, in the order in which they are read.
func (s *Story) each(change func(*Line)) {
	change(&s.Title)
	s.Summary.Each(change)
	for i := range s.Timeline {
		e := &s.Timeline[i]
		for _, l := range []*Line{&e.What, &e.Way, &e.Rule, &e.Who} {
			change(l)
		}
	}
	for i := range s.Sections {
		s.Sections[i].Each(change)
	}
}

// Each gives every line of the section to change, in the order in which they are read.
func (s *Section) Each(change func(*Line)) {
	for i := range s.Blocks {
		s.Blocks[i].each(change)
	}
}

func (b *Block) each(change func(*Line)) {
	change(&b.Say)
	for i := range b.Facts {
		change(&b.Facts[i].Value)
	}
	if b.Table == nil {
		return
	}
	for _, row := range b.Table.Rows {
		for i := range row {
			change(&row[i])
		}
	}
}

// clone is the story with lines of its own.
func (s *Story) clone() Story {
	c := *s
	c.Timeline = slices.Clone(s.Timeline)
	c.Summary = s.Summary.clone()
	c.Sections = slices.Clone(s.Sections)
	for i := range c.Sections {
		c.Sections[i] = c.Sections[i].clone()
	}
	c.each(func(l *Line) { *l = slices.Clone(*l) })
	return c
}

// clone is the section with blocks of its own, though with the lines of the other.
func (s *Section) clone() Section {
	c := *s
	c.Blocks = slices.Clone(s.Blocks)
	for i := range c.Blocks {
		b := &c.Blocks[i]
		b.Facts = slices.Clone(b.Facts)
		if b.Table == nil {
			continue
		}
		t := *b.Table
		t.Rows = slices.Clone(t.Rows)
		for n := range t.Rows {
			t.Rows[n] = slices.Clone(t.Rows[n])
		}
		b.Table = &t
	}
	return c
}

// Count is how many places are withheld under a section.
type Count struct {
	Exemption Exemption
	Places    int
}

// String says it in words.
func (c Count) String() string {
	if c.Places == 1 {
		return fmt.Sprintf("Section %s, %s: 1 place", c.Exemption.Section(), c.Exemption.Words())
	}
	return fmt.Sprintf("Section %s, %s: %d places", c.Exemption.Section(), c.Exemption.Words(), c.Places)
}
