// Package fault names what can go wrong that a person can act on.
//
// It owns the kinds, the words for the person and the problems by field.
// It leaves to site how a kind becomes an HTTP status and a page, and to cmd how it becomes an exit code.
package fault

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Kind is what the caller should do about a fault.
type Kind int

// The kinds. Each is mapped to one HTTP status by site.
const (
	Internal    Kind = iota // our mistake: a page with a reference that is in the log
	Invalid                 // something typed is wrong: put it right and send again
	NotFound                // there is none, or the person may not know that there is
	Forbidden               // the person may not do this
	Conflict                // it changed, or is in a state that does not allow this
	SignIn                  // who are you?
	TooMany                 // slow down
	TooLarge                // send less
	Unavailable             // this installation, or this moment, does not have it
	Empty                   // there is nothing of it yet, as anybody may know
)

// Problems are what is wrong, by the name of the field (a question's code, a form field's name).
type Problems map[string]string

// Fault is an error with a kind, words for the person, problems by field, and the cause for us.
type Fault struct {
	Kind   Kind
	Words  string
	Fields Problems
	Cause  error
	// Latest holds, for a stale edit, what stands now; the page shows it beside what was typed.
	Latest any
}

// Error gives the words, the problems in the order of their fields, and the cause.
func (f *Fault) Error() string {
	var b strings.Builder
	b.WriteString(f.Words)
	for _, name := range f.Fields.Names() {
		fmt.Fprintf(&b, "; %s: %s", name, f.Fields[name])
	}
	if f.Cause != nil {
		fmt.Fprintf(&b, ": %v", f.Cause)
	}
	return b.String()
}

// Unwrap gives the cause.
func (f *Fault) Unwrap() error { return f.Cause }

// Names are the names of the fields, sorted.
func (p Problems) Names() []string {
	names := make([]string, 0, len(p))
	for name := range p {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// New returns a fault of the kind with words for the person.
func New(kind Kind, format string, args ...any) error {
	return &Fault{Kind: kind, Words: fmt.Sprintf(format, args...)}
}

// Wrap returns a fault of the kind with words for the person; the cause is kept for the log.
func Wrap(kind Kind, cause error, format string, args ...any) error {
	return &Fault{Kind: kind, Words: fmt.Sprintf(format, args...), Cause: cause}
}

// Fields returns an Invalid fault for the problems, or nil if there are none.
func Fields(p Problems) error {
	if len(p) == 0 {
		return nil
	}
	return &Fault{Kind: Invalid, Words: "There is a problem", Fields: p}
}

// Stale returns a Conflict for an edit that was made on an older version; latest is what stands now.
func Stale(latest any, format string, args ...any) error {
	return &Fault{Kind: Conflict, Words: fmt.Sprintf(format, args...), Latest: latest}
}

// Of finds the fault in err.
func Of(err error) (*Fault, bool) { return errors.AsType[*Fault](err) }

// KindOf returns err's kind; an error that is no fault is Internal.
func KindOf(err error) Kind {
	if f, ok := Of(err); ok {
		return f.Kind
	}
	return Internal
}

// Is reports whether err is a fault of the kind.
func Is(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }
