package applicant

import (
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/site/route"
	"adoptionfund/internal/uktime"
	page "adoptionfund/web/page/apply"
)

// acknowledgement is what the script that saves while somebody types reads: what is saved, and what is not.
type acknowledgement struct {
	Version int    `json:"version"`
	SavedAt string `json:"saved_at"` // the time of day in the United Kingdom
	// Problems are what is wrong with what was saved nevertheless, by input.
	Problems fault.Problems `json:"problems,omitempty"`
	// Marks are those of the answers as they stand, by question: what the page sends with its next change.
	Marks map[form.Code]string `json:"marks"`
	// Others says that somebody else changed the section meanwhile.
	Others bool `json:"others,omitempty"`
	// Conflicts are the questions that somebody else changed too: of these nothing was saved.
	Conflicts []conflict `json:"conflicts,omitempty"`
	Words     string     `json:"words,omitempty"`
	// Live are parts of the page as they are now, by the ids of their elements.
	Live map[string]string `json:"live,omitempty"`
}

type conflict struct {
	Question form.Code `json:"question"`
	Name     string    `json:"name"`
	Who      string    `json:"who,omitempty"`
	At       string    `json:"at,omitempty"`
	Theirs   string    `json:"theirs"`
}

// saveTyping keeps what is being typed and answers the script that sent it. It is Save with other words.
func (o Options) saveTyping(r *route.Request) (route.Reply, error) {
	typed := application.Typed{Values: r.Form(), Version: r.Version(), Typing: true}
	p, err := o.Applications.Save(r.Context(), refOf(r), r.Path("section"), typed)
	if !kept(err, p) && len(p.Clashes) == 0 {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	a := acknowledge(r, p.Section, p.Answers, p.Clashes)
	a.Version, a.Problems, a.Others = p.Version, p.Problems, p.Others
	return a.reply()
}

// acknowledge says of the questions of a section what stands now, and which of them somebody else changed too.
func acknowledge(r *route.Request, section *form.Section, answers form.Answers, clashes []form.Clash) acknowledgement {
	a := acknowledgement{SavedAt: uktime.Clock(r.Arrival()), Marks: map[form.Code]string{}}
	for _, q := range section.Questions {
		a.Marks[q.Code] = form.Mark(answers[q.Code])
	}
	for _, c := range clashes {
		told := conflict{Question: c.Question.Code, Name: c.Question.Name(), Who: c.Who, Theirs: form.Display(c.Question, c.Theirs)}
		if !c.At.IsZero() {
			told.At = uktime.Clock(c.At)
		}
		a.Conflicts = append(a.Conflicts, told)
	}
	return a
}

func (a acknowledgement) reply() (route.Reply, error) {
	if len(a.Conflicts) > 0 {
		a.Words = "Someone else changed the same answers after you opened this section"
		return route.JSONStatus(http.StatusConflict, a)
	}
	return route.JSON(a)
}

// shownSuffix ends the name of the input that says that a question was on the page.
const shownSuffix = "-shown"

// chosen makes of the choices between versions what is to be saved: inputs as if they had been typed. Where nothing was chosen the
// version of the one who chooses is sent once more without saying what it was made from, so that it is asked again.
func chosen(typed url.Values) (values url.Values, unchosen fault.Problems) {
	values, unchosen = maps.Clone(typed), fault.Problems{}
	if typed.Get("action") != "choose" {
		return values, unchosen
	}
	for field := range typed {
		code, asked := strings.CutSuffix(field, shownSuffix)
		if !asked {
			continue
		}
		choice := typed.Get("choose." + code)
		if choice == "theirs" {
			values.Del(field)
			continue
		}
		for name, of := range typed {
			if mine, ok := strings.CutPrefix(name, "mine."); ok && form.CodeOf(mine) == form.Code(code) {
				values[mine] = of
			}
		}
		switch choice {
		case "mine":
		case "both":
			values[code] = typed["both."+code]
		default:
			values.Set(field, strings.Repeat("-", 16)) // as long as a mark, and none
			unchosen["choose."+code] = "Choose which version to keep"
		}
	}
	return values, unchosen
}

func (o Options) history(r *route.Request) (route.Reply, error) {
	events, _ := strconv.ParseInt(r.Query("events"), 10, 64) // what is no number is the newest
	h, err := o.Applications.History(r.Context(), refOf(r), application.Looking{
		Section: r.Query("section"), Question: form.Code(r.Query("question")), Before: r.Query("before"), Events: events,
	})
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	return route.Show(page.History{History: h})
}

// restore brings an earlier version of answers back, and shows the section.
func (o Options) restore(r *route.Request) (route.Reply, error) {
	done, err := o.Applications.Restore(r.Context(), refOf(r), application.Restoring{
		Change: r.Field("change"), Question: form.Code(r.Field("question")), Version: r.Version(),
	})
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	words := "The earlier version is restored. The version in between stays in the history."
	if len(done.Gone) > 0 {
		words += " These files of that version were removed and are not brought back: " + strings.Join(done.Gone, ", ") + ". Add them again."
	}
	r.Flash(words)
	return route.Go("/applications/%s/sections/%s", refOf(r), done.Section.Path())
}
