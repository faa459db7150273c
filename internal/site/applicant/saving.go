package applicant

import (
	"strconv"
	"strings"

	"adoptionfund/internal/application"
	"adoptionfund/internal/form"
	"adoptionfund/internal/site/route"
	"adoptionfund/internal/site/saving"
	page "adoptionfund/web/page/apply"
)

// saveTyping keeps what is being typed and answers the script that sent it. It is Save with other words.
func (o Options) saveTyping(r *route.Request) (route.Reply, error) {
	typed := application.Typed{Values: r.Form(), Version: r.Version(), Typing: true}
	p, err := o.Applications.Save(r.Context(), refOf(r), r.Path("section"), typed)
	if !kept(err, p) && len(p.Clashes) == 0 {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	a := saving.Acknowledge(r, p.Section, p.Answers, p.Clashes)
	a.Version, a.Problems, a.Others = p.Version, p.Problems, p.Others
	return a.Reply() //nolint:wrapcheck // saving has said what it was doing
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
