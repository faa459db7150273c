package form

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Date is a day of the calendar in the form 2026-03-01, so that dates compare as texts. Empty is no date.
type Date string

// The years that a date may lie in.
const (
	firstYear = 1900
	lastYear  = 9900
)

const isoDate = "2006-01-02"

// ParseDate reads a date in the form 2026-03-01; a day that does not exist is refused.
func ParseDate(text string) (Date, error) {
	t, err := time.Parse(isoDate, text)
	if err != nil || t.Year() < firstYear || t.Year() > lastYear {
		return "", fmt.Errorf("%q is not a date such as 2026-03-01", text)
	}
	return Date(text), nil
}

// DateOf is the day of a time, in the zone that the time carries.
func DateOf(t time.Time) Date { return Date(t.Format(isoDate)) }

// Time is the beginning of the day, UTC; the zero time for no date.
func (d Date) Time() time.Time {
	t, err := time.Parse(isoDate, string(d))
	if err != nil {
		return time.Time{}
	}
	return t
}

// AddDays counts days on.
func (d Date) AddDays(n int) Date { return DateOf(d.Time().AddDate(0, 0, n)) }

// AddMonths counts months on: the same day of the month, or the month's last.
func (d Date) AddMonths(n int) Date {
	t := d.Time()
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return DateOf(first.AddDate(0, 0, min(t.Day(), last)-1))
}

// String shows the date for people: 1 March 2026.
func (d Date) String() string {
	if d == "" {
		return ""
	}
	return d.Time().Format("2 January 2006")
}

// TypedDate is a date as someone typed it.
type TypedDate struct {
	Day   string `json:"day,omitempty"`
	Month string `json:"month,omitempty"`
	Year  string `json:"year,omitempty"`
}

func (t TypedDate) blank() bool { return t == TypedDate{} }

// ReadDate reads a whole date as people type it in one field: 1/3/2026, 1.3.2026, 1st March 2026, 2026-03-01. The day comes before the
// month, as it does in the United Kingdom. False if it is none.
func ReadDate(text string) (Date, bool) {
	parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("/.-, ", r) })
	if len(parts) != 3 {
		return "", false
	}
	if _, err := strconv.Atoi(parts[0]); err == nil && len(parts[0]) == 4 { // not 14th
		parts[0], parts[2] = parts[2], parts[0]
	}
	return TypedDate{Day: parts[0], Month: parts[1], Year: parts[2]}.date()
}

// date is the day that was typed: the month as a number or by name; all of it in the field for the day will do. False if there is no
// such day.
func (t TypedDate) date() (Date, bool) {
	if t.Month == "" && t.Year == "" {
		return ReadDate(t.Day)
	}
	t.Day = withoutOrdinal(t.Day)
	day, dayErr := strconv.Atoi(t.Day)
	year, yearErr := strconv.Atoi(t.Year)
	month := monthOf(t.Month)
	if dayErr != nil || yearErr != nil || month == 0 || len(t.Day) > 2 || len(t.Year) != 4 {
		return "", false
	}
	d, err := ParseDate(fmt.Sprintf("%04d-%02d-%02d", year, month, day))
	return d, err == nil
}

// withoutOrdinal makes 1 of 1st.
func withoutOrdinal(day string) string {
	day = strings.ToLower(day)
	for _, ending := range []string{"st", "nd", "rd", "th"} {
		if number, ok := strings.CutSuffix(day, ending); ok {
			return number
		}
	}
	return day
}

// typed is the date as it is put back into the three fields.
func (d Date) typed() TypedDate {
	t := d.Time()
	return TypedDate{Day: strconv.Itoa(t.Day()), Month: strconv.Itoa(int(t.Month())), Year: strconv.Itoa(t.Year())}
}

// monthOf reads a month: 3, 03, March, mar, Sept. 0 if it is none.
func monthOf(text string) time.Month {
	if n, err := strconv.Atoi(text); err == nil {
		if n < 1 || n > 12 || len(text) > 2 {
			return 0
		}
		return time.Month(n)
	}
	name := strings.ToLower(strings.TrimSuffix(text, "."))
	if len(name) < 3 {
		return 0
	}
	for m := time.January; m <= time.December; m++ {
		if strings.HasPrefix(strings.ToLower(m.String()), name) {
			return m
		}
	}
	return 0
}
