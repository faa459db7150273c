// Package uktime shows and reads moments as people in the United Kingdom do. Inside the program every moment is UTC; deadlines are
// dates and times in UK time, which is an hour ahead of UTC in summer.
package uktime

import (
	"fmt"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // the zone does not depend on the machine
)

// Zone is Europe/London.
func Zone() *time.Location { return zone() }

// zone is read once: pages ask for it line by line.
var zone = sync.OnceValue(func() *time.Location { //nolint:gochecknoglobals // made once and never changed
	found, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic("uktime: the embedded time zones have no Europe/London: " + err.Error())
	}
	return found
})

// Noon is the time of day at which a deadline falls unless it is set.
const Noon = "12:00"

// File is how files carry a date and time.
const File = "2006-01-02 15:04"

// InFile is a moment as files carry it, in UK time: what Parse reads.
func InFile(t time.Time) string { return t.In(Zone()).Format(File) }

// Parse reads "2026-10-12 12:00" or "2026-10-12" (then at noon) as UK time.
func Parse(text string) (time.Time, error) {
	text = strings.TrimSpace(text)
	if len(text) == len(time.DateOnly) {
		text += " " + Noon
	}
	t, err := time.ParseInLocation(File, text, Zone())
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is not a date and time such as 2026-10-12 12:00", text)
	}
	return t.UTC(), nil
}

// Moment shows a date and time with the words "UK time": "12 October 2026 at 12:00 UK time".
func Moment(t time.Time) string { return t.In(Zone()).Format("2 January 2006 at 15:04") + " UK time" }

// Deadline is Moment with the day of the week: "Monday 12 October 2026 at 12:00 UK time".
func Deadline(t time.Time) string {
	return t.In(Zone()).Format("Monday 2 January 2006 at 15:04") + " UK time"
}

// Exactly is Moment with seconds and thousandths, where it matters on which side of a deadline something was.
func Exactly(t time.Time) string {
	return t.In(Zone()).Format("2 January 2006 at 15:04:05.000") + " UK time"
}

// Date shows the day in the United Kingdom: "12 October 2026".
func Date(t time.Time) string { return t.In(Zone()).Format("2 January 2006") }

// Day is the day in the United Kingdom as files carry it: "2026-10-12".
func Day(t time.Time) string { return t.In(Zone()).Format(time.DateOnly) }

// Left says how long it is until a moment, in words: "3 days", "5 hours", "20 minutes", or "" if it has passed.
func Left(now, until time.Time) string {
	d := until.Sub(now)
	switch {
	case d <= 0:
		return ""
	case d >= 48*time.Hour:
		return plural(int(d/(24*time.Hour)), "day")
	case d >= 2*time.Hour:
		return plural(int(d/time.Hour), "hour")
	case d >= time.Minute:
		return plural(int(d/time.Minute), "minute")
	default:
		return "less than a minute"
	}
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// Clock is the time of day, as on a clock on the wall in the United Kingdom.
func Clock(t time.Time) string { return t.In(Zone()).Format("15:04") }

// ReadClock reads a time of day as people type it: 12:00, 12.00, 1730, 5pm, 5:30 pm, noon; nothing is noon. It gives it as 17:30. False if it
// is none.
func ReadClock(text string) (string, bool) {
	text = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(text)), " ", "")
	switch text {
	case "", "noon", "midday":
		return Noon, true
	case "midnight":
		return "", false // of which day?
	}
	text = strings.NewReplacer("a.m.", "am", "p.m.", "pm", ".", ":").Replace(text)
	for _, layout := range []string{"15:04", "1504", "3:04pm", "3pm"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Format("15:04"), true
		}
	}
	return "", false
}

// At is the moment of a day, as files carry it, and a time of day in the United Kingdom. False if there is no such moment, because the
// clocks go forward over it. Where they go back over it, it is the first of the two.
func At(day, clock string) (time.Time, bool) {
	t, err := Parse(day + " " + clock)
	if err != nil || t.In(Zone()).Format("2006-01-02 15:04") != day+" "+clock {
		return time.Time{}, false
	}
	if before := t.Add(-time.Hour); before.In(Zone()).Format("2006-01-02 15:04") == day+" "+clock {
		t = before
	}
	return t, true
}
