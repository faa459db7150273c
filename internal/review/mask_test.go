package review_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"adoptionfund/internal/form"
	"adoptionfund/internal/review"
	"adoptionfund/internal/testkit"
)

func TestNamesAreHiddenHoweverTheyAreWritten(t *testing.T) {
	t.Parallel()
	m := review.NewMask("Dr Shazia Rahman", "Finn O'Dowd", "Zoë Brontë-Lind", "Al Bo", "Mononym")
	for text, want := range map[string]string{
		"Shazia Rahman leads it":                       "[name hidden] leads it",
		"led by Dr Shazia Rahman.":                     "led by [name hidden].",
		"SHAZIA  RAHMAN's team":                        "[name hidden]'s team",
		"Dr. Rahman and S. Rahman and S Rahman":        "[name hidden] and [name hidden] and [name hidden]",
		"Rahman, S. (2024); Rahman Shazia":             "[name hidden] (2024); [name hidden]",
		"Shazia J. Rahman":                             "[name hidden]",
		"Finn O’Dowd, and Mr ODowd":                    "[name hidden], and [name hidden]",
		"ask Zoë Brontë-Lind":                          "ask [name hidden]",
		"write to s.rahman@trust.example, please":      "write to [email hidden], please",
		"The Rahmanian method of Al Boris":             "The Rahmanian method of Al Boris",
		"Nobody is named here, at 3 % of 40 sites":     "Nobody is named here, at 3 % of 40 sites",
		"Mononym is too little to be found by":         "Mononym is too little to be found by",
		"the surname Rahman by itself stays as it was": "the surname Rahman by itself stays as it was",
	} {
		if got := m.Text(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
	for name, want := range map[string]string{
		"CV Shazia Rahman.pdf": "CV name-hidden name-hidden.pdf", "CV_shazia_rahman_2.pdf": "CV_name-hidden_name-hidden_2.pdf", "ShaziaRahmanCV.pdf": "name-hiddenCV.pdf",
		"O'Dowd letter.docx": "name-hidden letter.docx", "Rahmanian.pdf": "Rahmanian.pdf", "evaluation.pdf": "evaluation.pdf", "mail s.rahman@trust.example.eml": "mail email-hidden.eml",
	} {
		if got := m.FileName(name); got != want {
			t.Errorf("%q became %q, want %q", name, got, want)
		}
	}
	var none *review.Mask
	if none.Text("Shazia Rahman") != "Shazia Rahman" || none.FileName("a.pdf") != "a.pdf" {
		t.Error("no mask hides nothing")
	}
}

// TestNoTextHoldsAWholeNameAfterwards: whatever stands around it.
func TestNoTextHoldsAWholeNameAfterwards(t *testing.T) {
	t.Parallel()
	m := review.NewMask("Shazia Rahman", "Finn O'Dowd")
	rapid.Check(t, func(t *rapid.T) {
		around := rapid.SliceOfN(rapid.SampledFrom([]string{"and", "Dr", "(", ")", ",", ".", "\n", "Shazia", "Rahman", "Finn", "O'Dowd", "of", "é", "12"}), 0, 12).Draw(t, "around")
		text := strings.Join(around, " ") + " Shazia Rahman " + strings.Join(around, " ")
		got := m.Text(text)
		for _, name := range []string{"Shazia Rahman", "Finn O'Dowd"} {
			if strings.Contains(got, name) {
				t.Fatalf("%q became %q", text, got)
			}
		}
		if m.Text(got) != got {
			t.Fatalf("masking again changes %q to %q", got, m.Text(got))
		}
	})
}

func masks(p *testkit.Panel) {
	if err := p.DB.Write.Exec("UPDATE calls SET settings = replace(settings, ?, ?)", `"mask_names":false`, `"mask_names":true`).Error; err != nil {
		panic(err)
	}
}

func TestAReviewerReadsNoNamesWhereTheCallHidesThem(t *testing.T) {
	t.Parallel()
	p, a := one(t)
	who := p.Reviewers(a)["clinical"]
	p.Declared(who, a)
	f, err := p.Library.Form("application-1")
	ok(t, err)
	open := func() review.Sheet {
		t.Helper()
		sheet, err := p.Reviews.Open(p.As(who), a.Ref)
		ok(t, err)
		return sheet
	}
	plain := open()
	name := plain.Standing.Answers[f.Role(form.RoleSROName).Code].Text
	if name == "" || plain.Mask != nil {
		t.Fatalf("%q", name)
	}
	masks(p)
	masked := open()
	for code, v := range masked.Standing.Answers {
		if strings.Contains(v.Text, name) || strings.Contains(v.Text, "@") {
			t.Errorf("%s shows %q", code, v.Text)
		}
	}
	if got := masked.Standing.Answers[f.Role(form.RoleSROName).Code].Text; got != "[name hidden]" {
		t.Error(got)
	}
	if masked.Standing.Answers["SU2"].Text != plain.Standing.Answers["SU2"].Text || masked.Size != plain.Size {
		t.Error("an answer that names nobody changed")
	}
	sheet, err := p.Reviews.Open(p.As(testkit.Auditor), a.Ref)
	ok(t, err)
	if sheet.Standing.Answers[f.Role(form.RoleSROName).Code].Text != name {
		t.Error("auditors read everything")
	}
}
