package panel

import (
	"fmt"
	"strconv"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/review"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Moderation is what the panel discusses.
type Moderation struct {
	Pages      []nhs.Link // the pages of the call that the one who looks may open
	Moderation review.Moderation
}

// Head is what the frame shows.
func (p Moderation) Head() shared.Head { return head("Moderation", p.Moderation.Call) }

func (p Moderation) table() nhs.Table {
	t := nhs.Table{
		ID: "moderation", Caption: "To discuss", CaptionSize: nhs.Medium, RowHeaders: true, Empty: "No application of this call is in moderation, and none has scores that are apart.",
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Title"}, {Heading: "State"}, {Heading: "Scores apart"}, {Heading: "Posts", Numeric: true}, {Heading: "Total", Numeric: true}},
	}
	for _, i := range p.Moderation.Items {
		t.Rows = append(t.Rows, []nhs.Cell{
			{Text: string(i.Ref), Href: address(p.Moderation.Call, "moderation/"+string(i.Ref), "")}, {Text: i.Title}, {Content: state(i.State)}, {Text: codes(i.Apart)},
			{Text: strconv.Itoa(i.Posts)}, {Text: total(i.Totals)},
		})
	}
	return t
}

// Discussion is the moderation of one application, for the panel and for its reviewers.
type Discussion struct {
	Item     review.Item
	Reviewer bool // the page stands among the reviewer's own
	Problems fault.Problems
	Typed    Typed
}

// Head is what the frame shows.
func (p Discussion) Head() shared.Head {
	a := p.Item.Application
	h := shared.Head{Title: "Moderation of " + string(a.Ref), Caption: a.Title, Wide: true, Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}}}
	if p.Reviewer {
		h.Crumbs = append(h.Crumbs, nhs.Link{Href: "/reviews", Text: "Your reviews"}, nhs.Link{Href: "/reviews/" + string(a.Ref), Text: "Your review of " + string(a.Ref)})
	} else {
		h.Crumbs = append(h.Crumbs, nhs.Link{Href: address(a.Call(), "moderation", ""), Text: "Moderation"})
	}
	return h
}

func (p Discussion) path() string { return DiscussionPath(p.Item, p.Reviewer) }

// DiscussionPath is where the moderation of an application is, for the panel or for its reviewers.
func DiscussionPath(i review.Item, reviewer bool) string {
	a := i.Application
	if reviewer {
		return "/reviews/" + string(a.Ref) + "/moderation"
	}
	return address(a.Call(), "moderation/"+string(a.Ref), "")
}

func (p Discussion) where() nhs.SummaryList {
	return nhs.SummaryList{Rows: []nhs.SummaryRow{
		{Key: "Lead organisation", Value: p.Item.Application.LeadName},
		{Key: "State", Content: state(p.Item.Application.State)},
		{Key: "Total", Value: total(p.Item.Totals)},
		{Key: "Taking part", Value: strings.Join(p.Item.Voices, ", ")},
	}}
}

// scores are the scores of the application by part, in short.
func (p Discussion) scores() nhs.Table {
	t := nhs.Table{
		ID: "scores", Caption: "Scores by part", CaptionSize: nhs.Medium, RowHeaders: true, Compact: true,
		Columns: []nhs.Column{{Heading: "Part"}, {Heading: "Scores"}, {Heading: "Mean", Numeric: true}, {Heading: "Consensus"}, {Heading: "Apart"}},
	}
	for _, d := range p.Item.Parts {
		given := make([]string, len(d.Scores))
		for n, s := range d.Scores {
			given[n] = said(s)
		}
		mean, agreed, apart := "", "", ""
		if d.Counts {
			mean = fmt.Sprintf("%.2f", d.Mean)
		}
		if d.Agreed != nil {
			agreed = d.Agreed.Label()
		}
		if d.Apart {
			apart = fmt.Sprintf("By %d", d.Spread())
		}
		t.Rows = append(t.Rows, nhs.Cells(string(d.Part.Code)+" "+d.Part.Title, strings.Join(given, "; "), mean, agreed, apart))
	}
	return t
}

// said is who gave which score, and which before they revised it.
func said(s review.Said) string {
	words := s.Who + ": " + s.Label()
	var before []string
	for _, e := range s.Earlier {
		if e.Label() != s.Label() {
			before = append(before, e.Label())
		}
	}
	if len(before) > 0 {
		words += " (before: " + strings.Join(before, ", ") + ")"
	}
	return words
}

// plain reports whether a part stands open on the page: its scores are apart, it was settled, or something is wrong with what was typed.
func (p Discussion) plain(d review.Discussed) bool {
	code := string(d.Part.Code)
	return d.Apart || d.Agreed != nil || p.Problems[code] != "" || p.Problems[code+"-reason"] != ""
}

