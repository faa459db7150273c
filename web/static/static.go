// Package static holds what the browser is sent beside pages: the style sheet, scripts and pictures, built from npm packages by
// web/build.mjs and embedded in the binary under names with a digest in them. It leaves serving them to site.
package static

import (
	"embed"
	"encoding/json"
	"io/fs"
	"sync"
)

// Prefix is where site serves the files.
const Prefix = "/assets/"

//go:embed all:dist
var embedded embed.FS

//nolint:gochecknoglobals // read once, never changed
var manifest = sync.OnceValue(readManifest)

// readManifest maps names to names with a digest; it is empty in a binary that was built without assets.
func readManifest() map[string]string {
	names := map[string]string{}
	text, err := fs.ReadFile(FS(), "manifest.json")
	if err != nil {
		return names
	}
	if json.Unmarshal(text, &names) != nil {
		return map[string]string{}
	}
	return names
}

// Built reports whether the assets were there when the binary was built; if not, "make build" makes them.
func Built() bool { return len(manifest()) > 0 }

// Asset gives the path of a file by its plain name, such as app.css.
func Asset(name string) string {
	if named, ok := manifest()[name]; ok {
		return Prefix + named
	}
	return Prefix + name
}

// FS gives the files by their names with a digest.
func FS() fs.FS {
	files, err := fs.Sub(embedded, "dist")
	if err != nil {
		panic("static: " + err.Error())
	}
	return files
}

// Text gives the content of a file by its plain name, empty where the binary was built without assets. For documents that carry their
// styles in themselves.
func Text(name string) string {
	text, err := fs.ReadFile(FS(), manifest()[name])
	if err != nil {
		return ""
	}
	return string(text)
}
