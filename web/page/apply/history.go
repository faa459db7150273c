package apply

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"adoptionfund/internal/application"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// History is what happened to an application and to its answers.
type History struct {
	application.History
}

// Head tells the frame.
func (h History) Head() shared.Head {
	return shared.Head{Title: "History", Caption: caption(h.Application), Crumbs: above(h.Application), Wide: true}
}

func (h History) table() nhs.Table {
	t := nhs.Table{ID: "history", Caption: "What happened, newest first", CaptionHidden: true, Columns: []nhs.Column{{Heading: "When"}, {Heading: "Who"}, {Heading: "What"}}}
	for _, x := range h.Happenings {
		t.Rows = append(t.Rows, nhs.Cells(uktime.Moment(x.At), x.Who, x.What))
	}
	return t
}

// narrowed reports whether only some of the answers' history is asked for.
func (h History) narrowed() bool { return h.Answers.Section != nil || h.Answers.Question != nil }

func (h History) heading() string {
	switch {
	case h.Answers.Question != nil:
		return "Versions of “" + h.Answers.Question.Name() + "”"
	case h.Answers.Section != nil:
		return "Versions of the answers in “" + h.Answers.Section.Title + "”"
	}
	return "Answers"
}

func (h History) sections() nhs.Select {
	s := nhs.Select{Name: "section", Label: "Section", Empty: "All sections"}
	if h.Answers.Section != nil {
		s.Value = h.Answers.Section.Path()
	}
	for _, sec := range h.Answers.Form.Sections {
		s.Options = append(s.Options, nhs.Option{Value: sec.Path(), Label: sec.Title})
	}
	return s
}

// change is a change of answers as the page shows it.
type change struct{ application.AnswerChange }

// shown are the changes that have something to show: a save that changed nothing is left out.
func (h History) shown() []change {
	var all []change
	for _, c := range h.Answers.Changes {
		if len(c.Answers) > 0 || !c.Start && !c.Stands {
			all = append(all, change{c})
		}
	}
	return all
}

func (c change) anchor() string { return "change-" + c.ID }

// when says who changed it, and when.
func (c change) when() string {
	who := c.Who
	if who == "" {
		who = "The service"
	}
	if c.Ended.Sub(c.Began) < 60e9 {
		return who + ", " + uktime.Moment(c.Ended)
	}
	return who + ", " + uktime.Moment(c.Began) + " to " + uktime.Clock(c.Ended)
}

func (c change) note() string {
	switch {
	case c.Aside:
		return "Not saved then, because somebody else changed the same answer at the same time. This is what was typed, against what stood."
	case c.Restore:
		return "An earlier version was restored."
	case c.Start:
		return "Filled in when the application was started."
	case len(c.Answers) == 0:
		return "What changed was not noted."
	}
	return ""
}

func (c change) verb() string {
	if c.Aside {
		return "Use this version"
	}
	return "Restore this version"
}

// restorable reports whether there is more to an answer than files, which are not restored.
func (h History) restorable(w application.AnswerWas) bool {
	return w.Question.Kind != form.KindFile || !slices.Equal(w.Before.Choices, w.After.Choices)
}

// gone says of files that the answer had after the change and that were removed since, that they are not brought back.
func (h History) gone(w application.AnswerWas) string {
	var names []string
	for _, id := range w.After.Files {
		if f, ok := h.Answers.Files[id]; ok && f.RemovedAt != nil {
			names = append(names, f.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "Removed since: " + strings.Join(names, ", ") + ". A removed file is not brought back by restoring. Add it again in the section."
}

// name is the name of a file in a difference.
func (h History) name(id string) string {
	f, ok := h.Answers.Files[ident.File(id)]
	if !ok {
		return "a file"
	}
	if f.RemovedAt != nil {
		return f.Name + " (removed since)"
	}
	return f.Name
}

func (h History) only(w application.AnswerWas) string {
	return at(h.Application, "/history?question="+url.QueryEscape(string(w.Question.Code)))
}

func (h History) earlierChanges() string {
	q := url.Values{"before": {h.Answers.Earlier}}
	if h.Answers.Section != nil {
		q.Set("section", h.Answers.Section.Path())
	}
	if h.Answers.Question != nil {
		q.Set("question", string(h.Answers.Question.Code))
	}
	return at(h.Application, "/history?"+q.Encode())
}

func (h History) earlierHappenings() string {
	return at(h.Application, fmt.Sprintf("/history?events=%s#happenings", strconv.FormatInt(h.Earlier, 10)))
}
