package oversee

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/trail"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Audit is the audit trail, searched.
type Audit struct {
	trail.Page

	Search    trail.Search
	Problems  fault.Problems
	Older     string
	MayVerify bool
}

// Head is what the frame shows.
func (p Audit) Head() shared.Head {
	return shared.Head{Title: "Audit trail", Wide: true, Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}}}
}

func trailCrumbs() nhs.Breadcrumbs {
	return nhs.Breadcrumbs{{Href: "/", Text: "Home"}, {Href: "/audit", Text: "Audit trail"}}
}

// stood says how the trail stood when it was verified last.
func stood(c *trail.Check) string {
	switch {
	case c == nil:
		return "The trail has not been verified by the clock yet: it is, once each night."
	case c.Break != "":
		return "Broken when it was verified on " + uktime.Moment(c.MadeAt) + ": " + c.Break + "."
	default:
		return fmt.Sprintf("Whole when it was verified on %s: %d events, %d blocks of the read log, %d protected rows.", uktime.Moment(c.MadeAt), c.Events, c.Blocks, c.Rows)
	}
}

// story is the application that a search is about, if something was found that is; empty otherwise.
func (p Audit) story() ident.Ref {
	if p.Search.Application == "" || len(p.Lines) == 0 {
		return ""
	}
	return p.Lines[0].Ref
}

func storyAddress(ref ident.Ref) string { return "/audit/applications/" + string(ref) }

func eventAddress(seq int64) string { return "/audit/events/" + strconv.FormatInt(seq, 10) }

// short is the beginning of a digest, enough to tell two apart by eye.
func short(digest string) string { return digest[:min(len(digest), 12)] }

// about is what an event is about, in the fewest words that find it again.
func about(l trail.Line) nhs.Cell {
	if l.Ref != "" {
		return nhs.Cell{Text: string(l.Ref), Href: "/audit?application=" + string(l.Ref), Hidden: ": all that happened to it"}
	}
	return nhs.Cell{Text: strings.TrimSpace(l.Kind + " " + short(l.Subject))}
}

func (p Audit) table() nhs.Table {
	t := nhs.Table{ID: "events", Caption: "Events, newest first", CaptionSize: nhs.Medium, RowHeaders: true, Compact: true,
		Columns: []nhs.Column{{Heading: "Number"}, {Heading: "When"}, {Heading: "Who"}, {Heading: "What"}, {Heading: "On"}},
		Empty:   "No event is like this. Search for less, or look whether the name is written as it is in the system."}
	for _, l := range p.Lines {
		t.Rows = append(t.Rows, []nhs.Cell{
			{Text: strconv.FormatInt(l.Seq, 10), Href: eventAddress(l.Seq)}, {Text: uktime.Moment(l.At)}, {Text: l.Who}, {Text: l.Verb}, about(l),
		})
	}
	return t
}

// AuditEvent is one event with all that is known of it.
type AuditEvent struct{ trail.Shown }

// Head is what the frame shows.
func (p AuditEvent) Head() shared.Head {
	return shared.Head{Title: fmt.Sprintf("Event %d: %s", p.Seq, p.Verb), Wide: true, Crumbs: trailCrumbs()}
}

func (p AuditEvent) summary() nhs.SummaryList {
	who := p.Who
	if who != p.ByID {
		who += " (" + p.ByKind + ")"
	}
	rows := []nhs.SummaryRow{
		{Key: "When", Value: uktime.Exactly(p.At)}, {Key: "Who", Value: who},
		{Key: "What", Value: strings.TrimSuffix(p.Verb+": "+p.Label, ": ")}, {Key: "On", Value: p.Kind + " " + p.Subject},
	}
	if p.Ref != "" {
		rows = append(rows, nhs.SummaryRow{Key: "Application", Value: string(p.Ref), Actions: []nhs.Link{
			{Text: "All that happened to it", Href: "/audit?application=" + string(p.Ref)}, {Text: "Its whole story", Href: storyAddress(p.Ref)},
		}})
	}
	return nhs.SummaryList{Rows: rows}
}

func (p AuditEvent) chain() nhs.SummaryList {
	state := "The digest fits what the event says, and the event follows the one before it."
	switch {
	case !p.Digested:
		state = "The digest does not fit what the event says: it was changed."
	case !p.Following:
		state = "The event does not follow the one before it: one was changed, removed or put in."
	}
	return nhs.SummaryList{Rows: []nhs.SummaryRow{{Key: "State", Value: state}, {Key: "Digest", Content: anywhere(p.Digest)}, {Key: "Of the one before", Content: anywhere(cmp.Or(p.Prev, "none: this is the first event"))}}}
}

