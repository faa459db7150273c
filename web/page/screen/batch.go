package screen

import (
	"strconv"

	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Batch is work on many applications before it is done: each with what stands in its way.
type Batch struct {
	eligibility.Preview
	Problems fault.Problems
	Typed    Typed
}

// Head is what the frame shows.
func (p Batch) Head() shared.Head {
	return shared.Head{Title: p.Deed.Label(), Caption: "Several applications at once", Wide: true, Crumbs: toQueue()}
}

func toQueue() nhs.Breadcrumbs { return home(nhs.Link{Href: "/screening", Text: "Eligibility"}) }

func (p Batch) ready() string {
	return strconv.Itoa(p.Ready()) + " of " + strconv.Itoa(len(p.Items)) + " can be done. Each is done by itself: one that fails leaves the others as they are."
}

func (p Batch) table() nhs.Table {
	return items(p.Preview, nhs.Tag{Text: "Can be done", Colour: nhs.Green}, nhs.Tag{Text: "Cannot be done", Colour: nhs.Red})
}

func items(p eligibility.Preview, fine, not nhs.Tag) nhs.Table {
	t := nhs.Table{
		ID: "items", Caption: "Applications", CaptionSize: nhs.Small, RowHeaders: true,
		Columns: []nhs.Column{{Heading: "Reference"}, {Heading: "Title"}, {Heading: "Lead organisation"}, {Heading: "Result"}},
	}
	for _, i := range p.Items {
		tag, href := fine, "/screening/"+string(i.Ref)
		if i.Problem != "" {
			tag = not
		}
		if i.Title == "" {
			href = ""
		}
		t.Rows = append(t.Rows, []nhs.Cell{{Text: string(i.Ref), Href: href}, {Text: i.Title}, {Text: i.Lead}, {Content: result(tag, i.Problem)}})
	}
	return t
}

func (p Batch) officers() []nhs.Option {
	options := make([]nhs.Option, len(p.Officers))
	for i, o := range p.Officers {
		options[i] = nhs.Option{Value: string(o.ID), Label: o.Name}
	}
	return options
}

// BatchDone is what became of work on many applications.
type BatchDone struct{ eligibility.Preview }

// Head is what the frame shows.
func (p BatchDone) Head() shared.Head {
	return shared.Head{Title: p.Deed.Label(), Caption: "What became of it", Wide: true, Crumbs: toQueue()}
}

func (p BatchDone) said() string {
	return strconv.Itoa(p.Ready()) + " of " + strconv.Itoa(len(p.Items)) + " were done on " + uktime.Moment(p.DoneAt) + "."
}

func (p BatchDone) table() nhs.Table {
	return items(p.Preview, nhs.Tag{Text: "Done", Colour: nhs.Green}, nhs.Tag{Text: "Not done", Colour: nhs.Red})
}
