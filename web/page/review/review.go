// Package review holds the pages of reviewers: their queue, the declaration of interests, and the application beside its score sheet.
package review

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"adoptionfund/internal/assignment"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/interest"
	reviews "adoptionfund/internal/review"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Queue is what a reviewer has to do.
type Queue struct {
	Tasks []reviews.Task
	Lines []interest.Line // their own declarations
	Now   time.Time
}

// Head is what the frame shows.
func (q Queue) Head() shared.Head {
	return shared.Head{Title: "Your reviews", Wide: true, Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}}}
}

func (q Queue) table(sent bool) nhs.Table {
	t := nhs.Table{
		ID: "to-do", Caption: "To do", CaptionSize: nhs.Medium, RowHeaders: true, Empty: "You have no reviews to write.",
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Title"}, {Heading: "Lead organisation"}, {Heading: "Call"}, {Heading: "Due"}, {Heading: "Status"}},
	}
	if sent {
		t.ID, t.Caption, t.Empty = "sent", "Sent", "You have not sent a review yet."
	}
	for _, task := range q.Tasks {
		if task.Sent != sent {
			continue
		}
		t.Rows = append(t.Rows, []nhs.Cell{
			{Text: string(task.Ref), Href: address(task.Ref)}, {Text: task.Title}, {Text: task.Lead}, {Text: task.Call}, {Text: q.due(task)},
			{Content: status(task)},
		})
	}
	return t
}

func (q Queue) due(task reviews.Task) string {
	if task.Sent || task.Overdue {
		return uktime.Deadline(task.DueAt)
	}
	return uktime.Deadline(task.DueAt) + " (" + uktime.Left(q.Now, task.DueAt) + ")"
}

func status(t reviews.Task) nhs.Tag {
	switch {
	case t.Reopened:
		return nhs.Tag{Text: "In moderation", Colour: nhs.Pink}
	case t.Sent:
		return nhs.Tag{Text: "Sent", Colour: nhs.Green}
	case t.Overdue:
		return nhs.Tag{Text: "Overdue", Colour: nhs.Red}
	case t.Begun:
		return nhs.Tag{Text: "Draft", Colour: nhs.Blue}
	case !t.Declared:
		return nhs.Tag{Text: "Declare interests", Colour: nhs.Yellow}
	default:
		return nhs.Tag{Text: "Not started", Colour: nhs.Grey}
	}
}

func (q Queue) progress() string {
	sent := 0
	for _, task := range q.Tasks {
		if task.Sent {
			sent++
		}
	}
	return fmt.Sprintf("You have sent %d of %d reviews.", sent, len(q.Tasks))
}

func (q Queue) declarations() nhs.Table {
	t := nhs.Table{
		ID: "declarations", Caption: "Your declarations of interest", CaptionSize: nhs.Medium, RowHeaders: true, Empty: "You have not declared anything yet.",
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "You declared"}, {Heading: "On"}, {Heading: "Outcome"}},
	}
	for _, l := range q.Lines {
		t.Rows = append(t.Rows, nhs.Cells(string(l.Ref), l.Kind.Label(), uktime.Date(l.At), outcome(l.Interest)))
	}
	return t
}

func outcome(i interest.Interest) string {
	switch {
	case !i.Stands():
		return "Withdrawn"
	case i.Open():
		return "Waits for the fund manager"
	case i.Means() == interest.Bars:
		return "You take no part"
	default:
		return "You can review"
	}
}

func address(ref ident.Ref) string { return "/reviews/" + string(ref) }

// Declare is what a reviewer sees before they have declared their interests, and the forms to declare or to decline.
type Declare struct {
	Glimpse   interest.Glimpse
	Terms     bool // accepted already
	Kind      string
	Statement string
	Reason    string
	Note      string
	Problems  fault.Problems
}

// Head is what the frame shows.
func (d Declare) Head() shared.Head {
	return shared.Head{Title: "Declare your interests", Caption: string(d.Glimpse.Ref) + ": " + d.Glimpse.Title, Crumbs: crumbs()}
}

func crumbs() nhs.Breadcrumbs {
	return nhs.Breadcrumbs{{Href: "/", Text: "Home"}, {Href: "/reviews", Text: "Your reviews"}}
}

func (d Declare) summary() nhs.SummaryList {
	g := d.Glimpse
	products := make([]string, len(g.Products))
	for i, p := range g.Products {
		products[i] = p.Name
		if p.Supplier != "" {
			products[i] += ", supplied by " + p.Supplier
		}
	}
	rows := []nhs.SummaryRow{
		{Key: "Title", Value: g.Title}, {Key: "Call", Value: g.Call}, {Key: "Lead organisation", Value: g.Lead},
		{Key: "Other organisations", Value: strings.Join(g.Organisations, "\n")}, {Key: "Products", Value: strings.Join(products, "\n")},
		{Key: "Plain-English summary", Value: g.Summary},
	}
	for i := range rows {
		if rows[i].Value == "" {
			rows[i].Value = "None named"
		}
	}
	return nhs.SummaryList{Rows: rows}
}

// declining reports whether something is wrong in the form to decline.
func (d Declare) declining() bool { return d.Problems["reason"] != "" || d.Problems["note"] != "" }

