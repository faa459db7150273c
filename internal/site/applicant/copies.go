package applicant

import (
	"fmt"
	"strings"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/apply"
)

func (o Options) copyPage(r *route.Request) (route.Reply, error) {
	v, err := o.Applications.Overview(r.Context(), refOf(r))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	calls, err := o.openCalls(r)
	if err != nil {
		return route.Reply{}, err
	}
	shown := page.Copy{Application: v.Application, Call: r.Typed("call", ""), Problems: r.Problems()}
	for _, c := range calls {
		if c.ID != v.Application.CallID {
			shown.Calls = append(shown.Calls, c)
		}
	}
	return route.Show(shown)
}

func (o Options) copy(r *route.Request) (route.Reply, error) {
	done, err := o.Applications.Copy(r.Context(), refOf(r), ident.CallRef(r.Field("call")))
	if err != nil {
		return r.Again(err, o.copyPage)
	}
	text := fmt.Sprintf("%s was copied. Read every answer again before you send this one.", refOf(r))
	if n := len(done.Left); n > 0 {
		text += fmt.Sprintf(" %d answers were left behind, because the form of this call asks otherwise or they must be given afresh.", n)
	}
	r.Flash(text)
	return route.Go("/applications/%s", done.Ref)
}

// preview shows the whole application as its readers get it.
func (o Options) preview(r *route.Request) (route.Reply, error) {
	v, err := o.Applications.Overview(r.Context(), refOf(r))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	return route.Show(page.Preview{Overview: v, Now: r.Arrival(), MayPrint: r.MayPrint()})
}

// paper gives the same as a PDF file.
func (o Options) paper(r *route.Request) (route.Reply, error) {
	v, err := o.Applications.Overview(r.Context(), refOf(r))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	sheet := page.Preview{Overview: v, Now: r.Arrival(), Paper: true}
	return route.PDF(strings.ToLower(string(v.Application.Ref))+".pdf", sheet.Footer(), sheet)
}
