package admin

import (
	"time"

	"adoptionfund/internal/fund"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Questions are the questions about calls, those that wait first.
type Questions struct {
	Waiting  []fund.AskedOf
	Answered []fund.AskedOf
}

// Head tells the frame.
func (Questions) Head() shared.Head {
	return shared.Head{Title: "Questions about calls", Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}}, Wide: true}
}

func (q Questions) waiting() nhs.Table {
	t := nhs.Table{
		ID: "waiting", Caption: "Waiting for an answer", CaptionSize: nhs.Medium, RowHeaders: true,
		Columns: []nhs.Column{{Heading: "Question"}, {Heading: "Call"}, {Heading: "About"}, {Heading: "Asked by"}, {Heading: "Asked"}},
	}
	for _, of := range q.Waiting {
		t.Rows = append(t.Rows, []nhs.Cell{
			{Text: begins(of.Text), Href: "/admin/questions/" + string(of.ID)}, {Text: string(of.Call.Ref)}, {Text: of.Code}, {Text: of.Asker}, {Text: uktime.Moment(of.AskedAt)},
		})
	}
	return t
}

func (q Questions) answered() nhs.Table {
	t := nhs.Table{
		ID: "answered", Caption: "Answered", CaptionSize: nhs.Medium, RowHeaders: true,
		Columns: []nhs.Column{{Heading: "Question"}, {Heading: "Call"}, {Heading: "Published"}, {Heading: "Answered"}},
	}
	for _, of := range q.Answered {
		published := "No, told to who asked"
		if of.Public {
			published = "Yes"
		}
		t.Rows = append(t.Rows, []nhs.Cell{
			{Text: begins(of.Text), Href: "/admin/questions/" + string(of.ID)}, {Text: string(of.Call.Ref)}, {Text: published}, {Text: uktime.Moment(*of.AnsweredAt)},
		})
	}
	return t
}

// begins is the beginning of a text, to know it by.
func begins(text string) string {
	const most = 120
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}

// Since says since when the oldest of several things waits.
func Since(oldest time.Time) string { return "The oldest since " + uktime.Moment(oldest) }

// Question is one question, to be answered.
type Question struct {
	fund.AskedOf
	MayAnswer bool
	Published string
	Answer    string
	Public    bool
	Problems  map[string]string
}

// Head tells the frame.
func (q Question) Head() shared.Head {
	return shared.Head{Title: "Question about a call", Caption: string(q.Call.Ref) + " " + q.Call.Title, Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}, {Href: "/admin/questions", Text: "Questions about calls"}}}
}

func (q Question) key() nhs.SummaryList {
	about := "The call as a whole"
	if q.Code != "" {
		about = "Question " + q.Code + " of the form"
	}
	rows := []nhs.SummaryRow{
		{Key: "Asked by", Value: q.Asker}, {Key: "Asked", Value: uktime.Moment(q.AskedAt)}, {Key: "About", Value: about}, {Key: "Question", Value: q.Text},
	}
	if q.AnsweredAt != nil {
		rows = append(rows, nhs.SummaryRow{Key: "Answered", Value: uktime.Moment(*q.AnsweredAt)})
		if !q.MayAnswer {
			rows = append(rows, nhs.SummaryRow{Key: "Answer", Value: q.AskedOf.Answer})
		}
	}
	return nhs.SummaryList{Rows: rows}
}
