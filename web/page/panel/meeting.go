package panel

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/panel"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Meetings are the meetings of a call.
type Meetings struct {
	Pages []nhs.Link
	List  panel.Meetings
}

// Head is what the frame shows.
func (p Meetings) Head() shared.Head { return head("Panel meetings", p.List.Call) }

func (p Meetings) table() nhs.Table {
	t := nhs.Table{
		ID: "meetings", Caption: "Meetings", CaptionSize: nhs.Medium, CaptionHidden: true, RowHeaders: true, Empty: "No meeting is planned yet.",
		Columns: []nhs.Column{{Heading: "Meeting"}, {Heading: "When"}, {Heading: "Where"}, {Heading: "State"}},
	}
	for i := range p.List.Meetings {
		m := &p.List.Meetings[i]
		t.Rows = append(t.Rows, []nhs.Cell{{Text: m.Title, Href: meetingPath(m, "")}, {Text: uktime.Moment(m.StartsAt)}, {Text: m.Place}, {Content: stage(m)}})
	}
	return t
}

func meetingPath(m *panel.Meeting, page string) string {
	path := address(m.Call(), "meeting/"+m.ID, "")
	if page != "" {
		path += "/" + page
	}
	return path
}

// stage says how far a meeting is.
func stage(m *panel.Meeting) nhs.Tag {
	switch m.Stage() {
	case panel.Running:
		return nhs.Tag{Text: "Under way", Colour: nhs.Green}
	case panel.Ended:
		return nhs.Tag{Text: "Minutes to be signed", Colour: nhs.Yellow}
	case panel.Signed:
		return nhs.Tag{Text: "Minutes signed", Colour: nhs.Grey}
	case panel.Planned:
	}
	return nhs.Tag{Text: "Planned", Colour: nhs.Blue}
}

// Plan is the form of a new meeting.
type Plan struct {
	Call     panel.Meetings
	Problems fault.Problems
	Typed    Typed
}

// Head is what the frame shows.
func (p Plan) Head() shared.Head {
	h := head("Plan a meeting", p.Call.Call)
	h.Wide = false
	h.Crumbs = append(h.Crumbs, nhs.Link{Href: address(p.Call.Call, "meeting", ""), Text: "Panel meetings"})
	return h
}

// fields are the inputs of a meeting, with what is stored of it.
type fields struct {
	problems fault.Problems
	typed    Typed
	meeting  *panel.Meeting // nil for a new one
}

func (f fields) stored(of func(*panel.Meeting) string) string {
	if f.meeting == nil {
		return ""
	}
	return of(f.meeting)
}

func (f fields) text(name, label string, of func(*panel.Meeting) string) nhs.Input {
	return nhs.Input{Name: name, Label: label, Error: f.problems[name], Value: f.typed(name, f.stored(of))}
}

func (f fields) day() nhs.DateInput {
	at := func(layout string) string {
		return f.stored(func(m *panel.Meeting) string { return m.StartsAt.In(uktime.Zone()).Format(layout) })
	}
	return nhs.DateInput{
		Name: "day", Legend: "Day", Hint: "For example, 3 12 2026", Error: f.problems["day"],
		Day: f.typed("day-day", at("2")), Month: f.typed("day-month", at("1")), Year: f.typed("day-year", at("2006")),
	}
}

func (f fields) clock() nhs.Input {
	return nhs.Input{
		Name: "clock", Label: "Time, UK time", Hint: "For example, 10:30", Error: f.problems["clock"], Width: 5,
		Value: f.typed("clock", f.stored(func(m *panel.Meeting) string { return uktime.Clock(m.StartsAt) })),
	}
}

func (f fields) notes() nhs.Textarea {
	return nhs.Textarea{
		Name: "notes", Label: "Notes for those who come (optional)", Error: f.problems["notes"], Rows: 4, MaxLength: 4000,
		Value: f.typed("notes", f.stored(func(m *panel.Meeting) string { return m.Notes })),
	}
}

// Meeting is a meeting as it is prepared, held and looked back at.
type Meeting struct {
	Room     panel.View
	Problems fault.Problems
	Typed    Typed
	TypedAll func(name string, stored []string) []string
}

