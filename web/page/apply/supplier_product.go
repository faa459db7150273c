package apply

import (
	"strconv"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/product"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// reuse says whether others may rely on the return.
func (p Return) reuse() string {
	if p.Product.ReusePermitted {
		return "Other applications and later rounds may rely on this return"
	}
	return "Not permitted: only applications that rely on this return already"
}

// Release is the page on which a supplier declares a new version of a product.
type Release struct {
	product.Releasing
	Affected []string
	Problems fault.Problems
	Typed    func(name, stored string) string
}

// Head is what the frame shows.
func (p Release) Head() shared.Head {
	return shared.Head{Title: "Declare a new version", Caption: p.Product.Name + " " + p.Product.Version, Crumbs: inReturn(p.Product, "")}
}

func (p Release) path() string { return "/supplier/products/" + string(p.Product.ID) + "/release" }

func (p Release) seen() string { return strconv.Itoa(p.Seen) }

func (p Release) version() nhs.Input {
	return nhs.Input{
		Name: "release", Label: "New version", Hint: "As your customers name it. The version before is " + p.Product.Version, Width: 20, NoSpellcheck: true,
		Value: p.Typed("release", ""), Error: p.Problems["release"],
	}
}

// affected are the pieces of evidence of which the supplier says whether the new version affects them.
func (p Release) affected() nhs.Checkboxes {
	c := nhs.Checkboxes{
		Name: "affected", Legend: "Evidence that the new version affects", Error: p.Problems["affected"], Values: p.Affected,
		Hint: "Tick each document that no longer holds for the new version. What you do not tick you declare to stand.",
	}
	for _, piece := range p.Pieces {
		e := piece.Evidence
		hint := "DTAC version " + piece.Form.Version
		if e.ProductVersion != "" {
			hint += ", about version " + e.ProductVersion
		}
		if piece.Ended != "" {
			hint += ", expired on " + piece.Ended.String() + ": it stays so in the new version"
		}
		c.Options = append(c.Options, nhs.Option{Value: piece.Key(), Label: string(e.Question) + " " + product.Label(e.Kind) + ": " + e.File, Hint: hint})
	}
	return c
}

// Merge is the page on which a supplier makes one of two records of one product.
type Merge struct {
	product.Mergeable
	Problems fault.Problems
	Typed    func(name, stored string) string
}

// Head is what the frame shows.
func (p Merge) Head() shared.Head {
	return shared.Head{Title: "Merge two records of one product", Caption: p.Product.Name + " " + p.Product.Version, Crumbs: inReturn(p.Product, "")}
}

func (p Merge) path() string { return "/supplier/products/" + string(p.Product.ID) + "/merge" }

func (p Merge) others() nhs.Radios {
	r := nhs.Radios{
		Name: "other", Legend: "The other record of this product", Hint: "It goes; this one is kept. This cannot be undone.", Value: p.Typed("other", ""), Error: p.Problems["other"],
	}
	for _, o := range p.Others {
		r.Options = append(r.Options, nhs.Option{Value: string(o.ID), Label: o.Name + " " + o.Version, Hint: o.Supplier})
	}
	return r
}

// Pair is the page on which a supplier sees both records before they become one.
type Pair struct{ product.Pair }

// Head is what the frame shows.
func (p Pair) Head() shared.Head {
	return shared.Head{
		Title: "Check both records before you merge them", Caption: p.Kept.Name + " " + p.Kept.Version,
		Crumbs: append(inReturn(p.Kept, ""), nhs.Link{Href: p.path(), Text: "Merge two records"}),
	}
}

func (p Pair) path() string { return returnAt(p.Kept) + "/merge" }

func (p Pair) seen() string { return strconv.Itoa(p.Seen) }

func pairTitle(side product.PairSide) string {
	return side.Form.Title + ", version " + side.Form.Version
}

// table is what the two records say on one form, side by side.
func (p Pair) table(side product.PairSide) nhs.Table {
	t := nhs.Table{
		ID: side.Form.ID, Caption: pairTitle(side), CaptionSize: nhs.Small, RowHeaders: true,
		Columns: []nhs.Column{{Heading: "What"}, {Heading: "Kept: " + p.Kept.Name}, {Heading: "Goes: " + p.Other.Name}},
	}
	sent := func(is bool) string {
		if is {
			return "Sent"
		}
		return "Not sent"
	}
	count := func(n int) string { return strconv.Itoa(n) }
	t.Rows = append(t.Rows,
		nhs.Cells("Return", sent(side.KeptSent), sent(side.OtherSent)),
		nhs.Cells("Answers", count(len(side.Kept.Answers)), count(len(side.Other.Answers))),
		nhs.Cells("Items of evidence", count(len(side.Kept.Evidence)), count(len(side.Other.Evidence))),
		nhs.Cells("Actions in the plan", count(len(side.Kept.Plan)), count(len(side.Other.Plan))),
	)
	for _, code := range side.Differs {
		q, ok := side.Form.Question(code)
		if !ok {
			continue
		}
		t.Rows = append(t.Rows, nhs.Cells(string(code)+" "+q.Text, form.Display(q, side.Kept.Answers[code])+" (stays)", form.Display(q, side.Other.Answers[code])+" (goes)"))
	}
	return t
}
