package main

import (
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/testkit/chromium"
)

// ways are how journeys are gone: at a desk with JavaScript, and on a phone without it. That a page looks the same on the other database
// is not tried twice: on PostgreSQL they are gone once, at a desk.
func ways() map[string]chromium.How {
	return once(map[string]chromium.How{desk: {JavaScript: true, Width: 1200}, "on a phone without JavaScript": {Width: 390}})
}

// waysWithJavaScript are for what scripts do.
func waysWithJavaScript() map[string]chromium.How {
	return once(map[string]chromium.How{desk: {JavaScript: true, Width: 1200}, "on a phone": {JavaScript: true, Width: 390}})
}

const desk = "at a desk"

func once(all map[string]chromium.How) map[string]chromium.How {
	if testkit.OnPostgres() {
		return map[string]chromium.How{desk: all[desk]}
	}
	return all
}
