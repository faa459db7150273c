package chromium

import (
	"encoding/json"
	"fmt"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TabTo moves with the Tab key until what has the focus is called as given; it fails the test if that never comes.
func (p *Person) TabTo(words string) *Person {
	p.tb.Helper()
	quoted, err := json.Marshal(words)
	p.must(nil, err)
	for range 400 {
		p.strike(kb.Tab)
		if eval[bool](p, `(function (words) {
			const e = document.activeElement;
			const label = e.labels && e.labels[0];
			return ((label || e).innerText || "").replace(/\s+/g, " ").trim().startsWith(words);
		})(`+string(quoted)+`)`) {
			return p
		}
	}
	p.tb.Fatalf("%s at %s: the Tab key never comes to %q", p.name, p.At(), words)
	return p
}

// Strike types keys into what has the focus.
func (p *Person) Strike(keys string) *Person {
	p.tb.Helper()
	p.strike(keys)
	return p
}

// Enter presses the Enter key, and waits for the next page.
func (p *Person) Enter() *Person {
	p.tb.Helper()
	eval[bool](p, "window.pressed = true")
	p.strike(kb.Enter)
	p.arrive()
	p.look()
	return p
}

func (p *Person) strike(keys string) {
	p.tb.Helper()
	p.must(chromedp.Run(p.ctx, chromedp.KeyEvent(keys)))
}

// Select marks all of the text in what has the focus, so that what is typed next takes its place.
func (p *Person) Select() *Person {
	p.tb.Helper()
	eval[bool](p, "document.activeElement.select(), true")
	return p
}

// Focused checks that the focus is on, or within, the first of what a selector names.
func (p *Person) Focused(selector string) *Person {
	p.tb.Helper()
	if !eval[bool](p, fmt.Sprintf("(() => { const e = document.querySelector(%q); return Boolean(e) && e.contains(document.activeElement) })()", selector)) {
		p.tb.Fatalf("the focus is not on %s but on %s", selector, eval[string](p, "document.activeElement.outerHTML.slice(0, 200)"))
	}
	return p
}
