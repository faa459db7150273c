package apply

import (
	"time"

	"adoptionfund/internal/application"
	"adoptionfund/internal/files"
	"adoptionfund/internal/form"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Check is every answer on one page, to be read or printed.
type Check struct {
	application.Overview
	Title string
}

// Head tells the frame.
func (c Check) Head() shared.Head {
	return shared.Head{Title: c.Title, Caption: caption(c.Application), Crumbs: above(c.Application)}
}

// open is what stands in the way of signing, in the order of the form.
func (c Check) open() []missing {
	if !c.Application.Writable() {
		return nil
	}
	return Overview{Overview: c.Overview}.missing()
}

// Preview is the whole application as its readers get it, to be read, printed, or kept as a PDF file.
type Preview struct {
	application.Overview
	Now      time.Time
	MayPrint bool // the installation makes PDF files
	Paper    bool // it is being printed: no links to pages
}

// Head tells the frame.
func (p Preview) Head() shared.Head {
	return shared.Head{Title: p.Application.Title, Caption: string(p.Application.Ref), Crumbs: above(p.Application)}
}

// Footer stands on every sheet: which application this is, how far it was, and when it was printed.
func (p Preview) Footer() string {
	return string(p.Application.Ref) + ", " + p.standing() + ", printed " + uktime.Moment(p.Now)
}

// standing says which version of the application this is.
func (p Preview) standing() string {
	a := p.Application
	switch {
	case a.SubmittedAt == nil:
		return "draft, not submitted"
	case a.Writable():
		return "answers as they stand; last submitted " + uktime.Moment(*a.SubmittedAt)
	}
	return "submitted " + uktime.Moment(*a.SubmittedAt)
}

func (p Preview) key() nhs.SummaryList {
	a := p.Application
	rows := []nhs.SummaryRow{
		{Key: "Call", Value: a.Call().Title + " (" + string(a.Call().Ref) + ")"},
		{Key: "Lead organisation", Value: a.LeadName + " (" + string(a.Lead) + ")"},
		{Key: "Asked for", Value: a.Requested.String() + ", at least " + a.Minimum.String()},
		{Key: "Version", Value: p.standing()},
	}
	for _, sig := range p.Signatures {
		rows = append(rows, nhs.SummaryRow{Key: "Signed by the " + sig.Part.Label(), Value: sig.TypedName + asDeputy(sig) + ", " + uktime.Moment(sig.SignedAt)})
	}
	return nhs.SummaryList{Rows: rows}
}

// section are the answers of a section; on paper files are named and not linked.
func (p Preview) section(t application.Task) nhs.SectionAnswers {
	s := answers(p.Overview, t, false)
	s.Codes = true
	if p.Paper {
		for id, f := range s.Files {
			f.Href = ""
			s.Files[id] = f
		}
	}
	return s
}

// answers are the answers of a section; those who may change them are led to its page.
func answers(o application.Overview, t application.Task, change bool) nhs.SectionAnswers {
	s := nhs.SectionAnswers{
		Form: o.Form, Section: t.Section, Answers: o.Answers, Files: attached(o.Application, o.Files), Organisations: o.Organisations,
	}
	if change && t.Editable {
		s.Change = at(o.Application, "/sections/"+t.Section.Path())
	}
	return s
}

// Withdraw is the page on which an application is taken back.
type Withdraw struct {
	Application *application.Application
	Reason      string
	Problems    map[string]string
}

// Head tells the frame.
func (w Withdraw) Head() shared.Head {
	return shared.Head{Title: w.title(), Caption: caption(w.Application), Crumbs: above(w.Application)}
}

// award reports whether it is the award that is declined: the application was successful.
func (w Withdraw) award() bool { return w.Application.State == workflow.Successful }

func (w Withdraw) title() string {
	if w.award() {
		return "Decline the award"
	}
	return "Withdraw the application"
}

func (w Withdraw) asks() string {
	if w.award() {
		return "Why do you decline it?"
	}
	return "Why do you withdraw it?"
}

// Files are the evidence files of an application.
type Files struct{ application.Overview }

// Head tells the frame.
func (f Files) Head() shared.Head {
	return shared.Head{Title: "Files", Caption: caption(f.Application), Crumbs: above(f.Application)}
}

func (f Files) table() nhs.Table {
	t := nhs.Table{
		ID: "files", Caption: "Files of the application", CaptionHidden: true, RowHeaders: true, Empty: "No file was added yet.",
		Columns: []nhs.Column{{Heading: "File"}, {Heading: "Question"}, {Heading: "Size", Numeric: true}, {Heading: "Added"}},
	}
	for _, file := range f.Files {
		question := file.Question
		if q, ok := f.Form.Question(form.Code(file.Question)); ok {
			question = q.Name()
		}
		added := uktime.Moment(file.UploadedAt)
		switch file.Scan {
		case files.ScanPending:
			added += ". Being checked for viruses"
		case files.ScanInfected:
			added += ". A virus was found (" + file.Found + "), the file was deleted"
		case files.ScanOff, files.ScanClean:
		}
		t.Rows = append(t.Rows, []nhs.Cell{{Text: file.Name, Href: Attached(f.Application.Ref, file).Href}, {Text: question}, {Text: Size(file.Size)}, {Text: added}})
	}
	return t
}
