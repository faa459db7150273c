package rubric

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"adoptionfund/internal/form/source"
)

// Library is the rubrics that calls pin, read once.
type Library struct{ rubrics map[string]*Rubric }

// NewLibrary reads every rubric in files, so that a broken one stops the start with its file and line.
func NewLibrary(files fs.FS) (*Library, error) {
	l := &Library{rubrics: map[string]*Rubric{}}
	paths, err := fs.Glob(files, "rubrics/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("listing the rubrics: %w", err)
	}
	for _, p := range paths {
		data, err := fs.ReadFile(files, p)
		if err != nil {
			return nil, fmt.Errorf("reading rubric %s: %w", p, err)
		}
		r, err := Parse(p, data)
		if err != nil {
			return nil, err
		}
		if want := strings.TrimSuffix(path.Base(p), ".yaml"); r.ID != want {
			return nil, source.Problems{{File: p, Line: 1, Reason: fmt.Sprintf("id: %q should be the name of the file, %q", r.ID, want)}}
		}
		l.rubrics[r.ID] = r
	}
	return l, nil
}

// Rubric gives the rubric with an id, such as default-1.
func (l *Library) Rubric(id string) (*Rubric, error) {
	if r, ok := l.rubrics[id]; ok {
		return r, nil
	}
	return nil, fmt.Errorf("there is no rubric %q", id)
}

// CheckFile lists what is wrong with a rubric file, for its author.
func CheckFile(fileName string, data []byte) source.Problems {
	_, err := Parse(fileName, data)
	return source.Of(err)
}

// Parse reads a rubric. The name stands in its problems, which are of type source.Problems.
func Parse(fileName string, data []byte) (*Rubric, error) {
	file, root := source.Read(fileName, data)
	if err := file.Err(); err != nil {
		return nil, err //nolint:wrapcheck // the problems name the file
	}
	sum := sha256.Sum256(data)
	r := &Rubric{Digest: hex.EncodeToString(sum[:])}
	r.read(root)
	if err := file.Err(); err != nil {
		return nil, err //nolint:wrapcheck // the problems name the file
	}
	return r, nil
}

var (
	partPattern      = regexp.MustCompile(`^[A-Z]{2}\d{1,2}$`)
	criterionPattern = regexp.MustCompile(`^[A-Z]{2}$`)
	kindPattern      = regexp.MustCompile(`^[a-z][a-z_]{0,19}$`)
	themePattern     = regexp.MustCompile(`^[A-Z]{2,6}$`)
)

func (r *Rubric) read(root source.Node) {
	f := root.Fields("id", "title", "version", "published", "kinds", "criteria", "parts")
	r.ID, r.Title, r.Version, r.Published = f.Must("id"), f.Must("title"), f.Must("version"), f.Text("published")
	for _, item := range f.Get("kinds").Items() {
		k := item.Fields("code", "title")
		named := Named{k.Must("code"), k.Must("title")}
		if !kindPattern.MatchString(named.Code) {
			k.Get("code").Fault("kind %q should be small letters", named.Code)
		}
		r.Kinds = append(r.Kinds, named)
	}
	for _, item := range f.Get("criteria").Items() {
		r.Criteria = append(r.Criteria, readHeading(item))
	}
	list := f.Get("parts")
	for _, item := range list.Items() {
		if p := r.readPart(item); r.Part(p.Code) != nil {
			item.Fault("part %s is there already", p.Code)
		} else {
			r.Parts = append(r.Parts, p)
		}
	}
	r.checkWhole(list)
}

func readHeading(item source.Node) Heading {
	f := item.Fields("code", "title", "column")
	h := Heading{Criterion(f.Must("code")), f.Must("title"), Column(f.Must("column"))}
	if !criterionPattern.MatchString(string(h.Code)) {
		f.Get("code").Fault("criterion %q should be two capital letters", h.Code)
	}
	if !slices.Contains(Columns(), h.Column) {
		f.Get("column").Fault("column: %q is not one of %v", h.Column, Columns())
	}
	return h
}

func (r *Rubric) readPart(item source.Node) *Part {
	f := item.Fields("code", "criterion", "title", "weight", "source", "kinds", "applies_to", "guidance", "bounds", "descriptors")
	p := &Part{
		Code: Code(f.Must("code")), Criterion: Criterion(f.Must("criterion")), Title: f.Must("title"), Weight: f.Get("weight").Int(),
		Source: Source(f.Must("source")), Guidance: f.Must("guidance"),
	}
	if !partPattern.MatchString(string(p.Code)) {
		f.Get("code").Fault("part %q should be two capital letters and a number", p.Code)
	}
	if !slices.ContainsFunc(r.Criteria, func(h Heading) bool { return h.Code == p.Criterion }) {
		f.Get("criterion").Fault("there is no criterion %q", p.Criterion)
	}
	if p.Weight < 1 || p.Weight > 100 {
		f.Get("weight").Fault("weight: a whole number from 1 to 100 should stand here")
	}
	if !slices.Contains([]Source{Reviewers, Assessor, Officers}, p.Source) {
		f.Get("source").Fault("source: %q is not one of %s, %s, %s", p.Source, Reviewers, Assessor, Officers)
	}
	r.readKinds(f.Get("kinds"), p)
	readThemes(f.Get("applies_to"), p)
	readBounds(f.Get("bounds"), p)
	readDescriptors(f.Get("descriptors"), p)
	return p
}

