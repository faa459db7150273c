// Package migrations holds the schema: forward only, one portable set for both databases. The types {{uuid}}, {{ts}}, {{json}},
// {{blob}}, {{bool}}, {{bigint}} and {{float}} are rendered for the dialect by internal/db.
package migrations

import "embed"

// FS holds the migrations.
//
//go:embed *.sql
var FS embed.FS
