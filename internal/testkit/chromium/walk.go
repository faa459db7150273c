package chromium

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"
)

// Spot is where the keyboard is.
type Spot struct {
	Lost    bool   // nothing has the focus
	Hidden  string // why a person does not see that this has the focus; empty: they do
	Name    string // of the input; of the one that stands behind, where an organisation is looked up
	Lookup  bool
	Kind    string // type of the input, or the name of the element
	Value   string
	Checked bool
	Words   string // of the label, the button or the link
	Main    bool   // it stands in the content of the page
	Adds    string // the table to which a button adds a row
}

// where describes what has the focus. The design system shows it in yellow: around a field, on its tick box, behind a button or link.
const where = `(() => {
	const e = document.activeElement;
	if (!e || e === document.body || e === document.documentElement) return { Lost: true };
	const behind = e.closest("div") && e.closest("div").parentElement && e.closest("div").parentElement.nextElementSibling;
	const lookup = e.getAttribute("role") === "combobox" && behind && behind.matches("input[data-lookup]");
	const label = e.labels && e.labels[0];
	const styles = [[e], [e, "::before"], [e.nextElementSibling, "::before"], [e.firstElementChild]].filter(([x]) => x).map(([x, part]) => getComputedStyle(x, part));
	const yellow = styles.some((s) => [s.backgroundColor, s.outlineStyle === "none" ? "" : s.outlineColor, s.boxShadow].join().includes("rgb(255, 235, 59)"));
	const place = e.getBoundingClientRect();
	let hidden = "";
	if (!yellow) hidden = "nothing shows it: " + [styles[0].outline, styles[0].boxShadow, styles[0].backgroundColor].join(" | ");
	if (place.bottom <= 0 || place.top >= innerHeight) hidden = "it is outside of the window";
	const table = e.closest("[data-rows]");
	return {
		Hidden: hidden, Name: lookup ? behind.name : e.name || "", Lookup: !!lookup, Kind: e.type || e.localName, Value: lookup ? behind.value : e.value || "", Checked: !!e.checked,
		Main: !!e.closest("main"), Words: ((label || e).innerText || "").replace(/\s+/g, " ").trim(),
		Adds: table && e.value === "add" && !table.dataset.rows.includes("[") ? table.dataset.rows : "",
	};
})()`

// here is where the keyboard is, which must be somewhere and be seen.
func (p *Person) here() Spot {
	p.tb.Helper()
	s := eval[Spot](p, where)
	if s.Lost || s.Hidden != "" {
		p.tb.Fatalf("%s at %s: the focus is lost or not seen: %+v", p.name, p.At(), s)
	}
	return s
}

// KeyIn goes through the page with the Tab key from where it is, answers each field that it comes to with the keyboard, adds the rows
// that are needed, and presses the button of the content whose words begin as given.
func (p *Person) KeyIn(values map[string][]string, button string) *Person {
	p.tb.Helper()
	left := maps.Clone(values)
	for range 3000 {
		p.strike(kb.Tab)
		s := p.here()
		for s.Adds != "" && slices.ContainsFunc(slices.Collect(maps.Keys(left)), func(name string) bool { return strings.HasPrefix(name, s.Adds+"[") }) {
			p.strike(kb.Enter)
			s = p.here() // on the first field of the new row
		}
		if wanted, ok := values[s.Name]; ok && s.Kind != "submit" {
			p.answer(s, wanted)
			delete(left, s.Name)
		}
		if s.Main && (s.Kind == "submit" || s.Kind == "button") && strings.HasPrefix(s.Words, button) {
			if len(left) > 0 {
				p.tb.Fatalf("%s at %s: the keyboard does not come to %v", p.name, p.At(), slices.Sorted(maps.Keys(left)))
			}
			return p.Enter()
		}
	}
	p.tb.Fatalf("%s at %s: the keyboard never comes to %q", p.name, p.At(), button)
	return p
}

