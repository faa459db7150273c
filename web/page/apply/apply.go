// Package apply holds the pages of those who apply: applications from the first line to the receipt.
//
// It owns what these pages say, and that the applicant's side reads the applicant's labels only. It leaves what may be done to
// application, which tells it with what it shows.
package apply

import (
	"fmt"
	"strconv"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/files"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// at is the address of an application's page.
func at(a *application.Application, more string) string {
	return "/applications/" + string(a.Ref) + more
}

// stateTag is the state as the applicant's side reads it.
func stateTag(a *application.Application) nhs.Tag {
	info := workflow.Applications().Info(a.State)
	return nhs.Tag{Text: info.ApplicantLabel, Colour: nhs.Colour(info.ApplicantColour)}
}

// above are the pages above a page of an application.
func above(a *application.Application) nhs.Breadcrumbs {
	return nhs.Breadcrumbs{{Href: "/", Text: "Home"}, {Href: "/applications", Text: "Your applications"}, {Href: at(a, ""), Text: string(a.Ref)}}
}

func caption(a *application.Application) string { return string(a.Ref) + ": " + a.Title }

// deadline says until when something can be done, with the time that is left.
func deadline(a *application.Application, now time.Time) string {
	text := uktime.Deadline(a.ClosesAt())
	if left := uktime.Left(now, a.ClosesAt()); left != "" {
		return text + " (" + left + " left)"
	}
	return text + " (passed)"
}

// attached are the files that answers name, by their ids.
func attached(a *application.Application, list []application.File) map[ident.File]nhs.AttachedFile {
	found := make(map[ident.File]nhs.AttachedFile, len(list))
	for _, f := range list {
		found[f.ID] = Attached(a.Ref, f)
	}
	return found
}

// Attached is a file as it is shown: those that are held back, or in which a virus was found, cannot be opened.
func Attached(ref ident.Ref, f application.File) nhs.AttachedFile {
	shown := nhs.AttachedFile{Name: f.Name, Note: "(" + Size(f.Size) + ", added " + uktime.Date(f.UploadedAt) + ")"}
	switch f.Scan {
	case files.ScanPending:
		shown.Note = "(" + Size(f.Size) + "): being checked for viruses. It can be opened, and the application submitted, when that is done"
	case files.ScanInfected:
		shown.Note = "A virus was found in this file (" + f.Found + "), and it was deleted. Remove it here, and upload one without a virus if it is needed"
	case files.ScanOff, files.ScanClean:
		shown.Href = "/applications/" + string(ref) + "/files/" + string(f.ID)
	}
	return shown
}

// Size writes a number of bytes for people.
func Size(bytes int64) string {
	const kibi, mebi = 1 << 10, 1 << 20
	if bytes >= mebi {
		return fmt.Sprintf("%.1f MB", float64(bytes)/mebi)
	}
	return fmt.Sprintf("%d KB", max(bytes/kibi, 1))
}

// List is somebody's own applications.
type List struct {
	Applications []*application.Application
	Now          time.Time
	MayStart     bool
}

// Head tells the frame.
func (List) Head() shared.Head {
	return shared.Head{Title: "Your applications", Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}}, Wide: true}
}

// group is the applications that are about as far.
type group struct {
	heading string
	holds   func(workflow.ApplicationState) bool
}

func groups() []group {
	return []group{
		{"Drafts", func(s workflow.ApplicationState) bool { return s == workflow.Draft }},
		{"Submitted", func(s workflow.ApplicationState) bool {
			info := workflow.Applications().Info(s)
			return s != workflow.Draft && !info.Final && !info.Released
		}},
		{"Decided or ended", func(s workflow.ApplicationState) bool {
			info := workflow.Applications().Info(s)
			return info.Final || info.Released
		}},
	}
}

func (l List) table(n int, g group) nhs.Table {
	t := nhs.Table{
		ID: fmt.Sprintf("applications-%d", n+1), Caption: g.heading, CaptionSize: nhs.Medium, RowHeaders: true,
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Title"}, {Heading: "Call"}, {Heading: "Deadline"}, {Heading: "Status"}},
	}
	for _, a := range l.Applications {
		if g.holds(a.State) {
			t.Rows = append(t.Rows, []nhs.Cell{
				{Text: string(a.Ref), Href: at(a, "")}, {Text: a.Title}, {Text: a.Call().Title}, {Text: deadline(a, l.Now)}, {Content: stateTag(a)},
			})
		}
	}
	return t
}

// Start is the page on which an application begins.
type Start struct {
	Calls    []fund.Call // those that are open
	Acting   []people.Organisation
	Call     string
	Title    string
	Lead     string
	Problems map[string]string
	Now      time.Time
}

