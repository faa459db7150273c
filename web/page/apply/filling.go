package apply

import (
	"adoptionfund/internal/form"
	"adoptionfund/internal/product"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Handed is what an applicant filled in, as the supplier for whom it was sees it.
type Handed struct{ product.Handed }

// Head is what the frame shows.
func (p Handed) Head() shared.Head {
	return shared.Head{
		Title: "What an applicant filled in for you", Caption: p.For.Name + " " + p.For.Version, Crumbs: inReturn(p.For, "?form="+p.Form.ID),
	}
}

func (p Handed) path() string { return returnAt(p.For) + "/filled-in/" + string(p.Product.ID) }

func (p Handed) facts() nhs.SummaryList {
	sent := "No: it was filled in and not sent"
	if p.Return.IsSent() {
		sent = "Sent to the fund " + uktime.Moment(*p.Return.SubmittedAt)
	}
	rows := []nhs.SummaryRow{
		{Key: "Form", Value: p.Form.Title + ", version " + p.Form.Version}, {Key: "Sent", Value: sent},
		{Key: "Provisional status of it", Value: p.Result.Provisional.Label()},
	}
	return nhs.SummaryList{Rows: rows}
}

// words say what became of it.
func (p Handed) words() string {
	switch p.Product.Answered {
	case product.AnsweredTaken:
		return "You took this into your return."
	case product.AnsweredAside:
		return "You set this aside. It counts for nothing any more."
	case product.AnsweredNot:
	}
	return ""
}

func (p Handed) table() nhs.Table {
	t := nhs.Table{
		ID: "filled-in", Caption: "Answers", RowHeaders: true, Empty: "No question was answered.",
		Columns: []nhs.Column{{Heading: "Question"}, {Heading: "Filled in"}, {Heading: "Your return"}},
	}
	for _, l := range p.Lines {
		stands := "Says nothing yet"
		switch {
		case l.Keeps:
			stands = form.Display(l.Question, l.Stands) + " (this stays)"
		case !l.Stands.Blank():
			stands = "The same"
		}
		t.Rows = append(t.Rows, nhs.Cells(string(l.Question.Code)+" "+l.Question.Text, form.Display(l.Question, l.Value), stands))
	}
	return t
}

// line is an item of evidence in words.
func (p Handed) shown() Return { return Return{Space: p.Space} }

// fillingLine names what was filled in, in the list of a return.
func fillingLine(f product.Filling) string {
	text := "DTAC version " + map[string]string{"dtac-v1": "1", "dtac-v2": "2"}[f.Form]
	if f.SavedAt != nil {
		text += ", last changed " + uktime.Date(*f.SavedAt)
	}
	return text
}

func fillingState(f product.Filling) nhs.Tag {
	switch f.Answered {
	case product.AnsweredTaken:
		return nhs.Tag{Text: "Taken", Colour: nhs.Green}
	case product.AnsweredAside:
		return nhs.Tag{Text: "Set aside", Colour: nhs.Grey}
	case product.AnsweredNot:
	}
	return nhs.Tag{Text: "To be confirmed", Colour: nhs.Yellow}
}