// Head is what the frame shows.
func (p Meeting) Head() shared.Head {
	m := p.Room.Meeting
	h := head(m.Title, m.Call())
	h.Crumbs = append(h.Crumbs, nhs.Link{Href: address(m.Call(), "meeting", ""), Text: "Panel meetings"})
	return h
}

func (p Meeting) path(page string) string { return meetingPath(p.Room.Meeting, page) }

func (p Meeting) running() bool { return p.Room.Meeting.Stage() == panel.Running }

func (p Meeting) over() bool { return p.Room.Meeting.EndedAt != nil }

func (p Meeting) facts() nhs.SummaryList {
	m := p.Room.Meeting
	list := nhs.SummaryList{Rows: []nhs.SummaryRow{
		{Key: "When", Value: uktime.Moment(m.StartsAt)}, {Key: "Where", Value: m.Place}, {Key: "State", Content: stage(m)}, {Key: "Quorum", Value: quorum(p.Room)},
	}}
	if m.Notes != "" {
		list.Rows = append(list.Rows, nhs.SummaryRow{Key: "Notes", Value: m.Notes})
	}
	return list
}

// quorum says who must be there for a decision.
func quorum(v panel.View) string {
	parts := make([]string, 0, len(v.Quorum)+1)
	for _, kind := range slices.Sorted(maps.Keys(v.Quorum)) {
		parts = append(parts, fmt.Sprintf("%d %s", v.Quorum[kind], strings.ToLower(v.Rubric.KindTitle(rubric.Kind(kind)))))
	}
	return strings.Join(parts, ", ") + ", and the chair or deputy, for each item: members who are recused leave and do not count"
}

