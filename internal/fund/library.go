package fund

import (
	"fmt"
	"io/fs"

	"adoptionfund/internal/form"
)

// Library is the forms that calls pin, read once. A published form never changes, so that what was read can be shared.
type Library struct {
	forms map[string]*form.Form
}

// NewLibrary reads every form in files, so that a broken one stops the start with its file and line.
func NewLibrary(files fs.FS) (*Library, error) {
	l := &Library{forms: map[string]*form.Form{}}
	paths, err := fs.Glob(files, "forms/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("listing the forms: %w", err)
	}
	for _, p := range paths {
		f, err := form.Load(files, p)
		if err != nil {
			return nil, fmt.Errorf("reading the forms: %w", err)
		}
		l.forms[f.ID] = f
	}
	return l, nil
}

// Form gives the form with an id, such as application-1 or dtac-v2.
func (l *Library) Form(id string) (*form.Form, error) {
	if f, ok := l.forms[id]; ok {
		return f, nil
	}
	return nil, fmt.Errorf("there is no form %q", id)
}
