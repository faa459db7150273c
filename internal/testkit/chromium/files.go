package chromium

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
)

// Choose chooses a PDF of a number of bytes in a file input, as if it were on the person's device, last changed at a fixed moment.
func (p *Person) Choose(field, name string, size int) *Person {
	p.tb.Helper()
	eval[bool](p, fmt.Sprintf(`(() => {
		const input = document.querySelector('input[type=file][name=%q]')
		const chosen = new DataTransfer()
		chosen.items.add(new File(['%%PDF-1.7\n' + 'x'.repeat(%d)], %q, { lastModified: 1 }))
		input.files = chosen.files
		return input.dispatchEvent(new Event('change', { bubbles: true }))
	})()`, field, size-9, name))
	return p
}

// Bring chooses a file of these bytes in a file input, also where scripts of pages are off.
func (p *Person) Bring(field, name string, content []byte) *Person {
	p.tb.Helper()
	path := filepath.Join(p.tb.TempDir(), name)
	p.must(nil, os.WriteFile(path, content, 0o600))
	p.must(chromedp.Run(p.ctx, chromedp.SetUploadFiles("input[type=file][name="+field+"]", []string{path})))
	return p
}

// Until waits until the page says some words.
func (p *Person) Until(words string) *Person {
	p.tb.Helper()
	for range 300 {
		if strings.Contains(strings.Join(strings.Fields(p.Text()), " "), words) {
			return p
		}
		time.Sleep(50 * time.Millisecond)
	}
	return p.Sees(words)
}

// Leave opens a page although the one that is open asks to stay.
func (p *Person) Leave(path string) *Person {
	p.tb.Helper()
	eval[bool](p, "window.addEventListener('beforeunload', (event) => event.stopImmediatePropagation(), true), true")
	return p.Go(path)
}

// Opens opens what is folded away under some words.
func (p *Person) Opens(words string) *Person {
	p.tb.Helper()
	if !eval[bool](p, fmt.Sprintf(`(() => {
		const found = [...document.querySelectorAll('details')].find((d) => d.querySelector('summary').innerText.trim().startsWith(%q))
		if (found) found.open = true
		return Boolean(found)
	})()`, words)) {
		p.tb.Fatalf("%s finds nothing folded away under %q", p, words)
	}
	return p
}
