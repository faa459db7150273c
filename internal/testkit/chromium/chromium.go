// Package chromium lets tests use pages in a real browser, as a person would: signing in, filling in, pressing buttons; with and without
// JavaScript, at a desk's width or a phone's; and checks each page with axe. It is imported by tests alone.
package chromium

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"adoptionfund/internal/testkit"
)

// Browser is a running Chromium.
type Browser struct {
	tb   testing.TB
	ctx  context.Context //nolint:containedctx // the browser lives as long as its context
	axe  string
	seen map[string]bool // pages that were checked with axe, by how they were looked at
	// Shots is the folder for screenshots; empty: none are made.
	Shots string
}

// Start starts Chromium, for as long as the test runs. modules is the folder of npm modules, where axe-core is.
func Start(tb testing.TB, modules string) *Browser {
	tb.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		tb.Fatal("Chromium is not installed: make debian installs it")
	}
	axe, err := os.ReadFile(filepath.Join(modules, "axe-core", "axe.min.js"))
	if err != nil {
		tb.Fatal("axe-core is not installed: make assets installs it: ", err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], //nolint:gocritic // a copy is made
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("no-first-run", true),
		chromedp.UserDataDir(tb.TempDir()))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, closing := chromedp.NewContext(allocator)
	tb.Cleanup(func() { closing(); stop() })
	if _, err := chromedp.Run(ctx, chromedp.Navigate("about:blank")); err != nil {
		tb.Fatal("starting Chromium: ", err)
	}
	if testkit.OnPostgres() {
		axe = nil
	}
	return &Browser{tb: tb, ctx: ctx, axe: string(axe), seen: map[string]bool{}, Shots: os.Getenv("SCREENSHOTS")}
}

// Person is somebody at a browser of their own.
type Person struct {
	tb    testing.TB
	b     *Browser
	ctx   context.Context //nolint:containedctx // the tab lives as long as its context
	base  string
	name  string
	plain bool // without JavaScript
	how   How
}

// How is how somebody uses the service.
type How struct {
	JavaScript bool
	Width      int64 // in pixels: 1200 at a desk, 390 on a phone
}

// Person opens a browser with its own cookies, for a service at an address.
func (b *Browser) Person(tb testing.TB, base, name string, how How) *Person {
	tb.Helper()
	ctx, closing := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	tb.Cleanup(closing)
	p := &Person{tb: tb, b: b, ctx: ctx, base: base, name: name, how: how}
	p.must(chromedp.Run(ctx, chromedp.Navigate("about:blank")))
	p.must(chromedp.Run(ctx, chromedp.EmulateViewport(how.Width, 1000)))
	if p.plain = !how.JavaScript; p.plain {
		p.scripts(false)
	}
	return p
}

// scripts allows or forbids the scripts of pages.
func (p *Person) scripts(allowed bool) {
	p.tb.Helper()
	_, err := chromedp.Run(p.ctx, func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !allowed})
		return chromedp.Void{}, err //nolint:wrapcheck // a test prints it
	})
	p.must(nil, err)
}

func (p *Person) must(_ any, err error) {
	p.tb.Helper()
	if err != nil {
		p.tb.Fatalf("%s: %v", p.name, err)
	}
}

// Go opens a page, as soon as the one that is open lets go of the person: while something typed isn't saved yet, it asks to stay.
func (p *Person) Go(path string) *Person {
	p.tb.Helper()
	p.settled()
	ctx, cancel := context.WithTimeout(p.ctx, 90*time.Second)
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.Navigate(p.base+path))
	p.must(nil, err)
	p.look()
	return p
}

// settled waits until the page would let its person leave without asking; the dialog itself would hold up the test and say nothing.
func (p *Person) settled() {
	p.tb.Helper()
	for range 600 {
		if !eval[bool](p, "navigator.userActivation.hasBeenActive && !window.dispatchEvent(new Event('beforeunload', {cancelable: true}))") {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	p.tb.Fatalf("%s: the page asks its person to stay, as something isn't saved", p)
}

// eval runs a script of the test, not of the page, and reads what it gives.
func eval[T any](p *Person, script string) T {
	p.tb.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 90*time.Second)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script))
	if err != nil {
		p.tb.Fatalf("%s at %s: %v in %.200s", p.name, p.At(), err, script)
	}
	return v
}

// At is the path of the page.
func (p *Person) At() string {
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[string]("location.pathname + location.search"))
	if err != nil {
		return "nowhere"
	}
	return v
}

// Text is what the page says.
func (p *Person) Text() string {
	p.tb.Helper()
	return eval[string](p, "document.body.innerText")
}

// HTML is the page.
func (p *Person) HTML() string {
	p.tb.Helper()
	return eval[string](p, "document.documentElement.outerHTML")
}

// Sees fails the test if the page does not say some words.
func (p *Person) Sees(words ...string) *Person {
	p.tb.Helper()
	text := p.Text()
	for _, w := range words {
		if !strings.Contains(strings.Join(strings.Fields(text), " "), w) {
			p.tb.Fatalf("%s at %s does not see %q in:\n%.3000s", p.name, p.At(), w, text)
		}
	}
	return p
}

// Not fails the test if the page says some words.
func (p *Person) Not(words ...string) *Person {
	p.tb.Helper()
	text := p.Text()
	for _, w := range words {
		if strings.Contains(text, w) {
			p.tb.Fatalf("%s at %s sees %q in:\n%.1500s", p.name, p.At(), w, text[strings.Index(text, w):])
		}
	}
	return p
}

