package panel

import (
	"fmt"
	"strconv"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/review"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Feedback is the feedback that the applicants of a call get.
type Feedback struct {
	review.FeedbackList

	Pages []nhs.Link // the pages of the call that the one who looks may open
	From  int        // the first application on the page
}

// Head is what the frame shows.
func (p Feedback) Head() shared.Head {
	return shared.Head{Title: "Feedback to applicants", Caption: p.Call.Title, Wide: true, Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}}}
}

func (p Feedback) turn() nhs.Pagination {
	return turned(p.From, len(onPage(p.Rows, p.From)), len(p.Rows), func(from int) string { return p.address() + "?from=" + strconv.Itoa(from) })
}

func (p Feedback) table() nhs.Table {
	t := nhs.Table{
		ID: "feedback", Caption: "Applications", CaptionSize: nhs.Medium, RowHeaders: true, Empty: "No application of this call has its reviews complete and waits for its release.",
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Title"}, {Heading: "Lead organisation"}, {Heading: "Reviewers who wrote", Numeric: true}, {Heading: "Status"}},
	}
	for _, r := range onPage(p.Rows, p.From) {
		cell := nhs.Cell{Content: nhs.Tag{Text: "Not edited", Colour: nhs.Yellow}}
		if r.Edited != nil {
			cell = nhs.Cell{Text: fmt.Sprintf("Version %d by %s, %s", r.Edited.Version, r.Editor, uktime.Moment(r.Edited.EditedAt))}
		}
		t.Rows = append(t.Rows, []nhs.Cell{
			{Text: string(r.Ref), Href: p.address() + "/" + string(r.Ref)}, {Text: r.Title}, {Text: r.Lead}, {Text: strconv.Itoa(r.Texts)}, cell,
		})
	}
	return t
}

func (p Feedback) address() string { return "/panel/" + string(p.Call.Ref) + "/feedback" }

func (p Feedback) progress() string {
	edited := 0
	for _, r := range p.Rows {
		if r.Edited != nil {
			edited++
		}
	}
	return fmt.Sprintf("%d of %d are edited.", edited, len(p.Rows))
}

// EditFeedback is the feedback to one applicant, beside what it is made from.
type EditFeedback struct {
	review.FeedbackDesk

	Text     string // as typed, or as it stands
	Checked  bool   // the check was made of what was typed
	Problems fault.Problems
}

// Head is what the frame shows.
func (p EditFeedback) Head() shared.Head {
	list := "/panel/" + string(p.Application.Call().Ref) + "/feedback"
	return shared.Head{Title: "Feedback to the applicant", Caption: string(p.Application.Ref) + ": " + p.Application.Title, Wide: true,
		Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}, {Href: list, Text: "Feedback to applicants"}}}
}

func (p EditFeedback) address() string {
	return "/panel/" + string(p.Application.Call().Ref) + "/feedback/" + string(p.Application.Ref)
}

func writer(t review.FeedbackText) string { return fmt.Sprintf("%s reviewer %d", t.Kind, t.Number) }

func (p EditFeedback) edited(v review.FeedbackVersion) string {
	return fmt.Sprintf("Version %d, by %s on %s", v.Version, p.Names[v.EditedBy], uktime.Moment(v.EditedAt))
}

// asks reports whether the check found something that may stay if it is confirmed.
func (p EditFeedback) asks() bool {
	blocking, asking := false, false
	for _, f := range p.Found {
		blocking = blocking || f.Blocks
		asking = asking || !f.Blocks
	}
	return asking && !blocking
}

func consequence(f review.Found) string {
	if f.Blocks {
		return "must be taken out"
	}
	return "may stay if you confirm it"
}