// Head tells the frame.
func (Start) Head() shared.Head {
	return shared.Head{Title: "Start an application", Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}, {Href: "/applications", Text: "Your applications"}}}
}

func (s Start) calls() nhs.Radios {
	r := nhs.Radios{Name: "call", Legend: "Which call?", Size: nhs.Small, Value: s.Call, Error: s.Problems["call"]}
	for _, c := range s.Calls {
		r.Options = append(r.Options, nhs.Option{Value: string(c.Ref), Label: c.Title, Hint: "Deadline: " + uktime.Deadline(c.ClosesAt)})
	}
	return r
}

func (s Start) leads() nhs.Radios {
	r := nhs.Radios{
		Name: "lead", Legend: "Which organisation leads?", Size: nhs.Small, Value: s.Lead, Error: s.Problems["lead"],
		Hint: "These are the organisations for which you act.",
	}
	for _, o := range s.Acting {
		r.Options = append(r.Options, nhs.Option{Value: string(o.ODSCode), Label: o.Name + " (" + string(o.ODSCode) + ")"})
	}
	return r
}

// Overview is the page of one application: its task list, people, signatures, and what can be done next.
type Overview struct {
	application.Overview
	Now      time.Time
	Problems map[string]string // of a submission that was refused
	Dates    map[workflow.When]time.Time
	// Declinable says that its award can still be declined.
	Declinable bool
}

// telling is how the application stands and what happens next.
func (o Overview) telling() workflow.Telling { return workflow.Tell(o.Application.State) }

// when is the date of what happens next, in words; empty where none is known.
func (o Overview) when() string {
	told, a := o.telling(), o.Application
	at := o.Dates[told.When]
	switch {
	case told.When == workflow.WhenCloses:
		at = a.ClosesAt()
	case told.When == workflow.WhenRelease && a.Call().ReleaseAt != nil:
		at = *a.Call().ReleaseAt
	}
	if at.IsZero() {
		return ""
	}
	return told.WhenWords + " " + uktime.Deadline(at) + "."
}

// Head tells the frame.
func (o Overview) Head() shared.Head {
	crumbs := above(o.Application)
	return shared.Head{Title: o.Application.Title, Caption: string(o.Application.Ref), Crumbs: crumbs[:2]}
}

func (o Overview) key() nhs.SummaryList {
	a := o.Application
	rows := []nhs.SummaryRow{
		{Key: "Status", Content: stateTag(a)},
		{Key: "Call", Value: a.Call().Title},
		{Key: "Lead organisation", Value: a.LeadName + " (" + string(a.Lead) + ")"},
	}
	if a.Writable() {
		rows = append(rows, nhs.SummaryRow{Key: "Deadline", Value: deadline(a, o.Now)})
	}
	if a.SubmittedAt != nil {
		rows = append(rows, nhs.SummaryRow{Key: "Submitted", Value: uktime.Moment(*a.SubmittedAt)})
	}
	if w := o.Withdrawal; w != nil {
		rows = append(rows, nhs.SummaryRow{Key: "Withdrawn by", Value: o.WithdrawnBy + ", " + uktime.Moment(w.At)}, nhs.SummaryRow{Key: "Reason", Content: nhs.Text(w.Reason)})
	}
	rows = append(rows, nhs.SummaryRow{Key: "Asked for", Value: o.money()})
	if a.Writable() {
		words, most := form.Written(o.Form, nil, o.Answers)
		rows = append(rows, nhs.SummaryRow{Key: "Words written", Value: fmt.Sprintf("%s of at most %s", thousands(words), thousands(most))})
	}
	return nhs.SummaryList{Rows: rows}
}

// money says what is asked for, and whether the cost lines agree with it.
func (o Overview) money() string {
	asked, given := o.Form.Money(form.RoleRequested, o.Answers)
	lines, added := form.Total(o.Answers[o.Form.Roles[form.RoleCostAmount].Code], o.Form.Roles[form.RoleCostAmount].Column)
	switch {
	case !given && lines == 0:
		return "Nothing yet"
	case !given:
		return "The cost lines add up to " + lines.String() + "; the total is not entered yet"
	case !added:
		return asked.String() + ". One of the cost lines holds something that is no amount"
	case lines != asked:
		return asked.String() + ". The cost lines add up to " + lines.String() + ": the two must be the same"
	}
	if least, ok := o.Form.Money(form.RoleMinimum, o.Answers); ok && least != asked {
		return asked.String() + ", at least " + least.String()
	}
	return asked.String()
}

