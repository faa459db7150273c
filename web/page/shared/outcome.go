package shared

import (
	"strconv"
	"strings"
	"time"

	"adoptionfund/web/nhs"
)

// NotFound is the page for what is not there, or what the person may not know to be there.
type NotFound struct{}

// Head tells the frame.
func (NotFound) Head() Head { return Head{Title: "Page not found"} }

// Forbidden is the page for what a person may not do. Needs completes "You may not …".
type Forbidden struct {
	Needs string // such as "approve the opening of a call"
	Why   string // the words of a refusal that is about this very thing, such as a conflict of interest
	Email string
}

// Head tells the frame.
func (Forbidden) Head() Head { return Head{Title: "You do not have permission for this"} }

// CrossSite is the page for a form that was sent from another site.
type CrossSite struct{}

// Head tells the frame.
func (CrossSite) Head() Head { return Head{Title: "This form was sent from another site"} }

// Conflict is the page for what cannot be done as things stand, and for an edit of something that changed meanwhile.
type Conflict struct {
	Why         string
	Stale       bool
	Differences []Difference
	Back        string
}

// Head tells the frame.
func (c Conflict) Head() Head {
	if c.Stale {
		return Head{Title: "This changed while you were working on it"}
	}
	return Head{Title: "This cannot be done as things stand"}
}

// Rejected is the page for something sent that is wrong where there is no form to show again.
type Rejected struct {
	Why      string
	Problems []nhs.Problem
}

// Head tells the frame.
func (Rejected) Head() Head { return Head{Title: "There is a problem with what was sent"} }

// Unavailable is the page for what this installation, or this moment, does not have.
type Unavailable struct{ Why string }

// Head tells the frame.
func (Unavailable) Head() Head { return Head{Title: "This is not available"} }

// Empty is the page for what there is nothing of yet.
type Empty struct{ Why string }

// Head tells the frame.
func (Empty) Head() Head { return Head{Title: "There is nothing here yet"} }

// TooLarge is the page for a request that is larger than it may be.
type TooLarge struct{ Limit int64 }

// Head tells the frame.
func (TooLarge) Head() Head { return Head{Title: "What you sent is too large"} }

func (t TooLarge) limit() string {
	const mebi = 1 << 20
	if t.Limit >= mebi {
		return strconv.FormatInt(t.Limit/mebi, 10) + " MB"
	}
	return strconv.FormatInt(max(t.Limit/1024, 1), 10) + " KB"
}

// TooMany is the page for requests that follow one another too fast.
type TooMany struct {
	Why  string
	Wait time.Duration
}

// Head tells the frame.
func (TooMany) Head() Head { return Head{Title: "Too many requests"} }

func (t TooMany) wait() string {
	seconds := int(t.Wait.Round(time.Second) / time.Second)
	switch {
	case seconds <= 0:
		return "Wait a moment, then try again."
	case seconds == 1:
		return "Wait 1 second, then try again."
	case seconds < 120:
		return "Wait " + strconv.Itoa(seconds) + " seconds, then try again."
	}
	return "Wait " + strconv.Itoa((seconds+59)/60) + " minutes, then try again."
}

// WrongMethod is the page for an address that is there but does not do that.
type WrongMethod struct{}

// Head tells the frame.
func (WrongMethod) Head() Head { return Head{Title: "This address cannot be used in this way"} }

// Broken is the page for a mistake of ours. Reference finds it in the log.
type Broken struct{ Reference, Email string }

// Head tells the frame.
func (Broken) Head() Head { return Head{Title: "Sorry, there is a problem with the service"} }

// HeldField is a field of a form that was kept.
type HeldField struct{ Name, Value string }

// shown reports whether people would know it as something they typed.
func (f HeldField) shown() bool {
	return f.Value != "" && f.Name != "version" && f.Name != "action" && !strings.HasSuffix(f.Name, "-shown")
}

// HeldForm gives back a form that was sent when the session had ended.
type HeldForm struct {
	Path   string
	Fields []HeldField
}

// Head tells the frame.
func (HeldForm) Head() Head { return Head{Title: "Your session had ended"} }

func (h HeldForm) rows() []nhs.SummaryRow {
	var rows []nhs.SummaryRow
	for _, field := range h.Fields {
		if field.shown() {
			rows = append(rows, nhs.SummaryRow{Key: field.Name, Value: field.Value})
		}
	}
	return rows
}

func differenceRows(differences []Difference) [][]nhs.Cell {
	rows := make([][]nhs.Cell, len(differences))
	for n, d := range differences {
		rows[n] = []nhs.Cell{{Text: d.Label}, {Content: nhs.Text(d.Typed)}, {Content: nhs.Text(d.Latest)}}
	}
	return rows
}