func (p Meeting) agenda() nhs.Table {
	t := nhs.Table{
		ID: "agenda", Caption: "Agenda", CaptionSize: nhs.Medium, RowHeaders: true, Compact: true, Empty: "Nothing is on the agenda that you can see.",
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Title"}, {Heading: "Lead"}, {Heading: "Leave for it"}, {Heading: "Outcome"}},
	}
	if p.takes() {
		t.Columns = append(t.Columns, nhs.Column{Heading: "Next"})
	}
	for _, i := range p.Room.Items {
		row := nhs.Cells(string(i.Ref), i.Title, i.Lead, strings.Join(i.Leaves, ", "), outcome(i))
		if p.takes() {
			row = append(row, nhs.Cell{Content: p.take(i)})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// takes reports whether items can be taken up by the one who looks.
func (p Meeting) takes() bool {
	return p.running() && slices.ContainsFunc(p.Room.Items, func(i panel.ItemView) bool { return i.Records })
}

// free reports whether an item can be taken up now.
func (p Meeting) free(i panel.ItemView) bool {
	return i.Records && p.Room.Current == nil && !p.Room.StepOut && (i.ClosedAt == nil || i.Outcome == panel.Deferred)
}

func outcome(i panel.ItemView) string {
	switch {
	case i.Open():
		return "Under discussion"
	case i.ClosedAt == nil:
		return ""
	case i.Note != "":
		return i.Outcome.Label() + ": " + i.Note
	}
	return i.Outcome.Label()
}

// current are the facts of the item under discussion.
func (p Meeting) current(i *panel.ItemView) nhs.SummaryList {
	list := nhs.SummaryList{Rows: []nhs.SummaryRow{{Key: "Lead organisation", Value: i.Lead}, {Key: "State", Content: state(i.State)}}}
	if i.Totals != nil {
		list.Rows = append(list.Rows, nhs.SummaryRow{Key: "Total of the scores", Value: total(*i.Totals)})
		if apart := i.Totals.Apart(p.Room.Meeting.Call().Settings.Review.ApartBy); len(apart) > 0 {
			list.Rows = append(list.Rows, nhs.SummaryRow{Key: "Scores apart", Value: codes(apart)})
		}
	}
	if len(i.Leaves) > 0 {
		list.Rows = append(list.Rows, nhs.SummaryRow{Key: "Leave for this item", Value: strings.Join(i.Leaves, ", ")})
	}
	words := "There is one"
	if len(i.Missing) > 0 {
		words = "There is none. Missing: " + strings.Join(i.Missing, ", ")
	}
	list.Rows = append(list.Rows, nhs.SummaryRow{Key: "Quorum", Value: words})
	return list
}

func (p Meeting) outcomes(i *panel.ItemView) nhs.Radios {
	field := nhs.Radios{Name: "outcome", Legend: "What was decided", Error: p.Problems["outcome"], Value: p.Typed("outcome", "")}
	for _, o := range i.Outcomes {
		field.Options = append(field.Options, nhs.Option{Value: string(o.Outcome), Label: o.Label, Hint: o.Hint})
	}
	return field
}

func (p Meeting) attendance() nhs.Table {
	t := nhs.Table{
		ID: "attendance", Caption: "Members", CaptionSize: nhs.Medium, RowHeaders: true, Compact: true, Empty: "Nobody belongs to the panel of this call yet.",
		Columns: []nhs.Column{{Heading: "Name"}, {Heading: "Counts as"}, {Heading: "There"}, {Heading: "Times"}},
	}
	for _, m := range p.Room.Members {
		counts := kindTitle(m.Kind)
		if m.Leads {
			counts = strings.TrimPrefix(counts+", chair", ", ")
		}
		t.Rows = append(t.Rows, nhs.Cells(m.Name, capitalised(counts), there(m), m.Times))
	}
	for _, m := range p.Room.Others {
		if m.Times != "" {
			t.Rows = append(t.Rows, nhs.Cells(m.Name, "In attendance", there(m), m.Times))
		}
	}
	return t
}

func capitalised(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return capital(s)
}

func there(m panel.MemberView) string {
	switch {
	case m.There:
		return "Yes"
	case m.ApologiesAt != nil && m.Apologies != "":
		return "Apologies: " + m.Apologies
	case m.ApologiesAt != nil:
		return "Apologies"
	case m.Times != "":
		return "Left"
	}
	return "Not yet"
}

// coming are the boxes of those who are not there.
func (p Meeting) coming() nhs.Checkboxes {
	field := nhs.Checkboxes{Name: "comes", Legend: "Who is not there yet", Error: p.Problems["person"], Values: p.TypedAll("comes", nil), Compact: true}
	for _, m := range slices.Concat(p.Room.Members, p.Room.Others) {
		if !m.There {
			field.Options = append(field.Options, nhs.Option{Value: string(m.Person), Label: m.Name})
		}
	}
	return field
}

func (p Meeting) going() nhs.Checkboxes {
	field := nhs.Checkboxes{Name: "goes", Legend: "Who is there", Values: p.TypedAll("goes", nil), Compact: true}
	for _, m := range slices.Concat(p.Room.Members, p.Room.Others) {
		if m.There {
			field.Options = append(field.Options, nhs.Option{Value: string(m.Person), Label: m.Name})
		}
	}
	return field
}

func (p Meeting) declarations() nhs.Table {
	t := nhs.Table{
		ID: "declarations", Caption: "Declarations at the meeting", CaptionSize: nhs.Medium, RowHeaders: true, Empty: "Nothing was declared at the meeting.",
		Columns: []nhs.Column{{Heading: "Member"}, {Heading: "About"}, {Heading: "Declared"}},
	}
	for _, d := range p.Room.Declared {
		about := "In general"
		if d.Ref != "" {
			about = string(d.Ref)
		}
		t.Rows = append(t.Rows, nhs.Cells(d.Who, about, d.Statement))
	}
	return t
}

func (p Meeting) declares() nhs.Select {
	field := nhs.Select{Name: "declares", Label: "Who declares", Error: p.Problems["declares"], Value: p.Typed("declares", ""), Empty: "Select a member"}
	for _, m := range p.Room.Members {
		field.Options = append(field.Options, nhs.Option{Value: string(m.Person), Label: m.Name})
	}
	return field
}

func (p Meeting) about() nhs.Select {
	field := nhs.Select{Name: "about", Label: "About", Error: p.Problems["about"], Value: p.Typed("about", ""), Empty: "In general"}
	for _, i := range p.Room.Items {
		field.Options = append(field.Options, nhs.Option{Value: string(i.Ref), Label: string(i.Ref) + " " + i.Title})
	}
	return field
}

// stamp is what the script compares: the page is drawn anew when it changes.
func (p Meeting) stamp() string { return strconv.Itoa(p.Room.Meeting.Version) }

// Prepare is a meeting as a fund manager prepares it.
type Prepare struct {
	Room     panel.View
	Problems fault.Problems
	Typed    Typed
}

// Head is what the frame shows.
func (p Prepare) Head() shared.Head {
	h := Meeting{Room: p.Room}.Head()
	h.Title = "Prepare: " + h.Title
	h.Crumbs = append(h.Crumbs, nhs.Link{Href: meetingPath(p.Room.Meeting, ""), Text: p.Room.Meeting.Title})
	return h
}

func (p Prepare) kind(m panel.MemberView) nhs.Select {
	name := "kind-" + string(m.Person)
	field := nhs.Select{Name: name, Label: m.Name, Value: p.Typed(name, m.Kind), Empty: "Does not count as a kind"}
	for _, k := range p.Room.Rubric.Kinds {
		field.Options = append(field.Options, nhs.Option{Value: k.Code, Label: k.Title})
	}
	return field
}

func (p Prepare) places() nhs.Table {
	t := nhs.Table{
		ID: "places", Caption: "Order of the agenda", CaptionSize: nhs.Medium, RowHeaders: true, Compact: true, Empty: "Nothing is on the agenda yet.",
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Title"}, {Heading: "Leave for it"}, {Heading: "Place"}, {Heading: "Take off"}},
	}
	for _, i := range p.Room.Items {
		row := nhs.Cells(string(i.Ref), i.Title, strings.Join(i.Leaves, ", "))
		if i.OpenedAt != nil {
			row = append(row, nhs.Cells("Opened", "")...)
		} else {
			row = append(row,
				nhs.Cell{Content: nhs.Input{Name: "place-" + string(i.Ref), Label: "Place of " + string(i.Ref), LabelHidden: true, Width: 3, Inputmode: "numeric", Value: strconv.Itoa(i.Position)}},
				nhs.Cell{Content: nhs.Checkbox{Name: "off", ID: "off-" + string(i.Ref), Value: string(i.Ref), Label: "Take " + string(i.Ref) + " off"}})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// Minutes are the minutes of a meeting.
type Minutes struct {
	Minutes  panel.Minutes
	Chosen   string // the section that is edited
	Now      time.Time
	Paper    bool // as a PDF file
	MayPrint bool
	Problems fault.Problems
	Typed    Typed
}

// Head is what the frame shows.
func (p Minutes) Head() shared.Head {
	m := p.Minutes.Meeting
	h := shared.Head{Title: "Minutes: " + m.Title, Caption: string(m.Call().Ref) + ": " + m.Call().Title}
	if !p.Paper {
		h.Crumbs = nhs.Breadcrumbs{{Href: "/", Text: "Home"}, {Href: address(m.Call(), "meeting", ""), Text: "Panel meetings"}, {Href: meetingPath(m, ""), Text: m.Title}}
	}
	return h
}

// Footer stands on every sheet of paper.
func (p Minutes) Footer() string {
	m := p.Minutes.Meeting
	words := fmt.Sprintf("Minutes of %s, %s. Printed %s", m.Title, uktime.Date(m.StartsAt), uktime.Moment(p.Now))
	if m.Digest == "" {
		return words + ". Not signed in full"
	}
	return words + ". Digest " + m.Digest[:16]
}

func (p Minutes) path(page string) string { return meetingPath(p.Minutes.Meeting, page) }

// signature says who signed a section, or that nobody did.
func signature(s panel.SectionView) string {
	if s.SignedAt == nil {
		return "Not signed yet"
	}
	return "Signed by " + s.Signer + ", " + uktime.Moment(*s.SignedAt)
}

func (p Minutes) edits(s panel.SectionView) bool { return s.Edits && p.Chosen == s.ID && !p.Paper }

func maskedSections(n int) string {
	if n == 1 {
		return "1 item, handled by the deputy, is not shown to you"
	}
	return fmt.Sprintf("%d items, handled by the deputy, are not shown to you", n)
}
