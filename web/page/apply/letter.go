package apply

import (
	"adoptionfund/internal/ident"
	"adoptionfund/internal/letter"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/page/shared"
)

// PrintedLetter is a letter on a decision as a PDF file has it.
type PrintedLetter struct {
	Ref     ident.Ref
	Subject string
	Doc     letter.Doc
	Note    string // above the letter, such as that it is not released yet
}

// Head is what the frame shows.
func (p PrintedLetter) Head() shared.Head { return shared.Head{Title: p.Subject} }

// Footer stands at the foot of every sheet.
func (p PrintedLetter) Footer() string {
	if p.Note != "" {
		return string(p.Ref) + ". " + p.Note
	}
	return string(p.Ref)
}

// earlier says what a letter is that another took the place of.
func earlier(l letter.Letter) string {
	if l.ReplacedAt == nil {
		return "Letter on the earlier decision, of " + uktime.Date(l.WrittenAt)
	}
	return "Letter of " + uktime.Date(l.WrittenAt) + ", which was corrected on " + uktime.Date(*l.ReplacedAt)
}
