package htmlcheck_test

import (
	"strings"
	"testing"

	"adoptionfund/internal/site/htmlcheck"
)

const good = `<!DOCTYPE html><html lang="en-GB"><head><title>Calls</title><link rel="stylesheet" href="/assets/app.css"></head><body>
<script src="/assets/early.js"></script><a href="#maincontent">Skip to main content</a><header role="banner"></header>
<main id="maincontent"><h1>Calls</h1>
<form method="post"><label for="title">Title</label><input id="title" name="title" type="text" aria-describedby="title-hint"><div id="title-hint">Hint</div>
<fieldset><legend>Tier</legend><label><input type="radio" name="tier" value="a">A</label></fieldset><input type="hidden" name="version" value="1">
<button>Save</button></form><table><caption>Calls</caption><tr><td>1</td></tr></table></main><footer role="contentinfo"></footer></body></html>`

func TestAGoodPageHasNoProblems(t *testing.T) {
	t.Parallel()
	if problems := htmlcheck.CheckPage(good); len(problems) > 0 {
		t.Errorf("problems in a good page: %s", strings.Join(problems, "; "))
	}
}

func TestEachMistakeIsFound(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ old, replacement, wants string }{
		"no language":        {` lang="en-GB"`, ``, "language"},
		"no title":           {`<title>Calls</title>`, `<title></title>`, "title"},
		"two headings":       {`<h1>Calls</h1>`, `<h1>Calls</h1><h1>More</h1>`, "h1"},
		"no main":            {`<main id="maincontent">`, `<div id="maincontent">`, "main landmark"},
		"no banner":          {` role="banner"`, ``, "banner"},
		"no footer":          {` role="contentinfo"`, ``, "footer"},
		"no skip link":       {`href="#maincontent"`, `href="/"`, "skip link"},
		"field unlabelled":   {`<label for="title">Title</label>`, ``, "has no label"},
		"label without word": {`>Title</label>`, `></label>`, "has no label"},
		"dangling error":     {`<button>`, `<a href="#nothing">Enter a title</a><button>`, "#nothing"},
		"dangling hint":      {`id="title-hint"`, `id="other"`, "title-hint"},
		"inline style":       {`<button>`, `<button style="color:red">`, "inline style"},
		"inline handler":     {`<button>`, `<button onclick="x()">`, "inline handler"},
		"inline script":      {`<script src="/assets/early.js">`, `<script>`, "inline script"},
		"other host":         {`/assets/early.js`, `https://example.org/x.js`, "another host"},
		"same id twice":      {`<table>`, `<table id="title">`, "stands at 2 elements"},
		"no alt text":        {`<button>`, `<img src="/x.png"><button>`, "no alt text"},
		"empty link":         {`<button>`, `<a href="/x"></a><button>`, "has no words"},
		"no caption":         {`<caption>Calls</caption>`, ``, "no caption"},
		"no legend":          {`<legend>Tier</legend>`, ``, "no legend"},
		"form without way":   {`<form method="post">`, `<form>`, "neither get nor post"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := strings.Join(htmlcheck.CheckPage(strings.Replace(good, c.old, c.replacement, 1)), "; ")
			if !strings.Contains(found, c.wants) {
				t.Errorf("found %q, want something of %q", found, c.wants)
			}
		})
	}
}