// Fill puts values into the inputs of the page by their names: texts, choices, ticks. It gives the names that the page does not have.
func (p *Person) Fill(values map[string][]string) []string {
	p.tb.Helper()
	text, err := json.Marshal(values)
	p.must(nil, err)
	return eval[[]string](p, `(function (values) {
		const missing = [];
		for (const [name, wanted] of Object.entries(values)) {
			const all = [...document.getElementsByName(name)].filter(e => e.type !== "hidden");
			if (all.length === 0) { // an organisation that is looked up while typing stands behind another field
				const behind = document.getElementsByName(name);
				if (behind.length === 0) missing.push(name); else behind[0].value = wanted[0] || "";
				continue;
			}
			for (const e of all) {
				if (e.type === "radio" || e.type === "checkbox") {
					if (e.checked !== wanted.includes(e.value)) { if (e.type === "checkbox" || wanted.includes(e.value)) e.click(); }
				} else {
					e.value = wanted[0] || "";
					e.dispatchEvent(new Event("input", {bubbles: true}));
					e.dispatchEvent(new Event("change", {bubbles: true}));
				}
			}
		}
		return missing;
	})(`+string(text)+`)`)
}

// Type is Fill for single values; every input must be there.
func (p *Person) Type(values map[string]string) *Person {
	p.tb.Helper()
	lists := map[string][]string{}
	for k, v := range values {
		lists[k] = []string{v}
	}
	if missing := p.Fill(lists); len(missing) > 0 {
		p.tb.Fatalf("%s at %s: there is no input %v in\n%.2000s", p.name, p.At(), missing, p.Text())
	}
	return p
}

// Press presses the button or follows the link whose words begin as given, and waits for the next page.
func (p *Person) Press(words string) *Person {
	p.tb.Helper()
	quoted, err := json.Marshal(words)
	p.must(nil, err)
	found := eval[bool](p, `(function (words) {
		const text = e => (e.innerText || e.value || "").replace(/\s+/g, " ").trim();
		const find = where => {
			const all = [...document.querySelectorAll(where)];
			return all.find(e => text(e) === words) || all.find(e => text(e).startsWith(words));
		};
		const e = find("main button, main input[type=submit]") || find("main a") || find("header button, header a");
		if (!e) return false;
		for (let d = e.closest("details"); d; d = d.parentElement && d.parentElement.closest("details")) d.open = true;
		window.pressed = true;
		e.click();
		return true;
	})(`+string(quoted)+`)`)
	if !found {
		p.tb.Fatalf("%s at %s finds no button or link %q in\n%.3000s", p.name, p.At(), words, p.Text())
	}
	p.arrive()
	p.look()
	return p
}

// arrive waits until another page than the one on which something was pressed is there.
func (p *Person) arrive() {
	p.tb.Helper()
	for range 600 {
		there, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool]("!window.pressed && document.readyState === 'complete'"))
		if err == nil && there {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	p.tb.Fatalf("%s at %s: no other page came", p.name, p.At())
}

// look checks each page with axe, once in a browser for each way of using it, whoever is there, and makes a screenshot where a folder is given.
func (p *Person) look() {
	p.tb.Helper()
	if status := eval[string](p, "document.title"); strings.Contains(status, "problem with the service") {
		p.tb.Fatalf("%s at %s: %s\n%s", p.name, p.At(), status, p.Text())
	}
	key := eval[string](p, "location.pathname.replace(/[A-Z]{2}[0-9]{2}-[0-9]+|[0-9a-f-]{36}/g, 'X') + ' ' + document.title.split(':')[0]")
	if way := fmt.Sprint(p.how, " ", key); !p.b.seen[way] {
		p.b.seen[way] = true
		p.check(key)
	}
}

// check fails the test for what axe finds on the page, and makes a screenshot where a folder is given.
func (p *Person) check(key string) {
	p.tb.Helper()
	for _, broken := range p.axe() {
		p.tb.Errorf("%s: axe: %s", p.name, broken)
	}
	p.shoot(key)
}

// axe gives what axe finds on the page. The pages are the same whatever the database: they are checked in the run on SQLite alone.
func (p *Person) axe() []string {
	p.tb.Helper()
	if p.b.axe == "" {
		return nil
	}
	if p.plain { // axe itself needs timers; the page is there already
		p.scripts(true)
		defer p.scripts(false)
	}
	ctx, cancel := context.WithTimeout(p.ctx, 120*time.Second)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[chromedp.Void](p.b.axe)); err != nil {
		p.tb.Fatalf("%s: axe: %v", p.name, err)
	}
	const run = `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations.map(v => location.pathname + ": " + v.id + ": " + v.help + " " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(" | ")))`
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](run, chromedp.EvalAwaitPromise))
	if err != nil {
		p.tb.Fatalf("%s at %s: axe: %v", p.name, p.At(), err)
	}
	return found
}

func (p *Person) shoot(key string) {
	p.tb.Helper()
	if p.b.Shots == "" {
		return
	}
	data, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
	p.must(nil, err)
	name := strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, p.name+key), "-")
	p.must(nil, os.WriteFile(filepath.Join(p.b.Shots, name[:min(len(name), 100)]+".png"), data, 0o600))
}

// SignIn signs in.
func (p *Person) SignIn(email, password string) *Person {
	p.tb.Helper()
	p.Go("/sign-in").Type(map[string]string{"email": email, "password": password}).Press("Sign in")
	if p.At() == "/sign-in" {
		p.tb.Fatalf("%s could not sign in as %s:\n%s", p.name, email, p.Text())
	}
	return p
}

// String names the person.
func (p *Person) String() string { return fmt.Sprintf("%s at %s", p.name, p.At()) }
