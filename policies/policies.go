// Package policies holds who may do what, as files that a governance officer can read. It leaves their meaning to
// internal/access.
package policies

import "embed"

// FS holds the model, the policy, the roles, the segregation of duties, the expected answers and the matrix.
//
//go:embed model.conf policy.csv roles.csv segregation.csv expectations.csv MATRIX.md
var FS embed.FS
