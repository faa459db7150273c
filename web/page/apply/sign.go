package apply

import (
	"slices"

	"adoptionfund/internal/application"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Sign shows exactly what is signed, and asks for the signature or, of the main contact, whether to ask for signatures.
type Sign struct {
	application.ToSign
	Who      ident.Person // who looks
	Narrow   bool         // they came from a mail, and reach this page alone
	MaySign  bool         // the one who looks signs for a part that is not signed
	MayAsk   bool
	MayName  bool // a deputy
	Name     string
	Deputy   application.NewDeputy
	Problems map[string]string
}

// Head tells the frame.
func (s Sign) Head() shared.Head {
	h := shared.Head{Title: "Signatures", Caption: caption(s.Application), Crumbs: above(s.Application)}
	if s.MaySign {
		h.Title = "Sign the application"
	}
	if s.Narrow {
		h.Crumbs = nil
	}
	return h
}

func (s Sign) overview() Overview { return Overview{Overview: s.Overview} }

// signsFor names the signatory for whom the one who looks signs as deputy, or nothing.
func (s Sign) signsFor() string {
	for _, d := range s.Deputies {
		principal := s.Application.With(d.Part)
		if d.Person == s.Who && len(principal) > 0 && !slices.Contains(principal, s.Who) {
			return s.Names[principal[0]] + ", " + d.Part.Label()
		}
	}
	return ""
}

// asDeputy says that a signature was given for the signatory by their deputy.
func asDeputy(sig application.Signature) string {
	if sig.SignedFor == nil {
		return ""
	}
	return " (deputy, for the " + sig.Part.Label() + ")"
}

// mayName reports whether the one who looks is a signatory, who can name a deputy; a deputy cannot.
func (s Sign) mayName() bool { return s.MayName && s.signsFor() == "" }

func (s Sign) deputies() nhs.SummaryList {
	var list nhs.SummaryList
	for _, d := range s.Deputies {
		list.Rows = append(list.Rows, nhs.SummaryRow{Key: "Deputy of the " + d.Part.Label(), Value: s.Names[d.Person] + ", since " + uktime.Date(d.NamedAt) + ". " + d.Reason})
	}
	return list
}

// MailLink is the page of a link in a mail: a button that sends a code to the same mailbox.
type MailLink struct{ Token string }

// Head tells the frame.
func (MailLink) Head() shared.Head { return shared.Head{Title: "Read and sign an application"} }

// LinkOver is the one page of a link that does not work, whatever the reason.
type LinkOver struct{}

// Head tells the frame.
func (LinkOver) Head() shared.Head { return shared.Head{Title: "This link no longer works"} }

// Code is the page on which the code is typed.
type Code struct {
	Token    string
	Problems map[string]string
}

// Head tells the frame.
func (Code) Head() shared.Head { return shared.Head{Title: "Enter the code"} }

// Signed says that somebody signed from a mail.
type Signed struct{}

// Head tells the frame.
func (Signed) Head() shared.Head { return shared.Head{Title: "You have signed", OwnHeading: true} }

func (Signed) panel() nhs.Panel {
	return nhs.Panel{Title: "You have signed", Text: "Thank you.", Heading: true}
}

// cleared says which signatures no longer count, and by which change.
func (o Overview) cleared() []string {
	var all []string
	for _, c := range o.Cleared {
		by := c.By
		if by == "" {
			by = "Somebody"
		}
		all = append(all, "The signature of "+c.Name+" ("+c.Part.Label()+") no longer counts: "+by+" changed “"+c.Section+"” on "+uktime.Moment(c.At)+".")
	}
	return all
}
