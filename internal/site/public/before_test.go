package public_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
)

// fine are answers to the self-check in which nothing stands in the way.
func fine() url.Values {
	return url.Values{
		"LE1": {"icb"}, "EV1": {"yes"}, "EV2": {"yes"}, "EV3": {"yes"}, "DT1": {"ready"}, "FU1": {"no"}, "RO1": {"yes"}, "RO2": {"yes"}, "CO1": {"£250,000"},
	}
}

func TestTheSelfCheckSaysWhatTheAnswersSuggestAndKeepsNothing(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.Round()
	const path = "/calls/AF26-CAR/self-check"
	want(t, s.Browser().Get(path), 404)
	s.OpenCall()
	b := s.Browser()
	want(t, b.Get("/calls/AF26-CAR"), 200, path)
	want(t, b.Get(path), 200, "Nothing that you answer is kept", "What kind of organisation would lead?", "Fewer outpatient appointments", "Spend by: 31 March 2027")
	want(t, b.Get(path+"?"+fine().Encode()), 200, "Nothing that you answered stands in the way", "£250,000", "Answer again")

	bad := fine()
	bad["LE1"], bad["FU1"], bad["CO1"], bad["DT1"] = []string{"innovator"}, []string{"yes"}, []string{"600000"}, []string{"none"}
	want(t, b.Get(path+"?"+bad.Encode()), 200, "You probably cannot apply", "cannot lead an application in this call", "does not pay for what the NHS pays for already",
		"more than one application can ask for", "Look at this before you apply", "an action plan")
	missing := fine()
	missing.Del("EV1")
	missing.Set("CO1", "much")
	want(t, b.Get(path+"?"+missing.Encode()), 422, `href="#EV1"`, `href="#CO1"`, `value="much"`)
	want(t, b.Get(path+"?LE1=emperor&XX9=%3Cscript%3E"), 422, "There is")
}

func TestTheQuestionsCanBeTakenAwayToDraftIn(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.Round()
	want(t, s.Browser().Get("/calls/AF26-CAR/questions.docx"), 404)
	s.OpenCall()
	b := s.Browser()
	want(t, b.Get("/calls/AF26-CAR/questions"), 200, "questions.docx")
	got := textOf(t, b.Get("/calls/AF26-CAR/questions.docx").Body)
	for _, part := range []string{"Cardiology and cardiac surgery", "SU1 What is the title of your project?", "Up to 200 words.", "Monday 12 October 2026 at 12:00 UK time", "First use of the technology"} {
		if !strings.Contains(got, part) {
			t.Errorf("no %q", part)
		}
	}
	f, err := s.Library.Form("application-1")
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range f.Questions() {
		if !strings.Contains(got, ">"+string(q.Code)+" ") {
			t.Errorf("question %s is not in the document", q.Code)
		}
	}
}

