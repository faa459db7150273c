// Package jsondoc reads JSON documents that people write by hand or by other programs, and names the place of the first thing that is wrong.
//
// It owns the walk through a document with its paths. What a document may hold is the matter of the rooms that read it.
package jsondoc

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
)

// At is a fault at a place in a document, such as applications[3].requested.
func At(path, format string, args ...any) error {
	if path == "" {
		path = "document"
	}
	return fmt.Errorf("%s: %s", path, fmt.Sprintf(format, args...))
}

// Read hands the document to a function that takes from it what it needs, and gives the first fault that was met.
func Read(data []byte, take func(Value)) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var document any
	if err := d.Decode(&document); err != nil {
		return fmt.Errorf("this is no JSON document: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON document")
	}
	r := &reading{}
	take(Value{r, "", document})
	return r.err
}

// reading keeps the first thing that is wrong.
type reading struct{ err error }

// Value is a part of a document with its path. What is asked of a part that is something else gives nothing, and notes the fault.
type Value struct {
	r    *reading
	path string
	json any
}

// Path is where it stands.
func (v Value) Path() string { return v.path }

// Given reports whether it is there, and not null.
func (v Value) Given() bool { return v.json != nil }

// Bad notes what is wrong with it, if nothing else was wrong before.
func (v Value) Bad(format string, args ...any) {
	if v.r.err == nil {
		v.r.err = At(v.path, format, args...)
	}
}

// Object gives the fields of an object by name; one that is not known is wrong. Without known names all fields are given.
func (v Value) Object(known ...string) map[string]Value {
	object, ok := v.json.(map[string]any)
	if !ok {
		v.Bad("should be an object")
	}
	fields := map[string]Value{}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		field := Value{v.r, join(v.path, name), object[name]}
		if len(known) > 0 && !slices.Contains(known, name) {
			field.Bad("is not a known key here")
		}
		fields[name] = field
	}
	for _, name := range known {
		if _, there := fields[name]; !there {
			fields[name] = Value{v.r, join(v.path, name), nil}
		}
	}
	return fields
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// List gives the items of a list; an absent one is empty.
func (v Value) List() []Value {
	if v.json == nil {
		return nil
	}
	list, ok := v.json.([]any)
	if !ok {
		v.Bad("should be a list")
	}
	items := make([]Value, len(list))
	for i, inner := range list {
		items[i] = Value{v.r, fmt.Sprintf("%s[%d]", v.path, i), inner}
	}
	return items
}

// Text is a text that must be there.
func (v Value) Text() string {
	text, ok := v.json.(string)
	if !ok {
		v.Bad("should be a text")
	}
	return text
}

// Maybe is a text, or nothing where it is absent.
func (v Value) Maybe() string {
	if !v.Given() {
		return ""
	}
	return v.Text()
}

// Must is a text that is not empty.
func (v Value) Must() string {
	text := v.Text()
	if text == "" {
		v.Bad("is missing")
	}
	return text
}

// Yes is true or false; false where it is absent.
func (v Value) Yes() bool {
	if !v.Given() {
		return false
	}
	yes, ok := v.json.(bool)
	if !ok {
		v.Bad("should be true or false")
	}
	return yes
}

// Whole is a whole number within bounds.
func (v Value) Whole(least, most int64) int64 {
	number, ok := v.json.(json.Number)
	n, err := number.Int64()
	if !ok || err != nil || n < least || n > most {
		v.Bad("should be a whole number from %d to %d", least, most)
		return least
	}
	return n
}

// Number is a number that is no further from 0 than most.
func (v Value) Number(most float64) float64 {
	number, ok := v.json.(json.Number)
	n, err := number.Float64()
	if !ok || err != nil || math.Abs(n) > most {
		v.Bad("should be a number from %.0f to %.0f", -most, most)
		return 0
	}
	return n
}
