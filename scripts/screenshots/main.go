// Command screenshots signs in to a running demonstration as its people and takes pictures of their pages, for the documentation and
// to be looked at: go run ./scripts/screenshots -base http://127.0.0.1:8080 -out docs/images
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
)

// shot is one picture: who looks, at which page, under which name.
type shot struct{ who, path, name string }

func main() {
	base := flag.String("base", "http://127.0.0.1:8080", "address of the demonstration")
	out := flag.String("out", "docs/images", "folder for the pictures")
	width := flag.Int64("width", 1200, "width in pixels; 390 for a phone")
	tallest := flag.Int64("tallest", 0, "height in pixels after which a picture is cut; 0 for the whole page")
	list := flag.String("pages", "scripts/screenshots/pages.txt", "lines of: account path name")
	flag.Parse()
	if err := take(*base, *out, *list, size{*width, *tallest}); err != nil {
		fmt.Fprintln(os.Stderr, "screenshots:", err)
		os.Exit(1)
	}
}

// size is how wide a page is shown, and after how many pixels its picture is cut; 0 for nowhere.
type size struct{ width, tallest int64 }

func take(base, out, list string, as size) error {
	shots, err := read(list)
	if err != nil {
		return err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	defer stop()
	browser, closing := chromedp.NewContext(allocator)
	defer closing()
	if _, err := chromedp.Run(browser, chromedp.Navigate("about:blank")); err != nil {
		return fmt.Errorf("starting Chromium: %w", err)
	}
	tabs := map[string]context.Context{}
	for _, s := range shots {
		tab, there := tabs[s.who]
		if !there {
			if tab, err = signIn(browser, base, s.who, as.width); err != nil {
				return fmt.Errorf("%s: %w", s.who, err)
			}
			tabs[s.who] = tab
		}
		picture, err := s.picture(tab, base, as)
		if err != nil {
			return fmt.Errorf("%s: %w", s.path, err)
		}
		if err := os.WriteFile(filepath.Join(out, s.name+".png"), picture, 0o600); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

// picture goes to the page and takes it.
func (s shot) picture(tab context.Context, base string, as size) ([]byte, error) {
	from, link, follows := strings.Cut(s.path, ">")
	if _, err := chromedp.Run(tab, chromedp.Navigate(base+from)); err != nil {
		return nil, fmt.Errorf("opening it: %w", err)
	}
	if follows {
		script := fmt.Sprintf(`document.querySelector('main a[href^="%s"]').getAttribute("href")`, link)
		href, err := chromedp.Run(tab, chromedp.Evaluate[string](script))
		if err != nil {
			return nil, fmt.Errorf("finding a link to %s: %w", link, err)
		}
		if _, err := chromedp.Run(tab, chromedp.Navigate(base+href)); err != nil {
			return nil, fmt.Errorf("opening %s: %w", href, err)
		}
	}
	time.Sleep(300 * time.Millisecond) // scripts and fonts
	if as.tallest == 0 {
		return whole(tab)
	}
	height, err := chromedp.Run(tab, chromedp.Evaluate[int64]("document.documentElement.scrollHeight"))
	if err != nil {
		return nil, fmt.Errorf("measuring it: %w", err)
	}
	if _, err := chromedp.Run(tab, chromedp.EmulateViewport(as.width, min(height, as.tallest))); err != nil {
		return nil, fmt.Errorf("setting the height: %w", err)
	}
	picture, err := chromedp.Run(tab, chromedp.CaptureScreenshot())
	if err != nil {
		return nil, fmt.Errorf("taking it: %w", err)
	}
	_, err = chromedp.Run(tab, chromedp.EmulateViewport(as.width, 900))
	return picture, err //nolint:wrapcheck // the next page would say it
}

func whole(tab context.Context) ([]byte, error) {
	picture, err := chromedp.Run(tab, chromedp.FullScreenshot(100))
	if err != nil {
		return nil, fmt.Errorf("taking it: %w", err)
	}
	return picture, nil
}

func read(list string) ([]shot, error) {
	f, err := os.Open(list) // #nosec G304 -- named by who runs it
	if err != nil {
		return nil, fmt.Errorf("reading the list of pages: %w", err)
	}
	defer func() { _ = f.Close() }()
	var shots []shot
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if parts := strings.Fields(lines.Text()); len(parts) == 3 {
			shots = append(shots, shot{parts[0], parts[1], parts[2]})
		}
	}
	return shots, nil
}

// signIn opens a browser of the person's own; "anyone" does not sign in.
func signIn(browser context.Context, base, who string, width int64) (context.Context, error) {
	tab, _ := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	if _, err := chromedp.Run(tab, chromedp.Navigate(base+"/sign-in")); err != nil {
		return nil, fmt.Errorf("opening a tab: %w", err)
	}
	if _, err := chromedp.Run(tab, chromedp.EmulateViewport(width, 900)); err != nil {
		return nil, fmt.Errorf("setting the width: %w", err)
	}
	if who == "anyone" {
		return tab, nil
	}
	script := fmt.Sprintf(`document.getElementsByName("email")[0].value = %q; document.getElementsByName("password")[0].value = "demo-adoption-fund"; document.querySelector("main form").requestSubmit(); true`, who+"@demo.example")
	if _, err := chromedp.Run(tab, chromedp.Evaluate[bool](script)); err != nil {
		return nil, fmt.Errorf("signing in: %w", err)
	}
	time.Sleep(1500 * time.Millisecond)
	return tab, nil
}
