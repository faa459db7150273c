package reviewer

import (
	"io"
	"net/url"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/review"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/site/route"
	"adoptionfund/internal/site/saving"
	page "adoptionfund/web/page/review"
)

// show gives the review or, before the declaration of interests, what is seen until then.
func (h handlers) show(r *route.Request) (route.Reply, error) {
	ref, err := reference(r)
	if err != nil {
		return route.Reply{}, err
	}
	sheet, err := h.Reviews.Open(r.Context(), ref)
	if fault.Is(err, fault.Forbidden) {
		return h.glimpse(r, ref, err)
	}
	if err != nil {
		return route.Reply{}, err
	}
	if !sheet.Terms && len(sheet.Parts) > 0 {
		return h.glimpse(r, ref, nil)
	}
	p := page.Sheet{Sheet: sheet, Marks: sheet.Review.Marks, Comments: sheet.Review.Comments, Feedback: sheet.Review.Feedback, Problems: r.Problems()}
	if values, again := r.Typing(); again {
		in := typed(values, r.Version(), sheet.Rubric)
		p.Marks, p.Comments, p.Feedback, p.Again = in.Marks, in.Comments, in.Feedback, true
	}
	return route.Show(p)
}

// typed reads the score sheet: every input that is named by a part, the comments and the feedback.
func typed(values url.Values, version int, rub *rubric.Rubric) review.Typed {
	in := review.Typed{Marks: review.Marks{}, Version: version, Only: []form.Code{}, Shown: map[form.Code]string{}}
	brought := func(code form.Code) {
		if !slices.Contains(in.Only, code) {
			in.Only = append(in.Only, code)
		}
	}
	for name := range values {
		shown, isShown := strings.CutSuffix(name, form.ShownName(""))
		code := strings.TrimSuffix(shown, "-reason")
		switch {
		case name == "comments-panel" || code == string(review.CommentsCode):
			brought(review.CommentsCode)
			code = string(review.CommentsCode)
		case name == "feedback" || code == string(review.FeedbackCode):
			brought(review.FeedbackCode)
			code = string(review.FeedbackCode)
		case rub != nil && rub.Part(rubric.Code(code)) == nil || rub == nil && !rubric.IsCode(code):
			continue
		default:
			brought(form.Code(code))
			in.Marks[rubric.Code(code)] = review.Given{Mark: strings.TrimSpace(values.Get(code)), Reason: values.Get(code + "-reason")}
		}
		if isShown {
			in.Shown[form.Code(code)] = values.Get(name)
		}
	}
	in.Comments = values.Get("comments-panel") + values.Get(string(review.CommentsCode)) // the second where a version was chosen
	in.Feedback = values.Get("feedback") + values.Get(string(review.FeedbackCode))
	return in
}

// write keeps what was typed, and goes where the button says.
func (h handlers) write(r *route.Request) (route.Reply, error) {
	ref, err := reference(r)
	if err != nil {
		return route.Reply{}, err
	}
	if r.WantsJSON() {
		return h.saveTyping(r, ref)
	}
	values, unchosen := saving.Chosen(r.Form())
	in := typed(values, r.Version(), nil)
	var sheet review.Sheet
	switch r.Button() {
	case "submit", "submit_next":
		sheet, err = h.Reviews.Submit(r.Context(), ref, in)
	case "revise":
		_, err = h.Reviews.Revise(r.Context(), ref, in)
	case "save", "continue", "save_next", "choose":
		sheet, err = h.Reviews.Save(r.Context(), ref, in)
	default:
		err = fault.New(fault.Invalid, "Press one of the buttons on the page")
	}
	if len(sheet.Clashes) > 0 {
		return saving.Choose(r, page.Sheet{Sheet: sheet, Marks: in.Marks}.Choose(unchosen, r.Form()), unchosen)
	}
	if err != nil {
		return r.Again(err, h.show)
	}
	return h.onward(r, ref)
}

// onward leads on after a button.
func (h handlers) onward(r *route.Request, ref ident.Ref) (route.Reply, error) {
	words := map[string]string{
		"submit": "Your review is sent. Thank you.", "submit_next": "Your review of " + string(ref) + " is sent. Thank you.", "revise": "Your revised review is sent. Thank you.",
		"choose": "Saved: the versions that you chose are in the review now.", "save_next": "Your draft of " + string(ref) + " is saved.",
	}[r.Button()]
	if words == "" {
		words = "Your draft is saved."
	}
	r.Flash(words)
	switch r.Button() {
	case "continue", "choose":
		return route.Go("/reviews/%s", ref)
	case "submit_next", "save_next":
		place, err := h.Reviews.Place(r.Context(), ref)
		if err != nil {
			return route.Reply{}, err
		}
		if place.Next != nil {
			return route.Go("/reviews/%s", place.Next.Ref)
		}
		r.Flash(words + " There is no other review to write now.")
	}
	return route.GoTo("/reviews")
}

// saveTyping keeps what is being typed and answers the script that sent it. It is saving with other words.
func (h handlers) saveTyping(r *route.Request, ref ident.Ref) (route.Reply, error) {
	in := typed(r.Form(), r.Version(), nil)
	in.Typing = true
	sheet, err := h.Reviews.Save(r.Context(), ref, in)
	if err != nil && len(sheet.Problems)+len(sheet.Clashes) == 0 {
		return route.Reply{}, err
	}
	a := saving.Acknowledge(r, sheet.Section(), sheet.Answers(), sheet.Clashes)
	a.Version, a.Problems, a.Others = sheet.Review.Version, sheet.Problems, sheet.Merged
	if a.Live, err = (page.Sheet{Sheet: sheet}).Live(r.Context()); err != nil {
		return route.Reply{}, err
	}
	return a.Reply() //nolint:wrapcheck // saving has said what it was doing
}

// file gives a file of the application, without names in its own name.
func (h handlers) file(r *route.Request) (route.Reply, error) {
	ref, err := reference(r)
	if err != nil {
		return route.Reply{}, err
	}
	id, err := ident.Parse[ident.File](r.Path("file"))
	if err != nil {
		return route.Reply{}, fault.Wrap(fault.NotFound, err, "There is no such file")
	}
	mask, err := h.Reviews.Mask(r.Context(), ref, access.ViewReview)
	if err != nil {
		return route.Reply{}, err
	}
	file, content, err := h.Applications.Evidence(r.Context(), access.ViewReview, ref, id)
	if err != nil {
		return route.Reply{}, err
	}
	return route.Download(mask.FileName(file.Name), file.MediaType, true, func(w io.Writer) error {
		defer func() { _ = content.Close() }()
		_, err := io.Copy(w, content)
		return err
	})
}
