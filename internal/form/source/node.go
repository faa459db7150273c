package source

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// Node is a value in a file, or the place where one is missing.
type Node struct {
	file *File
	ast  ast.Node // nil if absent or null
	line int
}

// Pair is a key of a mapping with its value.
type Pair struct {
	Key   string
	Line  int
	Value Node
}

func (f *File) node(n ast.Node, line int) Node {
	for {
		switch v := n.(type) {
		case *ast.TagNode:
			f.add(lineOf(v, line), "tags are not used in these files")
			return Node{file: f, line: line}
		case *ast.AnchorNode:
			n = v.Value
		case *ast.AliasNode:
			n = f.behind(v, line)
		case *ast.NullNode, *ast.CommentGroupNode, nil:
			return Node{file: f, line: line}
		default:
			return Node{file: f, ast: n, line: lineOf(n, line)}
		}
	}
}

// behind finds what an alias stands for. A file in which aliases multiply is not followed for ever.
func (f *File) behind(alias *ast.AliasNode, line int) ast.Node {
	f.aliases++
	if f.aliases > maxAliases {
		if f.aliases == maxAliases+1 {
			f.add(line, fmt.Sprintf("the file uses more than %d aliases", maxAliases))
		}
		return nil
	}
	value, ok := f.anchors[alias.Value.GetToken().Value]
	if !ok {
		f.add(lineOf(alias, line), "there is no anchor &"+alias.Value.GetToken().Value)
	}
	return value
}

// lineOf is where a node begins: a mapping begins at its first key, not at its colon.
func lineOf(n ast.Node, otherwise int) int {
	switch v := n.(type) {
	case *ast.MappingNode:
		if len(v.Values) > 0 && v.Values[0].Key != nil {
			return lineOf(v.Values[0].Key, otherwise)
		}
	case *ast.MappingValueNode:
		if v.Key != nil {
			return lineOf(v.Key, otherwise)
		}
	}
	if t := n.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line
	}
	return otherwise
}

// Absent reports whether nothing stands here, or null.
func (n Node) Absent() bool { return n.ast == nil }

// Line is where the value begins; for an absent one, where it should have stood.
func (n Node) Line() int { return n.line }

// Fault keeps a problem of this place.
func (n Node) Fault(format string, args ...any) { n.file.add(n.line, fmt.Sprintf(format, args...)) }

// IsList reports whether a list stands here.
func (n Node) IsList() bool {
	_, ok := n.ast.(*ast.SequenceNode)
	return ok
}

// IsMapping reports whether a mapping stands here.
func (n Node) IsMapping() bool {
	switch n.ast.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return true
	}
	return false
}

// Text is the text of a scalar as it was written, numbers and truth values too; absent is empty.
func (n Node) Text() string {
	switch v := n.ast.(type) {
	case nil:
		return ""
	case *ast.StringNode:
		return v.Value
	case *ast.LiteralNode:
		return v.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return v.GetToken().Value
	}
	n.Fault("a text should stand here")
	return ""
}

// Bool is a truth value; absent is false.
func (n Node) Bool() bool {
	if n.Absent() {
		return false
	}
	if v, ok := n.ast.(*ast.BoolNode); ok {
		return v.Value
	}
	n.Fault("true or false should stand here")
	return false
}

// Int is a whole number of 0 or more; absent is 0.
func (n Node) Int() int {
	if n.Absent() {
		return 0
	}
	v, err := strconv.Atoi(n.Text())
	if err != nil || v < 0 {
		n.Fault("a whole number should stand here")
		return 0
	}
	return v
}

// Items are the values of a list; absent is none.
func (n Node) Items() []Node {
	if n.Absent() {
		return nil
	}
	list, ok := n.ast.(*ast.SequenceNode)
	if !ok {
		n.Fault("a list should stand here")
		return nil
	}
	items := make([]Node, len(list.Values))
	for i, v := range list.Values {
		items[i] = n.file.node(v, n.line)
	}
	return items
}

// Texts are the texts of a list; absent is none.
func (n Node) Texts() []string {
	var texts []string
	for _, item := range n.Items() {
		texts = append(texts, item.Text())
	}
	return texts
}

// Pairs are the keys and values of a mapping in the order of the file; absent is none.
func (n Node) Pairs() []Pair {
	var values []*ast.MappingValueNode
	switch v := n.ast.(type) {
	case nil:
		return nil
	case *ast.MappingNode:
		values = v.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{v}
	default:
		n.Fault("keys with values should stand here")
		return nil
	}
	pairs := make([]Pair, 0, len(values))
	for _, v := range values {
		if v.Key == nil || v.Key.IsMergeKey() {
			n.Fault("merged mappings are not used in these files")
			continue
		}
		key := n.file.node(v.Key, n.line)
		pairs = append(pairs, Pair{Key: key.Text(), Line: key.line, Value: n.file.node(v.Value, key.line)})
	}
	return pairs
}

// Fields reads a mapping with known keys. Others are problems.
func (n Node) Fields(known ...string) Fields {
	f := Fields{at: n, by: map[string]Node{}}
	for _, p := range n.Pairs() {
		at := Node{file: n.file, line: p.Line}
		if !slices.Contains(known, p.Key) {
			at.Fault("%s is not a known key here; known are %s", strconv.Quote(p.Key), strings.Join(known, ", "))
			continue
		}
		if _, twice := f.by[p.Key]; twice {
			at.Fault("%s stands here twice", p.Key)
		}
		f.by[p.Key] = p.Value
	}
	return f
}

// Fields are the values of a mapping by key.
type Fields struct {
	at Node
	by map[string]Node
}

// Get is the value of a key; an absent one knows the line of its mapping.
func (f Fields) Get(key string) Node {
	if n, ok := f.by[key]; ok {
		return n
	}
	return Node{file: f.at.file, line: f.at.line}
}

// Has reports whether the key is there with a value.
func (f Fields) Has(key string) bool { return !f.Get(key).Absent() }

// Text is the text of a key that may be absent.
func (f Fields) Text(key string) string { return strings.TrimSpace(f.Get(key).Text()) }

// Must is the text of a key that must be there and not be empty.
func (f Fields) Must(key string) string {
	n := f.Get(key)
	text := strings.TrimSpace(n.Text())
	if text == "" && (n.Absent() || !n.IsList() && !n.IsMapping()) {
		n.Fault("%s is missing", key)
	}
	return text
}
