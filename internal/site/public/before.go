package public

import (
	"io"

	"adoptionfund/internal/access"
	"adoptionfund/internal/document"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/rules"
	"adoptionfund/internal/site/route"
	"adoptionfund/internal/uktime"
	page "adoptionfund/web/page/public"
)

// asked gives what the call of the address published, with its form.
func (o Options) asked(r *route.Request) (page.Questions, error) {
	c, _, _, err := o.Funds.Show(r.Context(), ident.CallRef(r.Path("call")))
	if err != nil {
		return page.Questions{}, err //nolint:wrapcheck // fund has said what it was doing
	}
	f, err := o.Library.Form(c.Settings.Forms.Application)
	if err != nil {
		return page.Questions{}, err //nolint:wrapcheck // the library has said what it was doing
	}
	return page.Questions{Call: c, Form: f}, nil
}

func (o Options) questions(r *route.Request) (route.Reply, error) {
	shown, err := o.asked(r)
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(shown)
}

// draftDocument gives the questions as a Word file to draft in, alone or with colleagues.
func (o Options) draftDocument(r *route.Request) (route.Reply, error) {
	shown, err := o.asked(r)
	if err != nil {
		return route.Reply{}, err
	}
	const kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	return route.Download("questions-"+string(shown.Call.Ref)+".docx", kind, false, func(w io.Writer) error {
		return document.Write(w, shown.Document()) //nolint:wrapcheck // document says what it was doing
	})
}

// selfCheck asks a few questions and says what the answers suggest. They stand in the address only: nothing is kept.
func (o Options) selfCheck(r *route.Request) (route.Reply, error) {
	c, _, _, err := o.Funds.Show(r.Context(), ident.CallRef(r.Path("call")))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // fund has said what it was doing
	}
	f, err := o.Library.Form(o.SelfCheck.FormID)
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // the library has said what it was doing
	}
	shown := page.SelfCheck{Call: c, Form: f}
	typed := r.Queries()
	if len(typed) == 0 {
		return route.Show(shown)
	}
	answers, foreign := form.Bind(f.Sections[0], typed, nil)
	shown.Answers = answers
	today := form.Date(uktime.Day(r.Arrival()))
	shown.Problems = foreign
	if len(foreign) == 0 {
		shown.Problems = form.Check(f, nil, answers, form.How{Mode: form.Complete, Today: today})
	}
	if len(shown.Problems) > 0 {
		return r.Again(fault.Fields(shown.Problems), func(*route.Request) (route.Reply, error) { return route.Show(shown) })
	}
	shown.Done, shown.Found = true, o.SelfCheck.Run(answers, facts(c, today))
	return route.Show(shown)
}

// facts are what the self-check may look at of a call.
func facts(c fund.Call, today form.Date) rules.Facts {
	s := c.Settings
	return rules.Facts{
		Today: today, SpendBy: form.Date(s.SpendBy), Cap: int64(s.AwardCap), WhoMayLead: s.WhoMayLead, Priorities: len(s.Priorities), DTACForms: s.Forms.DTAC,
	}
}

// log shows the questions and answers about a call, and to somebody who is signed in their own.
func (o Options) log(r *route.Request) (route.Reply, error) {
	l, err := o.Funds.Log(r.Context(), ident.CallRef(r.Path("call")), ident.Question(r.Query("before")))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // fund has said what it was doing
	}
	f, err := o.Library.Form(l.Call.Settings.Forms.Application)
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // the library has said what it was doing
	}
	_, signedIn := r.Principal()
	return route.Show(page.Log{
		Log: l, Form: f, SignedIn: signedIn, MayAsk: r.May(access.AskQuestion), Problems: r.Problems(),
		Question: r.Typed("question", ""), Code: r.Typed("code", r.Query("code")),
	})
}

func (o Options) ask(r *route.Request) (route.Reply, error) {
	call := ident.CallRef(r.Path("call"))
	if err := o.Funds.Ask(r.Context(), call, fund.Asked{Code: o.known(r), Text: r.Field("question")}); err != nil {
		return r.Again(err, o.log)
	}
	r.Flash("Your question is with the fund team. You will get a mail when it is answered.")
	return route.Go("/calls/%s/questions-and-answers", call)
}

// known is the code of the question that somebody asks about, as far as the form of the call has it.
func (o Options) known(r *route.Request) string {
	shown, err := o.asked(r)
	if err != nil {
		return ""
	}
	if q, ok := shown.Form.Question(form.Code(r.Field("code"))); ok {
		return string(q.Code)
	}
	return ""
}
