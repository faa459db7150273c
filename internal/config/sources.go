package config

import (
	"bytes"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

const prefix = "ADOPTIONFUND_"

// decode lays a YAML text over c; an unknown key is refused with its line.
func decode(name string, data []byte, c *Config) error {
	if len(bytes.TrimSpace(data)) == 0 {
		return nil
	}
	if err := yaml.UnmarshalWithOptions(data, c, yaml.DisallowUnknownField(), yaml.Strict()); err != nil {
		return fmt.Errorf("%s: %s", name, yaml.FormatError(err, false, false))
	}
	return nil
}

// leaves finds every single setting of c by its key, such as "accounts.session_lifetime".
func leaves(c *Config) map[string]reflect.Value {
	found := map[string]reflect.Value{}
	collect("", reflect.ValueOf(c).Elem(), found)
	return found
}

func collect(path string, v reflect.Value, into map[string]reflect.Value) {
	for i := range v.NumField() {
		key := path + v.Type().Field(i).Tag.Get("yaml")
		if v.Field(i).Kind() == reflect.Struct {
			collect(key+".", v.Field(i), into)
			continue
		}
		into[key] = v.Field(i)
	}
}

// fromEnvironment takes the variables that begin with ADOPTIONFUND_; one that names no setting is a problem, since it is
// most likely a mistyped one.
func fromEnvironment(settings map[string]reflect.Value, environ []string) []error {
	keys := map[string]string{}
	for key := range settings {
		keys[prefix+strings.ToUpper(strings.ReplaceAll(key, ".", "_"))] = key
	}
	var problems []error
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, prefix) {
			continue
		}
		key, ok := keys[name]
		if !ok {
			problems = append(problems, fmt.Errorf("%s: there is no such setting", name))
			continue
		}
		if err := set(settings, key, value, name); err != nil {
			problems = append(problems, err)
		}
	}
	return problems
}

// set gives one setting its value from a text; from is where the text came from.
func set(settings map[string]reflect.Value, key, text, from string) error {
	v, ok := settings[key]
	if !ok {
		return fmt.Errorf("%s: there is no such setting", from)
	}
	switch v.Interface().(type) {
	case string, Secret:
		v.SetString(text)
		return nil
	case time.Duration:
		d, err := time.ParseDuration(text)
		if err != nil {
			return fmt.Errorf("%s: %q is not a length of time such as 30m", from, text)
		}
		v.SetInt(int64(d))
		return nil
	case bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("%s: %q is neither true nor false", from, text)
		}
		v.SetBool(b)
		return nil
	case float64:
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return fmt.Errorf("%s: %q is not a number", from, text)
		}
		v.SetFloat(f)
		return nil
	default:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return fmt.Errorf("%s: %q is not a whole number", from, text)
		}
		v.SetInt(n)
		return nil
	}
}

// YAML shows the settings with secrets masked.
func (c Config) YAML() ([]byte, error) {
	text, err := yaml.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("showing settings: %w", err)
	}
	return text, nil
}