// answer answers what has the focus.
func (p *Person) answer(s Spot, wanted []string) {
	p.tb.Helper()
	switch {
	case s.Lookup:
		p.lookUp(s, wanted)
	case s.Kind == "checkbox":
		if s.Checked != slices.Contains(wanted, s.Value) {
			p.strike(" ")
		}
	case s.Kind == "radio" || s.Kind == "select-one":
		p.pick(s, wanted[0])
	case s.Value != wanted[0]:
		if s.Value != "" {
			p.Select()
		}
		p.strike(wanted[0])
	}
	p.here()
}

// pick chooses with the arrow keys, and a radio that is there already with the space bar.
func (p *Person) pick(s Spot, wanted string) {
	p.tb.Helper()
	if s.Kind == "radio" && s.Value == wanted && !s.Checked {
		p.strike(" ")
		return
	}
	for range 60 {
		if s.Value == wanted {
			return
		}
		p.strike(kb.ArrowDown)
		s = p.here()
	}
	p.tb.Fatalf("%s at %s: the arrow keys never come to %q of %s", p.name, p.At(), wanted, s.Name)
}

// lookUp types the code of an organisation, or what it is called, which comes second, and takes the first that is offered for that.
func (p *Person) lookUp(s Spot, wanted []string) {
	p.tb.Helper()
	if s.Value != "" {
		p.Select()
	}
	p.strike(wanted[len(wanted)-1])
	if len(wanted) > 1 {
		p.offered()
		p.strike(kb.ArrowDown)
		p.confirm()
	}
	if s = p.here(); s.Value != wanted[0] {
		p.tb.Fatalf("%s at %s: %q was taken, not %q", p.name, p.At(), s.Value, wanted[0])
	}
}

// confirm presses the Enter key as a keyboard does: what takes the key keeps it from whatever it moves the focus to.
func (p *Person) confirm() {
	p.tb.Helper()
	p.do(func(ctx context.Context, t *chromedp.Target) error {
		key := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: "Enter", Code: "Enter", Text: "\r", WindowsVirtualKeyCode: 13}
		if _, err := cdp.Call(ctx, t, input.DispatchKeyEvent, key); err != nil {
			return err //nolint:wrapcheck // a test prints it
		}
		key.Type, key.Text = input.DispatchKeyEventTypeKeyUp, ""
		_, err := cdp.Call(ctx, t, input.DispatchKeyEvent, key)
		return err //nolint:wrapcheck // a test prints it
	})
}

// offered waits until organisations are offered.
func (p *Person) offered() {
	p.tb.Helper()
	for range 100 {
		if eval[int](p, `document.activeElement.closest(".autocomplete__wrapper").querySelectorAll("[role=option]:not(.autocomplete__option--no-results)").length`) > 0 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	p.tb.Fatalf("%s at %s: no organisation is offered", p.name, p.At())
}

// Round goes through the page with the Tab key to its end, and back with Shift and Tab: both ways every stop is seen, none holds the
// keyboard, and they are the same. It gives how many stops there are.
func (p *Person) Round() int {
	p.tb.Helper()
	var there, back []string
	stop := func(s Spot) string { return s.Kind + " " + s.Name + " " + s.Words }
	for range 1000 {
		p.strike(kb.Tab)
		if eval[Spot](p, where).Lost {
			break
		}
		there = append(there, stop(p.here()))
	}
	for range there {
		p.must(chromedp.Run(p.ctx, chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(chromedp.ModifierShift))))
		back = append(back, stop(p.here()))
	}
	slices.Reverse(back)
	if len(there) == 0 || len(there) == 1000 || !slices.Equal(there, back) {
		p.tb.Fatalf("%s at %s: Tab and Shift and Tab go different ways:\n%s", p.name, p.At(), cmp.Diff(there, back))
	}
	return len(there)
}

// Follow goes with the Tab key to the link or button whose words begin as given, and presses Enter.
func (p *Person) Follow(words string) *Person {
	p.tb.Helper()
	for range 1000 {
		p.strike(kb.Tab)
		if s := p.here(); s.Main && strings.HasPrefix(s.Words, words) && (s.Kind == "submit" || s.Kind == "button" || s.Kind == "a") {
			return p.Enter()
		}
	}
	p.tb.Fatalf("%s at %s: the keyboard never comes to %q", p.name, p.At(), words)
	return p
}
