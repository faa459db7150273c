package otherfunding

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"adoptionfund/configs"
	"adoptionfund/internal/fault"
)

// standard is the published schema of the 360Giving standard.
type standard struct {
	grant    *jsonschema.Schema
	packages *jsonschema.Schema
	columns  map[string]column // by title and by path, in small letters, without the numbers of items
}

// closed refuses to load anything: what the schema refers to is in the program.
type closed struct{}

// Load fails.
func (closed) Load(url string) (any, error) {
	return nil, fmt.Errorf("%s is not part of the program", url)
}

// published is the schema of this binary: compiled once, as all imports use the same and none changes it.
var published = sync.OnceValues(compiled) //nolint:gochecknoglobals // read once and never changed

// compiled reads the schema. The package schema of version 1.4.3 refers to the grant schema of 1.4.2 by its address; the one that is
// there stands for both.
func compiled() (*standard, error) {
	var docs [2]any
	for i, name := range []string{"360-giving-schema.json", "360-giving-package-schema.json"} {
		data, err := configs.FS.ReadFile("360giving/" + name)
		if err == nil {
			docs[i], err = jsonschema.UnmarshalJSON(bytes.NewReader(data))
		}
		if err != nil {
			return nil, fmt.Errorf("reading the schema of 360Giving: %w", err)
		}
	}
	root, _ := docs[0].(map[string]any)
	older := map[string]any{"$id": ""}
	for name, value := range root {
		older[name] = value
	}
	const at = "https://raw.githubusercontent.com/ThreeSixtyGiving/standard/1.4."
	const one, several = "/schema/360-giving-schema.json", "/schema/360-giving-package-schema.json"
	older["$id"] = at + "2" + one
	c := jsonschema.NewCompiler()
	c.UseLoader(closed{})
	c.AssertFormat()
	err := errors.Join(c.AddResource(at+"3"+one, root), c.AddResource(at+"2"+one, older), c.AddResource(at+"3"+several, docs[1]))
	s := &standard{columns: map[string]column{}}
	if err == nil {
		s.grant, err = c.Compile(at + "3" + one)
	}
	if err == nil {
		s.packages, err = c.Compile(at + "3" + several)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the schema of 360Giving: %w", err)
	}
	s.flatten(root, root, nil, nil)
	return s, nil
}

// flatten names the columns of a flat file: the titles of the properties with colons between, or their names with slashes.
func (s *standard) flatten(root, object map[string]any, titles, path []string) {
	properties, _ := object["properties"].(map[string]any)
	for name, value := range properties {
		p, _ := value.(map[string]any)
		title, _ := p["title"].(string)
		if title == "" {
			title = name
		}
		in, there := append(slices.Clone(titles), title), append(slices.Clone(path), name)
		inner := resolved(root, p)
		items, isList := p["items"].(map[string]any)
		if isList {
			inner, there = resolved(root, items), append(there, "0")
		}
		switch {
		case inner["properties"] != nil && len(there) < 8:
			s.flatten(root, inner, in, there)
		case !isList: // a list of plain values has no column of its own
			c := column{path: there, number: isNumber(inner["type"])}
			s.columns[strings.ToLower(strings.Join(in, ":"))] = c
			s.columns[strings.ToLower(strings.Join(slices.DeleteFunc(slices.Clone(there), isItem), ":"))] = c
		}
	}
}

func isNumber(kind any) bool {
	kinds, _ := kind.([]any)
	return kind == "number" || slices.Contains(kinds, any("number"))
}

func resolved(root, p map[string]any) map[string]any {
	ref, _ := p["$ref"].(string)
	name, ok := strings.CutPrefix(ref, "#/$defs/")
	if !ok {
		return p
	}
	defs, _ := root["$defs"].(map[string]any)
	inner, _ := defs[name].(map[string]any)
	return inner
}

// column finds what a column of a flat file is. Numbers of items stand between colons or slashes: Recipient Org:0:Name.
func (s *standard) column(name string) (column, bool) {
	parts := strings.Split(strings.ReplaceAll(strings.ToLower(name), "/", ":"), ":")
	var items []string
	for _, part := range parts {
		if isItem(part) {
			items = append(items, part)
		}
	}
	c, ok := s.columns[strings.Join(slices.DeleteFunc(parts, isItem), ":")]
	if !ok {
		return c, false
	}
	c.name, c.path = name, slices.Clone(c.path)
	for i, part := range c.path {
		if isItem(part) && len(items) > 0 {
			c.path[i], items = items[0], items[1:]
		}
	}
	return c, true
}

// check says what the schema finds wrong with a grant: each with where it stands.
func (s *standard) check(grant map[string]any) []string { return words(s.grant.Validate(grant)) }

// checkPackage says what is wrong with what a package says of itself; its grants were checked one by one.
func (s *standard) checkPackage(about map[string]any) error {
	delete(about, "grants")
	lines := slices.DeleteFunc(words(s.packages.Validate(about)), func(line string) bool { return strings.Contains(line, "grants") })
	if len(lines) == 0 {
		return nil
	}
	return fault.New(fault.Invalid, "%s", strings.Join(lines, "\n"))
}

func words(err error) []string {
	invalid, is := errors.AsType[*jsonschema.ValidationError](err)
	if !is {
		if err != nil {
			return []string{err.Error()}
		}
		return nil
	}
	var lines []string
	collect(invalid, message.NewPrinter(language.BritishEnglish), &lines)
	slices.Sort(lines)
	return slices.Compact(lines)
}

// collect gathers what is wrong at the bottom. Of the two kinds of recipient that a grant may have, it tells of the organisation.
func collect(e *jsonschema.ValidationError, p *message.Printer, lines *[]string) {
	if len(e.Causes) == 0 {
		where := strings.Join(e.InstanceLocation, ".")
		if where == "" {
			where = "the grant"
		}
		*lines = append(*lines, where+": "+e.ErrorKind.LocalizedString(p))
		return
	}
	causes := e.Causes
	if path := e.ErrorKind.KeywordPath(); len(path) > 0 && path[0] == "oneOf" && len(e.InstanceLocation) == 0 {
		causes = causes[:1]
	}
	for _, cause := range causes {
		collect(cause, p, lines)
	}
}
