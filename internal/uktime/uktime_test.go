package uktime_test

import (
	"testing"
	"time"

	"adoptionfund/internal/uktime"
)

func TestADeadlineIsInUKTime(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2026-07-01":       "2026-07-01T11:00:00Z", // noon in summer
		"2026-12-01":       "2026-12-01T12:00:00Z",
		"2026-12-01 17:30": "2026-12-01T17:30:00Z",
		"2026-10-25 00:30": "2026-10-24T23:30:00Z", // the night in which the clocks go back
	} {
		got, err := uktime.Parse(text)
		if err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("%s: %v, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "2026-13-01", "1 July", "2026-07-01T12:00"} {
		if got, err := uktime.Parse(text); err == nil {
			t.Errorf("%q was read as %v", text, got)
		}
	}
}

func TestMomentsAreShownWithTheirZone(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 10, 12, 11, 0, 0, 0, time.UTC)
	if got := uktime.Deadline(at); got != "Monday 12 October 2026 at 12:00 UK time" {
		t.Error(got)
	}
	if got := uktime.Left(at.Add(-72*time.Hour), at); got != "3 days" {
		t.Error(got)
	}
	if got := uktime.Left(at, at); got != "" {
		t.Error(got)
	}
}

func TestATimeOfDayIsReadAsPeopleTypeIt(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"": "12:00", "noon": "12:00", "12:00": "12:00", "12.00": "12:00", "1730": "17:30", "5pm": "17:00", "5 pm": "17:00", "5.30pm": "17:30", "5:30 p.m.": "17:30",
		"9am": "09:00", "23:59": "23:59", "9:05": "09:05",
	} {
		if got, ok := uktime.ReadClock(typed); !ok || got != want {
			t.Errorf("%q is %q %v, want %q", typed, got, ok, want)
		}
	}
	for _, typed := range []string{"midnight", "25:00", "12:60", "soon", "13pm", "-1"} {
		if got, ok := uktime.ReadClock(typed); ok {
			t.Errorf("%q is read as %q", typed, got)
		}
	}
}

func TestAMomentIsFoundAcrossTheChangeOfClocks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ day, clock, utc, shown string }{
		{"2026-10-24", "12:00", "2026-10-24T11:00:00Z", "Saturday 24 October 2026 at 12:00 UK time"},
		{"2026-10-25", "00:30", "2026-10-24T23:30:00Z", "Sunday 25 October 2026 at 00:30 UK time"},
		{"2026-10-25", "01:30", "2026-10-25T00:30:00Z", "Sunday 25 October 2026 at 01:30 UK time"}, // twice: the first
		{"2026-10-25", "12:00", "2026-10-25T12:00:00Z", "Sunday 25 October 2026 at 12:00 UK time"},
		{"2027-03-27", "12:00", "2027-03-27T12:00:00Z", "Saturday 27 March 2027 at 12:00 UK time"},
		{"2027-03-28", "00:59", "2027-03-28T00:59:00Z", "Sunday 28 March 2027 at 00:59 UK time"},
		{"2027-03-28", "02:00", "2027-03-28T01:00:00Z", "Sunday 28 March 2027 at 02:00 UK time"},
		{"2027-03-28", "12:00", "2027-03-28T11:00:00Z", "Sunday 28 March 2027 at 12:00 UK time"},
	} {
		got, ok := uktime.At(c.day, c.clock)
		if !ok || got.Format(time.RFC3339) != c.utc || uktime.Deadline(got) != c.shown {
			t.Errorf("%s %s is %s, shown as %s", c.day, c.clock, got.Format(time.RFC3339), uktime.Deadline(got))
		}
	}
	for _, clock := range []string{"01:00", "01:30", "01:59"} { // the clocks go forward over it
		if got, ok := uktime.At("2027-03-28", clock); ok {
			t.Errorf("%s on the day is %v", clock, got)
		}
	}
}
