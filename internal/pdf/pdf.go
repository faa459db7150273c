// Package pdf prints pages as tagged, accessible PDF files with a Chromium that is installed beside the program.
//
// It owns the browser: one process, started at the first print and ended with the program, at most two pages at once, without scripts
// and without any network. It leaves to others what a page says, and what is done where there is no Chromium.
package pdf

import (
	"context"
	"errors"
	"fmt"
	"html"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// ErrNoBrowser says that no Chromium was found.
var ErrNoBrowser = errors.New("pdf: no Chromium is installed")

// Find gives the path of an installed Chromium.
func Find() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome-stable", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNoBrowser
}

const (
	atOnce  = 2                // pages that are printed at the same time
	longest = 30 * time.Second // for one document
)

// Printer prints pages.
type Printer struct {
	path  string
	slots chan struct{}

	mu      sync.Mutex
	browser context.Context //nolint:containedctx // the browser lives as long as its context
	end     []context.CancelFunc
	profile string
}

// New makes a printer with the Chromium at a path; nothing is started yet.
func New(path string) *Printer { return &Printer{path: path, slots: make(chan struct{}, atOnce)} }

// Close ends the browser.
func (p *Printer) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stop()
}

// stop ends the browser that runs, if one does, and removes its profile.
func (p *Printer) stop() {
	for _, end := range p.end {
		end()
	}
	if p.profile != "" {
		_ = os.RemoveAll(p.profile)
	}
	p.browser, p.end, p.profile = nil, nil, ""
}

// Print makes a PDF of a whole HTML document: A4, tagged, with the document's title, language and outline, the footer's text and page
// numbers. The document must carry its styles in itself.
func (p *Printer) Print(ctx context.Context, document, footer string) ([]byte, error) {
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting to print: %w", ctx.Err())
	}
	browser, err := p.running(ctx)
	if err != nil {
		return nil, err
	}
	tab, closing := chromedp.NewContext(browser)
	defer closing()
	tab, cancel := context.WithTimeout(tab, longest)
	defer cancel()
	stop := context.AfterFunc(ctx, cancel)
	defer stop()
	file, err := chromedp.Run(tab, func(ctx context.Context, t *chromedp.Target) ([]byte, error) {
		return printed(ctx, t, document, footer)
	})
	if err != nil {
		return nil, fmt.Errorf("printing: %w", err)
	}
	return file, nil
}

// running gives the browser, started if it is not there or has ended.
func (p *Printer) running(ctx context.Context) (context.Context, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.browser != nil && p.browser.Err() == nil {
		return p.browser, nil
	}
	p.stop()
	profile, err := os.MkdirTemp("", "adoptionfund-print-")
	if err != nil {
		return nil, fmt.Errorf("making a profile to print with: %w", err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], //nolint:gocritic // a copy is made
		chromedp.ExecPath(p.path), chromedp.DisableGPU, chromedp.UserDataDir(profile), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("no-first-run", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND"))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium's sandbox refuses to run as root
	}
	// The browser outlives the request that started it.
	allocator, stop := chromedp.NewExecAllocator(context.WithoutCancel(ctx), options...)
	browser, closing := chromedp.NewContext(allocator, chromedp.WithErrorf(func(string, ...any) {})) // what matters comes back as an error
	p.browser, p.end, p.profile = browser, []context.CancelFunc{closing, stop}, profile
	if _, err := chromedp.Run(browser, chromedp.Navigate("about:blank")); err != nil {
		p.stop()
		return nil, fmt.Errorf("starting Chromium: %w", err)
	}
	return browser, nil
}

// printed fills a tab with a document and prints it.
func printed(ctx context.Context, t *chromedp.Target, document, footer string) ([]byte, error) {
	if _, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		return nil, fmt.Errorf("forbidding scripts: %w", err)
	}
	if _, err := cdp.Call(ctx, t, network.Enable, network.EnableParams{}); err != nil {
		return nil, fmt.Errorf("watching the network: %w", err)
	}
	if _, err := cdp.Call(ctx, t, network.SetBlockedURLs, network.SetBlockedURLsParams{URLPatterns: []*network.BlockPattern{{URLPattern: "*://*:*/*", Block: true}}}); err != nil {
		return nil, fmt.Errorf("forbidding the network: %w", err)
	}
	tree, err := cdp.Call(ctx, t, page.GetFrameTree, cdp.Empty{})
	if err != nil {
		return nil, fmt.Errorf("opening a page: %w", err)
	}
	if _, err := cdp.Call(ctx, t, page.SetDocumentContent, page.SetDocumentContentParams{FrameID: tree.FrameTree.Frame.ID, HTML: document}); err != nil {
		return nil, fmt.Errorf("filling a page: %w", err)
	}
	file, err := cdp.Call(ctx, t, page.PrintToPDF, paper(footer))
	if err != nil {
		return nil, fmt.Errorf("making the file: %w", err)
	}
	return file.Data, nil
}

// paper is A4 with margins of two centimetres, in inches as the protocol wants it.
func paper(footer string) page.PrintToPDFParams {
	yes, margin, none := true, 0.79, `<span></span>`
	return page.PrintToPDFParams{
		Scale:      0.75, // so that a sheet is as wide as a desk's page, and wide tables fit
		PaperWidth: 8.27, PaperHeight: 11.69, MarginTop: &margin, MarginBottom: &margin, MarginLeft: &margin, MarginRight: &margin,
		PrintBackground: &yes, GenerateTaggedPDF: &yes, GenerateDocumentOutline: &yes, DisplayHeaderFooter: &yes, HeaderTemplate: none,
		FooterTemplate: `<div style="font-family:Arial,sans-serif;font-size:8px;width:100%;margin:0 2cm;color:#4c6272;display:flex;justify-content:space-between"><span>` +
			html.EscapeString(footer) + `</span><span>Page <span class="pageNumber"></span> of <span class="totalPages"></span></span></div>`,
	}
}
