package form

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"
)

// Mark is a short digest of an answer as a page shows it. A page sends it back with what was typed, so that whoever merges knows
// whether this answer changed meanwhile, without the text itself. Files have no part in it: they come and go by themselves.
func Mark(v Value) string {
	v.Files = nil
	text, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])[:16]
}

// markOf is the mark that a page sent with a question, or empty.
func markOf(code Code, typed map[string][]string) string {
	for _, mark := range typed[ShownName(code)] {
		if len(mark) == 16 {
			return mark
		}
	}
	return ""
}

// Touched are the questions of a section for which something was sent, in its order.
func Touched(s *Section, typed map[string][]string) []*Question {
	sent := map[Code]bool{}
	for name := range typed {
		code, _ := splitName(name)
		sent[code] = true
	}
	var touched []*Question
	for _, q := range s.Questions {
		if sent[q.Code] {
			touched = append(touched, q)
		}
	}
	return touched
}

// Clash is a question whose answer two people changed from the same beginning.
type Clash struct {
	Question     *Question
	Mine, Theirs Value

	Who string    // who changed it to what stands now, where it is known
	At  time.Time // when
}

// Merge is what comes of the changes of two people.
type Merge struct {
	Answers Answers
	Clashes []Clash
	// Agreed says that somebody changed an answer to what another had changed it to already.
	Agreed bool
}

// Reconcile merges what was typed with what stands now, question by question. mine was read by Bind over what stands. The answer from
// which a question was changed is known by the mark that its page sent, or else from base, the answers that the page was read at
// (nil if they are not known). What one side alone changed stands; where both did, what stands stays, and is named as a clash.
func Reconcile(s *Section, typed map[string][]string, mine, stands, base Answers) Merge {
	merge := Merge{Answers: stands.Merge(nil)}
	for _, q := range Touched(s, typed) {
		m, now := mine[q.Code], stands[q.Code]
		mark := markOf(q.Code, typed)
		if mark == "" && base != nil {
			mark = Mark(base[q.Code])
		}
		switch {
		case Mark(m) == Mark(now):
			merge.Answers[q.Code] = m
			merge.Agreed = merge.Agreed || Mark(now) != mark
		case Mark(now) == mark:
			merge.Answers[q.Code] = m
		case Mark(m) == mark: // only the others changed it
			now.Files = m.Files
			merge.Answers[q.Code] = now
		default:
			merge.Clashes = append(merge.Clashes, Clash{Question: q, Mine: m, Theirs: now})
			now.Files = m.Files
			merge.Answers[q.Code] = now
		}
	}
	return merge
}

// Changed are the questions of a section whose answers differ, in its order.
func Changed(s *Section, before, after Answers) []*Question {
	return slices.DeleteFunc(slices.Clone(s.Questions), func(q *Question) bool { return equal(before[q.Code], after[q.Code]) })
}

// Same reports whether two answers say the same.
func Same(a, b Value) bool { return equal(a, b) }
