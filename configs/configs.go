// Package configs carries the files that a fund officer can read and change by making a new version: forms, rubrics, rules,
// rounds and letters, and the settings with which the program runs as it is. They are part of the binary.
//
// It owns no meaning: each kind of file is read, strictly, by the package that uses it.
package configs

import "embed"

// FS holds every file of this folder.
//
//go:embed all:*
var FS embed.FS
