package applicant

import (
	"fmt"
	"io"
	"slices"

	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/site/route"
	"adoptionfund/internal/site/saving"
	page "adoptionfund/web/page/apply"
)

// section shows a section: as it is saved, or with what was typed where that is shown again.
func (o Options) section(r *route.Request) (route.Reply, error) {
	p, err := o.Applications.Open(r.Context(), refOf(r), r.Path("section"))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	shown := page.Section{Page: p, Problems: r.Problems()}
	if next := after(p); next != nil {
		shown.Next = next.Path()
	}
	if typed, again := r.Typing(); again {
		shown.Stored = p.Answers
		shown.Answers, _ = form.Bind(p.Section, typed, p.Answers)
	}
	return route.Show(shown)
}

// after is the section that follows, nil after the last one.
func after(p application.Page) *form.Section {
	i := slices.Index(p.Form.Sections, p.Section)
	if i+1 < len(p.Form.Sections) {
		return p.Form.Sections[i+1]
	}
	return nil
}

// save keeps what was typed, adds the files that were chosen, and goes where the button says.
func (o Options) save(r *route.Request) (route.Reply, error) {
	if r.WantsJSON() {
		return o.saveTyping(r)
	}
	ref, code := refOf(r), r.Path("section")
	going := r.Button() == "continue"
	uploads := r.FileFields()
	values, unchosen := saving.Chosen(r.Form())
	typed := application.Typed{Values: values, Version: r.Version(), Strict: going && len(uploads) == 0}
	p, err := o.Applications.Save(r.Context(), ref, code, typed)
	if len(p.Clashes) > 0 {
		return saving.Choose(r, page.ChooseInApplication(p, unchosen, r.Form()), unchosen)
	}
	if err == nil && going && len(uploads) == 0 {
		return goOn(p)
	}
	if !kept(err, p) {
		return r.Again(err, o.section)
	}
	if problems, failed := o.upload(r, uploads); failed != nil || len(problems) > 0 {
		if failed != nil {
			return r.Again(failed, o.section)
		}
		return r.Again(fault.Fields(merge(problems, p.Problems)), o.section)
	}
	if err != nil {
		return r.Again(err, o.section)
	}
	if going {
		return o.checkAndGoOn(r, ref, code)
	}
	return saved(r, ref, code)
}

// saved leads on after saving: to the task list, or back to the section where the person goes on there.
func saved(r *route.Request, ref ident.Ref, code string) (route.Reply, error) {
	switch r.Button() {
	case "add":
	case "choose":
		r.Flash("Saved: the versions that you chose are in the section now.")
	default:
		r.Flash("Saved.")
		return route.Go("/applications/%s", ref)
	}
	return route.Go("/applications/%s/sections/%s", ref, code)
}

// kept reports whether the answers were kept, right or wrong.
func kept(err error, p application.Page) bool { return err == nil || len(p.Problems) > 0 }

func merge(a, b fault.Problems) fault.Problems {
	for name, words := range b {
		if a[name] == "" {
			a[name] = words
		}
	}
	return a
}

// checkAndGoOn names what is missing in a section whose files were added, and goes on if nothing is.
func (o Options) checkAndGoOn(r *route.Request, ref ident.Ref, code string) (route.Reply, error) {
	p, err := o.Applications.Open(r.Context(), ref, code)
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	p, err = o.Applications.Save(r.Context(), ref, code, application.Typed{Version: p.Version, Strict: true})
	if err != nil {
		return r.Again(err, o.section)
	}
	return goOn(p)
}

// goOn leads to the section after this one, or to all answers after the last.
func goOn(p application.Page) (route.Reply, error) {
	if next := after(p); next != nil {
		return route.Go("/applications/%s/sections/%s", p.Application.Ref, next.Path())
	}
	return route.Go("/applications/%s/check", p.Application.Ref)
}

// mostAtOnce is how many files one request may bring to a question.
const mostAtOnce = 50

// upload adds every file that was chosen; what is wrong with one does not stop the others.
func (o Options) upload(r *route.Request, fields []string) (fault.Problems, error) {
	problems := fault.Problems{}
	for _, field := range fields {
		if n := len(r.Files(field)); n > mostAtOnce {
			problems[field] = fmt.Sprintf("Choose no more than %d files at once. None of these %d was added", mostAtOnce, n)
			continue
		}
		for _, file := range r.Files(field) {
			err := o.add(r, field, file)
			f, ok := fault.Of(err)
			if ok && len(f.Fields) > 0 {
				problems = merge(problems, f.Fields)
				continue
			}
			if err != nil {
				return nil, err
			}
		}
	}
	return problems, nil
}

func (o Options) add(r *route.Request, field string, file route.File) error {
	content, err := file.Open()
	if err != nil {
		return err //nolint:wrapcheck // route has said what it was doing
	}
	defer func() { _ = content.Close() }()
	up := application.Upload{Section: r.Path("section"), Question: form.Code(field), Name: file.Name, Content: content}
	return o.Applications.AddFile(r.Context(), refOf(r), up) //nolint:wrapcheck // application has said what it was doing
}

func (o Options) files(r *route.Request) (route.Reply, error) {
	v, err := o.Applications.Overview(r.Context(), refOf(r))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	return route.Show(page.Files{Overview: v})
}

func (o Options) download(r *route.Request) (route.Reply, error) {
	file, content, err := o.Applications.Download(r.Context(), refOf(r), ident.File(r.Path("file")))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	return route.Download(file.Name, file.MediaType, true, func(w io.Writer) error {
		defer func() { _ = content.Close() }()
		_, err := io.Copy(w, content)
		return err //nolint:wrapcheck // route says what it was doing
	})
}