func (p AuditEvent) facts() nhs.Table {
	t := nhs.Table{ID: "facts", Caption: "What the event says", CaptionSize: nhs.Medium, RowHeaders: true,
		Columns: []nhs.Column{{Heading: "Fact"}, {Heading: "Before"}, {Heading: "After"}}, Empty: "It says no more than what was done."}
	if p.Earlier == nil {
		t.Columns = []nhs.Column{{Heading: "Fact"}, {Heading: "Is"}}
	}
	for _, f := range p.Facts {
		cells := []nhs.Cell{{Text: strings.ReplaceAll(f.Name, "_", " ")}}
		if p.Earlier != nil {
			cells = append(cells, nhs.Cell{Content: anywhere(f.Before)})
		}
		after := f.After
		if f.Changed {
			after += " (changed)"
		}
		t.Rows = append(t.Rows, append(cells, nhs.Cell{Content: anywhere(after)}))
	}
	return t
}

func (p AuditEvent) rows() nhs.Table {
	t := nhs.Table{ID: "rows", Caption: "Rows that it protects", CaptionSize: nhs.Medium, RowHeaders: true, Compact: true,
		Columns: []nhs.Column{{Heading: "Row"}, {Heading: "Digest before"}, {Heading: "Digest after"}}}
	for _, r := range p.Rows {
		before, after := cmp.Or(short(r.Before), "not protected before"), cmp.Or(short(r.After), "removed")
		if r.Before == r.After {
			before = "the same"
		}
		t.Rows = append(t.Rows, []nhs.Cell{{Content: anywhere(r.Table + " " + r.Key)}, {Text: before}, {Text: after}})
	}
	return t
}

// AuditReads is the log of what people read, searched.
type AuditReads struct {
	trail.Reads

	Search   trail.Search
	Problems fault.Problems
	Older    string
}

// Head is what the frame shows.
func (p AuditReads) Head() shared.Head {
	return shared.Head{Title: "What people read", Wide: true, Crumbs: trailCrumbs()}
}

// mostSubjects is how many references of one reading are shown: an export names thousands.
const mostSubjects = 12

func (p AuditReads) table() nhs.Table {
	t := nhs.Table{ID: "reads", Caption: "Readings, newest first", CaptionSize: nhs.Medium, Compact: true,
		Columns: []nhs.Column{{Heading: "When"}, {Heading: "Who"}, {Heading: "What"}, {Heading: "Of"}}, Empty: "Nothing like this was read in the part of the log that was looked through."}
	for _, l := range p.Lines {
		of := strings.Join(l.Subjects[:min(len(l.Subjects), mostSubjects)], ", ")
		if more := len(l.Subjects) - mostSubjects; more > 0 {
			of += fmt.Sprintf(" and %d more", more)
		}
		t.Rows = append(t.Rows, nhs.Cells(uktime.Moment(l.At), l.Who, l.What, of))
	}
	return t
}

// Checkpoints are the verifications of the last year with what was signed.
type Checkpoints struct {
	Checks    []trail.Check
	MayVerify bool
}

// Head is what the frame shows.
func (p Checkpoints) Head() shared.Head {
	return shared.Head{Title: "Verifications and checkpoints", Crumbs: trailCrumbs()}
}

func (p Checkpoints) table() nhs.Table {
	t := nhs.Table{ID: "checks", Caption: "Verifications of the last year, newest first", CaptionSize: nhs.Medium, RowHeaders: true,
		Columns: []nhs.Column{{Heading: "Day"}, {Heading: "Found"}, {Heading: "Events", Numeric: true}, {Heading: "Checkpoint"}},
		Empty:   "The trail has not been verified by the clock yet: it is, once each night."}
	for _, c := range p.Checks {
		found, file := "whole", nhs.Cell{Text: "Download", Href: "/audit/checkpoints/" + c.Day, Hidden: " the checkpoint of " + uktime.Date(c.MadeAt)}
		if c.Break != "" {
			found, file = "broken: "+c.Break, nhs.Cell{Text: "none"}
		}
		t.Rows = append(t.Rows, []nhs.Cell{{Text: uktime.Date(c.MadeAt)}, {Text: found}, {Text: strconv.FormatInt(c.Events, 10)}, file})
	}
	return t
}

// Verified is what a verification found that somebody asked for.
type Verified struct {
	Finding  audit.Finding
	Pasted   string
	Problems fault.Problems
}

// Head is what the frame shows.
func (p Verified) Head() shared.Head {
	return shared.Head{Title: "Verification of the audit trail", Crumbs: trailCrumbs()}
}