// thousands writes a number with commas.
func thousands(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}

func (o Overview) done() int {
	n := 0
	for _, t := range o.Tasks {
		if t.Progress == form.Done {
			n++
		}
	}
	return n
}

func (o Overview) tasks() nhs.TaskList {
	list := nhs.TaskList{IDPrefix: "section"}
	for _, t := range o.Tasks {
		task := nhs.Task{Title: t.Section.Title, Href: at(o.Application, "/sections/"+t.Section.Path())}
		switch t.Progress {
		case form.Done:
			task.Status = "Completed"
		case form.InProgress:
			task.Tag = &nhs.Tag{Text: "Incomplete", Colour: nhs.Blue}
		case form.NotStarted:
			task.Tag = &nhs.Tag{Text: "Not started", Colour: nhs.Grey}
		case form.Attention:
			task.Tag = &nhs.Tag{Text: "Needs attention", Colour: nhs.Orange}
			task.Hint = "An answer is to be put right"
		}
		if n := len(t.Missing); n > 0 && t.Progress == form.InProgress {
			task.Hint = fmt.Sprintf("%d still to be answered", n)
		}
		list.Tasks = append(list.Tasks, task)
	}
	return list
}

// missing is a question that is not answered yet, with the address of its input, or a section in which an answer is to be put right.
type missing struct{ id, text, href string }

func (o Overview) missing() []missing {
	var all []missing
	for _, t := range o.Tasks {
		for _, code := range t.Missing {
			if q, ok := o.Form.Question(code); ok {
				all = append(all, missing{string(code), t.Section.Title + ": " + q.Name(), at(o.Application, "/sections/"+t.Section.Path()+"#"+string(code))})
			}
		}
		if t.Progress != form.Done && len(t.Missing) == 0 {
			all = append(all, missing{"put-right-" + t.Section.Path(), t.Section.Title + ": an answer is to be put right", at(o.Application, "/sections/"+t.Section.Path())})
		}
	}
	return all
}

func (o Overview) signatures() nhs.Table {
	t := nhs.Table{ID: "signatures", Caption: "Signatures", CaptionSize: nhs.Medium, RowHeaders: true, Columns: []nhs.Column{{Heading: "Part"}, {Heading: "Name"}, {Heading: "Status"}}}
	for _, p := range o.People {
		if p.Relation != application.SRO && p.Relation != application.Finance {
			continue
		}
		status := nhs.Tag{Text: "Not signed", Colour: nhs.Yellow}
		for _, s := range o.Signatures {
			if s.Part == p.Relation {
				status = nhs.Tag{Text: "Signed " + uktime.Moment(s.SignedAt) + how(s.SignedFor != nil, s.TypedName, s.Given == application.ByMail), Colour: nhs.Green}
			}
		}
		t.Rows = append(t.Rows, []nhs.Cell{{Text: relation(p.Relation)}, {Text: p.Name}, {Content: status}})
	}
	return t
}

// how says how a signature was given, where that is not the plain way.
func how(deputy bool, name string, byMail bool) string {
	text := ""
	if deputy {
		text = " by " + name + ", deputy"
	}
	if byMail {
		text += ", by email"
	}
	return text
}

func (o Overview) signed() bool { return len(o.Signatures) >= 2 }

func (o Overview) may(a access.Action) bool { return o.May[a] }

func (o Overview) writable() bool { return o.Application.Writable() && o.may(access.SubmitApplication) }

// relation names a part in an application.
func relation(r application.Relation) string {
	switch r { //nolint:exhaustive // the others are not shown to the applicant's side
	case application.MainContact:
		return "Main contact"
	case application.Contributor:
		return "Contributor"
	case application.SRO:
		return "Project SRO"
	case application.Finance:
		return "Finance lead"
	case application.SRODeputy:
		return "Deputy of the project SRO"
	case application.FinDeputy:
		return "Deputy of the finance lead"
	}
	return string(r)
}

// unsent reports whether the signed answers differ from the submission that stands.
func (o Overview) unsent() bool {
	return len(o.Submissions) == 0 || o.Application.SubmittedAt == nil || o.lastSigned().After(*o.Application.SubmittedAt)
}

func (o Overview) lastSigned() time.Time {
	var last time.Time
	for _, s := range o.Signatures {
		if s.SignedAt.After(last) {
			last = s.SignedAt
		}
	}
	return last
}

// withdrawable reports whether the table of moves lets the application be withdrawn as it stands.
func (o Overview) withdrawable() bool {
	_, err := workflow.Applications().Step(o.Application.State, workflow.Withdraw)
	return err == nil
}
