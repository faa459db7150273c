package report_test

import (
	"bytes"
	"fmt"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"adoptionfund/configs"
)

// closed loads nothing: what the schema refers to is in the program.
type closed struct{}

func (closed) Load(url string) (any, error) { return nil, fmt.Errorf("%s is not there", url) }

// published is the schema of a package as it was published, with that of a grant at both of the addresses by which it is referred to.
var published = sync.OnceValues(func() (*jsonschema.Schema, error) {
	c := jsonschema.NewCompiler()
	c.UseLoader(closed{})
	c.AssertFormat()
	read := func(name string) (map[string]any, error) {
		data, err := configs.FS.ReadFile("360giving/" + name)
		if err != nil {
			return nil, err
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		object, _ := doc.(map[string]any)
		return object, err
	}
	one, err := read("360-giving-schema.json")
	if err != nil {
		return nil, err
	}
	several, err := read("360-giving-package-schema.json")
	if err != nil {
		return nil, err
	}
	older := map[string]any{}
	for name, value := range one {
		older[name] = value
	}
	const at = "https://raw.githubusercontent.com/ThreeSixtyGiving/standard/1.4."
	older["$id"] = at + "2/schema/360-giving-schema.json"
	for url, doc := range map[string]any{at + "3/schema/360-giving-schema.json": one, at + "2/schema/360-giving-schema.json": older, at + "3/schema/360-giving-package-schema.json": several} {
		if err := c.AddResource(url, doc); err != nil {
			return nil, err
		}
	}
	return c.Compile(at + "3/schema/360-giving-package-schema.json")
})

// failing is what a test and a property test have in common.
type failing interface {
	Helper()
	Fatal(args ...any)
}

// valid fails the test unless a file is a package of grants of the 360Giving standard.
func valid(t failing, file []byte) {
	t.Helper()
	schema, err := published()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(doc); err != nil {
		t.Fatal(err, string(file))
	}
}
