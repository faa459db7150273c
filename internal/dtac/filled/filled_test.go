package filled_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"adoptionfund/configs"
	"adoptionfund/internal/dtac/filled"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
)

func forms(tb testing.TB) []*form.Form {
	tb.Helper()
	var list []*form.Form
	for _, name := range []string{"dtac-v2", "dtac-v1"} {
		f, err := form.Load(configs.FS, "forms/"+name+".yaml")
		if err != nil {
			tb.Fatal(err)
		}
		list = append(list, f)
	}
	return list
}

// packed makes an archive of parts, in their order.
func packed(tb testing.TB, parts ...string) []byte {
	tb.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i+1 < len(parts); i += 2 {
		w, err := z.Create(parts[i])
		if err == nil {
			_, err = io.WriteString(w, parts[i+1])
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func escaped(text string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(text))
	return b.String()
}

// run is text in a style: "**text**" is bold, "~~text~~" is struck out.
func runs(text string, write func(text, style string) string) string {
	var b strings.Builder
	for _, part := range []struct{ sign, style string }{{"**", "bold"}, {"~~", "struck"}} {
		if pieces := strings.Split(text, part.sign); len(pieces) > 1 {
			for i, piece := range pieces {
				b.WriteString(write(piece, []string{"", part.style}[i%2]))
			}
			return b.String()
		}
	}
	return write(text, "")
}

func word(tb testing.TB, rows [][]string) []byte {
	tb.Helper()
	var b strings.Builder
	b.WriteString(`<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>Introduction</w:t></w:r></w:p><w:tbl>`)
	for _, row := range rows {
		b.WriteString(`<w:tr>`)
		for _, cell := range row {
			b.WriteString(`<w:tc><w:tcPr/>`)
			for line := range strings.SplitSeq(cell, "\n") {
				b.WriteString(`<w:p>` + runs(line, func(text, style string) string {
					properties := map[string]string{"": "", "bold": `<w:rPr><w:b/></w:rPr>`, "struck": `<w:rPr><w:strike/></w:rPr>`}[style]
					return `<w:r>` + properties + `<w:t xml:space="preserve">` + escaped(text) + `</w:t></w:r>`
				}) + `</w:p>`)
			}
			b.WriteString(`</w:tc>`)
		}
		b.WriteString(`</w:tr>`)
	}
	b.WriteString(`</w:tbl></w:body></w:document>`)
	return packed(tb, "[Content_Types].xml", "<Types/>", "word/document.xml", b.String())
}

func openText(tb testing.TB, rows [][]string) []byte {
	tb.Helper()
	var b strings.Builder
	b.WriteString(`<office:document-content xmlns:office="o" xmlns:text="t" xmlns:table="a" xmlns:style="s" xmlns:fo="f"><office:automatic-styles>` +
		`<style:style style:name="bold"><style:text-properties fo:font-weight="bold"/></style:style>` +
		`<style:style style:name="struck"><style:text-properties style:text-line-through-style="solid"/></style:style></office:automatic-styles><office:body><office:text><table:table>`)
	for _, row := range rows {
		b.WriteString(`<table:table-row>`)
		for _, cell := range row {
			b.WriteString(`<table:table-cell>`)
			for line := range strings.SplitSeq(cell, "\n") {
				b.WriteString(`<text:p>` + runs(line, func(text, style string) string {
					return `<text:span text:style-name="` + style + `">` + escaped(text) + `</text:span>`
				}) + `</text:p>`)
			}
			b.WriteString(`</table:table-cell>`)
		}
		b.WriteString(`</table:table-row>`)
	}
	b.WriteString(`</table:table></office:text></office:body></office:document-content>`)
	return packed(tb, "mimetype", "application/vnd.oasis.opendocument.text", "content.xml", b.String())
}

// blank is a row as the blank form has it, with an invented wording of what stands around the choices.
func blank(q *form.Question) []string {
	labels := make([]string, len(q.Options))
	for i, o := range q.Options {
		labels[i] = o.Label
	}
	options := strings.Join(labels, " | ")
	switch {
	case q.Kind == form.KindDate:
		options = "Date | Not applicable"
	case len(labels) == 0:
		options = "Free text"
	}
	return []string{string(q.Code) + " ", "Invented wording: " + q.Text, options, "Please see the guidance for this.", "To pass, the answer must be the first choice."}
}

func head() []string {
	return []string{"Code", "Question", "Options", "Supporting information", "Scoring criteria"}
}

// way is a way in which people fill in a row; it gives false for a question that it does not suit.
type way struct {
	name string
	sure bool
	fill func(q *form.Question, row []string) (form.Value, bool)
}

func closed(q *form.Question) bool {
	return len(q.Options) > 0 && q.Kind != form.KindDate && q.Kind != form.KindMultiChoice
}

// last is the last option of a question that needs no words of its own.
func last(q *form.Question) form.Option {
	for _, o := range slices.Backward(q.Options) {
		if o.Value != form.Other {
			return o
		}
	}
	return form.Option{}
}

func pick(mark func(label string) string) func(q *form.Question, row []string) (form.Value, bool) {
	return func(q *form.Question, row []string) (form.Value, bool) {
		if !closed(q) {
			return form.Value{}, false
		}
		row[2] = strings.Replace(" | "+row[2]+" |", "| "+last(q).Label+" |", "| "+mark(last(q).Label)+" |", 1)
		row[2] = strings.Trim(row[2], " |")
		return form.Chosen(last(q).Value), true
	}
}

func ways() []way {
	typed := func(q *form.Question) (string, form.Value) {
		switch q.Kind { //nolint:exhaustive // the rest is text
		case form.KindDate:
			return "3 March 2026", form.Value{Date: "2026-03-03"}
		case form.KindNumber:
			return "99.95%", form.Value{Number: "99.95"}
		case form.KindURL:
			return "https://product.example/accessibility", form.Value{Text: "https://product.example/accessibility"}
		default:
			return "Tamsin Vale, clinical pharmacist, 2071934", form.Value{Text: "Tamsin Vale, clinical pharmacist, 2071934"}
		}
	}
	free := func(put func(row []string, text string)) func(q *form.Question, row []string) (form.Value, bool) {
		return func(q *form.Question, row []string) (form.Value, bool) {
			if len(q.Options) > 0 && q.Kind != form.KindDate {
				return form.Value{}, false
			}
			text, v := typed(q)
			put(row, text)
			return v, true
		}
	}
	return []way{
		{"the other choices deleted", true, func(q *form.Question, row []string) (form.Value, bool) {
			row[2] = last(q).Label
			return form.Chosen(last(q).Value), closed(q)
		}},
		{"one in bold", true, pick(func(label string) string { return "**" + label + "**" })},
		{"a cross before", true, pick(func(label string) string { return "X " + label })},
		{"a cross behind", true, pick(func(label string) string { return label + " x" })},
		{"a ticked box", true, pick(func(label string) string { return "☒ " + label })},
		{"the others struck out", true, func(q *form.Question, row []string) (form.Value, bool) {
			if !closed(q) || len(q.Options) != 2 {
				return form.Value{}, false
			}
			row[2] = "~~" + q.Options[0].Label + "~~ | " + q.Options[1].Label
			return form.Chosen(q.Options[1].Value), true
		}},
		{"typed over the options", true, func(q *form.Question, row []string) (form.Value, bool) {
			row[2] = last(q).Label + ", as described in document 7"
			return form.Chosen(last(q).Value), closed(q)
		}},
		{"typed under the options", true, func(q *form.Question, row []string) (form.Value, bool) {
			row[2] += "\n" + last(q).Label
			return form.Chosen(last(q).Value), closed(q)
		}},
		{"typed over the last column", false, func(q *form.Question, row []string) (form.Value, bool) {
			row[4] = last(q).Label + ". We hold the document and share it on request."
			return form.Chosen(last(q).Value), closed(q)
		}},
		{"typed over the prompt", true, free(func(row []string, text string) { row[2] = text })},
		{"typed under the prompt", true, free(func(row []string, text string) { row[2] += "\n" + text })},
		{"typed over the scoring", false, free(func(row []string, text string) { row[4] = text })},
	}
}

func read(tb testing.TB, file []byte) filled.Reading {
	tb.Helper()
	r, err := filled.Read(bytes.NewReader(file), int64(len(file)), forms(tb))
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// TestEveryWayOfFillingInIsRead: each question of both versions, in each way that people fill it in, in both kinds of file.
func TestEveryWayOfFillingInIsRead(t *testing.T) {
	t.Parallel()
	for _, f := range forms(t) {
		for _, w := range ways() {
			for kind, write := range map[string]func(testing.TB, [][]string) []byte{"docx": word, "odt": openText} {
				t.Run(f.ID+" "+w.name+" "+kind, func(t *testing.T) {
					t.Parallel()
					rows, want := [][]string{head()}, form.Answers{}
					for _, q := range f.Questions() {
						row := blank(q)
						if v, suits := w.fill(q, row); suits {
							want[q.Code] = v
						} else {
							row = blank(q)
						}
						rows = append(rows, row)
					}
					got := read(t, write(t, rows))
					if got.Form != f.ID || len(got.Unknown) > 0 || len(got.Absent) > 0 {
						t.Fatalf("read as %s, unknown %v, absent %v", got.Form, got.Unknown, got.Absent)
					}
					compare(t, f, got, want, w.sure)
				})
			}
		}
	}
}

func compare(t *testing.T, f *form.Form, got filled.Reading, want form.Answers, sure bool) {
	t.Helper()
	for _, p := range got.Proposals {
		v, expected := want[p.Code]
		if !expected {
			t.Errorf("%s: nobody answered it, proposed %+v from %q", p.Code, p.Value, p.Cell)
			continue
		}
		delete(want, p.Code)
		if !form.Same(p.Value, v) || p.Sure != sure {
			t.Errorf("%s: proposed %+v (sure: %v, %s) from %q, want %+v", p.Code, p.Value, p.Sure, p.Why, p.Cell, v)
		}
		if p.Table != 1 || p.Row < 2 || p.Column < 3 || p.Cell == "" {
			t.Errorf("%s: it is said to be from table %d, row %d, column %d: %q", p.Code, p.Table, p.Row, p.Column, p.Cell)
		}
		if _, ok := f.Question(p.Code); !ok {
			t.Errorf("%s is no question", p.Code)
		}
	}
	for code := range want {
		t.Errorf("%s: its answer was not found", code)
	}
}

func TestABlankFormAnswersNothing(t *testing.T) {
	t.Parallel()
	for _, f := range forms(t) {
		rows := [][]string{head()}
		for _, q := range f.Questions() {
			rows = append(rows, blank(q))
		}
		if got := read(t, word(t, rows)); len(got.Proposals) > 0 || len(got.Silent) != len(f.Questions()) {
			t.Errorf("%s: %d proposals, %d without an answer; first: %+v", f.ID, len(got.Proposals), len(got.Silent), got.Proposals)
		}
	}
}

func TestCodesThatTheFormDoesNotHaveAndQuestionsWithoutARowAreNamed(t *testing.T) {
	t.Parallel()
	got := read(t, word(t, [][]string{head(), {"C1.1.1", "?", "Yes", "", ""}, {"C1.9.9", "?", "Yes", "", ""}, {"C3.2 ", "?", "No", "", ""}}))
	if !slices.Equal(got.Unknown, []string{"C1.9.9"}) || !slices.Contains(got.Absent, "C2.1") || len(got.Proposals) != 2 {
		t.Errorf("%+v", got)
	}
}

func TestMergedCellsKeepTheirColumns(t *testing.T) {
	t.Parallel()
	file := packed(t, "[Content_Types].xml", "<Types/>", "word/document.xml", `<w:document xmlns:w="w"><w:body><w:tbl>`+
		`<w:tr><w:tc><w:p><w:r><w:t>Code</w:t></w:r></w:p></w:tc><w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr><w:p><w:r><w:t>Question</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Options</w:t></w:r></w:p></w:tc></w:tr>`+
		`<w:tr><w:tc><w:p><w:r><w:t>C3.2 </w:t></w:r></w:p></w:tc><w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr><w:p><w:r><w:t>Signed?</w:t></w:r></w:p></w:tc>`+
		`<w:tc><w:tbl><w:tr><w:tc><w:p><w:r><w:t>Yes</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p/></w:tc></w:tr>`+
		`</w:tbl></w:body></w:document>`)
	got := read(t, file)
	if len(got.Proposals) != 1 || got.Proposals[0].Column != 4 || !form.Same(got.Proposals[0].Value, form.Chosen("yes")) {
		t.Errorf("%+v", got.Proposals)
	}
}

func TestWhatWasDeletedWithChangesTrackedIsNoAnswer(t *testing.T) {
	t.Parallel()
	file := packed(t, "[Content_Types].xml", "<Types/>", "word/document.xml", `<w:document xmlns:w="w"><w:body><w:tbl><w:tr><w:tc><w:p><w:r><w:t>C3.2</w:t></w:r></w:p></w:tc><w:tc/><w:tc><w:p>`+
		`<w:del><w:r><w:delText>Yes | </w:delText></w:r></w:del><w:ins><w:r><w:t>No</w:t></w:r></w:ins></w:p></w:tc></w:tr></w:tbl></w:body></w:document>`)
	if got := read(t, file); len(got.Proposals) != 1 || !form.Same(got.Proposals[0].Value, form.Chosen("no")) {
		t.Errorf("%+v", got.Proposals)
	}
}

func TestAChoiceInOtherWordsIsNeverCertain(t *testing.T) {
	t.Parallel()
	got := read(t, word(t, [][]string{head(), {"A4", "Kind", "Mobile or standalone app", "", ""}, {"C2.2.5", "Where", "Only within these isles | Outside the UK", "", ""}}))
	for _, p := range got.Proposals {
		if p.Sure {
			t.Errorf("%+v", p)
		}
	}
}

// refused are files that nobody's word processor wrote, with the words in the refusal.
func refused(tb testing.TB) map[string][]byte {
	tb.Helper()
	body := func(text string) []byte {
		return packed(tb, "[Content_Types].xml", "<Types/>", "word/document.xml", text)
	}
	return map[string][]byte{
		"must be a Word document":  []byte("%PDF-1.7"),
		"no table in the file":     body(`<w:document xmlns:w="w"><w:body/></w:document>`),
		"not as a word processor":  body(`<!DOCTYPE d [<!ENTITY a "aaaa">]><w:document xmlns:w="w"/>`),
		"is damaged":               body(`<w:document xmlns:w="w"><w:body>`),
		"far more than a DTAC":     body(`<w:document xmlns:w="w">` + strings.Repeat(" ", 13<<20) + `</w:document>`),
		"holds far more than":      body(strings.Repeat("<a>", 300) + strings.Repeat("</a>", 300)),
		"far more than a DTAC for": body(`<w:document xmlns:w="w"><w:tbl>` + strings.Repeat(`<w:tr><w:tc/></w:tr>`, 6000) + `</w:tbl></w:document>`),
		"has macros":               packed(tb, "[Content_Types].xml", "<Types/>", "word/document.xml", "<d/>", "word/vbaProject.bin", "x"),
		"macros in it":             packed(tb, "mimetype", "application/vnd.oasis.opendocument.text", "content.xml", "<d/>", "Basic/Standard/Module1.xml", "<m/>"),
	}
}

func TestWhatIsNoFilledInFormIsRefusedByName(t *testing.T) {
	t.Parallel()
	for words, file := range refused(t) {
		_, err := filled.Read(bytes.NewReader(file), int64(len(file)), forms(t))
		if !fault.Is(err, fault.Invalid) || !strings.Contains(fmt.Sprint(err), words) {
			t.Errorf("%s: %v", words, err)
		}
	}
}

// FuzzRead: no file makes the reading panic, or read more than its limits; what it proposes are answers that the form knows.
func FuzzRead(f *testing.F) {
	sets := forms(f)
	rows := [][]string{head()}
	for _, q := range sets[0].Questions() {
		rows = append(rows, []string{string(q.Code), q.Text, "**Yes** | No", "x", "y"})
	}
	f.Add(word(f, rows), false)
	f.Add(openText(f, rows), false)
	for _, file := range refused(f) {
		if len(file) < 8<<10 {
			f.Add(file, false)
		}
	}
	f.Add([]byte(`<w:tbl><w:tr><w:tc><w:p><w:r><w:t>C3.2</w:t></w:r></w:p></w:tc><w:tc/><w:tc><w:r><w:rPr><w:b/></w:rPr><w:t>[X]x| Yes</w:t></w:r></w:tc></w:tr></w:tbl>`), true)
	f.Fuzz(func(t *testing.T, file []byte, bare bool) {
		if bare { // the XML itself, so that what is fuzzed is not the compression
			file = packed(t, "[Content_Types].xml", "", "word/document.xml", string(file))
		}
		r, err := filled.Read(bytes.NewReader(file), int64(len(file)), sets)
		if err != nil {
			if _, ok := fault.Of(err); !ok {
				t.Errorf("an error that people cannot read: %v", err)
			}
			return
		}
		for _, p := range r.Proposals {
			for _, set := range sets {
				q, ok := set.Question(p.Code)
				if set.ID != r.Form || !ok && set.ID != r.Form {
					continue
				}
				for _, c := range p.Value.Choices {
					if _, known := q.Option(c); !known {
						t.Errorf("%s has no option %s", p.Code, c)
					}
				}
			}
		}
	})
}
