package source_test

import (
	"strings"
	"testing"

	"adoptionfund/internal/form/source"
)

func TestEveryProblemIsToldAtOnceWithItsLine(t *testing.T) {
	t.Parallel()
	f, root := source.Read("x.yaml", []byte("title: A\nnumber: many\ncolour: red\nlist: nothing\nflag: perhaps\n"))
	fields := root.Fields("title", "number", "list", "flag", "code")
	fields.Get("number").Int()
	fields.Get("list").Items()
	fields.Get("flag").Bool()
	fields.Must("code")
	want := []string{
		"x.yaml:1: code is missing",
		"x.yaml:2: a whole number should stand here",
		`x.yaml:3: "colour" is not a known key here; known are title, number, list, flag, code`,
		"x.yaml:4: a list should stand here",
		"x.yaml:5: true or false should stand here",
	}
	if got := f.Err().Error(); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s", got)
	}
}

func TestScalarsKeepTheTextThatWasWritten(t *testing.T) {
	t.Parallel()
	f, root := source.Read("x.yaml", []byte("a: 2.10\nb: 2026-03-01\nc: yes\nd: \"0012\"\ne: >\n  two\n  lines\nf: null\n"))
	fields := root.Fields("a", "b", "c", "d", "e", "f")
	for key, want := range map[string]string{"a": "2.10", "b": "2026-03-01", "c": "yes", "d": "0012", "e": "two lines", "f": ""} {
		if got := fields.Text(key); got != want {
			t.Errorf("%s: got %q, want %q", key, got, want)
		}
	}
	if err := f.Err(); err != nil {
		t.Error(err)
	}
}

func TestWhatIsNotAPlainFileIsRefused(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]string{
		"not UTF-8":       "a: \xff",
		"NUL":             "a: \x00",
		"syntax":          "a: [1, 2",
		"same key twice":  "a: 1\na: 2\n",
		"no anchor":       "a: 1\nb: *x\n",
		"anchor twice":    "a: &x 1\nb: &x 2\n",
		"alias of itself": "a: &x [*x]\n",
		"tag":             "a: !!binary x\n",
		"merge":           "a: {b: 1}\n<<: {c: 2}\n",
		"two documents":   "a: 1\n---\nb: 2\n",
		"deep brackets":   "a: " + strings.Repeat("[", 100000),
		"deep lists":      strings.Repeat("- ", 100000) + "a",
		"too large":       "a: " + strings.Repeat("x", source.MaxBytes),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, root := source.Read("x.yaml", []byte(data))
			for _, p := range root.Pairs() {
				p.Value.Text()
			}
			if ps := source.Of(f.Err()); len(ps) == 0 || ps[0].Line < 1 {
				t.Errorf("accepted, or without a line: %v", f.Err())
			}
		})
	}
}

func TestWhatAProgramWroteOnceIsReadWhereverItStands(t *testing.T) {
	t.Parallel()
	f, root := source.Read("x.yaml", []byte("a: &id001\n  due: '2026-12-01'\nb: *id001\nc: [*id001]\n"))
	fields := root.Fields("a", "b", "c")
	for _, n := range []source.Node{fields.Get("a"), fields.Get("b"), fields.Get("c").Items()[0]} {
		if got := n.Fields("due").Text("due"); got != "2026-12-01" {
			t.Errorf("got %q", got)
		}
	}
	if err := f.Err(); err != nil {
		t.Error(err)
	}
}

func TestAnEmptyFileIsAbsent(t *testing.T) {
	t.Parallel()
	for _, data := range []string{"", "# only a comment\n", "\n\n", "null\n"} {
		f, root := source.Read("x.yaml", []byte(data))
		if !root.Absent() || f.Err() != nil {
			t.Errorf("%q: absent %v, %v", data, root.Absent(), f.Err())
		}
	}
}
