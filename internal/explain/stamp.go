package explain

import (
	"slices"
	"strings"
	"time"
)

// Stamp is what says of a copy when it was made, and who may be given it.
type Stamp struct {
	Made     time.Time
	Released bool // the outcome of the application is
	Release  bool // it is a copy for release
	Applied  []Exemption
}

// Marking says who may be given the copy. One that names people, or tells what is not decided, is for the fund alone.
func (s Stamp) Marking() string {
	switch {
	case !s.Release || !slices.Contains(s.Applied, PersonalData):
		return "OFFICIAL-SENSITIVE: PERSONAL"
	case !s.Released && (!slices.Contains(s.Applied, FuturePublication) || !slices.Contains(s.Applied, EffectiveConduct)):
		return "OFFICIAL-SENSITIVE until the decisions are released"
	case len(s.Applied) < len(Exemptions()):
		return "OFFICIAL-SENSITIVE: COMMERCIAL OR IN CONFIDENCE"
	}
	return "OFFICIAL"
}

// Withholds says under which sections something may be withheld, in words.
func (s Stamp) Withholds() string {
	if !s.Release {
		return "Nothing is withheld: this copy is for those who oversee the fund"
	}
	if len(s.Applied) == 0 {
		return "Copy for release. No exemption is applied"
	}
	parts := make([]string, len(s.Applied))
	for i, e := range s.Applied {
		parts[i] = e.Section()
	}
	return "Copy for release. Exemptions of the Freedom of Information Act 2000 that are applied: sections " + strings.Join(parts, ", ")
}
