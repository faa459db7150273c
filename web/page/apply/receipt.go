package apply

import (
	"strconv"
	"time"

	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Receipt says that a submission arrived, and how anybody can check that it says the truth.
type Receipt struct {
	Application *application.Application
	Receipt     audit.Receipt
	Signatures  []application.SentSignature
	All         []application.Kept // of every submission, the newest first
}

// Head tells the frame.
func (r Receipt) Head() shared.Head {
	return shared.Head{Title: "Receipt", Caption: caption(r.Application), Crumbs: above(r.Application), OwnHeading: true}
}

func (r Receipt) panel() nhs.Panel {
	return nhs.Panel{Title: "Application submitted", Text: "Your reference: " + string(r.Application.Ref), Heading: true}
}

func (r Receipt) rows() nhs.SummaryList {
	rows := []nhs.SummaryRow{
		{Key: "Application", Value: r.Receipt.Application + ": " + r.Application.Title},
		{Key: "Call", Value: r.Receipt.Call},
		{Key: "Arrived", Value: uktime.Deadline(r.Receipt.Arrived)},
		{Key: "Digest of what was sent", Value: r.Receipt.Digest},
		{Key: "Place in the audit trail", Value: strconv.FormatInt(r.Receipt.Position, 10)},
	}
	if r.Receipt.Replaces != "" {
		rows = append(rows, nhs.SummaryRow{Key: "Replaces the submission with the digest", Value: r.Receipt.Replaces})
	}
	for _, s := range r.Signatures {
		rows = append(rows, nhs.SummaryRow{Key: "Signed, " + s.Part, Value: signedLine(s)})
	}
	return nhs.SummaryList{Rows: rows}
}

// earlier are all receipts of the application, where there are several.
func (r Receipt) earlier() nhs.Table {
	t := nhs.Table{
		ID: "receipts", Caption: "All receipts of this application", CaptionSize: nhs.Medium, RowHeaders: true,
		Columns: []nhs.Column{{Heading: "Submission"}, {Heading: "Arrived"}, {Heading: "Status"}, {Heading: "Receipt"}},
	}
	for i, kept := range r.All {
		status := "Stands"
		if !kept.Stands && i > 0 {
			status = "Replaced by submission " + strconv.Itoa(r.All[i-1].Number)
		}
		number := strconv.Itoa(kept.Number)
		t.Rows = append(t.Rows, []nhs.Cell{
			{Text: number}, {Text: uktime.Moment(kept.Receipt.Arrived)}, {Text: status},
			{Text: "Download receipt " + number, Href: at(r.Application, "/receipt?format=json&number="+number)},
		})
	}
	return t
}

// signedLine says who signed, for whom, when and how.
func signedLine(s application.SentSignature) string {
	text := s.Name
	if s.For != "" {
		text += " for " + s.For
	}
	text += ", " + uktime.Moment(s.SignedAt)
	if s.ByMail {
		text += ", by email"
	}
	return text
}

// NotSent says that a submission did not go through: why, that the draft is as it was, and how the request is found in the log.
type NotSent struct {
	Ref       ident.Ref
	Why       string // what the person can do something about
	Ours      bool   // it was a fault of the service
	Arrived   time.Time
	Reference string
	Email     string
}

// Head tells the frame.
func (n NotSent) Head() shared.Head {
	return shared.Head{Title: "Your application was not submitted", Caption: string(n.Ref), Crumbs: nhs.Breadcrumbs{
		{Href: "/", Text: "Home"}, {Href: "/applications", Text: "Your applications"}, {Href: "/applications/" + string(n.Ref), Text: string(n.Ref)},
	}}
}

func (n NotSent) rows() nhs.SummaryList {
	return nhs.SummaryList{Rows: []nhs.SummaryRow{{Key: "Your request arrived", Value: uktime.Exactly(n.Arrived)}, {Key: "Reference", Value: n.Reference}}}
}
