package apply

import (
	"strconv"

	"adoptionfund/internal/fault"
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
