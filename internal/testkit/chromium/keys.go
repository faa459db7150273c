package chromium

import (
	"context"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Focus puts the keyboard at the end of the input with a name.
func (p *Person) Focus(name string) *Person {
	p.tb.Helper()
	if !eval[bool](p, `(function (name) {
		const e = document.getElementsByName(name)[0];
		if (!e) return false;
		e.focus();
		if (e.setSelectionRange) e.setSelectionRange(e.value.length, e.value.length);
		return document.activeElement === e;
	})("`+name+`")`) {
		p.tb.Fatalf("%s cannot type into %s", p, name)
	}
	return p
}

// Keys types with the keyboard, where it is.
func (p *Person) Keys(text string) *Person {
	p.tb.Helper()
	for _, key := range text {
		p.do(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, input.InsertText, input.InsertTextParams{Text: string(key)})
			return err //nolint:wrapcheck // a test prints it
		})
	}
	return p
}

func (p *Person) do(f func(context.Context, *chromedp.Target) error) {
	p.tb.Helper()
	_, err := chromedp.Run(p.ctx, func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		return chromedp.Void{}, f(ctx, t)
	})
	p.must(nil, err)
}

// Waits waits until the page says some words.
func (p *Person) Waits(words ...string) *Person {
	p.tb.Helper()
	text := ""
	for range 900 {
		text = strings.Join(strings.Fields(p.Text()), " ")
		all := true
		for _, w := range words {
			all = all && strings.Contains(text, w)
		}
		if all {
			return p
		}
		time.Sleep(50 * time.Millisecond)
	}
	p.tb.Fatalf("%s waits in vain for %q in:\n%.3000s", p, words, text)
	return p
}

// Offline cuts the connection, or mends it.
func (p *Person) Offline(cut bool) *Person {
	p.tb.Helper()
	p.do(func(ctx context.Context, t *chromedp.Target) error {
		none := network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{{Offline: cut, DownloadThroughput: -1, UploadThroughput: -1}}}
		if _, err := cdp.Call(ctx, t, network.EmulateNetworkConditionsByRule, none); err != nil {
			return err //nolint:wrapcheck // a test prints it
		}
		_, err := cdp.Call(ctx, t, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: cut, DownloadThroughput: -1, UploadThroughput: -1})
		return err //nolint:wrapcheck // a test prints it
	})
	return p
}

// Reopens closes the tab without asking, and goes on in a new one of the same browser, with a connection.
func (p *Person) Reopens() *Person {
	p.tb.Helper()
	own := chromedp.FromContext(p.ctx).BrowserContextID
	ctx, closing := chromedp.NewContext(p.b.ctx, chromedp.WithExistingBrowserContext(own))
	p.tb.Cleanup(closing)
	_, err := chromedp.Run(ctx, chromedp.Navigate("about:blank"))
	p.must(nil, err)
	p.do(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, page.Close, cdp.Empty{})
		return err //nolint:wrapcheck // a test prints it
	})
	p.ctx = ctx
	return p
}

// ForgetSession takes the cookies, as when a session ends.
func (p *Person) ForgetSession() *Person {
	p.tb.Helper()
	p.do(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, network.ClearBrowserCookies, cdp.Empty{})
		return err //nolint:wrapcheck // a test prints it
	})
	return p
}

// Check has axe look at the page as it is now, after a script changed it.
func (p *Person) Check() *Person {
	p.tb.Helper()
	p.check("now " + time.Now().Format("150405.000"))
	return p
}

// Keeps gives how many texts of unsent answers are on the person's device.
func (p *Person) Keeps() int {
	p.tb.Helper()
	return eval[int](p, `Object.keys(localStorage).filter((key) => key.startsWith("af-unsent:")).length`)
}
