// Package rubric is how applications are scored: criteria, their parts with weights and written descriptors, who scores each, and
// how scores become an application's total.
//
// It owns the meaning of scores and the arithmetic of totals. It leaves to review who scored what and which scores stand, and to
// calibration what harsh and lenient reviewers do to them.
package rubric

import "slices"

// Code names a part of a rubric: EV1.
type Code string

// Criterion names a criterion of a rubric: EV.
type Criterion string

// Kind names a kind of reviewer: clinical, technical, ppv.
type Kind string

// Source says who scores a part.
type Source string

// Who scores a part.
const (
	Reviewers Source = "reviewers"     // the reviewers of the kinds that the part names
	Assessor  Source = "dtac_assessor" // a DTAC assessor, within bounds set by the provisional status
	Officers  Source = "officers"      // an eligibility officer, confirmed by a second
)

// Highest is the best score of a part; the worst is 0.
const Highest = 5

// Rubric is a rubric at a version. It never changes once it is loaded, so it can be shared.
type Rubric struct {
	ID        string
	Title     string
	Version   string
	Published string
	Digest    string // SHA-256 of the file, in hexadecimal
	Kinds     []Named
	Criteria  []Heading
	Parts     []*Part
}

// Named is a code with its title.
type Named struct {
	Code  string
	Title string
}

// Heading is a criterion with its title and the column of reports in which its points stand.
type Heading struct {
	Code   Criterion
	Title  string
	Column Column
}

// Part is what gets one score.
type Part struct {
	Code        Code
	Criterion   Criterion
	Title       string
	Weight      int
	Source      Source
	Kinds       []Kind   // of the reviewers who score it
	Themes      []string // in which it is scored; none: in all
	Guidance    string
	Descriptors [Highest + 1]string // what each score means
	bounds      map[string]Bounds
	outside     *string // the theme in which it is left out
}

// AppliesTo reports whether the part is scored in a theme.
func (p *Part) AppliesTo(theme string) bool {
	return len(p.Themes) == 0 || slices.Contains(p.Themes, theme)
}

// In is the rubric as it is in the calls of a theme: nobody scores the parts that do not apply there, totals name them as left out, and the
// weights of the others are scaled up.
func (r *Rubric) In(theme string) *Rubric {
	if !slices.ContainsFunc(r.Parts, func(p *Part) bool { return !p.AppliesTo(theme) }) {
		return r
	}
	in := *r
	in.Parts = slices.Clone(r.Parts)
	for i, p := range in.Parts {
		if !p.AppliesTo(theme) {
			without := *p
			without.outside = &theme
			in.Parts[i] = &without
		}
	}
	return &in
}

// Outside reports whether the part is not scored in the theme that the rubric was taken for.
func (p *Part) Outside() bool { return p.outside != nil }

// Bounds are the least and the best score that a status permits.
type Bounds struct{ Least, Best int }

// Allow reports whether a score is within the bounds.
func (b Bounds) Allow(score int) bool { return b.Least <= score && score <= b.Best }

// Part gives a part by its code, nil if there is none.
func (r *Rubric) Part(code Code) *Part {
	i := slices.IndexFunc(r.Parts, func(p *Part) bool { return p.Code == code })
	if i < 0 {
		return nil
	}
	return r.Parts[i]
}

// For are the parts that reviewers of a kind score, in the order of the rubric.
func (r *Rubric) For(kind Kind) []*Part {
	var parts []*Part
	for _, p := range r.Parts {
		if slices.Contains(p.Kinds, kind) && !p.Outside() {
			parts = append(parts, p)
		}
	}
	return parts
}

// From is the part with a source other than reviewers, nil if the rubric has none.
func (r *Rubric) From(s Source) *Part {
	i := slices.IndexFunc(r.Parts, func(p *Part) bool { return p.Source == s && !p.Outside() })
	if i < 0 {
		return nil
	}
	return r.Parts[i]
}

// KindTitle is how people call a kind of reviewer.
func (r *Rubric) KindTitle(kind Kind) string {
	for _, k := range r.Kinds {
		if k.Code == string(kind) {
			return k.Title
		}
	}
	return string(kind)
}

// Heading is the criterion of a part with its title.
func (r *Rubric) Heading(c Criterion) Heading {
	for _, h := range r.Criteria {
		if h.Code == c {
			return h
		}
	}
	return Heading{Code: c, Title: string(c), Column: Other}
}

// Bounds are the scores that a status permits; a status that the rubric does not name permits none but 0.
func (p *Part) Bounds(status string) Bounds {
	if p.bounds == nil {
		return Bounds{0, Highest}
	}
	return p.bounds[status]
}

// IsCode reports whether a text has the form of a part's code.
func IsCode(text string) bool { return partPattern.MatchString(text) }
