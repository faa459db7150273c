package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"adoptionfund/internal/form"
	"adoptionfund/internal/testkit/chromium"
)

// TestBeforeAndBesideTheForm checks eligibility, asks and answers a question, looks up an organisation, adds up costs, and keeps a copy.
//
//nolint:paralleltest // the browser is one, and each path is long
func TestBeforeAndBesideTheForm(t *testing.T) {
	b := chromium.Start(t, modules)
	for name, how := range ways() {
		t.Run(name, func(t *testing.T) {
			p := newPath(t, b, how)
			p.prepare()
			p.open()
			p.selfCheck()
			p.begin()
			p.ask()
			p.lookUp()
			p.costs()
			p.keepACopy()
			if how.JavaScript {
				p.countWords()
			}
		})
	}
}

func (p *path) selfCheck() {
	p.t.Helper()
	at := p.browser.Person(p.t, p.url, "anyone", p.how)
	p.known["anyone"] = at
	at.Go("/calls/AF26-CAR").Press("Check whether you can apply").Sees("Nothing that you answer is kept")
	at.Press("See what this suggests").Sees("There is a problem", "Select lead organisation")
	at.Fill(map[string][]string{"LE1": {"trust"}, "EV1": {"yes"}, "EV2": {"no"}, "EV3": {"yes"}, "DT1": {"begun"}, "FU1": {"no"}, "RO1": {"yes"}, "RO2": {"yes"}, "CO1": {"£600,000"}})
	at.Press("See what this suggests").Sees("You probably cannot apply", "more than one application can ask for", "Some evidence from the NHS is needed")
	at.Go("/calls/AF26-CAR/questions").Sees("Download the questions as a Word document", "SU1 What is the title of your project?")
}

// begin starts an application.
func (p *path) begin() {
	p.t.Helper()
	at := p.person("applicant@trust.example")
	at.Go("/applications/start?call=AF26-CAR")
	at.Fill(map[string][]string{"call": {"AF26-CAR"}, "title": {"Remote monitoring after surgery"}, "lead": {"QMF"}})
	at.Press("Start").Sees("0 of 11 sections completed", "Words written")
}

func (p *path) ask() {
	p.t.Helper()
	const log = "/calls/AF26-CAR/questions-and-answers"
	at := p.person("applicant@trust.example")
	at.Go(log).Type(map[string]string{"question": "May two trusts share a post?"}).Press("Send the question").Sees("Your question is with the fund team", "It waits for an answer")
	p.tick()
	admin := p.person("admin@fund.example")
	admin.Go("/").Press("A question about a call waits").Press("May two trusts share a post?")
	admin.Type(map[string]string{"published": "May organisations share a post?", "answer": "Yes, if both name it."}).Press("Give the answer").Sees("No question waits for an answer")
	p.known["anyone"].Go(log).Sees("May organisations share a post?", "Yes, if both name it.").Not("May two trusts")
}

// lookUp names an organisation by its name: offered while it is typed, or chosen after it was sent.
func (p *path) lookUp() {
	p.t.Helper()
	at := p.person("applicant@trust.example")
	at.Go("/applications/" + p.reference() + "/sections/organisations")
	if p.how.JavaScript {
		at.TabTo("Which organisation receives the funding?").Select()
		at.Strike("sussex integrated").Until("NHS Sussex Integrated Care Board (QNX)").Strike(kb.ArrowDown).Strike(kb.Enter)
		at.Press("Save and come back later").Sees("Saved.")
		at.Go("/applications/" + p.reference() + "/sections/organisations").Sees("Now: NHS Sussex Integrated Care Board (QNX)")
		return
	}
	at.Fill(map[string][]string{"OR2": {"sussex"}})
	at.Press("Save and come back later").Sees("Saved.")
	at.Go("/applications/" + p.reference() + "/sections/organisations").Sees("Now: NHS Sussex Integrated Care Board (QNX)")
	at.Fill(map[string][]string{"OR2": {"yorkshire"}})
	at.Press("Save and come back later").Sees("Which of these is “yorkshire”?", "NHS West Yorkshire Integrated Care Board")
}

// costs adds lines up while they are typed, and by category and quarter when they are saved.
func (p *path) costs() {
	p.t.Helper()
	at := p.person("applicant@trust.example")
	path := "/applications/" + p.reference() + "/sections/costs"
	line := func(n int, category, quarter, amount string) map[string][]string {
		of := func(column string) string { return fmt.Sprintf("CO1[%d].%s", n, column) }
		return map[string][]string{
			of("description"): {"Line"}, of("category"): {category}, of("use"): {"revenue"}, of("recurrent"): {"no"}, of("vat"): {"none"}, of("year"): {"2026_27"}, of("quarter"): {quarter}, of("amount"): {amount},
		}
	}
	at.Go(path)
	at.Fill(line(0, "hardware", "q3", "£1,000.50"))
	if p.how.JavaScript {
		at.TabTo("Add a row").Strike(" ")
	} else {
		at.Press("Save and add a row")
	}
	at.Fill(line(1, "training", "q4", "500"))
	if p.how.JavaScript {
		at.Sees("Total as typed: £1,500.50")
	}
	at.Press("Save and come back later").Sees("The cost lines add up to £1,500.50; the total is not entered yet")
	at.Go(path).Sees("By category, as saved", "Devices and hardware", "By quarter, as saved", "2026 to 2027, October to December", "£1,500.50")
}

func (p *path) keepACopy() {
	p.t.Helper()
	at := p.person("applicant@trust.example")
	at.Go("/applications/"+p.reference()).Press("Read or print the whole application").Sees("draft, not submitted", "Download it as a PDF file", "Devices and hardware")
	at.Go("/applications/" + p.reference() + "/check").Sees("Not answered")
}

// countWords: what the counter beside a text says is what the server counts.
func (p *path) countWords() {
	p.t.Helper()
	at := p.person("applicant@trust.example")
	at.Go("/applications/" + p.reference() + "/sections/summary")
	for _, text := range []string{
		"one", "one two", " one  two\nthree\t", "a – b", "a–b", "don't stop", "non\u00a0breaking space", "zero\u200bwidth", "\ufeffmark\ufeffmark", "thin\u2009space\u202fnarrow",
		"ideographic\u3000space", "line\u2028separator", "emoji 👩‍⚕️ here", "next\u0085line", "", strings.Repeat("word ", 199),
	} {
		left := 200 - form.Words(text)
		want := fmt.Sprintf("You have %d words remaining", left)
		if left == 1 {
			want = "You have 1 word remaining"
		}
		if got := at.Remaining("SU2", text); got != want {
			p.t.Errorf("%q: the browser says %q, the server counts %d words", text, got, form.Words(text))
		}
	}
}

// reference is that of the application, as the address of its page has it.
func (p *path) reference() string { return "AF26-0001" }
