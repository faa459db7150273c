// Package source reads the YAML files that people write (forms, question sets, returns) into nodes that know their line.
//
// It owns strictness: an unknown key, a missing one, a list where a text should stand; every problem is kept with file, line
// and reason, so that all of them are told at once. What the keys mean is left to the packages that read them.
package source

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// The ceilings of a file. Beyond them it is refused unread: the YAML parser works by recursion.
const (
	MaxBytes   = 1 << 20
	MaxNesting = 64
	maxAliases = 10000
)

// Problem is one thing that is wrong in a file.
type Problem struct {
	File   string
	Line   int
	Reason string
}

// String gives file:line: reason.
func (p Problem) String() string { return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Reason) }

// Problems is everything that is wrong in a file, in the order of its lines.
type Problems []Problem

// Error gives one line for each problem.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Of finds the problems in err; an error that holds none gives nil.
func Of(err error) Problems {
	ps, _ := errors.AsType[Problems](err)
	return ps
}

// File is a file being read. It collects the problems that its readers find.
type File struct {
	name     string
	problems Problems
	anchors  map[string]ast.Node
	aliases  int // how many were followed
}

// Read parses a file of one document. What is wrong with it is kept and told by Err.
func Read(name string, data []byte) (*File, Node) {
	f := &File{name: name, anchors: map[string]ast.Node{}}
	none := Node{file: f, line: 1}
	if reason := refuse(data); reason != "" {
		f.add(1, reason)
		return f, none
	}
	tree, err := parse(data)
	if err != nil {
		line, reason := explain(err)
		f.add(line, reason)
		return f, none
	}
	if len(tree.Docs) > 1 && tree.Docs[1].Body != nil {
		f.add(1, "the file holds more than one document")
	}
	if len(tree.Docs) == 0 || tree.Docs[0].Body == nil {
		return f, none
	}
	ast.Walk(anchoring{f}, tree.Docs[0].Body)
	return f, f.node(tree.Docs[0].Body, 1)
}

// anchoring collects the anchors of a document, which programs that write YAML make of what they write twice.
type anchoring struct{ file *File }

// Visit takes one node.
func (a anchoring) Visit(n ast.Node) ast.Visitor {
	if anchor, ok := n.(*ast.AnchorNode); ok && anchor.Name != nil {
		name := anchor.Name.GetToken().Value
		if _, twice := a.file.anchors[name]; twice {
			a.file.add(lineOf(anchor, 1), fmt.Sprintf("anchor &%s is there twice", name))
		}
		if inside, nested := anchor.Value.(*ast.AnchorNode); nested {
			a.file.add(lineOf(inside, 1), "an anchor stands on an anchor")
			return a
		}
		a.file.anchors[name] = anchor.Value
	}
	return a
}

// Err is nil if nothing was wrong, else Problems.
func (f *File) Err() error {
	if len(f.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(f.problems, func(a, b Problem) int { return a.Line - b.Line })
	return slices.Compact(f.problems)
}

func (f *File) add(line int, reason string) {
	f.problems = append(f.problems, Problem{File: f.name, Line: line, Reason: reason})
}

// parse keeps a fault of the parser from ending the program: the file is refused instead.
func parse(data []byte) (tree *ast.File, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("this is not YAML that can be read (%v)", r)
		}
	}()
	tree, err = parser.ParseBytes(data, 0)
	if err == nil && tree == nil {
		err = errors.New("this is not YAML that can be read")
	}
	return tree, err
}

func refuse(data []byte) string {
	switch {
	case len(data) > MaxBytes:
		return fmt.Sprintf("the file is larger than %d bytes", MaxBytes)
	case !utf8.Valid(data):
		return "the file is not UTF-8 text"
	case bytes.IndexByte(data, 0) >= 0:
		return "the file holds a NUL character"
	case nesting(data) > MaxNesting:
		return fmt.Sprintf("the file is nested more than %d deep", MaxNesting)
	}
	return ""
}

// nesting is an upper bound of how deep brackets and list marks of one line go.
func nesting(data []byte) int {
	deepest, open := 0, 0
	for line := range bytes.Lines(data) {
		marks := 0
		for _, c := range line {
			switch c {
			case '[', '{':
				open++
			case ']', '}':
				open = max(0, open-1)
			case '-', '?', ':':
				marks++
			case ' ':
			default:
				marks = 0
			}
			deepest = max(deepest, open, marks)
		}
	}
	return deepest
}

func explain(err error) (int, string) {
	if syntax, ok := errors.AsType[*yaml.SyntaxError](err); ok && syntax.Token != nil {
		return syntax.Token.Position.Line, syntax.Message
	}
	return 1, err.Error()
}
