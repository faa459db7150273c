package chromium

import "encoding/json"

// Remaining types a text into a field with a counter and gives what the counter says of it.
func (p *Person) Remaining(field, text string) string {
	p.tb.Helper()
	typed, err := json.Marshal([]string{field, text})
	p.must(nil, err)
	return eval[string](p, `(function ([field, text]) {
		const e = document.getElementsByName(field)[0];
		e.value = text;
		e.dispatchEvent(new Event("input", {bubbles: true}));
		const counter = e.closest("[data-module=nhsuk-character-count]");
		return counter.querySelector(".nhsuk-character-count__status").innerText;
	})(`+string(typed)+`)`)
}