// reasons are the scores of a part with their reasons, each with the versions before it, and the consensuses.
func (p Discussion) reasons(d review.Discussed) nhs.SummaryList {
	var list nhs.SummaryList
	for _, s := range d.Scores {
		list.Rows = append(list.Rows, nhs.SummaryRow{Key: s.Who + ": " + s.Label(), Content: spoken(s)})
	}
	for _, s := range d.Before {
		list.Rows = append(list.Rows, nhs.SummaryRow{Key: "Consensus before: " + s.Label(), Value: s.Reason + "\n\nRecorded by " + s.Who + ", " + uktime.Moment(s.At) + ". It was replaced"})
	}
	if s := d.Agreed; s != nil {
		list.Rows = append(list.Rows, nhs.SummaryRow{Key: "Consensus: " + s.Label(), Value: s.Reason + "\n\nRecorded by " + s.Who + ", " + uktime.Moment(s.At) + ". It is the score of this part"})
	}
	return list
}

func (p Discussion) minutes() nhs.SummaryList {
	var list nhs.SummaryList
	for _, m := range p.Item.Minutes {
		list.Rows = append(list.Rows, nhs.SummaryRow{Key: step(m.Event), Value: m.Reason + "\n\n" + m.Who + ", " + uktime.Moment(m.At)})
	}
	return list
}

// step is a step of an assessment in words, such as "Open moderation".
func step(event string) string {
	for _, m := range workflow.Applications().Moves() {
		if string(m.On) == event {
			return capital(m.Label)
		}
	}
	return event
}

func (p Discussion) agree(d review.Discussed) nhs.Radios {
	code := string(d.Part.Code)
	stored := ""
	if d.Agreed != nil {
		stored = d.Agreed.Label()
	}
	field := nhs.Radios{Name: code, Legend: "Consensus on " + code + ", " + d.Part.Title, Error: p.Problems[code], Value: p.Typed(code, stored), Size: nhs.Small, Inline: true, Compact: true}
	for score := range rubric.Highest + 1 {
		field.Options = append(field.Options, nhs.Option{Value: strconv.Itoa(score), Label: strconv.Itoa(score)})
	}
	return field
}

func (p Discussion) why(d review.Discussed) nhs.Textarea {
	code := string(d.Part.Code) + "-reason"
	stored := ""
	if d.Agreed != nil {
		stored = d.Agreed.Reason
	}
	return nhs.Textarea{Name: code, Label: "Reason for the consensus on " + string(d.Part.Code), Error: p.Problems[code], Value: p.Typed(code, stored), Rows: 3}
}

// writes reports whether something can be written, or stands written and was not kept.
func (p Discussion) writes() bool {
	return p.Item.Open && p.Item.May[access.DiscussModeration] || p.Typed("text", "") != ""
}

// settles reports whether the consensus can be recorded here.
func (p Discussion) settles() bool {
	return p.Item.Open && p.Item.May[access.RecordConsensus] && !p.Reviewer
}

func (p Discussion) about() nhs.Select {
	field := nhs.Select{Name: "part", Label: "About", Value: p.Typed("part", ""), Empty: "The application as a whole", Error: p.Problems["part"]}
	for _, d := range p.Item.Parts {
		field.Options = append(field.Options, nhs.Option{Value: string(d.Part.Code), Label: string(d.Part.Code) + " " + d.Part.Title})
	}
	return field
}

// ask is where a new thread is written; its hint says how to name somebody.
func (p Discussion) ask() nhs.Textarea {
	return nhs.Textarea{Name: "text", Label: "Say something new", Hint: p.naming(), Error: p.Problems["text"], Value: p.Typed("text", ""), Rows: 4, MaxLength: 5000}
}

func (p Discussion) naming() string {
	var names []string
	for _, v := range p.Item.Voices {
		if v != p.Item.You {
			names = append(names, "@"+v)
		}
	}
	hint := "Everybody who takes part can read it, for good. You are shown as " + p.Item.You + "."
	if len(names) == 0 {
		return hint
	}
	return hint + " To ask somebody by mail, name them: " + strings.Join(names, ", ")
}

func (p Discussion) answer(t review.Thread) nhs.Textarea {
	name := "answer-" + t.ID
	return nhs.Textarea{Name: name, Label: "Your answer", Error: p.Problems[name], Value: p.Typed(name, ""), Rows: 3, MaxLength: 5000}
}

// answering reports whether the answer to a thread stands open, since something was typed into it.
func (p Discussion) answering(t review.Thread) bool {
	return p.Typed("answer-"+t.ID, "") != "" || p.Problems["answer-"+t.ID] != ""
}

func (p Discussion) takeBack(w review.Written) nhs.Input {
	name := "why-" + w.ID
	return nhs.Input{Name: name, Label: "Why, if you want to say so", Error: p.Problems[name], Value: p.Typed(name, "")}
}

// stamp says who wrote a post and when.
func stamp(w review.Written) string {
	words := w.Who + ", " + uktime.Moment(w.At)
	if w.Part != "" && w.Answers == nil {
		words += ", about " + w.Part
	}
	return words
}

// taken says that a post was taken back.
func taken(w review.Written) string {
	words := "Taken back by " + w.Who + ", " + uktime.Moment(*w.WithdrawnAt)
	if w.WithdrawnWhy != "" {
		words += ": " + w.WithdrawnWhy
	}
	return words
}