func (r *Rubric) readKinds(n source.Node, p *Part) {
	for _, item := range n.Items() {
		kind := item.Text()
		switch {
		case !slices.ContainsFunc(r.Kinds, func(k Named) bool { return k.Code == kind }):
			item.Fault("there is no kind of reviewer %q", kind)
		case slices.Contains(p.Kinds, Kind(kind)):
			item.Fault("kind %s is there already", kind)
		default:
			p.Kinds = append(p.Kinds, Kind(kind))
		}
	}
	if (p.Source == Reviewers) != (len(n.Items()) > 0) {
		n.Fault("part %s: kinds of reviewer stand where the source is reviewers, and only there", p.Code)
	}
}

// readThemes reads in which themes a part is scored.
func readThemes(n source.Node, p *Part) {
	if n.Absent() {
		return
	}
	list := n.Fields("themes").Get("themes")
	if len(list.Items()) == 0 {
		n.Fault("part %s: applies_to needs themes, such as {themes: [CAR]}", p.Code)
	}
	for _, item := range list.Items() {
		theme := item.Text()
		switch {
		case !themePattern.MatchString(theme):
			item.Fault("theme %q should be two to six capital letters", theme)
		case slices.Contains(p.Themes, theme):
			item.Fault("theme %s is there already", theme)
		default:
			p.Themes = append(p.Themes, theme)
		}
	}
}

func readBounds(n source.Node, p *Part) {
	if n.Absent() {
		return
	}
	if p.Source != Assessor {
		n.Fault("part %s: bounds stand where the source is %s", p.Code, Assessor)
	}
	p.bounds = map[string]Bounds{}
	for _, pair := range n.Pairs() {
		ends := pair.Value.Items()
		if len(ends) != 2 {
			pair.Value.Fault("%s: the least and the best score should stand here, such as [1, 4]", pair.Key)
			continue
		}
		b := Bounds{ends[0].Int(), ends[1].Int()}
		if b.Least > b.Best || b.Best > Highest {
			pair.Value.Fault("%s: scores go from 0 to %d", pair.Key, Highest)
		}
		p.bounds[pair.Key] = b
	}
}

func readDescriptors(n source.Node, p *Part) {
	for _, pair := range n.Pairs() {
		score, err := strconv.Atoi(pair.Key)
		if err != nil || score < 0 || score > Highest {
			pair.Value.Fault("descriptors: %q is not a score from 0 to %d", pair.Key, Highest)
			continue
		}
		p.Descriptors[score] = strings.TrimSpace(pair.Value.Text())
	}
	for score, text := range p.Descriptors {
		if text == "" {
			n.Fault("part %s: the descriptor of score %d is missing", p.Code, score)
		}
	}
}

// checkWhole checks what only the whole rubric shows.
func (r *Rubric) checkWhole(parts source.Node) {
	sum, fixed := 0, map[Source]Code{}
	for _, p := range r.Parts {
		sum += p.Weight
		if p.Source == Reviewers {
			continue
		}
		if first, twice := fixed[p.Source]; twice {
			parts.Fault("parts %s and %s have both the source %s", first, p.Code, p.Source)
		}
		fixed[p.Source] = p.Code
	}
	if sum != 100 {
		parts.Fault("the weights add up to %d, not to 100", sum)
	}
	r.checkThemes(parts)
}

// checkThemes refuses a rubric in which a kind of reviewer has nothing to score in some theme.
func (r *Rubric) checkThemes(parts source.Node) {
	themes := []string{""} // one that no part names
	for _, p := range r.Parts {
		for _, theme := range p.Themes {
			if !slices.Contains(themes, theme) {
				themes = append(themes, theme)
			}
		}
	}
	for _, theme := range themes {
		in := r.In(theme)
		for _, k := range r.Kinds {
			switch {
			case len(in.For(Kind(k.Code))) > 0:
			case theme == "":
				parts.Fault("reviewers of the kind %s score no part that applies to all themes", k.Code)
			default:
				parts.Fault("reviewers of the kind %s score no part in the theme %s", k.Code, theme)
			}
		}
	}
}
