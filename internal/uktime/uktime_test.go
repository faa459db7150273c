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