func (d Declare) kinds() nhs.Radios {
	r := nhs.Radios{Name: "interest", Legend: "Do you have an interest in this application?", Size: nhs.Medium, Value: d.Kind, Error: d.Problems["interest"]}
	for _, k := range interest.Kinds() {
		r.Options = append(r.Options, nhs.Option{Value: string(k.Kind), Label: k.Label, Hint: k.Hint})
	}
	return r
}

func (d Declare) reasons() nhs.Radios {
	r := nhs.Radios{Name: "reason", Legend: "Why do you decline?", Value: d.Reason, Error: d.Problems["reason"]}
	for _, info := range assignment.Reasons() {
		r.Options = append(r.Options, nhs.Option{Value: string(info.Reason), Label: info.Label})
	}
	return r
}

func found(i interest.Interest) string {
	if i.Kind == interest.OwnOrganisation {
		return "You work or act for an organisation of this application. If that is right you cannot review it: declare it, and somebody else is found."
	}
	return "You work in the same integrated care system as the lead organisation. Say so below if it could affect your judgement. The fund manager is told either way."
}

// Sheet is an application beside its score sheet.
type Sheet struct {
	reviews.Sheet

	Marks    reviews.Marks // as typed or saved
	Comments string
	Feedback string
	Problems fault.Problems
	Again    bool // what was typed is shown again
}

// Head is what the frame shows.
func (s Sheet) Head() shared.Head {
	return shared.Head{Title: s.Application.Title, Caption: "Review of " + string(s.Application.Ref), Wide: true, Crumbs: crumbs()}
}

func (s Sheet) answers(sec *form.Section) nhs.SectionAnswers {
	files := map[ident.File]nhs.AttachedFile{}
	for _, f := range s.Standing.Files {
		files[f.ID] = nhs.AttachedFile{Name: f.Name, Href: address(s.Application.Ref) + "/files/" + string(f.ID)}
	}
	return nhs.SectionAnswers{Form: s.Form, Section: sec, Answers: s.Standing.Answers, Files: files, Organisations: s.Names, Codes: true, Skip: hidden}
}

// hidden reports whether a question is not for those who review.
func hidden(q *form.Question) bool { return q.Visible != form.VisiblePanel }

func (s Sheet) sections() []*form.Section {
	var shown []*form.Section
	asked := s.Form.Asked(s.Standing.Answers, nil)
	for _, sec := range s.Form.Sections {
		for _, q := range sec.Questions {
			if asked[q.Code] && !hidden(q) {
				shown = append(shown, sec)
				break
			}
		}
	}
	return shown
}

func (s Sheet) legend(p *rubric.Part) string {
	return fmt.Sprintf("%s %s", p.Code, p.Title)
}

func (s Sheet) radios(p *rubric.Part) nhs.Radios {
	code := string(p.Code)
	r := nhs.Radios{
		Name: code, Legend: s.legend(p), Hint: p.Guidance + fmt.Sprintf(" Weight %d of 100.", p.Weight), Size: nhs.Small, Value: s.Marks[p.Code].Mark, Error: s.Problems[code], Compact: true, Inline: true,
	}
	r.Options = scores()
	r.Options = append(r.Options,
		nhs.Option{Value: string(rubric.NotApplicable), Label: "Not applicable"},
		nhs.Option{Value: string(rubric.Abstained), Label: "Abstain"},
	)
	return r
}

// scores are the scores as options.
func scores() []nhs.Option {
	var options []nhs.Option
	for score := range rubric.Highest + 1 {
		options = append(options, nhs.Option{Value: strconv.Itoa(score), Label: strconv.Itoa(score)})
	}
	return options
}

func (s Sheet) reason(p *rubric.Part) nhs.Textarea {
	code := string(p.Code)
	return nhs.Textarea{
		Name: code + "-reason", Label: "Reason for " + code, Hint: fmt.Sprintf("%d words or more. Other reviewers and the panel see it.", s.Least),
		Value: s.Marks[p.Code].Reason, Error: s.Problems[code+"-reason"], Rows: 4,
	}
}

func (s Sheet) progress() string {
	return fmt.Sprintf("%d of %d parts have a score and a reason, as saved.", s.Done(), len(s.Parts))
}

func (s Sheet) due() string {
	if s.Late {
		return "This review was due on " + uktime.Deadline(s.DueAt) + ". Please send it as soon as you can."
	}
	return "Due on " + uktime.Deadline(s.DueAt) + "."
}

func (s Sheet) who(o reviews.Other) string {
	return fmt.Sprintf("%s reviewer %d", s.Rubric.KindTitle(rubric.Kind(o.Kind)), o.Number)
}

// given lists the marks of a review with their reasons.
func (s Sheet) given(marks reviews.Marks) nhs.SummaryList {
	var list nhs.SummaryList
	for _, p := range s.Rubric.Parts {
		if g, ok := marks[p.Code]; ok {
			list.Rows = append(list.Rows, nhs.SummaryRow{Key: string(p.Code) + " " + p.Title, Value: label(g.Mark) + "\n" + g.Reason})
		}
	}
	return list
}

func label(mark string) string {
	switch mark {
	case string(rubric.NotApplicable):
		return "Not applicable"
	case string(rubric.Abstained):
		return "Abstained"
	case "":
		return "No score yet"
	default:
		return "Score " + mark
	}
}

func (s Sheet) sent() string {
	if s.Review.SubmittedAt == nil {
		return ""
	}
	return "You sent this review on " + uktime.Moment(*s.Review.SubmittedAt) + "."
}
