package oversee

import (
	"fmt"
	"strings"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/letter"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Templates are the texts of the letters of a round.
type Templates struct{ letter.Set }

// Head is what the frame shows.
func (p Templates) Head() shared.Head {
	return shared.Head{Title: "Texts of the letters", Caption: p.Round.Title, Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}, {Href: "/admin", Text: "Administration"}}}
}

func (p Templates) table() nhs.Table {
	t := nhs.Table{ID: "letters", Caption: "Letters on decisions", CaptionSize: nhs.Medium, CaptionHidden: true, RowHeaders: true, Columns: []nhs.Column{{Heading: "Letter"}, {Heading: "Subject"}, {Heading: "Text"}}}
	for _, tpl := range p.Templates {
		state := "The program's text"
		if tpl.Version > 0 {
			state = fmt.Sprintf("Version %d, by %s on %s", tpl.Version, p.Names[tpl.SavedBy], uktime.Moment(tpl.SavedAt))
		}
		t.Rows = append(t.Rows, []nhs.Cell{{Text: tpl.Kind.Label(), Href: "/admin/rounds/" + string(p.Round.Ref) + "/letters/" + string(tpl.Kind)}, {Text: tpl.Subject}, {Text: state}})
	}
	return t
}

// Template is one of these texts, to be written.
type Template struct {
	letter.Editing

	Typed    func(name, stored string) string
	Problems fault.Problems
	Preview  *letter.Draft // made with an application; nil: not asked for
}

// Head is what the frame shows.
func (p Template) Head() shared.Head {
	h := shared.Head{Title: "Letter: " + strings.ToLower(p.Template.Kind.Label()), Caption: p.Round.Title, Wide: true,
		Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}, {Href: "/admin/rounds/" + string(p.Round.Ref) + "/letters", Text: "Texts of the letters"}}}
	return h
}

func (p Template) address() string {
	return "/admin/rounds/" + string(p.Round.Ref) + "/letters/" + string(p.Template.Kind)
}

// use says whether the letter must use a field.
func use(f letter.Field) string {
	if f.Needs != "" {
		return f.Is + " (must be used)"
	}
	return f.Is
}

func (p Template) version(t letter.Template) string {
	return fmt.Sprintf("Version %d, by %s on %s", t.Version, p.Names[t.SavedBy], uktime.Moment(t.SavedAt))
}
