package static_test

import (
	"io/fs"
	"strings"
	"testing"

	"adoptionfund/web/static"
)

func TestEveryAssetThatPagesNameIsThereWhenBuilt(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"app.css", "app.js", "early.js", "nhsuk-frontend.js", "autocomplete.js", "favicon.svg"} {
		path := static.Asset(name)
		if !strings.HasPrefix(path, static.Prefix) {
			t.Errorf("Asset(%q) = %q, which is not below %s", name, path, static.Prefix)
		}
		if !static.Built() {
			continue
		}
		if path == static.Prefix+name {
			t.Errorf("Asset(%q) = %q has no digest in it", name, path)
		}
		if _, err := fs.Stat(static.FS(), strings.TrimPrefix(path, static.Prefix)); err != nil {
			t.Errorf("Asset(%q): %v", name, err)
		}
	}
}

func TestNothingIsAskedOfAnotherHost(t *testing.T) {
	t.Parallel()
	if !static.Built() {
		return
	}
	css, err := fs.ReadFile(static.FS(), strings.TrimPrefix(static.Asset("app.css"), static.Prefix))
	if err != nil {
		t.Fatal(err)
	}
	for _, outside := range []string{"http://", "https://", "url(//", "@font-face"} {
		if rest := strings.ReplaceAll(string(css), "http://www.w3.org/2000/svg", ""); strings.Contains(rest, outside) {
			t.Errorf("the style sheet contains %q", outside)
		}
	}
}

func TestThePlaceholderIsAlwaysThere(t *testing.T) {
	t.Parallel()
	if _, err := fs.Stat(static.FS(), "placeholder.txt"); err != nil {
		t.Error(err)
	}
}
