package notify_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"adoptionfund/configs"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/workflow"
)

func load(t *testing.T) *notify.Catalogue {
	t.Helper()
	c, err := notify.Load(configs.FS, "letters/*.yaml", map[string]string{"service": "Adoption Fund", "contact": "fund@example.org", "public": "https://fund.example"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEveryNoticeOfTheWorkflowHasAText(t *testing.T) {
	t.Parallel()
	kinds := map[notify.Kind]bool{}
	for _, k := range load(t).Kinds() {
		kinds[k] = true
	}
	for _, n := range workflow.Notices() {
		if !kinds[notify.Kind(n)] {
			t.Errorf("there is no message %s", n)
		}
	}
}

func TestAMailOfAnOutcomeOnlySaysThatItIsReady(t *testing.T) {
	t.Parallel()
	c := load(t)
	fields := map[string]string{"name": "Asha", "ref": "AF21-0001", "title": "T", "call": "C", "call_ref": "AF21-CAR", "deadline": "D", "opens": "O"}
	_, body, err := c.Render(notify.Message{Kind: "outcome_ready", Fields: fields})
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"successful", "reserve", "£", "declined"} {
		if strings.Contains(body, word) {
			t.Errorf("the mail says %q:\n%s", word, body)
		}
	}
}

func TestABrokenCatalogueIsRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a:\n  about: x\n  fields: [name]\n  subject: x\n  body: '{{.nme}}'\n": "nme",
		"a:\n  about: x\n  fields: [name]\n  subject: '{{.name'\n  body: x\n":  "a:",
		"a:\n  abut: x\n": "abut",
		"a:\n  about: x\n  fields: []\n  subject: x\n  body: x\na:\n  about: x\n  fields: []\n  subject: x\n  body: x\n": "a",
	} {
		_, err := notify.Load(fstest.MapFS{"letters/a.yaml": {Data: []byte(text)}}, "letters/*.yaml", map[string]string{"service": "x"})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := notify.Load(fstest.MapFS{}, "letters/*.yaml", nil); err == nil {
		t.Error("no messages at all were accepted")
	}
}

// TestAMailIsTheSameInHTML: the same words in the same order, paragraphs, links that can be followed, and nothing that a text brings in is markup.
func TestAMailIsTheSameInHTML(t *testing.T) {
	t.Parallel()
	m := notify.Mail{Subject: "A & B", Body: "Dear <b>Asha</b>,\n\nSign in to read it:\n\nhttps://fund.example/applications/AF21-0001?a=1&b=2\n\nOr write (see https://fund.example/contact).\nThe fund\n"}
	got := m.HTML()
	for _, want := range []string{
		`<html lang="en-GB">`, "<title>A &amp; B</title>", "<p>Dear &lt;b&gt;Asha&lt;/b&gt;,</p>", `<a href="https://fund.example/applications/AF21-0001?a=1&amp;b=2">https://fund.example/applications/AF21-0001?a=1&amp;b=2</a>`,
		`(see <a href="https://fund.example/contact">https://fund.example/contact</a>).<br>The fund</p>`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("it does not have %s:\n%s", want, got)
		}
	}
}