// textOf reads the text of a Word document.
func textOf(t *testing.T, file string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader([]byte(file)), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAQuestionIsAskedAnsweredAndPublishedWithoutNames(t *testing.T) {
	t.Parallel()
	s := serve(t)
	const path = "/calls/AF26-CAR/questions-and-answers"
	s.Round()
	want(t, s.Browser().Get(path), 404)
	s.OpenCall()
	s.Person("admin", "administrator", access.Scope{})
	want(t, s.Browser().Get(path), 200, "No answer has been published yet", "/sign-in?next=")
	want(t, s.Browser().Post(path, url.Values{"question": {"Who am I?"}}), 303)

	asker, other, admin := s.SignedIn("asha"), s.SignedIn("bela"), s.SignedIn("admin")
	want(t, asker.Post(path, url.Values{"question": {""}}), 422, `href="#question"`)
	want(t, asker.Post(path, url.Values{"question": {strings.Repeat("x", 2001)}}), 422, "2,000 characters")
	want(t, asker.Follow(asker.Post(path, url.Values{"question": {"May Asha's trust share <a post>?"}, "code": {"SU1"}})), 200, "It waits for an answer", "SU1 Project title", "share &lt;a post&gt;")
	for _, b := range []string{other.Get(path).Body, s.Browser().Get(path).Body} {
		if strings.Contains(b, "&lt;a post") {
			t.Error("a question that was not answered is shown to others")
		}
	}

	want(t, admin.Get("/"), 200, "A question about a call waits for an answer")
	list := want(t, admin.Get("/admin/questions"), 200, "Asha", "AF26-CAR", "SU1")
	at := list.Body[strings.Index(list.Body, "/admin/questions/"):]
	at = at[:strings.IndexByte(at, '"')]
	want(t, other.Get(at), 403)
	want(t, asker.Post(at, url.Values{"answer": {"Yes"}}), 403)
	page := want(t, admin.Get(at), 200, "Asha", `name="version" value="1"`)
	want(t, admin.Post(at, url.Values{"version": {"1"}, "published": {""}, "answer": {""}, "public": {"yes"}}), 422, `href="#answer"`, `href="#published"`)
	given := url.Values{"version": {"1"}, "published": {"May a trust share a post?"}, "answer": {"Yes, if both say so."}, "public": {"yes"}}
	want(t, admin.Follow(admin.Post(at, given)), 200, "The answer is given", "No question waits")
	want(t, admin.Post(at, given), 409, "Someone else answered")
	for _, b := range []string{other.Get(path).Body, s.Browser().Get(path).Body} {
		if !strings.Contains(b, "May a trust share a post?") || !strings.Contains(b, "Yes, if both say so.") || strings.Contains(b, "Asha") {
			t.Errorf("the answer is not published without names\n%s", b)
		}
	}
	want(t, asker.Get(path), 200, "share &lt;a post&gt;", "Yes, if both say so.")
	if mails := s.Mails("asha"); len(mails) == 0 || !strings.Contains(mails[0].Subject, "your question is answered") {
		t.Errorf("%+v", mails)
	}
	if strings.Contains(page.Body, "Answered") {
		t.Error("it was answered before")
	}
	want(t, admin.Post(at, url.Values{"version": {"2"}, "published": {"May a trust share a post?"}, "answer": {"Only half of it."}, "public": {""}}), 303)
	if strings.Contains(other.Get(path).Body, "half") {
		t.Error("an answer to one person is shown to others")
	}
	want(t, asker.Get(path), 200, "Only half of it.", "put right on")
	s.Closed()
	want(t, s.Browser().Get(path), 200, "no longer taken")
	s.Want(s.Funds.Ask(s.As("asha"), "AF26-CAR", fund.Asked{Text: "Too late?"}), fault.Conflict)
	s.Unbroken()
}

func TestTheLogOfAnswersIsPagedAndOnePersonCannotFloodIt(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.OpenCall()
	s.Person("admin", "administrator", access.Scope{})
	s.Person("asha", "", access.Scope{})
	for n := range 53 {
		if err := s.Funds.Ask(s.As("asha"), "AF26-CAR", fund.Asked{Text: fmt.Sprintf("Question %02d?", n)}); err != nil {
			t.Fatal(err)
		}
		waiting, _, err := s.Funds.Inbox(s.As("admin"))
		if err != nil {
			t.Fatal(err)
		}
		s.Clock.Add(1e9)
		err = s.Funds.Answer(s.As("admin"), waiting[0].ID, fund.Answering{Published: fmt.Sprintf("Question %02d?", n), Answer: "Yes.", Public: true, Version: 1})
		if err != nil {
			t.Fatal(err)
		}
	}
	b := s.Browser()
	first := want(t, b.Get("/calls/AF26-CAR/questions-and-answers"), 200, "Question 52?", "Question 03?", "Next")
	if strings.Contains(first.Body, "Question 02?") {
		t.Error("more than a page")
	}
	next := first.Body[strings.Index(first.Body, "?before="):]
	next = next[:strings.IndexByte(next, '"')]
	second := want(t, b.Get("/calls/AF26-CAR/questions-and-answers"+next), 200, "Question 02?", "Question 00?")
	if strings.Contains(second.Body, "Question 03?") {
		t.Error("the pages overlap")
	}
	want(t, b.Get("/calls/AF26-CAR/questions-and-answers?before=nonsense"), 404)
	for range fund.QuestionsWaiting {
		if err := s.Funds.Ask(s.As("asha"), "AF26-CAR", fund.Asked{Text: "Again?"}); err != nil {
			t.Fatal(err)
		}
	}
	s.Want(s.Funds.Ask(s.As("asha"), "AF26-CAR", fund.Asked{Text: "Once more?"}), fault.Invalid)
	s.Want(s.Funds.Ask(s.Anonymous(), "AF26-CAR", fund.Asked{Text: "May I?"}), fault.SignIn)
}
